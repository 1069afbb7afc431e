// Makes src/database/generated from prisma/schema.prisma: node tools/prisma/generate.mjs [FOLDER].
// test/schema-drift.test.ts makes it again and compares. Asks nobody on the network.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const TOOLS = path.dirname(fileURLToPath(import.meta.url))
const ROOT = path.resolve(TOOLS, '../..')
const CLIENT = 'src/database/generated'

/** Types of ours, and the file of src/rules that each stands in. */
const OWN = {
  '@db.Date': ['CivilDate', 'civil-date'],
  '@db.Decimal': ['Decimal', 'money'],
  'Alert.kind': ['DeadlineKind', 'contract'],
  'Checkpoint.name': ['CheckpointName', 'checkpoints'],
  'Contract.chargeUnit': ['ChargeUnit', 'premium'],
  'Contract.endKind': ['EndKind', 'contract'],
  'Contract.endPrecision': ['Precision', 'contract'],
  'Contract.form': ['Form', 'contract'],
  'Contract.minimumExtensionUnit': ['PeriodUnit', 'contract'],
  'Contract.noticeUnit': ['PeriodUnit', 'contract'],
  'Contract.regime': ['Regime', 'contract'],
  'Contract.renewalUnit': ['PeriodUnit', 'contract'],
  'Contract.valueBasis': ['ValueBasis', 'contract'],
  'Contract.vat': ['VatState', 'contract'],
  'Contract.vatRecoverable': ['VatRecovery', 'contract'],
  'Cover.kind': ['CoverKind', 'support'],
  'Deadline.kind': ['DeadlineKind', 'contract'],
  'Extension.kind': ['ExtensionKind', 'contract'],
  'Extension.status': ['ExtensionStatus', 'contract'],
  'Waiver.category': ['WaiverCategory', 'waivers'],
}

const at = fs.mkdtempSync(path.join(tmpdir(), 'lapsewatch-prisma-'))
try {
  const schema = fs.readFileSync(path.join(ROOT, 'prisma', 'schema.prisma'), 'utf8')
  fs.mkdirSync(path.join(at, 'prisma'))
  fs.writeFileSync(path.join(at, 'prisma', 'schema.prisma'), asWritten(schema))
  generate()
  for (const [model, fields] of ownTypes(schema)) brand(model, fields)
  const target = path.resolve(process.argv[2] ?? path.join(ROOT, CLIENT))
  fs.rmSync(target, { recursive: true, force: true })
  fs.cpSync(path.join(at, CLIENT), target, { recursive: true })
} finally {
  fs.rmSync(at, { recursive: true, force: true })
}

/**
 * Civil dates and amounts are text to the client, as PostgreSQL writes them: a Date has a time and a
 * zone, and Prisma's decimals forget how an amount was written ("1.50"). What is left out is filled
 * in by the database, whose clock counts, and not by the client.
 */
function asWritten(schema) {
  return schema
    .replace(/^(\s+\w+\s+)DateTime(.*) @db\.Date$/gm, '$1String$2')
    .replace(/^(\s+\w+\s+)Decimal(.*) @db\.Decimal$/gm, '$1String$2')
    .replaceAll('@default(now())', '@default(dbgenerated("now()"))')
}

/** The fields of each model that have a type of ours: `[[model, [[field, type], …]], …]`. */
function ownTypes(schema) {
  return [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, model, lines]) => [
    model,
    [...lines.matchAll(/^\s+(\w+)\s(.*)$/gm)].flatMap(([, field, rest]) => {
      const type = OWN[`${model}.${field}`] ?? OWN[rest.match(/@db\.\w+$/)?.[0]]
      return type === undefined ? [] : [[field, type]]
    }),
  ])
}

/** What comes out of the database was checked when it went in: rows say so by their types. */
function brand(model, fields) {
  const file = path.join(at, CLIENT, 'models', `${model}.ts`)
  const typeOf = new Map(fields.map(([field, [type]]) => [field, type]))
  const rows = /(scalars: .*|(?:Min|Max|GroupBy)\w*OutputType = )\{[^}]*\}/g
  const text = fs
    .readFileSync(file, 'utf8')
    .replace(rows, (block) =>
      block.replace(/^( +)(\w+): string/gm, (line, space, field) =>
        typeOf.has(field) ? `${space}${field}: ${typeOf.get(field)}` : line,
      ),
    )
  const imports = new Set(
    fields.map(([, [type, rule]]) => `import type { ${type} } from "../../../rules/${rule}.ts"\n`),
  )
  fs.writeFileSync(
    file,
    text.replace('import type * as $Enums', `${[...imports].join('')}import type * as $Enums`),
  )
}

function generate() {
  const cli = path.join(TOOLS, 'node_modules', 'prisma', 'build', 'index.js')
  if (!fs.existsSync(cli)) throw new Error(`Prisma is not installed: run npm ci in ${TOOLS}.`)
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [cli, 'generate', '--no-hints', '--schema', 'prisma/schema.prisma'],
    {
      cwd: at,
      encoding: 'utf8',
      env: {
        ...process.env,
        // Prisma downloads a schema engine unless it is given one. Generating never runs it, so
        // any executable will do, and nothing is fetched.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    },
  )
  if (status === 0) return
  throw new Error(
    `The client could not be generated.\n${stdout ?? ''}${stderr ?? ''}${error ?? ''}`,
  )
}

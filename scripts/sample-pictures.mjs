// npm run pictures:sample
// Makes docs/sample-pictures.md: the weekly summary, a cliff, a consolidation, a waiver draft, the
// register of waivers and the pipeline of the sample register, as the program says them in the local
// workspace; the last two as workbooks too.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readSettings } from '../dist/src/app/settings.js'
import { openScratch } from '../dist/src/database/embedded/scratch.js'
import { exportFile, pipelineSheet, waiversSheet } from '../dist/src/register/export/tables.js'
import { readPipeline } from '../dist/src/reports/pipeline.js'
import { readWaivers } from '../dist/src/reports/waivers.js'
import { financialYearNamed } from '../dist/src/rules/months.js'
import { waiverQuarters } from '../dist/src/rules/waivers.js'
import { openDemo } from '../dist/stand-in/demo/demo.js'
import { drawPictures, pictures } from './draw.mjs'

const FIRST_DAY = '2026-11-23'
/** Of a list that has all its columns in the picture. */
const WIDE = 1640
const DOCS = fileURLToPath(new URL('../docs/', import.meta.url))
const PICTURES = path.join(DOCS, 'sample')

const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-pictures-'))
chmodSync(folder, 0o711)
const demo = await openDemo({
  settings: readSettings({ LAPSEWATCH_DATA: folder, LAPSEWATCH_LOG_LEVEL: 'error' }),
  today: FIRST_DAY,
  log: () => undefined,
  openScratch: () => openScratch(folder, () => undefined),
})
const { workspace } = demo
const lead = workspace.as('U0LEAD')
/** Of three contracts of the sample; the people and amounts are invented as it is. */
const WAIVERS = [
  [
    'TG-2023-010',
    {
      ...{ category: 'continuity', beganOn: '2026-11-23', requestedOn: '2026-11-09' },
      ...{ approvedOn: '2026-11-16', approver: 'The chief executive', net: '7,400' },
      ...{ gross: '8,880', committeeOn: '2027-01-14' },
      reason: 'The tender found no bidder in October.',
    },
  ],
  [
    'TG-2023-038',
    {
      ...{ category: 'sole-supplier', beganOn: '2026-10-05', requestedOn: '2026-10-12' },
      ...{ approvedOn: '2026-10-19', approver: 'The director of finance', net: '12,600' },
      reason: 'A lift stood still, and its maker alone has the parts.',
    },
  ],
  [
    'TG-2022-030',
    {
      ...{ category: 'urgent', beganOn: '2026-11-02', approver: 'TBC', net: '4,300' },
      reason: 'A water pipe burst in the unit.',
    },
  ],
  [
    'TG-2023-038',
    {
      ...{ category: 'continuity', beganOn: '2025-11-03', approvedOn: '2025-10-27' },
      ...{ approver: 'The director of finance', net: '9,800' },
      reason: 'The framework had ended.',
    },
  ],
]

const subjects = []
const workbooks = []

try {
  await play()
} finally {
  await demo.close()
  rmSync(folder, { recursive: true, force: true })
}
rmSync(PICTURES, { recursive: true, force: true })
mkdirSync(PICTURES, { recursive: true })
const drawn = await drawPictures(workspace, subjects, PICTURES)
for (const { name, pieces } of workbooks) writeFileSync(path.join(PICTURES, name), pieces)
writeFileSync(path.join(DOCS, 'sample-pictures.md'), text())

async function play() {
  const { modal } = await lead.command('/contracts', 'extend TG-2023-010', 'contracts')
  const sent = await lead.submit(modal, {
    kind: 'emergency',
    status: 'confirmed',
    to: '2026-12-31',
    cost: '7,400',
    grounds: 'waiver',
    cause: 'The tender found no bidder in October.',
  })
  if (Object.keys(sent.errors ?? {}).length > 0) throw new Error(JSON.stringify(sent.errors))
  await settle()
  const waiver = [...workspace.places.files.values()].find(({ name }) => /waiver.*\.md$/.test(name))

  await told('cliff', 'A cliff', 'What ends together in the year ahead.', 'cliffs')
  await told(
    'consolidation',
    'Consolidation',
    'One product bought by several at different prices.',
    'consolidate Foliant',
  )
  show('waiver', 'The waiver draft', 'The file in the thread of a logged emergency extension.', {
    file: { name: waiver.name, text: waiver.content.toString('utf8') },
  })
  for (const [reference, given] of WAIVERS) await recorded(reference, given)
  await told(
    'waivers',
    'The register of waivers',
    'One in time, one after the fact, one without an approval, and one of the year before; [as a workbook](sample/waivers.xlsx).',
    'waivers',
    WIDE,
  )
  await told(
    'pipeline',
    'The pipeline',
    'What a pipeline notice may have to name, and the other replacements; [as a workbook](sample/pipeline.xlsx).',
    'pipeline 2027/28',
  )
  await keepWorkbooks()
  const before = workspace.ledger.messages.length
  for (let day = 0; day < 8; day += 1) await passDay()
  const summary = workspace.ledger.messages
    .slice(before)
    .findLast(({ text }) => text.includes('\nWeekly summary'))
  show(
    'weekly-summary',
    'The weekly summary',
    'Five figures first, then the chart and the lists.',
    {
      messages: [summary],
    },
  )
}

async function recorded(reference, given) {
  const { modal } = await lead.command('/contracts', `waiver add ${reference}`, 'contracts')
  const { errors = {} } = await lead.submit(modal, given)
  if (Object.keys(errors).length > 0) throw new Error(JSON.stringify(errors))
  await settle()
}

/** What `waivers --out` and `pipeline --out` write. */
async function keepWorkbooks() {
  const { pool, organisation, rulesOf } = demo.program
  const { id: organisationId, calendar } = organisation
  const today = demo.clock.today()
  const { first } = financialYearNamed('2027/28')
  const pipeline = await readPipeline(pool, { organisationId, rulesOf, calendar, first, today })
  const waivers = await readWaivers(pool, { organisationId })
  const quarters = waiverQuarters(waivers, financialYearNamed('2026/27'), today)
  await keep('pipeline.xlsx', pipelineSheet(pipeline))
  await keep('waivers.xlsx', waiversSheet(waivers, quarters, today))
}

async function keep(name, sheet) {
  const pieces = []
  for await (const piece of exportFile(sheet, 'xlsx', demo.program.settings.dateFormat)) {
    pieces.push(Buffer.from(piece))
  }
  workbooks.push({ name, pieces: Buffer.concat(pieces) })
}

async function told(file, title, caption, question, width) {
  const { ephemerals } = await lead.command('/contracts', question, 'contracts')
  show(file, title, `${caption} \`/contracts ${question}\``, { messages: ephemerals }, width)
}

async function passDay() {
  await demo.passDay()
  await settle()
}

/** Until what was queued is sent. */
async function settle() {
  for (let n = 0; n < 100; n += 1) {
    const { rows } = await demo.program.pool.query(
      `SELECT count(*)::int AS n FROM delivery WHERE state IN ('PENDING', 'RETRY', 'SENDING')`,
    )
    if (rows[0].n === 0) return await sleep(50)
    await sleep(100)
  }
}

function show(name, title, caption, subject, width) {
  subjects.push({ title, caption, on: demo.clock.today(), subject, file: `${name}.png`, width })
}

function text() {
  const parts = subjects.map(
    ({ title, caption, on, subject }, at) =>
      `## ${title}\n\n${on}. ${caption}\n\n${pictures(
        workspace,
        { title, subject },
        drawn[at].map((name) => `sample/${name}`),
      )}\n`,
  )
  return `# What the sample register says\n\nMade by \`npm run pictures:sample\` with the real bot, sweep and delivery. Trusts, suppliers, people and amounts are invented.\n\n${parts.join('\n')}`
}

// npm run pictures:stories
// Makes docs/stories.md: the stories of 2017 and of 2023 played from test/registers, and what the
// program says of them, drawn as the local workspace shows it.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { coverProduct } from '../dist/src/actions/cover.js'
import { linkToUmbrella, setMembers } from '../dist/src/actions/umbrella.js'
import { openScratch } from '../dist/src/database/embedded/scratch.js'
import { openDatabase } from '../dist/src/database/open.js'
import {
  ensureOrganisation,
  readTeams,
  rulesByTeam,
  setTeam,
} from '../dist/src/database/organisation.js'
import { importFile } from '../dist/src/register/import/import.js'
import { readMemberList } from '../dist/src/register/import/umbrella.js'
import { readUmbrella } from '../dist/src/reports/contract.js'
import { readSupport } from '../dist/src/reports/support.js'
import { supportAnswer, supportMessage } from '../dist/src/text/support.js'
import { umbrellaAnswer, umbrellaEndMessage } from '../dist/src/text/umbrella.js'
import { sweep } from '../dist/src/warnings/sweep.js'
import { drawPictures, pictures } from './draw.mjs'

const DOCS = fileURLToPath(new URL('../docs/', import.meta.url))
const PICTURES = path.join(DOCS, 'stories')
const REGISTERS = fileURLToPath(new URL('../test/registers/', import.meta.url))
/** Nobody is mentioned in them. */
const NOBODY = { places: { users: [], channels: [] } }

const subjects = []
await playing(story2017)
await playing(story2023)
rmSync(PICTURES, { recursive: true, force: true })
mkdirSync(PICTURES, { recursive: true })
const drawn = await drawPictures(NOBODY, subjects, PICTURES)
writeFileSync(path.join(DOCS, 'stories.md'), text())

/** Each story in an organisation of its own. */
async function playing(story) {
  const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-story-'))
  chmodSync(folder, 0o711)
  const scratch = await openScratch(folder, () => undefined)
  const database = await openDatabase({
    databaseUrl: scratch.runUrl,
    migrateUrl: scratch.migrateUrl,
    dataFolder: '',
    log: () => undefined,
  })
  try {
    await story(await stage(database.pool))
  } finally {
    await database.close()
    await scratch.drop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function stage(pool) {
  const now = new Date('2023-06-01T09:00:00Z')
  const organisation = await ensureOrganisation(pool, now, {
    ...{ timeZone: 'Europe/London', calendar: 'england-and-wales' },
    ...{ channel: '#contracts', escalationChannel: null },
  })
  const organisationId = organisation.id
  const rulesOf = rulesByTeam({})
  const rows = async (sql, values = []) => (await pool.query(sql, values)).rows
  return {
    pool,
    organisationId,
    rows,
    actor: (today) => ({
      ...{ organisationId, rulesOf, todayOf: () => today, now, personId: null },
      via: 'command line',
    }),
    idOf: async (reference) =>
      (await rows('SELECT id FROM contract WHERE reference = $1', [reference]))[0].id,
    take: (file, today, source) =>
      importFile(
        pool,
        path.join(REGISTERS, file),
        { map: new Map(), dates: null, timeZone: null, today },
        {
          ...{ organisationId, source, team: null, today, now, via: 'import', byPersonId: null },
          ...{ rulesOf, triageDays: 0, isSample: false, dryRun: false, strict: false },
          onProgress: () => undefined,
        },
      ),
    sweepOn: (...days) =>
      days.reduce(async (before, on) => {
        await before
        await sweep(pool, { organisationId, rulesOf, dayOf: () => on, teamIds: null, now })
      }, Promise.resolve()),
    /** Of the last day on which there were any. */
    sent: (purpose, destination) =>
      rows(
        `SELECT as_of::text AS on, facts FROM (SELECT *, max(as_of) OVER () AS last FROM delivery
           WHERE purpose = $1 AND destination = $2) d WHERE as_of = last ORDER BY id`,
        [purpose, destination],
      ),
  }
}

/** An agreement for three products past their support, "until June 2018". */
async function story2017({ pool, organisationId, actor, idOf, take, sweepOn, sent }) {
  await take('nhs-2017.csv', '2017-08-14', 'nhs')
  const asked = { organisationId, asOf: '2017-08-14', days: null }
  show('2017-asked', 'What should have been asked', {
    on: '2017-08-14',
    caption:
      'All three products are past every support that is published, and the agreement reaches into June 2018.',
    messages: [supportAnswer(await readSupport(pool, asked))],
  })
  const id = await idOf('NHS-CSA-2017')
  for (const product of ['Windows XP SP3', 'Windows Server 2003 SP2', 'SQL Server 2005 SP4']) {
    await coverProduct(pool, actor('2017-08-15'), id, {
      ...{ product, release: '', kind: 'extended-support', count: null, custom: true },
    })
  }
  await sweepOn('2017-12-01', '2018-03-02', '2018-05-02')
  const told = await sent('support', '#contracts')
  show('2017-told', 'What was told, to the team that holds it', {
    on: told[0].on,
    caption:
      'June 2018 is a month: its first day counts. One message a product, 30 days before it.',
    messages: told.map(({ facts }) => supportMessage(facts, true)),
  })
}

/** One national deal in place of separate ones, told to each trust in its own channel. */
async function story2023({ pool, organisationId, rows, actor, idOf, take, sweepOn, sent }) {
  for (const name of ['Ashmarrow', 'Brackenvale', 'Calderwick']) {
    await setTeam(pool, organisationId, name, { channel: `#${name.toLowerCase()}` })
  }
  await take('2023/trusts.csv', '2022-10-03', 'trusts')
  await take('2023/national-january.csv', '2022-10-03', 'national')
  await take('2023/national-may.csv', '2023-05-02', 'national')
  await take('2023/national-june.csv', '2023-06-01', 'national')
  const id = await idOf('NHS-M365-2023')
  const act = actor('2023-06-01')
  for (const reference of [
    ...['NHS-BYTES-2018', 'NHS-INSIGHT-2020', 'TRUST-A-365', 'TRUST-B-365', 'TRUST-C-365'],
  ]) {
    await linkToUmbrella(pool, act, id, await idOf(reference), { as: 'replaced', isSo: true })
  }
  const { members } = await readMemberList(path.join(REGISTERS, '2023', 'members.csv'), null)
  const teams = await readTeams(pool, organisationId)
  const said = members.map(({ buyer, team, from, to, unread }) => ({
    ...{ buyer, from, to, unread },
    teamId: teams.find(({ name }) => name === team)?.id ?? null,
  }))
  await setMembers(pool, act, id, said)
  const umbrella = await readUmbrella(pool, id, '2023-06-09')
  const [contract] = await rows('SELECT reference, title, supplier FROM contract WHERE id = $1', [
    id,
  ])
  const context = { query: '', shared: true, hidePrices: false }
  show('2023-umbrella', 'The national deal, and what it replaces', {
    on: '2023-06-09',
    caption: 'Whom it covers on that day, and until when the separate contracts are still paid.',
    messages: [umbrellaAnswer({ ...context, contract, umbrella })],
  })
  await sweepOn('2025-10-02')
  const [{ on, facts }] = await sent('umbrella', '#ashmarrow')
  show('2023-member', 'What a trust reads in its own channel', {
    on,
    caption: 'Once, 180 days before the committed term of 34 months ends.',
    messages: [umbrellaEndMessage(facts)],
  })
}

function show(name, title, { on, caption, messages }) {
  subjects.push({ title, caption, on, subject: { messages }, file: `${name}.png` })
}

function text() {
  const parts = subjects.map(({ title, caption, on, subject }, at) => {
    const names = drawn[at].map((name) => `stories/${name}`)
    return `## ${title}\n\n${on}. ${caption}\n\n${pictures(NOBODY, { title, subject }, names)}\n`
  })
  return `# Two stories, played from files\n\nMade by \`npm run pictures:stories\` from the registers of \`test/registers\`, whose sources and assumptions stand in their last columns. \`test/support-of-products.test.ts\` and \`test/story.test.ts\` play them day by day.\n\n${parts.join('\n')}`
}

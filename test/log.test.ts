import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { lineInWords, openLog, redactor } from '../src/app/log.ts'
import { readSettings } from '../src/app/settings.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { useBotSetup } from './support/bot-setup.ts'
import { worker } from './support/outbox.ts'
import { rowsAt } from './support/postgres.ts'

const NAME = 'Zebedee Quorn'
const EMAIL = 'zebedee.quorn@hospital.example'
const TOKEN = 'xoxb-1234567890-abcdefghij'
const PASSWORD = 'p4ss/w@rd'
const REGISTER = [
  'Reference,Title,Supplier,Owner,Owner email,Start,End,Value',
  `C-1,Imaging of ${NAME},Acme ${EMAIL},${NAME},${EMAIL},2024-01-01,2026-12-07,20000`,
  `${EMAIL},Second,Acme,${NAME},${EMAIL},2024-01-01,2026-12-07,20000`,
].join('\n')

const lines: string[] = []
const log = await openLog(
  {
    level: 'debug',
    secrets: [TOKEN, `postgresql://runner:${encodeURIComponent(PASSWORD)}@db.example/lapsewatch`],
  },
  { write: (line) => lines.push(line) },
)

const setup = useBotSetup('http', REGISTER)

test('import, sweep, delivery that fails, commands, forms and faults leave no name in it', async () => {
  const { pool } = setup.database
  await setup.tell()
  const deps = {
    ...worker(pool, setup.workspace),
    log: (line: string) => log.info(line),
    observe: (attempt: object) => log.info({ ...attempt }, 'attempt'),
  }
  await pool.query(`UPDATE delivery SET state = 'PENDING', sent_at = NULL`)
  setup.workspace.faults.plan({ kind: 'error', error: 'invalid_blocks', accepted: false })
  await deliverDue(deps)
  await deliverDue({ ...worker(pool, setup.workspace, {}, TOKEN), log: deps.log })
  for (const text of [
    `find ${NAME}`,
    `own C-1 ${EMAIL}`,
    `decide C-1 end ${NAME} said so`,
    `list owner:${EMAIL}`,
    `extend C-1 to ${NAME}`,
  ]) {
    await setup.type(PEOPLE.admin, text)
  }
  // A fault of the database in the middle of a command: what was typed is not repeated.
  await asOwner('ALTER TABLE contract RENAME COLUMN reference_key TO away')
  for (const text of [`show ${NAME}`, `find ${EMAIL}`]) await setup.type(PEOPLE.admin, text)
  await asOwner('ALTER TABLE contract RENAME COLUMN away TO reference_key')
  await setup.bot.idle()
  expect(setup.lines.join('\n')).toMatch(/"show" failed: PostgreSQL 42703/)
  for (const line of setup.lines) log.warn(line)
  expect(lines.length).toBeGreaterThan(3)
  const all = lines.join('')
  expect(all).not.toMatch(/zebedee|quorn/i)
  expect(all).not.toContain(TOKEN)
  expect(all).toMatch(/"slot":"\d+\/2026-11-23","delivery":\d+,"key":"[0-9a-f-]{36}".*"ts":/)
})

async function asOwner(sql: string): Promise<void> {
  await rowsAt(setup.database.ownerUrl, sql)
}

test.each([
  ['a bot token', `token=${TOKEN}`],
  ['another token', 'failed with xapp-1-A0B1C2-999-deadbeef'],
  ['a rotated token', 'xoxe.xoxb-1-Mi0yLTE'],
  ['a header', 'authorization: Bearer abcdefghijklmnop'],
  ['an address with a password', `cannot reach postgresql://me:${PASSWORD}x@db.example:5432/a`],
  ['a password alone', `the password ${PASSWORD} was refused`],
  ['a response address', 'https://hooks.slack.com/commands/T0/12/secretpath'],
  ['a signature', `v0=${'ab12'.repeat(16)}`],
  ['an email', `Key (email)=(${EMAIL}) already exists`],
  ['an email in JSON in a string', JSON.stringify(JSON.stringify({ email: EMAIL }))],
  ['an email in an address', `https://intranet/people?mail=${encodeURIComponent(EMAIL)}&x=1`],
  ['an email with accents', 'zoë.quorn@spital.example wrote'],
])('%s is taken out, in the line and in a field', (_, text) => {
  lines.splice(0)
  log.debug({ nested: { deep: [text] } }, text)
  log.error(new Error(text))
  const all = lines.join('')
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  expect(all).not.toMatch(/quorn|1234567890|deadbeef|Mi0yLTE|abcdefghijklmnop|secretpath|ab12/)
  expect(all).not.toContain(PASSWORD)
})

test('on a terminal a line says its facts in words, and never shows what was logged for machines', () => {
  const line = {
    level: 30,
    time: 1,
    slot: '1/2026-11-23',
    slots: [{ day: 'x' }],
    why: null,
    msg: 'Swept',
  }
  expect(lineInWords(line, 'msg')).toBe('Swept')
  expect(lineInWords({ ...line, raised: 5, caughtUp: 2, late: 0, why: 'no answer' }, 'msg')).toBe(
    'Swept (why: no answer, raised: 5, caught up: 2)',
  )
})

test('ordinary words stay as they are', () => {
  const line = 'Swept Digital 2026-11-23: 5 raised, channel C0ABC, ts 1763894400.000100 @ 09:00'
  expect(redactor([null, 'short'])(line)).toBe(line)
})

test('a secret may be in a file, not in both places, and an unreadable file is told', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'secret-'))
  writeFileSync(`${folder}/token`, `${TOKEN}\n`)
  expect(readSettings({ SLACK_BOT_TOKEN_FILE: `${folder}/token` }).slack.botToken).toBe(TOKEN)
  expect(() =>
    readSettings({ SLACK_BOT_TOKEN_FILE: `${folder}/token`, SLACK_BOT_TOKEN: TOKEN }),
  ).toThrow('both set')
  expect(() => readSettings({ SLACK_BOT_TOKEN_FILE: `${folder}/none` })).toThrow('cannot be read')
  expect(() => readSettings({ LAPSEWATCH_TOKEN_FILE: `${folder}/token` })).toThrow('not a setting')
  rmSync(folder, { recursive: true })
})

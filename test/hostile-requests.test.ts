/**
 * Forged and malformed requests to the port that Slack calls: none acts, none is a crash, memory
 * stays bounded. 500 in the suite, 10,000 with `npm run prove:hostile-input`.
 */

import { GATE_LIMITS } from '../src/slack/transport.ts'
import { signatureOf } from '../stand-in/slack/http.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { type BotSetup, openBotSetup, SIGNING_SECRET } from './support/bot-setup.ts'
import { present } from './support/present.ts'
import { seeded } from './support/seeded.ts'

const RUNS = Number(process.env.HOSTILE_REQUESTS ?? 500)
const SEED = process.env.LAPSEWATCH_TEST_SEED === 'random' ? Date.now() : 20_230_430
/** The gate lets all of them through: each is to be judged, not turned away. */
const LIMITS = {
  ...GATE_LIMITS,
  answerMs: 4000,
  slack: { underWay: 100, perSecond: 1_000_000, burst: 1_000_000 },
}
const AT_ONCE = 80

const REGISTER =
  'Reference,Title,Supplier,Owner email,Start,End,Value\nC-1,Title,Acme,olive.owner@trust.example,2024-01-01,2026-12-07,20000\n'

let setup: BotSetup
let templates: { readonly type: string; readonly body: string }[]
beforeAll(async () => {
  setup = await openBotSetup('http', REGISTER, { limits: LIMITS })
  await setup.type(PEOPLE.admin, 'help')
  await setup.tell()
  const subject = await setup.subjectOf('C-1')
  const command = await last(() => setup.type(PEOPLE.admin, 'ack C-1'))
  await setup.database.pool.query(`UPDATE alert SET state = 'open', paused_until = NULL`)
  const press = await last(() => setup.pressAction(PEOPLE.admin, { act: 'show', subject }))
  templates = [
    command,
    press,
    { type: JSON_TYPE, body: '{"type":"url_verification","challenge":"x"}' },
  ]
})
afterAll(() => setup.close())

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** What Slack would have sent for this act, before it is damaged. */
async function last(act: () => Promise<unknown>) {
  await act()
  const payload = present(setup.workspace.sent.at(-1))
  const body =
    payload.type === 'slash_commands'
      ? new URLSearchParams(payload.body as Record<string, string>)
      : new URLSearchParams({ payload: JSON.stringify(payload.body) })
  return { type: FORM_TYPE, body: body.toString() }
}

type Random = () => number
const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item

/** One request, and whether it is signed as Slack would: then its content alone is hostile. */
function forged(random: Random) {
  const template = pick(random, templates)
  const signed = random() < 0.02
  const body = signed ? malformed(random, template.body) : maybeMalformed(random, template.body)
  const seconds = Math.floor(Date.now() / 1000)
  const good = signatureOf(SIGNING_SECRET, seconds, body)
  if (signed) return { body, headers: headersOf(template.type, String(seconds), good), signed }
  const wrong = pick(random, [
    signatureOf('guessed', seconds, body),
    signatureOf(SIGNING_SECRET, seconds - 400, body),
    signatureOf(SIGNING_SECRET, seconds, `${body} `),
    good.slice(0, -1),
    good.toUpperCase(),
    good.replace('v0=', 'v1='),
    'v0=',
    '',
    'x'.repeat(5000),
    'v0=\u00e9'.normalize('NFD').replace(/[^\x20-\x7e]/g, '?'),
  ])
  const time = pick(random, [
    String(seconds),
    String(seconds - 400),
    '0',
    '-1',
    'NaN',
    '9'.repeat(40),
    '',
  ])
  const headers: Record<string, string> = headersOf(template.type, time, wrong)
  if (random() < 0.2) delete headers['x-slack-signature']
  if (random() < 0.2) delete headers['x-slack-request-timestamp']
  if (random() < 0.2)
    headers['content-type'] = pick(random, ['text/xml', '', 'application/json; charset=utf-7'])
  if (random() < 0.1) headers['content-encoding'] = pick(random, ['gzip', 'br', 'nonsense'])
  return { body, headers, signed }
}

function headersOf(type: string, time: string, signature: string) {
  return {
    'content-type': type,
    'x-slack-request-timestamp': time,
    'x-slack-signature': signature,
  } as Record<string, string>
}

function maybeMalformed(random: Random, body: string): string {
  return random() < 0.5 ? body : malformed(random, body)
}

function malformed(random: Random, body: string): string {
  const at = Math.floor(random() * body.length)
  return pick(random, [
    () => body.slice(0, at),
    () =>
      body.slice(0, at) + pick(random, ['%00', '%', '\u0000', '{', '"', '&&==']) + body.slice(at),
    () => '',
    () => 'payload=%7B',
    () => 'payload=null',
    () => 'payload=[]',
    () => `payload=${encodeURIComponent('['.repeat(20_000))}`,
    () => `payload=${encodeURIComponent('{"type":"block_actions","actions":null,"user":1}')}`,
    () => `payload=${encodeURIComponent('{"type":"view_submission","view":{"state":7}}')}`,
    () => `payload=${encodeURIComponent('{"__proto__":{"admin":true},"type":"block_actions"}')}`,
    () => 'command=%2Fcontracts&user_id=U0ADMIN&team_id[]=1',
    () => '{"type":"event_callback","event":null}',
    () => '{"event":{"type":"app_home_opened"}}',
    () => 'x'.repeat(200_000),
  ])()
}

test(`${RUNS} forged or malformed requests act on nothing, crash nothing and keep memory bounded`, async () => {
  const random = seeded(SEED)
  const { pool } = setup.database
  const state = async () =>
    (
      await pool.query(
        `SELECT (SELECT max(position) FROM audit_entry) AS audit, (SELECT sum(version) FROM contract) AS versions,
             (SELECT count(*) FROM delivery) AS deliveries,
             (SELECT string_agg(state, ',' ORDER BY id) FROM alert) AS alerts`,
      )
    ).rows
  const before = await state()
  const posted = setup.workspace.ledger.messages.length
  const memory = process.memoryUsage().rss
  const url = setup.requestUrl ?? ''
  const statuses = new Map<string, number>()
  const send = async () => {
    const { body, headers, signed } = forged(random)
    const status = await fetch(url, {
      method: 'POST',
      body,
      headers,
      signal: AbortSignal.timeout(20_000),
    }).then(
      async (answer) => {
        await answer.arrayBuffer()
        return answer.status
      },
      () => 0,
    )
    if (!signed) expect([400, 401, 404, 415], `seed ${SEED}`).toContain(status)
    const name = `${signed ? 'signed' : 'forged'} ${status}`
    statuses.set(name, (statuses.get(name) ?? 0) + 1)
  }
  for (let sent = 0; sent < RUNS; sent += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, RUNS - sent) }, send))
  }
  await setup.bot.idle()
  const told = [...statuses].sort().map(([name, count]) => `${name}: ${count}`)
  if (RUNS > 500) console.info(`${RUNS} requests (seed ${SEED}): ${told.join(', ')}`)
  expect(await state()).toEqual(before)
  expect(setup.workspace.ledger.messages.length).toBe(posted)
  expect(process.memoryUsage().rss - memory).toBeLessThan(300_000_000)
  // The bot still answers those who ask in earnest.
  const seen = await setup.type(PEOPLE.admin, 'help')
  expect(seen.ephemerals.length).toBeGreaterThan(0)
}, 600_000)

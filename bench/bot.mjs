// The conversation under load: signed commands at a steady pace, sent by this process, which is
// Slack to the bot as well. Acknowledged when the request is answered, told when the answer comes.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { openDatabase } from '../dist/src/database/open.js'
import { ensureOrganisation, rulesByTeam } from '../dist/src/database/organisation.js'
import { sweep } from '../dist/src/warnings/sweep.js'
import { signatureOf } from '../dist/stand-in/slack/http.js'
import { openWorkspace } from '../dist/stand-in/slack/server.js'
import { cleanEnvironment } from './child.mjs'
import { DAY, furnish, hold } from './held.mjs'

const SECRET = 'bench'
const PEOPLE = 200
/** Commands before anything is counted: caches fill, the program is compiled. */
const WARM_UP = 60
const PATIENCE_MS = 30_000

/** What people type, most of it reading. `#` stands for a number that changes. */
const TYPED = [
  '',
  'due 90 mine',
  'due 30',
  'due 90 team "Team #"',
  'list',
  'list team "Team #"',
  'list supplier "Supplier #"',
  'list unowned',
  'find maintenance',
  'find "site #"',
  'show CT-#',
  'show CT-#',
  'show CT-#',
  'explain CT-#',
  'history CT-#',
  'preview 14',
  'triage',
  'summary',
  'summary team "Team #"',
  'chains',
  'cliffs',
  'costs',
  'list overdue',
  'help',
  'ack CT-#',
  'snooze CT-# 1w',
  'shwo CT-#',
  'show CT-#9999',
]

/** Latencies in milliseconds beside a bare handler's, and the bot's memory in MB. */
export async function benchBot(server, { held, perSecond, seconds }, say) {
  say(`Bot: making ${held.toLocaleString('en-GB')} contracts…`)
  const env = await server.fresh('bench_bot')
  await fill(env, held, say)
  const workspace = await openWorkspace({ now: Date.now, channels: [], signingSecret: SECRET })
  const channel = workspace.places.addChannel({ id: 'C0BENCH', name: 'bench', member: true })
  for (let n = 0; n < PEOPLE; n += 1) {
    workspace.places.addUser(userOf(n), `person-${n}`, { email: `person-${n}@trust.example` })
  }
  const answers = await openAnswers()
  const load = { answers, channel: channel.id, perSecond, held }
  const shared = { slackUrl: workspace.url, signingSecret: SECRET }
  const urls = { databaseUrl: env.DATABASE_URL, migrateUrl: env.LAPSEWATCH_MIGRATE_URL }
  try {
    say(`Bot: the bare handler, ${perSecond} commands a second…`)
    const bare = await measured({ ...shared, bare: true }, load, seconds / 2)
    say(`Bot: ours, ${perSecond} commands a second for ${seconds} s…`)
    const ours = await measured({ ...shared, ...urls, bare: false }, load, seconds)
    if (ours.memory.failures.length > 0) throw new Error(ours.memory.failures.join('\n'))
    return { held, perSecond, commands: ours.count, bare, ours }
  } finally {
    await answers.close()
    await workspace.close()
  }
}

/** Contracts with owners and dates, 1,000 of them warned of, with extensions and products. */
export async function fill(env, held, say) {
  const owner = new pg.Client(env.LAPSEWATCH_MIGRATE_URL)
  await owner.connect()
  const { pool, close } = await openDatabase({
    databaseUrl: env.DATABASE_URL,
    migrateUrl: env.LAPSEWATCH_MIGRATE_URL,
    dataFolder: '',
    log: say,
    poolSize: 2,
  })
  try {
    const settings = { timeZone: 'Europe/London', calendar: 'england-and-wales' }
    const places = { channel: 'C0', escalationChannel: null }
    const { id } = await ensureOrganisation(pool, new Date(), { ...settings, ...places })
    const rulesOf = rulesByTeam({})
    await settle(owner, id, held, rulesOf({ calendar: settings.calendar }))
    const context = { organisationId: id, rulesOf, dayOf: () => DAY, teamIds: null }
    await sweep(pool, { ...context, now: new Date() })
    await owner.query('VACUUM ANALYZE')
  } finally {
    await owner.end()
    await close()
  }
}

/** Contracts of an organisation, with people who own them, and with extensions and products. */
export async function settle(owner, id, held, rules) {
  await hold(owner, id, held, rules)
  await owner.query(
    `INSERT INTO person (organisation_id, display_name, name_key, slack_workspace, slack_user)
     SELECT $1, 'Person ' || n, 'person ' || n, 'T0001', 'U' || lpad(n::text, 6, '0')
     FROM generate_series(0, $2::int - 1) n`,
    [id, PEOPLE],
  )
  await owner.query(
    `UPDATE contract c SET owner_id = p.id FROM person p
     WHERE p.organisation_id = c.organisation_id AND p.slack_user = 'U' || lpad((c.id % $1)::text, 6, '0')
       AND c.id % 7 > 0`,
    [PEOPLE],
  )
  await owner.query(
    `INSERT INTO deadline (organisation_id, contract_id, kind, due_on, reason)
     SELECT organisation_id, id, k.kind, end_latest - k.before, 'made for the bench'
     FROM contract, (VALUES ('end', 0), ('start-by', 200)) AS k (kind, before)
     WHERE end_latest IS NOT NULL
     ON CONFLICT DO NOTHING`,
  )
  await furnish(owner, id)
}

async function measured(settings, load, seconds) {
  const child = fork(fileURLToPath(new URL('./bot-child.mjs', import.meta.url)), {
    env: { ...cleanEnvironment(), BENCH_BOT: JSON.stringify(settings) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    const [{ port }] = await once(child, 'message')
    const url = `http://127.0.0.1:${port}/slack/events`
    const used = async () => {
      child.send('used')
      const [told] = await once(child, 'message')
      return told
    }
    await send(url, load, WARM_UP)
    const before = await used()
    const sent = await send(url, load, Math.round(load.perSecond * seconds))
    const memory = await used()
    return {
      count: sent.length,
      cpuMs: (memory.cpuMs - before.cpuMs) / sent.length,
      ack: centiles(sent.map((each) => each.ackMs)),
      answer: centiles(sent.map((each) => each.answerMs)),
      slowest: slowestOf(sent),
      memory,
    }
  } finally {
    child.disconnect()
    await once(child, 'exit')
  }
}

let sentSoFar = 0

/** So many commands, one after so long whether or not the one before was answered. */
async function send(url, load, count) {
  const began = performance.now()
  const sent = []
  for (let n = 0; n < count; n += 1) {
    const due = began + (n * 1000) / load.perSecond
    await sleep(Math.max(0, due - performance.now()))
    sent.push(type(url, load, sentSoFar))
    sentSoFar += 1
  }
  return Promise.all(sent)
}

async function type(url, { answers, channel, held }, n) {
  const typed = TYPED[n % TYPED.length] ?? ''
  // Spread over the whole register, and never the same twice in a row.
  const text = typed.replaceAll('#', String((n * 7919) % (typed.includes('CT-') ? held : 200)))
  const answered = answers.wait(n)
  const body = new URLSearchParams({
    team_id: 'T0001',
    channel_id: channel,
    user_id: userOf(n % PEOPLE),
    command: '/contracts',
    text,
    response_url: answers.urlOf(n),
    trigger_id: `bench.${n}`,
  }).toString()
  const seconds = Math.floor(Date.now() / 1000)
  const began = performance.now()
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': signatureOf(SECRET, seconds, body),
    },
  })
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`"${text}" was answered with ${response.status}.`)
  const ackMs = performance.now() - began
  const said = await answered
  if (said.includes('went wrong')) throw new Error(`"${text}": ${said}`)
  return { typed, ackMs, answerMs: performance.now() - began }
}

/** Where answers are sent to: `wait` resolves with the text of the one to that command. */
async function openAnswers() {
  const waiting = new Map()
  const server = createServer((request, response) => {
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      response.end('ok')
      waiting.get(request.url)?.(JSON.parse(Buffer.concat(parts).toString()).text ?? '')
      waiting.delete(request.url)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  return {
    urlOf: (n) => `http://127.0.0.1:${port}/answer/${n}`,
    wait: (n) =>
      new Promise((resolve, reject) => {
        const late = () => reject(new Error(`Command ${n} was not answered.`))
        const timer = setTimeout(late, PATIENCE_MS)
        waiting.set(`/answer/${n}`, (text) => {
          clearTimeout(timer)
          resolve(text)
        })
      }),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

function centiles(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), most: sorted.at(-1) }
}

/** What is typed, with the middle and the slowest answer to it, the slowest first. */
function slowestOf(sent) {
  return [...new Set(sent.map(({ typed }) => typed))]
    .map((typed) => {
      const took = sent.filter((each) => each.typed === typed).map((each) => each.answerMs)
      return { typed, ...centiles(took) }
    })
    .sort((a, b) => b.p95 - a.p95)
}

function userOf(n) {
  return `U${String(n).padStart(6, '0')}`
}

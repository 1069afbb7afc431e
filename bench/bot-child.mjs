// The bot in a process of its own, as the settings in BENCH_BOT say: ours on a database, or the
// barest Bolt handler there can be. Says its port, and its processor time and peak memory when asked.
import { App, HTTPReceiver, LogLevel } from '@slack/bolt'
import { openDatabase } from '../dist/src/database/open.js'
import { ensureOrganisation, rulesByTeam } from '../dist/src/database/organisation.js'
import { openSlackGateway } from '../dist/src/delivery/slack-client.js'
import { largeAnswers } from '../dist/src/slack/answer-cache.js'
import { openBot } from '../dist/src/slack/app.js'
import { directory } from '../dist/src/slack/directory.js'
import { DAY } from './held.mjs'

const { bare, slackUrl, signingSecret, databaseUrl, migrateUrl } = JSON.parse(process.env.BENCH_BOT)
const failures = []
const port = bare ? await startBare() : await startOurs()

process.on('message', () => {
  const { maxRSS } = process.resourceUsage()
  const { user, system } = process.cpuUsage()
  process.send({
    cpuMs: (user + system) / 1000,
    peakMb: maxRSS / 1024,
    nowMb: process.memoryUsage.rss() / 2 ** 20,
    failures,
  })
})
process.on('disconnect', () => process.exit())
process.send({ port })

/** Acknowledges, and answers with the text that came. */
async function startBare() {
  const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR })
  const app = new App({
    token: 'xoxb-stand-in',
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slackUrl },
  })
  app.command('/contracts', async ({ ack, respond, command }) => {
    await ack()
    await respond({ text: command.text === '' ? 'nothing' : command.text })
  })
  return (await app.start(0)).address().port
}

async function startOurs() {
  // As the program itself is started.
  await import('../dist/src/app/heap.js')
  const database = await openDatabase({
    databaseUrl,
    migrateUrl,
    dataFolder: '',
    log: () => undefined,
    poolSize: 10,
  })
  const organisation = await ensureOrganisation(database.pool, new Date(), {
    timeZone: 'Europe/London',
    calendar: 'england-and-wales',
    channel: 'C0',
    escalationChannel: null,
  })
  const slack = { token: 'xoxb-stand-in', apiUrl: slackUrl, timeoutMs: 10_000 }
  const { readersOf } = openSlackGateway({ ...slack, elapsed: () => performance.now() })
  const bot = openBot({
    ...slack,
    deps: {
      readersOf,
      pool: database.pool,
      organisation,
      rulesOf: rulesByTeam({}),
      now: () => new Date(`${DAY}T10:00:00Z`),
      today: () => DAY,
      todayOf: () => DAY,
      log: (line) => failures.push(line),
      ...{ weeklyOn: 1, triageDays: 14, dateFormat: 'dd/mm/yyyy', publicUrl: () => null },
      large: largeAnswers({
        pool: database.pool,
        organisationId: organisation.id,
        elapsed: () => performance.now(),
      }),
      directory: directory(database.pool, {
        organisationId: organisation.id,
        administrators: [],
        elapsed: () => performance.now(),
      }),
    },
    transport: { kind: 'http', signingSecret, port: 0 },
  })
  return await bot.start()
}

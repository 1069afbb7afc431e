/** The demo: database, stand-in, bot, clock and page put together for the browser. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { type Program, programOver } from '../../src/app/app.ts'
import { loadSample } from '../../src/app/sample.ts'
import type { Settings } from '../../src/app/settings.ts'
import { botFor, deliveryDeps, deskFor, gatewayFor } from '../../src/app/slack.ts'
import type { Scratch } from '../../src/database/embedded/scratch.ts'
import { openDatabase } from '../../src/database/open.ts'
import { tieAccounts } from '../../src/database/organisation.ts'
import type { Gateway } from '../../src/delivery/gateway.ts'
import { sleep } from '../../src/delivery/rate-limit.ts'
import type { DeliveryDeps } from '../../src/delivery/send.ts'
import { deliverDue, runDelivery } from '../../src/delivery/worker.ts'
import { type CalendarDesk, calendarRoutes } from '../../src/ops/calendar.ts'
import {
  addDays,
  type CivilDate,
  civilDateIn,
  instantOf,
  weekday,
} from '../../src/rules/civil-date.ts'
import { calendarNamed, workingDayOnOrBefore } from '../../src/rules/working-days.ts'
import { tick } from '../../src/warnings/schedule.ts'
import type { DemoControls, DemoPerson, Stride } from '../page/document.ts'
import { listenOnLoopback, pageOver } from '../page/server.ts'
import { openWorkspace, type Workspace } from '../slack/server.ts'
import { APP, type WorkspaceDirectory } from '../slack/state.ts'

// The product in small: a database of its own, the stand-in for Slack, and the bot connected to it
// as it is to Slack. Only the addresses differ, the clock, and that no pace has to be kept.

interface Demo {
  readonly workspace: Workspace
  readonly program: Program
  readonly clock: LocalClock
  readonly desk: CalendarDesk
  /**
   * Lets a day pass: its sweep, its summary, and all that is to be sent. Where another follows at
   * once, what was posted before is not rewritten yet.
   */
  passDay(next?: 'rest' | 'another follows'): Promise<CivilDate>
  close(): Promise<void>
}

interface LocalOptions {
  readonly settings: Settings
  /** The real day: the clock begins on it, or on the working day before. */
  readonly today: CivilDate
  readonly log: (line: string) => void
  readonly openScratch: () => Promise<Scratch>
}

/** @throws DatabaseProblem where the embedded database cannot run here. */
export async function openDemo(
  options: LocalOptions,
  publicUrl: () => string | null = () => null,
): Promise<Demo> {
  const undo: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    return { ...(await furnish(options, undo, publicUrl)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** @param undo gets what closes each thing that was opened. */
async function furnish(
  { settings, today, log, openScratch }: LocalOptions,
  undo: (() => Promise<unknown>)[],
  publicUrl: () => string | null,
): Promise<Omit<Demo, 'close'>> {
  const clock = new LocalClock(firstDay(settings, today), settings.timeZone, () =>
    performance.now(),
  )
  const scratch = await openScratch()
  undo.push(() => scratch.drop())
  const database = await openDatabase({
    databaseUrl: scratch.runUrl,
    migrateUrl: scratch.migrateUrl,
    dataFolder: settings.dataFolder,
    log,
    poolSize: 8,
  })
  undo.push(() => database.close())
  const own = withoutSlack(settings)
  const program = await programOver(database, own, () => clock.now(), log)
  const tokens = { botToken: secret('xoxb'), appToken: secret('xapp') }
  const workspace = await openWorkspace({
    channels: [],
    now: () => clock.now().getTime(),
    tokens: [tokens.botToken],
    appTokens: [tokens.appToken],
    idle: async () => bot.idle(),
  })
  undo.push(() => workspace.close())
  addDemoPeople(workspace.places)
  const slack = { ...own.slack, ...tokens, apiUrl: workspace.url }
  const connected: Program = { ...program, settings: { ...own, slack } }
  const gateway = await gatewayFor(connected.settings, process.stdout)
  const bot = await botFor(connected, gateway, publicUrl)
  await bot.start()
  undo.push(async () => {
    await bot.stop()
    await hungUp(workspace)
  })
  const work = workOf(connected, gateway, clock)
  const day = clock.today()
  clock.set(day, sweepingHours(own)[0])
  await loadSample(program)
  await tieAccounts(program.pool, program.organisation.id, accounts())
  await work.sweepDay(day)
  undo.push(work.start())
  return {
    workspace,
    program,
    clock,
    desk: await deskFor(program),
    async passDay(next = 'rest') {
      const day = addDays(clock.today(), 1)
      await work.sweepDay(day, next)
      return day
    },
  }
}

/** The tick and the outbox, as fast as they can: the stand-in keeps no pace and no history back. */
function workOf(program: Program, gateway: Gateway, clock: LocalClock) {
  const { organisation, rulesOf, pool, settings } = program
  const { sweepAt, weeklyAt, weeklyOn } = settings
  const usual = deliveryDeps(program, gateway)
  const deps = {
    ...usual,
    answerable: true,
    settings: { ...usual.settings, paceMs: 0, historyLagMs: 0, pollMs: 200 },
  }
  const closing = new AbortController()
  let posting: Posting | null = null
  return {
    /**
     * Sweep and summary, each at its own hour; then it is the morning of that day. What people's
     * acts queue is delivered by the same hand meanwhile: two would hold a channel from one
     * another, and what is left over would come on a later day.
     */
    async sweepDay(day: CivilDate, next: 'rest' | 'another follows' = 'rest') {
      await posting?.stop()
      for (const time of sweepingHours(settings)) {
        clock.set(day, time)
        await tick(pool, {
          organisationId: organisation.id,
          rulesOf,
          times: { sweepAt, weeklyAt, weeklyOn },
          owner: randomUUID(),
          now: clock.now(),
        })
        if (next === 'rest') await releaseRewrites(pool, day)
        else await holdRewrites(pool)
        await deliverDue({ ...deps, owner: randomUUID() }, { signal: closing.signal })
      }
      clock.set(day)
      if (posting !== null && !closing.signal.aborted) posting = startPosting(deps)
    },
    /** Delivers what people's acts queue. @returns what ends that. */
    start() {
      posting = startPosting(deps)
      return async () => {
        closing.abort()
        await posting?.stop()
      }
    },
  }
}

interface Posting {
  stop(): Promise<void>
}

function startPosting(deps: DeliveryDeps): Posting {
  const stop = new AbortController()
  const delivery = runDelivery(deps, stop.signal)
  return {
    async stop() {
      stop.abort()
      await delivery
    },
  }
}

function firstDay({ calendar: name }: Settings, today: CivilDate): CivilDate {
  const calendar = calendarNamed(name)
  return calendar === null ? today : workingDayOnOrBefore(today, calendar)
}

/** A socket that is cut before the goodbye would hold the process for half a minute. */
async function hungUp({ sockets }: Workspace): Promise<void> {
  for (let looks = 0; sockets.connections > 0 && looks < 100; looks += 1) await sleep(10)
}

/** A token of this start alone: nothing else on this machine can guess it. */
function secret(prefix: string): string {
  return `${prefix}-${randomBytes(18).toString('hex')}`
}

/** The same rules and times, nothing of the real Slack and of its channels. */
function withoutSlack(settings: Settings): Settings {
  return {
    ...settings,
    channel: CONTRACTS,
    escalationChannel: ESCALATION,
    administrators: [...ADMINISTRATORS],
    slack: {
      botToken: null,
      appToken: null,
      signingSecret: null,
      apiUrl: null,
      timeoutMs: settings.slack.timeoutMs,
    },
  }
}

type Time = Settings['sweepAt']

/** When a day is swept and summed up; one hour serves for both where the sweep is not the later. */
function sweepingHours({ sweepAt, weeklyAt }: Settings): readonly [Time, ...Time[]] {
  const minutes = ({ hour, minute }: Time) => hour * 60 + minute
  return minutes(sweepAt) > minutes(weeklyAt) ? [weeklyAt, sweepAt] : [weeklyAt]
}

/** When nobody moves it, it stops before the day ends: days pass by being swept, never unseen. */
const GOES_ON_MS = 6 * 3_600_000

/** When a day begins for whoever looks at it: after the sweep and the summary. */
const MORNING = { hour: 10, minute: 0 }

class LocalClock {
  readonly timeZone: string
  readonly #elapsed: () => number
  #from: Date
  #setAt: number

  /** @param elapsed milliseconds of a clock that nobody sets. */
  constructor(day: CivilDate, timeZone: string, elapsed: () => number) {
    this.timeZone = timeZone
    this.#elapsed = elapsed
    this.#from = instantOf(day, MORNING, timeZone)
    this.#setAt = elapsed()
  }

  now(): Date {
    const passed = Math.min(this.#elapsed() - this.#setAt, GOES_ON_MS)
    return new Date(this.#from.getTime() + passed)
  }

  today(): CivilDate {
    return civilDateIn(this.now(), this.timeZone)
  }

  /** Sets it to a time of that day; to its morning unless another is named. */
  set(day: CivilDate, time: { readonly hour: number; readonly minute: number } = MORNING): void {
    this.#from = instantOf(day, time, this.timeZone)
    this.#setAt = this.#elapsed()
  }
}

export interface LocalPage {
  readonly url: string
  close(): Promise<void>
}

/** @throws Error where no port is free, or the embedded database cannot run here. */
export async function openLocalPage(options: LocalOptions, port: number): Promise<LocalPage> {
  // Known once the page listens.
  let url: string | null = null
  let demo = await openDemo(options, () => url)
  let until: CivilDate | null = null
  const listeners = new Set<(what: 'day' | 'reset') => void>()
  const tell = (what: 'day' | 'reset') => {
    for (const listener of listeners) listener(what)
  }
  const busy = () => {
    if (until !== null) throw new Error('The clock is moving: wait until it rests.')
  }
  const controls: DemoControls = {
    get workspace() {
      return demo.workspace
    },
    personas: PERSONAS,
    timeZone: options.settings.timeZone,
    today: () => demo.clock.today(),
    passingUntil: () => until,
    async pass(stride) {
      busy()
      const from = demo
      const today = from.clock.today()
      until = addDays(today, daysOf(stride, today))
      try {
        while (from.clock.today() < until) {
          tell('day')
          const isLast = addDays(from.clock.today(), 1) >= until
          await from.passDay(isLast ? 'rest' : 'another follows')
        }
      } finally {
        until = null
        tell('day')
      }
    },
    async reset() {
      busy()
      const before: Demo = demo
      demo = await openDemo(options, () => url)
      tell('reset')
      await before.close()
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const app = pageOver(controls)
  app.route(
    '/',
    calendarRoutes(() => demo.desk),
  )
  const page = await listenOnLoopback(app, port).catch(async (error: unknown) => {
    await demo.close()
    throw error
  })
  url = page.url
  return {
    url,
    async close() {
      await page.close()
      await demo.close()
    },
  }
}

function daysOf(stride: Stride, today: CivilDate): number {
  switch (stride) {
    case 'next-day':
      return 1
    case 'next-monday':
      return 8 - weekday(today)
    case '30-days':
      return 30
  }
}

const CONTRACTS = 'C0CONTRACTS'
const ESCALATION = 'C0ESCALATION'
const WITH_AGENCY = 'C0AGENCY'

/** Whom a visitor can be. The lead is the administrator as well, so that everything can be tried. */
const PERSONAS: readonly DemoPerson[] = [
  {
    id: 'U0LEAD',
    name: 'Rhys Pellandine',
    role: 'category lead, administrator',
    channel: CONTRACTS,
  },
  { id: 'U0OWNER', name: 'Samira Dalvi', role: 'contract owner', channel: CONTRACTS },
  { id: 'U0FINANCE', name: 'Fay Ledbrook', role: 'finance partner', channel: CONTRACTS },
  {
    id: 'U0GUEST',
    name: 'Otto Farrow',
    role: 'outsider: a guest from an agency',
    channel: WITH_AGENCY,
  },
]
const ADMINISTRATORS: readonly string[] = ['U0LEAD']

/** Others whom the sample names, so that they can be mentioned and assigned. */
const COLLEAGUES: Readonly<Record<string, string>> = {
  U0GRACE: 'Grace Okonwale',
  U0IDRIS: 'Idris Venn',
  U0PRIYA: 'Priya Nandakesh',
  U0TOM: 'Tom Hallowick',
  U0IMOGEN: 'Imogen Tarrowby',
  U0BETHAN: 'Bethan Corrigale',
  U0DANIEL: 'Daniel Fosswell',
  U0KOFI: 'Kofi Brannock',
}

function addDemoPeople(places: WorkspaceDirectory): void {
  const add = (id: string, name: string, options = {}) => {
    const handle = name.toLowerCase().replaceAll(' ', '.')
    places.addUser(id, handle, { realName: name, email: `${handle}@trust.example`, ...options })
  }
  places.addUser(APP.user, APP.name, { realName: 'Lapsewatch', isBot: true })
  for (const { id, name } of PERSONAS) {
    if (id !== 'U0GUEST') add(id, name, { isAdmin: ADMINISTRATORS.includes(id) })
  }
  for (const [id, name] of Object.entries(COLLEAGUES)) add(id, name)
  add('U0GUEST', 'Otto Farrow', { guest: 'single-channel', email: 'otto.farrow@agency.example' })
  places.addChannel({ id: CONTRACTS, name: 'contracts', member: true })
  places.addChannel({ id: ESCALATION, name: 'escalation', member: true })
  places.addChannel({
    id: WITH_AGENCY,
    name: 'with-agency',
    member: true,
    people: ['U0LEAD', 'U0FINANCE', 'U0GUEST'],
  })
}

function accounts() {
  const named = [...PERSONAS.map(({ id, name }) => [id, name]), ...Object.entries(COLLEAGUES)]
  return named.map(([slackUser = '', name = '']) => ({ name, workspace: APP.team, slackUser }))
}

// Rewriting posted warnings while days pass. Every warning asks for all earlier ones of its contract
// to be rewritten: over a quarter that is thousands of rewrites, of which a visitor sees the last.

/** Lets what is to be rewritten wait: one that waits serves all that would be asked for later. */
async function holdRewrites(pool: Pool): Promise<void> {
  await pool.query(
    `UPDATE delivery SET due_at = 'infinity' WHERE purpose = 'update' AND state = 'PENDING'`,
  )
}

/** What waits is rewritten as of this day. */
async function releaseRewrites(pool: Pool, today: CivilDate): Promise<void> {
  await pool.query(
    `UPDATE delivery SET due_at = now(), as_of = $1
     WHERE purpose = 'update' AND state = 'PENDING' AND due_at = 'infinity'`,
    [today],
  )
}

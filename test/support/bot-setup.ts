/** The bot with a register behind it and the stand-in for Slack before it, over either transport. */

import type { CustomRoute } from '@slack/bolt'
import type { DeliverySettings } from '../../src/delivery/rate-limit.ts'
import { openSlackGateway } from '../../src/delivery/slack-client.ts'
import { type Delivered, deliverDue } from '../../src/delivery/worker.ts'
import { calendarDesk, calendarRoute } from '../../src/ops/calendar.ts'
import { openRegister } from '../../src/register/open.ts'
import {
  addDays,
  asCivilDate,
  type CivilDate,
  civilDateIn,
  daysBetween,
  earlier,
} from '../../src/rules/civil-date.ts'
import { answersLater } from '../../src/slack/answers.ts'
import { type Bot, openBot } from '../../src/slack/app.ts'
import { type BoardSeat, directory } from '../../src/slack/directory.ts'
import type { SlackDependencies } from '../../src/slack/request.ts'
import { GATE_LIMITS, type GateLimits } from '../../src/slack/transport.ts'
import { type Action, actionValue } from '../../src/text/buttons.ts'
import type { ActResult } from '../../stand-in/slack/payloads.ts'
import { openWorkspace, type Workspace } from '../../stand-in/slack/server.ts'
import {
  addPeople,
  PEOPLE,
  type PostedMessage,
  type ShownView,
} from '../../stand-in/slack/state.ts'
import type { Given } from '../../stand-in/slack/views.ts'
import { freshDatabase, stand, type TestDatabase } from './database.ts'
import { worker } from './outbox.ts'
import { present } from './present.ts'
import { written } from './register-file.ts'
import { type Setup, setupIn } from './setup.ts'

export const TODAY = asCivilDate('2026-11-23')
export const SIGNING_SECRET = 'secret'
/**
 * Every kind of request comes over both (`bot`, `bot-forms`, `bot-said`, `bot-members`, `bot-forged`,
 * `bot-hostile`); what one is answered with does not depend on it, and is shown over one.
 */
export const TRANSPORTS = ['socket', 'http'] as const

const NOW = new Date('2026-11-23T10:00:00Z')

export interface BotSetup extends Omit<Setup, 'drop'> {
  readonly database: TestDatabase
  readonly workspace: Workspace
  readonly bot: Bot
  /** Where Slack posts to; null over the socket. */
  readonly requestUrl: string | null
  /** What the bot wrote to its log. */
  readonly lines: string[]
  /** Lets the bot's clock of remembered profiles go on. */
  wait(ms: number): void
  /** The day of its clock. */
  today(): CivilDate
  now(): Date
  /** So many days on, as far as the last of them; ten o'clock on that day. */
  goTo(days: number, last: string): CivilDate
  /** Raises and sends what is due today. */
  tell(): Promise<void>
  deliver(settings?: Partial<DeliverySettings>): Promise<Delivered>
  /** What came last to somebody in person, once the outbox is empty. */
  toldDirectly(who: string): Promise<string>
  /** Types `/contracts` and this text; in #contracts, or where the person can be. */
  type(who: string, text: string): Promise<ActResult>
  /** The form that a command or a button opens. */
  form(who: string, by: string | Action): Promise<ShownView>
  /** Fills these fields of a form and sends it. */
  submit(who: string, form: ShownView | null, given?: Fields): Promise<ActResult>
  /** The message of a channel that names this contract. */
  warningOf(title: string): PostedMessage
  /** Presses a button that carries this action, in a channel where the person is. */
  pressAction(who: string, action: Action, channel?: string): Promise<ActResult>
  /** The same with any value, as a forger would write it. */
  pressValue(who: string, value: string, channel?: string): Promise<ActResult>
  /** The contract's number, and its version as it stands. */
  subjectOf(reference: string): Promise<{ contractId: number; version: number; alertIds: number[] }>
  /** What was done to a contract by people in Slack, in order. */
  actsOn(reference: string): Promise<string[]>
  statesOf(reference: string): Promise<string[]>
  close(): Promise<void>
}
type Fields = Readonly<Record<string, Given>>
interface BotOptions {
  readonly readers?: readonly string[]
  readonly board?: readonly BoardSeat[]
  readonly administrators?: readonly string[]
  readonly limits?: GateLimits
  readonly routes?: readonly CustomRoute[]
  /** Nothing goes wrong in these tests, so that the log says nothing. */
  readonly quiet?: boolean
  /** Done once it is open. */
  readonly prepare?: (setup: BotSetup) => unknown
}

/** The bot of a file or a describe; Slack has refused nothing of it at the end. */
export function useBotSetup(
  kind: (typeof TRANSPORTS)[number],
  registerText: string,
  options: BotOptions = {},
): BotSetup {
  const { it, put } = stand<BotSetup>()
  beforeAll(async () => {
    const opened = put(await openBotSetup(kind, registerText, options))
    await options.prepare?.(opened)
  })
  afterAll(async () => {
    // A connection that is closed is told of.
    const lines = [...it.lines]
    await it.close()
    expect(it.workspace.ledger.failures).toEqual([])
    if (options.quiet) expect(lines).toEqual([])
  })
  return it
}

/** Imports the register's text, CSV with a heading line. */
export async function openBotSetup(
  kind: (typeof TRANSPORTS)[number],
  registerText: string,
  {
    readers = [],
    board = [],
    administrators = [PEOPLE.admin],
    limits = GATE_LIMITS,
    routes = [],
  }: BotOptions = {},
): Promise<BotSetup> {
  const database = await freshDatabase()
  const { pool } = database
  const channels = { channel: 'C0CONTRACTS', escalationChannel: 'C0ESCALATION' }
  const setup = await setupIn(database, channels)
  const { organisation, rulesOf, rows } = setup
  const lines: string[] = []
  let waited = 0
  const read = { map: new Map(), dates: null, timeZone: null, today: TODAY }
  const register = await openRegister(written('register.csv', registerText), read)
  await setup.importRegister(register, TODAY, { now: NOW, triageDays: 14, strict: true })
  const workspace = await openWorkspace({
    channels: [],
    now: Date.now,
    signingSecret: SIGNING_SECRET,
    idle: async () => bot.idle(),
  })
  addPeople(workspace.places)
  let day = TODAY
  const now = () => new Date(NOW.getTime() + daysBetween(TODAY, day) * 86_400_000)
  const clock = { now, today: () => day, log: (line: string) => void lines.push(line) }
  const elapsed = () => performance.now()
  const desk = calendarDesk({ pool, organisationId: organisation.id, ...clock, elapsed })
  const deps: SlackDependencies = {
    pool,
    organisation,
    rulesOf,
    ...clock,
    todayOf: ({ timeZone }) => civilDateIn(now(), timeZone),
    dateFormat: 'dd/mm/yyyy',
    publicUrl: () => 'https://contracts.trust.example',
    weeklyOn: 1,
    triageDays: 14,
    directory: directory(pool, {
      organisationId: organisation.id,
      administrators,
      readers,
      board,
      elapsed: () => performance.now() + waited,
    }),
  }
  const slack = { token: 'xoxb-stand-in', apiUrl: workspace.url, timeoutMs: 2000 }
  const { readersOf } = openSlackGateway({ ...slack, elapsed })
  const bot = openBot({
    ...slack,
    deps: { ...deps, readersOf },
    transport:
      kind === 'socket'
        ? { kind, appToken: 'xapp-stand-in' }
        : { kind, signingSecret: SIGNING_SECRET, port: 0 },
    limits,
    routes: kind === 'socket' ? [] : [calendarRoute(desk), ...routes],
  })
  const port = await bot.start()
  const requestUrl = port === null ? null : `http://127.0.0.1:${port}/slack/events`
  if (requestUrl !== null) await workspace.useRequestUrl(requestUrl)

  const make = answersLater(deps)
  const deliver: BotSetup['deliver'] = (settings = {}) =>
    deliverDue({
      ...worker(pool, workspace, { timeoutMs: 2000, ...settings }),
      answerable: true,
      make,
    })
  const type: BotSetup['type'] = (who, text) =>
    workspace.as(who).command('/contracts', text, placeFor(who))
  const pressValue: BotSetup['pressValue'] = (who, value, channel = placeFor(who)) => {
    const message = workspace.ledger.add({
      channel,
      threadTs: null,
      broadcast: false,
      text: 'Something to press',
      blocks: [buttonWith(value)],
      metadata: null,
      at: Date.now(),
    })
    return workspace.as(who).press(message, 'lw.act', value)
  }
  const pressAction: BotSetup['pressAction'] = async (who, action, channel) => {
    const value = present(actionValue(action), `No button can carry ${action.act}.`)
    return pressValue(who, value, channel)
  }
  const textsOf = async (sql: string, reference: string) =>
    (await rows<{ it: string }>(sql, [reference])).map(({ it }) => it)
  return {
    ...setup,
    database,
    workspace,
    bot,
    requestUrl,
    lines,
    wait: (ms) => {
      waited += ms
    },
    today: () => day,
    now,
    goTo(days, last) {
      day = earlier(addDays(day, days), asCivilDate(last))
      return day
    },
    async tell() {
      await setup.sweep(day, { now: now() })
      await deliver()
    },
    deliver,
    async toldDirectly(who) {
      await deliver()
      const { id } = workspace.as(who).direct()
      return workspace.ledger.inChannel(id).at(-1)?.text ?? ''
    },
    type,
    async form(who, by) {
      const modal = present(
        (await (typeof by === 'string' ? type(who, by) : pressAction(who, by))).modal,
        `${JSON.stringify(by)} opened no form.`,
      )
      return modal
    },
    async submit(who, form, given) {
      if (form === null) throw new Error('There is no form to send.')
      return await workspace.as(who).submit(form, given)
    },
    warningOf(title) {
      const found = workspace.ledger
        .inChannel('C0CONTRACTS')
        .find(({ text }) => text.includes(title) && !text.includes('look through them first'))
      if (!found) throw new Error(`No message about ${title}.`)
      return found
    },
    pressValue,
    pressAction,
    async subjectOf(reference) {
      const [found] = await rows<{ contractId: number; version: number }>(
        'SELECT id AS "contractId", version FROM contract WHERE reference = $1',
        [reference],
      )
      if (!found) throw new Error(`There is no contract ${reference}.`)
      return { ...found, alertIds: [] }
    },
    actsOn: (reference) =>
      textsOf(
        `SELECT ch.what AS it FROM audit_change ch JOIN audit_entry e ON e.id = ch.entry_id
         JOIN contract c ON c.id = ch.contract_id WHERE c.reference = $1 AND e.via = 'slack'
         ORDER BY e.position, ch.position`,
        reference,
      ),
    statesOf: (reference) =>
      textsOf(
        `SELECT a.state AS it FROM alert a JOIN contract c ON c.id = a.contract_id
         WHERE c.reference = $1 ORDER BY a.id`,
        reference,
      ),
    async close() {
      await bot.stop()
      await workspace.close()
      await database.drop()
    },
  }
}

/** What somebody was told to themselves alone. */
export function said(seen: Pick<ActResult, 'ephemerals'>): string {
  return seen.ephemerals.map(({ text }) => text).join('\n')
}

/** What stands at the fields of a form, by their names: a block id says also whose they are. */
export function errorsIn({ errors }: Pick<ActResult, 'errors'>): Readonly<Record<string, string>> {
  const entries = Object.entries(errors).map(([id, error]) => [id.replace(/@.*/, ''), error])
  return Object.fromEntries(entries) as Record<string, string>
}

/** The action id of the button with this label. */
export function buttonOf({ blocks }: { readonly blocks: readonly unknown[] }, label: string) {
  const elements = blocks.flatMap((block) => (block as { elements?: unknown[] }).elements ?? [])
  const found = present(
    elements.find((each) => (each as { text?: { text?: string } }).text?.text === label),
    `No button "${label}".`,
  )
  return (found as { action_id: string }).action_id
}

/** Guests and strangers are only in channels of their own. */
function placeFor(who: string): string {
  if (who === PEOPLE.guest) return 'C0GUESTS'
  return who === PEOPLE.outsider ? 'C0SHARED' : 'C0CONTRACTS'
}

function buttonWith(value: string) {
  const text = { type: 'plain_text', text: 'Press' }
  return { type: 'actions', elements: [{ type: 'button', action_id: 'lw.act', text, value }] }
}

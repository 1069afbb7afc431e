/** The bot with a register behind it and the stand-in for Slack before it, over either transport. */
import type { CustomRoute } from '@slack/bolt'
import {
  ensureOrganisation,
  type Organisation,
  type RulesByTeam,
  rulesByTeam,
} from '../../src/database/organisation.ts'
import type { DeliverySettings } from '../../src/delivery/rate-limit.ts'
import { type Delivered, deliverDue } from '../../src/delivery/worker.ts'
import { calendarDesk, calendarRoute } from '../../src/ops/calendar.ts'
import { applyRegister } from '../../src/register/import/import.ts'
import { openRegister } from '../../src/register/open.ts'
import { asCivilDate } from '../../src/rules/civil-date.ts'
import { answersLater } from '../../src/slack/answers.ts'
import { type Bot, openBot } from '../../src/slack/app.ts'
import { directory } from '../../src/slack/directory.ts'
import type { SlackDependencies } from '../../src/slack/request.ts'
import { GATE_LIMITS, type GateLimits } from '../../src/slack/transport.ts'
import { type Action, actionValue } from '../../src/text/buttons.ts'
import { sweep } from '../../src/warnings/sweep.ts'
import type { ActResult } from '../../stand-in/slack/payloads.ts'
import { openWorkspace, type Workspace } from '../../stand-in/slack/server.ts'
import { addPeople, PEOPLE, type PostedMessage } from '../../stand-in/slack/state.ts'
import { freshDatabase, type TestDatabase } from './database.ts'
import { worker } from './outbox.ts'
import { written } from './register-file.ts'

export const TODAY = asCivilDate('2026-11-23')
export const SIGNING_SECRET = 'secret'
export const TRANSPORTS = ['socket', 'http'] as const

const NOW = new Date('2026-11-23T10:00:00Z')

export interface BotSetup {
  readonly database: TestDatabase
  readonly organisation: Organisation
  readonly rulesOf: RulesByTeam
  readonly workspace: Workspace
  readonly bot: Bot
  /** Where Slack posts to; null over the socket. */
  readonly requestUrl: string | null
  /** What the bot wrote to its log. */
  readonly lines: string[]
  /** Lets the bot's clock of remembered profiles go on. */
  wait(ms: number): void
  /** Raises and sends what is due today. */
  tell(): Promise<void>
  deliver(settings?: Partial<DeliverySettings>): Promise<Delivered>
  /** What came last to somebody in person, once the outbox is empty. */
  toldDirectly(who: string): Promise<string>
  /** Types `/contracts` and this text; in #contracts, or where the person can be. */
  type(who: string, text: string): Promise<ActResult>
  /** The message of a channel that names this contract. */
  warningOf(title: string): PostedMessage
  /** Presses a button that carries this action, in a channel where the person is. */
  pressAction(who: string, action: Action): Promise<ActResult>
  /** The same with any value, as a forger would write it. */
  pressValue(who: string, value: string): Promise<ActResult>
  /** The contract's number, and its version as it stands. */
  subjectOf(reference: string): Promise<{ contractId: number; version: number; alertIds: number[] }>
  /** What was done to a contract by people in Slack, in order. */
  actsOn(reference: string): Promise<string[]>
  statesOf(reference: string): Promise<string[]>
  close(): Promise<void>
}

/** Imports the register's text, CSV with a heading line. */
export async function openBotSetup(
  kind: (typeof TRANSPORTS)[number],
  registerText: string,
  {
    readers = [],
    limits = GATE_LIMITS,
    routes = [],
  }: {
    readonly readers?: readonly string[]
    readonly limits?: GateLimits
    readonly routes?: readonly CustomRoute[]
  } = {},
): Promise<BotSetup> {
  const database = await freshDatabase()
  const { pool } = database
  const organisation = await ensureOrganisation(pool, NOW, {
    timeZone: 'Europe/London',
    calendar: 'england-and-wales',
    channel: 'C0CONTRACTS',
    escalationChannel: 'C0ESCALATION',
  })
  const rulesOf = rulesByTeam({})
  const lines: string[] = []
  let waited = 0
  await importText(database, organisation, registerText)
  const workspace = await openWorkspace({
    channels: [],
    now: Date.now,
    signingSecret: SIGNING_SECRET,
    idle: async () => bot.idle(),
  })
  addPeople(workspace.places)
  const desk = calendarDesk({
    pool,
    organisationId: organisation.id,
    now: () => NOW,
    today: () => TODAY,
    elapsed: () => performance.now(),
    log: (line) => lines.push(line),
  })
  const deps: SlackDependencies = {
    pool,
    organisation,
    rulesOf,
    now: () => NOW,
    today: () => TODAY,
    todayOf: () => TODAY,
    dateFormat: 'dd/mm/yyyy',
    publicUrl: () => 'https://contracts.trust.example',
    log: (line) => lines.push(line),
    weeklyOn: 1,
    triageDays: 14,
    directory: directory(pool, {
      organisationId: organisation.id,
      administrators: [PEOPLE.admin],
      readers,
      elapsed: () => performance.now() + waited,
    }),
  }
  const bot = openBot({
    deps,
    token: 'xoxb-stand-in',
    apiUrl: workspace.url,
    timeoutMs: 2000,
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
  const deliver = (settings: Partial<DeliverySettings> = {}) =>
    deliverDue({
      ...worker(pool, workspace, { timeoutMs: 2000, ...settings }),
      answerable: true,
      make,
    })
  const pressValue = (who: string, value: string) => {
    const message = workspace.ledger.add({
      channel: placeFor(who),
      threadTs: null,
      broadcast: false,
      text: 'Something to press',
      blocks: [buttonWith(value)],
      metadata: null,
      at: Date.now(),
    })
    return workspace.as(who).press(message, 'lw.act', value)
  }
  return {
    database,
    organisation,
    rulesOf,
    workspace,
    bot,
    requestUrl,
    lines,
    wait: (ms) => {
      waited += ms
    },
    async tell() {
      const { id: organisationId } = organisation
      const context = { organisationId, rulesOf, dayOf: () => TODAY, teamIds: null, now: NOW }
      await sweep(pool, context)
      await deliver()
    },
    deliver,
    async toldDirectly(who) {
      await deliver()
      const { id } = workspace.as(who).direct()
      return workspace.ledger.inChannel(id).at(-1)?.text ?? ''
    },
    type: (who, text) => workspace.as(who).command('/contracts', text, placeFor(who)),
    warningOf(title) {
      const found = workspace.ledger
        .inChannel('C0CONTRACTS')
        .find(({ text }) => text.includes(title) && !text.includes('look through them first'))
      if (!found) throw new Error(`No message about ${title}.`)
      return found
    },
    pressValue,
    async pressAction(who, action) {
      const value = actionValue(action)
      if (value === null) throw new Error(`No button can carry ${action.act}.`)
      return pressValue(who, value)
    },
    async subjectOf(reference) {
      const found = await pool.query<{ contractId: number; version: number }>(
        'SELECT id AS "contractId", version FROM contract WHERE reference = $1',
        [reference],
      )
      const [row] = found.rows
      if (!row) throw new Error(`There is no contract ${reference}.`)
      return { ...row, alertIds: [] }
    },
    async actsOn(reference) {
      const found = await pool.query<{ what: string }>(
        `SELECT ch.what FROM audit_change ch JOIN audit_entry e ON e.id = ch.entry_id
         JOIN contract c ON c.id = ch.contract_id WHERE c.reference = $1 AND e.via = 'slack'
         ORDER BY e.position, ch.position`,
        [reference],
      )
      return found.rows.map(({ what }) => what)
    },
    async statesOf(reference) {
      const found = await pool.query<{ state: string }>(
        `SELECT a.state FROM alert a JOIN contract c ON c.id = a.contract_id
         WHERE c.reference = $1 ORDER BY a.id`,
        [reference],
      )
      return found.rows.map(({ state }) => state)
    },
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
  const found = elements.find((each) => (each as { text?: { text?: string } }).text?.text === label)
  if (found === undefined) throw new Error(`No button "${label}".`)
  return (found as { action_id: string }).action_id
}

/** Guests and strangers are only in channels of their own. */
export function placeFor(who: string): string {
  if (who === PEOPLE.guest) return 'C0GUESTS'
  return who === PEOPLE.outsider ? 'C0SHARED' : 'C0CONTRACTS'
}

function buttonWith(value: string) {
  const text = { type: 'plain_text', text: 'Press' }
  return { type: 'actions', elements: [{ type: 'button', action_id: 'lw.act', text, value }] }
}

async function importText(
  { pool }: TestDatabase,
  { id: organisationId }: Organisation,
  text: string,
): Promise<void> {
  const file = written('register.csv', text)
  const options = { map: new Map(), dates: null, timeZone: null, today: TODAY }
  await applyRegister(pool, await openRegister(file, options), {
    organisationId,
    file: 'register.csv',
    sha256: '',
    source: 'register',
    team: null,
    today: TODAY,
    now: NOW,
    via: 'import',
    byPersonId: null,
    rulesOf: rulesByTeam({}),
    triageDays: 14,
    isSample: false,
    dryRun: false,
    strict: true,
    onProgress: () => undefined,
  })
}

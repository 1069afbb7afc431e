/** What every question brings with it: who asks, when, and where the answer will be read. */

import { randomBytes } from 'node:crypto'
import type { BlockAction, RespondFn, ViewSubmitAction } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { DatabaseError, type Pool } from 'pg'
import type { Actor } from '../actions/act.ts'
import { errorText } from '../database/errors.ts'
import {
  type Organisation,
  type RuledOrganisation,
  type RulesByTeam,
  readTeams,
  type Team,
} from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import type { Readers } from '../delivery/channels.ts'
import { queuePersonal } from '../delivery/outbox.ts'
import { sendAsTaken } from '../delivery/refused-blocks.ts'
import type { DateFormat } from '../register/export/sheet.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { isRecord } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import type { AnswerContext } from '../text/answer-facts.ts'
import type { Message } from '../text/facts.ts'
import { failedAnswer, saidAnswer } from '../text/replies.ts'
import type { HoldsLetters, LargeAnswers } from './answer-cache.ts'
import type { Asker, Directory } from './directory.ts'
import { answerModal, type FieldErrors } from './forms/fields.ts'
import type { Clock } from './parse/when.ts'

export interface BotContext extends AnswerContext, RuledOrganisation {
  readonly pool: Pool
  readonly teams: () => Promise<readonly Team[]>
  readonly asker: Asker
  readonly today: CivilDate
  /** The zone in which times of day are told. */
  readonly timeZone: string
  /** What contracts say in words, where that is held: it spares looks at all of them. */
  readonly texts?: () => Promise<HoldsLetters | null>
}

/** What the answer's own buttons need to know of the question. */
export function askedOf({ query, shared, hidePrices }: BotContext): AnswerContext {
  return { query, shared, hidePrices }
}

// Everything that a handler needs of the place and the person it answers.

export interface SlackDependencies {
  readonly pool: Pool
  readonly organisation: Organisation
  readonly rulesOf: RulesByTeam
  readonly directory: Directory
  /** The weekday of the summary: 1 for Monday to 7 for Sunday. */
  readonly weeklyOn: number
  /** For how many days a team's first import holds its ladders. */
  readonly triageDays: number
  readonly now: () => Date
  readonly today: () => CivilDate
  readonly todayOf: (team: Pick<Team, 'timeZone'>) => CivilDate
  /** Where calendars reach this program, without a slash at the end; null for nowhere. */
  readonly publicUrl: () => string | null
  readonly log: (line: string) => void
  /** Who reads a channel; without it nobody can say. */
  readonly readersOf?: (channel: string) => Promise<Readers>
  /** Where answers made from the whole register wait and are kept; without it each is made anew. */
  readonly large?: LargeAnswers
  /** How days are written in workbooks. */
  readonly dateFormat: DateFormat
}

/** From where the times of a sentence are counted: the organisation's day, holidays and financial year. */
export function clockOf({
  rulesOf,
  organisation,
  today,
}: Pick<SlackDependencies, 'rulesOf' | 'organisation' | 'today'>): Clock {
  const { calendar, financialYearStart } = rulesOf(organisation)
  return { today: today(), calendar, yearStart: financialYearStart }
}

export interface RequestContext extends AskerContext {
  readonly client: WebClient
}

/** What an answer needs of the place and the person it is made for, when they are not there. */
export interface AskerContext {
  readonly deps: SlackDependencies
  readonly asker: Asker
  readonly workspace: string
  /** The channel in which it was asked; null in Home. */
  readonly channel: string | null
  /** Whether all of the channel read what is answered: it was said there, not typed as a command. */
  readonly shared: boolean
  /** As somebody who acts: what they do is audited under their name. */
  readonly actor: Actor
  /** The context of an answer to this command text; what all read has no amounts unless that is said. */
  context(query: string, all?: boolean, hidePrices?: boolean): BotContext
}

interface Sender {
  readonly workspace: string
  readonly slackUser: string
  readonly channel: string | null
}

/** Who pressed or sent this; `channel`: in which they read the answer, where it is one. */
export function senderOf(
  { user, team }: Pick<BlockAction | ViewSubmitAction, 'user' | 'team'>,
  channel: string | null = null,
): Sender {
  return { workspace: user.team_id ?? team?.id ?? '', slackUser: user.id, channel }
}

export async function requestContext(
  deps: SlackDependencies,
  client: WebClient,
  who: Sender,
  shared = false,
): Promise<RequestContext> {
  const asker = await deps.directory.askerOf(client, who.workspace, who.slackUser)
  return { ...viewpointOf(deps, asker, { ...who, shared }), client }
}

/** The view of somebody whose rights are known. */
export function viewpointOf(
  deps: SlackDependencies,
  asker: Asker,
  { workspace, channel, shared }: Pick<AskerContext, 'workspace' | 'channel' | 'shared'>,
): AskerContext {
  const { pool, organisation, rulesOf, todayOf, large } = deps
  const organisationId = organisation.id
  return {
    deps,
    asker,
    workspace,
    channel,
    shared,
    actor: {
      organisationId,
      rulesOf,
      todayOf,
      now: deps.now(),
      personId: asker.personId,
      via: 'slack',
    },
    context: (query, all = shared, hidePrices = all) => ({
      ...(large === undefined ? {} : { texts: once(large.texts) }),
      pool,
      organisationId,
      rulesOf,
      teams: () => readTeams(pool, organisationId),
      asker,
      today: deps.today(),
      timeZone: organisation.timeZone,
      hidePrices,
      shared: all,
      query,
    }),
  }
}

/** What it gives the first time, ever after. */
function once<T>(read: () => T): () => T {
  let given: { readonly it: T } | null = null
  return () => {
    given ??= { it: read() }
    return given.it
  }
}

/**
 * True the first time that this key is seen, false ever after: across redeliveries, processes and
 * restarts. The key is Slack's own: an event's id, or a press's time with its person and action.
 */
export async function firstTime(pool: Pool, organisationId: number, key: string): Promise<boolean> {
  const data = { organisationId, key: key.slice(0, 500) }
  return (await tables(pool).inbox.createMany({ data, skipDuplicates: true })).count === 1
}

/** Whether this key was seen, and is not forgotten yet. */
export async function isKnown(pool: Pool, organisationId: number, key: string): Promise<boolean> {
  const where = { organisationId, key: key.slice(0, 500) }
  return (await tables(pool).inbox.count({ where })) === 1
}

/** What failed may be tried again: the same form with its errors put right. */
export async function forget(pool: Pool, organisationId: number, key: string): Promise<void> {
  await tables(pool).inbox.deleteMany({ where: { organisationId, key: key.slice(0, 500) } })
}

/** Forgets what Slack can no longer send again: it retries for an hour at most. */
export async function sweepInbox(pool: Pool, keepDays: number): Promise<number> {
  const gone = await pool.query(
    'DELETE FROM inbox WHERE received_at < now() - make_interval(days => $1)',
    [keepDays],
  )
  return gone.rowCount ?? 0
}

// Answers to the person who asked: seen by them alone, unless they are shared.

interface ReplyOptions {
  readonly shared?: boolean
  /** In place of the answer whose button was pressed. */
  readonly replace?: boolean
}

/** Shows an answer where the question was asked. */
export type Reply = (message: Message, options?: ReplyOptions) => Promise<void>

/**
 * In the channel of the command or the pressed message, and in its thread: Slack keeps an answer there
 * only where it is named. `own`: the pressed message is an answer to the asker alone. Any other is
 * never replaced: all would read what is meant for one.
 */
export function inChannel(
  { pool, organisation }: SlackDependencies,
  workspace: string,
  respond: RespondFn,
  { own = false, thread = null }: { readonly own?: boolean; readonly thread?: string | null } = {},
): Reply {
  return async (message, options = {}) => {
    const place = { organisationId: organisation.id, workspace }
    await sendAsTaken(pool, place, message, async ({ text, blocks }) => {
      const answer = await respond({
        response_type: options.shared === true ? 'in_channel' : 'ephemeral',
        replace_original: own && options.replace === true,
        ...(thread === null ? {} : { thread_ts: thread }),
        text,
        blocks: [...blocks],
        unfurl_links: false,
        unfurl_media: false,
      })
      await throwRefusal(answer)
    })
  }
}

/** A refusal may come with status 200, and then only its body says so. */
async function throwRefusal(answer: unknown): Promise<void> {
  if (!(answer instanceof Response)) return
  const body: unknown = await answer.json().catch(() => null)
  if (isRecord(body) && body.ok === false) {
    throw Object.assign(new Error(`Slack refused the answer: ${body.error}`), { data: body })
  }
}

/** In a modal: what is pressed in Home, or in a modal itself, has no channel to be answered in. */
export function inModal(opening: Opening): Reply {
  return async (message, options = {}) => {
    if (options.shared === true) {
      throw new UserError('There is no channel here to share it in: ask for it in a channel.')
    }
    await showView(opening, answerModal('Lapsewatch', message), message)
  }
}

/** The errors of Slack after which a view is shown no more: its trigger is spent, or it is no longer as it was. */
const TOO_LATE: ReadonlySet<unknown> = new Set([
  ...['expired_trigger_id', 'trigger_expired', 'exchanged_trigger_id', 'trigger_exchanged'],
  ...['hash_conflict', 'not_found'],
])

/**
 * Shows a view in the modal that was pressed, else in one of its own while the trigger lives (three
 * seconds, and once). Where it comes too late, the person is told directly. The hash keeps what came late
 * from covering what the modal shows by now.
 */
export async function showView(
  { deps, client, slackUser, triggerId, modal }: Opening,
  view: ModalView,
  instead: Message,
): Promise<void> {
  try {
    if (modal === null) await client.views.open({ trigger_id: triggerId, view })
    else await client.views.update({ view_id: modal.id, hash: modal.hash, view })
  } catch (error) {
    if (!TOO_LATE.has(codeOf(error))) throw error
    await tellDirectly(deps, slackUser, instead)
  }
}

/** What Slack calls an error; undefined for any other. */
export function codeOf(error: unknown): unknown {
  return (error as { data?: { error?: unknown } } | null)?.data?.error
}

export interface Opening {
  readonly deps: SlackDependencies
  readonly client: WebClient
  readonly slackUser: string
  readonly triggerId: string
  /** The modal that was pressed; null for anything else. */
  readonly modal: { readonly id: string; readonly hash: string } | null
}

/** Told in a direct message, through the outbox. */
export async function tellDirectly(
  deps: SlackDependencies,
  slackUser: string,
  { text, blocks }: Message,
) {
  const { pool, organisation, today } = deps
  await queuePersonal(pool, {
    organisationId: organisation.id,
    slackUser,
    today: today(),
    purpose: 'said',
    facts: { text, blocks },
  }).catch((lost: Error) => deps.log(`An answer was lost: ${lost.message}`))
}

/**
 * Does the work; a refusal is told in its own words, a failure with a code that the log holds too,
 * so that whoever runs the bot finds it. Nothing is thrown: Slack has been answered already.
 */
export async function replying(
  deps: SlackDependencies,
  reply: Reply,
  wanted: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const message = failure(deps, wanted, error)
    await reply(message).catch((lost: Error) => deps.log(`An answer was lost: ${lost.message}`))
  }
}

/** What a refusal or a failure is told as. */
export function failure(deps: SlackDependencies, wanted: string, error: unknown): Message {
  if (error instanceof UserError) return saidAnswer(error.message, error.problems.map(String))
  return failedAnswer(wanted, noteFailure(deps, wanted, error))
}

/**
 * Writes a failure to the log; returns the code by which it is found there. Of what was wanted only
 * the first word is told: the rest is what somebody typed, and may name people.
 */
export function noteFailure({ log }: SlackDependencies, wanted: string, error: unknown): string {
  const code = randomBytes(3).toString('hex')
  const verb = /^[a-z-]{1,30}(?= |$)/i.exec(wanted)?.[0] ?? 'something'
  log(`${code}: "${verb}" failed: ${faultWords(error)}`)
  return code
}

/** What PostgreSQL says of a failure repeats the values; what it names them by does not. */
function faultWords(error: unknown): string {
  if (error instanceof DatabaseError) {
    const { code, constraint, table, routine } = error
    return `PostgreSQL ${[code, constraint ?? table ?? routine].filter(Boolean).join(' ')}`
  }
  return errorText(error)
}

/** Slack shows no more under a field. */
const MOST_ERROR = 150

type Values = Readonly<Record<string, unknown>>

/** The problem at the field that a refusal names, else at the first; null where the form has none. */
export function errorAtField(
  deps: SlackDependencies,
  values: Values,
  error: unknown,
): FieldErrors | null {
  const [first] = Object.keys(values)
  if (first === undefined) return null
  const field = error instanceof UserError ? error.field : null
  return atBlocks(values, { [field ?? first]: fieldError(deps, error) })
}

/** Errors under the block ids of a view's fields, as Slack wants them; at its first for what it has not. */
export function atBlocks(values: Values, errors: FieldErrors): Record<string, string> {
  const ids = Object.keys(values)
  const idOf = (name: string) =>
    ids.find((id) => id === name || id.startsWith(`${name}@`)) ?? ids[0] ?? name
  return Object.fromEntries(
    Object.entries(errors).map(([name, error]) => [idOf(name), error.slice(0, MOST_ERROR)]),
  )
}

function fieldError(deps: SlackDependencies, error: unknown): string {
  if (error instanceof UserError) return error.message
  const code = noteFailure(deps, 'that form', error)
  return `That went wrong on our side. Send it again in a minute; if it stays so, give an administrator the code ${code}.`
}

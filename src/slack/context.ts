/** What every question brings with it: who asks, when, and where the answer will be read. */
import type { WebClient } from '@slack/web-api'
import type { Pool } from 'pg'
import type { Actor } from '../actions/act.ts'
import { type Organisation, readTeams, type Team } from '../database/organisation.ts'
import type { RulesByTeam } from '../database/settings.ts'
import type { DateFormat } from '../register/export/sheet.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { AnswerContext } from '../text/answer-facts.ts'
import type { LargeAnswers } from './answer-cache.ts'
import type { Directory } from './directory.ts'
import type { Asker } from './permissions.ts'

export interface BotContext extends AnswerContext {
  readonly pool: Pool
  readonly organisationId: number
  readonly rulesOf: RulesByTeam
  readonly teams: () => Promise<readonly Team[]>
  readonly asker: Asker
  readonly today: CivilDate
  /** The zone in which times of day are told. */
  readonly timeZone: string
}

/** What the answer's own buttons need to know of the question. */
export function askedOf({ query, shared, hidePrices }: BotContext): AnswerContext {
  return { query, shared, hidePrices }
}

// Everything that a handler needs of the place and the person it answers.

/** What the bot is made with. */
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
  /** Where answers made from the whole register wait and are kept; without it each is made anew. */
  readonly large?: LargeAnswers
  /** How days are written in workbooks. */
  readonly dateFormat: DateFormat
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
  /** As somebody who acts: what they do is audited under their name. */
  readonly actor: Actor
  /** The context of an answer to this command text. */
  context(query: string, shared?: boolean): BotContext
}

export async function requestContext(
  deps: SlackDependencies,
  client: WebClient,
  who: { readonly workspace: string; readonly slackUser: string; readonly channel: string | null },
): Promise<RequestContext> {
  const asker = await deps.directory.askerOf(client, who.workspace, who.slackUser)
  return { ...viewpointOf(deps, asker, who), client }
}

/** The view of somebody whose rights are known. */
export function viewpointOf(
  deps: SlackDependencies,
  asker: Asker,
  { workspace, channel }: Pick<AskerContext, 'workspace' | 'channel'>,
): AskerContext {
  const { pool, organisation, rulesOf, todayOf } = deps
  const organisationId = organisation.id
  return {
    deps,
    asker,
    workspace,
    channel,
    actor: {
      organisationId,
      rulesOf,
      todayOf,
      now: deps.now(),
      personId: asker.personId,
      via: 'slack',
    },
    context: (query, shared = false) => ({
      pool,
      organisationId,
      rulesOf,
      teams: () => readTeams(pool, organisationId),
      asker,
      today: deps.today(),
      timeZone: organisation.timeZone,
      hidePrices: shared,
      shared,
      query,
    }),
  }
}

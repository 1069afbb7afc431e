/** The weekly summary: what it says, and how it goes out once; when, in warnings/schedule.ts. */

import pLimit from 'p-limit'
import type { Pool, PoolClient } from 'pg'
import { LIVE } from '../database/contracts.ts'
import { type RuledOrganisation, readTeams, type Team } from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import {
  addDays,
  type CivilDate,
  CLIFF_DAYS_AHEAD,
  DUE_DAYS_AHEAD,
  daysBetween,
  later,
} from '../rules/civil-date.ts'
import { figureText } from '../rules/legal-figures.ts'
import { financialYearOf } from '../rules/months.ts'
import { pipelineReminder } from '../rules/pipeline.ts'
import type { Rules } from '../rules/settings.ts'
import { pick } from '../rules/text-match.ts'
import { unknownHolidays } from '../rules/working-days.ts'
import { type FiveFigures, SUMMARISED, type SummaryItem, type WeeklyFacts } from '../text/facts.ts'
import { teamsWords } from '../text/support.ts'
import { dateWords } from '../text/words.ts'
import { readCliffs } from './cliffs.ts'
import { countUmbrellas } from './contract.ts'
import { readEnded } from './ended.ts'
import { EVER, readExposure } from './exposure.ts'
import { readLedger, readPriceRules } from './ledger.ts'
import { readNotices } from './notices.ts'
import { readEndingSupport } from './support.ts'
import { monthsSpan, readFigures, readMonthsAhead } from './weekly-figures.ts'
import { weeklyFacts } from './weekly-lists.ts'

export interface WeeklyContext extends RuledOrganisation {
  readonly rules: Rules
  readonly team: Team | null
  readonly slot: CivilDate
  /** The day that its days are counted from: of sending, or the one that was asked for (default: the slot's). */
  readonly day?: CivilDate
  readonly hoursLate: number | null
  /** What summaries of several teams are made of, and need not each read. */
  readonly shared?: Shared
  /** Another channel than the team's, or the default team's. */
  readonly destination?: string
}

/** What `read` gives, or gave under this name. */
export type Shared = <T>(name: string, read: () => Promise<T>) => Promise<T>

const CLIFFS_LISTED = 20
const NOTICES_LISTED = 200
const SUPPORT_LISTED = 200

/** So many of its questions are put at once: the server has others to answer. */
const AT_ONCE = 2

/** The facts of a slot's summary, with what the calendar does not know. */
export async function factsOfWeek(pool: Pool, context: WeeklyContext): Promise<WeeklyFacts> {
  const { organisationId, rules, team, hoursLate } = context
  const slot = context.day ?? context.slot
  const teamId = team?.id ?? null
  const ahead = unknownHolidays(addDays(slot, 365), rules.calendar)
  const last = await lastSummary(pool, context)
  const teams = team === null ? await readTeams(pool, organisationId) : [team]
  const atOnce = pLimit(AT_ONCE)
  // What takes longest begins first.
  const [figures, facts, cliffs, notices, ended, support, umbrellas] = await Promise.all([
    atOnce(() => readMoney(pool, context)),
    weeklyFacts(
      pool,
      {
        ...{ organisationId, teamId, slot, since: last?.on ?? null, hoursLate },
        calendar: rules.calendar,
        remarks: [ahead, noticeRemark(context)].filter((remark) => remark !== null),
      },
      atOnce,
    ),
    atOnce(() =>
      readCliffs(pool, {
        ...{ organisationId, teamIds: teamId === null ? null : [teamId], today: slot },
        ...{ days: CLIFF_DAYS_AHEAD.listed, within: rules.cliffDays, listed: CLIFFS_LISTED },
      }),
    ),
    atOnce(() =>
      readNotices(
        pool,
        {
          ...{ organisationId, teamIds: teamId === null ? null : [teamId] },
          ...{ teams, slot, rulesOf: context.rulesOf },
        },
        NOTICES_LISTED,
      ),
    ),
    atOnce(() => readEndedBefore(pool, context)),
    atOnce(() => readEndingSupport(pool, organisationId, teamId, slot)),
    atOnce(() => countUmbrellas(pool, { organisationId, teamId, day: slot })),
  ])
  const isOfOne = new Set(support.flatMap((each) => each.teams)).size < 2
  const before = last === null || last.five === null ? null : { on: last.on, figures: last.five }
  return {
    ...facts,
    ...figures,
    before,
    notices,
    ended: { total: ended.length, items: ended },
    ...(support.length === 0
      ? {}
      : {
          support: {
            total: support.length,
            items: support.slice(0, SUPPORT_LISTED).map((each) => supportItem(each, isOfOne)),
          },
        }),
    umbrellas,
    cliffs: { total: cliffs.total, items: cliffs.cliffs },
  }
}

async function readEndedBefore(pool: Pool, context: WeeklyContext): Promise<SummaryItem[]> {
  const { organisationId, team, rulesOf, slot, day = slot } = context
  const teams = (await readTeams(pool, organisationId)).filter(
    ({ id }) => team === null || id === team.id,
  )
  const ended = await readEnded(pool, organisationId, teams, rulesOf)
  // The others are out of contract, and told of there.
  return ended
    .filter(({ historic }) => historic)
    .map((each): SummaryItem => {
      const { ended: on, replacedBy } = each
      const note = replacedBy === null ? null : `seems replaced by ${replacedBy}`
      const daysLeft = daysBetween(day, on)
      return { ...pick(each, ...SUMMARISED), owner: null, kind: 'end', on, daysLeft, note }
    })
}

function supportItem(
  ending: Awaited<ReturnType<typeof readEndingSupport>>[number],
  isOfOne: boolean,
): SummaryItem {
  const { name, contracts, teams, until: on, daysLeft, why } = ending
  const note = isOfOne ? why : `${teamsWords(teams)}: ${why}`
  const reference = contracts.map((each) => each.reference).join(', ') || name
  return {
    ...{ reference, title: name, supplier: null, owner: null, value: null, currency: 'GBP' },
    ...{ kind: null, on, daysLeft, note },
  }
}

/** Once a week before the pipeline notice is due, where all teams or the default one are told. */
function noticeRemark({ team, slot, day = slot, rules }: WeeklyContext): string | null {
  const by = team === null || team.isDefault ? pipelineReminder(day, rules) : null
  if (by === null) return null
  const where =
    rules.pipelineSpend === 'yes'
      ? ''
      : ` where more than ${figureText('pipeline payments')} will be paid in this financial year`
  return `A pipeline notice (UK1) may be called for by ${dateWords(by)}${where}: check (s.93), and see the pipeline.`
}

/** The five figures and the months ahead: what would lapse is read once for both. */
async function readMoney(
  client: Pool | PoolClient,
  context: WeeklyContext,
): Promise<Required<Pick<WeeklyFacts, 'five' | 'behind' | 'months'>> & Pick<WeeklyFacts, 'teams'>> {
  const { organisationId, rulesOf, team } = context
  const slot = context.day ?? context.slot
  const teamId = team?.id ?? null
  const rules = await readPriceRules(client, organisationId, rulesOf)
  const span = monthsSpan(slot)
  const year = financialYearOf(slot, rules.organisation.financialYearStart)
  // Of all teams and times: past ones tell what a lapse would cost. They are priced once for all.
  const within = { from: EVER, to: later(year.last, span.to) }
  const readPast = () => readLedger(client, { organisationId, kind: 'emergency', within, rules })
  const { shared = (_, read) => read() } = context
  const past = await shared(`emergencies to ${within.to}`, readPast)
  const own = teamId === null ? past : past.filter((line) => line.teamId === teamId)
  const linesOf = (from: CivilDate, to: CivilDate) =>
    own.filter(({ extension }) => extension.to >= from && extension.from <= to)
  const asked = { organisationId, teamId, slot }
  const lapsing = await readExposure(client, {
    ...{ ...asked, rules, past, asOf: slot, today: slot },
    days: daysBetween(slot, span.to),
  })
  const soon = lapsing.filter(({ end }) => end <= addDays(slot, DUE_DAYS_AHEAD))
  const { five, behind, teams } = await readFigures(client, {
    ...asked,
    rulesOf,
    year,
    lines: linesOf(year.first, year.last),
    lapsing: soon,
    days: DUE_DAYS_AHEAD,
  })
  const months = await readMonthsAhead(client, {
    ...asked,
    lines: linesOf(span.from, span.to),
    lapsing,
  })
  return { five, behind, months, ...(team === null ? { teams } : {}) }
}

/**
 * The summary before: its day, and the figures as it told them; null where there was none. They are
 * not reckoned anew: people compare with what they read.
 */
async function lastSummary(
  client: Pool | PoolClient,
  { organisationId, team, slot }: WeeklyContext,
): Promise<{ readonly on: CivilDate; readonly five: FiveFigures | null } | null> {
  const last = await tables(client).delivery.findFirst({
    where: { organisationId, subject: subjectOf(team), purpose: 'weekly', asOf: { lt: slot } },
    orderBy: [{ asOf: 'desc' }, { id: 'desc' }],
    select: { asOf: true, facts: true },
  })
  if (last === null) return null
  const { five = null } = last.facts as unknown as Pick<WeeklyFacts, 'five'>
  return { on: last.asOf, five }
}

function subjectOf(team: Team | null): string {
  return team === null ? 'organisation' : `team:${team.id}`
}

/**
 * Queues a summary; a second one of the same slot and destination is not queued, nor an older one
 * after a newer: the clock was ahead once, and what people read last would not be the latest.
 */
export async function queueWeekly(
  client: Pool | PoolClient,
  context: WeeklyContext,
  facts: WeeklyFacts,
): Promise<boolean> {
  const teams = await readTeams(client, context.organisationId)
  const team = context.team ?? teams.find((each) => each.isDefault)
  if (!team)
    throw new Error('There is no default team: start Lapsewatch once so that it makes one.')
  const { delivery } = tables(client)
  const { organisationId, slot: asOf, destination = team.channel } = context
  const place = { organisationId, subject: subjectOf(context.team), purpose: 'weekly', destination }
  const sequence = Number(asOf.replaceAll('-', ''))
  const newer = await delivery.count({ where: { ...place, sequence: { gt: sequence } } })
  if (newer > 0) return false
  const { count } = await delivery.createMany({
    data: { ...place, teamId: team.id, sequence, asOf, facts: jsonOf(facts) },
    skipDuplicates: true,
  })
  return count === 1
}

/** So many questions a person is asked in a week, and so often each. */
const ASKED = { aWeek: 3, times: 2 } as const

/**
 * Queues what registers leave open for those who answer for all its contracts, once the list of
 * their team is confirmed: one message a person and week with the nearest three, each question twice
 * at most. After that it is only listed. Who imported it has it in a list anyhow.
 */
export async function queueQuestions(
  client: Pool | PoolClient,
  { organisationId, team, slot }: { organisationId: number; team: Team; slot: CivilDate },
): Promise<number> {
  if (team.laddersFrom !== null && team.laddersFrom > slot) return 0
  const queued = await client.query(QUESTIONS, [organisationId, team.id, slot])
  return queued.rowCount ?? 0
}

const QUESTIONS = `
  WITH open AS (
    SELECT q.id, q.text, q.holds, q.choices, q.about, q.contracts, p.slack_user AS account, min(c.current_earliest) AS nearest
      FROM question q JOIN question_contract r ON r.question_id = q.id
      JOIN contract c ON c.id = r.contract_id JOIN person p ON p.id = c.owner_id
     WHERE q.organisation_id = $1 AND c.team_id = $2 AND ${LIVE}
       AND q.answer IS NULL AND q.asked_on IS NOT NULL AND q.about <> 'waiting'
       AND p.slack_user IS NOT NULL AND p.gone_on IS NULL AND p.id IS DISTINCT FROM q.asked_of_id
       AND NOT EXISTS (SELECT FROM question_contract o JOIN contract oc ON oc.id = o.contract_id
         WHERE o.question_id = q.id
           AND (p.id IN (oc.owner_id, oc.deputy_id, oc.category_lead_id)) IS NOT TRUE)
     GROUP BY q.id, p.slack_user),
  ranked AS (
    SELECT *, row_number() OVER (PARTITION BY account ORDER BY nearest NULLS LAST, id) AS rank
      FROM open o
     WHERE (SELECT count(*) FROM delivery d WHERE d.organisation_id = $1 AND d.purpose = 'questions'
              AND d.destination = o.account AND d.facts -> 'ids' @> to_jsonb(o.id)) < ${ASKED.times})
  INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of, facts)
  SELECT $1, 'questions', 'questions', to_char(date_trunc('week', $3::date), 'YYYYMMDD')::int, account,
         $3::date, jsonb_build_object('asOf', $3::date, 'ids', jsonb_agg(id ORDER BY rank),
           'questions', jsonb_agg(jsonb_build_object('id', id, 'text', text, 'holds', holds,
             'choices', choices, 'about', about, 'contracts', contracts) ORDER BY rank))
    FROM ranked WHERE rank <= ${ASKED.aWeek} GROUP BY account
  ON CONFLICT DO NOTHING`

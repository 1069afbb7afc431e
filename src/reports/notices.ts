/** The notices that procurement has to check about now: for the weekly summary, and for the channel. */

import type { Pool, PoolClient } from 'pg'
import { selectContracts } from '../database/contracts.ts'
import type { RulesByTeam, Team } from '../database/organisation.ts'
import { addDays, type CivilDate, daysBetween } from '../rules/civil-date.ts'
import {
  NOTICE_LISTED_DAYS,
  NOTICE_TITLES,
  type NoticeTask,
  noticesToCheck,
  noticeTasks,
} from '../rules/notices.ts'
import { PA23_FROM } from '../rules/regime.ts'
import { compare, pick } from '../rules/text-match.ts'
import { SUMMARISED, type SummaryItem, type SummaryList } from '../text/facts.ts'
import type { DutyFact } from '../text/procurement.ts'
import { type NoticeRecord, readNoticeRecords, whoBuysOf } from './headroom.ts'

interface NoticesAskedFor {
  readonly organisationId: number
  /** Null for all contracts of the organisation. */
  readonly teamIds: readonly number[] | null
  /** Those whose contracts may be among them. */
  readonly teams: readonly Team[]
  readonly slot: CivilDate
  /** Each contract is looked at by its team's rules, and its own. */
  readonly rulesOf: RulesByTeam
}

/**
 * By date, the total exact, so many of them listed. Each is asked of the category lead, or of the owner
 * where there is none.
 */
export async function readNotices(
  client: Pool | PoolClient,
  asked: NoticesAskedFor,
  listed: number,
): Promise<SummaryList> {
  const { slot } = asked
  const found = await openTasks(client, asked)
  const items = found.map(({ row, task }) => itemOf(row, task, slot))
  return { total: items.length, items: items.slice(0, listed) }
}

/** The tasks whose last day is within so many days from the slot on, today included. */
export async function readDuties(
  client: Pool | PoolClient,
  asked: NoticesAskedFor,
  days: number,
): Promise<(DutyFact & { readonly contractId: number; readonly teamId: number })[]> {
  const { slot } = asked
  const last = addDays(slot, days)
  const near = (await openTasks(client, asked)).filter(
    ({ task: { on } }) => slot <= on && on <= last,
  )
  return near.map(({ row, task }) => ({
    ...{ contractId: row.id, ...pick(row, 'teamId', 'reference', 'title', 'supplier') },
    ...{ ...pick(task, 'notice', 'on', 'citation'), asked: row.categoryLead ?? row.owner },
  }))
}

async function openTasks(
  client: Pool | PoolClient,
  { organisationId, teamIds, teams, slot, rulesOf }: NoticesAskedFor,
): Promise<{ readonly row: NoticeRecord['row']; readonly task: NoticeTask }[]> {
  const found = await selectContracts(client, ['id'], CANDIDATES, [
    organisationId,
    teamIds,
    addDays(slot, -NOTICE_LISTED_DAYS - LONGEST_DAYS),
    addDays(slot, NOTICE_LISTED_DAYS + LONGEST_AHEAD_DAYS),
  ])
  const records = await readNoticeRecords(
    client,
    found.map(({ id }) => id),
  )
  const whose = whoBuysOf(teams, rulesOf)
  const open = records.flatMap((record) => {
    const { row, facts, extensions, decisions } = record
    const who = whose(row)
    if (who === null) return []
    const tasks = noticeTasks(facts, extensions, decisions, { today: slot, ...who })
    return noticesToCheck(tasks, slot).map((task) => ({ row, task }))
  })
  return open.sort((a, b) => compare(a.task.on, b.task.on))
}

/** The longest of the periods that the notices are given. */
const LONGEST_DAYS = 180
/** So long before a start the first of its notices may be due: UK5, before the eight working days over a New Year. */
const LONGEST_AHEAD_DAYS = 21

/**
 * Begun, ended or changed about now, or large enough to be reported on every year: more than £5m
 * with VAT. The rules look closer.
 */
const OF = 'organisation_id = $1 AND ($2::int[] IS NULL OR team_id = ANY($2))'
const CANDIDATES = `c.id IN (
  WITH about AS (
    SELECT id FROM contract WHERE ${OF} AND start BETWEEN $3 AND $4
    UNION SELECT id FROM contract WHERE ${OF} AND NOT historic AND closed_on IS NULL
      AND current_earliest BETWEEN $3 AND $4
    UNION SELECT id FROM contract WHERE ${OF} AND closed_on IS NOT NULL
      AND (closed_on BETWEEN $3 AND $4 OR current_earliest BETWEEN $3 AND $4)
    UNION SELECT id FROM contract WHERE ${OF} AND start >= '${PA23_FROM}'
      AND value > CASE value_basis WHEN 'annual' THEN 100000 ELSE 4000000 END),
  extended AS (
    SELECT contract_id AS id FROM extension
     WHERE organisation_id = $1 AND (from_on BETWEEN $3 AND $4 OR known_on BETWEEN $3 AND $4))
  SELECT a.id FROM about a JOIN contract b ON b.id = a.id AND b.start >= '${PA23_FROM}'
  UNION SELECT id FROM extended)
  AND ($2::int[] IS NULL OR c.team_id = ANY($2)) AND NOT c.historic AND c.watched
  AND coalesce((SELECT f.regime FROM contract f WHERE f.id = c.parent_id), '') <> 'other'
  AND coalesce(c.regime, '') <> 'other'`

function itemOf(
  row: NoticeRecord['row'],
  { notice, on, citation }: Pick<NoticeTask, 'notice' | 'on' | 'citation'>,
  slot: CivilDate,
): SummaryItem {
  const { owner } = row
  const asked = row.categoryLead ?? owner
  const whose = asked === null || asked.name.trim() === '' ? '' : `, asked of ${asked.name.trim()}`
  return {
    ...pick(row, ...SUMMARISED),
    ...{ owner, kind: null, on, daysLeft: daysBetween(slot, on) },
    note: `check whether a ${NOTICE_TITLES[notice]} (${notice}) is called for (${citation})${whose}`,
  }
}

/** What a batch of messages needs, each in one query however large it is. */
import { reader } from '../database/connect.ts'
import {
  EXTENDED_FROM,
  FIRST_BUYER,
  PRICE_COLUMNS,
  type PriceRow,
  REVIEW_COLUMNS,
  TOLD_COLUMNS,
  type ToldRow,
} from '../database/contracts.ts'
import { civilDay } from '../database/organisation.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { DeadlineKind, ReviewDays } from '../rules/contract.ts'
import type { AskedFact } from '../text/facts.ts'
import type { ImportProblemFact } from '../text/import-result.ts'

export const readAlerts = reader<AlertRow>(`
  SELECT c.delivery_id, a.id, a.contract_id, a.kind, a.deadline_on, a.rung, a.occurrence,
         a.skipped_from, a.skipped_to, a.asked_again, a.state, a.acted_on, a.paused_until,
         p.display_name AS acted_name, p.slack_user AS acted_slack,
         k.external_id, s.name AS source
    FROM delivery_alert c JOIN alert a ON a.id = c.alert_id
    JOIN contract k ON k.id = a.contract_id JOIN source s ON s.id = k.source_id
    LEFT JOIN person p ON p.id = a.acted_by_id AND p.erased_at IS NULL
   WHERE c.delivery_id = ANY ($1::int[])
     AND (a.state NOT IN ('superseded', 'closed') OR c.delivery_id = ANY ($2::int[]))
   ORDER BY c.delivery_id, a.contract_id, a.deadline_on, a.rung`)

export interface AlertRow {
  readonly delivery_id: number
  readonly id: number
  readonly contract_id: number
  readonly kind: DeadlineKind
  readonly deadline_on: CivilDate
  readonly rung: number
  readonly occurrence: number
  readonly skipped_from: number | null
  readonly skipped_to: number | null
  readonly asked_again: number
  readonly state: 'open' | 'acknowledged' | 'snoozed' | 'superseded' | 'closed'
  readonly acted_on: CivilDate | null
  readonly paused_until: CivilDate | null
  readonly acted_name: string | null
  readonly acted_slack: string | null
  /** The contract's identity within its source, and the source's name. */
  readonly external_id: string
  readonly source: string
}

export const readContractRows = reader<ContractRow>(`
  SELECT ${TOLD_COLUMNS}, ${PRICE_COLUMNS}, ${REVIEW_COLUMNS}, ${EXTENDED_FROM}, t.name AS team,
         ${FIRST_BUYER} AS buyer,
         said.name AS "saidName", said.slack AS "saidSlack", said.on AS "saidOn"
    FROM contract c
    JOIN team t ON t.id = c.team_id
    JOIN organisation o ON o.id = c.organisation_id
    LEFT JOIN LATERAL (
      SELECT p.display_name AS name, p.slack_user AS slack,
             ${civilDay('e.at')} AS "on"
        FROM audit_change said
        JOIN audit_entry e ON e.id = said.entry_id
        LEFT JOIN person p ON p.id = e.by_person_id
       WHERE said.contract_id = c.id
         AND (c.closed_on IS NOT NULL AND said.what = 'closed'
              OR c.out_of_contract_on IS NOT NULL AND said.field = 'out_of_contract_on')
       ORDER BY said.entry_id DESC LIMIT 1) said ON true
   WHERE c.id = ANY ($1::int[])`)

export type ContractRow = ToldRow &
  PriceRow &
  ReviewDays & {
    readonly extendedFrom: CivilDate | null
    readonly team: string
    readonly buyer: string | null
    /** Who said last that it was closed or goes on without cover, and when. */
    readonly saidName: string | null
    readonly saidSlack: string | null
    readonly saidOn: CivilDate | null
  }

export const readDeadlines = reader<DeadlineRow>(`
  SELECT contract_id, kind, due_on, latest_on, from_on, renews_to, reason, settled_why IS NULL AS open
    FROM deadline WHERE contract_id = ANY ($1::int[]) ORDER BY contract_id, due_on, kind`)

export interface DeadlineRow {
  readonly contract_id: number
  readonly kind: DeadlineKind
  readonly due_on: CivilDate
  readonly latest_on: CivilDate | null
  readonly from_on: CivilDate | null
  readonly renews_to: CivilDate | null
  readonly reason: string
  readonly open: boolean
}

export const readDeliveries = reader<DeliveryRow>(`
  SELECT d.id, t.name AS team, t.ladders_from AS started_on, root.slack_ts AS thread_ts, root.slack_channel AS thread_channel,
         posted.id AS posted_id, posted.slack_channel AS posted_channel, posted.slack_ts AS posted_ts,
         posted.state AS posted_state, posted.possible_repeat AS posted_repeat,
         posted.facts -> 'promised' AS posted_promised, posted.purpose AS posted_purpose,
         posted.facts -> 'cliff' AS posted_cliff, posted.catch_up AS posted_catch_up,
         CASE WHEN posted.facts ? 'checkpoints'
              THEN jsonb_build_object('checkpoints', posted.facts -> 'checkpoints') END AS posted_questions,
         CASE WHEN d.purpose IN ('checkpoint', 'fallback') THEN ARRAY(
           SELECT k.id
             FROM jsonb_array_elements(coalesce(d.facts -> 'checkpoints',
                    jsonb_build_array(d.facts -> 'checkpoint'))) AS q
             JOIN checkpoint k ON k.id = (q ->> 'checkpointId')::int
            WHERE k.done_on IS NULL AND k.withdrawn_at IS NULL
              AND k.due_on = (q ->> 'dueOn')::date) ELSE '{}' END AS open_checkpoints,
         CASE WHEN d.purpose = 'support' THEN ARRAY(
           SELECT concat_ws(' ', a.product, a.release, a.deadline_on)
             FROM delivery_alert g JOIN alert a ON a.id = g.alert_id
            WHERE g.delivery_id = d.id AND (a.state = 'superseded' OR EXISTS (
              SELECT FROM delivery_alert n JOIN delivery later ON later.id = n.delivery_id
               WHERE n.alert_id = a.id AND later.id > d.id AND later.destination = d.destination
                 AND later.organisation_id = d.organisation_id AND later.state NOT IN ('DEAD', 'SUPERSEDED')))
           ) ELSE '{}' END AS reminders_gone
    FROM delivery d LEFT JOIN team t ON t.id = d.team_id
    LEFT JOIN delivery root ON root.id = (d.facts ->> 'thread_of')::int AND root.state = 'SENT'
    LEFT JOIN delivery posted ON d.purpose = 'update' AND posted.id = (d.facts ->> 'update_of')::int
   WHERE d.id = ANY ($1::int[])`)

export interface DeliveryRow {
  readonly id: number
  readonly team: string | null
  /** From when on the team's schedules warn: earlier once its first list is confirmed. */
  readonly started_on: CivilDate | null
  readonly thread_ts: string | null
  readonly thread_channel: string | null
  /** The message that an update rewrites. */
  readonly posted_id: number | null
  readonly posted_channel: string | null
  readonly posted_ts: string | null
  readonly posted_state: string | null
  readonly posted_repeat: boolean | null
  /** What had been promised where the message that an update rewrites asks again. */
  readonly posted_promised: unknown
  readonly posted_purpose: string | null
  readonly posted_cliff: unknown
  readonly posted_catch_up: boolean | null
  /** The questions of the message that an update rewrites, where it asks several. */
  readonly posted_questions: unknown
  /** The checkpoints it asks about that nobody has answered yet. */
  readonly open_checkpoints: readonly number[]
  /** The reminders of releases that it carries and that do not hold any more, or that a later message carries. */
  readonly reminders_gone: readonly string[]
}

/** The first open question about each contract; what a refresh left waiting is not asked of everybody. */
export const readAsked = reader<AskedRow>(`
  SELECT DISTINCT ON (r.contract_id) r.contract_id, q.id, q.text, q.holds, q.choices, q.about, q.contracts
    FROM question_contract r JOIN question q ON q.id = r.question_id
   WHERE r.contract_id = ANY ($1::int[]) AND q.answer IS NULL AND q.about <> 'waiting'
   ORDER BY r.contract_id, q.asked_on IS NULL, q.id`)

export interface AskedRow extends AskedFact {
  readonly contract_id: number
}

/** What was wrong with the rows of imports, in the order of the file, and what the import before had told of already. */
export const readProblems = reader<ProblemRow>(`
  SELECT p.import_id, p.at, p.reference, p.field, p.value, p.problem, p.remedy, p.severity,
         told.resolved_import_id IS NOT NULL AND p.severity = 'warning' AS before
    FROM import_problem p
    LEFT JOIN (SELECT DISTINCT resolved_import_id, concat_ws('|', reference, field, value, problem) AS key
                 FROM import_problem WHERE resolved_import_id = ANY ($1::int[])) told
      ON told.resolved_import_id = p.import_id
     AND told.key = concat_ws('|', p.reference, p.field, p.value, p.problem)
   WHERE p.import_id = ANY ($1::int[]) ORDER BY p.id`)

interface ProblemRow extends ImportProblemFact {
  readonly import_id: number
}

/** The queries that a batch of messages needs, and the rows that they return. */

export const ALERTS = `
  SELECT c.delivery_id, a.contract_id, a.kind, a.deadline_on, a.rung, a.occurrence,
         a.skipped_from, a.skipped_to, a.asked_again
    FROM delivery_alert c JOIN alert a ON a.id = c.alert_id
   WHERE c.delivery_id = ANY ($1::int[]) AND a.state NOT IN ('superseded', 'closed')
   ORDER BY c.delivery_id, a.contract_id, a.deadline_on, a.rung`

export interface AlertRow {
  readonly delivery_id: number
  readonly contract_id: number
  readonly kind: string
  readonly deadline_on: string
  readonly rung: number
  readonly occurrence: number
  readonly skipped_from: number | null
  readonly skipped_to: number | null
  readonly asked_again: number
}

export const CONTRACTS = `
  SELECT c.id, c.reference, c.title, c.supplier, c.value, c.currency, c.end_latest,
         c.current_latest, c.end_precision, c.current_latest IS DISTINCT FROM c.end_latest AS moved,
         t.name AS team, p.display_name AS owner_name, p.slack_user AS owner_slack,
         (SELECT b.name FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
           WHERE cb.contract_id = c.id ORDER BY cb.position LIMIT 1) AS buyer
    FROM contract c
    JOIN team t ON t.id = c.team_id
    LEFT JOIN person p ON p.id = c.owner_id AND p.erased_at IS NULL
   WHERE c.id = ANY ($1::int[])`

export interface ContractRow {
  readonly id: number
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly value: string | null
  readonly currency: string
  readonly end_latest: string | null
  readonly current_latest: string | null
  readonly end_precision: string | null
  readonly moved: boolean
  readonly team: string
  readonly owner_name: string | null
  readonly owner_slack: string | null
  readonly buyer: string | null
}

export const DEADLINES = `
  SELECT contract_id, kind, due_on, reason, settled_why IS NULL AS open
    FROM deadline WHERE contract_id = ANY ($1::int[]) ORDER BY contract_id, due_on, kind`

export interface DeadlineRow {
  readonly contract_id: number
  readonly kind: string
  readonly due_on: string
  readonly reason: string
  readonly open: boolean
}

export const DELIVERIES = `
  SELECT d.id, t.name AS team,
         (SELECT p.slack_ts FROM delivery p
           WHERE p.id = (d.facts ->> 'thread_of')::int AND p.state = 'SENT') AS thread_ts
    FROM delivery d LEFT JOIN team t ON t.id = d.team_id
   WHERE d.id = ANY ($1::int[])`

export interface DeliveryRow {
  readonly id: number
  readonly team: string | null
  readonly thread_ts: string | null
}

/** An outbox with something in it, and a worker that empties it into a stand-in for Slack. */

import type pg from 'pg'
import { DELIVERY_DEFAULTS, type DeliverySettings } from '../../src/delivery/rate-limit.ts'
import type { DeliveryDeps } from '../../src/delivery/send.ts'
import { openSlackGateway } from '../../src/delivery/slack-client.ts'
import { openWorkspace, type Workspace } from '../../stand-in/slack/server.ts'
import { stand, useDatabase } from './database.ts'
import { present } from './present.ts'

/** Small enough for a test not to wait, in the same proportions as the real ones. */
export const QUICK: DeliverySettings = {
  ...DELIVERY_DEFAULTS,
  leaseMs: 5000,
  historyLagMs: 2000,
  timeoutMs: 300,
  paceMs: 0,
  workspacePauseMs: 50,
  pollMs: 40,
}

let owners = 0

/** A worker of its own against the workspace; `log` collects what it says. */
export function worker(
  pool: pg.Pool,
  workspace: Pick<Workspace, 'url'>,
  settings: Partial<DeliverySettings> = {},
  token = 'xoxb-stand-in',
): DeliveryDeps & { readonly lines: string[] } {
  owners += 1
  const lines: string[] = []
  const { timeoutMs = QUICK.timeoutMs } = settings
  // Where a request may take longer, the lease has as much left beside it, also on a busy machine.
  const longer = { leaseMs: QUICK.leaseMs + 10 * (timeoutMs - QUICK.timeoutMs) }
  const all = { ...QUICK, ...(timeoutMs > QUICK.timeoutMs ? longer : {}), ...settings }
  return {
    pool,
    gateway: openSlackGateway({
      token,
      apiUrl: workspace.url,
      timeoutMs: all.timeoutMs,
      elapsed: () => performance.now(),
    }),
    owner: `worker-${owners}`,
    settings: all,
    jitter: () => 0,
    elapsed: () => performance.now(),
    log: (line) => lines.push(line),
    lines,
  }
}

type Opened = Partial<Parameters<typeof openWorkspace>[0]>

/** A workspace for each test, in which Slack refuses nothing that is not planned or `lenient`. */
export function useWorkspace(
  { lenient = false, ...options }: Opened & { readonly lenient?: boolean } = {},
  prepare: (workspace: Workspace) => unknown = () => undefined,
) {
  const { it, put } = stand<Workspace>()
  const open = async (changes: Opened = {}) => {
    const opened = await openWorkspace({ now: Date.now, channels: [], ...options, ...changes })
    await prepare(put(opened))
  }
  beforeEach(() => open())
  afterEach(async () => {
    await it.close()
    if (!lenient) expect(it.ledger.failures).toEqual([])
  })
  /** Another one in its place. */
  const reopen = async (changes: Opened) => {
    await it.close()
    await open(changes)
  }
  return { workspace: it, reopen }
}

/** A database, and for each test an empty outbox in it and a workspace before it. */
export function useOutbox(
  options: Opened & { readonly escalation?: string },
  prepare?: (workspace: Workspace) => unknown,
) {
  const database = useDatabase(10)
  const { escalation = null, ...opened } = options
  const { workspace, reopen } = useWorkspace(opened, prepare)
  const { it: outbox, put } = stand<Outbox>()
  const sql = async (text: string, values: unknown[] = []) =>
    (await database.pool.query(text, values)).rows
  beforeEach(async () => {
    for (const table of ['delivery', 'channel', 'contract']) await sql(`DELETE FROM ${table}`)
    put(await openOutbox(database.pool, { escalation }))
  })
  return { database, workspace, reopen, outbox, sql }
}

export interface Outbox {
  readonly organisationId: number
  readonly teamId: number
  /** A contract with one open alert and a delivery that carries it. */
  queue(destination: string, options?: QueueOptions): Promise<Queued>
  /** How many deliveries stand in each state, but for what a worker's own sweep of a team without a
   * channel raises: on a working day after nine it does, on a Sunday it does not. */
  states(): Promise<Record<string, number>>
  row(id: number): Promise<DeliveryRow>
}

export interface QueueOptions {
  readonly purpose?: string
  readonly facts?: object
  readonly title?: string
}

export interface Queued {
  readonly id: number
  readonly key: string
  readonly alertId: number
  readonly contractId: number
}

export interface DeliveryRow {
  readonly id: number
  readonly state: string
  readonly attempt: number
  readonly problem: string | null
  readonly destination: string
  readonly purpose: string
  readonly possible_repeat: boolean
  readonly slack_channel: string | null
  readonly slack_ts: string | null
  readonly slack_workspace: string | null
  readonly first_tried_at: Date | null
}

/** An organisation with one team in an empty database. */
export async function openOutbox(
  pool: pg.Pool,
  { escalation = null }: { escalation?: string | null } = {},
): Promise<Outbox> {
  const organisationId = await insert(
    pool,
    `INSERT INTO organisation (slug, name, time_zone, calendar)
     VALUES (gen_random_uuid(), 'Trust group', 'Europe/London', 'england-and-wales') RETURNING id`,
    [],
  )
  const teamId = await insert(
    pool,
    `INSERT INTO team (organisation_id, name, name_key, channel, escalation_channel, is_default)
     VALUES ($1, 'Digital', 'digital', '#contracts', $2, true) RETURNING id`,
    [organisationId, escalation],
  )
  return fill(pool, organisationId, teamId)
}

/** The same for an organisation that stands already, in its default team. */
export async function fillOutbox(pool: pg.Pool, organisationId: number): Promise<Outbox> {
  const { rows } = await pool.query<{ id: number }>(
    'SELECT id FROM team WHERE organisation_id = $1 AND is_default',
    [organisationId],
  )
  const team = present(rows[0])
  return fill(pool, organisationId, team.id)
}

async function fill(pool: pg.Pool, organisationId: number, teamId: number): Promise<Outbox> {
  const sourceId = await insert(
    pool,
    `INSERT INTO source (organisation_id, name) VALUES ($1, 'register') RETURNING id`,
    [organisationId],
  )
  let count = 0
  const queued: number[] = []
  return {
    organisationId,
    teamId,
    async queue(destination, { purpose = 'post', facts = {}, title = 'Imaging licences' } = {}) {
      count += 1
      const contractId = await insert(pool, CONTRACT, [
        organisationId,
        teamId,
        sourceId,
        `REF-${count}`,
        title,
      ])
      await pool.query(
        `INSERT INTO deadline (organisation_id, contract_id, kind, due_on, reason)
         VALUES ($1, $2, 'end', '2027-04-30', 'The contract ends on that day.')`,
        [organisationId, contractId],
      )
      const alertId = await insert(
        pool,
        `INSERT INTO alert (organisation_id, contract_id, kind, deadline_on, rung, raised_on)
         VALUES ($1, $2, 'end', '2027-04-30', 30, '2027-03-31') RETURNING id`,
        [organisationId, contractId],
      )
      const { rows } = await pool.query<{ id: number; key: string }>(
        `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination,
                               as_of, facts)
         VALUES ($1, $2, $3, $4, 1, $5, '2027-03-31', $6) RETURNING id, key`,
        [organisationId, teamId, `contract:${contractId}`, purpose, destination, facts],
      )
      const delivery = present(rows[0])
      queued.push(delivery.id)
      await pool.query('INSERT INTO delivery_alert VALUES ($1, $2)', [delivery.id, alertId])
      return { ...delivery, alertId, contractId }
    },
    async states() {
      const { rows } = await pool.query<{ state: string; count: number }>(
        `SELECT state, count(*) AS count FROM delivery
         WHERE organisation_id = $1 AND (destination <> 'terminal' OR id = ANY($2)) GROUP BY state`,
        [organisationId, queued],
      )
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
    },
    async row(id) {
      const { rows } = await pool.query<DeliveryRow>('SELECT * FROM delivery WHERE id = $1', [id])
      const row = present(rows[0], `There is no delivery ${id}.`)
      return row
    },
  }
}

const CONTRACT = `
  INSERT INTO contract (organisation_id, team_id, source_id, external_id, reference, reference_key,
    title, supplier, start, end_kind, end_precision, end_earliest, end_latest, current_earliest,
    current_latest, value, first_seen_on)
  VALUES ($1, $2, $3, $4, $4, lower($4), $5, 'Northwind', '2024-05-01', 'dated', 'day',
    '2027-04-30', '2027-04-30', '2027-04-30', '2027-04-30', 1200000, '2026-01-01')
  RETURNING id`

async function insert(pool: pg.Pool, sql: string, values: unknown[]): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(sql, values)
  const row = present(rows[0])
  return row.id
}

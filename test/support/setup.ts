/** A setup to try the whole way in: a database of its own, registers from drafts, days swept. */

import type { Actor } from '../../src/actions/act.ts'
import type { Database } from '../../src/database/open.ts'
import {
  ensureOrganisation,
  type Organisation,
  type RulesByTeam,
  readTeams,
  rulesByTeam,
  type Team,
} from '../../src/database/organisation.ts'
import { recalculateWhereRulesChanged } from '../../src/database/recalculate.ts'
import { queueUpdates } from '../../src/delivery/enqueue-updates.ts'
import {
  type Draft,
  type DraftExtension,
  NOTHING_SAID,
  type OpenOptions,
  type OpenRegister,
  type ReadItem,
} from '../../src/register/draft.ts'
import {
  type ApplyOptions,
  applyRegister,
  type Imported,
  type ImportResult,
  importFile,
} from '../../src/register/import/import.ts'
import { readShown, type ShownContract } from '../../src/reports/contract.ts'
import { addDays, asCivilDate, type CivilDate } from '../../src/rules/civil-date.ts'
import { asDecimal } from '../../src/rules/money.ts'
import { type SweepContext, type SweepResult, sweep } from '../../src/warnings/sweep.ts'
import { endOn } from './contract-facts.ts'
import { freshDatabase, stand, type TestDatabase } from './database.ts'
import { present } from './present.ts'

export interface Setup {
  readonly db: Database
  readonly organisation: Organisation
  readonly rulesOf: RulesByTeam
  import(
    drafts: readonly Draft[],
    on: string,
    options?: Partial<ApplyOptions>,
  ): Promise<ImportResult>
  /** The same with items that are no drafts. */
  importItems(
    items: readonly ReadItem[],
    on: string,
    options?: Partial<ApplyOptions>,
  ): Promise<ImportResult>
  /** The same of a register that was opened. */
  importRegister(
    register: OpenRegister,
    on: string,
    options?: Partial<ApplyOptions>,
  ): Promise<ImportResult>
  /** The same of a file, read and remembered as `lapsewatch import` does; into `register` unless said. */
  importFile(
    path: string,
    on: string,
    options?: Partial<Parameters<typeof importFile>[3]>,
    how?: Partial<OpenOptions>,
  ): Promise<Imported>
  sweep(on: string, options?: Partial<SweepContext>): Promise<SweepResult>
  /**
   * Sweeps on the first and the last day, and on each of these with the days beside it. A sweep makes
   * up for days that nobody swept, so that what is due on another day is told, and seen, all the same.
   */
  sweepAround(first: string, last: string, days: readonly string[]): Promise<void>
  actor(today: string): Actor
  /** What an act on a contract returns, done on a day at the command line. */
  act<Given extends unknown[], Done>(
    on: string,
    act: (
      pool: Database['pool'],
      actor: Actor,
      contractId: number,
      ...given: Given
    ) => Promise<Done>,
    reference: string,
    ...given: Given
  ): Promise<Done>
  team(name: string): Promise<Team>
  /** Counts everything anew where the rules of a team changed. */
  followRules(on: string): Promise<number>
  contractId(reference: string): Promise<number>
  /** What the record says of a contract on a day. */
  shown(reference: string, on: string): Promise<ShownContract>
  /** 0 where nobody is called so. */
  personId(name: string): Promise<number>
  /** `2026-11-23 end 30` of each alert, `(state)` where it is not open, in the order of raising. */
  alerts(reference?: string): Promise<string[]>
  rows<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** `C-1 support 200`: the values of each row, `-` for none. */
  values(sql: string, values?: readonly unknown[]): Promise<string[]>
  /** These columns of a contract, called `c` in their SQL. */
  row<Row extends object = Record<string, unknown>>(
    reference: string,
    columns: string,
  ): Promise<Row>
  drop(): Promise<void>
}

export const NOW = new Date('2026-11-23T09:00:00Z')

/** An organisation in Europe/London with a default team in #contracts. */
export async function openSetup(poolSize = 5): Promise<Setup> {
  return await setupIn(await freshDatabase(poolSize))
}

/** The same for all tests of a file or a describe, emptied before or after each of them. */
export function useSetup({
  emptied = null,
  prepare = () => undefined,
}: {
  readonly emptied?: 'before' | 'after' | null
  readonly prepare?: (setup: Setup) => unknown
} = {}): Setup {
  const { it, put } = stand<Setup>()
  beforeAll(async () => {
    await prepare(put(await openSetup()))
  })
  if (emptied === 'before') beforeEach(() => emptySetup(it))
  if (emptied === 'after') afterEach(() => emptySetup(it))
  afterAll(() => it.drop())
  return it
}

/** The same in a database that stands already; dropping the house closes it. */
export async function setupIn(
  db: Database | TestDatabase,
  channels: { readonly channel: string; readonly escalationChannel: string | null } = {
    channel: '#contracts',
    escalationChannel: null,
  },
): Promise<Setup> {
  const zone = { timeZone: 'Europe/London', calendar: 'england-and-wales' }
  const organisation = await ensureOrganisation(db.pool, NOW, { ...zone, ...channels })
  const rulesOf = rulesByTeam({})
  const organisationId = organisation.id
  const rows: Setup['rows'] = async (sql, values = []) => {
    const found = await db.pool.query(sql, [...values])
    return found.rows
  }
  const applying = (on: string) => ({
    organisationId,
    source: 'register',
    team: null,
    today: asCivilDate(on),
    now: NOW,
    via: 'import',
    byPersonId: null,
    rulesOf,
    triageDays: 0,
    isSample: false,
    dryRun: false,
    strict: false,
    onProgress: () => undefined,
  })
  const importRegister: Setup['importRegister'] = (register, on, options = {}) =>
    applyRegister(db.pool, register, {
      ...applying(on),
      file: 'register.csv',
      sha256: '',
      ...options,
    })
  const contractId: Setup['contractId'] = async (reference) => {
    const [found] = await rows<{ id: number }>('SELECT id FROM contract WHERE reference = $1', [
      reference,
    ])
    return present(found, `There is no contract ${reference}.`).id
  }
  const sweepOn: Setup['sweep'] = (on, options = {}) =>
    sweep(db.pool, {
      ...{ organisationId, rulesOf, dayOf: () => asCivilDate(on), teamIds: null, now: NOW },
      ...options,
    })
  const importItems: Setup['importItems'] = (items, on, options) =>
    importRegister(registerOf(items), on, options)
  const actor: Setup['actor'] = (today) => ({
    ...{ organisationId, rulesOf, todayOf: () => asCivilDate(today) },
    ...{ now: NOW, personId: null, via: 'command line' },
  })
  return {
    db,
    organisation,
    rulesOf,
    rows,
    values: async (sql, values) =>
      (await rows(sql, values)).map((row) =>
        Object.values(row)
          .map((value) => value ?? '-')
          .join(' '),
      ),
    importRegister,
    importItems,
    importFile: (path, on, options = {}, how = {}) =>
      importFile(
        db.pool,
        path,
        { map: new Map(), dates: null, timeZone: null, today: asCivilDate(on), ...how },
        { ...applying(on), ...options },
      ),
    import: (drafts, on, options) =>
      importItems(
        drafts.map((each) => ({ kind: 'draft', draft: each, warnings: [] })),
        on,
        options,
      ),
    sweep: sweepOn,
    async sweepAround(first, last, days) {
      const beside = days.flatMap((on) => [-1, 0, 1].map((by) => addDays(asCivilDate(on), by)))
      const within = new Set([first, ...beside.sort(), last])
      for (const on of [...within].filter((on) => on >= first && on <= last)) {
        const { queued } = await sweepOn(on)
        // What was told on a day is not told again by another sweep of it.
        if (queued > 0) await sweepOn(on)
      }
    },
    actor,
    act: async (on, act, reference, ...given) =>
      act(db.pool, actor(on), await contractId(reference), ...given),
    async team(name) {
      const team = present(
        (await readTeams(db.pool, organisationId)).find((each) => each.name === name),
        `There is no team ${name}.`,
      )
      return team
    },
    async followRules(on) {
      const { rekeyed } = await recalculateWhereRulesChanged(db.pool, {
        organisationId,
        rulesOf,
        todayOf: () => asCivilDate(on),
        log: () => undefined,
        now: NOW,
        retired: (client, ids, today) => queueUpdates(client, organisationId, ids, today),
      })
      return rekeyed
    },
    contractId,
    async shown(reference, on) {
      const [of, id] = [{ organisationId, rulesOf }, await contractId(reference)]
      return (await readShown(db.pool, of, id, asCivilDate(on))).shown
    },
    async personId(name) {
      const sql = 'SELECT id FROM person WHERE display_name = $1'
      return (await rows<{ id: number }>(sql, [name]))[0]?.id ?? 0
    },
    async alerts(reference) {
      const found = await rows<{ on: CivilDate; kind: string; rung: number; state: string }>(
        `SELECT a.raised_on AS "on", a.kind, a.rung, a.state FROM alert a JOIN contract c ON c.id = a.contract_id
         WHERE $1::text IS NULL OR c.reference = $1 ORDER BY a.raised_on, a.kind, a.rung DESC, a.id`,
        [reference ?? null],
      )
      return found.map(
        ({ on, kind, rung, state }) =>
          `${on} ${kind} ${rung}${state === 'open' ? '' : ` (${state})`}`,
      )
    },
    async row<Row extends object>(reference: string, columns: string) {
      const sql = `SELECT ${columns} FROM contract c WHERE reference = $1`
      const found = present(
        (await rows<Row>(sql, [reference]))[0],
        `There is no contract ${reference}.`,
      )
      return found
    },
    drop: () => ('drop' in db ? db.drop() : db.close()),
  }
}

/** Everything that was written is gone, but for the organisation, the default team and the audit. */
export async function emptySetup({ rows }: Setup): Promise<void> {
  const tables = ['delivery', 'slot', 'contract', 'alert', 'in_use', 'product_wording']
  tables.push('release_watch', 'source', 'buyer', 'product', 'person')
  await rows(
    `${tables.map((table) => `DELETE FROM ${table};`).join('')}
     DELETE FROM team WHERE NOT is_default;
     UPDATE team SET last_swept_on = NULL, ladders_from = NULL, settings = settings - 'rules';
     UPDATE organisation SET superseded = 0, settings = settings - 'rules'`,
  )
}

/** A register that holds these items, which can be read any number of times. */
export function registerOf(items: readonly ReadItem[]): OpenRegister {
  return {
    format: 'csv',
    mapping: [],
    unmapped: [],
    ocidPrefix: null,
    total: items.length,
    async *items() {
      yield* items
    },
  }
}

/** A confirmed extension to this day, an option unless a test says otherwise. */
export function extended(to: string, changes: Partial<DraftExtension> = {}): DraftExtension {
  return {
    kind: 'option',
    status: 'confirmed',
    from: null,
    to: asCivilDate(to),
    cost: null,
    knownOn: null,
    source: 'column "Extension to"',
    ...changes,
  }
}

let line = 1

/**
 * A contract of £20,000, which is too little for a start-by, from 2024 to Wed 31 Mar 2027, changed
 * where a test says so.
 */
export function draft(reference: string | null, changes: Partial<Draft> = {}): Draft {
  line += 1
  return {
    ...NOTHING_SAID,
    at: String(line),
    reference,
    title: 'Imaging licences',
    buyers: ['Northern Trust'],
    supplier: 'Northwind Ltd',
    start: asCivilDate('2024-04-01'),
    end: endOn('2027-03-31'),
    endSource: 'column "End"',
    automaticRenewal: false,
    route: 'open',
    value: asDecimal('20000'),
    ...changes,
  }
}

/** The same from a day to a day; from the usual one where none is given. */
export function runs(
  reference: string,
  from: string | null,
  to: string,
  changes: Partial<Draft> = {},
): Draft {
  const start = from === null ? {} : { start: asCivilDate(from) }
  return draft(reference, { ...start, end: endOn(to), ...changes })
}

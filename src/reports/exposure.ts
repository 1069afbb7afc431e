/** What the contracts that lapse within a horizon would cost if each had to be extended in a hurry. */
import { setImmediate as breath } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import {
  completeContracts,
  PRICED,
  pricedOf,
  RULED,
  selectContracts,
} from '../database/contracts.ts'
import { addDays, asCivilDate, type CivilDate } from '../rules/civil-date.ts'
import { type ContractNames, currentEnd } from '../rules/contract.ts'
import { isEndCovered } from '../rules/deadlines.ts'
import { type Exposure, exposure } from '../rules/exposure.ts'
import { sum } from '../rules/premium.ts'
import { asKnownOn } from '../rules/replay.ts'
import { compare, groupedBy } from '../rules/text-match.ts'
import type { ExposedTotal } from '../text/facts.ts'
import { type LedgerLine, type PriceRules, readLedger } from './ledger.ts'

export interface ExposureItem extends Exposure, ContractNames {
  readonly contractId: number
  readonly team: string
  readonly end: CivilDate
  readonly currency: string
}

interface ExposureAsked {
  readonly organisationId: number
  readonly asOf: CivilDate
  /** Of a day before it nobody knows when successors were signed: each counts from its start. */
  readonly today: CivilDate
  readonly days: number
  readonly teamId: number | null
  readonly rules: PriceRules
  /** What was extended in an emergency so far, of all teams, where it was read already. */
  readonly past?: readonly LedgerLine[]
}

/**
 * The contracts whose current end, as it was known on that day, falls within so many days after it,
 * and of whose successor, exit or termination nothing was recorded by then. By their end.
 */
export async function readExposure(
  client: Pool | PoolClient,
  asked: ExposureAsked,
): Promise<ExposureItem[]> {
  const { organisationId, asOf, today, days, teamId, rules } = asked
  const rows = await selectContracts(
    client,
    [...RULED, ...PRICED, 'title', 'supplier', 'supplierKey', 'team'],
    LAPSING,
    [organisationId, asOf, days, teamId],
  )
  const ratios = ratiosOf(asked.past ?? (await readPast(client, asked)), asOf)
  const items: ExposureItem[] = []
  for (const [at, record] of (await completeContracts(client, rows)).entries()) {
    // Thousands are priced one by one: others must be answered in between.
    if (at % AT_A_STRETCH === AT_A_STRETCH - 1) await breath()
    const { row } = record
    const { successorStart: starts } = record.contract
    const contract = asKnownOn(record.contract, asOf, asOf < today ? starts : null)
    const end = currentEnd(contract)
    if (end.kind !== 'dated' || !lapses(end.latest, asked)) continue
    if (isEndCovered(contract, end.earliest)) continue
    const past = {
      own: ratios.own(row.id),
      supplier: ratios.supplier(row.supplierKey),
      organisation: ratios.all,
      fallback: rules.ofTeam(row.teamId).minimumExtensionRatio,
    }
    const priced = exposure(pricedOf(row), end.latest, past)
    // Thousands again: field by field.
    items.push({
      contractId: row.id,
      reference: row.reference,
      title: row.title,
      supplier: row.supplier,
      team: row.team,
      currency: row.currency,
      end: end.latest,
      months: priced.months,
      ratio: priced.ratio,
      whence: priced.whence,
      runRate: priced.runRate,
      extra: priced.extra,
      from: priced.from,
      method: priced.method,
    })
  }
  return items.sort((a, b) => compare(a.end, b.end) || compare(a.reference, b.reference))
}

/** The totals by currency; what has no price is counted, and adds nothing. */
export function exposureTotals(items: readonly ExposureItem[]): ExposedTotal[] {
  const currencies = [...new Set(items.map(({ currency }) => currency))].sort()
  return currencies.map((currency) => {
    const all = items.filter((each) => each.currency === currency)
    const priced = all.filter(({ runRate }) => runRate !== null)
    const none = priced.length === 0
    return {
      currency,
      runRate: none ? null : sum(priced.map(({ runRate }) => runRate)),
      extra: none ? null : sum(priced.map(({ extra }) => extra)),
      priced: priced.length,
      of: all.length,
    }
  })
}

/** So many contracts are priced in about five milliseconds. */
const AT_A_STRETCH = 100

// Extensions only move an end further off: whatever lapses as it was known on that day has an
// awarded end by the horizon and a current end after the day. What was closed later counts too.
const LAPSING = `c.organisation_id = $1 AND ($4::int IS NULL OR c.team_id = $4)
  AND c.current_latest >= $2 AND coalesce(c.end_latest, c.current_latest) <= $2::date + $3::int
  AND (c.start IS NULL OR c.start <= $2) AND c.watched
  AND (c.closed_on IS NULL OR c.closed_on > $2)`

function lapses(end: CivilDate, { asOf, days }: ExposureAsked): boolean {
  return end >= asOf && end <= addDays(asOf, days)
}

/** Emergency extensions that had begun by then. */
function readPast(
  client: Pool | PoolClient,
  { organisationId, asOf: to, rules }: ExposureAsked,
): Promise<LedgerLine[]> {
  const within = { from: EVER, to }
  return readLedger(client, { organisationId, kind: 'emergency', within, rules })
}

/** What emergency extensions that had begun by then cost against their baselines. */
function ratiosOf(lines: readonly LedgerLine[], asOf: CivilDate) {
  const begun = lines.filter(
    ({ extension }) => extension.status === 'confirmed' && extension.from <= asOf,
  )
  const ratios = (of: readonly LedgerLine[]) => of.flatMap(({ premium }) => premium.ratio ?? [])
  // Each list is made once: of the same one `median` knows the middle.
  const by = <Key>(keyOf: (line: LedgerLine) => Key) =>
    new Map([...groupedBy(begun, keyOf)].map(([key, of]) => [key, ratios(of)]))
  const own = by(({ contractId }) => contractId)
  const suppliers = by(({ supplierKey }) => supplierKey)
  return {
    own: (contractId: number) => own.get(contractId) ?? [],
    supplier: (key: string | null) => (key === null ? [] : (suppliers.get(key) ?? [])),
    all: ratios(begun),
  }
}

export const EVER = asCivilDate('0001-01-01')

/** The extension ledger out of the database: every extension with its price, in one query. */

import { setImmediate as breath } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { baselineFor, PRICE_COLUMNS, type PriceRow } from '../database/contracts.ts'
import { type RulesByTeam, readTeams } from '../database/organisation.ts'
import type { ContractNames, Extension, ExtensionKind } from '../rules/contract.ts'
import type { LedgerEntry } from '../rules/ledger.ts'
import type { Decimal, VatRecovery } from '../rules/money.ts'
import { premium, type Span } from '../rules/premium.ts'
import type { Rules } from '../rules/settings.ts'
import { namedApprover } from '../rules/waivers.ts'

export interface LedgerLine extends LedgerEntry, ContractNames {
  readonly extensionId: number
  readonly contractId: number
  readonly supplierKey: string | null
  readonly team: string
  readonly teamId: number
  readonly rule: string | null
  readonly grounds: string | null
  readonly approver: string | null
}

interface LedgerAsked {
  readonly organisationId: number
  readonly teamId?: number | null
  /** Only extensions that have a day within it. */
  readonly within?: Span | null
  readonly kind?: ExtensionKind | null
  readonly contractId?: number | null
  readonly withdrawn?: boolean
  /** For the recovery of tax where a contract's own is not recorded; null to do without. */
  readonly rules: PriceRules | null
}

/** By their first day. Proposed ones are lines too; they count in no total. */
export async function readLedger(
  client: Pool | PoolClient,
  asked: LedgerAsked,
): Promise<LedgerLine[]> {
  const { organisationId, teamId = null, within = null, kind = null, contractId = null } = asked
  const found = await client.query<LedgerRow>(LEDGER, [
    organisationId,
    teamId,
    within?.from ?? null,
    within?.to ?? null,
    kind,
    contractId,
    asked.withdrawn ?? false,
  ])
  const lines: LedgerLine[] = []
  for (const row of found.rows) {
    // Thousands are priced one by one: others must be answered in between.
    if (lines.length % AT_A_STRETCH === AT_A_STRETCH - 1) await breath()
    lines.push(lineOf(row, asked.rules))
  }
  return lines
}

const AT_A_STRETCH = 200

function recoveryOf(row: LedgerRow, rules: PriceRules | null): VatRecovery {
  const { vatRecoverable, teamId } = row
  if (vatRecoverable !== 'unknown' || rules === null) return vatRecoverable
  return rules.ofTeam(teamId).vatRecoverable
}

type LedgerRow = PriceRow &
  Omit<LedgerLine, 'extension' | 'premium' | 'currency'> &
  Omit<Extension, 'id'> & {
    readonly costCurrency: string
    readonly invoiced: Decimal | null
    readonly vatRecoverable: VatRecovery
  }

const LEDGER = `
  SELECT e.id AS "extensionId", e.contract_id AS "contractId", c.reference, c.title, c.supplier,
         c.supplier_key AS "supplierKey", t.name AS team, t.id AS "teamId", e.kind, e.status,
         e.from_on AS "from", e.to_on AS "to", e.cost, e.currency AS "costCurrency",
         e.known_on AS "knownOn", e.invoiced, e.rule, e.grounds, e.approver,
         c.vat_recoverable AS "vatRecoverable", ${PRICE_COLUMNS}
    FROM extension e JOIN contract c ON c.id = e.contract_id JOIN team t ON t.id = c.team_id
   WHERE e.organisation_id = $1 AND ($2::int IS NULL OR c.team_id = $2)
     AND ($3::date IS NULL OR e.to_on >= $3) AND ($4::date IS NULL OR e.from_on <= $4)
     AND ($5::text IS NULL OR e.kind = $5) AND ($6::int IS NULL OR e.contract_id = $6)
     AND (e.status <> 'withdrawn' OR $7)
   ORDER BY e.from_on, c.reference, e.to_on, e.id`

// There are thousands: made field by field, as objects that are put together of others are slow to make
// and to read.
function lineOf(row: LedgerRow, rules: PriceRules | null): LedgerLine {
  const extension = {
    kind: row.kind,
    status: row.status,
    from: row.from,
    to: row.to,
    cost: row.cost,
    knownOn: row.knownOn,
    invoiced: row.invoiced,
  }
  return {
    extensionId: row.extensionId,
    contractId: row.contractId,
    reference: row.reference,
    title: row.title,
    supplier: row.supplier,
    supplierKey: row.supplierKey,
    team: row.team,
    teamId: row.teamId,
    rule: row.rule,
    grounds: row.grounds,
    approver: namedApprover(row.approver),
    currency: row.cost === null ? row.currency : row.costCurrency,
    vatRecoverable: recoveryOf(row, rules),
    extension,
    premium: premium(extension, baselineFor(row, row, row.costCurrency)),
  }
}

export interface PriceRules {
  /** Without any team's own changes. */
  readonly organisation: Rules
  /** Those of the organisation where there is no such team. */
  readonly ofTeam: (teamId: number) => Rules
}

export async function readPriceRules(
  client: Pool | PoolClient,
  organisationId: number,
  rulesOf: RulesByTeam,
): Promise<PriceRules> {
  const teams = await readTeams(client, organisationId)
  const [first] = teams
  if (!first) throw new Error('There is no team: start Lapsewatch once so that it makes one.')
  const { calendar, organisationRules } = first
  const organisation = rulesOf({ calendar, organisationRules })
  const byId = new Map(teams.map((team) => [team.id, team]))
  // Asked for when they are needed: one team's broken calendar keeps no other team's prices back.
  const ofTeam = (teamId: number) => {
    const team = byId.get(teamId)
    return team === undefined ? organisation : rulesOf(team)
  }
  return { organisation, ofTeam }
}

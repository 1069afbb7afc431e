/** New contracts, by COPY: the contract, what it came from, its extensions, deadlines and audit. */
import type { PoolClient } from 'pg'
import type { AuditChange } from '../../database/audit-log.ts'
import { atEase, CopyBatch, type CopyValue } from '../../database/bulk.ts'
import { callOffsOf, workOf } from '../../database/contracts.ts'
import { addDays, type CivilDate } from '../../rules/civil-date.ts'
import { type Contract, currentEnd } from '../../rules/contract.ts'
import { deadlinesOf } from '../../rules/deadlines.ts'
import { firstCheckOn } from '../../rules/reminder-plan.ts'
import { presumedRenewals } from '../../rules/renewal.ts'
import type { Rules } from '../../rules/settings.ts'
import type { Draft } from '../draft.ts'
import {
  COVER,
  coverRows,
  EXTENSION,
  extensionRow,
  FIELD_NAMES,
  fieldsOf,
  importedFields,
} from './columns.ts'
import { CLOSED_BY_REGISTER, type ImportContext } from './context.ts'
import { type NewExtension, registerEnds } from './ends-in-register.ts'
import type { StagedContract } from './staging.ts'

/** Rows made ready before the server is answered. */
const AT_ONCE = 25

/** Makes these drafts contracts of their own, ready to be written. */
export async function prepareNew(
  client: PoolClient,
  context: ImportContext,
  staged: readonly StagedContract[],
): Promise<() => Promise<void>> {
  await context.parties.meet(staged.map(({ draft }) => draft))
  const batch = new CopyBatch(TABLES)
  for (let from = 0; from < staged.length; from += AT_ONCE) {
    const rows = emptyRows()
    for (const each of staged.slice(from, from + AT_ONCE)) addContract(rows, context, each)
    for (const { table, of } of TABLES) batch.add(table, of(rows, context))
    await atEase()
  }
  return () => batch.write(client)
}

interface Rows {
  readonly contracts: CopyValue[][]
  readonly imports: CopyValue[][]
  readonly buyers: CopyValue[][]
  readonly products: CopyValue[][]
  readonly covers: CopyValue[][]
  readonly extensions: CopyValue[][]
  readonly deadlines: CopyValue[][]
  readonly changes: AuditChange[]
}

function emptyRows(): Rows {
  return {
    contracts: [],
    imports: [],
    buyers: [],
    products: [],
    covers: [],
    extensions: [],
    deadlines: [],
    changes: [],
  }
}

function addContract(rows: Rows, context: ImportContext, staged: StagedContract): void {
  const { organisationId, today } = context
  const { contractId: id, draft } = staged
  const fields = fieldsOf(draft, context.parties.resolve(draft))
  const team = context.teams.find((each) => each.id === fields.team_id)
  if (!team) throw new Error(`Team ${fields.team_id} is gone: run the import again.`)
  context.wrote.add(team.id)
  const rules = context.rulesOf(team)
  const { add } = registerEnds(draft, null, today)
  const { stands: contract, presumed } = firstSeen(draft, add, today, rules)
  const deadlines = contract.historic ? [] : deadlinesOf(contract, rules)
  const { laddersFrom } = team
  const watched = draft.own?.watched !== false
  const checkOn = firstCheckOn({ contract, deadlines, alerts: [], laddersFrom, watched }, rules)
  const end = currentEnd(contract)
  rows.contracts.push([
    id,
    organisationId,
    context.sourceId,
    staged.externalId,
    ...FIELD_NAMES.map((name) => fields[name]),
    end.kind === 'dated' ? end.earliest : null,
    end.kind === 'dated' ? end.latest : null,
    today,
    contract.historic,
    draft.closed ? today : null,
    draft.closed ? CLOSED_BY_REGISTER : null,
    watched,
    checkOn,
  ])
  rows.imports.push([
    id,
    context.importId,
    staged.hash,
    JSON.stringify(importedFields(fields, draft)),
  ])
  context.parties.buyerIds(draft).forEach((buyer, position) => {
    rows.buyers.push([id, buyer, position])
  })
  for (const product of context.parties.productIds(draft)) rows.products.push([id, product])
  for (const cover of coverRows(context, id, draft.covers)) {
    rows.covers.push(cover)
    const [covered, release] = [cover[COVER.indexOf('product')], cover[COVER.indexOf('release')]]
    if (typeof covered === 'string') {
      context.covered?.push({ product: covered, release: String(release) })
    }
  }
  for (const extension of [...add, ...presumed]) {
    rows.extensions.push(extensionRow(organisationId, id, fields.currency, extension))
  }
  for (const each of deadlines) {
    const { kind, on, from = null, latest, renewsTo = null, assumed = false } = each
    const { reason, settled } = each
    rows.deadlines.push([
      organisationId,
      id,
      kind,
      on,
      reason,
      settled?.on ?? null,
      settled?.why ?? null,
      from,
      latest === on ? null : latest,
      renewsTo,
      assumed,
    ])
  }
  rows.changes.push({
    contractId: id,
    what: 'created',
    field: null,
    from: null,
    to: fields.reference,
  })
}

const CONTRACT = [
  'id',
  'organisation_id',
  'source_id',
  'external_id',
  ...FIELD_NAMES,
  'current_earliest',
  'current_latest',
  'first_seen_on',
  'historic',
  'closed_on',
  'closed_why',
  'watched',
  'next_rung_on',
]

export const IMPORTED = ['contract_id', 'last_import_id', 'row_hash', 'fields']

const DEADLINE = [
  'organisation_id',
  'contract_id',
  'kind',
  'due_on',
  'reason',
  'settled_on',
  'settled_why',
  'from_on',
  'latest_on',
  'renews_to',
  'assumed',
]

const AUDIT_CHANGE = [
  'entry_id',
  'position',
  'contract_id',
  'what',
  'field',
  'from_value',
  'to_value',
]

/** What is written of new contracts, in this order. */
const TABLES: readonly {
  readonly table: string
  readonly columns: readonly string[]
  readonly of: (rows: Rows, context: ImportContext) => CopyValue[][]
}[] = [
  { table: 'contract', columns: CONTRACT, of: ({ contracts }) => contracts },
  { table: 'contract_import', columns: IMPORTED, of: ({ imports }) => imports },
  {
    table: 'contract_buyer',
    columns: ['contract_id', 'buyer_id', 'position'],
    of: ({ buyers }) => buyers,
  },
  {
    table: 'contract_product',
    columns: ['contract_id', 'product_id'],
    of: ({ products }) => products,
  },
  { table: 'cover', columns: COVER, of: ({ covers }) => covers },
  { table: 'extension', columns: EXTENSION, of: ({ extensions }) => extensions },
  { table: 'deadline', columns: DEADLINE, of: ({ deadlines }) => deadlines },
  { table: 'audit_change', columns: AUDIT_CHANGE, of: auditRows },
]

function auditRows({ changes }: Rows, { audit }: ImportContext): CopyValue[][] {
  return audit
    .number(changes)
    .map(({ position, change: { contractId, what, field, from, to } }) => {
      return [audit.entryId, position, contractId, what, field, from, to]
    })
}

/**
 * A contract as it stands when it is first seen: renewed as often as it must have, perhaps historic; not where
 * its register says that it runs on.
 */
function firstSeen(
  draft: Draft,
  extensions: readonly NewExtension[],
  today: CivilDate,
  rules: Rules,
): ReturnType<typeof standing> {
  const { stands, presumed } = standing(contractIn(draft, extensions), today, rules)
  return { stands: draft.runs === true ? { ...stands, historic: false } : stands, presumed }
}

/** What a draft says, as the rules see it. */
export function contractIn(draft: Draft, extensions: readonly NewExtension[]): Contract {
  return {
    start: draft.start,
    awardedEnd: draft.end,
    awardedMaximumEnd: draft.maximumEnd,
    extensions,
    noticePeriod: draft.noticePeriod,
    noticeText: draft.noticeText ?? null,
    automaticRenewal: draft.automaticRenewal,
    renewalTerm: draft.renewalTerm,
    rollsFrom: draft.rollsFrom ?? null,
    optionBy: draft.optionBy ?? null,
    reviewOn: draft.reviewOn,
    personalData: draft.personalData ?? null,
    route: draft.route,
    value: draft.value,
    currency: draft.currency,
    valueBasis: draft.valueBasis,
    vat: draft.vat,
    regime: draft.regime,
    category: draft.category,
    ...workOf(draft.category),
    // The framework that a row names is known once all rows are there.
    callOffs: callOffsOf({ form: draft.form, callOffBy: draft.callOffBy ?? null, framework: null }),
    decisions: [],
    successorStart: null,
    closed: draft.closed,
    historic: false,
  }
}

/** A contract with the renewals that must be presumed of it, historic if it ended long ago even so. */
export function standing(
  contract: Contract,
  today: CivilDate,
  rules: Rules,
): { readonly stands: Contract; readonly presumed: readonly NewExtension[] } {
  const source = 'presumed: no notice was recorded in time'
  const presumed = presumedRenewals(contract, today, rules).map((each) => ({ ...each, source }))
  const renewed = { ...contract, extensions: [...contract.extensions, ...presumed] }
  return { stands: { ...renewed, historic: isHistoric(renewed, today, rules) }, presumed }
}

/** Ended more than so many days before it was first seen. */
export function isHistoric(contract: Contract, today: CivilDate, rules: Rules): boolean {
  const end = currentEnd(contract)
  return end.kind === 'dated' && end.latest < addDays(today, -rules.historicAfterDays)
}

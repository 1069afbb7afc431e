/** New contracts, by COPY: the contract, what it came from, its extensions, deadlines and audit. */
import type { PoolClient } from 'pg'
import { atEase, CopyBatch, type CopyRow } from '../../database/bulk.ts'
import { callOffsOf, workOf } from '../../database/contracts.ts'
import { deadlineRows } from '../../database/recalculate.ts'
import { addDays, type CivilDate } from '../../rules/civil-date.ts'
import { type Contract, currentEnd } from '../../rules/contract.ts'
import { deadlinesOf } from '../../rules/deadlines.ts'
import { firstCheckOn } from '../../rules/reminder-plan.ts'
import { presumedRenewals } from '../../rules/renewal.ts'
import type { Rules } from '../../rules/settings.ts'
import type { Draft } from '../draft.ts'
import {
  buyerRows,
  coverRows,
  extensionRow,
  fieldsOf,
  importedFields,
  importRow,
  productRows,
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
    const rows: Rows = {
      ...{ contract: [], contract_import: [], contract_buyer: [], contract_product: [] },
      ...{ cover: [], extension: [], deadline: [], audit_change: [] },
    }
    for (const each of staged.slice(from, from + AT_ONCE)) addContract(rows, context, each)
    for (const table of TABLES) batch.add(table, rows[table])
    await atEase()
  }
  return () => batch.write(client)
}

/** What is written of new contracts, in this order. */
const TABLES = [
  ...(['contract', 'contract_import', 'contract_buyer', 'contract_product'] as const),
  ...(['cover', 'extension', 'deadline', 'audit_change'] as const),
] as const
type Rows = Readonly<Record<(typeof TABLES)[number], CopyRow[]>>

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
  const deadlines = contract.historic ? [] : deadlinesOf(contract, rules, today)
  const { laddersFrom } = team
  const watched = draft.own?.watched !== false
  const checkOn = firstCheckOn({ contract, deadlines, alerts: [], laddersFrom, watched }, rules)
  const end = currentEnd(contract)
  rows.contract.push({
    id,
    organisation_id: organisationId,
    source_id: context.sourceId,
    external_id: staged.externalId,
    current_earliest: end.kind === 'dated' ? end.earliest : null,
    current_latest: end.kind === 'dated' ? end.latest : null,
    first_seen_on: today,
    historic: contract.historic,
    closed_on: draft.closed ? today : null,
    closed_why: draft.closed ? CLOSED_BY_REGISTER : null,
    watched,
    next_rung_on: checkOn,
    ...fields,
  })
  rows.contract_import.push(importRow(context, id, staged.hash, importedFields(fields, draft)))
  rows.contract_buyer.push(...buyerRows(id, context.parties.buyerIds(draft)))
  rows.contract_product.push(...productRows(id, context.parties.productIds(draft)))
  for (const cover of coverRows(context, id, draft.covers)) {
    rows.cover.push(cover)
    const { product, release } = cover
    if (product !== null) context.covered?.push({ product, release })
  }
  for (const extension of [...add, ...presumed]) {
    rows.extension.push(extensionRow(organisationId, id, fields.currency, extension))
  }
  rows.deadline.push(
    ...deadlineRows(
      organisationId,
      deadlines.map((each) => ({ id, each })),
    ),
  )
  const created = { contractId: id, what: 'created', field: null, from: null, to: fields.reference }
  const renewed = presumed.map(({ from, to }) => {
    return { contractId: id, what: 'created', field: 'presumed renewal', from, to }
  })
  rows.audit_change.push(...context.audit.rowsOf([created, ...renewed]))
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

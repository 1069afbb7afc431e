/** Contracts that a register speaks of again: what changed is compared, written and told. */
import type { PoolClient } from 'pg'
import { copyRows } from '../../db/copy.ts'
import { rekey } from '../../db/rekey.ts'
import { queueUpdates } from '../../delivery/updates.ts'
import type { Problem } from '../draft.ts'
import { type Change, compare } from './compare.ts'
import { IMPORTED } from './create.ts'
import { EXTENSION, extensionRow } from './extension-row.ts'
import { FIELD_NAMES } from './fields.ts'
import { readHeld } from './held.ts'
import type { ImportContext } from './import-context.ts'
import type { StagedContract } from './read-staged.ts'

/**
 * Compares these drafts with the contracts that they speak of; what changed is ready to be written.
 * Of a contract that the source words differently without saying anything new, only that is kept.
 */
export async function prepareChanged(
  client: PoolClient,
  context: ImportContext,
  staged: readonly StagedContract[],
  problems: Problem[],
): Promise<Prepared> {
  await context.parties.meet(staged.map(({ draft }) => draft))
  const ids = staged.map(({ contractId }) => contractId)
  const held = await readHeld(client, ids)
  const changes: Change[] = []
  for (const each of staged) {
    const before = held.get(each.contractId)
    if (before) changes.push(compare(context, each, before))
  }
  for (const change of changes) problems.push(...change.problems)
  const changed = changes.filter(({ isChanged }) => isChanged)
  const changedIds = changed.map(({ id }) => id)
  const write = async () => {
    const { organisationId, teams, rulesOf, today } = context
    await writeFields(client, changes)
    await writeExtensions(client, organisationId, changed)
    await rewriteParties(client, context, changed)
    await writeImports(client, context, changes)
    await context.audit.add(changed.flatMap((change) => change.audit))
    await rekey(client, { organisationId, teams, rulesOf, today }, changedIds)
    await queueUpdates(client, organisationId, changedIds, today)
  }
  return { count: changed.length, write }
}

/** How many contracts change, and what writes that. */
export interface Prepared {
  readonly count: number
  readonly write: () => Promise<void>
}

async function writeFields(client: PoolClient, changes: readonly Change[]): Promise<void> {
  const names = [
    'external_id',
    ...FIELD_NAMES,
    'closed_on',
    'closed_why',
    'historic',
    'disputed_end',
  ]
  await client.query(
    `UPDATE contract SET ${names.map((name) => `"${name}" = r."${name}"`).join(', ')}
     FROM json_populate_recordset(NULL::contract, $1) r WHERE contract.id = r.id`,
    [JSON.stringify(changes.map((change) => change.columns))],
  )
}

async function writeExtensions(
  client: PoolClient,
  organisationId: number,
  changes: readonly Change[],
): Promise<void> {
  const withdraw = changes.flatMap((change) => change.ends?.withdraw ?? [])
  const restore = changes.flatMap((change) => change.ends?.restore ?? [])
  await client.query(
    `UPDATE extension SET status = CASE WHEN id = ANY($1) THEN 'withdrawn' ELSE 'confirmed' END
     WHERE id = ANY($1) OR id = ANY($2)`,
    [withdraw.map((each) => each.id), restore.map((each) => each.id)],
  )
  const restate = changes.flatMap((change) => change.ends?.restate ?? [])
  if (restate.length > 0) {
    await client.query(
      `UPDATE extension SET kind = r.kind, cost = r.cost, rule = r.rule, grounds = r.grounds,
              approver = r.approver, notice_reference = r."noticeReference", invoiced = r.invoiced
       FROM json_to_recordset($1) AS r (id int, kind text, cost numeric, rule text, grounds text,
              approver text, "noticeReference" text, invoiced numeric)
       WHERE extension.id = r.id`,
      [JSON.stringify(restate.map(({ held: _, ...each }) => each))],
    )
  }
  const added = changes.flatMap(({ id, currency, ends }) =>
    (ends?.add ?? []).map((each) => extensionRow(organisationId, id, currency, each)),
  )
  await copyRows(client, 'extension', EXTENSION, added)
}

/** Products are the register's; buyers too, unless a person said who they are. */
async function rewriteParties(
  client: PoolClient,
  context: ImportContext,
  changes: readonly Change[],
): Promise<void> {
  const ids = changes.map(({ id }) => id)
  const rebought = changes.filter(({ buyers }) => buyers !== null)
  await client.query('DELETE FROM contract_buyer WHERE contract_id = ANY($1)', [
    rebought.map(({ id }) => id),
  ])
  await client.query('DELETE FROM contract_product WHERE contract_id = ANY($1)', [ids])
  const buyers = rebought.flatMap(({ id, staged: { draft } }) =>
    context.parties.buyerIds(draft).map((buyer, position) => [id, buyer, position]),
  )
  const products = changes.flatMap(({ id, staged: { draft } }) =>
    context.parties.productIds(draft).map((product) => [id, product]),
  )
  await copyRows(client, 'contract_buyer', ['contract_id', 'buyer_id', 'position'], buyers)
  await copyRows(client, 'contract_product', ['contract_id', 'product_id'], products)
}

async function writeImports(
  client: PoolClient,
  context: ImportContext,
  changes: readonly Change[],
): Promise<void> {
  // Written anew: updating 100,000 of them in place takes twice as long.
  await client.query('DELETE FROM contract_import WHERE contract_id = ANY($1)', [
    changes.map(({ id }) => id),
  ])
  const rows = changes.map(({ id, imported, staged: { hash } }) => {
    return [id, context.importId, hash, JSON.stringify(imported)]
  })
  await copyRows(client, 'contract_import', IMPORTED, rows)
}

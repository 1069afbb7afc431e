/** The forms that put contracts into the record, or put right what it says. */
import type { Pool } from 'pg'
import { type Actor, act } from '../actions/act.ts'
import { type ContractEntry, enterContract } from '../register/edit/create.ts'
import { type ContractEdit, editContract } from '../register/edit/edit.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { DeadlineKind } from '../rules/contract.ts'
import { type AddedFacts, addedAnswer } from '../text/contract-list.ts'
import type { Message } from '../text/facts.ts'
import { memberNamed } from './assign.ts'
import { needTeam } from './permissions.ts'
import type { ContractSent } from './read-form/contract.ts'
import type { RequestContext } from './request.ts'

/** A contract that no register holds. @throws UserError at its field. */
export async function addContract(
  request: RequestContext,
  { contract }: ContractSent,
): Promise<Message> {
  const { pool, organisation } = request.deps
  await needTeam(request, contract.teamId)
  const { owner, ...entry } = contract
  const contractId = await enterContract(pool, request.actor, {
    ...entry,
    ownerId: owner === null ? null : await memberNamed(request, owner, 'owner'),
  })
  return addedAnswer(await addedFacts(pool, organisation.id, contractId))
}

/** What the form changes: saving one that was open for long takes nothing back that others changed. */
export async function editOf(
  request: RequestContext,
  { changes: { owner, ...changes }, terminatesOn, why, holds }: ContractSent,
): Promise<ContractEdit> {
  if (changes.teamId !== undefined) await needTeam(request, changes.teamId)
  const ownerId =
    owner === undefined
      ? {}
      : { ownerId: owner === null ? null : await memberNamed(request, owner, 'owner') }
  const entry: Partial<ContractEntry> = { ...changes, ...ownerId }
  return { changes: entry, terminatesOn, why, holds }
}

export async function edit(
  request: RequestContext,
  actor: Actor,
  contractId: number,
  changed: ContractEdit,
): Promise<void> {
  await act(request.deps.pool, actor, contractId, (client, acted) =>
    editContract(client, { ...actor, ...acted, contractId }, changed),
  )
}

/** A contract that was just entered, and what is due of it next. */
async function addedFacts(
  pool: Pool,
  organisationId: number,
  contractId: number,
): Promise<AddedFacts> {
  const found = await pool.query<AddedFacts['contract'] & Omit<AddedFacts, 'contract' | 'next'>>(
    `SELECT c.id AS "contractId", c.version, c.reference, c.title, c.supplier, t.name AS team, c.historic,
            c.current_latest AS "end"
     FROM contract c JOIN team t ON t.id = c.team_id WHERE c.id = $1 AND c.organisation_id = $2`,
    [contractId, organisationId],
  )
  const next = await pool.query<{ kind: DeadlineKind; on: CivilDate }>(
    `SELECT kind, due_on AS "on" FROM deadline WHERE contract_id = $1 AND settled_why IS NULL
     ORDER BY due_on, kind LIMIT 1`,
    [contractId],
  )
  const [row] = found.rows
  if (!row) throw new Error(`Contract ${contractId} went away right after it was entered.`)
  const { team, historic, end, ...contract } = row
  return { contract, team, historic, end, next: next.rows[0] ?? null }
}

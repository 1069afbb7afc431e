/** One contract that a person enters by hand: as a register's row would be, in one transaction. */
import type { Pool, PoolClient } from 'pg'
import { beginAudit } from '../../db/audit.ts'
import { lockTeams, type Team } from '../../db/organisation.ts'
import type { RuleBook } from '../../db/rule-book.ts'
import { inTransaction } from '../../db/transaction.ts'
import type { CivilDate } from '../../domain/civil-date.ts'
import { Refusal } from '../../domain/refusal.ts'
import { prepareNew } from '../apply/create.ts'
import { referenceKey } from '../apply/fields.ts'
import { ensureSource } from '../apply/import-row.ts'
import { parties } from '../apply/parties.ts'
import { type ContractEntry, draftOf, referenceText } from './entry.ts'

/** The register of what people enter in Slack. */
const ENTERED_SOURCE = 'slack'

export interface EnteredBy {
  readonly organisationId: number
  readonly rulesOf: RuleBook
  readonly todayOf: (team: Team) => CivilDate
  readonly now: Date
  readonly personId: number | null
  readonly via: string
}

/**
 * Makes the contract with its deadlines; returns its number. It is watched from now on, without a
 * list to look through first: somebody has just looked at it.
 * @throws Refusal at its field where the reference is taken or the team is gone.
 */
export async function enterContract(
  pool: Pool,
  by: EnteredBy,
  entry: ContractEntry,
): Promise<number> {
  const { organisationId } = by
  return inTransaction(pool, async (client) => {
    // As an import does: two who enter the same reference at once would both find it free.
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1), $2)', ['import', organisationId])
    const teams = await lockTeams(client, organisationId)
    const team = teams.find(({ id, isDefault }) =>
      entry.teamId === null ? isDefault : id === entry.teamId,
    )
    if (!team) throw new Refusal('That team is gone: choose another.', [], 'team')
    await requireFree(client, organisationId, entry.reference, null)
    const sourceId = await ensureSource(client, {
      organisationId,
      source: ENTERED_SOURCE,
      isSample: false,
    })
    const found = parties(client, organisationId, teams, team)
    const audit = await beginAudit(client)
    const draft = draftOf(entry)
    const contractId = await reserveId(client)
    const write = await prepareNew(
      client,
      {
        organisationId,
        sourceId,
        importId: 0,
        today: by.todayOf(team),
        teams,
        rulesOf: by.rulesOf,
        parties: {
          ...found,
          resolve: (each) => ({ ...found.resolve(each), ownerId: entry.ownerId }),
        },
        audit,
        wrote: new Set(),
      },
      [
        {
          ordinal: 1,
          externalId: `ref:${referenceKey(draft.reference ?? '')}`,
          contractId,
          hash: '',
          draft,
        },
      ],
    )
    await write()
    const source = { organisationId, byPersonId: by.personId, via: by.via, at: by.now }
    await audit.finish(source, `created ${draft.reference ?? ''}`)
    return contractId
  })
}

/** @throws Refusal at the field where another contract has this reference. */
export async function requireFree(
  client: PoolClient,
  organisationId: number,
  typed: string,
  contractId: number | null,
): Promise<void> {
  const reference = referenceText(typed)
  const taken = await client.query<{ id: number; reference: string; title: string | null }>(
    `SELECT id, reference, coalesce(title, supplier) AS title FROM contract
     WHERE organisation_id = $1 AND reference_key = $2 AND id <> coalesce($3, 0) ORDER BY id LIMIT 1`,
    [organisationId, referenceKey(reference), contractId],
  )
  const [other] = taken.rows
  if (!other) return
  const name = other.title === null ? '' : ` (${other.title.slice(0, 40)})`
  throw new Refusal(
    `#${other.id} is called ${other.reference.slice(0, 40)} already${name}: edit that one, or give another reference.`,
    [],
    'reference',
  )
}

async function reserveId(client: PoolClient): Promise<number> {
  const reserved = await client.query<{ id: number }>(
    `SELECT nextval(pg_get_serial_sequence('contract', 'id'))::int AS id`,
  )
  return reserved.rows[0]?.id ?? 0
}

/** Taking back an extension that was recorded: everything stands as it stood before it. */
import type { Pool } from 'pg'
import type { CivilDate } from '../domain/civil-date.ts'
import type { ExtensionKind } from '../domain/extension.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { type Actor, act } from './act.ts'

interface Withdrawn {
  readonly kind: ExtensionKind
  readonly from: CivilDate
  readonly to: CivilDate
  readonly status: string
  readonly undid: {
    readonly closedOn: CivilDate | null
    readonly closedWhy: string | null
    readonly historic: boolean
    readonly outOfContractOn: CivilDate | null
  } | null
}

/**
 * Withdraws an extension: it stays in the ledger, moves nothing and costs nothing any more. What it
 * had put right of its contract (closed, historic, out of contract) is put back, unless another
 * extension still covers it. Its deadlines return, and warn once more.
 * @throws Refusal where it was withdrawn already, or is none of this contract's.
 */
export async function withdrawExtension(
  pool: Pool,
  actor: Actor,
  contractId: number,
  extensionId: number,
  why: string | null,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { record }) => {
    const { reference } = record.row
    const found = await client.query<Withdrawn>(
      `SELECT kind, from_on AS "from", to_on AS "to", status, undid FROM extension
       WHERE id = $1 AND contract_id = $2`,
      [extensionId, contractId],
    )
    const [extension] = found.rows
    if (!extension) throw new Refusal(`${reference} has no extension #${extensionId}.`)
    const { kind, from, to, status, undid } = extension
    if (status === 'withdrawn') {
      throw new Refusal(`That extension of ${reference} to ${dayText(to)} was withdrawn already.`)
    }
    await client.query(`UPDATE extension SET status = 'withdrawn' WHERE id = $1`, [extensionId])
    if (undid !== null && status === 'confirmed') {
      await client.query(
        `UPDATE contract SET closed_on = $2, closed_why = $3, historic = $4, out_of_contract_on = $5
         WHERE id = $1 AND closed_on IS NULL AND out_of_contract_on IS NULL
           AND NOT EXISTS (SELECT FROM extension e WHERE e.contract_id = $1 AND e.id > $6
                             AND e.status IN ('confirmed', 'presumed'))`,
        [
          contractId,
          undid.closedOn,
          undid.closedWhy,
          undid.historic,
          undid.outOfContractOn,
          extensionId,
        ],
      )
    }
    const said = why === null || why.trim() === '' ? to : `${to}: ${why.trim()}`
    return [{ contractId, what: 'extension withdrawn', field: kind, from, to: said }]
  })
}

/**
 * The extension that somebody means: by its number, else the last one recorded.
 * @throws Refusal where there is none that could be withdrawn.
 */
export async function extensionMeant(
  pool: Pool,
  contractId: number,
  extensionId: number | null,
): Promise<number> {
  const found = await pool.query<{ id: number }>(
    `SELECT id FROM extension WHERE contract_id = $1 AND ($2::int IS NULL OR id = $2)
       AND ($2::int IS NOT NULL OR status <> 'withdrawn') ORDER BY id DESC LIMIT 1`,
    [contractId, extensionId],
  )
  const [extension] = found.rows
  if (extension) return extension.id
  throw new Refusal(
    extensionId === null
      ? 'It has no extension that could be withdrawn.'
      : `It has no extension #${extensionId}: show lists those that it has.`,
  )
}

/** Staged rows out again, batch by batch, each as the contract that is to be written. */
import type { PoolClient } from 'pg'
import type { Draft } from '../draft.ts'

/** A contract that is to be written: a row, with the extensions of the rows that repeat it. */
export interface StagedContract {
  readonly ordinal: number
  readonly externalId: string
  /** A new contract's too: it has been reserved. */
  readonly contractId: number
  readonly hash: string
  readonly draft: Draft
}

/** The next rows of this verdict after this ordinal. */
export async function readStaged(
  client: PoolClient,
  verdict: 'new' | 'changed',
  after: number,
  limit: number,
): Promise<StagedContract[]> {
  const found = await client.query<Omit<StagedContract, 'draft'>>(
    `SELECT ordinal, external_id AS "externalId", contract_id AS "contractId", hash
     FROM staged WHERE verdict = $1 AND ordinal > $2 ORDER BY ordinal LIMIT $3`,
    [verdict, after, limit],
  )
  const repeats = await readRepeats(client, found.rows)
  const again = [...repeats.values()].flat()
  const texts = await readTexts(client, [...found.rows.map(({ ordinal }) => ordinal), ...again])
  return found.rows.map((row) => {
    const repeated = (repeats.get(row.externalId) ?? []).map((ordinal) => texts.get(ordinal) ?? '')
    return { ...row, draft: together(texts.get(row.ordinal) ?? '', repeated) }
  })
}

/** The rows that repeat these, by what they are known by. */
async function readRepeats(
  client: PoolClient,
  rows: readonly { readonly externalId: string }[],
): Promise<Map<string, number[]>> {
  const found = await client.query<{ externalId: string; ordinals: number[] }>(
    `SELECT external_id AS "externalId", array_agg(ordinal ORDER BY ordinal) AS ordinals FROM staged
     WHERE verdict = 'repeat' AND external_id = ANY($1) GROUP BY external_id`,
    [rows.map(({ externalId }) => externalId)],
  )
  return new Map(found.rows.map(({ externalId, ordinals }) => [externalId, ordinals]))
}

// By a list of their own: joined, the planner reads every draft for each batch, 15 s in 100,000.
async function readTexts(
  client: PoolClient,
  ordinals: readonly number[],
): Promise<Map<number, string>> {
  const found = await client.query<{ ordinal: number; draft: string }>(
    'SELECT ordinal, draft FROM staged_draft WHERE ordinal = ANY($1)',
    [ordinals],
  )
  return new Map(found.rows.map(({ ordinal, draft }) => [ordinal, draft]))
}

/** One contract from a row and those that repeat it with other extensions. */
function together(text: string, repeats: readonly string[]): Draft {
  const draft = JSON.parse(text) as Draft
  if (repeats.length === 0) return draft
  const extensions = [...draft.extensions]
  for (const repeat of repeats) {
    for (const extension of (JSON.parse(repeat) as Draft).extensions) {
      if (!extensions.some((each) => JSON.stringify(each) === JSON.stringify(extension))) {
        extensions.push(extension)
      }
    }
  }
  return { ...draft, extensions }
}

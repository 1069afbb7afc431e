/** What a contract covers, and what words for products mean: said by people. */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, writeAudit } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import { lockTeams } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { coverKey, recalculateSupport } from '../database/support.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import {
  type NamedRelease,
  possibleReleases,
  releaseChosen,
  releaseName,
  wordingKey,
} from '../rules/products.ts'
import type { CoverKind } from '../rules/support.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, act } from './act.ts'

export interface CoverInput {
  readonly product: string
  readonly release: string
  readonly kind: CoverKind
  readonly count: number | null
  /** Of extended support beyond what is published; null: nothing is said of it. */
  readonly custom: boolean | null
}

/** @throws UserError where the words name no release of the data. */
export function chosenRelease(product: string, release: string): NamedRelease {
  const chosen = releaseChosen(product, release)
  if (typeof chosen === 'string') throw new UserError(chosen, [], 'product')
  return chosen
}

/**
 * Records what a contract covers; returns what it is called. What was said of the same product before
 * with its service pack or version open gives way to it.
 */
export async function coverProduct(
  pool: Pool,
  actor: Actor,
  contractId: number,
  { product: words, release: said, kind, count, custom }: CoverInput,
): Promise<NamedRelease & { readonly name: string }> {
  const { product, release } = chosenRelease(words, said)
  if (custom !== null && kind !== 'extended-support') {
    throw new UserError('Only extended support is a custom agreement or none.', [], 'custom')
  }
  const name = releaseName(product, release)
  await act(pool, actor, contractId, async (client, { today }) => {
    const { organisationId } = actor
    const { cover } = tables(client)
    const before = await cover.findMany({ where: { contractId, product } })
    const narrowed = before.filter(
      (each) =>
        (each.kind === null || each.kind === kind) &&
        (each.release !== release || each.kind === null) &&
        isNarrower(product, each.release, release),
    )
    const key = coverKey({ product, release, kind })
    const own = before.find((each) => each.key === key)
    await cover.deleteMany({
      where: { contractId, OR: [{ key }, { id: { in: narrowed.map(({ id }) => id) } }] },
    })
    await cover.createMany({
      data: {
        ...{ organisationId, contractId, key, product, release, kind },
        count: count ?? own?.count ?? narrowed[0]?.count ?? null,
        custom: custom ?? own?.custom ?? null,
        words: own?.words ?? narrowed[0]?.words ?? null,
        ...{ chosenById: actor.personId, chosenOn: today },
      },
    })
    const gone = narrowed.map((each) => ({ product, release: each.release }))
    await recalculateSupport(client, { organisationId, today }, gone)
    const from = [...narrowed, ...(own === undefined ? [] : [own])]
    const told = (each: { release: string; kind: string | null; count: number | null }) =>
      [releaseName(product, each.release), each.kind, each.count].filter((part) => part !== null)
    const change: AuditChange = {
      ...{ contractId, what: 'updated', field: 'covers' },
      from: from.length === 0 ? null : from.map((each) => told(each).join(', ')).join('; '),
      to: [
        ...told({ release, kind, count }),
        ...(custom === true ? ['custom agreement'] : []),
      ].join(', '),
    }
    return [change]
  })
  return { product, release, name }
}

/** Whether a release is one of those that the other may mean, and says more. */
function isNarrower(product: string, wide: string, narrow: string): boolean {
  if (wide === narrow) return true
  const possible = new Set(possibleReleases(product, wide).map(({ release }) => release))
  const own = possibleReleases(product, narrow)
  return own.length <= possible.size && own.every(({ release }) => possible.has(release))
}

/** Takes back that a contract covers a product. @throws UserError where it does not. */
export async function uncoverProduct(
  pool: Pool,
  actor: Actor,
  contractId: number,
  words: { readonly product: string; readonly release: string },
): Promise<string> {
  const { product, release } = chosenRelease(words.product, words.release)
  const name = releaseName(product, release)
  await act(pool, actor, contractId, async (client, { today, record }) => {
    const { organisationId } = actor
    const gone = await tables(client).cover.deleteMany({ where: { contractId, product, release } })
    if (gone.count === 0) throw new UserError(`${record.row.reference} does not cover ${name}.`)
    await recalculateSupport(client, { organisationId, today }, [{ product, release }])
    return [{ contractId, what: 'updated', field: 'covers', from: name, to: null }]
  })
  return name
}

export interface WordingAnswered {
  /** What it is called; null: no product whose end of support is known. */
  readonly name: string | null
  /** Rows in use and contracts' covers that were linked by it. */
  readonly linked: number
}

/**
 * What these words mean, wherever they stand and come again: the release that a person names, or
 * none of the data.
 */
export async function answerWording(
  pool: Pool,
  {
    organisationId,
    personId,
    via,
    now,
  }: Pick<Actor, 'organisationId' | 'personId' | 'via' | 'now'>,
  today: CivilDate,
  words: string,
  meant: { readonly product: string; readonly release: string } | null,
): Promise<WordingAnswered> {
  const named = meant === null ? null : chosenRelease(meant.product, meant.release)
  const key = wordingKey(words)
  return inTransaction(pool, async (client) => {
    // Locked before the contracts, in the order in which every writer locks them.
    await lockTeams(client, organisationId)
    const { productWording } = tables(client)
    const before = await productWording.findFirst({ where: { organisationId, key } })
    const { product = null, release = '' } = named ?? {}
    await productWording.deleteMany({ where: { organisationId, key } })
    await productWording.createMany({
      data: {
        ...{ organisationId, key, words, product, release },
        ...{ answeredOn: today, answeredById: personId },
      },
    })
    const was =
      before === null || before.product === null
        ? []
        : [{ product: before.product, release: before.release }]
    const { rows, changes } = await link(client, organisationId, key, named, was)
    const moved = named === null ? was : [...was, named]
    await recalculateSupport(client, { organisationId, today }, moved)
    const name = named === null ? null : releaseName(named.product, named.release)
    const said = { contractId: null, what: 'updated', field: 'wording', from: words, to: name }
    const source = { organisationId, byPersonId: personId, via, at: now }
    await writeAudit(client, source, `said what ${words.slice(0, 60)} means`, [said, ...changes])
    return { name, linked: rows }
  })
}

/** Rows of these words, and those that an earlier answer had linked. */
async function link(
  client: PoolClient,
  organisationId: number,
  key: string,
  named: NamedRelease | null,
  was: readonly NamedRelease[],
) {
  const { product = null, release = '' } = named ?? {}
  const used = await tables(client).inUse.updateMany({
    where: { organisationId, key, OR: [{ product: null }, ...was] },
    data: { product, release },
  })
  if (named === null) return { rows: 0, changes: [] }
  const covered = await client.query<{ contractId: number }>(
    `UPDATE cover v SET product = $3, release = $4, key = $3 || '/' || $4 || '/' || coalesce(v.kind, '')
      WHERE v.organisation_id = $1 AND v.key = $2 AND v.product IS NULL
        AND NOT EXISTS (SELECT FROM cover o WHERE o.contract_id = v.contract_id
          AND o.key = $3 || '/' || $4 || '/' || coalesce(v.kind, ''))
      RETURNING v.contract_id AS "contractId"`,
    [organisationId, key, named.product, named.release],
  )
  const to = releaseName(named.product, named.release)
  const changes = covered.rows.map(({ contractId }): AuditChange => {
    return { contractId, what: 'updated', field: 'covers', from: null, to }
  })
  return { rows: used.count + covered.rows.length, changes }
}

/** What is covered and in use, how long it is supported, and what follows: of the whole organisation. */

import type { Pool, PoolClient } from 'pg'
import { IS_LIVE } from '../database/contracts.ts'
import { teamNames } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { readProductsInUse, type TeamProduct } from '../database/support.ts'
import { addDays, type CivilDate, daysBetween } from '../rules/civil-date.ts'
import {
  productData,
  readProduct,
  readProducts as readProductNames,
  releaseName,
  staleProducts,
} from '../rules/products.ts'
import { type Covering, runsOn, SUPPORT_LISTED_DAYS, supportPicture } from '../rules/support.ts'
import { compare, groupedBy } from '../rules/text-match.ts'
import type {
  CoverLine,
  ProductItem,
  ProductsAnswerFacts,
  ShownCover,
  SupportAnswerFacts,
  SupportItem,
  Wording,
} from '../text/support.ts'

interface SupportAsked {
  readonly organisationId: number
  readonly asOf: CivilDate
  /** Only what can be acted on within so many days, and what has passed; null: all. */
  readonly days: number | null
  readonly teamId?: number | null
}

/**
 * Every finding, the most pressing first: of each team by itself, as its reminders are; what holds for
 * several teams alike shares a line, and so do contracts that share a finding.
 */
export async function readSupport(
  client: Pool | PoolClient,
  { organisationId, asOf, days, teamId = null }: SupportAsked,
): Promise<SupportAnswerFacts> {
  const teams = await teamNames(client, organisationId)
  const found = (await readTheirs(client, organisationId, teamId)).flatMap((use) => {
    const { name, supportEnds, extendedEnds, findings } = supportPicture(use, asOf)
    return findings.map(({ finding, until, why, covers }): SupportItem => {
      return {
        ...{ product: use.product, release: use.release, name, supportEnds, extendedEnds },
        contracts: (covers.length > 0 ? covers : use.covers).map(lineOf),
        teams: [teams.get(use.teamId) ?? ''],
        ...{ finding, until, daysLeft: until === null ? null : daysBetween(asOf, until), why },
      }
    })
  })
  const same = groupedBy(found, ({ product, release, finding, until, why }) =>
    JSON.stringify([product, release, finding, until, why]),
  )
  const items = [...same.values()].flatMap((each) => together(each))
  const last = days === null ? null : addDays(asOf, days)
  return {
    ...{ asOf, days, dataAsOf: productData().asOf, stale: staleProducts(asOf) },
    items: items
      // What has no day is a question, whenever it is asked.
      .filter(({ until, finding }) =>
        until === null ? finding !== null : last === null || until <= last,
      )
      .sort((a, b) => compare(a.until ?? '9999', b.until ?? '9999') || compare(a.name, b.name)),
    wordings: (await readWordings(client, organisationId)).length,
  }
}

function together(items: readonly SupportItem[]): SupportItem[] {
  const [first] = items
  if (first === undefined) return []
  const teams = items.flatMap((each) => each.teams).sort(compare)
  return [{ ...first, contracts: onceEach(items.flatMap(({ contracts }) => contracts)), teams }]
}

function onceEach(lines: readonly CoverLine[]): CoverLine[] {
  return [...new Map(lines.map((each) => [JSON.stringify(each), each])).values()]
}

async function readTheirs(
  client: Pool | PoolClient,
  organisationId: number,
  teamId: number | null,
): Promise<TeamProduct[]> {
  const found = await readProductsInUse(client, organisationId)
  return found.filter((each) => teamId === null || each.teamId === teamId)
}

function lineOf({ reference, kind, latest: coverEnds }: Covering): CoverLine {
  return { reference, kind, coverEnds }
}

/** What is covered or in use by release; `uncovered`: only what a team uses and no contract covers for it. */
export async function readProducts(
  client: Pool | PoolClient,
  {
    organisationId,
    asOf,
    uncovered,
    teamId = null,
  }: Omit<SupportAsked, 'days'> & { readonly uncovered: boolean },
): Promise<ProductsAnswerFacts> {
  const teams = await teamNames(client, organisationId)
  const isBare = ({ covers, uses }: TeamProduct) =>
    uses.length > 0 && !covers.some((cover) => runsOn(cover, asOf))
  const theirs = (await readTheirs(client, organisationId, teamId)).filter(
    (use) => !uncovered || isBare(use),
  )
  const releases = groupedBy(theirs, ({ product, release }) => `${product} ${release}`)
  const items = [...releases.values()].flatMap((same): ProductItem[] => {
    const [use] = same
    if (use === undefined) return []
    const { name, supportEnds, extendedEnds } = supportPicture(use, asOf)
    const uses = same.flatMap((each) => each.uses)
    const counts = uses.flatMap(({ count }) => count ?? [])
    return [
      {
        ...{ product: use.product, release: use.release, name, supportEnds, extendedEnds },
        inUse: counts.length === 0 ? null : counts.reduce((sum, each) => sum + each, 0),
        sites: [...new Set(uses.flatMap(({ site }) => site ?? []))],
        contracts: onceEach(same.flatMap(({ covers }) => covers.map(lineOf))),
        uncovered: same.filter(isBare).map((each) => teams.get(each.teamId) ?? ''),
      },
    ]
  })
  return {
    ...{ asOf, uncovered, dataAsOf: productData().asOf },
    items: items.sort(
      (a, b) =>
        compare(a.supportEnds ?? '9999', b.supportEnds ?? '9999') || compare(a.name, b.name),
    ),
    wordings: await readWordings(client, organisationId),
  }
}

/** Words of registers and estates that nobody has linked, with what they seem to mean; most rows first. */
export async function readWordings(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<Wording[]> {
  const { cover, inUse, productWording } = tables(client)
  const of = { organisationId, product: null }
  const asked = { by: ['key'], _count: true, _min: { words: true } } as const
  const linked = await productWording.findMany({ where: { organisationId }, select: { key: true } })
  const rows = [
    ...(await inUse.groupBy({ ...asked, by: ['key'], where: of })),
    ...(await cover.groupBy({ ...asked, by: ['key'], where: { ...of, contract: IS_LIVE } })),
  ]
  const known = new Set(linked.map(({ key }) => key))
  const found = [...groupedBy(rows, ({ key }) => key)].flatMap(([key, same]) => {
    const [words = ''] = same.flatMap(({ _min }) => _min.words ?? []).sort(compare)
    const count = same.reduce((sum, each) => sum + each._count, 0)
    return known.has(key) ? [] : [{ words, count }]
  })
  found.sort((a, b) => b.count - a.count || compare(a.words, b.words))
  return found.map(({ words, count }) => {
    const { certainty, product, release } = readProduct(words)
    const name = product === null ? null : releaseName(product, release)
    return { words, count, certainty, product, release, name }
  })
}

/** What one contract covers, with what is found of it by itself. */
export async function readCovers(
  client: Pool | PoolClient,
  contractId: number,
  today: CivilDate,
): Promise<(ShownCover & { readonly id: number })[]> {
  const { contract, cover } = tables(client)
  const covers = await cover.findMany({ where: { contractId }, orderBy: { id: 'asc' } })
  if (covers.length === 0) return []
  const of = await contract.findFirst({
    where: { id: contractId },
    select: { organisationId: true, teamId: true },
  })
  const keys = covers.flatMap(({ product, release }) =>
    product === null ? [] : [{ product, release }],
  )
  const uses = of === null ? [] : await readProductsInUse(client, of.organisationId, keys)
  return covers.map(({ id, product, release, words, kind, count, custom, forAll }) => {
    const own = uses.find(
      (each) => each.product === product && each.release === release && each.teamId === of?.teamId,
    )
    const bare = { covers: [], elsewhere: [], together: null }
    const whole = { product: product ?? '', release, ...(own ?? bare), uses: [] }
    const picture = product === null ? null : supportPicture(whole, today)
    const findings = (picture?.findings ?? []).filter(
      ({ covers: found }) =>
        found.length === 0 || found.some((each) => each.contractId === contractId),
    )
    return {
      ...{ id, product, release, kind, count, custom, forAll },
      name: picture?.name ?? words ?? '',
      supportEnds: picture?.supportEnds ?? null,
      extendedEnds: picture?.extendedEnds ?? null,
      findings: findings.flatMap(({ finding, why }) =>
        finding === null ? [] : [{ finding, why }],
      ),
    }
  })
}

/** The product that a title seems to name, where nobody said what the contract covers: a question. */
export function coverProposed(title: string | null): { readonly name: string } | null {
  if (title === null) return null
  const read = readProductNames(title).find(
    ({ product, release }) => product !== null && release !== '',
  )
  return read === undefined || read.product === null
    ? null
    : { name: releaseName(read.product, read.release) }
}

/** Releases whose end of support lies within a year, for the weekly summary. */
export async function readEndingSupport(
  client: Pool | PoolClient,
  organisationId: number,
  teamId: number | null,
  today: CivilDate,
): Promise<SupportItem[]> {
  const asked = { organisationId, asOf: today, days: SUPPORT_LISTED_DAYS, teamId }
  const { items } = await readSupport(client, asked)
  return items.filter(({ finding }) => finding !== null)
}

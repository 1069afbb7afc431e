/** What a contract covers, and what words for products mean: said by people. */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, writeAudit } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import { lockTeams } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { coverKey, recalculateSupport } from '../database/support.ts'
import { queueSupportUpdates } from '../delivery/enqueue-updates.ts'
import { readWordings } from '../reports/support.ts'
import { addDays, type CivilDate, dayText } from '../rules/civil-date.ts'
import {
  type NamedRelease,
  possibleReleases,
  releaseChosen,
  releaseName,
  updatesNamed,
  wordingKey,
} from '../rules/products.ts'
import { quietUntil } from '../rules/reminder-plan.ts'
import type { CoverKind, RecordedCover } from '../rules/support.ts'
import { groupedBy } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import { workingDayOnOrBefore } from '../rules/working-days.ts'
import { type Actor, act, noteAct, pauseAlerts } from './act.ts'

export interface CoverInput {
  readonly product: string
  readonly release: string
  readonly kind: CoverKind
  readonly count: number | null
  /** Of extended support beyond what is published; null: nothing is said of it. */
  readonly custom: boolean | null
  /** Whether it holds for every team; null or left out: nothing is said of it. */
  readonly forAll?: boolean | null
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
  { product: words, release: said, kind, count, custom, forAll = null }: CoverInput,
): Promise<RecordedCover> {
  const { product, release } = chosenRelease(words, said)
  if (custom !== null && kind !== 'extended-support') {
    throw new UserError('Only extended support is a custom agreement or none.', [], 'custom')
  }
  const name = releaseName(product, release)
  let reference = ''
  await act(pool, actor, contractId, async (client, { today, record }) => {
    reference = record.row.reference
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
        forAll: forAll ?? own?.forAll ?? narrowed[0]?.forAll ?? false,
        words: own?.words ?? narrowed[0]?.words ?? null,
        ...{ chosenById: actor.personId, chosenOn: today },
      },
    })
    const gone = narrowed.map((each) => ({ product, release: each.release }))
    await recalculateSupport(client, { organisationId, today }, gone)
    const from = [...narrowed, ...(own === undefined ? [] : [own])]
    const told = (each: {
      release: string
      kind: string | null
      count: number | null
      forAll: boolean
    }) =>
      [
        releaseName(product, each.release),
        each.kind,
        each.count,
        each.forAll ? 'for all teams' : null,
      ].filter((part) => part !== null)
    const change: AuditChange = {
      ...{ contractId, what: 'updated', field: 'covers' },
      from: from.length === 0 ? null : from.map((each) => told(each).join(', ')).join('; '),
      to: [
        ...told({ release, kind, count, forAll: forAll ?? own?.forAll ?? false }),
        ...(custom === true ? ['custom agreement'] : []),
      ].join(', '),
    }
    return [change]
  })
  return { reference, product, release, name, leftOut: updatesNamed(`${words} ${said}`) }
}

/** Whether a release is one of those that the other may mean, and says more. */
function isNarrower(product: string, wide: string, narrow: string): boolean {
  if (wide === narrow) return true
  const possible = new Set(possibleReleases(product, wide).map(({ release }) => release))
  const own = possibleReleases(product, narrow)
  return own.length <= possible.size && own.every(({ release }) => possible.has(release))
}

interface CoverChange extends Omit<CoverInput, 'product' | 'release' | 'kind'> {
  /** Null: as it is, and so are the others. */
  readonly product: string | null
  readonly kind: CoverKind | null
  /** Takes the cover of this product off the contract. */
  readonly remove: boolean
}

/**
 * Changes one of the products that a contract covers, or takes it out.
 * @throws UserError where it is gone, or is still words and nobody says what they mean.
 */
export async function changeCover(
  pool: Pool,
  actor: Actor,
  contractId: number,
  coverId: number,
  change: CoverChange,
): Promise<
  | { readonly removed: true; readonly name: string }
  | (RecordedCover & { readonly removed: false; readonly said: CoverInput })
> {
  const { cover } = tables(pool)
  const was = await cover.findFirst({ where: { id: coverId, contractId } })
  if (was === null) {
    throw new UserError(
      'Somebody changed that product a moment ago: open the form again.',
      [],
      'which',
    )
  }
  const kind = change.kind ?? was.kind
  const said = {
    product: change.product ?? was.product ?? '',
    release: change.product === null ? was.release : '',
    kind: kind ?? 'support',
    count: change.count ?? was.count,
    custom: change.custom ?? (kind === 'extended-support' ? was.custom : null),
    forAll: change.forAll ?? was.forAll,
  }
  const name = was.product === null ? (was.words ?? '') : releaseName(was.product, was.release)
  if (change.remove) {
    await takeOut(pool, actor, contractId, coverId, name)
    return { name, removed: true }
  }
  if (said.product === '') {
    throw new UserError(`Say which product and release "${name}" is.`, [], 'product')
  }
  if (kind === null) throw new UserError('Say in what way it covers it.', [], 'kind')
  // First what may be refused: the old one goes only where the new one stands.
  const made = await coverProduct(pool, actor, contractId, said)
  const isSame =
    made.product === was.product && made.release === was.release && said.kind === was.kind
  if (!isSame) await takeOut(pool, actor, contractId, coverId, name)
  return { ...made, removed: false, said }
}

/** It may be gone already: what is said more closely takes the place of what was open. */
async function takeOut(
  pool: Pool,
  actor: Actor,
  contractId: number,
  coverId: number,
  name: string,
): Promise<void> {
  const held = await tables(pool).cover.count({ where: { id: coverId, contractId } })
  if (held === 0) return
  await act(pool, actor, contractId, async (client, { today }) => {
    const { organisationId } = actor
    const { cover } = tables(client)
    const was = await cover.findFirst({ where: { id: coverId, contractId } })
    await cover.deleteMany({ where: { id: coverId, contractId } })
    const gone = was?.product == null ? [] : [{ product: was.product, release: was.release }]
    await recalculateSupport(client, { organisationId, today }, gone)
    return [{ contractId, what: 'updated', field: 'covers', from: name, to: null }]
  })
}

/**
 * Takes back that a contract covers a product, in whatever way.
 * @throws UserError where it does not.
 */
export async function uncoverProduct(
  pool: Pool,
  actor: Actor,
  contractId: number,
  words: { readonly product: string; readonly release: string },
): Promise<{ readonly reference: string; readonly name: string }> {
  const { product, release } = chosenRelease(words.product, words.release)
  const name = releaseName(product, release)
  let reference = ''
  await act(pool, actor, contractId, async (client, { today, record }) => {
    reference = record.row.reference
    const { organisationId } = actor
    const gone = await tables(client).cover.deleteMany({ where: { contractId, product, release } })
    if (gone.count === 0) throw new UserError(`${reference} does not cover ${name}.`)
    await recalculateSupport(client, { organisationId, today }, [{ product, release }])
    return [{ contractId, what: 'updated', field: 'covers', from: name, to: null }]
  })
  return { reference, name }
}

interface WordingAnswered {
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

/**
 * Rows of these words, and those that an earlier answer had linked: what an answer links goes with it.
 * A cover that stands already, said by somebody or by columns, is not said twice.
 */
async function link(
  client: PoolClient,
  organisationId: number,
  key: string,
  named: NamedRelease | null,
  was: readonly NamedRelease[],
) {
  const { product = null, release = '' } = named ?? {}
  const used = await tables(client).inUse.updateMany({
    where: { organisationId, key, given: false, OR: [{ product: null }, ...was] },
    data: { product, release },
  })
  const before = await tables(client).cover.updateManyAndReturn({
    where: { organisationId, wording: key },
    data: { product: null, release: '', key, wording: null },
    select: { contractId: true },
  })
  const linked = named === null ? [] : await linkCovers(client, organisationId, key, named)
  const name = named === null ? null : releaseName(named.product, named.release)
  const [old] = was
  const from = old === undefined ? null : releaseName(old.product, old.release)
  const unlinked = before.filter(({ contractId }) => !linked.includes(contractId))
  const changed = (contractId: number, to: string | null): AuditChange => {
    const isCorrected = before.some((each) => each.contractId === contractId)
    return { contractId, what: 'updated', field: 'covers', from: isCorrected ? from : null, to }
  }
  const changes = [
    ...linked.map((contractId) => changed(contractId, name)),
    ...unlinked.map(({ contractId }) => changed(contractId, null)),
  ]
  return { rows: named === null ? 0 : used.count + linked.length, changes }
}

/** Covers of these words; returns their contracts. */
async function linkCovers(
  client: PoolClient,
  organisationId: number,
  wording: string,
  { product, release }: NamedRelease,
): Promise<number[]> {
  const { cover } = tables(client)
  const said = await cover.findMany({ where: { organisationId, key: wording, product: null } })
  const linked: number[] = []
  for (const [kind, alike] of groupedBy(said, (each) => each.kind)) {
    const key = coverKey({ product, release, kind })
    const ids = alike.map(({ contractId }) => contractId)
    const there = await cover.findMany({ where: { key, contractId: { in: ids } } })
    const standing = new Set(there.map(({ contractId }) => contractId))
    const free = alike.filter(({ contractId }) => !standing.has(contractId))
    const data = { product, release, key, wording }
    await cover.updateMany({ where: { id: { in: free.map(({ id }) => id) } }, data })
    linked.push(...free.map(({ contractId }) => contractId))
  }
  return linked
}

// What words are said to mean, wherever it is said: as proposed, as named, or nothing of the data.

export type MeaningSaid =
  | 'proposed'
  | 'nothing'
  | { readonly product: string; readonly release: string }

/** The answer to these words as somebody gave it. @throws UserError where nothing is proposed. */
export async function sayWording(
  pool: Pool,
  actor: Actor,
  today: CivilDate,
  words: string,
  said: MeaningSaid,
): Promise<WordingAnswered> {
  if (typeof said === 'object') return answerWording(pool, actor, today, words, said)
  if (said === 'nothing') return answerWording(pool, actor, today, words, null)
  const waiting = await readWordings(pool, actor.organisationId)
  const key = wordingKey(words)
  const known = waiting.find((each) => wordingKey(each.words) === key)
  if (known?.product == null) {
    throw new UserError(
      `Nothing is proposed for "${words.slice(0, 80)}": say which product it is, or that it is none that is known here.`,
    )
  }
  return answerWording(pool, actor, today, words, known as NamedRelease)
}

/** Links all waiting words of which there is no doubt. */
export async function sayCertainWordings(
  pool: Pool,
  actor: Actor,
  today: CivilDate,
): Promise<{
  readonly said: readonly { words: string; name: string | null }[]
  readonly rows: number
}> {
  const waiting = await readWordings(pool, actor.organisationId)
  const said: { words: string; name: string | null }[] = []
  let rows = 0
  for (const { words, name, certainty, product, release } of waiting) {
    if (certainty !== 'certain' || product === null) continue
    rows += (await answerWording(pool, actor, today, words, { product, release })).linked
    said.push({ words, name })
  }
  return { said, rows }
}

// Reminders of a release that somebody is on, or puts off: of a team, not of a contract.

/** A team's release, of whose end it was reminded. */
interface ReminderOf extends NamedRelease {
  readonly teamId: number
}

/**
 * Somebody is on it (`asked` null), or puts it off to a day or for so many days: the team's open reminders of this release rest, and
 * are asked again on the day that is returned. They never rest past the end that they are of.
 * @throws UserError where none is open, or the day is past the end.
 */
export async function restSupport(
  pool: Pool,
  actor: Actor,
  { teamId, product, release }: ReminderOf,
  asked: CivilDate | number | null,
): Promise<{ readonly name: string; readonly until: CivilDate }> {
  const name = releaseName(product, release)
  return inTransaction(pool, async (client) => {
    const { organisationId } = actor
    const team = (await lockTeams(client, organisationId)).find(({ id }) => id === teamId)
    if (team === undefined) throw new UserError('That team is gone.')
    const today = actor.todayOf(team)
    const until = typeof asked === 'number' ? addDays(today, asked) : asked
    // Sweeps lock the teams first as well: nobody raises or closes any of them meanwhile.
    const open = await tables(client).alert.findMany({
      where: {
        ...{ organisationId, teamId, product, release },
        state: { in: ['open', 'acknowledged', 'snoozed'] },
      },
      orderBy: [{ deadlineOn: 'asc' }, { id: 'asc' }],
      select: { id: true, deadlineOn: true },
    })
    const [first] = open
    if (first === undefined) {
      throw new UserError(`No reminder of ${name} is open for team ${team.name}: look at support.`)
    }
    if (
      until !== null &&
      (until <= today || (first.deadlineOn > today && until > first.deadlineOn))
    ) {
      const last =
        first.deadlineOn > today
          ? `, until ${dayText(first.deadlineOn)} at most, when support ends`
          : ''
      throw new UserError(`Put it off to a day to come${last}.`, [], 'until')
    }
    const { calendar } = actor.rulesOf(team)
    // On a day without work nothing is told: an end on a Sunday is asked about on the Friday before.
    const days = open.map(({ deadlineOn: on }) => {
      const wanted = until ?? quietUntil(today, on, calendar)
      const last = workingDayOnOrBefore(on, calendar)
      return last > today && wanted > last ? last : wanted
    })
    await pauseAlerts(
      client,
      open.map(({ id }, at) => ({ id, on: days[at] ?? today })),
      {
        state: until === null ? 'acknowledged' : 'snoozed',
        ...{ actedOn: today, actedById: actor.personId },
      },
    )
    await recalculateSupport(client, { organisationId, today }, [{ product, release }])
    const next = days.reduce((a, b) => (a < b ? a : b))
    await queueSupportUpdates(client, {
      ...{ organisationId, today, personId: actor.personId, product, release },
      ...{ alertIds: open.map(({ id }) => id), what: until === null ? 'on-it' : 'put-off' },
      until: next,
    })
    const what = until === null ? 'acknowledged' : 'snoozed'
    await noteAct(client, actor, `${what} ${name} of team ${team.name}`, [
      { contractId: null, what, field: `support of ${name}`, from: null, to: next },
    ])
    return { name, until: next }
  })
}

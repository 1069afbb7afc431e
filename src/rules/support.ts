/**
 * What contracts cover, against how long its product is supported: what is found, each with its
 * reason, and on which days it is told. Pure.
 */
import { addDays, type CivilDate, dayText } from './civil-date.ts'
import { type NamedRelease, possibleReleases, type Release, releaseName } from './products.ts'
import { datedSchedule, type ReminderSchedule, remindersAround } from './reminder-schedule.ts'
import { compare } from './text-match.ts'
import { type Calendar, workingDayOnOrAfter } from './working-days.ts'

export const COVER_KINDS = ['licence', 'support', 'extended-support', 'hosting'] as const
export type CoverKind = (typeof COVER_KINDS)[number]

/** A contract that covers a product for a team: its own, or one that extends to the team. */
export interface Covering {
  readonly contractId: number
  readonly reference: string
  /** How it extends to a team that does not hold it; null: the team's own. */
  readonly shared: 'all' | 'umbrella' | null
  /** Null where nobody said in what way. */
  readonly kind: CoverKind | null
  readonly count: number | null
  /** Of extended support beyond what is published: whether it is a custom agreement; null: nobody said. */
  readonly custom: boolean | null
  /** The first day on which it covers the team; null where none is known. */
  readonly from: CivilDate | null
  /** Where some of the team's organisations join it later, or on no day that is known: when it covers all. */
  readonly allFrom: CivilDate | 'unknown' | null
  /**
   * The last day: its current end, or that of the membership; of an imprecise one the earliest and the
   * latest; null where none is known.
   */
  readonly earliest: CivilDate | null
  readonly latest: CivilDate | null
  /** The open day by which its replacement has to begin. */
  readonly startBy: CivilDate | null
}

/** What may look like cover of a team and is none, with why. */
export interface NotCovering {
  readonly contractId: number
  readonly reference: string
  /**
   * Of another team; of a member whose days nobody could read; of a member, and it names another
   * release of this product, or holds extended support for others alone.
   */
  readonly why: 'other-team' | 'unread' | 'not-named' | 'not-extended'
  /** Whose contract it is. */
  readonly team: string
}

export interface InUse {
  readonly count: number | null
  readonly site: string | null
}

/** A product's release, as it was said, with what covers it and where it is in use: of one team. */
export interface ProductInUse {
  readonly product: string
  readonly release: string
  readonly covers: readonly Covering[]
  readonly uses: readonly InUse[]
  readonly elsewhere: readonly NotCovering[]
  /** The teams that share contracts with this one, itself among them; null where none uses it beside this one. */
  readonly together: Together | null
}

export interface Together {
  readonly teams: readonly Pick<ProductInUse, 'covers' | 'uses'>[]
  /** The contracts that they share. */
  readonly contractIds: readonly number[]
}

/** Whether it covers anything on this day; an end known to a month alone counts to its last day. */
export function runsOn({ from, latest }: Covering, day: CivilDate): boolean {
  return hasBegun({ from }, day) && (latest === null || latest >= day)
}

function hasBegun({ from }: Pick<Covering, 'from'>, day: CivilDate): boolean {
  return from === null || from <= day
}

/** Whether it has begun for all of the team's organisations. */
function hasBegunForAll({ from, allFrom }: Covering, day: CivilDate): boolean {
  return allFrom !== 'unknown' && hasBegun({ from: allFrom ?? from }, day)
}

const SUPPORT_FINDINGS = [
  'past-last-support',
  'past-support',
  'cover-outlasts-support',
  'cover-ends-before-support',
  'buy-successor',
  'not-covered',
  'covered-in-part',
  'count-unknown',
  'custom-agreement',
  'support-ends-with-cover',
  'which-release',
  'end-unknown',
] as const
export type SupportFindingName = (typeof SUPPORT_FINDINGS)[number]

interface SupportFinding {
  /** Null: nothing is to be done. */
  readonly finding: SupportFindingName | null
  /** The day until which something can be done about it; null where no day is known. */
  readonly until: CivilDate | null
  readonly why: string
  readonly covers: readonly Covering[]
}

interface SupportPicture {
  readonly name: string
  /** Of several possible releases the earliest end still ahead, else the last; null is unknown. */
  readonly supportEnds: CivilDate | null
  readonly extendedEnds: CivilDate | null
  readonly findings: readonly SupportFinding[]
}

/** What is found of one release on this day, what is most pressing first. */
export function supportPicture(whole: ProductInUse, today: CivilDate): SupportPicture {
  const { product, release, covers } = whole
  const possible = possibleReleases(product, release)
  const name = releaseName(product, release)
  const { supportEnds, extendedEnds } = endsOn(possible, today)
  const findings = [
    ...ofRelease(name, possible, whole, { supportEnds, extendedEnds }, today),
    ...covers.flatMap((cover) => ofCover(cover, whole, { supportEnds, extendedEnds }, today)),
  ]
  const nothing: SupportFinding = {
    finding: null,
    until: supportEnds,
    why: supportEnds === null ? '' : `supported until ${dayText(supportEnds)}`,
    covers,
  }
  return {
    name,
    supportEnds,
    extendedEnds,
    findings: findings.length > 0 ? findings.sort(byDay) : [nothing],
  }
}

function byDay(a: SupportFinding, b: SupportFinding): number {
  return compare(a.until ?? '9999', b.until ?? '9999')
}

interface Ends {
  readonly supportEnds: CivilDate | null
  readonly extendedEnds: CivilDate | null
}

/** A release that somebody said a contract covers. */
export interface RecordedCover extends NamedRelease {
  /** Of the contract. */
  readonly reference: string
  readonly name: string
  /** Updates that were named, and that no release of the data tells apart. */
  readonly leftOut: readonly string[]
}

/** Until when a release is supported on this day, and what is asked where several may be meant. */
export function releaseEnds(
  product: string,
  release: string,
  today: CivilDate,
): Ends & { readonly which: string | null } {
  const possible = possibleReleases(product, release)
  const ends = endsOn(possible, today)
  return { ...ends, which: whichAsked(releaseName(product, release), possible, ends, today) }
}

function whichAsked(
  name: string,
  possible: readonly Release[],
  { supportEnds }: Ends,
  today: CivilDate,
): string | null {
  return possible.length !== 1 || isPackOpen(possible, name)
    ? whichWhy(name, possible, supportEnds, today)
    : null
}

/** An unknown end comes before one that has passed: unknown is not "ended". */
function endsOn(possible: readonly Release[], today: CivilDate): Ends {
  const known = possible
    .filter(({ supportEnds }) => supportEnds !== null)
    .sort((a, b) => ((a.supportEnds ?? '') < (b.supportEnds ?? '') ? -1 : 1))
  const ahead = known.find(({ supportEnds }) => (supportEnds ?? '') >= today)
  const counts = ahead ?? (known.length < possible.length ? undefined : known.at(-1))
  return { supportEnds: counts?.supportEnds ?? null, extendedEnds: counts?.extendedEnds ?? null }
}

function ofRelease(
  name: string,
  possible: readonly Release[],
  whole: ProductInUse,
  { supportEnds, extendedEnds }: Ends,
  today: CivilDate,
): SupportFinding[] {
  const { covers, uses } = whole
  const found: SupportFinding[] = []
  const add = (finding: SupportFindingName, until: CivilDate | null, why: string) => {
    found.push({ finding, until, why, covers: [] })
  }
  const which = whichAsked(name, possible, { supportEnds, extendedEnds }, today)
  if (which !== null) add('which-release', supportEnds, which)
  const last = laterKnown(supportEnds, extendedEnds)
  const held = extendedSupport(whole, extendedEnds, today, today)
  const perhaps = elsewhereWords(whole, today)
  const open = covers.some((cover) => isCustomAsked(cover, extendedEnds))
  if (supportEnds !== null && supportEnds < today && held?.isEnough !== true) {
    if (extendedEnds !== null && extendedEnds >= today) {
      const isUndated = covers.some(
        ({ kind, earliest }) => kind === 'extended-support' && earliest === null,
      )
      const why = isUndated
        ? `support ended on ${dayText(supportEnds)}; extended support is recorded, and its last day is not known: give it. It is sold until ${dayText(extendedEnds)}`
        : `support ended on ${dayText(supportEnds)} and ${held?.words ?? 'no extended support is recorded'}: ask for its price now, it is sold until ${dayText(extendedEnds)}, or replace it${perhaps}`
      // That day has passed, whenever the offer ends: no list of the next days is without it.
      add('past-support', supportEnds, why)
    } else {
      const why = `the last support ended on ${dayText(last ?? supportEnds)}: no fault is mended any more${held === null ? '' : ` (${held.words})`}; replace it${open ? ', or say that the agreement is a custom one' : ''}${perhaps}`
      add('past-last-support', last, why)
    }
  }
  if (supportEnds === null && covers.every(({ custom }) => custom !== true)) {
    const why =
      'nobody has published when its support ends: unknown, which is not "never"; ask its supplier for the day'
    add('end-unknown', null, why)
  }
  if (uses.length > 0) found.push(...ofUses(whole, supportEnds, today))
  return found
}

/** A single release with a service pack, where none was said. */
function isPackOpen(possible: readonly Release[], name: string): boolean {
  const label = possible[0]?.label ?? ''
  return /\bSP\d/.test(label) && /-sp\d/.test(possible[0]?.release ?? '') && !/\bSP\d/.test(name)
}

function whichWhy(
  name: string,
  possible: readonly Release[],
  ends: CivilDate | null,
  today: CivilDate,
): string {
  if (possible.length === 0) return `${name} is not in the data: which release is it?`
  const labels = possible.slice(0, 6).map(({ label }) => label.replace(/ ?'[^']*'/g, ''))
  const more = possible.length > 6 ? ` and ${possible.length - 6} more` : ''
  const what = possible.some(({ release }) => /-sp\d/.test(release)) ? 'service pack' : 'release'
  const asked = `which ${what} is it: ${labels.join(', ')}${more}?`
  if (ends === null) return `${asked} Until somebody says, its end is unknown`
  return ends < today
    ? `${asked} The end of each has passed, of the last on ${dayText(ends)}`
    : `${asked} Until somebody says, the earliest end still ahead counts, ${dayText(ends)}`
}

function ofUses(whole: ProductInUse, ends: CivilDate | null, today: CivilDate): SupportFinding[] {
  const { covers } = whole
  const runsNow = covers.filter((cover) => runsOn(cover, today))
  const { used: usedHere, where: whereHere } = usedWords(whole.uses, 1)
  if (runsNow.length === 0) {
    const when = covers.map((each) => notYetWords(each, today)).join('')
    const why = `${usedHere}${whereHere}, and no contract covers it${when}${elsewhereWords(whole, today)}`
    return [{ finding: 'not-covered', until: ends, why, covers }]
  }
  if (!runsNow.some((cover) => hasBegunForAll(cover, today))) {
    const notAll = runsNow.map(({ reference, allFrom }) =>
      allFrom === null || allFrom === 'unknown'
        ? `, and ${reference} does not cover all of its organisations`
        : `, and ${reference} covers all of its organisations from ${dayText(allFrom)}`,
    )
    const why = `${usedHere}${whereHere}${notAll.join('')}${elsewhereWords(whole, today)}`
    return [{ finding: 'covered-in-part', until: ends, why, covers }]
  }
  const count = counted(whole, (cover) => runsOn(cover, today))
  if (count.isEnough) return []
  const { used, where, isWhole, least, covered, uncounted, open } = count
  const perhaps = elsewhereWords(whole, today)
  if (covered < least && uncounted.length === 0) {
    const more = isWhole ? '' : ', beside rows that give no number'
    const why = `${used}${where}${more}, and its contracts cover ${covered}${perhaps}`
    return [{ finding: 'covered-in-part', until: ends, why, covers }]
  }
  const why = `${used}${where}, its contracts cover ${covered}, and nobody knows whether that is enough: ask about ${open}${perhaps}`
  return [{ finding: 'count-unknown', until: ends, why, covers }]
}

/** How many are in use at the least, and whether every row says how many. */
function usedWords(uses: readonly InUse[], teams: number) {
  const counts = uses.flatMap(({ count }) => count ?? [])
  const least = counts.reduce((sum, each) => sum + each, 0)
  const isWhole = counts.length === uses.length
  const sites = new Set(uses.flatMap(({ site }) => site ?? [])).size
  const where = [
    sites > 1 ? ` at ${sites} sites` : '',
    teams > 1 ? ` in ${teams} teams together` : '',
  ].join('')
  return { used: counts.length === 0 ? 'in use' : `in use ${least} times`, where, least, isWhole }
}

interface CountedTeam {
  readonly uses: readonly InUse[]
  /** What covers this team alone. */
  readonly own: readonly Covering[]
  readonly shared: readonly Covering[]
}

/**
 * What is in use against what covers it, over all teams that draw on the same contracts.
 * @param draws what covers a team at all
 * @param covers of that what counts: it covers all of the team
 */
function counted(
  whole: ProductInUse,
  draws: (cover: Covering) => boolean,
  covers: (cover: Covering) => boolean = draws,
) {
  const teams = drawing(whole, draws).map(({ uses, own, shared }) => {
    return { uses, own: own.filter(covers), shared: shared.filter(covers) }
  })
  const pool = new Map(
    teams.flatMap(({ shared }) => shared.map((each) => [`${each.contractId} ${each.kind}`, each])),
  )
  const all = [...teams.flatMap(({ own }) => own), ...pool.values()]
  const uses = usedWords(
    teams.flatMap((team) => team.uses),
    teams.length,
  )
  const { covered, uncounted } = coveredOf(teams, [...pool.values()])
  const open = [
    ...(uses.isWhole ? [] : ['rows that give no number of what is in use']),
    ...uncounted.map((reference) => `${reference}, which does not say how many it covers`),
  ]
  // One that states no number is for all that is in use, unless others beside it are counted.
  const isForAll = all.every(({ count }) => count === null)
  return {
    ...{ ...uses, covered, uncounted, open: open.slice(0, 4).join('; ') },
    isEnough: isForAll || (covered >= uses.least && uses.isWhole),
  }
}

/** Those whose uses are counted together: all that draw on the same contracts. */
function drawing(whole: ProductInUse, draws: (cover: Covering) => boolean): CountedTeam[] {
  const ids = whole.together?.contractIds ?? []
  const of = ({ covers, uses }: Pick<ProductInUse, 'covers' | 'uses'>): CountedTeam => {
    const drawn = covers.filter(draws)
    const shared = drawn.filter(({ contractId }) => ids.includes(contractId))
    return { uses, own: drawn.filter((each) => !shared.includes(each)), shared }
  }
  const self = of(whole)
  if (self.shared.length === 0) return [self]
  return (whole.together?.teams ?? [])
    .map(of)
    .filter(({ uses, shared }) => uses.length > 0 && shared.length > 0)
}

/**
 * How many are covered at the least, and by which contracts perhaps more. A licence and its support
 * cover the same one: of the ways of cover the one that covers most counts, and a way without any
 * number is none to count by. What one team has of its own and does not use is nothing to another.
 */
function coveredOf(teams: readonly CountedTeam[], pool: readonly Covering[]) {
  const all = [...teams.flatMap(({ own }) => own), ...pool]
  const ways = new Set(all.filter(({ count }) => count !== null).map(({ kind }) => kind))
  const [most] = [...ways]
    .map((way) => {
      const covered = teams.reduce((sum, { own, uses }) => {
        const counts = countsOf(own)
        const used = usedWords(uses, 1).least
        const isEnough = teams.length > 1 && [...counts.values()].some((each) => each >= used)
        return sum + (isEnough ? used : (counts.get(way) ?? 0))
      }, countsOf(pool).get(way) ?? 0)
      const uncounted = all.filter(({ kind, count }) => kind === way && count === null)
      return { covered, uncounted: uncounted.map(({ reference }) => reference) }
    })
    .sort((a, b) => b.covered - a.covered)
  return most ?? { covered: 0, uncounted: [] }
}

/** How many are covered, by the way of cover. */
function countsOf(covers: readonly Covering[]): ReadonlyMap<CoverKind | null, number> {
  const counts = new Map<CoverKind | null, number>()
  for (const { kind, count } of covers) counts.set(kind, (counts.get(kind) ?? 0) + (count ?? 0))
  return counts
}

/** That it has ended, or is still to begin, for this team. */
function notYetWords({ reference, from, latest }: Covering, today: CivilDate): string {
  if (latest !== null && latest < today) return `, ${reference} ended on ${dayText(latest)}`
  if (from !== null && latest !== null && from > latest) {
    return `, ${reference} ends before it would cover you`
  }
  return from !== null && from > today ? `, ${reference} begins on ${dayText(from)}` : ''
}

/** Extended support is missed by what has no support of its own any more. */
function tellsOf(
  { why }: NotCovering,
  { product, release }: Pick<ProductInUse, 'product' | 'release'>,
  today: CivilDate,
): boolean {
  if (why !== 'not-extended') return true
  const { supportEnds } = endsOn(possibleReleases(product, release), today)
  return supportEnds !== null && supportEnds < today
}

/** Whether a team uses it although an agreement of which it is a member does not name it. */
export function isNotNamed(whole: ProductInUse, contractId: number, today: CivilDate): boolean {
  return whole.elsewhere.some(
    (each) =>
      each.contractId === contractId && each.why.startsWith('not-') && tellsOf(each, whole, today),
  )
}

function notCoveringWords({ reference, team, why }: NotCovering): string {
  if (why === 'other-team') {
    return `covered by team ${team}'s ${reference}: check whether it extends to you`
  }
  return why === 'unread'
    ? `${reference} counts for nothing, as nobody could read your days under it: say them`
    : `${reference}, of which you are a member, does not name it`
}

/** So many contracts that may extend to the team are named. */
const ELSEWHERE = 3

function elsewhereWords(whole: ProductInUse, today: CivilDate): string {
  const { elsewhere } = whole
  const told = elsewhere.filter((each) => tellsOf(each, whole, today))
  const named = told.slice(0, ELSEWHERE).map(notCoveringWords)
  const left = told.length - named.length
  return named.length === 0 ? '' : `; ${named.join('; ')}${left > 0 ? '; and others' : ''}`
}

/** The last day that extended support under this contract reaches; null where it is none, or none is known. */
function reach({ kind, custom, earliest }: Covering, extendedEnds: CivilDate | null) {
  if (kind !== 'extended-support' || earliest === null) return null
  if (custom === true) return earliest
  return extendedEnds === null ? null : earlier(earliest, extendedEnds)
}

/**
 * Whether the extended support that reaches this day is for all that is in use, with words for what is
 * not; null where none is held.
 * @param begun the day by which it has begun for all of the team; null: on any
 */
function extendedSupport(
  whole: ProductInUse,
  extendedEnds: CivilDate | null,
  to: CivilDate,
  begun: CivilDate | null,
): { readonly isEnough: boolean; readonly words: string } | null {
  const isHeld = (cover: Covering) =>
    (reach(cover, extendedEnds) ?? '') >= to && (begun === null || hasBegun(cover, begun))
  const isForTeam = (cover: Covering) =>
    isHeld(cover) && (begun === null || hasBegunForAll(cover, begun))
  if (!whole.covers.some(isForTeam)) return null
  if (whole.uses.length === 0) return { isEnough: true, words: '' }
  const { where, least, isWhole, covered, uncounted, open, isEnough } = counted(
    whole,
    isHeld,
    isForTeam,
  )
  const inUse = least === 0 ? '' : ` of ${isWhole ? '' : 'at least '}${least}`
  const of = `${covered}${inUse}${where} covered by extended support`
  const words =
    covered < least && uncounted.length === 0
      ? `${of}, ${isWhole ? '' : 'at least '}${least - covered} without`
      : `${of}, and nobody knows whether that is enough (ask about ${open})`
  return { isEnough, words }
}

/** Extended support past what is published, of which nobody said what it rests on. */
function isCustomAsked(
  { kind, custom, latest }: Covering,
  extendedEnds: CivilDate | null,
): boolean {
  if (kind !== 'extended-support' || custom !== null) return false
  return extendedEnds === null || latest === null || latest > extendedEnds
}

function ofCover(
  cover: Covering,
  whole: ProductInUse,
  { supportEnds, extendedEnds }: Ends,
  today: CivilDate,
): SupportFinding[] {
  const { kind, custom, earliest, latest, startBy } = cover
  const reference =
    cover.shared === 'umbrella' ? `membership of ${cover.reference}` : cover.reference
  const found = (finding: SupportFindingName, until: CivilDate | null, why: string) => {
    return [{ finding, until, why, covers: [cover] }]
  }
  if (kind === 'extended-support') {
    if (custom === true) {
      const why = `${reference} is a custom agreement: support ends with it${earliest === null ? ', and its end is unknown' : `, on ${endWords(cover)}`}`
      return found('support-ends-with-cover', earliest, why)
    }
    if (isCustomAsked(cover, extendedEnds)) {
      const published =
        extendedEnds === null
          ? 'no extended support is published'
          : `extended support is published until ${dayText(extendedEnds)}`
      const why = `${reference} covers it until ${endWords(cover)}, and ${published}: is it a custom agreement? Once that is confirmed, its own end is the end of support`
      return found('custom-agreement', earliest, why)
    }
    if (extendedEnds !== null && latest !== null && latest < extendedEnds) {
      const why = `${reference} ends on ${endWords(cover)}, and extended support is sold until ${dayText(extendedEnds)}: extend it, or replace the product by then`
      return found('cover-ends-before-support', earliest, why)
    }
    return []
  }
  if (supportEnds === null || supportEnds < today) return []
  const successor =
    startBy !== null && latest !== null && addDays(latest, 1) > supportEnds
      ? found(
          'buy-successor',
          startBy,
          `a replacement of ${reference} begun by ${dayText(startBy)} starts on ${dayText(addDays(latest, 1))}, after support ends on ${dayText(supportEnds)}: buy the successor, not the same`,
        )
      : []
  if (latest !== null && latest < supportEnds) {
    const why = `${reference} ends on ${endWords(cover)}, before support does on ${dayText(supportEnds)}: extend or replace the cover by then`
    return found('cover-ends-before-support', earliest, why)
  }
  const needed = laterKnown(supportEnds, latest === null ? null : earlier(latest, extendedEnds))
  const held = extendedSupport(whole, extendedEnds, needed ?? supportEnds, null)
  if (latest === supportEnds || held?.isEnough === true) return successor
  const sold =
    extendedEnds === null
      ? 'ask now whether extended support is sold and at what price'
      : `ask for the price of extended support now (it is sold until ${dayText(extendedEnds)})`
  const runs = latest === null ? 'has no end that is known' : `runs until ${endWords(cover)}`
  const why = `${reference} ${runs}, past the end of support on ${dayText(supportEnds)}: ${sold}, or replace it by then`
  return [...found('cover-outlasts-support', supportEnds, why), ...successor]
}

/** `Sat 30 Jun 2018`, or the days between which it lies. */
function endWords({ earliest, latest }: Covering): string {
  if (earliest === null || latest === null) return 'an unknown day'
  return earliest === latest
    ? dayText(latest)
    : `a day from ${dayText(earliest)} to ${dayText(latest)}`
}

function earlier(a: CivilDate, b: CivilDate | null): CivilDate {
  return b !== null && b < a ? b : a
}

/** The later of two first days; none that is known comes before all. */
export function laterKnown(a: CivilDate | null, b: CivilDate | null): CivilDate | null {
  return a === null || (b !== null && b > a) ? b : a
}

// --- Reminders ------------------------------------------------------------------------------

const SUPPORT_SCHEDULE: ReminderSchedule = {
  before: [180, 90, 30, 7, 0],
  afterwards: 'nothing',
}
/** So long before its end a release stands in the weekly summary. */
export const SUPPORT_LISTED_DAYS = 365
/** What is told although a team's first list is not looked through yet. */
const TOLD_WHILE_HELD_DAYS = 30

/** An end of support: as published, of extended support that is held, or of a custom agreement. */
export interface SupportDeadline {
  readonly on: CivilDate
  readonly what: 'support' | 'extended' | 'custom'
  /** Extended support is held past it, but not for all that is in use: how many are without. */
  readonly inPart?: string
}

/**
 * The ends of support that nothing settles, by day: held extended support settles the end before it,
 * where it is for all that is in use, and has begun by this day or begins when that support ends.
 */
export function supportDeadlines(whole: ProductInUse, today: CivilDate): SupportDeadline[] {
  const { product, release, covers } = whole
  const open = new Map<CivilDate, SupportDeadline>()
  for (const { custom, kind, earliest } of covers) {
    if (kind === 'extended-support' && custom === true && earliest !== null) {
      open.set(earliest, { on: earliest, what: 'custom' })
    }
  }
  for (const { supportEnds, extendedEnds } of possibleReleases(product, release)) {
    if (supportEnds === null) continue
    const add = (on: CivilDate, what: SupportDeadline['what']) => {
      const held = heldPast(whole, extendedEnds, on, today)
      if (held?.isEnough === true || open.has(on)) return
      open.set(on, { on, what, ...(held === null ? {} : { inPart: held.words }) })
    }
    add(supportEnds, 'support')
    const begun = addDays(laterKnown(supportEnds, today) ?? supportEnds, 1)
    const endsThere = covers.some((cover) => {
      const last = reach(cover, extendedEnds) ?? ''
      return last > supportEnds && last <= (extendedEnds ?? '') && hasBegunForAll(cover, begun)
    })
    if (extendedEnds !== null && endsThere) add(extendedEnds, 'extended')
  }
  return [...open.values()].sort((a, b) => (a.on < b.on ? -1 : 1))
}

/** What is held past this end. What was enough on the day after it stays so, whoever shares it later. */
function heldPast(
  whole: ProductInUse,
  extendedEnds: CivilDate | null,
  on: CivilDate,
  today: CivilDate,
) {
  const next = addDays(on, 1)
  const held = extendedSupport(whole, extendedEnds, next, next)
  if (today <= on || held?.isEnough === true) return held
  return extendedSupport(whole, extendedEnds, next, addDays(today, 1))
}

/** A reminder that was raised before. */
export interface ToldSupport {
  readonly on: CivilDate
  readonly rung: number
  /** Somebody is on it, or put it off: quiet before this day. */
  readonly pausedUntil: CivilDate | null
}

export interface DueSupport extends SupportDeadline {
  /** Days before the end that this reminder stands for. */
  readonly rung: number
  /** Its pause has run out, and nothing has settled it since. */
  readonly askedAgain: boolean
  /** Reminders that a gap or a late first sight left out, from the first to the last. */
  readonly skipped: { readonly from: number; readonly to: number } | null
}

/** Since when a team's release is watched, until when its reminders are held, and the team's days of work. */
interface SupportWatch {
  readonly firstSeenOn: CivilDate
  readonly heldUntil: CivilDate | null
  readonly calendar: Calendar
}

interface SupportPlan {
  readonly raise: readonly DueSupport[]
  /** The next day to look at it; null where nothing is to come. */
  readonly nextCheckOn: CivilDate | null
}

/**
 * What is due on this day. What is paused waits for the day on which it is asked again. The nearest
 * reminder that has passed is told once, with the days really left; what had ended before it was first
 * seen, only where nothing is ahead, or for the part that nothing supports: then it is unsupported.
 * @param told the reminders raised before, by the end that they are of
 */
export function planSupport(
  deadlines: readonly SupportDeadline[],
  told: readonly ToldSupport[],
  day: CivilDate,
  of: SupportWatch,
): SupportPlan {
  const raise: DueSupport[] = []
  const checks: CivilDate[] = []
  const last = deadlines.at(-1)
  const lastSupport = deadlines.filter(({ what }) => what === 'support').at(-1)
  for (const deadline of deadlines) {
    const isTold = deadline === last || (deadline === lastSupport && deadline.inPart !== undefined)
    if (deadline.on < of.firstSeenOn && !isTold) continue
    const { on } = deadline
    const span = { deadline: on, latest: on, notBefore: null, notAfter: null }
    const dated = datedSchedule(SUPPORT_SCHEDULE, span, of.calendar)
    const { passed, next } = remindersAround(dated, day)
    if (next !== null) checks.push(next.on)
    // Alerts of what has passed are closed on the day after.
    if (on >= day) checks.push(addDays(on, 1))
    const before = told.filter((each) => each.on === on)
    const least = Math.min(...before.map(({ rung }) => rung), Number.POSITIVE_INFINITY)
    const paused = before.flatMap(({ pausedUntil }) => pausedUntil ?? []).sort(compare)
    const until = paused.at(-1)
    if (until !== undefined && until > day) {
      checks.push(until)
      continue
    }
    const askedAgain = until !== undefined && on >= day
    if (passed === null || (least <= passed.rung && !askedAgain)) continue
    const isHeld = of.heldUntil !== null && day < of.heldUntil
    if (isHeld && on > addDays(day, TOLD_WHILE_HELD_DAYS)) {
      if (of.heldUntil !== null) checks.push(of.heldUntil)
      checks.push(addDays(on, -TOLD_WHILE_HELD_DAYS))
      continue
    }
    const missed = SUPPORT_SCHEDULE.before.filter((rung) => rung > passed.rung && rung < least)
    const [from, to] = [missed[0], missed.at(-1)]
    const skipped = from === undefined || to === undefined ? null : { from, to }
    raise.push({ ...deadline, rung: passed.rung, askedAgain, skipped })
    if (on < day) checks.push(addDays(day, 1))
  }
  const ahead = checks.filter((each) => each > day).sort(compare)
  return { raise, nextCheckOn: ahead[0] ?? null }
}

/** What is told on one day, where nobody does anything. */
interface ReplayedSupport {
  readonly on: CivilDate
  readonly raise: readonly DueSupport[]
}

/** The days from `from` to `to` on which reminders of this release are told, by the rules of the sweep. */
export function* replaySupport(
  use: ProductInUse,
  told: readonly ToldSupport[],
  { from, to }: { readonly from: CivilDate; readonly to: CivilDate },
  of: SupportWatch,
): Generator<ReplayedSupport> {
  let known = told
  let day: CivilDate | null = workingDayOnOrAfter(from, of.calendar)
  while (day !== null && day <= to) {
    const on: CivilDate = day
    const { raise, nextCheckOn } = planSupport(supportDeadlines(use, on), known, on, of)
    if (raise.length > 0) {
      yield { on, raise }
      const again = new Set(raise.filter(({ askedAgain }) => askedAgain).map((each) => each.on))
      known = [
        ...known.map((each) => (again.has(each.on) ? { ...each, pausedUntil: null } : each)),
        ...raise.map((each) => ({ on: each.on, rung: each.rung, pausedUntil: null })),
      ]
    }
    // A contract that begins later settles what it covers from then on.
    const begins = use.covers.flatMap(({ from: first, allFrom }) =>
      [first, allFrom === 'unknown' ? null : allFrom].filter((each) => each !== null && each > on),
    )
    const next = [nextCheckOn, ...begins].filter((each) => each !== null).sort(compare)[0]
    day = next === undefined ? null : workingDayOnOrAfter(next, of.calendar)
  }
}

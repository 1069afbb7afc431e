/**
 * What contracts cover, against how long its product is supported: what is found, each with its
 * reason, and on which days it is told. Pure.
 */
import { addDays, type CivilDate, dayText } from './civil-date.ts'
import { possibleReleases, type Release, releaseName } from './products.ts'
import { datedSchedule, type ReminderSchedule, remindersAround } from './reminder-schedule.ts'
import { compare } from './text-match.ts'
import type { Calendar } from './working-days.ts'

export const COVER_KINDS = ['licence', 'support', 'extended-support', 'hosting'] as const
export type CoverKind = (typeof COVER_KINDS)[number]

/** A running contract that covers a product. */
export interface Covering {
  readonly reference: string
  /** Null where nobody said in what way. */
  readonly kind: CoverKind | null
  readonly count: number | null
  /** Of extended support beyond what is published: whether it is a custom agreement; null: nobody said. */
  readonly custom: boolean | null
  /** Its current end, of an imprecise one the earliest and the latest day; null where none is known. */
  readonly earliest: CivilDate | null
  readonly latest: CivilDate | null
  /** The open day by which its replacement has to begin. */
  readonly startBy: CivilDate | null
}

export interface InUse {
  readonly count: number | null
  readonly site: string | null
}

/** A product's release, as it was said, with what covers it and where it is in use. */
export interface ProductInUse {
  readonly product: string
  readonly release: string
  readonly covers: readonly Covering[]
  readonly uses: readonly InUse[]
}

export const SUPPORT_FINDINGS = [
  'past-last-support',
  'past-support',
  'cover-outlasts-support',
  'cover-ends-before-support',
  'buy-successor',
  'not-covered',
  'covered-in-part',
  'custom-agreement',
  'support-ends-with-cover',
  'which-release',
  'end-unknown',
] as const
export type SupportFindingName = (typeof SUPPORT_FINDINGS)[number]

export interface SupportFinding {
  /** Null: nothing is to be done. */
  readonly finding: SupportFindingName | null
  /** The day until which something can be done about it; null where no day is known. */
  readonly until: CivilDate | null
  readonly why: string
  readonly covers: readonly Covering[]
}

export interface SupportPicture {
  readonly name: string
  /** Of several possible releases the earliest end still ahead, else the last; null is unknown. */
  readonly supportEnds: CivilDate | null
  readonly extendedEnds: CivilDate | null
  readonly findings: readonly SupportFinding[]
}

/** What is found of one release on this day, what is most pressing first. */
export function supportPicture(
  { product, release, covers, uses }: ProductInUse,
  today: CivilDate,
): SupportPicture {
  const possible = possibleReleases(product, release)
  const name = releaseName(product, release)
  const { supportEnds, extendedEnds } = endsOn(possible, today)
  const whole = { product, release, covers, uses }
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
  { covers, uses }: ProductInUse,
  { supportEnds, extendedEnds }: Ends,
  today: CivilDate,
): SupportFinding[] {
  const found: SupportFinding[] = []
  const add = (finding: SupportFindingName, until: CivilDate | null, why: string) => {
    found.push({ finding, until, why, covers: [] })
  }
  if (possible.length !== 1 || isPackOpen(possible, name)) {
    add('which-release', supportEnds, whichWhy(name, possible, supportEnds, today))
  }
  const last = later(supportEnds, extendedEnds)
  const isHeld = covers.some((cover) => (reach(cover, extendedEnds) ?? '') >= today)
  const open = covers.some((cover) => isCustomAsked(cover, extendedEnds))
  if (supportEnds !== null && supportEnds < today && !isHeld) {
    if (extendedEnds !== null && extendedEnds >= today) {
      const isUndated = covers.some(
        ({ kind, earliest }) => kind === 'extended-support' && earliest === null,
      )
      const why = isUndated
        ? `support ended on ${dayText(supportEnds)}; extended support is recorded, and its last day is not known: give it. It is sold until ${dayText(extendedEnds)}`
        : `support ended on ${dayText(supportEnds)} and no extended support is recorded: ask for its price now, it is sold until ${dayText(extendedEnds)}, or replace it`
      add('past-support', extendedEnds, why)
    } else {
      const why = `the last support ended on ${dayText(last ?? supportEnds)}: no fault is mended any more; replace it${open ? ', or say that the agreement is a custom one' : ''}`
      add('past-last-support', last, why)
    }
  }
  if (supportEnds === null && covers.every(({ custom }) => custom !== true)) {
    const why =
      'nobody has published when its support ends: unknown, which is not "never"; ask its supplier for the day'
    add('end-unknown', null, why)
  }
  if (uses.length > 0) found.push(...ofUses({ covers, uses }, supportEnds))
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

function ofUses(
  { covers, uses }: Pick<ProductInUse, 'covers' | 'uses'>,
  ends: CivilDate | null,
): SupportFinding[] {
  const counts = uses.flatMap(({ count }) => count ?? [])
  const used = counts.reduce((sum, each) => sum + each, 0)
  const sites = new Set(uses.flatMap(({ site }) => site ?? [])).size
  const where = sites > 1 ? ` at ${sites} sites` : ''
  if (covers.length === 0) {
    const times = counts.length === 0 ? 'in use' : `in use ${used} times`
    const why = `${times}${where}, and no contract covers it`
    return [{ finding: 'not-covered', until: ends, why, covers }]
  }
  // A licence and its support cover the same one: of the ways of cover the largest counts.
  const ways = new Map<string, number>()
  for (const { kind, count } of covers) {
    if (count === null) return []
    ways.set(kind ?? '', (ways.get(kind ?? '') ?? 0) + count)
  }
  const covered = Math.max(...ways.values())
  if (counts.length < uses.length || covered >= used) return []
  const why = `in use ${used} times${where}, and its contracts cover ${covered}`
  return [{ finding: 'covered-in-part', until: ends, why, covers }]
}

/** The last day that extended support under this contract reaches; null where it is none, or none is known. */
function reach({ kind, custom, earliest }: Covering, extendedEnds: CivilDate | null) {
  if (kind !== 'extended-support' || earliest === null) return null
  if (custom === true) return earliest
  return extendedEnds === null ? null : earlier(earliest, extendedEnds)
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
  { covers }: ProductInUse,
  { supportEnds, extendedEnds }: Ends,
  today: CivilDate,
): SupportFinding[] {
  const { reference, kind, custom, earliest, latest, startBy } = cover
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
  const needed = later(supportEnds, latest === null ? null : earlier(latest, extendedEnds))
  const isHeld = covers.some((each) => (reach(each, extendedEnds) ?? '') >= (needed ?? ''))
  if (latest === supportEnds || isHeld) return successor
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

function later(a: CivilDate | null, b: CivilDate | null): CivilDate | null {
  return a === null || (b !== null && b > a) ? b : a
}

// --- Reminders ------------------------------------------------------------------------------

export const SUPPORT_SCHEDULE: ReminderSchedule = {
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
}

/** The ends of support that nothing settles, by day: held extended support settles the end before it. */
export function supportDeadlines({ product, release, covers }: ProductInUse): SupportDeadline[] {
  const open = new Map<CivilDate, SupportDeadline>()
  for (const { custom, kind, earliest } of covers) {
    if (kind === 'extended-support' && custom === true && earliest !== null) {
      open.set(earliest, { on: earliest, what: 'custom' })
    }
  }
  for (const { supportEnds, extendedEnds } of possibleReleases(product, release)) {
    const held = covers.reduce<CivilDate | null>(
      (last, cover) => later(last, reach(cover, extendedEnds)),
      null,
    )
    const isSettled = (on: CivilDate) => held !== null && held > on
    if (supportEnds !== null && !isSettled(supportEnds) && !open.has(supportEnds)) {
      open.set(supportEnds, { on: supportEnds, what: 'support' })
    }
    const isExtended = supportEnds !== null && isSettled(supportEnds)
    if (
      extendedEnds !== null &&
      isExtended &&
      !isSettled(extendedEnds) &&
      !open.has(extendedEnds)
    ) {
      open.set(extendedEnds, { on: extendedEnds, what: 'extended' })
    }
  }
  return [...open.values()].sort((a, b) => (a.on < b.on ? -1 : 1))
}

export interface DueSupport extends SupportDeadline {
  /** Days before the end that this reminder stands for. */
  readonly rung: number
  /** Reminders that a gap or a late first sight left out, from the first to the last. */
  readonly skipped: { readonly from: number; readonly to: number } | null
}

export interface SupportPlan {
  readonly raise: readonly DueSupport[]
  /** The next day to look at it; null where nothing is to come. */
  readonly nextCheckOn: CivilDate | null
}

/**
 * What is due on this day. The nearest reminder that has passed is told once, with the days really
 * left; what had ended before it was first seen, only where nothing is ahead: then it is unsupported.
 * @param told the reminders raised before, by the end that they are of
 */
export function planSupport(
  deadlines: readonly SupportDeadline[],
  told: readonly { readonly on: CivilDate; readonly rung: number }[],
  day: CivilDate,
  of: {
    readonly firstSeenOn: CivilDate
    readonly heldUntil: CivilDate | null
    readonly calendar: Calendar
  },
): SupportPlan {
  const raise: DueSupport[] = []
  const checks: CivilDate[] = []
  const last = deadlines.at(-1)
  for (const deadline of deadlines) {
    if (deadline.on < of.firstSeenOn && deadline !== last) continue
    const { on } = deadline
    const span = { deadline: on, latest: on, notBefore: null, notAfter: null }
    const dated = datedSchedule(SUPPORT_SCHEDULE, span, of.calendar)
    const { passed, next } = remindersAround(dated, day)
    if (next !== null) checks.push(next.on)
    // Alerts of what has passed are closed on the day after.
    if (on >= day) checks.push(addDays(on, 1))
    const rungs = told.filter((each) => each.on === on).map(({ rung }) => rung)
    const least = Math.min(...rungs, Number.POSITIVE_INFINITY)
    if (passed === null || least <= passed.rung) continue
    const isHeld = of.heldUntil !== null && day < of.heldUntil
    if (isHeld && on > addDays(day, TOLD_WHILE_HELD_DAYS)) {
      if (of.heldUntil !== null) checks.push(of.heldUntil)
      checks.push(addDays(on, -TOLD_WHILE_HELD_DAYS))
      continue
    }
    const missed = SUPPORT_SCHEDULE.before.filter((rung) => rung > passed.rung && rung < least)
    const [from, to] = [missed[0], missed.at(-1)]
    const skipped = from === undefined || to === undefined ? null : { from, to }
    raise.push({ ...deadline, rung: passed.rung, skipped })
    if (on < day) checks.push(addDays(day, 1))
  }
  const ahead = checks.filter((each) => each > day).sort(compare)
  return { raise, nextCheckOn: ahead[0] ?? null }
}

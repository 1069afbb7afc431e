/** Automatic renewal: a notice date that passes unheard starts a new term by itself. */
import { addDays, type CivilDate } from './civil-date.ts'
import { type Answered, type Contract, currentEnd, type Extension, movesEnd } from './contract.ts'
import { currentNotice, termAfter, termEnd } from './deadlines.ts'
import type { Rules } from './settings.ts'

/** More terms than any contract has had; what is left over is presumed the next time. */
const MOST_TERMS = 500

/**
 * The renewals to presume on this day: one for each notice date that has passed with neither proof
 * of service nor a decision. Empty for a contract that does not renew by itself. A withdrawn
 * presumption (notice was served in time after all) is not presumed again. Nor is one whose term is to
 * come, with those behind it, while a question is open whose answer may leave it out: one that has
 * begun is no end that could still be met, and one that rolls on has none.
 */
export function presumedRenewals(contract: Contract, today: CivilDate, rules: Rules): Extension[] {
  const following = renewalsFollowing(contract, today, rules)
  const averted = following.findIndex((each) => isAsked(contract, each, today, rules))
  return averted < 0 ? following : following.slice(0, averted)
}

function isAsked(
  contract: Contract,
  renewal: Pick<Extension, 'from'>,
  today: CivilDate,
  rules: Rules,
): boolean {
  const { asked = [] } = contract
  if (asked.length === 0 || renewal.from <= today) return false
  return (
    currentEnd(contract).kind === 'dated' && mayBeAverted(contract, renewal, asked, today, rules)
  )
}

/** The same whatever is asked about it. */
function renewalsFollowing(contract: Contract, today: CivilDate, rules: Rules): Extension[] {
  if (contract.automaticRenewal !== true || contract.closed) return []
  const presumed: Extension[] = []
  let now = contract
  while (presumed.length < MOST_TERMS) {
    const end = termEnd(now, rules)
    const notice = currentNotice(now, rules)
    if (end === null || notice === null) break
    if (notice.settled !== null || notice.latest >= today) break
    const from = addDays(end.latest, 1)
    if (isWithdrawn(contract, from)) break
    const to = termAfter(now, end.latest, rules)
    if (to === null || to <= end.latest) break
    const knownOn = addDays(notice.latest, 1)
    const renewal: Extension = {
      kind: 'renewal',
      status: 'presumed',
      from,
      to,
      cost: null,
      knownOn,
    }
    presumed.push(renewal)
    now = { ...now, extensions: [...now.extensions, renewal] }
  }
  return currentEnd(contract).kind === 'rolling' ? inOne(presumed) : presumed
}

function answeredAs(
  contract: Contract,
  { end, extensions = [], start, ...says }: Answered,
): Contract {
  const of = end === undefined ? contract : { ...contract, awardedEnd: end }
  const kept = end === undefined ? contract.extensions : contract.extensions.filter(isProposed)
  const held = { ...of, extensions: kept }
  const last = currentEnd(held)
  const signed = extensions.filter(
    (each) => !isProposed(each) && !kept.some((one) => !isProposed(one) && one.to === each.to),
  )
  const { noticePeriod, noticeText, automaticRenewal, renewalTerm, rollsFrom, closed } = says
  return {
    ...held,
    ...(start === undefined ? {} : { start }),
    ...(noticePeriod === undefined ? {} : { noticePeriod }),
    ...(noticeText === undefined ? {} : { noticeText }),
    ...(automaticRenewal === undefined ? {} : { automaticRenewal }),
    ...(renewalTerm === undefined ? {} : { renewalTerm }),
    ...(rollsFrom === undefined ? {} : { rollsFrom }),
    ...(closed === undefined ? {} : { closed }),
    extensions: [
      ...kept,
      ...signed.map(({ from, ...each }) => {
        return {
          ...each,
          from: from ?? (last.kind === 'dated' ? addDays(last.latest, 1) : each.to),
        }
      }),
    ],
  }
}

function isProposed({ status }: Pick<Extension, 'status'>): boolean {
  return !movesEnd({ status })
}

/** More answers together than are tried one by one: then it counts as one that may be averted. */
const MOST_ANSWERS = 300

/**
 * Whether an answer to an open question about a contract, or answers to several together, would leave this
 * renewal out. `open`: of each question what its answers say.
 */
export function mayBeAverted(
  contract: Contract,
  { from }: Pick<Extension, 'from'>,
  open: readonly (readonly Answered[])[],
  today: CivilDate,
  rules: Rules,
): boolean {
  let together: readonly Contract[] = [contract]
  for (const answers of open) {
    together = together.flatMap((so) => [so, ...answers.map((each) => answeredAs(so, each))])
    if (together.length > MOST_ANSWERS) return true
  }
  return together
    .slice(1)
    .some((each) => !renewalsFollowing(each, today, rules).some((renewal) => renewal.from === from))
}

/**
 * Renewals that were presumed and do not follow as the contract and its rules now stand: the notice
 * that would stop the first of them can still be given, it is said not to renew, or its term is to come
 * and the answer to an open question may say so. With it go those behind it; what is over stays.
 */
export function unfoundedRenewals(
  contract: Contract,
  today: CivilDate,
  rules: Rules,
): readonly Extension[] {
  if (contract.closed || contract.historic) return []
  const presumed = contract.extensions
    .filter(({ kind, status, to }) => kind === 'renewal' && status === 'presumed' && to >= today)
    .sort((a, b) => (a.from < b.from ? -1 : 1))
  for (const [index, first] of presumed.entries()) {
    const from = presumed.slice(index)
    const without = {
      ...contract,
      extensions: contract.extensions.filter((each) => !from.includes(each)),
    }
    const end = termEnd(without, rules)
    // Something else moved the end meanwhile: what was presumed decides nothing.
    if (end === null || addDays(end.latest, 1) !== first.from) continue
    if (contract.automaticRenewal === false) return from
    if (isAsked(without, first, today, rules)) return from
    const notice = currentNotice(without, rules)
    if (notice !== null && notice.settled === null && notice.latest >= today) return from
  }
  return []
}

/** Of a contract that rolled on before it was known the last term, and those before it as one. */
function inOne(presumed: readonly Extension[]): Extension[] {
  const [first] = presumed
  const before = presumed.at(-2)
  const last = presumed.at(-1)
  if (first === undefined || before === undefined || last === undefined) return [...presumed]
  return [{ ...first, to: before.to, knownOn: before.knownOn }, last]
}

/** The renewal after the current end, as somebody decided it; null where there is no end to renew. */
export function decidedRenewal(
  contract: Contract,
  today: CivilDate,
  rules: Rules,
): Extension | null {
  const end = termEnd(contract, rules)
  if (end === null) return null
  const to = termAfter(contract, end.latest, rules)
  if (to === null || to <= end.latest) return null
  const from = addDays(end.latest, 1)
  return { kind: 'renewal', status: 'confirmed', from, to, cost: null, knownOn: today }
}

/**
 * What a decision about notice says: that it was served, so that nothing renews, or that the contract
 * may renew; null where its words say neither.
 */
export function noticeDecided(text: string): 'served' | 'renews' | null {
  const denied =
    /\b(?:no|not|never|without|don.?t|didn.?t|wasn.?t) (?:\w+ )?(?:notice|serv\w+|giv\w+|sen[dt])\b/i
  if (
    !denied.test(text) &&
    /\b(?:served|(?:notice|termination|letter) (?:\w+ )?(?:given|sent|issued|accepted|acknowledged)|(?:gave|given|sent|issued) (?:\w+ )?notice)\b/i.test(
      text,
    )
  ) {
    return 'served'
  }
  if (/\b(?:(?:do not|don.?t|not|never|won.?t) (?:\w+ )?renew|no renewal)/i.test(text)) return null
  const renews =
    /\b(?:let(?:s|ting)? (?:it|them|this)? ?(?:auto-?)?(?:renew|roll|run on)|serve no notice|no notice|renew(?:s|ed|al)?|rolls? over|rollover)\b/i
  return renews.test(text) ? 'renews' : null
}

function isWithdrawn(contract: Contract, from: CivilDate): boolean {
  return contract.extensions.some(
    (each) => each.kind === 'renewal' && each.status === 'withdrawn' && each.from === from,
  )
}

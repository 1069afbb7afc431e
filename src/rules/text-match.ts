/** Yes and no, names that are nearly the same or nobody’s, lists in order and grouped by a key, and what is a record. */

/** Yes or no and not another word; null where it is neither. `not sure` is no answer. */
export function plainAnswer(text: string): boolean | null {
  const said = text
    .replace(/[\s*]+/g, ' ')
    .trim()
    .replace(/[.!]$/, '')
  if (/^(?:y|yes|true|1|✓|✔|x)$/i.test(said)) return true
  return /^(?:n|no|false|0|✗|✘)$/i.test(said) ? false : null
}

// Whether words name somebody.

/** Words that stand where nobody is named: `Vacant`, `TBC`, `n/a`, `pending`. */
export function isPlaceholder(text: string): boolean {
  const words = text
    .replace(/[()[\].*]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return (
    words.length < 2 ||
    !/\p{L}/u.test(words) ||
    /^(?:(?:currently |now )?vacan(?:t|cy)|(?:post|role|position) (?:is )?vacant|vacant (?:post|role|position)|tb[acdn]|(?:still |yet )?to be (?:confirmed|appointed|advised|recruited|determined|agreed|assigned|allocated|chosen|decided|found|filled|identified|named|announced|selected)|n\/?a|none|nil|(?:nobody|no[- ]?one|none|not)(?: (?:yet|assigned|known|chosen|named|at present|currently))?|no owner|unknown|not (?:known|assigned|applicable|recorded|yet appointed)|un(?:assigned|allocated)|leaver|left|(?:has )?left(?: the)? (?:organisation|council|trust|company)|various|multiple|several|pending|recruiting|(?:being )?recruit\w*|awaiting(?: (?:appointment|approval|sign[- ]?off))?|not (?:yet )?(?:approved|signed(?: off)?)|to follow|xx+|test)$/i.test(
      words,
    ) ||
    /^(?:leaver|vacan(?:t|cy)|tb[acd])\b ?[-–:(]/i.test(text)
  )
}

/** Nobody who can be asked: no name at all, or one that has left: `Cal Cole (left)`. */
export function isNobody(text: string): boolean {
  const words = text.replace(/[()[\].*]+/g, ' ').trim()
  return (
    isPlaceholder(text) ||
    // In two languages: `Gwag / Vacant`.
    text.split(' / ').some(isPlaceholder) ||
    /\b(?:left|leaver|has left|retired|deceased|no longer (?:here|in post|employed)|ex[- ]employee)$/i.test(
      words,
    )
  )
}

/**
 * A post, a desk or several people: who sits there changes, and an account of that name may be shared,
 * so that nobody is asked whether it is them. Not `ward`, `head` or `lead`, which are family names too.
 */
export function isPost(name: string): boolean {
  return POST.test(name)
}
const POST =
  /\p{N}|\b(?:manager|director|officer|administrator|co ?ordinator|supervisor|secretary|department|dept|directorate|division|team|office|desk|helpdesk|mailbox|inbox|procurement|of|the|and)\b/u

// The word of a list that a mistyped one was probably meant to be.

/** One slip is forgiven in words of up to six letters, two in longer ones. */
function fewSlips(letters: number): number {
  if (letters < 2 || letters > 20) return -1
  return letters <= 6 ? 1 : 2
}

/** Words that tell one contract from another: years, numbers and small words do not. */
function tellingWords(title: string): Set<string> {
  const words = title.toLowerCase().match(/\p{L}{3,}/gu) ?? []
  return new Set(words.filter((word) => !SMALL_WORDS.has(word)))
}
const SMALL_WORDS = new Set(
  'the and for of with from new contract contracts agreement services service supply provision renewal extension'.split(
    ' ',
  ),
)

/** Whether two titles seem to be of one thing: most words of the shorter stand in the other. */
export function isLikeTitle(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return false
  if (a.trim().toLowerCase() === b.trim().toLowerCase()) return true
  const [one, other] = [tellingWords(a), tellingWords(b)]
  const least = Math.min(one.size, other.size)
  return least > 0 && [...one].filter((word) => other.has(word)).length * 2 > least
}

/**
 * The nearest candidate with no more slips than that, or null. Two letters that changed places are
 * one slip.
 */
export function nearWord(
  word: string,
  candidates: Iterable<string>,
  forgiven: (letters: number) => number = fewSlips,
): string | null {
  let best: string | null = null
  let least = forgiven(word.length) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const distance = slips(word, candidate)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** Letters to insert, remove, replace or swap with their neighbour. */
function slips(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + (same ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      }
      row.push(cost)
    }
    before = above
    above = row
  }
  return above[b.length] ?? 0
}

/** Items under what they share, in the order in which each key first comes. */
export function groupedBy<Item, Key>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) addTo(groups, keyOf(item), item)
  return groups
}

export function addTo<Key, Item>(groups: Map<Key, Item[]>, key: Key, item: Item): void {
  const group = groups.get(key)
  if (group) group.push(item)
  else groups.set(key, [item])
}

/** An object with these fields of another, as far as it has them. */
export function pick<From extends object, Name extends keyof From>(
  from: From,
  ...names: readonly Name[]
): Pick<From, Name> {
  const picked: Partial<Pick<From, Name>> = {}
  for (const name of names) if (name in from) picked[name] = from[name]
  return picked as Pick<From, Name>
}

/** A name as it is compared: small letters and figures alone. */
export function folded(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** By code units: the order of civil dates, and the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What is given of it: without what is undefined. */
export function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }
}

/** Whether something from outside is an object with names in it. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Words that stand where nothing is known, nobody is named, or several are.

/** Whether a text says that nothing is known. */
export function isNil(text: string): boolean {
  return text === '' || (text.length <= 20 && NIL_WORDS.test(text))
}

const NIL_WORDS =
  /^(?:-+|—|–|\.+|\?+|n\/?a|n\.a\.?|#n\/a|none|nil|null|unknown|not (?:yet )?known|tb[cad]|to be (?:confirmed|agreed|decided|advised|determined)|not applicable|not available|not stated|not specified|pending)$/i

/** Whether a text says no more than that it is not known or not settled yet: `TBC`, `?`, `possibly`, `check with legal`. */
export function isNotSettled(text: string): boolean {
  const words = text.replace(/\s+/g, ' ').trim()
  return words.length <= 60 && !/\d/.test(words) && NOT_SETTLED.test(words)
}
const NOT_SETTLED =
  /^\W*(?:\?+\W*$|(?:tb[acdn]|to be (?:confirmed|agreed|decided|advised|determined|negotiated|settled|announced|finali[sz]ed)|unknown|n\/k|nk|not (?:yet )?(?:known|decided|agreed|confirmed|settled|finali[sz]ed|sure|clear|certain)|un(?:clear|sure|decided|certain)|undetermined|possibl[ey]|probably|perhaps|maybe|may be|likely|pending|awaiting|query|(?:to |please )?check(?:ing)?|under (?:review|discussion|negotiation|consideration)|(?:in|being) (?:discuss|negotiat)\w+)\b)/i

/** Words that name no organisation, or not one alone: `TBC`, `everyone except York`, `5 other ICBs`, `Hull; Selby`. */
export function isNoOrganisation(text: string): boolean {
  const words = text.replace(/\s+/g, ' ').trim()
  return isNil(words) || isNobody(words) || UNCLEAR_ORGANISATION.test(words)
}
const UNCLEAR_ORGANISATION =
  /[?;]|^(?:everyone|everybody|any|others?|various|several|the rest|left|leaving|not yet|formerly|pending|to be (?:confirmed|agreed|decided|advised|determined|named)|ditto|(?:same )?as (?:above|per|listed)|see (?:above|below|list|schedule|annex|appendix|contract|separate|attached)|members of|\d+ )\b|^all (?:the |other |\w+ )?(?:trusts?|councils?|organisations?|members?|sites?|hospitals?|icbs?|schools?|bodies|authorities|of)\b|\b(?:except|excluding|not yet joined|has left|tbc)\b/i

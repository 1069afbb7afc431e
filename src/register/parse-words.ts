/** Words and texts of a register: entities decoded, blanks collapsed, yes, no and known names. */

import { decodeHTMLStrict } from 'entities'
import {
  type ExtensionKind,
  type Form,
  type LinkedDocument,
  type Regime,
  webAddress,
} from '../rules/contract.ts'
import type { VatRecovery, VatState } from '../rules/money.ts'
import { ROUTES } from '../rules/procurement-routes.ts'
import type { CoverKind } from '../rules/support.ts'
import { isNil, isNotSettled, plainAnswer } from '../rules/text-match.ts'
import { oneLine } from '../text/words.ts'
import { vatOf } from './parse-amount.ts'
import { deniesRenewal, inEnglish, UNLESS, wholeNumber } from './parse-date.ts'

/** Yes or no in a cell, also with words behind it; null where it is neither. */
export function yesOrNo(text: string): boolean | null {
  const plain = plainAnswer(text)
  if (plain !== null) return plain
  const words = inEnglish(text.replace(/[\s*]+/g, ' ').trim())
  const isOpen = BOTH.test(words) || UNSURE.test(words)
  if (isOpen || words.split(' / ').some(isNotSettled)) return null
  const said = inEach(words, yesOrNo)
  if (said !== null) return said
  if (NO.test(words)) return false
  if (!YES.test(words.replace(RENEWED_BY_SOMEBODY, ' '))) return null
  // `Yes but opted out 02/11/2026`, `Yes until 31/01/2027`, `Yes, final renewal`
  if (DENIED_BEHIND.test(words.replace(UNLESS, ' ')) || LIMITED.test(words)) return null
  // `Auto-renew: no`, `notice served, no auto renewal`: words of renewal that are denied are no yes.
  return SAYS_YES.test(words) || !deniesRenewal(words) ? true : null
}

/** What a cell in two languages says (`Na / No`), where its parts do not contradict one another. */
export function inEach<Said extends string | boolean>(
  text: string,
  read: (part: string) => Said | null,
): Said | null {
  const parts = text.split(' / ')
  if (parts.length < 2) return null
  const all = new Set(parts.map(read).filter((each) => each !== null))
  const [only] = all
  return all.size === 1 ? (only ?? null) : null
}

/** `unless the funder renews`: somebody does, and not the contract by itself. */
const RENEWED_BY_SOMEBODY =
  /\b(?:unless|until|if|where|provided(?: that)?|so long as)\b[^,;.]*?\b(?!(?:it|this|which|that|itself|contract|agreement|deal|lease|licence|subscription|term|then|and|or|automatically|auto)\b)[a-z’']+ renews\b/gi
const SAYS_YES = /^(?:y|yes|true|1|✓|✔|x)\b|^[✓✔]/i
const DENIED_BEHIND =
  /^(?:y|yes|auto)\b.*\b(?:opted out|(?:has been|was|been|now|but|is) (?:cancell?ed|terminated|stopped|disabled|declined|switched off|turned off|refused)|(?:notice|cancellation|termination) (?:was |has been |already )?(?:served|given|sent|issued))\b/i
/** A yes that stands no more, or up to a day: what follows then is asked. */
const LIMITED =
  /^(?:y|yes|auto)\b.*(?:[(,:;–—-] ?(?:now )?(?:cancell?ed|terminated|stopped|disabled|declined|(?:switched|turned) off|off|refused|expired|ended)\b|\b(?:until|till?|up to|to|max(?:imum)?(?: end)?|latest|ends?|not (?:after|beyond|past)|no (?:later than|further|more))\b[ :]*(?:the )?(?:end of )?(?:\d{1,2}(?:st|nd|rd|th)?[ /.-]\w+[ /.-]\d{2}|\d{4}\b|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|renewals?\b|extensions?\b|terms?\b)|\b(?:final|last|only) (?:renewal|term|year|time|period|extension)\b)/i
/** A yes that somebody doubts, or makes depend on more than a notice. */
const UNSURE =
  /^(?:y|yes|true|no?)\b *\?|^(?:y|yes)\b.*\b(?:manual(?:ly)? ?(?:renew\w*)?$|by (?:mutual )?agreement|(?:unless|if|subject to)\b(?!.*\b(?:notice|terminat\w+|cancel\w+|writes?|tell|say|stop|object|opt|notify|nothing|anything)\b))/i
/** `Y/N`, `yes or no`, `no (yes from 2028)`: neither. */
const BOTH = /^y(?:es)? ?(?:[/|]|or) ?n(?:o)?\b|^n(?:o)? ?(?:[/|]|or) ?y(?:es)?\b|^no\b.*\byes\b/i
const NO =
  /^(?:(?:will|to|let|allow(?:ed)?)(?: it)?(?: to)? (?:lapse|expire|end|run out)|(?:ends?|lapses?|expires?) (?:at|on) (?:its |the )?(?:end|expiry|term))\b|^(?:none|nil|never|manual(?:ly)?|fixed(?: term)?|ends|expires|stops|lapses|nothing)$|^(?:no|not|none|never|manual(?:ly)?|non|does not|doesn.?t|will not|fixed term|by (?:mutual )?agreement)\b/i
const YES =
  /^(?:yes|y|true)\b|\b(?:auto(?:matic(?:ally)?)?(?:[- ]?(?:renew\w*|rollover))?|evergreen|roll(?:s|ing)(?: ?over)?|renews|tacit\w*|(?:carries|goes|runs) on (?:month|quarter|qtr|year|annual|week)\w*|(?:then|thereafter|continu\w+|moves? to|reverts? to)[ ,]+(?:on )?(?:an? )?(?:rolling )?(?:month|quarter|qtr|year|annual|week)\w*)\b/i

/** What sort of extension the words describe; `unknown` unless they say so plainly. */
export function extensionKind(text: string): ExtensionKind {
  if (/\b(?:emergency|unplanned|urgent|urgency|interim|stop[- ]?gap|roll[- ]?over)\b/i.test(text)) {
    return 'emergency'
  }
  if (/\b(?:option|optional|exercised?|planned|provided for in the contract)\b/i.test(text)) {
    return 'option'
  }
  if (/\b(?:auto(?:matic)?(?:ally)?[- ]?)?renew(?:al|ed)\b/i.test(text)) return 'renewal'
  return /\b(?:variation|varied|modification|change control|deed)\b/i.test(text)
    ? 'variation'
    : 'unknown'
}

/**
 * What sort of extension a notice's free text describes. Stricter than a register's column: "the
 * Emergency Department" or "optional services" must not classify anything.
 */
export function describedKind(text: string): ExtensionKind {
  if (/\b(?:emergency|urgent|interim)\s+(?:[\w-]+\s+){0,3}extension\b/i.test(text))
    return 'emergency'
  const option =
    /\boptions? (?:to extend|period|taken|exercised)\b|\bexercis\w+ (?:of )?(?:the |an |its )?(?:\w+ )?option\b/i
  return option.test(text) ? 'option' : 'unknown'
}

/** Whether words of an extension say that it is not agreed, or not yet: `agreed in principle`, `to be signed`. */
export function isUnagreed(text: string): boolean {
  const fate = optionFate(text)
  return fate === 'gone' || fate === 'not-taken' || UNAGREED.test(text)
}
const UNAGREED =
  /\b(?:in principle|to be|to sign|to agree|subject to|pending|await\w*|draft\w*|propos\w*|recommend\w*|request\w*|seek\w*|sought|intend\w*|intention|plann\w*|expect\w*|anticipat\w*|likely|possibl\w*|provisional\w*|if|once|unless|tb[acd]|not (?!applicable|required)|un(?:signed|agreed|confirmed|approved)|under (?:review|consideration|negotiation|discussion)|in (?:negotiation|discussion|draft)|(?:out )?for (?:approval|signature|signing|review)|with (?:legal|supplier) for)\b|\?/i

/** Whether the words of a later end say themselves that it is only possible; not of one that was taken, or is gone. */
export function isOnlyPossible(text: string): boolean {
  return SAYS_POSSIBLE.test(text) && optionFate(withoutLimits(text)) === null
}
const SAYS_POSSIBLE =
  /\b(?:options?|optional(?:ly)?|may (?!['’]?\d)|might|could|can|possib(?:le|ly)|potential(?:ly)?|subject to|conditional|if|unless|up to|at most|max(?:imum)?|extendable|extensible|proposed|provisional(?:ly)?|pending|awaiting|draft|(?:not|un)(?: yet)? ?(?:signed|agreed|confirmed|approved)|to be (?:signed|agreed|confirmed|approved|decided)|tb[acd])\b|\?/i

/** What became of an option: none is left; it was not taken so far; it was taken. */
export type OptionFate = 'gone' | 'not-taken' | 'taken'

const DONE =
  'taken(?: up)?|exercised|used|utili[sz]ed|extended|renewed|activated|invoked|triggered|enacted|actioned|implemented|called(?: off)?|drawn(?: down)?|executed'
/** That it may still come, whatever else stands there. */
const OPEN_YET = /\b(?:yet|so far|to date|if|unless|where|should)\b|\?/i
const GONE =
  /\b(?:declin(?:ed|es)|refus(?:ed|al)|reject(?:ed|ion)|lapsed|expired|waived|fore?gone|forfeited|relinquished|withdrawn|cancell?ed|removed|deleted|revoked|void(?:ed)?|dropped|no longer(?! than)|(?:(?:will|would|shall) not|wo ?n['’]?t|not (?:to|going to)) (?:now )?be (?:taken|exercised|used|utili[sz]ed|extended|renewed|invoked|activated|triggered)|decided (?:not to|against)|(?:do|does|did) not (?:want|intend|wish)|(?:none|nothing|no (?:further |more |other )?(?:options?|extensions?|periods?|terms?)) (?:is |are )?(?:left|remain(?:s|ing)?|available|possible|allowed|permitted))\b|^\W*no (?:further|more|other) (?:options?|extensions?)\b/i
/** That it is not to be had as things stand: nobody can tell whether it is gone. */
const REFUSED =
  /\b(?:(?:will|would|shall) not|wo ?n['’]?t|not (?:to be|going to)|cannot|(?:do|does) not (?:extend|renew|exercise|take)|not (?:extending|renewing|exercising|taking)|not (?:yet )?(?:signed|confirmed|accepted|available|possible|extend(?:able|ible)|pursued|required|needed|wanted|proceeding|approved|agreed|granted|supported|renewed))\b/i
/** Beside a day or a length such words limit it: `31/03/2029 (no further extensions)`. */
const LIMITS =
  /\b(?:(?:and |with )?no (?:further|more|other) (?:options?|extensions?|periods?|terms?)(?: (?:is |are )?(?:left|remain(?:s|ing)?|available|possible|allowed|permitted))?|can ?not be (?:extended|renewed) (?:any )?(?:further|again|more)|(?:notice|approval|variation|consent) (?:is )?not (?:required|needed)|(?:the |in )?(?:total|all|overall)?,? ?(?:shall|will|must|may|can|to) ?not exceed [^,;.()]*)/gi
const NOT_TAKEN = new RegExp(
  `\\b(?:not|never|neither|none|without(?: being)?|(?:was|has|have|is|did)n['’]?t)(?: \\w+){0,3}? (?:${DONE}|exercis(?:e|ing)|tak(?:e|ing)(?: up)?|us(?:e|ing))\\b`,
  'i',
)
/** That it is still to be taken, or may be. */
const OPEN =
  /(?<!\d(?:st|nd|rd|th)?[ /-])\bmay\b(?![ /-]?\d)|\b(?:can|could|might|will|would|must|to be|shall|available|remain(?:s|ing)?|left|subject to|when|possible|potential(?:ly)?|optional|plan(?:ned|s)?|intend(?:s|ed)?|expect(?:s|ed)?|propos(?:ed|al)|consider(?:ed|ing)?|likely|unlikely|pending|awaiting|review|discussion|negotiation|un(?:used|exercised|taken)|before|no later than|(?:as|mutually|where) agreed)\b|\bby (?:the )?(?:end )?(?:of )?(?:\d(?!\d*[ -]?(?:d|w|m|y|q)[a-z]*\b)|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i
const AGREED = 'signed|agreed|approved|granted|confirmed|accepted|in (?:place|effect|force)'
const TAKEN = new RegExp(
  `\\b(?:${DONE}|exhausted|in (?:the |its )?(?:\\w+ )?extension|(?:extension|option|period)s? (?:now |currently )?(?:in use|running|active|live))\\b|\\b(?:${AGREED})(?=\\W*$| (?:to|until|till|on|for|in)\\b|[ :]*\\d)`,
  'i',
)

/** The words but for those that only limit what stands beside them. */
export function withoutLimits(words: string): string {
  const rest = words.replace(LIMITS, ' ')
  return /\d|\b(?:one|two|three|four|five|years?|months?)\b/i.test(rest) ? rest : words
}

/** What a few words say of an option; null where it stands, or they say nothing of it. */
export function optionFate(words: string): OptionFate | null {
  if (OPEN_YET.test(words)) return null
  if (GONE.test(words)) return 'gone'
  if (REFUSED.test(words) || NOT_TAKEN.test(words)) return 'not-taken'
  return OPEN.test(words) || !TAKEN.test(words) ? null : 'taken'
}

const NTH_OPTION =
  /\b(?:(first|1st)|(second|2nd)|(third|3rd)|(fourth|4th)|(fifth|5th)|(?:options?|opt|extensions?|extn?|year) (?:no\.? ?)?([1-5])(?! ?[-/.\d]| ?(?:m|mths?|months?|y|yrs?|years?)\b))/gi
/** Options that are named by their place, counted from 0. */
export function optionsNamed(words: string): number[] {
  return [...words.matchAll(NTH_OPTION)].map(([, ...nth]) => {
    const at = nth.slice(0, 5).findIndex((each) => each !== undefined)
    return at < 0 ? Number(nth[5]) - 1 : at
  })
}

const SO_MANY =
  /\b(\d|one|two|three|four) (?:of|\/|out of) (?:the |a )?(?:\d|two|three|four|five)\b/i

const SO_MANY_USED =
  /\b(\d|one|two|three|four) (?:(?:has|have|been|were|are|now|already|so far) )*(?:used|taken|exercised)\b/i

const SO_MANY_LEFT =
  /^\W*(\d|one|two|three|four) (?:(?:options?|extensions?|is|are|still|now) )*(?:remain(?:s|ing)?|left|unused)\W*$/i

/** How many of its options a part says are left; null where it does not. */
export function optionsLeft(words: string): number | null {
  const many = SO_MANY_LEFT.exec(words)?.[1]
  return many === undefined ? null : wholeNumber(many)
}

/** Which of so many options they are about, counted from 0; null where they do not say. */
export function optionsMeant(words: string, count: number): number[] | null {
  const all = Array.from({ length: count }, (_, at) => at)
  if (/\b(?:all|both|neither|none|every|fully|exhausted|options|extensions|any)\b/i.test(words))
    return all
  const many = (SO_MANY.exec(words) ?? SO_MANY_USED.exec(words))?.[1]
  if (many !== undefined) return all.slice(0, wholeNumber(many) ?? 0)
  const named = optionsNamed(words)
  if (named.length > 0) return named
  if (/\b(?:last|final)\b/i.test(words)) return count === 0 ? [0] : [count - 1]
  return /\b(?:other|remaining|rest|remainder)\b/i.test(words) ? all.slice(1) : null
}

/** That a contract may be ended before its end. */
export const BREAK =
  /\bbreak(?:s|able|points?)?\b(?!-? ?(?:down|fix|through|age|fast))|\bearly (?:exit|release|termination)\b(?=.*\b(?:if|may|can|could|options?|right|subject to|possible|allowed|on|with)\b)|\b(?:may|can|could|right to|option to|able to) (?:be )?(?:exit\w*|terminat\w+|walk away|get out|pull out|hand (?:it )?back|opt out|stop|leave|left|end(?:ed)?|cancel\w*|withdraw\w*)\b(?=.*\d)/i

/** Whether words are about a break alone, and not about an end, an option or a notice besides. */
export function isBreakAlone(words: string): boolean {
  if (!BREAK.test(words) || /\b(?:exten\w+|renew\w*)\b/i.test(words)) return false
  return !/\d/.test(words.replace(OF_BREAK, ' '))
}
const OF_BREAK = /[^(),;]*\bbreak[^(),;]*|\d+ ?(?:days|weeks|months|years)?['’]? ?notice/gi

/** Whether words say that notice was served: not that it is to be, may be, or by whom. */
export function isServed(text: string): boolean {
  const said = text.replace(UNLESS, ' ')
  return SERVED.test(said) && !TO_BE_SERVED.test(said)
}
const DONE_WITH =
  '(?:gave|given|giving|served|serving|issued|issuing|sent|handed in|tendered|received|submitted|put in)'
const SERVED = new RegExp(
  `\\b${DONE_WITH}\\b[^.;,]{0,30}\\bnotice\\b(?! (?:period|required))|\\bnotice\\b[^.;,\\d]{0,20}\\b${DONE_WITH}\\b(?! by (?:either|the|a|supplier|buyer|both|us|them)\\b)|\\bunder notice\\b|\\b(?:gave|served)(?: (?:them|us|it))? (?:\\d{1,3}|one|two|three|six|nine|twelve) ?(?:months?|weeks?|days?)\\b|^(?:was |has been |already )*(?:served|given|sent|issued)(?: on)? \\d`,
  'i',
)
const TO_BE_SERVED =
  /\b(?:if|must|should|shall|will|would|to be|can|may|might|could|when|once|not|no|never|after|either|requires?d?|by giving|to (?:give|serve|issue|send))\b(?! leave)/i

/** The same of a cell about notice, which need not name it: `3 months (served)`; and that it was waived. */
export function isServedIn(cell: string): boolean {
  const said = cell.replace(/\d{1,3} ?(?:months?|mths?|weeks?|wks?|days?|[mwd])\b['’]?/gi, ' ')
  return (
    isServed(cell) || (isServed(`notice ${said}`) && !HOW_SERVED.test(said)) || WAIVED.test(said)
  )
}
const HOW_SERVED = /\b(?:in writing|by (?:post|e-?mail|letter|recorded|hand))\b/i
const WAIVED = /(?<!\b(?:not|be|been) )\b(?:terminated|waived)\b/i

/** The form that the words name; null where they name none. */
export function formOf(text: string): Form | null {
  if (/\bcall[- ]?off\b/i.test(text)) return 'call-off'
  if (/\bframework\b|\bdps\b|\bdynamic (?:market|purchasing)/i.test(text)) return 'framework'
  if (/\bpurchase order\b|^po$/i.test(text)) return 'purchase-order'
  if (/\blicen[cs]e|\bsubscription\b/i.test(text)) return 'licence'
  if (/^lot\b/i.test(text)) return 'lot'
  return /\b(?:contract|agreement)\b/i.test(text) ? 'contract' : null
}

/** The law that the words name; `other` where they name one that has no rules here. */
export function regimeOf(text: string): Regime {
  if (/\bpa ?(?:20)?23\b|procurement act/i.test(text)) return 'PA23'
  if (/\bpcr ?(?:20)?15\b|public contracts reg|^pcr$/i.test(text)) return 'PCR15'
  if (/\bpsr ?(?:20)?23\b|provider selection|^psr$/i.test(text)) return 'PSR23'
  return /below[- ]?threshold/i.test(text) ? 'below-threshold' : 'other'
}

/**
 * The route that a procedure's name stands for; null where it is not clear. Procedures in several
 * stages of the older law (restricted, negotiated, dialogue) count as competitive flexible, which
 * took their place. `method` is OCDS's procurementMethod, where there is one.
 */
export function routeOf(text: string, method: string | null = null): string | null {
  const words = text.toLowerCase()
  if (KNOWN_ROUTES.has(words)) return words
  if (/most suitable provider/.test(words)) return 'psr-most-suitable-provider'
  const process = /direct award (?:process )?([abc])\b/.exec(words)?.[1]
  if (process !== undefined) return `psr-direct-award-${process}`
  if (/\bpsr\b|provider selection/.test(words)) {
    if (/urgent|urgency|emergency/.test(words)) return 'psr-urgent-award'
    return /compet/.test(words) ? 'psr-competitive' : null
  }
  if (/further competition|mini[- ]?competition/.test(words)) return 'mini-competition'
  const framework = /framework|call[- ]?off/.test(words)
  if (/dynamic (?:purchasing|market)|\bdps\b/.test(words)) return 'dynamic-market'
  if (framework && (/direct/.test(words) || method === 'direct')) return 'framework-direct-award'
  if (framework) return method === 'selective' ? 'mini-competition' : null
  if (/urgent|urgency|emergency/.test(words) && /direct|award/.test(words)) {
    return 'urgent-direct-award'
  }
  if (/without (?:prior )?(?:publication|call|competition)/.test(words)) return 'direct-award'
  if (/direct award|single (?:tender|quote|source)|\bwaiver\b|\bstw\b/.test(words)) {
    return 'direct-award'
  }
  if (/quot(?:e|ation)|\brf[qp]\b/.test(words)) return 'quotes'
  if (/restricted|negotiat|dialogue|competitive flexible|innovation partnership/.test(words)) {
    return 'competitive-flexible'
  }
  if (/\bopen\b/.test(words)) return 'open'
  if (method === 'open') return 'open'
  return method === 'direct' ? 'direct-award' : null
}

const KNOWN_ROUTES: ReadonlySet<string> = new Set(ROUTES.map(({ name }) => name))

/** What a status says: see `statusSays`. */
type StatusWord = 'closed' | 'over' | 'doubted' | 'paused' | 'notice' | 'runs'

/** Behind a word that it is over: only a part is, or it is so no more. */
const OF_PART =
  /^\W*(?:po|purchase orders?|orders?|lots?|phases?|stages?|sites?|part\w*)\b|\b(?:some|in part|partly|partially|(?:phase|lot|stage) \d|to new|from (?:the )?(?:framework|dps)|one (?:of|site|lot))\b/i
const STILL =
  /\?|(?<!\b(?:no longer|not) )\b(?:but|then|however|re-?open\w*|re-?instat\w*|rescind\w*|revers\w*|overturned|notice withdrawn|still|in use|in place|live|active|running|continu\w*|by (?:the |an? )?(?:extension|variation|option)|holding over|interim|except)\b/i

/**
 * What a status says: `closed` (ended before its end), `over` (its time has passed), `doubted` (either,
 * and more that says otherwise), `notice` (it is to end), `paused` (on hold), `runs`; null where it says
 * none of these.
 */
export function statusSays(text: string): StatusWord | null {
  const words = inEnglish(text.replace(/\s+/g, ' ').trim())
  if (
    /\b(?:notice (?:has been |was )?(?:given|served|issued|received)|under notice|exit(?:ing)?|(?:not|non|no|do not|don.?t|will not|wo.?n.?t)[ -]?(?:to )?(?:be |being )?(?:auto(?:matically)?[ -]?)?(?:renew\w*|extend\w*)|renewal not (?:required|needed|wanted)|given notice|notice to be (?:given|served|issued)|terminating|being terminated|to (?:be terminated|end|lapse|expire|run out)|(?:will|let|allow\w*|letting)(?: it)?(?: to)? (?:lapse|expire|end|run out)|(?:ends?|lapses?|expires?) (?:at|on) (?:its |the )?(?:end|expiry|term)|(?:to be|being|will be|for|under) re-?(?:let|tender\w*|procur\w*|bid)|re-?(?:tender|procur)\w*|(?:going|gone|go|out) (?:out )?to (?:tender|market)|winding (?:up|down)|decommission\w*|run(?:ning)?[ -]?(?:off|out))\b/i.test(
      words,
    )
  )
    return 'notice'
  const closed =
    /^(?:terminated|cancell?ed|canx?|cnx|cancd|termd|closed|withdrawn|ended early|void|annulled)\b/i.exec(
      words,
    )
  const over =
    /^(?:completed?|expired|ended|inactive|not active|lapsed|superseded|finished|archived|dead|past|historic(?:al)?|replaced|dormant|obsolete|ceased|no longer)\b/i.exec(
      words,
    )
  const rest = words.slice((closed ?? over)?.[0].length ?? 0)
  if (closed !== null || over !== null) {
    return OF_PART.test(rest) || STILL.test(rest) ? 'doubted' : closed === null ? 'over' : 'closed'
  }
  if (
    /\b(?:on[- ]hold|suspended|paused|frozen|stood down|stopped|stalled|halted|in abeyance)\b/i.test(
      words,
    )
  ) {
    return 'paused'
  }
  return /\b(?:live|active|current|running|in (?:force|place|progress|contract|term|use|delivery)|open|awarded|signed|approved|executed|extended|in extension|renewed|ongoing|operational|valid|on[- ]going|continu(?:es|ing)|mobili[sz]\w+|implementation|rolling|contracted|expiring|due|draft|planned|pending)\b/i.test(
    words,
  )
    ? 'runs'
    : null
}

/** Net or gross, from a VAT column; `question` is its heading as it is compared. */
export function vatState(text: string, question: string): VatState {
  const answer = yesOrNo(text)
  if (answer !== null && /includ/.test(question)) return answer ? 'gross' : 'net'
  if (/^(?:ex|exc|excl|excluded|excluding|exclusive)\.?$/i.test(text)) return 'net'
  if (/^(?:inc|incl|included|including|inclusive)\.?$/i.test(text)) return 'gross'
  return vatOf(text) ?? 'unknown'
}

/** In what way a product is covered; null where the words say none of them. */
export function coverKindOf(text: string): CoverKind | null {
  if (/\b(?:extended|esu|ext\.?|custom)\b/i.test(text)) return 'extended-support'
  if (/\b(?:support|maintenance|warranty)\b/i.test(text)) return 'support'
  if (/\blicen[cs]es?\b/i.test(text)) return 'licence'
  return /\b(?:hosting|hosted|saas|cloud)\b/i.test(text) ? 'hosting' : null
}

/** How much of the VAT comes back; `question` is the column's heading as it is compared. */
export function vatRecovery(text: string, question: string): VatRecovery {
  const cannot = /cannot|irrecoverable|non/.test(question)
  if (/^(?:full|fully|all|100 ?%)$/i.test(text)) return cannot ? 'none' : 'full'
  if (/^(?:none|not recoverable|nil|0 ?%)$/i.test(text)) return cannot ? 'full' : 'none'
  if (/^part(?:ly|ial|ially)?$/i.test(text)) return 'part'
  const answer = yesOrNo(text)
  if (answer !== null) return answer !== cannot ? 'full' : 'none'
  const figure = /^[£€]?\s*([\d,.]+)$/.exec(text)
  if (figure === null || !cannot) return 'unknown'
  return /^[0.,]+$/.test(figure[1] ?? '') ? 'full' : 'part'
}

/**
 * The text without surrounding and doubled blanks, its HTML entities decoded (twice: publishers
 * encode `&` again). Blank, `N/A`, `-` and the like are null.
 */
export function cleanText(raw: string | undefined): string | null {
  if (raw === undefined || raw === '') return null
  let text = raw.includes('&') ? decodeHTMLStrict(decodeHTMLStrict(raw)) : raw
  text = UNEVEN.test(text) ? text.replace(/[\s\p{Cc}\u200b\ufeff]+/gu, ' ').trim() : text
  return isNil(text) ? null : text
}
const UNEVEN = /^\s|\s$|\s\s|[\t\n\r\f\v\u00a0\u200b\ufeff\p{Cc}]/u

/** The names in a packed or listed cell: `[A|…][B|…]` (part `part` of each), `A|B`, `A; B`. */
export function namesIn(text: string, part: number): string[] {
  const blocks = blocksIn(text)
  const names =
    blocks.length > 0 ? blocks.map((block) => block.split('|')[part] ?? '') : text.split(/[|;]/)
  const seen = new Set<string>()
  for (const name of names) {
    const clean = cleanText(name)
    if (clean !== null) seen.add(clean)
  }
  return [...seen]
}

/** The names of a list that an export quoted, `"A; B"; "C"`; null where it is no such list. */
export function quotedNames(text: string): string[] | null {
  if (!/^"(?:[^"]|"")+"(?:; "(?:[^"]|"")+")*$/.test(text)) return null
  return [...text.matchAll(/"((?:[^"]|"")+)"/g)].map(([, name = '']) => name.replaceAll('""', '"'))
}

/** What stands in square brackets with a bar in it. */
function blocksIn(text: string): string[] {
  const blocks: string[] = []
  let open = text.indexOf('[')
  while (open >= 0) {
    const close = text.indexOf(']', open)
    if (close < 0) break
    const block = text.slice(open + 1, close)
    if (block.includes('|')) blocks.push(block)
    open = text.indexOf('[', close)
  }
  return blocks
}

export interface LinksRead {
  readonly documents: readonly LinkedDocument[]
  /** What stands there and is no web address: each is told of, none is taken. */
  readonly refused: readonly string[]
}

export const MOST_DOCUMENTS = 20
const MOST_TITLE = 150

/**
 * The links of a cell, each with the words beside it as its title: one a line, or between semicolons or
 * bars, also as Markdown, HTML and Slack write them. Without words the file's name is the title.
 */
export function readLinks(text: string): LinksRead {
  const plain = text
    .replace(/<a\b[^>]*?href\s*=\s*["']?([^"'\s>]+)["']?[^>]*>(.*?)<\/a>/gis, '\n$2 $1\n')
    .replace(/<([a-z]+:[^|>\s]+)\|([^>]*)>/gi, '\n$2 $1\n')
    .replace(/\[([^\]]*)\]\((\S+)\)/g, '\n$1 $2\n')
  const documents = new Map<string, LinkedDocument>()
  const refused: string[] = []
  for (const entry of plain.split(/\r?\n|\||;(?=\s|https?:|$)|,\s*(?=https?:)/i)) {
    const said = cleanText(entry)
    if (said === null) continue
    const found = [...said.matchAll(ADDRESS)]
    if (found.length === 0) refused.push(said)
    for (const [at, match] of found.entries()) {
      const before = said.slice(endOf(found[at - 1]), match.index)
      // `https://… (signed)`; a stop alone says nothing.
      const last = at === found.length - 1 ? said.slice(endOf(match)).trim() : ''
      const after = /[\p{L}\p{N}]/u.test(last) ? last.replace(/^\((.*)\)$/, '$1') : ''
      const typed = withoutTail(match[0])
      const url = webAddress(typed)
      const isRoom = url !== null && (documents.has(url) || documents.size < MOST_DOCUMENTS)
      if (url === null || !isRoom) refused.push(typed)
      else if (!documents.has(url)) {
        const words = titleOf(`${before} ${after}`)
        documents.set(url, { title: JOINS.test(words) ? nameIn(url) : words, url })
      }
    }
  }
  return { documents: [...documents.values()], refused }
}

/** A cell's words and the address behind them, as `readLinks` reads them; words that are addresses stand. */
export function linkedText(words: string, url: string): string {
  const isAddress = words.search(ADDRESS) >= 0
  return isAddress ? `${words}\n${url}` : `${words.replace(/[\r\n;|]+/g, ' ')} ${url}`
}

/** Documents as one cell or line, which `readLinks` reads back. */
export function linksText(documents: readonly LinkedDocument[], between = '; '): string {
  return documents.map(({ title, url }) => `${title}: ${url}`).join(between)
}

/** What stands between two links, or counts them. */
const JOINS = /^(?:and|&|[/+]|\d{0,2}[.)]?)$/i
/** Any scheme: what is no web address is told of. */
const ADDRESS =
  /[a-z][a-z0-9+.-]*:\/\/[^\s<>"]+|\b(?:javascript|data|mailto|vbscript|file):(?!https?:)\S+/gi

function endOf(match: RegExpExecArray | undefined): number {
  return match === undefined ? 0 : match.index + withoutTail(match[0]).length
}

/** Without the stop of its sentence, and without brackets that open before it. */
function withoutTail(address: string): string {
  const short = address.replace(/[.,;:!?'\u2019\u201d]+$/, '')
  const isOpen = short.endsWith(')') && short.split('(').length < short.split(')').length
  const isTail = isOpen || (short.endsWith(']') && !short.includes('['))
  return isTail ? withoutTail(short.slice(0, -1)) : short
}

/** Nothing that would part or link anything: a title reads back as itself. */
export function titleOf(words: string): string {
  const plain = words.replace(SCHEME, '$1 ').replaceAll('://', ' ').replace(/[;|]+/g, ',')
  return [...oneLine(plain)]
    .slice(0, MOST_TITLE)
    .join('')
    .replace(/^[\s,:<>[\]\u2013\u2014-]+|[\s,:(<>[\]\u2013\u2014-]+$/g, '')
}
const SCHEME = /\b(javascript|data|mailto|vbscript|file):/gi

function nameIn(url: string): string {
  const { pathname, hostname } = new URL(url)
  const last = pathname.split('/').findLast((part) => /[\p{L}\p{N}]/u.test(part)) ?? ''
  return titleOf(decoded(last)) || hostname
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** What is asked of few contracts that a sentence names: yes or no, and what no line of a list tells. */
import { stateSql } from '../../reports/contract.ts'
import { asCivilDate, type CivilDate } from '../../rules/civil-date.ts'
import type { DeadlineKind } from '../../rules/contract.ts'
import { asDecimal } from '../../rules/money.ts'
import type { PageFacts } from '../../text/answer-facts.ts'
import { capitalised, counted, dateWords, spendWords } from '../../text/words.ts'
import {
  type Dates,
  FILLED,
  type Filters,
  filledBy,
  type IsFilled,
  isRecorded,
  type ListState,
  MONTH_DAYS,
  NO_FILTERS,
  RECORDED,
  type Recorded,
} from '../parse/command-types.ts'
import { asksForSome } from '../parse/filters.ts'
import { FILLERS } from '../parse/vocabulary.ts'
import type { BotContext } from '../request.ts'
import {
  amountCondition,
  dateConditions,
  type Parameters,
  parameters,
  personName,
  type ReadFilters,
  rangeSql,
  readNames,
  selectFitting,
  stateCondition,
  wholeCondition,
  YEARLY_COST,
} from './filters.ts'

export interface FoundOne {
  readonly contractId: number
  readonly reference: string
}
/** What was read of it, of which kind, and what was not. */
interface ReadAnswer {
  readonly read: readonly { readonly what: string; readonly text: string }[]
  readonly unread: readonly string[]
}

/**
 * What a sentence asks of few contracts that it names and no line of a list tells: `deputy: Mei Lindqvar`.
 * Null where it asks nothing of the kind. Words that this tells, or that the line does, are read.
 */
export async function toldOf(
  context: BotContext,
  text: string,
  { read, unread }: ReadAnswer,
  found: readonly FoundOne[],
  { inLine = true, but = [] }: { readonly inLine?: boolean; readonly but?: readonly string[] } = {},
): Promise<{ readonly unread: readonly string[]; readonly fields: string | null }> {
  const isNamed = read.some(
    ({ what }) => what === 'text' || (what === 'owner' && /^\W*who\b/i.test(text)),
  )
  if (found.length === 0 || !isNamed) return { unread, fields: null }
  const said = text.toLowerCase()
  const isSummed = read.some(({ what, text: words }) => what === 'sum' && / a year\b/.test(words))
  const isWhether = WHETHER.test(said)
  const isAsking = isWhether || /^\W*(?:by )?(?:when|how|what|who)/.test(said)
  const asked = [...(inLine ? [] : [OWNER_TOLD]), ...toldOn(`date '${context.today}'`)].filter(
    (each) =>
      each[0].test(said) &&
      !but.includes(each[1]) &&
      !(context.hidePrices && PRICES_TOLD.includes(each)) &&
      !(isSummed && each[1].startsWith('a year')),
  )
  if (found.length > MOST_TOLD) {
    const [only, second] = asked
    const ofAll = isAsking && only && !second && TOLD_OF_ALL.has(only[1]) ? only : null
    const fields = ofAll === null ? null : await toldOfAll(context, ofAll, found)
    const left = fields === null ? unread : unread.filter((each) => !ofAll?.[0].test(each))
    return { unread: left, fields }
  }
  const covered = new Set(
    asked.flatMap(([of, name]) =>
      PHRASES_TOLD.has(name) ? (of.exec(said)?.[0].split(' ') ?? []) : [],
    ),
  )
  const isTold = (word: string) =>
    covered.has(word) ||
    asked.some(([of]) => of.test(word)) ||
    IN_ITS_LINE.test(word) ||
    (isAsking &&
      /^(?:give|tell|told|want|get|out|off|leaving)$/.test(word) &&
      NOTICE_ASKED.test(said)) ||
    (word === 'after' && /\blook\w* after\b/.test(said)) ||
    (/^(?:under|sits?|in|comes?)$/.test(word) && asked.some(([, name]) => name === 'department')) ||
    (isWhether && (word === 'or' || TIME.test(word)))
  const left = unread.filter((each) => {
    const words = each
      .toLowerCase()
      .replace(/[?.!,]+$/, '')
      .split(' ')
    const isFiller = (word: string) => words.length > 1 && FILLERS.has(word)
    return !isTold(words.join(' ')) && !words.every((word) => isTold(word) || isFiller(word))
  })
  if (asked.length === 0 || (found.length > 1 && !isAsking)) return { unread: left, fields: null }
  const lines: string[] = []
  for (const { contractId, reference } of found) {
    const places = parameters()
    const [row] = await selectFitting<Record<string, string | null>>(
      context,
      asked.map(([, , column], at) => `(${column})::text AS "${at}"`).join(', '),
      [
        `c.organisation_id = ${places.add(context.organisationId)}`,
        `c.id = ${places.add(contractId)}`,
      ],
      places,
    )
    const facts = asked.map(([, name], at) => {
      const is = row?.[at] ?? null
      return `${name}: ${is === null ? 'none recorded' : factWords(is)}`
    })
    lines.push(`${found.length > 1 ? `${reference} ` : ''}${facts.join('; ')}`)
  }
  return { unread: left, fields: lines.join('; ') }
}
/** The few different ones that all of them have; null where there are many. */
async function toldOfAll(
  context: BotContext,
  [, name, column]: Told,
  found: readonly FoundOne[],
): Promise<string | null> {
  const places = parameters()
  const ids = places.add(found.map(({ contractId }) => contractId))
  const rows = await selectFitting<{ is: string | null; count: number }>(
    context,
    `(${column})::text AS is, count(*)::int AS count`,
    [`c.organisation_id = ${places.add(context.organisationId)}`, `c.id = ANY(${ids}::int[])`],
    places,
    'GROUP BY 1 ORDER BY 2 DESC, 1',
  )
  const each = rows.map(({ is, count }) => `${is ?? 'none recorded'} (${count})`)
  return each.length > MOST_TOLD ? null : `${name}: ${each.join(', ')}`
}
/** What many contracts have in common. */
const TOLD_OF_ALL: ReadonlySet<string> = new Set([
  'deputy',
  'category lead',
  'category',
  'reseller',
])
/** A day, an amount with its currency, or words. */
function factWords(is: string): string {
  const [, amount, currency = ''] = /^(\d+) ([A-Z]{3})$/.exec(is) ?? []
  if (amount !== undefined) return spendWords(asDecimal(amount), currency)
  return /^\d{4}-\d\d-\d\d$/.test(is) ? dateWords(asCivilDate(is)) : is
}
const MOST_TOLD = 3
/** Asked of in several words, which are read with it. */
const PHRASES_TOLD: ReadonlySet<string> = new Set(['followed by', 'to at most', 'left'])
/** Asked of it, and told in its line: who has it and from whom, until when, what it is worth. */
const IN_ITS_LINE =
  /^(?:who|whom|whose|references?|ref|owner|owns?|contact|ring|call|speak|talk|moan|complain|shout|chas(?:e|ing)|charge|responsible|look(?:s|ing|ed)?|handl(?:es?|ing)|sort(?:s|ed|ing)?|deal(?:s|ing)?|manag(?:es?|ing|er)|company|firm|supplier|vendor|provider|people|folk|lot|long|time|left|big|much|cost(?:s|ing)?|need|leav(?:e|ing)|worth|value|price|pay|charged?|date|finish(?:es|ing)?|stops?|stopped|los(?:e|ing)|expir\w+|ends?|up|over|done|exists?|alive|dead|going|running|works?|working|us(?:e|es|ing)|tied|keep|cover(?:ed)?|safe|secure|ok|okay|alright|valid|mine|my|team|tender\w*|anyone|anybody|someone|somebody)$/
const WHETHER =
  /^\W*(?:(?:so|and|but|ok|our|the|my) )?(?:[\w' ]+[,–-] ?)?(?:is|are|does|do|did|will|can|could|have|has|should)\b/
const TIME =
  /^(?:in|after|before|by|until|till?|on|during|from|past|this|next|the|of|end|new|year|month|week|summer|winter|spring|autumn|easter|christmas|xmas|q[1-4]|\d+(?:st|nd|rd|th)?|jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sept?\w*|oct\w*|nov\w*|dec\w*)$/

const dueOn = (kind: DeadlineKind) =>
  `(SELECT min(d.due_on) FROM deadline d
     WHERE d.contract_id = c.id AND d.kind = '${kind}' AND d.settled_why IS NULL)`
const saidOn = (day: string) => `to_char(${day}, 'Dy FMDD Mon YYYY')`
const endOn = (day: string) =>
  `CASE WHEN c.current_latest < ${day} THEN 'it ended on ' ELSE 'it ends on ' END || ${saidOn('c.current_latest')}`
const NOTICE_ASKED =
  /\b(?:notice|warning|(?:tell|told) (?!me\b|us\b)\w+|cancel\w*|(?:get|want|pull|way) out|leave)\b/
const yearly = (parts: number) => `round(${YEARLY_COST} / ${parts}) || ' ' || c.currency`
/** How long it runs yet. */
const leftOf = (day: string) => `(SELECT CASE WHEN days < 0 THEN 'nothing, ' || ${endOn(day)}
  ELSE days || ' days' || CASE WHEN days > 730 THEN ', about ' || round(days / 365.25, 1) || ' years'
    WHEN days > 90 THEN ', about ' || round(days / ${MONTH_DAYS}) || ' months' ELSE '' END END
  FROM (SELECT c.current_latest - ${day} AS days) l)`
/** Words that ask for it, what it is called, and where it stands. */
type Told = readonly [RegExp, string, string]
/** What the line of a list tells anyway, and a card further down. */
const OWNER_TOLD: Told = [
  /\b(?:owners?|owns|owned|who (?:manages|runs|looks after|is responsible))\b/,
  'owner',
  personName('owner_id'),
]
const PRICES_TOLD: readonly Told[] = [
  [
    /\b(?:a year|per year|annual\w*|yearly|each year|every year)\b/,
    'a year, over its term',
    yearly(1),
  ],
  [
    /\b(?:a month|per month|monthly|each month|every month)\b/,
    'a month, over its term',
    yearly(12),
  ],
  [
    /\b(?:cost|pa(?:y|id)|spen[dt])\b.*\bextension/,
    'extensions cost',
    `(SELECT string_agg(coalesce(round(e.cost) || ' ' || e.currency, 'not recorded') || ' to '
         || to_char(e.to_on, 'FMDD Mon YYYY'), ', ' ORDER BY e.from_on)
       FROM extension e WHERE e.contract_id = c.id AND e.status NOT IN ('withdrawn', 'proposed'))`,
  ],
]
const toldOn = (day: string): readonly Told[] => [
  [
    /\b(?:how (?:long|much longer|much time|many (?:more )?(?:days|weeks|months|years)))\b.*\b(?:left|remain\w*|to run|to go|more|got|until|till?|longer)\b|\b(?:time|days|weeks|months|years) (?:left|remaining)\b/,
    'left',
    leftOf(day),
  ],
  [
    /\b(?:deput|second name|backup|stand-?in|who\b.*\b(?:covers?|covering|(?:step|stand|fill)(?:s|ing)? in)\b)/,
    'deputy',
    personName('deputy_id'),
  ],
  [/\bleads?\b/, 'category lead', personName('category_lead_id')],
  [/\bcategor/, 'category', 'c.category'],
  [/\b(?:dept|department|directorate|division)s?\b/, 'department', 'c.department'],
  [/\bresell/, 'reseller', 'c.reseller'],
  [NOTICE_ASKED, 'notice period', "c.notice_amount || ' ' || c.notice_unit"],
  [
    NOTICE_ASKED,
    'notice by',
    // Of one that was missed, and of the term that began then.
    `coalesce((SELECT string_agg(${saidOn('d.due_on')}, ', then ' ORDER BY d.due_on) FROM deadline d
       WHERE d.contract_id = c.id AND d.kind = 'notice' AND d.settled_why IS NULL), CASE WHEN NOT c.automatic_renewal THEN 'none needed, it does not renew by itself' END)`,
  ],
  [/\b(?:options?|extra|more time|extend|be extended)\b/, 'option by', dueOn('option')],
  [
    /\bhow far\b|\b(?:latest|last|max\w*) (?:poss\w* )?(?:end|date)\b.*\bexten|\bmaximum end\b/,
    'to at most',
    'c.maximum_end',
  ],
  [/\b(?:review\w*|looked at)\b/, 'review', dueOn('review')],
  [
    /\b(?:successor|replace\w*|follow\w*|then what|after that|tak(?:e|es|ing) over from|supersed\w*|succeeds?)\b/,
    'followed by',
    'c.successor',
  ],
  ...PRICES_TOLD,
  [
    /\b(?:buying|re-?buy\w*|re-?procure\w*|procurement|re-?tender\w*|replac\w+)\b/,
    'start buying by',
    dueOn('start-by'),
  ],
  [/\b(?:start date|did .*(?:start|begin)|started|began|running|how old)\b/, 'start', 'c.start'],
  [/\b(?:route|bought|procured|awarded)\b/, 'route', 'c.route'],
  [/\b(?:law|regime)\b/, 'law', 'c.regime'],
  [
    /\bwaive/,
    'waiver',
    `(SELECT 'recorded on ' || to_char(max(w.recorded_on), 'FMDD Mon YYYY') FROM waiver w
       WHERE w.contract_id = c.id AND w.withdrawn_at IS NULL)`,
  ],
  [
    /\brenew|\bwhat happens\b/,
    'renews by itself',
    "CASE WHEN c.automatic_renewal THEN 'yes' WHEN NOT c.automatic_renewal THEN 'no' END",
  ],
  [
    /\bexten/,
    'extensions',
    `(SELECT string_agg(e.kind || ' to ' || to_char(e.to_on, 'FMDD Mon YYYY'), ', ' ORDER BY e.from_on)
       FROM extension e WHERE e.contract_id = c.id AND e.status NOT IN ('withdrawn', 'proposed'))`,
  ],
  [
    /\b(?:trusts?|buyers?|who (?:else )?(?:buys|uses)|organisations?|orgs?|shar(?:e|ed|es|ing)|who else|sites?)\b/,
    'bought for',
    `(SELECT string_agg(b.name, ', ' ORDER BY b.name) FROM contract_buyer cb
       JOIN buyer b ON b.id = cb.buyer_id WHERE cb.contract_id = c.id)`,
  ],
]

// Yes or no, where the record decides it.

/** Asks whether something is so; `can you show` and `do you know when` do not. */
const ASKS_WHETHER = new RegExp(
  "^\\W*(?:[\\w' ]+[,:–-] ?)?(?:(?:so|and|but|ok|okay|hi|hiya|hello|hey|morning|please|pls|quick one|just checking|remind me|our|the) )*" +
    "(?:(?:(?:do|can|could|would) (?:you|u|we|i) (?:know|tell me|tell|check|confirm|say)|tell me|check|confirm|(?:not )?sure|wonder\\w*|(?:want|need|like) to know) )?(?:if|whether|is|isn'?t|are|aren'?t|was|were|does|doesn'?t|do|don'?t|did|didn'?t|has|hasn'?t|have|haven'?t|had|will|won'?t|can|can'?t|could)\\b" +
    '(?! (?:you|u)\\b| (?:we|i) (?:get(?! out)|see|know|please|pls|look|list|show)\\b)',
)
/** Asks whether there is any contract, and not whether one has something. */
const ASKS_ANY =
  /^\W*(?:(?:so|and|but|ok|hi|hiya|hello|hey|please|pls) )*(?:(?:is|are|was|were) (?:there )?(?:any|anything|something|there)\b|(?:do|does|did|has|have|had|will|can) (?:any|anything)\b|(?:(?:do|have|has|did) (?:we|i) (?:still )?(?:have|got|had)|does (?!it\b|the\b)\w+(?: \w+)? (?:have|own|lead|manage|look after)) (?:got )?(?:any|anything|an?)\b)(?! (?:an? |any |still |an? \w+ )*(?:owner|deput|lead\b|notice|option|extension|extra|more time|end date|start|value|supplier|reseller|route|review|replacement|successor|waiver|dpia|document|decision|question|procurement|chance|way|need|point))/
/** Asks whether it has one of these. */
const ASKS_FIELD: readonly (readonly [RegExp, ListState])[] = [
  [
    /\bthere (?:an? |any |still |no )*owner\b|\b(?:any|some)(?:one|body) (?:own|look|manag|run|in charge|respons)/,
    'with-owner',
  ],
  [
    /\bthere (?:an? |any |still |no )*deputy\b|\b(?:any|some)(?:one|body) (?:cover|deputis|stand)/,
    'with-deputy',
  ],
  [/\bthere (?:an? |any |still |no )*(?:successor|replacement)\b/, 'with-successor'],
  [/\bthere (?:an? |any |still |no )*notice (?:period|clause)\b/, 'with-notice'],
  [/\bthere (?:an? |any |still |no )*end date\b/, 'with-end'],
]
/** Of more nobody asks for each. */
const MOST_JUDGED = 20
const ALTERNATIVE =
  /\bor\b(?! (?:not|later|more|less|over|under|so|earlier|is|are|was|has|have|did|do|does|will)\b)/

const PRESUMED = `EXISTS (SELECT FROM extension e WHERE e.contract_id = c.id AND e.kind = 'renewal'
  AND e.status = 'presumed' AND e.to_on = c.current_latest)`
/** Notice was given for the term that runs. */
const SERVED = `(SELECT max(d.settled_on) FROM deadline d WHERE d.contract_id = c.id AND d.kind = 'notice'
  AND d.settled_why IS NOT NULL AND d.renews_to > c.current_latest)`
const nextOf = (kind: DeadlineKind, day: string) =>
  `(SELECT min(d.due_on) FROM deadline d WHERE d.contract_id = c.id AND d.kind = '${kind}'
     AND d.settled_why IS NULL AND d.due_on >= ${day})`

/** Whether it runs, and until when. */
const runs = (yes: string, no: string, day: string) => `CASE ${stateSql(day)}
  WHEN 'active' THEN CASE WHEN ${PRESUMED} AND c.end_latest < ${day}
    THEN 'Not recorded: it probably renewed by itself to ' ELSE '${yes}: it runs to ' END || ${saidOn('c.current_latest')}
  WHEN 'rolling' THEN '${yes}: it rolls on until notice'
  WHEN 'out-of-contract' THEN '${no}: it ended on ' || ${saidOn('c.current_latest')}
  WHEN 'closed' THEN '${no}: it ' || coalesce('was closed on ' || ${saidOn('c.closed_on')}, 'ended on ' || ${saidOn('c.current_latest')})
  WHEN 'historic' THEN '${no}: it is historic' || coalesce(', it ended on ' || ${saidOn('c.current_latest')}, '')
  ELSE 'Not recorded: no end date' END`
/** Of what is over, that it is; else what is said of what runs. */
const running = (day: string, said: string) =>
  `CASE WHEN ${stateSql(day)} IN ('closed', 'historic') THEN ${runs('Yes', 'No', day)} ELSE ${said} END`

const renews = (day: string) => `CASE
  WHEN ${SERVED} IS NOT NULL THEN 'No: notice was given, ' || ${endOn(day)}
  WHEN c.automatic_renewal THEN 'Yes: it renews by itself' || coalesce(' after ' || ${saidOn('c.current_latest')}, '')
  WHEN c.current_latest IS NULL AND c.end_kind = 'rolling' THEN 'Yes: it rolls on until notice'
  WHEN NOT c.automatic_renewal THEN 'No: it does not renew by itself' || coalesce(', ' || ${endOn(day)}, '')
  ELSE 'Not recorded: whether it renews by itself' END`
const renewed = (day: string) => `(SELECT CASE
  WHEN bool_or(e.status = 'confirmed') THEN 'Yes: it renewed to ' || ${saidOn('max(e.to_on)')}
  WHEN count(e) > 0 THEN 'Not recorded: it probably renewed to ' || ${saidOn('max(e.to_on)')}
  WHEN c.automatic_renewal THEN 'No: it renews by itself' || coalesce(' after ' || ${saidOn('c.current_latest')}, '')
  WHEN NOT c.automatic_renewal THEN 'No: it does not renew by itself' || coalesce(', ' || ${endOn(day)}, '')
  ELSE 'Not recorded: no renewal' END
  FROM extension e WHERE e.contract_id = c.id AND e.kind = 'renewal' AND e.status IN ('presumed', 'confirmed'))`
const optional = (day: string) => `CASE
  WHEN c.maximum_end > c.current_latest AND (c.current_latest < ${day}
      OR ${nextOf('option', day)} IS NULL AND ${dueOn('option')} IS NOT NULL)
    THEN 'Not recorded: the option to ' || ${saidOn('c.maximum_end')} || ' was due' || coalesce(' by ' || ${saidOn(dueOn('option'))}, '') || ', ' || ${endOn(day)}
  WHEN c.maximum_end > c.current_latest THEN 'Yes: to ' || ${saidOn('c.maximum_end')} || ' at most'
    || coalesce(', to be sent to approval by ' || ${saidOn(nextOf('option', day))}, '')
  WHEN c.maximum_end IS NOT NULL THEN 'No: it may run to ' || ${saidOn('c.maximum_end')} || ' at most, ' || ${endOn(day)}
  ELSE 'Not recorded: no option to extend it' END`
const needsNotice = (day: string, isMay: boolean) => {
  const next = nextOf('notice', day)
  // One that may be given each year ends it before its end.
  const stays = `NOT c.automatic_renewal AND c.current_latest IS NOT NULL${isMay ? ` AND ${next} IS NULL` : ''}`
  return `CASE
  WHEN ${SERVED} IS NOT NULL THEN 'No: notice was given, ' || ${endOn(day)}
  WHEN ${stays} THEN 'No: it does not renew by itself, ' || ${endOn(day)}
  WHEN ${next} IS NOT NULL THEN 'Yes: by ' || ${saidOn(next)}
  WHEN ${dueOn('notice')} IS NOT NULL THEN 'No: the last day was ' || ${saidOn(dueOn('notice'))}
  ELSE 'Not recorded: no last day to give notice' END`
}
const gaveNotice = (
  day: string,
) => `coalesce('Yes: notice was given, recorded on ' || ${saidOn(SERVED)},
  'Not recorded: no notice given' || coalesce('; the last day is ' || ${saidOn(nextOf('notice', day))}, ''))`
const EXTENSION = `FROM extension e WHERE e.contract_id = c.id AND e.kind <> 'renewal'
  AND e.status NOT IN ('withdrawn', 'proposed')`

/** One question whether, as SQL that says the answer of contract `c`, or null where the record does not decide it. */
interface Question {
  readonly sql: string
  /** What the rest of the sentence says: which contracts are meant. */
  readonly rest: Filters
  /** What is told with it. */
  readonly tells: readonly string[]
}

/** What is asked whether it is so; null where it is several things, or what no record decides. */
function questionOf(
  context: BotContext,
  { filters, ids }: ReadFilters,
  said: string,
  places: Parameters,
): Question | null {
  const { dates, state, kind, days, amounts, owner, person } = filters
  const day = `date '${context.today}'`
  const rest = { ...filters, dates: null, state: null, kind: null, amounts: [], running: null }
  const asked = (sql: string, ...tells: readonly string[]) => ({ sql, rest, tells })
  // `the legal call-off` names one.
  const isName = state === 'called-off' && /\bthe [\w ]*call[- ]?off\b/.test(said)
  const isSeveral = [dates, isName ? null : state, kind, amounts[0] ?? null].filter(
    (each) => each !== null,
  ).length
  if (filters.without.length > 0 || days !== null || filters.order !== null) return null
  const isOfNotice = kind === 'notice' || (isSeveral === 0 && NOTICE_ASKED.test(said))
  if (isOfNotice && dates === null) {
    // What is late or missed is asked the other way round.
    if (/\b(?:late|missed|miss)\b/.test(said)) return null
    const isGiven = /\b(?:given|gave|served|sent|handed|told|issued)\b/.test(said)
    return asked(
      isGiven
        ? gaveNotice(day)
        : running(day, needsNotice(day, /\b(?:can|could|may)\b/.test(said))),
    )
  }
  if (isSeveral > 1) return null
  const isOption = /\b(?:can|could|may|able)\b.*\bextend/.test(said)
  if (kind === 'option' || (isOption && (dates === null || dates.of === 'extended')))
    return asked(running(day, optional(day)), 'option by', 'extensions')
  if (kind !== null) return null
  if (dates !== null) {
    const isAny = dates.ranges.every(({ from, to }) => from === null && (to ?? '') < context.today)
    if (dates.of === 'renew' && isAny) return asked(running(day, renews(day)), 'renews by itself')
    if (dates.of === 'extended' && isAny)
      return asked(
        `(SELECT coalesce('Yes: to ' || ${saidOn('max(e.to_on)')}, 'No: no extension is recorded') ${EXTENSION})`,
        'extensions',
      )
    if (dates.of === 'ended' && isAny) return asked(runs('No', 'Yes', day), 'start')
    return dates.of === 'end' || dates.of === 'ended' ? asked(endsThen(dates, day, places)) : null
  }
  if (state !== null) return stateQuestion(state, day, context, places, asked)
  const [amount] = amounts
  if (amount !== undefined) {
    if (context.hidePrices || amounts.length > 1 || !('than' in amount) || amount.of) return null
    return asked(`CASE WHEN c.value IS NULL THEN 'Not recorded: no value'
      ELSE CASE WHEN ${amountCondition(amount, places.add)} THEN 'Yes: ' ELSE 'No: ' END || round(c.value) || ' ' || c.currency
        || CASE c.value_basis WHEN 'annual' THEN ' a year' WHEN 'maximum' THEN ' at most' ELSE '' END END`)
  }
  if (owner !== null || person !== null) {
    const role = owner !== null ? 'owner' : person?.role === 'lead' ? 'lead' : 'deputy'
    const column = FILLED[role][0]
    const name = personName(column)
    const who = places.add((owner === null ? ids.people : ids.owners) ?? [])
    return {
      ...asked(
        `CASE WHEN ${name} IS NULL THEN 'No: no ${role} is recorded' WHEN c.${column} = ANY(${who}::int[])
        THEN 'Yes: its ${role} is ' || ${name} ELSE 'No: its ${role} is ' || ${name} END`,
        role,
      ),
      rest: { ...rest, owner: null, person: null },
    }
  }
  const field = ASKS_FIELD.find(([of]) => of.test(said))?.[1]
  if (field !== undefined) return stateQuestion(field, day, context, places, asked)
  if (/\b(?:renew\w*|roll\w* (?:over|on))\b/.test(said)) return asked(running(day, renews(day)))
  const isOver = /\b(?:expired|ended|lapsed|finished|run out|over)\b/.test(said)
  return isOver ? asked(runs('No', 'Yes', day)) : null
}

/** Whether it ends within a time. */
function endsThen(dates: Dates, day: string, { add }: Parameters): string {
  const any = (first: string, last: string) =>
    `(${dates.ranges.map((range) => rangeSql(range, first, last, add, dates.weekdays)).join(' OR ')})`
  const before = `(SELECT max(e.from_on - 1) FROM extension e WHERE e.contract_id = c.id AND e.kind = 'renewal'
    AND e.status = 'presumed' AND ${any('e.from_on - 1', 'e.from_on - 1')})`
  return `CASE WHEN ${stateSql(day)} IN ('closed', 'historic') THEN NULL
    WHEN c.current_latest IS NULL THEN CASE c.end_kind WHEN 'rolling' THEN 'No: it rolls on until notice' ELSE 'Not recorded: no end date' END
    WHEN ${before} IS NOT NULL THEN 'Not recorded: to ' || ${saidOn(before)} || ', it probably renewed to ' || ${saidOn('c.current_latest')}
    WHEN NOT ${any('c.current_earliest', 'c.current_latest')} THEN 'No: ' || ${endOn(day)}
    WHEN ${any('c.current_latest', 'c.current_earliest')} THEN 'Yes: ' || ${endOn(day)}
    ELSE 'Not recorded: some day from ' || ${saidOn('c.current_earliest')} || ' to ' || ${saidOn('c.current_latest')} END`
}

function stateQuestion(
  state: ListState,
  day: string,
  { today }: BotContext,
  places: Parameters,
  asked: (sql: string, ...tells: readonly string[]) => Question,
): Question | null {
  if (state === 'live') return asked(runs('Yes', 'No', day), 'start')
  if (state === 'out-of-contract' || state === 'not-running') return asked(runs('No', 'Yes', day))
  if (state === 'rolling') return asked(running(day, renews(day)), 'renews by itself')
  if (state === 'renewed') return asked(running(day, renewed(day)), 'renews by itself')
  if (state === 'overdue') {
    const late = dateConditions({ ...NO_FILTERS, state }, today, places).join(' AND ')
    return asked(`(SELECT coalesce('Yes: since ' || ${saidOn('min(d.due_on)')}, 'No: nothing is overdue')
      FROM deadline d WHERE d.contract_id = c.id AND ${late})`)
  }
  const filled = filledBy(state === 'unowned' ? ('without-owner' as ListState) : state)
  if (filled !== null && filled.column !== null) {
    const { has, column } = filled
    const name = filled.said.replace(/^an? /, '')
    const isPerson =
      column === 'owner_id' || column === 'deputy_id' || column === 'category_lead_id'
    const isLong = column === 'documents'
    const held = isPerson
      ? personName(column)
      : column === 'current_latest' || column === 'start'
        ? saidOn(`c.${column}`)
        : column === 'notice_amount'
          ? "c.notice_amount || ' ' || c.notice_unit"
          : `c.${column}`
    const value = isLong ? `CASE WHEN c.documents IS NOT NULL THEN 'they are recorded' END` : held
    return asked(
      `coalesce('${has ? 'Yes' : 'No'}: ' || ${value}, '${has ? 'No' : 'Yes'}: no ${name} is recorded')`,
      TELLS[column] ?? '',
    )
  }
  const words = stateWords(state).replace(/^(?:that (?:are )?|whose )/, '')
  const not = /^with /.test(words)
    ? `no ${words.replace(/^with (?:an? )?/, '')} is recorded`
    : `not ${words}`
  const column = isRecorded(state) ? RECORDED[state].column : 'personal_data'
  const isNull = `c.${column} IS NULL${isRecorded(state) ? ` OR c.${column} = 'unknown'` : ''}`
  return asked(
    `CASE WHEN ${stateCondition(state, day)} THEN 'Yes: ${words}'
    WHEN ${isRecorded(state) || state === 'personal-data' ? isNull : 'false'} THEN 'Not recorded: ${UNKNOWN[column] ?? ''}'
    ELSE 'No: ${not}' END`,
    state === 'waived' ? 'waiver' : '',
  )
}
const UNKNOWN: Readonly<Record<string, string>> = {
  ...{ route: 'by which route it was bought', regime: 'under which law it stands' },
  ...{ value_basis: 'what its value says', vat: 'whether its value includes VAT' },
  ...{
    vat_recoverable: 'whether its VAT is recoverable',
    personal_data: 'whether it has personal data',
  },
}
const TELLS: Readonly<Record<string, string>> = {
  ...{ deputy_id: 'deputy', category_lead_id: 'category lead', owner_id: 'owner', regime: 'law' },
  ...{
    category: 'category',
    reseller: 'reseller',
    route: 'route',
    start: 'start',
    successor: 'followed by',
  },
}

/** `did it run out or is it still going`: one question, put twice. */
function oneOf(filters: Filters): { readonly meant: Filters; readonly isTwice: boolean } {
  const isBare = ({ state, kind, ...rest }: Filters) =>
    (state ?? kind) !== null && !asksForSome({ ...rest, state: null, kind: null })
  const twice = filters.either.find((group) => group.length > 1 && group.every(isBare))
  const state = twice?.flatMap((each) => each.state ?? [])[0]
  if (state === undefined || filters.state !== null) return { meant: filters, isTwice: false }
  const either = filters.either.filter((each) => each !== twice)
  return { meant: { ...filters, state, either }, isTwice: true }
}

export interface Verdict {
  /** `Yes: it renews by itself after Sun 31 Jan 2027`. */
  readonly text: string
  readonly found: readonly FoundOne[]
  /** Which contracts were meant. */
  readonly filters: Filters
  readonly tells: readonly string[]
}

/**
 * Yes or no, with the fact, to who asks whether something is so of up to three contracts that are named.
 * Null where that is not asked, where not all of it was understood, or where the record does not decide it.
 */
export async function verdictOf(
  context: BotContext,
  text: string,
  filters: Filters,
): Promise<Verdict | null> {
  const said = text.toLowerCase().replaceAll('’', "'")
  if (!ASKS_WHETHER.test(said) || ASKS_ANY.test(said) || ALTERNATIVE.test(said)) return null
  const isAsked = (word: string) =>
    NOTICE_ASKED.test(said) && /^(?:served|given|issued|sent)$/.test(word)
  if (filters.unread.some((word) => !isAsked(word))) return null
  const { meant, isTwice } = oneOf(filters)
  const read = await readNames(context, meant)
  // `has notice been served`: the words of the question itself.
  if (read.filters.unread.some((word) => !isAsked(word))) return null
  const places = parameters()
  const question = questionOf(
    context,
    { ...read, filters: { ...read.filters, unread: [] } },
    said,
    places,
  )
  if (question === null || !asksForSome({ ...question.rest, whose: null })) return null
  const subject = await readNames(context, question.rest)
  const found = await selectFitting<FoundOne & { readonly said: string | null }>(
    context,
    `c.id AS "contractId", c.reference, ${question.sql} AS said`,
    wholeCondition(subject, context, places),
    places,
    `ORDER BY c.reference_key, c.id LIMIT ${MOST_JUDGED + 1}`,
  )
  const says = found.flatMap((each) => each.said?.replace(/\b(\d+) ([A-Z]{3})\b/, factWords) ?? [])
  if (found.length === 0 || found.length > MOST_JUDGED || says.length < found.length) return null
  const words = new Set(says.map((each) => each.split(': ')[0]))
  const [word = ''] = words
  const { words: names, text: name, supplier } = subject.filters
  const isNamed = names.length > 0 || (name ?? supplier) !== null
  const isMany = found.length > MOST_TOLD
  if (isMany && !isNamed) return null
  if (isMany && (words.size > 1 || word.startsWith('Not'))) return null
  const facts = says.map((each, at) => {
    const fact = each.slice(each.indexOf(': ') + 2)
    const which = found[at]?.reference ?? ''
    return found.length === 1
      ? fact
      : `${which} ${words.size === 1 ? fact.replace(/^it /, '') : each}`
  })
  const all = `${word === 'Yes' ? 'all' : 'none of the'} ${found.length}`
  const whole = isMany ? all : facts.join('; ')
  return {
    // Nobody knows which of the two a yes would mean.
    text: words.size === 1 && !isTwice ? `${word}: ${whole}` : capitalised(whole),
    ...{ found, filters: question.rest, tells: question.tells },
  }
}

/** `First: TG-2023-022 ends on Tue 31 Aug 2027`, to who asks which of few that are named comes first. */
export function verdictOfTwo(
  text: string,
  { order, either, words }: Filters,
  items: readonly Compared[],
  today: CivilDate,
): string | null {
  const [first, second] = items
  const isAsked = /\bor\b|\bvs\b|\bversus\b/.test(text.toLowerCase()) && order === 'soonest'
  if (!isAsked || either.length + words.length === 0 || items.length > MOST_TOLD) return null
  if (first?.currentEnd == null || second?.currentEnd == null) return null
  const on = `${first.currentEnd < today ? 'ended' : 'ends'} on ${dateWords(first.currentEnd)}`
  return first.currentEnd === second.currentEnd
    ? `Neither: both ${on.replace('ends', 'end')}`
    : `First: ${first.reference} ${on}`
}
interface Compared {
  readonly reference: string
  readonly currentEnd: CivilDate | null
}

/** `Yes: 3 contracts` to who asks whether there are any; null where nobody asks, or it is not decided. */
export function verdictOfAny(
  text: string,
  { total, unread = [], beside = [] }: Pick<PageFacts, 'total' | 'unread' | 'beside'>,
  noun: string,
): string | null {
  const isDecided = unread.length === 0 && (total > 0 || beside.length === 0)
  if (!isDecided || !ASKS_ANY.test(text.toLowerCase())) return null
  return total === 0 ? `No: no ${noun}` : `Yes: ${counted(total, noun)}`
}

/** What it is to be in it, as it is said back. */
export function stateWords(state: ListState): string {
  const filled = filledBy(state)
  if (filled !== null) return `with${filled.has ? '' : 'out'} ${filled.said}`
  return isRecorded(state) ? RECORDED[state].said : STATES[state as keyof typeof STATES]
}

const STATES: Readonly<Record<Exclude<ListState, Recorded | IsFilled>, string>> = {
  overdue: 'with a date overdue',
  undated: 'without an end date',
  'open-ended': 'without an end date or rolling on until notice',
  'personal-data': 'with personal data',
  'without-dpia': 'with personal data and no impact assessment (DPIA)',
  rolling: 'rolling on until notice',
  unowned: 'without an owner',
  emergency: 'in an emergency extension',
  'out-of-contract': 'out of contract',
  unclassified: 'with an unclassified extension',
  disputed: 'with an end that the register and people give differently',
  umbrella: 'that cover several organisations',
  historic: 'kept as historic',
  closed: 'already closed',
  live: 'that are live',
  'one-buyer': 'for one buyer alone',
  'all-buyers': 'for all buyers',
  shared: 'for more than one buyer',
  'not-running': 'closed or historic',
  varied: 'extended by variation',
  'option-taken': 'extended by an option',
  undecided: 'with a decision open',
  questioned: 'with a question open',
  waived: 'with a waiver',
  procuring: 'with a procurement under way',
  'not-procuring': 'without a procurement under way',
  'called-off': 'called off from a framework',
  renewed: 'that renewed by themselves',
  imprecise: 'whose last day is not known',
  'extended-again': 'extended more than once',
}

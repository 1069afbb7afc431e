/** What the words of a sentence mean: states, kinds of dates, people, amounts, order, and words of no weight. */
import { wholeNumber } from '../../register/parse-date.ts'
import { MONTH_NAMES } from '../../rules/civil-date.ts'
import { DEADLINE_KINDS, type DeadlineKind, type PeriodUnit } from '../../rules/contract.ts'
import { asDecimal, type Decimal } from '../../rules/money.ts'
import { nearWord } from '../../rules/text-match.ts'
import {
  type Amount,
  DATES_OF,
  type Dates,
  type Filters,
  type GROUPS,
  isRecorded,
  LIST_STATES,
  type ListState,
  MONTH_DAYS,
  ORDERS,
  RECORDED,
} from './command-types.ts'
import { readPeriod } from './period.ts'
import { type Clock, longest, phrases, readSpan, type Words, weekdayAt } from './when.ts'

/** Which date of a contract a period is about: said by the word before it, else by the one after it. */
export interface Mode {
  readonly of: Dates['of']
  readonly kind: DeadlineKind | null
}

/** `running out` is a mode, and the beginning of `running out of contract` is none. */
export function modeAt(words: Words, at: number) {
  // `runs past 2030`
  const isRun =
    /^(?:run|runs|running|go|goes|going|carry|carries|carrying|continue|continues|continuing|last|lasts|lasting)$/.test(
      words[at] ?? '',
    )
  const run = words[at + 1] === 'on' ? 2 : 1
  if (
    isRun &&
    // `where are we going to have a gap`
    !(
      /^go/.test(words[at] ?? '') &&
      words[at + run] === 'to' &&
      !TIMELY.test(words[at + run + 1] ?? '')
    ) &&
    lengthAt(words, at + run) === null &&
    /^(?:past|beyond|after|more|longer|until|till?|to|into)$/.test(words[at + run] ?? '')
  )
    return { value: ENDS, used: run }
  const past = PAST_ITS_END.exec(`${words.slice(at, at + 9).join(' ')} `)?.[0].trim() ?? ''
  if (past !== '') return { value: EXTENDED, used: past.split(' ').length }
  // `new since april`
  if (words[at] === 'new' && /^(?:since|this|last|in|from)$/.test(words[at + 1] ?? ''))
    return { value: STARTED, used: 1 }
  const buying = buyingAt(words, at)
  if (buying > 0) return { value: START_BY, used: buying }
  const mode = phraseAt(words, at, MODES)
  if (mode === null) return null
  for (let inside = 1; inside < mode.used; inside++) {
    const state = phraseAt(words, at + inside, STATES)
    if (state !== null && inside + state.used > mode.used) return null
  }
  return mode
}

const TIMELY =
  /^(?:\d.*|the|end|next|mid|early|late|summer|winter|spring|autumn|easter|christmas|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*)$/
/** The longest of these phrases that stands there, with its meaning. */
export function phraseAt<T>(words: Words, at: number, meanings: ReadonlyMap<string, T>) {
  for (let used = Math.min(MOST_WORDS, words.length - at); used >= 1; used--) {
    const value = meanings.get(words.slice(at, at + used).join(' '))
    if (value !== undefined && words.slice(at, at + used).every((word) => word !== null)) {
      return { value, used }
    }
  }
  return null
}
const MOST_WORDS = 6

function meaning<T>(entries: readonly (readonly [T, string])[]): ReadonlyMap<string, T> {
  return new Map(
    entries.flatMap(([value, patterns]) =>
      phrases(patterns).map((each): [string, T] => [each, value]),
    ),
  )
}

/** Of lines `name: patterns` each with its name, one of these. */
function named<T extends string>(lines: string, names: readonly T[]): [T, string][] {
  return lines
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [of = '', patterns = ''] = line.split(/: (.*)/)
      const name = names.find((each) => each === of)
      return name === undefined ? [] : [[name, patterns] as [T, string]]
    })
}
const PARTS = ['of', 'owner', 'deputy', 'lead'] as const

// What the words mean.

export const STATES = meaning<ListState>([
  ...LIST_STATES.filter((state) => state !== 'live' && !isRecorded(state)).map(
    (state) => [state, state] as const,
  ),
  ...named(
    `
overdue: late, past due, over due, [{go}|gone] past (its|their|the) (date|dates|deadline|deadlines), behind [plan|schedule], outstanding, [running|run] late, slipped, {slip}
unowned: [with] (nobody|nobodys|nobody's) name (on|against) (them|it), with nobody, ownerless, not owned [by (anyone|anybody)], orphaned, orphan, orphans, unassigned, unallocated, (owned by|belonging to|assigned to|down to) (nobody|no one)
emergency: [running|being run] [in|on|under] [an|a] emergency (extension|extensions|basis|cover|month|months), emergencies, in emergency, stopgap, stopgaps, stop-gap, stop-gaps
out-of-contract: (running|run|operating|gone|went|still) (out of|off) contract, (out of|off) contract, [running|run|runs|operating|gone|going] (past|beyond) (its|their) (end|expiry) [date|dates], [running|run|runs|operating|go|goes|gone|going] (past|beyond) the (end|expiry) (date|dates), [with] nothing [recorded|there] to (cover|replace) (it|them), [with|have|has] no [current|live|valid] contract [in place], uncovered, lapsed, [with] no cover, without cover, not covered, [running] without a contract, still (using|used|being used|in use|supplied|being supplied|paying|paying for|receiving|buying), run out with nothing in (place|its place|their place), [with] nothing in (place|its place|their place), nothing replacing (it|them), without [a] replacement [in place|lined up], with no replacement [in place|lined up], (expired|ended|lapsed) but still (running|going|in use|used|being used), (holding|held) over
open-ended: open ended, never {end}, indefinite, (go|goes|run|runs|carry|carries) on (forever|for ever|indefinitely)
personal-data: [with|{process}|{hold}|{involve}|{use}|{contain}|{handle}|{touch}] [any|some] (personal|patient) data
rolling: rolls on, rolling on, rolling (contract|contracts|basis|terms), on a rolling basis, evergreen, [{run}|on a] (month to month|month-to-month|month by month|monthly rolling) [basis], ticking over, ticks over
unclassified: extensions (has nobody classified|have nobody classified|nobody has classified|not classified|that nobody has classified), extension not classified, unclassified (extension|extensions), unclassified-extensions
imprecise: (uncertain|vague|unclear|rough|inexact|approximate|imprecise) (end|ends) [date|dates], (end|ends|end date|end dates) [that] (is|are) (uncertain|imprecise|vague|unclear|rough|approximate|not exact|not certain), (end|end date|end dates) [that] (we|you) [are not|are|aren't] (not|unsure of|sure about|sure of|certain of)
disputed: disputed (end|ends) [date|dates], in dispute
umbrella: umbrellas, umbrella (agreement|agreements|contract|contracts)
historic: historical, archived
all-buyers: [shared by] all (buyers|organisations), (shared|used) by (all|everyone|everybody)
shared: shared contracts, [{cover|span|serve}] (more than one|several|multiple) (buyer|buyers|organisation|organisations|trust|trusts), jointly bought, joint contracts
not-running: no longer (running|live|active|going|in force), not (running|live|active) (any more|anymore), over and done with
option-taken: extended by [an|taking an] option, extended through an option, [an|the] option [was|has been|already] (taken|exercised|taken up), options (taken|exercised|taken up), (taken|taken up|exercised|used) (their|its|an) option
with-reseller: [bought|buy] (through|via) [a] (reseller|resellers), resold
varied: [extended|modified|changed] by [a|way of] variation, variation, variations, varied
one-buyer: [with] (nobody|no one) else (on it|on them|on the contract|in it|buying it|using it), on (its|their) own, (one|single) (buyer|organisation), not shared [with anyone]
closed: closed (down|off|out)
undecided: decisions, [open|outstanding] decisions [open|outstanding], [awaiting|waiting for|waiting on|needs|need|needing|pending] [a] decision [on], (decision|decisions) (is|are) (needed|due), (decision|decisions) (needed|to make|to be made), [not|nothing|nobody has|nothing has been|nothing is|yet to be|to be|still to be|needs to be] [yet] decided [yet], to decide [on], (needs|need) deciding [on], (not|nobody has|yet to|we have not|not yet) (made|make|taken) a decision [on], make a decision [on], (make|making|made) (our|my|your) (mind|minds) up [about|on], (make|making) up (our|my|your) (mind|minds) [about|on], up in the air
questioned: [with] open questions, [with] questions [open], unanswered questions
waived: waivers, waiver, with (waivers|a waiver), (on|under) a waiver
renewed: [have|has] {~renew} [automatically|itself|themselves|by itself|by themselves|on its own|on their own|without notice], {~roll over|carry on|roll on} (automatically|by itself|by themselves|on its own|on their own)
extended-again: (repeatedly|twice) {~extend|renew}, [been|we] {~extend|prolong|roll over|renew} (more than once|at least twice|twice|twice or more|two or more times|two times|several times|multiple times|again and again|repeatedly)
called-off: [been] called off, (call off|call offs|call-off|call-offs|calloff|calloffs) [contract|contracts|order|orders]
not-procuring: [but|and] nothing [is|is yet|has|has been|yet] (under way|underway|started|begun|in train|in hand) [yet]
procuring: [already|currently|being|is|are] out (to|at) (tender|market), being (re-procured|reprocured|procured|retendered|re-tendered|tendered|replaced|rebought|re-bought), procurement [is] under way, procurements under way
live: live, active, (current|live|running|open) contracts, still running, in force, still in force, on the (go|books), still (got|have|hold|going), (are we|we are) running, we run
`,
    LIST_STATES,
  ),
])
const HOW_BOUGHT = meaning<ListState>(
  Object.entries(RECORDED).map(([state, { words }]) => [state as ListState, `${state}, ${words}`]),
)
const LEADS_BOUGHT =
  /^(?:let|awarded|bought|procured|tendered|purchased|run|ran|was|were|been|made|done|came|come|in|on|as|by|under|through|via|using|after|a|an|the)$/
const ALL_BUYERS =
  /^(?:(?:cover|covers|covering|shared|used|by|for|across(?! all)|between) )*(?:all (?:of )?(?:the |our )?(?:\d |two |three |four |five |six )?(?:orgs?|organisations|buyers|trusts|hospitals|partners|bodies)|(?:every|each) (?:single )?(?:org|organisation|buyer|trust|hospital|partner)(?: (?:is|are|in|on|it|them|uses?|buys?|shares?|has|signed|up|to))*) /
/** `let by direct award`, `under the PSR`: a state that is recorded of how it was bought. */
export function stateAt(words: Words, at: number) {
  const all = ALL_BUYERS.exec(`${words.slice(at, at + 8).join(' ')} `)?.[0].trim() ?? ''
  if (all !== '') return { value: 'all-buyers' as const, used: all.split(' ').length }
  const state = phraseAt(words, at, STATES)
  let begins = at
  while (LEADS_BOUGHT.test(words[begins] ?? '')) begins += 1
  const whole = state === null ? phraseAt(words, at, HOW_BOUGHT) : null
  if (whole !== null && begins > at) begins = at
  const how = whole ?? (state === null ? phraseAt(words, begins, HOW_BOUGHT) : null)
  // `awarded directly`, and `direct` alone is nothing.
  if (
    how === null ||
    (begins === at && how.used === 1 && /^(?:direct|directly)$/.test(words[at] ?? ''))
  )
    return state
  const end = begins + how.used
  const tail =
    longest(
      words,
      end,
      phrases(
        'procedure, process, route, regime, rules, regulations, award, we (ran|did|held|used|made)',
      ),
    ) ?? 0
  return { value: how.value, used: end + tail - at }
}

export const ENDS: Mode = { of: 'end', kind: null }
/** `now running beyond their original end date` */
const PAST_ITS_END =
  /^(?:(?:extended|now|running|run|runs|going|gone|carried on) )*(?:past|beyond) (?:their|its|the) (?:original|first|initial) end(?: dates?)? /
export const EXTENDED: Mode = { of: 'extended', kind: null }
export const STARTED: Mode = { of: 'start', kind: null }
const START_BY: Mode = { of: 'due', kind: 'start-by' }

/** `start rebuying`, `kick off`, `its replacement started`: how many words; 0 where nothing is bought. */
function buyingAt(words: Words, at: number): number {
  const said = `${words.slice(at, at + 7).join(' ')} `
  const found = (STARTS_BUYING.exec(said) ?? BUYING_STARTED.exec(said))?.[0].trim() ?? ''
  return found === '' ? 0 : found.split(' ').length
}
const REBUYING =
  '(?:re-?buy(?:s|ing)?|buy(?:ing)?|re-?procur(?:e|ing|ement)|procur(?:e|ing|ement)s?|re-?tender(?:ing)?|tender(?:ing)?|replac(?:e|ing|ements?)|re-?sourc(?:e|ing)|sourcing|re-?let(?:ting)?)'
const STARTS_BUYING = new RegExp(
  `^(?:(?:go|gone|going|went) (?:back )?(?:out )?to (?:tender|market|competition) |(?:start|started|starting|begin|begun|beginning|kick off|kicked off|kicking off|get going|get started|got going)(?: (?:on|with|to|for|of|the|a|an|its|their|our|date|dates|day))* ${REBUYING} |kick(?:ed|ing)? off )`,
)
const BUYING_STARTED = new RegExp(
  `^(?:(?:its|their|the|a) )*${REBUYING} (?:to be |to )?(?:start|started|begun|kicked off|starting|under way) `,
)

const ENDING =
  'end|expire|finish|lapse|stop|cease|terminate|conclude|die|run out|run down|come to an end|come to a close|draw to a close|drop off|drop out|fall away|fall off|fall out of contract|go out of contract|go out of date|wind up|peter out|reach the end|reach its end|reach their end|go stale|go cold|tail off|conk out|run its course|run their course|go dead'
const MODES = meaning<Mode>(
  named(
    `
due: [will] (be|{go}|{become}) overdue, due, deadline, deadlines, upcoming, todo, to do, ({come|crop|pop} up|{come} (round|around)|{land} [on (us|me|my desk)]|{hit} [us]|{loom}|{bite}), on the (cards|radar), (to|needs|need|needing) {chase|tackle|action|sort|sort out|deal with|act on}, to be (done|sorted|actioned|dealt with), (need|needs|have|got) to do [anything|something], (needs|need) (sorting|sorting out|dealing with|looking at|doing|action|attention|actioning), on the horizon, due (date|dates)
end: {${ENDING}}, enders, expirers, finishers, leavers, (due to|set to|going to|likely to|scheduled to|starting to) (end|expire|lapse|finish|stop|run out), [just] (about to|close to|on the verge of|on the point of|nearing) {${ENDING}}, (nearly|almost) (up|over|done|out|finished|ending|out of time), nearing (its|their|the) end, [still] covered for, (keep|carry on|keep on) using, end-date, end-dates, endings, finishings, (expiry|expiries|expiration|expirations|end|ending|termination) [date|dates], (finish|finishing|leaving|stop|closing) (date|dates), [up for|for|due for|coming up for] (renewal|renewals|re-tender|retender), renewal (date|dates), to (renew|be renewed), (need|needs) (renewing|to be renewed), (do|should|must) we renew
renew: {roll} over again, renewing, [self|auto|automatically|self-|auto-] (renew|renews|renewing) [automatically|by itself|by themselves|on its own|on their own|itself|themselves], auto-renew, auto-renews, auto-renewing, autorenew, autorenews, autorenewing, (automatic|auto) (renewal|renewals|renewing), auto-renewal, auto-renewals, autorenewal, autorenewals, self-renewing, [auto|automatically] {roll} over [automatically|by itself|by themselves|on its own|on their own], ({roll} on|{carry} on|{roll} over|{continue}) if we do nothing, ({carry|roll|run|go} on|{continue}) (automatically|by itself|by themselves|on its own|on their own), auto (roll|rolls|rolling)
ended: {~${ENDING}}, (has|have|already|has already|have already) (run out|run down|come to an end|run its course|run their course), (let|allowed to|left to) (lapse|expire|end|run out|finish|die)
extended: {~extend|prolong|roll over|roll forward|carry over}, rollover, rollovers, (did we|did|have we) extend, (we|have we|been) extended, [on|in] [an|a|their|its] extension period, on (extension|an extension|a rollover)
start: new (contracts|ones|deals|agreements), have had, have been with us, [have been|been] (had|in place|in force|with us|going|running|around) since, {start|begin|commence|kick in}, {~start|begin|commence|kick in}, (start|starting|commencement) (date|dates)
notice: [to|can|must] {give|serve|hand in} [them|our|the] notice, (given|served) notice, notice, notices, [notice] notices due, notice (date|dates|due|deadline|deadlines|giving|serving|window|windows), notice (to be|be) (given|served), (notice|notices) to (give|serve), [the] (last|latest|final) (date|dates|day|days|chance|moment) (for notice|to get out of|to get out|to give notice|to pull out|to cancel)
option: (can|could) [still] be extended, (can|could|do) we [still] get [any|some] (extra|more|additional) time, [an] (extension|extensions|extra time|more time) (in (our|the) back pocket|left|up our sleeve|available|still available|to take|in hand), (right|scope|room|option|ability) to extend, left to extend, (we can|can we|we could|could we|can) [still] extend, extendable, able to be extended, [an|any|open|unused] (option|options) [still] [open|left|remaining|available], [extension] (option|options) [date|dates|deadline|deadlines|due], options to (take|extend), option to (extend|be extended)
review: (review|reviews) [date|dates|due]
start-by: procurement start (date|dates), start bys, start-bys, startby, (start by|start-by) [date|dates|deadlines], start (buying|buying again|procurement|the procurement), (procurements|tenders) to start, {retender|re-tender|reprocure|re-procure|rebuy|re-buy}
emergency-end: emergency-end
renewal: unknown (renewal|renewals), renewal questions
call-off-by: [last] (call off|call-off) (by|day|days|by date|by dates|by-dates), call-off-by [dates]
`,
    [...DATES_OF, ...DEADLINE_KINDS.filter((kind) => kind !== 'end')],
  ).map(([name, patterns]): [Mode, string] => [modeNamed(name), patterns]),
)
function modeNamed(name: Dates['of'] | DeadlineKind): Mode {
  const of = DATES_OF.find((each) => each === name)
  const kind = DEADLINE_KINDS.find((each) => each === name)
  return of === undefined ? { of: 'due', kind: kind ?? null } : { of, kind: null }
}
export const WHOSE = meaning<'mine' | 'team' | 'all'>([
  ...named(
    `
mine: mine, my, me, myself, my own, i own, do i own, do i have, have i got, i have, am i responsible for, i am responsible for, i'm responsible for, i look after, owned by me, assigned to me, i manage, on my plate, on my radar, on my desk, on my list, on my patch
team: ours, team, teams, the team, my team, our team, my teams, our teams, owned by us, owned by my team, we own
all: all, everyone, everybody, everyone's, everybody's, everything, every, the lot, whole register, the whole register, all of them, all of it, every single
`,
    ['mine', 'team', 'all'] as const,
  ),
]) /** Ends of a sentence that say nothing, whatever their words mean elsewhere. */
export const TAILS = phrases(
  'or is that (it|all), [we|are] held, (numbers|counts|totals|count) only, just (numbers|counts|the (numbers|counts)), quick as you can, no messing, dont ask, do not ask, x, xx, xxx, [from] start to finish, or what, or not, or something, or so, and so on, and the like',
)
export const ASKED = new Set('show give tell send let get email remind help find bring'.split(' '))

export const PEOPLE = meaning<'owner' | 'deputy' | 'lead' | 'of'>([
  ...named(
    `
of: sits with, sit with, sitting with, sits under, sit under, sitting under
owner: owner, owners, owner is, owner:, owned by, owned, belongs to, belonging to, assigned to, looked after by, managed by, run by, in the name of
deputy: deputy, deputy:, deputy is, deputies, deputised by, with deputy
lead: lead, lead:, lead is, led by, category lead, category lead is, lead by, headed by
`,
    PARTS,
  ),
]) /** Words as people shorten them, and without the sign that belongs in them. */
export const SHORT: ReadonlyMap<string, string> = new Map(
  (
    'christmas xmas crimbo chrimbo, next nxt, before b4 bfore, between btwn bt betw b/w, quarter qtr, week wk, weeks wks, month mth mnth, months mths mnths, year yr, years yrs, previous prev, what wot wots, with w/ w, are r, should shld shd, have hav hve, about abt, hospital hosp, medical med, management mgmt, maintenance maint, equipment equip, competition comp, competitions comps, service svc, system sys, the teh hte, list lisst lsit, first frist, total tot, which wich whcih, that taht, through thru, because cos coz cuz, you u, your ur, anything owt, nothing nowt, until til till, without w/o w/out, and & n, expiring exp, within w/in, overdue o/d, excluding exc excl xcl, tomorrow tmrw tmrws tomoz, today tdy, organisation org, organisations orgs, department dept, directorate dir, people ppl, someone sum1, because bc, ' +
    'at_the_moment atm, right_now rn, end_of_financial_year eofy, end_of_year eoy, end_of_quarter eoq, end_of_month eom, financial_year_end fye, year_end y/e, week_commencing w/c wc, week_ending w/e, no_one noone no-one, going_to gonna, want_to wanna, got_to gotta, let_me lemme, give_me gimme, kind_of kinda, do_not_know dunno, ' +
    "should've shouldve shoulda, isn't isnt, aren't arent, wasn't wasnt, weren't werent, doesn't doesnt, don't dont, didn't didnt, hasn't hasnt, haven't havent, can't cant, won't wont, shouldn't shouldnt, couldn't couldnt, wouldn't wouldnt, i'll ill"
  )
    .split(', ')
    .flatMap((each) => {
      const [meant = '', ...typed] = each.split(' ')
      return typed.map((word): [string, string] => [word, meant.replaceAll('_', ' ')])
    }),
)

/**
 * The word of the grammar that this one nearly is, from its first letter on; null where none is near, and
 * where it is another word (`valve` for `value`) or another form of one (`supplied` for `supplier`).
 */
export function meantBy(word: string): string | null {
  return slipOf(word, FORGIVEN)
}

export const isKnownWord = (word: string) => KNOWN.has(word)
/** The one of these words that it is but for a slip; null for what is grammar itself. */
export function slipOf(word: string, known: readonly string[]): string | null {
  if (KNOWN.has(word)) return null
  const near = known.filter((each) => each[0] === word[0])
  const meant = nearWord(word, near, (letters) => (letters < 5 ? -1 : letters < 9 ? 1 : 2)) ?? ''
  const [short = '', long = ''] = meant.length < word.length ? [meant, word] : [word, meant]
  const isForm =
    short.length === long.length
      ? short.slice(0, -1) === long.slice(0, -1)
      : long.startsWith(short) && /[sdr]$/.test(long)
  const isReplaced = meant.length === word.length && lettersOf(meant) !== lettersOf(word)
  return meant === '' || isForm || (word.length < 7 && isReplaced) ? null : meant
}
const lettersOf = (word: string) => [...word].sort().join('')
/** After a name behind `does` or `does not`. */
export const AFTER_NO = meaning<'owner' | 'deputy' | 'lead' | 'of'>([
  ...named(
    `
of: have, buy, use, purchase, pay for
owner: own, [the] owner, responsible for, in charge of, look after, manage, run, handle, deal with, oversee
deputy: [the] deputy, deputise [for], deputize [for], {cover} [for], (stand|step|fill) in [for], back up
lead: [the] lead, lead on
`,
    PARTS,
  ),
]) /** What stands after a name and says who that is. */
export const AFTER_NAME = meaning<'owner' | 'deputy' | 'lead'>([
  ...named(
    `
owner: owns, holds, handles, [is] (dealing with|handling|sitting on|looking after|managing), sits on, has got on (their|her|his) plate, got on (their|her|his) plate, [is|as] [the] owner (of|on|for), [is] (responsible for|in charge of|accountable for|answerable for|on the hook for), looks after, manages, oversees, takes care of, (is [the]|as) owner, [is|as] [the] [main] contact (for|on)
deputy: [is|as|down as|named as] [the] (deputy|second|second name|backup|back-up|stand-in|number two) (of|on|for), is (deputy|second name|backup|second) (on|for), is [the] deputy, as [the] deputy, (deputises|deputizes|deputising) [for]
lead: [is|as] [the] [category] lead (of|on|for), is [the] [category] lead, as [the] [category] lead, [is] leading [on], leads [on], still (lead|leads) [on]
`,
    ['owner', 'deputy', 'lead'] as const,
  ),
]) /**
 * What a contract says: how people call it, what it is to have none of it (`lacks`) or some (`has`), and the
 * order that goes by it. Every operator (no, with, by, with their, what is the) reads its nouns here.
 */
interface Field {
  readonly nouns: string
  readonly lacks: Lack | undefined
  readonly has: ListState | 'extended' | undefined
  readonly by: Order | undefined
}
type Lack = ListState | 'unvalued'
type Order = NonNullable<Filters['order']>
/** To have none of it; to have some; the order that goes by it; its nouns. */
const FIELDS: readonly Field[] = `
unowned; with-owner; owner; [contract|named|lead|budget|responsible] (owner|owners), [named|lead|accountable|responsible] [responsible] (officer|officers|manager|managers|person), contract (manager|managers), budget (holder|holders), point of contact, contact, name against
without-deputy; with-deputy; deputy; deputy, deputies, (cover|backup|back-up|stand-in|understudy|second in command|second name)
without-lead; with-lead; lead; lead, category (lead|leads)
without-supplier; with-supplier; supplier; (supplier|vendor|provider|contractor) [name], suppliers, vendors, providers, contractors, company, companies, firm, firms
without-reseller; with-reseller; ; reseller, resellers
; ; team; team, teams, department, departments
without-category; with-category; category; category, categories
; ; reference; (reference|references) [number|numbers], ref, refs, contract number
; ; title; title, titles, name, names
without-start; with-start; oldest; start [date|dates], starting date, commencement date
open-ended; with-end; soonest; (end|expiry) [date|dates], ends, expiry day, date, dates
unvalued; ; dearest; [contract] (value|values), price, prices, cost, costs, worth, amount, amounts
without-notice; with-notice; longest-notice; notice [period|periods|clause|recorded|date|dates|length]
; ; longest; length, lengths, term, duration, contract (length|term)
without-route; with-route; ; [procurement] (route|routes), (route|routes) to market, procurement procedure, route recorded
without-law; with-law; ; law, legal regime, procurement (regime|law)
without-documents; with-documents; ; [links to] (document|documents), document links, paperwork, attachments
without-products; with-products; ; product, products
without-dpia; with-dpia; ; dpia, dpias, [data protection] impact assessment
undecided; ; ; decision, decisions
; extended; ; extension, extensions [at all]
without-successor; with-successor; ; successor, successors, [a] replacement (lined up|recorded), replacement contract lined up, follow-on contract
; ; ; status, state, statuses
; ; ; [buying] (buyer|buyers|organisation|organisations), trust, trusts
`
  .trim()
  .split('\n')
  .map((line) => {
    const [lacks, has, by, nouns = ''] = line.split(/; ?/)
    return {
      nouns,
      lacks: ([...LIST_STATES, 'unvalued'] as const).find((each) => each === lacks),
      has: ([...LIST_STATES, 'extended'] as const).find((each) => each === has),
      by: ORDERS.find((each) => each === by),
    }
  })
const nounsOf = (fields: readonly Field[]) => fields.flatMap(({ nouns }) => phrases(nouns))
const FIELD_NOUNS = meaning(FIELDS.map((field): [Field, string] => [field, field.nouns]))
/** `suppliers`: what every contract has, and no word of a title but as it stands. */
export const isFieldNoun = (word: string) => FIELD_NOUNS.has(word)
export const NAMING: ReadonlyMap<string, 'team' | 'category'> = new Map([
  ...(['team', 'teams'] as const).map((word) => [word, 'team'] as const),
  ...(['category', 'categories'] as const).map((word) => [word, 'category'] as const),
])
/** One of several words: of a pattern. */
const anyOf = (all: readonly string[]) =>
  `(?:${all.toSorted((one, other) => other.length - one.length).join('|')})`
const NOUN = anyOf(nounsOf(FIELDS))
const NOUNS = `(?:(?:the|their|its|start and|end and) )*${NOUN}(?: (?:and |or |& |plus )?(?:(?:the|their|its|each) )?${NOUN})*`
const ASKABLE = anyOf(
  nounsOf(FIELDS).filter(
    (noun) =>
      !/^(?:end|ends|start|notice|notice dates?|lead|dates?|decisions?|extensions?.*|teams?)$/.test(
        noun,
      ),
  ),
)
const OF_ITS = new RegExp(
  `^${anyOf(nounsOf(FIELDS).filter((noun) => /^(?:owner|deputy|lead$|category lead|supplier|reseller|ref|start date|end date|expiry|value|contract|price|cost|notice period|notice length|route$|procurement|status|state)/.test(noun)))}$`,
)
const OF_NOUN = new RegExp(
  `^(?:(?:show|list|give|get|tell|find|send|need|want|know|see|me|us|what|whats|which|who|is|are|was|were|the|all|a|an|its|their|list of) )*${ASKABLE}(?: (?:and |or )?(?:(?:the|its|their) )?${ASKABLE})* (?:of|for|on|behind|recorded for|used for|used on) (?:the )?(?!at |over |under |less |more )`,
)
const WHICH_NOUN = new RegExp(
  `^(?:what|which) (?:are the |is the )?(?:${ASKABLE}|teams?|people|person|organisations?|managers?)(?: (?:is|are|was|were|do|does|did|has|have|had|can))?(?: (?:we|it|they|you|there|been))?(?: (?:use|used|using|buy|bought|get|got|recorded|given|go to|gone with|deal with|go with|own|owns|hold|holds|look after|manage))?(?: (?:for|on|of))? `,
)
/** `list … with end date`: asked of each; `contracts with an end date` are those that have one. */
const LISTED_COLUMNS = new RegExp(`^(?:with|and) ${NOUNS}$`)

export const SUPPLIER = phrases(
  'supplier, supplier:, vendor:, suppliers, supplier is, vendor, vendors, vendor is, provider, ' +
    'supplied by, provided by, delivered by, held by, held with, contractor, with, from, ' +
    'with supplier, from supplier, with vendor, hold with, had off, got off, bought off, buy off, bought from, buy from, had from, get from',
)

export const NOT = phrases(
  "not, isn't, aren't, is not, are not, does not, do not, did not, was not, were not, didn't, except, except for, excluding, exclude, excl, " +
    'other than, apart from, but not, without, without a, without any, with no, no, minus, ' +
    "rather than, ignoring, ignore, don't, doesn't, never, neither, non, " +
    "(leaving|leave|strip|stripping|take|taking|cut|knock) out, skip, skipping, forget, drop, dropping, that aren't, that isn't, and not, wasn't, weren't, cannot, can't, " +
    "won't, not counting, leaving aside, outside, outside of, bar, barring, aside from, unless, not including, " +
    "nobody has, no one has, instead of, hasn't, haven't, has not, have not, has no, have no, (not|don't|do not) [really|that] (bothered|fussed|interested|care|need|want|worry|worried) [about|in|to see|by]",
)

/** A no to a verb: `samira does not own`, and not `sternbeck, with no owner`. */
export const DENIES = phrases(
  "other than, not, isn't, aren't, is not, are not, does not, do not, did not, was not, were not, didn't, doesn't, " +
    "don't, wasn't, weren't, never",
)

/** `don't say what they're worth`, `we don't know who owns it`: the field that a clause asks of. */
function untoldAt(words: Words, at: number) {
  const said = `${words.slice(at, at + 14).join(' ')} `
  const lead = NOT_SAID.exec(said)?.[0] ?? ''
  const clause = lead === '' ? undefined : CLAUSES.find(([of]) => of.test(said.slice(lead.length)))
  const rest = clause?.[0].exec(said.slice(lead.length))?.[0] ?? ''
  const noun = FIELD_NOUNS.get(clause?.[1] ?? '')?.lacks
  if (noun === undefined) return null
  return { value: noun, not: false, used: `${lead}${rest}`.trim().split(' ').length }
}
const NOT_SAID =
  /^(?:(?:we|i|they|it|nobody) )?(?:(?:do not|does not|don't|doesn't|has not|hasn't|have not|haven't|never|nobody has|no one has|not) )(?:been )?(?:say|says|said|show|shows|state|states|stated|tell|tells|told|know|knows|specify|specifies|list|lists|give|gives|have down|got down|recorded|record)(?: (?:us|me))? /
const WHOM = "(?:it|they|they're|it's|each|them|the contract|each one|that|these)"
const CLAUSES = named(
  `
value: (?:what|how much) (?:(?:WHOM|is|are|does|do) )*(?:worth|costs?|the value)
owner: who(?:'s)? (?:(?:WHOM|is|are|the) )*(?:owns|owner|looks after|runs|manages|in charge|responsible)(?: of| for)?(?: WHOM)?
end date: when (?:(?:WHOM|is|are|does|do|will) )*(?:ends?|expires?|finish|finishes|runs? out|up|stops?)
start date: when (?:(?:WHOM|is|are|does|do|did) )*(?:starts?|started|began|begins?)
supplier: who (?:(?:WHOM|is|are|the) )*(?:supplies|supplier|supply|provides)(?: WHOM)?
route: how (?:(?:WHOM|is|are|was|were) )*(?:bought|procured|let|awarded|tendered)
`,
  ['value', 'owner', 'end date', 'start date', 'supplier', 'route'],
).map(([noun, said]) => [new RegExp(`^${said.replaceAll('WHOM', WHOM)} `), noun] as const)

/** What a contract lacks: `no owner`, `without a recorded value`, `end date missing`, `hasn't got an owner`. */
export function lackingAt(words: Words, at: number) {
  const nobody = nobodyAt(words, at) ?? untoldAt(words, at)
  if (nobody !== null) return nobody
  const no = longest(words, at, NO)
  let begins = at + (no ?? 0)
  while (DETERMINER.test(words[begins] ?? '') && no !== null) begins += 1
  const noun = phraseAt(words, begins, FIELD_NOUNS)
  const { lacks, has } = noun?.value ?? {}
  const value = lacks ?? has
  if (noun === null || value === undefined) return null
  const end = begins + noun.used
  const tail = no === null ? missingAt(words, end) : tailAt(words, end)
  // `no value over 1m`
  const isMeasured = value === 'unvalued' && amountsAt(['value', ...words.slice(end)], 0) !== null
  // `no notice due in march`: a date of theirs is meant.
  const isDated =
    value === 'without-notice' && /^(?:due|to|served|given|needed)$/.test(words[end] ?? '')
  // `no cost recorded for the extension`: what another thing lacks.
  const isOthers = /^(?:for|of|on) (?:(?:the|its|their|an?) )?extensions?/.test(
    words.slice(end + (tail ?? 0), end + (tail ?? 0) + 3).join(' '),
  )
  return tail === null || isMeasured || isDated || isOthers
    ? null
    : { value, not: lacks === undefined, used: end + tail - at }
}

const LACK_OF = {
  of: 'unowned',
  owner: 'unowned',
  deputy: 'without-deputy',
  lead: 'without-lead',
} as const
/** `nobody owns`, `has nobody got their name against`: that there is no such person. */
function nobodyAt(words: Words, at: number) {
  const who = longest(
    words,
    at,
    phrases(
      "[with] nobody, [with] no one, not anyone, not anybody, without anyone, without anybody, haven't got anyone, hasn't got anyone, haven't anyone, " +
        "haven't got anybody, hasn't got anybody, don't have anyone, doesn't have anyone, not got anyone, don't have anybody, doesn't have anybody",
    ),
  )
  if (who === null) return null
  let begins = at + who
  // `under 50k and nobody's`
  if (words[begins] === undefined && /^(?:nobody|no)/.test(words[at] ?? '') && at > 0)
    return { value: LACK_OF.owner, not: false, used: who }
  while (
    /^(?:is|has|have|had|been|got|put|down|named|listed|their|his|her|a|the|ever|yet|to|who|can|could|would|there)$/.test(
      words[begins] ?? '',
    )
  )
    begins += 1
  // `nobody has`: the verb itself.
  for (let from = begins; from >= at + who; from--) {
    const role = phraseAt(words, from, AFTER_NO) ?? phraseAt(words, from, AFTER_NAME)
    if (role !== null && role.used > 0)
      return { value: LACK_OF[role.value], not: false, used: from + role.used - at }
    const named = longest(words, from, NAMED_AS)
    if (named !== null)
      return {
        ...{ value: LACK_OF.owner, not: false },
        used: from + named + tailAt(words, from + named) - at,
      }
  }
  return null
}
const NAMED_AS = phrases(
  'as owner, as the owner, as an owner, as its owner, as their owner, looking after, looking after it, looking after them, in charge of it, in charge of them, responsible for it, responsible for them, name against, name on, name to, name down, name beside, name next to, in charge of, in charge, responsible, looking after, ' +
    'running, managing, owning, assigned to, assigned, allocated to, allocated, down for, owned',
)
const NO = phrases(
  "no, neither, without, with no, missing, lacking, lacks, lack, has no, have no, hasn't, haven't, hasn't got, " +
    "haven't got, has not got, have not got, doesn't have, don't have, does not have, do not have, " +
    "don't know, do not know, " +
    'not having, with missing, with unknown, with blank, blank, unknown, not got, without any, (never|not) [been] (given|set|had|got|assigned), without so much as',
)
const DETERMINER = /^(?:a|an|any|the|named|recorded|known|assigned|set|fixed|given|clear|current)$/
export const LACKS: ReadonlySet<string | undefined> = new Set(FIELDS.map(({ lacks }) => lacks))
const IS_MISSING = phrases(
  "[is|are|is still|are both|both|are all] (missing|unknown|blank|tbc|tba|unassigned), (not|is not|are not|isn't|aren't|not been|has not been|hasn't been|haven't been) (known|recorded|given|set|assigned|entered|filled in|there)",
)
/** `suppliers are missing their figures`: something else is. */
function missingAt(words: Words, end: number): number | null {
  const used = longest(words, end, IS_MISSING)
  // `owner and deputy are both missing`
  const other = /^(?:and|or)$/.test(words[end] ?? '') ? phraseAt(words, end + 1, FIELD_NOUNS) : null
  if (other !== null && longest(words, end + 1 + other.used, IS_MISSING) !== null) return 0
  if (used === null) return null
  return /^(?:a|an|any|the|their|its|some|our)$/.test(words[end + used] ?? '')
    ? null
    : used + tailAt(words, end + used)
}

/** `recorded against them`, `put in yet`, `on file`: how many words say where it is not. */
function tailAt(words: Words, at: number): number {
  const said = words.slice(at, at + 6).join(' ')
  const tail = TAIL.exec(`${said} `)?.[0].trim() ?? ''
  return tail === '' ? 0 : tail.split(' ').length
}
const TAIL =
  /^(?:(?:(?:been )?(?:recorded|known|given|set|assigned|entered|put in|put down|filled in|held|listed|named|logged|noted|attached|linked|stored|planned|scheduled|booked|arranged|written|stated|specified|agreed|lined up|on the books|down|there|up)|at all|yet) )*(?:(?:against|on|for|to|in) (?:it|them|file|record|the register|the system|paper|theirs?|its|the record) )?(?:(?:yet|at all) )?/

/** `with an owner`, `have a deputy`: what is not lacking; a name behind it would be whose it is. */
export function havingAt(words: Words, at: number) {
  const has = longest(words, at, HAS)
  const noun = has === null ? null : phraseAt(words, at + has, FIELD_NOUNS)
  const { lacks, has: held } = noun?.value ?? {}
  const value = held ?? lacks
  if (has === null || noun === null || value === undefined || value === 'undecided') return null
  // `with a notice period of 3 months`, `with an extension over 500k`, `with an extension option`
  const end = at + has + noun.used
  const isMeasured = amountsAt(words, at + has) ?? (held && amountsAt(words, end))
  if (isMeasured || (modeAt(words, at + has)?.used ?? 0) > noun.used) return null
  // `with documents`, and not `with supplier ostrelle`: several, and nobody's name.
  const isBare = /^(?:with|have|has|had|having|got)$/.test(words[at + has - 1] ?? '')
  const isSeveral = /s$/.test(words[end - 1] ?? '') && SEVERAL.has(value)
  if (isBare && !isSeveral) return null
  return { value, not: held === undefined, used: end + tailAt(words, end) - at }
}
const SEVERAL: ReadonlySet<string> = new Set([
  ...['extended', 'with-documents', 'with-products', 'with-reseller', 'with-dpia'],
])
const HAS = phrases(
  '(with|have|has|have got|has got|having|have had|has had|had|that had|got) [a|an|some|any|a recorded|a known]',
)

/** Grammar that would be taken for what it is not: named as not read. */
export function unreadableAt(words: Words, at: number): number {
  const ordinal = ORDINAL.test(words[at] ?? '') ? phraseAt(words, at + 1, ORDER_PHRASES) : null
  // `second biggest`, `by supplier then value`
  if (ordinal !== null) return 1 + ordinal.used
  const next =
    words[at] === 'then' ? phraseAt(['by', ...words.slice(at + 1)], 0, ORDER_PHRASES) : null
  if (next !== null) return next.used
  // `a week on friday`, `a month from now`
  const isTime = words[at] === 'a' && FROM_DAY.test(words[at + 2] ?? '')
  if (/^(?:every|each)$/.test(words[at] ?? '') && weekdayAt(words, at + 1) !== null) return 2
  // `off the staffing framework`: which contracts hang on which, no list tells.
  if (/^(?:off|under|through|via)$/.test(words[at] ?? '')) {
    const noun = words
      .slice(at + 1, at + 6)
      .findIndex((word) => /^(?:frameworks?|umbrella)$/.test(word ?? ''))
    const isAmount = words.slice(at + 1, at + 2 + noun).some((word) => /\d/.test(word ?? ''))
    if (noun > 0 && !isAmount) return noun + 2
  }
  const phrase = isTime
    ? 0
    : (longest(words, at, UNREADABLE) ?? longest(words, at, UNRECORDED) ?? 0)
  // `12 month extensions`: a length, and no time.
  const lead = longest(words, at, phrases('term of, terms of, length of, lasting, every, each, '))
  const span = lead === null ? null : readSpan(words, at + lead)
  if (lead === null || span === null) return phrase
  if (lead > 0) return lead + span.used
  const after = words[at + span.used] ?? ''
  return LENGTH_OF.test(after) ? span.used + 1 : phrase
}
const LENGTH_OF = /^(?:extensions?|options?|breaks?)$/
const ORDINAL = /^(?:second|third|fourth|fifth|2nd|3rd|4th|5th|next)$/
const FROM_DAY =
  /^(?:from|on|ago|away|today|tomorrow|left|hence|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$/
const UNREADABLE = phrases(
  'at the start of, at the beginning of, the start of, the beginning of, start of, beginning of, ' +
    'at start of, service level, service levels, sla, slas, kpi, kpis, service credits, customer satisfaction, ' +
    'more than once, how often, a year, per year, a month, per month, a week, ' +
    'per annum, p.a, pa, annually, monthly, (each|every) (year|month|week), notice period, ' +
    'notice periods, end of life, at least once, per day, a day',
)

/** Days of a kind that no list tells: without them what is due is none of what was asked. */
export const UNRECORDED = phrases(
  'bank (holiday|holidays), break (clause|clauses|point|points|option|options|date|dates)',
)

/** Since when what is overdue is overdue: `by more than 30 days`. */
export function overdueSince(words: Words, at: number, { today, calendar, yearStart }: Clock) {
  const lead = longest(
    words,
    at,
    phrases(
      'by more than, for more than, by over, for over, by at least, more than, over, by, for, >',
    ),
  )
  const span = lead === null ? null : readSpan(words, at + lead)
  if (lead === null || span === null) return null
  const back = readPeriod(
    ['more', 'than', ...words.slice(at + lead, at + lead + span.used), 'ago'],
    0,
    { today, calendar, yearStart },
  )
  if (back === null || 'problem' in back) return null
  return { range: back.range, as: null, days: null, used: lead + span.used }
}

/** Words of the past: a month without a year is the last one. */
export const PAST = new Set(
  'renewed ended expired lapsed finished started began commenced since ran extended rolled'.split(
    ' ',
  ),
)

// Amounts: `over £1m`, `between 100k and 500k`, `£1m+`, `no more than 2.5 million`, `without a value`.

const VALUE_LEADS = phrases(
  'exactly, worth exactly, with a value of, with a value, with value, with values, value of, value is, valued at, ' +
    'valued, value, values, worth, worth of, costing, that cost, which cost, cost, costs, ' +
    'priced at, price, contract value, contract values, spend, that are worth, ' +
    'with a contract value, ',
)
type Sign = '>' | '>=' | '<' | '<=' | '='

const COMPARED = named(
  `
>=: at least, no shorter than, not shorter than, no less than, not less than, from, starting at, >=, ≥, minimum, min, minimum of, not under, not below
<=: at most, no longer than, not longer than, no more than, not more than, up to, not over, not above, not exceeding, <=, ≤, maximum, max, maximum of, within
>: over, above, more expensive than, more than, greater than, bigger than, larger than, higher than, longer than, exceeding, exceeds, in excess of, upwards of, north of, >, of more than, of over, over the, beyond, dearer than
<: under, below, less expensive than, less than, fewer than, no bigger than, smaller than, lower than, shorter than, cheaper than, fewer than, <, of less than, of under, south of
`,
  ['>=', '<=', '>', '<'] as const,
).map(([sign, patterns]) => [sign, phrases(patterns)] as const)
const VALUE_TAILS = phrases(
  'in value, in total, in total value, of value, pounds, gbp, quid, sterling, euros, euro, ' +
    'eur, dollars, usd, ',
)

const DAYS_IN: Readonly<Record<PeriodUnit, number>> = {
  ...{ days: 1, 'working-days': 1.4, weeks: 7, months: MONTH_DAYS, years: 12 * MONTH_DAYS },
}
const LENGTH_LEADS = {
  notice: phrases(
    'notice period, notice periods, a notice period, notice period is, notice periods are, notice period of, notice periods of, notice of, a notice of, notice is',
  ),
  term: phrases(
    'term of, terms of, a term of, a length of, length of, lasting, lasting for, that last, that lasts, which last, for a term of, contract length, contract term',
  ),
}
const LENGTH_TAILS = {
  notice: phrases('notice, of notice, notice period, notice periods'),
  term: phrases(
    'long, contract, contracts, deals, agreements, term, terms, start to finish, from start to finish, end to end, in length, in duration, overall',
  ),
}
/** `three months notice`, `between 2 and 4 years long`, `12 month contracts`: how long it is, and no time. */
function lengthAt(words: Words, at: number) {
  for (const of of ['notice', 'term'] as const) {
    const lead = longest(words, at, LENGTH_LEADS[of])
    const isOf = of === 'term' && words[at] === 'of' && CONTRACT_NOUN.test(words[at - 1] ?? '')
    // `running for`: only with what says that it is a length.
    const weak =
      of === 'term' && lead === null
        ? longest(words, at, phrases('running for, running, run for, run, that run, that run for'))
        : null
    // `with notice over 60 days`
    const bare = lead === null && words[at] === of ? 1 : 0
    const begins = at + (lead ?? (isOf ? 1 : (weak ?? bare)))
    const compared = COMPARED.flatMap(([sign, each]) => {
      const used = longest(words, begins, each)
      return used === null || words[begins] === 'within' ? [] : [{ sign, used }]
    }).sort((one, other) => other.used - one.used)[0]
    if (bare > 0 && compared === undefined) continue
    const least = longest(words, begins, ['between', 'from'])
    const figure = begins + (least ?? compared?.used ?? longest(words, begins, ['exactly']) ?? 0)
    const first = readSpan(words, figure)
    // `between 2 and 4 years`: the unit of the second.
    const isRange = /^(?:and|to|-)$/.test(words[figure + (first?.used ?? 1)] ?? '')
    const second =
      least !== null && isRange ? readSpan(words, figure + (first?.used ?? 1) + 1) : null
    const span = first ?? (second && readSpan([words[figure] ?? '', second.period.unit], 0))
    if (span === null || (least !== null && second === null)) continue
    const end = figure + (first?.used ?? 1) + (second === null ? 0 : second.used + 1)
    const more = longest(words, end, OR_MORE)
    const less = more === null ? longest(words, end, OR_LESS) : null
    const tailed = end + (more ?? less ?? 0)
    // `contracts longer than 5 years`
    const isLong =
      of === 'term' &&
      /^(?:(?:no|not) )?(?:longer|shorter)\b/.test(words.slice(begins, begins + 2).join(' '))
    const tail =
      longest(words, tailed, LENGTH_TAILS[of]) ??
      (lead !== null || isLong || isOf || bare > 0 ? 0 : null)
    if (tail === null) continue
    const than = ({ period: { amount, unit } }: typeof span) => decimalOf(amount * DAYS_IN[unit])
    const sign = more === null ? (less === null ? (compared?.sign ?? '=') : '<=') : '>='
    const amounts: Amount[] =
      second === null
        ? [{ is: sign, than: than(span), of }]
        : [
            { is: '>=', than: than(span), of },
            { is: '<=', than: than(second), of },
          ]
    return { amounts, used: tailed + tail - at }
  }
  return null
}
const CONTRACT_NOUN = /^(?:contracts?|agreements?|deals?|ones?|anything|terms?|licen[cs]es?)$/
const OR_MORE = phrases(
  '(or|and) (more|longer|over|above|higher), plus, +, and up, upwards, minimum, at least',
)
const OR_LESS = phrases('(or|and) (less|shorter|under|below|lower|fewer), maximum, at most')

/** `in euros`: of that currency, whatever its amount. */
export function amountsAt(
  words: Words,
  at: number,
): { readonly amounts: Amount[]; readonly used: number } | null {
  const length = lengthAt(words, at)
  if (length !== null) return length
  if (words[at] === 'unvalued') return { amounts: [{ is: 'none' }], used: 1 }
  const valued = longest(words, at, IN_CURRENCY)
  const paid = valued === null ? undefined : CURRENCIES.get(words[at + valued] ?? '')
  if (valued !== null && paid !== undefined) {
    return { amounts: [{ is: 'in', currency: paid }], used: valued + 1 }
  }
  const lead = longest(words, at, VALUE_LEADS) ?? 0
  const begins = at + lead
  const tail = (end: number) => end + (longest(words, end, VALUE_TAILS) ?? 0) - at
  const amount = (is: Sign, than: number, end: number, named: string | null): Amount => {
    const currency = named ?? CURRENCIES.get(words[end] ?? '')
    return { is, than: decimalOf(than), ...(currency === undefined ? {} : { currency }) }
  }
  const near = longest(words, begins, NEARLY)
  const nearly = near === null ? null : figureAt(words, begins + near)
  if (near !== null && nearly !== null && (nearly.sure || lead > 0)) {
    const end = begins + near + nearly.used
    const amounts = [0.9, 1.1].map((share) =>
      amount(share < 1 ? '>=' : '<=', nearly.amount * share, end, nearly.currency),
    )
    return { amounts, used: tail(end) }
  }
  const range = longest(words, begins, ['between', 'from', '']) ?? 0
  const first = figureAt(words, begins + range)
  const join = first === null ? -1 : begins + range + first.used
  const second =
    first !== null && /^(?:and|to|-|–|—)$/.test(words[join] ?? '')
      ? figureAt(words, join + 1)
      : null
  if (first !== null && second !== null && (first.sure || second.sure || lead > 0)) {
    // `between 1 and 5 million`
    const shared = first.unit === null ? first.number * (second.unit ?? 1) : first.amount
    const isShared = shared <= second.amount && !/,/.test(words[begins + range] ?? '')
    const least = isShared ? shared : first.amount
    const end = join + 1 + second.used
    const currency = second.currency ?? first.currency
    const amounts = [
      amount('>=', Math.min(least, second.amount), end, currency),
      amount('<=', Math.max(least, second.amount), end, currency),
    ]
    return { amounts, used: tail(end) }
  }
  for (const [sign, each] of COMPARED) {
    const than = longest(words, begins, each)
    const equal = than === null ? null : longest(words, begins + than, phrases('or equal to, '))
    const compared = (than ?? 0) + (equal ?? 0)
    const figure = than === null ? null : figureAt(words, begins + compared)
    if (figure === null) continue
    const is = equal === 3 ? (sign.startsWith('>') ? '>=' : '<=') : sign
    const end = begins + compared + figure.used
    // `more than 90 days`, `over 5 contracts`; `from 2027` is a year.
    if (!figure.sure && (lead === 0 ? figure.amount < 2100 : false)) continue
    if (/^(?:days?|weeks?|months?|years?|working|contracts?)$/.test(words[end] ?? '')) continue
    return { amounts: [amount(is, figure.amount, end, figure.currency)], used: tail(end) }
  }
  // `£1m+`, `£1m or more`
  const alone = figureAt(words, begins)
  if (alone === null || !alone.sure) return null
  const more = longest(words, begins + alone.used, OR_MORE)
  const less = longest(words, begins + alone.used, OR_LESS)
  const isExact = lead > 0 && more === null && less === null && !alone.plus
  if (!alone.plus && more === null && less === null && !isExact) return null
  const is = isExact ? '=' : less === null ? '>=' : '<='
  const end = begins + alone.used + (more ?? less ?? 0)
  return { amounts: [amount(is, alone.amount, end, alone.currency)], used: tail(end) }
}

/** Within a tenth of it, either way. */
const NEARLY = phrases(
  'about, around, roughly, approx, approximately, circa, ~, in the region of, somewhere around, or so, give or take',
)

/** A currency by itself, behind another: `in dollars or euros`. */
export function currencyAt(words: Words, at: number): string | null {
  return CURRENCIES.get(words[at] ?? '') ?? null
}

const IN_CURRENCY = phrases(
  '[valued|priced|paid|pay|paying|paid for|value|billed|invoiced|charged] in',
)

const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ...['£', 'gbp', 'pounds', 'quid', 'sterling'].map((word) => [word, 'GBP'] as const),
  ...['€', 'eur', 'euro', 'euros'].map((word) => [word, 'EUR'] as const),
  ...['$', 'usd', 'dollars'].map((word) => [word, 'USD'] as const),
])

function decimalOf(amount: number): Decimal {
  return asDecimal(String(Math.round(amount * 100) / 100))
}

interface Figure {
  readonly number: number
  /** What `million` makes of it; null where no such word follows. */
  readonly unit: number | null
  readonly amount: number
  /** As its sign names it. */
  readonly currency: string | null
  /** Nothing else is written like this. */
  readonly sure: boolean
  readonly plus: boolean
  readonly used: number
}

const UNITS: Readonly<Record<string, number>> = Object.fromEntries([
  ...'k thousand grand'.split(' ').map((word) => [word, 1e3]),
  ...'m mn mil mill mio million millions'.split(' ').map((word) => [word, 1e6]),
  ...'bn b billion'.split(' ').map((word) => [word, 1e9]),
])
/** `five`, and neither `a` nor `single`. */
function spelledNumber(word: string): number | null {
  return /^(?!single)[a-z][a-z-]{2,}$/.test(word) ? wholeNumber(word) : null
}

function figureAt(words: Words, at: number): Figure | null {
  // `half a million`, `a hundred grand`
  const part = longest(words, at, phrases('a quarter of a, quarter of a, half a, a hundred, a'))
  const unitWord = words[at + (part ?? 0)] ?? ''
  const of = UNITS[unitWord]
  if (part !== null && of !== undefined && unitWord.length > 2) {
    const said = words.slice(at, at + part).join(' ')
    const number = /hundred/.test(said) ? 100 : /quarter/.test(said) ? 0.25 : part > 1 ? 0.5 : 1
    const [unit, amount, used] = [of, number * of, part + 1]
    return { number, unit, amount, currency: null, sure: true, plus: false, used }
  }
  const word = words[at] ?? ''
  const spelled = spelledNumber(word)
  const figures =
    /^([£€$]|gbp|eur|usd)?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(k|m|mn|mil|mill|bn|b|million|thousand)?(\+)?$/.exec(
      word,
    )
  if (figures === null && spelled === null) return null
  // `five hundred thousand`
  const hundreds = spelled !== null && words[at + 1] === 'hundred' ? 1 : 0
  const number = (spelled ?? Number((figures?.[2] ?? '').replaceAll(',', ''))) * 100 ** hundreds
  const following = UNITS[words[at + 1 + hundreds] ?? '']
  const unit = figures?.[3] === undefined ? (following ?? null) : (UNITS[figures[3]] ?? null)
  const used = (figures?.[3] === undefined && following !== undefined ? 2 : 1) + hundreds
  const amount = number * (unit ?? 1)
  if (!(amount < 1e15)) return null
  const isWritten = figures?.[1] !== undefined || (figures?.[2] ?? '').includes(',')
  const isMoney = CURRENCIES.has(words[at + used] ?? '')
  return {
    number,
    unit,
    amount,
    currency: CURRENCIES.get(figures?.[1] ?? '') ?? null,
    sure: unit !== null || isWritten || isMoney,
    plus: figures?.[4] === '+',
    used,
  }
}

// Order: `by value`, `biggest first`, `top 5`.

const ORDER_PHRASES = meaning<Order>([
  ...FIELDS.flatMap(({ nouns, by }): [Order, string][] =>
    by === undefined
      ? []
      : [
          [
            by,
            phrases(nouns)
              .map((each) => `by ${each}`)
              .join(', '),
          ],
        ],
  ),
  ...named(
    `
longest-notice: longest notice period, longest notice periods, longest notice, most notice, by longest notice period
shortest-notice: shortest notice period, shortest notice periods, shortest notice, least notice, by shortest notice period
dearest: by money, by size, by spend, by total value, by highest value, by biggest, by largest, by value descending, by value desc, value descending, value desc, by value high to low, by value highest first, biggest, largest, largest value, biggest value, most money, worth the most, worth most, cost the most, costs the most, costing the most, cost us the most, costs us the most, costing us the most, spend the most on, spending the most on, pay the most for, highest, dearest, most expensive, highest value, most valuable, costliest, priciest, heftiest, top value, biggest by value, largest by value
cheapest: by value ascending, by value asc, value ascending, value asc, by value low to high, by value lowest first, by lowest value, by smallest, smallest, smallest value, cheapest, lowest, lowest value, least expensive, least valuable, worth the least, worth least, cost the least, costs the least, costing the least, smallest by value, cheapest by value
soonest: by when they end, by when they expire, by when they finish, by when they run out, by when each ends, by (who|which|what) (ends|expires|finishes|runs out|goes) first, by deadline, by due date, by month, by quarter, by year, in date order, date order, earliest end, earliest end date, earliest expiry, soonest end date, soonest, soonest first, earliest, earliest first, next, most urgent
latest: longest to run, the longest to run, longest left, longest left to run, most time left, latest end, latest end date, latest expiry, furthest end date, go on longest, go on the longest, run longest, run the longest, run on longest, go on furthest, run furthest, by end date descending, by date descending, by end descending, latest first, furthest first, last first
title: alphabetically, alphabetical, in alphabetical order, a-z, alphabetical order
owner: by person
oldest: earliest start, earliest start date, oldest, running longest, running the longest, longest running, longest-running, longest standing
longest: longest, longest first, longest term, longest length, longest duration
shortest: shortest, shortest first, shortest term
newest: latest start, latest start date, newest, most recent, most recently started, latest started, youngest
`,
    ORDERS,
  ),
])
const SORTED = phrases(
  'sorted, sort, ordered, order, grouped, ranked, arranged, in order, listed, in order of, order of, ',
)
/** A measure by itself, without a direction. */
const MEASURE = /^by (?!.*(?:first|high|low|big|large|small|asc|desc))/

/**
 * `by value`, `biggest first`, `top 5`, `three biggest`, `least expensive 5`. `isBare`: a measure alone, that
 * a direction beside it turns round; `isDefault`: no order was said.
 */
export function orderAt(words: Words, at: number) {
  // `next contract to expire`: one of them; what it is that comes next is said behind.
  const noun = /^(?:next|first|soonest)$/.test(words[at] ?? '') ? (words[at + 1] ?? '') : ''
  const isNamed = /^(?:contracts?|ones?|agreements?|deals?|thing)$/.test(noun)
  if (
    noun !== '' &&
    /^to (?:end|expire|lapse|finish|run)$/.test(
      words
        .slice(at + (isNamed ? 2 : 1))
        .slice(0, 2)
        .join(' '),
    )
  ) {
    const top = isNamed && !noun.endsWith('s') ? 1 : null
    return {
      order: 'soonest' as Order | null,
      top,
      isDefault: false,
      isBare: false,
      used: isNamed ? 2 : 1,
    }
  }
  const begins = at + (longest(words, at, SORTED) ?? 0)
  const top = /^(?:top|first)$/.test(words[begins] ?? '') ? countAt(words, begins + 1) : null
  if (top !== null && isNoTime(words, begins + 1)) {
    // `first 3 to end`
    const isNext = /^to (?:end|expire|lapse|finish|run)$/.test(
      words.slice(begins + 2, begins + 4).join(' '),
    )
    const order: Order | null = words[begins] === 'top' ? 'dearest' : isNext ? 'soonest' : null
    return { order, top, isDefault: !isNext, isBare: true, used: begins + 2 - at }
  }
  // `single biggest`
  const count = words[begins] === 'single' ? 1 : countAt(words, begins)
  const from = begins + (count === null ? 0 : 1)
  const whole = phraseAt(words, from, ORDER_PHRASES)
  // `in order of value`: a measure without its `by`.
  const measure =
    whole === null && begins > at ? phraseAt(['by', ...words.slice(from)], 0, ORDER_PHRASES) : null
  const order = whole?.value ?? measure?.value
  if (order === undefined) return null
  const end = from + (whole?.used ?? (measure?.used ?? 1) - 1)
  const said = words.slice(from, end).join(' ')
  const isBare = measure !== null || MEASURE.test(said)
  const behind = count === null && !isBare && isNoTime(words, end) ? countAt(words, end) : null
  // `next` alone is a word of times, and `5 by value` are no five.
  if ((said === 'next' && behind === null) || (count !== null && isBare)) return null
  const last = end + (behind === null ? 0 : 1)
  const used = last + (words[last] === 'first' ? 1 : 0) - at
  // `longest overdue`: a list of what is late begins with it.
  if (said === 'longest' && /^(?:overdue|late|outstanding)$/.test(words[last] ?? ''))
    return { order: null, top: count, isDefault: false, isBare, used }
  return { order, top: count ?? behind, isDefault: false, isBare, used }
}

/** No length of time begins there, and no half of one: `first 3 months`. */
function isNoTime(words: Words, at: number): boolean {
  return readSpan(words, at) === null && !/^(?:half|quarter)$/.test(words[at + 1] ?? '')
}

export function countAt(words: Words, at: number): number | null {
  const word = words[at] ?? ''
  const number = /^\d{1,3}$/.test(word) ? Number(word) : spelledNumber(word)
  return number === null || number < 1 ? null : number
}

// Words that a sentence can do without, each where it means the same without them. No verb of an order, no
// no, and nothing of how much or when is among them; where such a word leads to nothing, it is named.

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))
/** Wherever they stand: what joins words, what softens, and what a contract is called. No side of a time is among them. */
const IDLE = words(
  '- – — both whatever any anything our us them their theirs a an the these those its it please pls plz thanks thank thx cheers ta hi hiya hello hey morning afternoon evening ok okay ' +
    'so just only also too still yet already currently now presently nowadays then well kindly folks sometime anytime and/or some actually really basically literally honestly simply ' +
    'lol ugh argh ffs omg ie i.e eg e.g aka namely quickly maybe perhaps possibly anyway though tho again here there ever mind afraid lot people folk peeps sorry swear hmm um erm er oh ah eh yeah yep righto cool great fab lovely roughly single very absolute ' +
    'apparently supposedly obviously frankly tbh btw fyi hopefully ideally preferably presumably surely definitely certainly probably clearly urgently asap urgent ' +
    'altogether else wise diary table sheet say rundown pile bunch batch set ' +
    'of in on at under for about regarding re concerning with from to as into onto out up upon against across among amongst off down along through via per ' +
    'contract contracts contracs award awards agreement agreements arrangement arrangements deal deals item items one ones thing things stuff bits commitment commitments ' +
    'record records entry entries report overview register list details detail info information status department dept directorate',
)
/** Verbs that ask, before all else that is said. */
export const OPENING = words(
  'show find search look lookup get give tell send see view display bring pull want wanted like need know check print return fetch wonder wondering ' +
    'let me us your remind sort order many count number sorry',
)
/** What joins a clause to its subject: `that are`, `does samira have`. */
const JOINING = words(
  'that which who whom whose what when where how is are was were be been being am do does did has have had having ' +
    "can could would shall will might may i we you he she they got i'm i'd i've i'll we'd we'll we've we're you'd you'll you've they'd they'll they've he'd she'd who've who'd",
)
/** Where a condition follows. */
const LEADING = words(
  'came went get gets getting marked flagged tagged classed shown should must need needs needing fallen gone going go goes coming come comes happen happens happening fall falls falling counts',
)
/** What begins another clause. */
export const VERBAL: ReadonlySet<string> = new Set(
  [OPENING, JOINING, LEADING].flatMap((each) => [...each]),
)
export const FILLERS: ReadonlySet<string> = new Set(
  [IDLE, OPENING, JOINING, LEADING].flatMap((each) => [...each]),
)

/** What may stand before all that is said. */
export const isSoft = (word: string | null) =>
  IDLE.has(word ?? '') || /^(?:and|but)$/.test(word ?? '')

/** Whether the filler there can be done without. `leads`: a condition stands behind it and the fillers after it. */
export function isIdle(words: Words, at: number, isOpening: boolean, leads: boolean): boolean {
  const word = words[at] ?? ''
  // `in about 6 months`
  if (/^(?:about|under)$/.test(word) && /^[£€$]?\d/.test(words[at + 1] ?? '')) return false
  const isAsked = ASKED.has(word) && /^(?:me|us)$/.test(words[at + 1] ?? '')
  const isToOthers = /^(?:tell|send|let)$/.test(word) && !isAsked
  return (
    IDLE.has(word) ||
    JOINING.has(word) ||
    isAsked ||
    (/^(?:me|us)$/.test(word) && ASKED.has(words[at - 1] ?? '')) ||
    (isOpening && !isToOthers && (OPENING.has(word) || LEADING.has(word))) ||
    (LEADING.has(word) && leads)
  )
}

/** `who owns`, `does anyone look after`: an owner is asked for. */
const WHOEVER = `(who|anyone|anybody|someone|somebody) (${[...AFTER_NAME.keys(), ...AFTER_NO.keys(), 'has', 'runs', 'sorts', 'sorting', 'looking after', 'in charge'].join('|')})`

/** Words that mean something by themselves, and are long enough to be known by what a slip leaves of them. */
const MEANT = [
  ...[STATES, MODES, PEOPLE, ORDER_PHRASES, NAMING].flatMap((each) => [...each.keys()]),
  ...nounsOf(FIELDS.filter(({ lacks }) => lacks !== undefined)),
  ...MONTH_NAMES.map((each) => each.toLowerCase()),
  ...'monday tuesday wednesday thursday friday saturday sunday tomorrow quarter financial'.split(
    ' ',
  ),
  ...'replacement extension extensions happening coming should would could running started owner deputy supplier between before without contracts everything anything except excluding'.split(
    ' ',
  ),
]
/** Words of English that others are no slips of. */
const NO_SLIPS =
  'shipping setting reminding stated chasing exceeding leading charging changing closing clothing sharing staring reading trading binding funding landing finding wanting waiting paying being seeing doing state stating later latter other order border ender sender tender lander decided divided provided revised renewal removal reviewer renewer started stared stopped expired aspired inspired noticed entire active native'.split(
    ' ',
  )
const FORGIVEN = [
  ...new Set([
    ...MEANT.filter((each) => /^[a-z]{5,}$/.test(each)),
    ...[...MEANT, ...HOW_BOUGHT.keys()]
      .flatMap((each) => each.split(' '))
      .filter((each) => /^[a-z]{6,}$/.test(each)),
  ]),
]
const KNOWN = new Set(
  [
    MEANT,
    [...AFTER_NAME.keys()],
    [...AFTER_NO.keys()],
    [...FILLERS],
    SUPPLIER,
    NO_SLIPS,
    COMPARED.flatMap(([, each]) => each),
  ]
    .flat()
    .flatMap((each) => each.split(' ')),
)

export const FILLER_PHRASES = phrases(
  '(know|tell me|check|see|confirm|sure) (if|whether), whether, (sit|sits|come|comes) (under|in), (has|have|did) (anyone|anybody|somebody|someone), used by, bought by, bought for, purchased by, procured by, procured for, who buys, who bought, who purchased, who pays for, related to, relating to, connected to, connected with, title contains, title includes, title has, titles containing, title containing, titles with, titled, whose title contains, whose title includes, named, reference starts with, reference begins with, reference starting, references starting, reference starting with, references starting with, reference begins, reference contains, reference containing, need to worry about, have to worry about, should worry about, worry about, need to know about, should know about, be aware of, look out for, keep an eye on, need to think about, should think about, have to think about, the dates for, dates for, the dates of, speak to about, to speak to about, talk to about, to talk to about, do i speak to about, ring about, contact about, so far, pull together, put together, this contract, this register, this list, what is next, up next, ' +
    'as of today, as of now, at the moment, right now, thank you, ' +
    `${WHOEVER}, ` +
    'who supplies, who provides, who delivers, who do we use for, who do we get, who is the reseller for, who is the reseller of, reseller for, reseller of, help me find, help me, compare, comparing, for some reason, all the same day, in one list, [a|the] [random|quick] (sample|selection|handful|rundown|summary|full list) of, full list, just (those|these|them), which is which, whose name is (on|against), theres two, (across|for|in) the (group|piece|whole organisation), across all [of] [the|our] (trusts|buyers|organisations|hospitals|orgs), these days, by any chance, as things stand, to be honest, in the diary, or what, or not, or something, or so, and so on, and the like, at the top, at top, on top, know about, on file, on record, on the register, on the books, something to do with, anything to do with, to do with, a company called, a supplier called, a firm called, called, we can still stop, we can stop, we could stop, can still be stopped, if you, of any sort, of any kind, so i can chase, supplier for, supplier of, up our sleeve, in the title, in their title, in its title, in the name, with the word, with the name, ' +
    'that are, which are, we have, do we have, have we got, show me, give me, tell me, let me, ' +
    'owner of, owners of, owner for, deputy of, deputy for, lead of, lead for, ' +
    'send me, get me, show us, give us, tell us, all of them, all of it, each of them, set to, scheduled to, likely to, quick question, good morning, good afternoon',
)

/** What they are worth together is asked. */
export const SUMS = phrases(
  'combined annual value of, the combined annual value of, combined annual value, combined yearly value, combined, total yearly cost of, total annual cost of, total yearly value of, total annual value of, (whole life|lifetime|whole-life) (value|cost) [of], it all worth, they all worth, all worth, total value of, total values of, the total value of, total value, total worth of, total worth, total cost of, total cost, overall value of, overall value, combined value of, combined value, ' +
    '[our|the] (total|combined|overall) [annual|yearly] (bill|spend|outlay|worth|value|cost) [of|on|with|for|from], [the] (annual|yearly) (bill|spend|outlay|worth|value|cost) (of|on|with|for|from), total (we are|we have|we) committed [to|with], the sum of, sum of, sum total of, in total, altogether, all together, all told, added up, add up to, do they add up to, come to, comes to, total, totals, totalling',
)
/** On average; where it is asked of a year, that. */
export const AVERAGES = phrases(
  '[the|our|an] (average|averages|avg) [contract|annual|yearly] [value|values|cost|costs|price|prices|spend|worth|size] [of|for|on|across|with|per contract] [the|our], on average',
)
/** What a year of it costs. */
export const YEARLY = phrases(
  '(a|per|each|every) (year|annum), p.a, pa, annually, yearly, [the|our] (annual|yearly) (bill|spend|outlay|cost|costs|value) (of|on|with|for|from|across)',
)
/** Two are asked about, and which comes first by this. */
export const COMPARISONS = meaning<Order>(
  named(
    `
soonest: (before or after|after or before|sooner or later than|earlier or later than)
dearest: (bigger or smaller|smaller or bigger|dearer or cheaper|cheaper or dearer|more or less expensive|worth more or less|more or less) than
`,
    ORDERS,
  ),
)
/** What no list answers, and what can be asked instead. */
export const UNANSWERED = meaning<string>([
  [
    'nothing is compared here: each is listed; ask for one, then for the other',
    'mean, median, typical, the typical, comparison, a comparison, difference between, the difference between, percentage, what percentage, proportion, what proportion, share of, what share, trend, trends, ratio',
  ],
  [
    'they are not counted one by one here: ask how many, or how much, for one of them',
    `(per|for each|for every|in each|by each|each|broken down by|split by|breakdown by|value by|values by|spend by|cost by|total by) (${nounsOf(FIELDS).join('|')}), (more than one|more than two|several|multiple) (contract|contracts), the (most|least) [contracts], (most|least) contracts, [the] fewest [contracts], fewer contracts, [a] breakdown, broken down, (per|each) (quarter|person), per trust`,
  ],
])
/** Behind what is counted or added up it makes groups, and is no order: `how many by team`. */
export const GROUPED = phrases(
  `by (${[...nounsOf(FIELDS), 'month', 'quarter', 'year', 'person', 'status'].join('|')})`,
)

/** `how many per team`, `suppliers with more than two contracts`, `who has the most`: by what they are counted. */
export function groupAt(
  words: Words,
  at: number,
  isCounted: boolean,
): { readonly per: NonNullable<Filters['per']>; readonly used: number } | null {
  const said = `${words
    .slice(at, at + 16)
    .map((word) => word ?? '"')
    .join(' ')} `
  const found = isCounted ? (EACH_OF.exec(said) ?? MANY_OF.exec(said)) : null
  const most = HAS_MOST.exec(said)
  const who = WHO_HAS_MOST.exec(said)
  const more = HAS_MORE.exec(said)
  const isOr =
    words.includes('or') &&
    /^(?:have|has|got|own|owns|run|runs|manage|manages|hold|holds)$/.test(words[at - 1] ?? '')
  const or = isOr ? WHICH_HAS_MORE.exec(said) : null
  const { whole, noun, ...rest } = {
    whole: '',
    noun: '',
    ...(found ?? most ?? who ?? more ?? or)?.groups,
  }
  const { many = null, share = null, several } = rest as Record<string, string | undefined>
  const ofWho = /\b(?:with|from)\b|\b(?:do|have) we\b/.test(whole) ? 'supplier' : 'owner'
  const of = whole !== '' && (noun === '' || noun === 'who') ? ofWho : groupOf(noun)
  const extreme = share === null ? null : share === 'most' ? 'most' : 'fewest'
  const than = many === null ? (several === undefined ? extreme : 1) : countAt([many], 0)
  if (of === null || (many !== null && than === null)) return null
  const least = typeof than === 'number' && /\b(?:at least|or more)\b/.test(whole) ? than - 1 : than
  return { per: { of, than: least }, used: whole.trim().split(' ').length }
}
const GROUP_NOUNS: readonly (readonly [(typeof GROUPS)[number], RegExp])[] = [
  ['supplier', /^(?:suppliers?|vendors?|providers?|contractors?|compan(?:y|ies)|firms?)$/],
  ['reseller', /^resellers?$/],
  ['owner', /^(?:owners?|people|person|managers?|officers?|colleagues?|staff|everyone|everybody)$/],
  ['deputy', /^deput(?:y|ies)$/],
  ['lead', /^(?:category )?leads?$/],
  ['category', /^(?:categor(?:y|ies)|areas?)$/],
  ['team', /^teams?$/],
  ['department', /^(?:departments?|depts?|directorates?)$/],
  ['month', /^months?$/],
  ['quarter', /^quarters?$/],
  ['year', /^years?$/],
]
const groupOf = (noun: string) => GROUP_NOUNS.find(([, words]) => words.test(noun))?.[0] ?? null
const GROUP_NOUN = GROUP_NOUNS.map(([, words]) => words.source.slice(1, -1)).join('|')
const HAS_OF =
  '(?:(?:that|who|which|we|do|does|have|has|had|having|are|is|got|hold|holds|with|own|owns|on|run|runs|deal|there|us|look after|looks after|manage|manages|supply|supplies|in|currently|down for) )*'
const HELD = '(?:contracts?|agreements?|deals?|ones|things) '
const OF_WHOM =
  '(?:(?:with|from|off|on|to|for|in|us|them|their|his|her|plate|name|desk|books|the) )*'
const EACH_OF = new RegExp(
  `^(?<whole>(?:(?:do|does|have|has|we|got|are|there|is) )*(?:per|by|(?:for|in|with|from|across|of|on)? ?(?:each|every)) (?:of the |of our )?(?:(?:next|coming|following|last) )?(?:(?:few|couple of|two|three|four|five|six|\\d+) )?(?<noun>${GROUP_NOUN}) (?:has |have |got |holds? |owns? )*)`,
)
/** `how many suppliers do we have` */
const MANY_OF =
  /^(?<whole>(?<noun>suppliers|vendors|providers|contractors|companies|firms|resellers|owners|deputies|categories|teams) (?:(?:do|have|has|are|is|we|there|got|use|with|you|in|total|different) )*)$/
const HAS_MORE = new RegExp(
  `^(?<whole>(?:(?:which|what|any|the|our|list|show) )*(?<noun>${GROUP_NOUN}|who) ${HAS_OF}(?:(?:more than|over|at least|>) (?<many>[\\w-]+)|(?<several>multiple|several)) (?:or more )?(?:${HELD}${OF_WHOM}|(?=with |from |on |$)${OF_WHOM}$))`,
)
const HAS_MOST = new RegExp(
  `^(?<whole>(?:(?:which|what|the|our) )+(?<noun>${GROUP_NOUN}) ${HAS_OF}(?:the )?(?<share>most|fewest|least) (?:${HELD})?${OF_WHOM})$`,
)
const WHO_HAS_MOST = new RegExp(
  `^(?<whole>who(?:'s)? ${HAS_OF}(?:the )?(?<share>most|fewest|least) (?:${HELD})?${OF_WHOM})$`,
)
/** `does daniel or kofi have more on their plate`, `do we have more with handsel or ostrelle` */
const WHICH_HAS_MORE = new RegExp(
  `^(?<whole>more (?:${HELD})?(?:with |from |(?=on |$)${OF_WHOM}$))`,
)

/** How many there are: those that run are counted. */
export const COUNTING = phrases(
  'how many [of], [the] number of, count [of], split [up], break down',
)

// Asides: who asks, what for, and why. Each is a clause by itself, and says nothing of contracts.

const OCCASION =
  '(?:board|committee|audit|auditors?|meeting|1:1|1-1|121|one-to-one|one to one|catch ?-?up|paper|papers|presentation|deck|pack|steering group|workshop|foi|foi request|budget|budget setting|planning|handover|appraisal|briefing|boss|manager|director|cfo|ceo|finance team|finance director|chief exec(?:utive)?|monthly report|report|slides|spreadsheet|call|stand-?up|away ?day|trustees|governors|execs?)'
const ASKER =
  '(?:finance|md|finance team|audit|auditors?|(?:internal|external) auditors?|board|boss|manager|director|cfo|ceo|coo|chief exec(?:utive)?|procurement|legal|committee|execs?|exec team|leadership|somebody|someone|colleagues?|people|they|everyone)'
const DET =
  '(?:the|my|our|a|an|his|her|their|this|next|that|tomorrows|todays|[a-z]+days|weeks|months|audit|finance) '
const ASKING =
  '(?=(?:which|what|whats|who|whos|whose|how|when|where|show|list|give|tell|can|could|is|are|do|does|did|has|have|i|we|please|pls|any|anything|all|everything|contracts)\\b)'
/** Clauses that stand first (the sentence goes on behind them), and those that stand last. */
export const ASIDES = {
  first: [
    `(?:for|ahead of|to prepare for|preparing for|in preparation for|prep for) (?:${DET})*(?:[a-z'-]+ ){0,2}?${OCCASION}(?: [^,:;]*?)?(?:[,:;]| [-–—]) `,
    `for (?:${DET})+(?:[a-z'-]+ ){0,2}?${OCCASION}(?: (?:on |next |this |at )?(?:tomorrow|today|[a-z]+day|week|month))* ${ASKING}`,
    '(?:so|so that|in order that) (?:i|we) (?:can|could|may|know|am|are|do)[^,;:]*[,;:] ',
    `(?:before|when|while|once|as|since|because|after) (?:i|i'm|im|we|we're|were|my)\\b[^,;:]*[,;:] `,
    `(?:the |our |my |some )?${ASKER}(?: (?:is|are|has|have|had|just|keep|keeps|who|also|all|been|team|committee|people|lot))* (?:asked|asking|ask|asks|want|wants|wanted|need|needs|after|looking|like|likes|requested|requesting|chasing|demanding|interested|wondering|insisting)(?: (?:me|us|in|to know|to see|to have|for|about|a list of|the list of|a list|if you can tell them|for a list of|for sight of|to be told))* (?=\\S)`,
    `(?:i|we)(?:'m|'ve|'d|'re| am| are| have| had| just| really| also| still| been| was| would| do| urgently)* (?:need|want|wanted|like|love|asked|trying|hoping|looking|keen|wondering|required|got|after)(?: (?:to|been|asked|trying|just|me|us))* (?:know|see|find out|find|work out|understand|check|establish|identify|confirm|figure out|pull together|put together|prepare|produce|compile|get a list of|get|list|list out|report on|a list of|the list of|a view of|sight of|you to tell me|you to show me)(?: (?:exactly|out|a list of|the list of|a list))*(?=[ ,:])[,:]? `,
    `(?:i|i'm|im|i've|ive|he|he's|she|she's|they|we|we're|we've|weve|it's|its|there's|theres|there is|my boss|our|the|bit of a|quick|sorry|apologies|just|not sure|budget|year end|month end)\\b[^?]{0,90}?(?:[.;:]| [-–—]) ${ASKING}`,
    `(?:[a-z]+ ){1,3}here[,.:;] `,
    // `got a call from audit, they need …`
    `(?:(?:i|we|i've|we've)(?: have| just)* )?(?:just )?(?:got|had|have had|have|took|received) (?:an?|another|the) (?:call|phone call|email|message|note|letter|ping|visit|question|query|query in) (?:from|off) [^,:;?]{1,40}(?:[,:;.]| and| [-–—]) `,
    // `the new station manager is asking me when …`
    `(?:the|our|my|a|some) (?:(?!(?:contract|agreement|deal)s?\\b)[a-z'-]+ ){1,3}(?:is |are |has |have |keeps? |was |just |been )*(?:asking|asked|asks|chasing|wondering|wanting|demanding|on at|after|onto)(?: (?:me|us|about|for|to know|if i know|whether))* ${ASKING}`,
    `(?:sorry|apologies|me again|excuse me|silly question|stupid question|daft question|dumb question|quick one|quick question|random one|question for you|one for you)\\b[^,:;?.-]{0,50}?(?:[,:;.]| [-–—]| but) (?:but )?`,
    `(?:just )?(?:out of|for my own) (?:interest|curiosity)[,:;]? `,
    `(?:hi |hello |hey )?(?:i )?(?:am|i'm|im) an? (?:[a-z]+ ){1,4}?[a-z]+[,.:;] `,
    `(?:the |our |my )?(?!(?:what|which|who|that|it|this|anything|something|everything|contracts?|nobody)\\b)[a-z]+ (?:just |only )?(?:wants|wanted|is after|is asking for|has asked for|asked for|asks for|would like|asked me for|needs to know)(?: (?:to know|to see|one number|a number|me|the|a|list|of|one thing|sight of))*[:,]? `,
  ],
  last: [
    "[,-]? ?(?:so that|so|in order that|so's) (?:i|we|i'm|im|they|he|she|finance|the team|procurement|everyone|nobody|it) (?:can|can't|cant|could|know|knows|don't|dont|do not|am|are|have|has|may|might|is|will|get|gets)\\b.*",
    `[,-]? ?(?:ahead of|for|in preparation for|to prepare for|to take to|to show|to give|to send) (?:${DET})+(?:[a-z'-]+ ){0,2}?${OCCASION}(?: (?:on|at|in|this|next|tomorrow|today|later|by)\\b.*)?`,
    `[,-]? ?for (?:planning|planning purposes|reference|my records|info|information|budgeting|audit|reporting|my report|budget setting|audit purposes|me to check|me to review|us to look at|my own interest|interest|completeness)`,
    `[,-]? ?(?:if (?:you can|you could|that's ok|thats ok|possible|poss|you don't mind|you have a minute|you get a chance)|when you (?:can|get a chance|get a minute|have a minute|have a moment|have time)|no rush|no hurry|urgently|much appreciated|thanks in advance|ta very much|as soon as (?:possible|you can)|at your convenience|asking for (?:a friend|a colleague|[a-z]+)|do (?:you|we|u) (?:know|happen to know)|any (?:idea|ideas)|if any|if there are any|that you know of|you know of|by any chance)`,
    `,? ?(?:(?:it|that|which|this) )?(?:looks|seems|sounds|feels) (?!after|to|like|at)[a-z]+(?: to me)?`,
    `,? ?(?:when|while|if) (?:he|she|they)(?:'s|'re|s|re| is| are) (?:not here|[a-z]+)(?: sick| ill| on leave)?`,
    `,? (?:is|isn't|isnt|are|aren't|arent|was|wasn't|were|do|don't|does|doesn't|did|didn't|has|hasn't|hasnt|have|haven't|will|won't|can|can't) (?:it|there|they|we|he|she|you)`,
    `[,-]? ?(?:to help (?:me|us|with)\\b.*|to (?:plan|prepare|get ready)\\b.*|because (?:i|we|my|the board|finance|audit|the auditors?) .*|as (?:i'm|im|i am|i have|i've|we're|we are|i need) .*)`,
  ],
  /** What somebody says besides, behind a stop: left aside where it holds no time, amount or state, and said back. */
  besides: [
    '[?] (?!(?:which|what|who|whose|when|how|where|why|is|are|do|does|did|has|have|can|could|will|would|also|and|or|plus|any|not|but|just|please)\\b)[^ ?]+ [^ ?]+ [^?]+',
    "(?:[,;.!?]| [-–—]) (?:it|it's|its|he|he's|she|she's|they|they're|theyre|we|we're|were|i|i'm|im|i've|ive|i'll|ill|that|that's|thats|this|somebody|someone|nobody|shouldn't|doing|budget|swear|sorry) [^,;?]+",
  ],
}

/** What is asked about the contracts that are named, and is no condition on them: `when does linen end`. */
export function questionAt(
  words: Words,
): { readonly used: number; readonly asked?: string; readonly sum?: true } | null {
  const at = words.findIndex((word) => word === null || !(IDLE.has(word) || word === 'and'))
  const asked = longest(words, at, QUESTIONS)
  // `what notice dates are coming up`
  const isDates = /^(?:dates?|deadlines?)$/.test(words[at + (asked ?? 0)] ?? '')
  const of = isDates && words[at + (asked ?? 0) - 1] === 'notice' ? null : asked
  if (of !== null) return { used: at + of }
  // `TG-2024-008: when is notice due`: it is shown, whatever it is.
  const isOfOne = words.some((word) => ONE_REFERENCE.test(word ?? ''))
  if (isOfOne && words.some((word) => word === 'when')) return { used: 0 }
  const isWorth = words[at] === 'what' && words.some((word) => word === 'worth')
  if (isWorth) return { used: at + 1 }
  const much = longest(
    words,
    at,
    phrases('how much, what are we paying, what do we pay, what are we spending, what do we spend'),
  )
  if (much === null) return null
  const isValue = words.some((word) => /^(?:worth|committed|value|valued)$/.test(word ?? ''))
  return isValue
    ? { used: at + much, sum: true }
    : { used: at + much, asked: words.slice(at, at + much).join(' ') }
}
/** Letters, and figures in groups: one contract's. */
const ONE_REFERENCE = /^[a-z]{1,6}-\d[\w/-]*\d$/
const QUESTIONS = phrases(
  'what happens (to|with), what happens if [we] [just] (do nothing|sit on our hands|let it run) (with|on|about|to), when, by when, what is the value of, what is the cost of, what is the price of, what date, which date, what day, which day, what time, how long, how much longer, what notice, how much notice, ' +
    'what is the notice, what is the notice period, what notice period, what is the end date, what is the expiry date, ' +
    'what is the start date, what is the end, what are the end dates, how old, since when, ' +
    'what is happening with, what is happening to, what is going on with, where are we with, where are we on, what is the status of, what is the plan for, what is next for, what about, what is the situation with, what is the latest on, any news on, any news about, any update on, any updates on, update on, where have we got to with, how many (days|weeks|months|years), how many more (days|weeks|months|years), how much time, time left on, days left on, can we still use, can we still have, how was, how were, how did we buy, how do we buy, how did we procure, how have we bought, what do we know about, remind me about',
).flatMap((each) => [each, each.replace(/ (?:is|are) /, ' ')])
/** Words of such a question by which nothing is narrowed down. */
export const ASKS_OF = phrases(
  'bought, been bought, procured, awarded, tendered, purchased, running, been running, been going, going for, been going for, worth, committed, cost, costs, costing, value, price, spend, spending, pay, paying, left, left to run, to run, run for, run, last, period, notice period, go on for',
)

/** `missed`, where a date to be kept follows: how many words up to it; else 0. */
export function missedAt(words: Words, at: number): number {
  if (!/^(?:miss|missed)$/.test(words[at] ?? '')) return 0
  let next = at + 1
  const isBetween =
    /^(?:dates?|deadlines?|day|days|for|of|to|by|which|when|we|had|giving|serving|taking)$/
  while (IDLE.has(words[next] ?? '') || isBetween.test(words[next] ?? '')) next += 1
  return modeAt(words, next)?.value.of === 'due' ? next - at : 0
}

const OBLIGES =
  /^(?:should|should've|shoulda|must|ought|supposed|meant|need|needs|late|behind|overdue)$/
const BETWEEN = /^(?:have|has|of|be|been|to|already|we|i|they|get|getting|got|on|in|with)$/
/**
 * `should have started`, `ought to start`: of a procurement it is the start-by, and no contract's own start.
 * Null where nothing that can be overdue follows.
 */
export function obligationAt(words: Words, at: number) {
  let end = at
  const isHaveTo = /^(?:have|has|got)$/.test(words[end] ?? '') && words[end + 1] === 'to'
  if (!isHaveTo && !OBLIGES.test(words[end] ?? '')) return null
  const isHave = /^(?:should(?:'ve|a)|late|behind|overdue)$/.test(words[end] ?? '')
  const begins = end
  end += 1
  while (BETWEEN.test(words[end] ?? '')) end += 1
  const isPast =
    isHave || words.slice(begins + 1, end).some((word) => /^(?:have|of|been)$/.test(word ?? ''))
  const mode = modeAt(words, end)
  if (mode === null) return null
  const isStart = mode.value.of === 'start'
  const isNeed = /^(?:needs?|have|has|got|late|behind|overdue)$/.test(words[begins] ?? '')
  if (isNeed && !isStart && mode.value.kind !== 'start-by') return null
  const value: Mode = isStart ? { of: 'due', kind: 'start-by' } : mode.value
  const isOver = isPast && (value.of === 'end' || value.of === 'ended')
  if (value.of !== 'due' && !isOver) return null
  return { used: end + mode.used - at, isPast, mode: value }
}

const PROCURED = new RegExp(`^${REBUYING}s?$`)
/** `procurements over £10m we need to start`: what is started, where a start-by is asked for behind it. */
export function isProcured(words: Words, at: number): boolean {
  if (!PROCURED.test(words[at] ?? '')) return false
  return words.some((_, index) => {
    const mode =
      index > at ? (obligationAt(words, index)?.mode ?? modeAt(words, index)?.value) : null
    return mode?.kind === 'start-by'
  })
}

/**
 * `options we need to take up`, `notice that must go out`, `that hasn't been used`: what is done on such a
 * date, and no condition.
 */
export function doneAt(
  words: Words,
  at: number,
  kind: DeadlineKind | null,
  isDenied: boolean,
): number {
  if (kind === null) return 0
  const said = `${words.slice(at, at + 10).join(' ')} `
  const found = (isDenied ? NOT_DONE : TO_BE_DONE).exec(said)?.[0].trim() ?? ''
  return found === '' ? 0 : found.split(' ').length
}
const OBLIGED = '(?:(?:need|needs|have|has|had|got|ought|want|are|is) to|can|could|must|should|to)'
const DO =
  '(?:go|get|take|use|exercise|extend|trigger|activate|settle|give|serve|send|hand|issue|submit|decide|agree|confirm|do|carry|hold|make|put|look at|deal with|act on|think about)'
const DONE =
  '(?:gone|got|taken|used|exercised|extended|triggered|activated|settled|given|served|sent|handed|issued|submitted|decided|agreed|confirmed|done|carried|held|made|put|looked at|dealt with|acted on)'
const PARTICLE =
  '(?: (?:up|out|in|on|off|about|over|our minds? (?:up )?(?:on|about)|our minds? up))?'
const TO_BE_DONE = new RegExp(
  `^(?:(?:that|which) )?(?:(?:we|i|they|you) )?(?:(?:still|yet|now) )*(?:have |has )?${OBLIGED} (?:(?:still|yet) )?(?:${DO}|be ${DONE}|${DONE})${PARTICLE} `,
)
const NOT_DONE = new RegExp(`^(?:yet )?(?:been )?(?:yet )?${DONE}${PARTICLE} `)

/**
 * `and when does it end`, `and whose it is`, `what is its value`: what the list tells of each anyway. How many
 * words it takes up to the end of the clause; 0 where it says more.
 */
export function columnsAt(words: Words, at: number): number {
  // Longer ones are none: what is read takes time that grows with its length only.
  if (words.length - at > 30) return 0
  const clause = words.slice(at).join(' ')
  const isListed = /^(?:list|show|give|export|send|pull|tell|get|print)$/.test(
    words.find((word) => !isSoft(word) && !/^(?:can|could|you|i|need|want|to)$/.test(word ?? '')) ??
      '',
  )
  const found = (COLUMNS.exec(clause) ?? (isListed ? LISTED_COLUMNS.exec(clause) : null))?.[0] ?? ''
  return found === '' ? 0 : found.split(' ').length
}
/** `wheelchair service start date`, at the end: what is asked of it. */
export function askedAtEnd(words: Words, at: number): number {
  const noun = words.length - at > 4 ? '' : (OF_ITS.exec(words.slice(at).join(' '))?.[0] ?? '')
  return noun === '' ? 0 : noun.split(' ').length
}

/** `which supplier do we use for`, `what category is`, `show the owners of`: what is asked of those that are named. */
export function askedOfAt(words: Words, at: number): number {
  const said = `${words
    .slice(at, at + 14)
    .map((word) => word ?? '"')
    .join(' ')} `
  const found = (OF_NOUN.exec(said) ?? WHICH_NOUN.exec(said))?.[0].trim() ?? ''
  const used = found === '' ? 0 : found.split(' ').length
  const isMeasured = words.slice(at, at + used).some((_, by) => amountsAt(words, at + by) !== null)
  return isMeasured ? 0 : used
}
const EACH =
  '(?:it|they|them|each|each one|each of them|these|those|he|she|one|ones|contract|contracts)'
const IS = '(?:is|are|do|does|did|has|have|will|was|were)'
const END_OF =
  '(?:end|ends|ending|expire|expires|run out|runs out|finish|finishes|lapse|lapses|start|starts|started|begin|begins|renew|renews|due|up|cost|worth|go on)'
const WHO =
  '(?:own|owns|look after|looks after|manage|manages|run|runs|lead|leads|has|have|got|deputise|deputises|supply|supplies|provide|provides|deliver|delivers|cover|covers|stand in|stands in)'
const COLUMNS = new RegExp(
  '^(?:' +
    [
      `(?:when|what date|how long|how much)(?: ${IS})?(?: ${EACH})?(?: ${IS})?(?: got| left)? ${END_OF}`,
      `(?:when|what date) ${EACH} ${END_OF}`,
      `whose(?: ${EACH})?(?: ${IS})?(?: ${EACH})?`,
      `(?:who|whos|which of them)(?: ${IS})?(?: ${WHO}|(?: the| its| their)? ${NOUN}| responsible(?: for)?| in charge(?: of)?)(?: (?:of|for|on))?(?: ${EACH})?`,
      `(?:what|which)(?: ${IS})?(?: the| its| their| each| ones)+ ${NOUN}(?: (?:of|for|on) ${EACH}|(?: ${IS}))?`,
      `(?:and |with |and with |plus |including |showing |along with |alongside |together with |and show |and list |and give me |and tell me |incl )*(?:the|their|its|each|each one's) ${NOUNS}`,
      `(?:including|showing|alongside|incl|and show|with columns? for) ${NOUNS}`,
      `with (?:${NOUN} (?:and |& |plus )?)+${NOUN}`,
      `(?:until|till|since|from|by) when(?: ${IS})?(?: ${EACH})?(?: run| last| go on| end)?`,
      'with (?:values|prices|costs|end dates|dates|titles|references)',
      'by how much',
      `(?:with )?who(?:m)?(?: ${IS})? ${EACH}(?: ${IS})? with`,
    ].join('|') +
    ')(?: (?:for each|each|please|pls|thanks|too|as well))*$',
)

import fc from 'fast-check'

/**
 * What people type, and what is right of it on the sample as of Mon 23 Nov 2026. Each answer is said in
 * terms of the contracts' own facts, never of how sentences are read.
 */
export interface SampleContract {
  /** Its number in the sample: 2 of `TG-2022-002`. */
  readonly n: number
  readonly reference: string
  readonly title: string
  readonly supplier: string
  readonly owner: string | null
  readonly deputy: string | null
  readonly lead: string | null
  readonly category: string
  readonly value: number | null
  readonly start: string | null
  /** The first and the last day that its end may be. */
  readonly earliest: string | null
  readonly end: string | null
  readonly state: string
  readonly emergency: boolean
  /** The days after which it goes on by itself: of the term that runs, and of those presumed or confirmed. */
  readonly renews: readonly string[]
  readonly currency: string
  readonly notice: number | null
  /** What its row says besides, by the names of the columns. */
  readonly recorded: Readonly<Record<string, unknown>>
  /** The first days of its extensions. */
  readonly extended: readonly string[]
  /** Its open deadlines. */
  readonly due: readonly { readonly kind: string; readonly on: string; readonly latest: string }[]
}

type Fits = (contract: SampleContract) => boolean

/** What was said, what kinds of conditions it is read as (`running`: what is closed or historic is left out), what is not read, and the contracts that fit. */
export type Sentence = readonly [
  said: string,
  read: string,
  unread: readonly string[],
  fits: Fits | readonly number[],
]

const TODAY = '2026-11-23'
const [NEVER, EVER] = ['0001-01-01', '9999-12-31']
export const isOver = ({ state }: SampleContract) => state === 'closed' || state === 'historic'
const all: Fits = () => true
const none: Fits = () => false
const due =
  (from: string | null, to: string | null, kind?: string): Fits =>
  (c) =>
    c.due.some(
      ({ kind: of, on }) =>
        (kind === undefined || of === kind || (kind === 'end' && of === 'emergency-end')) &&
        on >= (from ?? NEVER) &&
        on <= (to ?? EVER),
    )
/** Ends to come, whatever may be known of their day. */
const ends =
  (from: string | null, to: string | null): Fits =>
  (c) =>
    !isOver(c) &&
    (c.earliest ?? EVER) <= (to ?? EVER) &&
    (c.end ?? NEVER) >= (from ?? TODAY) &&
    c.end !== null
const ended =
  (from: string, to: string): Fits =>
  (c) =>
    (c.earliest ?? EVER) <= to && (c.end ?? NEVER) >= from && c.end !== null && c.end < TODAY
const renewing =
  (from: string, to: string): Fits =>
  ({ renews }) =>
    renews.some((day) => day >= from && day <= to)

const started =
  (from: string, to: string): Fits =>
  ({ start }) =>
    start !== null && start >= from && start <= to
const over =
  (amount: number): Fits =>
  ({ value }) =>
    value !== null && value > amount
const under =
  (amount: number): Fits =>
  ({ value }) =>
    value !== null && value < amount
const from =
  (supplier: string): Fits =>
  (c) =>
    c.supplier.toLowerCase().includes(supplier)
const by =
  (owner: string): Fits =>
  (c) =>
    c.owner === owner
const titled =
  (part: string): Fits =>
  (c) =>
    c.title.toLowerCase().includes(part)
const longerThan =
  (years: number): Fits =>
  ({ start, end }) =>
    start !== null &&
    end !== null &&
    Date.parse(end) - Date.parse(start) > (years * 12 * 30.44 + 1) * 864e5
const inArea =
  (...categories: string[]): Fits =>
  (c) =>
    categories.includes(c.category)
const state =
  (name: string): Fits =>
  (c) =>
    c.state === name
/** No end is known: undated, and what rolls on. */
const endless: Fits = (c) => c.state === 'undated' || c.state === 'rolling'
const overdue: Fits = (c) =>
  c.due.some(({ kind, latest }) =>
    kind.endsWith('end') ? (c.end ?? EVER) < TODAY : kind !== 'renewal' && latest < TODAY,
  )
const noNotice: Fits = (c) => c.notice === null && !isOver(c)
const unowned: Fits = (c) => c.owner === null && !isOver(c)
const emergency: Fits = (c) => c.emergency
const both =
  (...fits: Fits[]): Fits =>
  (c) =>
    fits.every((each) => each(c))
const either =
  (...fits: Fits[]): Fits =>
  (c) =>
    fits.some((each) => each(c))
const not =
  (fits: Fits): Fits =>
  (c) =>
    !fits(c)

/** Written by thinking of forty people at the end of a long day, before any of it was read. */
export const SENTENCES: readonly Sentence[] = [
  ['due in march 2027', 'due', [], due('2027-03-01', '2027-03-31')],
  ["what's due in march", 'due', [], due('2027-03-01', '2027-03-31')],
  ['contracts ending in Q1 2027', 'end', [], ends('2027-01-01', '2027-03-31')],
  ['everything with ostrelle', 'supplier', [], from('ostrelle')],
  ['due next month', 'due', [], due('2026-12-01', '2026-12-31')],
  ['what expires next quarter?', 'end', [], ends('2027-01-01', '2027-03-31')],
  ['ending fy 2026/27 q4', 'end', [], ends('2027-01-01', '2027-03-31')],
  ['ending fy26/27 q4', 'end', [], ends('2027-01-01', '2027-03-31')],
  ['ending 2027-28 q1', 'end', [], ends('2027-04-01', '2027-06-30')],
  ['ending in may not april', 'end not', [], ends('2027-05-01', '2027-05-31')],
  ['ending not before april 2028', 'end', [], ends('2028-04-01', null)],
  ['ending not after april 2027', 'end', [], ends(null, '2027-04-30')],
  ['what runs out before easter', 'end', [], ends(null, '2027-03-27')],
  ['over 1m', 'value', [], over(1e6)],
  [
    'contracts over £1m ending before 31 march 2027',
    'value end',
    [],
    both(over(1e6), ends(null, '2027-03-30')),
  ],
  ['owned by samira', 'owner', [], by('Samira Dalvi')],
  ["samira's contracts", 'owner', [], by('Samira Dalvi')],
  ['overdue', 'state', [], overdue],
  ['whats overdue in digital', 'state category', [], both(overdue, inArea('Digital'))],
  ['emergency', 'state', [], emergency],
  ['anything out of contract?', 'state', [], state('out-of-contract')],
  ['contracts without an owner', 'state', [], unowned],
  ['no end date', 'state', [], endless],
  ['linen', 'text', [], titled('linen')],
  // Transport is a category too.
  ['patient transport', 'text', [], titled('patient transport')],
  ['MRI and CT scanner maintenance', 'text', [], [2]],
  ['show me everything', '', [], all],
  ['how many contracts do we have with copperwell', 'supplier running', [], from('copperwell')],
  ['biggest contracts first', 'order', [], all],
  ['due this week', 'due', [], due('2026-11-23', '2026-11-29')],
  ['due in 90 days', 'due', [], due(null, '2027-02-21')],
  ['due within 30 days', 'due', [], due(null, '2026-12-23')],
  ['notices due before christmas', 'due kind', [], due(null, '2026-12-24', 'notice')],
  ['give me all contracts ending this financial year', 'end', [], ends('2026-04-01', '2027-03-31')],
  ['ending next FY', 'end', [], ends('2027-04-01', '2028-03-31')],
  ['expiring in FY 2027/28', 'end', [], ends('2027-04-01', '2028-03-31')],
  ['ends in h1 2027', 'end', [], ends('2027-01-01', '2027-06-30')],
  ['due between 1 january and 31 march', 'due', [], due('2027-01-01', '2027-03-31')],
  ['due after easter', 'due', [], due('2027-03-30', null)],
  ['due by friday', 'due', [], due(null, '2026-11-27')],
  ['digital contracts over 500k', 'category value', [], both(inArea('Digital'), over(5e5))],
  ['estates', 'category running', [], inArea('Estates')],
  ['estates and facilities', 'or running', [], inArea('Estates', 'Facilities')],
  ['owned by kofi or daniel', 'or running', [], either(by('Kofi Brannock'), by('Daniel Fosswell'))],
  ['led by bethan', 'lead running', [], ({ lead }) => lead === 'Bethan Corrigale'],
  ['where idris is deputy', 'deputy', [], ({ deputy }) => deputy === 'Idris Venn'],
  ['not owned by samira', 'not running', [], not(by('Samira Dalvi'))],
  ['everything except digital', 'not running', [], not(inArea('Digital'))],
  [
    'with sternbeck but not guarding',
    'supplier not',
    [],
    both(from('sternbeck'), (c) => !/guarding/i.test(`${c.title} ${c.supplier}`)),
  ],
  [
    'between 100k and 500k',
    'value running',
    [],
    ({ value }) => value !== null && value >= 1e5 && value <= 5e5,
  ],
  ['less than 50k', 'value running', [], under(5e4)],
  ['more than 2.5 million', 'value', [], over(2.5e6)],
  ['contracts worth over ten million', 'value', [], over(1e7)],
  ['what is mei responsible for', 'owner', [], none],
  ['what does grace own', 'owner', [], by('Grace Okonwale')],
  ['who owns linen', 'text', [], titled('linen')],
  ['when does pest control end', 'text', [], [51]],
  ['is the linen contract overdue', 'text', [], both(titled('linen'), overdue)],
  ['renewals in 2027', 'end', [], ends('2027-01-01', '2027-12-31')],
  ['options due in december', 'due kind', [], due('2026-12-01', '2026-12-31', 'option')],
  ['reviews due before summer', 'due kind', [], due(null, '2027-05-31', 'review')],
  ['what should we start buying by christmas', 'due kind', [], due(null, '2026-12-25', 'start-by')],
  ['contracts starting in 2027', 'start', [], started('2027-01-01', '2027-12-31')],
  ['started in 2024', 'start', [], started('2024-01-01', '2024-12-31')],
  ['contracts that started in 2024', 'start', [], started('2024-01-01', '2024-12-31')],
  ['expired last month', 'ended', [], ended('2026-10-01', '2026-10-31')],
  ['ended in 2024', 'ended', [], ended('2024-01-01', '2024-12-31')],
  ['closed contracts', 'state', [], state('closed')],
  ['historic', 'state', [], state('historic')],
  ['rolling contracts', 'state', [], state('rolling')],
  ['due march and april 2027', 'due', [], due('2027-03-01', '2027-04-30')],
  ['due march or april', 'due', [], due('2027-03-01', '2027-04-30')],
  ['ending jan-mar 2027', 'end', [], ends('2027-01-01', '2027-03-31')],
  ['ends Q1 26/27', 'ended', [], ended('2026-04-01', '2026-06-30')],
  ['ending in the first quarter of 2027/28', 'end', [], ends('2027-04-01', '2027-06-30')],
  ['ending in the second half of 2027', 'end', [], ends('2027-07-01', '2027-12-31')],
  ['due in the next 6 months', 'due', [], due(null, '2027-05-23')],
  ['ending over the next year', 'end', [], ends(null, '2027-11-23')],
  ['due in less than 60 days', 'due', [], due(null, '2027-01-22')],
  ['ends more than a year from now', 'end', [], ends('2027-11-24', null)],
  ['due by end of march', 'due', [], due(null, '2027-03-31')],
  ['due tomorrow', 'due', [], due('2026-11-24', '2026-11-24')],
  ['what is due today', 'due', [], due('2026-11-23', '2026-11-23')],
  ['copperwell telephony', 'text running', [], from('copperwell telephony')],
  ['from marrowby', 'supplier', [], from('marrowby')],
  [
    'brindlecote staffing contracts over 1 million by value',
    'text value order',
    [],
    both(from('brindlecote'), over(1e6)),
  ],
  ['software', 'text', [], (c) => /\bsoftware/i.test(`${c.title} ${c.supplier}`)],
  ['licences over 100k', 'text value', [], both(titled('licence'), over(1e5))],
  ['cheapest first', 'order', [], all],
  ['everything, by supplier', 'order', [], all],
  ['unowned and due this quarter', 'state due', [], both(unowned, due('2026-10-01', '2026-12-31'))],
  ['emergency extensions over 500k', 'state value', [], [11]],
  ['ending soon', 'end', [], [9, 11, 12, 41, 7]],
  ['starting soon', 'start', [], [42]],
  ['starting in the next 90 days', 'start', [], [42]],
  ['what starts by christmas', 'start', [], [42]],
  ['ending in march for the board meeting', 'end', [], ends('2027-03-01', '2027-03-31')],
  ['contracts with penalty clauses', '', ['penalty', 'clauses'], none],
  ['frobnicate', '', ['frobnicate'], none],
  ['due in march frobnicate', 'due', ['frobnicate'], due('2027-03-01', '2027-03-31')],
  ['contracts over £1m a year', 'value', ['a year'], over(1e6)],
  ['contracts with a notice period of 3 months', 'value', [], [5, 8]],
  ['due 31/03/2027', 'due', [], due('2027-03-31', '2027-03-31')],
  ['due on 2027-03-23', 'due', [], due('2027-03-23', '2027-03-23')],
  ['due before 1 april', 'due', [], due(null, '2027-03-31')],
  ['ended since january', 'ended', [], ended('2026-01-01', '2026-11-22')],
  ['anything due on monday', 'due', [], due('2026-11-30', '2026-11-30')],
  ['how much do we spend with copperwell', 'supplier running spelt', [], from('copperwell')],
  ['mine', '', ['mine'], none],
  ['contracts not ending in 2027', 'not running', [], not(ends('2027-01-01', '2027-12-31'))],
  ['contracts without a value', 'value', [], ({ value }) => value === null],
  ['framework', 'text', [], titled('framework')],
  [
    'expiring before 30/6/27 over 250k not in estates',
    'end value not',
    [],
    both(ends(null, '2027-06-29'), over(2.5e5), not(inArea('Estates'))),
  ],
  [
    'samira dalvi or grace okonwale',
    'or',
    [],
    (c) =>
      [c.owner, c.deputy, c.lead].some(
        (each) => each === 'Samira Dalvi' || each === 'Grace Okonwale',
      ),
  ],
  ['due in a fortnight', 'due', [], due(null, '2026-12-07')],
  ['what ends on 31 march 2027', 'end', [], ends('2027-03-31', '2027-03-31')],
  ['which contracts renew automatically', 'renew', [], ({ renews }) => renews.length > 0],
  ['value above 400k and below 2m', 'value running', [], both(over(4e5), under(2e6))],
  ['£1m+', 'value', [], ({ value }) => value !== null && value >= 1e6],
  ['contracts expiring q2', 'end', [], ends('2027-04-01', '2027-06-30')],
  ['who looks after pest control', 'text', [], [51]],
  ['ending between easter and the end of june', 'end', [], ends('2027-03-28', '2027-06-30')],
  ['overdue or out of contract', 'or', [], either(overdue, state('out-of-contract'))],
  [
    'anything of larchway due this financial year',
    'text due',
    [],
    both(from('larchway'), due('2026-04-01', '2027-03-31')),
  ],
  ['top 5 by value', 'top order', [], all],
  [
    'contracts over 5 million not with brindlecote',
    'value not',
    [],
    both(over(5e6), not(from('brindlecote'))),
  ],
  ['tessarine or wheelgarth', 'or', [], either(from('tessarine'), from('wheelgarth'))],
  ['no owner and over 20k', 'state value', [], both(unowned, over(2e4))],
  [
    'expiring in the first half of next year, largest first',
    'end order',
    [],
    ends('2027-01-01', '2027-06-30'),
  ],
  ['what have we got coming up in january', 'due', [], due('2027-01-01', '2027-01-31')],
  [
    "tom's contracts that end this year",
    'deputy end',
    [],
    both((c) => c.deputy === 'Tom Hallowick', ends('2026-01-01', '2026-12-31')),
  ],
]

/** Forty more, written when the reader was there, and counted before anything was mended by them. */
export const MORE_SENTENCES: readonly Sentence[] = [
  ['what do we have due in the new year, jan to mar', 'due', [], due('2027-01-01', '2027-03-31')],
  [
    'any contracts lapsing before the end of the financial year',
    'end',
    [],
    ends(null, '2027-03-31'),
  ],
  [
    'everything owned by priya nandakesh over £1 million',
    'owner value',
    [],
    both(by('Priya Nandakesh'), over(1e6)),
  ],
  [
    'list contracts expiring within 6 months, not digital',
    'end not',
    [],
    both(ends(null, '2027-05-23'), not(inArea('Digital'))),
  ],
  ['contracts under £25,000 with no owner', 'value state', [], both(under(25000), unowned)],
  [
    "who's got overdue stuff in clinical services",
    'state category',
    [],
    both(overdue, inArea('Clinical services')),
  ],
  ['quillmere', 'text', [], from('quillmere')],
  [
    'all quillmere contracts ending in june',
    'text end',
    [],
    both(from('quillmere'), ends('2027-06-01', '2027-06-30')),
  ],
  ['do we have anything with voltarrow', 'supplier', [], from('voltarrow')],
  [
    'rhys or bethan as lead',
    'or running',
    [],
    ({ lead }) => lead === 'Rhys Pellandine' || lead === 'Bethan Corrigale',
  ],
  ['biggest 3 in facilities', 'top order category running', [], inArea('Facilities')],
  ['notice dates in the next 4 weeks', 'kind due', [], due(null, '2026-12-21', 'notice')],
  ['ends on or before 31 Dec 2026', 'end', [], ends(null, '2026-12-31')],
  ['ending from april 2027 onwards', 'end', [], ends('2027-04-01', null)],
  ['ending no later than 30/09/2027', 'end', [], ends(null, '2027-09-30')],
  ['at least £5m', 'value', [], ({ value }) => value !== null && value >= 5e6],
  [
    '£50k to £200k',
    'value running',
    [],
    ({ value }) => value !== null && value >= 5e4 && value <= 2e5,
  ],
  ['up to 10k', 'value', [], ({ value }) => value !== null && value <= 1e4],
  ['what is running out of contract', 'state', [], state('out-of-contract')],
  ['contracts that have already expired', 'ended', [], ended(NEVER, '2026-11-22')],
  ['expiring 27/28', 'end', [], ends('2027-04-01', '2028-03-31')],
  ['H2 26/27', 'due', [], due('2026-10-01', '2027-03-31')],
  ['deadlines next week', 'due', [], due('2026-11-30', '2026-12-06')],
  ['due 1-31 march', 'due', [], due('2027-03-01', '2027-03-31')],
  ['lucja', 'text', [], (c) => [c.owner, c.deputy, c.lead].includes('Lucja Merrin')],
  ["noor's team", '', ["noor's team"], none],
  ['supplier is handsel mobility', 'supplier', [], from('handsel')],
  ['TG-2026-041', 'text', [], [41]],
  ['medical gases', 'text', [], [42]],
  [
    'contracts ending in 2027 excluding those with copperwell',
    'end not',
    [],
    both(ends('2027-01-01', '2027-12-31'), not(from('copperwell'))),
  ],
  ['without brindlecote', 'not running', [], not(from('brindlecote'))],
  ['which agreements are open ended', 'state', [], endless],
  [
    'contracts in euros over 100k',
    'value',
    [],
    both(over(1e5), ({ currency }) => currency === 'EUR'),
  ],
  ['total value of digital', 'category running sum', [], inArea('Digital')],
  ['psr contracts', 'state', [], [12, 28, 30, 31]],
  ['ending in exactly 100 days', 'end', ['exactly'], ends(null, '2027-03-03')],
  ['due in the last quarter', 'due', [], due('2026-07-01', '2026-09-30')],
  [
    'what should grace be worrying about before march',
    'text due',
    ['worrying'],
    both((c) => [c.owner, c.deputy, c.lead].includes('Grace Okonwale'), due(null, '2027-02-28')),
  ],
  ['nothing', '', ['nothing'], none],
  ['ended more than 2 years ago', 'ended', [], ended(NEVER, '2024-11-22')],
]

/** Forty more again, written when the kinds of faults that those before had shown were mended, and counted likewise. */
export const LAST_SENTENCES: readonly Sentence[] = [
  [
    'anything lapsing in the new year, up to end of march',
    'end',
    [],
    ends('2027-01-01', '2027-03-31'),
  ],
  ['anything with no end date, rolling ones too', 'or', [], endless],
  ['ends during the new year', 'end', [], ends('2027-01-01', '2027-12-31')],
  ['contracts started since april', 'start', [], started('2026-04-01', TODAY)],
  ['began since 1 june', 'start', [], started('2026-06-01', TODAY)],
  ['still to end this year', 'end', [], ends(TODAY, '2026-12-31')],
  [
    'still to end this year, started this year',
    'end start',
    [],
    both(ends(TODAY, '2026-12-31'), started('2026-01-01', '2026-12-31')),
  ],
  ['yet to expire this fy', 'end', [], ends(TODAY, '2027-03-31')],
  ['anything up for renewal in the next 3 months', 'end', [], ends(null, '2027-02-23')],
  ['contracts with ostrelle imaging ltd', 'supplier', [], from('ostrelle imaging')],
  [
    "what's priya got due before christmas",
    'text due',
    [],
    both(by('Priya Nandakesh'), due(null, '2026-12-24')),
  ],
  ['contracts ending 31/3/27', 'end', [], ends('2027-03-31', '2027-03-31')],
  ['ending this month or next month', 'end', [], ends('2026-11-01', '2026-12-31')],
  ['list everything over two million pounds', 'value', [], over(2e6)],
  ['smaller than £10k and no end date', 'value state', [], both(under(1e4), endless)],
  ['the five biggest digital contracts', 'top order category running', [], inArea('Digital')],
  ['show all estates contracts by end date', 'category order running', [], inArea('Estates')],
  ['who has the most overdue', 'state spelt', ['the most'], overdue],
  ['contracts with hedgeward', 'supplier', [], from('hedgeward')],
  ["does anything expire on new year's eve", 'end', [], ends('2026-12-31', '2026-12-31')],
  ['due between christmas and new year', 'due', [], due('2026-12-25', '2027-01-01')],
  [
    'everything ending before 2028 with copperwell',
    'end supplier',
    [],
    both(from('copperwell'), ends(null, '2027-12-31')),
  ],
  ["contracts that don't end in 2027", 'not running', [], not(ends('2027-01-01', '2027-12-31'))],
  ['anything not overdue over £10m', 'value not', [], both(over(1e7), not(overdue))],
  ['due in q4', 'due', [], due('2026-10-01', '2026-12-31')],
  ['starts after 1 january 2026', 'start', [], started('2026-01-02', EVER)],
  ['contracts which began before 2010', 'start', [], started(NEVER, '2009-12-31')],
  ['renewing between april and june 2027', 'renew', [], renewing('2027-04-01', '2027-06-30')],
  ['out of contract and over 50k', 'state value', [], both(state('out-of-contract'), over(5e4))],
  [
    'ewan or lucja, over 100k',
    'or value',
    [],
    both(
      (c) => [c.owner, c.deputy, c.lead].some((each) => /^(Ewan|Lucja)/.test(each ?? '')),
      over(1e5),
    ),
  ],
  ['due 15 december', 'due', [], due('2026-12-15', '2026-12-15')],
  ['due from 1 dec to 31 dec', 'due', [], due('2026-12-01', '2026-12-31')],
  ['H1 next year', 'due', [], due('2027-01-01', '2027-06-30')],
  [
    'next financial year, over 1m',
    'due value',
    [],
    both(due('2027-04-01', '2028-03-31'), over(1e6)),
  ],
  ['less than three months left', 'end', [], ends(null, '2027-02-23')],
  ['supplier: wheelgarth', 'supplier', [], from('wheelgarth')],
  ['owner: samira dalvi', 'owner', [], by('Samira Dalvi')],
  ['is there a contract for lifts', 'text', [], titled('lift')],
  ['franking', 'text', [], titled('franking')],
  ['tell me about medical gases', 'text', [], [42]],
  ['order everything by title', 'order', [], all],
  ['ending in 6 to 12 months', 'end', [], ends('2027-05-23', '2027-11-23')],
  ['cancelled contracts', '', ['cancelled'], none],
  ['contracts of more than 5 years', 'running value', [], longerThan(5)],
  ['rolling or open ended', 'or', [], endless],
  [
    'emergency cover ending in december',
    'state end',
    [],
    both(emergency, ends('2026-12-01', '2026-12-31')),
  ],
  ['due by easter monday', 'due', [], due(null, '2027-03-29')],
  [
    'not digital or clinical',
    'not running',
    [],
    (c) => c.category !== 'Digital' && !/clinical/i.test(`${c.category} ${c.title}`),
  ],
  ['contracts ending in the autumn', 'end', [], ends('2026-09-01', '2026-11-30')],
  ['due w/c 7 december', 'due', [], due('2026-12-07', '2026-12-13')],
  ["what's up in february", 'end', [], ends('2027-02-01', '2027-02-28')],
  ['all the brindlecote ones', 'text', [], from('brindlecote')],
  ['contracts over a million', 'value', [], over(1e6)],
  ['under 5k', 'value', [], under(5e3)],
  ['any with an emergency extension?', 'state', [], emergency],
  ['ends between now and christmas', 'end', [], ends(TODAY, '2026-12-26')],
  ['ending by the end of next year', 'end', [], ends(null, '2027-12-31')],
  [
    'grace and idris',
    'or',
    [],
    (c) => [c.owner, c.deputy, c.lead].some((each) => /^(Grace|Idris)/.test(each ?? '')),
  ],
  ['imogen is lead', 'lead running', [], ({ lead }) => lead === 'Imogen Tarrowby'],
  ['estates, overdue', 'category state', [], both(inArea('Estates'), overdue)],
  [
    'historic contracts with copperwell',
    'state supplier',
    [],
    both(state('historic'), from('copperwell')),
  ],
  ['top 3 suppliers', '', ['suppliers'], none],
  ['contract for switchboard', 'text', [], titled('switchboard')],
  ['TG-2024', 'text', [], ({ reference }) => reference.startsWith('TG-2024')],
  ['ending within the financial year 2027-28', 'end', [], ends('2027-04-01', '2028-03-31')],
  ['ends FY28/29', 'end', [], ends('2028-04-01', '2029-03-31')],
  ['due in the second quarter of next year', 'due', [], due('2027-04-01', '2027-06-30')],
  ['expire after 2030', 'end', [], ends('2031-01-01', null)],
  ['contracts expiring later than june 2028', 'end', [], ends('2028-07-01', null)],
  ['over £10m or ending this month', 'or', [], either(over(1e7), ends('2026-11-01', '2026-11-30'))],
  ['unowned, biggest first', 'state order', [], unowned],
  ['not emergency and not overdue', 'not running', [], both(not(emergency), not(overdue))],
  [
    'everything that is neither closed nor historic',
    'not',
    [],
    both(not(state('closed')), not(state('historic'))),
  ],
  ['options and reviews', 'kind', ['options'], due(null, null, 'review')],
  [
    'workforce contracts worth less than £1m ending in 2027',
    'category value end',
    [],
    both(inArea('Workforce'), under(1e6), ends('2027-01-01', '2027-12-31')),
  ],
  [
    'due tomorrow or on friday',
    'due',
    [],
    either(due('2026-11-24', '2026-11-24'), due('2026-11-27', '2026-11-27')),
  ],
  ['what did we sign in 2025', '', ['sign', 'in 2025'], none],
  ['last 12 months expiries', 'ended', [], ended('2025-11-23', '2026-11-22')],
  ['who do we have contracts with that end in may', 'end', [], ends('2027-05-01', '2027-05-31')],
  ['contracts without notice', 'state', [], noNotice],
  ['with no end date or no owner', 'or', [], either(endless, unowned)],
  ['1m to 5m', 'value', [], ({ value }) => value !== null && value >= 1e6 && value <= 5e6],
  ['sort by value', 'order', [], all],
  ['lowest value first in estates', 'order category running', [], inArea('Estates')],
  ['not ending before 2028', 'not', [], (c) => (c.earliest ?? EVER) > '2027-12-31'],
  [
    "contracts that aren't ending before march",
    'not running',
    [],
    (c) => (c.earliest ?? EVER) > '2027-02-28',
  ],
  ['not expiring by the end of june 2027', 'not', [], (c) => (c.earliest ?? EVER) > '2027-06-30'],
  [
    'kofi brannock',
    'text running',
    [],
    (c) => [c.owner, c.deputy, c.lead].includes('Kofi Brannock'),
  ],
  ['due sometime in january', 'due', [], due('2027-01-01', '2027-01-31')],
  ['is anything ending today', 'end', [], ends(TODAY, TODAY)],
]

/**
 * Seventy-four as procurement people, finance partners and auditors type them at the end of a day, each answered
 * from the register before it was asked; six of them by what a reading of ninety others had shown. Numbers in a list stand in the order of the answer.
 */
export const TIRED_SENTENCES: readonly Sentence[] = [
  ['last week of march 2027 whats ending', 'end', [], ends('2027-03-25', '2027-03-31')],
  ['ending in the last month of 2027', 'end', [], ends('2027-12-01', '2027-12-31')],
  ['contracts finishing first half of april', 'end', [], ends('2027-04-01', '2027-04-15')],
  ['second week of march 2027, expiries', 'end', [], ends('2027-03-08', '2027-03-14')],
  ['what renews within 90 days', 'renew', [], renewing(TODAY, '2027-02-21')],
  ['3 biggest undated contracts', 'top order state', [], [47, 46]],
  ['top 3 by value with no owner', 'top order state', [], [27, 39, 47]],
  [
    'auto renewing contracts w/ notice before xmas',
    'renew kind due',
    [],
    both((c) => c.renews.length > 0, due(null, '2026-12-24', 'notice')),
  ],
  [
    'everythign ending b4 easter not digital',
    'end not spelt',
    [],
    both(ends(null, '2027-03-27'), not(inArea('Digital'))),
  ],
  ['whats due between xmas and end of jan', 'due', [], due('2026-12-25', '2027-01-31')],
  ['whats expiring before eofy', 'end', [], ends(null, '2027-03-30')],
  ['q3 fy27 endings', 'end', [], ends('2026-10-01', '2026-12-31')],
  [
    'samiras contracts ending in 2027',
    'owner end',
    [],
    both(by('Samira Dalvi'), ends('2027-01-01', '2027-12-31')),
  ],
  ['daniels contracts', 'owner running', [], by('Daniel Fosswell')],
  ['not mine and over a million', 'value', ['not mine'], over(1e6)],
  ['anything without an owner or without an end date', 'or', [], either(unowned, endless)],
  [
    'except estates, whats ending in q1',
    'not end',
    [],
    both(ends('2027-01-01', '2027-03-31'), not(inArea('Estates'))),
  ],
  [
    'contracts ending 1/4/27 or after, over 5m',
    'end value',
    [],
    both(ends('2027-04-01', null), over(5e6)),
  ],
  ['due 1st week of december', 'due', [], due('2026-12-01', '2026-12-07')],
  ["who's the owner of the wheelchair service contract", 'text', [], [31]],
  [
    'show me the ones daniel deputises for',
    'deputy running',
    [],
    ({ deputy }) => deputy === 'Daniel Fosswell',
  ],
  [
    'brindlecote bt 400k and 6m',
    'text value',
    [],
    both(from('brindlecote'), ({ value }) => value !== null && value >= 4e5 && value <= 6e6),
  ],
  ["ending bt jan and mar '28", 'end', [], ends('2028-01-01', '2028-03-31')],
  ['expires on 31st dec 26', 'end', [], ends('2026-12-31', '2026-12-31')],
  ["ends 30 Sept '27", 'end', [], ends('2027-09-30', '2027-09-30')],
  ['ending 31-Jul-2027', 'end', [], ends('2027-07-31', '2027-07-31')],
  ['ending the quarter after next', 'end', [], ends('2027-04-01', '2027-06-30')],
  ['month after next, whats due', 'due', [], due('2027-01-01', '2027-01-31')],
  ['renewals in the first two weeks of january', 'end', [], ends('2027-01-01', '2027-01-14')],
  ['anything over 150k that hasnt got an owner', 'value state', [], both(over(1.5e5), unowned)],
  [
    'over 1m with copperwell ending fy27/28',
    'value supplier end',
    [],
    both(over(1e6), from('copperwell'), ends('2027-04-01', '2028-03-31')),
  ],
  ['how much are we spending with marrowby', 'supplier spelt', [], from('marrowby')],
  ['value not known', 'value', [], ({ value }) => value === null],
  [
    '£500k - £1m digital',
    'value category',
    [],
    both(inArea('Digital'), ({ value }) => value !== null && value >= 5e5 && value <= 1e6),
  ],
  [
    '5m+ in facilities',
    'value category',
    [],
    both(inArea('Facilities'), ({ value }) => value !== null && value >= 5e6),
  ],
  [
    'anything >10m expiring in calendar 2027',
    'value end',
    [],
    both(over(1e7), ends('2027-01-01', '2027-12-31')),
  ],
  ['year to march 2028, whats ending', 'end', [], ends('2027-04-01', '2028-03-31')],
  [
    'more than half a million, clinical services, soonest first',
    'value category order',
    [],
    [5, 31, 30, 25, 42],
  ],
  ['least expensive 5', 'top order', [], [52, 53, 50, 51, 55]],
  ['5 dearest ending this fy', 'top order end', [], [4, 11, 3, 12, 9]],
  ['everything in euros', 'value', [], ({ currency }) => currency === 'EUR'],
  ['average value of estates contracts', 'category running sum', [], inArea('Estates')],
  [
    'expired but not closed',
    'ended not',
    [],
    both(ended(NEVER, '2026-11-22'), not(state('closed'))),
  ],
  ['lapsed contracts still being supplied', 'state', [], state('out-of-contract')],
  ['contracts extended more than once', 'state', [], (c) => c.extended.length > 1],
  ['starting in the last 6 months', 'start', [], started('2026-05-23', TODAY)],
  ['TG-2024-014 or TG-2024-015', 'or', [], [14, 15]],
  [
    'all except brindlecote and copperwell',
    'not running',
    [],
    (c) => !/brindlecote|copperwell/i.test(c.supplier),
  ],
  [
    'digital over 1m or estates over 500k',
    'or running',
    [],
    either(both(inArea('Digital'), over(1e6)), both(inArea('Estates'), over(5e5))),
  ],
  [
    'idris or mei as deputy',
    'or running',
    [],
    ({ deputy }) => deputy === 'Idris Venn' || deputy === 'Mei Lindqvar',
  ],
  ['overdue by more than a month', 'state due', [], both(overdue, due(null, '2026-10-22'))],
  ['contracts ending on a bank holiday', '', ['bank holiday'], none],
  ['due this wk or nxt', 'due', [], due('2026-11-23', '2026-12-06')],
  ['deadlines a week on friday', 'due', [], due('2026-12-04', '2026-12-04')],
  ['two estates contracts ending soonest', 'top category end order', [], [51, 4]],
  ['q2 27/28 expiries by value', 'end order', [], [22, 2, 31, 36, 32, 27, 39, 55]],
  ['ending sept or oct 27', 'end', [], ends('2027-09-01', '2027-10-31')],
  ['first monday of december, anything due', 'due', [], due('2026-12-07', '2026-12-07')],
  ['contracts that run past 2030', 'end', [], ends('2031-01-01', null)],
  ['ending later this year', 'end', [], ends(TODAY, '2026-12-31')],
  [
    'digital contracts which priya doesnt own',
    'category not running',
    [],
    both(inArea('Digital'), not(by('Priya Nandakesh'))),
  ],
  ["everyone's deadlines for the rest of november", 'due', [], due(TODAY, '2026-11-30')],
  ['expires w/in 60 days', 'end', [], ends(null, '2027-01-22')],
  ['ending in feb/march 27', 'end', [], ends('2027-02-01', '2027-03-31')],
  ['contracts by supplier then value', '', ['then value'], none],
  ['what was due in october', 'due', [], due('2026-10-01', '2026-10-31')],
  [
    'estates contracts ending w/c 8 march',
    'category end',
    [],
    both(inArea('Estates'), ends('2027-03-08', '2027-03-14')),
  ],
  [
    'starting in 2024 and ending in march 2027',
    'start end',
    [],
    both(started('2024-01-01', '2024-12-31'), ends('2027-03-01', '2027-03-31')),
  ],
  ['due between now and end of fy', 'due', [], due(TODAY, '2027-03-31')],
  [
    'everything bar digital ending this calendar year',
    'not end',
    [],
    both(not(inArea('Digital')), ends('2026-01-01', '2026-12-31')),
  ],
  ['ending in the next 3-6 months', 'end', [], ends('2027-02-23', '2027-05-23')],
  [
    'ending early march or late april 2027',
    'end',
    [],
    either(ends('2027-03-01', '2027-03-10'), ends('2027-04-21', '2027-04-30')),
  ],
  [
    'digital, supplier isnt copperwell',
    'not category running',
    [],
    both(not(from('copperwell')), inArea('Digital')),
  ],
  ['who has second biggest contract', '', ['second biggest'], none],
]

// Sentences put together of parts whose meaning is reckoned here by the calendar alone.

const day = (year: number, month: number, date: number) =>
  new Date(Date.UTC(year, month, date)).toISOString().slice(0, 10)
const shifted = (from: string, days: number) =>
  new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10)

interface Stretch {
  readonly said: string
  readonly from: string
  readonly to: string
  /** In months; they begin with the first of one. */
  readonly months: number
}

const MONTHS = 'jan feb march april may june july aug sept oct november december'.split(' ')
const stretchOf = (said: string, year: number, month: number, months: number): Stretch => {
  return { said, from: day(year, month, 1), to: day(year, month + months, 0), months }
}
const years = fc.integer({ min: 2027, max: 2028 })
const whole: fc.Arbitrary<Stretch> = fc.oneof(
  fc
    .tuple(fc.nat(11), years)
    .map(([month, year]) => stretchOf(`${MONTHS[month]} ${year}`, year, month, 1)),
  fc.tuple(fc.nat(3), years).map(([at, year]) => stretchOf(`q${at + 1} ${year}`, year, at * 3, 3)),
  fc.tuple(fc.nat(1), years).map(([at, year]) => stretchOf(`h${at + 1} ${year}`, year, at * 6, 6)),
  fc.tuple(fc.nat(3), years).map(([at, year]) => {
    return stretchOf(`q${at + 1} ${year}/${(year + 1) % 100}`, year, 3 + at * 3, 3)
  }),
  years.map((year) => stretchOf(`fy ${year}/${(year + 1) % 100}`, year, 3, 12)),
  years.map((year) => stretchOf(`calendar year ${year}`, year, 0, 12)),
)

const ORDINALS = ['first', '2nd', 'third', 'fourth']
/** A part of it, where it has such parts. */
const partOf = ({ said, from, to, months }: Stretch): fc.Arbitrary<Stretch> => {
  const [year = 0, month = 0] = from.split('-').map(Number)
  const ofMonths = (lead: string, skipped: number, count: number) =>
    stretchOf(`the ${lead} of ${said}`, year, month - 1 + skipped, count)
  const ofDays = (lead: string, begins: string, ends: string): Stretch => {
    return { said: `${lead} of ${said}`, from: begins, to: ends, months: 0 }
  }
  return fc.oneof(
    fc
      .nat(3)
      .map((at) =>
        ofDays(`${ORDINALS[at]} week`, shifted(from, at * 7), shifted(from, at * 7 + 6)),
      ),
    fc.constant(ofDays('the last week', shifted(to, -6), to)),
    fc
      .integer({ min: 2, max: 20 })
      .map((days) => ofDays(`first ${days} days`, from, shifted(from, days - 1))),
    fc
      .integer({ min: 2, max: 20 })
      .map((days) => ofDays(`the last ${days} days`, shifted(to, 1 - days), to)),
    fc.constant(ofDays('the last day', to, to)),
    ...(months > 1
      ? [
          fc.constant(ofMonths('last month', months - 1, 1)),
          fc.constant(ofMonths('second month', 1, 1)),
          fc.constant(ofMonths('final two months', months - 2, 2)),
        ].slice(0, months > 2 ? 3 : 2)
      : [
          fc.constant(ofDays('first half', from, shifted(from, 14))),
          fc.constant(ofDays('second half', shifted(from, 15), to)),
        ]),
    ...(months === 12
      ? [
          fc.nat(3).map((at) => ofMonths(`${ORDINALS[at]} quarter`, at * 3, 3)),
          fc.constant(ofMonths('last quarter', 9, 3)),
          fc.constant(ofMonths('second half', 6, 6)),
        ]
      : []),
  )
}
const stretch = fc.oneof(
  whole,
  whole.chain(partOf),
  whole.chain((each) =>
    partOf(each).chain((part) => (part.months > 1 ? partOf(part) : fc.constant(part))),
  ),
)

interface Piece {
  readonly said: string
  readonly fits: Fits
}
type Between = (from: string | null, to: string | null) => Fits

/** A time on some side of a stretch, and what that says of a date. */
const timed = (lead: string, fits: Between): fc.Arbitrary<Piece> =>
  fc.tuple(stretch, stretch, fc.nat(6)).map(([{ said, from, to }, other, side]) => {
    const sides: readonly Piece[] = [
      { said: `in ${said}`, fits: fits(from, to) },
      { said: `before ${said}`, fits: fits(null, shifted(from, -1)) },
      { said: `after ${said}`, fits: fits(shifted(to, 1), null) },
      { said: `by the end of ${said}`, fits: fits(null, to) },
      { said: `from ${said} onwards`, fits: fits(from, null) },
      { said: `not in ${said}`, fits: not(fits(from, to)) },
      {
        said: `in ${said} or in ${other.said}`,
        fits: either(fits(from, to), fits(other.from, other.to)),
      },
    ]
    const { said: text = '', fits: of = all } = sides[lead === 'due' && side === 5 ? 0 : side] ?? {}
    return { said: `${lead} ${text}`, fits: of }
  })

const known = (said: string, fits: Fits): Piece => ({ said, fits })
/** Of each kind one, as of two of one kind either holds. */
const PIECES: readonly fc.Arbitrary<Piece>[] = [
  fc.oneof(
    timed('ending', ends),
    timed('due', due),
    timed('thats expiring', ends),
    timed('renewing', (from, to) => (c) => !isOver(c) && renewing(from ?? TODAY, to ?? EVER)(c)),
  ),
  fc.constantFrom(
    known('owned by samira', by('Samira Dalvi')),
    known('that kofi owns', by('Kofi Brannock')),
    known('not owned by priya nandakesh', not(by('Priya Nandakesh'))),
    known('with no owner', unowned),
    known('that grace doesnt own', not(by('Grace Okonwale'))),
  ),
  fc.constantFrom(
    known('with marrowby', from('marrowby')),
    known('not with copperwell', not(from('copperwell'))),
    known('supplied by handsel or sternbeck', either(from('handsel'), from('sternbeck'))),
  ),
  fc.constantFrom(
    known(
      'over £1m',
      both(over(1e6), ({ currency }) => currency === 'GBP'),
    ),
    known('under 250k', under(250_000)),
    known('worth more than half a million', over(5e5)),
    known('without a recorded value', ({ value }) => value === null),
    known('between 100k and 2m', ({ value }) => value !== null && value >= 1e5 && value <= 2e6),
  ),
  fc.constantFrom(
    known('of category estates', inArea('Estates')),
    known('in category digital', inArea('Digital')),
    known('except category facilities', not(inArea('Facilities'))),
  ),
]
const ORDERED = { dearest: 'by value', soonest: 'sorted by end date', said: '' } as const
export const byValue = (a: number | null, b: number | null) =>
  (b ?? Number.NEGATIVE_INFINITY) - (a ?? Number.NEGATIVE_INFINITY)

/** Some of the parts in any order between what people say around them. */
export const anySentence = fc
  .record({
    pieces: fc.tuple(...PIECES),
    chosen: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 1, maxLength: 4 }),
    joint: fc.constantFrom(' ', ', ', ' and '),
    order: fc.constantFrom('dearest', 'soonest', 'said'),
    before: fc.constantFrom(
      '',
      'can you show me contracts ',
      'pls list ',
      'hi, which ones are ',
      'do we have any ',
    ),
    after: fc.constantFrom('', ' please', ' thanks', '?'),
  })
  .map(({ pieces, chosen, joint, order, before, after }) => {
    const parts = chosen.flatMap((at) => pieces[at] ?? [])
    const texts = parts.map((each) => each.said)
    const said = `${before}${texts.join(joint)} ${ORDERED[order]}`.trim() + after
    const isTimed =
      (chosen.includes(0) && !/ not in /.test(pieces[0]?.said ?? '')) ||
      texts.includes('with no owner')
    const running = !isTimed
    return { said, fits: both(...parts.map((each) => each.fits)), order, running }
  })

type Says = 'Yes' | 'No' | 'Not recorded' | null
/** Whether it runs; where its recorded end has passed and a renewal is presumed nobody knows. */
const runs = (c: SampleContract): Says => {
  const isPresumed =
    c.state === 'active' && String(c.recorded.end_latest ?? EVER) < TODAY && c.renews.length > 1
  if (c.state === 'undated' || isPresumed) return 'Not recorded'
  return c.state === 'active' || c.state === 'rolling' ? 'Yes' : 'No'
}
const denied = (says: Says): Says => (says === 'Yes' ? 'No' : says === 'No' ? 'Yes' : says)
const held = (is: unknown): Says => (is == null ? 'No' : 'Yes')
const EXTENDABLE = (c: SampleContract): Says => {
  const most = c.recorded.maximum_end
  if (isOver(c)) return 'No'
  if (typeof most !== 'string') return 'Not recorded'
  if (c.end !== null && most <= c.end) return 'No'
  const days = c.due.filter(({ kind }) => kind === 'option').map(({ on }) => on)
  const isLate = days.length > 0 && days.every((on) => on < TODAY)
  return (c.end ?? EVER) < TODAY || isLate ? 'Not recorded' : 'Yes'
}
/** Questions whether something is so of one contract, and what its record says; null where it does not say. */
export const VERDICTS: readonly (readonly [
  wordings: readonly string[],
  says: (contract: SampleContract) => Says,
])[] = [
  [
    [
      'does ~ renew by itself?',
      'will ~ roll over automatically',
      'can you check whether ~ auto-renews',
    ],
    (c) => {
      if (isOver(c)) return 'No'
      const renews = c.recorded.automatic_renewal
      if (renews === true || c.state === 'rolling') return 'Yes'
      return renews === false ? 'No' : 'Not recorded'
    },
  ],
  [['is ~ still going?', 'is ~ still in force', 'hi, is ~ live'], runs],
  [['has ~ expired', 'is ~ out of contract?', 'did ~ run out'], (c) => denied(runs(c))],
  [
    ['does ~ have an owner', 'has ~ got an owner', 'does anyone look after ~?'],
    (c) => held(c.owner),
  ],
  [['is there a deputy on ~', 'do you know if ~ has a deputy'], (c) => held(c.deputy)],
  [['can ~ be extended?', 'can we still extend ~', 'is there an option left on ~'], EXTENDABLE],
  [
    ['does ~ end in 2027', 'is ~ finishing next year?'],
    (c) => {
      if (isOver(c)) return null
      if (c.end === null || c.earliest === null)
        return c.state === 'rolling' ? 'No' : 'Not recorded'
      const isIn = (day: string) => day.startsWith('2027')
      if (c.renews.some((day) => day < (c.end ?? '') && isIn(day))) return 'Not recorded'
      if (isIn(c.earliest) !== isIn(c.end)) return 'Not recorded'
      return isIn(c.end) ? 'Yes' : 'No'
    },
  ],
  [
    ['is ~ owned by kofi brannock', 'does kofi brannock own ~?'],
    (c) => (c.owner === 'Kofi Brannock' ? 'Yes' : 'No'),
  ],
  [
    ['is ~ worth more than £1m'],
    (c) => (c.value === null ? 'Not recorded' : c.value > 1e6 ? 'Yes' : 'No'),
  ],
]

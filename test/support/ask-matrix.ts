import { isOver, type SampleContract } from './ask-sentences.ts'

/**
 * Fields of a contract, operators on them, and two or three wordings of each: every cell is answered from the
 * facts of the contracts alone.
 */
export interface Cell {
  readonly said: string
  readonly fits: (contract: SampleContract) => boolean
  /** What is over is meant too: its days are asked for. */
  readonly isOfDays?: boolean
  /** What the answer goes by, the lowest first; null has no place in it. */
  readonly by?: (contract: SampleContract) => number | string | null
}
type Fits = Cell['fits']

/** Those that a cell asks for. */
export function meantBy({ fits, isOfDays }: Cell, contracts: readonly SampleContract[]) {
  const fitting = contracts.filter(fits)
  const running = fitting.filter((each) => !isOver(each))
  return isOfDays !== true && running.length > 0 ? running : fitting
}

const cells = (wordings: readonly string[], fits: Fits, more: Partial<Cell> = {}): Cell[] =>
  wordings.map((said) => ({ said, fits, ...more }))
const recorded = (column: string) => (c: SampleContract) => c.recorded[column] ?? null
const runs: Fits = (c) => !isOver(c)

// To have some, and to have none.
const HAVING: readonly (readonly [
  one: string,
  some: string,
  of: (c: SampleContract) => unknown,
])[] = [
  ['an owner', 'owner', (c) => c.owner],
  ['a deputy', 'deputy', (c) => c.deputy],
  ['a category lead', 'category lead', (c) => c.lead],
  ['an end date', 'end date', (c) => c.end],
  ['a start date', 'start date', (c) => c.start],
  ['a value', 'value', (c) => c.value],
  ['a notice period', 'notice period', (c) => c.notice],
  ['a supplier', 'supplier', (c) => c.supplier],
  ['a procurement route', 'procurement route', recorded('route')],
  ['a category', 'category', (c) => c.category],
]
const having = HAVING.flatMap(([one, some, of]) => [
  ...cells(
    [`contracts with ${one}`, `which contracts have ${one}`, `show me contracts that have ${one}`],
    (c) => runs(c) && of(c) !== null,
  ),
  ...cells(
    [
      ...[`contracts without ${one}`, `no ${some}`, `which contracts have no ${some}`],
      ...[
        `contracts where the ${some} is missing`,
        `${some} not recorded`,
        `how many have no ${some}`,
      ],
      ...[`contracts that don't have ${one}`, `contracts lacking ${one}`],
    ],
    (c) => runs(c) && of(c) === null,
  ),
])

// Who.
const PEOPLE = [
  [
    'Samira Dalvi',
    'Priya Nandakesh',
    (c: SampleContract) => c.owner,
    ['owned by ~', 'owner is ~', 'owner ~'],
  ],
  [
    'Idris Venn',
    'Tom Hallowick',
    (c: SampleContract) => c.deputy,
    ['deputised by ~', 'deputy is ~', 'with ~ as deputy'],
  ],
  [
    'Noor Haverill',
    'Rhys Pellandine',
    (c: SampleContract) => c.lead,
    ['led by ~', 'category lead is ~', 'lead ~'],
  ],
] as const
const people = PEOPLE.flatMap(([one, other, of, said]) => {
  const role = /owner|deputy|lead/.exec(said[1])?.[0] ?? ''
  return [
    ...cells(
      said.map((each) => `contracts ${each.replace('~', one)}`),
      (c) => of(c) === one,
    ),
    ...cells(
      [`${role} is not ${one}`, `${role} isn't ${one}`, `${role} other than ${one}`],
      (c) => of(c) !== one,
    ),
    ...cells([`${said[0].replace('~', one)} or ${other}`], (c) => of(c) === one || of(c) === other),
    ...cells(
      [`${said[0].replace('~', `both ${one}`)} and ${other}`],
      (c) => of(c) === one || of(c) === other,
    ),
    ...cells(
      [`${said[0].replace('~', `neither ${one}`)} nor ${other}`],
      (c) => of(c) !== one && of(c) !== other,
    ),
  ]
})

// What it is called, and with whom.
const names = [
  ...cells(
    [
      'supplier is ostrelle',
      'with ostrelle',
      'what do we buy from ostrelle',
      'what does ostrelle supply',
    ],
    (c) => c.supplier?.startsWith('Ostrelle') === true,
  ),
  ...cells(
    ['supplier is not ostrelle', 'supplier other than ostrelle', 'not with ostrelle'],
    (c) => c.supplier?.startsWith('Ostrelle') !== true,
  ),
  ...cells(['with ostrelle or quillmere', 'supplier ostrelle or quillmere'], (c) =>
    /^(?:Ostrelle|Quillmere)/.test(c.supplier),
  ),
  ...cells(
    ['category is estates', 'in estates', 'estates contracts', 'estates only'],
    (c) => c.category === 'Estates',
  ),
  ...cells(
    ['category is not estates', 'everything except estates', 'category other than estates'],
    (c) => c.category !== 'Estates',
  ),
  ...cells(
    [
      'estates and facilities',
      'both estates and facilities',
      'estates as well as facilities',
      'estates or facilities',
    ],
    (c) => /^(?:Estates|Facilities)$/.test(c.category),
  ),
  ...cells(
    ['title contains maintenance', 'with maintenance in the title', 'called maintenance'],
    (c) => /maintenance/i.test(c.title),
  ),
]

// How much, and how long.
const amount = (said: string, is: (value: number) => boolean) => {
  const fits: Fits = (c) => c.value !== null && is(c.value)
  return cells([`contracts ${said}`, `value ${said}`, `estates contracts ${said}`], fits).map(
    (cell, at) =>
      at < 2 ? cell : { ...cell, fits: (c: SampleContract) => fits(c) && c.category === 'Estates' },
  )
}
const amounts = [
  ...amount('over 1m', (value) => value > 1e6),
  ...amount('more than 500,000', (value) => value > 5e5),
  ...amount('under 100k', (value) => value < 1e5),
  ...amount('less than half a million', (value) => value < 5e5),
  ...amount('of at least 2 million', (value) => value >= 2e6),
  ...amount('of at most 250k', (value) => value <= 25e4),
  ...amount('of no more than 250k', (value) => value <= 25e4),
  ...amount('not over 250k', (value) => value <= 25e4),
  ...amount('between 100k and 1m', (value) => value >= 1e5 && value <= 1e6),
  ...amount('of about 500k', (value) => value >= 45e4 && value <= 55e4),
]
const daysOf = (c: SampleContract) =>
  c.start === null || c.end === null ? null : (Date.parse(c.end) - Date.parse(c.start)) / 864e5 + 1
const MONTH = 30.44
const noticeOf = (c: SampleContract) => {
  const unit = String(c.recorded.notice_unit)
  const of: Record<string, number> = { days: 1, weeks: 7, months: MONTH, years: 12 * MONTH }
  return c.notice === null ? null : c.notice * (of[unit] ?? 1)
}
const long = (
  wordings: readonly string[],
  of: (c: SampleContract) => number | null,
  is: (months: number) => boolean,
) =>
  cells(wordings, (c) => {
    const days = of(c)
    return (
      days !== null && is(of === noticeOf ? days / MONTH : Math.round((days / MONTH) * 10) / 10)
    )
  })
const lengths = [
  ...long(
    [
      'contracts longer than 4 years',
      'a term of over 4 years',
      'lasting more than 4 years',
      'more than 4 years long',
    ],
    daysOf,
    (m) => m > 48,
  ),
  ...long(
    ['contracts shorter than 2 years', 'lasting less than 24 months', 'a term under 2 years'],
    daysOf,
    (m) => m < 24,
  ),
  ...long(
    ['not longer than 3 years', 'lasting at most 36 months', 'contracts no longer than 3 years'],
    daysOf,
    (m) => m <= 36,
  ),
  ...long(
    ['lasting between 2 and 4 years', 'a term of between 24 and 48 months'],
    daysOf,
    (m) => m >= 24 && m <= 48,
  ),
  ...long(
    ['5 year contracts', 'contracts of exactly 5 years', 'five years long'],
    daysOf,
    (m) => m === 60,
  ),
  ...long(
    [
      'notice period of 3 months or more',
      'notice of at least 3 months',
      'a notice period of at least 3 months',
    ],
    noticeOf,
    (m) => m >= 3,
  ),
  ...long(
    [
      'notice period under 3 months',
      'notice of less than 3 months',
      'less than three months notice',
    ],
    noticeOf,
    (m) => m < 3,
  ),
  ...long(
    ['notice period of 6 months', "six months' notice", 'notice of exactly 6 months'],
    noticeOf,
    (m) => m === 6,
  ),
]

// When.
const within =
  (of: (c: SampleContract) => string | null, from: string, to: string): Fits =>
  (c) =>
    (of(c) ?? '') >= from && (of(c) ?? '9') <= to
const ends =
  (from: string, to: string): Fits =>
  (c) =>
    runs(c) && c.end !== null && c.end >= from && (c.earliest ?? '') <= to
const starts = (from: string, to: string) => within((c) => c.start, from, to)
const days = [
  ...cells(
    [
      'ending in 2028',
      'end date in 2028',
      'which contracts expire in 2028',
      'that run out in 2028',
    ],
    ends('2028-01-01', '2028-12-31'),
  ),
  ...cells(
    ['ending before march 2027', 'end date before march 2027', 'expiring before march 2027'],
    ends('2026-11-23', '2027-02-28'),
  ),
  ...cells(
    ['ending after june 2028', 'end date after june 2028', 'expiring later than june 2028'],
    ends('2028-07-01', '9999'),
  ),
  ...cells(
    ['ending by 31 march 2027', 'end date by 31 march 2027', 'expiring on or before 31 march 2027'],
    ends('2026-11-23', '2027-03-31'),
  ),
  ...cells(
    ['ending between june and august 2027', 'end date from june to august 2027'],
    ends('2027-06-01', '2027-08-31'),
  ),
  ...cells(
    ['ending in 2028 except january', 'expiring in 2028 but not in january'],
    (c) => ends('2028-02-01', '2028-12-31')(c) && !ends('2028-01-01', '2028-01-31')(c),
  ),
  ...cells(
    ['started before 2022', 'start date before 2022', 'that began before 2022'],
    starts('0001', '2021-12-31'),
    { isOfDays: true },
  ),
  ...cells(
    ['started in 2024', 'start date in 2024', 'which contracts began in 2024'],
    starts('2024-01-01', '2024-12-31'),
    { isOfDays: true },
  ),
  ...cells(
    ['started after june 2025', 'start date after june 2025'],
    starts('2025-07-01', '9999'),
    { isOfDays: true },
  ),
]

// What a register records of how it was bought and priced.
const says = (wordings: readonly string[], column: string, ...values: string[]) =>
  cells(wordings, (c) => runs(c) && values.includes(String(c.recorded[column])))
const bought = [
  ...says(
    ['bought by open procedure', 'let by open tender', 'awarded through open procedure'],
    'route',
    'open',
  ),
  ...says(
    ['bought by mini-competition', 'let by further competition', 'via a mini competition'],
    'route',
    'mini-competition',
  ),
  ...says(['bought by quotes', 'let via quotations', 'bought using quotes'], 'route', 'quotes'),
  ...says(
    ['bought through a dynamic market', 'let using a dynamic purchasing system'],
    'route',
    'dynamic-market',
  ),
  ...says(
    [
      'under the PSR',
      'health services under the PSR',
      'bought under the provider selection regime',
    ],
    'regime',
    'PSR23',
  ),
  ...says(
    [
      'under the procurement act',
      'let under the procurement act 2023',
      'procurement act contracts',
    ],
    'regime',
    'PA23',
  ),
  ...says(
    ['under PCR', 'let under the public contracts regulations', 'under PCR 2015'],
    'regime',
    'PCR15',
  ),
  ...says(
    ['below threshold', 'under the threshold', 'below the threshold contracts'],
    'regime',
    'below-threshold',
  ),
  ...says(
    ['priced per year', 'annual values', 'contracts with an annual value'],
    'value_basis',
    'annual',
  ),
  ...says(['contracts with a maximum value', 'whose value is a maximum'], 'value_basis', 'maximum'),
  ...says(
    ['vat is recoverable', 'fully recoverable vat', 'contracts where vat can be recovered'],
    'vat_recoverable',
    'full',
  ),
  ...says(
    ['vat not recoverable', 'irrecoverable vat', "which can't we recover the vat on"],
    'vat_recoverable',
    'none',
  ),
  ...says(['value including vat', 'contracts inclusive of vat'], 'vat', 'gross'),
  ...says(['value excluding vat', 'contracts net of vat'], 'vat', 'net'),
  ...cells(
    ['contracts with an extension', 'that have had extensions', 'which have been extended'],
    (c) => runs(c) && c.extended.length > 0,
  ),
  ...cells(
    ['contracts with no extensions', 'never been extended', "that haven't been extended"],
    (c) => c.extended.length === 0,
  ),
  ...cells(
    ['with personal data', 'which process personal data', 'contracts that hold personal data'],
    (c) => runs(c) && c.recorded.personal_data === true,
  ),
]

// In which order.
const order = (wordings: readonly string[], by: NonNullable<Cell['by']>, fits: Fits = () => true) =>
  cells(wordings, fits, { by, isOfDays: true })
const value = (c: SampleContract) => c.value
const down = (of: (c: SampleContract) => number | null) => (c: SampleContract) => {
  const is = of(c)
  return is === null ? null : -is
}
const orders = [
  ...order(
    ['everything by value', 'all contracts, highest value first', 'everything sorted by price'],
    down(value),
  ),
  ...order(['everything, lowest value first', 'all contracts from cheapest'], value),
  ...order(
    [
      'everything by end date',
      'all contracts sorted by expiry date',
      'everything in order of end date',
    ],
    (c) => c.end,
  ),
  ...order(['everything by start date', 'all contracts ordered by start date'], (c) => c.start),
  ...order(['everything by length', 'all contracts, longest first'], down(daysOf)),
  ...order(
    ['everything by notice period', 'all contracts sorted by notice period'],
    down(noticeOf),
  ),
  ...order(
    ['everything by owner', 'all contracts sorted by owner', 'everything grouped by owner'],
    (c) => c.owner,
  ),
  ...order(['everything by deputy', 'all contracts ordered by deputy'], (c) => c.deputy),
  ...order(['everything by category', 'all contracts sorted by category'], (c) => c.category),
]

// What is asked of a contract, or of each: it narrows nothing.
const ASKED = [
  'owner',
  'deputy',
  'category lead',
  'supplier',
  'category',
  'reference',
  'value',
  'end date',
  'start date',
  'notice period',
  'route',
]
const several = (noun: string) => `${noun}s`.replace(/ys$/, 'ies')
const asked = ASKED.flatMap((noun) => [
  ...cells(
    [
      `what is the ${noun} of the wheelchair service`,
      `wheelchair service ${noun}`,
      `tell me the ${noun} for wheelchair service`,
      `what ${noun} does the wheelchair service have`,
    ],
    (c) => c.title === 'Wheelchair service',
  ),
  ...cells(
    [
      `list estates contracts with their ${noun}`,
      `estates contracts and their ${several(noun)}`,
      `show the ${several(noun)} of estates contracts`,
      `list estates contracts with ${noun} and title`,
    ],
    (c) => c.category === 'Estates',
  ),
])

/** Who asks, what for and why, around any of it. */
const AROUND = [
  ['for the board on thursday, ', ''],
  ['so that i can plan, ', ''],
  ['finance want a list of ', ''],
  ['the auditors have asked me for ', ''],
  ["i'm trying to find out ", ''],
  ['can you please give me ', ''],
  ['', ' for the audit committee'],
  ['', ' so i can chase them'],
  ['', ' if you can, thanks'],
  ['', ', for my report'],
] as const
const around = AROUND.flatMap(([before, behind]) =>
  [
    ...days.slice(0, 3),
    ...amounts.slice(0, 3),
    ...bought.slice(0, 3),
    ...having.slice(3, 6),
    ...people.slice(0, 3),
  ]
    .filter(({ said }) => before === '' || !/^(?:which|that|how many)/.test(said))
    .map((cell) => ({ ...cell, said: `${before}${cell.said}${behind}` })),
)

export const CELLS: readonly Cell[] = [
  ...[having, people, names, amounts, lengths, days, bought, orders, asked, around].flat(),
]

/** Asked of several at once: each is named, with what can be asked instead. */
export const NAMED = ['owner', 'supplier', 'category', 'team'].flatMap((noun) => [
  `average value by ${noun}`,
  `total value for each ${noun}`,
  `compare each ${noun}`,
])

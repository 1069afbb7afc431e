import fc from 'fast-check'
import type { Draft } from '../src/register/draft.ts'
import { linksText, readLinks, yesOrNo } from '../src/register/parse-words.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { assessmentSaid, documentsOf, documentsText, webAddress } from '../src/rules/contract.ts'
import { plainAnswer } from '../src/rules/text-match.ts'
import { holds } from './support/holds.ts'
import { only, readingOf, refusal, written } from './support/register-file.ts'

const TODAY = { today: asCivilDate('2026-11-29') }
const reading = (name: string, content: string) => readingOf(name, content, TODAY)
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`

/** The one row of a register with an end in March 2027 and this besides. */
async function row(heading: string, cell: string) {
  const read = await reading(
    'row.csv',
    `Ref,Title,Supplier,Start date,End date,${heading}\nA1,Taxis,Beck,2024-04-01,2027-03-31,${quoted(cell)}\n`,
  )
  return { ...read, draft: only(read.drafts) }
}

describe('a row whose end can be read is watched, whatever else cannot', () => {
  test.each([
    ['Contract value', 'as per rate card', null],
    ['Contract value', '£80k + expenses', null],
    ['Contract value', 'up to £250,000', '250000.00'],
    ['Annual value', '£1,000 to £2,000', '2000.00'],
  ])('%s: "%s" keeps its words', async (heading, cell, value) => {
    const { draft, problems } = await row(heading, cell)
    expect(draft).toMatchObject({ end: { latest: '2027-03-31' }, value, valueText: cell })
    expect(problems).toMatchObject([{ severity: 'warning', value: cell }])
  })

  test.each([
    ['Contract value (£000)', '25', '25000.00'],
    ['Contract value (k)', '120', '120000.00'],
    ['Contract value £m', '1.5', '1500000.00'],
    ["Contract value (£'000)", '80', '80000.00'],
    ['Contract value in millions', '2', '2000000.00'],
    // What the cell says itself is not multiplied again.
    ['Contract value (£000)', '£25k', '25000.00'],
  ])('%s: %s is %s, and that is told', async (heading, cell, value) => {
    const { draft, problems } = await row(heading, cell)
    expect(draft.value).toBe(value)
    expect(problems.some(({ problem }) => /multiplied/.test(problem))).toBe(!cell.includes('k'))
  })

  test('what Excel writes for no money is no amount, and is noted', async () => {
    const { draft, problems } = await row('Contract value', ' €-   ')
    expect(draft.value).toBeNull()
    expect(problems).toMatchObject([{ severity: 'note' }])
  })

  test.each([
    ['£400 per month', '400.00', 'month', '4800.00'],
    ['£1,200 pcm', '1200.00', 'month', '14400.00'],
    ['£2k a quarter', '2000.00', 'quarter', '8000.00'],
    ['£300 per week', '300.00', 'week', '15642.86'],
  ])(
    '"%s" is its charge, and a year of it the value that its term is counted with',
    async (cell, periodicCharge, chargeUnit, value) => {
      const { draft, problems } = await row('Contract value', cell)
      expect(draft).toMatchObject({
        ...{ value, valueBasis: 'annual', valueText: cell },
        prices: { periodicCharge, chargeUnit },
      })
      expect(problems[0]?.problem).toContain(`${value} a year`)
    },
  )

  test('a whole below a heading of a year is no year’s', async () => {
    const { draft } = await row('Annual fee', '£250,000.00 over 2 years')
    expect(draft).toMatchObject({ value: '250000.00', valueBasis: 'committed' })
  })

  test('what a day costs says nothing of a year: the value is unknown, which counts as large', async () => {
    const { draft } = await row('Contract value', '£450 per day')
    expect(draft).toMatchObject({ value: null, prices: { periodicCharge: '450.00' } })
  })

  test.each([
    ['£250,000.00 over 3 years', '250000.00', 'committed'],
    ['£120,000 (£40,000 p.a.)', '120000.00', 'committed'],
    ['£45k per annum (ex VAT)', '45000.00', 'annual'],
  ])('"%s" is %s', async (cell, value, valueBasis) => {
    expect((await row('Contract value', cell)).draft).toMatchObject({ value, valueBasis })
  })

  test('a start that cannot be read is unknown', async () => {
    const { drafts, problems } = await reading(
      'starts.csv',
      'Ref,Title,Start,End\nA1,A,4-Oct,2027-03-31\nA2,B,tbc by legal,2027-03-31\nA3,C,2030-01-01,2027-03-31\n',
    )
    expect(drafts.map(({ start }) => start)).toEqual([null, null, null])
    expect(problems.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning'])
  })

  test('any text in any cell but the end leaves the row watched by its end', async () => {
    const headings = [
      'Ref',
      'Title',
      'Supplier',
      'Start date',
      'End date',
      'Contract value',
      'Notice period',
      'Auto renew',
      'Renewal term',
      'Maximum end date',
      'Extension (months)',
      'Extension end',
      'Status',
      'Owner',
      'Department',
      'Units',
      'Unit price',
      'Currency',
      'VAT',
      'Review date',
    ]
    const cells = [
      'A1',
      'Taxis',
      'Beck',
      '2024-04-01',
      '2027-03-31',
      '1000',
      '3 months',
      'Yes',
      '12 months',
      '2029-03-31',
      '24',
      '2028-03-31',
      'Live',
      'Ann Ash',
      'Digital',
      '5',
      '10',
      'GBP',
      'net',
      '2026-12-01',
    ]
    const any = fc.oneof(
      fc.string({ maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, ' ')),
      fc.constantFrom('n/a', '£-', 'up to 24', '2+1+1', 'Expired', '31/12/2019', 'rolling', '-5'),
    )
    await fc.assert(
      fc.asyncProperty(any, fc.nat(cells.length - 1), async (text, at) => {
        if (headings[at] === 'End date') return
        // A year of two digits alone in its column stops the whole file, and names the option.
        fc.pre(!/\d{1,2}[/.-]\d{1,2}[/.-]\d{2}(?!\d)/.test(text))
        const line = cells.map((cell, i) => quoted(i === at ? text : cell)).join(',')
        const path = written('any.csv', `${headings.join(',')}\n${line}\n`)
        const refused = await refusal(path, TODAY)
        if (refused !== '') {
          expect(refused).toMatch(/--dates|--years/)
          return
        }
        const { drafts } = await reading('any.csv', `${headings.join(',')}\n${line}\n`)
        expect(only(drafts)).toMatchObject({ end: { latest: '2027-03-31' }, closed: false })
      }),
      { numRuns: 200 },
    )
  })

  test('any column dropped or named by words without a meaning is named, or the file is refused by name', async () => {
    const columns: readonly (readonly [string, string])[] = [
      ['Ref', 'A1'],
      ['Title', 'Taxis'],
      ['Supplier', 'Beck'],
      ['Start date', '2024-04-01'],
      ['End date', '2027-03-31'],
      ['Expiry date', '2028-03-31'],
      ['Maximum end date', '2030-03-31'],
      ['Notice by', '2026-12-31'],
      ['Notice period', '3 months'],
      ['Renewal term', '12 months'],
      ['Extension period', '2 x 12 months'],
      ['Duration', '3 years'],
      ['Review date', '2026-12-01'],
      ['Contract value', '1000'],
    ]
    const senseless = ['Zorb', 'Column 7', 'F12', 'Wert', 'Misc', 'XX', 'Blau', 'Hinweis', 'Zut']
    const at = fc.nat(columns.length - 1)
    await fc.assert(
      fc.asyncProperty(at, at, fc.constantFrom(...senseless), async (renamed, dropped, name) => {
        const [was, cell] = columns[renamed] ?? ['', '']
        const kept = columns
          .map(([heading, value], i): readonly [string, string] => [
            i === renamed ? name : heading,
            value,
          ])
          .filter((_, i) => i === renamed || i !== dropped)
        const content = `${kept.map(([heading]) => heading).join(',')}\n${kept.map(([, value]) => value).join(',')}\n`
        const refused = await refusal(written('renamed.csv', content), TODAY)
        if (refused !== '') {
          expect(refused).toContain(name)
          return
        }
        const { register, drafts } = await reading('renamed.csv', content)
        expect(register.unmapped, was).toContain(name)
        const says = (register.warnings ?? []).filter(({ field }) => field === name)
        const isTime = /^\d{4}-|month|year/.test(cell)
        expect(says.map(({ severity }) => severity)).toEqual(isTime ? ['warning'] : [])
        // Whatever else is gone, a column that could be the end leaves the row watched.
        const headings = kept.map(([heading]) => heading)
        const hasEnd = ['End date', 'Expiry date', 'Maximum end date'].some((each) =>
          headings.includes(each),
        )
        if (hasEnd) expect(only(drafts).end.kind).toBe('dated')
      }),
      { numRuns: 150 },
    )
  })

  test('several cells replaced at once leave the row watched by the earliest end that can be read', async () => {
    const headings = ['End date', 'Expiry date', 'Maximum end date', 'Extended until', 'Notice']
    const ends = ['2027-03-31', '2028-03-31', '2029-03-31', '2028-09-30', '3 months']
    const junk = fc.constantFrom('', 'TBC', 'see contract', 'n/a', '???', 'annually', '£5')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(junk), { minLength: 5, maxLength: 5 }),
        async (replaced) => {
          const cells = ends.map((cell, i) => replaced[i] ?? cell)
          // Rows are of one column each, so that what a column holds is seen from the other row.
          const content = `Ref,Title,${headings.join(',')}\nA1,Taxis,${cells.map(quoted).join(',')}\nB1,Post,${ends.join(',')}\nB2,Gas,${ends.join(',')}\n`
          const { drafts } = await reading('several.csv', content)
          const isDay = (cell = '') => /^20/.test(cell)
          const a1 = drafts.find(({ reference }) => reference === 'A1')
          const [first] = cells.slice(0, 2).filter(isDay).sort()
          if (first !== undefined) expect(a1?.end).toMatchObject({ earliest: first })
          // An extension's end is nearer than the latest that is possible.
          else if (isDay(cells[3])) expect(a1?.extensions).toMatchObject([{ to: cells[3] }])
          else if (isDay(cells[2])) expect(a1?.end).toMatchObject({ earliest: cells[2] })
        },
      ),
      { numRuns: 150 },
    )
  })

  test('any column moved or worded otherwise is understood, any dropped one is not made up', async () => {
    const words: Readonly<Record<string, readonly string[]>> = {
      Ref: ['Contract Ref.', 'Agreement number', 'CONTRACT_ID', 'Our ref'],
      Title: ['Contract name', 'Title of the contract', 'Name of Agreement'],
      Supplier: ['Vendor', 'Name of provider', 'Contractor(s)'],
      Start: ['Commences', 'Date from', 'Start of contract', 'Contract begins'],
      End: ['Expires', 'Contract finish date', 'Date of expiry', 'Ends on', 'Contract valid until'],
    }
    const cells: Readonly<Record<string, string>> = {
      Ref: 'A1',
      Title: 'Taxis',
      Supplier: 'Beck',
      Start: '2024-04-01',
      End: '2027-03-31',
    }
    const names = Object.keys(words)
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(names, { minLength: 5 }),
        fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }),
        async (order, picks) => {
          const headings = order.map((name, i) => {
            const all = words[name] ?? []
            return all[(picks[i] ?? 0) % all.length]
          })
          const line = order.map((name) => cells[name]).join(',')
          const { drafts } = await reading('moved.csv', `${headings.join(',')}\n${line}\n`)
          expect(only(drafts)).toMatchObject({
            reference: 'A1',
            title: 'Taxis',
            supplier: 'Beck',
            start: '2024-04-01',
            end: { latest: '2027-03-31' },
          })
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('a column that nothing settles stops the whole file and names its option', () => {
  test('years of two digits', async () => {
    const content = 'Ref,Title,End date\nA1,A,30-Sep-27\nA2,B,14-Jun-26\n'
    expect(await refusal(written('years.csv', content), TODAY)).toContain('--years 2000')
    const { drafts } = await readingOf('years.csv', content, { ...TODAY, years: 2000 })
    expect(drafts.map(({ end }) => (end as { latest?: string }).latest)).toEqual([
      '2027-09-30',
      '2026-06-14',
    ])
  })

  test('one such year among years of four digits follows them', async () => {
    const { drafts } = await reading('mixed.csv', 'Ref,Title,End\nA,A,30/09/2027\nB,B,30/09/28\n')
    expect(drafts.map(({ end }) => (end as { latest?: string }).latest)).toEqual([
      '2027-09-30',
      '2028-09-30',
    ])
  })
})

describe('a later end beside one that is ahead moves nothing until somebody says that it was signed', () => {
  test.each(['Extended until', 'Latest end date', 'Extension expiry'])('%s', async (heading) => {
    const { draft, problems } = await row(heading, '2028-03-31')
    expect(draft.end).toMatchObject({ latest: '2027-03-31' })
    expect(draft.currentEnd).toBeNull()
    expect(draft.extensions).toMatchObject([{ status: 'proposed', to: '2028-03-31' }])
    expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'extension' } }])
  })

  test('one that is said to be signed counts, and so does one of an end that has passed', async () => {
    const signed = await reading(
      'signed.csv',
      'Ref,Title,End,Extended until,Extension signed\nA,A,2027-03-31,2028-03-31,2026-10-01\nB,B,2026-03-31,2027-03-31,\n',
    )
    const statuses = signed.drafts.map(({ extensions }) => extensions[0]?.status)
    expect(statuses).toEqual(['confirmed', 'confirmed'])
  })
})

describe('words of a status close nothing that still runs', () => {
  test.each(['Terminated', 'Cancelled by council', 'Completed', 'expired', 'Dormant', 'Archived'])(
    '"%s" with an end ahead stays watched, and is asked about',
    async (status) => {
      const { draft, problems } = await row('Status', status)
      expect(draft.closed).toBe(false)
      expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'status' } }])
    },
  )

  test.each(['On hold', 'on-hold pending review', 'Suspended', 'Paused by legal', 'Frozen'])(
    '"%s" with an end ahead is asked about: it may be over, or run on',
    async (status) => {
      const { draft, problems } = await row('Status', status)
      expect(draft.closed).toBe(false)
      expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'status' } }])
      expect(problems[0]?.ask?.text).toContain(`“${status}”`)
    },
  )

  test.each(['Live', 'In contract', 'Active', 'Under negotiation, live'])(
    '"%s" says nothing new',
    async (status) => {
      const { problems } = await row('Status', status)
      expect(problems).toEqual([])
    },
  )

  test('a word that nobody knows is noted', async () => {
    const { problems } = await row('Status', 'Amber')
    expect(problems).toMatchObject([{ severity: 'note' }])
  })
})

describe('lengths, options and notice in words', () => {
  const term = async (cell: string): Promise<Draft> => {
    const { drafts } = await reading(
      'term.csv',
      `Ref,Title,Start,Duration\nA,A,2025-04-01,${quoted(cell)}\n`,
    )
    return only(drafts)
  }

  test.each([
    ['2 years + 1 year', '2027-03-31', '2028-03-31'],
    ['two years with an option of a further two years', '2027-03-31', '2029-03-31'],
    ['104 weeks', '2027-03-29', null],
    ['18 months plus 6 month option', '2026-09-30', '2027-03-31'],
  ])('a duration of %s ends on its day', async (cell, latest, maximumEnd) => {
    expect(await term(cell)).toMatchObject({ end: { latest }, maximumEnd })
  })

  test('a length whose unit is open is asked about, and gives no end', async () => {
    const { drafts, problems } = await reading(
      'open.csv',
      'Ref,Title,Start,Term (months)\nA,A,2025-04-01,3+1+1\n',
    )
    expect(only(drafts).end.kind).toBe('undated')
    expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'term' } }])
    const years = problems[0]?.ask?.choices.find(({ id }) => id === 'years')
    expect(years?.says).toMatchObject({ end: { latest: '2028-03-31' }, maximumEnd: '2030-03-31' })
  })

  test.each([
    ['3 x 12', '2030-03-31'],
    ['12+6', '2028-09-30'],
    ['up to 36 months', '2030-03-31'],
    ['31/12/2028', '2028-12-31'],
    ['Yes - 2 further periods of one year', '2029-03-31'],
  ])('an extension of "%s" reaches to its last day', async (cell, maximumEnd) => {
    const { draft } = await row('Extension available', cell)
    expect(draft.maximumEnd).toBe(maximumEnd)
  })

  test('a notice that cannot be read is kept in its words, and asked about where it renews', async () => {
    const { drafts, problems } = await reading(
      'notice.csv',
      'Ref,Title,End,Notice,Auto renew\nA,A,2027-03-31,see clause 4,Yes\nB,B,2027-03-31,see clause 4,No\n',
    )
    expect(drafts.map(({ noticeText }) => noticeText)).toEqual(['see clause 4', 'see clause 4'])
    expect(problems.map(({ severity }) => severity)).toEqual(['question', 'warning'])
  })

  test('whether it renews is one question for each wording of the notice', async () => {
    const { problems } = await reading(
      'renews.csv',
      'Ref,Title,End,Notice\nA,A,2027-03-31,3 months\nB,B,2027-04-30,6 months\nC,C,2027-04-30,90 days\n',
    )
    expect(problems.map(({ ask }) => `${ask?.about} ${ask?.wording}`)).toEqual([
      'renewal # months',
      'renewal # months',
      'renewal # days',
    ])
  })
})

describe('an end that is no day is told, and asked about where the day matters', () => {
  test.each([
    ['FY26/27', 'year', '2026-04-01', '2027-03-31'],
    ['FY27', 'year', '2026-04-01', '2027-03-31'],
    ['H1 2027', 'year', '2027-01-01', '2027-06-30'],
    ['second half of 2027', 'year', '2027-07-01', '2027-12-31'],
    ['Q3 2027', 'quarter', '2027-07-01', '2027-09-30'],
    ['spring 2027', 'quarter', '2027-03-01', '2027-05-31'],
    ['end of March 2027', 'month', '2027-03-01', '2027-03-31'],
    ['late 2027', 'year', '2027-01-01', '2027-12-31'],
  ])('%s', async (cell, precision, earliest, latest) => {
    const { drafts, problems } = await reading(
      'imprecise.csv',
      `Ref,Title,End\nA1,Taxis,${quoted(cell)}\n`,
    )
    expect(only(drafts).end).toEqual({ kind: 'dated', earliest, latest, precision })
    expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'end' } }])
    expect(problems[0]?.problem).toContain(`only the ${precision} is known`)
    const says = problems[0]?.ask?.choices.map(({ says }) => says.end)
    expect(says?.slice(0, 2)).toMatchObject([{ latest }, { latest: earliest }])
  })

  test('years and months are questions of their own, whatever their figures', async () => {
    const { problems } = await reading(
      'imprecise.csv',
      'Ref,Title,End\nA,A,2027\nB,B,2028\nC,C,2027-06\nD,D,FY26/27\n',
    )
    expect(new Set(problems.map(({ ask }) => ask?.wording)).size).toBe(3)
  })

  test.each([
    ['was 31/03/2026, now 31/03/2027', '2027-03-31', true],
    ['31/03/2026, extended to 31/03/2027', '2027-03-31', true],
    ['30/09/2027 (extended from 30/09/2026)', '2027-09-30', true],
    // From its start to its end.
    ['01/04/2024 - 31/03/2027', '2027-03-31', false],
  ])(
    'of two days in one cell, "%s", one that has passed takes no contract for over',
    async (cell, end, asks) => {
      const { drafts, problems } = await reading(
        'two.csv',
        `Ref,Title,Supplier,Start date,End date\nA1,Taxis,Beck,01/04/2024,${quoted(cell)}\nA2,Post,Dene,13/04/2024,14/05/2028\n`,
      )
      expect(drafts[0]).toMatchObject({ end: { earliest: end, latest: end }, closed: false })
      expect(problems.filter(({ severity }) => severity === 'question')).toHaveLength(asks ? 1 : 0)
    },
  )

  test('two days in one cell are a question, and the first warns', async () => {
    const { drafts, problems } = await reading(
      'two-days.csv',
      'Ref,Title,End\nA,A,31/03/2027 (or 31/03/2029 if extended)\n',
    )
    expect(only(drafts).end).toMatchObject({ latest: '2027-03-31' })
    const asked = problems.filter(({ ask }) => ask !== undefined)
    expect(asked[0]?.ask?.choices.map(({ id }) => id)).toEqual(['earlier', 'later'])
  })
})

test.each(['', 'n/a', '-'])(
  'a row whose end is "%s" is listed: nothing will be warned of',
  async (cell) => {
    const { drafts, problems } = await reading(
      'undated.csv',
      `Ref,Title,End\nA,A,${quoted(cell)}\nB,B,2027-03-31\n`,
    )
    expect(drafts.map(({ end }) => end.kind)).toEqual(['undated', 'dated'])
    expect(problems).toMatchObject([{ at: '2', field: 'End', severity: 'warning', value: cell }])
    expect(problems[0]?.problem).toContain('no end')
  },
)

const NOT_SETTLED = [
  ...['TBC', 'tbc', 'TBA - contract being let', '?', '??', 'Unknown', 'to be agreed', 'n/k'],
  ...['Possibly', 'not yet known', 'under review', 'check with legal', 'Pending'],
]

test('ends that are not settled are one question, whatever the words', async () => {
  const { drafts, problems } = await reading(
    'unsettled.csv',
    `Ref,Title,End\n${NOT_SETTLED.map((cell, at) => `A${at},A,${quoted(cell)}`).join('\n')}\nB,B,2027-03-31\n`,
  )
  expect(drafts.filter(({ end }) => end.kind === 'undated')).toHaveLength(NOT_SETTLED.length)
  const asked = problems.map(({ severity, ask }) => `${severity} ${ask?.about} ${ask?.wording}`)
  expect([...new Set(asked)]).toEqual(['question end not settled'])
  expect(asked).toHaveLength(NOT_SETTLED.length)
})

test('so are words of renewal that settle nothing', async () => {
  const { problems } = await reading(
    'unsettled.csv',
    `Ref,Title,End,Notice,Auto renew\n${NOT_SETTLED.map((cell, at) => `A${at},A,2027-05-31,${at % 3 === 0 ? '3 months' : ''},${quoted(cell)}`).join('\n')}\n`,
  )
  expect(new Set(problems.map(({ field, ask }) => `${field} ${ask?.wording}`))).toEqual(
    new Set(['Auto renew not settled']),
  )
  expect(problems).toHaveLength(NOT_SETTLED.length)
})

test.each([
  ['see contract', '2027-03-31', 'Max end date'],
  ['per SoW', '31 March 2027', 'Expires'],
  ['x', '2027-03-31', 'Current end date'],
])('an end "%s" beside a readable "%s" leaves the row watched', async (end, other, heading) => {
  const { drafts, problems } = await reading(
    'elsewhere.csv',
    `Ref,Title,Contract end,${heading}\nA,A,${quoted(end)},${quoted(other)}\n`,
  )
  expect(only(drafts).end).toMatchObject({ latest: '2027-03-31' })
  expect(problems.every(({ severity }) => severity !== 'error')).toBe(true)
})

describe('of several lengths of notice the longest counts, and the row says so', () => {
  test.each([
    ['3-6 months', '6 months'],
    ['1 to 3 months', '3 months'],
    ['30/60 days', '60 days'],
    ['3 months (Buyer) / 6 months (Supplier)', '6 months'],
    ['60 days or 3 months', '3 months'],
    ['3 months/6 months', '6 months'],
    ['30 days/60 days/90 days', '90 days'],
    ['4 weeks/1 month', '1 months'],
    ['90 days/3 months', '3 months'],
    ['30/60/90 days', '90 days'],
    // A bare number beside a length is one of its unit.
    ['3 months or 6', '6 months'],
    ['3 months, 6 after year 2', '6 months'],
    ['3 months (min) 6 (max)', '6 months'],
    ['30 days, ninety for the supplier', '90 days'],
    ['6 (or 3 months)', '6 months'],
    ['3 + 3 months', '6 months'],
  ])('%s', async (cell, longest) => {
    const read = (renews: string) =>
      reading(
        'notice.csv',
        `Ref,Title,End,Notice period,Auto renew\nA,A,2027-05-31,${quoted(cell)},${renews}\n`,
      )
    const renewing = await read('Yes')
    const [amount, unit] = longest.split(' ')
    expect(only(renewing.drafts).noticePeriod).toEqual({ amount: Number(amount), unit })
    expect(renewing.problems).toMatchObject([{ severity: 'question', ask: { about: 'notice' } }])
    const said = longest.replace(/^1 months$/, '1 month')
    expect(renewing.problems[0]?.problem).toContain(`the longest counts, ${said}`)
    expect(renewing.problems[0]?.ask?.choices.length).toBeGreaterThan(2)
    expect((await read('No')).problems).toMatchObject([{ severity: 'warning' }])
  })
})

const lasting = (cell: string, more = '') =>
  reading('term.csv', `Ref,Title,Start,Duration,Other\nA,A,2025-04-01,${quoted(cell)},${more}\n`)

test.each([
  ['2-3 years', '2027-03-31', ['2027-03-31', '2028-03-31']],
  ['24 to 36 months', '2027-03-31', ['2027-03-31', '2028-03-31']],
  ['5 years (2 year option)', '2028-03-31', ['2028-03-31', '2030-03-31']],
  // One that has passed is no end of a contract that may be running.
  ['1 or 2 years', '2027-03-31', ['2026-03-31', '2027-03-31']],
])(
  'a duration of %s ends as early as it may, until somebody says which',
  async (cell, end, ends) => {
    const { drafts, problems } = await lasting(cell)
    expect(only(drafts).end).toMatchObject({ latest: end })
    expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'term' } }])
    expect(problems[0]?.ask?.choices.map(({ says }) => says.end)).toMatchObject(
      ends.map((latest) => ({ latest })),
    )
  },
)

test.each([
  'up to 4 years',
  '4 years max',
  '4 years including extensions',
  '4 years incl. all options',
  '4 years inc. ext.',
])('a duration of "%s" is watched by the latest day possible, and asked about', async (cell) => {
  const { drafts, problems } = await lasting(cell)
  expect(only(drafts)).toMatchObject({ end: { latest: '2029-03-31' }, endIsMaximum: true })
  const [ends, latest] = problems[0]?.ask?.choices ?? []
  expect([ends?.says, latest?.says.maximumEnd]).toEqual([{}, '2029-03-31'])
})

test('a duration of at least so long is counted, and asked about; where that has passed no end is known', async () => {
  const ahead = await lasting('at least 3 years')
  expect(only(ahead.drafts).end).toMatchObject({ latest: '2028-03-31' })
  expect(ahead.problems).toMatchObject([{ severity: 'question', ask: { about: 'end' } }])
  const passed = await lasting('minimum 12 months')
  expect(only(passed.drafts).end.kind).toBe('undated')
  expect(passed.problems).toMatchObject([{ severity: 'question', ask: { about: 'end' } }])
})

test.each(['2 years and 3 years', 'as needed', '7'])(
  'a duration of "%s" that cannot be read is asked about',
  async (cell) => {
    const { drafts, problems } = await lasting(cell)
    expect(only(drafts).end.kind).toBe('undated')
    expect(problems).toMatchObject([{ severity: 'question' }])
    expect(problems[0]?.ask).toBeDefined()
  },
)

test('lengths without a start are one question', async () => {
  const { problems } = await reading(
    'no-start.csv',
    'Ref,Title,Start,Duration\nA,A,,3 years\nB,B,,36 months\nC,C,2025-04-01,3 years\n',
  )
  expect(problems.map(({ ask }) => `${ask?.about} ${ask?.wording}`)).toEqual([
    'end length without a start',
    'end length without a start',
  ])
})

test.each([
  ['5 years plus 2 x 12 months', '2 x 12 months', '2029-02-12', []],
  ['5 years + 1 + 1', '24 months', '2029-02-12', []],
  ['5 years + 1 + 1', '12 months', '2028-02-12', ['option']],
  ['5 years + 1', '2 x 12 months', '2028-02-12', ['option']],
  ['5 years', '2 x 12 months', '2029-02-12', []],
])(
  'options that its term ("%s") and a column of their own ("%s") name are not added up',
  async (term, options, maximumEnd, asked) => {
    const { drafts, problems } = await reading(
      'twice.csv',
      `Ref,Title,Start,Contract length,Extension option\nA,A,2022-02-13,${term},${options}\n`,
    )
    expect(only(drafts)).toMatchObject({ end: { latest: '2027-02-12' }, maximumEnd })
    expect(problems.map(({ ask }) => ask?.about)).toEqual(asked)
  },
)

test.each([
  ['extendable up to 5 years', '2030-03-31'],
  ['Extend to 5 years', '2030-03-31'],
  ['60 months including initial 36', '2030-03-31'],
  ['24 months plus 3 months mobilisation', '2029-03-31'],
  ['12 months optional, 3 months mandatory', '2028-03-31'],
  ['2 years extendable up to 5 years', '2030-03-31'],
  ['24 months initial, total 60 months', '2030-03-31'],
  ['2 years with 2 x 12 month extensions', '2029-03-31'],
])('options of "%s" reach no further than %s', async (cell, maximumEnd) => {
  const { drafts } = await reading(
    'options.csv',
    `Ref,Title,Start,End,Extension options\nA,A,2025-04-01,2027-03-31,${quoted(cell)}\n`,
  )
  expect(only(drafts).maximumEnd).toBe(maximumEnd)
})

test.each([
  ['31/12/2026', 'Yes', 'by 2026-12-31'],
  ['by 1 Feb 2027', 'Yes', 'by 2027-02-01'],
  ['by 31 December each year', 'Yes', 'by 2026-12-31'],
  ['Annually by 1 February', 'Yes', 'by 2027-02-01'],
  ['before 1 February', 'Yes', 'by 2027-01-31'],
  ['1 September', 'Yes', 'by 2026-09-01'],
  ['1 month before 1 March 2027', 'Yes', 'by 2027-02-01'],
  ['3 months ending 31 March 2027', 'Yes', 'by 2026-12-31'],
  ['30 days prior to 1 March', 'Yes', 'by 2027-01-30'],
])('a notice of "%s" is the day by which it is due', async (cell, renews, noticeText) => {
  const { drafts } = await reading(
    'notice-day.csv',
    `Ref,Title,End,Notice period,Auto renew\nA,A,2027-05-31,${quoted(cell)},${renews}\n`,
  )
  expect(only(drafts)).toMatchObject({ noticePeriod: null, noticeText })
})

test.each([
  ['Auto-renews unless cancelled', true],
  ['Renews annually until terminated', true],
  ['Rolls over if not cancelled in writing', true],
  ['Renewal cancelled', null],
  ['does not renew unless agreed', false],
  ['auto renewal no longer, unless agreed', null],
])('a renewal of "%s": what would stop it denies nothing', (text, renews) => {
  expect(yesOrNo(text)).toBe(renews)
})

test.each(['by 1 June each year', '31 May', 'by 30 June'])(
  'a notice "%s" that falls with the end, or right behind the one before, is asked about',
  async (cell) => {
    const { problems } = await reading(
      'notice-day.csv',
      `Ref,Title,End,Notice period,Auto renew\nA,A,2027-05-31,${cell},Yes\n`,
    )
    expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'notice' } }])
  },
)

test('a day for notice in the column of its length is told and asked by that column', async () => {
  const { problems } = await reading(
    'notice-day.csv',
    'Ref,Title,End,Notice period\nA,A,2027-05-31,by 1 Feb 2027\n',
  )
  expect(problems).toMatchObject([{ field: 'Notice period', severity: 'question' }])
})

describe('a length and a day in the cell of a notice', () => {
  const noticed = (cell: string) =>
    reading(
      'notice.csv',
      `Ref,Title,Start,End,Notice period,Auto renew\nA,A,13/04/2025,31/05/2027,${quoted(cell)},Yes\n`,
    )

  test.each([
    // Before its own end, or the day after it, the length says the same.
    ['3 months before 31 May 2027', { amount: 3, unit: 'months' }],
    ['90 days prior to 31/05/2027', { amount: 90, unit: 'days' }],
    ['6 months, not before 1 April 2026', { amount: 6, unit: 'months' }],
    ['6 months (before 30 November 2026)', { amount: 6, unit: 'months' }],
    ['3 months before 1 June each year', { amount: 3, unit: 'months' }],
    ['at any time after 1 April 2026 on 3 months notice', { amount: 3, unit: 'months' }],
  ])('"%s" is a length, and nothing is asked', async (cell, noticePeriod) => {
    const { drafts, problems } = await noticed(cell)
    expect(only(drafts)).toMatchObject({ noticePeriod, noticeText: cell })
    expect(problems).toEqual([])
  })

  test.each([
    ['12 months from 1 April 2026', ['12-months', 'by-2027-03-31', 'by-2026-04-01']],
    ['12 months from 01/04/2026', ['12-months', 'by-2027-03-31', 'by-2026-04-01']],
    ['6 months after 30 June 2026', ['6-months', 'by-2026-12-31', 'by-2026-06-30']],
    ['30 days before 1 June 2028', ['30-days']],
    ['6 months (before 31 January 2027)', ['6-months', 'by-2027-01-31']],
  ])(
    '"%s" may mean another day: it is asked, and the length counts meanwhile',
    async (cell, ids) => {
      const { drafts, problems } = await noticed(cell)
      expect(only(drafts).noticePeriod).not.toBeNull()
      expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'notice' } }])
      expect(problems[0]?.ask?.choices.map(({ id }) => id)).toEqual([...ids, 'none', 'not-known'])
    },
  )
})

test.each([
  'Vacant',
  'post vacant',
  'TBC',
  'To be appointed',
  'Bo Lee (left)',
  'various',
  '??',
  'X',
])('an owner "%s" is nobody', async (owner) => {
  const { draft } = await row('Contract owner', owner)
  expect(draft.owner).toBeNull()
})

describe('links to documents', () => {
  const A = 'https://trust.sharepoint.com/sites/c/Signed%20contract.pdf'
  const B = 'http://intranet/notice?id=1&lang=en'
  test.each([
    ['Documents', A, [['Signed contract.pdf', A]]],
    [
      'Contract documents',
      `Signed: ${A}\nNotice: ${B}`,
      [
        ['Signed', A],
        ['Notice', B],
      ],
    ],
    [
      'Link',
      `${A}; ${B}`,
      [
        ['Signed contract.pdf', A],
        ['notice', B],
      ],
    ],
    [
      'URL',
      `${A}, ${B}`,
      [
        ['Signed contract.pdf', A],
        ['notice', B],
      ],
    ],
    [
      'Links',
      `${A} ${B}`,
      [
        ['Signed contract.pdf', A],
        ['notice', B],
      ],
    ],
    [
      'Documents',
      `1) ${A} and ${B} / https://example.org/annex.pdf`,
      [
        ['Signed contract.pdf', A],
        ['notice', B],
        ['annex.pdf', 'https://example.org/annex.pdf'],
      ],
    ],
    ['Document link', `[The contract](${A})`, [['The contract', A]]],
    ['Document link', `<a href="${A}">The contract</a>`, [['The contract', A]]],
    ['Hyperlink', `<${A}|The contract>`, [['The contract', A]]],
    ['Hyperlink', `The contract (${A}).`, [['The contract', A]]],
    ['Document URL', `${A} (signed)`, [['signed', A]]],
    ['Documents', `${A}\n${A}`, [['Signed contract.pdf', A]]],
    ['Documents', `Notice: ${B.replace('&', '&amp;')}`, [['Notice', B]]],
    ['Copy of signed contract (SharePoint)', A, [['Signed contract.pdf', A]]],
    ['Attachments', A, [['Signed contract.pdf', A]]],
    ['Documents', 'HTTPS://Example.org', [['example.org', 'https://example.org/']]],
  ] as const)('"%s" of %j', async (heading, cell, expected) => {
    const { draft, problems } = await row(heading, cell)
    expect(draft.documents?.map(({ title, url }) => [title, url])).toEqual(expected)
    expect(problems).toEqual([])
  })

  test.each([
    ['ftp://files/contract.pdf', 'warning'],
    ['javascript:alert(1)', 'warning'],
    ['data:text/html,<b>x</b>', 'warning'],
    ['file:///c:/contract.docx', 'warning'],
    ['\\\\server\\share\\contract.docx', 'warning'],
    ['www.example.org/contract', 'warning'],
    ['https://user:secret@example.org/x', 'warning'],
    ['https://', 'warning'],
    ['signed contract.pdf', 'warning'],
    ['in the filing cabinet', 'note'],
  ])('what is no web address is named, not taken: %s', async (cell, severity) => {
    const { draft, problems } = await row('Documents', `${cell}\nSigned: ${A}`)
    expect(draft.documents).toEqual([{ title: 'Signed', url: A }])
    expect(problems).toMatchObject([
      { severity, problem: expect.stringContaining('not taken as a link: "') },
    ])
    expect(JSON.stringify(draft.documents)).not.toContain('secret')
  })

  test.each([
    ['Attachments', 'yes'],
    ['Signed copy held?', 'in the safe'],
    ['File reference', 'F/17'],
  ])('a column %s of words is no column of links', async (heading, cell) => {
    const { draft, problems } = await row(heading, cell)
    expect([draft.documents, problems]).toEqual([undefined, []])
  })

  test('more than twenty are named; N/A says nothing', async () => {
    const many = Array.from({ length: 22 }, (_, at) => `https://example.org/${at}`).join('\n')
    const { draft, problems } = await row('Documents', many)
    expect(draft.documents?.length).toBe(20)
    expect(problems[0]?.problem).toContain('https://example.org/21')
    const none = await row('Documents', 'N/A')
    expect([none.draft.documents, none.problems]).toEqual([undefined, []])
  })

  test('what would end a link in a message is escaped', () => {
    expect(webAddress("https://a.example/it's|b")).toBe('https://a.example/it%27s%7Cb')
  })

  test('what was read is written and read back as it was, whatever it is called', () => {
    const address = fc.webUrl({ withQueryParameters: true, withFragments: true })
    const title = fc.string({ unit: 'binary', maxLength: 200 })
    holds([fc.array(fc.tuple(title, address), { maxLength: 8 })], 500, (pairs) => {
      const { documents } = readLinks(pairs.map(([words, url]) => `${words}: ${url}`).join('\n'))
      expect(readLinks(linksText(documents)).documents).toEqual(documents)
      expect(readLinks(linksText(documents, '\n')).documents).toEqual(documents)
      expect(documentsOf(documentsText(documents))).toEqual(documents)
      for (const { url } of documents) expect(webAddress(url)).toBe(url)
    })
  })
})

describe('an end that goes on from term to term is rolling, renews by itself, and keeps its terms', () => {
  const rolling = async (
    end: string,
    start = '2024-04-01',
    more = 'Notice period',
    cell = '3 months',
  ) => {
    const { drafts, problems } = await reading(
      'rolling.csv',
      `Ref,Title,Start,End,${more}\nA,A,${start},${quoted(end)},${quoted(cell)}\nB,B,2024-04-01,2027-03-31,${quoted(cell)}\n`,
    )
    const own = problems.filter(({ at }) => at === '2')
    return { draft: drafts[0], problems: own }
  }

  test.each([
    ['Rolling 12 months', 12, 'months'],
    ['month to month', 1, 'months'],
    ['Rolls annually', 12, 'months'],
    ['Year-to-year', 12, 'months'],
    ['Rolling quarterly', 3, 'months'],
    ['rolling six months', 6, 'months'],
    ['Auto-renews every 2 years', 2, 'years'],
    ['Week to week', 1, 'weeks'],
  ])('%s', async (end, amount, unit) => {
    const { draft, problems } = await rolling(end)
    expect(draft).toMatchObject({
      end: { kind: 'rolling' },
      automaticRenewal: true,
      renewalTerm: { amount, unit },
      noticePeriod: { amount: 3, unit: 'months' },
      start: '2024-04-01',
    })
    expect(problems).toEqual([])
  })

  test.each(['Ongoing', 'In perpetuity', '2099-12-31', 'Until further notice', 'No end date'])(
    '%s runs until somebody ends it, and renews nothing',
    async (end) => {
      const { draft } = await rolling(end)
      expect(draft).toMatchObject({ end: { kind: 'rolling' }, automaticRenewal: null })
    },
  )

  test.each([
    ["Rolling 12 months, 3 months' notice", 12, 3, 'months'],
    ['Month to month (30 days notice)', 1, 30, 'days'],
    ['Rolls yearly - notice of 90 days', 12, 90, 'days'],
    ['Rolling annual with six weeks written notice', 12, 6, 'weeks'],
  ])('%s says its notice as well', async (end, term, amount, unit) => {
    const { draft } = await rolling(end, '2024-04-01', 'Remarks', '')
    expect(draft).toMatchObject({
      renewalTerm: { amount: term, unit: 'months' },
      noticePeriod: { amount, unit },
    })
  })

  test.each([
    ['Rolling annually from 1 April 2020', 'Remarks', '', '2020-04-01'],
    ['Rolls each 1 October', 'Remarks', '', '2026-10-01'],
    ['Rolling yearly, ends every 30 September', 'Remarks', '', '2026-10-01'],
    ['Rolling yearly', 'Renewal date', '2027-06-01', '2026-06-01'],
    ['Rolling 12 months', 'Contract anniversary', '2027-02-01', '2026-02-01'],
  ])('%s with %s "%s" is counted from %s', async (end, heading, cell, from) => {
    const { drafts, problems } = await reading(
      'anchor.csv',
      `Ref,Title,Start,End,Notice,${heading}\nA,A,,${quoted(end)},3 months,${cell}\nB,B,,2027-03-31,,${cell}\n`,
    )
    expect(drafts[0]).toMatchObject({ end: { kind: 'rolling' }, rollsFrom: from })
    expect(problems.filter(({ ask }) => ask !== undefined)).toEqual([])
  })

  test.each(['rolling', 'Rolls on', 'Evergreen'])(
    '%s says no length of its terms: a year is assumed, and it is asked about',
    async (end) => {
      const { draft, problems } = await rolling(end)
      expect(draft).toMatchObject({ automaticRenewal: true, renewalTerm: null })
      expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'rolls' } }])
      const choices = problems[0]?.ask?.choices ?? []
      expect(choices.map(({ id }) => id)).toEqual(['12-months', '1-month', 'any-time'])
    },
  )

  test.each(['Rolling 12 months', 'Annual rolling', 'month by month'])(
    '%s without a start is one question',
    async (end) => {
      const { draft, problems } = await rolling(end, '')
      expect(draft).toMatchObject({ end: { kind: 'rolling' }, start: null })
      expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'rolls' } }])
      const choices = problems[0]?.ask?.choices ?? []
      expect(choices.map(({ id }) => id)).toEqual(['1-april', '1-january', 'any-time'])
      expect(choices[0]?.says).toEqual({ rollsFrom: '2025-04-01' })
    },
  )
})

describe('an end in which no day can be read keeps its row, undated and asked about', () => {
  test.each([
    'see contract',
    'as per contract',
    'per SLA',
    'refer to legal',
    'TBC by procurement',
    '31/02/2027',
    'soon',
    'annually',
    'on completion of works',
    'financial quarter',
    '£5',
  ])('"%s"', async (cell) => {
    const { drafts, problems } = await reading(
      'unread.csv',
      `Ref,Title,End\nA,A,${quoted(cell)}\nB,B,31/03/2027\n`,
    )
    expect(drafts.map(({ reference, end }) => `${reference} ${end.kind}`)).toEqual([
      'A undated',
      'B dated',
    ])
    const [asked, ...more] = problems
    expect(more).toEqual([])
    expect(asked).toMatchObject({ at: '2', field: 'End', severity: 'question', value: cell })
    expect(asked?.ask?.text).toContain(`“${cell}”`)
    expect(asked?.ask?.choices.map(({ id }) => id)).toEqual(['rolling', 'not-known'])
  })

  test.each([
    ['2025-03-31', '2026-04-01'],
    ['31 Dec 2019', '1 Jan 2025'],
  ])('one of %s before its start of %s is not taken for over', async (end, start) => {
    const { drafts, problems } = await reading(
      'before.csv',
      `Ref,Title,Start,End\nA,A,${start},${end}\n`,
    )
    expect(only(drafts)).toMatchObject({ end: { kind: 'undated' }, closed: false })
    expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'end' } }])
    expect(problems[0]?.ask?.choices.map(({ id }) => id)).toEqual(['start', 'not-known'])
  })

  test('a row is dropped only where nothing names it, or its days do not stand in their columns', async () => {
    const { drafts, problems } = await reading(
      'many.csv',
      'Ref,Title,Start,End,Value,Owner\nA,Taxis,2024-04-01,2027-03-31,250,000,Ann\nB,Gas, oil,2024-04-01,2027-03-31,250,Ann\n,,2024-04-01,2027-03-31,1,\n',
    )
    expect(only(drafts)).toMatchObject({
      reference: 'A',
      end: { latest: '2027-03-31' },
      value: null,
      owner: null,
    })
    expect(problems.map(({ at, severity }) => `${at} ${severity}`)).toEqual([
      '2 warning',
      '3 error',
      '4 error',
    ])
  })
})

test.each([
  ['46477', '2027-03-31'],
  ['46113', '2026-04-01'],
])(
  'a bare number %s in the place of an end warns on its day, and is asked about',
  async (cell, day) => {
    const { drafts, problems } = await readingOf(
      'number.csv',
      `Ref,Title,End\nA,A,${cell}\nB,B,31/03/2028\n`,
      { today: asCivilDate('2026-01-05') },
    )
    expect(drafts[0]?.end).toMatchObject({ latest: day })
    expect(problems).toMatchObject([{ at: '2', severity: 'question', ask: { about: 'end' } }])
    expect(problems[0]?.ask?.choices.map(({ id }) => id)).toEqual(['yes', 'no'])
  },
)

describe('of renewal the register’s own words stand in the question', () => {
  test.each(['?', 'Possibly', 'TBC', 'check with legal'])('"%s"', async (cell) => {
    const { drafts, problems } = await reading(
      'renews.csv',
      `Ref,Title,End,Notice period,Auto renew\nA,A,2027-05-31,3 months,${quoted(cell)}\nB,B,2027-05-31,,${quoted(cell)}\nC,C,2027-05-31,3 months,\n`,
    )
    expect(drafts.map(({ automaticRenewal }) => automaticRenewal)).toEqual([null, null, null])
    const asks = problems.map(({ severity, ask }) => `${severity} ${ask?.about}`)
    expect(asks).toEqual(['question renewal', 'question renewal', 'question renewal'])
    const [both, alone, notice] = problems.map(({ ask }) => ask)
    expect(both?.text).toContain(`“${cell}”`)
    expect(both?.text).toContain('“3 months”')
    expect(alone?.text).toContain(`“${cell}”`)
    expect(notice?.text).not.toContain(`“${cell}”`)
    expect(alone?.wording).toBe(both?.wording)
    expect(notice?.wording).not.toBe(both?.wording)
  })
})

describe('the last day to exercise an option is kept', () => {
  test.each([
    ['12 months, exercise by 30/09/2026', '2028-03-31', '2026-09-30'],
    ['1 year (to be exercised by 31 Dec 2026)', '2028-03-31', '2026-12-31'],
    ['2 x 12 months - notify by 1 October 2026', '2029-03-31', '2026-10-01'],
    ['To 31/03/2029, decision by 30/11/2026', '2029-03-31', '2026-11-30'],
  ])('%s', async (cell, maximumEnd, optionBy) => {
    const { draft } = await row('Extension option', cell)
    expect(draft).toMatchObject({ maximumEnd, optionBy, end: { latest: '2027-03-31' } })
  })

  test.each(['Option to be exercised by', 'Option exercise deadline', 'Exercise extension before'])(
    'in a column "%s" of its own',
    async (heading) => {
      const { draft } = await row(heading, '2026-12-15')
      expect(draft).toMatchObject({ optionBy: '2026-12-15', end: { latest: '2027-03-31' } })
    },
  )
})

describe('of two columns of one length', () => {
  const read = (headings: string, cells: string) =>
    reading(
      'lengths.csv',
      `Ref,Title,Start,${headings}\nA,A,2025-04-01,${cells}\nB,B,2025-04-01,${cells}\n`,
    )

  test.each([
    ['Term', 'Duration', '3 years,24 months', '2027-03-31'],
    ['Contract length (months)', 'Agreement term', '24,36 months', '2027-03-31'],
  ])('"%s" and "%s" that differ the shorter counts, and it is asked', async (a, b, cells, end) => {
    const { drafts, problems } = await read(`${a},${b}`, cells)
    expect(drafts[0]?.end).toMatchObject({ latest: end })
    expect(problems[0]).toMatchObject({ severity: 'question', ask: { about: 'term' } })
  })

  test.each([
    ['Term', 'Duration', ',2 years'],
    ['Contract term', 'Length', 'n/a,24 months'],
    ['Term', 'Duration', 'standard terms,24 months'],
    ['Term', 'Duration', '2 years,24 months'],
  ])('"%s" and "%s" of %s the one that says it counts', async (a, b, cells) => {
    const { drafts, problems } = await read(`${a},${b}`, cells)
    expect(drafts[0]?.end).toMatchObject({ latest: '2027-03-31' })
    expect(problems).toEqual([])
  })

  test.each([
    ['Notice period', 'Termination notice', '3 months,6 months', 6, 'months'],
    ['Notice (days)', 'Notice required', '120,3 months', 120, 'days'],
  ])(
    '"%s" and "%s" that differ the longer counts, and it is asked',
    async (a, b, cells, amount, unit) => {
      const { drafts, problems } = await reading(
        'notices.csv',
        `Ref,Title,End,Auto renew,${a},${b}\nA,A,2027-05-31,Yes,${cells}\nB,B,2027-05-31,Yes,${cells}\n`,
      )
      expect(drafts[0]?.noticePeriod).toEqual({ amount, unit })
      expect(problems[0]).toMatchObject({ severity: 'question', ask: { about: 'notice' } })
    },
  )
})

test.each([
  ['Give notice by', '3 months', 3, 'months'],
  ['Notice deadline', '90 days prior', 90, 'days'],
  ['Cancel by', 'six weeks', 6, 'weeks'],
])('"%s" that holds "%s" is a length', async (heading, cell, amount, unit) => {
  const { drafts, problems } = await reading(
    'by.csv',
    `Ref,Title,End,Auto renew,${heading}\nA,A,2027-05-31,Yes,${cell}\n`,
  )
  expect(only(drafts).noticePeriod).toEqual({ amount, unit })
  expect(problems).toEqual([])
})

test.each([
  ['Total', '£10k pa', '10000.00'],
  ['Contract value', '£9,500 per annum', '9500.00'],
  ['Total contract value', '12000 a year + VAT', '12000.00'],
])('%s: "%s" is a year’s charge, and keeps its words', async (heading, cell, value) => {
  const { draft } = await row(heading, cell)
  expect(draft).toMatchObject({ value, valueBasis: 'annual', valueText: cell })
})

test.each([
  ['Auto?', 'Y', true],
  ['Auto renew?', 'No', false],
  ['Automatic', 'yes', true],
  ['Renews?', 'N', false],
  ['Renewal', 'Yes', true],
])('"%s" with yes and no below it is automatic renewal', async (heading, cell, renews) => {
  const { drafts } = await reading(
    'auto.csv',
    `Ref,Title,End,${heading}\nA,A,2027-05-31,${cell}\nB,B,2027-05-31,${cell}\n`,
  )
  expect(drafts[0]).toMatchObject({ automaticRenewal: renews, end: { latest: '2027-05-31' } })
})

test('"Auto" above makes of cars is no renewal', async () => {
  const { register } = await reading(
    'cars.csv',
    'Ref,Title,End,Auto\nA,A,2027-05-31,Ford\nB,B,2027-05-31,Skoda\n',
  )
  expect(register.mapping.map(({ field }) => field)).not.toContain('automaticRenewal')
})

test('two columns of one name are told apart by their letters', async () => {
  const { problems } = await reading(
    'twins.csv',
    'Ref,Title,End date,Supplier,End date\nA,A,2027-05-31,S,2028-05-31\n',
  )
  const choices = problems[0]?.ask?.choices.map(({ text }) => text) ?? []
  expect(choices.slice(0, 2)).toEqual(['“End date, column C”', '“End date, column E”'])
})

test.each(['Y/N', 'yes or no', 'No / Yes', 'no (yes from 2028)'])(
  'whether it renews by itself is asked about where the cell says both: %s',
  (said) => {
    expect(yesOrNo(said)).toBeNull()
  },
)

test('a plain yes or no is read alike wherever one is asked for', async () => {
  const plain = { yes: true, Y: true, 'TRUE.': true, '1': true, '✓': true, '✔': true, X: true }
  const denied = { no: false, 'N.': false, False: false, '0': false, '✗': false, '✘': false }
  for (const [said, answer] of Object.entries({ ...plain, ...denied })) {
    expect([plainAnswer(said), yesOrNo(said)], said).toEqual([answer, answer])
    expect(assessmentSaid(said), said).toBe(answer ? 'made' : 'none')
    expect((await row('Shared with third parties', said)).draft.sharesData, said).toBe(answer)
  }
  for (const said of ['', 'not sure', 'no idea', 'none', 'Y/N', 'yes, from 2028', 'perhaps']) {
    expect(plainAnswer(said), said).toBeNull()
  }
})

test.each([
  ['Yes, no notice needed', true],
  ['No auto renewal', false],
  ['y', true],
  ['Not rolling', false],
])('%s is one answer', (said, answer) => {
  expect(yesOrNo(said)).toBe(answer)
})

describe('what became of an option', () => {
  /** Awarded to 31 March 2027; extended to a day, and as far as any option reaches. */
  const TABLE: readonly (readonly [string, string | null, string | null, readonly string[]])[] = [
    ['1+1 years, second not taken up', '2028-03-31', null, ['option']],
    ['2 x 12 months (second declined)', '2028-03-31', null, []],
    ['Declined', null, null, []],
    ['Not exercised', null, null, []],
    ['12 months - lapsed', null, null, []],
    ['12 months, not taken up', null, null, ['option']],
    ['24 months; not exercised', null, null, ['option']],
    ['12 months (withdrawn by supplier)', null, null, []],
    ['Option refused by Board', null, null, []],
    ['No further extensions available', null, null, []],
    ['12 months will not be exercised', null, null, []],
    ['1+1 years, no further extensions', '2029-03-31', null, []],
    ['2 years, no further extension available', '2029-03-31', null, []],
    ['12 months, notice not required', '2028-03-31', null, []],
    ['12 months, not agreed', null, null, ['option']],
    ['1 year no longer available', null, null, []],
    ['2 x 12 months, neither taken', null, null, ['option']],
    ['12+12, last one declined', '2028-03-31', null, []],
    ['1 year waived', null, null, []],
    ['exercised to 31/03/2028', '2028-03-31', '2028-03-31', ['extension']],
    ['Taken up to 31 March 2028', '2028-03-31', '2028-03-31', ['extension']],
    ['extended until 30/09/2027', '2027-09-30', '2027-09-30', ['extension']],
    ['extended to 31 May 2028', '2028-05-31', '2028-05-31', ['extension']],
    ['Extension agreed to 31-Mar-2028', '2028-03-31', '2028-03-31', ['extension']],
    ['Invoked, runs to 31/03/2028', '2028-03-31', '2028-03-31', ['extension']],
    ['12 months exercised', '2028-03-31', '2028-03-31', ['extension']],
    ['12 months, exercised 01/10/2026', '2028-03-31', '2028-03-31', ['extension']],
    ['2 x 12 months, first exercised', '2029-03-31', '2028-03-31', ['extension']],
    [
      'first 12 months taken up, second 12 months available',
      '2029-03-31',
      '2028-03-31',
      ['extension'],
    ],
    [
      '2 x 1 year: first exercised to 31/03/2028, second not taken up',
      '2028-03-31',
      '2028-03-31',
      ['option', 'extension'],
    ],
    ['2 x 12 months (1 of 2 exercised)', '2029-03-31', '2028-03-31', ['extension']],
    ['Both extensions exercised, 2 x 12 months', '2029-03-31', '2029-03-31', ['extension']],
    ['12 months exercised; 12 months remaining', '2029-03-31', '2028-03-31', ['extension']],
    // The end counts it already.
    ['exercised to 31/03/2027', null, null, []],
    // Still there.
    ['12 months, not yet exercised', '2028-03-31', null, []],
    ['yet to be taken up: 12 months', '2028-03-31', null, []],
    ['May be extended to 31/03/2029', '2029-03-31', null, []],
    ['can be extended by a further 24 months', '2029-03-31', null, []],
    ['12 months if agreed by both parties', '2028-03-31', null, []],
    ['unexercised: 12 months', '2028-03-31', null, []],
    ['12 months, may not be declined by supplier unless agreed', '2028-03-31', null, []],
    ['2 x 12 months available', '2029-03-31', null, []],
  ]

  test.each(TABLE)(
    'an option of "%s" is what became of it',
    async (cell, maximumEnd, to, asked) => {
      const { draft, problems } = await row('Extension option', cell)
      expect(draft.end).toMatchObject({ latest: '2027-03-31' })
      expect(draft.maximumEnd).toBe(maximumEnd)
      expect(draft.optionBy).toBeUndefined()
      expect(draft.extensions.map((each) => [each.to, each.status])).toEqual(
        to === null ? [] : [[to, 'proposed']],
      )
      expect(problems.flatMap(({ ask }) => ask?.about ?? [])).toEqual(asked)
      // Nothing of it goes without a word.
      if (maximumEnd === null) expect(problems).not.toEqual([])
    },
  )

  test('one that was taken: signed moves the end, counted already leaves it, not signed is an option', async () => {
    const { problems } = await row('Extension option', '2 x 12 months, first exercised')
    const says = Object.fromEntries(
      problems[0]?.ask?.choices.map(({ id, says }) => [id, says]) ?? [],
    )
    expect(says.signed?.extensions).toMatchObject([{ to: '2028-03-31', status: 'confirmed' }])
    expect(says.counted).toMatchObject({ extensions: [], maximumEnd: '2028-03-31' })
    expect(says.possible).toEqual({ extensions: [] })
  })

  test('one that was only not taken may still be: the answer has it again', async () => {
    const { problems } = await row('Extension option', '12+12, second not taken up')
    const open = problems[0]?.ask?.choices.find(({ id }) => id === 'open')
    expect(open?.says).toMatchObject({ maximumEnd: '2029-03-31' })
  })

  test('of an end that has passed the day to which it was extended counts: a contract that runs is not over', async () => {
    const { drafts } = await reading(
      'past.csv',
      'Ref,Title,Start,End,Extension option\nA,A,2023-04-01,2026-03-31,exercised to 31/03/2027\nB,B,2023-04-01,,extended to 31/03/2027\n',
    )
    expect(
      drafts.map(({ extensions }) => extensions.map(({ status, to }) => [status, to])),
    ).toEqual([[['confirmed', '2027-03-31']], [['confirmed', '2027-03-31']]])
  })

  test.each([
    ['2 years + 1 year (exercised)', '2028-03-31', '2028-03-31'],
    ['2 years + 1 year (declined)', null, null],
    ['2+1+1 years, first exercised', '2029-03-31', '2028-03-31'],
    ['2 years (extended to 31/03/2028)', '2028-03-31', '2028-03-31'],
    ['24 months, option of 12 months not taken up', null, null],
  ])('a duration of "%s" ends on its day', async (cell, maximumEnd, to) => {
    const { drafts } = await reading(
      'term.csv',
      `Ref,Title,Start,Duration\nA,A,2025-04-01,${quoted(cell)}\n`,
    )
    const { end, extensions, ...read } = only(drafts)
    expect(end).toMatchObject({ latest: '2027-03-31' })
    expect(read.maximumEnd).toBe(maximumEnd)
    expect(extensions.map((each) => each.to)).toEqual(to === null ? [] : [to])
  })

  test.each([
    ['Duration', '2+1 years', 'Extension option', 'Declined', null],
    ['Duration', '2+1 years', 'Extension option', 'Lapsed', null],
    ['Maximum end date', '31/03/2029 (not extended)', 'Remarks', 'x', null],
    ['Maximum end date', '31/03/2029 - option lapsed', 'Remarks', 'x', null],
  ])('%s "%s" with %s "%s" has no option', async (a, first, b, second, maximumEnd) => {
    const { drafts, problems } = await reading(
      'two.csv',
      `Ref,Title,Start,End,${a},${b}\nA,A,2025-04-01,2027-03-31,${quoted(first)},${quoted(second)}\nB,B,13/04/2025,14/03/2027,,\n`,
    )
    expect(drafts[0]?.maximumEnd).toBe(maximumEnd)
    expect(problems).not.toEqual([])
  })
})

describe('a day from which on it goes from term to term is its end, and its terms are kept', () => {
  const months = (amount: number) => ({ amount, unit: 'months' })
  const read = async (end: string, start = '2024-04-01') => {
    const { drafts, problems } = await reading(
      'rolls.csv',
      `Ref,Title,Start,End,Notice period\nA,A,${start},${quoted(end)},3 months\nB,B,13/04/2024,14/03/2027,3 months\n`,
    )
    return { draft: drafts[0], problems: problems.filter(({ at }) => at === '2') }
  }

  test.each([
    ['From 1 Jan 2028 rolls quarterly', '2027-12-31', months(3)],
    ['Rolls monthly from 1 April 2027', '2027-03-31', months(1)],
    ['Rolling annually after 31/03/2027', '2027-03-31', months(12)],
    ['31/12/2027 then rolling quarterly', '2027-12-31', months(3)],
    ['31 March 2027, then month to month', '2027-03-31', months(1)],
    ['Until 30/09/2027 and rolling 6 months thereafter', '2027-09-30', months(6)],
    ['31/03/2027 (auto-renews annually)', '2027-03-31', months(12)],
    ['Ends 31/03/2027, auto renews for 2 years', '2027-03-31', { amount: 2, unit: 'years' }],
    ['31/03/2027 then 12 month rolling', '2027-03-31', months(12)],
    ['quarterly rolling from 1st January 2028', '2027-12-31', months(3)],
    ['From 01/01/2028 rolls on a monthly basis', '2027-12-31', months(1)],
    ['commencing 1 April 2027 rolls yearly', '2027-03-31', months(12)],
    ['evergreen from 1 July 2027', '2027-06-30', null],
    ['31/03/2027 rolling', '2027-03-31', null],
    ['31.03.27 then monthly', '2027-03-31', months(1)],
    ['31/03/2027, thereafter on a quarterly basis', '2027-03-31', months(3)],
    ['31/03/2027 then annually', '2027-03-31', months(12)],
  ])('%s is an end from which on it renews term by term', async (end, latest, renewalTerm) => {
    const { draft, problems } = await read(end)
    expect(draft).toMatchObject({
      end: { kind: 'dated', earliest: latest, latest },
      automaticRenewal: true,
      renewalTerm,
      noticePeriod: months(3),
    })
    const asked = problems.flatMap(({ ask }) => ask?.about ?? [])
    expect(asked).toEqual(renewalTerm === null ? ['rolls'] : [])
  })

  test.each([
    ['31/03/2027 + 1 + 1', ['2028-03-31', '2029-03-31']],
    ['31/03/2027 (+12m)', ['2028-03-31']],
    ['31/03/2027 plus 2 x 1 year', ['2028-03-31', '2029-03-31']],
    ['31/03/2027 with option to extend 24 months', ['2029-03-31']],
    ['31/03/2027, extendable by 2 years', ['2029-03-31']],
    // Neither an option, or none that is open: the rest is told as left out.
    ['31/03/2027 + 3 months notice', null],
    ['31/03/2027 + 12 months extension (used)', null],
    ['31/03/2027 plus 1 if agreed', null],
    ['31/03/2027 (inc. ext)', null],
  ])('%s: what stands behind the end is its options, or is told', async (end, options) => {
    const { draft, problems } = await read(end)
    expect(draft?.end).toMatchObject({ kind: 'dated', latest: '2027-03-31' })
    expect(draft?.maximumEnd).toBe(options?.at(-1) ?? null)
    if (options !== null && options.length > 1) expect(draft?.optionEnds).toEqual(options)
    const isTold = problems.some(({ problem }) => problem.endsWith('is left out'))
    expect(isTold).toBe(options === null)
  })

  test.each<[string, string, boolean | null, string | null]>([
    ['Auto unless cancelled by 31 Oct', '', true, 'by 2026-10-31'],
    ['Yes - unless terminated by 31/10/2026', '', true, 'by 2026-10-31'],
    ['Yes unless cancelled by 31 Oct', '60 days', true, null],
    ['Yes but opted out 02/11/2026', '', null, null],
    ['Yes (notice served 1 May 2026)', '', null, null],
    ['Yes / subject to agreement', '', null, null],
    ['Yes / TBC', '', null, null],
    ['Ydy / Yes', '', true, null],
    ['Yes unless notice is given', '', true, null],
  ])(
    'a renewal column that says "%s", with a notice of "%s"',
    async (renews, notice, yes, text) => {
      const { drafts, problems } = await reading(
        'renews.csv',
        `Ref,Title,Start,End,Auto-renews?,Cancellation window\nA,A,2024-04-01,2027-01-31,${renews},${notice}\nB,B,13/04/2024,14/03/2027,No,\n`,
      )
      expect(drafts[0]).toMatchObject({ automaticRenewal: yes })
      expect(drafts[0]?.noticeText ?? null).toBe(text)
      expect(drafts[0]?.noticePeriod ?? null).toEqual(
        notice === '' ? null : { amount: 60, unit: 'days' },
      )
      expect(problems.some(({ ask }) => ask?.about === 'renewal')).toBe(yes === null)
    },
  )

  test('below "Renewal" they are how it renews, and asked where they may be another', async () => {
    const { drafts, problems } = await reading(
      'rolls.csv',
      `Ref,Title,Start,End,Renewal
A,A,2024-04-01,2027-03-31,Rolls monthly after the initial term
B,B,13/04/2024,14/03/2027,Month to month after initial term
C,C,13/04/2024,14/03/2027,
`,
    )
    expect(drafts.map(({ automaticRenewal }) => automaticRenewal)).toEqual([true, null, null])
    expect(problems.filter(({ ask }) => ask !== undefined).map(({ at }) => at)).toEqual(['3'])
  })

  test.each([
    '31/03/2027 - renewable by agreement',
    '31/03/2027, no auto-renewal',
    '31/03/2027 (not rolling)',
    '31/03/2027, may be renewed annually',
  ])('%s renews nothing by itself', async (end) => {
    const { draft } = await read(end)
    expect(draft).toMatchObject({ end: { latest: '2027-03-31' }, automaticRenewal: null })
  })

  test.each([
    ['From 1 Jan 2026 rolls quarterly', '2024-04-01', '2026-01-01'],
    ['Month to month since 01/04/2025', '2024-04-01', '2025-04-01'],
    // It only begins then.
    ['From 1 Jan 2028 rolls quarterly', '2028-01-01', '2028-01-01'],
  ])('%s with a start of %s is rolling from %s', async (end, start, rollsFrom) => {
    const { draft } = await read(end, start)
    expect(draft).toMatchObject({ end: { kind: 'rolling' }, automaticRenewal: true, rollsFrom })
  })

  test('an end beside its beginning is kept: "Rolling from 01/04/2024 until 31/03/2027"', async () => {
    const { draft } = await read('Rolling from 01/04/2024 until 31/03/2027')
    expect(draft).toMatchObject({ end: { latest: '2027-03-31' } })
  })

  test.each([
    ['Yes - annually', months(12), null],
    ['Yes, 2 years', { amount: 2, unit: 'years' }, null],
    ['Yes (rolls quarterly)', months(3), null],
    ["Yes, 90 days' notice", null, { amount: 90, unit: 'days' }],
    ['Y - 12 months, 3 months notice', months(12), months(3)],
    ['Auto-renews monthly', months(1), null],
  ])('an automatic renewal of "%s"', async (cell, renewalTerm, noticePeriod) => {
    const { draft } = await row('Auto renew', cell)
    expect(draft).toMatchObject({ automaticRenewal: true, renewalTerm, noticePeriod })
  })

  test.each([
    ['quarterly', months(3), null],
    ['Annual', months(12), null],
    ['every 6 months', months(6), null],
    ['rolling monthly', months(1), null],
    ['1 year (3 months notice)', { amount: 1, unit: 'years' }, months(3)],
  ])('a renewal term of "%s"', async (cell, renewalTerm, noticePeriod) => {
    const { draft, problems } = await row('Renewal term', cell)
    expect(draft).toMatchObject({ renewalTerm, noticePeriod })
    expect(problems.filter(({ severity }) => severity === 'warning')).toEqual([])
  })

  test('where no end is given the words of its renewal give it', async () => {
    const { drafts } = await reading(
      'renewal.csv',
      'Ref,Title,Start,End,Auto renew\nA,A,2024-04-01,,From 1 Jan 2028 rolls quarterly\nB,B,13/04/2024,14/03/2027,No\n',
    )
    expect(drafts[0]).toMatchObject({
      end: { latest: '2027-12-31' },
      automaticRenewal: true,
      renewalTerm: months(3),
    })
  })
})

describe('a length of time in the place of an end is counted from the start', () => {
  const read = async (end: string, start = '2024-04-01') => {
    const { drafts, problems } = await reading(
      'counted.csv',
      `Ref,Title,Start,End\nA,A,${start},${quoted(end)}\nB,B,13/04/2024,14/03/2027\n`,
    )
    return { draft: drafts[0], problems }
  }

  test.each([
    ['5 years from start', '2024-04-01', '2029-03-31'],
    ['five years from the start date', '2024-04-01', '2029-03-31'],
    ['60 months from commencement', '2024-04-01', '2029-03-31'],
    ['Start date + 3 years', '2024-04-01', '2027-03-31'],
    ['Start plus 36 months', '2024-04-01', '2027-03-31'],
    ['3 years from contract start', '2024-04-01', '2027-03-31'],
    ['3 years from the contract’s start date', '2024-04-01', '2027-03-31'],
    ['36 months after commencement date', '2024-04-01', '2027-04-01'],
    ['eighteen months from start', '2025-10-01', '2027-03-31'],
    ['two and a half years from start'.replace('two and a half', '2½'), '2024-10-01', '2027-03-31'],
    ['156 weeks from start', '2024-04-01', '2027-03-28'],
    ['36 months from 29 February', '2024-02-29', '2027-02-28'],
    ['36 months from 29 Feb', '2024-02-29', '2027-02-28'],
    ['12 months from start', '2024-02-29', '2025-02-28'],
    ['4 years from 1st April', '2024-04-01', '2028-03-31'],
    ['3 years commencing April 1st', '2024-04-01', '2027-03-31'],
    ['3\u00a0years from\u00a0start', '2024-04-01', '2027-03-31'],
    ['３ years from start', '2024-04-01', '2027-03-31'],
  ])('an end of "%s", begun on %s, is counted from it', async (end, start, latest) => {
    const { draft, problems } = await read(end, start)
    expect(draft?.end).toEqual({ kind: 'dated', earliest: latest, latest, precision: 'day' })
    expect(problems).toEqual([])
  })

  test('with its options', async () => {
    const { draft } = await read('3 years from start + 1 year option')
    expect(draft).toMatchObject({ end: { latest: '2027-03-31' }, maximumEnd: '2028-03-31' })
  })

  test.each(['36 months', '3 years', 'three years fixed term'])(
    'a bare length, "%s", too, and it is asked about',
    async (end) => {
      const { draft, problems } = await read(end)
      expect(draft?.end).toMatchObject({ latest: '2027-03-31' })
      expect(problems.map(({ ask }) => ask?.about)).toEqual(['end'])
      expect(problems[0]?.ask?.choices.map(({ id }) => id)).toEqual(['yes', 'no'])
    },
  )

  test.each([
    '5 years from award',
    '36 months from 1 March',
    'up to 5 years from start',
    '2-3 years from start',
    'start of next year',
    '3 years from signature',
    '5 from start',
  ])('%s is none that can be counted: it is asked about', async (end) => {
    const { draft, problems } = await read(end)
    expect(draft?.end.kind).toBe('undated')
    expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'end' } }])
  })

  test('without a start it is asked about', async () => {
    const { draft, problems } = await read('5 years from start', '')
    expect(draft?.end.kind).toBe('undated')
    expect(problems).toMatchObject([{ severity: 'question' }])
  })
})

describe('a column that names product and release together', () => {
  const read = (heading: string, cell: string) =>
    reading(
      'product.csv',
      `Ref,Title,End,${heading}\nA,A,2027-03-31,${quoted(cell)}\nB,B,2027-03-31,${quoted(cell)}\n`,
    )

  test.each([
    'Software/version',
    'Product & version',
    'Application (release)',
    'Software and release',
    'System / Version',
    'App version',
    'Product/Release',
    'Application - Version',
    'OS version',
    'Operating system & version',
    'Database version',
    'Platform (version)',
    'Tool & version',
    'Package version',
    'Solution release',
    'Product name & version',
    'Products and versions',
    'Software (version installed)',
    'Software_version',
    'SOFTWARE RELEASE',
    'Application/Build',
    'Technology & release',
    'Middleware version',
    'Product + release',
    'Applications and releases',
    'Systems (releases)',
    'Version of software',
    'Release of product',
    'Software ver',
    'Firmware version',
  ])('a column "%s" names product and release together', async (heading) => {
    const { drafts } = await read(heading, 'SQL Server 2016')
    expect(drafts[0]?.covers).toMatchObject([{ product: 'SQL Server 2016', release: '' }])
    expect(drafts[0]).toMatchObject({ title: 'A', end: { latest: '2027-03-31' } })
  })

  test('one of releases that name their product in the cell is read too', async () => {
    const { drafts } = await read('Version', 'Windows Server 2016')
    expect(drafts[0]?.covers).toMatchObject([{ product: 'Windows Server 2016' }])
  })

  test.each(['Version', 'Release', 'Version number', 'Installed version'])(
    '"%s" without a product of which it is, is named',
    async (heading) => {
      const { register, drafts } = await read(heading, '11.4')
      expect(drafts[0]?.covers ?? []).toEqual([])
      expect(register.warnings).toMatchObject([{ field: heading, severity: 'warning' }])
      expect(register.warnings?.[0]?.problem).toContain('no column names the product')
    },
  )

  test.each(['Document version', 'Contract version', 'Release notes'])(
    '"%s" is none of a product',
    async (heading) => {
      const { register } = await read(heading, 'v2')
      expect(register.mapping.map(({ field }) => field)).not.toContain('release')
    },
  )

  test('what is covered is read without a release as well', async () => {
    const { drafts } = await read('Covered product', 'Windows Server 2016')
    expect(drafts[0]?.covers).toMatchObject([{ product: 'Windows Server 2016', release: '' }])
  })
})

describe('what a register says of an impact assessment', () => {
  const MADE = 'made, no reference is known'
  test.each([
    ...(
      ['Yes', 'Y', 'Completed', 'Done', 'Approved', 'Signed off', 'In place', 'On file'] as const
    ).map((cell) => [cell, true, MADE] as const),
    ...(['true', 'Complete', 'yes - held by IG', 'Carried out'] as const).map(
      (cell) => [cell, true, MADE] as const,
    ),
    ...(
      [
        ...(['Pending', 'In progress', 'in progress - IG team', 'Draft', 'Under review'] as const),
        ...(['Awaiting sign off', 'Required', 'To be completed', 'Not yet started'] as const),
        ...(['With DPO', 'Submitted', 'Outstanding', 'WIP', 'Started', 'Not completed'] as const),
        ...(['Overdue', 'Yes - in progress', 'To do'] as const),
      ] as const
    ).map((cell) => [cell, true, cell] as const),
    ...(['DPIA-2026-14', 'IG/123', '15/03/2026'] as const).map(
      (cell) => [cell, true, cell] as const,
    ),
    ...(['No', 'N', 'Not required', 'Screened out', 'TBC', 'TBD', '?', 'Unknown'] as const).map(
      (cell) => [cell, undefined, undefined] as const,
    ),
  ])('an assessment of "%s" says how far it is', async (cell, personalData, dpia) => {
    const { draft, problems } = await row('DPIA', cell)
    expect([draft.personalData, draft.dpia]).toEqual([personalData, dpia])
    const isOpen = dpia === cell && !/\d/.test(cell)
    const says = /^(?:TB|\?|Unk)/.test(cell) || isOpen
    expect(problems.map(({ severity }) => severity)).toEqual(says ? ['note'] : [])
  })

  test.each([
    ['Yes', MADE],
    ['In progress', 'In progress'],
    ['No', undefined],
    ['D/7', 'D/7'],
  ])('a reference of "%s"', async (cell, dpia) => {
    const { draft } = await row('DPIA reference', cell)
    expect(draft.dpia).toBe(dpia)
  })

  test('one that is required is not made', async () => {
    const { draft } = await row('DPIA required', 'Yes')
    expect([draft.personalData, draft.dpia]).toEqual([true, undefined])
  })
})

describe('lengths of a notice that are added up', () => {
  test.each([
    ['six months + 1 day', 187, 'days'],
    ['6 months and 1 day', 187, 'days'],
    ['1 year plus 6 months', 552, 'days'],
    ['2 months + 1 month', 3, 'months'],
    ['4 weeks plus 3 days', 31, 'days'],
    // These are alternatives: the longest counts.
    ['between 3 and 6 months', 6, 'months'],
    ['3 months or 90 days', 3, 'months'],
    ['3 months and 6 months', 6, 'months'],
  ])('"%s" is no shorter than it says', async (cell, amount, unit) => {
    const read = await reading(
      'row.csv',
      `Ref,Title,Supplier,Start date,End date,Auto renewal,Notice period\nA1,Taxis,Beck,2024-04-01,2027-03-31,Yes,${quoted(cell)}\n`,
    )
    expect(only(read.drafts)).toMatchObject({ noticePeriod: { amount, unit }, noticeText: cell })
  })
})

describe('words of renewal that are denied', () => {
  test.each([
    'Auto-renew: No',
    'Contract does not auto renew',
    'Notice served, no auto renewal',
    'Automatic renewal disabled',
  ])('"%s" is no yes', (cell) => expect(yesOrNo(cell)).not.toBe(true))

  test.each(['Y?', 'Yes - manual', 'Yes by agreement', 'Yes, unless reviewed', 'No?'])(
    '"%s" is neither yes nor no: it is asked',
    (cell) => expect(yesOrNo(cell)).toBeNull(),
  )

  test.each([
    'Yes',
    'Auto-renews',
    'Yes, unless notice is not given',
    'Automatic, not less than 3 months notice',
    'Rolling',
  ])('"%s" is a yes', (cell) => expect(yesOrNo(cell)).toBe(true))

  test.each(['31/03/2027 - auto-renewal cancelled', '31/03/2027 (auto renewal disabled)'])(
    'an end of "%s" is that day, and rolls on from it by nobody',
    async (cell) => {
      const read = await reading(
        'row.csv',
        `Ref,Title,Supplier,Start date,End date\nA1,Taxis,Beck,2024-04-01,${quoted(cell)}\n`,
      )
      const { end, automaticRenewal } = only(read.drafts)
      expect(end).toMatchObject({ latest: '2027-03-31' })
      expect(automaticRenewal ?? null).not.toBe(true)
    },
  )
})

test('a last possible day stands, whatever it says of further ones', async () => {
  const cell = '31/03/2029 (no further extensions possible)'
  const { draft } = await row('Maximum end', cell)
  expect(draft.maximumEnd).toBe('2029-03-31')
})

test.each([
  ['End date', 'Rolling annual, six months + 1 day notice'],
  ['End date', 'Rolling annual, 6 months and 1 day written notice'],
])('a notice within "%s" that is added up counts with all its days: %s', async (heading, cell) => {
  const read = await reading(
    'row.csv',
    `Ref,Title,Supplier,Start date,${heading}\nA1,Taxis,Beck,2024-04-01,${quoted(cell)}\n`,
  )
  expect(only(read.drafts).noticePeriod).toEqual({ amount: 187, unit: 'days' })
})

describe('the lengths of options are never added up where the words do not say so', () => {
  test.each([
    // A notice is no option.
    ["12 months on 6 months' notice", '2028-03-31', 1, 'renewal'],
    ['12 months (3 months notice)', '2028-03-31', 1, 'renewal'],
    ['1 year + 1 year, 90 days notice', '2029-03-31', 2, 'renewal'],
    ['12 months + 3 months notice', '2028-03-31', 1, 'renewal'],
    ['12 months exercisable no later than 6 months before expiry', '2028-03-31', 1, 'renewal'],
    ['notice of 3 months to extend by 12 months', '2028-03-31', 1, 'renewal'],
    // Alternatives: the shortest, until somebody says which.
    ['12 months or 24 months', '2028-03-31', 1, 'option'],
    ['12/24 months', '2028-03-31', 1, 'option'],
    ['12 months/24 months', '2028-03-31', 1, 'option'],
    ['12/24/36 months', '2028-03-31', 1, 'option'],
    ['12/24', '2028-03-31', 1, 'option'],
    // None is said only where no length follows.
    ['0.5 years', '2027-09-30', 1, null],
    ['0-24 months', '2029-03-31', 1, null],
    ['Zero to 24 months', '2029-03-31', 1, null],
    ['No. 2 of 12 months', '2029-03-31', 2, null],
    ['no more than 24 months', '2029-03-31', 1, null],
    ['no longer than 12 months', '2028-03-31', 1, null],
    ['none (12 months optional)', '2028-03-31', 1, null],
    ['one plus one plus one year', '2030-03-31', 3, null],
    ['12-24', '2028-03-31', 1, 'option'],
    ['either 6 or 12 months', '2027-09-30', 1, 'option'],
    ['1 or 2 x 12 months', '2028-03-31', 1, 'option'],
    ['12 months and/or 6 months', '2027-09-30', 1, 'option'],
    ["12 months at the Council's discretion 6 months at the supplier's", '2027-09-30', 1, 'option'],
    ['12 months up to max 36 months', '2028-03-31', 1, 'option'],
    ['1 x 24 months or 2 x 12 months', '2029-03-31', 1, null],
    // The whole: of the options where it cannot be that of the contract, which has three years.
    ['24 months in total', '2029-03-31', 1, null],
    ['24 months overall', '2029-03-31', 1, null],
    ['48 months in total', '2028-03-31', 1, 'option'],
    ['5 years overall', '2029-03-31', 1, 'option'],
    ['1+1+1 years (3 years in total)', '2030-03-31', 3, null],
    // What a whole is made up of, and the most that periods come to.
    ['24 months from 2 x 12 months', '2029-03-31', 2, null],
    ['24 months (12 + 12)', '2029-03-31', 2, null],
    ['two years, in two one-year extensions', '2029-03-31', 2, null],
    ['2 years (24 months)', '2029-03-31', 1, null],
    ['up to 24 months in 12 month increments', '2029-03-31', 2, null],
    ['24 months, 12 months at a time', '2029-03-31', 2, null],
    ['3 years total, 1 year each', '2030-03-31', 3, null],
    ['periods of 12 months up to a maximum of 36 months', '2030-03-31', 3, null],
    ['max 24 in periods of 6', '2029-03-31', 4, null],
    ['3 x 12 months, max 24 months', '2029-03-31', 2, null],
    // What is about something else.
    ['12 months reviewed every 6 months', '2028-03-31', 1, null],
    ['24 months (breakable after 12 months)', '2029-03-31', 1, null],
    ['initial 3 years plus 2 years', '2029-03-31', 1, null],
    // A choice of more than two, in words, or between limits.
    ['one or two years', '2028-03-31', 1, 'option'],
    ['12, 24 or 36 months', '2028-03-31', 1, 'option'],
    ['minimum 6 months, maximum 24 months', '2027-09-30', 1, 'option'],
    ['to 31/03/2028 or 31/03/2029', '2028-03-31', 1, 'option'],
    // With the contract's own three years.
    ['max. 5 years total contract term', '2029-03-31', 1, null],
    ['36 + 12', '2028-03-31', 1, 'option'],
    ['total 48 months (36+12)', '2028-03-31', 1, 'option'],
    // They do add up.
    ['24 months but no more than 12 at a time', '2029-03-31', 2, null],
    ['option to extend until 31/03/2028 and again to 31/03/2029', '2029-03-31', 2, null],
    ['2027-04-01 - 2029-03-31', '2029-03-31', 1, null],
    ['2 no. 12 month options', '2029-03-31', 2, null],
    ['two and a half years', '2029-09-30', 1, null],
    ['year 4 (12 months), year 5 (12 months)', '2029-03-31', 2, null],
    ['1 + 1 + 1 (years)', '2030-03-31', 3, null],
    ['12 months x 2', '2029-03-31', 2, null],
    ['two (2) further periods of twelve (12) months each', '2029-03-31', 2, null],
    ['Option 1: 12 months; option 2: 6 months', '2028-09-30', 2, null],
    ['12 months, 12 months', '2029-03-31', 2, null],
  ])('options of "%s" reach to %s, and no further', async (cell, maximumEnd, steps, asked) => {
    const { draft, problems } = await row('Extension option', cell)
    expect(draft).toMatchObject({ maximumEnd, end: { latest: '2027-03-31' } })
    expect(draft.optionEnds?.length ?? 1).toBe(steps)
    expect(problems.flatMap(({ ask }) => ask?.about ?? [])).toEqual(asked === null ? [] : [asked])
  })

  test('each reading is an answer, and takes the place of the shortest', async () => {
    const { problems } = await row('Extension option', '12 months or 24 months')
    const says = problems[0]?.ask?.choices.map(({ id, says }) => [id, says])
    expect(says).toEqual([
      ['shortest', { maximumEnd: '2028-03-31', optionEnds: [] }],
      ['longest', { maximumEnd: '2029-03-31', optionEnds: [] }],
    ])
    const whole = await row('Extension option', '48 months in total')
    const ends = whole.problems[0]?.ask?.choices.map(({ says }) => says.maximumEnd)
    expect(ends).toEqual(['2028-03-31', '2031-03-31'])
  })

  test.each([
    ["12 months on 6 months' notice", 6, 'months'],
    ['2 x 12 months (notice: 26 weeks)', 26, 'weeks'],
    ['1 year, with six months + 1 day notice', 187, 'days'],
  ])('the notice of "%s" is kept', async (cell, amount, unit) => {
    const { draft } = await row('Extension option', cell)
    expect(draft.noticePeriod).toEqual({ amount, unit })
  })

  test.each([
    ['3 months', '12 months (6 months notice)', 6],
    ['6 months', '12 months (3 months notice)', 6],
  ])('of a notice of %s and of one within "%s" the longer counts', async (own, option, amount) => {
    const { drafts } = await reading(
      'both.csv',
      `Ref,Title,Start,End,Notice period,Extension option\nA,A,2024-04-01,2027-03-31,${own},${option}\n`,
    )
    expect(only(drafts).noticePeriod).toEqual({ amount, unit: 'months' })
  })

  test.each([
    ["3 years with 6 months' notice", '2028-03-31', null],
    ['3 years (reviewed every 12 months)', '2028-03-31', null],
    ['3 years, break after 12 months', '2028-03-31', null],
    ['3 years (36 months)', '2028-03-31', null],
    ['3 years + 1 year or 2 years', '2028-03-31', '2029-03-31'],
    ['3 years + 3 x 12 months (5 years in total)', '2028-03-31', '2030-03-31'],
    ['2 years plus up to 24 months in 12 month increments', '2027-03-31', '2029-03-31'],
    ['2 years + 2 years = 4 years', '2027-03-31', '2029-03-31'],
    ['1 year 6 months', '2026-09-30', null],
    ['a year and a half', '2026-09-30', null],
    ['24 months with break at month 12', '2027-03-31', null],
    ['2 years excl. extensions (1+1)', '2027-03-31', '2029-03-31'],
    ['24 months then month to month', '2027-03-31', null],
    ['3 years extendable to 5 years', '2028-03-31', '2030-03-31'],
    ['3 years, may be extended to 5 years', '2028-03-31', '2030-03-31'],
    ['3 years with option to extend to 5 years', '2028-03-31', '2030-03-31'],
    ['36 months + extension up to 60 months in total', '2028-03-31', '2030-03-31'],
    ['3 years extendable by 5 years', '2028-03-31', '2033-03-31'],
  ])('a duration of "%s" is no longer than it says', async (cell, latest, maximumEnd) => {
    const { drafts } = await reading(
      'term.csv',
      `Ref,Title,Start,Duration\nA,A,2025-04-01,${quoted(cell)}\n`,
    )
    expect(only(drafts)).toMatchObject({ end: { latest }, maximumEnd })
  })
})

describe('words beside a day that mean another one', () => {
  const end = async (cell: string) => {
    const { drafts, problems } = await readingOf(
      'moved.csv',
      `Ref,Title,Supplier,Start date,End date\nA1,Taxis,Beck,2024-04-01,${quoted(cell)}\nA2,Post,Dene,13/04/2024,14/05/2028\n`,
      { ...TODAY, years: 2000 },
    )
    const asked = problems.filter(({ at }) => at === '2').flatMap(({ ask }) => ask?.about ?? [])
    return { end: drafts[0]?.end, asked }
  }

  test.each([
    ['before 01/04/2027', '2027-03-31'],
    ['prior to 1 April 2027', '2027-03-31'],
    ['01/04/2027 (exclusive)', '2027-03-31'],
    ['1 April 2027, not inclusive', '2027-03-31'],
    ['to, but excluding, 1 April 2027', '2027-03-31'],
    ['eve of 1 April 2027', '2027-03-31'],
    ['00:00 01/04/2027', '2027-03-31'],
    ['01/04/2027 at 00:00', '2027-03-31'],
    ['midnight at the start of 1 April 2027', '2027-03-31'],
    ['terminates at the start of business on 1 April 2027', '2027-03-31'],
    ['midnight 31 March/1 April 2027', '2027-03-31'],
    ['ceases with effect from 1 April 2027', '2027-03-31'],
    ['before April 2027', '2027-03-31'],
    ['the last day of March 2027', '2027-03-31'],
    ["Mar 31 '27", '2027-03-31'],
    ['24 months post go-live (1 April 2025)', '2027-03-31'],
    ['before 2028', '2027-12-31'],
    ['2 weeks before 30/04/2027', '2027-04-16'],
    ['three (3) months prior to 30 June 2027', '2027-03-30'],
    ['30/04/2027 less 3 months', '2027-01-30'],
    ['30 June 2027 minus one month', '2027-05-30'],
    ['24 months from go-live (01/04/2025)', '2027-03-31'],
    ['24 months from go-live: 1 April 2025', '2027-03-31'],
    ['2 years after award (1 April 2025)', '2027-04-01'],
    ['from 01/04/2025 for 24 months', '2027-03-31'],
    ['01/04/2024 to 01/04/2027 (exclusive)', '2027-03-31'],
    ['the Friday before 1 April 2027', '2027-03-26'],
    ['Friday before 01/04/2027', '2027-03-26'],
    ['the Wednesday on or before 31 March 2027', '2027-03-31'],
    ['12:00 am on 1 April 2027', '2027-03-31'],
    ['1 April 2027 (00:00)', '2027-03-31'],
    ['1 April 2027 at 12:00am', '2027-03-31'],
    ['1 April 2027 12.00am', '2027-03-31'],
    ['01/04/2027 00h00', '2027-03-31'],
    ['1 April 2027 0000', '2027-03-31'],
    ['1 April 2027 - 1 day', '2027-03-31'],
    // These mean the day itself.
    ['1-Apr-2027 00:00', '2027-04-01'],
    ['Mar 31 2027 12:00AM', '2027-03-31'],
    ['31 March 2027, 12:00', '2027-03-31'],
    ['Lot 2 - 31 March 2027', '2027-03-31'],
    ['on or before 31/03/2027', '2027-03-31'],
    ['no later than 31/03/2027', '2027-03-31'],
    ['before midnight on 31/03/2027', '2027-03-31'],
    ['31/03/2027 00:00', '2027-03-31'],
    ['31 March 2027 (inclusive)', '2027-03-31'],
  ])('an end of "%s" is %s', async (cell, day) => {
    const read = await end(cell)
    expect(read.end).toMatchObject({ earliest: day, latest: day })
    expect(read.asked).toEqual([])
  })

  test.each([
    // Holidays may lie between: from its earliest day on it warns.
    ['10 working days before 30/04/2027', '2027-04-05'],
    ['last working day of March 2027', '2027-03-25'],
    ['24 months after award (April 2025)', '2027-04-01'],
    ['12 months after expiry (31/03/2027)', '2027-03-31'],
    ['31/03/2027 plus 12 months', '2027-03-31'],
    ['the working day before 5 April 2027', '2027-03-29'],
    ['30 June 2027 - 3 months', '2027-03-30'],
    // Of a choice whose last alone has its year, or its month.
    ['March/April 2027', '2027-03-01'],
    ['Mar - May 2027', '2027-03-01'],
    ['Dec/Jan 2028', '2027-12-01'],
    ['Q1 or Q2 2027', '2027-01-01'],
    ['30 or 31 March 2027', '2027-03-30'],
    ['Tue 30 or Wed 31 March 2027', '2027-03-30'],
    ['30 March or 2 April 2027', '2027-03-30'],
    ['30 or 31/03/2027', '2027-03-30'],
  ])('of an end of "%s" the earliest day counts, and it is asked', async (cell, earliest) => {
    const read = await end(cell)
    expect(read.end).toMatchObject({ earliest })
    expect(new Set(read.asked)).toEqual(new Set(['end']))
  })

  test('a day that is past and a length from it on take no contract for over', async () => {
    const read = await end('01/04/2025 plus 24 months')
    expect(read).toMatchObject({ end: { latest: '2027-03-31' }, asked: ['end'] })
  })

  test.each([
    ['12 months, exercise before 30/09/2026', '2026-09-29'],
    ['12 months, to be exercised prior to 1 October 2026', '2026-09-30'],
  ])('an option "%s" is to be exercised by %s', async (cell, optionBy) => {
    const { draft } = await row('Extension option', cell)
    expect(draft.optionBy).toBe(optionBy)
  })
})

test.each([
  ['Duration', '24 months then month to month', '2027-03-31', 1],
  ['Duration', '24 months followed by rolling 12 months', '2027-03-31', 12],
  ['End', '2 years from start then rolling monthly', '2027-03-31', 1],
])('%s "%s" ends on its day and renews from then on', async (heading, cell, latest, amount) => {
  const { drafts } = await reading(
    'then.csv',
    `Ref,Title,Start,${heading}\nA,A,2025-04-01,${quoted(cell)}\n`,
  )
  expect(only(drafts)).toMatchObject({
    end: { latest },
    automaticRenewal: true,
    renewalTerm: { amount, unit: 'months' },
  })
})

test.each([
  ['one hundred and twenty days', 120, 'days'],
  ['hundred days', 100, 'days'],
  ['a month and a half', 47, 'days'],
  ['5 clear working days', 5, 'working-days'],
  ['not less than three nor more than six months', 6, 'months'],
])('a notice of "%s" is no shorter than its words', async (cell, amount, unit) => {
  const { draft } = await row('Notice period', cell)
  expect(draft.noticePeriod).toEqual({ amount, unit })
})

test('of days whose order is open no number is the length of an option', async () => {
  const { draft, problems } = await row('Extension option', '01/04/2027 - 03/04/2029')
  expect(draft.maximumEnd).toBeNull()
  expect(problems).toMatchObject([{ severity: 'warning' }])
})

describe('a term that is written as its days', () => {
  const terms = (cell: string) =>
    reading(
      'span.csv',
      `Ref,Title,Supplier,Contract term\nA1,Taxis,Beck,${quoted(cell)}\nA2,Vans,Orr,01/05/2024 - 30/04/2028\n`,
    )

  test.each([
    ['01/04/2024 - 03/02/2027', '2027-02-03'],
    ['1/4/24-31/3/27', '2027-03-31'],
    ['from 01/04/2024 until 05/04/2027', '2027-04-05'],
    ['1 Apr 2024 to 31 Mar 2027', '2027-03-31'],
    ['02/05/2021 - 01/05/2026', '2026-05-01'],
    ['01/02/2027 to 31/01/2030', '2030-01-31'],
  ])('ends on the second: "%s"', async (cell, latest) => {
    const { drafts, problems } = await terms(cell)
    expect(drafts.map(({ end }) => end)).toMatchObject([{ latest }, { latest: '2028-04-30' }])
    expect(problems).toEqual([])
  })

  test('counts the day to which it was extended, and asks', async () => {
    const { drafts, problems } = await terms('03/04/2019 to 02/04/2024 (extended to 02/04/2027)')
    expect(drafts[0]?.end).toMatchObject({ latest: '2027-04-02' })
    expect(problems).toMatchObject([{ severity: 'question', field: 'Contract term' }])
  })

  test.each(['5 yrs (3+1+1), commenced 14/02/2024', '3+1+1 years from 14 Feb 2024'])(
    'of which parts are options ends with the first: "%s"',
    async (cell) => {
      const { drafts } = await terms(cell)
      const optionEnds = ['2028-02-13', '2029-02-13']
      expect(drafts[0]).toMatchObject({ end: { latest: '2027-02-13' }, optionEnds })
    },
  )

  test('of which nothing can be read is asked about', async () => {
    const { drafts, problems } = await terms('SLA, looked at each spring')
    expect(drafts[0]?.end).toEqual({ kind: 'undated' })
    expect(problems).toMatchObject([{ severity: 'question', ask: { about: 'end' } }])
  })
})

test('an option behind the days of a contract is not its end', async () => {
  const csv =
    'Ref,Title,End date\nA1,Taxis,1 April 2024 - 31 March 2027 (option to 31 March 2029)\n'
  const { drafts } = await reading('option-behind.csv', csv)
  expect(only(drafts).end).toMatchObject({ latest: '2027-03-31' })
})

test.each([
  ['Na / No', false],
  ['Ja, 12 Monate / Yes, 12 months', true],
  ['Nein / No', false],
  ['Yes / No', null],
])('"%s", in two languages, renews: %s', async (cell, renews) => {
  expect((await row('Auto-renewal', cell)).draft.automaticRenewal).toBe(renews)
})

test.each(['Cyfanswm / Total', 'Gesamt / Grand total'])(
  '"%s" is a row of totals, and no contract',
  async (cell) => {
    const csv = `Ref,Title,Supplier,End date,Value\nA1,Taxis,Beck,2027-03-31,10\n${cell},,,,10\n`
    const { drafts, skipped } = await reading('total.csv', csv)
    expect(drafts).toHaveLength(1)
    expect(skipped).toEqual(['a row of totals'])
  },
)

test.each(['TERMINATED 3 Aug 2026, supplier insolvent', 'Ended by agreement'])(
  'a renewal of "%s" is asked about as a status is',
  async (cell) => {
    const { draft, problems } = await row('Auto-renewal', cell)
    expect(draft).toMatchObject({ closed: false, end: { latest: '2027-03-31' } })
    expect(problems).toContainEqual(
      expect.objectContaining({ ask: expect.objectContaining({ about: 'status' }) }),
    )
  },
)

test('a later day that stands in the status is told', async () => {
  const { draft, problems } = await row('Status', 'Extended until 30/09/2028')
  expect(draft.end).toMatchObject({ latest: '2027-03-31' })
  expect(problems).toMatchObject([{ field: 'Status', severity: 'warning' }])
  expect(problems[0]?.problem).toContain('2028-09-30')
})

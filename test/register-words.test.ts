import fc from 'fast-check'
import type { Draft } from '../src/register/draft.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
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

  test('what Excel writes for no money is no amount, and is noted', async () => {
    const { draft, problems } = await row('Contract value', ' €-   ')
    expect(draft.value).toBeNull()
    expect(problems).toMatchObject([{ severity: 'note' }])
  })

  test('an amount a month is its charge, not its value', async () => {
    const { draft } = await row('Contract value', '£400 per month')
    expect(draft).toMatchObject({
      value: null,
      prices: { periodicCharge: '400.00', chargeUnit: 'month' },
    })
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

  test.each(['Live', 'In contract', 'Active', 'On hold'])(
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

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateOfDayNumber, dayNumber } from '../src/domain/civil-date.ts'
import { storedArchive } from '../src/register/zip.ts'
import { only, readingOf, workbook, workbookEntries } from './support/register-file.ts'

const serial = (date: string) => ({ serial: Date.parse(date) / 86_400_000 + 25_569 })

test('the first sheet with headings is the register, its rows numbered as the sheet shows them', async () => {
  const { drafts, register } = await readingOf(
    'sheets.xlsx',
    workbook({
      'Read me': [['How to use this workbook'], ['Ask procurement']],
      Register: [
        ['Contracts of the trust'],
        [],
        ['Reference', 'Supplier', 'Start', 'End', 'Value', 'Auto renew'],
        ['C-1', 'Smith & Sons', serial('2024-04-01'), serial('2027-03-31'), 1234.5, 'yes'],
      ],
      Other: [
        ['Reference', 'Supplier'],
        ['X-1', 'Nobody'],
      ],
    }),
  )
  expect(register).toMatchObject({ format: 'xlsx', total: 1 })
  expect(only(drafts)).toMatchObject({
    at: '4',
    reference: 'C-1',
    supplier: 'Smith & Sons',
    start: '2024-04-01',
    end: { latest: '2027-03-31' },
    value: '1234.50',
    automaticRenewal: true,
  })
})

test('another sheet with contracts and ends is told of, not left out unseen', async () => {
  const headings = ['Reference', 'Supplier', 'End date']
  const { register } = await readingOf(
    'estates.xlsx',
    workbook({
      IT: [headings, ['C-1', 'Acme', serial('2027-03-31')]],
      Suppliers: [
        ['Supplier', 'Email'],
        ['Acme', 'a@example.org'],
      ],
      Empty: [],
      Estates: [
        ['Estates'],
        headings,
        ['E-1', 'Boilers', serial('2027-03-31')],
        [],
        ['E-2', 'Lifts'],
      ],
    }),
  )
  expect(register.warnings).toMatchObject([
    {
      at: 'sheet "Estates"',
      severity: 'warning',
      problem: expect.stringContaining('its 2 rows were not read'),
    },
  ])
})

test('a date cell is the day that Excel shows, in every time zone and with every time', async () => {
  const days = fc.integer({ min: 0, max: 40_000 }).map(dateOfDayNumber)
  const zone = process.env.TZ
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(days, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('Pacific/Kiritimati', 'America/Los_Angeles', 'Europe/London'),
        fc.constantFrom(0, 0.25, 0.999988),
        async (dates, place, time) => {
          process.env.TZ = place
          const rows = dates.map((date, i) => {
            const number = dayNumber(date) + 25_569 + time
            return [`C-${i}`, 'Acme', { serial: number }, Math.floor(number)]
          })
          const { drafts } = await readingOf(
            'zones.xlsx',
            workbook({ A: [['Reference', 'Supplier', 'End', 'Review date'], ...rows] }),
          )
          expect(drafts.map(({ reviewOn }) => reviewOn)).toEqual(dates)
          const ends = drafts.map(({ end }) => (end.kind === 'dated' ? end.latest : end.kind))
          expect(ends).toEqual(dates)
        },
      ),
      { numRuns: 20 },
    )
  } finally {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  }
})

test('a number cell is exact, also with three decimals', async () => {
  const { drafts } = await readingOf(
    'numbers.xlsx',
    workbook({
      A: [
        ['Reference', 'Supplier', 'Value'],
        ['C-1', 'Acme', 1.374],
        ['C-2', 'Acme', 163100000],
        ['C-3', 'Acme', 0.1],
      ],
    }),
  )
  expect(drafts.map(({ value }) => value)).toEqual(['1.374', '163100000.00', '0.10'])
})

test('a bad cell is reported with the sheet’s row and heading', async () => {
  const { problems } = await readingOf(
    'bad.xlsx',
    workbook({
      A: [
        ['Reference', 'Supplier', 'End'],
        ['C-1', 'Acme', serial('2027-03-31')],
        ['C-2', 'Acme', '31/03/27'],
      ],
    }),
  )
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatchObject({ at: '3', reference: 'C-2', field: 'End', value: '31/03/27' })
})

test('an archive stored without compression reads the same', async () => {
  const entries = workbookEntries({
    A: [
      ['Reference', 'Supplier'],
      ['C-1', 'Acme'],
    ],
  })
  const parts = Object.entries(entries).map(([name, xml]) => ({ name, bytes: Buffer.from(xml) }))
  const { drafts } = await readingOf('stored.xlsx', storedArchive(parts))
  expect(only(drafts).reference).toBe('C-1')
})

import fc from 'fast-check'
import type { DateOrder } from '../src/register/draft.ts'
import { readDate } from '../src/register/parse-date.ts'
import { type CivilDate, dateOfDayNumber, dateParts, dayNumber } from '../src/rules/civil-date.ts'
import { holds } from './support/holds.ts'

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const two = (number: number): string => String(number).padStart(2, '0')

/** Every way of writing a day that is read, and the order that it needs. */
const FORMS: readonly (readonly [string, DateOrder | null, (date: CivilDate) => string])[] = [
  ['YYYY-MM-DD', null, (date) => date],
  ['ISO with a time', null, (date) => `${date}T23:59:59`],
  ['ISO with an offset', null, (date) => `${date}T00:00:00+13:00`],
  ['ISO in UTC', 'dmy', (date) => `${date}T00:00:00.000Z`],
  ['a database timestamp', null, (date) => `${date} 00:00:00`],
  ['dd/mm/yyyy', 'dmy', dmy('/')],
  ['dd.mm.yyyy', 'dmy', dmy('.')],
  ['dd-mm-yyyy', 'dmy', dmy('-')],
  ['dd/mm/yyyy hh:mm', 'dmy', (date) => `${dmy('/')(date)} 00:00`],
  ['d/m/yyyy', 'dmy', (date) => dmy('/')(date).replace(/\b0/g, '')],
  ['mm/dd/yyyy', 'mdy', (date) => `${date.slice(5, 7)}/${date.slice(8)}/${date.slice(0, 4)}`],
  ['yyyy/mm/dd', null, (date) => date.replaceAll('-', '/')],
  ['31-Oct-2021', null, (date) => named(date, '-', 3)],
  ['31 October 2021', null, (date) => named(date, ' ', 9)],
  ['31st October 2021', null, (date) => named(date, ' ', 9).replace(/^\d+/, '$&th')],
  ['OCTOBER 31, 2021', null, american],
  ['an Excel serial', null, (date) => String(dayNumber(date) + 25_569)],
  ['an Excel serial with a time', 'dmy', (date) => `${dayNumber(date) + 25_569}.75`],
]

function dmy(mark: string): (date: CivilDate) => string {
  return (date) => [date.slice(8), date.slice(5, 7), date.slice(0, 4)].join(mark)
}

function named(date: CivilDate, mark: string, letters: number): string {
  const { year, month, day } = dateParts(date)
  return [day, MONTHS[month - 1]?.slice(0, letters), year].join(mark)
}

function american(date: CivilDate): string {
  const { year, month, day } = dateParts(date)
  return `${MONTHS[month - 1]?.toUpperCase()} ${two(day)}, ${year}`
}

const civilDates = fc.integer({ min: -20_000, max: 80_000 }).map(dateOfDayNumber)
const excelDates = fc.integer({ min: 0, max: 80_000 }).map(dateOfDayNumber)

describe('any day reads back as itself, however it is written', () => {
  test.each(FORMS)('%s', (name, order, write) => {
    holds([name.startsWith('an Excel') ? excelDates : civilDates], 300, (date) => {
      const reading = readDate(write(date), order)
      const day = { kind: 'date', earliest: date, latest: date, precision: 'day' }
      const isNumber = name.startsWith('an Excel')
      expect(reading).toEqual(isNumber ? { ...day, isNumber } : day)
    })
  })
})

test.each([
  ['June 2018', '2018-06-01', '2018-06-30', 'month'],
  ['Jun-2018', '2018-06-01', '2018-06-30', 'month'],
  ['until June 2018', '2018-06-01', '2018-06-30', 'month'],
  ['2018-06', '2018-06-01', '2018-06-30', 'month'],
  ['02/2028', '2028-02-01', '2028-02-29', 'month'],
  ['Q2 2026', '2026-04-01', '2026-06-30', 'quarter'],
  ['2026 Q4', '2026-10-01', '2026-12-31', 'quarter'],
  ['2026', '2026-01-01', '2026-12-31', 'year'],
])('%s is known from its first to its last day', (text, earliest, latest, precision) => {
  expect(readDate(text, null)).toEqual({ kind: 'date', earliest, latest, precision })
})

test.each([
  ['Wednesday, March 31, 2027', '2027-03-31'],
  ['Wed 31.03.2027', '2027-03-31'],
  ['until 31/03/2027', '2027-03-31'],
  ['Expires on 31 March 2027 at midnight', '2027-03-31'],
  ['31/Mar/2027', '2027-03-31'],
  ['20270331', '2027-03-31'],
  ['end of financial year 2026/27', '2027-03-31'],
])('%s is the day that stands there', (text, day) => {
  const read = { kind: 'date', earliest: day, latest: day, precision: 'day' }
  expect(readDate(text, 'dmy', { isEnd: true })).toEqual(read)
})

test.each([
  ['the day before 1 April 2027', '2027-03-31'],
  ['to but excluding 1/4/2027', '2027-03-31'],
  ['up to but not including 01/04/2027', '2027-03-31'],
  ['00:00 on 01/04/2027', '2027-03-31'],
  ['00.00 hrs on 1 March 2028', '2028-02-29'],
])('%s is the day before', (text, day) => {
  const read = { kind: 'date', earliest: day, latest: day, precision: 'day' }
  expect(readDate(text, 'dmy', { isEnd: true })).toEqual(read)
})

test.each([
  'was 30/09/2026',
  'previously 31 March 2027',
  'not before 31/03/2027',
  'other than 1/4/27',
])('%s names a day that does not hold: it is asked about', (text) => {
  expect(readDate(text, 'dmy', { years: 2000 })).toMatchObject({ kind: 'bad' })
})

test.each([
  ['31/03/2027 (+1+1)', '2027-03-31'],
  ['31/03/2027 or 31/03/2029', '2027-03-31'],
  ['4 years from 1 April 2023', '2027-03-31'],
  ['18 months commencing 01/10/2025', '2027-03-31'],
])('of %s the first day counts, and the words are told', (text, day) => {
  expect(readDate(text, 'dmy', { isEnd: true })).toMatchObject({ earliest: day, remark: text })
})

test.each([
  ['2026/27', '2026-04-01', '2027-03-31'],
  ['FY26/27', '2026-04-01', '2027-03-31'],
  ['Q4 2026/27', '2027-01-01', '2027-03-31'],
  ['summer 2027', '2027-06-01', '2027-08-31'],
])('%s may be any day of it', (text, earliest, latest) => {
  expect(readDate(text, null, { isEnd: true })).toMatchObject({ earliest, latest })
})

test('two-digit years are read where their century is said', () => {
  expect(readDate('21-Aug-27', null, { years: 2000 })).toMatchObject({ latest: '2027-08-21' })
  expect(readDate('31/3/27', 'dmy', { years: 2000 })).toMatchObject({ latest: '2027-03-31' })
  expect(readDate('Mar-27', null, { years: 2000 })).toMatchObject({ precision: 'month' })
})

test.each([
  ['from 01/04/2024', /begins/],
  ['16-Sep', /year is missing/],
  ['expired', /not a date/],
  ['not rolling', /not a date/],
])('%s is no end', (text, problem) => {
  expect(readDate(text, 'dmy', { isEnd: true })).toMatchObject({
    kind: 'bad',
    problem: expect.stringMatching(problem),
  })
})

test.each(['', ' ', '-', 'N/A', 'TBC', 'tbd', 'unknown', 'None', '01/01/1900', '0', '1'])(
  '"%s" is unknown, not wrong',
  (text) => {
    expect(readDate(text, 'dmy').kind).toBe('nil')
  },
)

test.each([
  'rolling',
  'Ongoing',
  'until further notice',
  'Open-ended',
  'perpetual',
  'evergreen',
  'Rolling annual contract',
  'rolling 6 months',
  'month-to-month',
  'Continues until terminated',
  'no end date',
  'Rolling since 01/04/2019',
])('"%s" has no end', (text) => {
  expect(readDate(text, null).kind).toBe('rolling')
})

test.each([
  ['31/03/27', /two digits/],
  ['Jun-18', /two digits/],
  ['31-Oct-21', /two digits/],
  ['31/02/2026', /no such day/],
  ['2026-13-01', /no such day/],
  ['29/02/2027', /no such day/],
  ['next spring', /not a date/],
  ['123', /not a date/],
  ['2.5', /not a date/],
])('%s is refused with a remedy, never guessed', (text, problem) => {
  const reading = readDate(text, 'dmy')
  expect(reading.kind).toBe('bad')
  if (reading.kind === 'bad') {
    expect(reading.problem).toMatch(problem)
    expect(reading.remedy).not.toBe('')
  }
})

test('a date that fits only the other order is refused in its column', () => {
  expect(readDate('03/31/2026', 'dmy').kind).toBe('bad')
  expect(readDate('31/03/2026', 'mdy').kind).toBe('bad')
  expect(readDate('03/04/2026', null).kind).toBe('bad')
  expect(readDate('05/05/2026', null).kind).toBe('date')
})

test('local midnight that a publisher turned into UTC is the day in its own zone', () => {
  const inMexico = readDate('2026-03-31T06:00:00Z', null, 'America/Mexico_City')
  expect(inMexico).toMatchObject({ earliest: '2026-03-31' })
  const inKyiv = readDate('2026-03-30T22:00:00Z', null, 'Europe/Kyiv')
  expect(inKyiv).toMatchObject({ earliest: '2026-03-31' })
  const plain = readDate('2026-03-30', null, 'Europe/Kyiv')
  expect(plain).toMatchObject({ earliest: '2026-03-30' })
})

/** Ways of writing an end that registers have, with what each means to the day. */
test.each([
  ['31.XII.2027', '2027-12-31'],
  ['31-xii-2027', '2027-12-31'],
  ['1 IV 2028', '2028-04-01'],
  ['30/VI/28', '2028-06-30'],
  ['until 31.III.2027', '2027-03-31'],
  ['2027 March 31', '2027-03-31'],
  ['2027-Mar-31', '2027-03-31'],
  ['2028/Feb/29', '2028-02-29'],
  ['2027-W13-3', '2027-03-31'],
  ['2026W537', '2027-01-03'],
  ['YE Mar-27', '2027-03-31'],
  ['Y/E 31/03/2028', '2028-03-31'],
  ['YE 30.09.27', '2027-09-30'],
  ['FYE March 2028', '2028-03-31'],
  ['year ending 30 June 2027', '2027-06-30'],
  ['Year end Feb 2028', '2028-02-29'],
  ['YE 27/28', '2028-03-31'],
  ['FY27/28 end', '2028-03-31'],
  ['end of FY 2027-28', '2028-03-31'],
  ['2027/28 year end', '2028-03-31'],
  ['end 27/28', '2028-03-31'],
  ['2027/28 financial year end', '2028-03-31'],
  ['end of Q2 2027/28', '2027-09-30'],
  ['Q4 2026/27 end', '2027-03-31'],
  ['end of H1 2027/28', '2027-09-30'],
  ['２０２７-０３-３１', '2027-03-31'],
  ['３１／０３／２０２７', '2027-03-31'],
  ['31\u00a0March\u00a02027', '2027-03-31'],
  ['31\u2009Mar\u20092027', '2027-03-31'],
  ['31\u3000March\u30002027', '2027-03-31'],
  ['31\u201103\u20112027', '2027-03-31'],
  ['2027\u201303\u201331', '2027-03-31'],
  ['31\u221203\u22122027', '2027-03-31'],
  ['\u200e31/03/2027\u200f', '2027-03-31'],
  ['31\u204403\u20442027', '2027-03-31'],
  ['until\u202f31/03/2027', '2027-03-31'],
])('%j is the day that it means', (text, day) => {
  const reading = readDate(text, 'dmy', { isEnd: true, years: 2000 })
  expect(reading).toEqual({ kind: 'date', earliest: day, latest: day, precision: 'day' })
})

test.each([
  ['2027-W13', '2027-03-29', '2027-04-04'],
  ['2026-W53', '2026-12-28', '2027-01-03'],
  ['w/e 28/03/2027', '2027-03-22', '2027-03-28'],
  ['week ending 4 April 2027', '2027-03-29', '2027-04-04'],
  ['week commencing 5 April 2027', '2027-04-05', '2027-04-11'],
  ['w/c 05/04/2027', '2027-04-05', '2027-04-11'],
  ['H1 2027/28', '2027-04-01', '2027-09-30'],
  ['H2 FY27/28', '2027-10-01', '2028-03-31'],
  ['Q3 FY27/28', '2027-10-01', '2027-12-31'],
  ['Q1 26/27', '2026-04-01', '2026-06-30'],
  ['1st quarter 2028', '2028-01-01', '2028-03-31'],
  ['third quarter of 2027', '2027-07-01', '2027-09-30'],
  ['Qtr 4 2027', '2027-10-01', '2027-12-31'],
  ['4Q 2027', '2027-10-01', '2027-12-31'],
  ['Q1 28', '2028-01-01', '2028-03-31'],
  ['second quarter 2027/28', '2027-07-01', '2027-09-30'],
  // Of universities it ends with July, of schools with August.
  ['end of academic year 26/27', '2027-07-31', '2027-08-31'],
  ['academic year ending 2027', '2027-07-31', '2027-08-31'],
  ['Academic year 2026/27', '2026-08-01', '2027-08-31'],
  // The year that ends in 2027, or the one that begins in it.
  ['end FY27', '2027-03-31', '2028-03-31'],
  ['FY28 year end', '2028-03-31', '2029-03-31'],
])('%s is known from its first to its last possible day', (text, earliest, latest) => {
  expect(readDate(text, 'dmy', { isEnd: true, years: 2000 })).toMatchObject({ earliest, latest })
})

test.each(['2027-W53', '31.XIII.2027', 'YE 31/02/2027', '2027-W00'])(
  '%s is no day, and is asked about',
  (text) => {
    expect(readDate(text, 'dmy', { isEnd: true, years: 2000 }).kind).toBe('bad')
  },
)

test.each(['2 x 12', '1+1', 'see v. 2', 'IV', 'Yes'])('%s is no day', (text) => {
  expect(readDate(text, 'dmy', { years: 2000 }).kind).toBe('bad')
})

test.each([
  ['Easter 2027', '2027-03-26', '2027-03-29'],
  ['the Easter weekend 2028', '2028-04-14', '2028-04-17'],
  ['Good Friday 2027', '2027-03-26', '2027-03-26'],
  ['Easter Monday of 2030', '2030-04-22', '2030-04-22'],
  ['Christmas 2027', '2027-12-24', '2027-12-26'],
  ["New Year's Eve 2027", '2027-12-31', '2027-12-31'],
  ['Lady Day 2028', '2028-03-25', '2028-03-25'],
  ['Michaelmas 2027', '2027-09-29', '2027-09-29'],
  ['Maundy Thursday 2027', '2027-03-25', '2027-03-25'],
  ['Ash Wednesday 2028', '2028-03-01', '2028-03-01'],
  ['Ascension Day 2027', '2027-05-06', '2027-05-06'],
  ['New Year 2028', '2027-12-31', '2028-01-01'],
  ['early May bank holiday 2027', '2027-05-03', '2027-05-03'],
  ['May Day 2027', '2027-05-01', '2027-05-03'],
  ['Spring bank holiday 2027', '2027-05-31', '2027-05-31'],
  // Scotland has the first Monday of August.
  ['August bank holiday 2027', '2027-08-02', '2027-08-30'],
  ['Whit Sunday 2027', '2027-05-16', '2027-05-17'],
])('%s is the days of that feast', (text, earliest, latest) => {
  const reading = readDate(text, 'dmy', { isEnd: true })
  expect(reading).toMatchObject({ kind: 'date', earliest, latest })
})

test.each([
  ['before Easter 2027', '2027-03-25', '2027-03-25'],
  ['Friday before Easter 2027', '2027-03-19', '2027-03-26'],
  ['the Friday after Easter 2027', '2027-04-02', '2027-04-02'],
  ['the Monday following Easter 2027', '2027-03-29', '2027-04-05'],
  ['2 weeks before Easter 2027', '2027-03-12', '2027-03-15'],
  ['2 weeks after Easter 2027', '2027-04-09', '2027-04-12'],
  ['first working day after Easter 2027', '2027-03-27', '2027-04-05'],
  ['the week after Easter 2027', '2027-03-27', '2027-04-12'],
  ['after Easter 2027', '2027-03-26', '2027-03-29'],
  ['day before Spring bank holiday 2027', '2027-05-30', '2027-05-30'],
  ['Friday before the early May bank holiday 2027', '2027-04-30', '2027-04-30'],
  ['Tuesday after the August bank holiday 2027', '2027-08-03', '2027-08-31'],
  ['the day after Boxing Day 2027', '2027-12-27', '2027-12-27'],
  ['the Friday after 1 April 2027', '2027-04-02', '2027-04-02'],
  ['Friday on or after 2 April 2027', '2027-04-02', '2027-04-02'],
  ['the Friday following 2 April 2027', '2027-04-09', '2027-04-09'],
  ['the weekend after 31 March 2027', '2027-04-03', '2027-04-04'],
  ['last Friday in March 2027', '2027-03-26', '2027-03-26'],
  ['the first Monday of May 2027', '2027-05-03', '2027-05-03'],
  ['3rd Thursday in June 2027', '2027-06-17', '2027-06-17'],
  ['Friday before the last day of March 2027', '2027-03-26', '2027-03-26'],
])('an end of "%s" is no later than that', (text, earliest, latest) => {
  expect(readDate(text, 'dmy', { isEnd: true })).toMatchObject({ kind: 'date', earliest, latest })
})

test.each([
  ['March 30 or 31, 2027', '2027-03-30', '2027-03-31'],
  ['March 30/31 2027', '2027-03-30', '2027-03-31'],
  ['March 29, 30 or 31, 2027', '2027-03-29', '2027-03-31'],
  ['March 30 to April 2, 2027', '2027-03-30', '2027-04-02'],
  ['Dec 31 or Jan 1, 2028', '2027-12-31', '2028-01-01'],
])('of "%s", the month before its days, the first counts', (text, earliest, last) => {
  expect(readDate(text, 'dmy', { isEnd: true })).toMatchObject({ earliest, latest: earliest, last })
})

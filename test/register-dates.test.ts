import fc from 'fast-check'
import type { DateOrder } from '../src/register/draft.ts'
import { type DateReading, readDate } from '../src/register/parse-date.ts'
import { type CivilDate, dateOfDayNumber, dateParts, dayNumber } from '../src/rules/civil-date.ts'
import { holds } from './support/holds.ts'
import { outcomes } from './support/register-file.ts'

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
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

/** A reading in a line: its day or days, what else stands there, or what is wrong. */
function says(reading: DateReading, text: string): string {
  if (reading.kind === 'bad') return `bad: ${reading.problem}${reading.remedy === '' ? '?' : ''}`
  if (reading.kind === 'rolling') {
    return reading.rolls ? `rolling from ${reading.rolls.from ?? 'its start'}` : 'rolling'
  }
  if (reading.kind === 'nil') return 'nil'
  const { earliest, latest, precision, remark, last, rolls } = reading
  const days = earliest === latest ? latest : `${earliest}..${latest} ${precision}`
  const more = [last && `or ${last}`, remark === text && 'remark', rolls && 'rolls']
  return [days, ...more].filter(Boolean).join(', ')
}

const ENDS = `
June 2018 · Jun-2018 · until June 2018 · 2018-06 | 2018-06-01..2018-06-30 month
02/2028 | 2028-02-01..2028-02-29 month
Q2 2026 · Q1 26/27 | 2026-04-01..2026-06-30 quarter
2026 Q4 | 2026-10-01..2026-12-31 quarter
2026 | 2026-01-01..2026-12-31 year
Wednesday, March 31, 2027 · Wed 31.03.2027 · 31/Mar/2027 · 20270331 ·
  end of financial year 2026/27 · until 31/03/2027 · Expires on 31 March 2027 at midnight ·
  the day before 1 April 2027 · to but excluding 1/4/2027 · up to but not including 01/04/2027 ·
  00:00 on 01/04/2027 · until 31.III.2027 · until\u202f31/03/2027 · 2027 March 31 · 2027-Mar-31 ·
  2027-W13-3 · YE Mar-27 · Q4 2026/27 end · \uff12\uff10\uff12\uff17-\uff10\uff13-\uff13\uff11 ·
  \uff13\uff11\uff0f\uff10\uff13\uff0f\uff12\uff10\uff12\uff17 · 31\u00a0March\u00a02027 ·
  31\u2009Mar\u20092027 · 31\u3000March\u30002027 · 31\u201103\u20112027 · 2027–03–31 ·
  31\u221203\u22122027 · \u200e31/03/2027\u200f · 31\u204403\u20442027 | 2027-03-31
00.00 hrs on 1 March 2028 · 2028/Feb/29 · Year end Feb 2028 | 2028-02-29
was 30/09/2026 · previously 31 March 2027 · not before 31/03/2027 · other than 1/4/27 |
  bad: these words say which day it is not, or was
31/03/2027 (+1+1) · 4 years from 1 April 2023 · 18 months commencing 01/10/2025 |
  2027-03-31, remark
31/03/2027 or 31/03/2029 | 2027-03-31, or 2029-03-31, remark
2026/27 · FY26/27 | 2026-04-01..2027-03-31 year
Q4 2026/27 | 2027-01-01..2027-03-31 quarter
summer 2027 | 2027-06-01..2027-08-31 quarter
from 01/04/2024 | bad: this says when it begins, not when it ends
16-Sep | bad: the year is missing
expired · not rolling · 31.XIII.2027 · 2027-W00 | bad: this is not a date
31.XII.2027 · 31-xii-2027 · New Year's Eve 2027 | 2027-12-31
1 IV 2028 | 2028-04-01
30/VI/28 | 2028-06-30
2026W537 | 2027-01-03
Y/E 31/03/2028 · FYE March 2028 · YE 27/28 · FY27/28 end · end of FY 2027-28 · 2027/28 year end ·
  end 27/28 · 2027/28 financial year end | 2028-03-31
YE 30.09.27 · end of Q2 2027/28 · end of H1 2027/28 | 2027-09-30
year ending 30 June 2027 | 2027-06-30
2027-W13 · week ending 4 April 2027 | 2027-03-29..2027-04-04 month
2026-W53 | 2026-12-28..2027-01-03 month
w/e 28/03/2027 | 2027-03-22..2027-03-28 month
week commencing 5 April 2027 · w/c 05/04/2027 | 2027-04-05..2027-04-11 month
H1 2027/28 | 2027-04-01..2027-09-30 year
H2 FY27/28 | 2027-10-01..2028-03-31 year
Q3 FY27/28 · Qtr 4 2027 · 4Q 2027 | 2027-10-01..2027-12-31 quarter
1st quarter 2028 · Q1 28 | 2028-01-01..2028-03-31 quarter
third quarter of 2027 · second quarter 2027/28 | 2027-07-01..2027-09-30 quarter
end of academic year 26/27 · academic year ending 2027 | 2027-07-31..2027-08-31 month
Academic year 2026/27 | 2026-08-01..2027-08-31 year
end FY27 | 2027-03-31..2028-03-31 year
FY28 year end | 2028-03-31..2029-03-31 year
2027-W53 | bad: there is no such week
YE 31/02/2027 | bad: there is no such day
Easter 2027 · after Easter 2027 | 2027-03-26..2027-03-29 month
the Easter weekend 2028 | 2028-04-14..2028-04-17 month
Good Friday 2027 · last Friday in March 2027 · Friday before the last day of March 2027 |
  2027-03-26
Easter Monday of 2030 | 2030-04-22
Christmas 2027 | 2027-12-24..2027-12-26 month
Lady Day 2028 | 2028-03-25
Michaelmas 2027 | 2027-09-29
Maundy Thursday 2027 · before Easter 2027 | 2027-03-25
Ash Wednesday 2028 | 2028-03-01
Ascension Day 2027 | 2027-05-06
New Year 2028 | 2027-12-31..2028-01-01 month
early May bank holiday 2027 · the first Monday of May 2027 | 2027-05-03
May Day 2027 | 2027-05-01..2027-05-03 month
Spring bank holiday 2027 | 2027-05-31
August bank holiday 2027 | 2027-08-02..2027-08-30 month
Whit Sunday 2027 | 2027-05-16..2027-05-17 month
Friday before Easter 2027 | 2027-03-19..2027-03-26 month
the Friday after Easter 2027 · the Friday after 1 April 2027 · Friday on or after 2 April 2027 |
  2027-04-02
the Monday following Easter 2027 | 2027-03-29..2027-04-05 month
2 weeks before Easter 2027 | 2027-03-12..2027-03-15 month
2 weeks after Easter 2027 | 2027-04-09..2027-04-12 month
first working day after Easter 2027 | 2027-03-27..2027-04-05 month
the week after Easter 2027 | 2027-03-27..2027-04-12 month
day before Spring bank holiday 2027 | 2027-05-30
Friday before the early May bank holiday 2027 | 2027-04-30
Tuesday after the August bank holiday 2027 | 2027-08-03..2027-08-31 month
the day after Boxing Day 2027 | 2027-12-27
the Friday following 2 April 2027 | 2027-04-09
the weekend after 31 March 2027 | 2027-04-03..2027-04-04 month
3rd Thursday in June 2027 | 2027-06-17
March 30 or 31, 2027 · March 30/31 2027 | 2027-03-30, or 2027-03-31, remark
March 29, 30 or 31, 2027 | 2027-03-29, or 2027-03-31, remark
March 30 to April 2, 2027 | 2027-03-30, or 2027-04-02, remark
Dec 31 or Jan 1, 2028 | 2027-12-31, or 2028-01-01, remark
`

test.each(outcomes(ENDS))('an end of "%s" is %s', (text, outcome) => {
  expect(says(readDate(text, 'dmy', { isEnd: true, years: 2099 }), text)).toBe(outcome)
})

const DAYS = `
- · N/A · TBC · tbd · unknown · None · 01/01/1900 · 0 · 1 | nil
rolling · evergreen · Rolling annual contract · rolling 6 months · month-to-month |
  rolling from its start
Ongoing · until further notice · Open-ended · perpetual · Continues until terminated ·
  no end date | rolling
Rolling since 01/04/2019 | rolling from 2019-04-01
31/03/27 · Jun-18 · 31-Oct-21 | bad: the year has two digits
31/02/2026 · 2026-13-01 · 29/02/2027 | bad: there is no such day
next spring · 123 · 2.5 · 2 x 12 · 1+1 · see v. 2 · IV · Yes | bad: this is not a date
`

test.each([...outcomes(DAYS), ['', 'nil'], [' ', 'nil']])(
  'a day of "%s" is %s',
  (text, outcome) => {
    expect(says(readDate(text, 'dmy'), text)).toBe(outcome)
  },
)

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

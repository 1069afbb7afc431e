import fc from 'fast-check'
import { storedArchive } from '../src/register/formats/xlsx.ts'
import { dateOfDayNumber, dayNumber } from '../src/rules/civil-date.ts'
import { holdsInTime } from './support/holds.ts'
import {
  only,
  readingOf,
  refusal,
  workbook,
  workbookEntries,
  written,
  zip,
} from './support/register-file.ts'

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
    await holdsInTime(
      [
        fc.array(days, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('Pacific/Kiritimati', 'America/Los_Angeles', 'Europe/London'),
        fc.constantFrom(0, 0.25, 0.999988),
      ],
      20,
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
        ['C-2', 'Acme', '31/02/2027'],
      ],
    }),
  )
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatchObject({
    at: '3',
    reference: 'C-2',
    field: 'End',
    value: '31/02/2027',
  })
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

describe('a workbook whose cells carry no address', () => {
  const SHEET = [
    ['Contracts of the trust'],
    [],
    ['Reference', 'Title', 'Supplier', 'Start', 'End', 'Value'],
    ['C-1', 'Lifts & hoists', 'Otis', serial('2024-04-01'), serial('2027-03-31'), 1200],
    ['C-2', null, 'Zoë <Ltd>', serial('2024-04-01'), serial('2027-06-30'), null],
    [],
    ['C-3', 'Boilers', 'Acme', null, serial('2028-01-31'), 99.5],
  ]
  const PART = 'xl/worksheets/sheet1.xml'
  const CELL = /<c r="([A-Z]+)(\d+)"/g

  /** The same sheet with its gaps as empty cells, so that order alone tells where a cell stands. */
  function filled(xml: string): string {
    return xml.replace(/<row r="(\d+)">(.*?)<\/row>/g, (_, row: string, cells: string) => {
      const held = new Map(
        [...cells.matchAll(/<c r="([A-Z]+)\d+".*?<\/c>/g)].map((c) => [c[1], c[0]]),
      )
      const last = Math.max(
        0,
        ...[...held.keys()].map((letter) => (letter ?? '').charCodeAt(0) - 64),
      )
      const all = Array.from({ length: last }, (_each, i) => String.fromCharCode(65 + i))
      const whole = all.map((letter) => held.get(letter) ?? `<c r="${letter}${row}"/>`)
      return `<row r="${row}">${whole.join('')}</row>`
    })
  }
  /** Texts in the workbook's table of strings, as Excel itself keeps them. */
  function shared(entries: Record<string, string>): Record<string, string> {
    const strings: string[] = []
    const sheet = (entries[PART] ?? '').replace(
      / t="inlineStr"><is><t>(.*?)<\/t><\/is>/g,
      (_, text: string) => ` t="s"><v>${strings.push(text) - 1}</v>`,
    )
    const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
    const relation = `<Relationship Id="rId98" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
    return {
      ...entries,
      [PART]: sheet,
      'xl/_rels/workbook.xml.rels': (entries['xl/_rels/workbook.xml.rels'] ?? '').replace(
        '</Relationships>',
        relation,
      ),
      'xl/sharedStrings.xml': `<sst xmlns="${main}">${strings.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`,
    }
  }
  const SPARED: Readonly<Record<string, (xml: string) => string>> = {
    'none of them': (xml) => filled(xml).replace(CELL, '<c'),
    'neither cells nor rows': (xml) =>
      filled(xml)
        .replace(CELL, '<c')
        .replace(/<row r="\d+"/g, '<row'),
    'every other': (xml) => {
      let n = 0
      return filled(xml).replace(CELL, (tag) => (n++ % 2 === 0 ? tag : '<c'))
    },
    'only the rows': (xml) => xml.replace(/<row r="\d+"/g, '<row'),
    'those that follow another': (xml) =>
      filled(xml).replace(CELL, (tag, letter: string) => (letter === 'A' ? tag : '<c')),
    'none, in a namespace and beside comments': (xml) =>
      filled(xml)
        .replace(CELL, '<c xml:space="preserve" ')
        .replace(/<sheetData>/, '<!-- <row><c/></row> --><sheetData>')
        .replace(/<(\/?)(worksheet|sheetData|row|c|v|is|t)\b/g, '<$1x:$2')
        .replace('xmlns=', 'xmlns:x='),
  }

  test.each(
    Object.keys(SPARED).flatMap((which) => [
      [which, 'in the cells'],
      [which, 'in a table'],
    ]),
  )('without %s, its texts %s: the same contracts', async (which, texts) => {
    const plain = workbookEntries({ Register: SHEET })
    const spared = { ...plain, [PART]: (SPARED[which] ?? String)(plain[PART] ?? '') }
    expect(spared[PART]).not.toBe(plain[PART])
    const told = await readingOf('addressed.xlsx', zip(plain))
    const read = await readingOf(
      'spared.xlsx',
      zip(texts === 'in a table' ? shared(spared) : spared),
    )
    expect(told.drafts).toHaveLength(3)
    expect(read.drafts).toEqual(told.drafts)
    expect(read.problems).toEqual(told.problems)
  })

  test('any gaps, any addresses left out where order tells them: the same contracts', async () => {
    const cell = fc.constantFrom(null, 'text', 12.5)
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 8,
    })
    await holdsInTime([rows, fc.infiniteStream(fc.boolean())], 25, async (more, leaves) => {
      const sheet = [
        ['Reference', 'End', 'A', 'B', 'C', 'D'],
        ...more.map((cells, n) => [`C-${n}`, serial('2027-03-31'), ...cells]),
      ]
      const plain = workbookEntries({ Register: sheet })
      const leave = (tag: string) => (leaves.next().value ? '<c' : tag)
      const xml = filled(plain[PART] ?? '').replace(CELL, leave)
      const read = await readingOf('some.xlsx', zip({ ...plain, [PART]: xml }))
      expect(read.drafts).toEqual((await readingOf('all.xlsx', zip(plain))).drafts)
    })
  })

  test('too many of them are refused as quickly as those with an address', async () => {
    const plain = workbookEntries({ Register: SHEET })
    const wide = (plain[PART] ?? '').replace('<row r="2">', `<row r="2">${'<c/>'.repeat(501)}`)
    expect(await refusal(written('wide.xlsx', zip({ ...plain, [PART]: wide })))).toContain(
      'too large',
    )
  })
})

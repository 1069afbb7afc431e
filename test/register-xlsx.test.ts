import fc from 'fast-check'
import { asCivilDate, dateOfDayNumber, dayNumber } from '../src/rules/civil-date.ts'
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

type Rows = Parameters<typeof workbook>[0][string]
const sheetOf = (...rows: Rows) => readingOf('sheet.xlsx', workbook({ A: rows }))
const PART = 'xl/worksheets/sheet1.xml'

/** What comes of work while the machine is in a time zone. */
async function inZone(place: string, work: () => Promise<void>) {
  const zone = process.env.TZ
  process.env.TZ = place
  try {
    await work()
  } finally {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  }
}

const serial = (date: string) => ({ serial: Date.parse(date) / 86_400_000 + 25_569 })

test('the first sheet with headings is the register, its rows numbered as the sheet shows them', async () => {
  const headings = ['Reference', 'Supplier', 'Start', 'End', 'Value', 'Auto renew']
  const row = ['C-1', 'Smith & Sons', serial('2024-04-01'), serial('2027-03-31'), 1234.5, 'yes']
  const content = workbook({
    'Read me': [['How to use this workbook'], ['Ask procurement']],
    Register: [['Contracts of the trust'], [], headings, row],
    Other: [headings.slice(0, 2), ['X-1', 'Nobody']],
  })
  const { drafts, register } = await readingOf('sheets.xlsx', content)
  expect(register).toMatchObject({ format: 'xlsx', total: 1 })
  expect(only(drafts)).toMatchObject({
    ...{ at: '4', reference: 'C-1', supplier: 'Smith & Sons', start: '2024-04-01' },
    ...{ end: { latest: '2027-03-31' }, value: '1234.50', automaticRenewal: true },
  })
})

test('another sheet with contracts and ends is told of, not left out unseen', async () => {
  const headings = ['Reference', 'Supplier', 'End date']
  const of = (...cells: string[]) => [...cells, serial('2027-03-31')]
  const content = workbook({
    IT: [headings, of('C-1', 'Acme')],
    Suppliers: [headings.slice(1, 2), ['Acme']],
    Empty: [],
    Estates: [['Estates'], headings, of('E-1', 'Boilers'), [], ['E-2', 'Lifts']],
  })
  const { register } = await readingOf('estates.xlsx', content)
  const problem = expect.stringContaining('its 2 rows were not read')
  expect(register.warnings).toMatchObject([{ at: 'sheet "Estates"', severity: 'warning', problem }])
})

test('a date cell is the day that Excel shows, in every time zone and with every time', async () => {
  const days = fc.integer({ min: 0, max: 40_000 }).map(dateOfDayNumber)
  const places = fc.constantFrom('Pacific/Kiritimati', 'America/Los_Angeles', 'Europe/London')
  const some = fc.array(days, { minLength: 1, maxLength: 20 })
  await holdsInTime([some, places, fc.constantFrom(0, 0.25, 0.999988)], 20, (dates, place, time) =>
    inZone(place, async () => {
      const rows = dates.map((date, i) => {
        const number = dayNumber(date) + 25_569 + time
        return [`C-${i}`, 'Acme', { serial: number }, Math.floor(number)]
      })
      const { drafts } = await sheetOf(['Reference', 'Supplier', 'End', 'Review date'], ...rows)
      expect(drafts.map(({ reviewOn }) => reviewOn)).toEqual(dates)
      const ends = drafts.map(({ end }) => (end.kind === 'dated' ? end.latest : end.kind))
      expect(ends).toEqual(dates)
    }),
  )
})

test('a number cell is exact, also with three decimals', async () => {
  const rows = [1.374, 163100000, 0.1].map((value, at) => [`C-${at}`, 'Acme', value])
  const { drafts } = await sheetOf(['Reference', 'Supplier', 'Value'], ...rows)
  expect(drafts.map(({ value }) => value)).toEqual(['1.374', '163100000.00', '0.10'])
})

test('a bad cell is reported with the sheet’s row and heading', async () => {
  const rows = [serial('2027-03-31'), '31/02/2027'].map((end, at) => [`C-${at + 1}`, 'Acme', end])
  const { problems } = await sheetOf(['Reference', 'Supplier', 'End'], ...rows)
  expect(problems).toMatchObject([{ at: '3', reference: 'C-2', field: 'End', value: '31/02/2027' }])
  expect(problems).toHaveLength(1)
})

test('an archive stored without compression reads the same', async () => {
  const A = ['Reference,Supplier', 'C-1,Acme'].map((row) => row.split(','))
  const stored = zip(workbookEntries({ A }), undefined, true)
  const { drafts } = await readingOf('stored.xlsx', stored)
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
  const CELL = /<c r="([A-Z]+)(\d+)"/g

  /** The same sheet with its gaps as empty cells, so that order alone tells where a cell stands. */
  function filled(xml: string): string {
    return xml.replace(/<row r="(\d+)">(.*?)<\/row>/g, (_, row: string, cells: string) => {
      const found = [...cells.matchAll(/<c r="([A-Z]+)\d+".*?<\/c>/g)]
      const held = new Map(found.map(([cell, letter = '']) => [letter, cell]))
      const last = Math.max(0, ...[...held.keys()].map((letter) => letter.charCodeAt(0) - 64))
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
    const read = await readingOf('b.xlsx', zip(texts === 'in a table' ? shared(spared) : spared))
    expect(told.drafts).toHaveLength(3)
    expect(read.drafts).toEqual(told.drafts)
    expect(read.problems).toEqual(told.problems)
  })

  test('any gaps, any addresses left out where order tells them: the same contracts', async () => {
    const cell = fc.constantFrom(null, 'text', 12.5)
    const cells = fc.array(cell, { minLength: 1, maxLength: 4 })
    const rows = fc.array(cells, { minLength: 1, maxLength: 8 })
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
    const content = zip({ ...plain, [PART]: wide })
    expect(await refusal(written('wide.xlsx', content))).toContain('too large')
  })
})

describe('what a cell says', () => {
  const HEADINGS = ['Reference', 'Supplier', 'End', 'Title', 'Value']
  const STRINGS = `<si><t>one</t></si><si><r><rPr><b/></rPr><t>two </t></r><r><t xml:space="preserve">halves</t></r><rPh sb="0" eb="1"><t>said aloud</t></rPh></si><si><t>A&amp;B &#128640; _x000D_x</t></si>`

  /** A sheet with these rows as XML below the headings, and what else its workbook needs. */
  function book(rows: string, more: Readonly<Record<string, string>> = {}, behind = ''): Buffer {
    const plain = workbookEntries({ Register: [HEADINGS] })
    const sheet = (plain[PART] ?? '').replace('</sheetData>', `${rows}</sheetData>${behind}`)
    const strings = { 'xl/sharedStrings.xml': `<sst>${STRINGS}</sst>` }
    return zip({ ...plain, [PART]: sheet, ...strings, ...more })
  }
  /** A part of a plain workbook with this changed in it. */
  const changed = (part: string, was: string, is: string) => {
    const plain = workbookEntries({ Register: [HEADINGS] })
    return { [part]: (plain[part] ?? '').replace(was, is) }
  }
  const countsFrom1904 = (is: string) =>
    changed('xl/workbook.xml', '<sheets>', `<workbookPr date1904="${is}"/><sheets>`)
  /** When the contract of the second row ends. */
  async function endOf(cell: string, more?: Readonly<Record<string, string>>) {
    const { end } = only((await readingOf('end.xlsx', book(row(2, cell), more))).drafts)
    return end.kind === 'dated' ? end.latest : end.kind
  }
  const row = (line: number, cells: string) =>
    `<row r="${line}"><c r="A${line}" t="inlineStr"><is><t>C-${line}</t></is></c>${cells}</row>`
  const END = '<c r="C2" s="1"><v>46477</v></c>'

  test.each<readonly [string, string, string | null]>([
    ['a text of the table', '<c r="D2" t="s"><v>0</v></c>', 'one'],
    ['the runs of a rich text, not how it is said', '<c r="D2" t="s"><v>1</v></c>', 'two halves'],
    ['signs that XML and Excel escape', '<c r="D2" t="s"><v>2</v></c>', 'A&B 🚀 x'],
    ['a text in the cell', '<c r="D2" t="inlineStr"><is><t> one </t></is></c>', 'one'],
    [
      'the runs of a text in the cell',
      '<c r="D2" t="inlineStr"><is><r><t>o</t></r><r><t>ne</t></r><rPh><t>x</t></rPh></is></c>',
      'one',
    ],
    ['no markup', '<c r="D2" t="inlineStr"><is><t><![CDATA[<one>]]></t></is></c>', '<one>'],
    ['a text around a comment', '<c r="D2" t="inlineStr"><is><t>o<!-- x -->ne</t></is></c>', 'one'],
    ['what a formula gave', '<c r="D2" t="str"><f>1&amp;"a"</f><v>1a</v></c>', '1a'],
    ['yes', '<c r="D2" t="b"><v>1</v></c>', 'yes'],
    ['no', '<c r="D2" t="b"><v>0</v></c>', 'no'],
    ['nothing where a formula went wrong', '<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', null],
    ['a number in full', '<c r="D2"><v>1.5E+21</v></c>', '1500000000000000000000'],
    ['nothing', '<c r="D2" s="1"/>', null],
  ])('%s', async (_, cell, title) => {
    const { drafts } = await readingOf('cell.xlsx', book(row(2, `${END}${cell}`)))
    expect(only(drafts)).toMatchObject({ title, end: { latest: '2027-03-31' } })
  })

  const WRONG = ['#REF!', '#VALUE!', '#NAME?', '#DIV/0!', '#NUM!', '#NULL!']
  const wrong = (at: string, is: string) => `<c r="${at}" t="e"><f>A1</f><v>${is}</v></c>`

  test.each(WRONG)('an end of %s is asked about', async (is) => {
    const { drafts, problems } = await readingOf('wrong-end.xlsx', book(row(2, wrong('C2', is))))
    expect(only(drafts).end.kind).toBe('undated')
    expect(problems).toMatchObject([{ severity: 'question', field: 'End', ask: { about: 'end' } }])
  })

  test.each<readonly [string, string]>([
    ...WRONG.map((is) => [is, wrong('D2', is)] as const),
    ['a formula without a value', '<c r="D2"><f>A1</f></c>'],
    ['the same of a shared one', '<c r="D2" t="str"><f t="shared" si="0"/><v></v></c>'],
  ])('%s names nothing, and is told', async (_, cell) => {
    const { drafts, problems } = await readingOf('wrong-name.xlsx', book(row(2, `${END}${cell}`)))
    expect(only(drafts)).toMatchObject({ title: null, end: { latest: '2027-03-31' } })
    expect(problems).toMatchObject([{ severity: 'warning', field: 'Title' }])
  })

  test('#N/A says nothing, and a value that went wrong is told once', async () => {
    const cells = `${END}${wrong('D2', '#N/A')}${wrong('E2', '#DIV/0!')}`
    const { drafts, problems } = await readingOf('wrong-value.xlsx', book(row(2, cells)))
    expect(only(drafts)).toMatchObject({ title: null, value: null })
    expect(problems).toMatchObject([{ field: 'Value', value: '#DIV/0!' }])
  })

  test.each(['Notice period', 'Auto renew', 'Owner', 'Extension option', 'Status', 'Maximum end'])(
    'a CSV file with #REF! below "%s" is told of it, and the end warns',
    async (heading) => {
      const csv = `Ref,Title,End,Notice,Auto renewal,${heading}\nA,A,2027-03-31,3 months,Yes,#REF!\n`
      const today = asCivilDate('2026-11-29')
      const { drafts, problems } = await readingOf('wrong.csv', csv, { today })
      expect(only(drafts)).toMatchObject({ end: { latest: '2027-03-31' }, owner: null })
      expect(problems.map(({ value }) => value)).toContain('#REF!')
    },
  )

  test.each([
    ['46477.99999997', '2027-03-31'],
    ['46477.9999999', '2027-03-31'],
    ['46477.99998843', '2027-03-31'],
    // As far as arithmetic misses a midnight.
    ['46476.9999999999', '2027-03-31'],
    ['46477.0000000001', '2027-03-31'],
    ['46477.5', '2027-03-31'],
  ])('a last moment is of its day: %s', async (number, day) => {
    const [whole = '', parts = '0'] = number.split('.')
    for (const from1904 of [false, true]) {
      const shown = `${Number(whole) - (from1904 ? 1462 : 0)}.${parts}`
      const more = from1904 ? countsFrom1904('1') : {}
      expect(await endOf(END.replace('46477', shown), more)).toBe(day)
    }
  })

  test('a bare number in the place of an end counts from 1904 where the workbook does', async () => {
    expect(await endOf('<c r="C2"><v>45015</v></c>', countsFrom1904('1'))).toBe('2027-03-31')
  })

  test.each([
    ['the same name', 'sheet1.xml'],
    ['one in other letters', 'SHEET1.xml'],
  ])('an archive that holds a part twice, %s, is refused', async (_, name) => {
    const plain = workbookEntries({ Register: [HEADINGS, ['C-1', 'Acme', null, 'A', null]] })
    const ninth = { 'xl/worksheets/sheet9.xml': (plain[PART] ?? '').replace('Acme', 'Beta') }
    const twice = zip({ ...plain, ...ninth })
      .toString('latin1')
      .replaceAll('sheet9.xml', name)
    expect(await refusal(written('twice.xlsx', Buffer.from(twice, 'latin1')))).toContain('twice')
  })

  test('a part that does not fit its checksum is refused as damaged, wherever it stands', async () => {
    const entries = workbookEntries({
      Register: [HEADINGS, ['C-1', 'Acme', '2027-03-31']],
      Other: [['x', 'Zeta']],
    })
    for (const [was, is] of [
      ['Acme', 'Beta'],
      ['2027-03-31', '2029-03-31'],
      ['Zeta', 'Yota'],
    ] as const) {
      const bytes = zip(entries, undefined, true).toString('latin1').replace(was, is)
      const text = await refusal(written('damaged.xlsx', Buffer.from(bytes, 'latin1')))
      expect(text).toContain('is a damaged workbook')
    }
  })

  test('cells merged over tens of thousands of empty rows are refused in words', async () => {
    const text = (at: string) => `<c r="${at}" t="inlineStr"><is><t>Acme</t></is></c>`
    const rows = `${row(2, `${text('B2')}${END}`)}<row r="60000">${text('B60000')}</row>`
    const behind = '<mergeCells><mergeCell ref="B2:B50000"/></mergeCells>'
    expect(await refusal(written('merged.xlsx', book(rows, {}, behind)))).toContain('merged')
  })

  test.each([
    ['d/m/yy', true],
    ['[$-809]dd mmmm yyyy;@', true],
    ['yyyy\\-mm\\-dd', true],
    ['dd"th of" mmm yyyy', true],
    ['[h]:mm:ss.00', true],
    ['0.00', false],
    ['#,##0.00 "dd"', false],
    ['[Red]General', false],
    ['_-£* #,##0.00_-', false],
    ['0 "days"', false],
  ])('a number in the format %s is a date: %s', async (format, isDate) => {
    const code = format.replaceAll('"', '&quot;')
    const styles = `<styleSheet><numFmts count="1"><numFmt numFmtId="170" formatCode="${code}"/></numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170" xfId="0"/></cellXfs></styleSheet>`
    const cells = `${END}<c r="D2" s="2"><v>46477</v></c>`
    const content = book(row(2, cells), { 'xl/styles.xml': styles })
    const { drafts } = await readingOf('format.xlsx', content)
    expect(only(drafts).title).toBe(isDate ? '2027-03-31' : '46477')
  })

  test.each(['1', 'true'])(
    'days are counted from 1904 where the workbook says so: %s',
    async (is) => {
      const found = await endOf(END.replace('46477', '45015'), countsFrom1904(is))
      expect(found).toBe('2027-03-31')
    },
  )

  test('a day that is written out is that day, in every time zone', () =>
    inZone('Europe/London', async () => {
      expect(await endOf('<c r="C2" t="d"><v>2027-03-31T00:00:00</v></c>')).toBe('2027-03-31')
    }))

  test('every row of merged cells says what they say, also one that has no cell of its own', async () => {
    const text = (at: string, words: string) =>
      `<c r="${at}" t="inlineStr"><is><t>${words}</t></is></c>`
    const rows = [
      row(2, `${text('B2', 'Acme')}${END}`),
      row(3, '<c r="B3"/><c r="C3" s="1"><v>46477</v></c>'),
      `<row r="6">${text('A6', 'C-6')}${text('B6', 'Beta')}</row>`,
      row(7, text('D7', 'last')),
    ]
    const behind =
      '<mergeCells><mergeCell ref="B2:B5"/><mergeCell ref="C3:C4"/><mergeCell ref="A4:B4"/></mergeCells>'
    const { drafts, skipped } = await readingOf('merged.xlsx', book(rows.join(''), {}, behind))
    const said = drafts.map(({ at, supplier, end }) => `${at} ${supplier} ${end.kind}`)
    const three = [2, 3, 4].map((at) => `${at} Acme dated`)
    expect(said).toEqual([...three, '6 Beta undated', '7 null undated'])
    expect(skipped).toEqual(['a note: only one cell is filled'])
  })

  test('a chart beside the register is no sheet of contracts', async () => {
    const relation =
      '<Relationship Id="rId90" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>'
    const sheets = '<sheets><sheet name="Chart" sheetId="9" r:id="rId90"/>'
    const content = book(row(2, END), {
      ...changed('xl/workbook.xml', '<sheets>', sheets),
      ...changed('xl/_rels/workbook.xml.rels', '</Relationships>', relation),
      'xl/chartsheets/sheet1.xml': '<chartsheet/>',
    })
    expect((await readingOf('chart.xlsx', content)).drafts).toHaveLength(1)
  })

  test.each([
    ['tags that close another', '<row r="2"><c r="A2"><v>1</c></v></row>'],
    ['rows out of order', `${row(3, '')}${row(2, '')}`],
    ['cells out of order', '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>'],
    ['a cell that stands in no row', '<c r="A2"><v>1</v></c>'],
    ['a text that the table does not hold', '<row r="2"><c r="A2" t="s"><v>9</v></c></row>'],
    ['a style that there is not', '<row r="2"><c r="A2" s="7"><v>9</v></c></row>'],
    ['a kind of cell that there is not', '<row r="2"><c r="A2" t="x"><v>9</v></c></row>'],
    ['a number that is none', '<row r="2"><c r="A2"><v>nine</v></c></row>'],
    ['an attribute without an end', '<row r="2><c r="A2"><v>1</v></c></row>'],
  ])('a sheet with %s is refused, as nobody can say what it means', async (_, rows) => {
    const text = await refusal(written('wrong.xlsx', book(rows)))
    expect(text).toMatch(/is a workbook that cannot be read .* Save the register as CSV/)
  })

  test('a sign that closes a tag may stand in an attribute, wherever a piece of the file ends', async () => {
    const note = `<row r="2" note="${'a > b '.repeat(60_000)}">`
    const rows = `${note}<c r="A2" t="inlineStr"><is><t>C-2</t></is></c>${END}</row>`
    expect((await readingOf('signs.xlsx', book(rows))).drafts).toHaveLength(1)
  })
})

describe('addresses behind cells', () => {
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const A = 'https://trust.sharepoint.com/c/Signed%20contract.pdf'
  /** A register whose cells link: by element, with the targets of their ids, or by formula. */
  async function linked(
    rows: readonly (readonly string[])[],
    links: Readonly<Record<string, string>>,
    formulas: Readonly<Record<string, string>> = {},
    headings = ['Reference', 'Supplier', 'End', 'Documents'],
  ) {
    const entries = workbookEntries({ A: [headings, ...rows] })
    const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;')
    const places = Object.keys(links).map((ref, at) => `<hyperlink ref="${ref}" r:id="rId${at}"/>`)
    const inside = `</sheetData><hyperlinks>${places.join('')}<hyperlink ref="D2" location="A!B2"/></hyperlinks>`
    let xml = (entries[PART] ?? '')
      .replace('<worksheet ', `<worksheet xmlns:r="${office}" `)
      .replace('</sheetData>', inside)
    for (const [at, formula] of Object.entries(formulas)) {
      const cell = new RegExp(`<c r="${at}" t="inlineStr"><is><t>([^<]*)</t></is></c>`)
      const made = (_: string, text: string) =>
        `<c r="${at}" t="str"><f>${escaped(formula)}</f>${text === '-' ? '' : `<v>${text}</v>`}</c>`
      xml = xml.replace(cell, made)
    }
    const targets = Object.values(links).map(
      (url, at) =>
        `<Relationship Id="rId${at}" Type="${office}/hyperlink" Target="${escaped(url)}" TargetMode="External"/>`,
    )
    const relations = `<Relationships>${targets.join('')}</Relationships>`
    const parts = { [PART]: xml, 'xl/worksheets/_rels/sheet1.xml.rels': relations }
    const read = await readingOf('links.xlsx', zip({ ...entries, ...parts }))
    return { ...read, documents: read.drafts.map(({ documents = [] }) => documents) }
  }
  const row = (n: number, text: string) => [`C-${n}`, 'Acme', '2027-03-31', text]

  it('are its documents, with the words that it shows, by element and by formula', async () => {
    const { documents, problems, register } = await linked(
      [
        ...['Signed; with annex', A, 'Both', 'Both', 'Notice: https://example.org/n'],
        ...['The contract', '-', 'none'],
      ].map((text, at) => row(at + 1, text)),
      { D2: A, D3: A, 'D4:D5': 'https://example.org/both?a=1&b=2', D6: A, 'D99:D100': A },
      {
        D7: `HYPERLINK("${A}","The contract")`,
        D8: 'HYPERLINK("https://example.org/?q=1&x=2", "Written by a program")',
      },
    )
    const both = { title: 'Both', url: 'https://example.org/both?a=1&b=2' }
    expect(documents).toEqual([
      [{ title: 'Signed with annex', url: A }],
      [{ title: 'Signed contract.pdf', url: A }],
      [both],
      [both],
      [
        { title: 'Notice', url: 'https://example.org/n' },
        { title: 'Signed contract.pdf', url: A },
      ],
      [{ title: 'The contract', url: A }],
      [{ title: 'Written by a program', url: 'https://example.org/?q=1&x=2' }],
      [],
    ])
    expect([...problems, ...(register.warnings ?? [])]).toEqual([])
  })

  it('that are no web addresses are named, not taken; nor is one that is put together of cells', async () => {
    const { documents, problems } = await linked(
      [row(1, 'On a drive'), row(2, 'Mail'), row(3, 'Script'), row(4, 'Joined'), row(5, 'Lost')],
      { D2: 'file:///G:/contracts/1.docx', D3: 'mailto:a@example.org', D4: 'javascript:alert(1)' },
      { D5: 'HYPERLINK("https://example.org/"&A5,"Joined")', D6: 'HYPERLINK(A6)' },
    )
    expect(documents).toEqual([[], [], [], [], []])
    expect(problems.map(({ at, problem }) => `${at} ${problem}`)).toEqual([
      expect.stringContaining('2 not taken as a link: "file:///G:/contracts/1.docx"'),
      expect.stringContaining('3 not taken as a link: "mailto:a@example.org"'),
      expect.stringContaining('4 not taken as a link: "javascript:alert(1)"'),
      '5 not taken as a link: "Joined"',
      '6 not taken as a link: "Lost"',
    ])
  })

  it('of another column are noted once, with how many there are', async () => {
    const { documents, register } = await linked(
      [row(1, ''), row(2, '')],
      { A2: A, 'B2:C3': 'mailto:a@example.org' },
      { A3: `HYPERLINK("${A}","C-2")` },
    )
    expect(documents).toEqual([[], []])
    const problem = expect.stringContaining('2 cells of this column link to a web page')
    expect(register.warnings).toMatchObject([{ field: 'Reference', severity: 'note', problem }])
  })
})

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { CsvScanner, type RegisterRow } from '../src/register/formats/csv-rows.ts'
import { holds, holdsInTime } from './support/holds.ts'
import { cellCases, cellSays, only, readingOf, written } from './support/register-file.ts'

const row = (headings: string, cells: string) => readingOf('row.csv', `${headings}\n${cells}\n`)

const CELLS = `
the "Contract …" pair of dates wins over a plain pair
> Ref,Supplier,Start Date,End Date,Contract start date,Contract end date
> C-1,Acme,2020-01-01,2020-02-02,~
2024-04-01,2027-03-31 | start 2024-04-01, end 2027-03-31, column notes, column warns

a current end alone is the end
> Ref,Supplier,CURRENT_END_DATE
> C-1,Acme,*
2027-03-31 | end 2027-03-31

a current end beside the awarded one stays apart, unless it is no later day
> Ref,Supplier,Contract End Date,CURRENT_END_DATE
> C-1,Acme,~
,2027-03-31 · 2099-12-31,2027-03-31 | end 2027-03-31
2026-03-31,2027-03-31 | end 2026-03-31, now 2027-03-31
2026-03-31,2025-03-31 | end 2025-03-31, warns
2026-03-31,June 2027 | end 2026-03-31, now 2027-06-01, warns
2027-06-15,June 2027 | end 2027-06-15
2021-03-31,ongoing | end rolling, warns

a value or a charge of 0 is unknown, so that no whole rollover counts as premium
> Ref,Supplier,Contract value,Annual value,Monthly charge,Invoiced last 12 months
> C-1,Acme,~
0.00,£0,0,0 | warns, column warns
0,9,, | value 9.00, annual, warns, column warns

what is wrong with a row is said, and the row is kept wherever something names it
> Ref,Supplier,Start,End,Value
> C-1,Acme,~
2026-04-01,2025-03-31,5 | start 2026-04-01, value 5.00, asks end
,soon,5 | value 5.00, asks end
,31/02/2027,5 | end 2027-02-28, value 5.00, warns
,2027-03-31,-5 | end 2027-03-31, -5, warns
,2027-03-31,lots | end 2027-03-31, lots, warns
x,y,z | z, warns, asks end
01/01/1900,TBC,N/A | asks end
2024-04-01,2099-12-31, · 2024-04-01,9999-12-31, · 2024-04-01,2080-01-01, |
  start 2024-04-01, end rolling, warns
,until June 2018, | end 2018-06-01..2018-06-30 (month)

options in months lead to the maximum end, month ends staying month ends
> Ref,Supplier,End,Duration of extension in months,Duration of second extension period in months
> C-1,Acme,2026-02-28,~
12,12 | options 2027-02-28 2028-02-29

an amount with three decimals is read where its column shows the point
> Ref,Supplier,Value
> C-1,Acme,*
> C-2,Acme,1000.5
221.047 | value 221.047, warns, column warns

suppliers packed in blocks give their names only
> Ref,Supplier [Name|Address|Is SME],End
> C-1,*,2027-03-31
[Acme Ltd|1 High St|Yes][Beta plc|2 Low St|No] | supplier Acme Ltd; Beta plc

HTML entities are decoded, also when encoded twice
> Ref,Title,Supplier
> C-1,~
R&amp;amp;D,Smith &amp; Sons &#163; | title R&D, supplier Smith & Sons £, warns, column warns
`

test.each(cellCases(CELLS))('$promise: $heading $cell', async ({ register, cell, says }) => {
  expect(await cellSays(register, cell)).toBe(says)
})

describe('headings', () => {
  test('a mapping by hand wins over recognition', async () => {
    const { drafts } = await readingOf(
      'hand.csv',
      'Ref,Supplier,End,Really over\nC-1,Acme,2026-01-31,2027-03-31\n',
      { map: new Map([['end', 'Really over']]) },
    )
    expect(only(drafts)).toMatchObject({
      end: { latest: '2027-03-31' },
      endSource: 'column "Really over"',
    })
  })

  test('titles above the headings do not hide them, and lines still count from the top', async () => {
    const { drafts } = await readingOf(
      'titled.csv',
      'Trust contracts register,,,\r\n"As of\r\nMonday",,,\r\n\r\nRef,Supplier,Start,End\nC-1,Acme,,2027-03-31\n',
    )
    expect(only(drafts)).toMatchObject({ reference: 'C-1', at: '6' })
  })

  test.each([
    ['semicolons', ';'],
    ['tabs', '\t'],
    ['bars', '|'],
  ])('%s separate as well as commas', async (_, mark) => {
    const text = 'Ref,Supplier,End\nC-1,"Acme, Ltd",2027-03-31\n'.replace(/,(?! )/g, mark)
    const { drafts } = await readingOf('separated.csv', text)
    expect(only(drafts)).toMatchObject({ reference: 'C-1', supplier: 'Acme, Ltd' })
  })
})

describe('rows are cut as csv-parse cuts them', () => {
  const letters = fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '€')
  const cell = fc.string({ unit: letters, maxLength: 6 })
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), {
    minLength: 1,
    maxLength: 8,
  })
  const quoted = (rows: readonly (readonly string[])[], end: string): string =>
    rows.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join(end)

  test('whatever the cells hold, and wherever the file is cut into pieces', () => {
    const ends = fc.constantFrom('\n', '\r\n')
    holds([table, ends, fc.integer({ min: 1, max: 9 })], (rows, end, size) => {
      const bytes = Buffer.from(quoted(rows, end))
      const scanner = new CsvScanner('any.csv', ',')
      const read: RegisterRow[] = []
      for (let at = 0; at < bytes.length; at += size) {
        scanner.take(bytes.subarray(at, at + size), false, read)
      }
      scanner.take(Buffer.alloc(0), true, read)
      const options = { relax_column_count: true, record_delimiter: ['\r\n', '\n'] }
      const cells = read.map((row) => row.cells)
      expect(cells).toEqual(parse(bytes, options))
      expect(cells).toEqual(rows)
      let line = 1
      for (const row of read) {
        expect(row.line).toBe(line)
        line += row.cells.join('').split('\n').length
      }
    })
  })

  test.each([
    ['a,b\n1,2', 'a|b / 1|2'],
    ['a,b\n1,\n', 'a|b / 1|'],
    ['a;"b;""c"""\r\n\r\n', 'a|b;"c" / '],
    ['12" pipe;5\n', '12" pipe|5'],
    ['"Best" Ltd;5\n', '"Best" Ltd|5'],
  ])('%j', (text, rows) => {
    const scanner = new CsvScanner('a.csv', text.includes(';') ? ';' : ',')
    const read = scanner.take(Buffer.from(text), true)
    expect(read.map(({ cells }) => cells.join('|')).join(' / ')).toBe(rows)
  })

  test('a quote that swallowed lines up to the next one is named by its own line', () => {
    const text = 'a,b\n1,"open\n2,x\n3,"y, z",w\n'
    const read = () => new CsvScanner('a.csv', ',').take(Buffer.from(text), true)
    expect(read).toThrow(/opens on line 2 never closes/)
  })
})

describe('text arrives whole in every encoding', () => {
  const text = 'Ref,Title,Supplier\nC-1,Café – £5 cover,Müller & Søn\n'
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le')
  const latin = Buffer.from(text.replace('–', '\x96'), 'latin1')
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, little end first', utf16],
    ['UTF-16, big end first', Buffer.from(utf16).swap16()],
    ['Windows-1252', latin],
  ])('%s', async (_, bytes) => {
    const { drafts } = await readingOf('encoded.csv', bytes)
    expect(only(drafts)).toMatchObject({
      reference: 'C-1',
      title: 'Café – £5 cover',
      supplier: 'Müller & Søn',
    })
  })

  test('one Windows-1252 letter after a megabyte of plain text settles the encoding', async () => {
    const plain = `C-1,${'Imaging '.repeat(1000)},Acme\n`.repeat(150)
    const bytes = Buffer.from(`Ref,Title,Supplier\n${plain}C-2,Caf\xe9,Acme\n`, 'latin1')
    const { drafts } = await readingOf('late.csv', bytes)
    expect(drafts.at(-1)?.title).toBe('Café')
  })

  test('mixed line endings do not join rows', async () => {
    const { drafts } = await readingOf('mixed.csv', 'Ref,Supplier\r\nC-1,A\nC-2,B\rC-3,C\r\n')
    const rows = drafts.map(({ reference, at }) => `${reference}:${at}`)
    expect(rows).toEqual(['C-1:2', 'C-2:3', 'C-3:4'])
  })
})

describe('the order of day and month is settled by the whole file', () => {
  test('by a row far below', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `C-${i},Acme,03/04/2026`).join('\n')
    const { drafts, register } = await readingOf(
      'far.csv',
      `Ref,Supplier,End\n${rows}\nC-x,Acme,31/12/2026\n`,
    )
    expect(drafts[0]?.end).toMatchObject({ latest: '2026-04-03' })
    expect(register.mapping.find(({ field }) => field === 'end')?.dates).toBe('dmy')
  })

  test('a contradiction far below is found before any row is given out', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `C-${i},Acme,13/04/2026`).join('\n')
    await expect(
      readingOf('late-clash.csv', `Ref,Supplier,End\n${rows}\nC-x,Acme,12/31/2026\n`),
    ).rejects.toThrow(/contradict.*line 3002/)
  })

  test('an unsettled column borrows from the others only where they agree', async () => {
    const borrowed = await row('Ref,Supplier,Start,End', 'C-1,Acme,25/04/2024,03/04/2027')
    expect(only(borrowed.drafts).end).toMatchObject({ latest: '2027-04-03' })
    await expect(
      row('Ref,Supplier,Start,End,Review date', 'C-1,Acme,25/04/2024,04/25/2027,03/04/2026'),
    ).rejects.toThrow(/"Review date".*--dates/)
  })

  test('--dates settles it, and rows that do not fit are asked about one by one', async () => {
    const { drafts, problems } = await readingOf(
      'forced.csv',
      'Ref,Supplier,End\nC-1,Acme,03/04/2026\nC-2,Acme,04/25/2026\n',
      { dates: 'dmy' },
    )
    expect(drafts[0]?.end).toMatchObject({ latest: '2026-04-03' })
    expect(drafts[1]?.end).toEqual({ kind: 'undated' })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ at: '3', field: 'End', value: '04/25/2026' })
  })

  test('any register in either order is read as it was written', async () => {
    const day = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    await holdsInTime(
      [
        fc.array(day, { minLength: 1, maxLength: 30 }),
        fc.constantFrom<'dmy' | 'mdy'>('dmy', 'mdy'),
      ],
      50,
      async (days, order) => {
        const dates = [...days.map((date) => date.toISOString().slice(0, 10)), '2026-12-31']
        const rows = dates.map((date, i) => {
          const [y, m, d] = date.split('-')
          return `C-${i},Acme,${order === 'dmy' ? `${d}/${m}/${y}` : `${m}/${d}/${y}`}`
        })
        const { drafts } = await readingOf('any.csv', `Ref,Supplier,End\n${rows.join('\n')}\n`)
        const ends = drafts.map(({ end }) => (end.kind === 'dated' ? end.latest : end.kind))
        expect(ends).toEqual(dates)
      },
    )
  })
})

describe('every row is checked', () => {
  test.each([
    ['2026-04-01,2025-03-31,5', /before the start/],
    [',31/02/2027,5', /no such day/],
    [',soon,5', /not a date/],
    [',2027-03-31,-5', /negative/],
    [',2027-03-31,lots', /not an amount/],
  ])('%s is told with line and remedy', async (cells, problem) => {
    const { problems } = await row('Ref,Supplier,Start,End,Value', `C-1,Acme,${cells}`)
    expect(problems).toMatchObject([{ at: '2', problem: expect.stringMatching(problem) }])
    expect(problems[0]?.remedy).not.toBe('')
  })

  test('a cell too many rejects it, with line and remedy', async () => {
    const cells = 'C-1,Acme, Ltd,2026-01-01,2027-01-01,5'
    const { problems, drafts } = await row('Ref,Supplier,Start,End,Value', cells)
    expect(drafts).toHaveLength(0)
    expect(problems[0]).toMatchObject({ at: '2', field: null, severity: 'error' })
    expect(problems[0]?.problem).toMatch(/6 cells.*5/)
    expect(problems[0]?.remedy).not.toBe('')
  })

  test('all that is wrong with a row is said at once', async () => {
    const { problems } = await row('Ref,Supplier,Start,End,Value', 'C-1,Acme,x,y,z')
    expect(problems.map(({ field }) => field)).toEqual(['Start', 'End', 'Value'])
    expect(problems.every(({ reference }) => reference === 'C-1')).toBe(true)
  })

  test('a contract that has no name of any kind is rejected', async () => {
    const { problems } = await row('Ref,Title,Supplier,Start,End', ',,,2026-01-01,2027-01-01')
    expect(problems[0]?.problem).toMatch(/nothing to call/)
  })

  test('blank rows are passed over; totals, notes and repeated headings are counted', async () => {
    const { skipped, drafts, problems } = await readingOf(
      'notes.csv',
      'Ref,Title,Supplier,End,Value\n,,,,\nC-1,Imaging,Acme,2027-03-31,5\n\nRef,Title,Supplier,End,Value\nTotal,,,,5\nSource: finance,,,,\n',
    )
    expect(only(drafts).reference).toBe('C-1')
    expect(problems).toHaveLength(0)
    expect(skipped).toEqual([
      'the headings again',
      'a row of totals',
      'a note: only one cell is filled',
    ])
  })
})

test('a hospital’s own sheet is read whole', async () => {
  const { drafts, problems, register } = await row(
    'Contract No,Contract title,Supplier,Reseller,Trust,Directorate,Contract owner,Owner email,Deputy,Start,Expiry date,Notice period (months),Auto renew,Renewal term,Procurement route,Annual value (ex VAT),Licences,Unit price,Products,Replaces,Status,Regime,Form,Extension type,Extension from,Extension to,Extension cost,Extension agreed on',
    'NHS-7,Microsoft 365,Bytes,Softcat,Barts; Guys,Digital,A Owner,a@example.org,B Deputy,2018-05-01,30/04/2023,3,Y,12 months,Framework - direct award,£32.6m,"1,500",£12.50,M365 E3; Teams,NHS-1,Terminated,PCR 2015,Call-off,Emergency,01/05/2023,31/05/2023,£4.6m,28/04/2023',
  )
  expect(problems).toEqual([])
  expect(register.unmapped).toEqual([])
  expect(only(drafts)).toMatchObject({
    reference: 'NHS-7',
    title: 'Microsoft 365',
    supplier: 'Bytes',
    reseller: 'Softcat',
    buyers: ['Barts', 'Guys'],
    team: 'Digital',
    owner: 'A Owner',
    ownerEmail: 'a@example.org',
    deputy: 'B Deputy',
    start: '2018-05-01',
    end: { kind: 'dated', latest: '2023-04-30' },
    noticePeriod: { amount: 3, unit: 'months' },
    automaticRenewal: true,
    renewalTerm: { amount: 12, unit: 'months' },
    route: 'framework-direct-award',
    value: '32600000.00',
    valueBasis: 'annual',
    vat: 'net',
    currency: 'GBP',
    units: '1500.00',
    unitPrice: '12.50',
    products: ['M365 E3', 'Teams'],
    predecessor: 'NHS-1',
    closed: true,
    regime: 'PCR15',
    form: 'call-off',
    extensions: [
      {
        kind: 'emergency',
        status: 'confirmed',
        from: '2023-05-01',
        to: '2023-05-31',
        cost: '4600000.00',
        knownOn: '2023-04-28',
        source: 'column "Extension to"',
      },
    ],
  })
})

test('30,000 rows are read in a heap of 28 MB', () => {
  const rows = Array.from({ length: 30_000 }, (_, i) => {
    const day = String((i % 28) + 1).padStart(2, '0')
    return `C-${i},"Contract ${i}, services",Supplier ${i % 999},${day}/04/2024,${day}/03/2027,"£${i % 900},100.50"`
  })
  const file = written('many.csv', `Ref,Title,Supplier,Start,End,Value\n${rows.join('\n')}\n`)
  const script = fileURLToPath(new URL('support/count-drafts.mjs', import.meta.url))
  const counted = execFileSync(process.execPath, ['--max-old-space-size=28', script, file])
  expect(counted.toString()).toBe('30000\n')
})

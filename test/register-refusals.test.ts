import { closeSync, mkdirSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import {
  pathOf,
  refusal,
  workbook,
  workbookEntries,
  written,
  zip,
} from './support/register-file.ts'

const HEADINGS = 'Reference,Title,Supplier,Start,End,Value\n'
const ROW = 'C-1,Imaging,Acme Ltd,2024-04-01,2027-03-31,1000\n'

/** File name, its content, and what the refusal has to say. */
const BAD_FILES: readonly (readonly [string, string, string | Buffer, RegExp])[] = [
  ['an empty file', 'empty.csv', '', /empty\.csv is empty/],
  ['a PDF', 'register.pdf', '%PDF-1.7\n%âãÏÓ', /register\.pdf is a PDF.*CSV, XLSX or OCDS/],
  ['a PDF named as CSV', 'really.csv', '%PDF-1.4 x', /really\.csv is a PDF/],
  ['a picture', 'scan.csv', Buffer.from('89504e470d0a1a0a', 'hex'), /is a PNG picture.*Save/],
  ['an old workbook', 'old.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /save it as \.xlsx/],
  ['a gzip file', 'register.csv.gz', Buffer.from('1f8b0800', 'hex'), /gzip.*Unpack/],
  ['a zip that is no workbook', 'a.zip', zip({ 'readme.xml': '<a/>' }), /not an Excel workbook/],
  ['a zip of text', 'b.xlsx', zip({ 'readme.txt': 'hello' }), /not an Excel workbook/],
  ['text named as a workbook', 'c.xlsx', HEADINGS + ROW, /c\.xlsx is text.*--format csv/],
  ['a login page', 'login.csv', '<!DOCTYPE html><html><body>Sign in', /web page.*login/],
  ['XML', 'notices.xml', '<?xml version="1.0"?><a/>', /is XML/],
  ['zero bytes in text', 'nul.csv', `${HEADINGS}C-1,\0\0,A,,,\n`, /zero bytes.*UTF-8/],
  ['no headings', 'plain.csv', 'apples,pears\n1,2\n', /no headings.*"apples", "pears".*--map/],
  ['too few headings', 'few.csv', 'Supplier,Colour\nAcme,red\n', /only supplier.*"Colour".*--map/],
  ['a single column', 'one.csv', 'Some notes\nMore notes\n', /single column/],
  [
    'a quote that never closes',
    'quote.csv',
    `${HEADINGS}${ROW}${ROW}C-2,"Imaging,Acme,2024-04-01,2027-03-31,1\n${ROW}`,
    /quotation mark that opens on line 4 never closes/,
  ],
  [
    'a record without end',
    'long.csv',
    `${HEADINGS}${ROW}C-2,"${'x'.repeat(1_100_000)}",Acme,,,\n`,
    /row that begins on line 3 is longer than 1,000,000/,
  ],
  [
    'more than 500 columns',
    'wide.csv',
    `${HEADINGS.trim()}${',x'.repeat(600)}\n`,
    /line 1 has 606 columns, more than 500/,
  ],
  [
    'truncated JSON',
    'cut.json',
    '{\n"releases": [\n{"ocid": "ocds-1", "id"',
    /ends in the middle.*line 3/,
  ],
  [
    'broken JSON',
    'broken.json',
    '{"releases": [\n{"ocid": "a",, "id": 1}]}',
    /broken JSON.*line 2/,
  ],
  ['JSON of another kind', 'other.json', '{"division": {"a": 1}}', /no OCDS.*It has: division/],
  ['a package of nothing', 'none.json', '{"releases": []}', /holds no OCDS release/],
  ['a list of numbers', 'numbers.json', '[1, 2, 3]', /named as JSON/],
  ['a depth bomb', 'deep.json', '['.repeat(100_000), /nested more than 64 deep/],
  ['text named as JSON', 'text.json', HEADINGS, /named as JSON/],
  ['zero bytes in JSON', 'nul.json', `{"releases": [${' '.repeat(300_000)}\0]}`, /zero bytes/],
  [
    'a truncated workbook',
    'cut.xlsx',
    workbook({
      Register: [
        ['Reference', 'Supplier'],
        ['C-1', 'Acme'],
      ],
    }).subarray(0, 900),
    /cut\.xlsx is a damaged workbook/,
  ],
  [
    'a workbook with a cell a million rows down',
    'far.xlsx',
    zip({
      ...workbookEntries({ Register: [['Reference', 'Supplier']] }),
      'xl/worksheets/sheet1.xml':
        '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
    }),
    /1048576 rows and 16384 columns, which is too large/,
  ],
  [
    'a workbook without headings',
    'bare.xlsx',
    workbook({
      Sheet1: [
        ['apples', 'pears'],
        [1, 2],
      ],
    }),
    /no headings were recognised/,
  ],
  [
    'dates that could be either way round',
    'either.csv',
    `${HEADINGS}C-1,A,B,01/02/2024,03/04/2026,1\n`,
    /nothing settles whether 01\/02\/2024 \(line 2, column "Start"\).*--dates dmy/,
  ],
  [
    'dates that contradict each other',
    'both.csv',
    `${HEADINGS}C-1,A,B,,31/03/2026,1\nC-2,A,B,,03/31/2026,1\n`,
    /"End" contradict.*31\/03\/2026 \(line 2\).*03\/31\/2026 \(line 3\).*--dates/s,
  ],
]

describe('a file that is no register is refused with a sentence that names it and the remedy', () => {
  test.each(BAD_FILES)('%s', async (_, name, content, says) => {
    const text = await refusal(written(name, content))
    expect(text).toMatch(says)
    expect(text).toContain(name)
  })

  test('a file that is not there', async () => {
    expect(await refusal(pathOf('missing.csv'))).toMatch(/There is no file .*missing\.csv/)
  })

  test('a folder', async () => {
    mkdirSync(pathOf('folder.csv'))
    expect(await refusal(pathOf('folder.csv'))).toMatch(/folder\.csv is a folder/)
  })

  test('a workbook given as CSV', async () => {
    const path = written('book.xlsx', workbook({ A: [['Reference', 'Supplier']] }))
    expect(await refusal(path, { format: 'csv' })).toMatch(/not CSV.*--format/)
  })

  test('a mapping of a field that does not exist, with the one that was meant', async () => {
    const path = written('map-field.csv', HEADINGS + ROW)
    const text = await refusal(path, { map: new Map([['suplier', 'Supplier']]) })
    expect(text).toMatch(/no field "suplier"; did you mean supplier\?|did you mean supplier/)
  })

  test('a mapping of a heading that does not exist, with the one that was meant', async () => {
    const path = written('map-heading.csv', HEADINGS + ROW)
    const text = await refusal(path, { map: new Map([['title', 'Titel']]) })
    expect(text).toMatch(/no such heading; did you mean "Title"/)
  })
})

describe('a refusal needs no more memory than a small file', () => {
  const growth = async (path: string): Promise<{ text: string; megabytes: number }> => {
    const before = process.memoryUsage().rss
    const text = await refusal(path)
    return { text, megabytes: (process.memoryUsage().rss - before) / 1e6 }
  }

  test.each(['zeros.csv', 'zeros.json', 'zeros.xlsx'])('2 GB of zeros as %s', async (name) => {
    const path = written(name, '')
    truncateSync(path, 2 * 1024 ** 3)
    const { text, megabytes } = await growth(path)
    expect(text).toMatch(/zero bytes/)
    expect(megabytes).toBeLessThan(50)
  })

  test('2 GB of zeros after a good beginning', async () => {
    const path = written('tail.csv', HEADINGS + ROW.repeat(10_000))
    truncateSync(path, 2 * 1024 ** 3)
    const { text, megabytes } = await growth(path)
    expect(text).toMatch(/zero bytes/)
    expect(megabytes).toBeLessThan(50)
  })

  test('a zip bomb, honest or lying about its size', async () => {
    const entries = workbookEntries({ Register: [['Reference', 'Supplier']] })
    const bomb = { ...entries, 'xl/worksheets/sheet2.xml': Buffer.alloc(60 * 1024 * 1024, 32) }
    const honest = written('bomb.xlsx', zip(bomb))
    const lying = written('liar.xlsx', zip(bomb, 1000))
    const first = await growth(honest)
    expect(first.text).toMatch(/not unpacked: it unpacks to more than/)
    const second = await growth(lying)
    expect(second.text).toMatch(/not unpacked|damaged/)
    expect(first.megabytes + second.megabytes).toBeLessThan(80)
  })

  test('a JSON file over 512 MB', async () => {
    const path = written('huge.json', '{"releases": [')
    truncateSync(path, 513 * 1024 ** 2)
    // Blank where the head is looked at, so that only its size speaks against it.
    const handle = openSync(path, 'r+')
    writeSync(handle, Buffer.alloc(300_000, 32), 0, 300_000, 14)
    closeSync(handle)
    const { text, megabytes } = await growth(path)
    expect(text).toMatch(/larger than 512 MB/)
    expect(megabytes).toBeLessThan(50)
  })
})

test('--format reads a table whatever its name', async () => {
  const path = pathOf('table.json')
  writeFileSync(path, HEADINGS + ROW)
  expect(await refusal(path, { format: 'csv' })).toBe('')
})

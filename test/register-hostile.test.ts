import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { withinTime } from '../src/register/open.ts'
import { holdsInTime } from './support/holds.ts'
import {
  pathOf,
  reading,
  refusal,
  workbook,
  workbookEntries,
  written,
  zip,
} from './support/register-file.ts'

const CSV = Buffer.from(
  'Ref,Title,Supplier,Start,End,Value,Notice period,Extension type,Extension to\n' +
    'C-1,"Imaging, ""all"" sites",Smith &amp; Sons,01/04/2024,31/03/2027,"£1,234.50",3 months,emergency,30/04/2027\n' +
    'C-2,Café,Müller,25/12/2024,June 2028,1.2m,90 days,,\n'.repeat(20),
)
const OCDS = Buffer.from(
  JSON.stringify({
    releases: [1, 2, 3].map((n) => ({
      ocid: `ocds-abc123-${n % 2}`,
      id: n,
      date: `2024-0${n}-01T00:00:00Z`,
      tag: ['award'],
      parties: [{ id: 'S', name: 'Acme', roles: ['supplier'] }],
      tender: { title: 'T', lots: [{ id: 'L', contractPeriod: { endDate: '2026-01-01' } }] },
      awards: [
        {
          id: 'a',
          value: { amount: 10.5 },
          contractPeriod: { startDate: '2024-04-01', durationInDays: 360 },
        },
      ],
      contracts: [
        {
          id: 'c',
          awardID: 'a',
          period: { endDate: `202${5 + n}-01-01`, maxExtentDate: '2029-01-01' },
          amendments: [{ id: 1, period: { endDate: '2030-01-01' } }],
        },
      ],
    })),
  }),
)
const XLSX = workbook({
  A: [
    ['Reference', 'Supplier', 'End', 'Value'],
    ['C-1', 'Acme', { serial: 46000 }, 10.5],
    ['C-2', 'Beta', '31/03/2027', '£5'],
  ],
})

interface Damage {
  readonly at: number
  readonly kind: 'replace' | 'delete' | 'repeat' | 'cut'
  readonly byte: number
  readonly length: number
}
const damages = fc.array(
  fc.record<Damage>({
    at: fc.nat(),
    kind: fc.constantFrom('replace', 'delete', 'repeat', 'cut'),
    byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(34, 44, 10, 123, 91, 125, 93)),
    length: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 6 },
)

function damaged(bytes: Buffer, all: readonly Damage[]): Buffer {
  let result = Buffer.from(bytes)
  for (const { at, kind, byte, length } of all) {
    const from = result.length === 0 ? 0 : at % result.length
    const before = result.subarray(0, from)
    const piece = result.subarray(from, from + length)
    const after = result.subarray(from + length)
    if (kind === 'replace') {
      result = Buffer.from(result)
      if (from < result.length) result[from] = byte
    } else if (kind === 'delete') result = Buffer.concat([before, after])
    else if (kind === 'repeat') result = Buffer.concat([before, piece, piece, after])
    else if (at % 10 === 0) result = Buffer.from(before)
  }
  return result
}

test.each([
  ['a CSV file', 'hostile.csv', CSV],
  ['an OCDS file', 'hostile.json', OCDS],
  ['a workbook', 'hostile.xlsx', XLSX],
])(
  '%s that was damaged anywhere is read or refused with a sentence, never with a crash',
  async (_, name, bytes) => {
    const path = pathOf(name)
    await holdsInTime([damages], Number(process.env.HOSTILE_RUNS ?? 67), async (all) => {
      writeFileSync(path, damaged(bytes, all))
      try {
        for (const item of (await reading(path)).items) {
          if (item.kind !== 'rejected') continue
          expect(item.problems.length).toBeGreaterThan(0)
          expect(
            item.problems.every(({ problem, remedy }) => problem !== '' && remedy !== ''),
          ).toBe(true)
        }
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'RegisterError') throw error
        expect(error.message).toMatch(/\.$/)
      }
    })
  },
)

test('a workbook whose sheet was damaged anywhere is read or refused with a sentence', async () => {
  const entries = workbookEntries({
    A: [
      ['Reference', 'Supplier', 'End', 'Value'],
      ['C-1', 'Acme', { serial: 46000 }, 10.5],
      ['C-2', 'Beta', '31/03/2027', '£5'],
    ],
  })
  const part = 'xl/worksheets/sheet1.xml'
  await holdsInTime([damages], Number(process.env.HOSTILE_RUNS ?? 67), async (all) => {
    const sheet = damaged(Buffer.from(entries[part] ?? ''), all)
    const path = written('sheet.xlsx', zip({ ...entries, [part]: sheet }))
    try {
      await reading(path)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'RegisterError') throw error
      expect(error.message).toMatch(/\.$/)
    }
  })
})

test.each([
  ['blanks in an amount', `C-1,Acme,,1${' '.repeat(200_000)}x`],
  ['words in an amount', `C-1,Acme,,${'plus vat, '.repeat(20_000)}x`.replaceAll(', ', ' ')],
  ['brackets in a supplier', `C-1,${'['.repeat(400_000)}|,,`],
  ['bars in a supplier', `C-1,[${'a|'.repeat(400_000)},,`],
  ['blanks in a date', `C-1,Acme,1${' '.repeat(400_000)}May,`],
  ['entities in a supplier', `C-1,${'&amp;'.repeat(150_000)},,`],
])('%s without end are read to their end', async (_, row) => {
  const { items } = await reading(written('slow.csv', `Ref,Supplier,End,Value\n${row}\n`))
  expect(items).toHaveLength(1)
})

test('a workbook of unfinished cells is read to its end', async () => {
  const sheet = `<worksheet><sheetData>${'<c '.repeat(1_000_000)}`
  const entries = { ...workbookEntries({ A: [] }), 'xl/worksheets/sheet1.xml': sheet }
  expect(await refusal(written('slow.xlsx', zip(entries)))).not.toBe('')
})

test.each([
  ['a comment', '<!--<', '<a>'],
  ['a text', '', 'words '],
  ['a tag', '<c ', 'r="A1" '],
  ['a value', '<c r="', '> '],
  ['CDATA', '<![CDATA[', '<a>'],
])('%s without an end is read to the end of its workbook', async (_, begins, goesOn) => {
  const sheet = `<worksheet><sheetData>${begins}${goesOn.repeat(Math.ceil(20_000_000 / goesOn.length))}`
  const entries = { ...workbookEntries({ A: [] }), 'xl/worksheets/sheet1.xml': sheet }
  const path = written('endless.xlsx', zip(entries))
  expect(await refusal(path)).toMatch(/cannot be read|damaged/)
})

test('a reading that takes too long is broken off with a sentence', async () => {
  let clock = 0
  async function* rows() {
    for (let row = 0; ; row += 1) {
      clock += 100
      yield row
    }
  }
  const read: number[] = []
  const reading = (async () => {
    for await (const row of withinTime(rows(), () => clock, 60_000)) read.push(row)
  })()
  await expect(reading).rejects.toThrow(/more than 1 min, and nothing was imported: split it/)
  expect(read.length).toBeGreaterThan(599)
  expect(read.length).toBeLessThan(1000)
})

// Registers made up for measuring: the same bytes for the same day, sizes as real ones have them.

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import writeWorkbook from 'write-excel-file/node'

const BUYERS = 190
const SUPPLIERS = 4_000
const OWNERS = 300
const WORDS =
  'maintenance support licences cleaning network imaging catering transport records pharmacy waste energy telephony laboratory estates staffing'.split(
    ' ',
  )
const FILLER = `The contract covers delivery, installation, training of staff and all that keeps the service running on every site of the buyer. `

/**
 * Writes a CSV register of so many rows and twelve columns. `shift` moves every end by so many
 * days, as a second edition in which all of them changed.
 */
export async function writeCsv(file, rows, today, shift = 0) {
  await writeLines(file, function* () {
    yield `${HEADINGS.join(',')}\r\n`
    for (const cells of register(rows, today, shift)) {
      const texts = cells.map((cell) => (typeof cell === 'number' ? slashed(cell) : cell))
      yield `${texts.map((text) => (text.includes(',') ? `"${text}"` : text)).join(',')}\r\n`
    }
  })
}

/** The same rows as a workbook: texts in its table of strings, days and values as numbers. */
export async function writeXlsx(file, rows, today) {
  const data = [HEADINGS.map((value) => ({ value, type: String }))]
  for (const cells of register(rows, today, 0)) {
    data.push(
      cells.map((cell, column) => {
        if (cell === '') return null
        if (typeof cell === 'number') {
          return { value: new Date(cell * 86_400_000), type: Date, format: 'dd/mm/yyyy' }
        }
        return column === VALUE
          ? { value: Number(cell), type: Number }
          : { value: cell, type: String }
      }),
    )
  }
  await writeWorkbook(data).toFile(file)
}

const HEADINGS =
  'Reference,Title,Buyer,Supplier,Category,Contract Owner,Start Date,End Date,Maximum End Date,Notice Period,Contract Value,Procurement Route'.split(
    ',',
  )
const VALUE = HEADINGS.indexOf('Contract Value')

/** Rows of text, days as days since 1970. */
function* register(rows, today, shift) {
  const random = randomFrom(1)
  for (let row = 0; row < rows; row += 1) {
    const { start, end } = term(random, today)
    yield [
      `CT-${String(row).padStart(6, '0')}`,
      title(random, row),
      buyer(random),
      supplier(random),
      WORDS[row % WORDS.length],
      `Owner ${pick(random, OWNERS)}`,
      start,
      end + shift,
      random() < 0.3 ? end + shift + 365 : '',
      random() < 0.4 ? '3 months' : '',
      (1_000 + random() * 900_000).toFixed(2),
      random() < 0.5 ? 'Open' : '',
    ]
  }
}

/** Writes an OCDS 1.1 release package of so many releases of 3 KB, one award each. */
export async function writeOcds(file, releases, today) {
  const random = randomFrom(2)
  await writeLines(file, function* () {
    yield `{"uri":"https://publisher.example/package","version":"1.1","publishedDate":"${iso(today)}T00:00:00Z","publisher":{"name":"A publisher"},"releases":[\n`
    for (let index = 0; index < releases; index += 1) {
      yield `${index === 0 ? '' : ',\n'}${JSON.stringify(release(random, index, today))}`
    }
    yield '\n]}\n'
  })
}

function release(random, index, today) {
  const ocid = `ocds-b3nch0-${String(index).padStart(8, '0')}`
  const { start, end } = term(random, today)
  const value = { amount: Math.round(1_000 + random() * 900_000), currency: 'GBP' }
  const [buyerId, supplierId] = [pick(random, BUYERS), pick(random, SUPPLIERS)]
  const bought = { id: `GB-B-${buyerId}`, name: `NHS Trust ${buyerId}` }
  const sold = { id: `GB-S-${supplierId}`, name: `Supplier ${supplierId} Limited` }
  const period = { startDate: `${iso(start)}T00:00:00Z`, endDate: `${iso(end)}T23:59:59Z` }
  return {
    ocid,
    id: `${ocid}-r1`,
    language: 'en',
    date: `${iso(start - 20)}T12:00:00Z`,
    tag: ['award'],
    initiationType: 'tender',
    tender: {
      id: `T-${index}`,
      title: title(random, index),
      description: FILLER.repeat(11),
      status: 'complete',
      classification: { scheme: 'CPV', id: '72000000', description: 'IT services' },
      items: [
        { id: '1', deliveryAddresses: [{ region: 'England', countryName: 'United Kingdom' }] },
      ],
      value,
      procurementMethod: 'open',
      procurementMethodDetails: 'Open procedure',
      tenderPeriod: { endDate: `${iso(start - 60)}T12:00:00Z` },
      contractPeriod: period,
      mainProcurementCategory: 'services',
    },
    parties: [
      {
        ...bought,
        identifier: { legalName: bought.name },
        address: { locality: 'Leeds' },
        roles: ['buyer'],
      },
      {
        ...sold,
        identifier: { legalName: sold.name },
        address: { locality: 'York' },
        roles: ['supplier'],
      },
    ],
    buyer: bought,
    awards: [
      {
        id: `${ocid}-1`,
        status: 'active',
        date: `${iso(start - 20)}T00:00:00Z`,
        value,
        suppliers: [sold],
        contractPeriod: period,
        documents: [
          {
            id: '1',
            documentType: 'awardNotice',
            url: `https://publisher.example/${ocid}`,
            format: 'text/html',
          },
        ],
      },
    ],
  }
}

/** Days since 1970 of a start in the last three years and an end from a month ago to four years on. */
function term(random, today) {
  const end = today - 30 + pick(random, 1_490)
  return { start: Math.min(end - 365, today - pick(random, 1_000)), end }
}

function title(random, row) {
  return `${WORDS[pick(random, WORDS.length)]} and ${WORDS[pick(random, WORDS.length)]} for site ${row % 97}`
}

function buyer(random) {
  return `NHS Trust ${pick(random, BUYERS)}`
}

function supplier(random) {
  return `Supplier ${pick(random, SUPPLIERS)}, Limited`
}

function pick(random, count) {
  return Math.floor(random() * count)
}

/** Days since 1970 as YYYY-MM-DD. */
export function iso(day) {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

function slashed(day) {
  return iso(day).split('-').reverse().join('/')
}

function randomFrom(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

async function writeLines(file, lines) {
  const stream = createWriteStream(file)
  for (const line of lines()) if (!stream.write(line)) await once(stream, 'drain')
  stream.end()
  await once(stream, 'finish')
}

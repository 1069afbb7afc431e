// What moved between two recordings of `simulate` (prove/baseline/*.br), grouped by its reason:
// node prove/moved.mjs BEFORE.br AFTER.br
// A reason is read from what the messages themselves give as "Why this date", before and after.
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

const [before, after] = process.argv.slice(2).map((file) => {
  const { messages } = JSON.parse(brotliDecompressSync(readFileSync(file)).toString())
  return new Map(messages.map((each) => [keyOf(each), each]))
})
if (before === undefined || after === undefined) {
  console.error('Name two recordings: node prove/moved.mjs BEFORE.br AFTER.br')
  process.exit(2)
}

const gone = [...before].filter(([key]) => !after.has(key)).map(([, each]) => each)
const come = [...after].filter(([key]) => !before.has(key)).map(([, each]) => each)
const subjects = [
  ...new Set([...gone, ...come].map(({ reference, kind }) => `${reference} ${kind}`)),
]
const rows = subjects.sort().map((subject) => {
  const [was, is] = [before, after].map((all) =>
    [...all.values()].filter(({ reference, kind }) => `${reference} ${kind}` === subject),
  )
  const [reference, kind] = subject.split(' ')
  return {
    ...{ reference, kind, was: was.length, is: is.length },
    ...{ from: datesOf(was), to: datesOf(is), reason: reasonOf(kind, whyOf(was), whyOf(is)) },
  }
})
const reasons = [...new Set(rows.map(({ reason }) => reason))]

console.log(
  `${before.size} warnings before, ${after.size} after; ${gone.length} gone, ${come.length} new.\n`,
)
console.log('| reason | contract | kind | warnings before | after | date before | after |')
console.log('|---|---|---|---|---|---|---|')
for (const reason of reasons) {
  for (const row of rows.filter((each) => each.reason === reason)) {
    const { reference, kind, was, is, from, to } = row
    console.log(`| ${reason} | ${reference} | ${kind} | ${was} | ${is} | ${from} | ${to} |`)
  }
}

// What stayed and is worded otherwise: because it lists a date that moved, or not.
const moved = new Set(rows.map(({ reference }) => reference))
const reworded = [...before].filter(
  ([key, each]) => after.get(key)?.text !== each.text && after.has(key),
)
const own = reworded.filter(([, { reference }]) => moved.has(reference))
const others = reworded.filter(([, { reference }]) => !moved.has(reference))
console.log(
  `\n${reworded.length} warnings of the same day and date are worded otherwise: ${own.length} of these contracts, which list the moved date beside their own; ${others.length} of others.`,
)
for (const reference of new Set(others.map(([, each]) => each.reference))) {
  const [key, { text }] = others.find(([, each]) => each.reference === reference)
  const [lines, now] = [text, after.get(key).text].map((each) => each.split('\n'))
  const [line = ''] = lines.filter((each) => !now.includes(each))
  const [instead = ''] = now.filter((each) => !lines.includes(each))
  console.log(`  ${reference}: "${line}" is now "${instead}"`)
}

function keyOf({ on, reference, kind, rung, deadline }) {
  return [on, reference, kind, rung, deadline].join(' ')
}

function datesOf(messages) {
  return [...new Set(messages.map(({ deadline }) => deadline))].sort().join(', ') || '–'
}

function whyOf(messages) {
  return messages.flatMap(({ text }) =>
    text.split('\n').filter((line) => line.startsWith('Why this date: ')),
  )
}

function reasonOf(kind, was, is) {
  const [past, now] = [was, is].map((lines) => lines.join('\n'))
  if (/start between .* and /.test(now)) {
    return 'an assumed route is a range: warnings count to the fastest in use'
  }
  if (kind === 'start-by' && /standstill/.test(past) && !/standstill/.test(now)) {
    return 'no mandatory standstill by reference to a dynamic market (s.51(3)(e))'
  }
  if (kind === 'start-by' && /PSR/.test(now) && /standstill/.test(now)) {
    return 'PSR standstill by reg 12(9) with England’s days (reg 12(12))'
  }
  if (/renews? by itself|renewed by itself/.test(now)) {
    return 'it renews by itself: its notice is warned of, and each term’s'
  }
  if (kind === 'notice' && is.length === 0) {
    return 'a notice deadline exists only where a contract renews by itself'
  }
  if (kind === 'end' && is.length === 0)
    return 'it renews by itself: its notice is warned of, and each term’s'
  return 'told beside another date, without its own reason: `start-by` gives it'
}

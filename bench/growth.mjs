// What somebody could make long on purpose: processor time of twice the length beside that of once.
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openRegister } from '../dist/src/register/open.js'
import { proposeChains } from '../dist/src/rules/chains.js'
import { addDays, asCivilDate } from '../dist/src/rules/civil-date.js'
import { ukCalendar } from '../dist/src/rules/working-days.js'
import { readCommand } from '../dist/src/slack/parse/command.js'

const TODAY = asCivilDate('2026-01-05')
const CLOCK = { today: TODAY, calendar: ukCalendar('england-and-wales'), yearStart: 4 }
/** So long that once takes some tens of milliseconds. */
const LENGTH = 200_000

const CELLS = {
  'blanks in an amount': (length) => `C-1,Acme,,1${' '.repeat(length)}x`,
  'words in an amount': (length) => `C-1,Acme,,${'plus vat '.repeat(length / 10)}x`,
  'brackets in a supplier': (length) => `C-1,${'['.repeat(length)}|,,`,
  'bars in a supplier': (length) => `C-1,[${'a|'.repeat(length)},,`,
  'blanks in a date': (length) => `C-1,Acme,1${' '.repeat(length)}May,`,
  'entities in a supplier': (length) => `C-1,${'&amp;'.repeat(length / 2)},,`,
}
const PARTS = ['"', '<@U', "'a ", '“a', 'team ', '30 ', 'next ', 'a:', '\u0301', '& ']

/** For each input: milliseconds of processor time of once and of twice its length, best of some tries. */
export async function benchGrowth(tries, say) {
  say('Growth: reading what is long on purpose…')
  const works = [
    ...Object.entries(CELLS).map(([what, row]) => [
      what,
      (length) => readRow(`Ref,Supplier,End,Value\n${row(length)}\n`),
    ]),
    ...PARTS.map((part) => [
      `${JSON.stringify(part)} in a command`,
      (length) => readCommand(`due ${part.repeat(length)}`, CLOCK),
    ]),
    ['awards of one supplier', (length) => proposeChains(awards(length / 5))],
  ]
  const measured = []
  for (const [what, work] of works) {
    await cpuOf(() => work(LENGTH / 10))
    const [once, twice] = [await best(tries, work, LENGTH), await best(tries, work, 2 * LENGTH)]
    measured.push({ what, once, twice })
  }
  return measured
}

async function best(tries, work, length) {
  let least = Number.POSITIVE_INFINITY
  for (let at = 0; at < tries + 2; at += 1) {
    least = Math.min(least, await cpuOf(() => work(length)))
  }
  return { best: least }
}

async function cpuOf(work) {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

async function readRow(text) {
  const file = path.join(tmpdir(), `growth-${process.pid}.csv`)
  writeFileSync(file, text)
  try {
    const options = { map: new Map(), dates: null, timeZone: null, today: TODAY }
    for await (const _ of (await openRegister(file, options)).items());
  } catch (error) {
    // Refused, as one of these is, is read as well.
    if (error.name !== 'RegisterError') throw error
  } finally {
    rmSync(file)
  }
}

function awards(count) {
  const first = asCivilDate('2021-12-31')
  return Array.from({ length: count }, (_, id) => {
    const start = addDays(first, (id * 37) % 3000)
    const end = addDays(start, 30 + ((id * 13) % 400))
    return { id, buyer: 'one', supplier: 'one', start, end, value: '100', currency: 'GBP' }
  })
}

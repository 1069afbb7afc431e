/** Sentences as people type them, answered from the sample register: right, or named as not understood. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { readTeams } from '../src/database/organisation.ts'
import { sampleRegister } from '../src/register/sample/stories.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { compare } from '../src/rules/text-match.ts'
import { ukCalendar } from '../src/rules/working-days.ts'
import { answerSentence, type SentenceAnswer } from '../src/slack/facts/list.ts'
import { FILLERS } from '../src/slack/parse/vocabulary.ts'
import { counted, dateWords, spendWords } from '../src/text/words.ts'
import { CELLS, type Cell, meantBy, NAMED } from './support/ask-matrix.ts'
import {
  anySentence,
  byValue,
  isOver,
  LAST_SENTENCES,
  MORE_SENTENCES,
  type SampleContract,
  SENTENCES,
  type Sentence,
  TIRED_SENTENCES,
  VERDICTS,
} from './support/ask-sentences.ts'
import { holdsInTime } from './support/holds.ts'
import { written } from './support/register-file.ts'
import { openSetup, type Setup } from './support/setup.ts'

const TODAY = asCivilDate('2026-11-23')
const ALL = [...SENTENCES, ...MORE_SENTENCES, ...LAST_SENTENCES, ...TIRED_SENTENCES]
const CALENDAR = ukCalendar('england-and-wales')

let setup: Setup
let contracts: readonly SampleContract[]
beforeAll(async () => {
  setup = await openSetup()
  await setup.importRegister(sampleRegister(TODAY), TODAY, { source: 'sample', isSample: true })
  contracts = await setup.rows<SampleContract>(FACTS, [setup.organisation.id, TODAY])
})
afterAll(() => setup.drop())

/** The contracts with their facts, asked of the database apart from how sentences are. */
const FACTS = `
  SELECT right(c.reference, 3)::int AS n, c.reference, c.title, c.supplier, c.category,
         o.display_name AS owner, d.display_name AS deputy, l.display_name AS lead,
         c.value::float8 AS value, c.currency, c.start::text,
         (SELECT coalesce(array_agg(x.day::text), '{}') FROM (
            SELECT c.current_latest AS day WHERE c.automatic_renewal AND c.current_latest IS NOT NULL
            UNION ALL SELECT e.from_on - 1 FROM extension e WHERE e.contract_id = c.id
              AND e.kind = 'renewal' AND e.status IN ('presumed', 'confirmed')) x) AS renews, c.current_earliest::text AS earliest,
         c.current_latest::text AS end,
         CASE WHEN c.closed_on IS NOT NULL THEN 'closed' WHEN c.historic THEN 'historic'
              WHEN c.current_latest IS NULL THEN c.end_kind
              WHEN c.current_latest >= $2::date THEN 'active' ELSE 'out-of-contract' END AS state,
         c.notice_amount AS notice, to_jsonb(c) AS recorded, (SELECT coalesce(array_agg(e.from_on::text), '{}') FROM extension e
            WHERE e.contract_id = c.id AND e.status <> 'withdrawn') AS extended,
         EXISTS (SELECT FROM extension e WHERE e.contract_id = c.id AND e.kind = 'emergency'
                 AND $2::date BETWEEN e.from_on AND e.to_on) AS emergency,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', x.kind, 'on', x.due_on,
                            'latest', coalesce(x.latest_on, x.due_on))), '[]')
          FROM deadline x WHERE x.contract_id = c.id AND x.settled_why IS NULL AND c.watched
            AND NOT c.historic AND c.closed_on IS NULL
            AND (x.kind LIKE '%end' OR c.current_latest IS NULL OR c.current_latest >= $2::date)) AS due
  FROM contract c LEFT JOIN person o ON o.id = c.owner_id LEFT JOIN person d ON d.id = c.deputy_id
  LEFT JOIN person l ON l.id = c.category_lead_id
  WHERE c.organisation_id = $1 ORDER BY c.id`

const ask = (sentence: string, at = setup, today = TODAY): Promise<SentenceAnswer> =>
  answerSentence(
    {
      pool: at.db.pool,
      organisationId: at.organisation.id,
      rulesOf: at.rulesOf,
      teams: () => readTeams(at.db.pool, at.organisation.id),
      today,
      timeZone: 'Europe/London',
    },
    sentence,
    4,
    CALENDAR,
  )

/** As of which day, what was said, what it is read as, what is not read, and the contracts' numbers in order. */
const TABLE = readFileSync(new URL('support/ask-table.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\| 20\d\d-/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

/** What stands beside what was read, and is held to the facts by itself. */
const BESIDE: ReadonlySet<string> = new Set(['whose', 'told', 'verdict', 'presumed'])

async function figuresOf(said: string): Promise<string> {
  const { read, unread } = await ask(said)
  expect(unread, said).toEqual([])
  return read.find(({ what }) => what === 'sum' || what === 'per')?.text ?? ''
}

/** What is wrong with the answer; empty where nothing is. */
async function faultsOf([said, read, unread, fits]: Sentence): Promise<string[]> {
  const answer = await ask(said)
  const referenceOf = (n: number) => contracts.find((each) => each.n === n)?.reference ?? ''
  const right =
    typeof fits === 'function'
      ? contracts
          .filter((each) => fits(each) && !(read.includes('running') && isOver(each)))
          .map(({ reference }) => reference)
      : fits.map(referenceOf)
  const found = answer.items.map(({ reference }) => reference)
  const limited = answer.read.some(({ what }) => what === 'top')
  const whats = [...new Set(answer.read.map(({ what }) => what))].filter(
    (what) => !BESIDE.has(what) && (what !== 'running' || read.includes(what)),
  )
  const faults: string[] = []
  const same = (name: string, is: string, should: string) => {
    if (is !== should) faults.push(`${said}: ${name} is "${is}" and should be "${should}"`)
  }
  same('unread', answer.unread.join(' '), unread.join(' '))
  same(
    'read',
    whats.toSorted(compare).join(' '),
    read.split(' ').filter(Boolean).toSorted(compare).join(' '),
  )
  const isOrdered = typeof fits !== 'function' && whats.includes('order')
  if (isOrdered) same('in order', found.join(' '), right.join(' '))
  else if (!limited) {
    const extra = found.filter((each) => !right.includes(each))
    const missing = right.filter((each) => !found.includes(each))
    same('not asked for', extra.join(' '), '')
    same('left out', missing.join(' '), '')
  }
  return faults
}

/** What has no place in the order stands last. */
function isOrdered({ by }: Cell, references: readonly string[]): boolean {
  if (by === undefined) return true
  const all = references.map((each) => contracts.find(({ reference }) => reference === each))
  const keys = all.flatMap((each) => (each === undefined ? [] : [by(each)]))
  const placed = keys.slice(0, keys.indexOf(null) < 0 ? keys.length : keys.indexOf(null))
  return (
    keys.slice(placed.length).every((key) => key === null) &&
    placed.every(
      (key, at) =>
        at === 0 || String(placed[at - 1]) === String(key) || (placed[at - 1] ?? '') < (key ?? ''),
    )
  )
}

// Some hundred questions each, one after another, also on a machine that is busy.
describe('a sentence about contracts', { timeout: 300_000 }, () => {
  it('is answered rightly, or says what of it was not understood', async () => {
    const faults: string[] = []
    for (const sentence of ALL) {
      faults.push(
        ...(await faultsOf(sentence).catch((error: Error) => [`${sentence[0]}: ${error.message}`])),
      )
    }
    expect(faults).toEqual([])
  })

  it('of the table is read as it says there, on its day', async () => {
    expect(TABLE.length).toBeGreaterThanOrEqual(160)
    const answered: string[][] = []
    for (const day of new Set(TABLE.map(([asOf = '']) => asOf))) {
      const today = asCivilDate(day)
      const at = await openSetup()
      await at.importRegister(sampleRegister(today), today, { source: 'sample', isSample: true })
      const rows = TABLE.filter(([asOf]) => asOf === day)
      for (const [asOf = '', said = ''] of rows) {
        const { read, unread, items } = await ask(said, at, today).catch((error: Error) => ({
          ...{ read: [{ text: error.message }], unread: [], items: [] },
        }))
        const numbers = items.map(({ reference }) => Number(reference.slice(-3)))
        const words = read.map(({ text }) => text).join(' ')
        answered.push([asOf, said, words, unread.join(', '), numbers.join(' ')])
      }
      await at.drop()
    }
    const rows = [...new Set(TABLE.map(([asOf = '']) => asOf))].flatMap((day) =>
      TABLE.filter(([asOf]) => asOf === day),
    )
    expect(answered).toEqual(rows)
  })

  it('about any field by any operator, however it is worded, is answered from the facts', async () => {
    const faults: string[] = []
    for (const cell of CELLS) {
      const { unread, items } = await ask(cell.said).catch((error: Error) => ({
        ...{ unread: [error.message], items: [] },
      }))
      const found = items.map(({ reference }) => reference)
      const right = meantBy(cell, contracts).map(({ reference }) => reference)
      const isSame = found.toSorted(compare).join() === right.toSorted(compare).join()
      if (unread.length > 0) faults.push(`${cell.said}: not read: ${unread.join(', ')}`)
      else if (!isSame || !isOrdered(cell, found))
        faults.push(`${cell.said}: ${found.join(' ')}, and not ${right.join(' ')}`)
    }
    expect(faults).toEqual([])
    for (const said of NAMED) {
      const { unread } = await ask(said).catch((error: Error) => ({ unread: [error.message] }))
      expect(unread, said).not.toEqual([])
    }
  })

  it('about how many each supplier, owner or category has counts those that run, one by one', async () => {
    for (const [of, several] of [
      ['supplier', 'suppliers'],
      ['owner', 'owners'],
      ['category', 'categories'],
    ] as const) {
      const counts = new Map<string, number>()
      for (const each of contracts.filter((each) => !isOver(each))) {
        const name = each[of]
        if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
      }
      const ranked = [...counts].toSorted(([, one], [, other]) => other - one)
      const most = ranked.filter(([, count]) => count === ranked[0]?.[1]).map(([name]) => name)
      for (const [said, right] of [
        [`how many contracts per ${of}`, null],
        [`which ${of} has the most contracts`, (name: string | null) => most.includes(name ?? '')],
        [
          `${several} with more than 4 contracts`,
          (name: string | null) => (counts.get(name ?? '') ?? 0) > 4,
        ],
      ] as const) {
        const { read, unread, items } = await ask(said)
        const text = read.find(({ what }) => what === 'per')?.text ?? ''
        for (const [name, count] of ranked.slice(0, right === null ? 3 : 1))
          expect([unread, text], said).toEqual([[], expect.stringContaining(`${name} ${count}`)])
        const fitting = contracts.filter((each) => !isOver(each) && (right?.(each[of]) ?? true))
        expect(items.length, said).toBe(fitting.length)
      }
    }
  })

  it('that asks whether something is so is answered by yes or no first, where the record says it', async () => {
    const faults: string[] = []
    // Some of each state.
    const some = contracts.filter(({ n, state }) => state !== 'active' || n < 7)
    for (const [wordings, says] of VERDICTS) {
      for (const [at, each] of some.entries()) {
        const said = (wordings[at % wordings.length] ?? '').replace('~', each.reference)
        const { read, unread, items } = await ask(said)
        const [first] = read
        const text = first?.what === 'verdict' ? first.text : ''
        const word = /^(Yes|No|Not recorded): \S/.exec(text)?.[1] ?? null
        const isAlone = items.length === 1 && items[0]?.reference === each.reference
        if (word !== says(each) || (word !== null && (unread.length > 0 || !isAlone)))
          faults.push(
            `${said}: ${word ?? 'no word'}, and not ${says(each)} (${text} ${unread.join()})`,
          )
      }
    }
    expect(faults).toEqual([])
    const ofMarch = contracts.filter(
      (c) =>
        !isOver(c) && c.end !== null && c.end >= '2027-03-01' && (c.earliest ?? '') < '2027-04',
    )
    for (const [said, first] of [
      ['does anything end in march 2027?', `Yes: ${counted(ofMarch.length, 'contract')}.`],
      ['are there any contracts with nobody as owner', 'Yes: 8 contracts.'],
      ['do we have anything with ostrelle', 'Yes: 3 contracts.'],
      ['does kofi brannock own anything in digital', 'No: no contract.'],
      ['are the quillmere contracts live', 'Yes: all 4.'],
      // Only what probably renewed; asked the other way round, which of two, or how: no word would be right.
      ['is anything ending in january?', null],
      ['is it too late to give notice on lone worker alarms', null],
      ['is the linen owned by mei or by daniel', null],
      ['do you know when linen ends', null],
      ['is linen wibbled in march', null],
    ] as const) {
      const { read } = await ask(said)
      expect(read.find(({ what }) => what === 'verdict')?.text ?? null, said).toBe(first)
    }
  })

  it('for an average, a year, a month or the first of two is answered with the figures of the facts', async () => {
    const of = (area: string) => contracts.filter((c) => c.category === area && !isOver(c))
    const valued = of('Transport').flatMap(({ value }) => value ?? [])
    const average = valued.reduce((sum, each) => sum + each, 0) / valued.length
    for (const said of ['average value of transport contracts', 'avg contract value in transport?'])
      expect(await figuresOf(said)).toBe(
        `(on average ${spendWords(asDecimal(average.toFixed(2)), 'GBP')} over ${valued.length})`,
      )
    // Priced by the year in the sample.
    const foliant = contracts.filter(({ supplier }) => supplier?.startsWith('Foliant') === true)
    const yearly = foliant.reduce((sum, { value }) => sum + (value ?? 0), 0)
    for (const said of [
      'how much do we pay foliant a year',
      'annual cost of foliant',
      'total yearly spend with foliant',
    ])
      expect(await figuresOf(said), said).toBe(
        `(together ${spendWords(asDecimal(String(yearly)), 'GBP')} a year)`,
      )
    // Of four years, told whole.
    const linen = contracts.find(({ title }) => /linen/i.test(title))
    const [from, to] = [linen?.start ?? '', linen?.end ?? ''].map(
      (day) => new Date(`${day}T00:00Z`),
    )
    const years = Math.round(((to?.getTime() ?? 0) - (from?.getTime() ?? 0)) / 31_557_600_000)
    expect(await figuresOf('how much is linen a year')).toBe(
      `(together ${spendWords(asDecimal(String((linen?.value ?? 0) / years)), 'GBP')} a year)`,
    )
    const ends = contracts.filter((c) => !isOver(c) && c.end?.startsWith('2027') === true)
    const inMarch = ends.filter(({ end }) => end?.startsWith('2027-03') === true).length
    for (const said of [
      'how many end each month in 2027',
      'count by month of what expires in 2027',
    ])
      expect(await figuresOf(said), said).toContain(`March 2027 ${inMarch}`)
    for (const [one, other] of [
      ['linen', 'pest control'],
      ['wheelchair', 'fire alarms'],
    ] as const) {
      const [first] = contracts
        .filter((c) => c.title.toLowerCase().includes(one) || c.title.toLowerCase().includes(other))
        .filter(({ state }) => state === 'active')
        .toSorted((a, b) => compare(a.end ?? '', b.end ?? ''))
      for (const said of [
        `which ends first, ${one} or ${other}`,
        `what goes first, ${other} or ${one}`,
        `does ${one} end before or after ${other}`,
      ]) {
        const { read, unread } = await ask(said)
        const day = dateWords(asCivilDate(first?.end ?? ''))
        expect([unread, read[0]?.text], said).toEqual([
          [],
          `First: ${first?.reference} ends on ${day}.`,
        ])
      }
    }
    // What has no answer names the word, and gives no figure.
    for (const said of ['average value by owner', 'median value of estates contracts'])
      expect((await ask(said)).unread, said).not.toEqual([])
  })

  it('about ends names those left out as they probably renewed, and counts those that are over', async () => {
    const presumed = await setup.rows<{ name: string; on: string }>(
      `SELECT concat_ws(' ', c.reference, c.title) AS name, max(e.from_on - 1)::text AS on
       FROM contract c JOIN extension e ON e.contract_id = c.id AND e.kind = 'renewal' AND e.status = 'presumed'
       GROUP BY c.id`,
      [],
    )
    expect(presumed.length).toBeGreaterThan(0)
    for (const [said, from, to] of [
      ['ending in january', '2027-01-01', '2027-01-31'],
      ['what runs out before easter', TODAY, '2027-03-27'],
      ['contracts worth over 100k expiring in q1 2027', '2027-01-01', '2027-03-31'],
      ['how many finish this financial year', '2026-04-01', '2027-03-31'],
      ['total value of what ends in the next 3 months', TODAY, '2027-02-23'],
      ['ending in december', '2026-12-01', '2026-12-31'],
    ] as const) {
      const { read } = await ask(said)
      const told = read.find(({ what }) => what === 'presumed')?.text ?? ''
      for (const { name, on } of presumed)
        expect(told.includes(`${name}, recorded to ${dateWords(asCivilDate(on))}`), said).toBe(
          on >= from && on <= to,
        )
    }
    for (const [said, fits] of [
      ['ending in april 2027', (c) => c.end?.startsWith('2027-04') === true],
      ['contracts without a procurement route', (c) => c.recorded.route == null],
      ['what has no owner', (c) => c.owner === null],
    ] as const satisfies readonly (readonly [string, (c: SampleContract) => boolean])[]) {
      const over = contracts.filter((each) => fits(each) && isOver(each)).length
      const [alone, whole] = [await ask(said), await ask(`${said} including closed ones`)]
      const told = alone.read.find(({ what }) => what === 'running')?.text
      expect([over > 0, told], said).toEqual([true, `(${over} closed or historic left out)`])
      expect(whole.total, said).toBe(alone.total + over)
    }
  })

  it('about a department with an “and” in its name means that one, and a no between two conditions the second', async () => {
    const at = await openSetup()
    const file = `Reference,Title,Department,End date,Notice period,Renews automatically
D-1,Lifts,Estates & Security,2027-06-30,3 months,Yes
D-2,Guarding of estates,Corporate Services,2027-06-30,3 months,Yes
D-3,Alarms,Estates & Security,2026-10-31,3 months,No
D-4,Wifi,Digital and IT,2027-12-31,,No
`
    await at.importFile(written('departments.csv', file), TODAY)
    const found = async (said: string) =>
      (await ask(said, at)).items.map(({ reference }) => reference).join(' ')
    expect(await found('estates and security contracts')).toBe('D-3 D-1')
    expect(await found('whats in digital & it')).toBe('D-4')
    expect(await found('everything but estates & security')).toBe('D-2 D-4')
    expect(await found('notice dates on ones that haven’t ended')).toBe('D-1 D-2')
    await at.drop()
  })

  it('with any word in it names that word, or finds contracts that hold it', async () => {
    const stems = ['due in march 2027', 'over £1m', 'owned by samira', 'overdue', 'by value', '']
    const own = contracts.flatMap(({ title, supplier }) => `${title} ${supplier}`.split(' '))
    const letters = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-')
    const any = fc.array(letters, { minLength: 2, maxLength: 9 }).map((each) => each.join(''))
    const word = fc
      .oneof(any, fc.constantFrom(...own))
      .map((each) => each.replace(/[^\w-]/g, ''))
      .filter((each) => /[a-z]{2}/i.test(each))
    const answers = new Map<string, SentenceAnswer | null>()
    for (const stem of stems) answers.set(stem, await ask(stem).catch(() => null))
    await holdsInTime([fc.constantFrom(...stems), word], 50, async (stem, strange) => {
      const alone = await ask(strange).catch(() => null)
      const whole = await ask(`${stem} ${strange}`).catch(() => null)
      const before = answers.get(stem) ?? null
      // A command is refused as one; a word without weight leaves no trace.
      if (alone === null || whole === null || FILLERS.has(strange.toLowerCase())) return
      const says = (words: readonly string[]) =>
        words.some((each) => each.toLowerCase().includes(strange.toLowerCase()))
      const texts = (answer: SentenceAnswer | null) => answer?.read.map(({ text }) => text) ?? []
      // A word of the grammar is said in its own words: it changes what was read.
      const isGrammar = !says([...alone.unread, ...texts(alone)])
      const holdsIt = whole.items.every((item) =>
        alone.items.some((each) => each.reference === item.reference),
      )
      const traces = (answer: SentenceAnswer | null) =>
        [...texts(answer), ...(answer?.unread ?? [])].join()
      const isSaid = isGrammar
        ? traces(whole) !== traces(before)
        : says(whole.unread) || (says(texts(whole)) && holdsIt)
      expect(isSaid, `${stem} ${strange}`).toBe(true)
    })
  })

  it('of any known parts in any order finds what each of them says, and leaves no word unread', async () => {
    await holdsInTime([anySentence], 100, async ({ said, fits, order, running }) => {
      const { unread, items } = await ask(said)
      expect(unread, said).toEqual([])
      const found = items.map(({ reference }) => reference).toSorted(compare)
      const fitting = contracts.filter(fits)
      // What is over is meant only where nothing else fits.
      const kept = fitting.filter((each) => !(running && isOver(each)))
      const right = (kept.length > 0 ? kept : fitting).map(({ reference }) => reference)
      expect(found, said).toEqual(right.toSorted(compare))
      const values = items.map(({ value }) => (value === null ? null : Number(value)))
      if (order === 'dearest') expect(values, said).toEqual(values.toSorted(byValue))
      if (order === 'soonest') {
        const ends = items.map(({ currentEnd }) => currentEnd ?? '9999')
        expect(ends, said).toEqual(ends.toSorted(compare))
      }
    })
  })

  it('in which a word stands that no contract holds names that word in every answer', async () => {
    await holdsInTime([fc.constantFrom(...ALL)], 50, async ([said]) => {
      const answer = await ask(`${said} xyzzyx`).catch((error: Error) => error.message)
      const named = typeof answer === 'string' ? answer : answer.unread.join(' ')
      expect(named, said).toContain('xyzzyx')
    })
  })

  it('names who is asked for by all of their names, and never reads a no as a yes', async () => {
    for (const [yes, no] of [
      ['owned by samira', 'not owned by samira'],
      ['with copperwell', 'not with copperwell'],
      ['digital', 'everything except digital'],
      ['over £1m', 'except over £1m'],
      ['ending in 2027', 'not ending in 2027'],
      ['overdue', 'not overdue'],
      ['linen', 'all but linen'],
    ] as const) {
      const [these, others] = [await ask(yes), await ask(no)]
      expect(these.total, yes).toBeGreaterThan(0)
      const both = these.items.filter((each) =>
        others.items.some(({ reference }) => reference === each.reference),
      )
      const leftOut = [...these.read, ...others.read].map(({ what, text }) =>
        what === 'running' ? Number(/\d+/.exec(text)?.[0]) : 0,
      )
      const total = leftOut.reduce((sum, each) => sum + each, these.total + others.total)
      expect([both, total], no).toEqual([[], contracts.length])
      expect(
        others.read.some(({ what }) => what === 'not'),
        no,
      ).toBe(true)
    }
  })
})

/** What every command answers, as JSON for programs and as text for people. */
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { addDays, type CivilDate } from '../src/rules/civil-date.ts'
import { financialYearOf } from '../src/rules/months.ts'
import { workingDayOnOrAfter } from '../src/rules/working-days.ts'
import { NOON_DAY, NOON_ZONE, useOperator } from './support/command.ts'
import { ENGLAND } from './support/contract-facts.ts'
import { freshDatabase } from './support/database.ts'

const MONEY = /^-?\d+\.\d{2}$/

const SETTINGS = { LAPSEWATCH_TRIAGE_DAYS: '0', LAPSEWATCH_TIME_ZONE: NOON_ZONE }
const { me, db } = useOperator(() => SETTINGS, { again: true })
const today = NOON_DAY
const dayIn = (days: number) => addDays(today, days)
/** Swept as of a working day, whatever the day on which this runs. */
let asOf: CivilDate

const REGISTER = [
  'Contract reference,Title,Department,Supplier,Start,End,Value,Procurement route,Notice period,Automatic renewal,Framework reference,Regime',
  'A-1,Imaging licences,Radiology,Northwind Ltd,2024-04-01,{30},"£1,200,000.50",,3 months,no,,',
  'A-2,Catering,Radiology,Southwind Ltd,2024-04-01,{60},20000,,,no,B-2,PSR23',
  'A-3,Long over,Radiology,Eastwind Ltd,2015-04-01,2018-03-31,5000,,,no,,',
  'A-4,No end known,Radiology,Westwind Ltd,2024-04-01,,5000,,,no,,',
  ',,Radiology,,2024-04-01,{60},5000,,,no,,',
  'B-1,Cleaning one,Radiology,Northwind Ltd,2024-04-01,{200},8000,,,no,A-2,',
  'B-2,Cleaning two,Radiology,Northwind Ltd,2024-04-01,{200},8000,,,no,,',
]

function write(name: string, rows: readonly string[] = REGISTER): string {
  const text = rows.join('\n').replace(/\{(-?\d+)\}/g, (_, days) => dayIn(Number(days)))
  writeFileSync(path.join(me.folder, name), `${text}\n`)
  return name
}
const contentOf = (name: string) => readFileSync(path.join(me.folder, name), 'utf8')

beforeAll(() => {
  asOf = workingDayOnOrAfter(dayIn(1), ENGLAND)
  write('register.csv')
})

/** The shape of an answer in words: its keys by name, each with the type of its value. */
function shape(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${shape(value[0])}]`
  if (typeof value === 'object' && Object.keys(value).length > 0) {
    const keys = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{ ${keys.map(([key, each]) => `${key}: ${shape(each)}`).join(', ')} }`
  }
  if (typeof value === 'object') return '{}'
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return 'date'
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return 'decimal'
  return typeof value
}
const inWords = (text: string) => text.trim().replaceAll(/\s+/g, ' ')
const hasShape = (value: unknown, text: string) => expect(shape(value)).toBe(inWords(text))

// In the order in which an operator would go: each test stands on the ones before.
describe('from a register to what is told', () => {
  test('a dry run says what would change and writes nothing', async () => {
    const answer = await me.json('import register.csv --dry-run --source trust')
    expect(answer).toMatchObject({ read: 7, created: 6, rejected: 1 })
    expect((await me.json('contracts')).total).toBe(0)
    const told = await me.told('import register.csv --dry-run')
    expect(told).toContain('a dry run, nothing is written')
    expect(told).toContain('Contract reference')
  })

  test('--strict applies nothing when any row is bad, and ends with 1', async () => {
    const answer = await me.refused('import register.csv --strict')
    expect(answer.code).toBe(1)
    expect(answer.problems).toMatchObject([
      { at: '5', reference: 'A-4', severity: 'warning', problem: expect.stringMatching(/no end/) },
      { at: '6', reference: null, severity: 'error' },
      { field: 'department' },
    ])
    expect((await me.json('contracts')).total).toBe(0)
  })

  test('import', async () => {
    const answer = await me.json('import register.csv --source trust')
    hasShape(
      answer,
      `{ created: number, dateless: number, file: string, format: string, headings: [{ by: string,
        field: string, heading: string }], isSameFile: boolean, presumed: [], problems: [{ at:
        decimal, field: string, problem: string, question: null, reference: string, remedy:
        string, severity: string, value: string }], read: number, rejected: number, skipped: number,
        source: string, unchanged: number, undated: number, unwatched: number, updated: number,
        updatedFields: [{ contracts: number, field: string }] }`,
    )
    expect(answer).toMatchObject({
      ...{ file: 'register.csv', format: 'csv', source: 'trust', read: 7, created: 6, updated: 0 },
      ...{ unchanged: 0, rejected: 1, skipped: 0, unwatched: 2, undated: 1 },
    })
    const asked = await me.json('import register.csv --dry-run')
    const reference = { heading: 'Contract reference', field: 'reference', by: 'name' }
    expect(asked).toMatchObject({ headings: expect.arrayContaining([reference]) })
    const again = await me.run('import register.csv --source trust')
    expect(again).toMatchObject({ code: 0 })
    expect(again.stdout).toMatch(/unchanged/)
    expect(again.stdout).toContain('not watched')
  })

  test('on a terminal of 40 columns no line is longer, and each contract is there', async () => {
    const tty = 'process.stdout.isTTY=true;process.stdout.columns=40'
    const narrow = me.with({ NODE_OPTIONS: `--import=data:text/javascript,${tty}` }, true)
    for (const line of [
      'contracts',
      'due',
      'ask all',
      'show A-1',
      'explain A-1',
      'pipeline',
      '-h',
    ]) {
      const told = await narrow.told(line)
      const long = told.split('\n').filter((each) => [...each].length > 40)
      expect(long.filter((each) => each.trim().includes(' '))).toEqual([])
      if (line !== 'pipeline' && line !== '-h') expect(told, line).toContain('A-1')
    }
  })

  test('a first import says when its warnings begin, and what of it is not watched and why', async () => {
    const other = await freshDatabase()
    const addresses = { DATABASE_URL: other.url, LAPSEWATCH_MIGRATE_URL: other.ownerUrl }
    const theirs = me.with({ ...addresses, LAPSEWATCH_TRIAGE_DAYS: '14' })
    expect(await theirs.told('import register.csv')).toMatch(
      /\(1 without an end, 1 rejected\)[\s\S]*: warnings begin on .* or once its list is confirmed \(lapsewatch triage\)/,
    )
    await other.drop()
  })

  test('import undo takes the newest import back, and says before what that would be', async () => {
    expect(await me.told('import undo --source trust --dry-run')).toMatch(
      /would be undone[\s\S]*To do it: lapsewatch import undo --source trust/,
    )
    // Imported once more without a change: that is the newest.
    const nothing = { removed: 0, restored: 0, applied: true }
    expect(await me.json('import undo --source trust')).toMatchObject(nothing)
    expect((await me.json('contracts')).total).toBe(6)
    expect(await me.json('import undo')).toMatchObject({ source: 'trust', removed: 6 })
    expect((await me.json('contracts')).total).toBe(0)
    const none = { code: 1, error: 'There is no import to undo.' }
    expect(await me.refused('import undo')).toMatchObject(none)
    expect(await me.json('import register.csv --source trust')).toMatchObject({ created: 6 })
    await me.json('import register.csv --source trust')
  })

  test('contracts', async () => {
    const { total, items } = await me.json('contracts')
    expect(total).toBe(6)
    hasShape(
      items[0],
      `{ buyer: null, currency: string, currentEnd: date, end: date, questions: number, reference:
        string, source: string, start: date, state: string, supplier: string, title: string, value:
        decimal, valueBasis: string }`,
    )
    expect(items[0]).toMatchObject({ source: 'trust', value: '1200000.50' })
    const states = 'A-1 active, A-2 active, A-3 historic, A-4 undated, B-1 active, B-2 active'
    const stand = items.map(({ reference, state }) => `${reference} ${state}`)
    expect(new Set(stand)).toEqual(new Set(states.split(', ')))
    expect(await me.told('contracts')).toContain('6 contracts, page 1 of 1')
  })

  test('sweep, and again', async () => {
    const first = await me.json(`sweep --as-of ${asOf}`)
    hasShape(
      first,
      '{ asOf: date, ms: number, queued: number, raised: number, superseded: number }',
    )
    expect(first).toMatchObject({ asOf, superseded: 0 })
    expect(first.raised).toBeGreaterThan(0)
    expect(await me.json(`sweep --as-of ${asOf}`)).toMatchObject({ raised: 0, queued: 0 })
    expect(await me.json('sweep')).toMatchObject({ asOf: today, raised: 0, queued: 0 })
    expect(await me.told('sweep')).toMatch(/^Swept .* 0 warnings raised/)
  })

  test('due', async () => {
    const answer = await me.json('due')
    expect(answer.asOf).toBe(today)
    hasShape(
      answer.items[0],
      `{ date: date, daysLeft: number, kind: string, reason: string, reference: string, severity:
        string, supplier: string, title: string }`,
    )
    const dates = answer.items.map((each) => each.date)
    expect(dates).toEqual(dates.toSorted())
    const end = answer.items.find((each) => each.reference === 'A-1' && each.kind === 'end')
    expect(end).toMatchObject({ daysLeft: 30, severity: 'soon' })
    expect(answer.items.every((each) => each.reference !== 'A-3')).toBe(true)
    expect(answer.items[0]?.daysLeft).toBeLessThan(0)
    const one = { total: answer.total, items: [answer.items[0]] }
    expect(await me.json('due --limit 1')).toMatchObject(one)
    expect(await me.told('due --days 31')).toMatch(/within 31 days/)
    const told = await me.told('due')
    const [first = ''] = told.split('\n')
    const counts =
      /: (\d+) due within 90 days: (\d+) overdue, (\d+) in the next 30 days, (\d+) later/.exec(
        first,
      )
    const [, total, overdue = 0, near = 0, later = 0] = (counts ?? []).map(Number)
    expect(total).toBe(answer.total)
    const planned = Number(/(\d+) to start by on routes that are assumed/.exec(first)?.[1] ?? 0)
    expect(overdue + near + later + planned).toBe(total)
    expect(told).toMatch(/owner +value/)
  })

  test('ask: what a sentence means, what of it was not read, and the contracts', async () => {
    const sentence = `ask "northwind ending before ${dayIn(40)} frobnicate" --as-of ${today}`
    const answer = await me.json(sentence)
    expect(Object.keys(answer)).toEqual(['asOf', 'read', 'unread', 'total', 'items'])
    const read = [{ what: 'text' }, { what: 'end' }]
    expect(answer).toMatchObject({ asOf: today, read, unread: ['frobnicate'], total: 1 })
    expect(answer.items).toEqual([
      {
        ...{ reference: 'A-1', title: 'Imaging licences', supplier: 'Northwind Ltd', owner: null },
        ...{ currentEnd: dayIn(30), value: '1200000.50', valueBasis: 'unknown', currency: 'GBP' },
        state: 'active',
      },
    ])
    expect(await me.told(sentence)).toMatch(
      /^Not understood: “frobnicate”[\s\S]*1 contract with "northwind"[\s\S]*A-1/,
    )
    expect(await me.told('ask "what premiums did we pay northwind"')).toContain(
      'lapsewatch extensions tells every extension with a day in a financial year',
    )
    const nothing = { unread: ['frobnicate'], total: 0, items: [] }
    expect(await me.json('ask frobnicate')).toMatchObject(nothing)
    expect(await me.told('ask frobnicate')).not.toMatch(/nothing|no contract|0 contracts/i)
    expect(await me.told('ask "my overdue contracts"')).toContain('“mine”')
    expect(await me.told('ask "snooze A-1 2w"')).toMatch(
      /1 contract[\s\S]*to snooze until[\s\S]*A-1[\s\S]*Nothing was done/,
    )
    const { total } = await me.json('ask everything')
    expect((await me.json('ask "export everything to excel"')).total).toBe(total)
    expect((await me.run('ask costs')).stderr).toContain('command of its own')
  })

  test('show, by reference, by part of a title and by number', async () => {
    const answer = await me.json('show a-1')
    expect(
      shape({ ...answer, problems: [] }).replaceAll('nextRungOn: null', 'nextRungOn: date'),
    ).toBe(
      inWords(`
        { alerts: [{ kind: string, raisedOn: date, rung: number, state: string }],
        automaticRenewal: boolean, buyer: null, chargeUnit: null, checkpoints: [], currency: string, currentEnd: date,
        deadlines: [{ date: date, kind: string, nextRungOn: date, reason: string, settled: boolean
        }], department: string, documents: [], end: date, endEarliest: date, endPrecision: string, endSource: string,
        extensions: [], maximumEnd: null, notice: { amount: number, text: string, unit: string },
        options: [], owner: null, periodicCharge: null, problems: [], questions: [], reference: string, start: date,
        state: string, supplier: string, team: string, title: string, value: decimal, valueBasis:
        string, valueText: null }`),
    )
    expect(answer).toMatchObject({ endPrecision: 'day', endSource: 'column "End"' })
    expect(await me.json('show catering')).toMatchObject({ reference: 'A-2', parent: 'B-2' })
    expect(await me.told('show A-2')).toMatch(/Southwind[\s\S]*called off under +B-2/)
    const charged = "UPDATE contract SET periodic_charge = 1234.50, charge_unit = 'month'"
    await db.pool.query(`${charged} WHERE reference = 'A-2'`)
    expect(await me.told('show A-2')).toMatch(/charge +£1,234\.50 a month/)
    expect(await me.json('show A-2')).toMatchObject({ periodicCharge: '1234.50' })
  })

  test('explain', async () => {
    const answer = await me.json(`explain A-1 --as-of ${asOf}`)
    hasShape(
      answer.raised,
      '[{ kind: string, on: date, rung: number, sentOn: null, state: string }]',
    )
    hasShape(answer.next, '[{ kind: string, on: date, rung: number }]')
    expect(Object.keys(answer)).toEqual(['reference', 'raised', 'next', 'silent'])
    const silent = [{ kind: 'end' }]
    expect(await me.json('explain A-3')).toMatchObject({ raised: [], next: [], silent })
    expect(await me.told('explain A-3')).toContain('ended long before')
  })

  test('personal-data: a flag and a review date, for a contract without an end as well', async () => {
    const on = dayIn(120)
    const answer = await me.json(`personal-data A-4 --yes --review-on ${on}`)
    expect(answer).toMatchObject({ reference: 'A-4', currentEnd: null })
    expect(answer.deadlines).toMatchObject([{ kind: 'review', date: on, settled: false }])
    expect(await me.told('history A-4')).toContain('personal_data')
    expect((await me.refused('personal-data A-4 --yes --no')).error).toContain('either')
    expect((await me.refused('personal-data A-4')).error).toContain('either')
    expect(await me.told('personal-data A-4 --shared-with Hotjar --dpia DPIA-7')).toContain(
      'Recorded: shared with Hotjar, DPIA DPIA-7. A-4 ends on',
    )
    expect(await me.json('personal-data')).toMatchObject({
      ...{ total: 1, asOf: today },
      items: [
        {
          ...{ reference: 'A-4', personalData: true, sharesData: true, sharedWith: 'Hotjar' },
          ...{ dpia: 'DPIA-7', reviewOn: on, reviewedOn: null, findings: [] },
        },
      ],
    })
    expect(await me.told('personal-data')).toContain('A-4')
    await me.run('personal-data --out personal.csv')
    expect(contentOf('personal.csv')).toMatch(/To put right[\s\S]*Hotjar/)
  })

  test('umbrella: members one by one and from a list, what it replaces and its call-offs', async () => {
    const bare = { reference: 'A-1', members: [], replaces: [], calls: [] }
    expect(await me.json('umbrella A-1')).toEqual(bare)
    await me.json('umbrella A-1 --member "Northern Trust" --team "default TEAM"')
    const list = write('members.csv', [
      'Organisation,Team,From,To',
      'Northern Trust,,,',
      'Southern Trust,Nowhere,{10},',
      'Eastern Trust,,soon,',
    ])
    const read = await me.json(`umbrella A-1 --members ${list}`)
    expect(read).toMatchObject({
      umbrellas: [{ reference: 'A-1', added: 2, changed: 0, unchanged: 1 }],
      problems: [
        { at: '4', field: 'From', value: 'soon', severity: 'question' },
        { at: '3', value: 'Nowhere', severity: 'question' },
      ],
    })
    expect((await me.json(`umbrella A-1 --members ${list}`)).problems).toHaveLength(2)
    await me.json('umbrella A-1 --replaces B-1 --call A-2')
    const member = (buyer: string, team: string | null, from: string | null = null) => {
      return { buyer, team, from, to: null, covered: team !== null }
    }
    expect(await me.json('umbrella A-1')).toEqual({
      reference: 'A-1',
      members: [
        member('Eastern Trust', null),
        member('Northern Trust', 'Default team'),
        member('Southern Trust', null, dayIn(10)),
      ],
      replaces: [{ reference: 'B-1', currentEnd: dayIn(200) }],
      // B-1 was called off from A-2 by its register, A-2 under this one by hand.
      calls: [{ reference: 'A-2' }],
    })
    const told = inWords(await me.told('umbrella A-1'))
    expect(told).toContain('Covers 3 organisations, 2 of them not covered then.')
    expect(told).toContain('its days could not be read: from: soon')
    await me.json('umbrella A-1 --uncall A-2 --unreplaces B-1')
    await me.json(`umbrella A-1 --member "Eastern Trust" --from ${today}`)
    const members = [{ covered: true }, {}, {}]
    expect(await me.json('umbrella A-1')).toMatchObject({ members, replaces: [], calls: [] })
    for (const name of ['Eastern', 'Northern', 'Southern']) {
      await me.json(`umbrella A-1 --remove "${name} Trust"`)
    }
    const { error } = await me.refused('umbrella A-1 --team "Default team"')
    expect(error).toContain('--member')
    const none = write('lost.csv', ['reference,organisation', 'Z-99,Northern Trust'])
    expect((await me.json(`umbrella --members ${none}`)).problems).toMatchObject([
      { at: '2', value: 'Z-99', severity: 'error' },
    ])
  })

  test('ack, decide, extend: each answers with what follows', async () => {
    const acked = await me.json('ack A-1')
    hasShape({ ...acked, deadlines: [] }, '{ currentEnd: date, deadlines: [], reference: string }')
    const states = (await me.json('show A-1')).alerts.map((each) => each.state)
    expect(new Set(states)).toEqual(new Set(['acknowledged']))
    const decided = await me.json('decide A-2 --kind end --decision "Let it end"')
    expect(decided.deadlines.find((each) => each.kind === 'end')?.settled).toBe(true)
    const to = dayIn(90)
    const recorded = { kind: 'emergency', status: 'confirmed', to, cost: '4600000.00' }
    expect(await me.json(`extend A-1 --to ${to} --kind emergency --cost £4,600,000`)).toMatchObject(
      {
        ...{ reference: 'A-1', extension: recorded, currentEnd: to },
        headroom: { tests: expect.any(Array) },
        premium: {
          method: expect.stringContaining('assumed committed'),
          baseline: expect.stringMatching(MONEY),
          months: expect.any(Number),
          premium: expect.stringMatching(MONEY),
          ratio: expect.any(Number),
        },
      },
    )
    const after = await me.json('show A-1')
    const extensions = [{ ...recorded, from: dayIn(31) }]
    expect(after).toMatchObject({ end: dayIn(30), currentEnd: to, extensions })
    expect(after.deadlines.map((each) => each.kind)).toContain('emergency-end')
    const again = await me.told(`extend A-2 --to ${dayIn(70)} --kind variation`)
    expect(again).toContain(`A-2 ends on ${dayIn(70)}`)
  })

  test('extensions, costs and exposure: money as text, what is unknown as null', async () => {
    const ledger = await me.json('extensions')
    const unknown = { reference: 'A-2', kind: 'variation', cost: null, premium: null }
    expect(ledger.items[1]).toMatchObject(unknown)
    const money = expect.stringMatching(MONEY)
    expect(ledger.totals).toMatchObject([
      { currency: 'GBP', cost: '4600000.00', premium: money, count: 2, priced: 1 },
    ])
    expect(await me.told('extensions')).toContain('premium of 1 of 2')
    expect((await me.refused('extensions --year 2001/03')).error).toContain('2026/27')
    const exposed = await me.json('exposure --days 120')
    expect(exposed.items).toMatchObject([
      { reference: 'A-2', runRate: money },
      { reference: 'A-1', ratio: expect.any(Number), extra: money },
    ])
    expect(exposed.totals).toMatchObject([{ currency: 'GBP', priced: 2, of: 2 }])
    const said = await me.told('exposure --days 120')
    expect(said).toContain('potential cost avoidance')
    expect(said).not.toMatch(/\bsaved?\b|£0\b/)
    // The extension begins in a month, which in March is another financial year.
    const costs = await me.json(`costs --year ${financialYearOf(dayIn(31)).name}`)
    expect(costs.totals).toMatchObject([{ currency: 'GBP', costed: 1 }])
  })

  test('an extension is taken back on the command line', async () => {
    await me.json(`extend B-1 --to ${dayIn(300)} --kind option`)
    const back = await me.json('extension withdraw B-1 --why "typed twice"')
    expect(back).toMatchObject({ currentEnd: dayIn(200), extension: { status: 'withdrawn' } })
  })

  test('settings: shown with where each comes from, set for a contract, taken back', async () => {
    const here = { key: 'ladders.end', value: '45, 7, 0 then fortnightly', from: 'this contract' }
    const set = await me.json('settings set Ladders.End 45, 7, 0 --reference A-1')
    const counted = { reference: 'A-1', rekeyed: 1, moved: expect.any(Number) }
    expect(set).toMatchObject({ ...here, ...counted })
    const { items } = await me.json('settings show --reference A-1')
    expect(items).toContainEqual(here)
    expect(items).toContainEqual({ key: 'groupAbove', value: '3', from: 'default' })
    const refused = { code: 1, error: expect.stringContaining('whole number') }
    expect(await me.refused('settings set smallValue much')).toMatchObject(refused)
    const back = await me.json('settings unset ladders.end --reference A-1')
    expect(back).toMatchObject({ from: 'default' })
  })

  test('headroom, as recorded and with days added', async () => {
    const answer = await me.json('headroom A-1')
    const keys = ['reference', 'regime', 'assumed', 'tests', 'notices', 'oneMoreMonth']
    expect(Object.keys(answer)).toEqual(keys)
    expect(answer).toMatchObject({ reference: 'A-1', regime: 'PCR15', assumed: true })
    expect(answer.tests[0]).toMatchObject({
      ...{ rule: 'pcr15-small', measure: 'money', used: '4600000.00', percent: 383.3 },
      ...{ state: 'over', source: expect.stringMatching(/^https:/) },
    })
    const told = await me.told('headroom A-1 --add-days 31')
    expect(told).toMatch(
      /with 31 days more\nUnder the Public.* \(PCR15\) \(assumed from its start\)/,
    )
    expect(told).toContain('check with procurement law advice')
    expect((await me.refused('headroom Z-9')).code).toBe(1)
    // What is set for the contract, or its team, stands over the organisation's.
    await me.json('settings set nation scotland --reference A-1')
    expect(await me.json('headroom A-1')).toMatchObject({ regime: 'other', assumed: true })
    await me.json('settings unset nation --reference A-1')
  })

  test('start-by: the count, by the recorded route or another', async () => {
    const answer = await me.json(`start-by B-1 --as-of ${today}`)
    hasShape(
      answer,
      `{ assumed: boolean, coverFrom: date, decidedBy: [string], fits: [{ route: string,
        shortfallDays: number, startBy: date }], gapUnavoidableFrom: date, passed: boolean,
        range: { fastest: string, from: date, to: date }, reference: string, route: string,
        startBy: date, steps: [{ amount: number, from: date, name: string, to: date, unit: string
        }] }`,
    )
    // Its own row names no regime: it is its framework's, and never an open procedure.
    expect(answer).toMatchObject({ route: 'psr-competitive', assumed: true })
    expect(answer.fits).toContainEqual(expect.objectContaining({ route: 'psr-competitive' }))
    const open = { route: 'open', assumed: false, passed: true }
    expect(await me.json('start-by B-1 --route "Open procedure"')).toMatchObject(open)
    expect(await me.told('start-by B-1 --route open')).toMatch(
      /to have a new contract on .* by open procedure, start by .*: mobilisation 30 days, approval 20 working days, standstill 8 working days, procedure 180 days/,
    )
    expect((await me.refused('start-by B-1 --route raffle')).error).toContain('Write one of')
    expect((await me.refused('start-by A-4')).error).toContain('no end date')
  })

  test('weekly, of a team and of the organisation', async () => {
    const answer = await me.json('weekly')
    hasShape(
      { ...answer, blocks: [], figures: {}, five: {}, teams: [], months: [] },
      `{ before: null, blocks: [], figures: {}, five: {}, months: [], slot: date, team: null,
        teams: [], text: string }`,
    )
    expect(answer.figures).toMatchObject({ watched: 5, historic: 1, undated: 1, unread: 1 })
    expect(Object.values(answer.figures).every((each) => typeof each === 'number')).toBe(true)
    const posted = await me.json('weekly --team "default team" --post')
    expect(posted).toMatchObject({ team: 'Default team' })
    expect(await me.told('weekly')).toContain('without an end date')
  })

  test('simulate, of what is held and of a file; nothing is written', async () => {
    const count = async () => {
      const counts = 'SELECT (SELECT count(*) FROM contract) + (SELECT count(*) FROM alert) AS n'
      return (await db.pool.query(counts)).rows[0].n
    }
    const before = await count()
    const [from, to] = [dayIn(1), dayIn(150)]
    const own = await me.json(`simulate --from ${from} --to ${to}`)
    expect(own).toMatchObject({ from, to })
    hasShape(
      own.messages[0],
      `{ deadline: date, kind: string, messageId: string, on: date, reference: string, rung: number,
        text: string }`,
    )
    const story = path.join(import.meta.dirname, 'registers', 'nhs-2023.csv')
    const span = '--from 2022-01-01 --to 2023-06-30'
    const { messages } = await me.json(`simulate ${span} --register "${story}"`)
    expect(messages.some((each) => each.reference === 'NHS-BYTES-2018')).toBe(true)
    expect(await count()).toBe(before)
    expect(await me.told(`simulate --from ${from} --to ${to}`)).toContain('would have been sent')
  })

  test('deliver writes the messages on the terminal, once', async () => {
    expect(await me.told('deliver')).toMatch(/A-1[\s\S]*\d+ sent, 0 to be tried again/)
    const nothing = { sent: 0, retried: 0, uncertain: 0, blocked: 0, dead: 0 }
    expect(await me.json('deliver')).toEqual(nothing)
  })

  test('team, migrate, doctor', async () => {
    await me.json('team set Imaging --channel #imaging --zone Europe/Berlin')
    const { teams } = await me.json('team')
    expect(teams).toMatchObject([
      { name: 'Default team' },
      { name: 'Imaging', channel: '#imaging', timeZone: 'Europe/Berlin' },
    ])
    expect(await me.json('migrate')).toEqual({ server: 'given', applied: [] })
    expect(await me.told('team list')).toContain('#imaging')
    const doctor = await me.refused('doctor')
    // Swept ahead, and a row that could not be read: both want somebody.
    expect(doctor.code).toBe(1)
    expect(doctor.problems.join('\n')).toMatch(/swept ahead[\s\S]*1 row could not be read/)
  })

  test('how a file is read can be settled by hand: map, dates, format, team', async () => {
    // What ended long ago would be historic, and not due.
    const year = new Date().getUTCFullYear() + 1
    const rows = [`O-1;Odd one;03/04/${year}`, `O-2;Odd two;05/06/${year}`]
    write('odd.txt', ['Ref;What;Runs out', ...rows])
    const read =
      'import odd.txt --format csv --map reference=Ref --map title=What --map "end=Runs out"'
    const refused = { code: 1, error: expect.stringContaining('--dates') }
    expect(await me.refused(read)).toMatchObject(refused)
    const settled = await me.json(`${read} --dates mdy --team imaging --source odd`)
    expect(settled).toMatchObject({ created: 2 })
    expect(await me.json('show O-1')).toMatchObject({ title: 'Odd one', end: `${year}-03-04` })
    expect((await me.json('due --team Imaging --days 2000')).total).toBeGreaterThan(0)
  })
})

describe('documents', () => {
  test('come from a register, are added and removed by hand, and go out with show and export', async () => {
    const signed = { title: 'Signed', url: 'https://trust.example/signed.pdf' }
    const annex = { title: 'Annex', url: 'https://trust.example/annex?a=1&b=2' }
    write('documents.csv', [
      'Contract reference,Title,End,Documents',
      `D-1,Lifts,{700},"Signed: ${signed.url}; paper"`,
    ])
    const read = await me.json('import documents.csv --source documents')
    expect(JSON.stringify(read)).toContain('not taken as a link')
    expect(await me.json('show D-1')).toMatchObject({ documents: [signed] })
    const both = { reference: 'D-1', documents: [signed, annex] }
    expect(await me.json(`document add D-1 ${annex.url} --title Annex`)).toEqual(both)
    for (const url of ['ftp://a.example/b', 'trust.example/x', 'javascript:alert(1)'])
      expect((await me.refused(`document add D-1 ${url}`)).error).toContain('no web address')
    expect(await me.told('show D-1')).toContain(`Annex: ${annex.url}`)
    // The same register again takes nothing back that was added by hand.
    await me.json('import documents.csv --source documents')
    await me.json('export documents-out.csv --source documents')
    expect(contentOf('documents-out.csv')).toContain(`"Signed: ${signed.url}; Annex: ${annex.url}"`)
    const remove = `document remove D-1 ${signed.url}`
    expect(await me.json(remove)).toMatchObject({ documents: [annex] })
    expect((await me.refused(remove)).error).toContain('none of its')
    expect(await me.told('history D-1')).toContain('documents')
  })
})

describe('what the law asks of a year', () => {
  test('pipeline and waivers: what a year asks, as lists and as sheets', async () => {
    write('pipeline.csv', [
      'Contract reference,Title,Supplier,Start,End,Value,Route',
      'P-1,Patient records,Northwind Ltd,{-900},{700},3000000,open',
      'P-2,Theatre packs,Acme Ltd,{-900},{600},3000000,mini-competition',
    ])
    await me.json('import pipeline.csv --source pipeline')
    const year = financialYearOf(dayIn(365)).name
    const pipeline = await me.json(`pipeline --year ${year}`)
    const listed = (pipeline.items as unknown as { reference: string; list: string }[])
      .filter(({ reference }) => reference.startsWith('P-'))
      .map(({ reference, list }) => `${reference} ${list}`)
    expect(new Set(listed)).toEqual(new Set(['P-1 UK1', 'P-2 other']))
    expect(await me.told(`pipeline --year ${year} --format csv`)).toContain(
      'UK1: check,Patient records,P-1',
    )
    expect((await me.refused('pipeline --year soon')).error).toContain('no financial year')

    const add = (reference: string) => `waiver add ${reference} --category urgent`
    const late = `--began ${dayIn(-30)} --net 5000`
    const withdraw = (id: unknown, why: string) => me.json(`waiver withdraw ${id} --why "${why}"`)
    expect(
      await me.json(`${add('P-1')} ${late} --approved ${today} --approver "The board"`),
    ).toMatchObject({ reference: 'P-1', retrospective: true, breach: false })
    const nobody = `--approved ${dayIn(-31)} --approver TBC --reason Flood`
    const asked = await me.told(`${add('P-1')} ${late} ${nobody}`)
    expect(asked).toMatch(/“TBC” names nobody who approved it.*Who approved it is still to fill/)
    const before = await me.json(`${add('P-1')} --began ${dayIn(-901)} --approver vacant`)
    expect(before).toMatchObject({ breach: true, approver: null })
    expect(JSON.stringify(Reflect.get(before, 'check'))).toContain('before the contract starts on')
    const number = /Waiver (\d+) is recorded/.exec(asked)?.[1]
    for (const id of [number, Reflect.get(before, 'id')]) await withdraw(id, 'of the test')
    const to = `${add('P-2')} ${late}`
    for (const [wrong, says] of [
      [`--approved ${dayIn(1)}`, /has not come yet/],
      [`--requested ${dayIn(1)}`, /has not come yet/],
      ['--net ten', /--net <amount>.*Write an amount such as/],
      ['--gross €12', /--gross <amount>.*Write an amount such as/],
      ['--gross 4000', /cannot cost less/],
      ['--requested 31/12/2025', /--requested <date>.*YYYY-MM-DD/],
      ['--committee soon', /--committee <date>.*YYYY-MM-DD/],
    ] as const) {
      expect((await me.refused(`${to} ${wrong}`)).error).toMatch(says)
    }
    expect(await me.json(to)).toMatchObject({ breach: true })
    const same = await me.refused(to)
    expect(same.error).toMatch(/says the same already\. Nothing was recorded\. Add --again/)
    const again = await me.json(`${to} --again`)
    expect(again).toMatchObject({ check: [expect.stringContaining('listed as a breach')] })
    await withdraw(Reflect.get(again, 'id'), 'twice')
    const register = (await me.json('waivers')) as unknown as Record<string, unknown>
    const twice = { reference: 'P-2', withdrawnWhy: 'twice' }
    expect(register.withdrawn).toContainEqual(expect.objectContaining(twice))
    const first = { reference: 'P-1', retrospective: true, net: '5000.00' }
    expect(register.waivers).toEqual([expect.objectContaining(first)])
    expect(register.breaches).toEqual([expect.objectContaining({ reference: 'P-2' })])
    const told = await me.told('waivers')
    expect(told).toMatch(/Taken back: counted nowhere[\s\S]*twice/)
    expect(told).toContain('Breaches to check: no approval found')
    expect(await me.told('history P-1')).toContain('waiver recorded')

    const [{ id } = { id: 0 }] = register.breaches as readonly { id: number }[]
    const withdrawn = { waiver: id, reference: 'P-2', withdrawn: true }
    expect(await withdraw(id, 'not ours')).toEqual(withdrawn)
    const written = { file: 'waivers.csv', format: 'csv', count: 1 }
    expect(await me.json('waivers --out waivers.csv')).toEqual(written)
    const sheet = (file: string): Record<string, string>[] =>
      parse(contentOf(file), { bom: true, columns: true })
    const [waiver, ...others] = sheet('waivers.csv')
    expect(others).toEqual([])
    expect(waiver).toMatchObject({
      ...{ Reference: 'P-1', 'What it is': 'Retrospective waiver: check' },
      'Supplier, twelve months in all': '',
    })
    expect((await me.refused('waivers --out waivers.csv')).error).toContain('exists already')
    const book = { format: 'xlsx', count: 1 }
    expect(await me.json('waivers --out waivers.xlsx')).toMatchObject(book)
    await me.json(`pipeline --year ${year} --out pipeline-sheet.csv`)
    const planned = sheet('pipeline-sheet.csv').find(({ Reference }) => Reference === 'P-1')
    const value = { List: 'UK1: check', 'Value with VAT, assumed (£)': '3600000.00' }
    expect(planned).toMatchObject({ ...value, Check: expect.stringContaining('check') })
    // Nothing of a flag is cut: each says "check" and its section.
    for (const line of (await me.told(`pipeline --year ${year}`)).split('\n'))
      if (/P-[12]/.test(line))
        expect(line).toMatch(/\(s\.93\(3\)\): check\.|check \(s\.93\(3\)\)\./)
  })
})

describe('a contract under the Procurement Act', () => {
  test('published settles a notice; dispute settle says which end holds', async () => {
    const imported = (end: string) => {
      write('law.csv', [
        'Contract reference,Title,Start,End,Current end,Value,Value basis',
        `L-1,Under the Act,{-10},{700},${end},1200000,committed`,
      ])
      return me.json('import law.csv --source law')
    }
    await imported('')
    const said = '2026/S 000-123456'
    const published = { reference: 'L-1', notice: 'UK7', on: dayIn(19), said }
    expect(await me.json(`published L-1 --notice UK7 --said "${said}"`)).toEqual(published)
    await me.json(`extend L-1 --kind variation --to ${dayIn(900)}`)
    await imported('{800}')
    const settle = 'dispute settle L-1 --holds register'
    expect(await me.json(settle)).toMatchObject({ currentEnd: dayIn(800) })
    const nothing = { code: 1, error: expect.stringContaining('nothing to settle') }
    expect(await me.refused(settle)).toMatchObject(nothing)
  })
})

describe('rows that are rejected or asked about', () => {
  test('are written to a file of their own, put right there, and imported alone', async () => {
    write('joint.csv', [
      'Ref,Title,Supplier,Start date,End date,Extended until,Notes',
      'J-1,Whole,Sup,2024-04-01,{300},,',
      'J-2,"Broken, by hand",Sup,2024-04-01,2023-04-01,,=cmd()',
      'J-3,Asked about,Sup,2024-04-01,{310},{900},',
      'J-4,Asked about too,Sup,2024-04-01,{320},{910},',
    ])
    const imports = 'import joint.csv --source joint --rejected wrong.csv'
    const counts = { created: 4, rejected: 0, undated: 1, toCorrect: 3 }
    expect(await me.json(imports)).toMatchObject(counts)
    const text = contentOf('wrong.csv')
    expect(text).toContain('Lapsewatch problem,Lapsewatch remedy')
    expect(text).not.toContain('J-1')
    expect(text).not.toMatch(/(^|,)"?=cmd/m)
    const asked = async () => JSON.stringify((await me.json('questions --open')).items)
    expect(await asked()).toContain('"about":"extension"')
    // One is put right, one has its extension taken out, and one stays as it is.
    const lines = text.split(/\r?\n/).filter((line) => !line.startsWith('J-4'))
    const corrected = lines.join('\n').replace('2023-04-01', dayIn(305)).replace(dayIn(900), '')
    write('right.csv', [corrected])
    const again = await me.json('import right.csv --source joint')
    expect(again).toMatchObject({ created: 0, rejected: 0, undated: 0 })
    expect(JSON.stringify(again.problems)).not.toContain('not in the file')
    expect((await me.json('show J-2')).currentEnd).toBe(dayIn(305))
    // What the part does not speak of is still asked.
    expect(await asked()).toContain('"about":"extension"')
    expect((await me.refused(imports)).error).toContain('exists already')
  })
})

describe('a register that refreshes itself', () => {
  test('is set, looked into, confirmed and ended, and doctor says how it is', async () => {
    mkdirSync(path.join(me.folder, 'exports'))
    const put = (name: string, rows: readonly string[], minutes: number) => {
      const then = new Date(Date.now() - minutes * 60_000)
      utimesSync(path.join(me.folder, write(path.join('exports', name), rows)), then, then)
    }
    const rows = (end: string) => ['Reference,Title,Supplier,End date', `S-1,Self,Sup,${end}`]
    const { error } = await me.refused('source set self --from nowhere --every day')
    expect(error).toContain('is no folder')
    put('one.csv', rows('{300}'), 90)
    const set = await me.json('source set self --from exports --every week --at 07:30')
    expect(set).toMatchObject({ name: 'self', every: 'week', at: '07:30', file: null, waiting: 0 })
    const refresh = () => me.json('source refresh self')
    expect(await refresh()).toMatchObject({ file: 'one.csv', problem: null })
    put('two.csv', rows('{400}'), 60)
    const waits = [{ reference: 'S-1', words: expect.stringContaining('end') }]
    expect(await refresh()).toMatchObject({ file: 'two.csv', waiting: 1, waits })
    expect(await me.told('source show self')).toContain('source confirm self')
    expect((await me.json('show S-1')).currentEnd).toBe(dayIn(300))
    expect(await me.json('source confirm self')).toMatchObject({ changed: 1 })
    expect((await me.json('show S-1')).currentEnd).toBe(dayIn(400))
    put('three.csv', ['nothing'], 30)
    expect(await refresh()).toMatchObject({ problem: { kind: 'unreadable' } })
    expect((await me.run('doctor')).stderr).toMatch(/register self.*three\.csv/)
    expect((await me.json('source')).items).toEqual([expect.objectContaining({ name: 'self' })])
    await me.json('source remove self')
    expect((await me.json('source list')).items).toEqual([])
    expect((await me.json('show S-1')).reference).toBe('S-1')
  })
})

describe('what a contract covers', () => {
  test('cover, support and products: what was said, what follows from it, and what waits', async () => {
    const contract = `COV-1,Servers,Radiology,Northwind Ltd,2024-04-01,2028-03-31,9000,,,no,,`
    await me.json(`import ${write('servers.csv', [REGISTER[0] ?? '', contract])}`)
    const product = '--product "Windows Server" --release 2016'
    const release = { product: 'windows-server', release: '2016' }
    const ends = { supportEnds: '2027-01-12', extendedEnds: '2030-01-12' }
    expect(await me.json(`cover cov- ${product} --kind support --count 200`)).toEqual({
      ...{ reference: 'COV-1', ...release, kind: 'support', ...ends, which: null },
      ...{ name: 'Microsoft Windows Server 2016', leftOut: [], count: 200, custom: null },
    })
    expect((await me.refused('cover COV-1')).error).toContain('Name the product')
    expect((await me.json('support --as-of 2026-11-30 --days 60')).items).toEqual([
      {
        ...{ teams: ['Default team'], ...release, name: 'Microsoft Windows Server 2016', ...ends },
        contracts: [{ reference: 'COV-1', coverEnds: '2028-03-31', kind: 'support' }],
        ...{ finding: 'cover-outlasts-support', until: '2027-01-12', daysLeft: 43 },
        why: expect.stringContaining('COV-1 runs until Fri 31 Mar 2028'),
      },
    ])
    expect(await me.told('support --as-of 2026-11-30')).toContain('as at 2026-08-22')
    write('estate.csv', ['Product,Count,Site', 'Win Srv 2019 Std,12,North', 'Old box,1,'])
    const read = { source: 'estate', read: 2, linked: 0, open: 2 }
    expect(await me.json('products import estate.csv')).toMatchObject(read)
    expect(await me.json('products link --certain')).toEqual({
      wordings: [{ words: 'Win Srv 2019 Std', name: 'Microsoft Windows Server 2019' }],
      rows: 1,
    })
    expect((await me.refused('products link "Old box"')).error).toContain('Nothing is proposed')
    await me.json('products link "Old box" --none')
    const used = { ...release, release: '2019', inUse: 12, sites: ['North'], contracts: [] }
    expect(await me.json('products --uncovered --as-of 2026-11-30')).toMatchObject({
      ...{ dataAsOf: '2026-08-22', items: [used], wordings: [] },
    })
    const covers = [{ ...release, kind: 'support', count: 200 }]
    expect(await me.json('show COV-1')).toMatchObject({ covers })
    const { error } = await me.refused('cover COV-1 --product Lifts --kind support')
    expect(error).toContain('no product')
    await me.json(`cover COV-1 ${product} --remove`)
    expect((await me.json('support')).items.filter(({ name }) => name.includes('2016'))).toEqual([])
  })
})

/** What every command answers, as JSON for programs and as text for people. */
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { addDays, type CivilDate } from '../src/rules/civil-date.ts'
import { financialYearOf } from '../src/rules/months.ts'
import { workingDayOnOrAfter } from '../src/rules/working-days.ts'
import { type Answer, NOON_DAY, NOON_ZONE, useOperator } from './support/command.ts'
import { ENGLAND } from './support/contract-facts.ts'
import { freshDatabase } from './support/database.ts'

const MONEY = /^-?\d+\.\d{2}$/

const SETTINGS = { LAPSEWATCH_TRIAGE_DAYS: '0', LAPSEWATCH_TIME_ZONE: NOON_ZONE }
const { me, db } = useOperator(() => SETTINGS, { again: true })
const today = NOON_DAY
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
  const text = rows.join('\n').replace(/\{(-?\d+)\}/g, (_, days) => addDays(today, Number(days)))
  writeFileSync(path.join(me.folder, name), `${text}\n`)
  return name
}

beforeAll(() => {
  asOf = workingDayOnOrAfter(addDays(today, 1), ENGLAND)
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

// In the order in which an operator would go: each test stands on the ones before.
describe('from a register to what is told', () => {
  test('a dry run says what would change and writes nothing', async () => {
    const answer = await me.json('import', 'register.csv', '--dry-run', '--source', 'trust')
    expect(answer).toMatchObject({ read: 7, created: 6, rejected: 1 })
    expect((await me.json('contracts')).total).toBe(0)
    const { stdout } = await me.run('import', 'register.csv', '--dry-run')
    expect(stdout).toContain('a dry run, nothing is written')
    expect(stdout).toContain('Contract reference')
  })

  test('--strict applies nothing when any row is bad, and ends with 1', async () => {
    const answer = await me.refused('import', 'register.csv', '--strict')
    expect(answer).toMatchObject({ code: 1 })
    expect(answer.problems).toMatchObject([
      { reference: 'A-4', severity: 'warning' },
      { at: '6', reference: null, severity: 'error' },
      { field: 'department' },
    ])
    expect((await me.json('contracts')).total).toBe(0)
  })

  test('import', async () => {
    const answer = await me.json('import', 'register.csv', '--source', 'trust')
    expect(shape(answer)).toBe(
      inWords(`
        { created: number, file: string, format: string, isSameFile: boolean, problems: [{ at:
        decimal, field: string, problem: string, question: null, reference: string, remedy:
        string, severity: string, value: string }], read: number, rejected: number, skipped: number,
        source: string, unchanged: number, undated: number, unwatched: number, updated: number,
        updatedFields: [{ contracts: number, field: string }] }
      `),
    )
    expect(answer).toMatchObject({
      file: 'register.csv',
      format: 'csv',
      source: 'trust',
      read: 7,
      created: 6,
      updated: 0,
      unchanged: 0,
      rejected: 1,
      skipped: 0,
      unwatched: 2,
      undated: 1,
    })
    expect(answer.problems).toMatchObject([
      {
        at: '5',
        reference: 'A-4',
        severity: 'warning',
        problem: expect.stringContaining('no end'),
      },
      { at: '6', reference: null, severity: 'error' },
      { field: 'department' },
    ])
    const again = await me.run('import', 'register.csv', '--source', 'trust')
    expect(again).toMatchObject({ code: 0 })
    expect(again.stdout).toMatch(/unchanged/)
    expect(again.stdout).toContain('not watched')
  })

  test('on a terminal of 40 columns no line is longer, and each contract is there', async () => {
    const narrow = me.with({
      NODE_OPTIONS:
        '--import=data:text/javascript,process.stdout.isTTY=true;process.stdout.columns=40',
    })
    for (const args of [
      'contracts',
      'due',
      'ask all',
      'show A-1',
      'explain A-1',
      'pipeline',
      '-h',
    ]) {
      const { stdout } = await narrow.run(...args.split(' '))
      const long = stdout.split('\n').filter((line) => [...line].length > 40)
      expect(
        long.filter((line) => line.trim().includes(' ')),
        args,
      ).toEqual([])
      if (args !== 'pipeline' && args !== '-h') expect(stdout, args).toContain('A-1')
    }
  })

  test('a first import says when its warnings begin, and what of it is not watched and why', async () => {
    const other = await freshDatabase()
    const theirs = me.with({
      DATABASE_URL: other.url,
      LAPSEWATCH_MIGRATE_URL: other.ownerUrl,
      LAPSEWATCH_TRIAGE_DAYS: '14',
    })
    const { stdout } = await theirs.run('import', 'register.csv')
    expect(stdout).toContain('(1 without an end, 1 rejected)')
    expect(stdout).toMatch(
      /: warnings begin on .* or once its list is confirmed \(lapsewatch triage\)/,
    )
    await other.drop()
  })

  test('import undo takes the newest import back, and says before what that would be', async () => {
    const tried = await me.run('import', 'undo', '--source', 'trust', '--dry-run')
    expect(tried.stdout).toContain('would be undone')
    expect(tried.stdout).toContain('To do it: lapsewatch import undo --source trust')
    // Imported once more without a change: that is the newest.
    expect(await me.json('import', 'undo', '--source', 'trust')).toMatchObject({
      removed: 0,
      restored: 0,
      applied: true,
    })
    expect((await me.json('contracts')).total).toBe(6)
    expect(await me.json('import', 'undo')).toMatchObject({ source: 'trust', removed: 6 })
    expect((await me.json('contracts')).total).toBe(0)
    expect(await me.refused('import', 'undo')).toMatchObject({
      code: 1,
      error: 'There is no import to undo.',
    })
    expect(await me.json('import', 'register.csv', '--source', 'trust')).toMatchObject({
      created: 6,
    })
    await me.json('import', 'register.csv', '--source', 'trust')
  })

  test('contracts', async () => {
    const { total, items } = await me.json('contracts')
    expect(total).toBe(6)
    expect(items).toHaveLength(6)
    expect(shape(items[0])).toBe(
      inWords(`
        { buyer: null, currency: string, currentEnd: date, end: date, questions: number,
        reference: string, source: string, start: date, state: string, supplier: string, title: string, value: decimal }
      `),
    )
    expect(items[0]).toMatchObject({ source: 'trust', value: '1200000.50' })
    expect(states(items)).toEqual({
      'A-1': 'active',
      'A-2': 'active',
      'A-3': 'historic',
      'A-4': 'undated',
      'B-1': 'active',
      'B-2': 'active',
    })
    expect((await me.run('contracts')).stdout).toContain('6 contracts, page 1 of 1')
  })

  test('sweep, and again', async () => {
    const first = await me.json('sweep', '--as-of', asOf)
    expect(shape(first)).toBe(
      inWords(`
        { asOf: date, ms: number, queued: number, raised: number, superseded: number }
      `),
    )
    expect(first).toMatchObject({ asOf, superseded: 0 })
    expect(first.raised).toBeGreaterThan(0)
    expect(await me.json('sweep', '--as-of', asOf)).toMatchObject({ raised: 0, queued: 0 })
    expect(await me.json('sweep')).toMatchObject({ asOf: today, raised: 0, queued: 0 })
    expect((await me.run('sweep')).stdout).toMatch(/^Swept .* 0 warnings raised/)
  })

  test('due', async () => {
    const answer = await me.json('due')
    expect(answer.asOf).toBe(today)
    expect(shape(answer.items[0])).toBe(
      inWords(`
        { date: date, daysLeft: number, kind: string, reason: string, reference: string, severity:
        string, supplier: string, title: string }
      `),
    )
    const dates: string[] = answer.items.map((each) => each.date)
    expect(dates).toEqual([...dates].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
    const end = answer.items.find((each) => each.reference === 'A-1' && each.kind === 'end')
    expect(end).toMatchObject({ daysLeft: 30, severity: 'soon' })
    expect(answer.items.every((each) => each.reference !== 'A-3')).toBe(true)
    expect(answer.items[0]?.daysLeft).toBeLessThan(0)
    const one = await me.json('due', '--limit', '1')
    expect(one).toMatchObject({ total: answer.total, items: [answer.items[0]] })
    expect((await me.run('due', '--days', '31')).stdout).toMatch(/within 31 days/)
    const { stdout } = await me.run('due')
    const [first = ''] = stdout.split('\n')
    const counts =
      /: (\d+) due within 90 days: (\d+) overdue, (\d+) in the next 30 days, (\d+) later/.exec(
        first,
      )
    const [, total, overdue, near, later] = (counts ?? []).map(Number)
    expect(total).toBe(answer.total)
    const planned = Number(/(\d+) to start by on routes that are assumed/.exec(first)?.[1] ?? 0)
    expect((overdue ?? 0) + (near ?? 0) + (later ?? 0) + planned).toBe(total)
    expect(stdout).toMatch(/owner +value/)
  })

  test('ask: what a sentence means, what of it was not read, and the contracts', async () => {
    const within = [
      'ask',
      `northwind ending before ${addDays(today, 40)} frobnicate`,
      '--as-of',
      today,
    ]
    const answer = await me.json(...within)
    expect(Object.keys(answer)).toEqual(['asOf', 'read', 'unread', 'total', 'items'])
    expect(answer).toMatchObject({ asOf: today, unread: ['frobnicate'], total: 1 })
    const { read } = answer as unknown as { read: readonly { what: string }[] }
    expect(read.map(({ what }) => what)).toEqual(['text', 'end'])
    expect((answer.items as unknown[])[0]).toEqual({
      reference: 'A-1',
      title: 'Imaging licences',
      supplier: 'Northwind Ltd',
      owner: null,
      currentEnd: addDays(today, 30),
      value: '1200000.50',
      currency: 'GBP',
      state: 'active',
    })
    const { stdout } = await me.run(...within)
    expect(stdout).toMatch(
      /^Not understood: “frobnicate”[\s\S]*1 contract with "northwind"[\s\S]*A-1/,
    )
    const nothing = await me.json('ask', 'frobnicate')
    expect(nothing).toMatchObject({ unread: ['frobnicate'], total: 0, items: [] })
    expect((await me.run('ask', 'frobnicate')).stdout).not.toMatch(
      /nothing|no contract|0 contracts/i,
    )
    expect((await me.run('ask', 'my overdue contracts')).stdout).toContain('“mine”')
    const about = await me.run('ask', 'snooze A-1 2w')
    expect(about.stdout).toMatch(
      /1 contract[\s\S]*to snooze until[\s\S]*A-1[\s\S]*Nothing was done/,
    )
    expect((await me.json('ask', 'export everything to excel')).total).toBe(
      (await me.json('ask', 'everything')).total,
    )
    expect((await me.run('ask', 'costs')).stderr).toContain('command of its own')
  })

  test('show, by reference, by part of a title and by number', async () => {
    const answer = await me.json('show', 'a-1')
    const shaped = shape({ ...answer, problems: [] })
    expect(shaped.replaceAll('nextRungOn: null', 'nextRungOn: date')).toBe(
      inWords(`
        { alerts: [{ kind: string, raisedOn: date, rung: number, state: string }],
        automaticRenewal: boolean, buyer: null, checkpoints: [], currency: string, currentEnd: date, deadlines: [{ date: date,
        kind: string, nextRungOn: date, reason: string, settled: boolean }], department:
        string, documents: [], end: date, endPrecision: string, endSource: string, extensions: [], maximumEnd:
        null, notice: { amount: number, text: string, unit: string }, options: [], owner: null,
        problems: [], questions: [], reference: string, start: date, state: string, supplier:
        string, team: string, title: string, value: decimal, valueText: null }
      `),
    )
    expect(answer).toMatchObject({ endPrecision: 'day', endSource: 'column "End"' })
    expect(await me.json('show', 'catering')).toMatchObject({ reference: 'A-2', parent: 'B-2' })
    expect((await me.run('show', 'A-2')).stdout).toMatch(/Southwind[\s\S]*called off under +B-2/)
  })

  test('explain', async () => {
    const answer = await me.json('explain', 'A-1', '--as-of', asOf)
    expect(shape(answer.raised)).toBe(
      '[{ kind: string, on: date, rung: number, sentOn: null, state: string }]',
    )
    expect(shape(answer.next)).toBe('[{ kind: string, on: date, rung: number }]')
    expect(Object.keys(answer)).toEqual(['reference', 'raised', 'next', 'silent'])
    const old = await me.json('explain', 'A-3')
    expect(old).toMatchObject({ raised: [], next: [], silent: [{ kind: 'end' }] })
    expect((await me.run('explain', 'A-3')).stdout).toContain('ended long before')
  })

  test('personal-data: a flag and a review date, for a contract without an end as well', async () => {
    const on = addDays(today, 120)
    const answer = await me.json('personal-data', 'A-4', '--yes', '--review-on', on)
    expect(answer).toMatchObject({ reference: 'A-4', currentEnd: null })
    expect(answer.deadlines).toMatchObject([{ kind: 'review', date: on, settled: false }])
    const { stdout } = await me.run('history', 'A-4')
    expect(stdout).toContain('personal_data')
    expect((await me.refused('personal-data', 'A-4', '--yes', '--no')).error).toContain('either')
    expect((await me.refused('personal-data', 'A-4')).error).toContain('either')
    expect(
      (await me.run('personal-data', 'A-4', '--shared-with', 'Hotjar', '--dpia', 'DPIA-7')).stdout,
    ).toContain('Recorded: shared with Hotjar, DPIA DPIA-7. A-4 ends on')
    const list = await me.json('personal-data')
    expect(list).toMatchObject({
      ...{ total: 1, asOf: today },
      items: [
        {
          ...{ reference: 'A-4', personalData: true, sharesData: true, sharedWith: 'Hotjar' },
          ...{ dpia: 'DPIA-7', reviewOn: on, reviewedOn: null, findings: [] },
        },
      ],
    })
    expect(inWords((await me.run('personal-data')).stdout)).toContain('A-4')
    await me.run('personal-data', '--out', 'personal.csv')
    const sheet = readFileSync(path.join(me.folder, 'personal.csv'), 'utf8')
    expect(sheet).toContain('Hotjar')
    expect(sheet).toContain('To put right')
  })

  test('umbrella: members one by one and from a list, what it replaces and its call-offs', async () => {
    expect(await me.json('umbrella', 'A-1')).toEqual({
      ...{ reference: 'A-1', members: [], replaces: [], calls: [] },
    })
    await me.json('umbrella', 'A-1', '--member', 'Northern Trust', '--team', 'default TEAM')
    const list = write('members.csv', [
      'Organisation,Team,From,To',
      'Northern Trust,,,',
      'Southern Trust,Nowhere,{10},',
      'Eastern Trust,,soon,',
    ])
    const read = await me.json('umbrella', 'A-1', '--members', list)
    expect(read).toMatchObject({
      umbrellas: [{ reference: 'A-1', added: 2, changed: 0, unchanged: 1 }],
      problems: [
        { at: '4', field: 'From', value: 'soon', severity: 'question' },
        { at: '3', value: 'Nowhere', severity: 'question' },
      ],
    })
    expect((await me.json('umbrella', 'A-1', '--members', list)).problems).toHaveLength(2)
    await me.json('umbrella', 'A-1', '--replaces', 'B-1', '--call', 'A-2')
    const shown = { from: null, to: null }
    expect(await me.json('umbrella', 'A-1')).toEqual({
      reference: 'A-1',
      members: [
        { buyer: 'Eastern Trust', team: null, ...shown, covered: false },
        { buyer: 'Northern Trust', team: 'Default team', ...shown, covered: true },
        { buyer: 'Southern Trust', team: null, from: addDays(today, 10), to: null, covered: false },
      ],
      replaces: [{ reference: 'B-1', currentEnd: addDays(today, 200) }],
      // B-1 was called off from A-2 by its register, A-2 under this one by hand.
      calls: [{ reference: 'A-2' }],
    })
    const { stdout } = await me.run('umbrella', 'A-1')
    expect(inWords(stdout)).toContain('Covers 3 organisations, 2 of them not covered then.')
    expect(stdout).toContain('its days could not be read: from: soon')
    await me.json('umbrella', 'A-1', '--uncall', 'A-2', '--unreplaces', 'B-1')
    await me.json('umbrella', 'A-1', '--member', 'Eastern Trust', '--from', today)
    expect(await me.json('umbrella', 'A-1')).toMatchObject({
      ...{ members: [{ covered: true }, {}, {}], replaces: [], calls: [] },
    })
    for (const name of ['Eastern Trust', 'Northern Trust', 'Southern Trust']) {
      await me.json('umbrella', 'A-1', '--remove', name)
    }
    expect((await me.refused('umbrella', 'A-1', '--team', 'Default team')).error).toContain(
      '--member',
    )
    const none = write('lost.csv', ['reference,organisation', 'Z-99,Northern Trust'])
    expect((await me.json('umbrella', '--members', none)).problems).toMatchObject([
      { at: '2', value: 'Z-99', severity: 'error' },
    ])
  })

  test('ack, decide, extend: each answers with what follows', async () => {
    const acked = await me.json('ack', 'A-1')
    expect(shape({ ...acked, deadlines: [] })).toBe(
      '{ currentEnd: date, deadlines: [], reference: string }',
    )
    const states: string[] = (await me.json('show', 'A-1')).alerts.map((each) => each.state)
    expect(new Set(states)).toEqual(new Set(['acknowledged']))
    const decided = await me.json('decide', 'A-2', '--kind', 'end', '--decision', 'Let it end')
    expect(decided.deadlines.find((each) => each.kind === 'end')?.settled).toBe(true)
    const to = addDays(today, 90)
    const extended = await me.json(
      ...['extend', 'A-1', '--to', to, '--kind', 'emergency', '--cost', '£4,600,000'],
    )
    expect(extended).toMatchObject({
      reference: 'A-1',
      extension: { kind: 'emergency', status: 'confirmed', to, cost: '4600000.00' },
      currentEnd: to,
      headroom: { tests: expect.any(Array) },
      premium: { method: expect.stringContaining('assumed committed') },
    })
    expect(extended.premium).toMatchObject({
      baseline: expect.stringMatching(MONEY),
      months: expect.any(Number),
      premium: expect.stringMatching(MONEY),
      ratio: expect.any(Number),
    })
    const after = await me.json('show', 'A-1')
    expect(after).toMatchObject({
      end: addDays(today, 30),
      currentEnd: to,
      extensions: [
        {
          kind: 'emergency',
          status: 'confirmed',
          from: addDays(today, 31),
          to,
          cost: '4600000.00',
        },
      ],
    })
    expect(after.deadlines.map((each) => each.kind)).toContain('emergency-end')
    const again = await me.run('extend', 'A-2', '--to', addDays(today, 70), '--kind', 'variation')
    expect(again.stdout).toContain(`A-2 ends on ${addDays(today, 70)}`)
  })

  test('extensions, costs and exposure: money as text, what is unknown as null', async () => {
    const ledger = await me.json('extensions')
    expect(ledger.items[1]).toMatchObject({
      reference: 'A-2',
      kind: 'variation',
      cost: null,
      premium: null,
    })
    expect(ledger.totals).toMatchObject([
      { currency: 'GBP', cost: '4600000.00', premium: expect.stringMatching(MONEY) },
    ])
    expect(ledger.totals[0]).toMatchObject({ count: 2, priced: 1 })
    const told = (await me.run('extensions')).stdout
    expect(told).toContain('premium of 1 of 2')
    expect((await me.refused('extensions', '--year', '2001/03')).error).toContain('2026/27')
    const exposed = await me.json('exposure', '--days', '120')
    expect(exposed.items).toMatchObject([
      { reference: 'A-2', runRate: expect.stringMatching(MONEY) },
      { reference: 'A-1', ratio: expect.any(Number), extra: expect.stringMatching(MONEY) },
    ])
    expect(exposed.totals).toMatchObject([{ currency: 'GBP', priced: 2, of: 2 }])
    const said = (await me.run('exposure', '--days', '120')).stdout
    expect(said).toContain('potential cost avoidance')
    expect(said).not.toMatch(/\bsaved?\b|£0\b/)
    // The extension begins in a month, which in March is another financial year.
    const year = financialYearOf(addDays(today, 31)).name
    const costs = await me.json('costs', '--year', year)
    expect(costs.totals).toMatchObject([{ currency: 'GBP', costed: 1 }])
  })

  test('an extension is taken back on the command line', async () => {
    await me.json('extend', 'B-1', '--to', addDays(today, 300), '--kind', 'option')
    const back = await me.json('extension', 'withdraw', 'B-1', '--why', 'typed twice')
    expect(back).toMatchObject({
      currentEnd: addDays(today, 200),
      extension: { status: 'withdrawn' },
    })
  })

  test('settings: shown with where each comes from, set for a contract, taken back', async () => {
    const ofOne = ['--reference', 'A-1']
    const set = await me.json('settings', 'set', 'Ladders.End', '45,', '7,', '0', ...ofOne)
    expect(set).toMatchObject({
      reference: 'A-1',
      key: 'ladders.end',
      value: '45, 7, 0 then fortnightly',
      from: 'this contract',
      rekeyed: 1,
      moved: expect.any(Number),
    })
    const { items } = await me.json('settings', 'show', ...ofOne)
    expect(items).toContainEqual({
      key: 'ladders.end',
      value: '45, 7, 0 then fortnightly',
      from: 'this contract',
    })
    expect(items).toContainEqual({ key: 'groupAbove', value: '3', from: 'default' })
    const refused = await me.refused('settings', 'set', 'smallValue', 'much')
    expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('whole number') })
    const back = await me.json('settings', 'unset', 'ladders.end', ...ofOne)
    expect(back).toMatchObject({ from: 'default' })
  })

  test('headroom, as recorded and with days added', async () => {
    const answer = await me.json('headroom', 'A-1')
    expect(Object.keys(answer)).toEqual([
      'reference',
      'regime',
      'assumed',
      'tests',
      'notices',
      'oneMoreMonth',
    ])
    expect(answer).toMatchObject({ reference: 'A-1', regime: 'PCR15', assumed: true })
    const [small] = answer.tests
    expect(small).toMatchObject({
      rule: 'pcr15-small',
      measure: 'money',
      used: '4600000.00',
      percent: 383.3,
      state: 'over',
      source: expect.stringMatching(/^https:/),
    })
    const { stdout } = await me.run('headroom', 'A-1', '--add-days', '31')
    expect(stdout).toContain('with 31 days more, under PCR15 (assumed from its start)')
    expect(stdout).toContain('check with procurement law advice')
    expect((await me.refused('headroom', 'Z-9')).code).toBe(1)
    // What is set for the contract, or its team, stands over the organisation's.
    await me.json('settings', 'set', 'nation', 'scotland', '--reference', 'A-1')
    expect(await me.json('headroom', 'A-1')).toMatchObject({ regime: 'other', assumed: true })
    await me.json('settings', 'unset', 'nation', '--reference', 'A-1')
  })

  test('start-by: the count, by the recorded route or another', async () => {
    const answer = await me.json('start-by', 'B-1', '--as-of', today)
    expect(shape(answer)).toBe(
      inWords(`
        { assumed: boolean, coverFrom: date, decidedBy: [string], fits: [{ route: string,
        shortfallDays: number, startBy: date }], gapUnavoidableFrom: date, passed: boolean,
        range: { fastest: string, from: date, to: date }, reference: string, route: string,
        startBy: date, steps: [{ amount: number, from: date, name: string, to: date, unit: string
        }] }
      `),
    )
    // Its own row names no regime: it is its framework's, and never an open procedure.
    expect(answer).toMatchObject({ route: 'psr-competitive', assumed: true })
    expect(answer.fits).toContainEqual(expect.objectContaining({ route: 'psr-competitive' }))
    expect(await me.json('start-by', 'B-1', '--route', 'Open procedure')).toMatchObject({
      route: 'open',
      assumed: false,
      passed: true,
    })
    const { stdout } = await me.run('start-by', 'B-1', '--route', 'open')
    expect(stdout).toMatch(
      /to have a new contract on .* by open procedure, start by .*: mobilisation 30 days, approval 20 working days, standstill 8 working days, procedure 180 days/,
    )
    expect((await me.refused('start-by', 'B-1', '--route', 'raffle')).error).toContain(
      'Write one of',
    )
    expect((await me.refused('start-by', 'A-4')).error).toContain('no end date')
  })

  test('weekly, of a team and of the organisation', async () => {
    const answer = await me.json('weekly')
    const told = { ...answer, blocks: [], figures: {}, five: {}, teams: [], months: [] }
    expect(shape(told)).toBe(
      inWords(`
        { before: null, blocks: [], figures: {}, five: {}, months: [], slot: date, team: null,
        teams: [], text: string }
      `),
    )
    expect(answer.figures).toMatchObject({ watched: 5, historic: 1, undated: 1, unread: 1 })
    expect(Object.values(answer.figures).every((each) => typeof each === 'number')).toBe(true)
    const posted = await me.json('weekly', '--team', 'default team', '--post')
    expect(posted).toMatchObject({ team: 'Default team' })
    expect((await me.run('weekly')).stdout).toContain('without an end date')
  })

  test('simulate, of what is held and of a file; nothing is written', async () => {
    const count = async () =>
      (
        await db.pool.query(
          'SELECT (SELECT count(*) FROM contract) + (SELECT count(*) FROM alert) AS n',
        )
      ).rows[0].n
    const before = await count()
    const span = ['--from', addDays(today, 1), '--to', addDays(today, 150)]
    const own = await me.json('simulate', ...span)
    expect(own).toMatchObject({ from: addDays(today, 1), to: addDays(today, 150) })
    expect(shape(own.messages[0])).toBe(
      inWords(`
        { deadline: date, kind: string, messageId: string, on: date, reference: string, rung:
        number, text: string }
      `),
    )
    const story = path.join(import.meta.dirname, 'registers', 'nhs-2023.csv')
    const file = await me.json(
      ...['simulate', '--from', '2022-01-01', '--to', '2023-06-30', '--register', story],
    )
    expect(file.messages.some((each) => each.reference === 'NHS-BYTES-2018')).toBe(true)
    expect(await count()).toBe(before)
    expect((await me.run('simulate', ...span)).stdout).toContain('would have been sent')
  })

  test('deliver writes the messages on the terminal, once', async () => {
    const { stdout } = await me.run('deliver')
    expect(stdout).toContain('A-1')
    expect(stdout).toMatch(/\d+ sent, 0 to be tried again/)
    expect(await me.json('deliver')).toEqual({
      sent: 0,
      retried: 0,
      uncertain: 0,
      blocked: 0,
      dead: 0,
    })
  })

  test('team, migrate, doctor', async () => {
    await me.json('team', 'set', 'Imaging', '--channel', '#imaging', '--zone', 'Europe/Berlin')
    const { teams } = await me.json('team')
    expect(teams.map((each) => each.name)).toEqual(['Default team', 'Imaging'])
    expect(teams[1]).toMatchObject({ channel: '#imaging', timeZone: 'Europe/Berlin' })
    expect(await me.json('migrate')).toEqual({ server: 'given', applied: [] })
    expect((await me.run('team', 'list')).stdout).toContain('#imaging')
    const doctor = await me.refused('doctor')
    // Swept ahead, and a row that could not be read: both want somebody.
    expect(doctor.code).toBe(1)
    expect(doctor.problems.join('\n')).toMatch(/swept ahead[\s\S]*1 row could not be read/)
  })

  test('how a file is read can be settled by hand: map, dates, format, team', async () => {
    // What ended long ago would be historic, and not due.
    const year = new Date().getUTCFullYear() + 1
    write('odd.txt', [
      'Ref;What;Runs out',
      `O-1;Odd one;03/04/${year}`,
      `O-2;Odd two;05/06/${year}`,
    ])
    const map = ['--map', 'reference=Ref', '--map', 'title=What', '--map', 'end=Runs out']
    const refused = await me.refused('import', 'odd.txt', '--format', 'csv', ...map)
    expect(refused.code).toBe(1)
    expect(refused.error).toContain('--dates')
    const options = ['--format', 'csv', '--dates', 'mdy', '--team', 'imaging', '--source', 'odd']
    expect(await me.json('import', 'odd.txt', ...map, ...options)).toMatchObject({ created: 2 })
    expect(await me.json('show', 'O-1')).toMatchObject({ title: 'Odd one', end: `${year}-03-04` })
    expect((await me.json('due', '--team', 'Imaging', '--days', '2000')).total).toBeGreaterThan(0)
  })
})

function states(items: readonly Answer[]): Record<string, string> {
  return Object.fromEntries(items.map(({ reference, state }) => [reference, state]))
}

describe('documents', () => {
  test('come from a register, are added and removed by hand, and go out with show and export', async () => {
    const A = 'https://trust.example/signed.pdf'
    const B = 'https://trust.example/annex?a=1&b=2'
    const rows = ['Contract reference,Title,End,Documents', `D-1,Lifts,{700},"Signed: ${A}; paper"`]
    const read = await me.json('import', write('documents.csv', rows), '--source', 'documents')
    expect(JSON.stringify(read)).toContain('not taken as a link')
    expect(await me.json('show', 'D-1')).toMatchObject({ documents: [{ title: 'Signed', url: A }] })
    expect(await me.json('document', 'add', 'D-1', B, '--title', 'Annex')).toEqual({
      reference: 'D-1',
      documents: [
        { title: 'Signed', url: A },
        { title: 'Annex', url: B },
      ],
    })
    for (const url of ['ftp://a.example/b', 'trust.example/x', 'javascript:alert(1)'])
      expect((await me.refused('document', 'add', 'D-1', url)).error).toContain('no web address')
    expect((await me.run('show', 'D-1')).stdout).toContain(`Annex: ${B}`)
    // The same register again takes nothing back that was added by hand.
    await me.json('import', write('documents.csv', rows), '--source', 'documents')
    const out = path.join(me.folder, 'documents-out.csv')
    await me.json('export', out, '--source', 'documents')
    expect(readFileSync(out, 'utf8')).toContain(`"Signed: ${A}; Annex: ${B}"`)
    expect(await me.json('document', 'remove', 'D-1', A)).toMatchObject({ documents: [{ url: B }] })
    expect((await me.refused('document', 'remove', 'D-1', A)).error).toContain('none of its')
    expect((await me.run('history', 'D-1')).stdout).toContain('documents')
  })
})

describe('what the law asks of a year', () => {
  test('pipeline and waivers: what a year asks, as lists and as sheets', async () => {
    const rows = [
      'Contract reference,Title,Supplier,Start,End,Value,Route',
      'P-1,Patient records,Northwind Ltd,{-900},{700},3000000,open',
      'P-2,Theatre packs,Acme Ltd,{-900},{600},3000000,mini-competition',
    ]
    await me.json('import', write('pipeline.csv', rows), '--source', 'pipeline')
    const year = financialYearOf(addDays(today, 365)).name
    const pipeline = await me.json('pipeline', '--year', year)
    const listed = (pipeline.items as unknown as { reference: string; list: string }[])
      .filter(({ reference }) => reference.startsWith('P-'))
      .map(({ reference, list }) => `${reference} ${list}`)
    expect(listed.toSorted((a, b) => a.localeCompare(b))).toEqual(['P-1 UK1', 'P-2 other'])
    const { stdout } = await me.run('pipeline', '--year', year, '--format', 'csv')
    expect(stdout).toContain('UK1: check,Patient records,P-1')
    expect((await me.refused('pipeline', '--year', 'soon')).error).toContain('no financial year')

    const began = ['--category', 'urgent', '--began', addDays(today, -30), '--net', '5000']
    expect(
      await me.json(
        'waiver',
        'add',
        'P-1',
        ...began,
        '--approved',
        today,
        '--approver',
        'The board',
      ),
    ).toMatchObject({ reference: 'P-1', retrospective: true, breach: false })
    const nobody = ['--approved', addDays(today, -31), '--approver', 'TBC', '--reason', 'Flood']
    const asked = await me.run('waiver', 'add', 'P-1', ...began, ...nobody)
    expect(asked.stdout).toMatch(
      /“TBC” names nobody who approved it.*Who approved it is still to fill/,
    )
    const early = ['--category', 'urgent', '--began', addDays(today, -901), '--approver', 'vacant']
    const before = await me.json('waiver', 'add', 'P-1', ...early)
    expect(before).toMatchObject({ breach: true, approver: null })
    expect(JSON.stringify(Reflect.get(before, 'check'))).toContain('before the contract starts on')
    const [, number = ''] = /Waiver (\d+) is recorded/.exec(asked.stdout) ?? []
    for (const id of [number, String(Reflect.get(before, 'id'))]) {
      await me.json('waiver', 'withdraw', id, '--why', 'of the test')
    }
    for (const when of ['--approved', '--requested']) {
      const { error } = await me.refused('waiver', 'add', 'P-2', ...began, when, addDays(today, 1))
      expect(error).toContain('has not come yet')
    }
    expect(await me.json('waiver', 'add', 'P-2', ...began)).toMatchObject({ breach: true })
    for (const [wrong, says] of [
      [['--net', 'ten'], /--net <amount>.*Write an amount such as/],
      [['--gross', '€12'], /--gross <amount>.*Write an amount such as/],
      [['--gross', '4000'], /cannot cost less/],
      [['--requested', '31/12/2025'], /--requested <date>.*YYYY-MM-DD/],
      [['--committee', 'soon'], /--committee <date>.*YYYY-MM-DD/],
    ] as const) {
      expect((await me.refused('waiver', 'add', 'P-2', ...began, ...wrong)).error).toMatch(says)
    }
    const same = await me.refused('waiver', 'add', 'P-2', ...began)
    expect(same.error).toMatch(/says the same already\. Nothing was recorded\. Add --again/)
    const again = await me.json('waiver', 'add', 'P-2', ...began, '--again')
    expect(again).toMatchObject({ check: [expect.stringContaining('listed as a breach')] })
    await me.json('waiver', 'withdraw', String(Reflect.get(again, 'id')), '--why', 'twice')
    const register = (await me.json('waivers')) as unknown as Record<string, unknown>
    expect(register.withdrawn).toContainEqual(
      expect.objectContaining({ reference: 'P-2', withdrawnWhy: 'twice' }),
    )
    expect((await me.run('waivers')).stdout).toMatch(/Taken back: counted nowhere[\s\S]*twice/)
    expect(register.waivers).toEqual([
      expect.objectContaining({ reference: 'P-1', retrospective: true, net: '5000.00' }),
    ])
    expect(register.breaches).toEqual([expect.objectContaining({ reference: 'P-2' })])
    expect((await me.run('waivers')).stdout).toContain('Breaches to check: no approval found')
    const history = await me.run('history', 'P-1')
    expect(history.stdout).toContain('waiver recorded')

    const [{ id } = { id: 0 }] = register.breaches as readonly { id: number }[]
    expect(await me.json('waiver', 'withdraw', String(id), '--why', 'not ours')).toEqual({
      waiver: id,
      reference: 'P-2',
      withdrawn: true,
    })
    const csv = path.join(me.folder, 'waivers.csv')
    expect(await me.json('waivers', '--out', csv)).toEqual({ file: csv, format: 'csv', count: 1 })
    const sheet = (file: string): Record<string, string>[] =>
      parse(readFileSync(file), { bom: true, columns: true })
    expect(sheet(csv)).toEqual([
      expect.objectContaining({
        ...{ Reference: 'P-1', 'What it is': 'Retrospective waiver: check' },
        'Supplier, twelve months in all': '',
      }),
    ])
    expect((await me.refused('waivers', '--out', csv)).error).toContain('exists already')
    const book = csv.replace('.csv', '.xlsx')
    expect(await me.json('waivers', '--out', book)).toMatchObject({ format: 'xlsx', count: 1 })
    const pipelines = csv.replace('waivers', 'pipeline-sheet')
    await me.json('pipeline', '--year', year, '--out', pipelines)
    const [first] = sheet(pipelines).filter(({ Reference }) => Reference === 'P-1')
    expect(first).toMatchObject({ List: 'UK1: check', 'Value with VAT, assumed (£)': '3600000.00' })
    expect(first?.Check).toMatch(/check/)
    // Nothing of a flag is cut: each says "check" and its section.
    const told = (await me.run('pipeline', '--year', year)).stdout
    for (const line of told.split('\n').filter((each) => /P-[12]/.test(each)))
      expect(line).toMatch(/\(s\.93\(3\)\): check\.|check \(s\.93\(3\)\)\./)
  })
})

describe('a contract under the Procurement Act', () => {
  test('published settles a notice; dispute settle says which end holds', async () => {
    const rows = (end: string) => [
      'Contract reference,Title,Start,End,Current end,Value,Value basis',
      `L-1,Under the Act,{-10},{700},${end},1200000,committed`,
    ]
    const source = ['--source', 'law']
    await me.json('import', write('law.csv', rows('')), ...source)
    const said = ['--notice', 'UK7', '--said', '2026/S 000-123456']
    expect(await me.json('published', 'L-1', ...said)).toEqual({
      reference: 'L-1',
      notice: 'UK7',
      on: addDays(today, 19),
      said: '2026/S 000-123456',
    })
    await me.json('extend', 'L-1', '--kind', 'variation', '--to', addDays(today, 900))
    await me.json('import', write('law.csv', rows('{800}')), ...source)
    const settle = ['dispute', 'settle', 'L-1', '--holds', 'register']
    expect(await me.json(...settle)).toMatchObject({ currentEnd: addDays(today, 800) })
    expect(await me.refused(...settle)).toMatchObject({
      code: 1,
      error: expect.stringContaining('nothing to settle'),
    })
  })
})

describe('rows that are rejected or asked about', () => {
  test('are written to a file of their own, put right there, and imported alone', async () => {
    const rows = [
      'Ref,Title,Supplier,Start date,End date,Extended until,Notes',
      'J-1,Whole,Sup,2024-04-01,{300},,',
      'J-2,"Broken, by hand",Sup,2024-04-01,2023-04-01,,=cmd()',
      'J-3,Asked about,Sup,2024-04-01,{310},{900},',
      'J-4,Asked about too,Sup,2024-04-01,{320},{910},',
    ]
    const source = ['--source', 'joint'] as const
    const first = await me.json(
      'import',
      write('joint.csv', rows),
      ...source,
      '--rejected',
      'wrong.csv',
    )
    expect(first).toMatchObject({ created: 4, rejected: 0, undated: 1, toCorrect: 3 })
    const file = path.join(me.folder, 'wrong.csv')
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('Lapsewatch problem,Lapsewatch remedy')
    expect(text).not.toContain('J-1')
    expect(text).not.toMatch(/(^|,)"?=cmd/m)
    const asked = async () => JSON.stringify((await me.json('questions', '--open')).items)
    expect(await asked()).toContain('"about":"extension"')
    // One is put right, one has its extension taken out, and one stays as it is.
    const lines = text.split(/\r?\n/).filter((line) => !line.startsWith('J-4'))
    const corrected = lines
      .join('\n')
      .replace('2023-04-01', addDays(today, 305))
      .replace(addDays(today, 900), '')
    writeFileSync(path.join(me.folder, 'right.csv'), corrected)
    const again = await me.json('import', 'right.csv', ...source)
    expect(again).toMatchObject({ created: 0, rejected: 0, undated: 0 })
    expect(JSON.stringify(again.problems)).not.toContain('not in the file')
    expect((await me.json('show', 'J-2')).currentEnd).toBe(addDays(today, 305))
    // What the part does not speak of is still asked.
    expect(await asked()).toContain('"about":"extension"')
    expect(
      await me.refused('import', 'joint.csv', ...source, '--rejected', 'wrong.csv'),
    ).toMatchObject({
      error: expect.stringContaining('exists already'),
    })
  })
})

describe('a register that refreshes itself', () => {
  test('is set, looked into, confirmed and ended, and doctor says how it is', async () => {
    mkdirSync(path.join(me.folder, 'exports'))
    const put = (name: string, rows: readonly string[], minutes: number) => {
      const file = path.join(me.folder, write(path.join('exports', name), rows))
      const then = new Date(Date.now() - minutes * 60_000)
      utimesSync(file, then, then)
    }
    const rows = (end: string) => ['Reference,Title,Supplier,End date', `S-1,Self,Sup,${end}`]
    expect(
      await me.refused('source', 'set', 'self', '--from', 'nowhere', '--every', 'day'),
    ).toMatchObject({
      error: expect.stringContaining('is no folder'),
    })
    put('one.csv', rows('{300}'), 90)
    const set = await me.json(
      'source',
      'set',
      'self',
      '--from',
      'exports',
      '--every',
      'week',
      '--at',
      '07:30',
    )
    expect(set).toMatchObject({ name: 'self', every: 'week', at: '07:30', file: null, waiting: 0 })
    expect(await me.json('source', 'refresh', 'self')).toMatchObject({
      file: 'one.csv',
      problem: null,
    })
    put('two.csv', rows('{400}'), 60)
    expect(await me.json('source', 'refresh', 'self')).toMatchObject({
      file: 'two.csv',
      waiting: 1,
      waits: [{ reference: 'S-1', words: expect.stringContaining('end') }],
    })
    expect((await me.run('source', 'show', 'self')).stdout).toContain('source confirm self')
    expect((await me.json('show', 'S-1')).currentEnd).toBe(addDays(today, 300))
    expect(await me.json('source', 'confirm', 'self')).toMatchObject({ changed: 1 })
    expect((await me.json('show', 'S-1')).currentEnd).toBe(addDays(today, 400))
    put('three.csv', ['nothing'], 30)
    expect(await me.json('source', 'refresh', 'self')).toMatchObject({
      problem: { kind: 'unreadable' },
    })
    expect((await me.run('doctor')).stderr).toMatch(/register self.*three\.csv/)
    expect((await me.json('source')).items).toEqual([expect.objectContaining({ name: 'self' })])
    await me.json('source', 'remove', 'self')
    expect((await me.json('source', 'list')).items).toEqual([])
    expect((await me.json('show', 'S-1')).reference).toBe('S-1')
  })
})

describe('what a contract covers', () => {
  test('cover, support and products: what was said, what follows from it, and what waits', async () => {
    const contract = `COV-1,Servers,Radiology,Northwind Ltd,2024-04-01,2028-03-31,9000,,,no,,`
    await me.json('import', write('servers.csv', [REGISTER[0] ?? '', contract]))
    const said = await me.json(
      ...[
        'cover',
        'cov-',
        '--product',
        'Windows Server',
        '--release',
        '2016',
        '--kind',
        'support',
        '--count',
        '200',
      ],
    )
    expect(said).toEqual({
      ...{ reference: 'COV-1', product: 'windows-server', release: '2016', kind: 'support' },
      ...{ name: 'Microsoft Windows Server 2016', leftOut: [], count: 200, custom: null },
      ...{ supportEnds: '2027-01-12', extendedEnds: '2030-01-12', which: null },
    })
    expect((await me.refused('cover', 'COV-1')).error).toContain('Name the product')
    const { items } = await me.json('support', '--as-of', '2026-11-30', '--days', '60')
    expect(items).toEqual([
      {
        teams: ['Default team'],
        ...{ product: 'windows-server', release: '2016', name: 'Microsoft Windows Server 2016' },
        ...{ supportEnds: '2027-01-12', extendedEnds: '2030-01-12' },
        contracts: [{ reference: 'COV-1', coverEnds: '2028-03-31', kind: 'support' }],
        ...{ finding: 'cover-outlasts-support', until: '2027-01-12', daysLeft: 43 },
        why: expect.stringContaining('COV-1 runs until Fri 31 Mar 2028'),
      },
    ])
    expect((await me.run('support', '--as-of', '2026-11-30')).stdout).toContain('as at 2026-08-22')
    writeFileSync(
      path.join(me.folder, 'estate.csv'),
      'Product,Count,Site\nWin Srv 2019 Std,12,North\nOld box,1,\n',
    )
    const read = await me.json('products', 'import', 'estate.csv')
    expect(read).toMatchObject({ source: 'estate', read: 2, linked: 0, open: 2 })
    expect(await me.json('products', 'link', '--certain')).toEqual({
      wordings: [{ words: 'Win Srv 2019 Std', name: 'Microsoft Windows Server 2019' }],
      rows: 1,
    })
    expect((await me.refused('products', 'link', 'Old box')).error).toContain('Nothing is proposed')
    await me.json('products', 'link', 'Old box', '--none')
    const uncovered = await me.json('products', '--uncovered', '--as-of', '2026-11-30')
    expect(uncovered).toMatchObject({
      dataAsOf: '2026-08-22',
      items: [
        { product: 'windows-server', release: '2019', inUse: 12, sites: ['North'], contracts: [] },
      ],
      wordings: [],
    })
    expect(await me.json('show', 'COV-1')).toMatchObject({
      covers: [{ product: 'windows-server', release: '2016', kind: 'support', count: 200 }],
    })
    expect(
      (await me.refused('cover', 'COV-1', '--product', 'Lifts', '--kind', 'support')).error,
    ).toContain('no product')
    await me.json('cover', 'COV-1', '--product', 'Windows Server', '--release', '2016', '--remove')
    expect((await me.json('support')).items.filter(({ name }) => name.includes('2016'))).toEqual([])
  })
})

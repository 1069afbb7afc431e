/** Registers that refresh themselves: louder by themselves, quieter only when somebody says so. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTeam } from '../src/database/organisation.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { answerQuestion } from '../src/register/import/answer-question.ts'
import { readQuestions } from '../src/register/import/questions.ts'
import {
  confirmRefresh,
  dueOn,
  type Refresh,
  type RefreshContext,
  refreshDue,
  refreshedSource,
  setRefresh,
} from '../src/register/import/refresh.ts'
import { undoImport } from '../src/register/import/undo.ts'
import { addDays, asCivilDate, type CivilDate, instantOf } from '../src/rules/civil-date.ts'
import { useWorkspace, worker } from './support/outbox.ts'
import { useSetup } from './support/setup.ts'

const ZONE = 'Europe/London'
const DAILY = { every: 'day', at: { hour: 6, minute: 0 } } as const
const MONDAY = asCivilDate('2026-11-23')

const setup = useSetup({ emptied: 'before' })
const { workspace } = useWorkspace({
  channels: [
    { id: 'C0CONTRACTS', name: 'contracts' },
    { id: 'C0ADMIN', name: 'admin' },
  ],
})

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'refresh-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (day: CivilDate, hour = 6, minute = 5) => instantOf(day, { hour, minute }, ZONE)

function context(now: Date, owner = 'one'): RefreshContext {
  const { organisation, rulesOf } = setup
  const organisationId = organisation.id
  return {
    organisationId,
    owner,
    rulesOf,
    triageDays: 0,
    timeZone: ZONE,
    now,
    adminChannel: 'C0ADMIN',
  }
}

const set = (refresh: Partial<Refresh> = {}) =>
  setRefresh(setup.db.pool, setup.organisation.id, 'trust', { ...DAILY, from: folder, ...refresh })

/** Puts a file into the folder, written at this hour. */
function put(name: string, content: string | Buffer, written: Date): void {
  writeFileSync(join(folder, name), content)
  utimesSync(join(folder, name), written, written)
}

/** Two workers tick at the same time; what people are told of it. */
async function ticked(now: Date): Promise<string[]> {
  const before = workspace.ledger.inChannel('C0ADMIN').length
  const { pool } = setup.db
  const ran = await Promise.all([
    refreshDue(pool, context(now)),
    refreshDue(pool, context(now, 'two')),
  ])
  for (const { failures } of ran) expect(failures).toEqual([])
  await refreshDue(pool, context(now))
  await deliverDue(worker(pool, workspace))
  return workspace.ledger
    .inChannel('C0ADMIN')
    .slice(before)
    .map(({ text }) => text)
}

const state = () => refreshedSource(setup.db.pool, setup.organisation.id, 'trust')
const endOf = async (reference: string) =>
  (await setup.row<{ end: string }>(reference, 'current_latest AS "end"')).end
const confirm = (now: Date, except: readonly string[] = []) =>
  confirmRefresh(setup.db.pool, context(now), 'trust', { personId: null, via: 'slack', except })

const HEAD =
  'Reference,Title,Supplier,Owner,Owner email,Start date,End date,Notice period,Renews,Status,Value,Replaced by'
type Cells = Readonly<
  Partial<
    Record<
      'owner' | 'email' | 'end' | 'notice' | 'renews' | 'status' | 'value' | 'successor',
      string
    >
  >
>
function register(
  count: number,
  changes: Readonly<Record<string, Cells>> = {},
  without: readonly string[] = [],
) {
  const rows = Array.from({ length: count }, (_, n) => `R-${n}`)
    .filter((reference) => !without.includes(reference))
    .map((reference) => {
      const cells = {
        ...{ owner: 'Ann Ash', email: 'ann@example.org', end: '2027-06-30', notice: '3 months' },
        ...{ renews: 'yes', status: 'Live', value: '50000', successor: '' },
        ...changes[reference],
      }
      const { owner, email, end, notice, renews, status, value, successor } = cells
      return `${reference},Contract ${reference},Sup Ltd,${owner},${email},2024-07-01,${end},${notice},${renews},${status},${value},${successor}`
    })
  return `${[HEAD, ...rows].join('\n')}\n`
}

test('two weeks of a folder: what was taken, what waited, and what was told each time', async () => {
  await set()
  const day = (n: number) => addDays(MONDAY, n)
  const daily = async (n: number, content: string | Buffer | null, name = `export-${n}.csv`) => {
    if (content !== null) put(name, content, at(day(n), 5))
    return ticked(at(day(n)))
  }

  // Monday: all is new.
  let told = await daily(0, register(21))
  expect(told).toEqual([expect.stringContaining('export-0.csv: 21 new, 0 changed')])

  // Tuesday: a new row, and an end that comes earlier: both are louder.
  told = await daily(1, register(22, { 'R-1': { end: '2027-03-31' } }))
  expect(told).toEqual([expect.stringContaining('1 new, 1 changed, 20 as before')])
  expect(await endOf('R-1')).toBe('2027-03-31')

  // Wednesday: a later end, a closure, another owner and a row that is gone wait.
  const changes = {
    'R-1': { end: '2027-03-31' },
    'R-2': { end: '2028-06-30' },
    'R-3': { status: 'Terminated', end: '2026-10-31' },
    'R-4': { owner: 'Bea Birch', email: 'bea@example.org', notice: '6 months' },
  }
  const wednesday = register(22, changes, ['R-5'])
  told = await daily(2, wednesday)
  expect(told).toHaveLength(1)
  for (const line of [
    '4 contracts would become quieter',
    'R-2: end: Wed 30 Jun 2027 → Fri 30 Jun 2028',
    'R-3: closed',
    'R-4: owner: Bea Birch',
    'R-5: not in the file any more',
  ]) {
    expect(told[0]).toContain(line)
  }
  expect(await endOf('R-2')).toBe('2027-06-30')
  expect(await setup.row('R-3', 'closed_on')).toEqual({ closed_on: null })
  expect(await setup.row('R-5', 'closed_on')).toEqual({ closed_on: null })
  // What made R-4 louder in the same row was applied.
  expect(
    await setup.row('R-4', 'notice_amount, (SELECT email FROM person p WHERE p.id = c.owner_id)'),
  ).toEqual({ notice_amount: 6, email: 'ann@example.org' })
  // One press, all but one.
  expect(await confirm(at(day(2), 9), ['R-3'])).toMatchObject({ changed: 3 })
  expect(await endOf('R-2')).toBe('2028-06-30')
  expect(await setup.row('R-3', 'closed_on')).toEqual({ closed_on: null })
  expect(await setup.row('R-5', 'closed_on')).toEqual({ closed_on: day(2) })
  expect(await setup.row('R-4', '(SELECT email FROM person p WHERE p.id = c.owner_id)')).toEqual({
    email: 'bea@example.org',
  })
  await expect(confirm(at(day(2), 10))).rejects.toThrow('Nothing of register trust waits')

  // Thursday and Friday: what comes is no register. Told once.
  told = await daily(3, 'x\n')
  expect(told).toEqual([expect.stringContaining('export-3.csv has a single column')])
  expect(told[0]).toContain('keeps its last state')
  expect(await daily(4, Buffer.from([0x50, 0x4b, 3, 4, 9, 9]), 'export-4.xlsx')).toEqual([])
  expect((await state()).state.problem).toMatchObject({ kind: 'unreadable', since: day(3) })

  // Monday: it is right again, and that is said once. R-3 is still said to be closed, and waits.
  told = await daily(7, wednesday.replace('Contract R-0', 'Contract zero'))
  expect(told).toEqual([expect.stringContaining('is refreshed again')])
  expect(told[0]).toContain('R-3: closed')

  // Tuesday: the export broke off within its last row.
  const whole = wednesday.replace('Contract R-0', 'Contract null')
  told = await daily(8, whole.slice(0, -30))
  expect(told).toEqual([expect.stringContaining('is cut off')])

  // Wednesday: half of it is missing.
  const half = `${whole.split('\n').slice(0, 11).join('\n')}\n`
  told = await daily(9, half)
  expect(told).toEqual([expect.stringMatching(/11 of its 2\d contracts are not in the file/)])
  expect((await setup.row('R-0', 'title')).title).toBe('Contract zero')

  // Thursday: the whole register again. What waits was told of before, and is not told again.
  told = await daily(10, whole)
  expect(told).toEqual([expect.stringContaining('is refreshed again')])
  expect(told[0]).not.toContain('would become quieter')
  expect((await setup.row('R-0', 'title')).title).toBe('Contract null')

  // No file any more: two working days pass, then it is told once.
  expect(await daily(11, null)).toEqual([])
  expect(await daily(14, null)).toEqual([])
  told = await daily(15, null)
  expect(told).toEqual([expect.stringContaining('has been the same since 2026-12-03')])
  expect(await daily(16, null)).toEqual([])

  // The folder is gone, and comes back with a new file.
  renameSync(folder, `${folder}-away`)
  told = await ticked(at(day(17)))
  expect(told).toEqual([expect.stringContaining('is not there or cannot be read')])
  expect(await ticked(at(day(18)))).toEqual([])
  renameSync(`${folder}-away`, folder)
  told = await daily(21, whole.replace('Contract null', 'Contract one'))
  expect(told).toEqual([expect.stringContaining('is refreshed again')])
})

test('a file that is still being written waits for a minute of quiet, and one that never ends is told of', async () => {
  await set()
  put('export.csv', register(5).slice(0, 200), at(MONDAY, 6, 4))
  expect(await ticked(at(MONDAY, 6, 4))).toEqual([])
  put('export.csv', register(5), at(MONDAY, 6, 5))
  expect(await ticked(at(MONDAY, 6, 5))).toEqual([])
  expect(await ticked(at(MONDAY, 6, 6))).toEqual([expect.stringContaining('5 new')])
  for (const minute of [0, 20, 40, 59]) {
    put('export.csv', register(6).slice(0, 200 + minute), at(addDays(MONDAY, 1), 6, minute))
    expect(await ticked(at(addDays(MONDAY, 1), 6, minute))).toEqual([])
  }
  put('export.csv', register(6).slice(0, 300), at(addDays(MONDAY, 1), 7, 30))
  expect(await ticked(at(addDays(MONDAY, 1), 7, 30))).toEqual([
    expect.stringContaining('is still being written'),
  ])
})

test('a column whose dates can be read both ways keeps the last state, and names the option', async () => {
  await set()
  put('a.csv', register(3), at(MONDAY, 5))
  await ticked(at(MONDAY))
  const rows =
    '\nR-0,Zero,Sup Ltd,03/04/2027\nR-1,One,Sup Ltd,05/06/2027\nR-2,Two,Sup Ltd,07/08/2027\n'
  put('b.csv', `Reference,Title,Supplier,End date${rows}`, at(addDays(MONDAY, 1), 5))
  const [told] = await ticked(at(addDays(MONDAY, 1)))
  expect(told).toMatch(/--dates|day first|dmy/)
  expect(await endOf('R-0')).toBe('2027-06-30')
})

test.each<[string, Cells, string]>([
  ['a shorter notice', { notice: '1 month' }, 'length of notice: 1 month'],
  ['no renewal any more', { renews: 'no' }, 'renewal by itself: false'],
  ['a value below what is told of often', { value: '500' }, 'value'],
  ['another owner', { owner: 'Cal Cole', email: 'cal@example.org' }, 'owner'],
  ['a later end', { end: '2027-12-31' }, 'end'],
  ['a closure', { status: 'Terminated', end: '2026-10-31' }, 'closed'],
])('%s waits', async (_, cells, words) => {
  await set()
  put('a.csv', register(12), at(MONDAY, 5))
  await ticked(at(MONDAY))
  const columns = 'notice_amount, automatic_renewal, value, owner_id, current_latest, closed_on'
  const before = await setup.row('R-7', columns)
  put('b.csv', register(12, { 'R-7': cells }), at(addDays(MONDAY, 1), 5))
  const [told] = await ticked(at(addDays(MONDAY, 1)))
  expect(told).toContain('R-7')
  expect(told).toContain(words)
  const after = await setup.row('R-7', columns)
  if (cells.status === undefined) expect(after).toEqual(before)
  else expect(after).toMatchObject({ closed_on: null })
  await confirm(at(addDays(MONDAY, 1), 9))
  expect(await setup.row('R-7', columns)).not.toEqual(before)
  // The same again asks nothing.
  put('c.csv', `${register(12, { 'R-7': cells })}\n`, at(addDays(MONDAY, 2), 5))
  expect(await ticked(at(addDays(MONDAY, 2)))).toEqual([])
})

test.each<[string, Cells]>([
  ['an earlier end', { end: '2027-02-28' }],
  ['a longer notice', { notice: '6 months' }],
  ['a higher value', { value: '90000' }],
])('%s is applied by itself', async (_, cells) => {
  await set()
  put('a.csv', register(12), at(MONDAY, 5))
  await ticked(at(MONDAY))
  put('b.csv', register(12, { 'R-7': cells }), at(addDays(MONDAY, 1), 5))
  const [told] = await ticked(at(addDays(MONDAY, 1)))
  expect(told).toContain('0 new, 1 changed')
  expect(told).not.toContain('quieter')
})

test('what somebody leaves as it is, is not asked about again while it says the same', async () => {
  await set()
  put('a.csv', register(12), at(MONDAY, 5))
  await ticked(at(MONDAY))
  put('b.csv', register(12, { 'R-7': { end: '2028-06-30' } }), at(addDays(MONDAY, 1), 5))
  await ticked(at(addDays(MONDAY, 1)))
  const [question] = await readQuestions(setup.db.pool, setup.organisation.id, { isOpen: true })
  expect(question?.about).toBe('waiting')
  await setup.rows(`UPDATE question SET answer = 'leave'`)
  put('c.csv', register(13, { 'R-7': { end: '2028-06-30' } }), at(addDays(MONDAY, 2), 5))
  expect((await ticked(at(addDays(MONDAY, 2))))[0]).not.toContain('quieter')
  expect((await state()).waiting).toBe(0)
  put('d.csv', register(13, { 'R-7': { end: '2029-06-30' } }), at(addDays(MONDAY, 3), 5))
  expect((await ticked(at(addDays(MONDAY, 3))))[0]).toContain('30 Jun 2029')
  expect(await endOf('R-7')).toBe('2027-06-30')
})

test.each<[string, Cells, string]>([
  ['that it does not renew', { renews: 'no' }, '2027-03-05'],
  ['a shorter notice', { notice: '1 month' }, '2027-03-05'],
  ['another owner', { owner: 'Bob Birch', email: 'bob@example.org' }, '2028-03-05'],
  ['what replaces it', { successor: 'R-8' }, '2028-03-05'],
])(
  'while %s waits to be applied, a renewal stands only where it would stand with it too',
  async (_, cells, end) => {
    await set()
    const own = { end: '2027-03-05' }
    put('a.csv', register(12, { 'R-7': own }), at(MONDAY, 5))
    await ticked(at(MONDAY))
    put('b.csv', register(12, { 'R-7': { ...own, ...cells } }), at(addDays(MONDAY, 1), 5))
    await ticked(at(addDays(MONDAY, 1)))
    expect((await state()).waiting).toBe(1)
    // Its notice was to be given by 3 December.
    await setup.sweep('2026-12-07')
    expect(await endOf('R-7')).toBe(end)
    const [question] = await readQuestions(setup.db.pool, setup.organisation.id, { isOpen: true })
    const today = asCivilDate('2026-12-08')
    const answering = {
      ...{ organisationId: setup.organisation.id, rulesOf: setup.rulesOf, personId: null },
      ...{ via: 'slack', now: at(today), today },
    }
    await answerQuestion(setup.db.pool, answering, question?.id ?? 0, 'leave')
    expect(await endOf('R-7')).toBe('2028-03-05')
  },
)

test('too much at once is applied by one press, and an older file is never taken for a new one', async () => {
  await set()
  put('a.csv', register(20), at(MONDAY, 5))
  await ticked(at(MONDAY))
  const later = Object.fromEntries(
    ['R-1', 'R-2', 'R-3'].map((each) => [each, { end: '2027-02-28' }]),
  )
  put('b.csv', register(20, later), at(addDays(MONDAY, 1), 5))
  expect((await ticked(at(addDays(MONDAY, 1))))[0]).toContain('3 of 20 contracts have another end')
  expect(await endOf('R-1')).toBe('2027-06-30')
  expect(await confirm(at(addDays(MONDAY, 1), 9))).toMatchObject({ changed: 3, file: 'b.csv' })
  expect(await endOf('R-1')).toBe('2027-02-28')
  rmSync(join(folder, 'b.csv'))
  expect(await ticked(at(addDays(MONDAY, 2)))).toEqual([
    expect.stringContaining('is refreshed again'),
  ])
  expect(await ticked(at(addDays(MONDAY, 3)))).toEqual([])
  expect(await endOf('R-1')).toBe('2027-02-28')
})

test('a file whose import was undone is not taken again by itself', async () => {
  await set()
  put('a.csv', register(5), at(MONDAY, 5))
  await ticked(at(MONDAY))
  const { organisation, rulesOf, db } = setup
  const now = at(MONDAY, 9)
  const by = { organisationId: organisation.id, source: 'trust', personId: null, via: 'slack', now }
  await undoImport(db.pool, { ...by, today: MONDAY, rulesOf, dryRun: false })
  await ticked(at(addDays(MONDAY, 1)))
  expect(await setup.rows('SELECT FROM contract')).toEqual([])
})

test('a department that became a team is proposed, and one press moves its contracts', async () => {
  await set()
  const head = 'Reference,Title,Supplier,Department,Start date,End date'
  const rows = (n: number) =>
    `${head}\nD-1,One,Sup,Digital,2024-01-01,2027-06-30\nD-2,Two,Sup,Digital,2024-01-01,2027-06-30\nD-3,x${n},Sup,,2024-01-01,2027-06-30\n`
  put('a.csv', rows(1), at(MONDAY, 5))
  await ticked(at(MONDAY))
  await setTeam(setup.db.pool, setup.organisation.id, 'Digital', { channel: 'C0DIGITAL' })
  put('b.csv', rows(2), at(addDays(MONDAY, 1), 5))
  expect((await ticked(at(addDays(MONDAY, 1))))[0]).toContain('D-1: team: Digital')
  await confirm(at(addDays(MONDAY, 1), 9))
  const { id } = await setup.team('Digital')
  expect(await setup.row('D-1', 'team_id')).toEqual({ team_id: id })
})

test('its hour is that of the organisation, each day or on Mondays, and what was missed is made up', () => {
  const daily = { from: '', ...DAILY }
  const weekly = { from: '', every: 'week', at: { hour: 6, minute: 0 } } as const
  const due = (refresh: Refresh, now: Date) => dueOn(refresh, { timeZone: ZONE, now })
  expect(due(daily, at(MONDAY, 5, 59))).toBe('2026-11-22')
  expect(due(daily, at(MONDAY, 6, 0))).toBe('2026-11-23')
  expect(due(weekly, at(MONDAY, 5, 59))).toBe('2026-11-16')
  expect(due(weekly, at(addDays(MONDAY, 4)))).toBe('2026-11-23')
})

test('a folder that is not there is refused when it is set', async () => {
  await expect(set({ from: join(folder, 'nowhere') })).rejects.toThrow('is no folder')
  mkdirSync(join(folder, 'empty'))
  await set({ from: join(folder, 'empty') })
  expect(await ticked(at(MONDAY))).toEqual([expect.stringContaining('there is no CSV')])
})

/** Schedules that are tried beside today's, before anybody adopts them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { changeRules, setting, WHOLE_ORGANISATION } from '../src/actions/settings.ts'
import type { Program } from '../src/app/app.ts'
import { triedSchedules } from '../src/cli/warnings.ts'
import { withSchedules } from '../src/database/organisation.ts'
import { ruleKeyNamed } from '../src/rules/settings-text.ts'
import { pick } from '../src/rules/text-match.ts'
import { compareSchedules, type Simulation, simulation } from '../src/warnings/simulate.ts'
import { day, endOn } from './support/contract-facts.ts'
import { draft, openSetup, type Setup } from './support/setup.ts'

const FROM = day('2026-11-23')
const TO = day('2027-04-30')

let setup: Setup
let folder: string
beforeAll(async () => {
  setup = await openSetup()
  folder = mkdtempSync(path.join(tmpdir(), 'ladders-'))
  const ends = ['2026-12-18', '2027-01-29', '2027-02-26', '2027-03-31', '2027-03-31']
  await setup.import(
    ends.map((end, index) => draft(`A-${index}`, { end: endOn(end) })),
    FROM,
  )
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await setup.drop()
})

const simulated = (rulesOf: Setup['rulesOf']) =>
  simulation(setup.db.pool, {
    organisationId: setup.organisation.id,
    ...{ from: FROM, to: TO, rulesOf, sourceId: null, held: true },
  })

test('what is tried is what comes once it is adopted, and what contracts have of their own stays', async () => {
  const own = { teamId: null, contractId: await setup.contractId('A-4') }
  const key = ruleKeyNamed('ladders.end')
  await changeRules(setup.db.pool, setup.actor(FROM), own, setting(key, '40, 0'))
  const before = await setup.rows('SELECT next_rung_on FROM contract ORDER BY id')
  const tried = await simulated(withSchedules(setup.rulesOf, { end: { before: [20, 5] } }))
  const { messages } = tried
  expect(await setup.rows('SELECT next_rung_on FROM contract ORDER BY id')).toEqual(before)
  await changeRules(setup.db.pool, setup.actor(FROM), WHOLE_ORGANISATION, setting(key, '20, 5'))
  expect(await simulated(setup.rulesOf)).toEqual(tried)
  expect(messages.filter(({ reference }) => reference === 'A-4').map(({ rung }) => rung)[0]).toBe(
    40,
  )
  expect(messages.filter(({ reference }) => reference === 'A-3').map(({ rung }) => rung)[0]).toBe(
    20,
  )
})

test('messages, weeks, a channel’s days and the days of notice stand side by side, as simulate counts each', async () => {
  const simulations = {
    today: await simulated(setup.rulesOf),
    tried: await simulated(withSchedules(setup.rulesOf, { end: { before: [40, 5] } })),
  }
  const { leadDays, weeks, ...compared } = compareSchedules(simulations)
  const { today, tried } = simulations
  const inAll = ({ weeks }: Simulation) => weeks.reduce((all, { messages }) => all + messages, 0)
  expect(compared).toEqual({
    messages: { today: inAll(today), tried: inAll(tried) },
    warnings: { today: today.warnings, tried: tried.warnings },
    perChannelDay: {
      today: pick(today.perChannelDay, 'max', 'p95'),
      tried: pick(tried.perChannelDay, 'max', 'p95'),
    },
  })
  // After an end what only the thread hears is no message of the channel.
  expect(today.messages.some(({ inThread }) => inThread === true)).toBe(true)
  expect(weeks.reduce((all, week) => all + week.today, 0)).toBe(inAll(today))
  expect(leadDays).toContainEqual({
    ...{ reference: 'A-3', kind: 'end', deadline: '2027-03-31', today: 20, tried: 40 },
  })
})

describe('a file of ladders', () => {
  const span = { from: FROM, to: TO }
  const file = (text: string) => {
    const name = path.join(folder, 'ladders.json')
    writeFileSync(name, text)
    return name
  }
  // Only these are asked of the program.
  const program = () =>
    ({ rulesOf: setup.rulesOf, organisation: setup.organisation }) as unknown as Program

  test('may give days, words, or both parts of a ladder', async () => {
    const given = { end: [60, 7, 0], notice: '30, 0 then once', option: { afterwards: 'once' } }
    for (const text of [JSON.stringify(given), JSON.stringify({ ladders: given })]) {
      const { json, text: said } = await triedSchedules(program(), file(text), span, (of) =>
        simulated(of.rulesOf),
      )
      expect(json).toMatchObject({
        ladders: {
          end: { before: [60, 7, 0] },
          notice: { before: [30, 0], afterwards: 'once' },
          option: { afterwards: 'once' },
        },
        messages: { today: expect.any(Number), tried: expect.any(Number) },
      })
      expect(said()).toContain('most for a channel on a working day')
    }
  })

  test.each([
    ['{"ends": [60]}', 'no kind of deadline'],
    ['{}', 'holds no ladders'],
    ['[60, 7]', 'holds no ladders'],
    ['end: 60', 'is no JSON'],
    ['{"end": [400]}', 'from 0 to 180'],
    ['{"end": "soon"}', 'list of days'],
    ['{"end": [7, 60]}', 'from the largest'],
    ['{"end": {"before": [7], "after": 3}}', 'no setting after'],
    ['{"end": {"afterwards": "nothing"}}', 'nobody would hear'],
  ])('%s is refused with what to write', async (text, told) => {
    const tried = triedSchedules(program(), file(text), span, () => simulated(setup.rulesOf))
    await expect(tried).rejects.toThrow(told)
  })

  test('that is not there is refused by its name', async () => {
    const tried = triedSchedules(program(), '/no/such.json', span, () => simulated(setup.rulesOf))
    await expect(tried).rejects.toThrow('/no/such.json cannot be read')
  })
})

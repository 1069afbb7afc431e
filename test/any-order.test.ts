/** Whatever happens, in any order: nothing lost, nothing repeated, nothing wrong by a day. */

import fc from 'fast-check'
import { acknowledge, snooze } from '../src/actions/acknowledge.ts'
import { assign } from '../src/actions/assign.ts'
import { extend } from '../src/actions/extend.ts'
import { changeRules, setting, WHOLE_ORGANISATION } from '../src/actions/settings.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { addDays, type CivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { ruleKeyNamed } from '../src/rules/settings-text.ts'
import { compare } from '../src/rules/text-match.ts'
import { workingDayOnOrAfter } from '../src/rules/working-days.ts'
import { explain } from '../src/warnings/explain.ts'
import { simulate } from '../src/warnings/simulate.ts'
import { openWorkspace, type Workspace } from '../stand-in/slack/server.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { day, ENGLAND, endOn } from './support/contract-facts.ts'
import { holdsInTime } from './support/holds.ts'
import { worker } from './support/outbox.ts'
import { present } from './support/present.ts'
import { draft, emptySetup, openSetup, type Setup } from './support/setup.ts'
import { anySteps, expectPromises, FIRST_DAY, refusable } from './support/watch-commands.ts'

/** `npm run prove:any-order` asks for more. */
const RUNS = Number(process.env.LAPSEWATCH_TEST_RUNS ?? 15)

let setup: Setup
let workspace: Workspace
beforeAll(async () => {
  setup = await openSetup(8)
})
afterAll(() => setup.drop())

test(
  'registers, acts, days, lost replies and dying workers in any order: every warning once, by its date',
  async () => {
    await holdsInTime([anySteps], RUNS, async (steps) => {
      await emptySetup(setup)
      workspace = await openWorkspace({
        now: Date.now,
        channels: [{ name: 'contracts' }],
        historyLagMs: 10,
      })
      try {
        const model = {
          today: FIRST_DAY,
          ends: new Map(),
          extended: new Set<string>(),
          pressed: null,
          presses: 0,
        }
        const real = { setup, workspace }
        await fc.asyncModelRun(() => ({ model, real }), steps)
        await expectPromises(model, real)
      } finally {
        await workspace.close()
      }
    })
  },
  60_000 + RUNS * 8000,
)

// What waits to be sent meets what is raised meanwhile: a message reads its facts when it is sent.

/** Contracts whose days rules move, and one whose day they do not. */
const WATCHED = [
  { automaticRenewal: true, noticePeriod: { amount: 1, unit: 'months' } },
  { automaticRenewal: true, noticePeriod: { amount: 10, unit: 'working-days' } },
  { automaticRenewal: null, noticePeriod: { amount: 20, unit: 'days' } },
  { value: asDecimal('300000') },
  { value: asDecimal('900000'), route: null },
  {},
  // Its next anniversary is Tue 19 Jan 2027.
  {
    ...{ start: day('2024-01-20'), noticeText: 'before each anniversary' },
    automaticRenewal: true,
    noticePeriod: { amount: 1, unit: 'months' },
  },
] as const
const RULES = [
  ...['0', '2', '10'].map((days) => ['deemedServiceDays', days] as const),
  ...['0', '20'].map((days) => ['approvalDays', days] as const),
  ...['30', '75'].map((days) => ['mobilisationDays', days] as const),
  ...['20', '60'].map((days) => ['routes.open.leadDays', days] as const),
  ...['90, 30, 14, 7, 3, 0', '60, 21, 10, 4, 1, 0'].map((days) => ['ladders.end', days] as const),
  ...['30, 7, 3', '45, 12, 5, 1'].map((days) => ['ladders.notice', days] as const),
  ...['1', '9'].map((many) => ['groupAbove', many] as const),
]

interface Watch {
  today: CivilDate
  readonly ends: readonly number[]
  readonly deliver: () => Promise<void>
}
type Happening = readonly [said: string, run: (watch: Watch) => Promise<unknown>]

const SWEEP: Happening = ['sweep', ({ today }) => setup.sweep(today)]
const DELIVER: Happening = ['deliver', ({ deliver }) => deliver()]
const pass = (days: number): Happening => [
  `${days} days`,
  async (watch) => (watch.today = addDays(watch.today, days)),
]
const rule = (name: string, to: string): Happening => {
  const step = setting(ruleKeyNamed(name), to)
  return [`${name} ${to}`, (it) => changeRules(pool(), by(it), WHOLE_ORGANISATION, step)]
}
const ofContract = (
  said: string,
  run: (watch: Watch, id: number, at: number, days: number) => Promise<unknown>,
) =>
  fc
    .tuple(fc.nat(WATCHED.length - 1), fc.integer({ min: 3, max: 40 }))
    .map(([at, days]): Happening => {
      const of = async (watch: Watch) => run(watch, await setup.contractId(`W-${at}`), at, days)
      return [`${said} W-${at} ${days}`, of]
    })
const importing = ({ today, ends }: Watch, which: readonly number[], later = 0) =>
  setup.import(
    which.map((at) => {
      const end = endOn(addDays(FIRST_DAY, (ends[at] ?? 0) + later))
      return draft(`W-${at}`, { ...WATCHED[at], end })
    }),
    today,
  )
const by = ({ today }: Watch) => setup.actor(today)
const pool = () => setup.db.pool

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  ...[SWEEP, SWEEP, DELIVER].map((each) => fc.constant(each)),
  fc.integer({ min: 1, max: 4 }).map(pass),
  ...[1, 2].map(() => fc.constantFrom(...RULES).map(([name, to]) => rule(name, to))),
  ofContract('extend', async (it, id, _, days) => {
    const [end] = await setup.rows<{ on: CivilDate }>(
      `SELECT current_latest AS "on" FROM contract WHERE id = ${id}`,
    )
    const to = addDays(end?.on ?? it.today, days)
    return extend(pool(), by(it), id, { kind: 'option', from: null, to, cost: null })
  }),
  ofContract('acknowledge', (it, id) => acknowledge(pool(), by(it), id)),
  ofContract('snooze', (it, id, _, days) =>
    snooze(pool(), by(it), id, addDays(it.today, days), null),
  ),
  ofContract('assign', async (it, id, _, days) =>
    assign(pool(), by(it), id, { ownerId: days > 20 ? await setup.personId('Olive') : null }),
  ),
  ofContract('import', (it, _, at, days) => importing(it, [at], days)),
)

/** What was sent since, with the deadlines that it speaks of now. */
const SENT = `
  SELECT d.id, d.as_of AS "asOf", d.purpose = 'thread' AS "isReply",
         concat_ws(' ', d.destination, d.facts #>> '{instead_of,destination}', c.reference, a.kind, a.deadline_on) AS what,
         a.occurrence > 1 OR d.facts ? 'promised' OR d.facts ? 'tell_deputy' AS "isForThat"
    FROM delivery d JOIN delivery_alert g ON g.delivery_id = d.id JOIN alert a ON a.id = g.alert_id
    JOIN contract c ON c.id = a.contract_id
   WHERE d.state = 'SENT' AND d.purpose <> 'update' AND a.state NOT IN ('superseded', 'closed')
     AND d.id <> ALL ($1) ORDER BY d.sent_at`
interface Sent {
  readonly id: number
  readonly asOf: CivilDate
  readonly what: string
  readonly isReply: boolean
  readonly isForThat: boolean
}

const UNTOLD = `
  SELECT c.reference, a.kind, a.rung FROM alert a JOIN contract c ON c.id = a.contract_id
   WHERE a.state = 'open' AND NOT EXISTS (SELECT FROM delivery_alert g JOIN delivery d ON d.id = g.delivery_id
     WHERE g.alert_id = a.id AND d.state = 'SENT' AND d.destination = '#contracts')`

async function expectToldOnce(ends: readonly number[], steps: readonly Happening[]) {
  const told: Sent[] = []
  const deliver = async () => {
    const before = [...told]
    // Slack takes everything here, however busy the machine.
    await deliverDue(worker(pool(), workspace, { timeoutMs: 5000 }))
    const sent = await setup.rows<Sent>(SENT, [before.map(({ id }) => id)])
    for (const each of sent) {
      const twice = told.filter(({ id, what, asOf, isReply, isForThat }) => {
        // Of two days' first messages that waited together one tells.
        const together = !isReply && !each.isReply && !before.some((one) => one.id === id)
        const isSame = what === each.what && id !== each.id && (asOf === each.asOf || together)
        return isSame && !isForThat && !each.isForThat
      })
      expect(twice.map(({ id }) => `${each.what} of ${each.asOf}: ${id} and ${each.id}`)).toEqual(
        [],
      )
      told.push(each)
    }
  }
  const watch: Watch = { today: FIRST_DAY, ends, deliver }
  await importing(watch, [...WATCHED.keys()])
  // One of them hears directly; the account of the other is not to be found.
  await setup.rows(`WITH p AS (INSERT INTO person (organisation_id, display_name, slack_user, voice)
      SELECT id, called, account, 'dm' FROM organisation,
             (VALUES ('Olive', '${PEOPLE.owner}'), ('Nobody', 'U0NOBODY')) AS v (called, account)
      RETURNING id, display_name AS name)
    UPDATE contract SET owner_id = p.id FROM p
     WHERE reference = CASE p.name WHEN 'Olive' THEN 'W-0' ELSE 'W-3' END`)
  for (const [, run] of steps) await refusable(run(watch))
  watch.today = workingDayOnOrAfter(watch.today, ENGLAND)
  await setup.sweep(watch.today)
  await deliver()
  expect(await setup.rows(UNTOLD), 'each that is due was told').toEqual([])
}

/** In a workspace of its own, with a channel above the team's. */
async function inWorkspace(ends: readonly number[], steps: readonly Happening[]) {
  await emptySetup(setup)
  await setup.rows(`UPDATE team SET escalation_channel = '#escalation'`)
  const channels = [{ name: 'contracts' }, { name: 'escalation' }]
  workspace = await openWorkspace({ now: Date.now, channels, historyLagMs: 10 })
  try {
    await expectToldOnce(ends, steps)
  } finally {
    await workspace.close()
    await setup.rows('UPDATE team SET escalation_channel = NULL')
  }
}

test.each<[string, readonly Happening[]]>([
  ['a rule between two sweeps', [SWEEP, rule('deemedServiceDays', '10'), SWEEP]],
  [
    'a rule, and what waits is sent before the next sweep',
    [SWEEP, rule('deemedServiceDays', '10'), DELIVER, SWEEP],
  ],
  [
    'a reminder of the next day',
    [rule('ladders.end', '60, 21, 10, 4, 1, 0'), SWEEP, pass(1), SWEEP],
  ],
])('of what waits and what is raised meanwhile one tells: %s', (_, steps) =>
  inWorkspace([39, 39, 11, 11, 11, 11, 90], steps),
)

test(
  'whatever changes while messages wait, a place is told of a deadline once a day, and nothing is lost',
  async () => {
    const many = { minLength: WATCHED.length, maxLength: WATCHED.length }
    const ends = fc.array(fc.integer({ min: 8, max: 120 }), many)
    const steps = fc.array(happenings, { minLength: 3, maxLength: 10 })
    await holdsInTime([ends, steps], Math.ceil(RUNS / 3), inWorkspace)
  },
  60_000 + RUNS * 8000,
)

/** The reminders raised since that one. */
const RAISED = `SELECT concat_ws(' ', c.reference, a.raised_on, a.kind, a.rung) AS line
  FROM alert a JOIN contract c ON c.id = a.contract_id WHERE a.id > $1`

test(
  'whatever changed before, the sweeps raise what explain and simulate foresaw, each on its day',
  async () => {
    const many = { minLength: WATCHED.length, maxLength: WATCHED.length }
    const ends = fc.array(fc.integer({ min: 8, max: 120 }), many)
    const steps = fc.array(happenings, { minLength: 3, maxLength: 10 })
    await holdsInTime([ends, steps], Math.ceil(RUNS / 3), async (ends, steps) => {
      await emptySetup(setup)
      const watch: Watch = { today: FIRST_DAY, ends, deliver: async () => undefined }
      await importing(watch, [...WATCHED.keys()])
      for (const [, run] of steps) await refusable(run(watch))
      const { today } = watch
      const [known] = await setup.rows<{ last: number; swept: boolean }>(
        `SELECT coalesce((SELECT max(id) FROM alert), 0) AS last,
                coalesce(bool_or(last_swept_on >= $1), false) AS swept FROM team`,
        [today],
      )
      const { last, swept } = present(known)
      const [from, to] = [addDays(today, swept ? 1 : 0), addDays(today, 30)]
      const foreseen: string[] = []
      for (const at of WATCHED.keys()) {
        const id = await setup.contractId(`W-${at}`)
        const { next } = await explain(pool(), setup.organisation.id, id, today, setup.rulesOf)
        const soon = next.filter(({ on }) => on <= to)
        foreseen.push(...soon.map(({ on, kind, rung }) => `W-${at} ${on} ${kind} ${rung}`))
      }
      const simulated = await simulate(pool(), {
        ...{ organisationId: setup.organisation.id, from, to },
        ...{ rulesOf: setup.rulesOf, sourceId: null, held: true },
      })
      for (let on = from; on <= to; on = addDays(on, 1)) {
        if (!ENGLAND.isHoliday(on)) await setup.sweep(on)
      }
      const raised = await setup.rows<{ line: string }>(RAISED, [last])
      const lines = raised.map(({ line }) => line).sort(compare)
      expect(foreseen.sort(compare)).toEqual(lines)
      const told = simulated.map(
        ({ reference, on, kind, rung }) => `${reference} ${on} ${kind} ${rung}`,
      )
      expect(told.sort(compare)).toEqual(lines)
    })
  },
  60_000 + RUNS * 8000,
)

/**
 * What may happen to a register, in any order: registers come, people act, days pass, Slack fails,
 * workers die. Beside it stands a model that knows no more than a person would: when each contract
 * ends.
 */
import fc from 'fast-check'
import { acknowledge } from '../../src/actions/acknowledge.ts'
import { decide } from '../../src/actions/decide.ts'
import { extend } from '../../src/actions/extend.ts'
import { verifyAudit } from '../../src/database/audit-log.ts'
import { deliverDue } from '../../src/delivery/worker.ts'
import { addDays, type CivilDate, daysBetween } from '../../src/rules/civil-date.ts'
import { UserError } from '../../src/rules/user-error.ts'
import { workingDayOnOrAfter } from '../../src/rules/working-days.ts'
import { firstTime } from '../../src/slack/request.ts'
import type { Workspace } from '../../stand-in/slack/server.ts'
import type { Fault } from '../../stand-in/slack/state.ts'
import { day, ENGLAND, endOn } from './contract-facts.ts'
import { worker } from './outbox.ts'
import { draft, type Setup } from './setup.ts'

export const FIRST_DAY = day('2026-11-23')

export interface Model {
  today: CivilDate
  /** When each contract ends; null once a register and a person said different things. */
  readonly ends: Map<string, CivilDate | null>
  readonly extended: Set<string>
  /** The last Slack id of a press, to be delivered again. */
  pressed: { key: string; reference: string } | null
  presses: number
}

export interface Real {
  readonly setup: Setup
  readonly workspace: Workspace
}

type Step = fc.AsyncCommand<Model, Real>

/** Small enough to wait for, in the proportions of real use. */
const QUICK = { timeoutMs: 150, historyLagMs: 30, leaseMs: 250, pollMs: 20 }

class Killed extends Error {}

const REFERENCES = ['A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6', 'A-7', 'A-8']

function anyFault(): fc.Arbitrary<Fault> {
  return fc.oneof(
    fc.boolean().map((accepted): Fault => ({ kind: 'dropped', accepted })),
    fc.boolean().map((accepted): Fault => ({ kind: 'status', status: 503, accepted })),
    fc.boolean().map((accepted): Fault => ({ kind: 'unreadable', accepted })),
    fc.constant<Fault>({ kind: 'error', error: 'internal_error', accepted: true }),
  )
}

class Import implements Step {
  readonly rows: readonly { at: number; days: number }[]
  constructor(rows: readonly { at: number; days: number }[]) {
    this.rows = rows
  }
  check = () => true
  async run(model: Model, { setup }: Real): Promise<void> {
    const ends = new Map(
      this.rows.map(({ at, days }) => [REFERENCES[at] ?? 'A-1', addDays(model.today, days)]),
    )
    const drafts = [...ends].map(([reference, end]) => draft(reference, { end: endOn(end) }))
    await setup.import(drafts, model.today)
    for (const [reference, end] of ends) {
      model.ends.set(reference, model.extended.has(reference) ? null : end)
    }
  }
  toString = () => `import ${JSON.stringify(this.rows)}`
}

/** A step about one contract that the register has. */
abstract class About implements Step {
  readonly at: number
  constructor(at: number) {
    this.at = at
  }
  get reference(): string {
    return REFERENCES[this.at] ?? 'A-1'
  }
  check = (model: Readonly<Model>) => model.ends.has(this.reference)
  abstract run(model: Model, real: Real): Promise<void>
}

class Extend extends About {
  readonly days: number
  constructor({ at, days }: { at: number; days: number }) {
    super(at)
    this.days = days
  }
  async run(model: Model, { setup }: Real): Promise<void> {
    const from = await currentEndOf(setup, this.reference)
    const to = addDays(from, this.days)
    const id = await setup.contractId(this.reference)
    const extension = { kind: 'emergency', from: null, to, cost: null } as const
    const done = await refusable(extend(setup.db.pool, setup.actor(model.today), id, extension))
    if (!done) return
    model.extended.add(this.reference)
    if (model.ends.get(this.reference) !== null) model.ends.set(this.reference, to)
  }
  override toString = () => `extend ${this.reference} by ${this.days} days`
}

class Decide extends About {
  async run(model: Model, { setup }: Real): Promise<void> {
    const id = await setup.contractId(this.reference)
    const letEnd = { kind: 'end', text: 'Let it end', evidence: null } as const
    await refusable(decide(setup.db.pool, setup.actor(model.today), id, letEnd))
  }
  override toString = () => `decide the end of ${this.reference}`
}

class Acknowledge extends About {
  async run(model: Model, real: Real): Promise<void> {
    model.presses += 1
    model.pressed = { key: `press-${model.presses}`, reference: this.reference }
    await press(model, real)
  }
  override toString = () => `acknowledge ${this.reference}`
}

/** Slack delivers a press a second time. */
class Redeliver implements Step {
  check = (model: Readonly<Model>) => model.pressed !== null
  async run(model: Model, real: Real): Promise<void> {
    const before = await audited(real.setup)
    await press(model, real)
    expect(await audited(real.setup), 'a press that comes again changes nothing').toBe(before)
  }
  toString = () => 'the same press again'
}

async function press({ pressed, today }: Model, { setup }: Real): Promise<void> {
  if (pressed === null) return
  const { pool } = setup.db
  if (!(await firstTime(pool, setup.organisation.id, pressed.key))) return
  const id = await setup.contractId(pressed.reference)
  await refusable(acknowledge(pool, setup.actor(today), id))
}

class Pass implements Step {
  readonly days: number
  constructor(days: number) {
    this.days = days
  }
  check = () => true
  run(model: Model): Promise<void> {
    model.today = addDays(model.today, this.days)
    return Promise.resolve()
  }
  toString = () => `${this.days} days pass`
}

class Sweep implements Step {
  check = () => true
  async run(model: Model, { setup }: Real): Promise<void> {
    await setup.sweep(model.today)
    expect(await setup.sweep(model.today)).toMatchObject({ raised: 0, queued: 0 })
  }
  toString = () => 'sweep'
}

class Deliver implements Step {
  readonly faults: readonly Fault[]
  constructor(faults: readonly Fault[]) {
    this.faults = faults
  }
  check = () => true
  async run(_: Model, { setup, workspace }: Real): Promise<void> {
    for (const fault of this.faults) workspace.faults.plan(fault)
    await deliverDue(worker(setup.db.pool, workspace, QUICK))
    workspace.faults.clear()
  }
  toString = () => `deliver${this.faults.map(({ kind }) => ` (${kind})`).join('')}`
}

/** A worker that dies at its n-th moment. */
class Crash implements Step {
  readonly moments: number
  constructor(moments: number) {
    this.moments = moments
  }
  check = () => true
  async run(_: Model, { setup, workspace }: Real): Promise<void> {
    let left = this.moments
    const moment = () => {
      left -= 1
      if (left < 0) throw new Killed('killed')
    }
    const faults = { afterClaim: moment, beforePost: moment, afterPost: moment }
    try {
      const all = { ...faults, beforeFinish: moment }
      await deliverDue({ ...worker(setup.db.pool, workspace, QUICK), faults: all })
    } catch (error) {
      if (!(error instanceof Killed)) throw error
    }
  }
  toString = () => `a worker dies at moment ${this.moments}`
}

const ending = (min: number, max: number) =>
  fc.record({ at: fc.nat(REFERENCES.length - 1), days: fc.integer({ min, max }) })
const oneOrMore = { minLength: 1, maxLength: 8 }

/** Sequences of steps; the model says when each is possible. */
export const anySteps = fc.commands(
  [
    fc.array(ending(1, 45), oneOrMore).map((rows) => new Import(rows)),
    ending(5, 60).map((each) => new Extend(each)),
    fc.nat(7).map((at) => new Decide(at)),
    fc.nat(7).map((at) => new Acknowledge(at)),
    fc.constant(new Redeliver()),
    fc.integer({ min: 1, max: 16 }).map((days) => new Pass(days)),
    fc.constant(new Sweep()),
    fc.constant(new Sweep()),
    fc.constant(new Deliver([])),
    fc.array(anyFault(), { minLength: 1, maxLength: 3 }).map((faults) => new Deliver(faults)),
    fc.nat(7).map((moment) => new Crash(moment)),
  ],
  { maxCommands: 14 },
)

/**
 * The next working day is swept and everything sent; then what was promised must hold:
 * every message once; every end within 30 days that nobody settled, told of by its date; nothing
 * left to raise; the audit whole.
 */
export async function expectPromises(model: Model, { setup, workspace }: Real): Promise<void> {
  workspace.faults.clear()
  model.today = workingDayOnOrAfter(addDays(model.today, 15), ENGLAND)
  await setup.sweep(model.today)
  expect(await setup.sweep(model.today)).toMatchObject({ raised: 0, queued: 0 })
  // What met a fault is tried again after its back-off, of some seconds at the longest.
  await vi.waitFor(
    async () => {
      await deliverDue(worker(setup.db.pool, workspace, QUICK))
      const open = await setup.rows<{ state: string }>(
        `SELECT state FROM delivery WHERE state NOT IN ('SENT', 'SUPERSEDED')`,
      )
      expect(open, 'nothing is left to send').toEqual([])
    },
    { timeout: 30_000, interval: 20 },
  )
  const times = workspace.ledger.timesDelivered()
  const twice = [...times].filter(([, n]) => n > 1)
  expect(twice, 'nothing was sent twice').toEqual([])
  const keys = await setup.rows<{ key: string }>(
    `SELECT key FROM delivery WHERE state = 'SENT' AND purpose <> 'update'`,
  )
  const unsent = keys.filter(({ key }) => !times.has(key))
  expect(unsent, 'what is said to be sent was sent').toEqual([])
  for (const [reference, end] of model.ends) {
    if (end !== null)
      expect(await currentEndOf(setup, reference), `the end of ${reference}`).toBe(end)
    await expectTold(model, { setup, workspace }, reference)
  }
  const { broken } = await verifyAudit(setup.db.pool, setup.organisation.id)
  expect(broken, 'the audit is whole').toBeNull()
}

/**
 * An end in sight that nobody settled stands in a message that Slack took; where a register and a
 * person differ, by the earlier day.
 */
async function expectTold(model: Model, { setup, workspace }: Real, reference: string) {
  const end = await currentEndOf(setup, reference)
  const left = daysBetween(model.today, end)
  const settled = await setup.rows(
    `SELECT 1 FROM deadline d JOIN contract c ON c.id = d.contract_id
      WHERE c.reference = $1 AND d.kind IN ('end', 'emergency-end') AND d.settled_on IS NOT NULL`,
    [reference],
  )
  if (left < 0 || left > 14 || settled.length > 0) return
  const told = await setup.rows<{ key: string }>(
    `SELECT d.key FROM delivery d
       JOIN delivery_alert da ON da.delivery_id = d.id
       JOIN alert a ON a.id = da.alert_id
       JOIN contract c ON c.id = a.contract_id
      WHERE c.reference = $1 AND a.kind IN ('end', 'emergency-end')
        AND a.deadline_on = least($2, c.disputed_end)`,
    [reference, end],
  )
  const times = workspace.ledger.timesDelivered()
  const untold = `${reference} ends on ${end}, and on ${model.today} nobody was told`
  expect(told.filter(({ key }) => times.has(key)).length, untold).toBeGreaterThan(0)
}

async function currentEndOf(setup: Setup, reference: string): Promise<CivilDate> {
  return (await setup.row<{ end: CivilDate }>(reference, 'current_latest AS "end"')).end
}

async function audited(setup: Setup): Promise<number> {
  const [row] = await setup.rows<{ n: number }>('SELECT count(*) AS n FROM audit_entry')
  return row?.n ?? 0
}

/** Whether it was done: a person is refused what makes no sense, and that is no fault. */
export async function refusable(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return false
  }
}

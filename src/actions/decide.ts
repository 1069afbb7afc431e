/** What was decided about a deadline, with its evidence; and that a notice was published, or why none is called for. */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, withdrawal } from '../database/audit-log.ts'
import type { ContractRecord } from '../database/contracts.ts'
import { tables } from '../database/prisma.ts'
import { shorten } from '../database/recalculate.ts'
import { readNoticeRecords, whoBuys } from '../reports/headroom.ts'
import { plannedCheckpoints, procurementDecided, routeOfDecision } from '../rules/checkpoints.ts'
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  dayText,
  monthNamed,
} from '../rules/civil-date.ts'
import { type Contract, currentEnd, type DecidableKind, firstDayAfter } from '../rules/contract.ts'
import { type Deadline, deadlinesOf, decidable, isWithinTerm, termEnd } from '../rules/deadlines.ts'
import { type Notice, type NoticeTask, noticeTasks } from '../rules/notices.ts'
import { decidedRenewal, noticeDecided } from '../rules/renewal.ts'
import type { Rules } from '../rules/settings.ts'
import { replacementRoute, rulesFor } from '../rules/start-by.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, act } from './act.ts'

interface DecisionInput {
  readonly kind: DecidableKind
  readonly text: string
  readonly evidence: string | null
  /** The date that it is about: the deadline's own, or the end that it counts back from. */
  readonly about?: CivilDate | null
}

/** A decision with its evidence settles one deadline. */
export async function decide(
  pool: Pool,
  actor: Actor,
  contractId: number,
  decision: DecisionInput,
): Promise<void> {
  const text = decision.text.trim()
  if (text === '') throw new UserError('Say what was decided, in a few words.')
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const deadlines = deadlinesOf(record.contract, rules, today)
    // What is said of the notice before an anniversary may be said after its day.
    const passed = deadlinesOf(record.contract, rules, addMonths(today, -12))
    const isNew = ({ on }: Deadline) => deadlines.every((each) => each.on !== on)
    const fitting = [
      ...passed.filter((each) => isWithinTerm(each) && isNew(each)),
      ...deadlines,
    ].filter((each) => decidable(each.kind) === decision.kind)
    const chosen = chooseDate(record.contract, fitting, decision, today, rules)
    const deadline = chosen?.deadline
    if (chosen === null || deadline === undefined) {
      const has = [...new Set(deadlines.map((each) => decidable(each.kind)))].join(', ')
      throw new UserError(
        `${record.row.reference} has no ${decision.kind} deadline to decide about; it has: ${has || 'none'}.`,
      )
    }
    // An intention: until the call-off is signed, its last day is still to be kept.
    if (decision.kind === 'call-off-by' && procurementDecided(text) === 'call-off') {
      throw new UserError(
        'To call off is a decision about the day to start buying: record it there. The last call-off day is settled by a call-off that was signed, or by another way to buy.',
        [],
        'choice',
      )
    }
    const of = { contractId, deadline: decision.kind, deadlineOn: deadline.on }
    const decisions = tables(client).decision
    await decisions.updateMany({
      where: { ...of, withdrawnAt: null },
      data: { withdrawnAt: actor.now },
    })
    const { id } = await decisions.create({
      data: {
        ...of,
        organisationId: actor.organisationId,
        text,
        evidence: decision.evidence,
        decidedOn: today,
        decidedById: actor.personId,
      },
      select: { id: true },
    })
    // A review plans nothing, whatever words its outcome is put in.
    const planned =
      decision.kind === 'review'
        ? []
        : await planProcurement(client, { record, today, rules, actor }, { id, text })
    const means = decision.kind === 'notice' ? noticeDecided(text) : null
    const followed =
      means === null ? [] : await follow(client, actor, { record, today, rules }, chosen, means)
    return [
      { contractId, what: 'decided', field: decision.kind, from: deadline.on, to: text },
      ...followed,
      ...planned,
    ]
  })
}

// Which date a decision is about, and what follows from one about notice.

/** A deadline with the end that it counts back from. */
interface DecidedDate {
  readonly deadline: Deadline
  readonly end: CivilDate | null
}

/**
 * The deadline that a decision settles: the one that is named; of notices that of the day on which
 * notice was served, else of the term that runs today, as only that one can still be met.
 */
function chooseDate(
  contract: Contract,
  fitting: readonly Deadline[],
  { kind, text, about = null }: DecisionInput,
  today: CivilDate,
  rules: Rules,
): DecidedDate | null {
  const dates = fitting.map((deadline) => ({ deadline, end: endOf(contract, deadline, rules) }))
  const open = dates.filter(({ deadline }) => deadline.settled === null)
  const all = open.length > 0 ? open : dates
  if (about !== null) {
    const named = dates.find(({ deadline, end }) => deadline.on === about || end === about)
    if (named) return named
    const list = dates.map(({ deadline }) => dayText(deadline.on)).join(', ')
    throw new UserError(`No ${kind} date is ${dayText(about)}; there are: ${list || 'none'}.`)
  }
  if (kind === 'notice') {
    const days = daysIn(text, today)
    const forEnd = all.find(({ end }) => end !== null && days.includes(end))
    if (forEnd) return forEnd
    const [served] = days.filter((day) => day <= today)
    const inTime = all.find(({ deadline }) => served !== undefined && deadline.on >= served)
    const running = all
      .filter(({ end }) => end !== null && end >= today)
      .sort((a, b) => ((a.end ?? '') < (b.end ?? '') ? -1 : 1))
    return inTime ?? running[0] ?? all.at(-1) ?? null
  }
  return all[0] ?? null
}

/**
 * A missed notice date belongs to the term before the renewal that followed, one before an anniversary to
 * the year that it ends; any other to this term.
 */
function endOf(contract: Contract, deadline: Deadline, rules: Rules): CivilDate | null {
  const { missed, mootAfter, from } = deadline
  if (isWithinTerm(deadline) && from !== undefined) return addDays(from, -1)
  if (!missed) return termEnd(contract, rules)?.latest ?? null
  const renewal = contract.extensions.find(
    ({ kind, status, to }) => kind === 'renewal' && status === 'presumed' && to === mootAfter,
  )
  return renewal === undefined ? null : addDays(renewal.from, -1)
}

const DAYS =
  /\b(\d{4})-(\d{2})-(\d{2})\b|\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b|\b(\d{1,2})(?:st|nd|rd|th)? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?: (\d{4}))?/gi

/** The days that a text names; one without a year is the last such day. */
function daysIn(text: string, today: CivilDate): CivilDate[] {
  return [...text.matchAll(DAYS)].flatMap(([, y, m, d, d2, m2, y2, d3, name, y3]) => {
    const month = Number(m ?? m2 ?? monthNamed(name ?? ''))
    const dayOfMonth = Number(d ?? d2 ?? d3)
    const year = y ?? y2 ?? y3
    const on = (of: number) => civilDate(of, month, dayOfMonth)
    const thisYear = on(Number(today.slice(0, 4)))
    const day =
      year !== undefined
        ? on(Number(year))
        : thisYear !== null && thisYear > today
          ? on(Number(today.slice(0, 4)) - 1)
          : thisYear
    return day === null ? [] : [day]
  })
}

/**
 * Notice that was served ends the contract on its day: renewals presumed after it are withdrawn.
 * Where it may renew, the renewal is decided, and the next term's notice is tracked. Before an
 * anniversary within the term, notice that is served moves the end there, and none moves nothing.
 */
async function follow(
  client: PoolClient,
  actor: Actor,
  { record, today, rules }: Pick<Planning, 'record' | 'today' | 'rules'>,
  { deadline, end }: DecidedDate,
  means: 'served' | 'renews',
): Promise<readonly AuditChange[]> {
  const contractId = record.row.id
  const isWithin = isWithinTerm(deadline)
  if (end === null || (isWithin && means === 'renews')) return []
  if (!isWithin && record.contract.automaticRenewal !== true) return []
  if (means === 'served' && (isWithin || record.row.endKind === 'rolling')) {
    const ends = currentEnd(record.contract)
    const was = ends.kind === 'dated' ? ends.latest : ends.kind
    const cut = await shorten(client, { record, via: actor.via, endSource: 'notice served' }, end)
    return [{ contractId, what: 'updated', field: 'end_latest', from: was, to: end }, ...cut]
  }
  const by = { recordedById: actor.personId, recordedAt: actor.now }
  const moved = await tables(client).extension.updateManyAndReturn({
    where: {
      ...{ contractId, kind: 'renewal', status: 'presumed' },
      from: means === 'served' ? { gt: end } : addDays(end, 1),
    },
    data: { status: means === 'served' ? 'withdrawn' : 'confirmed', ...by },
    select: { from: true, to: true },
  })
  if (means === 'served') {
    return moved.map((each) => withdrawal(contractId, { ...each, kind: 'renewal' }))
  }
  if (moved.length > 0 || termEnd(record.contract, rules)?.latest !== end) {
    return moved.map(({ from, to }) => {
      return { contractId, what: 'extended', field: 'renewal', from, to }
    })
  }
  const renewal = decidedRenewal(record.contract, today, rules)
  if (renewal === null) return []
  const { kind, from, to } = renewal
  await tables(client).extension.createMany({
    data: {
      ...{ contractId, kind, from, to, ...by },
      organisationId: actor.organisationId,
      status: 'confirmed',
      currency: record.row.currency,
      knownOn: today,
      source: actor.via,
    },
  })
  return [{ contractId, what: 'extended', field: kind, from, to }]
}

// A decision to buy what follows becomes checkpoints.

interface Planning {
  readonly record: ContractRecord
  readonly today: CivilDate
  readonly rules: Rules
  readonly actor: Actor
}

/**
 * A decision to compete, to call off or to award becomes checkpoints; any other about a date takes
 * the place of those that an earlier one about it had made. Returns what was planned, for the audit.
 */
async function planProcurement(
  client: PoolClient,
  { record, today, rules, actor }: Planning,
  decision: { readonly id: number; readonly text: string },
): Promise<readonly AuditChange[]> {
  const decided = procurementDecided(decision.text)
  const contractId = record.row.id
  const { checkpoint } = tables(client)
  const standing = { contractId, withdrawnAt: null }
  await checkpoint.updateMany({
    where: decided === null ? { ...standing, decision: { withdrawnAt: { not: null } } } : standing,
    data: { withdrawnAt: actor.now },
  })
  const coverFrom = firstDayAfter(currentEnd(record.contract))
  if (decided === null || coverFrom === null) return []
  const recorded = replacementRoute(record.contract, coverFrom, rules)
  const route = routeOfDecision(decided, recorded, rulesFor(record.contract, rules))
  const planned = plannedCheckpoints(coverFrom, today, route, rules)
  const of = {
    organisationId: actor.organisationId,
    contractId,
    decisionId: decision.id,
    route: route.name,
  }
  await checkpoint.createMany({
    data: planned.map(({ name, on }) => ({ ...of, name, plannedOn: on, dueOn: on })),
  })
  const signature = planned.find(({ name }) => name === 'signature')?.on ?? null
  return [{ contractId, what: 'procurement planned', field: route.name, from: null, to: signature }]
}

/**
 * Settles the contract's open task of this notice, the nearest first; returns it.
 * @throws UserError where it has none.
 */
export async function recordNotice(
  pool: Pool,
  actor: Actor,
  contractId: number,
  notice: Notice,
  said: string,
): Promise<NoticeTask> {
  const settled: NoticeTask[] = []
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const [found] = await readNoticeRecords(client, [contractId])
    const tasks =
      found === undefined
        ? []
        : noticeTasks(found.facts, found.extensions, found.decisions, {
            today,
            ...whoBuys(rules),
          })
    const task = tasks.find((each) => each.notice === notice && each.settled === null)
    if (task === undefined) {
      throw new UserError(
        `${record.row.reference} has no open ${notice}: headroom shows the notices it may call for.`,
      )
    }
    await tables(client).decision.createMany({
      data: {
        organisationId: actor.organisationId,
        contractId,
        deadline: notice,
        deadlineOn: task.on,
        text: said,
        decidedOn: today,
        decidedById: actor.personId,
      },
    })
    settled.push(task)
    return [{ contractId, what: 'notice settled', field: notice, from: task.on, to: said }]
  })
  const [task] = settled
  if (task === undefined) throw new UserError('That contract is gone: look for it again.')
  return task
}

/** What people say of a procurement's checkpoints: done, or slipped to a later day. */

import type { Pool, PoolClient } from 'pg'
import { lockRows, writeDays } from '../database/bulk.ts'
import { readTeams } from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import { queueRewriting, STANDS } from '../delivery/enqueue-updates.ts'
import {
  type Gap,
  gapOf,
  type KeptCheckpoint,
  movedTo,
  type Procurement,
  readProcurements,
} from '../reports/procurement.ts'
import { CHECKPOINT_NAMES, type CheckpointName } from '../rules/checkpoints.ts'
import { type CivilDate, dayText } from '../rules/civil-date.ts'
import { UserError } from '../rules/user-error.ts'
import type { PersonFact } from '../text/facts.ts'
import type { CheckpointAnswerFacts, CheckpointFacts } from '../text/procurement.ts'
import { type Actor, act } from './act.ts'

export type CheckpointAnswer =
  /** `on`: null for the team's own day. */
  | { readonly said: 'done'; readonly on: CivilDate | null }
  | { readonly said: 'slipped'; readonly to: CivilDate }

interface CheckpointAnswered {
  readonly doneOn: CivilDate | null
  readonly slippedTo: CivilDate | null
  /** The award before and after; null where the procurement has none to come. */
  readonly award: { readonly was: CivilDate; readonly now: CivilDate } | null
  /** Null where nothing is left to do. */
  readonly gap: Gap | null
}
/** An answer with its day: the one that was given, else the team's today. */
type DatedAnswer =
  | { readonly said: 'done'; readonly on: CivilDate }
  | Extract<CheckpointAnswer, { readonly said: 'slipped' }>

/**
 * Done: this one and those before it. Slipped: to a later day, and those after it follow; each that
 * moved is asked about anew when its day comes.
 * @throws UserError where there is no such checkpoint, it is done, or the day does not fit.
 */
export async function answerCheckpoint(
  pool: Pool,
  actor: Actor,
  contractId: number,
  name: CheckpointName,
  said: CheckpointAnswer,
): Promise<CheckpointAnswered> {
  let answered: CheckpointAnswered | null = null
  await act(pool, actor, contractId, async (client, acted) => {
    const { today, record } = acted
    const answer: DatedAnswer = said.said === 'done' ? { ...said, on: said.on ?? today } : said
    const teams = await readTeams(client, actor.organisationId)
    const [before] = await readProcurements(client, [contractId], teams, actor.rulesOf)
    const checkpoint = before?.checkpoints.find((each) => each.name === name)
    if (!before || !checkpoint) throw noSuch(record.row.reference, name, before)
    refuseUnfit(record.row.reference, checkpoint, answer, today)
    await write(client, before, checkpoint, answer, today)
    const [after] = await readProcurements(client, [contractId], teams, actor.rulesOf)
    const was = before.checkpoints.find((each) => each.name === 'award')
    const now = after?.checkpoints.find((each) => each.name === 'award')
    const award = was && now && now.doneOn === null ? { was: was.on, now: now.on } : null
    const gap = after === undefined ? null : gapOf(after, today)
    const doneOn = answer.said === 'done' ? answer.on : null
    const slippedTo = answer.said === 'slipped' ? answer.to : null
    answered = { doneOn, slippedTo, award, gap }
    await queueAnswered(client, {
      organisationId: actor.organisationId,
      checkpointId: checkpoint.id,
      askedOn: checkpoint.askedOn,
      today,
      personId: actor.personId,
      answer: answered,
    })
    const to = answer.said === 'done' ? answer.on : answer.to
    return [{ contractId, what: `checkpoint ${answer.said}`, field: name, from: checkpoint.on, to }]
  })
  if (answered === null) throw new Error('A checkpoint was answered without an answer.')
  return answered
}

function noSuch(reference: string, name: string, procurement: Procurement | undefined): UserError {
  if (procurement === undefined) {
    return new UserError(
      `${reference} has no procurement under way: record a decision to compete, call off or award first.`,
    )
  }
  const names = procurement.checkpoints.map((each) => each.name).join(', ')
  return new UserError(`${reference} has no checkpoint "${name}"; it has: ${names}.`)
}

function refuseUnfit(
  reference: string,
  { name, on, doneOn }: KeptCheckpoint,
  answer: DatedAnswer,
  today: CivilDate,
): void {
  if (doneOn !== null) {
    throw new UserError(`${reference}: ${name} was done on ${dayText(doneOn)} already.`)
  }
  if (answer.said === 'done' && answer.on > today) {
    throw new UserError(`${dayText(answer.on)} has not come yet: say so when ${name} is done.`)
  }
  if (answer.said === 'slipped' && (answer.to <= on || answer.to < today)) {
    const after = on < today ? 'today or later' : `later than ${dayText(on)}`
    throw new UserError(`${name} is due on ${dayText(on)}: it can only slip to a day ${after}.`)
  }
}

async function write(
  client: PoolClient,
  procurement: Procurement,
  checkpoint: KeptCheckpoint,
  answer: DatedAnswer,
  today: CivilDate,
): Promise<void> {
  const at = CHECKPOINT_NAMES.indexOf(checkpoint.name)
  const isBefore = (each: KeptCheckpoint) => CHECKPOINT_NAMES.indexOf(each.name) < at
  const moved = movedTo(
    procurement,
    checkpoint.name,
    answer.said === 'done' ? answer.on : answer.to,
  )
  const later = procurement.checkpoints.flatMap((each) => {
    const to = moved.find(({ name }) => name === each.name)?.on ?? each.on
    const follows = !isBefore(each) && each.id !== checkpoint.id
    return follows && to > each.on ? [{ id: each.id, on: to }] : []
  })
  const shifts =
    answer.said === 'slipped' ? [{ id: checkpoint.id, on: answer.to }, ...later] : later
  const { checkpoint: kept } = tables(client)
  await writeDays(client, 'checkpoint.due_on', shifts)
  await kept.updateMany({
    where: { id: { in: shifts.map(({ id }) => id) } },
    data: { askedOn: null },
  })
  if (answer.said !== 'done') {
    await kept.updateMany({ where: { id: checkpoint.id }, data: { slips: { increment: 1 } } })
    return
  }
  const done = procurement.checkpoints.filter(
    (each) => each.doneOn === null && (isBefore(each) || each.id === checkpoint.id),
  )
  const ids = { in: done.map(({ id }) => id) }
  await kept.updateMany({ where: { id: ids, askedOn: null }, data: { askedOn: today } })
  await kept.updateMany({ where: { id: ids }, data: { doneOn: answer.on } })
}

// The posted question is rewritten with its answer, by the same outbox.

interface AnsweredQuestion {
  readonly organisationId: number
  readonly checkpointId: number
  /** The day on which it was asked about; null where it was not. */
  readonly askedOn: CivilDate | null
  readonly today: CivilDate
  readonly personId: number | null
  readonly answer: Omit<CheckpointAnswerFacts, 'by'>
}

/** Queues an update of every posted question about this checkpoint that nobody had answered. */
async function queueAnswered(client: PoolClient, asked: AnsweredQuestion): Promise<void> {
  const { organisationId, checkpointId, today, personId, answer } = asked
  const by = personId === null ? null : await personOf(client, personId)
  const answered = { ...answer, by }
  await queueRewriting(
    client,
    `delivery d WHERE d.organisation_id = $1 AND d.subject = $2 AND d.purpose = 'checkpoint' AND ${STANDS}
       AND NOT EXISTS (SELECT FROM delivery u WHERE u.organisation_id = $1 AND u.subject = $2
         AND u.purpose = 'update' AND u.sequence > 0 AND (u.facts ->> 'update_of')::int = d.id)`,
    [organisationId, `checkpoint:${checkpointId}`, today, JSON.stringify(answered)],
    `jsonb_build_object('checkpoint', (d.facts -> 'checkpoint') || jsonb_build_object('answer', $4::jsonb))`,
  )
  await answerInGroups(client, asked, answered)
}

interface AskedTogether {
  readonly id: number
  readonly facts: { readonly checkpoints: readonly CheckpointFacts[] }
}

/**
 * Where it is one question of several, the answer is kept with the message itself: two people may
 * answer two of them at once, and each update has to say what both said. The row's lock puts one
 * after the other.
 */
async function answerInGroups(
  client: PoolClient,
  { organisationId, checkpointId, askedOn, today }: AnsweredQuestion,
  answered: CheckpointAnswerFacts,
): Promise<void> {
  if (askedOn === null) return
  const groups = await lockRows<AskedTogether>(
    client,
    'delivery',
    'id, facts',
    `organisation_id = $1 AND purpose = 'checkpoint' AND subject = $2
     AND facts @> jsonb_build_object('checkpoints', jsonb_build_array(
           jsonb_build_object('checkpointId', $3::int, 'answer', NULL)))`,
    [organisationId, `checkpoints:${askedOn}`, checkpointId],
  )
  for (const { id, facts } of groups) {
    const checkpoints = facts.checkpoints.map((each) =>
      each.checkpointId === checkpointId && each.answer === null
        ? { ...each, answer: answered }
        : each,
    )
    const data = { facts: jsonOf({ ...facts, checkpoints }) }
    await tables(client).delivery.updateMany({ where: { id }, data })
  }
  const ids = groups.map(({ id }) => id)
  const answeredNow = `delivery d WHERE d.organisation_id = $1 AND d.id = ANY($2::int[]) AND ${STANDS}`
  await queueRewriting(client, answeredNow, [organisationId, ids, today])
}

async function personOf(client: PoolClient, personId: number): Promise<PersonFact | null> {
  const found = await tables(client).person.findFirst({ where: { id: personId, erasedAt: null } })
  return found && { name: found.displayName ?? '', slackUser: found.slackUser }
}

/** What people say of a procurement's checkpoints: done, or slipped to a later day. */
import type { Pool, PoolClient } from 'pg'
import { readTeams } from '../db/organisation.ts'
import { CHECKPOINT_NAMES, type CheckpointName } from '../domain/checkpoints.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { type Actor, act } from './act.ts'
import { queueAnswered } from './checkpoint-answered.ts'
import {
  type Gap,
  gapOf,
  type KeptCheckpoint,
  movedTo,
  type Procurement,
  readProcurements,
} from './procurement.ts'

/** What was said of a checkpoint. */
export type CheckpointAnswer =
  | { readonly said: 'done'; readonly on: CivilDate }
  | { readonly said: 'slipped'; readonly to: CivilDate }

export interface CheckpointAnswered {
  readonly checkpoint: KeptCheckpoint
  /** The award before and after; null where the procurement has none to come. */
  readonly award: { readonly was: CivilDate; readonly now: CivilDate } | null
  /** Null where nothing is left to do. */
  readonly gap: Gap | null
}

/**
 * Done: this one and those before it. Slipped: to a later day, and those after it follow; each that
 * moved is asked about anew when its day comes.
 * @throws Refusal where there is no such checkpoint, it is done, or the day does not fit.
 */
export async function answerCheckpoint(
  pool: Pool,
  actor: Actor,
  contractId: number,
  name: CheckpointName,
  answer: CheckpointAnswer,
): Promise<CheckpointAnswered> {
  let answered: CheckpointAnswered | null = null
  await act(pool, actor, contractId, async (client, acted) => {
    const { today, record } = acted
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
    answered = { checkpoint, award, gap }
    const doneOn = answer.said === 'done' ? answer.on : null
    const slippedTo = answer.said === 'slipped' ? answer.to : null
    await queueAnswered(client, {
      organisationId: actor.organisationId,
      checkpointId: checkpoint.id,
      askedOn: checkpoint.askedOn,
      today,
      personId: actor.personId,
      answer: { doneOn, slippedTo, award, gap },
    })
    const to = answer.said === 'done' ? answer.on : answer.to
    return [{ contractId, what: `checkpoint ${answer.said}`, field: name, from: checkpoint.on, to }]
  })
  if (answered === null) throw new Error('A checkpoint was answered without an answer.')
  return answered
}

function noSuch(reference: string, name: string, procurement: Procurement | undefined): Refusal {
  if (procurement === undefined) {
    return new Refusal(
      `${reference} has no procurement under way: record a decision to compete, call off or award first.`,
    )
  }
  const names = procurement.checkpoints.map((each) => each.name).join(', ')
  return new Refusal(`${reference} has no checkpoint "${name}"; it has: ${names}.`)
}

function refuseUnfit(
  reference: string,
  { name, on, doneOn }: KeptCheckpoint,
  answer: CheckpointAnswer,
  today: CivilDate,
): void {
  if (doneOn !== null) {
    throw new Refusal(`${reference}: ${name} was done on ${dayText(doneOn)} already.`)
  }
  if (answer.said === 'done' && answer.on > today) {
    throw new Refusal(`${dayText(answer.on)} has not come yet: say so when ${name} is done.`)
  }
  if (answer.said === 'slipped' && (answer.to <= on || answer.to < today)) {
    const after = on < today ? 'today or later' : `later than ${dayText(on)}`
    throw new Refusal(`${name} is due on ${dayText(on)}: it can only slip to a day ${after}.`)
  }
}

async function write(
  client: PoolClient,
  procurement: Procurement,
  checkpoint: KeptCheckpoint,
  answer: CheckpointAnswer,
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
    return follows && to > each.on ? [{ id: each.id, to }] : []
  })
  const shifts =
    answer.said === 'slipped' ? [{ id: checkpoint.id, to: answer.to }, ...later] : later
  await client.query(
    `UPDATE checkpoint SET due_on = m.to_on, asked_on = NULL, slips = slips + (checkpoint.id = $3)::int
     FROM unnest($1::int[], $2::date[]) AS m (id, to_on) WHERE checkpoint.id = m.id`,
    [shifts.map(({ id }) => id), shifts.map(({ to }) => to), checkpoint.id],
  )
  if (answer.said !== 'done') return
  const done = procurement.checkpoints.filter(
    (each) => each.doneOn === null && (isBefore(each) || each.id === checkpoint.id),
  )
  await client.query(
    `UPDATE checkpoint SET done_on = $2, asked_on = coalesce(asked_on, $3) WHERE id = ANY($1)`,
    [done.map(({ id }) => id), answer.on, today],
  )
}

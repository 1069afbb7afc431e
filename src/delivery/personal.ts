/**
 * What the bot has to tell one person after its answer in Slack: queued like every other message, so
 * that nothing that happens to Slack or to this process loses it or tells it twice. It is for them
 * alone: no channel is told of it instead, and nobody who is no colleague any more.
 */
import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import type { CivilDate } from '../domain/civil-date.ts'
import type { Message } from '../messages/facts.ts'
import type { Claim } from './claim.ts'

/**
 * `import`: what an import came to. `asked`: what they asked for, made when it is sent. `said`: what
 * came of a form, in the words of that moment.
 */
export const PERSONAL = ['import', 'asked', 'said'] as const
export type Personal = (typeof PERSONAL)[number]

export function isPersonal({ purpose }: Pick<Claim, 'purpose'>): boolean {
  return PERSONAL.some((each) => each === purpose)
}

/** A message that was asked for, from what was written down of it. */
export type Making =
  | { readonly kind: 'made'; readonly message: Message }
  /** It could not be made now. */
  | { readonly kind: 'later'; readonly why: string }
  /** It can never be made: a fault of the program. */
  | { readonly kind: 'impossible'; readonly why: string }

/** Makes what was asked for, from the delivery's facts. */
export type Maker = (facts: unknown) => Promise<Making>

export interface ForOnePerson {
  readonly organisationId: number
  /** Their Slack id. */
  readonly slackUser: string
  readonly today: CivilDate
  readonly purpose: Personal
  readonly facts: object
}

/** Queues it, in the transaction of the act where there is one. Each call is one message. */
export async function queuePersonal(
  client: Pool | PoolClient,
  { organisationId, slackUser, today, purpose, facts }: ForOnePerson,
): Promise<void> {
  await client.query(
    `INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of, facts)
     VALUES ($1, $2, $3, 1, $4, $5, $6)`,
    [
      organisationId,
      `${purpose}:${randomUUID()}`,
      purpose,
      slackUser,
      today,
      JSON.stringify(facts),
    ],
  )
}

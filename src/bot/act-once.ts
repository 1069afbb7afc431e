/**
 * An act on a contract is done once: by the first of those who saw it as it was. Whoever comes
 * second is told what the first one did, in place of a second act.
 */
import type { Pool } from 'pg'
import { Refusal } from '../domain/refusal.ts'
import type { ActFact } from '../messages/acted.ts'
import { cameFirstAnswer, doneAnswer, saidAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import type { Named } from '../messages/naming.ts'
import { actedAnswer } from './done.ts'
import { forget, hold } from './inbox.ts'
import { lastAct } from './last-act.ts'
import type { Scene } from './scene.ts'
import { turns } from './turn.ts'

/** What is about to be done, by the name that the record will give it; `marked`: as historic or not. */
export type Deed =
  | Extract<ActFact['what'], 'acknowledged' | 'snoozed' | 'decided' | 'extended' | 'assigned'>
  | 'still-supplied'
  | 'closed'
  | 'marked'

/** The contract as the person saw it; version null where they typed a command. */
export interface Seen {
  readonly contractId: number
  readonly version: number | null
}

export type Outcome =
  | { readonly kind: 'done'; readonly message: Message }
  /** The same person did the same already; nothing was done now. */
  | { readonly kind: 'again'; readonly message: Message }
  /** Somebody else acted since the person looked; nothing was done now. */
  | { readonly kind: 'late'; readonly message: Message; readonly first: ActFact }
  /** Another process is at it at this moment; nothing was done now. */
  | { readonly kind: 'busy'; readonly message: Message }

/** Shared by all handlers of this process; other processes are kept out by the inbox. */
const acting = turns()

/** Rights were checked before. @throws Refusal as `work` does. */
export async function actOnce(
  scene: Scene,
  seen: Seen,
  deed: Deed,
  work: () => Promise<void>,
): Promise<Outcome> {
  const { pool, organisation } = scene.stage
  return acting.take(`${organisation.id}/${seen.contractId}`, async () => {
    const standing = await readStanding(pool, organisation.id, seen.contractId)
    const first = stillFits(deed, seen, standing) ? null : await firstAct(scene, seen, deed)
    if (first !== null) return toldOf(scene, standing, first)
    const key = `act:${seen.contractId}:${standing.version}`
    if (!(await hold(pool, organisation.id, key))) return BUSY
    try {
      await work()
    } catch (error) {
      // Where the database itself failed, the key falls free by its age.
      await forget(pool, organisation.id, key).catch(() => undefined)
      throw error
    }
    return { kind: 'done', message: await actedAnswer(scene, seen.contractId) }
  })
}

interface Standing extends Named {
  readonly version: number
  readonly hasOpenWarning: boolean
  /** Closed, or said to be supplied without cover. */
  readonly supplyAnswered: boolean
}

async function readStanding(pool: Pool, organisationId: number, id: number): Promise<Standing> {
  const found = await pool.query<Standing>(
    `SELECT version, reference, title, supplier,
            closed_on IS NOT NULL OR out_of_contract_on IS NOT NULL AS "supplyAnswered",
            EXISTS (SELECT FROM alert a WHERE a.contract_id = c.id AND a.state = 'open') AS "hasOpenWarning"
     FROM contract c WHERE id = $1 AND organisation_id = $2`,
    [id, organisationId],
  )
  const [standing] = found.rows
  if (!standing) {
    throw new Refusal('That contract is gone: it may have been removed with its register.')
  }
  return standing
}

/**
 * Whether the deed still answers what the person saw. What the warnings themselves tell goes before
 * the version: imports and settings move it as well, without anybody having acted.
 */
function stillFits(deed: Deed, { version }: Seen, standing: Standing): boolean {
  const unchanged = version === null || version === standing.version
  switch (deed) {
    case 'acknowledged':
      return standing.hasOpenWarning
    case 'snoozed':
      return unchanged || standing.hasOpenWarning
    case 'still-supplied':
    case 'closed':
      return !standing.supplyAnswered
    case 'marked':
      return true
    default:
      return unchanged
  }
}

/** What was done first; null where nobody did it, or the same person did something else. */
async function firstAct(scene: Scene, { contractId }: Seen, deed: Deed): Promise<ActFact | null> {
  const { pool, organisation, today } = scene.stage
  const act = await lastAct(pool, organisation.id, contractId, today())
  if (act === null) return null
  return isOwn(scene, act) && act.what !== deed ? null : act
}

function toldOf(scene: Scene, contract: Named, first: ActFact): Outcome {
  return isOwn(scene, first)
    ? { kind: 'again', message: doneAnswer(contract, first) }
    : { kind: 'late', message: cameFirstAnswer(contract, first), first }
}

function isOwn({ asker }: Scene, { by }: ActFact): boolean {
  return by?.slackUser === asker.slackUser
}

const BUSY: Outcome = {
  kind: 'busy',
  message: saidAnswer(
    'Somebody else is acting on this contract at this moment: nothing was changed by you. Look at it again.',
  ),
}

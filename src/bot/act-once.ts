/**
 * An act on a contract is done once: by the first of those who saw it as it was. Whoever comes
 * second is told what the first one did, in place of a second act.
 */
import type { Pool } from 'pg'
import { Refusal } from '../domain/refusal.ts'
import type { ActFact } from '../messages/acted.ts'
import { cameFirstAnswer, doneAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import type { Named } from '../messages/naming.ts'
import { type Actor, Overtaken } from '../watch/act.ts'
import { actedAnswer } from './done.ts'
import { lastAct } from './last-act.ts'
import type { Scene } from './scene.ts'
import { turns } from './turn.ts'

/** What is about to be done, by the name that the record will give it; `marked`: as historic or not. */
export type Deed =
  | Extract<
      ActFact['what'],
      'acknowledged' | 'snoozed' | 'decided' | 'extended' | 'withdrawn' | 'assigned' | 'edited'
    >
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

/** Shared by all handlers of this process; other processes are kept out by the contract's version. */
const acting = turns()

/** How often an act is tried while imports and sweeps move the contract's version. */
const TRIES = 3

/**
 * Does the work as the actor it is given, who acts on the version that was read here. Rights were
 * checked before. @throws Refusal as `work` does.
 */
export async function actOnce(
  scene: Scene,
  seen: Seen,
  deed: Deed,
  work: (actor: Actor) => Promise<void>,
): Promise<Outcome> {
  const { pool, organisation } = scene.stage
  return acting.take(`${organisation.id}/${seen.contractId}`, async () => {
    for (let attempt = 1; ; attempt += 1) {
      const standing = await readStanding(pool, organisation.id, seen.contractId)
      const fits = attempt === 1 && stillFits(deed, seen, standing)
      const first = fits ? null : await firstAct(scene, seen, deed)
      if (first !== null) return toldOf(scene, standing, first)
      try {
        await work({ ...scene.actor, seenVersion: standing.version })
        return { kind: 'done', message: await actedAnswer(scene, seen.contractId) }
      } catch (error) {
        if (!(error instanceof Overtaken) || attempt === TRIES) throw error
      }
    }
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

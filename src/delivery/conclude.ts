/** What becomes of a delivery once an attempt to send it has ended. */
import { backOffMs } from './back-off.ts'
import type { Claim } from './claim.ts'
import {
  finishBlocked,
  finishDead,
  finishRefused,
  finishSent,
  finishUncertain,
  handBack,
} from './finish.ts'
import type { DeliveryDeps } from './send.ts'
import { forgetChannel, pauseChannel, pauseWorkspace } from './throttle.ts'
import { lookAgainAfterMs } from './tuning.ts'
import type { Verdict } from './verdict.ts'

/** Where a delivery stands after an attempt; `lost` where another process took it over. */
export type Outcome =
  | 'sent'
  /** A posted message reads anew: nobody was told anything twice. */
  | 'updated'
  /** It stands in Slack since before a backup was restored. */
  | 'told-before'
  | 'retried'
  | 'uncertain'
  | 'blocked'
  | 'dead'
  | 'superseded'
  | 'handed-back'
  /** The workspace refuses the token: counted with all that this holds back. */
  | 'held'
  | 'lost'

/** Writes down what Slack made of it. */
export async function conclude(
  deps: DeliveryDeps,
  claim: Claim,
  verdict: Verdict,
  workspace: string | null,
): Promise<Outcome> {
  const { pool, settings } = deps
  if (verdict.kind !== 'sent') note(deps, claim, verdict)
  await deps.faults?.beforeFinish?.(claim.id)
  switch (verdict.kind) {
    case 'sent': {
      const { channel, ts } = verdict
      const outcome = claim.purpose === 'update' ? 'updated' : 'sent'
      const lookAgainMs = lookAgainAfterMs(settings)
      return stood(await finishSent(pool, claim, { workspace, channel, ts, lookAgainMs }), outcome)
    }
    case 'uncertain':
      return stood(
        await finishUncertain(pool, claim, {
          lookInMs: settings.historyLagMs,
          why: verdict.why,
        }),
        'uncertain',
      )
    case 'refused':
      return await refused(deps, claim, verdict)
    case 'invalid':
      return stood(await finishDead(pool, claim, verdict.why), 'dead')
    case 'blocked':
      if (verdict.scope === 'channel') {
        return (await forgetsChannel(deps, claim))
          ? await refused(deps, claim, { ...verdict, kind: 'refused', retryAfterMs: null })
          : await blocked(deps, claim, verdict.why)
      }
      // Where the token works, this message is refused, and no other is to wait for it.
      if ((await deps.gateway.identify()).kind === 'known') {
        return await refused(deps, claim, { ...verdict, kind: 'refused', retryAfterMs: null })
      }
      await pauseWorkspace(pool, claim.organisationId, settings.workspacePauseMs, verdict.why)
      return stood(await handBack(pool, claim, verdict.why), 'held')
  }
}

/** The channel that was followed is gone, and another one has its name: the next try goes there. */
async function forgetsChannel({ pool, gateway }: DeliveryDeps, claim: Claim): Promise<boolean> {
  if (claim.channelId === null || claim.purpose === 'update') return false
  if (!(await gateway.leadsElsewhere(claim.destination, claim.channelId))) return false
  await forgetChannel(pool, claim)
  return true
}

/** A pause that Slack asked for holds the whole channel, and is set before anybody can claim. */
export async function refused(
  { pool, settings, jitter }: DeliveryDeps,
  claim: Claim,
  { why, retryAfterMs }: Extract<Verdict, { kind: 'refused' }>,
): Promise<Outcome> {
  const { giveUpMs, longestPauseMs } = settings
  const pauseMs = retryAfterMs === null ? null : Math.min(retryAfterMs, longestPauseMs)
  if (pauseMs !== null) await pauseChannel(pool, claim, pauseMs, why)
  const failed = pauseMs === null
  const afterMs = pauseMs ?? backOffMs(claim.failures + 1, jitter())
  const state = await finishRefused(pool, claim, { afterMs, giveUpMs, failed, why })
  if (state === null) return 'lost'
  return state === 'DEAD' ? 'dead' : 'retried'
}

export async function blocked(
  { pool, settings: { blockedPauseMs, giveUpMs }, administrators = [] }: DeliveryDeps,
  claim: Claim,
  why: string,
): Promise<Outcome> {
  const state = await finishBlocked(pool, claim, {
    afterMs: blockedPauseMs,
    giveUpMs,
    why,
    administrators,
  })
  if (state === null) return 'lost'
  return state === 'DEAD' ? 'dead' : 'blocked'
}

export async function dead(deps: DeliveryDeps, claim: Claim, why: string): Promise<Outcome> {
  deps.log(`Delivery ${claim.id} to ${claim.destination} is dead: ${why}`)
  return stood(await finishDead(deps.pool, claim, why), 'dead')
}

export function note(
  { log }: DeliveryDeps,
  claim: Claim,
  verdict: Exclude<Verdict, { kind: 'sent' }>,
): void {
  log(
    `Delivery ${claim.id} to ${claim.destination}, attempt ${claim.attempt}: ${verdict.kind} (${verdict.why})`,
  )
}

export function stood(fenceHeld: boolean, outcome: Outcome): Outcome {
  return fenceHeld ? outcome : 'lost'
}

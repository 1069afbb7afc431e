/**
 * What a message tells, in a form that is the same after a backup was restored: a warning is named
 * by its register, the contract's identity there, its deadline and its rung, not by numbers that
 * the restored database gives out anew. Hashed, because everyone in the workspace may read metadata.
 */
import { createHash } from 'node:crypto'
import type { Claim } from './claim.ts'
import type { AlertRow } from './fact-rows.ts'

/** 48 bits: among a thousand warnings of one channel two are alike once in 500 million cases. */
const LENGTH = 8
/** What Slack takes as metadata is limited; warnings beyond these are told again after a restore. */
const MOST = 1000

/** One for each warning; a message that carries none is named by what it is itself. */
export function tellsOf(claim: Claim, alerts: readonly AlertRow[]): Tell[] {
  if (alerts.length === 0) {
    const own = [claim.purpose, claim.subject, claim.sequence, claim.asOf]
    return [{ contractId: null, tell: hashed(own) }]
  }
  const escalates = isEscalation(claim)
  return alerts.map((alert) => ({
    contractId: alert.contract_id,
    tell: hashed([
      alert.source,
      alert.external_id,
      alert.kind,
      alert.deadline_on,
      alert.rung,
      alert.occurrence,
      alert.asked_again,
      escalates,
    ]),
  }))
}

/** A warning of this contract, or the message itself. */
export interface Tell {
  readonly contractId: number | null
  readonly tell: string
}

/** As metadata carries them. */
export function joinTells(tells: readonly Tell[]): string {
  return tells
    .slice(0, MOST)
    .map(({ tell }) => tell)
    .join('')
}

/** The tells of a message's metadata; none where it carries none. */
export function splitTells(text: unknown): string[] {
  return typeof text === 'string' ? (text.match(/[\w-]{8}/g) ?? []) : []
}

function hashed(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, LENGTH)
}

/** The same warning goes to the team and to those above it. */
function isEscalation({ purpose, subject }: Claim): boolean {
  return purpose === 'escalate' || subject.startsWith('escalation:')
}

/** From a claimed delivery and what was read for it to the message that is sent. */
import type { ActionsBlock, KnownBlock } from '@slack/types'
import { withActs } from '../messages/acted.ts'
import { type ImportFacts, importAnswer } from '../messages/answers/import-result.ts'
import { type BlockedFacts, blockedMessage } from '../messages/blocked.ts'
import { warningButtons } from '../messages/buttons/warning-buttons.ts'
import { type CheckpointFacts, checkpointMessage } from '../messages/checkpoint.ts'
import { body, compose, note } from '../messages/compose.ts'
import {
  supersededWithoutPrices,
  triageWithoutPrices,
  warningWithoutPrices,
  weeklyWithoutPrices,
} from '../messages/confidential.ts'
import { Mrkdwn, mrkdwn, shown } from '../messages/escape.ts'
import type {
  GroupFacts,
  Message,
  TriageFacts,
  WarningFacts,
  WeeklyFacts,
} from '../messages/facts.ts'
import { groupedMessage } from '../messages/grouped.ts'
import { type LeaverFacts, leaverMessage } from '../messages/leaver.ts'
import { fitMessage } from '../messages/limits.ts'
import { plainText } from '../messages/plain-text.ts'
import { supersededMessage } from '../messages/superseded.ts'
import { triageMessage } from '../messages/triage.ts'
import { type UnwellFacts, unwellMessage } from '../messages/unwell.ts'
import { type WaiverFacts, waiverMessage } from '../messages/waiver.ts'
import { warningMessage } from '../messages/warning.ts'
import { weeklyMessage } from '../messages/weekly.ts'
import type { Claim } from './claim.ts'
import type { Loaded } from './facts.ts'

/** Why a delivery comes to this destination instead of its own. */
interface InsteadOf {
  readonly purpose: string
  readonly destination: string
  readonly why: string
}

export type Rendered =
  | { readonly kind: 'message'; readonly message: Message }
  /** Nothing that it would say holds any more. */
  | { readonly kind: 'superseded' }
  /** The row does not make a message: a fault of the program. */
  | { readonly kind: 'impossible'; readonly why: string }

/** How a message is made for the place that it goes to. */
export interface Look {
  /** Somebody listens to its buttons; without, it has none. */
  readonly answerable: boolean
  /** Others than the organisation read it, or nobody can say who does. */
  readonly hidePrices: boolean
}

/** The message of a delivery, with what its way here adds to it. */
export function render(claim: Claim, loaded: Loaded, look: Look): Rendered {
  const insteadOf = claim.purpose === 'fallback' ? readInsteadOf(claim.facts) : null
  const purpose = insteadOf?.purpose ?? claim.purpose
  const rendered = renderPurpose(purpose, claim, loaded, look)
  if (rendered.kind !== 'message') return rendered
  const repeat = claim.possibleRepeat && !SAY_SO_THEMSELVES.has(purpose)
  const notes = [
    ...(insteadOf === null ? [] : [insteadOfNote(insteadOf)]),
    ...(repeat
      ? [mrkdwn`Possible repeat: Slack did not say whether this had arrived before.`]
      : []),
  ]
  const hidden = look.hidePrices && TELL_MONEY.has(purpose) ? [HIDDEN] : []
  return { kind: 'message', message: withLines(rendered.message, notes, hidden) }
}

const HIDDEN = mrkdwn`Amounts and decisions are not shown here: others than the organisation may read this.`

const TELL_MONEY: ReadonlySet<string> = new Set([
  'post',
  'thread',
  'update',
  'ask-again',
  'direct',
  'escalate',
  'group',
  'triage',
  'weekly',
])

const SAY_SO_THEMSELVES: ReadonlySet<string> = new Set([
  'post',
  'thread',
  'update',
  'ask-again',
  'direct',
  'escalate',
  'group',
])

function renderPurpose(purpose: string, claim: Claim, loaded: Loaded, look: Look): Rendered {
  const { team } = loaded
  const warnings = look.hidePrices ? loaded.warnings.map(warningWithoutPrices) : loaded.warnings
  switch (purpose) {
    case 'post':
    case 'thread':
    case 'ask-again':
    case 'direct':
    case 'escalate': {
      const [first] = warnings
      if (first === undefined) return SUPERSEDED
      return said(warningMessage(asked(purpose, first), buttons(loaded, look)))
    }
    case 'checkpoint':
      return questioned(claim, loaded, look)
    case 'update':
      return updated(claim, warnings, loaded, look)
    case 'group': {
      if (warnings.length === 0) return SUPERSEDED
      const { asOf, catchUp, possibleRepeat } = claim
      const subjects = look.answerable ? loaded.subjects : []
      const facts = { asOf, team: teamsOf(warnings, team), catchUp, warnings, possibleRepeat }
      return said(groupedMessage({ ...facts, subjects, cliff: cliffIn(claim.facts) }))
    }
    case 'leaver':
      return isLeaver(claim.facts)
        ? said(leaverMessage(claim.facts, look.answerable))
        : impossible(claim, 'tell of nobody who left')
    case 'blocked':
      return isBlocked(claim.facts)
        ? said(blockedMessage(claim.facts))
        : impossible(claim, 'tell of no channel')
    case 'triage':
      return isTriage(claim.facts)
        ? said(triageMessage(look.hidePrices ? triageWithoutPrices(claim.facts) : claim.facts))
        : impossible(claim, 'hold no triage list')
    case 'waiver':
      // Prices, grounds and intentions: nothing of it is for others than the organisation.
      if (look.hidePrices) return SUPERSEDED
      return isWaiver(claim.facts)
        ? said(waiverMessage(claim.facts.waiver))
        : impossible(claim, 'hold no waiver')
    case 'import':
      return isImport(claim.facts)
        ? said(importAnswer({ ...claim.facts, problems: loaded.problems }))
        : impossible(claim, 'hold no result of an import')
    case 'asked':
      return loaded.made === null ? impossible(claim, 'hold no question') : said(loaded.made)
    case 'weekly':
      return isWeekly(claim.facts)
        ? said(weeklyMessage(look.hidePrices ? weeklyWithoutPrices(claim.facts) : claim.facts))
        : impossible(claim, 'hold no weekly summary')
    case 'unwell':
      return isUnwell(claim.facts)
        ? said(unwellMessage(claim.facts))
        : impossible(claim, 'hold nothing that is wrong')
    default:
      return impossible(claim, `are for the purpose "${purpose}", which is unknown`)
  }
}

/** The question about a checkpoint; nothing where it was answered before it could be asked. */
function questioned(claim: Claim, { checkpointOpen }: Loaded, look: Look): Rendered {
  if (!has(claim.facts, 'checkpoint')) return impossible(claim, 'hold no checkpoint')
  if (!checkpointOpen) return SUPERSEDED
  return said(checkpointMessage(claim.facts.checkpoint as CheckpointFacts, look))
}

/** A channel may be told of several teams' contracts at once. */
function teamsOf(warnings: readonly WarningFacts[], usual: string): string {
  const names = [...new Set(warnings.map(({ contract }) => contract.team))]
  return names.length < 2 ? (names[0] ?? usual) : names.join(' and ')
}

/** A posted warning as it reads now; nothing where it is not to be found in Slack. */
function updated(
  claim: Claim,
  warnings: readonly WarningFacts[],
  loaded: Loaded,
  look: Look,
): Rendered {
  const { standing, posted } = loaded
  if (posted !== null && has(claim.facts, 'checkpoint')) {
    return said(checkpointMessage(claim.facts.checkpoint as CheckpointFacts, look))
  }
  const [first] = warnings
  if (posted === null || standing === null || first === undefined) return SUPERSEDED
  const { acts, superseded } = standing
  const { hidePrices } = look
  const actions = buttons(loaded, look)
  if (superseded !== null) {
    const facts = hidePrices ? supersededWithoutPrices(superseded) : superseded
    return said(withActs(supersededMessage(facts), acts, actions, hidePrices))
  }
  const message = warningMessage(asked(claim.purpose, first))
  return said(withActs(message, acts, actions, hidePrices))
}

function buttons(
  { standing, subject, answeredFor }: Loaded,
  { answerable }: Look,
): ActionsBlock | null {
  if (!answerable || standing === null || subject === null) return null
  return warningButtons(standing.state, subject, answeredFor)
}

/** What is asked again says so, and what is escalated for that reason. */
function asked(purpose: string, facts: WarningFacts): WarningFacts {
  if (purpose !== 'ask-again' && facts.escalated !== 'ran-out') return facts
  const deadlines = facts.deadlines.map((deadline) =>
    deadline.speaks ? { ...deadline, askedAgain: true } : deadline,
  )
  return { ...facts, deadlines }
}

/** The message with a link to its file, which the readers of the message may then open. */
export function withFileLink(message: Message, permalink: string): Message {
  if (message.file === null) return message
  // Blocks are verbatim: an address is a link only where it is written as one.
  const address = permalink.replace(/[<>|\s]/g, '')
  const link = mrkdwn`${new Mrkdwn(`<${address}|`)}${shown(message.file.title, 80)}${new Mrkdwn('>')}`
  return withLines({ ...message, file: null }, [], [link])
}

/** The message without its file, saying so: the figures in it stand all the same. */
export function withoutFile(message: Message, why: string): Message {
  if (message.file === null) return message
  const { title } = message.file
  const lost = mrkdwn`The file "${shown(title, 80)}" could not be attached (${shown(why, 120)}).`
  return withLines({ ...message, file: null }, [], [lost])
}

/** The message with its chart, an uploaded file; its words stand in the text already. */
export function withPictureFile(message: Message, fileId: string): Message {
  const { picture } = message
  if (!picture) return message
  const block: KnownBlock = {
    type: 'image',
    slack_file: { id: fileId },
    alt_text: picture.altText,
    title: plainText(picture.title, 150),
  }
  const blocks = [
    ...message.blocks.slice(0, picture.after),
    block,
    ...message.blocks.slice(picture.after),
  ]
  return fitMessage({ ...message, blocks, picture: null })
}

/** The message without its chart, saying so; what it shows is said in words instead. */
export function withoutPicture(message: Message, why: string): Message {
  const { picture } = message
  if (!picture) return message
  const lost = mrkdwn`The chart could not be attached (${shown(why, 120)}). ${shown(picture.altText, 1000)}`
  return withLines({ ...message, picture: null }, [], [lost])
}

function insteadOfNote({ destination, why }: InsteadOf): Mrkdwn {
  return mrkdwn`This was for ${shown(destination, 80)}, which cannot be posted to (${shown(why, 120)}). Put the channel right or set another one for the team.`
}

/** Lines of ours before and after a message, in its text as well as in its blocks. */
export function withLines(
  message: Message,
  before: readonly Mrkdwn[],
  after: readonly Mrkdwn[],
): Message {
  if (before.length === 0 && after.length === 0) return message
  const top = compose([body(...before)])
  const end = compose([note(...after)])
  return fitMessage({
    ...message,
    text: [...before, message.text, ...after].join('\n'),
    blocks: [
      ...(before.length === 0 ? [] : top.blocks),
      ...message.blocks,
      ...(after.length === 0 ? [] : end.blocks),
    ],
  })
}

const SUPERSEDED: Rendered = { kind: 'superseded' }

function said(message: Message): Rendered {
  return { kind: 'message', message }
}

function impossible({ id }: Claim, what: string): Rendered {
  return { kind: 'impossible', why: `the facts of delivery ${id} ${what}: report this fault` }
}

function readInsteadOf(facts: unknown): InsteadOf | null {
  const found = has(facts, 'instead_of') ? facts.instead_of : null
  return has(found, 'purpose') && has(found, 'destination') && has(found, 'why')
    ? {
        purpose: String(found.purpose),
        destination: String(found.destination),
        why: String(found.why),
      }
    : null
}

/** What the sweep wrote of a group whose contracts end together. */
function cliffIn(facts: unknown): NonNullable<GroupFacts['cliff']> | null {
  if (!has(facts, 'cliff') || !has(facts.cliff, 'by') || !has(facts.cliff, 'name')) return null
  const { by, name } = facts.cliff
  return { by: by === 'product' ? 'product' : 'supplier', name: String(name) }
}

function isLeaver(facts: unknown): facts is LeaverFacts {
  return has(facts, 'name') && has(facts, 'contracts') && has(facts, 'nearest')
}

function isBlocked(facts: unknown): facts is BlockedFacts {
  return has(facts, 'destination') && has(facts, 'why') && has(facts, 'instead')
}

/** Written by this program as such; the check is against a row of another version. */
function isTriage(facts: unknown): facts is TriageFacts {
  return has(facts, 'laddersFrom') && has(facts, 'counts') && has(facts, 'nearest')
}

function isWaiver(facts: unknown): facts is { readonly waiver: WaiverFacts } {
  return has(facts, 'waiver') && has(facts.waiver, 'extension') && has(facts.waiver, 'headroom')
}

function isImport(facts: unknown): facts is Omit<ImportFacts, 'problems'> {
  return has(facts, 'file') && has(facts, 'source') && has(facts, 'created')
}

function isWeekly(facts: unknown): facts is WeeklyFacts {
  return has(facts, 'slot') && has(facts, 'watched') && has(facts, 'lapseIn30')
}

function isUnwell(facts: unknown): facts is UnwellFacts {
  return has(facts, 'findings') && Array.isArray(facts.findings) && has(facts, 'asOf')
}

function has<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && name in value
}

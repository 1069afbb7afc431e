/** From a claimed delivery and what was read for it to the message that is sent. */

import type { ActionsBlock } from '@slack/types'
import type { ContractNames } from '../rules/contract.ts'
import { row, warningButtons } from '../text/buttons.ts'
import type { GroupFacts, Message, TriageFacts, WarningFacts, WeeklyFacts } from '../text/facts.ts'
import {
  answerButtons,
  type ImportFacts,
  importAnswer,
  type OwnQuestionsFacts,
  ownQuestionsMessage,
  type RefreshFacts,
  refreshMessage,
} from '../text/import-result.ts'
import { fitMessage, withLines } from '../text/message.ts'
import {
  blockedMessage,
  claimMessage,
  type DeadFacts,
  deadMessage,
  type IdentityFacts,
  identityMessage,
  type LeaverFacts,
  leaverMessage,
} from '../text/people.ts'
import {
  supersededWithoutPrices,
  triageWithoutPrices,
  warningWithoutPrices,
  weeklyWithoutPrices,
} from '../text/prices.ts'
import {
  type CheckpointFacts,
  checkpointGroupMessage,
  checkpointMessage,
  type DutiesFacts,
  dutiesMessage,
} from '../text/procurement.ts'
import { unwellMessage } from '../text/self-check.ts'
import { type SupportFacts, supportMessage } from '../text/support.ts'
import { triageMessage } from '../text/triage.ts'
import { type UmbrellaEndFacts, umbrellaEndMessage } from '../text/umbrella.ts'
import { type WaiverFacts, waiverMessage } from '../text/waiver.ts'
import {
  askedIn,
  supersededMessage,
  warningMessage,
  withActs,
  withdrawnLine,
  withdrawnMessage,
} from '../text/warning.ts'
import { groupedMessage } from '../text/warning-group.ts'
import { weeklyActions, weeklyMessage } from '../text/weekly.ts'
import { type Mrkdwn, mrkdwn, shown } from '../text/words.ts'
import { asFirstSaid, has, isBroughtUpToDate, type LoadedDelivery } from './load.ts'
import type { Claim } from './outbox.ts'

type Rendered =
  | { readonly kind: 'message'; readonly message: Message }
  /** Nothing of what it was queued for holds any more. */
  | { readonly kind: 'superseded' }
  /** The row does not make a message: a fault of the program. */
  | { readonly kind: 'impossible'; readonly why: string }

/** How a message is made for the place that it goes to. */
interface RenderOptions {
  /** Somebody listens to its buttons; without, it has none. */
  readonly answerable: boolean
  /** Others than the organisation read it, or nobody can say who does. */
  readonly hidePrices: boolean
  /** Nobody can say yet: the amounts are added once somebody can. */
  readonly notYet?: boolean
}

/** The message of a delivery, with what its way here adds to it. */
export function render(delivery: Claim, loaded: LoadedDelivery, options: RenderOptions): Rendered {
  const { claim, insteadOf, purpose, rendered } = bare(delivery, loaded, options)
  if (rendered.kind !== 'message') return rendered
  const repeat = claim.possibleRepeat && !SAY_SO_THEMSELVES.has(purpose)
  const notes = [
    ...(insteadOf === null ? [] : [insteadOfNote(insteadOf)]),
    ...(repeat
      ? [mrkdwn`Possible repeat: Slack did not say whether this had arrived before.`]
      : []),
  ]
  const hidden =
    options.hidePrices && TELL_MONEY.has(purpose)
      ? [options.notYet === true ? NOT_YET : HIDDEN]
      : []
  return { kind: 'message', message: withLines(rendered.message, notes, hidden) }
}

/** What is left of a message without its amounts: as much as with them, less, or nothing. */
export function leftWithoutAmounts(
  delivery: Claim,
  loaded: LoadedDelivery,
  options: Pick<RenderOptions, 'answerable'>,
): 'all' | 'less' | 'nothing' {
  const [shown, hidden] = [false, true].map(
    (hidePrices) => bare(delivery, loaded, { ...options, hidePrices }).rendered,
  )
  if (shown?.kind === 'message' && hidden?.kind !== 'message') return 'nothing'
  return JSON.stringify(shown) === JSON.stringify(hidden) ? 'all' : 'less'
}

function bare(delivery: Claim, loaded: LoadedDelivery, options: RenderOptions) {
  const claim = asFirstSaid(delivery)
  const insteadOf = claim.purpose === 'fallback' ? readInsteadOf(claim.facts) : null
  const purpose = insteadOf?.purpose ?? claim.purpose
  const anew = claim !== delivery && isBroughtUpToDate(claim)
  const rendered = renderPurpose(anew ? 'update' : purpose, claim, loaded, options)
  return { claim, insteadOf, purpose, rendered }
}

const PAUSES: ReadonlySet<string> = new Set(['acknowledged', 'snoozed'])

const NOT_YET = mrkdwn`Amounts and decisions are not shown yet: Slack has not said who reads this. They are added here once it has.`

const HIDDEN = mrkdwn`Amounts and decisions are not shown here: others than the organisation may read this.`

const SAY_SO_THEMSELVES: ReadonlySet<string> = new Set([
  'post',
  'thread',
  'update',
  'ask-again',
  'direct',
  'escalate',
  'group',
])

const TELL_MONEY: ReadonlySet<string> = new Set([...SAY_SO_THEMSELVES, 'triage', 'weekly'])

function renderPurpose(
  purpose: string,
  claim: Claim,
  loaded: LoadedDelivery,
  options: RenderOptions,
): Rendered {
  const { team } = loaded
  const warnings = options.hidePrices ? loaded.warnings.map(warningWithoutPrices) : loaded.warnings
  switch (purpose) {
    case 'post':
    case 'thread':
    case 'ask-again':
    case 'direct':
    case 'escalate': {
      const [first] = warnings
      if (first === undefined) return SUPERSEDED
      // Somebody may have come first while it waited.
      const acts = (loaded.standing?.acts ?? []).filter(({ what }) => PAUSES.has(what))
      const message = warningMessage(asked(purpose, first), buttons(loaded, options, first))
      return acts.length === 0
        ? said(message)
        : said(withActs(message, acts, buttons(loaded, options, first), options.hidePrices))
    }
    case 'checkpoint':
      return questioned(claim, loaded, options)
    case 'update':
      return updated(claim, warnings, loaded, options)
    case 'group': {
      if (warnings.length === 0) return SUPERSEDED
      const { asOf, catchUp, possibleRepeat } = claim
      const subjects = options.answerable ? loaded.subjects : []
      const facts = { asOf, team: teamsOf(warnings, team), catchUp, warnings, possibleRepeat }
      return said(groupedMessage({ ...facts, subjects, cliff: cliffIn(claim.facts) }))
    }
    case 'waiver':
      // Prices, grounds and intentions: nothing of it is for others than the organisation.
      if (options.hidePrices) return SUPERSEDED
      return OWN_FACTS.waiver(claim, options, loaded)
    case 'support': {
      const { products = [], ...facts } = claim.facts as Partial<SupportFacts>
      const held = products.filter(
        ({ product, release, on }) => !loaded.remindersGone.includes(`${product} ${release} ${on}`),
      )
      if (products.length > 0 && held.length === 0) return SUPERSEDED
      return OWN_FACTS.support({ ...claim, facts: { ...facts, products: held } }, options, loaded)
    }
    case 'asked':
      return loaded.made === null ? impossible(claim, 'hold no question') : said(loaded.made)
    default:
      return isOwn(purpose)
        ? OWN_FACTS[purpose](claim, options, loaded)
        : impossible(claim, `are for the purpose "${purpose}", which is unknown`)
  }
}

type OwnFacts = (claim: Claim, options: RenderOptions, loaded: LoadedDelivery) => Rendered

/**
 * What tells the facts that this program wrote with it. Named are those that a row of this version
 * has, lists with `[]`, and what is said of a row without them.
 */
function own<Facts>(
  names: string,
  otherwise: string,
  message: (facts: Facts, options: RenderOptions, loaded: LoadedDelivery, claim: Claim) => Message,
): OwnFacts {
  return (claim, options, loaded) => {
    const { facts } = claim
    const isThere = names.split(' ').every((name) => {
      const key = name.replace('[]', '')
      return has(facts, key) && (key === name || Array.isArray(facts[key]))
    })
    return isThere
      ? said(message(facts as Facts, options, loaded, claim))
      : impossible(claim, otherwise)
  }
}

const OWN_FACTS = {
  leaver: own<LeaverFacts>('name contracts nearest', 'tell of nobody who left', (facts, options) =>
    leaverMessage(facts, options.answerable),
  ),
  blocked: own('destination why instead', 'tell of no channel', blockedMessage),
  dead: own<DeadFacts>('messages[]', 'tell of no message', (facts, _, __, { asOf }) =>
    deadMessage(facts, asOf),
  ),
  triage: own<TriageFacts>('laddersFrom counts nearest', 'hold no triage list', firstList),
  waiver: own<{ waiver: WaiverFacts }>('waiver', 'hold no waiver', ({ waiver }) =>
    waiverMessage(waiver),
  ),
  import: own<ImportFacts>(
    'file source created',
    'hold no result of an import',
    (facts, _, loaded) => importAnswer({ ...facts, problems: loaded.problems }),
  ),
  said: own<Message>('text blocks[]', 'hold no words', (facts) =>
    fitMessage({ ...facts, file: null }),
  ),
  weekly: own<WeeklyFacts>('slot watched lapseIn30', 'hold no weekly summary', (facts, options) =>
    weeklyMessage(
      options.hidePrices ? weeklyWithoutPrices(facts) : facts,
      options.answerable ? weeklyActions(facts) : null,
    ),
  ),
  duties: own<DutiesFacts>('tasks[] asOf', 'hold no notices', dutiesMessage),
  support: own<SupportFacts>(
    'products[] asOf dataAsOf',
    'tell of no product',
    (facts, { answerable }) => supportMessage(facts, answerable),
  ),
  umbrella: own<UmbrellaEndFacts>(
    'members[] contract asOf',
    'tell of no member',
    umbrellaEndMessage,
  ),
  questions: own<OwnQuestionsFacts>('questions[] asOf', 'ask nothing', (facts, options) =>
    ownQuestionsMessage(facts, options.answerable),
  ),
  refresh: own<RefreshFacts>('source headline lines[]', 'tell of no register', (facts, options) =>
    refreshMessage(facts, options.answerable),
  ),
  identity: own<IdentityFacts>('personId name nearest[]', 'ask nobody', (facts, { answerable }) =>
    identityMessage(facts, answerable),
  ),
  claim: own<IdentityFacts>('personId name account', 'hold no claim', (facts, { answerable }) =>
    claimMessage(facts, answerable),
  ),
  unwell: own('findings[] asOf', 'hold nothing that is wrong', unwellMessage),
}

/** Says that the warnings have started where somebody has confirmed the list by now. */
function firstList(
  facts: TriageFacts,
  { hidePrices, answerable }: RenderOptions,
  { startedOn }: LoadedDelivery,
): Message {
  const confirmedOn = startedOn !== null && startedOn < facts.laddersFrom ? startedOn : null
  const shown = hidePrices ? triageWithoutPrices(facts) : facts
  return triageMessage({ ...shown, confirmedOn }, answerable)
}

function isOwn(purpose: string): purpose is keyof typeof OWN_FACTS {
  return Object.hasOwn(OWN_FACTS, purpose)
}

/** Why a delivery comes to this destination instead of its own. */
interface InsteadOf {
  readonly purpose: string
  readonly destination: string
  readonly why: string
}

function readInsteadOf(facts: unknown): InsteadOf | null {
  const found = has(facts, 'instead_of') ? facts.instead_of : null
  if (!has(found, 'purpose') || !has(found, 'destination') || !has(found, 'why')) return null
  const { purpose, destination, why } = found
  return { purpose: String(purpose), destination: String(destination), why: String(why) }
}

/** What the sweep wrote of a group whose contracts end together. */
function cliffIn(facts: unknown): NonNullable<GroupFacts['cliff']> | null {
  if (!has(facts, 'cliff') || !has(facts.cliff, 'by') || !has(facts.cliff, 'name')) return null
  const { by, name } = facts.cliff
  return { by: by === 'product' ? 'product' : 'supplier', name: String(name) }
}

/** The questions that nobody has answered before they could be asked; nothing where none is left. */
function questioned(
  claim: Claim,
  { openCheckpoints }: LoadedDelivery,
  options: RenderOptions,
): Rendered {
  const questions = questionsIn(claim.facts)
  if (questions.length === 0) return impossible(claim, 'hold no checkpoint')
  const open = questions.filter(({ checkpointId }) => openCheckpoints.includes(checkpointId))
  return open.length === 0 ? SUPERSEDED : said(questionMessage(open, options))
}

function questionMessage(questions: readonly CheckpointFacts[], options: RenderOptions): Message {
  const [only, ...more] = questions
  return only !== undefined && more.length === 0
    ? checkpointMessage(only, options)
    : checkpointGroupMessage(questions, options)
}

/** The questions in the facts of a delivery, which this program wrote itself. */
function questionsIn(facts: unknown): readonly CheckpointFacts[] {
  if (has(facts, 'checkpoint')) return [facts.checkpoint as CheckpointFacts]
  return has(facts, 'checkpoints') ? (facts.checkpoints as readonly CheckpointFacts[]) : []
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
  loaded: LoadedDelivery,
  options: RenderOptions,
): Rendered {
  const { standing, posted } = loaded
  const withdrawn = has(claim.facts, 'withdrawn')
    ? (claim.facts.withdrawn as ContractNames[])
    : null
  if (withdrawn !== null) {
    return posted === null
      ? SUPERSEDED
      : said(whatIsLeft(claim, warnings, withdrawn, loaded, options))
  }
  // Several people may answer the questions of one message: it reads what all of them said.
  const questions = questionsIn(posted?.facts)
  if (posted !== null && questions.length > 0)
    return said(checkpointGroupMessage(questions, options))
  const [question] = questionsIn(claim.facts)
  if (posted !== null && question !== undefined) return said(checkpointMessage(question, options))
  if (posted !== null && has(claim.facts, 'identity')) {
    return said(identityMessage(claim.facts.identity as IdentityFacts, options.answerable))
  }
  if (posted !== null && has(claim.facts, 'claim')) {
    return said(claimMessage(claim.facts.claim as IdentityFacts, options.answerable))
  }
  if (posted !== null && has(claim.facts, 'support')) {
    return said(supportMessage(claim.facts.support as SupportFacts, options.answerable))
  }
  if (posted !== null && has(claim.facts, 'triage')) {
    return said(firstList(claim.facts.triage as TriageFacts, options, loaded))
  }
  const [first] = warnings
  if (posted?.purpose === 'group' && first !== undefined) {
    return said(groupAsItStands(claim, warnings, loaded, options))
  }
  if (posted === null || standing === null || first === undefined) return SUPERSEDED
  const { acts, superseded } = standing
  const { hidePrices } = options
  if (superseded !== null) {
    const facts = hidePrices ? supersededWithoutPrices(superseded) : superseded
    return said(withActs(supersededMessage(facts), acts, buttons(loaded, options), hidePrices))
  }
  const actions = buttons(loaded, options, first)
  const message = warningMessage(asked(claim.purpose, first))
  return said(withActs(message, acts, actions, hidePrices))
}

/** A posted group as it reads now: what was done about each of its contracts stands in its entry. */
function groupAsItStands(
  { asOf, possibleRepeat }: Claim,
  warnings: readonly WarningFacts[],
  { team, subjects, posted, statuses }: LoadedDelivery,
  { answerable, hidePrices }: RenderOptions,
): Message {
  const facts = { asOf, team: teamsOf(warnings, team), warnings, possibleRepeat }
  const of = { catchUp: posted?.catchUp === true, cliff: cliffIn(posted) }
  const standing = statuses.map((status) =>
    status === null || status.superseded === null || !hidePrices
      ? status
      : { ...status, superseded: supersededWithoutPrices(status.superseded) },
  )
  return groupedMessage({ ...facts, ...of, subjects: answerable ? subjects : [] }, standing)
}

/** What a group still says of contracts that are there; else that all are withdrawn. */
function whatIsLeft(
  { asOf }: Claim,
  warnings: readonly WarningFacts[],
  withdrawn: readonly ContractNames[],
  { team, subjects }: LoadedDelivery,
  { answerable }: RenderOptions,
): Message {
  if (warnings.length === 0) return withdrawnMessage({ asOf, contracts: withdrawn })
  const facts = { asOf, team: teamsOf(warnings, team), catchUp: false, possibleRepeat: false }
  const rest = groupedMessage({ ...facts, warnings, subjects: answerable ? subjects : [] })
  return withLines({ ...rest, file: null }, [withdrawnLine(withdrawn)], [])
}

function buttons(
  { standing, subject, answeredFor }: LoadedDelivery,
  { answerable }: RenderOptions,
  warning: WarningFacts | null = null,
): ActionsBlock | null {
  if (!answerable || standing === null || subject === null) return null
  const actions = warningButtons(standing.state, subject, answeredFor)
  const question = warning === null ? null : askedIn(warning)
  return question === null ? actions : row(...answerButtons(question), ...(actions?.elements ?? []))
}

/** What is asked again says so, and what is escalated for that reason. */
function asked(purpose: string, facts: WarningFacts): WarningFacts {
  if (purpose !== 'ask-again' && facts.escalated !== 'ran-out') return facts
  const deadlines = facts.deadlines.map((deadline) =>
    deadline.speaks ? { ...deadline, askedAgain: true } : deadline,
  )
  return { ...facts, deadlines }
}

function insteadOfNote({ destination, why }: InsteadOf): Mrkdwn {
  return mrkdwn`This was for ${shown(destination, 80)}, which cannot be posted to (${shown(why, 120)}). Put the channel right or set another one for the team.`
}

const SUPERSEDED: Rendered = { kind: 'superseded' }

function said(message: Message): Rendered {
  return { kind: 'message', message }
}

function impossible({ id }: Claim, what: string): Rendered {
  return { kind: 'impossible', why: `the facts of delivery ${id} ${what}: report this fault` }
}

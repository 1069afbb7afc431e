/** Why a contract was warned of or not, who changed it, and what a channel will hear. */
import { type CivilDate, parseCivilDate } from '../rules/civil-date.ts'
import type { DeadlineKind } from '../rules/contract.ts'
import type {
  ExplainedMembers,
  ExplainedRelease,
  ExplainFacts,
  HistoryFacts,
  PreviewFacts,
} from './answer-facts.ts'
import { row } from './buttons.ts'
import { DEADLINE_WORDS } from './deadline.ts'
import { contractName, type Message, plainName } from './facts.ts'
import { answer, body, note, pageButtons, shareButton } from './message.ts'
import {
  capitalised,
  counted,
  dateWords,
  figure,
  firstLines,
  type Mrkdwn,
  moreWords,
  mrkdwn,
  shown,
  teamWords,
} from './words.ts'

const SHOWN = 12

/** Kinds of what is warned of, and of what is not the deadline of a contract. */
function kindName(kind: DeadlineKind | 'support' | 'umbrella'): string {
  if (kind === 'support') return 'the end of support'
  if (kind === 'umbrella') return 'the last day of members under an agreement'
  return DEADLINE_WORDS[kind].name
}

export function explainAnswer(facts: Omit<ExplainFacts, 'subject'>): Message {
  const { raised, next, silent } = facts
  return answer([
    body(
      mrkdwn`*Warnings of ${contractName(facts.contract)}, as of ${dateWords(facts.on)}*`,
      raised.length === 0 ? mrkdwn`Nobody had been warned of it by that day.` : null,
      ...raised
        .slice(-SHOWN)
        .map(
          (each) =>
            mrkdwn`• ${dateWords(each.on)}: warned of ${reminder(each)}, ${sentWords(each)}; now ${shown(each.state, 40)}.`,
        ),
    ),
    body(
      next.length === 0 ? mrkdwn`No further warning is planned.` : mrkdwn`*What comes next*`,
      ...firstLines(
        next,
        SHOWN,
        (each) => mrkdwn`${dateWords(each.on)}: ${reminder(each)}.`,
        ' within a year.',
      ),
    ),
    body(
      silent.length === 0 ? null : mrkdwn`*Why it was silent*`,
      ...silent.slice(0, SHOWN).map(({ kind, why }) => {
        // What was decided is an intention: others learn only that it was.
        const told = facts.hidePrices ? why.replace(/^(decided on [^:]*):.*$/s, '$1') : why
        return mrkdwn`• ${capitalised(kind === 'contract' ? 'the contract' : kindName(kind))}: ${shown(told, 250)}.`
      }),
    ),
    ...(facts.products ?? []).slice(0, SHOWN).map(releasePart),
    facts.members === undefined ? null : membersPart(facts.members),
    note(mrkdwn`Reference ${shown(facts.contract.reference, 60)}.`),
    row(shareButton(facts)),
  ])
}

/** The same of a product alone, team by team. */
export function releasesAnswer(name: string, releases: readonly ExplainedRelease[]): Message {
  const none = mrkdwn`${shown(name, 80)}: no team has it covered or in use, so that nobody is told of it.`
  return answer([body(releases.length === 0 ? none : null), ...releases.map(releasePart)])
}

/** What a team was told of a release that the contract covers, and what comes. */
function releasePart({ name, team, raised, next, silent }: ExplainedRelease) {
  const days = ({ rung, deadline }: { rung: number; deadline: CivilDate }) =>
    `${rung === 0 ? 'the day itself' : `${counted(rung, 'day')} before`}, support ends ${dateWords(deadline)}`
  const [first] = next
  return body(
    mrkdwn`*${shown(name, 80)}, told to ${teamWords(team)}*`,
    ...raised
      .slice(-SHOWN)
      .map(
        (each) =>
          mrkdwn`• ${dateWords(each.on)}: told ${days(each)}, ${sentWords(each)}; now ${shown(each.state, 40)}.`,
      ),
    first === undefined ? null : mrkdwn`Next on ${dateWords(first.on)}: ${days(first)}.`,
    silent === null ? null : mrkdwn`Nothing is to come: ${shown(silent, 300)}.`,
  )
}

function membersPart({ told, of, next, silent }: ExplainedMembers) {
  return body(
    mrkdwn`*Its members: ${figure(told)} of ${figure(of)} told of their last day*`,
    ...firstLines(
      next,
      SHOWN,
      ({ on, team, buyers, lastDay }) =>
        mrkdwn`${dateWords(on)}: ${teamWords(team)}, ${counted(buyers.length, 'organisation')}${lastDay === null ? ', that the end is out of sight' : mrkdwn`, covered to ${dateWords(lastDay)}`}.`,
      ' messages.',
    ),
    silent === null ? null : mrkdwn`Nothing is to come: ${shown(silent, 300)}.`,
  )
}

/** Of what is over the messages go after a time, and the day on which they went out with them. */
function sentWords({
  on,
  sentOn,
  state,
}: Pick<ExplainFacts['raised'][number], 'on' | 'sentOn' | 'state'>): string {
  if (sentOn !== null) return sentOn === on ? 'sent that day' : `sent on ${dateWords(sentOn)}`
  return state === 'closed' || state === 'superseded' ? 'no longer kept when' : 'not sent yet'
}

function reminder({
  kind,
  rung: days,
}: {
  readonly kind: DeadlineKind | 'support' | 'umbrella'
  readonly rung: number
}): string {
  if (days === 0) return `${kindName(kind)}, on its day`
  return `${kindName(kind)}, ${counted(Math.abs(days), 'day')} ${days > 0 ? 'before' : 'after'}`
}

export function historyAnswer(facts: HistoryFacts): Message {
  const { entries, total, page, pages } = facts
  return answer([
    body(
      total === 0
        ? mrkdwn`*Nothing has been changed: ${contractName(facts.contract)}*`
        : mrkdwn`*${counted(total, 'change')}: ${contractName(facts.contract)}*`,
      ...entries.map((entry) => historyLine(entry, facts.hidePrices)),
    ),
    note(
      total === 0
        ? mrkdwn`Reference ${shown(facts.contract.reference, 60)}.`
        : pages > 1
          ? mrkdwn`The latest first, page ${figure(page)} of ${figure(pages)}. Reference ${shown(facts.contract.reference, 60)}.`
          : mrkdwn`The latest first. Reference ${shown(facts.contract.reference, 60)}.`,
    ),
    row(...pageButtons(facts), shareButton(facts)),
  ])
}

// The record of changes: what it calls acts and fields, how people say them, and who is told of them.

/**
 * `news`: told in the weekly summary. `open`: others than the organisation may read it: dates, names and
 * references, no amounts, decisions or reasons. `form`: people change it in the form.
 */
type FieldFlag = 'news' | 'open' | 'form'

const FIELDS = table<readonly [words: string, ...FieldFlag[]]>({
  reference: ['reference', 'open', 'form'],
  title: ['title', 'open', 'form'],
  supplier: ['supplier', 'news', 'open', 'form'],
  buyers: ['buyer', 'form'],
  team_id: ['team', 'form'],
  owner_id: ['owner', 'news', 'open', 'form'],
  deputy_id: ['deputy', 'open'],
  category_lead_id: ['category lead'],
  finance_partner_id: ['finance partner'],
  start: ['first day', 'open', 'form'],
  awarded_end: ['awarded end', 'news', 'open', 'form'],
  end_kind: ['kind of end', 'news'],
  end_earliest: ['awarded end', 'open'],
  end_latest: ['awarded end', 'news', 'open'],
  current_end: ['end', 'news', 'open', 'form'],
  current_latest: ['end', 'news', 'open'],
  disputed_end: ['end by the register'],
  maximum_end: ['maximum end', 'news', 'open', 'form'],
  successor_start: ['first day of its successor'],
  notice_period: ['length of notice', 'news', 'form'],
  notice_amount: ['length of notice', 'news'],
  notice_unit: ['unit of notice', 'news'],
  notice_text: ['words of its notice'],
  automatic_renewal: ['renewal by itself', 'news', 'form'],
  renewal_term: ['term of a renewal', 'form'],
  renewal_amount: ['term of a renewal'],
  renewal_unit: ['unit of that term'],
  'presumed renewal': ['presumed renewal', 'news'],
  review_on: ['review', 'form'],
  personal_data: ['personal data', 'form'],
  shares_data: ['sharing with third parties', 'form'],
  shared_with: ['whom data is shared with', 'form'],
  dpia: ['impact assessment', 'form'],
  value: ['value', 'news', 'form'],
  value_text: ['words of its value'],
  currency: ['currency', 'form'],
  value_basis: ['what the value stands for', 'form'],
  regime: ['law', 'form'],
  route: ['route', 'form'],
  documents: ['documents', 'form'],
  out_of_contract_on: ['supplied without a contract from', 'news'],
  closed_on: ['day of closing', 'news'],
})

/** `news`, `open`: as above. `ofField`: it names a field. `writes`: what a row of the register says may stand otherwise after it. */
type ActFlag = 'news' | 'open' | 'ofField' | 'writes'

/** What others do not know of: deadlines' pauses, reasons, and what stands beside a contract. */
const ACTS = table<readonly ActFlag[]>({
  created: ['open'],
  updated: ['ofField', 'writes'],
  novated: ['ofField', 'news', 'writes'],
  terminated: ['ofField', 'news', 'writes'],
  settled: ['ofField', 'news', 'writes'],
  extended: ['news', 'open', 'writes'],
  'extension proposed': ['writes'],
  'extension restated': ['writes'],
  'extension cut': ['news', 'writes'],
  'extension withdrawn': ['news', 'writes'],
  decided: ['news'],
  closed: ['news', 'writes'],
  reopened: ['news', 'open', 'writes'],
  acknowledged: ['open'],
})

function table<Flags>(of: Readonly<Record<string, Flags>>): ReadonlyMap<string, Flags> {
  return new Map(Object.entries(of))
}

function flagged<Flag>(of: ReadonlyMap<string, readonly Flag[]>, flag: Flag): string[] {
  return [...of].filter(([, flags]) => flags.includes(flag)).map(([name]) => name)
}

/** Acts and fields that the weekly summary tells to everyone; the fields of an update. */
export const NEWS = { acts: flagged(ACTS, 'news'), fields: flagged<string>(FIELDS, 'news') }

/** Acts after which an export that was written before them may tell what was. */
export const WRITING_ACTS = flagged(ACTS, 'writes')

/** A field as people say it: `owner_id` is the owner. */
export function fieldWords(field: string): string {
  return FIELDS.get(field)?.[0] ?? field.replace(/_id$/, '').replaceAll('_', ' ')
}

/** Those of these that people put right in the form, in words, each once. */
export function formFieldWords(fields: readonly (string | null)[]): string[] {
  const words = fields
    .map((field) => FIELDS.get(field ?? ''))
    .filter((each) => each?.includes('form'))
  return [...new Set(words.flatMap((each) => each?.[0] ?? []))]
}

/** Whether its words begin with a field; `decided` names the kind of a deadline. */
export function isOfField(what: string): boolean {
  return ACTS.get(what)?.includes('ofField') ?? false
}

function isOpen({ what, field }: HistoryFacts['entries'][number]): boolean {
  const flags: readonly string[] = isOfField(what)
    ? (FIELDS.get(field ?? '') ?? [])
    : (ACTS.get(what) ?? [])
  return flags.includes('open')
}

function historyLine(entry: HistoryFacts['entries'][number], hidePrices: boolean): Mrkdwn {
  const { by, via } = entry
  const said =
    hidePrices && !isOpen(entry) ? mrkdwn`${changeName(entry)}, not shown here` : changeWords(entry)
  return mrkdwn`• ${dateWords(entry.on)}, ${shown(entry.at, 5)}: ${said}. ${by === null ? mrkdwn`By the bot` : plainName(by)}, ${shown(via.replace(/^slack/, 'Slack'), 60)}.`
}

/** `supplier`, `extended (emergency)`. */
function changeName({ what, field }: HistoryFacts['entries'][number]): Mrkdwn {
  if (field === null) return shown(what, 60)
  const words = fieldWords(field)
  if (what === 'updated') return shown(words, 60)
  return mrkdwn`${shown(what, 60)} (${shown(words.replaceAll('-', ' '), 60)})`
}

function changeWords(change: HistoryFacts['entries'][number]): Mrkdwn {
  const { what, field, from, to } = change
  const about = shown((field ?? '').replaceAll('-', ' '), 60)
  switch (what) {
    case 'acknowledged':
      return mrkdwn`on it (${about}) until ${valueWords(to)}`
    case 'snoozed':
      return mrkdwn`snoozed (${about}) until ${valueWords(to)}`
    case 'decided':
      return mrkdwn`decided on ${Object.entries(DEADLINE_WORDS).find(([kind]) => kind === field)?.[1].name ?? about}, ${valueWords(from)}: ${valueWords(to)}`
    case 'procurement planned':
      return mrkdwn`procurement planned (${about}), to be signed by ${valueWords(to)}`
  }
  const name = changeName(change)
  if (from === null && to === null) return name
  return from === null
    ? mrkdwn`${name}: ${valueWords(to)}`
    : mrkdwn`${name}: ${valueWords(from)} → ${valueWords(to)}`
}

/** A day that it begins with in words. */
function valueWords(value: string | null): Mrkdwn {
  if (value === null) return mrkdwn`nothing`
  const date = parseCivilDate(value.slice(0, 10))
  return shown(date === null ? value : `${dateWords(date)}${value.slice(10)}`, 120)
}

export function previewAnswer(facts: PreviewFacts): Message {
  const { messages, total } = facts
  const left = total - Math.min(messages.length, SHOWN)
  const span = mrkdwn`to ${shown(facts.channel, 80)} from ${dateWords(facts.from)} to ${dateWords(facts.to)}`
  return answer([
    body(
      total === 0
        ? mrkdwn`*No message will be sent ${span}*`
        : mrkdwn`*${counted(total, 'message')} will be sent ${span}*`,
      facts.isTold === false
        ? mrkdwn`No team is told here, and the channel subscribed to nothing: /contracts subscribe`
        : null,
      ...messages.slice(0, SHOWN).map(previewLine),
      messages.length > 0 ? moreWords(left) : null,
    ),
    note(mrkdwn`If nobody does anything until then. The weekly summary is not counted.`),
    row(shareButton(facts)),
  ])
}

function previewLine(each: PreviewFacts['messages'][number]): Mrkdwn {
  const more =
    each.contracts > 1 ? mrkdwn` and ${counted(each.contracts - 1, 'other contract')}` : ''
  return mrkdwn`• ${dateWords(each.on)}: ${reminder({ kind: each.kind, rung: each.daysLeft })}: ${contractName(each.contract, 60)}${more}.`
}

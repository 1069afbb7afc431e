/**
 * The draft that goes with an emergency extension, shaped like a waiver of standing financial
 * instructions; and the register of waivers.
 */

import { type CivilDate, daysBetween } from '../rules/civil-date.ts'
import type { ContractNames, ExtensionGrounds } from '../rules/contract.ts'
import type { HeadroomTest } from '../rules/headroom.ts'
import { groundsUnder, ruleNamed } from '../rules/headroom-rules.ts'
import type { Decimal } from '../rules/money.ts'
import type { Premium } from '../rules/premium.ts'
import type { ContractLaw } from '../rules/regime.ts'
import {
  isBreach,
  isRetrospective,
  type Waiver,
  type WaiverCounts,
  type WaiverQuarter,
} from '../rules/waivers.ts'
import type { AnswerContext } from './answer-facts.ts'
import { button, row } from './buttons.ts'
import { contractName, contractTitle, type Message, type MessageFile } from './facts.ts'
import { supplierWords, waiverHeadline } from './headline.ts'
import { lawWords, stateWords, usedWords } from './headroom.ts'
import {
  type AnswerPart,
  amountCell,
  answer,
  body,
  type Columns,
  compose,
  countCell,
  dataTable,
  dateCell,
  listed,
  note,
  rowsUnder,
  shareButton,
  type TableCell,
} from './message.ts'
import {
  counted,
  dateWords,
  estimateWords,
  figure,
  type Mrkdwn,
  moreWords,
  mrkdwn,
  oneLine,
  shown,
  spendWords,
  type Worth,
  worthWords,
} from './words.ts'

export interface WaiverFacts extends ContractNames, Worth {
  readonly on: CivilDate
  readonly buyer: string | null
  readonly team: string
  readonly owner: string | null
  readonly start: CivilDate | null
  readonly awardedEnd: CivilDate | null
  readonly extension: WaivedExtension
  /** As a waiver record has them; absent where none is recorded. */
  readonly approvedOn?: CivilDate | null
  readonly committeeOn?: CivilDate | null
  readonly premium: Premium
  /** Absent where it was queued before the draft named the law. */
  readonly law?: ContractLaw
  readonly headroom: readonly Pick<
    HeadroomTest,
    'title' | 'measure' | 'used' | 'limit' | 'percent' | 'state' | 'source'
  >[]
  /** What is to be said of the data-protection review beside it; null or absent: nothing. */
  readonly review?: string | null
  /** By their first day. */
  readonly earlier: readonly (Pick<WaivedExtension, 'from' | 'to' | 'cost'> & {
    readonly kind: string
  })[]
}
interface WaivedExtension extends ExtensionGrounds {
  readonly from: CivilDate
  readonly to: CivilDate
  readonly cost: Decimal | null
}

/** A line in the contract's thread, with the draft as a file. */
export function waiverMessage(facts: WaiverFacts): Message {
  const { extension } = facts
  const blanks = waiverDocument(facts).split('[to fill').length - 1
  return compose(
    [
      body(
        mrkdwn`*${waiverHeadline(facts.on, facts, {
          from: extension.from,
          approvedOn: facts.approvedOn ?? null,
          blanks,
        })}*`,
        mrkdwn`${supplierWords(facts)} Draft of a waiver, for the emergency extension from ${dateWords(extension.from)} to ${dateWords(extension.to)}. ${counted(blanks, 'blank')} to fill; each is marked.`,
        facts.review == null ? null : mrkdwn`*Data protection:* ${shown(facts.review, 300)}.`,
      ),
      note(
        mrkdwn`A draft from what is recorded, for whoever approves. It decides nothing: check it with procurement. Reference ${shown(facts.reference, 60)}.`,
      ),
    ],
    { file: waiverFile(facts) },
  )
}

function waiverFile(facts: WaiverFacts): MessageFile {
  const name = facts.reference.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60)
  return {
    name: `waiver-${name}-${facts.extension.from}.md`,
    title: `Waiver draft, ${oneLine(facts.reference).slice(0, 80)}, from ${dateWords(facts.extension.from)}`,
    content: waiverDocument(facts),
  }
}

/** The draft as Markdown. What nobody recorded is a blank beside the name of what belongs there. */
export function waiverDocument(facts: WaiverFacts): string {
  const { extension, currency } = facts
  const length = daysBetween(extension.from, extension.to) + 1
  const parts = [
    '# Draft: waiver of standing financial instructions',
    `Drafted on ${dateWords(facts.on)} from what is recorded. Check every line with procurement. What nobody recorded is marked "to fill". Estimates are called estimates. It decides nothing in law.`,
    '## 1. The contract',
    rows([
      ['Reference', facts.reference],
      ['Title', facts.title],
      ['Supplier', facts.supplier],
      ['Buyer', facts.buyer],
      ['Team', facts.team],
      ['Owner', facts.owner],
      ['Began', dated(facts.start)],
      ['Awarded to end', dated(facts.awardedEnd)],
      ['Value', facts.value === null ? null : worthWords(facts)],
    ]),
    '## 2. What is asked for',
    rows([
      ['Kind', 'Emergency extension, to avoid a lapse'],
      ['From', dateWords(extension.from)],
      ['To', `${dateWords(extension.to)} (${counted(length, 'day')})`],
      ['Cost', extension.cost === null ? null : spendWords(extension.cost, currency)],
    ]),
    '## 3. What it costs beyond the ordinary',
    priceText(facts),
    '## 4. Headroom: check with procurement law advice',
    headroomText(facts),
    '## 5. Grounds and cause',
    [ruleText(facts), causeText(facts)].join('\n'),
    ...(facts.review == null ? [] : ['## Data protection', `Check: ${inert(facts.review)}.`]),
    '## 6. Earlier extensions',
    earlierText(facts),
    '## 7. So that no further one is needed',
    rows([
      ['Route and date of the new contract', null],
      ['Who does it', null],
    ]),
    '## 8. Approval',
    rows([
      ['Approver', extension.approver],
      ['Budget holder', null],
      [
        'Decision and date',
        facts.approvedOn == null ? null : `Approved on ${dateWords(facts.approvedOn)}`,
      ],
      ['To be reported to the audit committee on', dated(facts.committeeOn ?? null)],
    ]),
  ]
  return `${parts.join('\n\n')}\n`
}

function priceText({ premium, extension, currency }: WaiverFacts): string {
  if (premium.baseline === null) {
    return `${blank('ordinary monthly cost')} It cannot be told from the register: ${inert(premium.method)}.`
  }
  const lasts = Math.round(premium.months * 100) / 100
  const months = `${lasts} ${lasts === 1 ? 'month' : 'months'}`
  const ordinary = `An ordinary month is ${estimateWords(premium.baseline, currency)} (estimate: ${inert(premium.method)}). The extension lasts ${months}.`
  if (premium.premium === null || extension.cost === null) {
    return `${ordinary} ${blank('cost of the extension, for the premium')}`
  }
  const ratio =
    premium.ratio === null ? '' : `, ${premium.ratio.toFixed(2)} times the ordinary cost`
  return `${ordinary} Its premium is ${estimateWords(premium.premium, currency)} (estimate)${ratio}. Only the premium could have been avoided; the rest would have been paid anyway.`
}

/** The rule it rests on; where none is recorded, those of the contract's own law to choose from. */
function ruleText({ extension: { rule }, law }: WaiverFacts): string {
  const stood = law ?? { regime: null, assumed: false }
  const { regime } = stood
  const stands = `The contract stands under ${lawWords(stood)}.`
  if (rule === null) {
    const offered = groundsUnder(regime).filter(({ id }) => id !== 'other')
    const choices = offered.map(({ title, rule: place }) => `  - ${place}: ${title}`)
    return [stands, '', `- **Rule it rests on:** ${blank('one of these')}`, ...choices].join('\n')
  }
  const named = ruleNamed(rule, regime)
  const strange = regime !== null && named !== null && named.regime !== regime
  const check = strange
    ? `: a rule of ${lawWords({ regime: named.regime, assumed: false })}, check that it applies`
    : ''
  return `${stands}\n\n- **Rule it was recorded under:** ${inert(rule)}${check}`
}

function causeText({ extension }: WaiverFacts): string {
  return rows([
    ['Grounds', extension.grounds],
    ['Cause: why it was not replaced in time', null],
    ['Why nobody else could supply it now', null],
    ['Notice reference, where one is called for', extension.noticeReference],
  ])
}

function headroomText({ headroom, currency }: WaiverFacts): string {
  if (headroom.length === 0) return blank('headroom: the regime is not recorded')
  return headroom
    .map((test) => {
      const used = usedWords(test, currency, false)
      const state = stateWords(test.state)
      const said = used === null ? state : `${used}; ${state}`
      return `- ${inert(test.title)}: ${said}. Source: <${test.source}>`
    })
    .join('\n')
}

function earlierText({ earlier, currency }: WaiverFacts): string {
  if (earlier.length === 0) return 'None is recorded.'
  return earlier
    .map(({ kind, from, to, cost }) => {
      const price = cost === null ? 'cost unknown' : spendWords(cost, currency)
      return `- ${inert(kind)}, ${dateWords(from)} to ${dateWords(to)}, ${price}`
    })
    .join('\n')
}

function rows(lines: readonly (readonly [string, string | null])[]): string {
  return lines
    .map(([name, value]) => `- **${name}:** ${value === null ? '[to fill]' : inert(value)}`)
    .join('\n')
}

function blank(what: string): string {
  return `[to fill: ${what}]`
}

function dated(date: CivilDate | null): string | null {
  return date === null ? null : dateWords(date)
}

/** Outside text on one line, without anything that Markdown would set, link or run. */
function inert(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>#|!~]/g, (sign) => `\\${sign}`)
}

/** What somebody should look at in a waiver as it is recorded: nothing of it is a verdict. */
export function waiverRemarks(
  waiver: Waiver,
  today: CivilDate,
  contractStart: CivilDate | null = null,
): string[] {
  const { requestedOn, approvedOn, beganOn, approver, net, gross } = waiver
  const remarks = [
    isBreach(waiver, today)
      ? 'No approval is recorded and the service has begun: it is listed as a breach, to check.'
      : null,
    approvedOn === null && beganOn > today
      ? `No approval is recorded: from ${dateWords(beganOn)} on it is listed as a breach, to check.`
      : null,
    approvedOn === null && approver !== null
      ? 'Somebody is named who approved it, without a day: it counts as not approved until one is given.'
      : null,
    isRetrospective(waiver) && approvedOn !== null
      ? `It was approved on ${dateWords(approvedOn)}, after the service began on ${dateWords(beganOn)}: retrospective.`
      : null,
    approvedOn !== null && requestedOn !== null && approvedOn < requestedOn
      ? `It was approved on ${dateWords(approvedOn)}, before it was asked for on ${dateWords(requestedOn)}: check both days.`
      : null,
    contractStart !== null && beganOn < contractStart
      ? `The service began on ${dateWords(beganOn)}, before the contract starts on ${dateWords(contractStart)}: check both days.`
      : null,
    approvedOn !== null && approver === null ? 'Who approved it is still to fill.' : null,
    net === null && gross === null ? 'What it costs is still to fill.' : null,
  ]
  return remarks.filter((remark) => remark !== null)
}

/** What is said of a waiver that was just recorded; `typed`: the approver as somebody wrote it. */
export function waiverSaid(
  {
    id,
    waiver,
    contractStart,
    extension,
  }: {
    readonly id: number
    readonly waiver: Waiver
    readonly contractStart: CivilDate | null
    readonly extension: Pick<WaivedExtension, 'from' | 'to'> | null
  },
  typed: string | null,
  today: CivilDate,
): string {
  const nobody = (typed ?? '').trim() !== '' && waiver.approver === null
  const beside =
    extension === null
      ? 'No emergency extension covers the day on which the service began: it stands by itself.'
      : `It stands with the emergency extension from ${dateWords(extension.from)} to ${dateWords(extension.to)}.`
  return [
    `Waiver ${id} is recorded.`,
    beside,
    ...(nobody ? [`“${oneLine(typed ?? '').slice(0, 60)}” names nobody who approved it.`] : []),
    ...waiverRemarks(waiver, today, contractStart),
    'A waiver stands beside the legal ground, never instead of it: check.',
  ].join(' ')
}

// The register of waivers, as an answer.

interface WaiverLine extends ContractNames, Waiver {
  readonly id: number
  readonly currency: string
  readonly contractStart?: CivilDate | null
}

export interface WaiversFacts extends AnswerContext {
  readonly asOf: CivilDate
  readonly team: string | null
  readonly year: string
  readonly waivers: readonly WaiverLine[]
  readonly breaches: readonly WaiverLine[]
  /** Those that were taken back, with the day and why. */
  readonly withdrawn: readonly WithdrawnLine[]
  readonly quarters: readonly WaiverQuarter[]
}

interface WithdrawnLine extends WaiverLine {
  readonly withdrawnOn: CivilDate | null
  readonly withdrawnWhy: string | null
}

const SHOWN = 10
const ALL_WAIVERS = ': lapsewatch waivers.'

/** Grounds, amounts and intentions: nothing of it is for others than the organisation. */
export function waiversAnswer(facts: WaiversFacts): Message {
  const { year, team, waivers, breaches, withdrawn, quarters } = facts
  const whose = team === null ? 'all teams' : shown(team, 60)
  const heading = mrkdwn`*Waivers of our own rules in ${shown(year, 10)}, ${whose}*`
  if (facts.hidePrices) {
    const why = mrkdwn`They are not shown here: others than the organisation may read this.`
    return answer([body(heading, why)])
  }
  const late = waivers.filter(isRetrospective).length
  const busy = quarters.filter(
    ({ lastYear, ...now }) => now.waivers + now.breaches + lastYear.waivers + lastYear.breaches > 0,
  )
  return answer([
    body(
      heading,
      mrkdwn`${counted(waivers.length, 'waiver')}, ${figure(late)} approved after the service began; ${counted(breaches.length, 'breach', 'breaches')} without any approval found.`,
    ),
    ...waiverList('Waivers', waivers),
    ...waiverList('Breaches to check: no approval found', breaches),
    listed('Taken back: counted nowhere', withdrawn, SHOWN, withdrawnLine, ALL_WAIVERS),
    body(
      busy.length === 0 ? null : mrkdwn`*By quarter, beside the same one of the year before*`,
      ...busy.map(
        ({ name, lastYear, ...now }) =>
          mrkdwn`• ${name}: ${countsOf(now)}; before: ${countsOf(lastYear)}.`,
      ),
    ),
    note(
      mrkdwn`They stand beside the legal ground, never instead of it: check. One that should not be there: /contracts waiver withdraw NUMBER. As of ${dateWords(facts.asOf)}.`,
    ),
    row(
      facts.shared ? null : button('Record a waiver', { act: 'open', what: 'waiver' }),
      shareButton(facts),
    ),
  ])
}

function withdrawnLine(each: WithdrawnLine) {
  const { withdrawnOn, withdrawnWhy } = each
  const when = withdrawnOn === null ? '' : mrkdwn` on ${dateWords(withdrawnOn)}`
  const why = withdrawnWhy === null ? '' : mrkdwn`: ${shown(withdrawnWhy, 150)}`
  return mrkdwn`${waiverName(each)}; taken back${when}${why}.`
}

type NamedWaiver = ContractNames & Pick<WaiverLine, 'id' | 'category' | 'beganOn'>

/** `12: Laundry, Lingwarren Ltd, TC-2025-101: supplier year, began Mon 5 Jan 2026` */
function waiverName(each: NamedWaiver): Mrkdwn {
  return mrkdwn`${figure(each.id)}: ${contractName(each, 60)}, ${shown(each.reference, 40)}: ${categoryWords(each)}, began ${dateWords(each.beganOn)}`
}

function categoryWords({ category }: Pick<WaiverLine, 'category'>): string {
  return category.replace('-', ' ')
}

function countsOf({ waivers, retrospective, breaches }: WaiverCounts): string {
  return `${counted(waivers, 'waiver')} (${figure(retrospective)} retrospective), ${counted(breaches, 'breach', 'breaches')}`
}

function waiverList(title: string, lines: readonly WaiverLine[]): AnswerPart[] {
  if (lines.length === 0) return []
  const first = lines.slice(0, SHOWN)
  const left = lines.length - first.length
  const told = first.map((each) => {
    const by = each.approver === null ? '' : mrkdwn` by ${shown(each.approver, 60)}`
    return mrkdwn`• ${waiverName(each)}, ${approvalOf(each)}${by}, ${amountOf(each)}.`
  })
  return [
    dataTable(title, Object.keys(COLUMNS), rowsUnder(COLUMNS, first), [mrkdwn`${title}`, ...told]),
    note(moreWords(left, ALL_WAIVERS)),
  ]
}

const COLUMNS: Columns<WaiverLine, TableCell> = {
  Contract: contractTitle,
  Supplier: ({ supplier }) => supplier ?? '',
  Reference: ({ reference }) => reference,
  Number: ({ id }) => countCell(id),
  Category: categoryWords,
  Began: ({ beganOn }) => dateCell(beganOn),
  Approval: approvalOf,
  By: ({ approver }) => approver ?? '',
  Amount: (each) => amountCell(each.net, amountOf(each)),
}

function approvalOf(each: WaiverLine): string {
  const flags = waiverFlags(each).map((flag) => `, ${flag}`)
  return each.approvedOn === null
    ? 'no approval found'
    : `approved ${dateWords(each.approvedOn)}${flags.join('')}`
}

/** What stands beside a day of approval in the register, in a few words. */
export function waiverFlags(
  waiver: Waiver & { readonly contractStart?: CivilDate | null },
): string[] {
  const { requestedOn, approvedOn, beganOn, contractStart = null } = waiver
  const isEarly = approvedOn !== null && requestedOn !== null && approvedOn < requestedOn
  return [
    ...(isRetrospective(waiver) ? ['retrospective: check'] : []),
    ...(isEarly ? ['before it was asked for: check'] : []),
    ...(contractStart !== null && beganOn < contractStart
      ? ['began before its contract: check']
      : []),
  ]
}

function amountOf({ net, currency }: WaiverLine): string {
  return net === null ? 'amount unknown' : spendWords(net, currency)
}

/** How much of what procurement law allows a contract's extensions have used, test by test. */
import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames, Regime } from '../rules/contract.ts'
import type { Headroom, HeadroomState, HeadroomTest } from '../rules/headroom.ts'
import type { Decimal } from '../rules/money.ts'
import type { NoticeTask } from '../rules/notices.ts'
import type { ContractLaw } from '../rules/regime.ts'
import type { AnswerContext } from './answer-facts.ts'
import { row } from './buttons.ts'
import { contractName, type Message, type PersonFact, plainName } from './facts.ts'
import { usage } from './help.ts'
import { answer, body, note, type Paragraph, shareButton } from './message.ts'
import { noticesTold, noticeWords } from './procurement.ts'
import {
  capitalised,
  counted,
  dateWords,
  figure,
  type Mrkdwn,
  mrkdwn,
  shown,
  spendWords,
} from './words.ts'

export interface HeadroomAnswerFacts extends AnswerContext {
  readonly asOf: CivilDate
  readonly contract: ContractNames
  readonly currency: string
  /** With so many days more; 0 for as it stands. */
  readonly addDays: number
  readonly headroom: Headroom
  readonly notices: readonly NoticeTask[]
  readonly categoryLead: PersonFact | null
  readonly oneMoreMonth: {
    readonly tests: readonly Pick<HeadroomTest, 'rule' | 'title' | 'percent' | 'state'>[]
  } | null
}

/** How many notices are shown. */
const SHOWN = 6

export function headroomAnswer(facts: HeadroomAnswerFacts): Message {
  const { contract, headroom, addDays, asOf } = facts
  const more = addDays === 0 ? mrkdwn`` : mrkdwn` with ${counted(addDays, 'day')} more`
  const month = addDays === 0 ? oneMoreMonthWords(facts.oneMoreMonth) : null
  return answer([
    body(
      mrkdwn`*Headroom of ${contractName(contract)}${more}*`,
      mrkdwn`Under ${lawWords(headroom)}, on ${dateWords(asOf)}.`,
      ...headroom.tests.map((test) => mrkdwn`• ${testLine(test, facts)}`),
      month === null ? null : mrkdwn`${shown(month, 300)}`,
    ),
    noticesOf(facts),
    note(mrkdwn`${NEVER_A_VERDICT}`, mrkdwn`Reference ${shown(contract.reference, 60)}.`),
    row(shareButton(facts)),
  ])
}

/** With days added nothing has happened yet that could call for one. */
function noticesOf(facts: HeadroomAnswerFacts): Paragraph {
  const told = facts.addDays === 0 ? noticesTold(facts.notices, facts.asOf).slice(0, SHOWN) : []
  if (told.length === 0) return body(null)
  const { categoryLead } = facts
  const open = told.some(({ settled }) => settled === null)
  return body(
    mrkdwn`*Notices to check*`,
    ...told.map(
      (task) =>
        mrkdwn`• ${shown(capitalised(noticeWords(task, facts.asOf, facts.hidePrices)), 400)}`,
    ),
    open && categoryLead !== null ? mrkdwn`Asked of ${plainName(categoryLead)}.` : null,
    open
      ? mrkdwn`When one is published, or not called for: /contracts ${usage('published')}`
      : null,
  )
}

function testLine(test: HeadroomTest, { currency, hidePrices }: HeadroomAnswerFacts): Mrkdwn {
  const used = usedWords(test, currency, hidePrices)
  // What is said of a sum that is not shown would tell it.
  const notes = test.measure === 'money' && hidePrices ? [] : test.notes
  const state = capitalised(stateWords(test.state))
  const said = [used === null ? null : `${capitalised(used)}.`, `${state}.`, ...notes]
  const words = said.filter((part) => part !== null).join(' ')
  return mrkdwn`*${shown(test.title, 80)}* (${shown(test.citation, 80)}). ${shown(words, 600)}`
}

/** What stands under every figure of headroom. */
export const NEVER_A_VERDICT =
  'Each state speaks of its own test only: check with procurement law advice before relying on one.'

/** `the Procurement Act 2023 (assumed from its start)`, or from what else it was taken. */
export function lawWords({ regime, assumed, because }: ContractLaw): string {
  if (regime === null) return 'a law that nobody has recorded'
  if (!assumed) return LAWS[regime]
  return `${LAWS[regime]} (assumed${because === undefined ? ' from its start' : `: ${because}`})`
}

const LAWS: Readonly<Record<Regime, string>> = {
  PA23: 'the Procurement Act 2023 (PA23)',
  PCR15: 'the Public Contracts Regulations 2015 (PCR15)',
  PSR23: 'the Provider Selection Regime 2023 (PSR23)',
  'below-threshold': 'the rules for contracts below the thresholds',
  other: 'rules of its own',
}

const STATES: Readonly<Record<HeadroomState, string>> = {
  inside: 'inside this limit',
  near: 'near this limit',
  over: 'past this limit: check',
  unknown: 'unknown, as a fact is missing',
  check: 'for a person to check',
}

export function stateWords(state: HeadroomState): string {
  return STATES[state]
}

/**
 * `31 of 36.5 days, 8.5% of the longest term awarded`; null where it is no figure. `hidePrices`:
 * what is counted in money is not told.
 */
export function usedWords(
  { measure, used, limit, percent }: Pick<HeadroomTest, 'measure' | 'used' | 'limit' | 'percent'>,
  currency: string,
  hidePrices: boolean,
): string | null {
  if (measure === 'judgement') return null
  if (measure === 'money' && hidePrices) return 'amounts are not shown here'
  if (used === null) return null
  if (limit === null) return `${figureOf(used, currency)} used`
  const said = typeof used === 'number' ? tenths(used) : figureOf(used, currency)
  const most = figureOf(limit, currency)
  const share =
    percent === null
      ? ''
      : `, ${percent}% of ${measure === 'days' ? 'the longest term awarded' : 'the value'}`
  return `${said} of ${most} used${share}`
}

function figureOf(amount: number | Decimal, currency: string): string {
  return typeof amount === 'number'
    ? `${tenths(amount)} ${amount === 1 ? 'day' : 'days'}`
    : spendWords(amount, currency)
}

function tenths(days: number): string {
  return figure(Math.round(days * 10) / 10)
}

/** One calendar month more, for the tests that are counted; null where none is. */
export function oneMoreMonthWords(
  month: {
    readonly tests: readonly Pick<HeadroomTest, 'rule' | 'title' | 'percent' | 'state'>[]
  } | null,
): string | null {
  const days = month?.tests.find(
    ({ rule, percent }) => rule === 'pa23-not-substantial' && percent !== null,
  )
  return days === undefined
    ? null
    : `One more month would take "${days.title}" to ${days.percent}% (${stateWords(days.state)}).`
}

/**
 * The tests that have used something, in one line for a contract's card: null where none has.
 * Shares of money are left out where prices are hidden.
 */
export function headroomLine(tests: readonly HeadroomTest[], hidePrices: boolean): string | null {
  const said = tests
    .filter(({ measure }) => !(measure === 'money' && hidePrices))
    .filter(({ used, measure }) => measure !== 'judgement' && used !== null && Number(used) !== 0)
    .map(({ title, percent, state }) =>
      percent === null
        ? `"${title}" ${stateWords(state)}`
        : `"${title}" ${percent}%, ${stateWords(state)}`,
    )
  return said.length === 0
    ? null
    : `Headroom, each test by itself: ${said.join('; ')}. Check with procurement law advice.`
}

/** The pipeline in words and as a table: what a notice may have to name, and when buying begins. */

import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames } from '../rules/contract.ts'
import { figureText } from '../rules/legal-figures.ts'
import type { PipelineEntry, PipelinePeriod } from '../rules/pipeline.ts'
import type { AnswerContext } from './answer-facts.ts'
import { row } from './buttons.ts'
import { contractName, type Message, type MessageFile } from './facts.ts'
import {
  answer,
  body,
  type Cell,
  type Columns,
  csvFile,
  listed,
  note,
  rowsUnder,
  shareButton,
} from './message.ts'
import { amountWords, counted, dateWords, type Mrkdwn, mrkdwn, shown } from './words.ts'

export interface PipelineLine extends PipelineEntry, ContractNames {
  /** The first of those that one procurement replaces. */
  readonly contractId: number
  /** Contracts that one procurement replaces: lots of one reference. */
  readonly contracts: number
  readonly team: string
  /** Goods, services or works, as far as the category says; null: to fill. */
  readonly category: string | null
  readonly start: CivilDate | null
  readonly end: CivilDate | null
  /** As the register has them; null: to fill. */
  readonly cpv: string | null
  readonly itl: string | null
}

export interface PipelineFacts {
  readonly period: PipelinePeriod
  readonly spend: 'yes' | 'no' | null
  /** Why the nation of the organisation has no such notice; null or absent where it has one. */
  readonly noNotice?: string | null
  /** By the day to begin; one line a procurement. */
  readonly items: readonly PipelineLine[]
  /** Contracts that are watched and have no end to count back from: none of them is in the lists. */
  readonly withoutEnd: number
}

/** What is still to be filled in: no register says it. */
const TO_FILL = '(to fill)'

/** Required of a notice by SI 2024/692, reg 15; blank where no register says it. */
const COLUMNS: Columns<PipelineFacts['items'][number]> = {
  List: ({ list }) => (list === 'UK1' ? 'UK1: check' : 'Other replacements'),
  Title: ({ title }) => title ?? TO_FILL,
  Reference: ({ reference }) => reference,
  Team: ({ team }) => team,
  'Supplier now': ({ supplier }) => supplier,
  Subject: ({ category }) => category ?? TO_FILL,
  'CPV codes': ({ cpv, list }) => cpv ?? (list === 'UK1' ? TO_FILL : null),
  'ITL area': ({ itl, list }) => itl ?? (list === 'UK1' ? TO_FILL : null),
  'Period now': ({ start, end }) => (start === null || end === null ? null : `${start} to ${end}`),
  'Value with VAT, assumed (£)': ({ gross }) => gross,
  Route: ({ route, routeAssumed }) => (routeAssumed ? `${route} (assumed)` : route),
  'Notice or start by': ({ startBy }) => startBy,
  'First day needed': ({ coverFrom }) => coverFrom,
  Check: ({ why, overdue }) => `${why}${overdue ? ' Its day has passed: as soon as can be.' : ''}`,
}
export const PIPELINE_HEADINGS = Object.keys(COLUMNS)

export function pipelineRows({ items }: PipelineFacts): Cell[][] {
  return rowsUnder(COLUMNS, items)
}

export function pipelineFile(facts: PipelineFacts): MessageFile {
  return csvFile(
    `pipeline-${facts.period.from}`,
    'Pipeline',
    PIPELINE_HEADINGS,
    pipelineRows(facts),
  )
}

/** `Apr 2027 3, May 2027 1`, and by quarter: how many procurements begin; those that should have begun first. */
export function pipelineCounts({ items }: PipelineFacts): {
  readonly months: readonly (readonly [string, number])[]
  readonly quarters: readonly (readonly [string, number])[]
} {
  const by = (nameOf: (on: CivilDate) => string) => {
    const counts = new Map<string, number>()
    for (const { startBy, overdue } of items) {
      const name = overdue ? PASSED : nameOf(startBy)
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    return [...counts]
  }
  return {
    months: by((on) => on.slice(0, 7)),
    quarters: by((on) => `${on.slice(0, 4)} Q${Math.floor((Number(on.slice(5, 7)) + 2) / 3)}`),
  }
}
const PASSED = 'passed'

/** What stands over the lists: what begins when, what should have begun, the notice and whom it asks. */
export function pipelineWords({
  period,
  spend,
  noNotice = null,
  items,
  withoutEnd,
}: PipelineFacts): string[] {
  const named = items.filter(({ list }) => list === 'UK1').length
  const passed = items.filter(({ overdue }) => overdue).length
  const most = figureText('pipeline payments')
  const asked =
    noNotice !== null && named === 0
      ? noNotice
      : spend === 'no'
        ? `By pipelineSpend no more than ${most} will be paid in that year, so no pipeline notice is called for: check.`
        : `A pipeline notice (UK1) may be called for by ${dateWords(period.noticeBy)}${spend === 'yes' ? '' : `, where more than ${most} will be paid in that year (settings set pipelineSpend yes or no)`}: check (Procurement Act 2023, s.93).`
  return [
    `${counted(items.length - passed, 'procurement')} to begin from ${dateWords(period.from)} to ${dateWords(period.to)}${passed === 0 ? '' : `; ${counted(passed, 'more', 'more')} whose day to begin has passed`}. ${named} of all may have to stand in the notice: check.`,
    asked,
    ...(withoutEnd === 0
      ? []
      : [
          `${counted(withoutEnd, 'contract')} without an end ${withoutEnd === 1 ? 'is' : 'are'} in no list: nothing can be counted back from.`,
        ]),
    'One line a procurement. Values are those of the contracts that end, with VAT, and assumed for what follows; what no register says is marked to fill.',
  ]
}

export interface PipelineAnswerFacts extends AnswerContext {
  readonly asOf: CivilDate
  readonly year: string
  readonly pipeline: PipelineFacts
}

/** So many of each list are shown; the file has all. */
const SHOWN = 10

/** For others than the organisation without values: what a notice may have to name tells them too. */
export function pipelineAnswer({ asOf, year, pipeline, ...asked }: PipelineAnswerFacts): Message {
  const { items } = pipeline
  const { hidePrices } = asked
  const [counts, ...words] = pipelineWords(pipeline)
  const said = hidePrices
    ? [`${counted(items.length, 'procurement')} to begin, or whose day to begin has passed.`]
    : [counts ?? '', ...words]
  const lists = hidePrices
    ? [listed('Replacements', items, SHOWN, (each) => lineOf(each, true))]
    : (['UK1', 'other'] as const).map((list) =>
        listed(
          list === 'UK1' ? 'UK1: check' : 'Other replacements',
          items.filter((each) => each.list === list),
          SHOWN,
          (each) => lineOf(each, false),
        ),
      )
  return answer(
    [
      body(
        mrkdwn`*Pipeline ${shown(year, 10)}*`,
        ...said.map((each) => mrkdwn`${shown(each, 400)}`),
      ),
      ...lists,
      note(mrkdwn`Flags to check, no decisions. As of ${dateWords(asOf)}.`),
      row(shareButton(asked)),
    ],
    hidePrices || items.length === 0 ? null : pipelineFile(pipeline),
  )
}

function lineOf(item: PipelineFacts['items'][number], hidePrices: boolean): Mrkdwn {
  const { startBy, overdue, route, routeAssumed, gross, why } = item
  const when = overdue ? mrkdwn`was to begin by` : mrkdwn`begin by`
  const how = mrkdwn`${shown(route, 60)}${routeAssumed ? ' (assumed)' : ''}`
  const worth = hidePrices
    ? ''
    : mrkdwn`, ${gross === null ? 'value unknown' : `${amountWords(gross, 'GBP')} with VAT`}. ${shown(why, 120)}`
  return mrkdwn`${contractName(item, 60)}, ${shown(item.reference, 40)}: ${when} ${dateWords(startBy)}, ${how}${worth}`
}

/** The pipeline in words and as a table: what a notice may have to name, and when buying begins. */
import type { CivilDate } from '../rules/civil-date.ts'
import type { PipelineEntry } from '../rules/pipeline.ts'
import type { MessageFile } from './facts.ts'
import { type Cell, csvFile } from './message.ts'
import { counted, dateWords } from './words.ts'

export interface PipelineFacts {
  readonly period: {
    readonly from: CivilDate
    readonly to: CivilDate
    readonly noticeBy: CivilDate
  }
  readonly spend: 'yes' | 'no' | null
  readonly items: readonly (PipelineEntry & {
    readonly reference: string
    readonly contracts: number
    readonly title: string | null
    readonly supplier: string | null
    readonly team: string
    readonly category: string | null
    readonly start: CivilDate | null
    readonly end: CivilDate | null
  })[]
}

/** Required of a notice by SI 2024/692, reg 15; blank where no register says it. */
export const PIPELINE_HEADINGS = [
  'List',
  'Title',
  'Reference',
  'Team',
  'Supplier now',
  'Subject',
  'CPV codes',
  'ITL area',
  'Period now',
  'Value with VAT, assumed (£)',
  'Route',
  'Notice or start by',
  'First day needed',
  'Check',
] as const

/** What is still to be filled in: no register says it. */
const TO_FILL = '(to fill)'

export function pipelineRows({ items }: PipelineFacts): Cell[][] {
  return items.map((item) => [
    item.list === 'UK1' ? 'UK1: check' : 'Other replacements',
    item.title ?? TO_FILL,
    item.reference,
    item.team,
    item.supplier,
    item.category ?? TO_FILL,
    item.list === 'UK1' ? TO_FILL : null,
    item.list === 'UK1' ? TO_FILL : null,
    item.start === null || item.end === null ? null : `${item.start} to ${item.end}`,
    item.gross,
    item.routeAssumed ? `${item.route} (assumed)` : item.route,
    item.startBy,
    item.coverFrom,
    `${item.why}${item.overdue ? ' Its day has passed: as soon as can be.' : ''}`,
  ])
}

export function pipelineFile(facts: PipelineFacts): MessageFile {
  return csvFile(
    `pipeline-${facts.period.from}`,
    'Pipeline',
    PIPELINE_HEADINGS,
    pipelineRows(facts),
  )
}

/** `Apr 2027 3, May 2027 1`, and by quarter: how many procurements begin. */
export function pipelineCounts({ items }: PipelineFacts): {
  readonly months: readonly (readonly [string, number])[]
  readonly quarters: readonly (readonly [string, number])[]
} {
  const by = (nameOf: (on: CivilDate) => string) => {
    const counts = new Map<string, number>()
    for (const { startBy } of items) {
      const name = nameOf(startBy)
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    return [...counts]
  }
  return {
    months: by((on) => on.slice(0, 7)),
    quarters: by((on) => `${on.slice(0, 4)} Q${Math.floor((Number(on.slice(5, 7)) + 2) / 3)}`),
  }
}

/** What stands over the lists: the notice, its day, and whom it asks. */
export function pipelineWords({ period, spend, items }: PipelineFacts): string[] {
  const named = items.filter(({ list }) => list === 'UK1').length
  const asked =
    spend === 'no'
      ? 'By pipelineSpend no more than £100m will be paid in that year, so no pipeline notice is called for: check.'
      : `A pipeline notice (UK1) may be called for by ${dateWords(period.noticeBy)}${spend === 'yes' ? '' : ', where more than £100m will be paid in that year (settings set pipelineSpend yes or no)'}: check (Procurement Act 2023, s.93).`
  return [
    `${counted(items.length, 'procurement')} to begin from ${dateWords(period.from)} to ${dateWords(period.to)}; ${named} for the notice to check.`,
    asked,
    'One line a procurement. Values are those of the contracts that end, with VAT, and assumed for what follows; CPV codes and ITL areas are to fill.',
  ]
}

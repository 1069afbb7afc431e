/** When to start replacing a contract, in sentences: for Slack and for the command line. Plain text. */
import { type CivilDate, daysBetween } from '../domain/civil-date.ts'
import type { FittingRoute } from '../domain/fitting-routes.ts'
import type { StartByStep } from '../domain/start-by.ts'
import { counted, dateWords } from './words.ts'

export interface StartByCounted {
  /** The first day that the new contract has to cover. */
  readonly coverFrom: CivilDate
  readonly routeTitle: string
  /** No route is recorded or asked for: taken by value. */
  readonly assumed: boolean
  readonly startBy: CivilDate
  /** In the order in which they happen. */
  readonly steps: readonly StartByStep[]
  readonly passed: boolean
  readonly fits: readonly FittingRoute[]
  readonly gapUnavoidableFrom: CivilDate | null
}

/** `to have a new contract on … by open procedure, start by …: mobilisation 30 days, …`. */
export function countWords({ coverFrom, routeTitle, assumed, startBy, steps }: StartByCounted) {
  const how = assumed ? `${routeTitle} (assumed, as no route is recorded)` : routeTitle
  const pieces = steps.toReversed().map((step) => `${step.name} ${step.amount} ${step.unit}`)
  return `to have a new contract on ${dateWords(coverFrom)} by ${how}, start by ${dateWords(startBy)}: ${pieces.join(', ')}.`
}

/** Null where there is still time. */
export function passedWords({ passed, startBy }: StartByCounted, asOf: CivilDate): string | null {
  return passed ? `That was ${counted(daysBetween(startBy, asOf), 'day')} ago.` : null
}

export function fitWords({ shortfallDays }: FittingRoute): string {
  return shortfallDays === 0 ? 'still fits' : `${counted(shortfallDays, 'day')} short`
}

/** From when on even the fastest route is too slow. */
export function gapWords({ gapUnavoidableFrom: from }: StartByCounted, asOf: CivilDate): string {
  if (from === null) return 'No route is open to it.'
  return from <= asOf
    ? `A gap has been unavoidable since ${dateWords(from)}, by these lead times: even the fastest route is too slow.`
    : `From ${dateWords(from)} on a gap is unavoidable, by these lead times.`
}

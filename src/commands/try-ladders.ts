/** `simulate --ladder FILE`: ladders tried beside today's before they are adopted. */
import { readFileSync } from 'node:fs'
import { withLadders } from '../db/tried-rules.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { DEADLINE_KINDS } from '../domain/deadline-kinds.ts'
import { readLadder } from '../domain/ladder-text.ts'
import { Refusal } from '../domain/refusal.ts'
import { checkedRuleSettings, type RuleSettings } from '../domain/rule-settings.ts'
import { dayText } from '../domain/words.ts'
import type { Program } from '../program.ts'
import { compareLadders, type LadderComparison } from '../watch/compare-ladders.ts'
import type { SimulatedMessage } from '../watch/simulate.ts'
import type { Answer } from './run.ts'
import { table } from './table.ts'

type Ladders = NonNullable<RuleSettings['ladders']>

/** Simulates the same days twice: with today's rules, and as if the organisation had these ladders. */
export async function triedLadders(
  program: Program,
  file: string,
  span: { readonly from: CivilDate; readonly to: CivilDate },
  simulated: (program: Program) => Promise<SimulatedMessage[]>,
): Promise<Answer> {
  const ladders = readLadders(file)
  const rulesOf = withLadders(program.rulesOf, ladders)
  const today = await simulated(program)
  const tried = await simulated({ ...program, rulesOf })
  const { calendar } = program.rulesOf(program.organisation)
  const compared = compareLadders({ today, tried }, { ...span, calendar })
  return { json: { ...span, ladders, ...compared }, text: comparisonText(compared, span) }
}

/**
 * `{"end": [60, 30, 7, 0], "notice": "60, 7, 0 then once", "option": {"before": [30, 0]}}`, alone or
 * under "ladders". Kinds that it does not name stay as they are.
 * @throws Refusal where the file is none.
 */
function readLadders(file: string): Ladders {
  const given = readJson(file)
  const named = isRecord(given) && 'ladders' in given ? given.ladders : given
  if (!isRecord(named) || Object.keys(named).length === 0) {
    throw new Refusal(
      `${file} holds no ladders: write an object such as {"end": [90, 30, 7, 0]}, by ${DEADLINE_KINDS.join(', ')}.`,
    )
  }
  const unknown = Object.keys(named).find((key) => !DEADLINE_KINDS.some((kind) => kind === key))
  if (unknown !== undefined) {
    throw new Refusal(
      `${file} names "${unknown}", which is no kind of deadline: write ${DEADLINE_KINDS.join(', ')}.`,
    )
  }
  const ladders = Object.entries(named).map(([kind, ladder]) => [kind, ladderOf(ladder)])
  return checkedRuleSettings({ ladders: Object.fromEntries(ladders) }).ladders ?? {}
}

function ladderOf(given: unknown): unknown {
  if (typeof given === 'string') return readLadder(given) ?? { before: given }
  return Array.isArray(given) ? { before: given } : given
}

function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new Refusal(`${file} cannot be read: name a JSON file of ladders.`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(`${file} is no JSON: write an object such as {"end": [90, 30, 7, 0]}.`)
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function comparisonText(
  compared: LadderComparison,
  { from, to }: { readonly from: CivilDate; readonly to: CivilDate },
): string {
  const { messages, warnings, weeks, perChannelDay: day, leadDays } = compared
  const busiest = (of: 'today' | 'tried') => Math.max(0, ...weeks.map((week) => week[of]))
  const kinds = DEADLINE_KINDS.filter((kind) => leadDays.some((lead) => lead.kind === kind))
  const figures = table(
    ['', "today's ladders", 'tried'],
    [
      ['messages', messages.today, messages.tried],
      ['warnings', warnings.today, warnings.tried],
      ['busiest week', busiest('today'), busiest('tried')],
      ['most for a channel on a working day', day.today.max, day.tried.max],
      ['95 of 100 working days have at most', day.today.p95, day.tried.p95],
    ],
  )
  const leads = table(
    ['first warning, days before', "today's: middle", 'tried: middle', "never: today's", 'tried'],
    kinds.map((kind) => {
      const of = leadDays.filter((lead) => lead.kind === kind)
      const never = (which: 'today' | 'tried') => of.filter((lead) => lead[which] === null).length
      return [
        kind,
        middle(of.map(({ today }) => today)),
        middle(of.map(({ tried }) => tried)),
        never('today'),
        never('tried'),
      ]
    }),
  )
  const byWeek = table(
    ['week from', "today's", 'tried'],
    weeks.map(({ week, today, tried }) => [week, today, tried]),
  )
  return `${dayText(from)} to ${dayText(to)}, nothing was written:\n\n${figures}\n\n${leads}\n\n${byWeek}`
}

/** The middle one of those that came at all. */
function middle(days: readonly (number | null)[]): number | null {
  const known = days.filter((each) => each !== null).sort((a, b) => a - b)
  return known[Math.floor(known.length / 2)] ?? null
}

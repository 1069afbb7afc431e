/** Who changed what of a contract, the latest first, page by page. */
import { DateTime } from 'luxon'
import { readHistory } from '../../reports/history.ts'
import { type CivilDate, civilDateIn } from '../../rules/civil-date.ts'
import type { ExplainFacts, HistoryFacts } from '../../text/answer-facts.ts'
import type { PersonFact } from '../../text/facts.ts'
import { explain } from '../../warnings/explain.ts'
import { askedOf, type BotContext } from '../request.ts'
import { namedOf, readContract, subjectOf } from './contract.ts'
import { PAGE_SIZE, placeOf } from './list.ts'

/** @throws UserError where there is no such contract. */
export async function historyFacts(
  context: BotContext,
  contractId: number,
  page: number,
): Promise<HistoryFacts> {
  const row = await readContract(context, contractId)
  const { pool, organisationId } = context
  const at = { page: Math.max(1, page), size: PAGE_SIZE }
  const { total, rows } = await readHistory(pool, organisationId, contractId, at)
  return {
    ...askedOf(context),
    contract: namedOf(row),
    ...placeOf(total, page),
    entries: rows.map((each) => entryOf(each, context.timeZone)),
  }
}

type ChangeRow = Awaited<ReturnType<typeof readHistory>>['rows'][number]

function entryOf(row: ChangeRow, timeZone: string): HistoryFacts['entries'][number] {
  const at = DateTime.fromJSDate(row.at, { zone: timeZone })
  return {
    on: civilDateIn(row.at, timeZone),
    at: at.toFormat('HH:mm'),
    by: byOf(row),
    via: viaWords(row),
    what: row.what,
    field: row.field,
    from: row.from,
    to: row.to,
  }
}

function byOf({ by, bySlack }: ChangeRow): PersonFact | null {
  if (by === null) return null
  // Nothing but the account is known: Slack knows its name.
  return { name: bySlack === null ? by : '', slackUser: bySlack }
}

/** An import's own summary says which file it was: `imported register.csv as register: …`. */
function viaWords({ via, summary }: ChangeRow): string {
  const file = /^imported (.+) as .+: \d/.exec(summary)?.[1]
  return file === undefined ? via : `import of ${file}`
}

/**
 * As it stood on that day; today where none is named.
 * @throws UserError where there is no such contract.
 */
export async function explainFacts(
  context: BotContext,
  contractId: number,
  on: CivilDate | null,
): Promise<ExplainFacts> {
  const { pool, organisationId, today, rulesOf } = context
  const row = await readContract(context, contractId)
  const day = on ?? today
  const { reference: _, ...told } = await explain(pool, organisationId, contractId, day, rulesOf)
  return {
    ...askedOf(context),
    on: day,
    subject: subjectOf(row),
    contract: namedOf(row),
    ...told,
  }
}

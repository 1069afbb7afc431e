/** When to start buying what follows a contract: the count, and the routes that still fit. */
import type { Pool } from 'pg'
import { readContracts } from '../database/contracts.ts'
import { type RuledOrganisation, readTeams } from '../database/organisation.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import {
  currentEnd,
  firstDayAfter,
  lastExtension,
  reviewBeside,
  reviewDays,
} from '../rules/contract.ts'
import { lastCallOff } from '../rules/deadlines.ts'
import type { Route } from '../rules/procurement-routes.ts'
import type { Rules } from '../rules/settings.ts'
import {
  estimatedReplacement,
  replacedUnder,
  replacementRoute,
  routesThatFit,
  rulesFor,
  startByRoute,
} from '../rules/start-by.ts'
import { folded } from '../rules/text-match.ts'
import { ContractGone, UserError } from '../rules/user-error.ts'
import { decisionWords, type StartByCounted } from '../text/procurement.ts'

export interface StartByCount extends StartByCounted {
  readonly reference: string
  readonly route: string
}

interface StartByAsked extends RuledOrganisation {
  readonly asOf: CivilDate
  /** By this route in place of the recorded one. */
  readonly route: string | null
}

/** @throws UserError where the contract has no end, or there is no such route. */
export async function contractStartBy(
  pool: Pool,
  contractId: number,
  { organisationId, rulesOf, asOf, route: asked }: StartByAsked,
): Promise<StartByCount> {
  const [record] = await readContracts(pool, [contractId])
  const teams = await readTeams(pool, organisationId)
  const team = teams.find((each) => each.id === record?.row.teamId)
  if (!record || !team) throw new ContractGone()
  const { contract } = record
  const own = rulesOf(team, record.row)
  const callOffBy = lastCallOff(contract, own)?.on ?? own.callOffBy
  const rules = rulesFor(contract, { ...own, callOffBy })
  const { reference } = record.row
  const coverFrom = firstDayAfter(currentEnd(contract))
  if (coverFrom === null) {
    throw new UserError(
      `${reference} has no end date, so there is nothing to count back from: record its end first.`,
    )
  }
  const replacement = replacementRoute(contract, coverFrom, rules)
  const { assumed, fastest } = replacement
  const route = asked === null ? replacement.route : routeNamed(asked, rules)
  const { on, steps } = startByRoute(coverFrom, route, rules)
  const last = startByRoute(coverFrom, fastest, rules).on
  const ranges = asked === null && assumed && last > on
  const { gross, threshold } = estimatedReplacement(contract, coverFrom, rules)
  const regime = replacedUnder(contract, rules)
  const facts = { regime, gross, threshold, route: route.name }
  const review = reviewBeside(reviewDays(contract), lastExtension(contract)?.from ?? null)
  return {
    reference,
    ...(review === null ? {} : { review }),
    coverFrom,
    route: route.name,
    routeTitle: route.title,
    assumed: asked === null && assumed,
    startBy: on,
    range: ranges ? { from: on, to: last, fastest: fastest.title } : null,
    decidedBy: asked === null && assumed ? decisionWords(replacement) : [],
    steps,
    passed: asOf > (ranges ? last : on),
    ...routesThatFit(coverFrom, facts, asOf, rules),
  }
}

/**
 * A route as people type it: `open`, `Mini competition`.
 * @throws UserError with the routes there are.
 */
function routeNamed(typed: string, { routes }: Pick<Rules, 'routes'>): Route {
  const said = folded(typed)
  const found =
    routes.find((each) => folded(each.name) === said || folded(each.title) === said) ??
    onlyOne(routes.filter((each) => said !== '' && folded(each.title).includes(said)))
  if (found) return found
  throw new UserError(
    `There is no route "${typed.slice(0, 60)}". Write one of: ${routes.map(({ name }) => name).join(', ')}.`,
  )
}

function onlyOne<T>(found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined
}

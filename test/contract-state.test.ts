/** In which state a contract is, said in TypeScript and in SQL, and what its warnings then ask. */

import fc from 'fast-check'
import { inTransaction } from '../src/database/connect.ts'
import { monitoredContract, readContracts } from '../src/database/contracts.ts'
import { readTeams } from '../src/database/organisation.ts'
import { recalculate } from '../src/database/recalculate.ts'
import { stateSql } from '../src/reports/contract.ts'
import { addDays, type CivilDate } from '../src/rules/civil-date.ts'
import {
  contractState,
  currentEnd,
  EXTENSION_KINDS,
  EXTENSION_STATUSES,
  isEnd,
  type StateFacts,
  type WarnedOf,
  warningState,
} from '../src/rules/contract.ts'
import { day, endBetween } from './support/contract-facts.ts'
import { holdsInTime } from './support/holds.ts'
import { draft, emptySetup, useSetup } from './support/setup.ts'

const TODAY = day('2026-11-23')
const YESTERDAY = addDays(TODAY, -1)

describe('the state of a contract on a day', () => {
  const running: StateFacts = {
    closed: false,
    historic: false,
    endKind: 'dated',
    currentEnd: TODAY,
    endSettled: false,
  }
  test.each<[string, Partial<StateFacts>, string]>([
    ['on its last day', {}, 'active'],
    ['the day after it', { currentEnd: YESTERDAY }, 'out-of-contract'],
    ['after it, with evidence', { currentEnd: YESTERDAY, endSettled: true }, 'closed'],
    ['before it, with evidence', { endSettled: true }, 'active'],
    ['closed by a person while it runs', { closed: true }, 'closed'],
    ['closed, though historic', { closed: true, historic: true }, 'closed'],
    ['historic, whatever came after', { historic: true, currentEnd: YESTERDAY }, 'historic'],
    ['without an end', { endKind: 'undated', currentEnd: null }, 'undated'],
    ['until notice', { endKind: 'rolling', currentEnd: null }, 'rolling'],
    ['without an end, extended to a day', { endKind: 'undated' }, 'active'],
    [
      'until notice, and disputed',
      { endKind: 'rolling', currentEnd: YESTERDAY },
      'out-of-contract',
    ],
  ])('%s: %j is %s', (_, facts, state) => {
    expect(contractState({ ...running, ...facts }, TODAY)).toBe(state)
  })
})

describe('what a warning asks', () => {
  const of = (kind: WarnedOf['kind'], state: WarnedOf['state']): WarnedOf => ({ kind, state })
  const message = { stillSupplied: false, isCard: false }
  const card = { stillSupplied: false, isCard: true }
  const supplied = { stillSupplied: true, isCard: false }
  test.each<[string, Parameters<typeof warningState>, string]>([
    ['an open one speaks', ['active', [of('end', 'snoozed'), of('end', 'open')], message], 'open'],
    [
      'then a snoozed one',
      ['active', [of('end', 'acknowledged'), of('end', 'snoozed')], message],
      'snoozed',
    ],
    ['all acknowledged', ['active', [of('end', 'acknowledged')], message], 'acknowledged'],
    ['all that it told is settled', ['active', [of('end', 'closed')], message], 'closed'],
    [
      'superseded ones count for nothing',
      ['active', [of('end', 'superseded'), of('end', 'closed')], message],
      'closed',
    ],
    [
      'ended: the message about the end asks',
      ['out-of-contract', [of('end', 'open')], message],
      'asked',
    ],
    [
      'ended: the answer was yes',
      ['out-of-contract', [of('emergency-end', 'open')], supplied],
      'out-of-contract',
    ],
    [
      'ended: one about a notice does not ask',
      ['out-of-contract', [of('notice', 'open')], message],
      'open',
    ],
    ['ended: a card asks all the same', ['out-of-contract', [of('notice', 'open')], card], 'asked'],
    ['over, whatever stands open', ['closed', [of('notice', 'open')], message], 'closed'],
    ['historic, whatever stands open', ['historic', [of('end', 'open')], card], 'closed'],
    ['a card without a warning has nothing to take on', ['active', [], card], 'acknowledged'],
  ])('%s', (_, given, state) => {
    expect(warningState(...given)).toBe(state)
  })
})

describe('lists, which read the state in SQL,', () => {
  const setup = useSetup({ emptied: 'before' })

  const offset = fc.integer({ min: -60, max: 60 })
  const anyContract = fc.record({
    kind: fc.constantFrom('dated', 'dated', 'dated', 'undated', 'rolling'),
    end: offset,
    width: fc.constantFrom(0, 0, 30),
    extensions: fc.array(
      fc.record({
        kind: fc.constantFrom(...EXTENSION_KINDS),
        status: fc.constantFrom(...EXTENSION_STATUSES),
        to: offset,
      }),
      { maxLength: 3 },
    ),
    closed: fc.constantFrom(false, false, false, true),
    historic: fc.constantFrom(false, false, false, true),
    disputed: fc.option(offset),
    successor: fc.option(offset),
    decided: fc.boolean(),
  })

  test('know it as the rules do, of any contract on any day', async () => {
    const { db, organisation, rulesOf } = setup
    const of = { organisationId: organisation.id, rulesOf, today: TODAY }
    const at = (days: number | null): CivilDate | null =>
      days === null ? null : addDays(TODAY, days)
    // One import and one count take in all: more contracts say more for the same work.
    const some = fc.array(anyContract, { minLength: 8, maxLength: 14 })
    await holdsInTime([some], 12, async (made) => {
      await emptySetup(setup)
      await setup.import(
        made.map(({ kind, end, width }, index) =>
          draft(`A-${index}`, {
            start: addDays(TODAY, -900),
            end:
              kind === 'dated'
                ? endBetween(
                    addDays(TODAY, end),
                    addDays(TODAY, end + width),
                    width === 0 ? 'day' : 'month',
                  )
                : { kind },
          }),
        ),
        '2026-11-23',
      )
      const ids: number[] = []
      for (const [index, each] of made.entries()) {
        const id = await setup.contractId(`A-${index}`)
        ids.push(id)
        await setup.rows(
          `UPDATE contract SET historic = $2, closed_on = CASE WHEN $3 THEN $4::date END,
               disputed_end = $5, successor_start = $6 WHERE id = $1`,
          [id, each.historic, each.closed, TODAY, at(each.disputed), at(each.successor)],
        )
        for (const { kind, status, to } of each.extensions) {
          await setup.rows(
            `INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on)
               VALUES ($1, $2, $3, $4, $5, $6)`,
            [organisation.id, id, kind, status, addDays(TODAY, -100), at(to)],
          )
        }
        if (each.decided) {
          await setup.rows(
            `INSERT INTO decision (organisation_id, contract_id, deadline, deadline_on, text, decided_on)
               SELECT $1, $2, 'end', due_on, 'Exit', $3 FROM deadline
                WHERE contract_id = $2 AND kind IN ('end', 'emergency-end')`,
            [organisation.id, id, TODAY],
          )
        }
      }
      const teams = await readTeams(db.pool, organisation.id)
      await inTransaction(db.pool, (client) => recalculate(client, { ...of, teams }, ids))
      const records = await readContracts(db.pool, ids)
      for (const on of [-61, -30, -1, 0, 1, 30, 61].map((days) => addDays(TODAY, days))) {
        const inSql = await setup.rows<{ state: string }>(
          `SELECT ${stateSql('$2')} AS state FROM contract c WHERE c.id = ANY($1) ORDER BY c.id`,
          [ids, on],
        )
        const byRules = records.map((record) => {
          const [team] = teams
          if (team === undefined) throw new Error('There is no team.')
          const { contract, deadlines } = monitoredContract(
            record,
            null,
            rulesOf(team, record.row),
            on,
          )
          const end = currentEnd(contract)
          const facts = {
            closed: contract.closed,
            historic: contract.historic,
            endKind: record.row.endKind,
            currentEnd: end.kind === 'dated' ? end.latest : null,
            endSettled: deadlines.some(({ kind, settled }) => isEnd(kind) && settled !== null),
          }
          return contractState(facts, on)
        })
        expect(inSql.map(({ state }) => state)).toEqual(byRules)
      }
    })
  })
})

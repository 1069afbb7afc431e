import { join } from 'node:path'
import { linkToUmbrella, setMembers } from '../src/actions/umbrella.ts'
import { readTeams, setTeam } from '../src/database/organisation.ts'
import type { Draft } from '../src/register/draft.ts'
import { readMemberList } from '../src/register/import/umbrella.ts'
import { openRegister } from '../src/register/open.ts'
import { readConsolidation } from '../src/reports/consolidation.ts'
import { readUmbrella, umbrellaJson } from '../src/reports/contract.ts'
import { readCosts } from '../src/reports/costs.ts'
import { readPriceRules } from '../src/reports/ledger.ts'
import { readPersonalData } from '../src/reports/list.ts'
import { addDays, addMonths, daysBetween } from '../src/rules/civil-date.ts'
import { budgetCost, type Decimal, type VatRecovery } from '../src/rules/money.ts'
import { baseline, premium, sum } from '../src/rules/premium.ts'
import { replay } from '../src/rules/replay.ts'
import {
  type UmbrellaEndFacts,
  umbrellaEndMessage,
  umbrellaSentence,
} from '../src/text/umbrella.ts'
import { day, RULES } from './support/contract-facts.ts'
import { importedContract } from './support/draft-contract.ts'
import { present } from './support/present.ts'
import { type Reading, reading } from './support/register-file.ts'
import { useSetup } from './support/setup.ts'

const FILE = join(import.meta.dirname, 'registers', 'nhs-2023.csv')

/** The register of 2023 has no charges and no invoices. */
const NO_PRICES = {
  periodicCharge: null,
  chargeUnit: null,
  invoicedLastYear: null,
  oneOffCharges: null,
}

let story: Reading
beforeAll(async () => {
  story = await reading(FILE)
})

function told(reference: string): Draft {
  const draft = present(
    story.drafts.find((each) => each.reference === reference),
    `The story has no contract ${reference}.`,
  )
  return draft
}

describe('the story of 2018 to 2023 as a register', () => {
  test('is read as it stands, without a mapping by hand; the one row without an end is told', () => {
    expect(story.problems).toMatchObject([
      // A length in a remark: told, as every one that no field reads.
      { reference: 'NHS-CSA-2017', field: 'Assumed', severity: 'note' },
      { reference: 'NHS-TEAMS-2020', problem: expect.stringContaining('no end') },
    ])
    expect(story.skipped).toEqual([])
    expect(story.register.unmapped).toEqual(['Assumed', 'Source'])
    expect(story.drafts.map(({ reference, reseller }) => [reference, reseller])).toEqual([
      ['NHS-CSA-2017', null],
      ['NHS-TEAMS-2020', null],
      ['NHS-BYTES-2018', 'Bytes'],
      ['NHS-INSIGHT-2020', 'Insight'],
      ['NHS-M365-2023', 'Bytes'],
    ])
  })

  test('custom support ends some day in June 2018, and is warned of from the first', () => {
    const support = told('NHS-CSA-2017')
    expect(support.end).toEqual({
      kind: 'dated',
      earliest: '2018-06-01',
      latest: '2018-06-30',
      precision: 'month',
    })
    expect(support.products).toEqual(['Windows XP', 'Windows Server 2003', 'SQL Server 2005'])
    expect(support.value).toBeNull()
  })

  test('the Teams deal has no end that anybody published: undated, not guessed', () => {
    expect(told('NHS-TEAMS-2020')).toMatchObject({
      start: '2020-03-01',
      end: { kind: 'undated' },
      value: null,
    })
  })

  test.each([
    ['NHS-BYTES-2018', '163100000.00', 60, '4600000.00'],
    ['NHS-INSIGHT-2020', '77800000.00', 36, '3470000.00'],
  ])(
    '%s: £%s over %i months, then one emergency month for £%s',
    (reference, value, months, cost) => {
      const old = told(reference)
      expect(old).toMatchObject({ value, valueBasis: 'unknown', successor: 'NHS-M365-2023' })
      expect(old.end).toMatchObject({ latest: '2023-04-30', precision: 'day' })
      expect(old.start && addDays(addMonths(old.start, months), -1)).toBe('2023-04-30')
      expect(old.extensions).toEqual([
        {
          kind: 'emergency',
          status: 'confirmed',
          from: '2023-05-01',
          to: '2023-05-31',
          cost,
          knownOn: '2023-04-28',
          source: 'column "Extension to"',
        },
      ])
    },
  )

  test('the two emergency months cost £8.07m, of which about £3.2m was premium, by an assumption that is named', () => {
    const prices = ['NHS-BYTES-2018', 'NHS-INSIGHT-2020'].map((reference) => {
      const { extensions, ...old } = told(reference)
      const { maximumEnd: awardedMaximumEnd, end: awardedEnd } = old
      const base = baseline({ ...old, ...NO_PRICES, awardedEnd, awardedMaximumEnd })
      const [month] = extensions
      if (!month?.from) throw new Error(`${reference} has no emergency month.`)
      return { cost: month.cost, ...premium({ ...month, from: month.from }, base) }
    })
    expect(sum(prices.map(({ cost }) => cost))).toBe('8070000.00')
    expect(sum(prices.map((each) => each.premium))).toBe('3190555.56')
    expect(prices.map(({ ratio }) => ratio?.toFixed(1))).toEqual(['1.7', '1.6'])
    expect(prices.map(({ method, assumed }) => [method, assumed])).toEqual([
      ['straight line over 60 months, basis assumed committed', true],
      ['straight line over 36 months, basis assumed committed', true],
    ])
  })

  test('the new deal is committed for 34 months; five years is only its maximum', () => {
    const deal = told('NHS-M365-2023')
    expect(deal).toMatchObject({
      start: '2023-06-01',
      end: { latest: '2026-03-31' },
      maximumEnd: '2028-03-31',
      value: '774500000.00',
      vat: 'net',
      units: '1500000.00',
    })
    expect(addDays(addMonths(day('2023-06-01'), 34), -1)).toBe('2026-03-31')
    expect(addDays(addMonths(day('2023-06-01'), 58), -1)).toBe('2028-03-31')
  })

  test.each(['NHS-BYTES-2018', 'NHS-INSIGHT-2020'])(
    '%s: the first warning comes more than 180 days before it lapsed',
    (reference) => {
      const contract = importedContract(told(reference), day('2022-01-01'))
      const days = [
        ...replay(
          { contract, alerts: [], laddersFrom: null, successorKnownOn: null, watched: true },
          day('2022-01-01'),
          day('2023-04-30'),
          RULES,
        ),
      ]
      const first = days[0]
      expect(first?.raise[0]?.deadline.kind).toBe('start-by')
      expect(first && daysBetween(first.on, day('2023-04-30'))).toBeGreaterThan(180)
      expect(days.some(({ raise }) => raise.some(({ deadline }) => deadline.kind === 'end'))).toBe(
        true,
      )
    },
  )
})

describe('the story of 2023, played from files day by day', () => {
  const setup = useSetup()
  const file = (name: string) => join(import.meta.dirname, 'registers', '2023', name)
  const take = async (name: string, on: string) =>
    setup.importRegister(
      await openRegister(file(name), {
        ...{ map: new Map(), dates: null, timeZone: null, today: day(on) },
      }),
      on,
      { file: name, source: name.replace(/-\w+\.csv$/, '') },
    )
  const sweepDays = async (first: string, last: string) => {
    for (let on = day(first); on <= last; on = addDays(on, 1)) await setup.sweep(on)
  }
  beforeAll(async () => {
    for (const name of ['Ashmarrow', 'Brackenvale', 'Calderwick']) {
      await setTeam(setup.db.pool, setup.organisation.id, name, {
        channel: `#${name.toLowerCase()}`,
      })
    }
    await take('trusts.csv', '2022-10-03')
    await take('national-january.csv', '2022-10-03')
    await sweepDays('2022-10-03', '2023-05-01')
  }, 240_000)

  test('before it, each trust buys at a price of its own, and is warned of its own contract', async () => {
    const { pool } = setup.db
    const { comparisons } = await readConsolidation(
      pool,
      setup.organisation.id,
      'Microsoft',
      day('2023-01-03'),
    )
    expect(comparisons).toMatchObject([
      { product: 'Microsoft 365', lowest: '212.50', highest: '268.00', jointEnd: '2024-06-30' },
    ])
    expect(await setup.alerts('TRUST-A-365')).toEqual(['2023-03-24 start-by 90'])
    expect(await setup.alerts('TRUST-B-365')).toEqual([])
  })

  test('the two national deals are warned of from October 2022 on, by their start and then by their end', async () => {
    for (const reference of ['NHS-BYTES-2018', 'NHS-INSIGHT-2020']) {
      const told = (await setup.alerts(reference)).filter((each) => !each.includes('review'))
      expect(told).toEqual([
        '2022-10-25 start-by 90',
        '2022-12-23 start-by 30',
        '2023-01-09 start-by 14',
        '2023-01-16 start-by 7',
        '2023-01-23 start-by 0',
        '2023-02-06 start-by -14',
        '2023-02-20 start-by -28',
        '2023-03-06 start-by -42',
        '2023-03-20 start-by -56',
        '2023-03-31 end 30',
        '2023-04-03 start-by -70',
        '2023-04-14 end 14',
        '2023-04-17 start-by -84',
        '2023-04-21 end 7',
        '2023-04-27 end 3',
        '2023-04-28 end 0',
        '2023-04-28 start-by -98',
      ])
    }
    // All to the one channel of the national team; the trusts hear nothing of them.
    const to = await setup.rows(
      `SELECT DISTINCT d.destination AS to FROM delivery d JOIN delivery_alert da ON da.delivery_id = d.id
       JOIN alert a ON a.id = da.alert_id JOIN contract c ON c.id = a.contract_id
       WHERE c.reference LIKE 'NHS-%'`,
    )
    expect(to).toEqual([{ to: '#contracts' }])
  })

  describe('in May', () => {
    beforeAll(async () => {
      await take('national-may.csv', '2023-05-02')
      await sweepDays('2023-05-02', '2023-05-31')
    })

    test('both run on an emergency month, £8.07m together, and are warned of its end', async () => {
      const { totals } = await readCosts(setup.db.pool, {
        ...{ organisationId: setup.organisation.id, teamId: null, year: null },
        ...{ today: day('2023-06-01'), rules: await pricesOf() },
      })
      expect(totals).toMatchObject([{ cost: '8070000.00', premium: '3190555.56' }])
      const told = (await setup.alerts('NHS-BYTES-2018')).filter((each) =>
        each.includes('emergency'),
      )
      expect(told).toEqual([
        '2023-05-10 emergency-end 21',
        '2023-05-17 emergency-end 14',
        '2023-05-19 emergency-end 10',
        '2023-05-24 emergency-end 7',
        '2023-05-26 emergency-end 2',
        '2023-05-30 emergency-end 1',
        '2023-05-31 emergency-end 0',
      ])
    })

    test('the review of the one is older than its extension, the other has none: both are said', async () => {
      const { items } = await readPersonalData(setup.db.pool, {
        ...{ organisationId: setup.organisation.id, teamId: null, asOf: day('2023-05-10') },
      })
      expect(items.map(({ reference, findings }) => [reference, findings[0]])).toEqual([
        [
          'NHS-INSIGHT-2020',
          'no data-protection review is recorded, and the extension begins on Mon 1 May 2023',
        ],
        [
          'NHS-BYTES-2018',
          'the review is older than the extension: data-protection review of Tue 1 Mar 2022, extension from Mon 1 May 2023',
        ],
      ])
    })
  })

  describe('the national deal', () => {
    beforeAll(async () => {
      await take('national-june.csv', '2023-06-01')
      const id = await setup.contractId('NHS-M365-2023')
      const actor = setup.actor('2023-06-01')
      for (const reference of [
        ...['NHS-BYTES-2018', 'NHS-INSIGHT-2020', 'TRUST-A-365', 'TRUST-B-365', 'TRUST-C-365'],
      ]) {
        const replaced = await setup.contractId(reference)
        await linkToUmbrella(setup.db.pool, actor, id, replaced, { as: 'replaced', isSo: true })
      }
      const { members } = await readMemberList(file('members.csv'), null)
      const teams = await readTeams(setup.db.pool, setup.organisation.id)
      const said = members.map(({ buyer, team, from, to, unread }) => ({
        ...{ buyer, from, to, unread },
        teamId: teams.find(({ name }) => name === team)?.id ?? null,
      }))
      await setMembers(setup.db.pool, actor, id, said)
      await sweepDays('2023-06-01', '2023-06-09')
      await sweepDays('2024-09-30', '2024-10-04')
      await sweepDays('2025-09-29', '2025-10-06')
      await sweepDays('2026-03-30', '2026-04-02')
    }, 240_000)

    test('is £774.5m net, £929.4m with tax, for 1.5 million seats, 34 months with options to 58', async () => {
      const row = await setup.row<{ value: Decimal; recoverable: VatRecovery }>(
        'NHS-M365-2023',
        'value, vat_recoverable AS recoverable, units, start, end_latest AS end, maximum_end AS most',
      )
      expect(row).toMatchObject({
        ...{ value: '774500000.00', units: '1500000.00' },
        ...{ start: '2023-06-01', end: '2026-03-31', most: '2028-03-31' },
      })
      expect(budgetCost(row.value, row.recoverable, 'GBP', day('2023-06-01'))).toBe('929400000.00')
    })

    test('replaces five contracts, three of which are still paid beside it', async () => {
      const id = await setup.contractId('NHS-M365-2023')
      const read = await readUmbrella(setup.db.pool, id, day('2023-06-01'))
      expect(umbrellaJson(read).replaces).toEqual([
        { reference: 'NHS-BYTES-2018', currentEnd: '2023-05-31' },
        { reference: 'NHS-INSIGHT-2020', currentEnd: '2023-05-31' },
        { reference: 'TRUST-A-365', currentEnd: '2023-09-30' },
        { reference: 'TRUST-B-365', currentEnd: '2024-03-31' },
        { reference: 'TRUST-C-365', currentEnd: '2024-06-30' },
      ])
      expect(String(umbrellaSentence(read))).toBe(
        'Covers 7 organisations, 2 of them not covered today. Replaces 5 contracts, 3 still paid beside it, to Sun 30 Jun 2024 at the latest.',
      )
    })

    test('tells the team of each member once, in its own channel, when its end comes into sight', async () => {
      const rows = await setup.rows<{ on: string; to: string; facts: UmbrellaEndFacts }>(
        `SELECT as_of::text AS on, destination AS to, facts FROM delivery WHERE purpose = 'umbrella'
         ORDER BY as_of, destination`,
      )
      expect(
        rows.map(({ on, to, facts }) => [
          ...[on, to, facts.members.map(({ buyer }) => buyer).join('; ')],
        ]),
      ).toEqual([
        ['2024-10-02', '#contracts', 'Dunhollow Trust'],
        ['2025-10-02', '#ashmarrow', 'Ashmarrow Trust; Fennimore Trust'],
        ['2025-10-02', '#brackenvale', 'Brackenvale Trust; Greywether Trust'],
        ['2025-10-02', '#calderwick', 'Calderwick Trust'],
        ['2025-10-02', '#contracts', 'Eastwold Ambulance'],
      ])
      const [leaver, , unclear] = rows.map(({ facts }) => umbrellaEndMessage(facts).text)
      expect(leaver).toContain(
        'Cover ends Mon 31 Mar (180 days) for 1 organisation: Microsoft 365 for 1.5 million staf…',
      )
      expect(unclear).toContain('Cover ends Tue 31 Mar (180 days)')
      expect(unclear).toContain('its list says “from: when its own licences end”')
    })
  })

  async function pricesOf() {
    return readPriceRules(setup.db.pool, setup.organisation.id, setup.rulesOf)
  }
})

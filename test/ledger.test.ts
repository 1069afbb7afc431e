/** The ledger of extensions: how they get into it, what they cost, and how they are taken back. */

import fc from 'fast-check'
import { answerSupply } from '../src/actions/acknowledge.ts'
import { classify, extend, withdrawExtension } from '../src/actions/extend.ts'
import type { Draft, DraftExtension } from '../src/register/draft.ts'
import { readCosts } from '../src/reports/costs.ts'
import { exposureTotals, readExposure } from '../src/reports/exposure.ts'
import { readLedger, readPriceRules } from '../src/reports/ledger.ts'
import { weeklyFacts } from '../src/reports/weekly-lists.ts'
import { addDays, type CivilDate } from '../src/rules/civil-date.ts'
import { extensionRemarks, ledgerTotals } from '../src/rules/ledger.ts'
import { asDecimal } from '../src/rules/money.ts'
import { financialYearNamed } from '../src/rules/months.ts'
import { weeklyWithoutPrices } from '../src/text/prices.ts'
import { weeklyMessage } from '../src/text/weekly.ts'
import { contract, day, endBetween, endOn, extension } from './support/contract-facts.ts'
import { holdsInTime } from './support/holds.ts'
import { only, readingOf } from './support/register-file.ts'
import { draft, extended, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'after' })

const ON = '2026-11-23'
const organisation = () => setup.organisation.id
const rules = () => readPriceRules(setup.db.pool, organisation(), setup.rulesOf)

async function ledger(kind: 'emergency' | null = null) {
  const asked = { organisationId: organisation(), kind, withdrawn: true, rules: await rules() }
  return readLedger(setup.db.pool, asked)
}

const emergency = (changes: Partial<DraftExtension> = {}) =>
  extended('2027-04-30', {
    kind: 'emergency',
    from: day('2027-04-01'),
    cost: asDecimal('1000'),
    ...changes,
  })

describe('what a register says of money', () => {
  test('charges, invoices, one-off charges and the shortest extension have columns of their own', async () => {
    const { drafts, problems, register } = await readingOf(
      'prices.csv',
      [
        'Reference,End,Value,Monthly charge,Invoiced in the last 12 months,One-off charges,Minimum extension (months)',
        'C-1,2027-03-31,"£40,000","£1,000.50",11000,4000,3',
        'C-2,2027-03-31,,,,,',
      ].join('\n'),
    )
    expect(register.unmapped).toEqual([])
    expect(problems).toEqual([])
    expect(drafts.map(({ prices }) => prices)).toEqual([
      {
        periodicCharge: '1000.50',
        chargeUnit: 'month',
        invoicedLastYear: '11000.00',
        oneOffCharges: '4000.00',
        minimumExtension: { amount: 3, unit: 'months' },
      },
      undefined,
    ])
  })

  test('a charge without its unit is a warning and no price', async () => {
    const text = 'Reference,End,Current charge,Charge unit\nC-1,2027-03-31,500,now and then'
    const { drafts, problems } = await readingOf('units.csv', text)
    expect(only(drafts).prices).toBeUndefined()
    expect(problems).toMatchObject([{ field: 'Charge unit', severity: 'warning' }])
    const yearly = text.replace('now and then', 'yearly')
    const { prices } = only((await readingOf('yearly.csv', yearly)).drafts)
    expect(prices).toMatchObject({ periodicCharge: '500.00', chargeUnit: 'year' })
  })

  test('rule, grounds, approver and invoices of an extension are kept with it', async () => {
    const { drafts } = await readingOf(
      'record.csv',
      [
        'Reference,End,Extension type,Extension status,Extension from,Extension to,Extension cost,Extension rule,Extension grounds,Extension approver,Extension notice,Extension invoiced',
        'C-1,2027-03-31,emergency,confirmed,2027-04-01,2027-04-30,1000,Waiver,Late tender,The board,UK10-17,400',
        'C-2,2027-03-31,emergency,withdrawn,2027-04-01,2027-04-30,1000,,,,,',
      ].join('\n'),
    )
    await setup.import(drafts, ON)
    const [first, second] = await ledger()
    expect(first).toMatchObject({ rule: 'Waiver', grounds: 'Late tender', approver: 'The board' })
    expect(first?.extension).toMatchObject({ cost: '1000.00', invoiced: '400.00' })
    expect(second?.extension.status).toBe('withdrawn')
  })

  test('what it says later of an extension fills what was unknown, and adds no second one', async () => {
    const unsaid = emergency({ kind: 'unknown', cost: null })
    await setup.import([draft('A-1', { extensions: [unsaid] })], ON)
    const record = {
      rule: 'Waiver',
      grounds: null,
      approver: null,
      noticeReference: null,
      invoiced: asDecimal('300'),
    }
    await setup.import([draft('A-1', { extensions: [emergency({ record })] })], '2026-12-01')
    const lines = await ledger()
    expect(lines.map(({ extension, rule }) => [extension.kind, extension.cost, rule])).toEqual([
      ['emergency', '1000.00', 'Waiver'],
    ])
    expect(lines[0]?.extension.invoiced).toBe('300.00')
  })

  test('what a person said of an extension stays when the register says otherwise', async () => {
    await setup.import([draft('A-1', { end: endOn('2027-03-31') })], ON)
    await setup.import([draft('A-1', { end: endOn('2027-06-30') })], ON)
    const id = await setup.contractId('A-1')
    const [unclassified] = await ledger()
    expect(unclassified?.premium).toMatchObject({
      premium: null,
      method: 'nobody has said what kind of extension it is',
    })
    await classify(setup.db.pool, setup.actor(ON), id, unclassified?.extensionId ?? 0, {
      kind: 'option',
      cost: asDecimal('500'),
      rule: null,
      grounds: null,
      approver: null,
      noticeReference: null,
    })
    const said = emergency({ kind: 'unknown', from: null, to: day('2027-06-30') })
    await setup.import([draft('A-1', { end: endOn('2027-03-31'), extensions: [said] })], ON)
    const lines = await ledger()
    expect(lines.map(({ extension }) => [extension.kind, extension.cost])).toEqual([
      ['option', '500.00'],
    ])
  })
})

describe('extensions that do not fit together', () => {
  const kinds = (of: Parameters<typeof contract>[0]) =>
    extensionRemarks(contract(of)).map(({ kind, from, to }) => `${kind} ${from} ${to}`)

  test('overlaps, gaps and days past the maximum end are pointed out', () => {
    expect(kinds({ extensions: [extension('2027-04-01', '2027-04-30')] })).toEqual([])
    expect(
      kinds({
        awardedMaximumEnd: day('2027-06-30'),
        extensions: [
          extension('2027-07-01', '2027-07-31'),
          extension('2027-03-15', '2027-04-30'),
          extension('2027-04-01', '2027-05-31', { status: 'withdrawn' }),
        ],
      }),
    ).toEqual([
      'overlap 2027-03-15 2027-03-31',
      'gap 2027-05-01 2027-06-30',
      'past-maximum 2027-07-01 2027-07-31',
    ])
  })

  test('an end known to the month leaves its days open', () => {
    const awardedEnd = endBetween('2027-03-01', '2027-03-31', 'month')
    expect(kinds({ awardedEnd, extensions: [extension('2027-03-10', '2027-04-30')] })).toEqual([])
  })
})

describe('what extensions cost', () => {
  const priced = (reference: string, changes: Partial<Draft> = {}) =>
    draft(reference, {
      start: day('2024-04-01'),
      value: asDecimal('36000'),
      valueBasis: 'committed',
      vatRecoverable: 'none',
      ...changes,
    })

  test('committed, accrued and invoiced are told apart; the year gets what its days carry', async () => {
    const over = emergency({ from: day('2027-03-15'), to: day('2027-04-14') })
    const early = { end: endOn('2027-03-14'), extensions: [over] }
    await setup.import([priced('A-1', early), priced('A-2', { value: null, ...early })], ON)
    const asked = {
      organisationId: organisation(),
      teamId: null,
      today: day('2027-03-24'),
      rules: await rules(),
    }
    const before = await readCosts(setup.db.pool, { ...asked, year: financialYearNamed('2026/27') })
    const after = await readCosts(setup.db.pool, { ...asked, year: financialYearNamed('2027/28') })
    expect(before.totals).toMatchObject([
      {
        cost: '1096.78',
        accrued: '645.16',
        invoiced: null,
        budget: '1316.12',
        count: 2,
        costed: 2,
        priced: 1,
      },
    ])
    expect(after.totals).toMatchObject([{ cost: '903.22', accrued: '0.00' }])
    const months = before.months.filter(({ totals }) => totals.length > 0)
    expect(months.map(({ name }) => name)).toEqual(['2027-03'])
    expect(before.suppliers).toMatchObject([{ name: 'Northwind Ltd' }])
  })

  test('currencies are never added up, and proposed or withdrawn extensions count in no total', async () => {
    await setup.import(
      [
        priced('A-1', { extensions: [emergency()] }),
        priced('A-2', { currency: 'EUR', extensions: [emergency()] }),
        priced('A-3', { extensions: [emergency({ status: 'proposed' })] }),
      ],
      ON,
    )
    const totals = ledgerTotals(await ledger(), day(ON))
    expect(totals).toMatchObject([
      { currency: 'EUR', cost: '1000.00', count: 1 },
      { currency: 'GBP', cost: '1000.00', count: 1 },
    ])
  })

  test('exposure is priced by its own past, says of how many, and leaves out what is settled', async () => {
    const lapsing = { end: endOn('2026-12-31') }
    const month = emergency({
      from: day('2026-11-01'),
      to: day('2026-12-31'),
      cost: asDecimal('4000'),
    })
    await setup.import(
      [
        priced('A-1', { start: day('2023-11-01'), end: endOn('2026-10-31'), extensions: [month] }),
        priced('A-2', { start: day('2024-01-01'), ...lapsing }),
        priced('A-3', { value: null, ...lapsing }),
        priced('A-4', { start: day('2024-01-01'), ...lapsing, successor: 'A-5' }),
        priced('A-5', { start: day('2027-01-01'), end: endOn('2029-12-31') }),
        priced('A-6', { end: endOn('2027-12-31') }),
      ],
      ON,
    )
    const today = day(ON)
    const asked = { organisationId: organisation(), asOf: today, today, days: 90, teamId: null }
    const items = await readExposure(setup.db.pool, { ...asked, rules: await rules() })
    expect(
      items.map(({ reference, runRate, extra, ratio }) => [reference, runRate, extra, ratio]),
    ).toEqual([
      ['A-1', '1000.00', '1000.00', 2],
      ['A-2', '1000.00', '1000.00', 2],
      ['A-3', null, null, 2],
    ])
    expect(items.map(({ whence }) => whence)).toEqual([
      "of the contract's own past",
      "of the organisation's past (median of 1)",
      "of the organisation's past (median of 1)",
    ])
    expect(exposureTotals(items)).toEqual([
      { currency: 'GBP', runRate: '2000.00', extra: '2000.00', priced: 2, of: 3 },
    ])
  })

  test('a service without cover costs by the day', async () => {
    await setup.import([priced('A-1', { end: endOn('2026-10-31'), start: day('2023-11-01') })], ON)
    await answerSupply(setup.db.pool, setup.actor(ON), await setup.contractId('A-1'), true)
    const asked = { organisationId: organisation(), teamId: null, year: null, rules: await rules() }
    const [first] = (await readCosts(setup.db.pool, { ...asked, today: day('2026-11-01') }))
      .outOfContract
    const [later] = (await readCosts(setup.db.pool, { ...asked, today: day('2026-12-15') }))
      .outOfContract
    expect(first).toMatchObject({ since: '2026-11-01', accrued: '33.33', baseline: '1000.00' })
    expect(later).toMatchObject({ accrued: '1483.87' })
  })
})

describe('the weekly summary', () => {
  const week = async (slot = ON) => {
    const asked = { organisationId: organisation(), teamId: null, slot: day(slot), since: null }
    return weeklyFacts(setup.db.pool, asked)
  }

  test('asks in one list what unclassified extensions were, until somebody says it', async () => {
    const rows = ['A-1', 'A-2', 'A-3'].map((reference) => {
      return draft(reference, { currentEnd: day('2027-06-30') })
    })
    await setup.import(rows, ON)
    const { unclassified } = await week()
    expect(unclassified?.total).toBe(3)
    expect(unclassified?.items[0]).toMatchObject({
      reference: 'A-1',
      note: 'the register moved its end to Wed 30 Jun 2027',
    })
    const text = weeklyMessage(await week()).text
    expect(text).toContain('Extensions that nobody has classified: what was each?')
    const said = { rule: null, grounds: null, approver: null, noticeReference: null }
    for (const line of await ledger()) {
      await classify(setup.db.pool, setup.actor(ON), line.contractId, line.extensionId, {
        kind: 'option',
        cost: null,
        ...said,
      })
    }
    expect((await week()).unclassified?.total).toBe(0)
  })

  test('lists extensions that overlap, leave a gap or pass the maximum end, and no others', async () => {
    const month = endBetween('2027-03-01', '2027-03-31', 'month')
    await setup.import(
      [
        draft('A-1', { extensions: [emergency({ from: day('2027-03-20') })] }),
        draft('A-2', { extensions: [emergency({ from: day('2027-04-10') })] }),
        draft('A-3', { extensions: [emergency()], maximumEnd: day('2027-04-15') }),
        draft('A-4', { extensions: [emergency()], maximumEnd: day('2027-12-31') }),
        draft('A-5', { end: month, extensions: [emergency({ from: day('2027-03-15') })] }),
        draft('A-6', { extensions: [emergency({ from: day('2027-06-01'), status: 'proposed' })] }),
      ],
      ON,
    )
    const { unfit } = await week()
    expect(unfit?.items.map(({ reference, note }) => `${reference}: ${note}`)).toEqual([
      'A-1: extensions overlap: Sat 20 Mar 2027 to Wed 31 Mar 2027 is covered twice',
      'A-2: nothing covers Thu 1 Apr 2027 to Fri 9 Apr 2027',
      'A-3: extended to Fri 30 Apr 2027, past the maximum end, Thu 15 Apr 2027',
    ])
    expect(unfit?.total).toBe(3)
  })

  test('says what a service without cover costs by now', async () => {
    const ended = { end: endOn('2026-10-31'), start: day('2024-11-01') }
    await setup.import([draft('A-1', { ...ended, value: asDecimal('24000') })], ON)
    await answerSupply(setup.db.pool, setup.actor(ON), await setup.contractId('A-1'), true)
    const [item] = (await week('2026-11-30')).outOfContract.items
    expect(item?.note).toMatch(/^Still supplied: £1,000 out of contract since Sun 1 Nov 2026/)
    const hidden = weeklyWithoutPrices(await week('2026-11-30'))
    expect(JSON.stringify(hidden)).not.toContain('£')
  })
})

describe('an extension and its withdrawal', () => {
  /** All that follows from a contract, but for its version and the ledger's own line. */
  async function standing(reference: string): Promise<unknown> {
    const id = await setup.contractId(reference)
    const [row] = await setup.rows(
      `SELECT current_earliest, current_latest, historic, closed_on, closed_why, out_of_contract_on
       FROM contract WHERE id = $1`,
      [id],
    )
    const deadlines = await setup.rows(
      'SELECT kind, due_on, reason, settled_on, settled_why FROM deadline WHERE contract_id = $1 ORDER BY kind, due_on',
      [id],
    )
    return { row, deadlines, totals: ledgerTotals(await ledger(), day('2027-12-31')) }
  }

  const withdrawn = async (id: number, extensionId: number, on: string) =>
    withdrawExtension(setup.db.pool, setup.actor(on), id, extensionId, null)

  test('leave everything as before: ends, deadlines, totals, and what was said of its supply', async () => {
    const ended = draft('A-2', { end: endOn('2026-10-31') })
    const over = draft('A-3', { end: endOn('2026-12-31'), closed: true })
    const first = draft('A-1', { extensions: [emergency()], maximumEnd: day('2027-12-31') })
    await setup.import([first, ended, over], ON)
    await answerSupply(setup.db.pool, setup.actor(ON), await setup.contractId('A-2'), true)
    await holdsInTime(
      [
        fc.constantFrom('A-1', 'A-2', 'A-3'),
        fc.constantFrom('option', 'variation', 'emergency', 'renewal'),
        fc.integer({ min: 200, max: 900 }),
        fc.option(fc.integer({ min: 0, max: 10_000_000 }), { nil: null }),
        fc.constantFrom('confirmed', 'proposed'),
      ],
      12,
      async (reference, kind, days, cost, status) => {
        const before = await standing(reference)
        const id = await setup.contractId(reference)
        const made = await extend(setup.db.pool, setup.actor(ON), id, {
          kind,
          status,
          from: null,
          to: addDays(day(ON), days),
          cost: cost === null ? null : asDecimal(String(cost)),
        })
        await withdrawn(id, made, ON)
        expect(await standing(reference)).toEqual(before)
      },
    )
  })

  test('the deadlines that return warn once more, and only once', async () => {
    await setup.import([draft('A-1', { end: endOn('2026-12-23') })], ON)
    await setup.sweep(ON)
    expect(await setup.alerts('A-1')).toEqual([`${ON} end 30`])
    const id = await setup.contractId('A-1')
    const to: CivilDate = day('2027-03-31')
    const record = { kind: 'variation', from: null, to, cost: null } as const
    const made = await extend(setup.db.pool, setup.actor(ON), id, record)
    await setup.sweep('2026-11-24')
    await withdrawn(id, made, '2026-11-24')
    await setup.sweep('2026-11-25')
    await setup.sweep('2026-11-26')
    const open = (await setup.alerts('A-1')).filter((each) => !each.includes('superseded'))
    expect(open).toEqual(['2026-11-25 end 30'])
  })

  test('one cannot be withdrawn twice, nor by another contract’s number', async () => {
    await setup.import([draft('A-1'), draft('A-2', { extensions: [emergency()] })], ON)
    const [line] = await ledger()
    const id = line?.extensionId ?? 0
    await expect(withdrawn(await setup.contractId('A-1'), id, ON)).rejects.toThrow('no extension')
    await withdrawn(await setup.contractId('A-2'), id, ON)
    await expect(withdrawn(await setup.contractId('A-2'), id, ON)).rejects.toThrow('already')
  })

  test('an earlier one that is withdrawn leaves the cover of a later one alone', async () => {
    await setup.import([draft('A-1', { end: endOn('2026-10-31') })], ON)
    const id = await setup.contractId('A-1')
    await answerSupply(setup.db.pool, setup.actor(ON), id, true)
    const record = { kind: 'variation', from: null, cost: null } as const
    const { pool } = setup.db
    const first = await extend(pool, setup.actor(ON), id, { ...record, to: day('2027-01-31') })
    await extend(pool, setup.actor(ON), id, { ...record, to: day('2027-03-31') })
    await withdrawn(id, first, ON)
    expect(await setup.rows('SELECT out_of_contract_on AS since FROM contract')).toEqual([
      { since: null },
    ])
  })
})

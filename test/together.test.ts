import fc from 'fast-check'
import { type CliffsAsked, readCliffs } from '../src/reports/cliffs.ts'
import { addDays, asCivilDate } from '../src/rules/civil-date.ts'
import { type Ending, findCliffs } from '../src/rules/cliffs.ts'
import { consolidate, type Holding } from '../src/rules/consolidation.ts'
import type { Deadline, Settlement } from '../src/rules/deadlines.ts'
import { asDecimal } from '../src/rules/money.ts'
import { cliffsAnswer } from '../src/text/cliffs.ts'
import type { CliffFacts, ContractFacts } from '../src/text/facts.ts'
import { weeklyWithoutPrices } from '../src/text/prices.ts'
import { groupedMessage } from '../src/text/warning-group.ts'
import { weeklyMessage } from '../src/text/weekly.ts'
import { dateWords } from '../src/text/words.ts'
import { endingOn, inMessages } from '../src/warnings/compose.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { said, useBotSetup } from './support/bot-setup.ts'
import { holds } from './support/holds.ts'
import { warnings, weekly } from './support/message-facts.ts'

describe('a cliff', () => {
  const ending = (id: number, day: number, more: Partial<Ending> = {}): Ending => ({
    ...{ id, end: addDays(asCivilDate('2027-03-31'), day), supplier: 'quillmere', reseller: null },
    ...{ products: [], ...more },
  })
  const ids = (endings: readonly Ending[], days = 14) =>
    findCliffs(endings, days).map((cliff) => [cliff.by, cliff.name, ...cliff.ids])

  it('is made of ends within the window of its first, whatever their order', () => {
    const of = (...all: number[]) => [['supplier', 'quillmere', ...all]]
    expect(ids([ending(3, 14), ending(1, 0), ending(4, 15), ending(2, 9)])).toEqual(of(1, 2, 3))
    expect(ids([ending(1, 14), ending(2, 0), ending(3, 15)])).toEqual(of(2, 1))
    expect(ids([ending(1, 0), ending(2, 15)])).toEqual([])
  })

  it('holds what is bought through one reseller, and what is of one product', () => {
    const through = { supplier: 'foliant', reseller: 'quillmere' }
    expect(ids([ending(1, 0), ending(2, 3, through)])).toEqual([['supplier', 'quillmere', 1, 2]])
    const suite = { products: ['Suite'] }
    expect(ids([ending(1, 0, suite), ending(2, 3, { supplier: 'bytes', ...suite })])).toEqual([
      ['product', 'Suite', 1, 2],
    ])
  })

  it('is told once where supplier and product are the same contracts', () => {
    const suite = { products: ['Suite'] }
    const first = [ending(1, 0, suite), ending(2, 0, suite), ending(3, 2)]
    expect(ids(first)).toEqual([['supplier', 'quillmere', 1, 2, 3]])
    const second = [ending(1, 0, suite), ending(2, 3, suite)]
    expect(ids(second)).toEqual([['supplier', 'quillmere', 1, 2]])
  })

  describe('among a day’s warnings', () => {
    const messages = (endings: readonly Ending[], cliffDays = [14]) =>
      inMessages(
        endings.map((each, at) => {
          return { groupAbove: 5, cliffDays: cliffDays[at] ?? 14, ending: each }
        }),
      ).map(({ why, contracts }) => [
        why === null || why === 'many' ? why : why.name,
        ...contracts.map((each) => each.ending?.id),
      ])

    it('has each contract in one message, that of the largest cliff it is part of', () => {
      const suite = { products: ['Suite'] }
      const others = [3, 4].map((id) => ending(id, id, { supplier: `other ${id}`, ...suite }))
      expect(messages([ending(1, 0), ending(2, 2, suite), ...others])).toEqual([
        [null, 1],
        ['Suite', 2, 3, 4],
      ])
    })

    it('keeps to the narrowest window of the teams that share the channel', () => {
      const apart = [ending(1, 0), ending(2, 9)]
      expect(messages(apart)).toEqual([['quillmere', 1, 2]])
      expect(messages(apart, [14, 3])).toEqual([
        [null, 1],
        [null, 2],
      ])
    })

    it('counts an end only while it is open', () => {
      const on = asCivilDate('2027-03-31')
      const of = (settled: Settlement | null) =>
        endingOn(on, 1, [{ ...DEADLINE, on, settled }], PARTIES)
      expect(of(null)).toMatchObject({ id: 1, end: on, supplier: 'quillmere' })
      expect(of({ on: null, why: 'a successor is signed' })).toBeNull()
    })
  })

  it('puts each contract of a supplier into one cliff at the most, and leaves none alone', () => {
    holds([fc.array(fc.nat(200), { maxLength: 40 }), fc.nat(30)], (days, window) => {
      const endings = days.map((day, id) => ending(id, day))
      const cliffs = findCliffs(endings, window)
      const told = cliffs.flatMap((cliff) => cliff.ids)
      expect(new Set(told).size).toBe(told.length)
      for (const { from, to, ids: inside } of cliffs) {
        expect(inside.length).toBeGreaterThan(1)
        expect(to <= addDays(from, window)).toBe(true)
      }
    })
  })
})

describe('what a cliff is worth', () => {
  const cliff: CliffFacts = {
    ...{ by: 'supplier', name: 'Quillmere', count: 2, priced: 2, contracts: [] },
    ...{ from: asCivilDate('2027-03-31'), to: asCivilDate('2027-04-02') },
    values: [{ currency: 'GBP', amount: asDecimal('60000') }],
  }
  const shown = { asOf: asCivilDate('2027-01-01'), query: 'cliffs', shared: false, total: 1 }

  it('stays out of every message where others read', () => {
    const answered = (hidePrices: boolean) =>
      cliffsAnswer({ ...shown, days: 90, within: 14, cliffs: [cliff], hidePrices }).text
    expect(answered(false)).toContain('Worth £60,000 together.')
    expect(answered(true)).not.toContain('£')
    const facts = weekly(0)
    const summed = { ...facts, cliffs: { total: 1, items: [cliff] } }
    expect(weeklyMessage(summed).text).toContain('Worth £60,000 together.')
    const hidden = weeklyMessage(weeklyWithoutPrices(summed)).text
    expect(hidden).toContain('2 contracts with Quillmere end')
    expect(hidden).not.toMatch(/£|Worth|What they are worth/)
    const told = { asOf: shown.asOf, team: 'Digital', catchUp: false, possibleRepeat: false }
    const grouped = (changes: Partial<ContractFacts>) =>
      groupedMessage({ ...told, cliff, warnings: warnings(2, changes) }).text
    expect(grouped({})).toContain('Worth £26,000 together.')
    expect(grouped({ hidePrices: true })).not.toMatch(/£|Worth|What they are worth/)
  })

  it('stands with the days on which its contracts end, whichever date of theirs speaks', () => {
    const [first, second] = warnings(2)
    const early = first?.contract.currentEnd
    if (!first || !second || !early) throw new Error('There are two warnings, each with an end.')
    const renewal = { ...second, contract: { ...second.contract, currentEnd: addDays(early, 9) } }
    const told = { asOf: shown.asOf, team: 'Digital', catchUp: false, possibleRepeat: false }
    expect(groupedMessage({ ...told, cliff, warnings: [first, renewal] }).text).toContain(
      `end from ${dateWords(early)} to ${dateWords(addDays(early, 9))}`,
    )
  })
})

describe('a consolidation', () => {
  const [START, END] = [asCivilDate('2025-04-01'), asCivilDate('2028-03-31')]
  const holding = (id: number, price: string, more: Partial<Holding> = {}): Holding => ({
    ...{ id, product: 'Suite', edition: null, start: START, awardedEnd: END, currentEnd: END },
    ...{ units: asDecimal('100'), unitPrice: asDecimal(price), per: 'year', value: null },
    ...{ valueBasis: 'unknown', currency: 'GBP', ...more },
  })

  it('says what all units would cost less at the best price, and how far the prices lie apart', () => {
    const ten = { units: asDecimal('10') }
    const [found] = consolidate([holding(1, '150'), holding(2, '120', ten)]).comparisons
    const said = { lowest: '120.00', highest: '150.00', spread: 1.25, saving: '3000.00' }
    expect(found).toMatchObject(said)
  })

  it.each([
    ['day', '1', '365.00'],
    ['week', '7', '365.00'],
    ['month', '10', '120.00'],
    ['quarter', '30', '120.00'],
  ] as const)('compares prices a %s with prices a year', (per, price, yearly) => {
    const [found] = consolidate([holding(1, price, { per }), holding(2, '132')]).comparisons
    const prices = found?.items.map(({ yearlyPrice }) => yearlyPrice)
    expect(prices?.toSorted()).toEqual([yearly, '132.00'].toSorted())
  })

  it('works out from the value what time a price is for, or leaves the contract out', () => {
    const inferred = { per: null, value: asDecimal('36000'), valueBasis: 'committed' as const }
    const [found] = consolidate([holding(1, '10', inferred), holding(2, '132')]).comparisons
    // 100 units × £10 × 36 months.
    expect(found?.items[0]).toMatchObject({ yearlyPrice: '120.00', inferred: true })
    const unknown = consolidate([holding(1, '10', { per: null }), holding(2, '132')])
    expect(unknown.comparisons).toEqual([])
    expect(unknown.left[0]?.why).toContain('is not recorded')
  })

  it('compares the same product, edition, term and currency, and nothing else', () => {
    const term = { awardedEnd: asCivilDate('2027-03-31') }
    for (const other of [{ product: 'Server' }, { edition: 'E3' }, term, { currency: 'EUR' }]) {
      expect(consolidate([holding(1, '150'), holding(2, '120', other)]).comparisons).toEqual([])
    }
  })

  it('names the day to which each contract would have to run for one joint deal', () => {
    const later = { currentEnd: asCivilDate('2028-06-30') }
    const [found] = consolidate([holding(1, '150'), holding(2, '120', later)]).comparisons
    expect(found?.coTerm).toEqual([{ id: 1, to: '2028-06-30', days: 91 }])
  })

  it('never saves less than nothing, and nothing at one price', () => {
    const prices = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 2, maxLength: 12 })
    holds([prices], (pence) => {
      const holdings = pence.map((price, id) => holding(id, (price / 100).toFixed(2)))
      const [found] = consolidate(holdings).comparisons
      const saving = Number(found?.saving)
      expect(saving >= 0).toBe(true)
      expect(saving === 0).toBe(new Set(pence).size === 1)
      expect(found?.items[0]?.saving).toBe('0.00')
    })
  })
})

describe('in Slack', () => {
  const setup = useBotSetup('http', REGISTER)

  it('cliffs tells what ends together, with what it is worth', async () => {
    expect(said(await setup.type(PEOPLE.colleague, 'cliffs'))).toMatch(
      /2 contracts with Tessarine Ltd end from Wed 3 Mar 2027 to Wed 10 Mar 2027[\s\S]*Worth £130,000 together\./,
    )
  })

  it('counts open ends of watched contracts, of the teams and the days that were asked about', async () => {
    const { database, organisation } = setup
    const cliffs = async (changes: Partial<CliffsAsked> = {}, sql = 'SELECT 1') => {
      const client = await database.pool.connect()
      try {
        await client.query('BEGIN')
        await client.query(sql)
        const found = await readCliffs(client, {
          ...{ organisationId: organisation.id, teamIds: null, days: 68, within: 14, listed: 5 },
          ...{ today: asCivilDate('2027-01-01'), ...changes },
        })
        return found.total
      } finally {
        await client.query('ROLLBACK')
        client.release()
      }
    }
    const second = `(SELECT id FROM contract WHERE reference = 'TE-2')`
    expect(await cliffs()).toBe(1)
    expect(await cliffs({ days: 67 })).toBe(0)
    expect(await cliffs({ today: asCivilDate('2027-03-04') })).toBe(0)
    expect(await cliffs({ teamIds: [0] })).toBe(0)
    for (const sql of [
      `UPDATE contract SET watched = false WHERE id = ${second}`,
      `UPDATE contract SET closed_on = '2026-11-02', closed_why = 'over' WHERE id = ${second}`,
      `UPDATE deadline SET settled_why = 'a successor is signed' WHERE contract_id = ${second}`,
    ]) {
      expect(await cliffs({}, sql), sql).toBe(0)
    }
  })

  it('Home shows what ends together in the next half year', async () => {
    const { home } = await setup.workspace.as(PEOPLE.admin).openHome()
    const shown = JSON.stringify(home)
    expect(shown).toContain('Ending together')
    expect(shown).toContain('2 contracts with Tessarine Ltd end from Wed 3 Mar 2027')
  })

  it('consolidate shows a table, and says every row of it in its text', async () => {
    const { ephemerals } = await setup.type(PEOPLE.colleague, 'consolidate foliant')
    const [message] = ephemerals
    expect(message?.blocks).toContainEqual(expect.objectContaining({ type: 'data_table' }))
    expect(message?.text).toContain('£4,000 a year, potential cost avoidance (estimate)')
    expect(message?.text).toContain('Buyer Eastwold; Units 200; Unit price a year £120')
    expect(message?.text).toContain('One joint deal could begin on Tue 1 Jun 2027')
  })

  it('what an answer cannot hold goes to the asker alone: the file of a comparison, and of a summary', async () => {
    const { ledger } = setup.workspace
    await setup.deliver()
    const before = ledger.messages.length
    const compared = said(await setup.type(PEOPLE.colleague, 'consolidate foliant'))
    expect(compared).toContain('The file follows in your direct messages with Lapsewatch.')
    const summed = await setup.type(PEOPLE.colleague, 'summary')
    expect(said(summed)).toContain('The file follows in your direct messages with Lapsewatch.')
    expect(JSON.stringify(summed.ephemerals[0]?.blocks)).toContain('"data_visualization"')
    await setup.deliver()
    const sent = ledger.messages.slice(before)
    expect(sent.map(({ channel }) => channel)).toEqual(['D0COLLEAGUE', 'D0COLLEAGUE'])
    for (const { text } of sent) expect(text).toMatch(/<https?:[^|>]+\|/)
  })

  it('a workspace that knows no tables is answered in text, once, and the next answer at once', async () => {
    const { places, ledger } = setup.workspace
    places.unknownBlocks.add('data_table')
    try {
      const refusals = () => ledger.calls.filter(({ answer }) => answer === 'invalid_blocks').length
      const before = refusals()
      for (const typed of ['consolidate foliant', 'list', 'due 400d']) {
        const { ephemerals } = await setup.type(PEOPLE.colleague, typed)
        expect(ephemerals, typed).toHaveLength(1)
        expect(JSON.stringify(ephemerals[0]?.blocks)).not.toContain('data_table')
      }
      expect(refusals() - before).toBe(1)
      const { ephemerals } = await setup.type(PEOPLE.colleague, 'list')
      const blocks = JSON.stringify(ephemerals[0]?.blocks)
      expect(blocks).toContain(
        '• Contract Lift maintenance; When 54 days ago; What Ended Wed 30 Sep 2026; Supplier Liftwell; Reference CH-',
      )
      expect(blocks).toContain('Open a contract…')
    } finally {
      places.unknownBlocks.clear()
      await setup.rows('DELETE FROM refused_block')
    }
  })

  it('consolidate lists the suppliers where several fit', async () => {
    const answer = said(await setup.type(PEOPLE.colleague, 'consolidate l'))
    expect(answer).toContain('Several suppliers fit')
    expect(answer).toContain('Foliant International')
  })

  it('a chain is confirmed by pressing, once, and only by those who may', async () => {
    const listed = await setup.type(PEOPLE.colleague, 'chains')
    expect(said(listed)).toContain('2 rollovers of Lift maintenance with Liftwell')
    const { contractId } = await setup.subjectOf('CH-1')
    const action = { act: 'chain-confirm' as const, contractId }
    expect(said(await setup.pressAction(PEOPLE.guest, action))).toContain('full members')
    expect(said(await setup.pressAction(PEOPLE.colleague, action))).toContain('Only its owner')
    expect(await setup.actsOn('CH-1')).toEqual([])
    expect(said(await setup.pressAction(PEOPLE.owner, action))).toContain(
      'Recorded: 2 emergency extensions of CH-1, to Mon 30 Nov 2026',
    )
    expect(said(await setup.pressAction(PEOPLE.owner, action))).toContain(
      'Somebody has said already',
    )
    expect(await setup.actsOn('CH-1')).toEqual(['extended', 'extended'])
    expect(await setup.actsOn('CH-3')).toEqual(['closed'])
  })
})

const DEADLINE: Deadline = {
  ...{ kind: 'end', on: asCivilDate('2027-03-31'), latest: asCivilDate('2027-03-31') },
  ...{ reason: 'the contract ends', settled: null, mootAfter: null, missed: false },
}
const PARTIES = {
  ...{ supplier: 'quillmere', supplierName: 'Quillmere Ltd', reseller: null, resellerName: null },
  products: [],
}

const REGISTER = `Reference,Title,Supplier,Reseller,Buyer,Start,End,Value,Product,Units,Unit price per year,Owner email
TE-1,Hospital record,Tessarine Ltd,,Ashmarrow,2024-03-04,2027-03-03,100000,,,,
TE-2,Record training,Tessarine Limited,,Ashmarrow,2025-03-11,2027-03-10,30000,,,,
FO-1,Office licences,Foliant International,Quillmere,Eastwold,2024-06-01,2027-05-31,24000,Office,200,120,
FO-2,Office licences,Foliant International,Quillmere,Dunhollow,2024-04-01,2027-03-31,16000,Office,100,160,
CH-1,Lift maintenance,Liftwell,,Ashmarrow,2025-10-01,2026-09-30,120000,,,,olive.owner@trust.example
CH-2,Lift maintenance,Liftwell,,Ashmarrow,2026-10-01,2026-10-31,14000,,,,
CH-3,Lift maintenance,Liftwell,,Ashmarrow,2026-11-01,2026-11-30,15000,,,,
`

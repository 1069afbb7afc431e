/** Procurement law and start-by, asked in Slack. */

import { withdrawWaiver } from '../src/actions/waiver.ts'
import { contractStartBy } from '../src/reports/start-by.ts'
import { addDays, asCivilDate, type CivilDate } from '../src/rules/civil-date.ts'
import type { ActResult } from '../stand-in/slack/payloads.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { buttonOf, errorsIn, said, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'

// 365 days awarded from 8 Dec 2025: the tenth of them is 36.5 days.
const REGISTER = `Reference,Title,Supplier,Owner email,Start,End,Value,Value basis
C-100,Cleaning,Acme Ltd,olive.owner@trust.example,2025-12-08,2026-12-07,"£800,000",committed
C-200,Linen hire,Beta plc,olive.owner@trust.example,2023-12-08,2027-12-07,"£800,000",committed
C-300,Parking,Beta plc,olive.owner@trust.example,2023-12-08,,"£800,000",committed
`

describe('the law', () => {
  const setup = useBotSetup('http', REGISTER, { prepare: (setup) => setup.tell() })

  const type = async (text: string) => said(await setup.type(PEOPLE.owner, text))
  const presses = (message: ActResult['ephemerals'][number], label: string) =>
    setup.workspace.as(PEOPLE.owner).press(message, buttonOf(message, label))

  test('headroom is told test by test, with days added, and never as a verdict', async () => {
    const bare = await type('headroom C-100')
    expect(bare).toContain('the Procurement Act 2023 (PA23) (assumed from its start)')
    expect(bare).toContain('0 of 36.5 days used, 0% of the longest term awarded')
    expect(bare).toContain('One more month would take "Not substantial" to 8.5%')
    expect(bare).toContain('check with procurement law advice')
    expect(bare).not.toMatch(/lawful|illegal|breach/)
    const more = await type('headroom C-100 add 62 days')
    expect(more).toContain('with 62 days more')
    expect(more).toContain('62 of 36.5 days used, 17% of the longest term awarded')
    expect(more).toContain('Past this limit: check')
    expect(more).not.toContain('One more month')
  })

  test('waivers and the pipeline are lists, without amounts where others read', async () => {
    const pipeline = await type('pipeline')
    expect(pipeline).toMatch(/Pipeline 20\d\d\/\d\d/)
    expect(pipeline).toContain('A pipeline notice (UK1) may be called for by')
    expect(pipeline).toContain('1 contract without an end is in no list')
    expect(await type('waivers')).toContain('0 waivers, 0 approved after the service began')
    expect(await type('waivers soon')).toContain('No team is called')
    for (const query of ['pipeline', 'waivers']) {
      await setup.pressAction(PEOPLE.owner, { act: 'share', query }, 'C0GUESTS')
      const shared = setup.workspace.ledger.messages.at(-1)
      expect(JSON.stringify([shared?.text, shared?.blocks])).not.toMatch(/£\d|UK1: check/)
    }
  })

  const waivers = () =>
    setup.rows(
      `SELECT c.reference, w.category, began_on AS "beganOn", approved_on AS "approvedOn", approver, net, gross,
         supplier_year AS "supplierYear", requested_on AS "requestedOn", committee_on AS "committeeOn", reason
       FROM waiver w JOIN contract c ON c.id = w.contract_id ORDER BY w.id`,
    )

  test('a waiver is recorded in a form, from the card, a command or the register, and one like it is asked about', async () => {
    const { owner } = PEOPLE
    const modal = await setup.form(owner, 'waiver add C-200')
    const missing = await setup.submit(owner, modal, {})
    expect(new Set(Object.keys(errorsIn(missing)))).toEqual(new Set(['category', 'beganOn']))
    const given = {
      ...{ category: 'continuity', beganOn: '2026-11-02', requestedOn: '2026-11-05' },
      ...{ approvedOn: '2026-11-04', approver: 'The chief executive', net: '16k' },
      ...{ gross: '19,200', supplierYear: '£140,000', committeeOn: '2027-01-14' },
      reason: 'The award was challenged',
    }
    for (const [wrong, at, says] of [
      [{ gross: '15,000' }, 'gross', /cannot cost less/],
      [{ net: 'about ten' }, 'net', /could not be read/],
      [{ net: '€16,000' }, 'net', /contract is in GBP and this is in EUR/],
      [{ approvedOn: '2026-11-24' }, 'approvedOn', /has not come yet/],
      [{ supplierYear: '-5' }, 'supplierYear', /./],
    ] as const) {
      const errors = errorsIn(await setup.submit(owner, modal, { ...given, ...wrong }))
      expect(Object.keys(errors)).toEqual([at])
      expect(errors[at]).toMatch(says)
    }
    expect(await waivers()).toEqual([])
    expect(errorsIn(await setup.submit(owner, modal, given))).toEqual({})
    const amounts = { net: '16000.00', gross: '19200.00', supplierYear: '140000.00' }
    expect(await waivers()).toMatchObject([{ ...given, reference: 'C-200', ...amounts }])
    const told = await setup.toldDirectly(owner)
    expect(told).toContain('No emergency extension covers the day')
    expect(told).toContain('before it was asked for on Thu 5 Nov 2026: check both days')
    expect(told).toContain('after the service began on Mon 2 Nov 2026: retrospective')
    expect(told).toContain('never instead of it: check')

    // The same again, from the card, is asked about once; the reason may be told otherwise.
    const { contractId } = await setup.subjectOf('C-200')
    const card = await setup.type(owner, 'show C-200')
    const message = present(card.ephemerals.at(-1))
    const second = await presses(message, 'Record waiver')
    const same = { ...given, net: '16,000.00', reason: 'Challenged' }
    const asked = errorsIn(await setup.submit(owner, second.modal, same))
    expect(asked.beganOn).toMatch(/says the same already\. Send it again/)
    expect((await waivers()).length).toBe(1)
    expect(errorsIn(await setup.submit(owner, second.modal, same))).toEqual({})
    expect((await waivers()).length).toBe(2)

    // The register asks of which contract.
    const register = present((await setup.type(owner, 'waivers')).ephemerals.at(-1))
    const any = await presses(register, 'Record a waiver')
    const unnamed = { category: 'urgent', beganOn: '2026-11-20' }
    for (const [contract, says] of [
      ['C-999', /No contract is called so/],
      ['C-', /Several contracts/],
    ] as const) {
      const errors = errorsIn(await setup.submit(owner, any.modal, { ...unnamed, contract }))
      expect(errors.contract).toMatch(says)
    }
    const named = { ...unnamed, contract: `#${contractId}` }
    expect(errorsIn(await setup.submit(owner, any.modal, named))).toEqual({})
    const listed = await type('waivers')
    expect(listed).toContain('2 waivers, 2 approved after the service began; 1 breach')
    expect(listed).toContain('Breaches to check: no approval found')

    const [last] = (await setup.rows('SELECT max(id) AS id FROM waiver')) as { id: number }[]
    const { pool } = setup.database
    await withdrawWaiver(pool, setup.actor('2026-11-23'), last?.id ?? 0, 'not ours')
    const after = await type('waivers')
    expect(after).toContain('0 breaches')
    expect(after).toMatch(
      /Taken back: counted nowhere[\s\S]*C-200: urgent, began Fri 20 Nov 2026; taken back on \w+ \d+ \w+ \d+: not ours/,
    )
    await setup.rows('DELETE FROM waiver')
  })

  test('a waiver is taken back in a form, by its number, its contract or the card, with the reason', async () => {
    const { owner, colleague } = PEOPLE
    const record = async (given: Record<string, string>) => {
      const modal = await setup.form(owner, 'waiver add C-200')
      expect(errorsIn(await setup.submit(owner, modal, given))).toEqual({})
      const [row] = await setup.rows<{ id: number }>('SELECT max(id) AS id FROM waiver')
      return row?.id ?? 0
    }
    const began = { category: 'urgent', beganOn: '2026-11-02', net: '500' }
    const nobody = { ...began, approvedOn: '2026-11-02', approver: 'TBC' }
    const first = await record(nobody)
    expect(await setup.toldDirectly(owner)).toContain('“TBC” names nobody who approved it')
    const second = await record({ ...began, beganOn: '2023-12-07' })
    const early = await setup.toldDirectly(owner)
    expect(early).toContain('before the contract starts on Fri 8 Dec 2023')
    expect(await type('waivers')).toContain('waiver withdraw NUMBER')

    const modal = await setup.form(owner, `waiver withdraw ${first}`)
    const wordless = await setup.submit(owner, modal, { extension: `waiver-${first}` })
    expect(errorsIn(wordless).why).toContain('Say why')
    const given = { extension: `waiver-${first}`, why: 'recorded twice' }
    expect(errorsIn(await setup.submit(owner, modal, given))).toEqual({})
    expect(await setup.toldDirectly(owner)).toContain(`Waiver ${first} is taken back`)
    const message = present((await setup.type(owner, 'show C-200')).ephemerals.at(-1))
    const card = await presses(message, 'Take back a record')
    const last = { extension: `waiver-${second}`, why: 'another contract' }
    expect(errorsIn(await setup.submit(owner, card.modal, last))).toEqual({})
    expect(await type('waivers 2026/27')).toContain('recorded twice')
    expect(await type('withdraw C-200')).toContain('no waiver that could be taken back')
    expect(await type(`waiver withdraw ${first}`)).toContain(`no waiver ${first}`)
    expect(await type('waiver withdraw 999999')).toContain('no waiver 999999')

    // What somebody took back meanwhile, what is another contract’s, and what is none of theirs.
    const third = await record(began)
    const late = await setup.form(owner, `waiver withdraw ${third}`)
    const { contractId: other } = await setup.subjectOf('C-100')
    const { pool } = setup.database
    const actor = setup.actor('2026-11-23')
    const foreign = withdrawWaiver(pool, actor, third, 'mine', other)
    await expect(foreign).rejects.toThrow(`no waiver ${third}`)
    const theirs = said(await setup.type(colleague, `waiver withdraw ${third}`))
    expect(theirs).toContain('Only its owner')
    await withdrawWaiver(pool, actor, third, 'not ours')
    const twice = { extension: `waiver-${third}`, why: 'again' }
    expect(JSON.stringify(await setup.submit(owner, late, twice))).toContain('taken back already')
    await setup.workspace.as(owner).close(late)
    const [{ standing } = { standing: 0 }] = await setup.rows<{ standing: number }>(
      'SELECT count(*)::int AS standing FROM waiver WHERE withdrawn_at IS NULL',
    )
    expect(standing).toBe(0)
    await setup.rows('DELETE FROM waiver')
  })

  test('a waiver of a contract that is none of theirs is refused, and its form too', async () => {
    const subject = await setup.subjectOf('C-200')
    for (const who of [PEOPLE.colleague, PEOPLE.guest, PEOPLE.outsider]) {
      const seen = await setup.pressAction(who, { act: 'waiver', subject })
      expect(seen.modal).toBeNull()
    }
    const any = await setup.form(PEOPLE.colleague, { act: 'open', what: 'waiver' })
    const given = { contract: 'C-200', category: 'urgent', beganOn: '2026-11-20' }
    const refused = await setup.submit(PEOPLE.colleague, any, given)
    expect(JSON.stringify(refused.errors)).toMatch(/Only its owner/)
    expect(await waivers()).toEqual([])
    await setup.workspace.as(PEOPLE.colleague).close(any)
  })

  test('an extended contract has a line of it on its card', async () => {
    expect(await type('show C-100')).not.toContain('Headroom')
    const modal = await setup.form(PEOPLE.owner, 'extend C-100')
    const sent = await setup.workspace
      .as(PEOPLE.owner)
      .submit(modal, { kind: 'variation', to: '2027-01-07', cost: '90000', status: 'confirmed' })
    expect(sent.errors ?? {}).toEqual({})
    expect(await type('show C-100')).toMatch(
      /Headroom, each test by itself: "Not substantial" 8.5%, inside this limit; "Below-threshold modification" 11.3%/,
    )
  })

  test('amounts are left out where others read, and shares of money with them', async () => {
    expect(await type('headroom C-100')).toContain('£90,000 of')
    for (const query of ['headroom C-100', 'show C-100']) {
      await setup.pressAction(PEOPLE.owner, { act: 'share', query }, 'C0GUESTS')
      const shared = setup.workspace.ledger.messages.at(-1)
      expect(shared?.text).toContain('Not substantial')
      expect(JSON.stringify([shared?.text, shared?.blocks])).not.toMatch(/£|11\.3/)
    }
  })

  test('notices are tasks with dates for the category lead, until somebody says what was published', async () => {
    await setup.type(PEOPLE.lead, 'help')
    await setup.database.pool.query(
      `UPDATE contract SET category_lead_id = (SELECT id FROM person WHERE slack_user = $1)`,
      [PEOPLE.lead],
    )
    const modal = await setup.form(PEOPLE.owner, 'extend C-100')
    await setup.workspace
      .as(PEOPLE.owner)
      .submit(modal, { kind: 'variation', to: '2027-02-05', cost: '90000', status: 'confirmed' })
    // 60 days of 365 in all, and £180,000 of £800,000: no small change any more.
    const change =
      'By Thu 7 Jan 2027, in 45 days: check whether a contract change notice (UK10) is called for'
    const told = await type('headroom C-100')
    expect(told).toContain(change)
    expect(told).toContain('By Sat 6 Mar 2027, in 103 days: check whether a contract termination')
    expect(told).toMatch(/Asked of \w/)
    expect(told).not.toContain('UK7)')
    const settled = await type('published C-100 UK10 not called for: the board')
    expect(settled).toContain('contract change notice (UK10) of Thu 7 Jan 2027 is settled')
    expect(await type('headroom C-100')).not.toContain(change)
    expect(await type('headroom C-100')).toContain('not called for: the board')
    expect(await type('history C-100')).toMatch(/notice settled/i)
    expect(await type('published C-100 UK10 again')).toContain('has no open UK10')
    expect(await type('published C-200 UK11 again')).toContain('has no open UK11')
    await setup.database.pool.query(
      `UPDATE contract SET closed_on = '2026-11-20' WHERE reference = 'C-100'`,
    )
    // 29 days after Fri 20 Nov is Sat 19 Dec.
    expect(await type('summary')).toMatch(
      /Notices to check[\s\S]*In 26 days: Cleaning \(Acme Ltd\), C-100. Check whether a contract termination notice \(UK11\)/,
    )
  })

  test('start-by shows its steps, the routes that fit, and from when on a gap is unavoidable', async () => {
    const count = await type('start-by C-200 by open')
    expect(count).toContain('To have a new contract on Wed 8 Dec 2027 by open procedure, start by')
    expect(count).toMatch(/Procedure, 180 days: \w+ \d+ \w+ 2027 to/)
    expect(count).toMatch(/quotes|mini-competition/)
    expect(count).toMatch(/on a gap is unavoidable, by these lead times/)
    expect(await type('start-by C-200')).toContain('(assumed, as no route is recorded)')
    expect(await type('start-by C-200 by raffle')).toContain('Write one of: competitive-flexible')
    expect(await type('start-by C-300')).toContain('no end date')
  })

  test('the day to start by has passed on the day after it, not on it', async () => {
    const { database, organisation, rulesOf } = setup
    const { contractId } = await setup.subjectOf('C-200')
    const asked = { organisationId: organisation.id, rulesOf, route: 'open' }
    const countOn = (asOf: CivilDate) =>
      contractStartBy(database.pool, contractId, { ...asked, asOf })
    const { startBy, coverFrom } = await countOn(asCivilDate('2027-01-04'))
    expect(coverFrom).toBe('2027-12-08')
    expect((await countOn(startBy)).passed).toBe(false)
    expect((await countOn(addDays(startBy, 1))).passed).toBe(true)
  })

  test('Slack accepted everything that the bot sent', () => {
    expect(setup.workspace.ledger.failures).toEqual([])
    expect(setup.lines).toEqual([])
  })
})

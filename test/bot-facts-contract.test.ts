/** The facts about one contract, one channel, one team and one person. */

import { acknowledge, answerSupply, snooze } from '../src/actions/acknowledge.ts'
import type { Actor } from '../src/actions/act.ts'
import { assign } from '../src/actions/assign.ts'
import { decide } from '../src/actions/decide.ts'
import { classify, extend } from '../src/actions/extend.ts'
import { readTeams, setTeam } from '../src/database/organisation.ts'
import { lastAct, readActors, readExtensionRows } from '../src/delivery/acts.ts'
import { auditLength, auditSheet } from '../src/register/export/tables.ts'
import { historyOf } from '../src/reports/history.ts'
import { addDays, asCivilDate, type CivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import type { Asker } from '../src/slack/directory.ts'
import { cardFacts, explainFacts, historyFacts } from '../src/slack/facts/contract.ts'
import { teamsOf } from '../src/slack/facts/filters.ts'
import {
  assignForm,
  classifyForm,
  contractForm,
  decideForm,
  extendForm,
  importForm,
  preferencesForm,
  snoozeForm,
} from '../src/slack/facts/forms.ts'
import { triageFacts } from '../src/slack/facts/list.ts'
import { previewFacts } from '../src/slack/facts/preview.ts'
import { findForBot } from '../src/slack/facts/search.ts'
import { homeFacts } from '../src/slack/home.ts'
import { NO_FILTERS } from '../src/slack/parse/command-types.ts'
import { mayConfirmTriage, responsibleIn } from '../src/slack/permissions.ts'
import type { BotContext } from '../src/slack/request.ts'
import { settingsForm } from '../src/slack/settings.ts'
import { subscriptionFacts } from '../src/slack/subscriptions.ts'
import { cardAnswer } from '../src/text/contract-card.ts'
import { explainAnswer, historyAnswer } from '../src/text/explain.ts'
import { homeView } from '../src/text/home.ts'
import { checkUp } from '../src/warnings/self-check.ts'
import { contextOf } from './support/bot-facts.ts'
import { endOn } from './support/contract-facts.ts'
import { draft, useSetup } from './support/setup.ts'

const TODAY = asCivilDate('2026-11-23')
const day = (offset: number): CivilDate => addDays(TODAY, offset)

const setup = useSetup({ emptied: 'before' })

const context = (asker: Partial<Asker> = {}, rest: Partial<BotContext> = {}) =>
  contextOf(setup, asker, { query: 'show', ...rest })

describe('finding the contract that is meant', () => {
  const find = async (typed: string) => {
    const found = await findForBot(context(), typed)
    if (found.kind === 'one') return found.contractId
    const of = found.kind === 'several' ? found.candidates : found.near
    return [found.kind, ...of.map(({ reference }) => reference)]
  }
  beforeEach(() =>
    setup.import(
      [
        draft('C-1042', { title: 'Pathology reagents', supplier: 'Abbey Labs' }),
        draft('C-1043', { title: 'Imaging licences' }),
        draft('C-2000', { title: 'Imaging 100% cover' }),
        draft('TWICE', { title: 'One', lot: '1' }),
        draft('TWICE', { title: 'Two', lot: '2' }),
      ],
      TODAY,
    ),
  )

  it('takes the reference whatever its case, #number, and a part that only one has', async () => {
    const id = await setup.contractId('C-1042')
    for (const typed of ['C-1042', ' c-1042 ', '"C-1042"', `#${id}`, '1042', 'pathology  REAG']) {
      expect(await find(typed), typed).toBe(id)
    }
  })

  it('lists those that fit where they are several', async () => {
    expect(await find('imaging')).toEqual(['several', 'C-1043', 'C-2000'])
    expect(await find('twice')).toEqual(['several', 'TWICE', 'TWICE'])
    expect(await find('100%')).toBe(await setup.contractId('C-2000'))
  })

  it('proposes what is spelt nearly so, and what the supplier of that name has', async () => {
    expect(await find('C-1024')).toEqual(['none', 'C-1042'])
    expect(await find('patholgy reagnets')).toEqual(['none', 'C-1042'])
    expect(await find('abbey')).toEqual(['none', 'C-1042'])
    for (const typed of ['', '   ', '#99999999', 'something else altogether', "'; --", '\0']) {
      expect(await find(typed), typed).toEqual(['none'])
    }
  })

  it.each([
    ['tg 2023 3', 'TG-2023-003'],
    ['tg.2023.0003', 'TG-2023-003'],
    ['tg 2023 3', 'TG/2023/3'],
    ['rm 6100a', 'RM-06100A'],
    ['rm a00b2', 'RM-A0B02'],
    ['ct 00', 'CT-0'],
    ['ct 10', 'CT-010'],
  ])('takes %s for %s: signs and zeros before figures are no matter', async (typed, reference) => {
    // Neither is one whose end alone is the same, nor one that goes on.
    const others = ['TG-2022-003', 'TG-2023-0031', 'XRM-6100A', 'CT-20', 'CT-1-0', `${reference}-1`]
    const drafts = [reference, ...others].map((each) => draft(each))
    await setup.import(drafts, TODAY, { source: 'like it' })
    expect(await find(typed)).toBe(await setup.contractId(reference))
  })

  it('says that there are more than the ten it lists', async () => {
    const drafts = Array.from({ length: 12 }, (_, n) => draft(`SAME-${n}`))
    await setup.import(drafts, TODAY, { source: 'more' })
    expect(await findForBot(context(), 'same-')).toMatchObject({ kind: 'several', more: true })
  })

  it('never finds another organisation’s', async () => {
    const other = context({}, { organisationId: setup.organisation.id + 1 })
    expect(await findForBot(other, 'C-1042')).toEqual({ kind: 'none', near: [] })
    await expect(cardFacts(other, await setup.contractId('C-1042'))).rejects.toThrow('is gone')
  })
})

describe('one contract', () => {
  let id = 0
  beforeEach(async () => {
    const contract = draft('C-1', {
      ...{ owner: 'Amira Khan', deputy: 'Tom Reed', categoryLead: 'Ada Byron' },
      ...{ end: endOn(day(20)), maximumEnd: day(400), automaticRenewal: true },
      ...{ noticePeriod: { amount: 1, unit: 'weeks' }, value: asDecimal('4600000.50') },
    })
    await setup.import([contract], TODAY)
    id = await setup.contractId('C-1')
    await setup.sweep(TODAY)
  })
  const actorOf = async (name: string, more: Partial<Actor> = {}) => {
    return { ...setup.actor(TODAY), personId: await setup.personId(name), ...more }
  }
  const option = (to: CivilDate) => ({ kind: 'option', to, from: null, cost: null }) as const
  const last = (of = id) => lastAct(setup.db.pool, setup.organisation.id, of, TODAY)

  it('shows its people, its dates with the day each is next told, and what can be done', async () => {
    const card = await cardFacts(context({ personId: await setup.personId('Amira Khan') }), id)
    expect(card).toMatchObject({
      ...{ mayChange: true, standing: 'running', state: 'open', noticePeriod: '1 week' },
      ...{ automaticRenewal: true, maximumEnd: day(400), source: 'register', parent: null },
      contract: { reference: 'C-1', value: '4600000.50', owner: { name: 'Amira Khan' } },
      ...{ deputy: { name: 'Tom Reed' }, categoryLead: { name: 'Ada Byron' } },
      financePartner: null,
    })
    // Which contract it is called off under does not matter here: it is read by its reference.
    await setup.rows('UPDATE contract SET parent_id = id WHERE id = $1', [id])
    expect((await cardFacts(context(), id)).parent).toBe('C-1')
    const end = card.deadlines.find(({ kind }) => kind === 'end')
    expect(end).toMatchObject({ on: day(20), daysLeft: 20, settled: null, nextOn: day(4) })
    expect(card.subject.alertIds.length).toBeGreaterThan(0)
    // A name alone locks nobody out; with an address it is somebody.
    const amira = await setup.personId('Amira Khan')
    const responsible = (of: number) => responsibleIn(setup.db.pool, setup.organisation.id, [of])
    expect((await cardFacts(context(), id)).mayChange).toBe(true)
    expect((await responsible(id)).get(id)?.ownerId).toBeNull()
    await setup.rows(`UPDATE person SET email = 'amira@trust.example' WHERE id = $1`, [amira])
    expect((await cardFacts(context(), id)).mayChange).toBe(false)
    expect((await responsible(id)).get(id)?.ownerId).toBe(amira)
    expect((await responsible(0)).size).toBe(0)
  })

  it('says what it charges and for how long, as show does, where prices may be read', async () => {
    expect((await cardFacts(context(), id)).charge).toBeNull()
    const value = asDecimal('29420.50')
    const none = { invoicedLastYear: null, oneOffCharges: null, minimumExtension: null }
    const prices = { ...none, periodicCharge: value, chargeUnit: 'quarter' } as const
    await setup.import([draft('C-9', { prices, currency: 'EUR' })], TODAY, { source: 'charged' })
    expect(await setup.shown('C-9', TODAY)).toMatchObject({
      ...{ periodicCharge: '29420.50', chargeUnit: 'quarter' },
    })
    const card = await cardFacts(context(), await setup.contractId('C-9'))
    expect(card.charge).toBe('EUR 29,420.50 a quarter')
    expect(cardAnswer(card).text).toContain('Charged EUR 29,420.50 a quarter.')
    expect(cardAnswer({ ...card, hidePrices: true }).text).not.toContain('29,420')
  })

  it('follows what people do: acknowledged, snoozed, out of contract, closed', async () => {
    const state = async (at: CivilDate = TODAY) =>
      (await cardFacts(context({}, { today: at }), id)).state
    const { pool } = setup.db
    await acknowledge(pool, setup.actor(TODAY), id)
    expect(await state()).toBe('acknowledged')
    await snooze(pool, setup.actor(TODAY), id, day(7), null)
    expect(await state()).toBe('snoozed')
    expect(await state(day(21))).toBe('asked')
    await answerSupply(pool, setup.actor(day(21)), id, true)
    expect(await state(day(21))).toBe('out-of-contract')
    await answerSupply(pool, setup.actor(day(22)), id, false)
    expect(await state(day(22))).toBe('closed')
  })

  it('explains a day as the sweep saw it', async () => {
    const facts = await explainFacts(context(), id, null)
    expect(facts.on).toBe(TODAY)
    expect(facts.raised.length).toBeGreaterThan(0)
    expect((await explainFacts(context(), id, day(-1))).raised).toEqual([])
  })

  it.each([
    ['2026-11-23T23:30:00Z', 'Europe/Paris', '2026-11-24', 'sent on Tue 24 Nov 2026'],
    ['2026-11-23T23:30:00Z', 'Europe/London', '2026-11-23', 'sent that day'],
    // The database's clock is behind the program's: no message goes out before its day.
    ['2026-11-20T12:00:00Z', 'Europe/London', '2026-11-23', 'sent that day'],
  ])(
    'names the day on which a reminder went out: %s in %s',
    async (at, timeZone, sentOn, words) => {
      await setTeam(setup.db.pool, setup.organisation.id, 'Default team', { timeZone })
      const [waiting] = (await explainFacts(context(), id, null)).raised
      expect(waiting).toMatchObject({ on: TODAY, sentOn: null })
      await setup.rows(`UPDATE delivery SET state = 'SENT', sent_at = $1`, [at])
      const facts = await explainFacts(context(), id, day(1))
      expect(facts.raised[0]).toMatchObject({ on: TODAY, sentOn })
      expect(explainAnswer(facts).text).toContain(`warned of the end, 30 days before, ${words}`)
      expect(facts.silent.map(({ why }) => why).join()).toContain('was raised on Mon 23 Nov 2026')
      await setup.rows('UPDATE team SET time_zone = NULL')
    },
  )

  it('tells who changed what, with names in place of numbers, at local time', async () => {
    const now = new Date('2026-07-01T09:05:00Z')
    const actor = await actorOf('Tom Reed', { via: 'slack', now })
    await assign(setup.db.pool, actor, id, { ownerId: await setup.personId('Ada Byron') })
    const history = await historyFacts(context(), id, 1)
    expect(history.entries[0]).toEqual({
      ...{ on: '2026-07-01', at: '10:05', by: { name: 'Tom Reed', slackUser: null }, via: 'slack' },
      ...{ what: 'updated', field: 'owner_id', from: 'Amira Khan', to: 'Ada Byron' },
    })
    expect(history.entries.at(-1)?.via).toBe('import of register.csv')
    expect(history.total).toBe(history.entries.length)
  })

  it.each([
    ['Europe/London', '2026-07-01T23:30:00Z', '2026-07-02'],
    ['America/St_Johns', '2026-12-01T01:00:00Z', '2026-11-30'],
    ['Pacific/Kiritimati', '2026-11-30T10:00:00Z', '2026-12-01'],
  ])('what was done in %s at %s was done on %s', async (timeZone, at, on) => {
    const { pool } = setup.db
    const organisationId = setup.organisation.id
    await setTeam(pool, organisationId, 'Default team', { timeZone })
    const { todayOf } = setup.actor(on)
    const actor = await actorOf('Tom Reed', { todayOf, now: new Date(at) })
    await extend(pool, actor, id, option(day(400)))
    expect(await lastAct(pool, organisationId, id, day(0))).toMatchObject({ what: 'extended', on })
    await setup.rows('UPDATE extension SET known_on = NULL')
    for (const read of [readActors, readExtensionRows]) {
      expect(await read(pool, [id])).toMatchObject([{ on }])
    }
    await setup.rows('UPDATE team SET time_zone = NULL')
  })

  it('the last extension is the one that ends latest, among equals the newest, in answer, message and card', async () => {
    const { pool } = setup.db
    await extend(pool, await actorOf('Tom Reed'), id, option(day(400)))
    const add = (kind: string, to: CivilDate, status: string) =>
      setup.rows(
        `INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [setup.organisation.id, id, kind, status, day(21), to],
      )
    const kinds = async () => {
      const [row] = await readExtensionRows(pool, [id])
      const { endSource } = await setup.shown('C-1', TODAY)
      const act = await last()
      return [act !== null && 'kind' in act ? act.kind : act, row?.kind, endSource]
    }
    await setup.rows('UPDATE extension SET source = NULL')
    await add('emergency', day(300), 'confirmed')
    await add('emergency', day(500), 'proposed')
    await add('emergency', day(500), 'withdrawn')
    expect(await kinds()).toEqual(['option', 'option', 'option'])
    await add('variation', day(400), 'presumed')
    expect(await kinds()).toEqual(['variation', 'variation', 'variation'])
  })

  it('what was done is read once, however many entries about the contract are looked at', async () => {
    const { pool } = setup.db
    const actor = await actorOf('Tom Reed')
    for (const to of [400, 410, 420, 430]) await extend(pool, actor, id, option(day(to)))
    const asked = vi.spyOn(pool, 'query')
    const meant = { entries: 50, kinds: new Set(['snoozed'] as const) }
    expect(await lastAct(pool, setup.organisation.id, id, TODAY, meant)).toBeNull()
    expect(asked.mock.calls.length).toBeLessThanOrEqual(4)
    asked.mockRestore()
  })

  it('what somebody says of an extension that a register gave was said on that day, in answer and message', async () => {
    const { pool } = setup.db
    const known = { kind: 'unknown', status: 'confirmed', from: day(21), to: day(50) } as const
    const extension = { ...known, cost: null, knownOn: day(-30), source: 'register' }
    await setup.import([draft('C-9', { end: endOn(day(20)), extensions: [extension] })], TODAY)
    const other = await setup.contractId('C-9')
    const its = 'SELECT id FROM extension WHERE contract_id = $1'
    const [row] = await setup.rows<{ id: number }>(its, [other])
    const actor = await actorOf('Tom Reed', { now: new Date('2026-07-01T23:30:00Z') })
    const nothing = { cost: null, rule: null, grounds: null, approver: null, noticeReference: null }
    await classify(pool, actor, other, row?.id ?? 0, { kind: 'option', ...nothing })
    const on = '2026-07-02'
    expect(await last(other)).toMatchObject({ on })
    expect(await readExtensionRows(pool, [other])).toMatchObject([{ on }])
  })

  it('names people wherever the record is shown, by what is known of them today, and keeps their numbers', async () => {
    const { db, organisation } = setup
    const at = (owner: string) => draft('WHO', { end: endOn(day(20)), owner, team: 'Digital' })
    await setup.import([at('Amira Khan')], '2026-11-20')
    // The register's own changes stand as bare numbers, people's acts as `person 7`.
    await setup.import([at('Tom Reed')], '2026-11-21')
    const who = await setup.contractId('WHO')
    const [tom, ada] = [await setup.personId('Tom Reed'), await setup.personId('Ada Byron')]
    await setup.rows(
      `INSERT INTO person (organisation_id, email, slack_workspace, slack_user) VALUES
         ($1, 'new.starter@trust.example', 'T1', 'U0MAILONLY'), ($1, NULL, 'T1', 'U0NOTHING')`,
      [organisation.id],
    )
    await setup.rows(
      `UPDATE person SET slack_workspace = 'T-GONE', slack_user = 'U0TOMREED' WHERE id = $1`,
      [tom],
    )
    const idOf = async (account: string) => {
      const sql = 'SELECT id FROM person WHERE slack_user = $1'
      return (await setup.rows<{ id: number }>(sql, [account]))[0]?.id ?? null
    }
    const as = async (account: string) => {
      return { ...setup.actor(TODAY), personId: await idOf(account), via: 'slack' }
    }
    await assign(db.pool, await as('U0MAILONLY'), who, { ownerId: ada })
    await assign(db.pool, await as('U0NOTHING'), who, { ownerId: tom, deputyId: ada })
    const text = 'Agreed with <@U0TOMREED|tom.r> and U0TOMREED, not PERSON 1'
    await decide(db.pool, await as('U0TOMREED'), who, { kind: 'end', evidence: null, text })
    const shown = async () => {
      const facts = await historyFacts(context(), who, 1)
      const { lines } = await historyOf(db.pool, organisation.id, who, 99)
      const sheet: unknown[] = []
      const { upTo } = await auditLength(db.pool, organisation.id)
      for await (const row of auditSheet(db.pool, organisation.id, upTo).rows) {
        if (JSON.stringify(row).includes('"WHO"')) sheet.push(row)
      }
      const [line, cells] = [lines, sheet].map((each) => JSON.stringify(each))
      return { slack: historyAnswer(facts).text, line, sheet: cells }
    }
    const { slack, line, sheet } = await shown()
    for (const text of [slack, line, sheet]) {
      expect(text).toMatch(/Amira Khan.{1,40}Tom Reed/)
      expect(text).toMatch(/Tom Reed.{1,40}Ada Byron/)
      expect(text).toContain('new.starter@trust.example')
      expect(text).toContain('Agreed with @Tom Reed and Tom Reed, not PERSON 1')
      expect(text).not.toContain('U0TOMREED')
      expect(text).not.toMatch(/person \d|\bowner(_id)?\W{1,12}\d/)
    }
    // Of whom only the account is known, Slack says the name.
    expect(slack).toContain('<@U0NOTHING>')
    expect(line).toContain('"by":"U0NOTHING"')
    await setup.rows(
      `UPDATE person SET erased_at = now(), display_name = NULL, email = NULL, slack_user = NULL
       WHERE id IN ($1, $2)`,
      [ada, await idOf('U0MAILONLY')],
    )
    for (const text of Object.values(await shown())) {
      expect(text).toMatch(/Tom Reed.{1,40}somebody erased \([0-9a-f]{8}\)/)
      expect(text).not.toMatch(/Ada Byron|new\.starter/)
    }
    const kept = await setup.rows<{ to: string }>(
      `SELECT to_value AS "to" FROM audit_change WHERE contract_id = $1 AND field = 'owner_id'`,
      [who],
    )
    const both = expect.arrayContaining([`person ${ada}`, `person ${tom}`])
    expect(kept.map(({ to }) => to)).toEqual(both)
  })

  it('fills the forms with what is known', async () => {
    await setup.rows(
      `UPDATE person SET slack_workspace = 'T1', slack_user = 'UAMIRA' WHERE display_name = 'Amira Khan'`,
    )
    const asked = context()
    expect(await extendForm(asked, id)).toMatchObject({ currency: 'GBP', end: day(20) })
    const kinds = (await decideForm(asked, id)).deadlines.map(({ kind }) => kind)
    expect(kinds).toEqual(['start-by', 'option', 'notice', 'end'])
    const deputy = { name: 'Tom Reed', slackUser: null }
    expect(await assignForm(asked, id)).toMatchObject({ owner: { slackUser: 'UAMIRA' }, deputy })
    expect((await snoozeForm(asked, id)).contract.reference).toBe('C-1')
    const { subject, contract, teams } = await contractForm(asked, id)
    expect(subject?.contractId).toBe(id)
    expect(teams.map(({ name }) => name)).toEqual(['Default team'])
    expect(contract).toMatchObject({
      ...{ reference: 'C-1', owner: 'UAMIRA', endKind: 'dated', end: day(20), route: 'open' },
      ...{ noticePeriod: { amount: 1, unit: 'weeks' }, value: '4600000.50' },
    })
    const fresh = await contractForm(asked, null, 'Lifts')
    expect(fresh).toMatchObject({ contract: { title: 'Lifts' }, owner: { slackUser: 'UNOBODY' } })
    await expect(classifyForm(asked, id)).rejects.toThrow('classified already')
    await expect(extendForm(asked, 0)).rejects.toThrow('is gone')
  })

  it('asks to classify the extension that a register made', async () => {
    await setup.import([draft('C-1', { end: endOn(day(120)), currentEnd: null })], TODAY)
    const form = await classifyForm(context(), id)
    expect(form.extension).toMatchObject({ kind: 'unknown', from: day(21), to: day(120) })
  })
})

describe('what a channel is told', () => {
  const preview = async (days: number, channel: string | null) => {
    const { messages, ...facts } = await previewFacts(context(), days, channel)
    return { ...facts, told: messages.map((each) => `${each.on} ${each.contracts}`) }
  }

  it('is what the sweeps then send', async () => {
    const offsets = [5, 7, 20, 30, 30, 30, 30, 30, 30, 90]
    const drafts = offsets.map((offset, n) => draft(`C-${n}`, { end: endOn(day(offset)) }))
    await setup.import(drafts, TODAY)
    const { told, total, channel } = await preview(20, '#contracts')
    expect(channel).toBe('#contracts')
    expect(total).toBe(told.length)
    for (let n = 0; n <= 20; n += 1) await setup.sweep(day(n))
    const sent = await setup.rows<{ on: CivilDate; contracts: number }>(
      `SELECT d.as_of AS "on", count(DISTINCT a.contract_id)::int AS contracts FROM delivery d
       JOIN delivery_alert c ON c.delivery_id = d.id JOIN alert a ON a.id = c.alert_id
       WHERE d.purpose IN ('post', 'thread', 'ask-again', 'group') GROUP BY d.id, d.as_of`,
    )
    const counted = (list: readonly string[]) => list.toSorted((a, b) => (a < b ? -1 : 1))
    expect(counted(told)).toEqual(counted(sent.map((each) => `${each.on} ${each.contracts}`)))
    expect(sent.some(({ contracts }) => contracts === 6)).toBe(true)
  })

  it('is nothing in a channel of no team, and nothing again of a day that was swept', async () => {
    await setup.import([draft('C-1', { end: endOn(day(7)) })], TODAY)
    expect((await preview(14, '#elsewhere')).total).toBe(0)
    expect((await preview(0, null)).total).toBe(1)
    await setup.sweep(TODAY)
    expect((await preview(0, null)).total).toBe(0)
  })

  it('knows a channel by its id once a message went there', async () => {
    await setup.import([draft('C-1', { end: endOn(day(7)) })], TODAY)
    await setup.sweep(TODAY)
    await setup.rows(
      `UPDATE delivery SET state = 'SENT', slack_channel = 'C0123456789', slack_ts = '1.1', sent_at = now()`,
    )
    const facts = await preview(7, 'C0123456789')
    expect([facts.channel, facts.total > 0]).toEqual(['#contracts', true])
    const form = await settingsForm(context(), null)
    const own = { channel: 'C0123456789', escalationChannel: null, calendar: 'england-and-wales' }
    expect(form).toMatchObject(own)
    expect(form.ladders).toContain('notice: 60, 30, 14, 7, 3, 1, 0 then nothing')
    await expect(settingsForm(context(), 0)).rejects.toThrow('gone')
  })

  it('lists its subscriptions, with who made them', async () => {
    await setup.rows(
      `INSERT INTO subscription (organisation_id, channel, filters) VALUES ($1, 'C0123456789', 'unowned')`,
      [setup.organisation.id],
    )
    const facts = await subscriptionFacts(context(), 'C0123456789')
    expect(facts).toMatchObject({ mayChange: true, items: [{ filters: 'unowned', by: null }] })
    expect((await subscriptionFacts(context(), 'C9999999999')).items).toEqual([])
    await expect(subscriptionFacts(context(), null)).rejects.toThrow('Which channel?')
    await setup.rows('DELETE FROM subscription')
  })
})

describe('after a first import', () => {
  it('every contract that is not closed is looked through, until the ladders start', async () => {
    const drafts = [
      draft('SOON', { owner: 'Amira Khan', end: endOn(day(30)) }),
      draft('LONG-AGO', { owner: 'Amira Khan', end: endOn(day(-300)) }),
      draft('UNOWNED', { end: endOn(day(300)) }),
      draft('UNDATED', { owner: 'Amira Khan', end: { kind: 'undated' } }),
    ]
    await setup.import(drafts, TODAY, { triageDays: 14 })
    const amira = { personId: await setup.personId('Amira Khan') }
    const facts = await triageFacts(context(amira), NO_FILTERS, 1)
    const listed = facts.entries.map((each) => `${each.reference}${each.historic ? ', old' : ''}`)
    expect(listed).toEqual(['SOON', 'UNOWNED', 'UNDATED', 'LONG-AGO, old'])
    expect(facts).toMatchObject({ team: 'Default team', mayConfirm: true, total: 4 })
    expect((await triageFacts(context(), NO_FILTERS, 1)).mayConfirm).toBe(false)
    for (const asks of [context(amira), context({ isAdministrator: true })]) {
      expect(mayConfirmTriage(asks.asker, facts.teamId, await teamsOf(asks))).toBe(true)
    }
    const later = context(amira, { today: day(30) })
    const wanting = await triageFacts(later, NO_FILTERS, 1)
    expect(wanting.entries.map(({ reference }) => reference)).toEqual(['UNOWNED', 'UNDATED'])
    expect(wanting.mayConfirm).toBe(false)
    const unknown = { ...NO_FILTERS, team: 'nowhere' }
    await expect(triageFacts(later, unknown, 1)).rejects.toThrow('No team is called "nowhere"')
  })
})

describe('App Home', () => {
  it('shows what is mine, what the team has before it, and what nobody looks after', async () => {
    await setup.import(
      [
        draft('MINE', { owner: 'Amira Khan', end: endOn(day(30)) }),
        draft('MINE-TOO', { deputy: 'Amira Khan', end: endOn(day(10)) }),
        draft('MINE-OVER', { owner: 'Amira Khan', end: endOn(day(-300)) }),
        draft('LAPSED', { owner: 'Tom Reed', end: endOn(day(-3)) }),
        draft('UNDATED', { owner: 'Tom Reed', end: { kind: 'undated' } }),
        draft('ROLLING', { owner: 'Tom Reed', end: { kind: 'rolling' } }),
      ],
      TODAY,
    )
    const home = await homeFacts(context({ personId: await setup.personId('Amira Khan') }))
    const of = (list: { entries: readonly { reference: string }[] }) =>
      list.entries.map(({ reference }) => reference)
    expect(of(home.mine)).toEqual(['MINE-TOO', 'MINE'])
    expect(of(home.teamSoon)).toEqual(['LAPSED', 'MINE-TOO', 'MINE'])
    expect(of(home.outOfContract)).toEqual(['LAPSED'])
    expect(of(home.unowned)).toEqual(['MINE-TOO'])
    expect(of(home.undated)).toEqual(['UNDATED'])
    expect(of(home.rolling)).toEqual(['ROLLING'])
    expect(home).toMatchObject({ team: 'Default team', voice: 'mention', mayAdd: true })
    expect([home.isAdministrator, home.troubles]).toEqual([false, []])
    expect(homeView(home).blocks.length).toBeLessThanOrEqual(100)
  })

  it('of several teams shows what ends together by the rules of the organisation, whichever team is first', async () => {
    await setTeam(setup.db.pool, setup.organisation.id, 'Zoology', {})
    const ends = [day(20), day(60)].map((on, at) => draft(`END-${at}`, { end: endOn(on) }))
    await setup.import(ends, TODAY)
    const [first] = await readTeams(setup.db.pool, setup.organisation.id)
    await setup.rows(
      `UPDATE team SET settings = jsonb_build_object('rules', jsonb_build_object('cliffDays', 60)) WHERE id = $1`,
      [first?.id],
    )
    expect((await homeFacts(context({}))).cliffs.total).toBe(0)
  })

  it('tells administrators what is unwell, and what to do', async () => {
    await setup.import([draft('C-1', { end: endOn(day(30)) })], day(-10))
    await setup.rows(`UPDATE source SET last_imported_at = '2026-09-01'`)
    const silent = await homeFacts(context({ isAdministrator: true }))
    expect(silent.troubles).toEqual(['No worker has looked yet: see that one runs.'])
    const { organisation, rulesOf, db } = setup
    const nine = { hour: 9, minute: 0 }
    await checkUp(db.pool, {
      ...{ organisationId: organisation.id, rulesOf, today: TODAY, staleDays: 45 },
      times: { sweepAt: nine, weeklyAt: nine, weeklyOn: 1 },
      now: new Date(`${TODAY}T11:00:00Z`),
    })
    const { troubles } = await homeFacts(context({ isAdministrator: true }))
    expect(troubles.some((each) => each.includes('was swept never'))).toBe(true)
    expect(troubles.some((each) => each.includes('import it again'))).toBe(true)
  })

  it('keeps how a person wants to hear, and offers the import its team', async () => {
    await setup.import([draft('C-1', { owner: 'Amira Khan' })], TODAY)
    const amira = { personId: await setup.personId('Amira Khan') }
    await setup.rows(`UPDATE person SET voice = 'dm' WHERE id = $1`, [amira.personId])
    expect(await preferencesForm(context(amira))).toBe('dm')
    expect(await preferencesForm(context())).toBe('mention')
    const form = await importForm(context(amira))
    expect(form.teamId).toBe(form.teams[0]?.id)
  })
})

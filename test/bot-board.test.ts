/** Home's three views and the board in Slack: who sees it, what an auditor may, where answers stay. */
import { extend } from '../src/actions/extend.ts'
import { recordWaiver } from '../src/actions/waiver.ts'
import { openRegister } from '../src/register/open.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { tick } from '../src/warnings/schedule.ts'
import { PEOPLE, type ShownView } from '../stand-in/slack/state.ts'
import { buttonOf, said, TODAY, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'
import { written } from './support/register-file.ts'

const REGISTER = `Reference,Title,Supplier,Owner,Owner email,Start,End,Value,Value basis
C-100,Cleaning,Acme Ltd,Olive Owner,olive.owner@trust.example,2024-01-01,2027-01-31,900000,committed
C-200,Linen hire,Beta plc,Olive Owner,olive.owner@trust.example,2024-01-01,2027-03-15,70000,committed
C-300,Pathology,Gamma,,,2024-01-01,2027-06-30,90000,committed
C-400,Catering,Delta,Nadia Noaccount,,2024-01-01,2027-05-31,60000,committed
`
const CONTRACTS = 'C0CONTRACTS'
const BOARD = [
  { id: PEOPLE.finance, role: 'finance' },
  { id: 'S0AUDIT', role: 'audit' },
] as const
const AUDITOR = PEOPLE.deputy
const SILENT = { kind: 'error', error: 'internal_error', accepted: false } as const

describe('Home and the board', () => {
  const setup = useBotSetup('http', REGISTER, {
    board: BOARD,
    prepare: async ({ workspace, type }) => {
      workspace.places.addGroup('S0AUDIT', 'audit', [AUDITOR], 'Audit')
      for (const who of [PEOPLE.owner, PEOPLE.finance, AUDITOR]) await type(who, 'help')
    },
  })
  const as = (who: string) => setup.workspace.as(who)
  const home = async (who: string) => present((await as(who).openHome()).home)
  const held = (view: ShownView | null | undefined) => JSON.stringify(view?.source ?? null)
  const choices = (view: ShownView) => {
    const rows = view.source.blocks as readonly { elements?: readonly Choices[] }[]
    const control = rows.flatMap(({ elements = [] }) => elements).find(isControl)
    return present(control).options
  }
  const choose = async (who: string, view: ShownView, label: string) => {
    const option = present(choices(view).find(({ text }) => text.text.startsWith(label)))
    return present((await as(who).select(view, 'lw.home', option.value)).home)
  }

  test('one control chooses between mine, my team and the board, which only those named have', async () => {
    const labels = async (who: string) => choices(await home(who)).map(({ text }) => text.text)
    expect(await labels(PEOPLE.finance)).toEqual(['Mine', 'My team', 'The board'])
    expect(await labels(AUDITOR)).toEqual(['Mine', 'My team', 'The board'])
    expect(await labels(PEOPLE.admin)).toEqual(['Mine', 'My team', 'The board'])
    expect(await labels(PEOPLE.colleague)).toEqual(['Mine', 'My team'])
    expect((await labels(PEOPLE.owner)).length).toBe(2)
  })

  test('each view shows its own, and stays chosen after acts and openings', async () => {
    const mine = await home(PEOPLE.owner)
    expect(held(mine)).toContain('Mine, the most urgent first')
    expect(held(mine)).not.toContain('Without an owner*')
    const team = await choose(PEOPLE.owner, mine, 'My team')
    expect(held(team)).not.toContain('Mine, the most urgent first')
    expect(held(await home(PEOPLE.owner))).toEqual(held(setup.workspace.views.home(PEOPLE.owner)))
    await setup.type(PEOPLE.owner, 'own C-300 @olive.owner')
    expect(held(setup.workspace.views.home(PEOPLE.owner))).not.toContain('Mine, the most urgent')
    const again = await choose(PEOPLE.owner, await home(PEOPLE.owner), 'Mine')
    expect(held(again)).toContain('Pathology')
    await setup.rows(`UPDATE contract SET owner_id = NULL WHERE reference = 'C-300'`)
  })

  test('the board opens each contract, in Home and by its command', async () => {
    const board = await choose(PEOPLE.finance, await home(PEOPLE.finance), 'The board')
    expect(held(board)).toContain('The board, Mon 23 Nov 2026')
    expect(held(board)).toContain('C-100')
    expect(held(board)).toContain('commercially sensitive')
    const opened = await as(PEOPLE.finance).press(board, 'lw.show')
    expect(held(opened.modal)).toMatch(/C-[1-4]00/)
    const typed = said(await setup.type(PEOPLE.finance, 'board'))
    expect(typed).toMatch(/27 days without cover[^\n]*C-100, about £29,320/)
    await choose(PEOPLE.finance, await home(PEOPLE.finance), 'Mine')
  })

  test('nobody else sees it: not by command, by a forged press, or in its workbook', async () => {
    const refusal = 'for administrators and for those whom the settings name'
    for (const who of [PEOPLE.colleague, PEOPLE.owner]) {
      expect(said(await setup.type(who, 'board'))).toContain(refusal)
      expect(said(await setup.type(who, 'export board'))).toContain(refusal)
      const forged = await setup.pressAction(who, { act: 'home', view: 'board' })
      expect(said(forged)).toContain(refusal)
      expect(held(await home(who))).not.toContain('The board, Mon')
    }
    expect(said(await setup.type(PEOPLE.guest, 'board'))).toContain('full members')
  })

  test('it is never told in a channel', async () => {
    const seen = await as(PEOPLE.finance).says('@lapsewatch board', CONTRACTS)
    expect(seen.messages.at(-1)?.text).toContain('shown to nobody but you')
    const shared = await setup.pressAction(PEOPLE.finance, { act: 'share', query: 'board' })
    expect(said(shared)).toContain('shown to nobody but you')
    const texts = setup.workspace.ledger.inChannel(CONTRACTS).map(({ text }) => text)
    expect(texts.filter((text) => text.includes('Covered before end'))).toEqual([])
  })

  test('an auditor reads everything and changes nothing, by whatever way', async () => {
    const subject = await setup.subjectOf('C-300')
    const before = (await setup.row<{ version: number }>('C-300', 'version')).version
    // Nobody answers for it: any other member could take it on.
    for (const command of ['own C-300 @dev.deputy', 'decide C-300', 'edit C-300', 'add Lifts']) {
      expect(said(await setup.type(AUDITOR, command)), command).toContain('named for the audit')
    }
    for (const act of ['ack', 'snooze-1w', 'historic', 'extend', 'assign'] as const) {
      const pressed = await setup.pressAction(AUDITOR, { act, subject })
      expect(said(pressed), act).toContain('named for the audit')
    }
    expect(said(await setup.type(AUDITOR, 'subscribe'))).toContain('named for the audit')
    expect(said(await setup.type(AUDITOR, 'show C-300'))).toContain('Pathology')
    expect((await setup.row<{ version: number }>('C-300', 'version')).version).toBe(before)
    const card = await setup.type(AUDITOR, 'show C-300')
    expect(JSON.stringify(card.ephemerals[0]?.blocks)).not.toMatch(/lw\.(?:decide|extend|ack)"/)
  })

  test('while Slack does not say who is of the audit, nobody takes on what is nobody’s', async () => {
    setup.wait(10 * 60_000)
    const takesOn = async () => said(await setup.type(AUDITOR, 'own C-300 @dev.deputy'))
    setup.workspace.faults.plan(SILENT, { method: 'usergroups.list', times: 20 })
    expect(await takesOn()).toContain('did not say')
    setup.workspace.faults.clear()
    setup.wait(10 * 60_000)
    expect(await takesOn()).toContain('named for the audit')
  })

  test('people who are only named as approvers find their waivers and extensions', async () => {
    const actor = setup.actor(TODAY)
    const id = await setup.contractId('C-200')
    const waiver = {
      ...{ category: 'urgent' as const, reason: null, requestedOn: null, gross: null },
      ...{ supplierYear: null, committeeOn: null, net: asDecimal('5000') },
    }
    await recordWaiver(setup.db.pool, actor, id, {
      ...waiver,
      ...{ approver: 'cole  LEAGUE', approvedOn: TODAY, beganOn: TODAY },
    })
    await extend(setup.db.pool, actor, id, {
      ...{ kind: 'option', from: null, to: asCivilDate('2027-04-30'), cost: null },
      approver: 'Cole League',
    })
    const shown = held(await home(PEOPLE.colleague))
    expect(shown).toContain('name me as approver')
    expect(shown.match(/Linen hire/g)?.length).toBe(2)
    expect(held(await home(PEOPLE.lead))).not.toContain('name me as approver')
  })

  test('ledger, exposure, teams and names are in Slack too', async () => {
    expect(said(await setup.type(PEOPLE.finance, 'ledger'))).toContain('1 extension with days in')
    expect(said(await setup.type(PEOPLE.finance, 'exposure 120d'))).toMatch(
      /1 contract would lapse within 120 days[\s\S]*C-100/,
    )
    expect(said(await setup.type(PEOPLE.finance, 'exposure 90d over £1m'))).toContain('Only part')
    expect(said(await setup.type(PEOPLE.colleague, 'teams'))).toContain('Default team')
    expect(said(await setup.type(PEOPLE.colleague, 'people'))).toContain('Only administrators')
    const people = await setup.type(PEOPLE.admin, 'people')
    expect(said(people)).toContain('Nadia Noaccount')
    const list = present(people.ephemerals[0])
    const linked = await as(PEOPLE.admin).select(list, idOf(list, 'lw.link.'), PEOPLE.lead)
    expect(said(linked)).toMatch(/Linked to Lena Lead: 1 contract/)
    expect(said(await setup.type(PEOPLE.lead, 'due 365d mine'))).toContain('Catering')
    for (const [typed, told] of [
      ['unlink "Nadia Noaccount"', 'Taken back'],
      ['link "Nadia Noaccount" @gus.guest', 'full member'],
      ['link "Nadia Noaccount" @lena.lead', 'Linked to Lena Lead'],
    ] as const) {
      expect(said(await setup.type(PEOPLE.admin, typed))).toContain(told)
    }
  })

  test('words that are commands only by themselves stay words of a title', async () => {
    for (const typed of ['board papers printing', 'link belts'])
      expect(said(await setup.type(PEOPLE.colleague, typed))).toContain('did not understand')
  })

  test('the workbook goes on its day to those named, once, whichever process comes to it', async () => {
    const at = (now: string, owner: string) =>
      tick(setup.db.pool, {
        organisationId: setup.organisation.id,
        rulesOf: setup.rulesOf,
        times: { sweepAt: { hour: 9, minute: 0 }, weeklyAt: { hour: 9, minute: 0 }, weeklyOn: 1 },
        owner,
        boardPack: { onDay: 22, to: [PEOPLE.finance, PEOPLE.colleague, PEOPLE.guest] },
        now: new Date(now),
      })
    const sent = () =>
      setup.rows<{ destination: string; state: string }>(
        `SELECT destination, state FROM delivery WHERE subject = 'board-pack' ORDER BY 1`,
      )
    await at('2026-11-23T08:59:00Z', 'one')
    expect(await sent()).toEqual([])
    // The 22nd is a Sunday: Monday at nine, and by two processes at once.
    await Promise.all(['one', 'two', 'three'].map((owner) => at('2026-11-23T09:01:00Z', owner)))
    await at('2026-11-23T11:00:00Z', 'two')
    expect(await sent()).toHaveLength(3)
    await setup.deliver()
    expect(await sent()).toEqual([
      // Named for the pack, and for the board no more.
      { destination: PEOPLE.colleague, state: 'SUPERSEDED' },
      { destination: PEOPLE.finance, state: 'SENT' },
      { destination: PEOPLE.guest, state: 'DEAD' },
    ])
    const direct = setup.workspace.ledger.inChannel(as(PEOPLE.finance).direct().id)
    const packs = direct.filter(({ text }) => text.includes('The board of Mon 23 Nov 2026'))
    expect(packs).toHaveLength(1)
    const files = [...setup.workspace.places.files.values()].map(({ name }) => name)
    expect(files.filter((name) => name === 'board-2026-11-23.xlsx')).toHaveLength(1)
    const logged = await setup.rows<{ summary: string; to: string; via: string }>(
      `SELECT e.summary, c.to_value AS to, e.via FROM audit_entry e JOIN audit_change c ON c.entry_id = e.id
       WHERE c.field = 'board pack'`,
    )
    expect(logged).toEqual([
      { summary: 'sent the board pack of 2026-11-23', to: PEOPLE.finance, via: 'delivery' },
    ])
    expect(setup.lines.splice(0)).toEqual([])
  })

  test('by command it goes to whoever asked, and is logged as well', async () => {
    expect(said(await setup.type(PEOPLE.finance, 'export board'))).toContain('direct messages')
    await setup.deliver()
    const [{ count = 0 } = {}] = await setup.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM audit_change WHERE field = 'board pack'`,
    )
    expect(count).toBe(2)
    const part = said(await setup.type(PEOPLE.finance, 'export board over £1m'))
    expect(part).toContain('goes out whole')
  })
})

interface Choices {
  readonly action_id: string
  readonly options: readonly { readonly text: { readonly text: string }; readonly value: string }[]
}
const isControl = ({ action_id }: Choices) => action_id === 'lw.home'

/** The first action id that begins so. */
function idOf(message: { readonly blocks: readonly unknown[] } | undefined, start: string): string {
  const found = new RegExp(`"(${start.replaceAll('.', '\\.')}[^"]*)"`).exec(
    JSON.stringify(message?.blocks),
  )
  return present(found?.[1])
}

describe('answers stay where they were asked for', () => {
  const setup = useBotSetup('http', REGISTER, {
    prepare: async (setup) => {
      const people = [PEOPLE.owner, PEOPLE.admin]
      setup.workspace.places.addChannel({ id: 'C0OWN', name: 'own', member: true, people })
      for (const who of [PEOPLE.owner, PEOPLE.colleague]) await setup.type(who, 'help')
      await setup.tell()
    },
  })
  const as = (who: string) => setup.workspace.as(who)

  test('what is pressed in a thread is answered in it, for one and for all', async () => {
    const asked = await as(PEOPLE.owner).says('@lapsewatch list', CONTRACTS)
    const own = present(asked.messages.find(({ by }) => by === PEOPLE.owner))
    const answer = present(asked.messages.find(({ threadTs }) => threadTs === own.ts))
    const alone = await as(PEOPLE.owner).press(
      setup.workspace.ledger.add({
        ...{ channel: CONTRACTS, threadTs: own.ts, broadcast: false, text: 'x', metadata: null },
        ...{ at: Date.now(), blocks: [pressable('["run"', 'due')] },
      }),
      'lw.act',
    )
    expect(answer.threadTs).toBe(own.ts)
    expect(alone.ephemerals.map(({ threadTs }) => threadTs)).toEqual([own.ts])
    const shared = await as(PEOPLE.owner).press(present(alone.ephemerals[0]), shareOf(alone))
    expect(shared.messages.map(({ threadTs }) => threadTs)).toEqual([own.ts])
  })

  test('what is pressed in a message of the channel is answered in the channel', async () => {
    const seen = await setup.pressAction(PEOPLE.owner, { act: 'run', query: 'due' })
    expect(seen.ephemerals.map(({ threadTs }) => threadTs)).toEqual([null])
  })

  test('shared among colleagues alone it leaves nothing out; elsewhere it says why', async () => {
    const share = (who: string, channel: string) =>
      as(who).press(
        setup.workspace.ledger.add({
          ...{ channel, threadTs: null, broadcast: false, text: 'x', metadata: null },
          ...{ at: Date.now(), blocks: [pressable('["share"', 'list')] },
        }),
        'lw.act',
      )
    const textOf = async (channel: string) =>
      (await share(PEOPLE.owner, channel)).messages.at(-1)?.text ?? ''
    const own = await textOf('C0OWN')
    expect(own).toContain('£900,000')
    expect(own).not.toContain('left out')
    const guests = await textOf('C0GUESTS')
    expect(guests).not.toContain('£')
    expect(guests).toContain('Amounts are left out: guests or people of another organisation')
    setup.workspace.faults.plan(SILENT, { method: 'conversations.info', times: 5 })
    const unsaid = await textOf('C0ESCALATION')
    setup.workspace.faults.clear()
    expect(unsaid).not.toContain('£')
    expect(unsaid).toContain('Slack did not say who reads')
  })
})

function pressable(start: string, query: string) {
  const value = `[1,${start.slice(1)},${JSON.stringify(query)}]`
  const text = { type: 'plain_text', text: 'Press' }
  return { type: 'actions', elements: [{ type: 'button', action_id: 'lw.act', text, value }] }
}

function shareOf(seen: { readonly ephemerals: readonly { blocks: readonly unknown[] }[] }): string {
  return buttonOf(present(seen.ephemerals[0]), 'Share here')
}

describe('who came first, and what a later end was', () => {
  const setup = useBotSetup('http', REGISTER, {
    prepare: async (setup) => {
      for (const who of [PEOPLE.owner, PEOPLE.admin]) await setup.type(who, 'help')
      await setup.tell()
    },
  })
  const raise = (reference: string) =>
    setup.rows(
      `INSERT INTO alert (organisation_id, contract_id, kind, deadline_on, rung, raised_on, state)
       SELECT organisation_id, id, 'end', current_latest, 90, $2::date, 'open' FROM contract
        WHERE reference = $1 ON CONFLICT DO NOTHING`,
      [reference, TODAY],
    )

  test('the act that settled the warning is named, whatever was done after it', async () => {
    await raise('C-100')
    const seen = await setup.subjectOf('C-100')
    await setup.pressAction(PEOPLE.owner, { act: 'ack', subject: seen })
    await setup.type(PEOPLE.admin, 'own C-100 @olive.owner deputy @dev.deputy')
    const late = said(await setup.pressAction(PEOPLE.deputy, { act: 'ack', subject: seen }))
    expect(late).toContain('Somebody came first')
    expect(late).toContain(`On it: <@${PEOPLE.owner}>`)
    expect(late).not.toMatch(/assign/i)
  })

  test('an import after it hides no act: the form says who came first', async () => {
    await raise('C-200')
    const subject = await setup.subjectOf('C-200')
    const form = await setup.form(PEOPLE.admin, { act: 'decide', subject })
    const own = await setup.form(PEOPLE.owner, { act: 'snooze-date', subject })
    expect((await setup.submit(PEOPLE.owner, own, { until: '2026-12-01' })).errors).toEqual({})
    const changed = REGISTER.replace('Beta plc', 'Beta Group plc')
    const read = { map: new Map(), dates: null, timeZone: null, today: TODAY }
    await setup.importRegister(await openRegister(written('next.csv', changed), read), TODAY)
    expect((await setup.subjectOf('C-200')).version).toBeGreaterThan(subject.version + 1)
    const late = await setup.submit(PEOPLE.admin, form, { deadline: 'end', choice: 'let-end' })
    expect(late.problem).toBeNull()
    expect(Object.values(late.errors).join()).toContain('Olive Owner came first and snoozed it')
  })

  test('a later end of the register is classified from the form of an extension, the summary and Home', async () => {
    await setup.rows(
      `INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on, currency)
       SELECT organisation_id, id, 'unknown', 'confirmed', '2027-07-01', '2027-09-30', 'GBP'
         FROM contract WHERE reference = 'C-300'`,
    )
    await setup.rows(
      `UPDATE contract SET current_latest = '2027-09-30', current_earliest = '2027-09-30' WHERE reference = 'C-300'`,
    )
    const form = await setup.form(PEOPLE.admin, 'extend C-300')
    expect(JSON.stringify(form.source)).toContain('nobody has said what that was')
    const led = present((await setup.workspace.as(PEOPLE.admin).press(form, 'lw.classify')).modal)
    expect(led.source.type === 'modal' && led.source.callback_id).toBe('lw.classify')
    await setup.workspace.as(PEOPLE.admin).close(led)
    const home = await setup.workspace.as(PEOPLE.admin).openHome()
    expect(JSON.stringify(home.home?.source)).toContain('Classify extension')
    const summary = await setup.type(PEOPLE.admin, 'summary')
    const message = present(summary.ephemerals[0])
    expect(JSON.stringify(message.blocks)).toContain('Classify an extension…')
    const value = classifyValue(message.blocks)
    const opened = await setup.workspace.as(PEOPLE.admin).select(message, 'lw.entry', value)
    const done = await setup.submit(PEOPLE.admin, opened.modal, { kind: 'variation' })
    expect(done.errors).toEqual({})
    expect(await setup.toldDirectly(PEOPLE.admin)).toContain('variation')
    const again = await setup.form(PEOPLE.admin, 'extend C-300')
    expect(JSON.stringify(again.source)).not.toContain('nobody has said what that was')
  })
})

function classifyValue(blocks: readonly unknown[]): string {
  const found = /"value":("\[1,\\"classify\\"[^"]*\]")/.exec(JSON.stringify(blocks))
  return JSON.parse(present(found?.[1])) as string
}

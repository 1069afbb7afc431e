/** The settings of a team, changed in Slack: seen first, saved when sent again, by administrators. */

import { ensureOrganisation, readTeams, setTeam, type Team } from '../src/database/organisation.ts'
import { contextOf, formId, writeContext } from '../src/slack/forms/fields.ts'
import { submissionPayload } from '../stand-in/slack/payloads.ts'
import { PEOPLE, type ShownView } from '../stand-in/slack/state.ts'
import type { Given } from '../stand-in/slack/views.ts'
import { errorsIn, said, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'

const REGISTER = `Reference,Title,Supplier,Owner email,Deputy,Start,End,Value
C-100,Cleaning,Acme Ltd,olive.owner@trust.example,,2024-01-01,2027-02-07,20000
C-300,Pathology,Gamma,lena.lead@trust.example,,2024-01-01,2027-01-31,20000
`
const LADDERS = `start-by: 90, 30, 14, 7, 0
notice: 60, 30, 14, 7, 3, 1, 0
renewal: 60
option: 90, 30, 14, 7, 3, 1, 0
call-off-by: 180, 90, 30, 7, 0
end: 45, 10, 0
emergency-end: 21, 14, 10, 7, 5, 3, 2, 1, 0
review: 90, 30, 7, 0`

describe('the settings', () => {
  const setup = useBotSetup('socket', REGISTER)

  const admin = () => setup.workspace.as(PEOPLE.admin)
  const teams = () => readTeams(setup.database.pool, setup.organisation.id)
  const team = async (): Promise<Team | undefined> => (await teams())[0]
  const open = () => setup.form(PEOPLE.admin, 'settings')
  const send = async (view: ShownView | null, given: Readonly<Record<string, Given>> = {}) => {
    const seen = await setup.submit(PEOPLE.admin, view, given)
    return { ...seen, shown: JSON.stringify(seen.modal?.source ?? null) }
  }

  test('what would change is shown first, and saved when the same is sent again', async () => {
    const before = await team()
    const first = await send(await open(), { ladders: LADDERS, startByFrom: '£50,000' })
    expect(first.shown).toMatch(/ladders\.end: 45, 10, 0 then \S+, instead of 180, 90/)
    expect(first.shown).toContain('startByFrom: 50000, instead of 25000')
    expect(first.shown).toContain('2 contracts looked at anew: of 2 a date moved')
    expect(await team()).toEqual(before)
    const second = await send(first.modal)
    expect(second.modal).toBeNull()
    expect((await team())?.teamRules).toEqual({
      startByFrom: 50_000,
      ladders: { end: { before: [45, 10, 0] } },
    })
    const told = await setup.toldDirectly(PEOPLE.admin)
    expect(told).toContain('The settings of Default team are saved')
    const audited = await setup.database.pool.query(
      `SELECT e.via, c.field FROM audit_change c JOIN audit_entry e ON e.id = c.entry_id
       WHERE c.field LIKE 'rules.%' ORDER BY c.position`,
    )
    expect(audited.rows).toEqual([
      { via: 'slack', field: 'rules.ladders.end' },
      { via: 'slack', field: 'rules.startByFrom' },
    ])
  })

  test('what is changed after the preview is shown anew before it is saved', async () => {
    const first = await send(await open(), { timeZone: 'Europe/Paris' })
    const second = await send(first.modal, { timeZone: 'Europe/Rome' })
    expect(second.shown).toContain('Time zone Europe/Rome, instead of Europe/London')
    expect((await team())?.timeZone).toBe('Europe/London')
    if (second.modal !== null) await admin().close(second.modal)
  })

  test('who you are and in which nation is asked without a proposal, and only what was chosen is written', async () => {
    const own = async () => (await team())?.teamRules ?? {}
    const field = (view: ShownView | null, name: string) => {
      const { source } = setup.workspace.views.view(view?.id ?? null) ?? present(view)
      const block = source.blocks.find((each) => each.block_id?.startsWith(`${name}@`))
      return (block as { element: { initial_option?: { value: string } } }).element.initial_option
    }
    const before = await own()
    const view = await open()
    expect([field(view, 'authority'), field(view, 'nation')]).toEqual([undefined, undefined])
    const first = await send(view, { authority: 'council' })
    expect(first.shown).toContain('authority: council, instead of unknown. Tests of the law')
    expect(first.shown).toContain('check')
    expect(first.shown).not.toContain('nation: ')
    // What was chosen is kept by Slack while the form is shown again.
    await send(first.modal)
    expect(await own()).toEqual({ ...before, authority: 'council' })

    const again = await open()
    expect(field(again, 'authority')?.value).toBe('council')
    const scottish = await send(again, { nation: 'scotland' })
    expect(scottish.shown).toContain('holidays are those of england-and-wales: check which')
    await send(scottish.modal)
    expect(await own()).toEqual({ ...before, authority: 'council', nation: 'scotland' })

    const emptied = await open()
    expect(errorsIn(await send(emptied, { nation: null })).nation).toContain('changes nothing')
    const back = await send(emptied, { nation: 'above', authority: 'unknown' })
    expect(back.shown).toContain('nation: unknown (as it comes from above), instead of scotland')
    await send(back.modal)
    expect(await own()).toEqual({ ...before, authority: null })
    const last = await send(await open(), { authority: 'above' })
    await send(last.modal)
    expect(await own()).toEqual(before)
  })

  test('what was chosen of one team is never written into another', async () => {
    const { pool } = setup.database
    await setTeam(pool, setup.organisation.id, 'Estates', {})
    const view = await open()
    await admin().fill(view, { authority: 'university', nation: 'wales' })
    const switched = await admin().select(view, 'lw.settings-team', 'Estates')
    const sent = await send(switched.modal, { startByFrom: '30000' })
    expect(sent.shown).toContain('startByFrom: 30000, instead of')
    expect(sent.shown).not.toMatch(/authority: |nation: /)
    await send(sent.modal)
    const estates = (await teams()).find(({ name }) => name === 'Estates')
    expect(estates?.teamRules).toEqual({ startByFrom: 30_000 })
  })

  test('a wrong field has its own error, and nothing is saved', async () => {
    const view = await open()
    const sent = await send(view, { timeZone: 'Mars', ladders: 'end: 400', startByFrom: 'x' })
    const wrong = new Set(['ladders', 'startByFrom', 'timeZone'])
    expect(new Set(Object.keys(errorsIn(sent)))).toEqual(wrong)
    await admin().close(view)
  })

  test('a channel that the bot cannot see is refused at its field', async () => {
    const view = await open()
    const errors = errorsIn(await send(view, { channel: 'G0PRIVATE' }))
    expect(errors.channel).toContain('invite it there')
    await admin().close(view)
  })

  test('the channels and another team can be set; a later start keeps what people set', async () => {
    const { pool } = setup.database
    const digital = await setTeam(pool, setup.organisation.id, 'Digital', {})
    const switched = await admin().select(await open(), 'lw.settings-team', 'Digital')
    expect(JSON.stringify(switched.modal?.source)).toContain('Settings of team Digital')
    const first = await send(switched.modal, { channel: 'C0GUESTS' })
    await send(first.modal)
    expect((await teams()).find(({ id }) => id === digital?.id)?.channel).toBe('C0GUESTS')

    const own = await send(await open(), { channel: 'C0ESCALATION', escalation: 'C0GUESTS' })
    await send(own.modal)
    const now = new Date('2026-11-23T10:00:00Z')
    const environment = {
      ...{ timeZone: 'Europe/London', calendar: 'england-and-wales' },
      ...{ channel: 'C0CONTRACTS', escalationChannel: 'C0ESCALATION' },
    }
    await ensureOrganisation(pool, now, environment)
    expect(await team()).toMatchObject({ channel: 'C0ESCALATION', escalationChannel: 'C0GUESTS' })
    await ensureOrganisation(pool, now, { ...environment, channel: 'C0CONTRACTS2' })
    expect(await team()).toMatchObject({ channel: 'C0CONTRACTS2', escalationChannel: 'C0GUESTS' })
    await ensureOrganisation(pool, now, environment)
  })

  const rulesOf = async (table: 'organisation' | 'contract', reference = 'C-100') => {
    const which = table === 'contract' ? 'reference = $1' : '$1::text IS NOT NULL'
    const { rows } = await setup.database.pool.query<{ rules: unknown; version: number | null }>(
      `SELECT settings -> 'rules' AS rules FROM "${table}" WHERE ${which}`,
      [reference],
    )
    return rows[0]?.rules ?? {}
  }
  /** The form's own lines, with some of them put otherwise; null takes a line away. */
  type Changed = Readonly<Record<string, string | null>>
  const lines = (view: ShownView, field: string, changed: Changed) => {
    const { source } = setup.workspace.views.view(view.id) ?? view
    const block = source.blocks.find((each) => each.block_id?.startsWith(`${field}@`))
    const { initial_value: text = '' } = (block as { element: { initial_value?: string } }).element
    return text
      .split('\n')
      .map((line) => {
        const name = line.slice(0, line.indexOf(':'))
        const to = changed[name]
        return to === undefined ? line : to === null ? '' : `${name}: ${to}`
      })
      .join('\n')
  }

  test('an administrator sets the rules of the organisation: seen first, then saved, counted anew and audited', async () => {
    const view = await setup.form(PEOPLE.admin, 'settings organisation')
    const given = {
      ladders: lines(view, 'ladders', { 'emergency-end': '9, 3, 0' }),
      figures: lines(view, 'figures', { approvalDays: '31' }),
      routes: lines(view, 'routes', { 'open.leadDays': '200' }),
    }
    const first = await send(view, given)
    expect(first.shown).toContain('approvalDays: 31, instead of 20.')
    expect(first.shown).toContain('emergency-end: 9, 3, 0 then ')
    expect(first.shown).toContain('routes.open.leadDays: 200, instead of 180.')
    expect(first.shown).toContain('2 contracts looked at anew: no date of them moved')
    expect(await rulesOf('organisation')).toEqual({})
    expect((await send(first.modal)).modal).toBeNull()
    expect(await rulesOf('organisation')).toEqual({
      approvalDays: 31,
      ladders: { 'emergency-end': { before: [9, 3, 0] } },
      routes: { open: { leadDays: 200 } },
    })
    const told = await setup.toldDirectly(PEOPLE.admin)
    expect(told).toContain('The rules of the organisation are saved')
    const audited = await setup.database.pool.query<{ field: string }>(
      `SELECT c.field FROM audit_change c JOIN audit_entry e ON e.id = c.entry_id
       WHERE e.via = 'slack' AND e.summary LIKE 'changed the settings of the organisation%' ORDER BY c.position`,
    )
    const fields = ['ladders.emergency-end', 'approvalDays', 'routes.open.leadDays']
    expect(audited.rows.map(({ field }) => field)).toEqual(fields.map((each) => `rules.${each}`))

    const again = await setup.form(PEOPLE.admin, 'settings organisation')
    expect(JSON.stringify(again.source)).toContain('Changed here: ladders.emergency-end')
    const back = { 'emergency-end': null, approvalDays: null, 'open.leadDays': null }
    const taken = await send(again, {
      ladders: lines(again, 'ladders', back),
      figures: lines(again, 'figures', back),
      routes: lines(again, 'routes', back),
    })
    expect(taken.shown).toContain('approvalDays: 20 (as it comes from above), instead of 31.')
    await send(taken.modal)
    expect(await rulesOf('organisation')).toEqual({})
  })

  test('who answers for a contract sets its rules; its deadlines follow, and the team keeps its own', async () => {
    await setup.type(PEOPLE.owner, 'own C-100 @olive.owner')
    const subject = await setup.subjectOf('C-100')
    const view = await setup.form(PEOPLE.owner, { act: 'rules', subject })
    await setup.database.pool.query('UPDATE team SET ladders_from = NULL')
    const teamBefore = await team()
    const dueOf = () =>
      setup.rows<{ on: string | null }>(
        `SELECT next_rung_on AS "on" FROM contract WHERE reference IN ('C-100', 'C-300') ORDER BY reference`,
      )
    const before = await dueOf()
    const ladders = lines(view, 'ladders', { end: '60, 5, 0' })
    const first = await setup.submit(PEOPLE.owner, view, { ladders })
    const preview = JSON.stringify(first.modal?.source)
    expect(preview).toContain('ladders.end: 60, 5, 0 then ')
    expect(preview).toContain('The deadlines of this contract are counted anew')
    expect((await setup.submit(PEOPLE.owner, first.modal, {})).modal).toBeNull()
    expect(await rulesOf('contract')).toMatchObject({ ladders: { end: { before: [60, 5, 0] } } })
    expect(await rulesOf('contract', 'C-300')).toEqual({})
    expect(await team()).toEqual(teamBefore)
    const after = await dueOf()
    // 60 days before Sun 7 Feb 2027; by the team's schedule it would be 45.
    expect(after[0]?.on).toBe('2026-12-09')
    expect(after[1]).toEqual(before[1])
    expect(await setup.actsOn('C-100')).toContain('updated')
  })

  test('a line that cannot be read has its error at its list, and nothing is saved', async () => {
    const before = await rulesOf('organisation')
    const view = await setup.form(PEOPLE.admin, 'settings organisation')
    const valid = { ladders: 'end: 30, 0', figures: 'approvalDays: 1', routes: 'open.leadDays: 9' }
    for (const [given, wrong] of [
      [{ ladders: 'end: soon' }, { ladders: /no ladder/ }],
      [{ ladders: 'notices: 30' }, { ladders: /did you mean notice/ }],
      [{ figures: 'approvalDays: 251' }, { figures: /whole number from 0 to 250/ }],
      [{ figures: 'approvalDays: 1\napprovaldays: 2' }, { figures: /stands twice/ }],
      [{ figures: 'approvalDays:' }, { figures: /has no value/ }],
      [{ routes: 'open leadDays 12' }, { routes: /is no rule/ }],
      [{ routes: 'open.leadDays: 9999' }, { routes: /0 to 1500/ }],
    ] as const) {
      const errors = errorsIn(await send(view, { ...valid, ...given }))
      const [[field, pattern] = ['', /^$/]] = Object.entries(wrong)
      expect(Object.keys(errors)).toEqual([field])
      expect(errors[field]).toMatch(pattern)
    }
    await admin().close(view)
    expect(await rulesOf('organisation')).toEqual(before)
  })

  test('from the settings of a team one comes to all its rules, and to those of the organisation', async () => {
    const one = await admin().press(await open(), 'lw.team-rules')
    expect(JSON.stringify(one.modal?.source)).toContain('Rules of Default team')
    const figures = lines(one.modal as ShownView, 'figures', { groupAbove: '7' })
    const first = await send(one.modal, { figures })
    expect(first.shown).toContain('groupAbove: 7, instead of 3.')
    await send(first.modal)
    expect((await team())?.teamRules).toMatchObject({ groupAbove: 7 })
    const other = await admin().press(await open(), 'lw.open')
    expect(JSON.stringify(other.modal?.source)).toContain('Rules of the organisation')
    if (other.modal !== null) await admin().close(other.modal)
  })

  /** What the app answers where this person sends this form. */
  const sendsBack = async (who: string, view: ShownView) => {
    const { places } = setup.workspace
    const payload = submissionPayload(places.person(who), view, setup.workspace.trigger(who))
    return JSON.stringify(((await setup.workspace.deliver(payload)) as { body?: unknown }).body)
  }

  test.each([PEOPLE.colleague, PEOPLE.guest, PEOPLE.outsider])(
    '%s may not open rules, nor send a form back that somebody else opened or that was forged',
    async (who) => {
      const subject = await setup.subjectOf('C-100')
      const refused = /Only administrators|Only its owner|full members/
      for (const seen of [
        await setup.type(who, 'settings organisation'),
        await setup.type(who, 'settings C-100'),
        await setup.pressAction(who, { act: 'rules', subject }),
        await setup.pressAction(who, { act: 'open', what: 'organisation-rules' }),
      ]) {
        expect(seen.modal).toBeNull()
        expect(said(seen)).toMatch(refused)
      }
      const view = await setup.form(PEOPLE.admin, 'settings organisation')
      const before = [await rulesOf('organisation'), await rulesOf('contract'), await teams()]
      const { views } = setup.workspace
      const contexts = [{}, { contractId: subject.contractId, version: 1 }, { teamId: 1 }]
      for (const context of contexts) {
        const shown = views.view(view.id) ?? view
        const metadata = writeContext({ ...context, previewed: 'a'.repeat(64) })
        const forged = { ...shown, source: { ...shown.source, private_metadata: metadata } }
        // Of one piece, or it is refused for that before anybody asks who sent it.
        const form = formId('lw.rules', contextOf(context))
        const text = JSON.stringify(forged).replaceAll('lw.rules:organisation', form)
        expect(await sendsBack(who, JSON.parse(text))).toMatch(refused)
      }
      const after = [await rulesOf('organisation'), await rulesOf('contract'), await teams()]
      expect(after).toEqual(before)
      await admin().close(view)
    },
  )

  test.each([PEOPLE.owner, PEOPLE.colleague, PEOPLE.guest, PEOPLE.outsider])(
    '%s may not open them, nor send a form back that an administrator opened',
    async (who) => {
      const seen = await setup.type(who, 'settings')
      expect(seen.modal).toBeNull()
      expect(said(seen)).toMatch(/Only administrators|full members/)
      const forged = await setup.pressAction(who, { act: 'open', what: 'settings' })
      expect(forged.modal).toBeNull()
      const view = await open()
      const before = await teams()
      const filled = setup.workspace.views.view(view.id) ?? view
      expect(await sendsBack(who, filled)).toMatch(/Only administrators|full members/)
      expect(await teams()).toEqual(before)
      await admin().close(view)
    },
  )
})

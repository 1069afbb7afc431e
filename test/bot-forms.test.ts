/** Forms as Slack keeps them: what was typed stays where block and action stay, triggers expire, others act meanwhile. */

import fc from 'fast-check'
import { readTeams, setTeam } from '../src/database/organisation.ts'
import { submissionPayload } from '../stand-in/slack/payloads.ts'
import { PEOPLE, type PostedMessage, type ShownView } from '../stand-in/slack/state.ts'
import { fieldsOf } from '../stand-in/slack/validate.ts'
import type { Given } from '../stand-in/slack/views.ts'
import { buttonOf, said, TRANSPORTS, useBotSetup } from './support/bot-setup.ts'
import { holdsInTime } from './support/holds.ts'
import { present } from './support/present.ts'

const OWNED = 'olive.owner@trust.example'
const REGISTER = `Reference,Title,Supplier,Buyer,Owner,Owner email,Deputy,Start,End,Value
C-100,Cleaning,Acme Ltd,Northern Trust,Olive Owner,${OWNED},,2024-01-01,2026-12-07,20000
C-200,Linen hire,Beta plc,Northern Trust,Dora Nolan,,Piers Quill,2024-01-01,2026-12-07,20000
C-300,Catering,Gamma,Northern Trust,Olive Owner,${OWNED},Piers Quill,2024-01-01,2026-12-07,20000
C-400,Waste,Delta,Northern Trust,Olive Owner,${OWNED},,2024-01-01,2026-12-07,20000
`

describe.each(TRANSPORTS)('forms over %s', (kind) => {
  const setup = useBotSetup(kind, REGISTER, {
    prepare: async (setup) => {
      const digital = { channel: 'C0GUESTS', timeZone: 'Europe/Paris', calendar: 'FR' }
      await setTeam(setup.database.pool, setup.organisation.id, 'Digital', digital)
      await setup.type(PEOPLE.owner, 'help')
      await setup.tell()
    },
  })

  /** But for the rules by which a sweep counted its contracts last: no form shows them. */
  const teams = async () => {
    const all = await readTeams(setup.database.pool, setup.organisation.id)
    return all.map(({ keyedBy: _, ...team }) => team)
  }
  const teamId = async (name: string) => (await teams()).find((each) => each.name === name)?.id ?? 0
  /** What stands in each field now, by its name. */
  const standing = (view: ShownView): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries((setup.workspace.views.view(view.id) ?? view).values)
        .filter(([id]) => /^[a-z]/i.test(id))
        .map(([id, fields]) => {
          const { type: _, ...value } = Object.values(fields)[0] ?? { type: '' }
          return [id.replace(/@.*/, ''), JSON.stringify(Object.values(value)[0] ?? null)]
        }),
    )
  const submit = async (who: string, view: ShownView | null, given: Record<string, Given> = {}) => {
    const seen = await setup.submit(who, view, given)
    return { ...seen, shown: JSON.stringify(seen.modal?.source ?? null) }
  }
  const column = async (reference: string, sql: string) =>
    (await setup.row(reference, `${sql} AS it`)).it
  const people = (reference: string) =>
    column(
      reference,
      `(SELECT jsonb_object_agg(role, name) FROM (VALUES
         ('owner', (SELECT coalesce(display_name, slack_user) FROM person WHERE id = c.owner_id)),
         ('deputy', (SELECT coalesce(display_name, slack_user) FROM person WHERE id = c.deputy_id))) v (role, name))`,
    )
  const rules = () =>
    setup.rows<{ rules: unknown }>(
      `SELECT settings -> 'rules' AS rules FROM organisation UNION ALL SELECT settings -> 'rules' FROM team`,
    )
  const toldTo = (who: string) =>
    setup.workspace.ledger.inChannel(setup.workspace.as(who).direct().id)
  const lastDirect = async (who: string): Promise<PostedMessage> => {
    await setup.toldDirectly(who)
    return present(toldTo(who).at(-1), `Nothing was told to ${who}.`)
  }
  const admin = () => setup.workspace.as(PEOPLE.admin)
  const expires = (error: string) =>
    setup.workspace.faults.plan({ kind: 'error', error, accepted: false }, { method: 'views.open' })
  const close = (who: string) => {
    const open = setup.workspace.views.modal(who)
    return open === null ? null : setup.workspace.as(who).close(open)
  }

  test('another team’s settings show its own values, whatever was typed before; sent at once they change nothing', async () => {
    const before = await teams()
    const own = standing(await setup.form(PEOPLE.admin, 'settings team Digital'))
    const view = await setup.form(PEOPLE.admin, 'settings team default team')
    const typed = { channel: 'C0BOARD', timeZone: 'Europe/Rome', startByFrom: '9' }
    setup.workspace.as(PEOPLE.admin).fill(view, typed)
    const { modal } = await admin().select(view, 'lw.settings-team', 'Digital')
    if (modal === null) throw new Error('The form was closed.')
    expect(standing(modal)).toEqual(own)
    const preview = await submit(PEOPLE.admin, modal)
    expect(preview.shown).toContain('Nothing: everything is as it was')
    if (preview.modal !== null) await submit(PEOPLE.admin, preview.modal)
    expect(await teams()).toEqual(before)
    await close(PEOPLE.admin)
  })

  test.each([
    ['the rules of the organisation', 'lw.open', 'settings organisation'],
    ['all rules of the team', 'lw.team-rules', null],
  ])('from a team’s settings to %s nothing typed comes along', async (_, button, alone) => {
    const before = [await teams(), await rules()]
    const own = alone === null ? null : standing(await setup.form(PEOPLE.admin, alone))
    const view = await setup.form(PEOPLE.admin, 'settings team default team')
    const ladders = String(standing(view).ladders).replaceAll('\\n', '\n').slice(1, -1)
    admin().fill(view, { ladders: ladders.replace(/^notice: .*$/m, 'notice: 9') })
    const modal = present((await admin().press(view, button)).modal)
    if (own !== null) expect(standing(modal)).toEqual(own)
    expect(standing(modal).ladders).toContain('then')
    const preview = await submit(PEOPLE.admin, modal)
    expect(preview.shown).toContain('Nothing: everything is as it was')
    if (preview.modal !== null) await submit(PEOPLE.admin, preview.modal)
    expect([await teams(), await rules()]).toEqual(before)
  })

  test('a switch that comes after the form was changed covers nothing, and says so to the person', async () => {
    const view = await setup.form(PEOPLE.admin, 'settings team default team')
    await setup.workspace.as(PEOPLE.admin).select(view, 'lw.settings-team', 'Digital')
    const late = setup.workspace.sent.at(-1)
    const shown = setup.workspace.views.modal(PEOPLE.admin)
    if (late === undefined || shown === null) throw new Error('Nothing was sent.')
    const directly = () => toldTo(PEOPLE.admin).length
    await setup.deliver()
    const told = directly()
    await setup.workspace.deliver(late)
    await setup.bot.idle()
    expect(setup.workspace.views.modal(PEOPLE.admin)?.hash).toBe(shown.hash)
    const message = await lastDirect(PEOPLE.admin)
    expect(message.text).toContain('could not be opened')
    expect(directly()).toBe(told + 1)
    const again = await admin().press(message, buttonOf(message, 'Open the form'))
    expect(JSON.stringify(again.modal?.source)).toContain('Settings of team Digital')
    await close(PEOPLE.admin)
  })

  test('fields of another team, or of a form from before an update, are not read as this one’s', async () => {
    const before = await teams()
    const view = await setup.form(PEOPLE.admin, 'settings team default team')
    setup.workspace.as(PEOPLE.admin).fill(view, { timeZone: 'Europe/Rome' })
    const filled = setup.workspace.views.view(view.id) ?? view
    const of = (change: (text: string) => string) =>
      JSON.parse(change(JSON.stringify(filled))) as ShownView
    const [own, digital] = [await teamId('Default team'), await teamId('Digital')]
    const about = (team: number) => `[2,null,null,[],null,${team},null]`
    const forged = [
      // The metadata of one team, the fields of another.
      of((text) => text.replace(about(own), about(digital))),
      of((text) => text.replaceAll(/"(\w+)@[^"]*"/g, '"$1"')),
    ]
    for (const each of forged) {
      expect(each).not.toEqual(filled)
      const trigger = setup.workspace.trigger(PEOPLE.admin)
      const payload = submissionPayload(setup.workspace.places.person(PEOPLE.admin), each, trigger)
      const { body } = (await setup.workspace.deliver(payload)) as { body?: { errors?: object } }
      expect(JSON.stringify(body)).toContain('opened before')
      const [field] = Object.keys(body?.errors ?? {})
      expect(fieldsOf(each.source.blocks).map(({ blockId }) => blockId)).toContain(field)
    }
    expect(await teams()).toEqual(before)
    await close(PEOPLE.admin)
  })

  test('what others set while a form was open is not taken back by fields that were left alone', async () => {
    const { pool } = setup.database
    const view = await setup.form(PEOPLE.admin, 'settings team Digital')
    await setTeam(pool, setup.organisation.id, 'Digital', { timeZone: 'Europe/Vienna' })
    const first = await submit(PEOPLE.admin, view, { startByFrom: '50,000' })
    expect(first.shown).not.toContain('Europe/Vienna')
    // Between the preview and the saving too.
    await setTeam(pool, setup.organisation.id, 'Digital', { calendar: 'AT' })
    await submit(PEOPLE.admin, first.modal)
    const saved = (await teams()).find(({ name }) => name === 'Digital')
    expect(saved).toMatchObject({ timeZone: 'Europe/Vienna', calendar: 'AT', channel: 'C0GUESTS' })
    expect(saved?.teamRules).toEqual({ startByFrom: 50_000 })

    const form = await setup.form(PEOPLE.admin, 'settings organisation')
    await pool.query(
      `UPDATE organisation SET settings = settings || '{"rules": {"groupAbove": 9}}'`,
    )
    const given = String(standing(form).figures).replaceAll('\\n', '\n').slice(1, -1)
    const figures = given.replace(/^approvalDays: .*$/m, 'approvalDays: 31')
    const next = await submit(PEOPLE.admin, form, { figures })
    expect(next.shown).not.toContain('groupAbove: 3, instead')
    await submit(PEOPLE.admin, next.modal)
    expect((await rules())[0]?.rules).toEqual({ groupAbove: 9, approvalDays: 31 })
    await pool.query(`UPDATE organisation SET settings = settings - 'rules'`)
  })

  // What a form then writes does not depend on how it came.
  if (kind === 'socket') return

  test('a new deputy leaves an owner alone who is known by name only; the form names them', async () => {
    const view = await setup.form(PEOPLE.admin, 'own C-200')
    expect(JSON.stringify(view.source)).toContain('Dora Nolan')
    expect(JSON.stringify(view.source)).toContain('Piers Quill')
    await submit(PEOPLE.admin, view, { deputy: PEOPLE.deputy })
    expect(await people('C-200')).toEqual({ owner: 'Dora Nolan', deputy: 'Dev Deputy' })
    const edit = await setup.form(PEOPLE.admin, 'edit C-200')
    expect(JSON.stringify(edit.source)).toContain('Dora Nolan')
    await submit(PEOPLE.admin, edit, { title: 'Linen' })
    expect(await people('C-200')).toEqual({ owner: 'Dora Nolan', deputy: 'Dev Deputy' })
    // Somebody whose account is closed cannot be shown in the field either.
    const gone = (on: string) =>
      setup.rows(`UPDATE person SET gone_on = ${on} WHERE display_name = 'Dev Deputy'`)
    await gone(`'2026-11-20'`)
    const left = await setup.form(PEOPLE.admin, 'own C-200')
    expect(JSON.stringify(left.source)).not.toContain(PEOPLE.deputy)
    expect(JSON.stringify(left.source)).toContain('Now: Dev Deputy')
    await submit(PEOPLE.admin, left, { owner: PEOPLE.finance })
    expect(await people('C-200')).toEqual({ owner: 'Finn Finance', deputy: 'Dev Deputy' })
    await gone('NULL')
  })

  test('an emptied field takes nobody out: the box beside it does', async () => {
    for (const form of ['own C-300', 'edit C-300']) {
      const view = await setup.form(PEOPLE.admin, form)
      const seen = await submit(PEOPLE.admin, view, { owner: null })
      expect(Object.values(seen.errors).join()).toContain('tick the box')
      await close(PEOPLE.admin)
    }
    expect(await people('C-300')).toEqual({ owner: 'Olive Owner', deputy: 'Piers Quill' })
    await submit(PEOPLE.admin, await setup.form(PEOPLE.admin, 'own C-300'), { nobody: ['deputy'] })
    expect(await people('C-300')).toEqual({ owner: 'Olive Owner', deputy: null })
    await submit(PEOPLE.admin, await setup.form(PEOPLE.admin, 'edit C-300'), { nobody: ['owner'] })
    expect(await people('C-300')).toEqual({ owner: null, deputy: null })

    const board = { escalationChannel: 'C0BOARD' }
    await setTeam(setup.database.pool, setup.organisation.id, 'Digital', board)
    const digital = () => setup.form(PEOPLE.admin, 'settings team Digital')
    const escalation = async () =>
      (await teams()).find(({ name }) => name === 'Digital')?.escalationChannel
    const emptied = await submit(PEOPLE.admin, await digital(), { escalation: null })
    expect(Object.values(emptied.errors).join()).toContain('tick the box')
    await close(PEOPLE.admin)
    expect(await escalation()).toBe('C0BOARD')
    const first = await submit(PEOPLE.admin, await digital(), { nobody: ['escalation'] })
    expect(first.shown).toContain('the channel of the default team is told')
    await submit(PEOPLE.admin, first.modal)
    // What the whole organisation has.
    expect(await escalation()).toBe('C0ESCALATION')
  })

  /** Something typed or chosen in every field that takes it. */
  const fillAll = (who: string, view: ShownView) => {
    for (const { blockId, element } of fieldsOf(view.source.blocks)) {
      if (!blockId.includes('@')) continue
      const given: Partial<Record<string, Given>> = {
        ...{ plain_text_input: `Typed ${blockId.length}`, datepicker: '2026-12-24' },
        ...{ users_select: PEOPLE.finance, conversations_select: 'C0BOARD' },
      }
      const [option] = 'options' in element ? (element.options ?? []) : []
      const value = given[element.type] ?? ('value' in (option ?? {}) ? option?.value : undefined)
      if (value !== undefined) setup.workspace.as(who).fill(view, { [blockId]: value })
    }
    return setup.workspace.views.view(view.id) ?? view
  }
  /** Every contract has an extension that nobody has classified. */
  const unclassified = async () => {
    await setup.database.pool.query(
      `INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on, currency, known_on, source, recorded_at)
         SELECT organisation_id, id, 'unknown', 'proposed', '2026-12-08', '2027-01-08', 'GBP', '2026-11-01', 'test', now()
         FROM contract c WHERE NOT EXISTS (SELECT FROM extension e WHERE e.contract_id = c.id)`,
    )
  }
  const everything = () =>
    setup.rows(
      `SELECT to_jsonb(c) - 'next_rung_on' AS it FROM contract c
       UNION ALL SELECT to_jsonb(t) FROM team t UNION ALL SELECT to_jsonb(o) FROM organisation o
       UNION ALL SELECT to_jsonb(e) FROM extension e UNION ALL SELECT to_jsonb(d) FROM decision d`,
    )

  test.each([
    ...(['snooze-date', 'decide', 'extend', 'withdraw'] as const),
    ...(['classify', 'assign', 'edit', 'rules'] as const),
  ])('what was filled into the form %s of one contract is written to no other', async (act) => {
    await unclassified()
    const [one, other] = [await setup.subjectOf('C-100'), await setup.subjectOf('C-400')]
    const view = fillAll(PEOPLE.admin, await setup.form(PEOPLE.admin, { act, subject: one }))
    const theirs = await setup.form(PEOPLE.admin, { act, subject: other })
    const before = await everything()
    const { private_metadata } = theirs.source
    const forged = { ...view, source: { ...view.source, private_metadata } } as ShownView
    const trigger = setup.workspace.trigger(PEOPLE.admin)
    const admin = setup.workspace.places.person(PEOPLE.admin)
    const ack = await setup.workspace.deliver(submissionPayload(admin, forged, trigger))
    await setup.bot.idle()
    expect(JSON.stringify(ack)).toContain('nothing was changed')
    expect(await everything()).toEqual(before)
    await close(PEOPLE.admin)
  })

  test('saying what an extension was keeps its cost and its grounds where nobody touched them', async () => {
    const { pool } = setup.database
    await unclassified()
    const its = `contract_id = (SELECT id FROM contract WHERE reference = 'C-100')`
    await pool.query(
      `UPDATE extension SET kind = 'unknown', cost = 500, grounds = 'As agreed' WHERE ${its}`,
    )
    const subject = await setup.subjectOf('C-100')
    const view = await setup.form(PEOPLE.admin, { act: 'classify', subject })
    await pool.query(`UPDATE extension SET cost = 600 WHERE ${its}`)
    expect((await submit(PEOPLE.admin, view, { kind: 'option' })).errors).toEqual({})
    const { rows } = await pool.query(`SELECT kind, cost, grounds FROM extension WHERE ${its}`)
    expect(rows).toEqual([{ kind: 'option', cost: '600', grounds: 'As agreed' }])
  })

  test('an edited contract has what was touched, and of everything else what others set meanwhile', async () => {
    const touches: Record<string, { given: Given; sql: string; theirs: string }> = {
      title: { given: 'Mine', sql: 'title', theirs: `title = 'Theirs'` },
      supplier: { given: 'Mine Ltd', sql: 'supplier', theirs: `supplier = 'Theirs Ltd'` },
      start: { given: '2023-02-03', sql: 'start', theirs: `start = '2022-01-01'` },
      maximumEnd: { given: '2031-02-03', sql: 'maximum_end', theirs: `maximum_end = '2032-01-01'` },
      reviewOn: { given: '2027-02-03', sql: 'review_on', theirs: `review_on = '2028-01-01'` },
      value: { given: '777', sql: 'value', theirs: 'value = 888' },
      valueBasis: { given: 'annual', sql: 'value_basis', theirs: `value_basis = 'maximum'` },
      regime: { given: 'PA23', sql: 'regime', theirs: `regime = 'PCR15'` },
      personalData: { given: 'yes', sql: 'personal_data', theirs: 'personal_data = false' },
      sharesData: { given: 'yes', sql: 'shares_data', theirs: 'shares_data = false' },
      sharedWith: { given: 'Ours', sql: 'shared_with', theirs: `shared_with = 'Theirs'` },
      dpia: { given: 'D-1', sql: 'dpia', theirs: `dpia = 'D-2'` },
      owner: { given: PEOPLE.deputy, sql: 'owner_id', theirs: 'owner_id = NULL' },
      documents: {
        given: 'Signed contract: https://trust.example/c.pdf',
        ...{ sql: 'documents', theirs: `documents = '[{"title":"T","url":"https://t.example/"}]'` },
      },
    }
    const names = Object.keys(touches)
    const columns = names.map((name) => touches[name]?.sql).join(', ')
    const row = async () =>
      Object(await column('C-400', `(SELECT to_jsonb(r) FROM (SELECT ${columns}) r)`))
    const { pool } = setup.database
    const [kept] = await setup.rows(`SELECT ${columns} FROM contract WHERE reference = 'C-400'`)
    const reset = () =>
      pool.query(
        `UPDATE contract SET (${columns}) = (SELECT ${columns} FROM jsonb_populate_record(NULL::contract, $1)) WHERE reference = 'C-400'`,
        [JSON.stringify(kept)],
      )
    const some = fc.subarray(names, { minLength: 1 })
    await holdsInTime([some, fc.subarray(names)], 10, async (mine, others) => {
      await reset()
      const view = await setup.form(PEOPLE.admin, 'edit C-400')
      const theirs = others.map((name) => touches[name]?.theirs)
      if (theirs.length > 0) {
        await pool.query(`UPDATE contract SET ${theirs.join(', ')} WHERE reference = 'C-400'`)
      }
      const before = await row()
      const given = Object.fromEntries(mine.map((name) => [name, touches[name]?.given ?? null]))
      expect((await submit(PEOPLE.admin, view, given)).errors).toEqual({})
      const after = await row()
      const columnOf = (name: string) => touches[name]?.sql ?? ''
      const moved = names.filter((name) => after[columnOf(name)] !== before[columnOf(name)])
      expect(new Set(moved)).toEqual(new Set(mine))
    })
    await reset()
  })

  const pressing = async (act: 'decide' | 'snooze-1w') => {
    const subject = { ...(await setup.subjectOf('C-400')), alertIds: [] }
    return setup.pressAction(PEOPLE.owner, { act, subject })
  }
  const typing =
    (text: string, who: string = PEOPLE.owner) =>
    () =>
      setup.type(who, text)
  const teamOf = typing('settings team Digital', PEOPLE.admin)
  test.each([
    ['a button of a contract', () => pressing('decide'), /Record decision/, 'expired_trigger_id'],
    ['a command', typing('extend C-400'), /Log extension/, 'trigger_expired'],
    ['a command without a contract', typing('add Lifts'), /Add contract/, 'exchanged_trigger_id'],
    ['settings of a team', teamOf, /Settings of team Digital/, 'trigger_exchanged'],
    ['rules of a contract', typing('settings C-400'), /Rules of Waste/, 'expired_trigger_id'],
  ] as const)(
    '%s whose trigger has expired is answered directly, with a button that opens the form',
    async (_, ask, title, error) => {
      const who = String(title).includes('Digital') ? PEOPLE.admin : PEOPLE.owner
      expires(error)
      await ask()
      expect(setup.workspace.views.modal(who)).toBeNull()
      const message = await lastDirect(who)
      expect(message.text).toContain('could not be opened')
      const button = buttonOf(message, 'Open the form')
      const again = await setup.workspace.as(who).press(message, button)
      expect(JSON.stringify(again.modal?.source)).toMatch(title)
      await close(who)
      expect(setup.lines).toEqual([])
    },
  )

  test('documents are linked in the form, refused at their field where they are none, and shown on the card and the warning', async () => {
    const view = await setup.form(PEOPLE.admin, 'edit C-100')
    for (const wrong of ['javascript:alert(1)', 'see the shared drive', 'https://a:b@t.example/']) {
      const { errors } = await submit(PEOPLE.admin, view, { documents: wrong })
      expect(Object.values(errors)).toEqual([expect.stringContaining('is no web address')])
    }
    const typed = 'Signed <contract>: https://t.example/c?a=1&b=2\nhttps://t.example/Annex%20A.pdf'
    expect((await submit(PEOPLE.admin, view, { documents: typed })).errors).toEqual({})
    const signed = '<https://t.example/c?a=1&amp;b=2|Signed &lt;contract>'
    const annex = '<https://t.example/Annex%20A.pdf|Annex A.pdf>'
    const card = said(await setup.type(PEOPLE.owner, 'show C-100'))
    expect(card).toContain(`• ${signed}\n• ${annex}`)
    await setup.deliver()
    const shared = async (channel: string) => {
      await setup.pressAction(PEOPLE.owner, { act: 'share', query: 'show C-100' }, channel)
      return setup.workspace.ledger.messages.at(-1)?.text
    }
    expect(await shared('C0GUESTS')).not.toContain('t.example')
    expect(await shared('C0CONTRACTS')).toContain('t.example')
    expect(await setup.actsOn('C-100')).toContain('updated')
    const history = said(await setup.type(PEOPLE.owner, 'history C-100'))
    expect(history).toMatch(/documents/)
    // Emptied, none is left.
    const again = await setup.form(PEOPLE.admin, 'edit C-100')
    expect((await submit(PEOPLE.admin, again, { documents: null })).errors).toEqual({})
    expect(await column('C-100', 'documents')).toBeNull()
  })

  test('an answer that Home can no longer show in a modal comes directly', async () => {
    const home = present((await setup.workspace.as(PEOPLE.owner).openHome()).home)
    expires('expired_trigger_id')
    await setup.workspace.as(PEOPLE.owner).press(home, buttonOf(home.source, 'Help'))
    expect((await lastDirect(PEOPLE.owner)).text).toContain('/contracts')
    expect(setup.lines).toEqual([])
  })

  test('a snooze takes the same days whether it is typed or sent by a form, and names the last one', async () => {
    const subject = await setup.subjectOf('C-100')
    const form = await setup.form(PEOPLE.owner, { act: 'snooze-date', subject })
    const last = 'until Mon 7 Dec 2026 at most'
    expect(JSON.stringify(form.source)).toContain(`At most ${last.slice(0, -8)}`)
    for (const day of ['2026-12-08', '2027-11-24', '2027-11-25', '2031-01-01']) {
      expect(said(await setup.type(PEOPLE.owner, `snooze C-100 ${day}`)), day).toContain(last)
      const { errors } = await submit(PEOPLE.owner, form, { until: day })
      expect(Object.entries(errors).join(), day).toMatch(`until@`)
      expect(Object.values(errors).join(), day).toContain(last)
    }
    await setup.type(PEOPLE.owner, 'snooze C-100 2026-12-07')
    expect(await setup.actsOn('C-100')).toContain('snoozed')
  })

  const home = (who: string) => setup.workspace.views.home(who)
  const sending =
    (by: Parameters<typeof setup.form>[1], given: Record<string, Given>) => async () =>
      submit(PEOPLE.owner, await setup.form(PEOPLE.owner, by), given)
  test.each([
    ['a command', typing('snooze C-400 3 days')],
    ['a button', () => pressing('snooze-1w')],
    ['a form', sending('edit C-400', { title: 'Waste of wards' })],
    ['a preference', sending({ act: 'open', what: 'preferences' }, { voice: 'dm' })],
  ] as const)('Home is shown anew to whoever acted by %s', async (_, doIt) => {
    await setup.workspace.as(PEOPLE.owner).openHome()
    const before = home(PEOPLE.owner)?.hash
    await doIt()
    expect(home(PEOPLE.owner)?.hash).not.toBe(before)
    const after = home(PEOPLE.owner)?.hash
    await setup.type(PEOPLE.owner, 'show C-400')
    expect(home(PEOPLE.owner)?.hash).toBe(after)
    expect(setup.lines).toEqual([])
  })

  test('Home is shown to nobody who never opened it, and one that Slack refuses breaks no act', async () => {
    await setup.type(PEOPLE.admin, 'snooze C-300 4 days')
    expect(home(PEOPLE.admin)).toBeNull()
    await setup.workspace.as(PEOPLE.owner).openHome()
    const refused = { kind: 'error', error: 'internal_error', accepted: false } as const
    setup.workspace.faults.plan(refused, { method: 'views.publish' })
    const seen = await setup.type(PEOPLE.owner, 'snooze C-400 6 days')
    expect(seen.ephemerals[0]?.text).toContain('29 Nov 2026')
    expect(setup.lines.splice(0).join()).toMatch(/"Home" failed/)
  })
})

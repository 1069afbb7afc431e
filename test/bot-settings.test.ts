/** The settings of a team, changed in Slack: seen first, saved when sent again, by administrators. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureOrganisation, readTeams, setTeam, type Team } from '../src/db/organisation.ts'
import { submissionPayload } from '../src/workspace/acts/payloads.ts'
import { CAST } from '../src/workspace/cast.ts'
import type { Given } from '../src/workspace/field-values.ts'
import type { ShownView } from '../src/workspace/views.ts'
import { type BotHouse, openBotHouse, said, TRANSPORTS } from './support/bot-house.ts'

const REGISTER = `Reference,Title,Supplier,Owner email,Deputy,Start,End,Value
C-100,Cleaning,Acme Ltd,olive.owner@trust.example,,2024-01-01,2027-02-07,20000
C-300,Pathology,Gamma,lena.lead@trust.example,,2024-01-01,2027-01-31,20000
`
const LADDERS = `start-by: 90, 30, 14, 7, 0
notice: 60, 30, 14, 7, 3, 1, 0
option: 90, 30, 14, 7, 3, 1, 0
end: 45, 10, 0
emergency-end: 21, 14, 10, 7, 5, 3, 2, 1, 0
review: 90, 30, 7, 0`

let house: BotHouse

describe.each(TRANSPORTS)('the settings over %s', (kind) => {
  beforeAll(async () => {
    house = await openBotHouse(kind, REGISTER)
  })
  afterAll(async () => {
    expect(house.workspace.ledger.failures).toEqual([])
    await house.close()
  })

  const admin = () => house.workspace.as(CAST.admin)
  const teams = () => readTeams(house.database.pool, house.organisation.id)
  const team = async (): Promise<Team | undefined> => (await teams())[0]
  const open = async () => {
    const { modal } = await house.type(CAST.admin, 'settings')
    if (modal === null) throw new Error('No form was opened.')
    return modal
  }
  const send = async (view: ShownView, given: Readonly<Record<string, Given>> = {}) => {
    const seen = await admin().submit(view, given)
    return { ...seen, shown: JSON.stringify(seen.modal?.source ?? null) }
  }

  test('what would change is shown first, and saved when the same is sent again', async () => {
    const before = await team()
    const first = await send(await open(), { ladders: LADDERS, startByFrom: '£50,000' })
    expect(first.shown).toContain('end: told 45, 10, 0 days before, instead of 180, 90')
    expect(first.shown).toContain('A start-by from £50,000, instead of £25,000')
    expect(first.shown).toContain('2 contracts counted anew')
    expect(await team()).toEqual(before)
    if (first.modal === null) throw new Error('The form was closed.')
    const second = await send(first.modal)
    expect(second.modal).toBeNull()
    expect((await team())?.teamRules).toEqual({
      startByFrom: 50_000,
      ladders: { end: { before: [45, 10, 0] } },
    })
    const told = house.workspace.ledger.inChannel(admin().direct().id).at(-1)
    expect(told?.text).toContain('The settings of team Default team are saved')
    const audited = await house.database.pool.query(
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
    if (first.modal === null) throw new Error('The form was closed.')
    const second = await send(first.modal, { timeZone: 'Europe/Rome' })
    expect(second.shown).toContain('Time zone Europe/Rome, instead of Europe/London')
    expect((await team())?.timeZone).toBe('Europe/London')
    if (second.modal !== null) await admin().close(second.modal)
  })

  test('a wrong field has its own error, and nothing is saved', async () => {
    const view = await open()
    const { errors } = await send(view, { timeZone: 'Mars', ladders: 'end: 400', startByFrom: 'x' })
    expect(new Set(Object.keys(errors ?? {}))).toEqual(
      new Set(['ladders', 'startByFrom', 'timeZone']),
    )
    await admin().close(view)
  })

  test('a channel that the bot cannot see is refused at its field', async () => {
    const view = await open()
    const { errors } = await send(view, { channel: 'G0PRIVATE' })
    expect(errors?.channel).toContain('invite it there')
    await admin().close(view)
  })

  test('the channels and another team can be set; a later start keeps what people set', async () => {
    const { pool } = house.database
    const digital = await setTeam(pool, house.organisation.id, 'Digital', {})
    const switched = await admin().select(await open(), 'lw.settings-team', 'Digital')
    if (switched.modal === null) throw new Error('No form was opened.')
    expect(JSON.stringify(switched.modal.source)).toContain('Settings of team Digital')
    const first = await send(switched.modal, { channel: 'C0GUESTS' })
    if (first.modal === null) throw new Error('The form was closed.')
    await send(first.modal)
    expect((await teams()).find(({ id }) => id === digital?.id)?.channel).toBe('C0GUESTS')

    const own = await send(await open(), { channel: 'C0ESCALATION', escalation: 'C0GUESTS' })
    if (own.modal === null) throw new Error('The form was closed.')
    await send(own.modal)
    const environment = {
      ...{ timeZone: 'Europe/London', calendar: 'england-and-wales' },
      ...{ channel: 'C0CONTRACTS', escalationChannel: 'C0ESCALATION' },
    }
    await ensureOrganisation(pool, environment)
    expect(await team()).toMatchObject({ channel: 'C0ESCALATION', escalationChannel: 'C0GUESTS' })
    await ensureOrganisation(pool, { ...environment, channel: 'C0CONTRACTS2' })
    expect(await team()).toMatchObject({ channel: 'C0CONTRACTS2', escalationChannel: 'C0GUESTS' })
    await ensureOrganisation(pool, environment)
  })

  test.each([CAST.owner, CAST.colleague, CAST.guest, CAST.outsider])(
    '%s may not open them, nor send a form back that an administrator opened',
    async (who) => {
      const seen = await house.type(who, 'settings')
      expect(seen.modal).toBeNull()
      expect(said(seen)).toMatch(/Only administrators|full members/)
      const forged = await house.pressAction(who, { act: 'open', what: 'settings' })
      expect(forged.modal).toBeNull()
      const view = await open()
      const { places, views } = house.workspace
      const before = await teams()
      const payload = submissionPayload(
        places.person(who),
        views.view(view.id) ?? view,
        house.workspace.trigger(who),
      )
      const { body } = (await house.workspace.deliver(payload)) as { body?: unknown }
      expect(JSON.stringify(body)).toMatch(/Only administrators|full members/)
      expect(await teams()).toEqual(before)
      await admin().close(view)
    },
  )
})

/** Contracts entered and put right in Slack. */

import { Overtaken } from '../src/actions/act.ts'
import { extend } from '../src/actions/extend.ts'
import { setTeam } from '../src/database/organisation.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { errorsIn, said, TODAY, useBotSetup } from './support/bot-setup.ts'
import { day } from './support/contract-facts.ts'

const OWNED = 'olive.owner@trust.example'
const REGISTER = `Reference,Title,Supplier,Buyer,Owner email,Start,End,Value
C-100,Cleaning,Acme Ltd,Northern Trust,${OWNED},2024-01-01,2026-12-07,20000
C-200,Linen hire,Beta plc,Northern Trust,${OWNED},2024-01-01,2026-12-07,20000
C-300,Catering,Gamma,Northern Trust,${OWNED},2024-01-01,2026-12-07,20000
C-400,Portering,Delta,Northern Trust,${OWNED},2024-01-01,2026-12-07,20000
C-500,Waste,Epsilon,Northern Trust,${OWNED},2024-01-01,2026-12-07,20000
`

describe('the record', () => {
  const setup = useBotSetup('socket', REGISTER, {
    quiet: true,
    prepare: async (setup) => {
      await setTeam(setup.db.pool, setup.organisation.id, 'Digital', {})
      await setup.rows(`UPDATE team SET user_group = 'S0DIGITAL' WHERE name = 'Digital'`)
      await setup.type(PEOPLE.owner, 'help')
      await setup.tell()
    },
  })

  const teamId = async (name: string) => String((await setup.team(name)).id)
  type Fields = Parameters<typeof setup.submit>[2]
  /** What comes of filling in the form that a command opens. */
  const filled = async (who: string, command: string, given: Fields) =>
    setup.submit(who, await setup.form(who, command), given)
  const fieldsWrong = (seen: Parameters<typeof errorsIn>[0]) => Object.keys(errorsIn(seen))

  test('a contract that no register holds is entered in a form, and watched with its dates', async () => {
    const seen = await filled(PEOPLE.owner, 'add Lift maintenance', {
      ...{ reference: 'L-1', supplier: 'Otis & Sons', buyer: 'Northern Trust; Southern Trust' },
      ...{ team: await teamId('Digital'), start: '2025-01-01', end: '2027-03-31' },
      ...{ noticePeriod: '3 months', automaticRenewal: 'yes', value: '1.2m' },
      valueBasis: 'committed',
    })
    expect(seen.errors).toEqual({})
    expect(await setup.toldDirectly(PEOPLE.owner)).toContain('Added: Lift maintenance')
    const source = '(SELECT name FROM source s WHERE s.id = source_id) AS source'
    const columns = `title, supplier, value, end_latest, end_source, value_basis, ${source}`
    expect(await setup.row('L-1', columns)).toEqual({
      ...{ title: 'Lift maintenance', supplier: 'Otis & Sons', value: '1200000.00' },
      ...{ end_latest: '2027-03-31', end_source: 'entered by hand', value_basis: 'committed' },
      source: 'slack',
    })
    expect(said(await setup.type(PEOPLE.owner, 'show L-1'))).toContain('otice')
    expect(await setup.actsOn('L-1')).toEqual(['created'])
  })

  test('what is wrong is told at its field, and nothing typed is lost', async () => {
    const modal = await setup.form(PEOPLE.owner, 'add')
    const typed = { reference: 'c-100', title: 'Again', end: '2027-03-31' }
    const team = await teamId('Digital')
    const taken = await setup.submit(PEOPLE.owner, modal, { ...typed, team })
    expect(fieldsWrong(taken)).toEqual(['reference'])
    expect(errorsIn(taken).reference).toContain('C-100')
    const open = taken.modal ?? modal
    expect(JSON.stringify(open.values)).toContain('Again')
    const undated = await setup.submit(PEOPLE.owner, open, { reference: 'N-1', end: null })
    expect(fieldsWrong(undated)).toEqual(['end'])
    const named = { end: '2027-03-31', owner: PEOPLE.guest }
    const guest = await setup.submit(PEOPLE.owner, undated.modal ?? open, named)
    expect(fieldsWrong(guest)).toEqual(['owner'])
    const right = await setup.submit(PEOPLE.owner, guest.modal ?? open, { owner: PEOPLE.deputy })
    expect(right.errors).toEqual({})
    expect((await setup.row<{ title: string }>('N-1', 'title')).title).toBe('Again')
  })

  test('a contract goes to a team of the person’s own; administrators put it anywhere', async () => {
    const team = await teamId('Digital')
    const typed = { reference: 'X-1', title: 'Theirs', team, end: '2027-03-31', owner: null }
    const foreign = await filled(PEOPLE.colleague, 'add', typed)
    expect(fieldsWrong(foreign)).toEqual(['team'])
    expect(errorsIn(foreign).team).toContain('administrator')
    expect((await filled(PEOPLE.admin, 'add', typed)).errors).toEqual({})
    for (const who of [PEOPLE.guest, PEOPLE.outsider]) {
      const seen = await setup.type(who, 'add')
      expect(seen.modal).toBeNull()
      expect(said(seen)).toContain('full members')
    }
  })

  test('every field can be put right; what was not touched stays, and the history says who', async () => {
    const seen = await filled(PEOPLE.owner, 'edit C-100', {
      ...{ title: 'Cleaning of wards', buyer: 'Western Trust', start: '2024-02-01' },
      ...{ maximumEnd: '2028-12-07', noticePeriod: '10 working days', automaticRenewal: 'no' },
      ...{ reviewOn: '2026-12-01', personalData: 'yes', value: '250000', valueBasis: 'annual' },
      ...{ regime: 'PA23', route: 'quotes', why: 'Checked against the signed copy' },
    })
    expect(seen.errors).toEqual({})
    expect(await setup.toldDirectly(PEOPLE.owner)).toContain('Changed:')
    const after = {
      ...{ title: 'Cleaning of wards', start: '2024-02-01', maximum_end: '2028-12-07' },
      ...{ notice_amount: 10, notice_unit: 'working-days', value: '250000.00', regime: 'PA23' },
      ...{ route: 'quotes', supplier: 'Acme Ltd', end_latest: '2026-12-07' },
      ...{ review_on: '2026-12-01', personal_data: true },
    }
    expect(await setup.row('C-100', Object.keys(after).join())).toEqual(after)
    const changes = await setup.row<{ all: string }>(
      'C-100',
      `(SELECT string_agg(concat_ws(' ', what, field, from_value, to_value), '; ' ORDER BY entry_id, position)
        FROM audit_change WHERE contract_id = c.id) AS all`,
    )
    for (const each of [
      ...['buyers Northern Trust Western Trust', 'notice_period 10 working-days'],
      ...['personal_data true', 'explained Checked against the signed copy'],
    ]) {
      expect(changes.all).toContain(each)
    }
    expect(said(await setup.type(PEOPLE.owner, 'show C-100'))).toContain('Processes personal data.')
    const reviewed = { deadline: 'end', choice: 'reviewed' }
    const wrong = await filled(PEOPLE.owner, 'decide C-100', reviewed)
    expect(errorsIn(wrong).choice).toContain('choose “The review date” above')
    await setup.submit(PEOPLE.owner, wrong.modal, { ...reviewed, deadline: 'review' })
    const review = `(SELECT settled_why FROM deadline d WHERE d.contract_id = c.id AND kind = 'review')`
    const why = 'decided on Mon 23 Nov 2026: Reviewed'
    expect(await setup.row('C-100', `${review} AS why`)).toEqual({ why })
    const again = await filled(PEOPLE.owner, 'edit C-100', {})
    expect(Object.values(again.errors).join()).toContain('Nothing was changed')
  })

  test('a novation changes the supplier and keeps reference and history', async () => {
    const before = await setup.subjectOf('C-200')
    const novated = { supplier: 'Zeta Ltd', why: 'Beta was taken over' }
    await filled(PEOPLE.owner, 'edit C-200', novated)
    expect((await setup.subjectOf('C-200')).contractId).toBe(before.contractId)
    const supplier = { supplier: 'Zeta Ltd', supplier_key: 'zeta' }
    expect(await setup.row('C-200', 'supplier, supplier_key')).toEqual(supplier)
    expect(await setup.actsOn('C-200')).toEqual(['novated', 'explained'])
    expect(said(await setup.type(PEOPLE.owner, 'history C-200'))).toContain('Beta plc')
  })

  test('a termination sets an earlier end, which settles it; the posted warning says so', async () => {
    const modal = await setup.form(PEOPLE.owner, 'edit C-300')
    const exit = { terminatesOn: '2026-12-31', why: 'Exit' }
    const late = await setup.submit(PEOPLE.owner, modal, exit)
    expect(fieldsWrong(late)).toEqual(['terminatesOn'])
    const sooner = { terminatesOn: '2026-11-30', why: null }
    const bare = await setup.submit(PEOPLE.owner, late.modal ?? modal, sooner)
    expect(fieldsWrong(bare)).toEqual(['why'])
    const why = { why: 'The supplier gave up' }
    expect((await setup.submit(PEOPLE.owner, bare.modal ?? modal, why)).errors).toEqual({})
    const ends = { end_latest: '2026-11-30', current_latest: '2026-11-30' }
    expect(await setup.row('C-300', 'end_latest, current_latest')).toEqual(ends)
    expect((await setup.statesOf('C-300')).includes('open')).toBe(false)
    await setup.deliver()
    expect(setup.warningOf('Catering').text).toContain('No longer holds')
  })

  test('another team, another owner: the new owner answers for it', async () => {
    const moved = { team: await teamId('Digital'), owner: PEOPLE.deputy }
    expect((await filled(PEOPLE.owner, 'edit C-400', moved)).errors).toEqual({})
    const team = '(SELECT name FROM team t WHERE t.id = team_id) AS team'
    expect(await setup.row('C-400', team)).toEqual({ team: 'Digital' })
    expect(said(await setup.type(PEOPLE.deputy, 'ack C-400'))).toContain('On it')
  })

  test('a form that was open while somebody else saved tells so once, and takes nothing of theirs back', async () => {
    const mine = await setup.form(PEOPLE.owner, 'edit C-500')
    const theirs = await setup.form(PEOPLE.admin, 'edit C-500')
    await setup.submit(PEOPLE.admin, theirs, { title: 'Clinical waste' })
    const late = await setup.submit(PEOPLE.owner, mine, { value: '30000' })
    expect(Object.values(late.errors).join()).toContain(
      'Ada Admin came first and changed its title',
    )
    const again = await setup.submit(PEOPLE.owner, late.modal ?? mine, {})
    expect(again.errors).toEqual({})
    const kept = { title: 'Clinical waste', value: '30000.00' }
    expect(await setup.row('C-500', 'title, value')).toEqual(kept)
  })

  test('of two processes that saw the same contract one acts, and the other is told', async () => {
    const { contractId, version } = await setup.subjectOf('C-500')
    const actor = { ...setup.actor(TODAY), seenVersion: version }
    const { pool } = setup.database
    const both = await Promise.allSettled(
      ['2027-01-31', '2027-02-28'].map((to) =>
        extend(pool, actor, contractId, { kind: 'variation', to: day(to), from: null, cost: null }),
      ),
    )
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const rejected = both.find(({ status }) => status === 'rejected')
    expect(rejected).toMatchObject({ reason: expect.any(Overtaken) })
    const kept = await pool.query('SELECT FROM extension WHERE contract_id = $1', [contractId])
    expect(kept.rowCount).toBe(1)
  })

  test('the draft of a waiver goes into the thread of the group that warned of its contract', async () => {
    const { contractId, version } = await setup.subjectOf('C-400')
    const actor = { ...setup.actor(TODAY), seenVersion: version }
    await extend(setup.database.pool, actor, contractId, {
      ...{ kind: 'emergency', to: day('2027-01-31'), from: null, cost: null, grounds: 'waiver' },
    })
    expect(
      await setup.rows(
        `SELECT root.purpose FROM delivery d
         JOIN delivery root ON root.id = (d.facts ->> 'thread_of')::int
         WHERE d.purpose = 'waiver'`,
      ),
    ).toEqual([{ purpose: 'group' }])
  })
})

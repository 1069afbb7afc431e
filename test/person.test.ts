/** What is held of a person: found, handed over, erased; and what is kept only for so long. */

import { acknowledge } from '../src/actions/acknowledge.ts'
import { decide } from '../src/actions/decide.ts'
import { dossierOf, erasePerson } from '../src/actions/erase-person.ts'
import { linkPerson, readUnlinked, unlinkPerson } from '../src/actions/link-person.ts'
import { verifyAudit } from '../src/database/audit-log.ts'
import { findPerson } from '../src/database/organisation.ts'
import { factsOfWeek } from '../src/reports/weekly.ts'
import { addDays } from '../src/rules/civil-date.ts'
import { retain } from '../src/warnings/retention.ts'
import { day, endOn } from './support/contract-facts.ts'
import { draft, NOW, useSetup } from './support/setup.ts'

const TODAY = day('2026-11-23')
const NAME = 'Zoë (Z.) Quorn'
const EMAIL = 'zoe.quorn@trust.example'

const setup = useSetup({ emptied: 'before' })

const id = () => setup.organisation.id
const find = (who: string) => findPerson(setup.db.pool, id(), who)
const eraser = () => ({ organisationId: id(), today: TODAY, now: NOW, personId: null })

async function busy(): Promise<number> {
  const people = { owner: NAME, ownerEmail: EMAIL, deputy: 'Amira Khan' }
  await setup.import([draft('C-1', { end: endOn('2026-12-18'), ...people })], '2026-11-20')
  await setup.sweep(TODAY)
  await setup.rows(
    `UPDATE person SET slack_workspace = 'T1', slack_user = 'U0QUORN' WHERE email = $1`,
    [EMAIL],
  )
  const person = await find(NAME)
  const actor = { ...setup.actor(TODAY), personId: person.id }
  const contractId = await setup.contractId('C-1')
  await acknowledge(setup.db.pool, actor, contractId)
  const text = `${NAME} said to let it run out; zoe.quorn@trust.example agreed`
  await decide(setup.db.pool, actor, contractId, { kind: 'end', text, evidence: null })
  await setup.rows(
    `INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of, facts, state, sent_at)
     VALUES ($1, 'team:1', 'weekly', 1, 'C1', $2, $3, 'SENT', now())`,
    [
      id(),
      TODAY,
      JSON.stringify({ items: [{ owner: NAME.toUpperCase() }], other: 'Zoe Quornsby' }),
    ],
  )
  return person.id
}

/** Every value of every table but the record of changes. */
async function everything(): Promise<string> {
  const tables = await setup.rows<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()
     AND tablename NOT IN ('_prisma_migrations', 'audit_change', 'audit_entry')`,
  )
  const texts = await Promise.all(
    tables.map(({ name }) => setup.rows<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`)),
  )
  return texts
    .flat()
    .map(({ row }) => row)
    .join('\n')
}

describe('a person', () => {
  test('is found by Slack id, mention, address, name or number, and one of several by number', async () => {
    const personId = await busy()
    for (const who of [
      'U0QUORN',
      '<@U0QUORN>',
      EMAIL.toUpperCase(),
      'zoe z quorn',
      `person ${personId}`,
    ]) {
      expect((await find(who)).id).toBe(personId)
    }
    await expect(find('Zoë')).rejects.toThrow('compared whole')
    await expect(find('%')).rejects.toThrow('Nobody')
    await setup.rows(
      `INSERT INTO person (organisation_id, display_name, name_key) VALUES ($1, $2, 'zoe z quorn')`,
      [id(), NAME],
    )
    await expect(find(NAME)).rejects.toThrow('by its number')
  })

  test('is handed all that refers to them', async () => {
    await busy()
    const dossier = await dossierOf(setup.db.pool, id(), await find(NAME))
    expect(dossier).toMatchObject({
      person: { name: NAME, email: EMAIL, slackUser: 'U0QUORN' },
      answersFor: [{ reference: 'C-1', as: 'owner' }],
      decisions: [{ reference: 'C-1', text: expect.stringContaining('let it run out') }],
      acknowledged: [{ reference: 'C-1' }],
    })
    expect(dossier.acts).toHaveLength(2)
    // Where they are named, not what was said.
    expect(dossier.namedInRecord).toContainEqual({
      position: expect.any(Number),
      at: NOW,
      reference: 'C-1',
      what: 'decided',
      field: 'end',
    })
    expect(JSON.stringify(dossier.namedInRecord)).not.toMatch(/quorn/i)
  })

  test('is erased from every table, and the record of changes stays whole', async () => {
    const personId = await busy()
    const before = await verifyAudit(setup.db.pool, id())
    const erased = await erasePerson(setup.db.pool, eraser(), NAME)
    expect(erased).toMatchObject({ person: personId, owned: 1 })
    expect(erased.cleaned).toEqual({ deadline: 1, decision: 1, delivery: 2 })
    // What somebody typed stays in a record that nobody can change: it is counted, not hidden.
    expect(erased.leftInRecord.map(({ reference, what }) => [reference, what])).toContainEqual([
      'C-1',
      'decided',
    ])
    const left = await everything()
    expect(left).not.toMatch(/zo[eë] \(|zoe\.quorn|U0QUORN/i)
    expect(left).toContain('Quornsby')
    expect(left).toContain('Amira Khan')
    const after = await verifyAudit(setup.db.pool, id())
    expect(after).toMatchObject({ broken: null, entries: before.entries + 1 })
    const named = await setup.rows(
      `SELECT p.pseudonym FROM audit_entry e JOIN person p ON p.id = e.by_person_id WHERE p.id = $1`,
      [personId],
    )
    expect(named).toEqual([{ pseudonym: erased.pseudonym }, { pseudonym: erased.pseudonym }])
    await expect(find(NAME)).rejects.toThrow('Nobody')
    await expect(erasePerson(setup.db.pool, eraser(), erased.pseudonym)).rejects.toThrow('already')
  })

  test('who was written to in person is written to no more, and the address is gone', async () => {
    await busy()
    const direct = (sequence: number, state: string) =>
      setup.rows(
        `INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of, state, sent_at)
         VALUES ($1, 'contract:1', 'direct', $2, 'U0QUORN', $3, $4, now())`,
        [id(), sequence, TODAY, state],
      )
    await direct(1, 'SENT')
    await direct(2, 'PENDING')
    await erasePerson(setup.db.pool, eraser(), EMAIL)
    expect(
      await setup.rows(`SELECT state FROM delivery WHERE purpose = 'direct' ORDER BY sequence`),
    ).toEqual([{ state: 'SENT' }, { state: 'SUPERSEDED' }])
    expect(await everything()).not.toContain('U0QUORN')
  })

  test('whose name is a pattern erases nobody else', async () => {
    await setup.import([draft('C-3', { owner: 'Amira Khan' })], '2026-11-20')
    const [odd] = await setup.rows<{ id: number }>(
      `INSERT INTO person (organisation_id, display_name) VALUES ($1, '.*|a(') RETURNING id`,
      [id()],
    )
    const { cleaned } = await erasePerson(setup.db.pool, eraser(), `person ${odd?.id}`)
    expect(cleaned).toEqual({})
    expect(await everything()).toContain('Amira Khan')
  })
})

describe('what has been kept for long enough', () => {
  const keep = { closedDays: 100, alertDays: 200 }
  const run = (today = TODAY) =>
    retain(setup.db.pool, { organisationId: id(), today, now: NOW, keep })

  test('closed contracts go with all that hangs on them, on their day and not before, and that is recorded', async () => {
    await setup.import([draft('OLD'), draft('OPEN')], '2026-01-01')
    await setup.rows(`UPDATE contract SET closed_on = $1 WHERE reference = 'OLD'`, [
      addDays(TODAY, -100),
    ])
    expect((await run()).contracts).toBe(0)
    expect((await run(addDays(TODAY, 1))).contracts).toBe(1)
    expect(await setup.rows('SELECT reference FROM contract')).toEqual([{ reference: 'OPEN' }])
    const [row] = await setup.rows(
      `SELECT what, from_value AS "from" FROM audit_change WHERE field = 'retention'`,
    )
    expect(row).toEqual({ what: 'removed', from: 'OLD' })
    expect((await verifyAudit(setup.db.pool, id())).broken).toBe(null)
  })

  test('warnings and messages go once they are over, and nothing is told again for it', async () => {
    await setup.import([draft('C', { end: endOn('2026-12-18') })], '2026-11-20')
    await setup.sweep(TODAY)
    const later = addDays(TODAY, 300)
    expect(await run(later)).toMatchObject({ alerts: 0, deliveries: 0 })
    await setup.rows(`UPDATE delivery SET state = 'SENT', sent_at = now()`)
    // Its deadline stands: what was told of it is what keeps it from being told again.
    await setup.rows(`UPDATE alert SET state = 'closed'`)
    expect((await run(later)).alerts).toBe(0)
    expect((await setup.rows('SELECT FROM alert')).length).toBeGreaterThan(0)
    await setup.rows('DELETE FROM deadline')
    expect((await run(later)).alerts).toBeGreaterThan(0)
    expect(await setup.rows('SELECT FROM delivery')).toEqual([])
  })
})

describe('a name in a register', () => {
  const OLIVE = { workspace: 'T1', slackUser: 'U0OLIVE', name: 'Olive Owner' }
  const named = (reference: string, owner: string, end = '2026-12-18') =>
    draft(reference, { owner, end: endOn(end) })
  const ownerOf = async (reference: string) =>
    (
      await setup.row<{ account: string | null }>(
        reference,
        '(SELECT p.slack_user FROM person p WHERE p.id = c.owner_id) AS account',
      )
    ).account
  const account = () =>
    setup.rows(
      `INSERT INTO person (organisation_id, display_name, name_key, slack_workspace, slack_user)
       VALUES ($1, 'Olive Owner', 'olive owner', 'T1', 'U0OLIVE')`,
      [id()],
    )
  const untold = async () => {
    const team = await setup.team('Default team')
    const { rulesOf, db } = setup
    const asked = { organisationId: id(), team, rules: rulesOf(team), rulesOf, slot: TODAY }
    const { untold: list } = await factsOfWeek(db.pool, { ...asked, hoursLate: null })
    return list?.items.map(({ reference }) => reference)
  }

  test.each([
    ['that Lapsewatch knows already', true],
    ['that it has not met', false],
  ])('is linked to an account %s, also for what registers say of it later', async (_, known) => {
    if (known) await account()
    await setup.import([named('C-1', 'O. Owner'), named('C-2', 'Bea Birch')], '2026-11-20')
    expect((await readUnlinked(setup.db.pool, id())).map(({ name }) => name)).toEqual([
      'O. Owner',
      'Bea Birch',
    ])
    const linked = await linkPerson(setup.db.pool, setup.actor(TODAY), 'o owner', OLIVE)
    expect(linked.contracts).toBe(1)
    expect(await ownerOf('C-1')).toBe('U0OLIVE')
    const again = [named('C-1', 'O. Owner', '2026-12-17'), named('C-3', 'O. Owner')]
    const result = await setup.import(again, '2026-11-21')
    expect(result.problems.filter(({ field }) => field === 'owner_id')).toEqual([])
    expect(await ownerOf('C-1')).toBe('U0OLIVE')
    expect(await ownerOf('C-3')).toBe('U0OLIVE')
    expect((await readUnlinked(setup.db.pool, id())).map(({ name }) => name)).toEqual(['Bea Birch'])
    const twice = linkPerson(setup.db.pool, setup.actor(TODAY), 'o owner', OLIVE)
    await expect(twice).rejects.toThrow('These have none: Bea Birch')
    await unlinkPerson(setup.db.pool, setup.actor(TODAY), 'O. Owner')
    expect(await ownerOf('C-1')).toBeNull()
    expect((await verifyAudit(setup.db.pool, id())).broken).toBe(null)
  })

  test('goes with the account when that person is erased', async () => {
    await account()
    await setup.import([named('C-1', 'Quentin Owner')], '2026-11-20')
    await linkPerson(setup.db.pool, setup.actor(TODAY), 'Quentin Owner', OLIVE)
    await erasePerson(setup.db.pool, eraser(), 'Quentin Owner')
    expect(await everything()).not.toMatch(/Quentin|Olive/)
  })

  test('counts as not told, and is listed weekly until it is linked', async () => {
    await setup.import(
      [named('C-1', 'O. Owner'), named('C-2', 'O. Owner', '2028-12-18')],
      '2026-11-20',
    )
    // Where nobody has an account there is nobody to link to.
    expect(await untold()).toEqual([])
    await account()
    expect(await untold()).toEqual(['C-1'])
    await linkPerson(setup.db.pool, setup.actor(TODAY), 'O. Owner', OLIVE)
    expect(await untold()).toEqual([])
  })
})

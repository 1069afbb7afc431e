/** The watch watches itself: what is late or lost is found, said once a day, and stops the heartbeat. */

import { createServer, type Server } from 'node:http'
import { setting } from '../src/actions/settings.ts'
import { callHeartbeat } from '../src/app/worker.ts'
import { inTransaction } from '../src/database/connect.ts'
import { rewriteRules } from '../src/database/organisation.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { ruleKeyNamed } from '../src/rules/settings-text.ts'
import { judgeWatch } from '../src/text/self-check.ts'
import {
  type AuditContext,
  checkUp,
  isAlarming,
  lookAround,
  lookThoroughly,
  readCheckup,
  tellUnwell,
} from '../src/warnings/self-check.ts'
import { openWorkspace } from '../stand-in/slack/server.ts'
import { day, endOn } from './support/contract-facts.ts'
import { worker } from './support/outbox.ts'
import { draft, emptySetup, useSetup } from './support/setup.ts'

const MONDAY = day('2026-11-23')

const setup = useSetup()
beforeEach(async () => {
  const far = { end: endOn('2028-12-18'), owner: 'Amira Khan' }
  await setup.import([draft('DUE', { end: endOn('2026-12-18') }), draft('FAR', far)], '2026-11-20')
  await setup.sweep(MONDAY)
})
afterEach(async () => {
  await emptySetup(setup)
  await setup.rows(`UPDATE team SET settings = settings - 'keyed_by'`)
  await setup.rows('DELETE FROM checkup')
  await setup.rows('DELETE FROM channel')
})

function context(changes: Partial<AuditContext> = {}): AuditContext {
  const nine = { hour: 9, minute: 0 }
  return {
    ...{ organisationId: setup.organisation.id, rulesOf: setup.rulesOf, staleDays: 45 },
    times: { sweepAt: nine, weeklyAt: nine, weeklyOn: 1 },
    ...{ today: MONDAY, now: new Date('2026-11-23T09:30:00Z'), ...changes },
  }
}
const found = async (changes: Partial<AuditContext> = {}) =>
  judgeWatch(await lookThoroughly(setup.db.pool, context(changes)))
const kinds = async (changes: Partial<AuditContext> = {}) =>
  (await found(changes)).map(({ what, alarm }) => (alarm ? what : `(${what})`))

test('a watch that does its work is clean', async () => {
  expect(await found()).toEqual([])
})

test('a contract that no sweep would look at again is found, though nothing is noted of it', async () => {
  await setup.rows('DELETE FROM delivery')
  await setup.rows('DELETE FROM alert')
  expect(await found()).toMatchObject([{ what: 'missed', alarm: true, count: 1 }])
  expect((await found())[0]?.words).toContain('DUE')
  await setup.rows('UPDATE contract SET next_rung_on = NULL')
  expect(await kinds()).toEqual(['missed'])
  // What the next sweep is going to look at is not missed.
  await setup.rows(`UPDATE contract SET next_rung_on = '2026-11-20' WHERE reference = 'DUE'`)
  expect(await kinds()).toEqual([])
})

test('rules that changed while nothing ran are no fault: what they moved is counted anew, and told', async () => {
  await setup.followRules(MONDAY)
  await setup.sweep(MONDAY)
  expect(await kinds()).toEqual([])
  // DUE ends in 25 days: by the new rules it should have been told of 28 days before.
  const step = setting(ruleKeyNamed('ladders.end'), '90, 28, 20, 0')
  await inTransaction(setup.db.pool, (client) =>
    rewriteRules(client, 'organisation', setup.organisation.id, null, step),
  )
  const [only, ...others] = await found()
  expect(others).toEqual([])
  expect(only).toMatchObject({ what: 'other-rules', alarm: false, count: 1 })
  expect(only?.words).toContain('Default team')
  // What was lost under the rules that it was counted by is still found once they are followed.
  await setup.followRules(MONDAY)
  expect(await kinds()).toEqual([])
  await setup.rows('UPDATE contract SET next_rung_on = NULL')
  await setup.rows('DELETE FROM delivery')
  await setup.rows('DELETE FROM alert')
  expect(await kinds()).toContain('missed')
})

test('a warning that no message carries is found', async () => {
  await setup.rows('DELETE FROM delivery')
  expect(await kinds()).toEqual(['untold'])
})

test('a day that was not swept is found an hour after its time, and not before', async () => {
  const tuesday = day('2026-11-24')
  const at = (time: string) => ({ today: tuesday, now: new Date(`2026-11-24T${time}:00Z`) })
  expect(await kinds(at('09:59'))).not.toContain('unswept')
  expect(await kinds(at('10:00'))).toContain('unswept')
  await setup.sweep(tuesday)
  expect(await kinds(at('10:00'))).not.toContain('unswept')
})

test('a weekly summary that was not made is found', async () => {
  await setup.rows(`UPDATE team SET created_at = '2026-01-01'`)
  const late = { now: new Date('2026-11-23T10:30:00Z') }
  expect(await kinds(late)).toEqual(['unsummarised'])
  await setup.rows(
    `INSERT INTO slot (organisation_id, team_id, kind, slot_on, owner, lease_until, finished_at)
     SELECT organisation_id, id, 'weekly', $1, 'one', now(), now() FROM team`,
    [MONDAY],
  )
  expect(await kinds(late)).toEqual([])
})

test('a message that waits, was left half way, or cannot be delivered is found', async () => {
  const set = (change: string) => setup.rows(`UPDATE delivery SET ${change}`)
  await set(`due_at = now() - interval '59 minutes'`)
  expect(await kinds()).toEqual([])
  await set(`due_at = now() - interval '61 minutes'`)
  expect(await kinds()).toEqual(['waiting'])
  // A retry always lies in the future.
  const tried = `first_tried_at = now() - interval '2 hours'`
  await set(`state = 'RETRY', due_at = now() + interval '1 hour', ${tried}`)
  expect(await kinds()).toEqual(['waiting'])
  await set(`state = 'SENDING', first_tried_at = now(), lease_until = now() - interval '3 minutes'`)
  expect(await kinds()).toEqual(['expired'])
  await set(`state = 'DEAD', lease_until = NULL, problem = 'is_archived'`)
  expect((await found())[0]?.words).toContain('2 messages to #contracts')
  expect(await kinds()).toEqual(['failed'])
})

test('what waits for an hour because nobody can say who reads its channel is named, on the same day', async () => {
  const place = { organisationId: setup.organisation.id, today: MONDAY, channel: '#admin' }
  const { pool } = setup.db
  await setup.rows(`UPDATE delivery SET due_at = now() - interval '61 minutes'`)
  expect(await tellUnwell(pool, place, (await checkUp(pool, context())).findings)).toBe(true)
  const wait = (minutes: number) =>
    setup.rows(
      `UPDATE delivery SET state = 'RETRY', due_at = now() + interval '1 minute',
         readers_unknown_since = now() - make_interval(mins => $1),
         problem = 'Slack does not say who reads #contracts (missing_scope: needs channels:read)'
       WHERE purpose <> 'unwell'`,
      [minutes],
    )
  await wait(59)
  expect(await kinds()).toEqual([])
  await wait(61)
  expect(await kinds()).toEqual(['readers-unknown'])
  const { findings } = await checkUp(pool, context())
  expect(findings[0]?.words).toContain('needs channels:read')
  // The day's line had been about something else.
  expect(await tellUnwell(pool, place, findings)).toBe(true)
  expect(await tellUnwell(pool, place, findings)).toBe(false)
  await setup.rows(
    `UPDATE delivery SET facts = '{"amounts_of": {"purpose": "post"}}' WHERE purpose <> 'unwell'`,
  )
  expect(await kinds()).toEqual(['(readers-unknown)'])
})

test('a blocked message whose copy went to the escalation channel counts as told', async () => {
  await setup.rows(`UPDATE delivery SET state = 'BLOCKED'`)
  expect(await kinds()).toEqual(['failed'])
  await setup.rows(
    `INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of)
     SELECT organisation_id, subject, 'fallback', id, '#escalation', as_of FROM delivery`,
  )
  expect(await kinds()).toEqual([])
})

test('a workspace that refuses the token is found', async () => {
  await setup.rows(
    `INSERT INTO channel (organisation_id, destination, paused_why) VALUES ($1, '*', 'token_revoked')`,
    [setup.organisation.id],
  )
  expect((await found())[0]?.words).toContain('token_revoked')
})

test('owners who left, old registers, unread rows and unclassified extensions are advice', async () => {
  await setup.rows(`UPDATE person SET gone_on = '2026-11-01'`)
  await setup.rows(`UPDATE source SET last_imported_at = '2026-09-01'`)
  await setup.rows(`INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on)
    SELECT organisation_id, id, 'unknown', 'proposed', '2028-12-19', '2029-01-31' FROM contract
    WHERE reference = 'FAR'`)
  const findings = await found()
  expect(findings.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['owners-gone', 'stale-register', 'unclassified']),
  )
  expect(isAlarming({ findings })).toBe(false)
})

test('the quick look keeps what the thorough one found, which comes once an hour', async () => {
  const { pool } = setup.db
  await setup.rows('DELETE FROM delivery')
  expect((await checkUp(pool, context())).findings).toMatchObject([{ what: 'untold' }])
  await setup.rows('DELETE FROM alert')
  expect((await checkUp(pool, context())).findings).toMatchObject([{ what: 'untold' }])
  await setup.rows(`UPDATE checkup SET thorough_at = now() - interval '61 minutes'`)
  expect((await checkUp(pool, context())).findings).toMatchObject([{ what: 'missed' }])
  expect(await readCheckup(pool, setup.organisation.id)).toMatchObject({ minutesAgo: 0 })
})

test('the quick look costs the same few queries however many contracts there are', async () => {
  const asked: string[] = []
  const counting = {
    query: (sql: string, values: unknown[]) => {
      asked.push(sql)
      return setup.db.pool.query(sql, values)
    },
  }
  await lookAround(counting as never, context())
  expect(asked.length).toBeLessThanOrEqual(4)
  expect(asked.join()).not.toMatch(/FROM deadline/)
})

test('the administrators are told once a day, through the outbox', async () => {
  const { pool } = setup.db
  const channels = ['admin', 'contracts'].map((name) => ({ id: `C0${name.toUpperCase()}`, name }))
  const workspace = await openWorkspace({ channels, now: () => Date.now() })
  try {
    await setup.rows('DELETE FROM delivery')
    const { findings } = await checkUp(pool, context())
    const place = { organisationId: setup.organisation.id, today: MONDAY, channel: 'C0ADMIN' }
    expect(await tellUnwell(pool, place, findings)).toBe(true)
    expect(await tellUnwell(pool, place, findings)).toBe(false)
    await deliverDue(worker(pool, workspace))
    const [message, ...more] = workspace.ledger.inChannel('C0ADMIN')
    expect(more).toEqual([])
    expect(message?.text).toMatch(/1 fault in Lapsewatch itself[\s\S]*put into no message/)
    expect(await tellUnwell(pool, { ...place, today: day('2026-11-24') }, findings)).toBe(true)
    expect(await tellUnwell(pool, { ...place, today: day('2026-11-25') }, [])).toBe(false)
  } finally {
    await workspace.close()
  }
})

test('the heartbeat is a call, and one that is not taken is told without its address', async () => {
  const server: Server = createServer((request, response) => {
    response.statusCode = request.url === '/ok' ? 200 : 500
    response.end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  expect(await callHeartbeat(`http://127.0.0.1:${port}/ok`)).toBe(null)
  expect(await callHeartbeat(`http://127.0.0.1:${port}/secret`)).toBe('HTTP status 500')
  server.close()
  server.closeAllConnections()
  expect(await callHeartbeat(`http://127.0.0.1:${port}/secret`)).not.toContain('secret')
})

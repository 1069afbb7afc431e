/** Deadlines in people's calendars: read by another library, and by nobody without the address. */

import ICAL from 'ical.js'
import { erasePerson } from '../src/actions/erase-person.ts'
import { setTeam } from '../src/database/organisation.ts'
import { type CalendarAnswer, calendarDesk, calendarRoutes } from '../src/ops/calendar.ts'
import { serveOps } from '../src/ops/http.ts'
import { calendarFile } from '../src/text/calendar-feed.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { said, TODAY, useBotSetup } from './support/bot-setup.ts'
import { day } from './support/contract-facts.ts'
import { present } from './support/present.ts'

const REGISTER = `Reference,Title,Supplier,Team,Owner,Owner email,Start,End,Contract value
C-1,"Theatre; lights, lamps \\n and
BEGIN:VEVENT",Bytes,Digital,Amira Khan,owner@trust.example,2020-01-01,2027-03-28,4600000
C-2,Leap year licences,Bytes,Digital,Amira Khan,owner@trust.example,2020-01-01,2028-02-29,163100000
C-3,Of another team,Insight,Estates,Tom Reed,tom@trust.example,2020-01-01,2027-10-31,1000
C-5,Rolling support,Insight,Estates,Tom Reed,tom@trust.example,2020-01-01,rolling,1000
C-4,Ended long ago,Insight,Digital,Amira Khan,owner@trust.example,2015-01-01,2019-10-31,1000
`

const TEAMS = { Digital: ['C-1', 'C-2', 'C-4'], Estates: ['C-3', 'C-5'] }

let elapsed = 0
const clock = { now: new Date('2026-11-23T10:00:00.400Z') }
const logged: string[] = []
let ask: (address: string, headers?: Record<string, string>) => Promise<CalendarAnswer>

const setup = useBotSetup('http', REGISTER, {
  prepare: async (setup) => {
    const { pool } = setup.database
    for (const [team, refs] of Object.entries(TEAMS)) {
      await setTeam(pool, setup.organisation.id, team, {})
      await pool.query(
        `UPDATE contract SET team_id = (SELECT id FROM team WHERE name = $1)
       WHERE reference = ANY($2)`,
        [team, refs],
      )
    }
    const desk = calendarDesk({
      pool,
      organisationId: setup.organisation.id,
      now: () => clock.now,
      today: () => TODAY,
      elapsed: () => elapsed,
      log: (line) => logged.push(line),
    })
    ask = (address, headers = {}) =>
      desk({
        file: address.split('/').at(-1) ?? '',
        ifNoneMatch: headers['if-none-match'] ?? null,
        ifModifiedSince: headers['if-modified-since'] ?? null,
      })
  },
})

async function addressFor(who: string, command: string): Promise<string> {
  const text = said(await setup.type(who, command))
  const address = present(
    /https:\/\/contracts\.trust\.example\/calendar\/[0-9a-f]{64}\.ics/.exec(text)?.[0],
    `No address in: ${text}`,
  )
  return address
}

function eventsIn(body: string) {
  const parsed = new ICAL.Component(ICAL.parse(body))
  return parsed.getAllSubcomponents('vevent').map((each) => {
    const event = new ICAL.Event(each)
    return {
      uid: event.uid,
      on: event.startDate.toString(),
      until: event.endDate.toString(),
      allDay: event.startDate.isDate,
      summary: event.summary,
      description: event.description,
    }
  })
}

describe('a calendar', () => {
  test('of a team holds its open deadlines, as another library reads them', async () => {
    const { status, headers, body } = await ask(
      await addressFor(PEOPLE.colleague, 'calendar team Digital'),
    )
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/calendar; charset=utf-8')
    const found = await setup.database.pool.query<{ on: string }>(
      `SELECT d.due_on AS "on" FROM deadline d JOIN contract c ON c.id = d.contract_id
       JOIN team t ON t.id = c.team_id WHERE t.name = 'Digital' AND d.settled_why IS NULL
         AND d.due_on >= $1 AND NOT c.historic ORDER BY d.due_on, c.id, d.kind`,
      [day('2026-08-23')],
    )
    const events = eventsIn(body)
    expect(events.map(({ on }) => on)).toEqual(found.rows.map(({ on }) => on))
    const ends = events.filter(({ summary }) => summary.startsWith('Ends'))
    // The clocks go forward on 28 March 2027; 2028 has a 29 February.
    expect(ends).toMatchObject([
      { on: '2027-03-28', until: '2027-03-29', allDay: true },
      { on: '2028-02-29', until: '2028-03-01', allDay: true },
    ])
    expect(ends[0]?.summary).toBe('Ends: Theatre; lights, lamps \\n and BEGIN:VEVENT (Bytes)')
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(events.length)
  })

  test('names no person and no price', async () => {
    const { body } = await ask(await addressFor(PEOPLE.colleague, 'calendar team Digital'))
    const unfolded = body.replaceAll('\r\n ', '')
    expect(unfolded).not.toMatch(/Amira|Khan|owner@|£|4\.6|4600000|4,600,000|163/)
  })

  test('of a person holds what they answer for, and nothing else', async () => {
    const { pool } = setup.database
    const address = await addressFor(PEOPLE.owner, 'calendar')
    await pool.query(
      `UPDATE contract SET owner_id = NULL, deputy_id = NULL, category_lead_id = NULL`,
    )
    expect(eventsIn((await ask(address)).body)).toEqual([])
    await pool.query(
      `UPDATE contract SET deputy_id = (SELECT id FROM person WHERE slack_user = $1)
       WHERE reference = 'C-3'`,
      [PEOPLE.owner],
    )
    const events = eventsIn((await ask(address)).body)
    expect(events.length).toBeGreaterThan(0)
    expect(events.every(({ description }) => description.includes('Reference C-3,'))).toBe(true)
    // 31 October 2027: the clocks go back.
    expect(events.find(({ on }) => on === '2027-10-31')).toMatchObject({ until: '2027-11-01' })
  })

  test('keeps an event the same when its deadline moves', async () => {
    const { pool } = setup.database
    const address = await addressFor(PEOPLE.admin, 'calendar team Estates')
    const before = eventsIn((await ask(address)).body).find(({ on }) => on === '2027-10-31')
    await pool.query(
      `UPDATE deadline SET due_on = '2027-12-31' WHERE kind = 'end' AND due_on = '2027-10-31'`,
    )
    const after = eventsIn((await ask(address)).body).find(({ on }) => on === '2027-12-31')
    expect(after?.uid).toBe(before?.uid)
    await pool.query(
      `UPDATE deadline SET due_on = '2027-10-31' WHERE kind = 'end' AND due_on = '2027-12-31'`,
    )
  })

  test('has the review of a contract without an end', async () => {
    const { pool } = setup.database
    await pool.query(
      `INSERT INTO deadline (organisation_id, contract_id, kind, due_on, reason)
       SELECT organisation_id, id, 'review', '2027-02-01', 'to be reviewed' FROM contract
       WHERE reference = 'C-5' ON CONFLICT DO NOTHING`,
    )
    const { body } = await ask(await addressFor(PEOPLE.deputy, 'calendar team Estates'))
    expect(eventsIn(body).find(({ on }) => on === '2027-02-01')?.summary).toContain('Rolling')
  })

  test('that did not change is not sent again, and says since when', async () => {
    const address = await addressFor(PEOPLE.finance, 'calendar team Digital')
    const first = await ask(address)
    expect(first.headers['last-modified']).toBe('Mon, 23 Nov 2026 10:00:00 GMT')
    clock.now = new Date('2026-11-24T11:00:00Z')
    const again = await ask(address)
    expect(again).toEqual(first)
    const etag = first.headers.etag ?? ''
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`]) {
      expect(await ask(address, { 'if-none-match': tag })).toMatchObject({ status: 304, body: '' })
    }
    const since = { 'if-modified-since': 'Mon, 23 Nov 2026 10:00:00 GMT' }
    expect(await ask(address, since)).toMatchObject({ status: 304 })
    expect(await ask(address, { ...since, 'if-none-match': '"other"' })).toMatchObject({
      status: 200,
    })
    await setup.database.pool.query(`UPDATE contract SET title = 'New' WHERE reference = 'C-2'`)
    const changed = await ask(address, { ...since, 'if-none-match': etag })
    expect(changed).toMatchObject({ status: 200 })
    expect(changed.headers['last-modified']).toBe('Tue, 24 Nov 2026 11:00:00 GMT')
  })

  test.each(['Pacific/Kiritimati', 'America/Los_Angeles', 'Europe/London'])(
    'shows the same days on a machine in %s',
    (zone) => {
      const usual = process.env.TZ
      process.env.TZ = zone
      const days = ['2027-03-28', '2027-10-31', '2028-02-29', '2026-12-31'].map(day)
      const body = calendarFile({
        team: null,
        namespace: 'h',
        total: days.length,
        changedAt: clock.now,
        events: days.map((on) => ({
          key: on,
          kind: 'end',
          on,
          reason: 'why',
          reference: 'A',
          title: null,
          supplier: null,
          team: 'T',
        })),
      })
      expect(eventsIn(body).map(({ on }) => on)).toEqual(days)
      if (usual === undefined) delete process.env.TZ
      else process.env.TZ = usual
    },
  )
})

describe("a calendar's address", () => {
  test('is kept as a hash alone, and is in no record and no log', async () => {
    const address = await addressFor(PEOPLE.colleague, 'calendar')
    const token = /[0-9a-f]{64}/.exec(address)?.[0] ?? ''
    const { pool } = setup.database
    const held = await pool.query('SELECT * FROM calendar_feed')
    const record = await pool.query('SELECT * FROM audit_change')
    expect(JSON.stringify([held.rows, record.rows, setup.lines, logged])).not.toContain(token)
    expect(JSON.stringify(record.rows)).toContain('opened calendar')
  })

  test('is told to the asker alone', async () => {
    const seen = await setup.type(PEOPLE.colleague, 'calendar team Estates')
    expect(said(seen)).toContain('/calendar/')
    const posted = setup.workspace.ledger.inChannel('C0CONTRACTS')
    expect(JSON.stringify(posted)).not.toContain('/calendar/')
  })

  test('is found no more once it is revoked, and others go on', async () => {
    const mine = await addressFor(PEOPLE.lead, 'calendar team Digital')
    const another = await addressFor(PEOPLE.admin, 'calendar team Digital')
    expect(said(await setup.type(PEOPLE.lead, 'calendar team Digital revoke'))).toContain(
      '1 calendar address ended',
    )
    expect(await ask(mine)).toMatchObject({ status: 404, body: 'not found\n' })
    expect(await ask(another)).toMatchObject({ status: 200 })
    // An administrator's word ends everybody's.
    await setup.type(PEOPLE.admin, 'calendar team Digital revoke')
    expect(await ask(another)).toEqual(await ask(mine))
  })

  test('ends with its person', async () => {
    const { pool } = setup.database
    const address = await addressFor(PEOPLE.lead, 'calendar team Estates')
    await pool.query('UPDATE person SET gone_on = $2 WHERE slack_user = $1', [PEOPLE.lead, TODAY])
    expect(await ask(address)).toMatchObject({ status: 404 })
    await pool.query('UPDATE person SET gone_on = NULL WHERE slack_user = $1', [PEOPLE.lead])
    const eraser = {
      organisationId: setup.organisation.id,
      today: TODAY,
      now: clock.now,
      personId: null,
    }
    await erasePerson(pool, eraser, PEOPLE.lead)
    expect(await ask(address)).toMatchObject({ status: 404 })
  })

  test('is given to nobody who may not read, nor without end', async () => {
    expect(said(await setup.type(PEOPLE.guest, 'calendar'))).not.toContain('/calendar/')
    for (let made = 0; made < 5; made += 1) await addressFor(PEOPLE.admin, 'calendar')
    expect(said(await setup.type(PEOPLE.admin, 'calendar'))).toContain('5 addresses')
  })

  test('that is wrong in any way is not there, on either port', async () => {
    const { pool } = setup.database
    const right = await addressFor(PEOPLE.finance, 'calendar team Estates')
    const token = /[0-9a-f]{64}/.exec(right)?.[0] ?? ''
    const desk = calendarDesk({
      pool,
      organisationId: setup.organisation.id,
      now: () => clock.now,
      today: () => TODAY,
      elapsed: () => elapsed,
      log: () => undefined,
    })
    const ops = await serveOps(
      calendarRoutes(() => desk),
      0,
      '127.0.0.1',
    )
    const served = [`http://127.0.0.1:${ops.port}`, new URL(setup.requestUrl ?? '').origin]
    for (const origin of served) {
      const status = async (file: string) => (await fetch(`${origin}/calendar/${file}`)).status
      expect(await status(`${token}.ics`)).toBe(200)
      for (const wrong of [token, `${token.slice(1)}0.ics`, `${'0'.repeat(64)}.ics`, '.ics']) {
        expect(await status(wrong)).toBe(404)
      }
      expect([400, 404]).toContain(await status('%E0%A4%A'))
      expect(await status(`${token}.ics`)).toBe(200)
    }
    await ops.close()
  })

  test('is not answered faster than calendars ask, and an hour later it is', async () => {
    const address = await addressFor(PEOPLE.finance, 'calendar')
    let status = 0
    for (let asked = 0; asked < 61; asked += 1) status = (await ask(address)).status
    expect(status).toBe(429)
    elapsed += 60 * 60_000
    expect(await ask(address)).toMatchObject({ status: 200 })
  })
})

test('a team may be renamed to anything: its calendar stays one that can be read', async () => {
  const name = 'Estates; "x",\\ y'
  await setTeam(setup.database.pool, setup.organisation.id, name, {})
  const found = await ask(await addressFor(PEOPLE.finance, `calendar team "Estates; ""x"",\\ y"`))
  const parsed = new ICAL.Component(ICAL.parse(found.body))
  expect(parsed.getFirstPropertyValue('x-wr-calname')).toBe(`Contract deadlines: ${name}`)
})

/** Rules that an organisation, a team or a contract changes: read, merged, followed everywhere. */

import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { PoolClient } from 'pg'
import {
  acknowledge,
  answerSupply,
  markHistoric,
  reopenEnded,
  snooze,
} from '../src/actions/acknowledge.ts'
import { assign } from '../src/actions/assign.ts'
import { answerChain } from '../src/actions/chains.ts'
import { answerCheckpoint } from '../src/actions/checkpoints.ts'
import { changeCover, coverProduct, uncoverProduct } from '../src/actions/cover.ts'
import { decide, recordNotice } from '../src/actions/decide.ts'
import { classify, extend, withdrawExtension } from '../src/actions/extend.ts'
import {
  changeRules,
  type RulesScope,
  setNamedTeam,
  setting,
  unsetting,
  WHOLE_ORGANISATION,
} from '../src/actions/settings.ts'
import { linkToUmbrella, removeMember, setMembers } from '../src/actions/umbrella.ts'
import { recordWaiver } from '../src/actions/waiver.ts'
import { verifyAudit } from '../src/database/audit-log.ts'
import { inTransaction } from '../src/database/connect.ts'
import { lockTeams, rewriteRules, setTeam, type Team } from '../src/database/organisation.ts'
import { recalculateWhereRulesChanged } from '../src/database/recalculate.ts'
import { addDays } from '../src/rules/civil-date.ts'
import { scheduleFor } from '../src/rules/reminder-plan.ts'
import { withRuleSettings } from '../src/rules/settings.ts'
import {
  checkedRuleSettings,
  RULE_KEYS,
  ruleKeyNamed,
  ruleName,
  ruleText,
  withoutSetting,
  withSetting,
} from '../src/rules/settings-text.ts'
import { UserError } from '../src/rules/user-error.ts'
import { explain } from '../src/warnings/explain.ts'
import { simulate } from '../src/warnings/simulate.ts'
import { contract, day, deadline, ENGLAND, endOn, RULES } from './support/contract-facts.ts'
import { holdsInTime } from './support/holds.ts'
import { present } from './support/present.ts'
import { draft, emptySetup, useSetup } from './support/setup.ts'

describe('a rule that is typed', () => {
  test('of a schedule by its days alone leaves what follows the last of them', () => {
    const own = { ladders: { end: { before: [9], afterwards: 'once' as const } } }
    const typed = withSetting(own, ruleKeyNamed('ladders.end'), '30, 0')
    expect(typed.ladders?.end).toEqual({ before: [30, 0], afterwards: 'once' })
    expect(withoutSetting(typed, ruleKeyNamed('ladders.end'))).toEqual({})
  })

  test.each(RULE_KEYS.map((key) => [ruleName(key), key] as const))(
    '%s reads back as it is shown, and is found by its name',
    (name, key) => {
      const settings = withSetting({}, key, ruleText(RULES, key))
      expect(withRuleSettings(RULES, settings)).toEqual(RULES)
      expect(ruleKeyNamed(name)).toEqual(key)
      expect(withoutSetting(settings, key)).toEqual({})
    },
  )

  test.each([
    ['ladders.end', 'soon', 'is no ladder'],
    ['ladders.end', '400, 30', 'from 0 to 180'],
    ['ladders.end', '90, 30 then never', 'is no ladder'],
    ['ladders.end', '30, 7 then nothing', 'nobody would hear that it lapsed'],
    ['smallValue', 'much', 'whole number'],
    ['approvalDays', '-3', 'from 0 to 250'],
    ['routes.open.leadDays', '2.5', 'whole number'],
    ['routeBands', '100 open', 'from 0 on'],
    ['routeBands', '0 pigeon', 'must name a route'],
    ['routeBands', 'everything open', 'no band of values'],
    ['vatRecoverable', 'perhaps', 'full, none, part, unknown'],
    ['minimumExtensionRatio', '0.5', 'at least 1'],
    ['financialYearStart', '13', 'from 1 to 12'],
  ])('%s %s is refused, and the refusal says what fits', (name, typed, told) => {
    const act = () => withSetting({}, ruleKeyNamed(name), typed)
    expect(act).toThrow(UserError)
    expect(act).toThrow(told)
  })

  test('an unknown name is refused with those that are near', () => {
    expect(() => ruleKeyNamed('days')).toThrow('approvalDays')
    expect(() => ruleKeyNamed('colour')).toThrow('There is no setting called "colour"')
    expect(ruleKeyNamed('LADDERS emergency end')).toEqual({ of: 'ladder', kind: 'emergency-end' })
  })

  test('what the database holds is checked before it counts', () => {
    expect(() => checkedRuleSettings({ smalValue: 3 })).toThrow('has no setting smalValue')
    expect(checkedRuleSettings(null)).toEqual({})
  })
})

test('each layer changes what it names and leaves the rest of a ladder or a route alone', () => {
  const setup = { ladders: { end: { before: [60, 7, 0] } }, routes: { open: { leadDays: 200 } } }
  const team = { ladders: { end: { afterwards: 'once' as const } }, smallValue: 500 }
  const rules = withRuleSettings(withRuleSettings(RULES, setup), team)
  expect(rules.ladders.end).toEqual({ before: [60, 7, 0], afterwards: 'once' })
  expect(rules.ladders.notice).toEqual(RULES.ladders.notice)
  const open = rules.routes.find(({ name }) => name === 'open')
  expect(open).toMatchObject({ leadDays: 200, standstillDays: 8, title: 'open procedure' })
  expect(rules.smallValue).toBe(500)
})

test('a small contract keeps a ladder of its own that has none of the small rungs', () => {
  const small = contract({ value: '5000' as never })
  const rules = withRuleSettings(RULES, { ladders: { end: { before: [120, 45, 10] } } })
  const end = deadline(small, 'end', rules)
  expect(scheduleFor(end, small, rules).before).toEqual([120, 45, 10])
  expect(scheduleFor(end, small, RULES).before).toEqual([90, 30, 7, 0])
})

describe('a rule that is changed', () => {
  const setup = useSetup()
  afterEach(async () => {
    const { broken } = await verifyAudit(setup.db.pool, setup.organisation.id)
    expect(broken).toBeNull()
    await emptySetup(setup)
  })

  const MONDAY = '2026-11-23'
  const change = (name: string, typed: string | null, scope: RulesScope = WHOLE_ORGANISATION) => {
    const key = ruleKeyNamed(name)
    const step = typed === null ? unsetting(key) : setting(key, typed)
    return changeRules(setup.db.pool, setup.actor(MONDAY), scope, step)
  }
  const ofContract = async (reference: string) => ({
    teamId: null,
    contractId: await setup.contractId(reference),
  })
  const shown = (reference: string) => setup.shown(reference, MONDAY)

  test('the narrowest change holds: contract over team over organisation', async () => {
    const digital = await setTeam(setup.db.pool, setup.organisation.id, 'Digital', {})
    await setup.import(
      ['A-1', 'A-2'].map((each) => draft(each, { team: 'Digital' })).concat(draft('B-1')),
      MONDAY,
    )
    const looks = async () => {
      const all = await Promise.all(['A-1', 'A-2', 'B-1'].map(shown))
      return all.map(({ deadlines }) => deadlines.find(({ kind }) => kind === 'end')?.nextRungOn)
    }
    expect(await change('ladders.end', '50, 0')).toMatchObject({ rekeyed: 3, moved: 3 })
    expect(
      await change('ladders.end', '40, 0', { teamId: digital?.id ?? 0, contractId: null }),
    ).toMatchObject({ rekeyed: 2 })
    const ofOne = await ofContract('A-2')
    expect(await change('ladders.end', '20, 0', ofOne)).toMatchObject({ rekeyed: 1 })
    // Another rule of it moves nothing.
    expect(await change('ladders.review', '33, 0', ofOne)).toEqual({ rekeyed: 1, moved: 0 })
    expect(await looks()).toEqual(['2027-02-19', '2027-03-11', '2027-02-09'])
    await change('ladders.end', null, await ofContract('A-2'))
    await change('ladders.end', null, { teamId: digital?.id ?? 0, contractId: null })
    expect(await looks()).toEqual(['2027-02-09', '2027-02-09', '2027-02-09'])
    expect(await change('ladders.end', '50, 0')).toMatchObject({ rekeyed: 0, moved: 0 })
  })

  test('a lead time moves the start-by, supersedes its warning, and stands in the audit', async () => {
    await setup.import([draft('A-1', { value: '300000' as never })], MONDAY)
    const startBy = async () =>
      (await shown('A-1')).deadlines.find(({ kind }) => kind === 'start-by')?.date
    await change('routes.open.leadDays', '30')
    expect(await startBy()).toBe('2026-12-22')
    expect(await setup.sweep(MONDAY)).toMatchObject({ raised: 1 })
    await change('routes.open.leadDays', '20', await ofContract('A-1'))
    expect(await startBy()).toBe('2026-12-31')
    expect(await setup.alerts()).toEqual(['2026-11-23 start-by 30 (superseded)'])
    const audited = await setup.rows(
      `SELECT field, from_value AS "from", to_value AS "to", contract_id IS NULL AS organisation
       FROM audit_change WHERE field LIKE 'rules.%' ORDER BY entry_id`,
    )
    expect(audited.slice(-2)).toEqual([
      { field: 'rules.routes.open.leadDays', from: null, to: '30', organisation: true },
      { field: 'rules.routes.open.leadDays', from: null, to: '20', organisation: false },
    ])
  })

  /** A rule changed as the environment of the next start may: nothing that follows is counted yet. */
  const changeAlone = (name: string, typed: string) =>
    inTransaction(setup.db.pool, async (client) => {
      const step = setting(ruleKeyNamed(name), typed)
      await rewriteRules(client, 'organisation', setup.organisation.id, null, step)
    })
  const kept = () =>
    setup.rows<{
      version: number
    }>(`SELECT c.reference, c.version, c.xmin::text, c.current_latest, c.next_rung_on,
      (SELECT json_agg(d ORDER BY d.kind, d.due_on) FROM deadline d WHERE d.contract_id = c.id) AS deadlines
      FROM contract c ORDER BY c.reference`)

  test('what a rule does not move is not written, nor its version', async () => {
    const [big, small] = ['300000', '4000'].map((value) => ({ value: value as never }))
    const closed = { ...small, closed: true }
    await setup.import([draft('A-1', big), draft('B-1', small), draft('C-1', closed)], MONDAY)
    // Swept: what was told already is no reason to look at it again.
    await setup.followRules(MONDAY)
    await setup.sweep(MONDAY)
    const before = await kept()
    // All were looked at; one moved.
    expect(await change('routes.open.leadDays', '30')).toMatchObject({ rekeyed: 3, moved: 1 })
    const after = await kept()
    expect(after.slice(1)).toEqual(before.slice(1))
    expect(after[0]).not.toEqual(before[0])
    expect(after[0]).toMatchObject({ version: Number(before[0]?.version) + 1 })
  })

  test('counting anew that breaks off leaves all as it was, and is done at the next start', async () => {
    await setup.import([draft('A-1', { value: '300000' as never })], MONDAY)
    await setup.followRules(MONDAY)
    const before = await kept()
    await changeAlone('routes.open.leadDays', '30')
    const { db, organisation, rulesOf } = setup
    const context = { organisationId: organisation.id, rulesOf, todayOf: () => day(MONDAY) }
    const broken = recalculateWhereRulesChanged(db.pool, {
      ...{ ...context, log: () => undefined, now: new Date(`${MONDAY}T09:00:00Z`) },
      retired: () => Promise.reject(new Error('the power went')),
    })
    await expect(broken).rejects.toThrow('the power went')
    expect(await kept()).toEqual(before)
    expect(await setup.followRules(MONDAY)).toBe(1)
    expect(await kept()).not.toEqual(before)
    expect(await setup.followRules(MONDAY)).toBe(0)
  })

  /** What another transaction writes while the change of rules, which has been judged, waits for it. */
  const WRITTEN: Readonly<Record<string, (client: PoolClient) => Promise<unknown>>> = {
    'a value': (client) =>
      client.query(`UPDATE contract SET value = 300000 WHERE reference = 'B-1'`),
    'an extension': (client) =>
      client.query(
        `WITH e AS (INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on, known_on)
           SELECT organisation_id, id, 'option', 'confirmed', '2027-04-01', '2028-03-31', '2026-11-23'
           FROM contract WHERE reference = 'E-1' RETURNING contract_id)
         UPDATE contract SET version = version + 1 FROM e WHERE id = contract_id`,
      ),
    'of its framework alone': (client) =>
      client.query(`UPDATE contract SET call_off_by = '2027-01-11' WHERE reference = 'F-1'`),
    // Its answer may leave out the renewal that is presumed.
    'what is asked about it': (client) =>
      client.query(
        `WITH asked AS (INSERT INTO question (organisation_id, source_id, import_id, key, about, text, choices, holds, contracts)
           SELECT organisation_id, source_id, 1, 'renews', 'renewal', '', '[]', '', 1
           FROM contract WHERE reference = 'G-1' RETURNING id)
         INSERT INTO question_contract (question_id, contract_id, at, draft, says)
         SELECT asked.id, c.id, '1', '{}', '{"no": {"automaticRenewal": false}}'
         FROM asked, contract c WHERE reference = 'G-1'`,
      ),
    'another rule': (client) =>
      rewriteRules(client, 'organisation', setup.organisation.id, null, ofDirectAwards),
    'its team, and the rules of that': async (client) => {
      const { id } = await setup.team('Digital')
      await rewriteRules(client, 'team', id, null, ofDirectAwards)
      await client.query(`UPDATE contract SET team_id = ${id} WHERE reference = 'D-1'`)
    },
  }
  const ofDirectAwards = setting(ruleKeyNamed('routes.direct-award.leadDays'), '70')
  test.each(Object.entries(WRITTEN))(
    'of what is written while a change of rules waits, all follows by both: %s',
    async (_, write) => {
      const { pool } = setup.db
      const { organisation } = setup
      await setTeam(pool, organisation.id, 'Digital', {})
      const [big, small] = ['300000', '4000'].map((value) => ({ value: value as never }))
      await setup.import(
        [
          draft('A-1', big),
          // None of these moves by the change alone.
          draft('B-1', small),
          draft('C-1', { ...small, form: 'call-off', parent: 'F-1' }),
          draft('D-1', { ...big, route: 'direct-award' }),
          draft('E-1', { ...big, start: day('2027-02-15') }),
          draft('F-1', { ...small, form: 'framework' }),
          draft('G-1', {
            ...{ ...small, end: endOn('2026-12-31'), automaticRenewal: true },
            noticePeriod: { amount: 3, unit: 'months' },
          }),
        ],
        MONDAY,
      )
      await setup.followRules(MONDAY)
      const before = await kept()
      let changing: Promise<unknown> | undefined
      await inTransaction(pool, async (client) => {
        await lockTeams(client, organisation.id)
        changing = change('routes.open.leadDays', '30')
        const blocked = `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`
        await vi.waitFor(
          async () => expect((await pool.query(blocked)).rowCount).toBeGreaterThan(0),
          { timeout: 20_000 },
        )
        await write(client)
      })
      await changing
      const after = await kept()
      const dates = (rows: typeof before) => rows.map((row) => ({ ...row, version: 0, xmin: '' }))
      expect(
        dates(after).filter((row, at) => !isDeepStrictEqual(row, dates(before)[at])),
      ).toHaveLength(2)
      await setup.rows(`UPDATE team SET settings = settings - 'keyed_by'`)
      expect(await setup.followRules(MONDAY)).toBe(7)
      expect(await kept()).toEqual(after)
    },
  )

  test('whoever acts on a contract writes its row, so that a change of rules that waits judges it anew', async () => {
    const { pool } = setup.db
    const actor = setup.actor(MONDAY)
    const big = { value: '300000' as never, end: endOn('2027-06-30') }
    const chain = (start: string, end: string, value: string) => ({
      ...{ start: day(start), end: endOn(end), value: value as never },
      ...{ supplier: 'Supplier of D', buyers: ['Ashmarrow'], valueBasis: 'committed' as const },
    })
    await setup.import(
      [
        draft('A-1', { ...big, form: 'framework' }),
        draft('B-1', { end: endOn('2026-12-04'), owner: 'Olive Owner' }),
        draft('C-1', { end: endOn('2026-11-20') }),
        draft('N-1', {
          ...{ start: day('2026-11-02'), end: endOn('2029-11-01'), value: '900000' as never },
          ...{ vat: 'net', regime: 'PA23' },
        }),
        draft('D-1', chain('2025-10-01', '2026-09-30', '120000')),
        draft('D-2', chain('2026-10-01', '2026-10-31', '14000')),
        draft('D-3', chain('2026-11-01', '2026-11-30', '15000')),
      ],
      MONDAY,
    )
    await setup.sweep(MONDAY)
    const made = { id: 0 }
    const cover = { product: 'Windows Server', release: '2016', count: null, custom: null }
    const nothing = { rule: null, grounds: null, approver: null, noticeReference: null }
    const waiver = {
      ...{ category: 'urgent' as const, reason: null, requestedOn: null, approver: 'Finn Finance' },
      ...{ approvedOn: day('2026-11-16'), beganOn: day('2026-11-16'), committeeOn: null },
      ...{ net: null, gross: null, supplierYear: null },
    }
    const of = (reference: string) => setup.contractId(reference)
    const coverId = async () =>
      (await setup.rows<{ id: number }>('SELECT id FROM cover'))[0]?.id ?? 0
    const ACTS: Readonly<Record<string, readonly [string, (id: number) => Promise<unknown>]>> = {
      acknowledge: ['B-1', (id) => acknowledge(pool, actor, id)],
      snooze: ['B-1', (id) => snooze(pool, actor, id, day('2026-11-30'), null)],
      assign: ['B-1', (id) => assign(pool, actor, id, { ownerId: null })],
      decide: [
        'B-1',
        (id) => decide(pool, actor, id, { kind: 'end', text: 'Let it end', evidence: null }),
      ],
      markHistoric: ['B-1', (id) => markHistoric(pool, actor, id, true)],
      answerSupply: ['C-1', (id) => answerSupply(pool, actor, id, false)],
      reopenEnded: ['C-1', (id) => reopenEnded(pool, actor, id)],
      answerChain: ['D-1', (id) => answerChain(pool, actor, id, true)],
      extend: [
        'A-1',
        async (id) => {
          const extension = {
            kind: 'unknown',
            from: null,
            to: day('2027-07-31'),
            cost: null,
          } as const
          made.id = await extend(pool, actor, id, extension)
        },
      ],
      classify: [
        'A-1',
        (id) => classify(pool, actor, id, made.id, { kind: 'option', cost: null, ...nothing }),
      ],
      withdrawExtension: ['A-1', (id) => withdrawExtension(pool, actor, id, made.id, null)],
      coverProduct: ['A-1', (id) => coverProduct(pool, actor, id, { ...cover, kind: 'support' })],
      changeCover: [
        'A-1',
        async (id) =>
          changeCover(pool, actor, id, await coverId(), {
            ...{ product: null, kind: null, count: 7, custom: null, remove: false },
          }),
      ],
      uncoverProduct: ['A-1', (id) => uncoverProduct(pool, actor, id, cover)],
      setMembers: ['A-1', (id) => setMembers(pool, actor, id, [{ buyer: 'Southern Trust' }])],
      removeMember: ['A-1', (id) => removeMember(pool, actor, id, 'Southern Trust')],
      linkToUmbrella: [
        'B-1',
        async (id) => linkToUmbrella(pool, actor, await of('A-1'), id, { as: 'call', isSo: true }),
      ],
      recordNotice: ['N-1', (id) => recordNotice(pool, actor, id, 'UK7', 'published')],
      recordWaiver: ['A-1', (id) => recordWaiver(pool, actor, id, waiver)],
      answerCheckpoint: [
        'A-1',
        async (id) => {
          await decide(pool, actor, id, { kind: 'start-by', text: 'Tender', evidence: null })
          const [first] = await setup.rows<{ name: never }>(
            'SELECT name FROM checkpoint ORDER BY id',
          )
          await answerCheckpoint(pool, actor, id, present(first).name, { said: 'done', on: null })
        },
      ],
    }
    const files = readdirSync('src/actions').map((name) =>
      readFileSync(`src/actions/${name}`, 'utf8'),
    )
    const acts = files.flatMap((text) =>
      [
        ...text.matchAll(
          /export async function (\w+)\(\s*pool: Pool,\s*actor: Actor,\s*(?:umbrellaId: number,\s*)?contractId: number/g,
        ),
      ].map(([, name]) => name),
    )
    expect(new Set(Object.keys(ACTS))).toEqual(new Set(acts.filter((name) => name !== 'act')))
    for (const [name, [reference, run]] of Object.entries(ACTS)) {
      const before = await setup.row(reference, 'xmin::text')
      await run(await of(reference))
      expect(await setup.row(reference, 'xmin::text'), name).not.toEqual(before)
    }
  })

  test('who waits for a change of rules goes by the changed rules', async () => {
    const { pool } = setup.db
    await setTeam(pool, setup.organisation.id, 'Digital', {})
    const step = setting(ruleKeyNamed('smallValue'), '777')
    let waiting: Promise<readonly Team[]> | undefined
    await inTransaction(pool, async (client) => {
      await lockTeams(client, setup.organisation.id)
      waiting = inTransaction(pool, (other) => lockTeams(other, setup.organisation.id))
      const blocked = `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`
      await vi.waitFor(
        async () => expect((await pool.query(blocked)).rowCount).toBeGreaterThan(0),
        { timeout: 20_000 },
      )
      await rewriteRules(client, 'organisation', setup.organisation.id, null, step)
      await client.query(`UPDATE team SET channel = 'C0NEW' WHERE is_default`)
    })
    const teams = (await waiting) ?? []
    expect(teams.map(({ organisationRules, channel }) => ({ organisationRules, channel }))).toEqual(
      teams.map(() => ({ organisationRules: { smallValue: 777 }, channel: 'C0NEW' })),
    )
    expect(teams.length).toBeGreaterThan(1)
  })

  test('a team that is made or changed by its name stands in the record, as one that a form changes', async () => {
    const named = (name: string, given: Parameters<typeof setNamedTeam>[3]) =>
      setNamedTeam(setup.db.pool, setup.actor(MONDAY), name, given)
    await named('Imaging', { channel: '#imaging', timeZone: 'Europe/Berlin' })
    const end = endOn('2027-12-31')
    await setup.import([draft('I-1', { team: 'Imaging', value: '300000' as never, end })], MONDAY)
    const startBy = async () =>
      (await shown('I-1')).deadlines.find(({ kind }) => kind === 'start-by')?.date
    const before = await startBy()
    // What is so already is no change; another calendar is one, and moves what follows.
    await named(' imaging ', { channel: '#imaging', calendar: 'scotland' })
    await named('IMAGING', {})
    expect(await startBy()).not.toBe(before)
    const audited = await setup.rows(
      `SELECT e.summary, a.what, a.field, a.from_value AS "from", a.to_value AS "to"
       FROM audit_change a JOIN audit_entry e ON e.id = a.entry_id
       WHERE e.summary LIKE '%team Imaging%' ORDER BY e.position, a.position`,
    )
    const [made, moved] = [
      'changed the settings of team Imaging: team, channel, time_zone',
      'changed the settings of team Imaging: calendar',
    ]
    expect(audited).toEqual([
      { summary: made, what: 'created', field: 'team', from: null, to: 'Imaging' },
      { summary: made, what: 'updated', field: 'channel', from: null, to: '#imaging' },
      { summary: made, what: 'updated', field: 'time_zone', from: null, to: 'Europe/Berlin' },
      {
        summary: moved,
        what: 'updated',
        field: 'calendar',
        from: 'england-and-wales',
        to: 'scotland',
      },
    ])
  })

  test('of two changes that meet, what follows is counted by both', async () => {
    const rows = Array.from({ length: 40 }, (_, index) =>
      draft(`A-${index}`, { value: '300000' as never }),
    )
    await setup.import(rows, MONDAY)
    await Promise.all([
      change('mobilisationDays', '20'),
      change('mobilisationDays', '50'),
      change('routes.open.leadDays', '30'),
      setup.sweep(MONDAY),
    ])
    // Neither took the other back, and each stands in the record.
    const [rules] = await setup.rows<{ rules: { mobilisationDays: number; routes: unknown } }>(
      `SELECT settings -> 'rules' AS rules FROM organisation`,
    )
    expect(rules?.rules.routes).toEqual({ open: { leadDays: 30 } })
    expect([20, 50]).toContain(rules?.rules.mobilisationDays)
    const audited = await setup.rows<{ from: string | null; to: string }>(
      `SELECT from_value AS "from", to_value AS "to" FROM audit_change
       WHERE field = 'rules.mobilisationDays' ORDER BY entry_id DESC LIMIT 2`,
    )
    expect(audited[0]?.from).toBe(audited[1]?.to)
    expect(audited[0]?.to).toBe(String(rules?.rules.mobilisationDays))
    const before = await kept()
    await setup.rows(`UPDATE team SET settings = settings - 'keyed_by'`)
    await setup.followRules(MONDAY)
    expect(await kept()).toEqual(before)
  })

  test('a refused change leaves everything as it was', async () => {
    await setup.import([draft('A-1')], MONDAY)
    const before = await setup.rows('SELECT settings, next_rung_on FROM contract')
    const scope = await ofContract('A-1')
    await expect(change('ladders.end', '500', scope)).rejects.toThrow('from 0 to 180')
    await change('ladders.end', '60, 0', scope)
    await expect(change('ladders.end', '60, 0', scope)).rejects.toThrow('so already')
    await change('ladders.end', null, scope)
    expect(await setup.rows('SELECT settings, next_rung_on FROM contract')).toEqual([
      { ...before[0], settings: { rules: {} } },
    ])
  })

  test('sweep, simulate, explain and show agree where contracts have ladders of their own', async () => {
    const ladders = fc.uniqueArray(fc.integer({ min: 0, max: 180 }), { minLength: 1, maxLength: 6 })
    const anyContract = fc.record({
      end: fc.integer({ min: 5, max: 200 }),
      own: fc.option(ladders),
      value: fc.constantFrom(null, '5000', '900000'),
      review: fc.option(fc.integer({ min: -60, max: 150 })),
    })
    await holdsInTime(
      [fc.array(anyContract, { minLength: 8, maxLength: 12 }), ladders],
      2,
      async (all, team) => {
        await emptySetup(setup)
        const from = day(MONDAY)
        const to = addDays(from, 45)
        const references = all.map((_, index) => `A-${index}`)
        await setup.import(
          all.map(({ end, value, review }, index) =>
            draft(`A-${index}`, {
              end: endOn(addDays(from, end)),
              value: value as never,
              reviewOn: review === null ? null : addDays(from, review),
            }),
          ),
          MONDAY,
        )
        await change('ladders.start-by', [...team, 0].join(', '))
        for (const [index, { own }] of all.entries()) {
          if (own === null) continue
          await change('ladders.end', own.join(', '), await ofContract(references[index] ?? ''))
        }
        const { db, organisation, rulesOf } = setup
        const simulated = await simulate(db.pool, {
          organisationId: organisation.id,
          ...{ from, to, rulesOf, sourceId: null, held: true },
        })
        const told = simulated.map(
          (each) => `${each.reference} ${each.on} ${each.kind} ${each.rung}`,
        )
        const first = await explain(
          db.pool,
          organisation.id,
          await setup.contractId('A-0'),
          from,
          rulesOf,
        )
        const expected = first.next
          .filter(({ on }) => on <= to)
          .map(({ on, kind, rung }) => `A-0 ${on} ${kind} ${rung}`)
        for (let date = from; date <= to; date = addDays(date, 1)) {
          if (!ENGLAND.isHoliday(date)) await setup.sweep(date)
        }
        const raised = await setup.rows<{ line: string }>(
          `SELECT c.reference || ' ' || a.raised_on || ' ' || a.kind || ' ' || a.rung AS line
           FROM alert a JOIN contract c ON c.id = a.contract_id ORDER BY a.id`,
        )
        const lines = raised.map(({ line }) => line)
        expect(new Set(told)).toEqual(new Set(lines))
        expect(told.length).toBe(lines.length)
        expect(lines.filter((line) => line.startsWith('A-0 '))).toEqual(expected)
      },
    )
  })
})

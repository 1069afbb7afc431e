/** The facts behind the answers in Slack, from a register of real rows. */

import fc from 'fast-check'
import type { Draft } from '../src/register/draft.ts'
import { addDays, asCivilDate, type CivilDate } from '../src/rules/civil-date.ts'
import { DEADLINE_KINDS } from '../src/rules/contract.ts'
import { asDecimal } from '../src/rules/money.ts'
import type { Asker } from '../src/slack/directory.ts'
import { bareFacts, dueFacts, listedIds, listFacts } from '../src/slack/facts/list.ts'
import { type Filters, LIST_STATES, NO_FILTERS } from '../src/slack/parse/command-types.ts'
import type { BotContext } from '../src/slack/request.ts'
import { contextOf } from './support/bot-facts.ts'
import { endBetween, endOn } from './support/contract-facts.ts'
import { holdsInTime } from './support/holds.ts'
import { draft, extended, openSetup, type Setup } from './support/setup.ts'

const TODAY = asCivilDate('2026-11-23')
const day = (offset: number): CivilDate => addDays(TODAY, offset)

let setup: Setup
let amira = 0
beforeAll(async () => {
  setup = await openSetup()
  const { rows, organisation } = setup
  await rows(
    `INSERT INTO team (organisation_id, name, name_key, user_group)
     VALUES ($1, 'Digital', 'digital', 'SDIGITAL'), ($1, 'Estates', 'estates', NULL)`,
    [organisation.id],
  )
  const of = (reference: string, title: string, changes: Partial<Draft>) =>
    draft(reference, { title, ...changes, team: reference.startsWith('D') ? 'Digital' : 'Estates' })
  const [AMIRA, TOM, SAM] = ['Amira Khan', 'Tom Reed', 'Sam Hill']
  const renewing = { noticePeriod: { amount: 1, unit: 'weeks' }, automaticRenewal: true } as const
  const emergency = [extended(day(10), { kind: 'emergency', from: day(-29) })]
  const unknown = [extended(day(150), { kind: 'unknown', from: day(-59) })]
  await setup.import(
    [
      of('D-1', 'Microsoft 365 licences', {
        ...{ supplier: 'Bytes Software Services', owner: AMIRA, deputy: TOM },
        ...{ end: endOn(day(20)), ...renewing },
      }),
      of('D-2', 'Telephony', {
        ...{ supplier: 'Northwind Ltd', owner: TOM, categoryLead: AMIRA, end: endOn(day(60)) },
      }),
      of('D-3', '100% cover_all', { end: endOn(day(-5)) }),
      of('D-4', 'Fleet', { end: endOn(day(-400)) }),
      of('E-1', 'Lifts "and" hoists', {
        ...{ supplier: 'Bytes Lifts', owner: SAM, end: { kind: 'undated' } },
      }),
      of('E-2', 'Water', { supplier: '<!channel>', deputy: AMIRA, end: { kind: 'rolling' } }),
      of('E-3', 'Waste', { owner: SAM, end: endOn(day(400)), value: asDecimal('900000') }),
      of('E-4', 'Cleaning', { owner: SAM, end: endBetween(day(-10), day(19), 'month') }),
      of('E-5', 'Reagents', { owner: SAM, end: endOn(day(-30)), extensions: emergency }),
      of('E-6', 'Security', { owner: SAM, end: endOn(day(-60)), extensions: unknown }),
    ],
    TODAY,
  )
  const [person] = await rows<{ id: number }>(
    `UPDATE person SET slack_workspace = 'T1', slack_user = 'UAMIRA' WHERE display_name = 'Amira Khan' RETURNING id`,
  )
  amira = person?.id ?? 0
  await rows(`UPDATE contract SET closed_on = '2026-11-01' WHERE reference = 'D-4'`)
})
afterAll(() => setup.drop())

const context = (asker: Partial<Asker> = {}, rest: Partial<BotContext> = {}) =>
  contextOf(setup, { personId: amira, slackUser: 'UAMIRA', ...asker }, rest)

const nobody = { personId: 999_999, slackUser: 'UNOBODY' }

async function list(filters: Partial<Filters>, asker: Partial<Asker> = {}) {
  return listFacts(context(asker), { ...NO_FILTERS, ...filters }, 1)
}
async function listed(filters: Partial<Filters>, asker: Partial<Asker> = {}): Promise<string[]> {
  return (await list(filters, asker)).entries.map(({ reference }) => reference).sort()
}
async function due(filters: Partial<Filters>, asker: Partial<Asker> = {}) {
  const { entries } = await dueFacts(context(asker), { ...NO_FILTERS, ...filters }, 1)
  return entries.map(({ reference, kind, daysLeft }) => `${reference} ${kind} ${daysLeft}`)
}

describe('each filter finds exactly the contracts it names', () => {
  it('ours: the teams whose contracts one answers for, or whose user group one belongs to', async () => {
    const sam = await setup.personId('Sam Hill')
    const estates = ['E-1', 'E-2', 'E-3', 'E-4', 'E-5', 'E-6']
    expect(await listed({ whose: 'team' }, { personId: sam })).toEqual(estates)
    const digital = await listed({ whose: 'team' }, { ...nobody, userGroups: ['SDIGITAL'] })
    expect(digital).toEqual(DIGITAL)
    expect((await list({ whose: 'team' }, { personId: sam })).scope).toBe('of team Estates')
  })

  it('ours, asked by somebody whose team is not known: every team, and it says so', async () => {
    const facts = await list({ whose: 'team' }, nobody)
    expect(facts.total).toBe(10)
    expect(facts.scope).toBe('of every team (yours is not known)')
  })

  it('all, and nothing at all: the whole register', async () => {
    expect((await list({ whose: 'all' })).total).toBe(10)
    expect((await list({})).total).toBe(10)
    expect((await list({})).scope).toBe('')
  })

  it('a team by its name, whatever its case; one that does not exist has no contracts', async () => {
    expect(await listed({ team: 'dIGITAL ' })).toEqual(DIGITAL)
    const none = await list({ team: "x' OR true --" })
    expect(none.total).toBe(0)
    expect(none.scope).toContain('there is none of that name')
  })

  const DIGITAL = ['D-1', 'D-2', 'D-3', 'D-4']
  it.each<[Partial<Filters>, string[]]>([
    // As owner, deputy or category lead.
    [{ whose: 'mine' }, ['D-1', 'D-2', 'E-2']],
    // A supplier by a part of its name, signs included.
    [{ supplier: 'BYTES' }, ['D-1', 'E-1']],
    [{ supplier: 'bytes software' }, ['D-1']],
    [{ supplier: '<!' }, ['E-2']],
    [{ supplier: '%' }, []],
    // An owner by Slack account, by name or by a part of it.
    [{ owner: { slackUser: 'UAMIRA' } }, ['D-1']],
    [{ owner: { name: 'amira khan' } }, ['D-1']],
    [{ owner: { name: 'reed' } }, ['D-2']],
    // Text as a part of reference, title or supplier; % and _ stand for themselves.
    [{ text: 'd-' }, DIGITAL],
    [{ text: '  microsoft   365' }, ['D-1']],
    [{ text: 'lifts' }, ['E-1']],
    [{ text: '100%' }, ['D-3']],
    [{ text: '_' }, ['D-3']],
    [{ text: '<!channel>' }, ['E-2']],
    [{ state: 'undated' }, ['E-1']],
    [{ state: 'rolling' }, ['E-2']],
    [{ state: 'unowned' }, ['D-3', 'E-2']],
    [{ state: 'emergency' }, ['E-5']],
    [{ state: 'out-of-contract' }, ['D-3']],
    [{ state: 'unclassified' }, ['E-6']],
    [{ state: 'closed' }, ['D-4']],
    [{ state: 'historic' }, []],
    [{ state: 'overdue' }, ['D-3']],
    // Days and kinds by open deadlines; what ends includes the end of an emergency extension.
    [{ days: 30 }, ['D-1', 'D-3', 'E-4', 'E-5']],
    [{ kind: 'notice' }, ['D-1']],
    [{ kind: 'end', days: 15 }, ['D-3', 'E-4', 'E-5']],
    [{ kind: 'emergency-end' }, ['E-5']],
    [{ kind: 'start-by' }, ['E-3']],
  ])('%j', async (filters, references) => {
    expect(await listed(filters)).toEqual(references)
  })

  it('an owner whom nobody is called has no contracts, and mine are nobody else’s', async () => {
    const none = await list({ owner: { name: "Bobby'); DROP TABLE contract" } })
    expect([none.total, none.scope.includes('nobody of that name')]).toEqual([0, true])
    expect(await listed({ whose: 'mine' }, nobody)).toEqual([])
  })

  it('any two filters together find what both of them find', async () => {
    const single: Partial<Filters>[] = [
      ...([{ whose: 'mine' }, { whose: 'team' }, { team: 'Estates' }] as const),
      ...[{ supplier: 'bytes' }, { owner: { name: 'Sam Hill' } }, { text: 'e' }],
      ...LIST_STATES.map((state) => ({ state })),
    ]
    const found = new Map<Partial<Filters>, string[]>()
    for (const each of single) found.set(each, await listed(each))
    for (const [at, a] of single.entries()) {
      for (const b of single.slice(at + 1)) {
        if (Object.keys(a)[0] === Object.keys(b)[0]) continue
        const both = (found.get(a) ?? []).filter((each) => found.get(b)?.includes(each))
        expect(await listed({ ...a, ...b }), JSON.stringify([a, b])).toEqual(both)
      }
    }
  })

  it('whatever is typed is looked for as it stands: nothing is read as a statement', async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom("'", '$1', '\\', '--', '\0x', ';'),
    )
    await holdsInTime([text, text, fc.constantFrom(...DEADLINE_KINDS)], 40, async (a, b, kind) => {
      const filters = { ...NO_FILTERS, text: a, supplier: b, kind, team: b }
      const facts = await listFacts(context(), { ...filters, owner: { name: a } }, 1)
      expect(facts.total).toBeLessThanOrEqual(10)
      await dueFacts(context(), filters, 1)
    })
    expect((await list({})).total).toBe(10)
  })

  it('an export holds the ids of all that fit', async () => {
    const some = await listedIds(context(), { ...NO_FILTERS, order: 'title', top: 2 })
    const first = 'SELECT id FROM contract ORDER BY lower(title), reference_key LIMIT 2'
    const titles = await setup.rows<{ id: number }>(first)
    expect(some.ids).toEqual(titles.map(({ id }) => id))
    const { ids } = await listedIds(context(), { ...NO_FILTERS, team: 'Digital' })
    expect(ids).toHaveLength(4)
  })
})

describe('what is due', () => {
  it('is listed by date, overdue ones first, each deadline on a line of its own', async () => {
    const lines = 'E-4 null null, D-3 end -5, D-1 notice 9, E-5 emergency-end 10, D-1 end 20'
    expect(await due({ days: 60 })).toEqual([...lines.split(', '), 'D-2 end 60'])
  })

  it('looks 90 days ahead where nothing was said', async () => {
    expect((await dueFacts(context(), NO_FILTERS, 1)).days).toBe(90)
  })

  it('fits kind, person and days', async () => {
    expect(await due({ kind: 'notice' })).toEqual(['D-1 notice 9'])
    expect(await due({ whose: 'mine', days: 20 })).toEqual(['D-1 notice 9', 'D-1 end 20'])
    expect(await due({ state: 'overdue' })).toEqual(['D-3 end -5'])
    expect(await due({ supplier: 'northwind', days: 60 })).toContain('D-2 end 60')
  })

  it('for the asker, by the bare command; for one who answers for nothing, everybody’s, and it says so', async () => {
    const mine = await bareFacts(context(), 1)
    expect(mine.scope).toBe('of yours')
    expect(mine.total).toBe(3)
    const all = await bareFacts(context(nobody), 1)
    expect(all.scope).toBe('of the whole organisation (no contract names you)')
    expect(all.total).toBe(6)
  })
})

describe('a list', () => {
  it('shows the most urgent first, and what is over last', async () => {
    const { entries } = await list({})
    expect(entries[0]?.reference).toBe('E-4')
    expect(entries[1]?.reference).toBe('D-3')
    expect(entries.at(-1)?.reference).toBe('D-4')
  })

  it('says of each what there is to say where no date is open', async () => {
    const { entries } = await list({})
    const note = (reference: string) => entries.find((each) => each.reference === reference)?.note
    expect(note('E-1')).toBe('no end date is recorded')
    expect(note('E-2')).toBe('rolls on until somebody gives notice')
    expect(note('D-4')).toBe('closed on Sun 1 Nov 2026')
    expect(note('E-4')).toBe(
      'ends some day from Fri 13 Nov 2026 to Sat 12 Dec 2026: it may lapse any day',
    )
    const first = async (state: Filters['state']) => (await list({ state })).entries[0]?.note
    expect(await first('emergency')).toContain('emergency extension since')
    expect(await first('unclassified')).toContain('nobody has said why')
  })

  it('offers changes only to who may change it, and to nobody in particular where all read it', async () => {
    const mayChange = async (asker: Partial<Asker>, shared = false) => {
      const asked = context(asker, { shared })
      const { entries } = await listFacts(asked, { ...NO_FILTERS, text: 'D-1' }, 1)
      return entries[0]?.mayChange
    }
    expect(await mayChange({})).toBe(true)
    expect(await mayChange(nobody)).toBe(false)
    expect(await mayChange({ ...nobody, userGroups: ['SDIGITAL'] })).toBe(true)
    expect(await mayChange({ ...nobody, isAdministrator: true })).toBe(true)
    expect(await mayChange({}, true)).toBe(false)
  })

  it('has every contract on exactly one page; a page past the last is the last', async () => {
    const { rows } = setup
    await rows(
      `INSERT INTO contract (organisation_id, team_id, source_id, external_id, reference, reference_key, end_kind, first_seen_on)
       SELECT c.organisation_id, c.team_id, c.source_id, 'P' || n, 'P' || n, 'p' || n, 'undated', '2026-11-23'
       FROM contract c, generate_series(1, 25) n WHERE c.reference = 'E-1'`,
    )
    try {
      const seen: string[] = []
      for (const page of [1, 2, 3, 4]) {
        const facts = await listFacts(context(), NO_FILTERS, page)
        expect([facts.page, facts.pages, facts.total]).toEqual([page, 4, 35])
        seen.push(...facts.entries.map(({ reference }) => reference))
      }
      expect(new Set(seen).size).toBe(35)
      const past = await listFacts(context(), NO_FILTERS, 99)
      expect([past.page, past.entries.length]).toEqual([4, 5])
      expect(
        (await listFacts(context(), { ...NO_FILTERS, text: 'nothing is called so' }, 7)).page,
      ).toBe(1)
    } finally {
      await rows(`DELETE FROM contract WHERE external_id LIKE 'P%'`)
    }
  })
})

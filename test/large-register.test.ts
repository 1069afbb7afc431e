/** What keeps answers from a large register quick, and what that must never change. */

import { acknowledge } from '../src/actions/acknowledge.ts'
import { readTeams } from '../src/database/organisation.ts'
import { addDays, asCivilDate } from '../src/rules/civil-date.ts'
import { ukCalendar } from '../src/rules/working-days.ts'
import { largeAnswers } from '../src/slack/answer-cache.ts'
import { readNames } from '../src/slack/facts/filters.ts'
import { findContracts } from '../src/slack/facts/list.ts'
import { findForBot, namedIn, readSpelt } from '../src/slack/facts/search.ts'
import { NO_FILTERS } from '../src/slack/parse/command-types.ts'
import type { Message } from '../src/text/facts.ts'
import { contextOf } from './support/bot-facts.ts'
import { endOn } from './support/contract-facts.ts'
import { draft, type Setup, useSetup } from './support/setup.ts'

const TODAY = asCivilDate('2026-11-23')
const HELD = 47

const setup = useSetup({ prepare: fill })

async function fill({ import: imports, sweep, rows }: Setup) {
  const drafts = Array.from({ length: HELD }, (_, n) =>
    draft(`L-${n}`, {
      end: n % 9 === 0 ? { kind: 'undated' } : endOn(addDays(TODAY, ((n * 37) % 400) - 130)),
      owner: n % 3 === 0 ? null : `Person ${n % 5}`,
    }),
  )
  await imports(drafts, TODAY)
  await sweep(TODAY)
  await rows('UPDATE contract SET closed_on = $1 WHERE id % 11 = 0', [TODAY])
  await rows(
    `UPDATE deadline SET settled_why = 'an exit', settled_on = due_on
      WHERE kind = 'end' AND due_on < $1 AND contract_id % 4 = 0`,
    [TODAY],
  )
}

describe('a list of the whole register', () => {
  for (const state of [null, 'unowned'] as const) {
    it(`${state ?? 'unfiltered'}: every page is what sorting all of it gives`, async () => {
      const teams = await readTeams(setup.db.pool, setup.organisation.id)
      const context = contextOf(setup, { isAdministrator: true }, { teams: async () => teams })
      const nobody = { mine: null, askersTeams: null, teams: null, owners: null }
      const everyTeam = { ...nobody, teams: teams.map(({ id }) => id) }
      const read = (ids: typeof nobody | typeof everyTeam, page: number) =>
        findContracts(context, { filters: { ...NO_FILTERS, state }, ids, page, size: 10 })
      const shown: number[] = []
      for (const page of [1, 2, 3, 4, 5, 9]) {
        const found = await read(nobody, page)
        expect(found).toEqual(await read(everyTeam, page))
        if (page < 6) shown.push(...found.entries.map(({ contractId }) => contractId))
      }
      expect(new Set(shown).size).toBe((await read(nobody, 1)).total)
    })
  }
})

describe('the words of contracts that are held', () => {
  const opened = () => {
    const { pool } = setup.db
    const organisationId = setup.organisation.id
    return largeAnswers({ pool, organisationId, elapsed: () => 0 }).texts
  }
  const looked = async (texts: ReturnType<typeof opened> | undefined, typed: string) => {
    const context = contextOf(setup, {}, texts === undefined ? {} : { texts })
    const words = typed.split(' ')
    const asked = await readNames(context, { ...NO_FILTERS, words })
    const clock = { today: TODAY, calendar: ukCalendar('england-and-wales'), yearStart: 4 }
    return {
      found: await findForBot(context, typed),
      named: await namedIn(context, typed, { ...NO_FILTERS, words }),
      filters: asked.filters,
      spelt: await readSpelt(context, `list ${typed}`, clock),
    }
  }

  it('spare looks at all of them, and nothing is found otherwise', async () => {
    const texts = opened()
    const typed = ['L-4', 'l 04', 'L-9999', 'contract l-4', 'persn 3', 'Contract', 'contrct l-7']
    for (const each of [...typed, 'wibble', '100% of_it', 'person', 'people 2', 'ovedrue', "o'l-5"])
      expect(await looked(texts, each), each).toEqual(await looked(undefined, each))
  })

  it('are those of the last change', async () => {
    const texts = opened()
    expect((await looked(texts, 'zeppelin')).found.kind).toBe('none')
    await setup.import([draft('Z-1', { title: 'Zeppelin hangar' })], TODAY, { source: 'hangars' })
    expect((await looked(texts, 'zeppelin')).found.kind).toBe('one')
  })
})

describe('an answer made from the whole register', () => {
  const message = (text: string): Message => ({ text, blocks: [], file: null })
  let now = 0
  const opened = () =>
    largeAnswers({
      pool: setup.db.pool,
      organisationId: setup.organisation.id,
      elapsed: () => now,
    })
  const counting = () => {
    let made = 0
    return async () => {
      made += 1
      return message(`made ${made}`)
    }
  }

  it('is kept for a minute, also where a warning was acknowledged, until something else is changed', async () => {
    const { kept } = opened()
    const make = counting()
    const told = async () => (await kept('summary', make)).text
    expect([await told(), await told()]).toEqual(['made 1', 'made 1'])
    const [warned] = await setup.rows<{ id: number }>(
      `SELECT contract_id AS id FROM alert WHERE state = 'open' ORDER BY id LIMIT 1`,
    )
    const actor = setup.actor(TODAY)
    await acknowledge(setup.db.pool, actor, warned?.id ?? 0)
    expect(await told()).toBe('made 1')
    await setup.import([draft('NEW-1')], TODAY, { source: 'another' })
    expect([await told(), await told()]).toEqual(['made 2', 'made 2'])
    now += 60_000
    expect(await told()).toBe('made 3')
  })

  it('is made once for all who ask for it meanwhile, and anew for who asks after a change', async () => {
    const { kept } = opened()
    const make = counting()
    const together = await Promise.all(Array.from({ length: 5 }, () => kept('summary', make)))
    expect(new Set(together.map(({ text }) => text)).size).toBe(1)
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow = kept('slow', async () => {
      await held
      return message('as it was')
    })
    await setup.import([draft('NEW-2')], TODAY, { source: 'another' })
    expect((await kept('slow', async () => message('as it is'))).text).toBe('as it is')
    release()
    expect((await slow).text).toBe('as it was')
    expect((await kept('slow', make)).text).toBe('as it is')
  })

  it('that failed is not kept', async () => {
    const { kept } = opened()
    const fails = async () => Promise.reject(new Error('lost'))
    await expect(kept('summary', fails)).rejects.toThrow('lost')
    expect((await kept('summary', counting())).text).toBe('made 1')
  })

  it('waits for one of two places, in the order in which it was asked for', async () => {
    const { inTurn } = opened()
    const began: number[] = []
    const ends: (() => void)[] = []
    const works = [0, 1, 2, 3].map((n) =>
      inTurn(async () => {
        began.push(n)
        await new Promise<void>((resolve) => ends.push(resolve))
        if (n === 0) throw new Error('lost')
      }).catch(() => undefined),
    )
    const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
    await settle()
    expect(began).toEqual([0, 1])
    ends[0]?.()
    await works[0]
    await settle()
    expect(began).toEqual([0, 1, 2])
    ends[2]?.()
    ends[1]?.()
    await works[2]
    await settle()
    expect(began).toEqual([0, 1, 2, 3])
    ends[3]?.()
    await Promise.all(works)
  })
})

/** "Is this you?": whose account a name in a register is, asked once, and confirmed before it gives rights. */

import fc from 'fast-check'
import type { Logger } from 'pino'
import { dossierOf, erasePerson } from '../src/actions/erase-person.ts'
import {
  askNames,
  linkPerson,
  namesToAsk,
  readUnlinked,
  unlinkPerson,
} from '../src/actions/link-person.ts'
import type { Program } from '../src/app/app.ts'
import { readSettings } from '../src/app/settings.ts'
import { startTicking } from '../src/app/worker.ts'
import { findPerson, wholeName } from '../src/database/organisation.ts'
import { openSlackGateway } from '../src/delivery/slack-client.ts'
import { openMetrics } from '../src/ops/metrics.ts'
import { openRegister } from '../src/register/open.ts'
import { weeklyFacts } from '../src/reports/weekly-lists.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { ukCalendar } from '../src/rules/working-days.ts'
import { askedWords } from '../src/text/people.ts'
import { weeklyMessage } from '../src/text/weekly.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import {
  type BotSetup,
  buttonOf,
  openBotSetup,
  said,
  TODAY,
  useBotSetup,
} from './support/bot-setup.ts'
import { holds } from './support/holds.ts'
import { worker } from './support/outbox.ts'
import { present } from './support/present.ts'
import { written } from './support/register-file.ts'

const SAMIRA = 'U0SAMIRA'
const MORNING = '2026-11-23T10:00:00Z'
const LENA = 'Lena Lead,lena.lead@trust.example'
/** A register of rows `reference,title,end,owner,deputy,category lead,their address`. */
const registerOf = (...rows: readonly string[]) =>
  [
    'Reference,Title,End,Owner,Deputy,Category lead,Category lead email,Supplier,Start',
    ...rows.map((row) => `${row},Acme Ltd,2024-01-01`),
  ].join('\n')
const REGISTER = registerOf(
  `R-1,Linen,2027-01-15,"Dalvi, Samira",,${LENA}`,
  'R-2,Cleaning,2027-01-31,Dr. Samira DALVI,,,',
  'R-3,Far off,2028-06-30,Dev Deputy,,,',
  'R-4,One word,2027-01-31,Reception,,,',
  'R-5,Nobody,2027-01-31,Cal Cole (left),,,',
)
const LINEN = 'R-1,Linen,2027-01-31,Samira Dalvi,,,'
const ONE = registerOf(LINEN)

type Asking = Parameters<typeof askNames>[1]
/** Asks as one worker does, with a list of members of its own. */
async function ask(setup: BotSetup, at = MORNING, changes: Partial<Asking> = {}) {
  const { pool } = setup.database
  const { gateway } = worker(pool, setup.workspace, { timeoutMs: 2000 })
  return askNames(pool, {
    ...{ organisationId: setup.organisation.id, rulesOf: setup.rulesOf, owner: 'one' },
    ...{ now: new Date(at), gateway, allRead: true, administrators: [PEOPLE.admin] },
    ...changes,
  })
}
const NEXT_DAY = '2026-11-24T10:00:00Z'

/** The list of the team has been looked through. */
function triaged(setup: BotSetup) {
  return setup.rows('UPDATE team SET ladders_from = $1', [TODAY])
}

function addMember(setup: BotSetup, id: string, realName: string, options: object = {}) {
  setup.workspace.places.addUser(id, id.toLowerCase(), { realName, ...options })
}

/** What stands in somebody's conversation with the bot. */
function directTo(setup: BotSetup, who: string) {
  return setup.workspace.ledger.inChannel(setup.workspace.as(who).direct().id)
}
/** Its last message there. */
function lastTo(setup: BotSetup, who: string) {
  return present(directTo(setup, who).at(-1), `Nothing was said to ${who}.`)
}

/** A bot with this register, whose list was looked through, and Samira Dalvi in the workspace. */
async function opened(register: string, options = {}): Promise<BotSetup> {
  const setup = await openBotSetup('socket', register, options)
  onTestFinished(() => setup.close())
  await triaged(setup)
  addMember(setup, SAMIRA, 'Samira Dalvi')
  return setup
}
const ownerOf = async (setup: BotSetup, reference: string) =>
  (await setup.row<{ id: number }>(reference, 'c.owner_id AS id')).id
const accountOf = async (setup: BotSetup, who: string) =>
  (await setup.rows<{ id: number }>('SELECT id FROM person WHERE slack_user = $1', [who]))[0]?.id
const asked = (setup: BotSetup) =>
  setup.rows(`SELECT asked_user AS who FROM person WHERE asked_on IS NOT NULL ORDER BY id`)
/** The press of a button that carries this act about a person. */
const presses = async (setup: BotSetup, who: string, act: IdentityAct, personId: number) =>
  said(await setup.pressAction(who, { act, personId }))
type IdentityAct = 'identity-yes' | 'identity-no' | 'claim-confirm' | 'claim-refuse'

describe('is this you', () => {
  const setup = useBotSetup('http', REGISTER, {
    prepare: async (setup) => {
      addMember(setup, SAMIRA, 'Samira Dalvi')
      addMember(setup, 'U0RECEPTION', 'Reception')
      addMember(setup, 'U0CAL', 'Cal Cole')
      await setup.type(PEOPLE.lead, 'help')
    },
  })
  const press = async (who: string, label: string) => {
    const message = lastTo(setup, who)
    return said(await setup.workspace.as(who).press(message, buttonOf(message, label)))
  }
  const answered = () =>
    setup.rows<{ claimed: string | null; denied: string | null; same: number | null }>(
      `SELECT claimed_on AS claimed, denied_on AS denied, same_as_id AS same FROM person
       WHERE asked_user = $1 ORDER BY id`,
      [SAMIRA],
    )

  test('nobody is asked before the list of the team is looked through', async () => {
    expect(await ask(setup)).toBe(0)
    await triaged(setup)
  })

  test.each([
    ['before nine', '2026-11-23T08:59:00Z'],
    ['from five on', '2026-11-23T17:00:00Z'],
    ['on a Saturday', '2026-11-28T10:00:00Z'],
    ['on a bank holiday', '2026-12-25T10:00:00Z'],
  ])('nobody is asked %s', async (_, at) => {
    expect(await ask(setup, at)).toBe(0)
  })

  test('the one member with the name is asked about all its spellings in one message, two workers or not', async () => {
    const [one, two] = await Promise.all([ask(setup), ask(setup, MORNING, { owner: 'two' })])
    expect(one + two).toBe(1)
    await setup.deliver()
    const [message, ...others] = directTo(setup, SAMIRA)
    expect(others).toEqual([])
    expect(message?.text.split('\n')[0]).toBe(
      'Is this you? The register names Dalvi, Samira as owner of 2 contracts',
    )
    expect(message?.text).toContain('Linen (Acme Ltd), R-1: ends Fri 15 Jan 2027')
    expect(message?.text).not.toMatch(/£|value/i)
    for (const who of ['U0RECEPTION', 'U0CAL', PEOPLE.deputy]) {
      expect(directTo(setup, who)).toEqual([])
    }
    // Each spelling is an entry of the record.
    const entries = await setup.rows(`SELECT to_value AS on FROM audit_change WHERE what = 'asked'`)
    expect(entries).toEqual([{ on: TODAY }, { on: TODAY }])
  })

  test('a worker that was killed before it finished, and every day after, asks nobody again', async () => {
    await setup.rows(`DELETE FROM slot WHERE kind = 'identity'`)
    expect(await ask(setup, MORNING, { owner: 'two' })).toBe(0)
    expect(await ask(setup, NEXT_DAY)).toBe(0)
    // Also where nothing but the outbox remembers it, another spelling comes, and the bot starts anew.
    await setup.rows('UPDATE person SET asked_user = NULL, asked_on = NULL')
    expect(await ask(setup, '2026-11-25T10:00:00Z')).toBe(0)
    await setup.rows(
      `UPDATE person SET asked_user = $1, asked_on = $2 WHERE name_key LIKE '%dalvi%' AND slack_user IS NULL`,
      [SAMIRA, TODAY],
    )
    await setup.deliver()
    expect(directTo(setup, SAMIRA)).toHaveLength(1)
  })

  test('the press of somebody else is refused in words, and a yes gives reminders and no rights', async () => {
    const forged = await presses(
      ...([setup, PEOPLE.colleague, 'identity-yes', await ownerOf(setup, 'R-1')] as const),
    )
    expect(forged).toContain('put to somebody else')
    expect(await press(SAMIRA, 'Yes, that is me')).toContain('once that is confirmed')
    const claimed = { claimed: TODAY, denied: null, same: null }
    expect(await answered()).toEqual([claimed, claimed])
    await setup.tell()
    expect(JSON.stringify(setup.warningOf('Linen').blocks)).toContain(`<@${SAMIRA}>`)
    const acked = async (who: string, reference: string) =>
      said(await setup.pressAction(who, { act: 'ack', subject: await setup.subjectOf(reference) }))
    expect(await acked(SAMIRA, 'R-1')).toContain('Only its category lead can change this contract')
    expect(await setup.actsOn('R-1')).toEqual([])
    // Nobody who could act before is locked out by what somebody says of themselves.
    expect(await acked(PEOPLE.colleague, 'R-2')).toMatch(/I’m on it|Acknowledged|on it/i)
    expect(await setup.actsOn('R-2')).toEqual(['acknowledged'])
    expect(directTo(setup, SAMIRA)[0]?.text).toContain('You said yes')
    expect(await setup.toldDirectly(SAMIRA)).toContain('You said yes')
  })

  test('neither a colleague nor they themselves confirm it', async () => {
    const id = await ownerOf(setup, 'R-1')
    for (const who of [PEOPLE.colleague, SAMIRA]) {
      expect(await presses(setup, who, 'claim-confirm', id)).toMatch(/category lead/)
    }
    expect((await answered()).map(({ same }) => same)).toEqual([null, null])
  })

  test('one press of the category lead makes it theirs, once', async () => {
    await setup.deliver()
    const [asked] = directTo(setup, PEOPLE.lead).slice(-1)
    expect(asked?.text.split('\n')[0]).toBe(
      'Confirm? An account says it is Dalvi, Samira, owner of 2 contracts',
    )
    expect(directTo(setup, PEOPLE.admin)).toEqual([])
    const id = await ownerOf(setup, 'R-1')
    expect(await press(PEOPLE.lead, 'Confirm')).toContain('Confirmed')
    expect(await presses(setup, PEOPLE.lead, 'claim-refuse', id)).toContain('said it already')
    const subject = await setup.subjectOf('R-1')
    await setup.pressAction(SAMIRA, { act: 'ack', subject })
    expect(await setup.actsOn('R-1')).toContain('acknowledged')
    await setup.deliver()
    expect(directTo(setup, SAMIRA)[0]?.text).toContain('Confirmed')
    expect(asked && directTo(setup, PEOPLE.lead).at(-1)?.text).toContain('Confirmed')
    const by = await setup.rows(
      `SELECT p.slack_user AS by, e.via FROM audit_entry e JOIN person p ON p.id = e.by_person_id
       WHERE e.summary LIKE 'linked person%' ORDER BY e.position`,
    )
    expect(by).toEqual(Array(2).fill({ by: PEOPLE.lead, via: 'slack' }))
  })
})

describe('who is not asked', () => {
  test('a name that two members have, a guest, a bot, a closed account, a stranger', async () => {
    const others = ['Gus Guest', 'Bea Bot', 'Cleo Closed', 'Otto Sider']
    const rows = others.map((name, at) => `R-${at + 2},A,2027-01-31,${name},,,`)
    const setup = await opened(registerOf(LINEN, ...rows))
    addMember(setup, 'U0TWO', 'Samíra  DALVI (Finance)')
    addMember(setup, 'U0BOT', 'Bea Bot', { isBot: true })
    addMember(setup, 'U0CLOSED', 'Cleo Closed')
    await setup.workspace.as('U0CLOSED').changes({ deleted: true })
    expect(await ask(setup)).toBe(0)
    expect(await asked(setup)).toEqual([])
  })

  test('while Slack does not list the members, nobody; it is asked again the next day', async () => {
    const setup = await opened(ONE)
    setup.workspace.faults.choose(({ method }) =>
      method === 'users.list' ? { kind: 'error', error: 'internal_error', accepted: false } : null,
    )
    expect(await ask(setup)).toBe(0)
    setup.workspace.faults.choose(() => null)
    expect(await ask(setup, '2026-11-23T11:00:00Z')).toBe(0)
    expect(await ask(setup, NEXT_DAY)).toBe(1)
  })

  test('nobody while the list of members is not whole: it goes on after a rate limit, and the second of a name is on its last page', async () => {
    const setup = await opened(registerOf(LINEN, 'R-2,A,2027-01-31,Una Only,,,'))
    for (let at = 0; at < 210; at += 1) addMember(setup, `U0M${at}`, `Member ${at}`)
    addMember(setup, 'U0TWIN', 'Dalvi, Samira')
    addMember(setup, 'U0UNA', 'Una Only')
    let pages = 0
    setup.workspace.faults.choose(({ method }) => {
      if (method !== 'users.list') return null
      pages += 1
      return pages === 2 ? { kind: 'rate-limited', retryAfter: 30 } : null
    })
    let clock = 0
    const gateway = openSlackGateway({
      ...{ token: 'xoxb-stand-in', apiUrl: setup.workspace.url, timeoutMs: 2000 },
      elapsed: () => clock,
    })
    for (const [ms, count, read] of [
      [0, 0, 2],
      [29_000, 0, 2],
      [30_001, 1, 3],
    ] as const) {
      clock = ms
      expect([await ask(setup, MORNING, { gateway }), pages]).toEqual([count, read])
    }
    expect(await asked(setup)).toEqual([{ who: 'U0UNA' }])
  })

  test('by the clock of the team', async () => {
    const setup = await opened(ONE)
    await setup.rows(`UPDATE team SET time_zone = 'Pacific/Auckland'`)
    expect(await ask(setup)).toBe(0)
    expect(await ask(setup, '2026-11-23T21:00:00Z')).toBe(1)
  })

  test('more than twenty in a day', async () => {
    const names = Array.from({ length: 23 }, (_, at) => `Person ${String.fromCharCode(97 + at)}xa`)
    const rows = names.map((name, at) => `N-${at},T,2027-01-31,${name},,,`)
    const setup = await opened(registerOf(...rows))
    for (const [at, name] of names.entries()) addMember(setup, `U0N${at}`, name)
    expect(await ask(setup)).toBe(20)
    await setup.rows(`DELETE FROM slot WHERE kind = 'identity'`)
    expect(await ask(setup, '2026-11-23T12:00:00Z')).toBe(0)
    expect(await ask(setup, '2026-11-24T12:00:00Z')).toBe(3)
  })

  test('anybody twice by two workers at the same moment, for two teams that name them', async () => {
    const setup = await opened(registerOf(LINEN, 'R-2,A,2027-01-31,"Dalvi, Samira",,,'))
    // The second team's list alone is looked through when the first worker asks.
    await setup.rows(`UPDATE team SET ladders_from = '2026-12-07'`)
    await setup.rows(
      `INSERT INTO team (organisation_id, name, name_key, channel, time_zone, calendar)
       SELECT organisation_id, 'B', 'b', channel, time_zone, calendar FROM team`,
    )
    await setup.rows(
      `UPDATE contract SET team_id = (SELECT max(id) FROM team) WHERE reference = 'R-2'`,
    )
    let waiting = 0
    let letGo = () => {}
    const both = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const gateway = {
      membersOn: async () => {
        waiting += 1
        if (waiting === 2) letGo()
        await both
        return { kind: 'read', members: [{ id: SAMIRA, names: ['Samira Dalvi'] }] } as const
      },
    }
    const first = ask(setup, MORNING, { gateway })
    await expect.poll(() => waiting, { timeout: 20_000 }).toBe(1)
    await triaged(setup)
    const second = await ask(setup, MORNING, { gateway, owner: 'two' })
    expect(second + (await first)).toBe(1)
    expect(await setup.rows(`SELECT FROM delivery WHERE purpose = 'identity'`)).toHaveLength(1)
  })

  test('whoever may not read contracts is told of none by name', async () => {
    const setup = await opened(ONE)
    expect(await ask(setup, MORNING, { allRead: false })).toBe(1)
    await setup.deliver()
    expect(directTo(setup, SAMIRA)[0]?.text).toContain('owner of 1 contract')
    expect(directTo(setup, SAMIRA)[0]?.text).not.toContain('Linen')
  })
})

describe('what came of it', () => {
  const askedOf = async (register = ONE, options = {}) => {
    const setup = await opened(register, options)
    expect(await ask(setup)).toBe(1)
    await setup.deliver()
    return { setup, personId: await ownerOf(setup, 'R-1') }
  }
  const claimed = async (register = ONE, options = {}) => {
    const given = await askedOf(register, options)
    await presses(given.setup, SAMIRA, 'identity-yes', given.personId)
    await given.setup.deliver()
    return given
  }
  const week = (setup: BotSetup, slot = '2026-11-30') =>
    weeklyFacts(setup.database.pool, {
      ...{ organisationId: setup.organisation.id, teamId: null, slot: asCivilDate(slot) },
      ...{ since: null, calendar: setup.rulesOf(setup.organisation).calendar },
    })
  const imports = async ({ importRegister }: BotSetup, name: string, text: string) => {
    const options = { map: new Map(), dates: null, timeZone: null, today: TODAY }
    await importRegister(await openRegister(written(name, text), options), TODAY)
  }

  test('a no, and ten working days of silence, stand in the list of the lead, in the summary, and with the date', async () => {
    const { setup, personId } = await askedOf()
    const inList = async () => said(await setup.type(PEOPLE.admin, 'people'))
    expect(await inList()).toContain('asked on 23 Nov, not answered yet')
    setup.goTo(14, '2026-12-07')
    expect(await inList()).toContain('asked on 23 Nov, no answer')
    const silent = await week(setup, '2026-12-07')
    expect(silent.untold?.items).toMatchObject([{ note: 'asked on 23 Nov, no answer' }])
    const no = await presses(setup, SAMIRA, 'identity-no', personId)
    expect(no).toContain('it is not you')
    expect(await inList()).toContain('asked on 23 Nov, said no')
    const { text } = weeklyMessage(await week(setup, '2026-12-07'))
    expect(text).toContain('Asked on 23 Nov, said no.')
    // The first answer holds.
    const again = await presses(setup, SAMIRA, 'identity-yes', personId)
    expect(again).toContain('You said no already')
  })

  test('said to be somebody else, they are reminded no more, and nobody else is asked', async () => {
    const { setup } = await claimed()
    expect((await week(setup)).untold?.items).toEqual([])
    // Without a category lead the administrators are asked.
    const message = lastTo(setup, PEOPLE.admin)
    await setup.workspace.as(PEOPLE.admin).press(message, buttonOf(message, 'It is somebody else'))
    await setup.tell()
    expect(JSON.stringify(setup.warningOf('Linen').blocks)).not.toContain(SAMIRA)
    const [listed] = await readUnlinked(setup.database.pool, setup.organisation.id)
    expect(askedWords(present(listed, 'none'), TODAY, ukCalendar('any-uk'))).toBe(
      'asked on 23 Nov, said yes, taken back',
    )
    expect(await ask(setup, NEXT_DAY)).toBe(0)
  })

  test('a direct message instead of a mention is what they chose; unlinking takes the claim back', async () => {
    const { setup, personId } = await claimed()
    await setup.rows(`UPDATE person SET voice = 'dm' WHERE slack_user = $1`, [SAMIRA])
    await setup.tell()
    expect(lastTo(setup, SAMIRA).text).toContain('Linen')
    const { pool } = setup.database
    await unlinkPerson(pool, setup.actor(TODAY), `person ${personId}`)
    const [row] = await readUnlinked(pool, setup.organisation.id)
    expect(row).toMatchObject({ id: personId, claimedOn: TODAY, deniedOn: TODAY })
    await setup.deliver()
    expect(lastTo(setup, PEOPLE.admin).text).toContain('somebody else')
  })

  const unlink = (setup: BotSetup, id: number) =>
    unlinkPerson(setup.database.pool, setup.actor(TODAY), `person ${id}`)
  const link = (setup: BotSetup, id: number) => {
    const account = { workspace: 'T0001', slackUser: 'U0OTHER', name: 'Otto Other' }
    return linkPerson(setup.database.pool, setup.actor(TODAY), `person ${id}`, account)
  }

  test('linked by hand meanwhile, the question is closed, and a late yes changes nothing', async () => {
    const { setup, personId } = await askedOf()
    await link(setup, personId)
    const late = await presses(setup, SAMIRA, 'identity-yes', personId)
    expect(late).toContain('not open any more')
    await setup.deliver()
    expect(directTo(setup, SAMIRA)[0]?.text).toContain('nothing is to be answered')
  })

  const confirmIn = (setup: BotSetup, personId: number) => {
    const [message] = setup.workspace.ledger.inChannel('C0ESCALATION')
    expect(message?.text).toContain('Confirm? An account says it is Samira Dalvi')
    return (who: string) => presses(setup, who, 'claim-confirm', personId)
  }

  test('without a category lead and administrators the escalation channel confirms, never the one who claims', async () => {
    const { setup, personId } = await claimed(ONE, { administrators: [] })
    const confirm = confirmIn(setup, personId)
    expect(await confirm(SAMIRA)).toContain('Somebody else')
    // The group of the team may change the contract, and others not.
    await setup.rows(`UPDATE team SET user_group = 'S0DIGITAL'`)
    expect(await confirm(PEOPLE.colleague)).toContain('Only the group')
    expect(await confirm(PEOPLE.deputy)).toContain('Confirmed')
  })

  test('a claim of the only category lead there is can be confirmed by others, for what they may change', async () => {
    const lead = 'Samira Lead,samira@trust.example'
    const register = registerOf(
      `R-1,A,2027-01-15,Samira Dalvi,,${lead}`,
      `R-2,B,2027-01-31,Samira Dalvi,Dev Deputy,${lead}`,
    )
    const setup = await opened(register, { administrators: [] })
    const known = `UPDATE person SET slack_workspace = 'T0001', slack_user = $1 WHERE display_name = $2`
    await setup.rows(known, [SAMIRA, 'Samira Lead'])
    await setup.rows(known, [PEOPLE.deputy, 'Dev Deputy'])
    expect(await ask(setup)).toBe(1)
    const personId = await ownerOf(setup, 'R-1')
    await presses(setup, SAMIRA, 'identity-yes', personId)
    await setup.deliver()
    const confirm = confirmIn(setup, personId)
    expect(await confirm(SAMIRA)).toContain('Somebody else')
    expect(await confirm(PEOPLE.colleague)).toContain('Only its deputy')
    expect(await confirm(PEOPLE.deputy)).toContain('Confirmed')
  })

  test.each([
    ['taken back', unlink],
    ['linked to somebody else', link],
  ] as const)(
    'a name that was %s gives its category lead no say about the others',
    async (_, settle) => {
      const others = ['R-2', 'R-3'].map((id) => `${id},B,2027-01-31,"Dalvi, Samira",,${LENA}`)
      const setup = await opened(registerOf('R-1,A,2027-01-15,Samira Dalvi,,,', ...others))
      await setup.type(PEOPLE.lead, 'help')
      expect(await ask(setup)).toBe(1)
      const [personId, other] = [await ownerOf(setup, 'R-1'), await ownerOf(setup, 'R-2')]
      await presses(setup, SAMIRA, 'identity-yes', personId)
      await settle(setup, other)
      for (const act of ['claim-confirm', 'claim-refuse'] as const) {
        const pressed = await presses(setup, PEOPLE.lead, act, personId)
        expect(pressed).toContain('Only the category lead of these contracts')
      }
      expect(await ownerOf(setup, 'R-1')).toBe(personId)
      expect(await presses(setup, PEOPLE.admin, 'claim-confirm', personId)).toContain('Confirmed')
      expect(await ownerOf(setup, 'R-1')).not.toBe(personId)
      for (const reference of ['R-2', 'R-3']) expect(await ownerOf(setup, reference)).toBe(other)
    },
  )

  test.each([
    ['taken back', unlink, true],
    ['linked to somebody else', link, false],
  ] as const)(
    'of two names that an account claims the other stays to be confirmed where one is %s',
    async (_, settle, isThem) => {
      const rows = ['R-1,A,2027-01-15,Samira Dalvi,,,', 'R-2,B,2027-01-31,"Dalvi, Samira",,,']
      const { setup, personId } = await claimed(registerOf(...rows))
      const other = await ownerOf(setup, 'R-2')
      await settle(setup, personId)
      await setup.deliver()
      const message = lastTo(setup, PEOPLE.admin)
      expect(message.text).toContain(
        'Confirm? An account says it is Dalvi, Samira, owner of 1 contract',
      )
      // What they were asked stands as they answered it.
      expect(directTo(setup, SAMIRA)[0]?.text).toContain('You said yes')
      const label = isThem ? 'Confirm' : 'It is somebody else'
      await setup.workspace.as(PEOPLE.admin).press(message, buttonOf(message, label))
      await setup.deliver()
      const { text } = lastTo(setup, PEOPLE.admin)
      expect(text).toContain(isThem ? 'Confirmed' : 'somebody else')
      expect(text).not.toContain('Confirm?*')
      expect(await ownerOf(setup, 'R-2')).toBe(isThem ? await accountOf(setup, SAMIRA) : other)
    },
  )

  test('who confirms it is asked once more after five working days, and not again', async () => {
    const { setup, personId } = await claimed()
    const claims = () =>
      directTo(setup, PEOPLE.admin).filter(({ text }) => text.includes('An account says')).length
    for (const [day, count] of [
      ['2026-11-27', 1],
      ['2026-11-30', 2],
      ['2026-12-01', 2],
      ['2026-12-08', 2],
      ['2026-12-15', 2],
    ] as const) {
      await ask(setup, `${day}T10:00:00Z`)
      await setup.deliver()
      expect(claims(), day).toBe(count)
    }
    expect(lastTo(setup, PEOPLE.admin).text).toContain('Said on Mon 23 Nov 2026')
    await presses(setup, PEOPLE.admin, 'claim-confirm', personId)
    await setup.deliver()
    for (const { text } of directTo(setup, PEOPLE.admin)) expect(text).toContain('Confirmed')
  })

  test('what an account was asked is handed to its owner, and erased with them', async () => {
    const { setup, personId } = await claimed()
    const { pool } = setup.database
    const organisationId = setup.organisation.id
    const account = await findPerson(pool, organisationId, SAMIRA)
    expect((await dossierOf(pool, organisationId, account)).askedAbout).toEqual([
      { name: 'Samira Dalvi', askedOn: TODAY, claimedOn: TODAY, deniedOn: null },
    ])
    const name = await findPerson(pool, organisationId, `person ${personId}`)
    expect(name).toMatchObject({ askedUser: SAMIRA, askedOn: TODAY, claimedOn: TODAY })
    const eraser = { organisationId, today: TODAY, now: setup.now(), personId: null }
    await erasePerson(pool, eraser, SAMIRA)
    await setup.deliver()
    expect(lastTo(setup, PEOPLE.admin).text).toContain('whose name that is')
    const left = await setup.rows(
      'SELECT p::text AS row FROM person p UNION ALL SELECT d::text FROM delivery d',
    )
    expect(JSON.stringify(left)).not.toContain(SAMIRA)
    // That the name was asked about stays.
    expect(await ask(setup, NEXT_DAY)).toBe(0)
  })

  test('an import after a yes or a no gives the contracts to nobody', async () => {
    const { setup, personId } = await askedOf()
    await presses(setup, SAMIRA, 'identity-no', personId)
    await imports(setup, 'register.csv', `${ONE}\nR-9,New,2027-03-31,Samira Dalvi,,,,,2024-01-01`)
    for (const each of ['R-1', 'R-9']) expect(await ownerOf(setup, each)).toBe(personId)
  })

  test('a register that first names somebody whose account is known asks, and gives it nothing by the name', async () => {
    const setup = await opened(registerOf(`R-1,Linen,2027-01-31,Dev Deputy,,${LENA}`))
    await setup.rows('UPDATE contract SET owner_id = NULL')
    await setup.rows(`DELETE FROM person WHERE display_name = 'Dev Deputy'`)
    // They are known from what they typed.
    await setup.type(PEOPLE.deputy, 'help')
    const account = present(await accountOf(setup, PEOPLE.deputy))
    const more = registerOf(`R-9,New,2027-03-31,Dev Deputy,,${LENA}`)
    await imports(setup, 'other.csv', more)
    const named = await ownerOf(setup, 'R-9')
    expect(named).not.toBe(account)
    await triaged(setup)
    expect(await ask(setup)).toBe(1)
    await presses(setup, PEOPLE.deputy, 'identity-yes', named)
    await presses(setup, PEOPLE.admin, 'claim-confirm', named)
    expect(await ownerOf(setup, 'R-9')).toBe(account)
    // From then on the name means them.
    await imports(setup, 'other.csv', more)
    expect(await ownerOf(setup, 'R-9')).toBe(account)
  })

  test('hostile names are shown inert, within the first line', async () => {
    const long = `Ann ${'x'.repeat(300)}`
    const hostile = '<!channel> *Bold*'
    const rows = [`R-1,<!here> <@U0ADMIN>,2027-01-31,${hostile},,,`, `R-2,B,2027-01-31,${long},,,`]
    const setup = await opened(registerOf(...rows))
    addMember(setup, 'U0HOSTILE', hostile)
    addMember(setup, 'U0LONG', long)
    expect(await ask(setup)).toBe(2)
    await setup.deliver()
    expect(JSON.stringify(lastTo(setup, 'U0HOSTILE').blocks)).not.toMatch(/<!|<@/)
    const [first = ''] = lastTo(setup, 'U0LONG').text.split('\n')
    expect(first.length).toBeLessThanOrEqual(90)
    expect(first).toContain('as owner of 1 contract')
    expect(setup.workspace.ledger.failures).toEqual([])
  })

  test('after a restored backup that forgot it, the message that stands in Slack is not repeated', async () => {
    const { setup } = await askedOf()
    await setup.rows('UPDATE person SET asked_user = NULL, asked_on = NULL')
    await setup.rows(`DELETE FROM slot WHERE kind = 'identity'`)
    await setup.rows(`DELETE FROM delivery WHERE purpose = 'identity'`)
    await setup.rows(
      `UPDATE organisation SET backed_up_at = now() - interval '1 hour', restored_at = now() + interval '1 minute'`,
    )
    expect(await ask(setup, NEXT_DAY)).toBe(1)
    await setup.deliver()
    expect(directTo(setup, SAMIRA)).toHaveLength(1)
    const sent = await setup.rows(`SELECT state FROM delivery WHERE purpose = 'identity'`)
    expect(sent).toEqual([{ state: 'SENT' }])
  })
})

describe('the running worker', () => {
  const running = async (setup: BotSetup) => {
    const { organisation, rulesOf } = setup
    const { pool } = setup.database
    const settings = readSettings({ SLACK_BOT_TOKEN: 'xoxb-stand-in' })
    const now = () => new Date(MORNING)
    const days = { now, today: () => TODAY, todayOf: () => TODAY }
    const program = { settings, pool, organisation, rulesOf, ...days } as unknown as Program
    const log = { info() {}, warn() {}, error() {} } as unknown as Logger
    const elapsed = () => performance.now()
    const metrics = openMetrics({ pool, organisationId: organisation.id, elapsed })
    const { gateway } = worker(pool, setup.workspace, { timeoutMs: 2000 })
    const ticking = startTicking(program, { log, metrics, elapsed, gateway })
    onTestFinished(() => ticking.stop())
    return ticking
  }
  const swept = (setup: BotSetup) =>
    setup.rows('SELECT last_swept_on AS on FROM team').then(([row]) => row)
  const waits = { timeout: 20_000, interval: 50 }

  test('asks by itself', async () => {
    const setup = await opened(ONE)
    await running(setup)
    const queued = () => setup.rows(`SELECT destination FROM delivery WHERE purpose = 'identity'`)
    await expect.poll(queued, waits).toEqual([{ destination: SAMIRA }])
  })

  test('keeps no warning back where Slack never lists its members, and stops all the same', async () => {
    const setup = await opened(ONE)
    let hangs = 0
    setup.workspace.faults.choose(({ method }) => {
      if (method !== 'users.list') return null
      hangs += 1
      return { kind: 'never', accepted: false }
    })
    const ticking = await running(setup)
    await expect.poll(() => swept(setup), waits).toEqual({ on: TODAY })
    await expect.poll(() => hangs, waits).toBe(1)
    await ticking.stop()
    expect(await setup.rows(`SELECT FROM delivery WHERE purpose = 'identity'`)).toEqual([])
  })
})

describe('names', () => {
  /** Who is asked whether they are whom a register names so, of members of these names. */
  const askedFor = (name: string, ...names: readonly string[]) => {
    const members = names.map((each, at) => ({ id: `U${at + 1}`, names: [each] }))
    return namesToAsk([{ id: 1, name }], members, new Set(), 9)
  }

  test.each([
    ['Dalvi, Samira', 'Samira Dalvi'],
    ['DALVI,SAMIRA', 'samira dalvi'],
    ['Dr. Samíra Dalvi, PhD', 'Samira Dalvi'],
    ['Samira Dalvi (she/her)', 'Prof Samira  Dalvi'],
    ['O’Brien, Mary-Ann', "Mary Ann O'Brien"],
  ])('%s is %s', (one, other) => {
    expect(wholeName(one)).toBe(wholeName(other))
    expect(wholeName(one)).not.toBeNull()
  })

  test.each(['Samira', 'Dr Samira', "O'Brien", 'Smith-Jones', '', 'Samira (Dalvi)', 'a, b, c'])(
    '"%s" is no whole name of one person',
    (name) => {
      expect(wholeName(name)).toBeNull()
    },
  )

  test.each([
    ['Ward 7 Manager', 'Ward 9 Manager'],
    ['Ann Lee 2', 'Ann Lee'],
    ['Lee2, Ann', 'Lee, Ann'],
    ['Desk 4, North', 'Desk 5, North'],
    ['Ann & Lee', 'Ann Lee'],
  ])('%s is not %s, and neither is asked in the place of the other', (one, other) => {
    expect(wholeName(one)).not.toBe(wholeName(other))
    expect(askedFor(one, other)).toEqual([])
    expect(askedFor(other, one)).toEqual([])
  })

  test('who differs by a figure alone is another of that name', () => {
    expect(askedFor('Ann Lee', 'Ann Lee', 'Lee 2, Ann')).toEqual([])
  })

  test.each([
    'Ward 7 Manager',
    'Contracts Manager',
    'Director of Finance',
    'Head of Estates',
    'IT Helpdesk',
    'Team, Procurement',
    'Ann Lee and Bob Roy',
    'Ann & Bob',
  ])('nobody is asked whether they are "%s": a post, a desk or several people', (name) => {
    expect(askedFor(name, name)).toEqual([])
  })

  test.each(['Ann Ward', 'Head, Edith', 'Anders Offiong', 'Theo Andrews'])(
    '%s is a person all the same',
    (name) => {
      expect(askedFor(name, name)).toEqual([{ slackUser: 'U1', ids: [1] }])
    },
  )

  test('whoever is asked is the only member with that whole name, at most once, and within the day', () => {
    const words = 'Sam Amira Dalvi Khan Dr Manager 7 Khan2 & O’Neil ß <!here>'.split(' ')
    const name = fc
      .array(fc.constantFrom(...words, ''), { maxLength: 4 })
      .chain((all) => fc.constantFrom(all.join(' '), all.join(', '), `${all.join(' ')} (x)`))
    const member = fc.record({
      id: fc.constantFrom('U1', 'U2', 'U3', 'U4', 'U5', 'U6'),
      names: fc.array(name, { maxLength: 3 }),
    })
    const members = fc.uniqueArray(member, { selector: ({ id }) => id, maxLength: 6 })
    const before = fc.subarray(['U1', 'U2', 'U3'])
    const names = fc.array(name, { maxLength: 12 })
    holds([members, names, before, fc.nat({ max: 4 })], (members, written, before, room) => {
      const named = written.map((name, id) => ({ id, name }))
      const asked = namesToAsk(named, members, new Set(before), room)
      expect(asked.length).toBeLessThanOrEqual(room)
      expect(new Set(asked.map(({ slackUser }) => slackUser)).size).toBe(asked.length)
      for (const { slackUser, ids } of asked) {
        expect(before).not.toContain(slackUser)
        for (const id of ids) {
          const key = wholeName(written[id] ?? '')
          expect(key).toMatch(/^[^\d]+$/)
          expect(key).not.toMatch(/manager|\band\b/)
          const bears = (name: string) => wholeName(name) === key
          const bearers = members.filter((each) => each.names.some(bears))
          expect(bearers.map((each) => each.id)).toEqual([slackUser])
        }
      }
    })
  })

  test('a day of ten working days is counted over weekends and holidays', () => {
    const asked = { askedOn: asCivilDate('2026-12-21'), claimedOn: null, deniedOn: null }
    const words = (on: string) => askedWords(asked, asCivilDate(on), ukCalendar('any-uk'))
    expect(words('2027-01-05')).toBe('asked on 21 Dec, not answered yet')
    expect(words('2027-01-08')).toBe('asked on 21 Dec, no answer')
  })
})

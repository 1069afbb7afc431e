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
  TRANSPORTS,
  useBotSetup,
} from './support/bot-setup.ts'
import { worker } from './support/outbox.ts'
import { present } from './support/present.ts'

const SAMIRA = 'U0SAMIRA'
const MORNING = '2026-11-23T10:00:00Z'
const HEADINGS = 'Reference,Title,Supplier,Start,End,Owner,Deputy,Category lead,Category lead email'
const LENA = 'Lena Lead,lena.lead@trust.example'
const REGISTER = `${HEADINGS}
R-1,Linen,Acme Ltd,2024-01-01,2027-01-15,"Dalvi, Samira",,${LENA}
R-2,Cleaning,Acme Ltd,2024-01-01,2027-01-31,Dr. Samira DALVI,,
R-3,Far off,Acme Ltd,2024-01-01,2028-06-30,Dev Deputy,,
R-4,One word,Acme Ltd,2024-01-01,2027-01-31,Reception,,
R-5,Nobody,Acme Ltd,2024-01-01,2027-01-31,Cal Cole (left),,
`

/** Asks as one worker does, with a list of members of its own. */
async function ask(setup: BotSetup, at = MORNING, owner = 'one', allRead = true) {
  const { gateway } = worker(setup.database.pool, setup.workspace, { timeoutMs: 2000 })
  return askNames(setup.database.pool, {
    ...{ organisationId: setup.organisation.id, rulesOf: setup.rulesOf, owner },
    ...{ now: new Date(at), gateway, allRead, administrators: [PEOPLE.admin] },
  })
}

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

async function opened(register: string, options = {}): Promise<BotSetup> {
  const setup = await openBotSetup('socket', register, options)
  onTestFinished(() => setup.close())
  return setup
}

describe.each(TRANSPORTS)('is this you, over %s', (kind) => {
  const setup = useBotSetup(kind, REGISTER, {
    prepare: async (setup) => {
      addMember(setup, SAMIRA, 'Samira Dalvi')
      addMember(setup, 'U0RECEPTION', 'Reception')
      addMember(setup, 'U0CAL', 'Cal Cole')
      await setup.type(PEOPLE.lead, 'help')
    },
  })
  const press = async (who: string, label: string, from = who) => {
    const message = present(directTo(setup, from).at(-1), `Nothing was said to ${from}.`)
    return said(await setup.workspace.as(who).press(message, buttonOf(message, label)))
  }
  const numberOf = async (reference: string) =>
    (await setup.row<{ id: number }>(reference, 'c.owner_id AS id')).id
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
    const asked = await Promise.all([ask(setup, MORNING, 'one'), ask(setup, MORNING, 'two')])
    expect(asked[0] + asked[1]).toBe(1)
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
    expect(await setup.rows(`SELECT what, to_value AS on FROM audit_change WHERE what = 'asked'`))
      // Each spelling is an entry of the record.
      .toEqual([
        { what: 'asked', on: TODAY },
        { what: 'asked', on: TODAY },
      ])
  })

  test('a worker that was killed before it finished, and every day after, asks nobody again', async () => {
    await setup.rows(`DELETE FROM slot WHERE kind = 'identity'`)
    expect(await ask(setup, MORNING, 'two')).toBe(0)
    expect(await ask(setup, '2026-11-24T10:00:00Z')).toBe(0)
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
    const id = await numberOf('R-1')
    const forged = await setup.pressAction(PEOPLE.colleague, {
      ...{ act: 'identity-yes', personId: id },
    })
    expect(said(forged)).toContain('put to somebody else')
    expect(await press(SAMIRA, 'Yes, that is me')).toContain('once that is confirmed')
    expect(await answered()).toEqual([
      { claimed: TODAY, denied: null, same: null },
      { claimed: TODAY, denied: null, same: null },
    ])
    await setup.tell()
    const linen = setup.warningOf('Linen')
    expect(JSON.stringify(linen.blocks)).toContain(`<@${SAMIRA}>`)
    const subject = await setup.subjectOf('R-1')
    expect(said(await setup.pressAction(SAMIRA, { act: 'ack', subject }))).toContain(
      'Only its category lead can change this contract',
    )
    expect(await setup.actsOn('R-1')).toEqual([])
    // Nobody who could act before is locked out by what somebody says of themselves.
    const other = await setup.subjectOf('R-2')
    expect(said(await setup.pressAction(PEOPLE.colleague, { act: 'ack', subject: other }))).toMatch(
      /I’m on it|Acknowledged|on it/i,
    )
    expect(await setup.actsOn('R-2')).toEqual(['acknowledged'])
    expect(directTo(setup, SAMIRA)[0]?.text).toContain('You said yes')
    expect(await setup.toldDirectly(SAMIRA)).toContain('You said yes')
  })

  test('neither a colleague nor they themselves confirm it', async () => {
    const personId = await numberOf('R-1')
    for (const who of [PEOPLE.colleague, SAMIRA]) {
      const refused = said(await setup.pressAction(who, { act: 'claim-confirm', personId }))
      expect(refused).toMatch(/category lead/)
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
    const id = await numberOf('R-1')
    expect(await press(PEOPLE.lead, 'Confirm')).toContain('Confirmed')
    expect(
      said(await setup.pressAction(PEOPLE.lead, { act: 'claim-refuse', personId: id })),
    ).toContain('said it already')
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
    expect(by).toEqual([
      { by: PEOPLE.lead, via: 'slack' },
      { by: PEOPLE.lead, via: 'slack' },
    ])
  })
})

describe('who is not asked', () => {
  const ONE = `${HEADINGS}\nR-1,Linen,Acme Ltd,2024-01-01,2027-01-31,Samira Dalvi,,\n`

  test('a name that two members have, a guest, a bot, a closed account, a stranger', async () => {
    const setup = await opened(
      `${ONE}R-2,A,Acme,2024-01-01,2027-01-31,Gus Guest,,\nR-3,B,Acme,2024-01-01,2027-01-31,Bea Bot,,\nR-4,C,Acme,2024-01-01,2027-01-31,Cleo Closed,,\nR-5,D,Acme,2024-01-01,2027-01-31,Otto Sider,,\n`,
    )
    await triaged(setup)
    addMember(setup, 'U0ONE', 'Samira Dalvi')
    addMember(setup, 'U0TWO', 'Samíra  DALVI (Finance)')
    addMember(setup, 'U0BOT', 'Bea Bot', { isBot: true })
    addMember(setup, 'U0CLOSED', 'Cleo Closed')
    await setup.workspace.as('U0CLOSED').changes({ deleted: true })
    expect(await ask(setup)).toBe(0)
    expect(await setup.rows('SELECT FROM person WHERE asked_on IS NOT NULL')).toEqual([])
  })

  test('while Slack does not list the members, nobody; it is asked again the next day', async () => {
    const setup = await opened(ONE)
    await triaged(setup)
    addMember(setup, SAMIRA, 'Samira Dalvi')
    setup.workspace.faults.choose(({ method }) =>
      method === 'users.list' ? { kind: 'error', error: 'internal_error', accepted: false } : null,
    )
    expect(await ask(setup)).toBe(0)
    setup.workspace.faults.choose(() => null)
    expect(await ask(setup, '2026-11-23T11:00:00Z')).toBe(0)
    expect(await ask(setup, '2026-11-24T10:00:00Z')).toBe(1)
  })

  test('nobody while the list of members is not whole: it goes on after a rate limit, and the second of a name is on its last page', async () => {
    const setup = await opened(`${ONE}R-2,A,Acme,2024-01-01,2027-01-31,Una Only,,\n`)
    await triaged(setup)
    addMember(setup, SAMIRA, 'Samira Dalvi')
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
    const goOn = () =>
      askNames(setup.database.pool, {
        ...{ organisationId: setup.organisation.id, rulesOf: setup.rulesOf, owner: 'one' },
        ...{ now: new Date(MORNING), gateway, allRead: true, administrators: [] },
      })
    expect(await goOn()).toBe(0)
    clock = 29_000
    expect(await goOn()).toBe(0)
    expect(pages).toBe(2)
    clock = 30_001
    expect(await goOn()).toBe(1)
    expect(pages).toBe(3)
    expect(
      await setup.rows('SELECT asked_user AS it FROM person WHERE asked_on IS NOT NULL'),
    ).toEqual([{ it: 'U0UNA' }])
  })

  test('by the clock of the team', async () => {
    const setup = await opened(ONE)
    await triaged(setup)
    addMember(setup, SAMIRA, 'Samira Dalvi')
    await setup.rows(`UPDATE team SET time_zone = 'Pacific/Auckland'`)
    expect(await ask(setup)).toBe(0)
    expect(await ask(setup, '2026-11-23T21:00:00Z')).toBe(1)
  })

  test('more than twenty in a day', async () => {
    const names = Array.from({ length: 23 }, (_, at) => `Person ${String.fromCharCode(97 + at)}xa`)
    const rows = names.map((name, at) => `N-${at},T,S,2024-01-01,2027-01-31,${name},,`)
    const setup = await opened(`${HEADINGS}\n${rows.join('\n')}\n`)
    await triaged(setup)
    names.forEach((name, at) => {
      addMember(setup, `U0N${at}`, name)
    })
    expect(await ask(setup)).toBe(20)
    await setup.rows(`DELETE FROM slot WHERE kind = 'identity'`)
    expect(await ask(setup, '2026-11-23T12:00:00Z')).toBe(0)
    expect(await ask(setup, '2026-11-24T12:00:00Z')).toBe(3)
  })

  test('anybody twice by two workers at the same moment, for two teams that name them', async () => {
    const setup = await opened(`${ONE}R-2,A,Acme,2024-01-01,2027-01-31,"Dalvi, Samira",,\n`)
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
    const asks = (owner: string) =>
      askNames(setup.database.pool, {
        ...{ organisationId: setup.organisation.id, rulesOf: setup.rulesOf, owner },
        ...{ now: new Date(MORNING), gateway, allRead: true, administrators: [] },
      })
    const first = asks('one')
    await expect.poll(() => waiting, { timeout: 20_000 }).toBe(1)
    await triaged(setup)
    const asked = [await asks('two'), await first]
    expect(asked.toSorted()).toEqual([0, 1])
    expect(await setup.rows(`SELECT FROM delivery WHERE purpose = 'identity'`)).toHaveLength(1)
  })

  test('whoever may not read contracts is told of none by name', async () => {
    const setup = await opened(ONE)
    await triaged(setup)
    addMember(setup, SAMIRA, 'Samira Dalvi')
    expect(await ask(setup, MORNING, 'one', false)).toBe(1)
    await setup.deliver()
    expect(directTo(setup, SAMIRA)[0]?.text).toContain('owner of 1 contract')
    expect(directTo(setup, SAMIRA)[0]?.text).not.toContain('Linen')
  })
})

describe('what came of it', () => {
  const ONE = `${HEADINGS}\nR-1,Linen,Acme Ltd,2024-01-01,2027-01-31,Samira Dalvi,,\n`
  const asked = async () => {
    const setup = await opened(ONE)
    await triaged(setup)
    addMember(setup, SAMIRA, 'Samira Dalvi')
    expect(await ask(setup)).toBe(1)
    await setup.deliver()
    const { id } = await setup.row<{ id: number }>('R-1', 'c.owner_id AS id')
    return { setup, personId: id }
  }
  const week = (setup: BotSetup, slot = '2026-11-30') =>
    weeklyFacts(setup.database.pool, {
      ...{ organisationId: setup.organisation.id, teamId: null, slot: asCivilDate(slot) },
      ...{ since: null, calendar: setup.rulesOf(setup.organisation).calendar },
    })

  test('a no, and ten working days of silence, stand in the list of the lead, in the summary, and with the date', async () => {
    const { setup, personId } = await asked()
    const inList = async () => said(await setup.type(PEOPLE.admin, 'people'))
    expect(await inList()).toContain('asked on 23 Nov, not answered yet')
    setup.goTo(14, '2026-12-07')
    expect(await inList()).toContain('asked on 23 Nov, no answer')
    const silent = await week(setup, '2026-12-07')
    expect(silent.untold?.items).toMatchObject([{ note: 'asked on 23 Nov, no answer' }])
    expect(said(await setup.pressAction(SAMIRA, { act: 'identity-no', personId }))).toContain(
      'it is not you',
    )
    expect(await inList()).toContain('asked on 23 Nov, said no')
    const { text } = weeklyMessage(await week(setup, '2026-12-07'))
    expect(text).toContain('Asked on 23 Nov, said no.')
    // The first answer holds.
    const again = await setup.pressAction(SAMIRA, { act: 'identity-yes', personId })
    expect(said(again)).toContain('You said no already')
  })

  test('said to be somebody else, they are reminded no more, and nobody else is asked', async () => {
    const { setup, personId } = await asked()
    await setup.pressAction(SAMIRA, { act: 'identity-yes', personId })
    expect((await week(setup)).untold?.items).toEqual([])
    await setup.deliver()
    // Without a category lead the administrators are asked.
    const message = present(directTo(setup, PEOPLE.admin).at(-1), 'Nobody was told.')
    await setup.workspace.as(PEOPLE.admin).press(message, buttonOf(message, 'It is somebody else'))
    await setup.tell()
    expect(JSON.stringify(setup.warningOf('Linen').blocks)).not.toContain(SAMIRA)
    const [listed] = await readUnlinked(setup.database.pool, setup.organisation.id)
    expect(askedWords(present(listed, 'none'), TODAY, ukCalendar('any-uk'))).toBe(
      'asked on 23 Nov, said yes, taken back',
    )
    expect(await ask(setup, '2026-11-24T10:00:00Z')).toBe(0)
  })

  test('a direct message instead of a mention is what they chose; unlinking takes the claim back', async () => {
    const { setup, personId } = await asked()
    await setup.pressAction(SAMIRA, { act: 'identity-yes', personId })
    await setup.rows(`UPDATE person SET voice = 'dm' WHERE slack_user = $1`, [SAMIRA])
    await setup.tell()
    expect(directTo(setup, SAMIRA).at(-1)?.text).toContain('Linen')
    const { pool } = setup.database
    await unlinkPerson(pool, setup.actor(TODAY), `person ${personId}`)
    const [row] = await readUnlinked(pool, setup.organisation.id)
    expect(row).toMatchObject({ id: personId, claimedOn: TODAY, deniedOn: TODAY })
    await setup.deliver()
    expect(directTo(setup, PEOPLE.admin).at(-1)?.text).toContain('somebody else')
  })

  test('linked by hand meanwhile, the question is closed, and a late yes changes nothing', async () => {
    const { setup, personId } = await asked()
    const { pool } = setup.database
    const account = { workspace: 'T0001', slackUser: PEOPLE.colleague, name: 'Cole League' }
    await linkPerson(pool, setup.actor(TODAY), `person ${personId}`, account)
    const late = await setup.pressAction(SAMIRA, { act: 'identity-yes', personId })
    expect(said(late)).toContain('not open any more')
    await setup.deliver()
    expect(directTo(setup, SAMIRA)[0]?.text).toContain('nothing is to be answered')
  })

  test('without a category lead and administrators the escalation channel confirms, never the one who claims', async () => {
    const setup = await opened(
      `${HEADINGS}\nR-1,Linen,Acme Ltd,2024-01-01,2027-01-31,Samira Dalvi,,\n`,
      { administrators: [] },
    )
    await triaged(setup)
    addMember(setup, SAMIRA, 'Samira Dalvi')
    await ask(setup)
    const { id: personId } = await setup.row<{ id: number }>('R-1', 'c.owner_id AS id')
    await setup.pressAction(SAMIRA, { act: 'identity-yes', personId })
    await setup.deliver()
    const [message] = setup.workspace.ledger.inChannel('C0ESCALATION')
    expect(message?.text).toContain('Confirm? An account says it is Samira Dalvi')
    const confirm = { act: 'claim-confirm', personId } as const
    expect(said(await setup.pressAction(SAMIRA, confirm))).toContain('Somebody else')
    // The group of the team may change the contract, and others not.
    await setup.rows(`UPDATE team SET user_group = 'S0DIGITAL'`)
    expect(said(await setup.pressAction(PEOPLE.colleague, confirm))).toContain('Only the group')
    expect(said(await setup.pressAction(PEOPLE.deputy, confirm))).toContain('Confirmed')
  })

  test.each([
    [
      'taken back',
      async (setup: BotSetup, name: string) => {
        await unlinkPerson(setup.database.pool, setup.actor(TODAY), name)
      },
    ],
    [
      'linked to somebody else',
      async (setup: BotSetup, name: string) => {
        const account = { workspace: 'T0001', slackUser: 'U0OTHER', name: 'Otto Other' }
        await linkPerson(setup.database.pool, setup.actor(TODAY), name, account)
      },
    ],
  ])('a name that was %s gives its category lead no say about the others', async (_, settle) => {
    const setup = await opened(
      `${HEADINGS}\nR-1,A,Acme,2024-01-01,2027-01-15,Samira Dalvi,,,\nR-2,B,Acme,2024-01-01,2027-01-31,"Dalvi, Samira",,${LENA}\nR-3,C,Acme,2024-01-01,2027-01-31,"Dalvi, Samira",,${LENA}\n`,
    )
    await setup.type(PEOPLE.lead, 'help')
    await triaged(setup)
    addMember(setup, SAMIRA, 'Samira Dalvi')
    expect(await ask(setup)).toBe(1)
    const owner = async (reference: string) =>
      (await setup.row<{ id: number }>(reference, 'c.owner_id AS id')).id
    const [personId, other] = [await owner('R-1'), await owner('R-2')]
    await setup.pressAction(SAMIRA, { act: 'identity-yes', personId })
    await settle(setup, `person ${other}`)
    for (const act of ['claim-confirm', 'claim-refuse'] as const) {
      const pressed = await setup.pressAction(PEOPLE.lead, { act, personId })
      expect(said(pressed)).toContain('Only the category lead of these contracts')
    }
    expect(await owner('R-1')).toBe(personId)
    const confirmed = await setup.pressAction(PEOPLE.admin, { act: 'claim-confirm', personId })
    expect(said(confirmed)).toContain('Confirmed')
    expect(await owner('R-1')).not.toBe(personId)
    expect([await owner('R-2'), await owner('R-3')]).toEqual([other, other])
  })

  const TAKEN: readonly [string, (setup: BotSetup, name: string) => Promise<unknown>, string][] = [
    [
      'taken back',
      (setup, name) => unlinkPerson(setup.database.pool, setup.actor(TODAY), name),
      'claim-confirm',
    ],
    [
      'linked to somebody else',
      (setup, name) => {
        const account = { workspace: 'T0001', slackUser: 'U0OTHER', name: 'Otto Other' }
        return linkPerson(setup.database.pool, setup.actor(TODAY), name, account)
      },
      'claim-refuse',
    ],
  ]

  test.each(TAKEN)(
    'of two names that an account claims the other stays to be confirmed where one is %s',
    async (_, settle, act) => {
      const setup = await opened(
        `${HEADINGS}\nR-1,A,Acme,2024-01-01,2027-01-15,Samira Dalvi,,,\nR-2,B,Acme,2024-01-01,2027-01-31,"Dalvi, Samira",,,\n`,
      )
      await triaged(setup)
      addMember(setup, SAMIRA, 'Samira Dalvi')
      expect(await ask(setup)).toBe(1)
      await setup.deliver()
      const owner = async (reference: string) =>
        (await setup.row<{ id: number }>(reference, 'c.owner_id AS id')).id
      const [one, other] = [await owner('R-1'), await owner('R-2')]
      await setup.pressAction(SAMIRA, { act: 'identity-yes', personId: one })
      await setup.deliver()
      await settle(setup, `person ${one}`)
      await setup.deliver()
      const told = () => directTo(setup, PEOPLE.admin).at(-1)?.text ?? ''
      expect(told()).toContain('Confirm? An account says it is Dalvi, Samira, owner of 1 contract')
      // What they were asked stands as they answered it.
      expect(directTo(setup, SAMIRA)[0]?.text).toContain('You said yes')
      const isThem = act === 'claim-confirm'
      const message = present(directTo(setup, PEOPLE.admin).at(-1), 'Nobody was told.')
      const label = isThem ? 'Confirm' : 'It is somebody else'
      await setup.workspace.as(PEOPLE.admin).press(message, buttonOf(message, label))
      await setup.deliver()
      expect(told()).toContain(isThem ? 'Confirmed' : 'somebody else')
      expect(told()).not.toContain('Confirm?*')
      const account = await setup.rows<{ id: number }>(
        'SELECT id FROM person WHERE slack_user = $1',
        [SAMIRA],
      )
      expect(await owner('R-2')).toBe(isThem ? present(account[0], 'none').id : other)
    },
  )

  test('who confirms it is asked once more after five working days, and not again', async () => {
    const { setup, personId } = await asked()
    await setup.pressAction(SAMIRA, { act: 'identity-yes', personId })
    await setup.deliver()
    const claims = () =>
      directTo(setup, PEOPLE.admin).filter(({ text }) => text.includes('An account says')).length
    const askOn = async (day: string) => {
      await ask(setup, `${day}T10:00:00Z`)
      await setup.deliver()
    }
    await askOn('2026-11-27')
    expect(claims()).toBe(1)
    await askOn('2026-11-30')
    expect(claims()).toBe(2)
    expect(directTo(setup, PEOPLE.admin).at(-1)?.text).toContain('Said on Mon 23 Nov 2026')
    for (const day of ['2026-12-01', '2026-12-08', '2026-12-15']) await askOn(day)
    expect(claims()).toBe(2)
    await setup.pressAction(PEOPLE.admin, { act: 'claim-confirm', personId })
    await setup.deliver()
    for (const { text } of directTo(setup, PEOPLE.admin)) expect(text).toContain('Confirmed')
  })

  test('a claim of the only category lead there is can be confirmed by others, for what they may change', async () => {
    const lead = 'Samira Lead,samira@trust.example'
    const setup = await opened(
      `${HEADINGS}\nR-1,A,Acme,2024-01-01,2027-01-15,Samira Dalvi,,${lead}\nR-2,B,Acme,2024-01-01,2027-01-31,Samira Dalvi,Dev Deputy,,\n`,
      { administrators: [] },
    )
    await setup.rows(
      `UPDATE person SET slack_workspace = 'T0001', slack_user = $1 WHERE email = 'samira@trust.example'`,
      [SAMIRA],
    )
    await setup.rows(
      `UPDATE person SET slack_workspace = 'T0001', slack_user = $1 WHERE display_name = 'Dev Deputy'`,
      [PEOPLE.deputy],
    )
    await triaged(setup)
    addMember(setup, SAMIRA, 'Samira Dalvi')
    expect(await ask(setup)).toBe(1)
    const { id: personId } = await setup.row<{ id: number }>('R-1', 'c.owner_id AS id')
    await setup.pressAction(SAMIRA, { act: 'identity-yes', personId })
    await setup.deliver()
    const [message] = setup.workspace.ledger.inChannel('C0ESCALATION')
    expect(message?.text).toContain('Confirm? An account says it is Samira Dalvi')
    const confirm = { act: 'claim-confirm', personId } as const
    expect(said(await setup.pressAction(SAMIRA, confirm))).toContain('Somebody else')
    expect(said(await setup.pressAction(PEOPLE.colleague, confirm))).toContain('Only its deputy')
    expect(said(await setup.pressAction(PEOPLE.deputy, confirm))).toContain('Confirmed')
  })

  test('what an account was asked is handed to its owner, and erased with them', async () => {
    const { setup, personId } = await asked()
    await setup.pressAction(SAMIRA, { act: 'identity-yes', personId })
    const { pool } = setup.database
    const organisationId = setup.organisation.id
    const dossier = await dossierOf(
      pool,
      organisationId,
      await findPerson(pool, organisationId, SAMIRA),
    )
    expect(dossier.askedAbout).toEqual([
      { name: 'Samira Dalvi', askedOn: TODAY, claimedOn: TODAY, deniedOn: null },
    ])
    const name = await findPerson(pool, organisationId, `person ${personId}`)
    expect(name).toMatchObject({ askedUser: SAMIRA, askedOn: TODAY, claimedOn: TODAY })
    const eraser = { organisationId, today: TODAY, now: setup.now(), personId: null }
    await setup.deliver()
    await erasePerson(pool, eraser, SAMIRA)
    await setup.deliver()
    expect(directTo(setup, PEOPLE.admin).at(-1)?.text).toContain('whose name that is')
    const left = await setup.rows<{ row: string }>(
      'SELECT p::text AS row FROM person p UNION ALL SELECT d::text FROM delivery d',
    )
    expect(left.map(({ row }) => row).join('\n')).not.toContain(SAMIRA)
    // That the name was asked about stays.
    expect(await ask(setup, '2026-11-24T10:00:00Z')).toBe(0)
  })

  test('an import after a yes or a no gives the contracts to nobody', async () => {
    const { setup, personId } = await asked()
    await setup.pressAction(SAMIRA, { act: 'identity-no', personId })
    const { openRegister } = await import('../src/register/open.ts')
    const { written } = await import('./support/register-file.ts')
    const more = `${ONE}R-9,New,Acme Ltd,2024-01-01,2027-03-31,Samira Dalvi,,\n`
    const options = { map: new Map(), dates: null, timeZone: null, today: TODAY }
    await setup.importRegister(await openRegister(written('register.csv', more), options), TODAY)
    for (const reference of ['R-1', 'R-9']) {
      expect(await setup.row(reference, 'c.owner_id AS id')).toEqual({ id: personId })
    }
  })

  test('a register that first names somebody whose account is known asks, and gives it nothing by the name', async () => {
    const setup = await opened(
      `${HEADINGS}\nR-1,Linen,Acme Ltd,2024-01-01,2027-01-31,Dev Deputy,,${LENA}\n`,
    )
    await setup.rows('UPDATE contract SET owner_id = NULL')
    await setup.rows(`DELETE FROM person WHERE display_name = 'Dev Deputy'`)
    // They are known from what they typed.
    await setup.type(PEOPLE.deputy, 'help')
    const [account] = await setup.rows<{ id: number }>(
      'SELECT id FROM person WHERE slack_user = $1',
      [PEOPLE.deputy],
    )
    const { openRegister } = await import('../src/register/open.ts')
    const { written } = await import('./support/register-file.ts')
    const more = `${HEADINGS}\nR-9,New,Acme Ltd,2024-01-01,2027-03-31,Dev Deputy,,${LENA}\n`
    const options = { map: new Map(), dates: null, timeZone: null, today: TODAY }
    const read = async () =>
      setup.importRegister(await openRegister(written('other.csv', more), options), TODAY)
    await read()
    const named = await setup.row<{ id: number }>('R-9', 'c.owner_id AS id')
    expect(named.id).not.toBe(account?.id)
    await triaged(setup)
    expect(await ask(setup)).toBe(1)
    await setup.pressAction(PEOPLE.deputy, { act: 'identity-yes', personId: named.id })
    await setup.pressAction(PEOPLE.admin, { act: 'claim-confirm', personId: named.id })
    expect(await setup.row('R-9', 'c.owner_id AS id')).toEqual({ id: account?.id })
    // From then on the name means them.
    await read()
    expect(await setup.row('R-9', 'c.owner_id AS id')).toEqual({ id: account?.id })
  })

  test('hostile names are shown inert, within the first line', async () => {
    const long = `Ann ${'x'.repeat(300)}`
    const hostile = '<!channel> *Bold*'
    const setup = await opened(
      `${HEADINGS}\nR-1,<!here> <@U0ADMIN>,Acme,2024-01-01,2027-01-31,${hostile},,\nR-2,B,Acme,2024-01-01,2027-01-31,${long},,\n`,
    )
    await triaged(setup)
    addMember(setup, 'U0HOSTILE', hostile)
    addMember(setup, 'U0LONG', long)
    expect(await ask(setup)).toBe(2)
    await setup.deliver()
    const [message] = directTo(setup, 'U0HOSTILE')
    expect(JSON.stringify(message?.blocks)).not.toMatch(/<!|<@/)
    const [first = ''] = (directTo(setup, 'U0LONG')[0]?.text ?? '').split('\n')
    expect(first.length).toBeLessThanOrEqual(90)
    expect(first).toContain('as owner of 1 contract')
    expect(setup.workspace.ledger.failures).toEqual([])
  })
})

test('after a restored backup that forgot it, the message that stands in Slack is not repeated', async () => {
  const setup = await opened(`${HEADINGS}\nR-1,A,Acme,2024-01-01,2027-01-31,Samira Dalvi,,\n`)
  await triaged(setup)
  addMember(setup, SAMIRA, 'Samira Dalvi')
  await ask(setup)
  await setup.deliver()
  await setup.rows('UPDATE person SET asked_user = NULL, asked_on = NULL')
  await setup.rows(`DELETE FROM slot WHERE kind = 'identity'`)
  await setup.rows(`DELETE FROM delivery WHERE purpose = 'identity'`)
  await setup.rows(
    `UPDATE organisation SET backed_up_at = now() - interval '1 hour', restored_at = now() + interval '1 minute'`,
  )
  expect(await ask(setup, '2026-11-24T10:00:00Z')).toBe(1)
  await setup.deliver()
  expect(directTo(setup, SAMIRA)).toHaveLength(1)
  expect(await setup.rows(`SELECT state FROM delivery WHERE purpose = 'identity'`)).toEqual([
    { state: 'SENT' },
  ])
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
  const ONE = `${HEADINGS}\nR-1,A,Acme,2024-01-01,2027-01-31,Samira Dalvi,,\n`
  const waits = { timeout: 20_000, interval: 50 }

  test('asks by itself', async () => {
    const setup = await opened(ONE)
    await triaged(setup)
    addMember(setup, SAMIRA, 'Samira Dalvi')
    await running(setup)
    const queued = () => setup.rows(`SELECT destination FROM delivery WHERE purpose = 'identity'`)
    await expect.poll(queued, waits).toEqual([{ destination: SAMIRA }])
  })

  test('keeps no warning back where Slack never lists its members, and stops all the same', async () => {
    const setup = await opened(ONE)
    await triaged(setup)
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
    for (const [written, member] of [
      [one, other],
      [other, one],
    ] as const) {
      const members = [{ id: 'U1', names: [member] }]
      expect(namesToAsk([{ id: 1, name: written }], members, new Set(), 9)).toEqual([])
    }
  })

  test('who differs by a figure alone is another of that name', () => {
    const members = [
      { id: 'U1', names: ['Ann Lee'] },
      { id: 'U2', names: ['Lee 2, Ann'] },
    ]
    expect(namesToAsk([{ id: 1, name: 'Ann Lee' }], members, new Set(), 9)).toEqual([])
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
    const members = [{ id: 'U1', names: [name] }]
    expect(namesToAsk([{ id: 1, name }], members, new Set(), 9)).toEqual([])
  })

  test.each(['Ann Ward', 'Head, Edith', 'Anders Offiong', 'Theo Andrews'])(
    '%s is a person all the same',
    (name) => {
      const members = [{ id: 'U1', names: [name] }]
      const asked = [{ slackUser: 'U1', ids: [1] }]
      expect(namesToAsk([{ id: 1, name }], members, new Set(), 9)).toEqual(asked)
    },
  )

  test('whoever is asked is the only member with that whole name, at most once, and within the day', () => {
    const word = fc.constantFrom(
      'Sam',
      'Amira',
      'Dalvi',
      'Khan',
      'Dr',
      'Manager',
      '7',
      'Khan2',
      '&',
      'O’Neil',
      'ß',
      '<!here>',
      '',
    )
    const name = fc
      .array(word, { minLength: 0, maxLength: 4 })
      .chain((words) =>
        fc.constantFrom(words.join(' '), words.join(', '), `${words.join(' ')} (x)`),
      )
    const member = fc.record({
      id: fc.constantFrom('U1', 'U2', 'U3', 'U4', 'U5', 'U6'),
      names: fc.array(name, { minLength: 0, maxLength: 3 }),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(member, { selector: ({ id }) => id, maxLength: 6 }),
        fc.array(name, { maxLength: 12 }),
        fc.subarray(['U1', 'U2', 'U3']),
        fc.nat({ max: 4 }),
        (members, written, before, room) => {
          const names = written.map((name, id) => ({ id, name }))
          const asked = namesToAsk(names, members, new Set(before), room)
          expect(asked.length).toBeLessThanOrEqual(room)
          expect(new Set(asked.map(({ slackUser }) => slackUser)).size).toBe(asked.length)
          for (const { slackUser, ids } of asked) {
            expect(before).not.toContain(slackUser)
            for (const id of ids) {
              const key = wholeName(written[id] ?? '')
              expect(key).toMatch(/^[^\d]+$/)
              expect(key).not.toMatch(/manager|\band\b/)
              const bearers = members.filter((each) =>
                each.names.some((name) => wholeName(name) === key),
              )
              expect(bearers.map((each) => each.id)).toEqual([slackUser])
            }
          }
        },
      ),
    )
  })

  test('a day of ten working days is counted over weekends and holidays', () => {
    const asked = { askedOn: asCivilDate('2026-12-21'), claimedOn: null, deniedOn: null }
    const words = (on: string) => askedWords(asked, asCivilDate(on), ukCalendar('any-uk'))
    expect(words('2027-01-05')).toBe('asked on 21 Dec, not answered yet')
    expect(words('2027-01-08')).toBe('asked on 21 Dec, no answer')
  })
})

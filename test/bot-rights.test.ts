/** Who may do what: roles and actions, tried in Slack and looked up in the record. */

import type { Action, ContractAct } from '../src/text/buttons.ts'
import { type ActResult, submissionPayload } from '../stand-in/slack/payloads.ts'
import { PEOPLE, type ShownView } from '../stand-in/slack/state.ts'
import type { Given } from '../stand-in/slack/views.ts'
import { said, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'

const ROLES = {
  owner: PEOPLE.owner,
  deputy: PEOPLE.deputy,
  'category lead': PEOPLE.lead,
  'member of the team’s user group': PEOPLE.finance,
  administrator: PEOPLE.admin,
  colleague: PEOPLE.colleague,
  guest: PEOPLE.guest,
  'person of another organisation': PEOPLE.outsider,
} as const
type Role = keyof typeof ROLES
const ROLE_NAMES = Object.keys(ROLES) as Role[]
const CHANGERS: ReadonlySet<Role> = new Set(ROLE_NAMES.slice(0, 5))
/** Those whom the contract itself names. */
const RECORDED = ROLE_NAMES.slice(0, 3)
const MEMBERS: ReadonlySet<Role> = new Set(ROLE_NAMES.slice(0, 6))

/**
 * Of these each action is tried: who may only by the group of the team, who may only read, and who
 * may not even that. Of the others the first of each kind.
 */
const OF_EACH: ReadonlySet<Role> = new Set([
  'member of the team’s user group',
  'colleague',
  'guest',
])
const triedOf = <T>(role: Role, all: readonly T[]) => (OF_EACH.has(role) ? all : all.slice(0, 1))

/** What every member may ask; each names the contract that nobody else may hear of. */
const READING = [
  ...['show SEEN', '', 'help', 'due 90', 'list', 'find secret', 'explain SEEN', 'history SEEN'],
  ...['headroom SEEN add 31 days', 'start-by SEEN by open', 'preview 30', 'triage', 'summary'],
]

type ActCase = { readonly name: string; readonly slug: string; readonly what: string } & (
  | { readonly command: string; readonly rest?: string }
  | { readonly act: ContractAct }
)
const typed = (command: string, slug: string, what: string, rest = ''): ActCase => {
  return { name: `${command} as a command`, slug, what, command, rest }
}
const pressed = (name: string, slug: string, what: string, act: ContractAct): ActCase => {
  return { name: `“${name}”`, slug, what, act }
}
/** What changes a contract at once, and the change that the record then has. */
const ACTS = [
  typed('ack', 'ACKC', 'acknowledged'),
  typed('snooze', 'SNOC', 'snoozed', ' 1w'),
  typed('own', 'OWNC', 'updated', ' @finn.finance'),
  typed('published', 'PUB', 'notice settled', ' UK11 2026/S 000-1'),
  pressed('I’m on it', 'ACKB', 'acknowledged', 'ack'),
  pressed('Snooze', 'SNOB', 'snoozed', 'snooze-1d'),
  pressed('Yes, still supplied', 'YES', 'updated', 'supplied-yes'),
  pressed('No, it has stopped', 'NO', 'closed', 'supplied-no'),
  pressed('Historic', 'HIST', 'updated', 'historic'),
  pressed('Watch again', 'REAC', 'updated', 'reactivate'),
]

interface FormCase {
  readonly name: string
  readonly slug: string
  readonly act: ContractAct
  readonly what: string
  readonly given: Readonly<Record<string, Given>>
}
const form = (
  name: string,
  slug: string,
  act: ContractAct,
  what: string,
  given: FormCase['given'],
): FormCase => ({ name, slug, act, what, given })
const LET_END = { deadline: 'end', choice: 'let-end' }
const VARIED = { kind: 'variation', to: '2027-06-30', status: 'confirmed' }
const TWO = { owner: PEOPLE.admin, deputy: PEOPLE.finance }
/** What opens a form, and what is then sent back. */
const FORMS = [
  form('record a decision', 'DEC', 'decide', 'decided', LET_END),
  form('snooze until a date', 'SNOF', 'snooze-date', 'snoozed', { until: '2026-11-30' }),
  form('log an extension', 'EXT', 'extend', 'extended', VARIED),
  form('classify an extension', 'CLA', 'classify', 'extended', { kind: 'variation' }),
  form('edit the contract', 'EDI', 'edit', 'updated', { reviewOn: '2026-12-24' }),
  form('reassign', 'ASS', 'assign', 'updated', TWO),
]

/** Each cell changes a contract of its own, so that no cell depends on another. */
const refOf = (slug: string, role: Role) => `${slug}-${ROLE_NAMES.indexOf(role)}`

const CELLS = ROLE_NAMES.flatMap((role) => [
  ...triedOf(role, ACTS).map(({ slug }) => refOf(slug, role)),
  ...FORMS.flatMap(({ slug }) => ['', 'X', 'L'].map((more) => refOf(`${slug}${more}`, role))),
])
const row = (reference: string) => {
  const end = /^(YES|NO)-/.test(reference) ? '2026-11-20' : '2026-12-07'
  // Large enough, and new enough, to call for notices.
  if (reference.startsWith('PUB-')) {
    return `${reference},Title of ${reference},Acme Ltd,2025-12-08,${end},900000`
  }
  return `${reference},Title of ${reference},Acme Ltd,2024-01-01,${end},20000`
}
const REGISTER = [
  'Reference,Title,Supplier,Start,End,Value',
  'SEEN,Secret service,Acme Ltd,2024-01-01,2026-12-03,20000',
  'NOBODYS,Nobody answers,Acme Ltd,2024-01-01,2026-12-07,20000',
  'GROUPLESS,Somebody answers,Acme Ltd,2024-01-01,2026-12-07,20000',
  ...CELLS.map(row),
].join('\n')

const GROUP = 'S0TEAM'

describe('rights', () => {
  const setup = useBotSetup('http', REGISTER, {
    prepare: async (setup) => {
      setup.workspace.places.addGroup(GROUP, 'team', [PEOPLE.finance])
      for (const who of Object.values(ROLES)) await setup.type(who, 'help')
      await setup.tell()
      await sql('UPDATE team SET user_group = $1', [GROUP])
      await sql(
        `UPDATE contract SET owner_id = ${personIs('$1')}, deputy_id = ${personIs('$2')},
         category_lead_id = ${personIs('$3')} WHERE reference NOT IN ('NOBODYS', 'GROUPLESS')`,
        [PEOPLE.owner, PEOPLE.deputy, PEOPLE.lead],
      )
      await sql(`UPDATE contract SET historic = true WHERE reference LIKE 'REAC-%'`)
      await sql(
        `INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on)
       SELECT organisation_id, id, 'unknown', 'confirmed', '2026-12-08', '2027-03-31'
       FROM contract WHERE reference LIKE 'CLA%'`,
      )
    },
  })

  const sql = (text: string, values: unknown[] = []) => setup.database.pool.query(text, values)

  describe.each(ROLE_NAMES)('%s', (role) => {
    const who = ROLES[role]
    const mayRead = MEMBERS.has(role)
    const mayChange = CHANGERS.has(role)

    test.each(triedOf(role, READING))(
      `${mayRead ? 'reads' : 'is refused'}: /contracts %s`,
      async (text) => {
        expectRead(said(await setup.type(who, text)), mayRead)
      },
    )

    test.each([
      ['another page', { act: 'page', query: 'list', page: 2 }],
      ['a command behind a button', { act: 'run', query: 'show SEEN' }],
    ] as const)(`${mayRead ? 'reads' : 'is refused'}: %s`, async (_, action) => {
      expectRead(said(await setup.pressAction(who, action)), mayRead)
    })

    test.each(triedOf(role, ['show', 'explain', 'history'] as const))(
      `${mayRead ? 'reads' : 'is refused'}: the button that would %s`,
      async (act) => {
        const subject = await setup.subjectOf('SEEN')
        expectRead(said(await setup.pressAction(who, { act, subject })), mayRead)
      },
    )

    test(`${mayRead ? 'shares' : 'cannot share'} an answer with the channel`, async () => {
      const seen = await setup.pressAction(who, { act: 'share', query: 'show SEEN' })
      const shared = seen.messages.filter(({ text }) => text.includes('Secret service'))
      expect(shared.length).toBe(mayRead ? 1 : 0)
      if (!mayRead) expectRead(said(seen), false)
    })

    test(`${mayRead ? 'sees contracts' : 'sees nothing'} in Home`, async () => {
      const home = JSON.stringify((await setup.workspace.as(who).openHome()).home)
      expect(home.includes('Acme Ltd')).toBe(mayRead)
    })

    test(`${mayRead ? 'opens' : 'cannot open'} the form that adds a contract`, async () => {
      const seen = await setup.type(who, 'add')
      expect(seen.modal !== null).toBe(mayRead)
      if (seen.modal !== null) await setup.workspace.as(who).close(seen.modal)
      else expectRead(said(seen), false)
    })

    test(`${mayRead ? 'is sent' : 'is refused'} an export`, async () => {
      const exports = () =>
        [...setup.workspace.places.files.values()].filter(({ name }) => /^contracts-/.test(name))
      const before = exports().length
      expectRead(said(await setup.type(who, 'export')), mayRead)
      await setup.deliver()
      expect(exports().length - before).toBe(mayRead ? 1 : 0)
    })

    test(`${role === 'administrator' ? 'opens' : 'cannot open'} the form of an import`, async () => {
      const seen = await setup.type(who, 'import')
      expect(seen.modal !== null).toBe(role === 'administrator')
      if (seen.modal !== null) await setup.workspace.as(who).close(seen.modal)
      else expect(said(seen)).toContain(mayRead ? 'Only administrators' : 'full members')
    })

    test(`${mayRead ? 'sets' : 'cannot set'} how to be told`, async () => {
      const { modal } = await setup.pressAction(who, { act: 'open', what: 'preferences' })
      expect(modal !== null).toBe(mayRead)
      if (modal === null) return
      await setup.workspace.as(who).submit(modal, { voice: 'dm' })
      expect(await voiceOf(who)).toBe('dm')
    })

    test.each(triedOf(role, ACTS))(`${mayChange ? 'may' : 'may not'} use $name`, async (given) => {
      const reference = refOf(given.slug, role)
      const seen = await carryOut(who, reference, given)
      expect(await setup.actsOn(reference)).toEqual(mayChange ? [given.what] : [])
      if (!mayChange) expectRefused(said(seen), mayRead)
    })

    test.each(triedOf(role, FORMS))(
      `${mayChange ? 'opens and sends' : 'cannot open'} the form: $name`,
      async ({ slug, act, what, given }) => {
        const reference = refOf(slug, role)
        const seen = await press(who, act, reference)
        expect(seen.modal !== null).toBe(mayChange)
        if (seen.modal === null) return expectRefused(said(seen), mayRead)
        const sent = await setup.workspace.as(who).submit(seen.modal, given)
        expect(sent.errors).toEqual({})
        expect(new Set(await setup.actsOn(reference))).toEqual(new Set([what]))
      },
    )

    test.each(triedOf(role, FORMS))(
      `${mayChange ? 'may send' : 'cannot send'} a form that an administrator opened: $name`,
      async ({ slug, act, what, given }) => {
        const reference = refOf(`${slug}X`, role)
        const subject = await setup.subjectOf(reference)
        const modal = await setup.form(PEOPLE.admin, { act, subject })
        const body = await sendAs(who, modal, given)
        const acts = await setup.actsOn(reference)
        expect(new Set(acts)).toEqual(new Set(mayChange ? [what] : []))
        if (!mayChange) expectRefused(JSON.stringify(body), mayRead)
        await setup.workspace.as(PEOPLE.admin).close(modal)
      },
    )

    test(`${mayChange ? 'may' : 'may not'} confirm the list of the team`, async () => {
      await sql(`UPDATE team SET ladders_from = '2026-12-07'`)
      const { rows } = await sql('SELECT id FROM team')
      const { id: teamId } = rows[0] as { id: number }
      const seen = await setup.pressAction(who, { act: 'triage-confirm', teamId })
      const held = await sql(`SELECT FROM team WHERE ladders_from = '2026-12-07'`)
      expect(held.rowCount).toBe(mayChange ? 0 : 1)
      expect(said(seen)).toContain(
        mayChange ? 'is confirmed' : mayRead ? 'Only people of the team' : 'full members',
      )
    })
  })

  describe.each(RECORDED)('%s whose right is lost while the form is open', (role) => {
    const forms = role === 'owner' ? FORMS : FORMS.slice(0, 1)
    test.each(forms)('cannot send it: $name', async ({ slug, act, given }) => {
      const reference = refOf(`${slug}L`, role)
      const modal = present((await press(ROLES[role], act, reference)).modal)
      await sql(
        `UPDATE contract SET owner_id = ${personIs('$2')}, deputy_id = NULL, category_lead_id = NULL
         WHERE reference = $1`,
        [reference, PEOPLE.admin],
      )
      const seen = await setup.workspace.as(ROLES[role]).submit(modal, given)
      expect(Object.values(seen.errors).join()).toContain('Only its owner')
      expect(await setup.actsOn(reference)).toEqual([])
      await setup.workspace.as(ROLES[role]).close(modal)
    })
  })

  test('who leaves the team’s user group loses the right within five minutes', async () => {
    const group = present(setup.workspace.places.groups.find(({ id }) => id === GROUP))
    group.users = []
    setup.wait(5 * 60_000)
    expect(said(await setup.type(PEOPLE.finance, 'ack SEEN'))).toContain('Only its owner')
    group.users = [PEOPLE.finance]
    setup.wait(5 * 60_000)
    expect(said(await setup.type(PEOPLE.finance, 'ack SEEN'))).toContain('On it')
  })

  test('where nobody answers for a contract any member may take it on, and nobody else', async () => {
    await sql('UPDATE team SET user_group = NULL')
    for (const who of [PEOPLE.guest, PEOPLE.outsider]) {
      expect(said(await setup.type(who, 'ack NOBODYS'))).toContain('full members')
    }
    expect(said(await setup.type(PEOPLE.colleague, 'own NOBODYS @cole.league'))).toContain(
      'NOBODYS',
    )
    expect(said(await setup.type(PEOPLE.deputy, 'ack NOBODYS'))).toContain('Only its owner')
    expect(await setup.actsOn('NOBODYS')).toEqual(['updated'])
    await sql('UPDATE team SET user_group = $1', [GROUP])
  })

  test('somebody whose account Slack has closed is nobody’s member', async () => {
    const user = setup.workspace.places.person(PEOPLE.deputy)
    user.deleted = true
    setup.wait(5 * 60_000)
    const subject = await setup.subjectOf('GROUPLESS')
    await sendPress(PEOPLE.deputy, { act: 'ack', subject })
    expect(await setup.actsOn('GROUPLESS')).toEqual([])
    user.deleted = false
    setup.wait(5 * 60_000)
  })

  test('Slack accepted everything that the bot sent, and nothing went wrong', () => {
    expect(setup.workspace.ledger.failures).toEqual([])
    expect(setup.lines).toEqual([])
  })

  const press = async (who: string, act: ContractAct, reference: string) =>
    setup.pressAction(who, { act, subject: await setup.subjectOf(reference) })

  async function carryOut(who: string, reference: string, given: ActCase): Promise<ActResult> {
    if ('act' in given) return press(who, given.act, reference)
    return setup.type(who, `${given.command} ${reference}${given.rest ?? ''}`)
  }

  /** Sends a press as Slack would, also of somebody who can see no channel any more. */
  async function sendPress(who: string, action: Action): Promise<void> {
    await setup.pressAction(PEOPLE.colleague, action)
    const real = present(setup.workspace.sent.at(-1))
    const user = { ...(real.body.user as object), id: who }
    const [element] = real.body.actions as { action_ts: string }[]
    const actions = [{ ...element, action_ts: '1.000001' }]
    await setup.workspace.deliver({ ...real, body: { ...real.body, user, actions } })
    await setup.bot.idle()
  }

  /** Sends the form as if it had been filled in by somebody else than its opener. */
  async function sendAs(
    who: string,
    view: ShownView,
    given: Readonly<Record<string, Given>>,
  ): Promise<unknown> {
    const { places, views } = setup.workspace
    setup.workspace.as(PEOPLE.admin).fill(view, given)
    const filled = views.view(view.id) ?? view
    const user = places.person(who)
    const payload = submissionPayload(user, filled, setup.workspace.trigger(who))
    const ack = await setup.workspace.deliver(payload)
    await setup.bot.idle()
    return ack.acked ? ack.body : ack.failure
  }

  const voiceOf = async (who: string) => {
    const { rows } = await sql('SELECT voice FROM person WHERE slack_user = $1', [who])
    return (rows[0] as { voice: string } | undefined)?.voice
  }
})

const personIs = (place: string) => `(SELECT id FROM person WHERE slack_user = ${place})`

function expectRead(text: string, mayRead: boolean): void {
  if (mayRead) {
    expect(text).not.toBe('')
    expect(text).not.toContain('full members')
    expect(text).not.toContain('went wrong')
    return
  }
  expect(text).toContain('full members')
  expect(text).not.toMatch(/Secret|Acme|SEEN/)
}

function expectRefused(text: string, isMember: boolean): void {
  expect(text).toContain(isMember ? 'Only its owner' : 'full members')
}

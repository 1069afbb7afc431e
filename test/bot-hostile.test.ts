/** Hostile text and a failing database: the conversation goes on, nobody is pinged, nothing falls over. */

import pg from 'pg'
import type { ContractAct } from '../src/text/buttons.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { said, TRANSPORTS, useBotSetup } from './support/bot-setup.ts'
import { HOSTILE, pingsIn } from './support/hostile.ts'
import { connected, onDatabase } from './support/postgres.ts'

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
const hostileRow = (end: string, text: string, at: number) =>
  `${cell(`H${at}-${text.slice(0, 60)}`)},${cell(text)},${cell(text)},2024-01-01,${end},20000\n`
const QUIET =
  'Reference,Title,Supplier,Start,End,Value\nPLAIN,Plain,Acme,2024-01-01,2026-12-07,20000\n'
/** Every second one has ended. */
const REGISTER =
  QUIET +
  HOSTILE.map((text, at) => hostileRow(at % 2 === 0 ? '2026-12-07' : '2026-11-20', text, at)).join(
    '',
  )
const LONE = `${QUIET.split('\n')[0]}\n${HOSTILE.slice(0, 3)
  .map((text, at) => hostileRow('2026-12-07', text, at))
  .join('')}`

const VERBS = ['show', 'snooze', 'own', 'extend', 'list', 'find', 'preview', 'triage', '']

describe('hostile text', () => {
  const setup = useBotSetup('http', REGISTER, { prepare: (setup) => setup.tell() })

  // Each text behind a third of the commands, each command before a third of the texts.
  test.each(HOSTILE.map((text, at) => [text.slice(0, 40), text, at] as const))(
    'typed behind a command it is answered: %s',
    async (_, text, at) => {
      for (const verb of VERBS.filter((_, index) => (index + at) % 3 === 0)) {
        const seen = await setup.type(PEOPLE.colleague, `${verb} ${text}`)
        if (seen.modal === null) expectAnswer(said(seen))
        else await setup.workspace.as(PEOPLE.colleague).close(seen.modal)
      }
    },
  )

  test('every form opens, and takes hostile words', async () => {
    const owner = setup.workspace.as(PEOPLE.owner)
    const words = HOSTILE.slice(0, 6).join(' ')
    const given = { deadline: 'end', choice: 'compete', text: words }
    for (const [at, { id: contractId, version }] of (await contracts()).entries()) {
      const subject = { contractId, version, alertIds: [] }
      const act = (['snooze-date', 'extend', 'assign'] as const)[at % 3] ?? 'extend'
      await owner.close(await setup.form(PEOPLE.owner, { act, subject }))
      const modal = await setup.form(PEOPLE.owner, { act: 'decide', subject })
      expect((await owner.submit(modal, given)).errors).toEqual({})
    }
    await setup.deliver()
  })

  test('acts, their updates and Home take it too', async () => {
    for (const { id, version } of await contracts()) {
      const subject = { contractId: id, version, alertIds: [] }
      for (const act of ['ack', 'supplied-yes', 'historic'] satisfies ContractAct[]) {
        await setup.pressAction(PEOPLE.owner, { act, subject })
      }
    }
    await setup.deliver()
    for (const who of [PEOPLE.owner, PEOPLE.admin, PEOPLE.colleague]) {
      expect((await setup.workspace.as(who).openHome()).home).not.toBeNull()
    }
  })

  // The links that are left lead to files of the bot's own.
  test('Slack accepted all of it, nothing went wrong, and nobody was pinged', () => {
    expect(setup.workspace.ledger.failures).toEqual([])
    expect(setup.lines).toEqual([])
    expect(pingsIn(setup.workspace)).toEqual([])
  })

  const contracts = () =>
    setup.rows<{ id: number; version: number }>('SELECT id, version FROM contract ORDER BY id')
})

interface Pressed {
  readonly action_id: string
  readonly value?: string
  readonly text?: { readonly text?: string }
}

describe('warnings of hostile contracts', () => {
  const setup = useBotSetup('http', LONE, { prepare: (setup) => setup.tell() })

  test('each warning is posted, and its buttons work', async () => {
    const buttons = setup.workspace.ledger.inChannel('C0CONTRACTS').flatMap((message) =>
      message.blocks
        .flatMap((block) => (block as { elements?: readonly Pressed[] }).elements ?? [])
        .filter(({ text }) => text?.text === 'I’m on it')
        .map((button) => ({ message, button })),
    )
    expect(new Set(buttons.map(({ message }) => message.ts)).size).toBe(3)
    for (const { message, button } of buttons) {
      const pressed = setup.workspace
        .as(PEOPLE.owner)
        .press(message, button.action_id, button.value)
      expect(said(await pressed)).toContain('On it')
    }
    await setup.deliver()
  })
})

describe.each(TRANSPORTS)('a database that goes away, over %s', (kind) => {
  let admin: pg.Client
  const setup = useBotSetup(kind, QUIET, {
    async prepare({ database, tell, type }) {
      await tell()
      await type(PEOPLE.owner, 'help')
      admin = new pg.Client({ connectionString: onDatabase(database.adminUrl, 'postgres') })
      await admin.connect()
    },
  })
  afterAll(() => admin.end())

  const name = () => new URL(setup.database.adminUrl).pathname.slice(1)
  const cut = (which = '') =>
    admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 ${which}`,
      [name()],
    )
  const away = async () => {
    await admin.query(`ALTER DATABASE ${name()} ALLOW_CONNECTIONS false`)
    await cut()
  }
  const back = () => admin.query(`ALTER DATABASE ${name()} ALLOW_CONNECTIONS true`)

  test('in the middle of a command: the person is told a code that the log holds, and may try again', async () => {
    await connected(setup.database.adminUrl, async (holder) => {
      await holder.query('BEGIN; LOCK TABLE contract IN ACCESS EXCLUSIVE MODE')
      const asked = setup.type(PEOPLE.owner, 'show PLAIN')
      await waiting()
      // Whoever holds the lock keeps it: with it gone first, the command might still be answered.
      await cut(`AND wait_event_type = 'Lock'`)
      expectCode(said(await asked))
    })
    expect(said(await setup.type(PEOPLE.owner, 'show PLAIN'))).toContain('Acme')
  })

  test('before a command, a press, a form or Home: all are told, and all work again afterwards', async () => {
    const owner = setup.workspace.as(PEOPLE.owner)
    const subject = await setup.subjectOf('PLAIN')
    const modal = await setup.form(PEOPLE.owner, { act: 'decide', subject })
    await away()
    expectCode(said(await setup.type(PEOPLE.owner, 'list')))
    expectCode(said(await setup.pressAction(PEOPLE.owner, { act: 'ack', subject })))
    const failed = await owner.submit(modal, {
      deadline: 'end',
      choice: 'compete',
      text: 'Typed with care',
    })
    expect(Object.values(failed.errors).join()).toMatch(/went wrong on our side.*code [0-9a-f]{6}/)
    expect(JSON.stringify((await owner.openHome()).home)).toContain('went wrong on our side')
    await noticed()
    await back()
    expect((await owner.submit(modal)).errors).toEqual({})
    expect(await setup.actsOn('PLAIN')).toEqual(['decided', 'procurement planned'])
    expect(JSON.stringify((await owner.openHome()).home)).not.toContain('went wrong')
  })

  /** Until a query of the bot waits for the lock. */
  async function waiting(): Promise<void> {
    const blocked = `SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'`
    while ((await admin.query(blocked, [name()])).rowCount === 0);
  }

  /** Until the bot has let go of every connection that was cut. */
  async function noticed(): Promise<void> {
    const { pool } = setup.database
    for (let looks = 0; pool.totalCount > 0 && looks < 1000; looks += 1) {
      await admin.query('SELECT')
    }
  }

  function expectCode(told: string): void {
    const code = /the code ([0-9a-f]{6})/.exec(told)?.[1]
    expect(code, told).toBeDefined()
    expect(setup.lines.some((each) => each.startsWith(`${code}: `))).toBe(true)
  }
})

function expectAnswer(text: string): void {
  expect(text).not.toBe('')
  expect(text).not.toContain('went wrong')
}

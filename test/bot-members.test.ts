/** People who leave, join, become guests or get other names: seen when Slack tells of it. */

import { PEOPLE } from '../stand-in/slack/state.ts'
import { TRANSPORTS, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'

const REGISTER = `Reference,Title,Supplier,Start,End,Owner,Owner email
M-1,Cleaning,Acme Ltd,2024-01-01,2027-06-30,Olive Owner,olive.owner@trust.example
M-2,Linen,Acme Ltd,2024-01-01,2027-06-30,Nora New,nora.new@trust.example
`

describe.each(TRANSPORTS)('people over %s', (kind) => {
  const setup = useBotSetup(kind, REGISTER, {
    quiet: true,
    prepare: async (setup) => {
      // Whoever writes to the bot is known from then on.
      await setup.type(PEOPLE.owner, 'help')
      await setup.deliver()
    },
  })

  const owner = () => setup.workspace.as(PEOPLE.owner)
  const person = async (email: string) => {
    const [found] = await setup.rows(
      `SELECT display_name AS name, slack_user AS slack, gone_on AS gone FROM person WHERE email = $1`,
      [email],
    )
    return found
  }
  const OWNER = 'olive.owner@trust.example'
  const record = async () => {
    const found = await setup.database.pool.query<{ what: string }>(
      `SELECT what FROM audit_change WHERE what IN ('renamed', 'left', 'came-back') ORDER BY entry_id, position`,
    )
    return found.rows.map(({ what }) => what)
  }
  const toldAdmin = async () => {
    await setup.deliver()
    return setup.workspace.ledger.inChannel('D0ADMIN').map(({ text }) => text)
  }

  test('a new name is known at once, and the record says that it changed without saying it', async () => {
    await owner().changes({ realName: 'Olive Married' })
    expect(await person(OWNER)).toMatchObject({ name: 'Olive Married', gone: null })
    expect(await record()).toEqual(['renamed'])
    const entry = await setup.database.pool.query(
      'SELECT summary FROM audit_entry ORDER BY id DESC',
    )
    expect(JSON.stringify(entry.rows[0])).not.toContain('Olive')
  })

  test('who is made a guest may read nothing from that moment on, and everything again afterwards', async () => {
    const home = async () => JSON.stringify((await owner().openHome()).home?.source)
    expect(await home()).toContain('M-1')
    await owner().changes({ guest: 'single-channel' })
    expect(await home()).toContain('full members')
    await owner().changes({ guest: null })
    expect(await home()).toContain('M-1')
  })

  test('a closed account is told of at once, and once however often Slack says so', async () => {
    await owner().changes({ deleted: true })
    const event = present(setup.workspace.sent.at(-1))
    await setup.workspace.deliver(event)
    await setup.bot.idle()
    expect(await toldAdmin()).toEqual([
      expect.stringContaining('1 contract without an owner in Slack'),
    ])
    expect(await person(OWNER)).toMatchObject({ gone: '2026-11-23' })
    expect(await record()).toEqual(['renamed', 'left'])
  })

  test('an event that comes late does not undo what happened since', async () => {
    const leaving = setup.workspace.sent.findLast(({ body }) =>
      JSON.stringify(body).includes('"deleted":true'),
    )
    if (!leaving) throw new Error('Nobody left.')
    await owner().changes({ deleted: false })
    expect(await person(OWNER)).toMatchObject({ gone: null })
    await setup.workspace.deliver({
      ...leaving,
      body: { ...leaving.body, event_id: 'Ev0ANOTHER' },
    })
    await setup.bot.idle()
    expect(await person(OWNER)).toMatchObject({ gone: null })
    expect(await record()).toEqual(['renamed', 'left', 'came-back'])
    expect(await toldAdmin()).toHaveLength(1)
  })

  test('who joins is known by the address that a register names them by', async () => {
    const { places } = setup.workspace
    places.addUser('U0NEW', 'nora', { realName: 'Nora New', email: 'nora.new@trust.example' })
    await setup.workspace.as('U0NEW').joins()
    expect(await person('nora.new@trust.example')).toMatchObject({ slack: 'U0NEW' })
  })

  test('who answers for nothing and is nobody here leaves no trace', async () => {
    const inbox = async () => (await setup.database.pool.query('SELECT FROM inbox')).rowCount
    const before = await inbox()
    await setup.workspace.as(PEOPLE.deputy).changes({ realName: 'Somebody Else', deleted: true })
    expect(await inbox()).toBe(before)
    expect(await toldAdmin()).toHaveLength(1)
  })
})

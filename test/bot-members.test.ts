/** People who leave, join, become guests or get other names: seen when Slack tells of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CAST } from '../stand-in/slack/state.ts'
import { type BotHouse, openBotHouse, TRANSPORTS } from './support/bot-house.ts'

const REGISTER = `Reference,Title,Supplier,Start,End,Owner,Owner email
M-1,Cleaning,Acme Ltd,2024-01-01,2027-06-30,Olive Owner,olive.owner@trust.example
M-2,Linen,Acme Ltd,2024-01-01,2027-06-30,Nora New,nora.new@trust.example
`

let house: BotHouse

describe.each(TRANSPORTS)('people over %s', (kind) => {
  beforeAll(async () => {
    house = await openBotHouse(kind, REGISTER)
    // Whoever writes to the bot is known from then on.
    await house.type(CAST.owner, 'help')
    await house.deliver()
  })
  afterAll(() => house.close())

  const owner = () => house.workspace.as(CAST.owner)
  const person = async (email: string) => {
    const found = await house.database.pool.query(
      `SELECT display_name AS name, slack_user AS slack, gone_on AS gone FROM person WHERE email = $1`,
      [email],
    )
    return found.rows[0]
  }
  const OWNER = 'olive.owner@trust.example'
  const record = async () => {
    const found = await house.database.pool.query<{ what: string }>(
      `SELECT what FROM audit_change WHERE what IN ('renamed', 'left', 'came-back') ORDER BY entry_id, position`,
    )
    return found.rows.map(({ what }) => what)
  }
  const toldAdmin = async () => {
    await house.deliver()
    return house.workspace.ledger.inChannel('D0ADMIN').map(({ text }) => text)
  }

  test('a new name is known at once, and the record says that it changed without saying it', async () => {
    await owner().changes({ realName: 'Olive Married' })
    expect(await person(OWNER)).toMatchObject({ name: 'Olive Married', gone: null })
    expect(await record()).toEqual(['renamed'])
    const entry = await house.database.pool.query(
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
    const event = house.workspace.sent.at(-1)
    if (!event) throw new Error('Nothing was sent.')
    await house.workspace.deliver(event)
    await house.bot.idle()
    expect(await toldAdmin()).toEqual([
      expect.stringContaining('1 contract without an owner in Slack'),
    ])
    expect(await person(OWNER)).toMatchObject({ gone: '2026-11-23' })
    expect(await record()).toEqual(['renamed', 'left'])
  })

  test('an event that comes late does not undo what happened since', async () => {
    const leaving = house.workspace.sent.findLast(({ body }) =>
      JSON.stringify(body).includes('"deleted":true'),
    )
    if (!leaving) throw new Error('Nobody left.')
    await owner().changes({ deleted: false })
    expect(await person(OWNER)).toMatchObject({ gone: null })
    await house.workspace.deliver({
      ...leaving,
      body: { ...leaving.body, event_id: 'Ev0ANOTHER' },
    })
    await house.bot.idle()
    expect(await person(OWNER)).toMatchObject({ gone: null })
    expect(await record()).toEqual(['renamed', 'left', 'came-back'])
    expect(await toldAdmin()).toHaveLength(1)
  })

  test('who joins is known by the address that a register names them by', async () => {
    const { places } = house.workspace
    places.addUser('U0NEW', 'nora', { realName: 'Nora New', email: 'nora.new@trust.example' })
    await house.workspace.as('U0NEW').joins()
    expect(await person('nora.new@trust.example')).toMatchObject({ slack: 'U0NEW' })
  })

  test('who answers for nothing and is nobody here leaves no trace', async () => {
    const inbox = async () => (await house.database.pool.query('SELECT FROM inbox')).rowCount
    const before = await inbox()
    await house.workspace.as(CAST.deputy).changes({ realName: 'Somebody Else', deleted: true })
    expect(await inbox()).toBe(before)
    expect(await toldAdmin()).toHaveLength(1)
  })

  test('Slack accepted everything, and nothing went wrong', () => {
    expect(house.workspace.ledger.failures).toEqual([])
    expect(house.lines).toEqual([])
  })
})

/**
 * Registers of hostile text at 0, 1 and many contracts: whatever the bot says, opens or shows is
 * taken by the stand-in, which refuses what Slack refuses. `npm run prove:hostile` has 100,000.
 */
import { readTeams, rulesByTeam } from '../src/database/organisation.ts'
import { factsOfWeek, queueWeekly } from '../src/reports/weekly.ts'
import { addDays } from '../src/rules/civil-date.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { type BotSetup, openBotSetup, said, TODAY } from './support/bot-setup.ts'
import { HOSTILE, pingsIn } from './support/hostile.ts'

const MANY = Number(process.env.LAPSEWATCH_TEST_CONTRACTS ?? 200)
const PATIENCE_MS = 30_000 + MANY * 10
/** Beside one of each text so many contracts are opened, shared and acted on, spread over all of them. */
const SPREAD = 4

const COMMANDS = [
  '',
  'help',
  'due 400',
  'due 30 mine',
  'due 90 team',
  'list',
  'list page 99999',
  'list unowned',
  'list undated',
  'list out of contract',
  'find e',
  'find <!channel>',
  MANY > 200 ? 'preview 60' : 'preview 7',
  'triage',
  'summary',
  'show nothing like it',
]
const VERBS = ['show', 'explain', 'history'] as const
const FORMS = ['snooze-date', 'extend', 'decide', 'assign'] as const

describe.each([0, 1, MANY])('a hostile register of %i contracts', (count) => {
  let setup: BotSetup
  let references: readonly string[] = []
  const told = () => setup.workspace.ledger.ephemerals.map(({ text }) => text)

  beforeAll(async () => {
    setup = await openBotSetup('http', registerOf(count))
    const rows = await setup.rows<{ id: number }>('SELECT id FROM contract ORDER BY id')
    const every = Math.max(1, Math.floor(rows.length / SPREAD))
    const looked = rows.filter((_, at) => at < HOSTILE.length || at % every === 0)
    references = looked.map(({ id }) => `#${id}`)
    expect(rows).toHaveLength(count)
  }, PATIENCE_MS)
  afterAll(() => setup.close())

  test('what falls due is posted, and so is the summary', { timeout: PATIENCE_MS }, async () => {
    await setup.tell()
    const { pool } = setup.database
    const organisationId = setup.organisation.id
    const rulesOf = rulesByTeam({})
    const rules = rulesOf(setup.organisation)
    const [team = null] = await readTeams(pool, organisationId)
    const asked = { organisationId, rules, rulesOf, team, slot: TODAY, hoursLate: null }
    await queueWeekly(pool, asked, await factsOfWeek(pool, asked))
    await setup.deliver()
    const { rows } = await pool.query<{ state: string }>('SELECT DISTINCT state FROM delivery')
    expect(rows).toEqual([{ state: 'SENT' }])
  })

  test.each(COMMANDS)('"/contracts %s" is answered', { timeout: PATIENCE_MS }, async (text) => {
    const before = told().length
    await setup.type(PEOPLE.owner, text)
    // The program waits some seconds for an answer: one over a great register may take longer.
    for (let waits = 0; told().length === before && waits < 20; waits += 1) await setup.bot.idle()
    const [answer = ''] = told().slice(before)
    expect(answer).not.toBe('')
    expect(answer).not.toContain('went wrong')
  })

  test('contracts are shown, explained, shared, opened in forms and acted on', {
    timeout: PATIENCE_MS,
  }, async () => {
    const owner = setup.workspace.as(PEOPLE.owner)
    for (const reference of references) {
      for (const verb of VERBS) {
        expect(said(await setup.type(PEOPLE.owner, `${verb} ${reference}`))).not.toContain(
          'went wrong',
        )
      }
      await setup.pressAction(PEOPLE.owner, { act: 'share', query: `show ${reference}` })
      for (const act of FORMS) {
        const subject = { contractId: Number(reference.slice(1)), version: 1, alertIds: [] }
        const { modal, ephemerals } = await setup.pressAction(PEOPLE.owner, { act, subject })
        expect(said({ ephemerals })).not.toContain('went wrong')
        if (modal !== null) await owner.close(modal)
      }
      await setup.type(PEOPLE.owner, `snooze ${reference} 1w`)
    }
    await setup.deliver()
  })

  test('Home opens for everybody', { timeout: PATIENCE_MS }, async () => {
    for (const who of [PEOPLE.owner, PEOPLE.admin, PEOPLE.colleague, PEOPLE.guest]) {
      expect((await setup.workspace.as(who).openHome()).home).not.toBeNull()
    }
  })

  test('the stand-in refused nothing, nothing went wrong, and nobody was pinged who should not be', () => {
    const { ledger } = setup.workspace
    expect(ledger.failures).toEqual([])
    expect(
      ledger.calls.filter(({ answer }) => !['ok', 'users_not_found'].includes(answer)),
    ).toEqual([])
    expect(setup.lines).toEqual([])
    expect(pingsIn(setup.workspace)).toEqual([])
  })
})

/** Ends from two months ago to a year ahead; one row in ten has no end, one in five an owner. */
function registerOf(count: number): string {
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
  const short = HOSTILE.filter((text) => text.length < 200)
  const rows = Array.from({ length: count }, (_, at) => {
    // Each once, and then no great lengths: a hundred thousand of them would prove no more.
    const text = HOSTILE[at] ?? short[at % short.length] ?? ''
    const end = at % 10 === 3 ? '' : addDays(TODAY, ((at * 37) % 425) - 60)
    const owner = at % 5 === 0 ? 'olive.owner@trust.example' : ''
    const value = at % 4 === 3 ? '' : String(1000 + ((at * 7919) % 2_000_000))
    return [
      cell(`H${at} ${text.slice(0, 60)}`),
      cell(text),
      cell(text),
      '2024-01-01',
      end,
      value,
      owner,
    ].join(',')
  })
  return ['Reference,Title,Supplier,Start,End,Value,Owner email', ...rows].join('\n')
}

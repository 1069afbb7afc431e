/** What registers leave open, answered by a press. */

import { queueQuestions } from '../src/reports/weekly.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { buttonOf, said, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'

const HELD = `Ref,Title,Supplier,Start date,End date,Extended until
E1,Cleaning,Alder,2024-04-01,2027-01-13,2029-01-13
E2,Security,Beck,2024-04-01,2027-02-13,2028-02-13
E3,Waste,Cairn,2024-04-01,2027-03-13,
`

describe('questions in Slack', () => {
  const setup = useBotSetup('socket', HELD, { quiet: true })
  const ends = async () => {
    const found = await setup.database.pool.query<{ reference: string; ends: string }>(
      'SELECT reference, current_latest AS ends FROM contract ORDER BY reference',
    )
    return found.rows.map(({ reference, ends }) => `${reference} ${ends}`)
  }
  const questionId = async () => {
    return questionAbout('extension')
  }
  const questionAbout = async (about: string) => {
    const found = await setup.database.pool.query<{ id: number }>(
      'SELECT id FROM question WHERE about = $1 AND answer IS NULL ORDER BY id LIMIT 1',
      [about],
    )
    return found.rows[0]?.id ?? 0
  }

  test('an administrator is asked in a list, on the card and in Home; another is not', async () => {
    const list = said(await setup.type(PEOPLE.admin, 'questions'))
    expect(list).toContain('4 open questions')
    expect(list).toContain('How do you mostly replace contracts above the threshold?')
    expect(list).toContain('Extended until')
    expect(said(await setup.type(PEOPLE.admin, 'show E1'))).toContain('Is “Extended until”')
    expect(said(await setup.type(PEOPLE.admin, 'show E3'))).not.toContain('Extended until”')
    expect(said(await setup.type(PEOPLE.colleague, 'questions'))).toContain('Only administrators')
    expect(said(await setup.type(PEOPLE.colleague, 'show E1'))).not.toContain('Is “Extended until”')
  })

  test('nobody else answers, and one press answers for all', async () => {
    const action = { act: 'answer' as const, questionId: await questionId(), choice: 'signed' }
    expect(said(await setup.pressAction(PEOPLE.colleague, action))).toContain('Only administrators')
    expect(await ends()).toEqual(['E1 2027-01-13', 'E2 2027-02-13', 'E3 2027-03-13'])
    const done = said(await setup.pressAction(PEOPLE.admin, action))
    expect(done).toContain('2 contracts changed')
    expect(done).toContain('3 open questions')
    expect(await ends()).toEqual(['E1 2029-01-13', 'E2 2028-02-13', 'E3 2027-03-13'])
  })

  test('one press says how contracts are mostly replaced', async () => {
    const questionId = await questionAbout('setting')
    const action = { act: 'answer' as const, questionId, choice: 'framework' }
    expect(said(await setup.pressAction(PEOPLE.colleague, action))).toContain('Only administrators')
    const done = said(await setup.pressAction(PEOPLE.admin, action))
    expect(done).toContain(
      'Recorded: Framework call-off. 3 contracts looked at anew: no date of them moved',
    )
    expect(done).toContain('2 open questions')
    const kept = await setup.database.pool.query<{ rules: unknown }>(
      `SELECT settings -> 'rules' AS rules FROM organisation`,
    )
    expect(kept.rows[0]?.rules).toEqual({ usualRoute: 'framework' })
  })
})

describe('a question about an end within 30 days', () => {
  const setup = useBotSetup(
    'socket',
    `Ref,Title,Supplier,Owner email,Start date,End date,Extended until
N1,Cleaning,Alder,olive.owner@trust.example,2024-04-01,2026-12-11,2028-12-11
N2,Security,Beck,olive.owner@trust.example,2024-04-01,2027-05-13,2028-05-13
`,
    { quiet: true },
  )
  const warning = () => present(setup.warningOf('Cleaning'))

  test('is asked in the warning itself, and whoever answers for its contracts answers it', async () => {
    await setup.tell()
    expect(warning().text).toContain('Not clear from the register: Is “Extended until”')
    expect(warning().text).toContain('Until somebody answers: the earlier end')
    const id = buttonOf(warning(), 'Signed: they run to it')
    const value = carriedBy(warning(), id)
    expect(said(await setup.workspace.as(PEOPLE.colleague).press(warning(), id, value))).toContain(
      'Only administrators',
    )
    const done = await setup.workspace.as(PEOPLE.owner).press(warning(), id, value)
    expect(said(done)).toContain('2 contracts changed')
    await setup.deliver()
    expect(warning().text).not.toContain('Not clear from the register')
    const [found] = await setup.rows<{ ends: string }>(
      `SELECT current_latest AS ends FROM contract WHERE reference = 'N1'`,
    )
    expect(found?.ends).toBe('2028-12-11')
  })
})

describe('questions to those who answer for the contracts', () => {
  const setup = useBotSetup(
    'socket',
    `Ref,Title,Supplier,Owner email,Start date,End date,Extended until
M1,Cleaning,Alder,olive.owner@trust.example,2024-04-01,2027-01-13,2028-01-13
M2,Security,Beck,olive.owner@trust.example,2024-04-01,2027-02-13,2028-02-13
`,
    { quiet: true },
  )
  const ask = async (slot: string) => {
    const team = await setup.team('Default team')
    const asked = { organisationId: setup.organisation.id, team, slot: asCivilDate(slot) }
    return queueQuestions(setup.database.pool, asked)
  }
  const toOwner = () =>
    setup.workspace.ledger.inChannel(setup.workspace.as(PEOPLE.owner).direct().id)

  test('come once their team’s list is confirmed, in one message a week, and twice at most', async () => {
    // They are known to be theirs once they have used Lapsewatch.
    await setup.type(PEOPLE.owner, 'list mine')
    expect(await ask('2026-11-23')).toBe(0)
    await setup.rows('UPDATE team SET ladders_from = NULL')
    expect(await ask('2026-11-23')).toBe(1)
    expect(await ask('2026-11-24')).toBe(0)
    await setup.deliver()
    const [message, ...more] = toOwner()
    expect(more).toEqual([])
    expect(message?.text).toContain('leaves 1 thing open about your contracts')
    expect(message?.text).toContain('Is “Extended until”')
    expect(await ask('2026-11-30')).toBe(1)
    expect(await ask('2026-12-07')).toBe(0)
    await setup.deliver()
    const second = present(toOwner()[1])
    const id = buttonOf(second, 'Signed: they run to it')
    const press = await setup.workspace.as(PEOPLE.owner).press(second, id, carriedBy(second, id))
    expect(said(press)).toContain('2 contracts changed')
  })
})

describe('an answer in words of one’s own', () => {
  const setup = useBotSetup(
    'http',
    `Ref,Title,Supplier,Start date,End date,Notice period,Auto renew
O1,Cleaning,Alder,2024-04-01,Q3 2027,,
O2,Security,Beck,2024-04-01,2027-05-13,as per terms,Yes
O3,Waste,Cairn,2024-04-01,2027-06-13,as per terms,Yes
`,
    { quiet: true },
  )
  const question = async (about: string) => {
    const found = await setup.rows<{ id: number }>('SELECT id FROM question WHERE about = $1', [
      about,
    ])
    return present(found[0]).id
  }
  const open = async (who: string, about: string) =>
    setup.pressAction(who, { act: 'answer-own', questionId: await question(about) })

  test('is asked for beside the choices where a day or a length may be said', async () => {
    const list = await setup.type(PEOPLE.admin, 'questions')
    expect(JSON.stringify(list).match(/Another answer…/g)).toHaveLength(2)
    expect((await open(PEOPLE.colleague, 'end')).modal).toBeNull()
  })

  test('a day is the end of its contract; what is no answer stays at its field', async () => {
    const { modal } = await open(PEOPLE.admin, 'end')
    expect(JSON.stringify(modal?.source)).toContain('a day such as 2027-06-30')
    const refused = await setup.submit(PEOPLE.admin, modal, { answer: 'soon' })
    expect(JSON.stringify(refused.errors)).toContain('is no answer to question')
    await setup.submit(PEOPLE.admin, modal, { answer: '30 June 2027' })
    expect(await setup.toldDirectly(PEOPLE.admin)).toContain('1 contract changed')
    expect(await setup.row('O1', 'current_latest AS ends')).toEqual({ ends: '2027-06-30' })
    expect(said(await open(PEOPLE.admin, 'end'))).toContain('answered already')
  })

  test('a length holds for all contracts of the wording', async () => {
    const { modal } = await open(PEOPLE.admin, 'notice')
    await setup.submit(PEOPLE.admin, modal, { answer: '45 days' })
    const notices = await setup.rows(
      `SELECT notice_amount AS n, notice_unit AS unit FROM contract WHERE reference <> 'O1'`,
    )
    expect(notices).toEqual([
      { n: 45, unit: 'days' },
      { n: 45, unit: 'days' },
    ])
  })
})

function carriedBy({ blocks }: { readonly blocks: readonly unknown[] }, id: string): string {
  const elements = blocks.flatMap(
    (block) => (block as { elements?: { action_id?: string; value?: string }[] }).elements ?? [],
  )
  return present(elements.find((each) => each.action_id === id)?.value)
}

/** Commands with Slack: sent once, and never ahead of time. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { addDays } from '../src/rules/civil-date.ts'
import { workingDayOnOrBefore } from '../src/rules/working-days.ts'
import { openWorkspace, type Workspace } from '../stand-in/slack/server.ts'
import { NOON_DAY, NOON_ZONE, useOperator } from './support/command.ts'
import { ENGLAND } from './support/contract-facts.ts'

let workspace: Workspace
const { me, db } = useOperator(
  async () => {
    workspace = await openWorkspace({
      now: Date.now,
      channels: [{ id: 'C0CONTRACTS', name: 'contracts', member: true }],
    })
    return {
      SLACK_BOT_TOKEN: 'xoxb-stand-in',
      SLACK_API_URL: workspace.url,
      LAPSEWATCH_CHANNEL: '#contracts',
      LAPSEWATCH_TRIAGE_DAYS: '0',
      LAPSEWATCH_TIME_ZONE: NOON_ZONE,
    }
  },
  { again: true },
)
const today = NOON_DAY

beforeAll(async () => {
  const soon = addDays(today, 20)
  writeFileSync(
    path.join(me.folder, 'register.csv'),
    `Contract reference,Title,Start,End,Value\nA-1,Imaging,2024-04-01,${soon},5000\nA-2,Catering,2024-04-01,${soon},5000\n`,
  )
  await me.json('import', 'register.csv')
})
afterAll(() => workspace.close())

const posted = () => workspace.ledger.messages.map(({ text }) => text)

describe('with a Slack token', () => {
  test('a day that has not come is not swept, nor the sample loaded', async () => {
    const refused = await me.refused('sweep', '--as-of', addDays(today, 1))
    expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('has not come yet') })
    expect(await me.refused('sample')).toMatchObject({ code: 1 })
    const ahead = ['weekly', '--as-of', addDays(today, 21), '--post'] as const
    expect(await me.refused(...ahead)).toMatchObject({ code: 1 })
  })

  test('deliver posts what is queued, and nothing when it is run again', async () => {
    const asOf = workingDayOnOrBefore(today, ENGLAND)
    await me.json('sweep', '--as-of', asOf)
    const [first, second] = await Promise.all([me.json('deliver'), me.json('deliver')])
    expect((first?.sent ?? 0) + (second?.sent ?? 0)).toBe(3)
    expect(await me.json('deliver')).toMatchObject({ sent: 0, retried: 0, uncertain: 0 })
    expect(posted()).toHaveLength(3)
    expect(posted().filter((text) => text.includes('Imaging'))).toHaveLength(2)
    expect(workspace.ledger.failures).toEqual([])
  })

  test('person link: a name is a member of the workspace, whom Slack confirms', async () => {
    workspace.places.addUser('U0OLIVE', 'olive', { realName: 'Olive Owner' })
    workspace.places.addUser('U0GUS', 'gus', { guest: 'multi-channel' })
    const rows = `Contract reference,Title,Owner,Start,End\nP-1,Post,O. Owner,2024-04-01,${addDays(today, 400)}\n`
    writeFileSync(path.join(me.folder, 'people.csv'), rows)
    await me.json('import', 'people.csv')
    expect(await me.refused('person', 'link', 'O. Owner', 'U0GUS')).toMatchObject({
      error: expect.stringContaining('a guest'),
    })
    expect(await me.json('person', 'link', 'O. Owner', '<@U0OLIVE>')).toMatchObject({
      slackUser: 'U0OLIVE',
      contracts: 1,
    })
    expect((await me.json('person', 'list')).items).toEqual([])
    expect((await me.json('show', 'P-1')) as unknown).toMatchObject({ owner: 'Olive Owner' })
  })

  test('weekly --post twice posts once', async () => {
    const before = posted().length
    const earlier = ['weekly', '--post', '--as-of', addDays(today, -7)] as const
    await me.json(...earlier)
    await me.json(...earlier)
    expect(await me.json('deliver')).toMatchObject({ sent: 1 })
    expect(posted()).toHaveLength(before + 1)
  })

  test('doctor knows the workspace', async () => {
    const { checks } = await me.json('doctor')
    expect(checks).toContainEqual(expect.objectContaining({ what: 'Slack', ok: true }))
    const wrong = await me.with({ SLACK_BOT_TOKEN: 'xoxb-wrong' }).refused('doctor')
    expect(wrong).toMatchObject({ code: 1 })
    expect(wrong.problems.join()).toContain('Slack')
  })

  test('doctor lists what is paused and what is dead, and resume ends a pause', async () => {
    await me.json('weekly', '--post')
    workspace.faults.plan({ kind: 'rate-limited', retryAfter: 1_796_040_000 })
    expect(await me.json('deliver')).toMatchObject({ sent: 0, retried: 1 })
    const { checks } = await me.json('doctor')
    expect(checks).toContainEqual(
      expect.objectContaining({
        what: 'pause of #contracts',
        ok: true,
        remedy: expect.stringContaining('lapsewatch resume #contracts'),
      }),
    )
    expect(await me.json('resume', '#contracts')).toEqual({ resumed: ['#contracts'] })
    expect(await me.json('resume', 'all')).toEqual({ resumed: [] })
    // With its chart, and without.
    workspace.faults.plan({ kind: 'error', error: 'invalid_blocks', accepted: false }, { times: 2 })
    expect(await me.json('deliver')).toMatchObject({ dead: 1 })
    await db.pool.query(
      `INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of, state, problem)
       SELECT organisation_id, 'blocked since', 'weekly', n, '#gone', as_of, 'BLOCKED', 'is_archived'
         FROM delivery, generate_series(1, 25) n WHERE state = 'DEAD'`,
    )
    await db.pool.query(
      `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of,
                             state, problem, first_tried_at, facts)
       SELECT DISTINCT ON (d.organisation_id) d.organisation_id, d.team_id, d.subject, 'update', 1,
              d.destination, d.as_of, 'DEAD', 'edit_window_closed', now(),
              jsonb_build_object('update_of', d.id)
         FROM delivery d JOIN delivery_alert a ON a.delivery_id = d.id WHERE d.state = 'SENT'`,
    )
    const sick = await me.refused('doctor')
    expect(sick.problems.join()).toContain('weekly for #contracts (invalid_blocks)')
    expect(sick.problems.join()).toMatch(
      /the message in #contracts about \S+( and \d+ more|, \S+)* still shows how it stood on .* \(edit_window_closed\)/,
    )
    expect(posted().at(-1)).toContain('could not be delivered')
  })
})

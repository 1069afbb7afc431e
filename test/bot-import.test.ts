/** A register handed over in Slack: file, headings, a try, the import. */

import { setTeam } from '../src/database/organisation.ts'
import type { ActResult } from '../stand-in/slack/payloads.ts'
import { PEOPLE, type ShownView } from '../stand-in/slack/state.ts'
import type { Given } from '../stand-in/slack/views.ts'
import { errorsIn, said, TRANSPORTS, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'
import { refusedInView } from './support/slack-limits.ts'

const HELD = 'Reference,Title,Supplier,Start,End\nC-100,Cleaning,Acme Ltd,2024-01-01,2026-12-07\n'
const NEXT = `Reference,Title,Supplier,Start,End,Remarks
N-1,<!channel> linen,Beta,2024-01-01,2027-06-30,ours
N-2,=cmd(),Gamma,2024-01-01,2027-06-30,
,,,2024-01-01,2027-02-28,
`

describe('importing', () => {
  const setup = useBotSetup('http', HELD, {
    quiet: true,
    prepare: ({ db, organisation }) => setTeam(db.pool, organisation.id, 'Digital', {}),
  })

  const admin = () => setup.workspace.as(PEOPLE.admin)
  const opened = () => setup.form(PEOPLE.admin, 'import')
  /** Hands the file over, as far as the next view. */
  const handOver = async (
    name: string,
    content: string | Buffer,
    given: Readonly<Record<string, Given>> = {},
  ) => {
    const file = admin().upload(name, content)
    return admin().submit(await opened(), { file: [file.id], ...given })
  }
  const next = (seen: ActResult, given: Readonly<Record<string, Given>> = {}) =>
    setup.submit(PEOPLE.admin, seen.modal, given)
  const shown = ({ modal }: ActResult) => JSON.stringify(modal?.source.blocks ?? [])
  const held = async () => {
    const found = await setup.database.pool.query<{ reference: string; team: string }>(
      `SELECT c.reference, t.name AS team FROM contract c JOIN team t ON t.id = c.team_id ORDER BY 1`,
    )
    return found.rows.map(({ reference, team }) => `${reference} ${team}`)
  }
  const digital = async () => String((await setup.team('Digital')).id)

  test('a step that Slack does not show is told directly, with a button to begin again', async () => {
    const error = 'internal_error'
    const refused = { kind: 'error', error, accepted: false } as const
    setup.workspace.faults.plan(refused, { method: 'views.update' })
    const waiting = await handOver('late.csv', NEXT)
    expect(shown(waiting)).toContain('Reading the file')
    const told = await setup.toldDirectly(PEOPLE.admin)
    expect(told).toContain('"Import register" could not be opened')
    expect(setup.lines.splice(0).join()).toContain('"import" failed')
    if (waiting.modal !== null) await admin().close(waiting.modal)
  })

  test('headings are shown, what would change is tried, and only then it is imported and told', async () => {
    const where = { source: 'Digital register', team: await digital() }
    const headings = await handOver('next.csv', NEXT, where)
    expect(headings.errors).toEqual({})
    expect(shown(headings)).toContain('Remarks')
    expect(shown(headings)).toContain('Such as N-1')
    const tried = await next(headings)
    expect(shown(tried)).toContain('If you import it: 2 new, 1 rejected.')
    expect(shown(tried)).toContain('there is nothing to call the contract by')
    expect(await held()).toEqual(['C-100 Default team'])
    const done = await next(tried)
    expect(await held()).toEqual(['C-100 Default team', 'N-1 Digital', 'N-2 Digital'])
    expect(shown(done)).toContain('2 new')
    const message = await setup.toldDirectly(PEOPLE.admin)
    expect(message).toContain('3 rows read from next.csv, Digital register')
    expect(message).toContain('line 4: rejected')
    expect(message).toContain('What was wrong in next.csv')
    const files = [...setup.workspace.places.files.values()]
    const file = files.find(({ name }) => name === 'import-problems.csv')
    expect(file?.content?.toString()).toContain('nothing to call')
    const entry = await setup.database.pool.query<{ via: string; name: string }>(
      `SELECT e.via, p.display_name AS name FROM audit_entry e JOIN person p ON p.id = e.by_person_id ORDER BY position DESC LIMIT 1`,
    )
    expect(entry.rows).toEqual([{ via: 'slack import', name: 'Ada Admin' }])
  })

  test('the same file again changes nothing', async () => {
    const where = { source: 'Digital register', team: await digital() }
    const tried = await next(await handOver('next.csv', NEXT, where))
    expect(shown(tried)).toContain('If you import it: 2 unchanged, 1 rejected.')
    await admin().close(tried.modal as ShownView)
  })

  test('headings that nobody knows are chosen by hand, and a wrong one is told at its field', async () => {
    const odd = 'Ding,Partner,Schluss\nD-1,Acme,2027-06-30\n'
    const headings = await handOver('odd.csv', odd)
    const wrong = await next(headings, { 'column-0': 'reference' })
    expect(errorsIn(wrong)).toEqual({ 'column-0': expect.stringContaining('end date') })
    const tried = await next(wrong, { 'column-1': 'supplier', 'column-2': 'end' })
    await next(tried)
    expect(await held()).toContain('D-1 Default team')
  })

  test('dates that could be read both ways are asked about', async () => {
    const dates = 'Reference,Title,End\nE-1,Ambiguous,03/04/2027\n'
    const headings = await handOver('dates.csv', dates)
    expect(shown(headings)).toContain('03/04/2025 are written')
    await next(await next(headings, { dates: 'month-first' }))
    expect(await setup.row('E-1', 'end_latest AS "end"')).toEqual({ end: '2027-03-04' })
  })

  test.each([
    ['a picture', 'register.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]), 'a PNG picture'],
    ['an empty sheet', 'register.csv', 'x\n', 'single column'],
    ['a broken workbook', 'register.xlsx', Buffer.from('PK\x03\x04nonsense'), 'register.xlsx'],
    ['no JSON at all', 'register.json', '{"releases": [', 'register.json'],
  ])('%s is refused in a sentence', async (_, name, content, words) => {
    const before = await held()
    const seen = await handOver(name, content)
    expect(shown(seen)).toContain(words)
    expect(seen.modal?.source).not.toHaveProperty('submit')
    expect(await held()).toEqual(before)
  })

  test('a file that is gone, or that Slack does not hand over, is told', async () => {
    const file = admin().upload('gone.csv', HELD)
    const modal = await opened()
    setup.workspace.places.scopes.delete('files:read')
    const seen = await admin().submit(modal, { file: [file.id] })
    setup.workspace.places.scopes.add('files:read')
    expect(shown(seen)).toContain('gone from Slack')
  })

  test('a step that is sent by somebody who is no administrator, or twice, imports nothing more', async () => {
    const late = 'Reference,Title,End\nL-1,Late,2027-06-30\n'
    const tried = await next(await handOver('late.csv', late))
    const entries = async () =>
      (await setup.database.pool.query('SELECT FROM import WHERE finished_at IS NOT NULL')).rowCount
    const before = await entries()
    const done = await next(tried)
    expect(shown(done)).toContain('1 new')
    const payload = present(setup.workspace.sent.at(-1))
    await setup.workspace.deliver(payload)
    await setup.bot.idle()
    const theirs = JSON.stringify(payload).replaceAll(PEOPLE.admin, PEOPLE.owner)
    const forged = JSON.parse(theirs.replaceAll('L-1', 'L-2'))
    forged.body.view.hash = 'forged'
    await setup.workspace.deliver(forged)
    await setup.bot.idle()
    expect(await entries()).toBe((before ?? 0) + 1)
  })

  test('whoever imported takes it back with one press; nobody else does', async () => {
    const before = await held()
    await next(await next(await handOver('back.csv', 'Reference,Title,End\nB-1,Back,2027-06-30\n')))
    expect(await held()).toContain('B-1 Default team')
    expect(await setup.toldDirectly(PEOPLE.admin)).toContain('register back')
    const { id } = admin().direct()
    const message = present(setup.workspace.ledger.inChannel(id).at(-1))
    type Row = { readonly elements?: readonly { action_id: string; value: string }[] }
    const buttons = message.blocks.flatMap((block) => (block as Row).elements ?? [])
    const button = present(buttons.find((each) => each.action_id === 'lw.undo-import'))
    const importId = Number(JSON.parse(button.value)[2])
    const action = { act: 'undo-import', importId } as const
    expect(said(await setup.pressAction(PEOPLE.owner, action))).toContain('Only administrators')
    expect(await held()).toContain('B-1 Default team')
    const undone = await admin().press(message, 'lw.undo-import', button.value)
    expect(JSON.stringify(undone)).toContain('was undone: 1 contract that it had created removed')
    expect(await held()).toEqual(before)
    expect(said(await setup.pressAction(PEOPLE.admin, action))).toContain('was undone already')
  })

  test('the register is exported to the asker alone, as CSV or as a workbook, and filtered', async () => {
    const latest = () => [...setup.workspace.places.files.values()].at(-1)
    const seen = await setup.type(PEOPLE.colleague, 'export')
    expect(said(seen)).toContain('direct messages')
    expect(seen.messages).toEqual([])
    expect(await setup.toldDirectly(PEOPLE.colleague)).toContain('Contracts as of 2026-11-23 (CSV)')
    const csv = latest()?.content?.toString() ?? ''
    expect(csv).toMatch(/^\ufeffLapsewatch id,Reference,/)
    expect(csv).toContain("'=cmd()")
    expect(csv).toContain('C-100')
    await setup.type(PEOPLE.colleague, 'export cleaning xlsx')
    await setup.deliver()
    expect(latest()?.name).toBe('contracts-2026-11-23.xlsx')
    expect(latest()?.content?.subarray(0, 2).toString()).toBe('PK')
    expect(said(await setup.type(PEOPLE.colleague, 'export nothing like this'))).toContain(
      'Not understood: “nothing”, “like” and “this”. Nothing was exported',
    )
    await setup.type(PEOPLE.admin, 'export audit')
    await setup.deliver()
    expect(latest()?.name).toBe('audit-2026-11-23.csv')
    const before = setup.workspace.places.files.size
    const refused = said(await setup.type(PEOPLE.colleague, 'export audit'))
    expect(refused).toContain('Only administrators')
    expect(said(await setup.type(PEOPLE.admin, 'export audit mine'))).toContain('goes out whole')
    expect(said(await setup.type(PEOPLE.colleague, 'export extensions'))).toContain('was extended')
    await setup.deliver()
    expect(setup.workspace.places.files.size).toBe(before)
    for (const who of [PEOPLE.guest, PEOPLE.outsider]) {
      const before = setup.workspace.places.files.size
      expect(said(await setup.type(who, 'export'))).toContain('full members')
      await setup.deliver()
      expect(setup.workspace.places.files.size).toBe(before)
    }
  })
})

describe.each(TRANSPORTS)('the columns of a wide register over %s', (kind) => {
  const setup = useBotSetup(kind, HELD, { quiet: true })
  const admin = () => setup.workspace.as(PEOPLE.admin)
  const handsOver = async (file: string) => {
    const form = await setup.form(PEOPLE.admin, 'import')
    return present((await admin().submit(form, { file: [file] })).modal)
  }
  const fieldsIn = (view: ShownView) =>
    view.source.blocks.flatMap((block) =>
      block.type === 'input' ? [(block.block_id ?? '').replace(/@.*/, '')] : [],
    )

  test('what a column can be is asked for by what is typed, and nothing else is taken', async () => {
    const file = admin().upload('asked.csv', 'Ding,Ende\nA-1,2027-01-31\n')
    const view = await handsOver(file.id)
    const texts = (typed: string) => admin().suggests(view, 'column-0', typed)
    expect(await texts('REFER')).toContain('Reference')
    expect(await texts('nothing of that kind')).toEqual([])
    const all = await texts('')
    expect(all[0]).toBe('Not read')
    expect(all.length).toBeLessThanOrEqual(100)
    await expect(admin().submit(view, { 'column-0': 'no-such-field' })).rejects.toThrow('offers no')
    await admin().close(view)
  })

  // What a form then shows does not depend on how it came.
  if (kind === 'socket') return

  test('any number of them is looked through page by page, the doubtful ones first', async () => {
    const strange = Array.from({ length: 130 }, (_, at) => `Zzz ${at}`)
    const rows = [
      ['Title', ...strange, 'Reference', 'Schluss'].join(','),
      ['Lifts', ...strange.map((_, at) => `v${at}`), 'W-1', '2027-06-30'].join(','),
    ]
    const file = admin().upload('wide.csv', `${rows.join('\n')}\n`)
    const first = await handsOver(file.id)
    expect(refusedInView(first.source as never)).toEqual([])
    expect(JSON.stringify(first.source).length).toBeLessThan(100_000)
    // 131 that nobody recognised, 90 of them here, in their order.
    expect(fieldsIn(first)).toHaveLength(90)
    expect(fieldsIn(first)[0]).toBe('column-1')
    expect(JSON.stringify(first.source)).toContain('131 columns that nobody recognised stand first')
    const second = present((await admin().submit(first, { 'column-2': 'supplier' })).modal)
    expect(fieldsIn(second).slice(-3)).toEqual(['column-132', 'column-0', 'column-131'])
    const twice = await admin().submit(second, { 'column-132': 'supplier' })
    expect(errorsIn(twice)['column-132']).toContain('Column 3 is read as that already')
    const none = await admin().submit(second, { 'column-132': 'not-read' })
    expect(Object.values(errorsIn(none)).join()).toContain('No column is read as an end date')
    const tried = present((await admin().submit(second, { 'column-132': 'end' })).modal)
    expect(JSON.stringify(tried.source)).toContain('If you import it: 1 new.')
    await admin().submit(tried)
    expect(await setup.row('W-1', 'c.supplier, c.title, c.end_latest AS "end"')).toEqual({
      ...{ supplier: 'v1', title: 'Lifts', end: '2027-06-30' },
    })
  })
})

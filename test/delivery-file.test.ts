import { terminalGateway } from '../src/delivery/terminal.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { useOutbox, worker } from './support/outbox.ts'

const { database, workspace, outbox, sql } = useOutbox(
  { channels: [{ id: 'C0CONTRACTS', name: 'contracts' }] },
  ({ places }) => places.addUser('U0OWNER', 'owner'),
)

/** One grouped delivery of so many contracts. */
async function queueGroup(contracts: number): Promise<number> {
  const { id } = await outbox.queue('#contracts', { purpose: 'group' })
  for (let n = 1; n < contracts; n += 1) {
    const other = await outbox.queue('#contracts', { title: `Contract number ${n}` })
    await sql('UPDATE delivery_alert SET delivery_id = $1 WHERE delivery_id = $2', [id, other.id])
    await sql('DELETE FROM delivery WHERE id = $1', [other.id])
  }
  return id
}

test('a large group comes with its whole list as a file that the message links to', async () => {
  await queueGroup(20)
  expect(await deliverDue(worker(database.pool, workspace))).toMatchObject({ sent: 1 })
  const [file, ...more] = [...workspace.places.files.values()]
  expect(more).toEqual([])
  expect(file?.complete).toBe(true)
  expect(file?.content?.toString('utf8').trim().split('\r\n')).toHaveLength(21)
  const [message] = workspace.ledger.messages
  expect(message?.text).toContain(`/files/${file?.id}/`)
  expect(JSON.stringify(message?.blocks)).toContain(`/files/${file?.id}/`)
})

test('where files may not be uploaded, the message comes without and says so', async () => {
  workspace.places.scopes.delete('files:write')
  await queueGroup(20)
  expect(await deliverDue(worker(database.pool, workspace))).toMatchObject({ sent: 1 })
  const [message] = workspace.ledger.messages
  expect(message?.text).toContain('could not be attached (missing_scope')
  expect(message?.text).toContain('20 contracts')
})

test('a lost reply to a message with a file repeats neither', async () => {
  await queueGroup(20)
  workspace.faults.plan({ kind: 'dropped', accepted: true })
  await deliverDue(worker(database.pool, workspace))
  await sql('UPDATE delivery SET due_at = now()')
  await deliverDue(worker(database.pool, workspace))
  expect(workspace.ledger.messages).toHaveLength(1)
  expect(workspace.places.files.size).toBe(1)
})

test('a person is written to directly, and the conversation is remembered by its id', async () => {
  const { id } = await outbox.queue('U0OWNER')
  expect(await deliverDue(worker(database.pool, workspace))).toMatchObject({ sent: 1 })
  expect(await outbox.row(id)).toMatchObject({ slack_channel: 'D0OWNER' })
})

test('a reply goes to the thread of the message that it follows, and is looked up there', async () => {
  const first = await outbox.queue('#contracts')
  await deliverDue(worker(database.pool, workspace))
  const reply = await outbox.queue('#contracts', { facts: { thread_of: first.id } })
  workspace.faults.plan({ kind: 'dropped', accepted: true })
  await deliverDue(worker(database.pool, workspace))
  await sql(`UPDATE delivery SET due_at = now() WHERE state = 'UNCERTAIN'`)
  expect(await deliverDue(worker(database.pool, workspace))).toMatchObject({ sent: 1 })
  const [parent, child, ...more] = workspace.ledger.messages
  expect(more).toEqual([])
  expect(child?.threadTs).toBe(parent?.ts)
  expect(await outbox.row(reply.id)).toMatchObject({ state: 'SENT', slack_ts: child?.ts })
})

test('without Slack the messages are read on the terminal, with the first lines of their file', async () => {
  await outbox.queue('terminal', { title: 'Radiology archive' })
  await queueGroup(20)
  const written: string[] = []
  const gateway = terminalGateway((text) => written.push(text), { width: 80, colour: false })
  const terminal = { ...worker(database.pool, workspace), gateway }
  expect(await deliverDue(terminal)).toMatchObject({ sent: 2 })
  const text = written.join('')
  expect(text).toContain('Radiology archive')
  expect(text).toContain('To #contracts')
  expect(text).toContain('more lines')
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  expect(workspace.ledger.calls).toEqual([])
})

test('on the terminal nothing waits for a pace', async () => {
  for (let n = 0; n < 5; n += 1) await outbox.queue('terminal')
  const gateway = terminalGateway(() => undefined, { width: 80, colour: false })
  const begun = performance.now()
  await deliverDue({ ...worker(database.pool, workspace, { paceMs: 30_000 }), gateway })
  expect(performance.now() - begun).toBeLessThan(25_000)
  expect(await outbox.states()).toEqual({ SENT: 5 })
})

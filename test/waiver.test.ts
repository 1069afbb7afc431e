import { extend } from '../src/actions/extend.ts'
import { recordWaiver, withdrawWaiver } from '../src/actions/waiver.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { readWaivers } from '../src/reports/waivers.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import type { Waiver } from '../src/rules/waivers.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { endOn } from './support/contract-facts.ts'
import { useWorkspace, worker } from './support/outbox.ts'
import { draft, useSetup } from './support/setup.ts'

const setup = useSetup({
  prepare: ({ import: imports }) =>
    imports(
      ['EM-1', 'EM-2', 'EM-3', 'EM-4', 'EM-5', 'EM-6', 'OP-1', 'OLD-1', 'OLD-2'].map((reference) =>
        draft(reference, {
          title: 'Out of *hours* [reporting](http://x)',
          start: asCivilDate(reference.startsWith('OLD') ? '2023-12-01' : '2025-12-01'),
          end: endOn('2026-11-30'),
          value: asDecimal('120000'),
          valueBasis: 'committed',
          regime: reference.startsWith('OLD') ? null : 'PA23',
        }),
      ),
      '2026-11-20',
    ),
})
const { workspace, reopen } = useWorkspace({
  channels: [{ id: 'C0CONTRACTS', name: 'contracts' }],
})
beforeEach(async () => {
  await setup.rows('DELETE FROM delivery')
  await setup.rows('DELETE FROM channel')
})

const log = async (
  reference: string,
  kind: 'emergency' | 'option',
  rule: string | null = 'Procurement Act 2023, s.74(3)',
) =>
  extend(setup.db.pool, setup.actor('2026-11-20'), await setup.contractId(reference), {
    kind,
    from: null,
    to: asCivilDate('2026-12-31'),
    cost: asDecimal('16000'),
    rule,
  })
const send = () => deliverDue(worker(setup.db.pool, workspace, { timeoutMs: 2500 }))

test('a logged emergency extension brings the draft of its waiver, blanks marked', async () => {
  await log('EM-1', 'emergency')
  await send()
  const [file] = [...workspace.places.files.values()]
  const written = file?.content?.toString('utf8') ?? ''
  expect(file?.name).toBe('waiver-EM-1-2026-12-01.md')
  expect(written).toContain('- **From:** Tue 1 Dec 2026')
  expect(written).toContain('- **Cost:** £16,000')
  // £10,000 an ordinary month.
  expect(written).toContain('Its premium is £6,000 (estimate), 1.60 times the ordinary cost.')
  expect(written).toContain('- **Approver:** [to fill]')
  expect(written).toContain('- **Cause: why it was not replaced in time:** [to fill]')
  const blanks = written.match(/\[to fill/g)?.length
  expect(written).toContain('check with procurement law advice')
  expect(written).toMatch(/31 of 36\.5 days used/)
  // Nothing of a register's sets type or links.
  expect(written).toContain('Out of \\*hours\\* \\[reporting\\](http://x)')
  const [message] = workspace.ledger.messages
  expect(message?.text).toContain('Draft of a waiver')
  expect(message?.text).toContain(`${blanks} blanks to fill`)
})

test('the draft offers the rules of the contract’s own law, and says so where another’s was recorded', async () => {
  await log('OLD-1', 'emergency', null)
  await log('OLD-2', 'emergency', 'Procurement Act 2023, Schedule 8 para 2')
  await send()
  const [blank, strange] = ['OLD-1', 'OLD-2'].map(
    (reference) =>
      [...workspace.places.files.values()]
        .find(({ name }) => name.includes(reference))
        ?.content?.toString('utf8') ?? '',
  )
  expect(blank).toContain('Public Contracts Regulations 2015 (PCR15) (assumed from its start)')
  expect(blank).toContain('- **Rule it rests on:** [to fill: one of these]\n  - PCR 2015, reg 72')
  expect(blank).not.toContain('Procurement Act 2023')
  // Amounts are amounts.
  expect(blank).toContain('Small in value: £16,000 of £12,000 used')
  expect(strange).toContain(
    'Schedule 8 para 2: a rule of the Procurement Act 2023 (PA23), check that it applies',
  )
})

test('the draft uses what was typed of its waiver, and a record that was taken back no more', async () => {
  const waiver: Waiver = {
    ...{ category: 'continuity' as const, reason: 'The award was challenged', requestedOn: null },
    ...{ approvedOn: asCivilDate('2026-11-19'), beganOn: asCivilDate('2026-12-01') },
    ...{ approver: 'The chief executive', net: asDecimal('16000'), gross: null },
    ...{ supplierYear: null, committeeOn: asCivilDate('2027-01-14') },
  }
  const { pool } = setup.db
  const by = setup.actor('2026-11-20')
  const id = await setup.contractId('EM-5')
  await recordWaiver(pool, by, id, { ...waiver, approver: 'Somebody else' })
  await recordWaiver(pool, by, id, waiver)
  const [, first] = await readWaivers(pool, {
    organisationId: setup.organisation.id,
    contractId: id,
  })
  const taken = first?.id ?? 0
  expect(await withdrawWaiver(pool, by, taken, 'recorded twice')).toEqual({ reference: 'EM-5' })
  await expect(withdrawWaiver(pool, by, taken, 'again')).rejects.toThrow('taken back already')
  await expect(withdrawWaiver(pool, by, 999_999, 'x')).rejects.toThrow('no waiver 999999')
  await expect(withdrawWaiver(pool, by, taken, ' ')).rejects.toThrow('Say why')
  await log('EM-5', 'emergency')
  await send()
  const file = [...workspace.places.files.values()].find(({ name }) => name.includes('EM-5'))
  const written = file?.content?.toString('utf8') ?? ''
  expect(written).toContain('- **Grounds:** The award was challenged')
  expect(written).toContain('- **Approver:** The chief executive')
  expect(written).toContain('- **Decision and date:** Approved on Thu 19 Nov 2026')
  expect(written).toContain('- **To be reported to the audit committee on:** Thu 14 Jan 2027')
  expect(written).not.toContain('Somebody else')
  const record = await setup.rows<{ what: string; to: string }>(
    `SELECT what, to_value AS to FROM audit_change WHERE contract_id = $1 AND what LIKE 'waiver%' ORDER BY entry_id`,
    [id],
  )
  expect(record.at(-1)).toEqual({ what: 'waiver withdrawn', to: 'recorded twice' })
})

test('what says the same as a record that stands is recorded once more only where somebody insists', async () => {
  const { pool } = setup.db
  const by = setup.actor('2026-11-20')
  const id = await setup.contractId('EM-3')
  const waiver: Waiver = {
    ...{ category: 'urgent' as const, reason: 'Flood', requestedOn: null, approvedOn: null },
    ...{ beganOn: asCivilDate('2026-11-10'), approver: null, net: asDecimal('500') },
    ...{ gross: null, supplierYear: null, committeeOn: null },
  }
  const asked = { organisationId: setup.organisation.id, contractId: id }
  const first = await recordWaiver(pool, by, id, waiver)
  expect(first.extension).toBeNull()
  const same = { ...waiver, net: asDecimal('500.00'), reason: null }
  await expect(recordWaiver(pool, by, id, same)).rejects.toMatchObject({ waiverId: first.id })
  // Of two who send it at once one is told.
  const both = await Promise.allSettled(
    [1, 2].map(() => recordWaiver(pool, by, id, { ...waiver, net: asDecimal('600') })),
  )
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await recordWaiver(pool, by, id, same, true)
  expect((await readWaivers(pool, asked)).length).toBe(3)
  // One that was taken back stands in no way, and is seen as such.
  await withdrawWaiver(pool, by, first.id, 'wrong contract')
  expect((await readWaivers(pool, asked)).length).toBe(2)
  const all = await readWaivers(pool, { ...asked, withdrawn: true })
  expect(all.filter(({ withdrawnOn }) => withdrawnOn !== null)).toEqual([
    expect.objectContaining({ id: first.id, withdrawnWhy: 'wrong contract' }),
  ])
  await expect(
    recordWaiver(pool, by, id, { ...waiver, gross: asDecimal('400') }, true),
  ).rejects.toMatchObject({ field: 'gross' })
})

test('an option brings none', async () => {
  await log('OP-1', 'option')
  await send()
  expect(workspace.ledger.messages).toEqual([])
})

test('the draft never comes into a channel with guests', async () => {
  await reopen({ channels: [{ id: 'C0CONTRACTS', name: 'contracts', people: [PEOPLE.guest] }] })
  workspace.places.addUser(PEOPLE.guest, 'guest', { guest: 'multi-channel' })
  await log('EM-2', 'emergency')
  await send()
  expect(workspace.ledger.messages).toEqual([])
  expect(workspace.places.files.size).toBe(0)
})

test('the draft waits while nobody can say who reads the channel, for as long as that takes, and comes once', async () => {
  workspace.faults.choose(({ method }) =>
    method === 'conversations.members'
      ? { kind: 'error', error: 'missing_scope', accepted: false }
      : null,
  )
  await log('EM-3', 'emergency')
  const again = () => setup.rows('UPDATE delivery SET due_at = now()')
  const row = async () => (await setup.rows('SELECT * FROM delivery'))[0]
  for (let day = 0; day < 5; day += 1) {
    await send()
    expect(await row()).toMatchObject({
      state: 'RETRY',
      problem: expect.stringContaining('missing_scope'),
    })
    await setup.rows(
      `UPDATE delivery SET due_at = now(), readers_unknown_since = readers_unknown_since - interval '1 day',
         first_tried_at = first_tried_at - interval '1 day'`,
    )
  }
  expect(workspace.ledger.messages).toEqual([])
  // Known at last, and Slack is busy: the three days that retries may take begin now.
  workspace.faults.clear()
  workspace.faults.plan({ kind: 'status', status: 429, accepted: false })
  await send()
  expect(await row()).toMatchObject({ state: 'RETRY', readers_unknown_since: null })
  await again()
  await setup.rows('UPDATE channel SET paused_until = NULL')
  await send()
  await send()
  expect(workspace.ledger.messages.map(({ text }) => text)).toEqual([
    expect.stringContaining('Draft of a waiver'),
  ])
})

test('the draft for a channel that is gone goes to the escalation channel', async () => {
  await reopen({ channels: [{ id: 'C0ESC', name: 'escalation' }] })
  await setup.rows(`UPDATE team SET escalation_channel = '#escalation'`)
  await log('EM-4', 'emergency')
  await send()
  expect(workspace.ledger.inChannel('C0ESC').map(({ text }) => text)).toEqual([
    expect.stringContaining('Draft of a waiver'),
  ])
})

test('a placeholder approves no extension either: the draft leaves the approver to fill', async () => {
  const { pool } = setup.db
  const by = setup.actor('2026-11-20')
  const id = await setup.contractId('EM-6')
  await extend(pool, by, id, {
    ...{ kind: 'emergency', from: null, to: asCivilDate('2026-12-31'), cost: null },
    ...{ rule: 'Procurement Act 2023, s.74(3)', approver: 'to be confirmed' },
  })
  await send()
  const file = [...workspace.places.files.values()].find(({ name }) => name.includes('EM-6'))
  expect(file?.content?.toString('utf8')).toContain('- **Approver:** [to fill]')
  expect(await setup.rows('SELECT approver FROM extension WHERE contract_id = $1', [id])).toEqual([
    { approver: null },
  ])
})

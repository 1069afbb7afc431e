/** Forged, replayed and repeated requests: none acts twice, or for somebody without the right. */

import type { ContractAct } from '../src/text/buttons.ts'
import type { Payload } from '../stand-in/slack/delivery.ts'
import { submissionPayload } from '../stand-in/slack/payloads.ts'
import { signedRequest } from '../stand-in/slack/server.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { SIGNING_SECRET, said, TRANSPORTS, useBotSetup } from './support/bot-setup.ts'
import { openOutbox } from './support/outbox.ts'
import { present } from './support/present.ts'

const NAMES = [
  ...['SIGNED', 'REPLAY', 'TYPED', 'SENT', 'VALUE', 'META', 'THEIRS', 'HASH', 'LATE', 'STALE'],
  ...['TWO-ack', 'TWO-snooze-1w', 'TWO-form', 'MANY-ack', 'MANY-snooze-1w'],
] as const
const ENDED = ['TWO-supplied-yes', 'TWO-supplied-no', 'TWO-both', 'MANY-supplied-yes'] as const
const line = (end: string) => (name: string) =>
  `${name},Title of ${name},Acme,olive.owner@trust.example,dev.deputy@trust.example,2024-01-01,${end},20000`
const REGISTER = [
  'Reference,Title,Supplier,Owner email,Deputy email,Start,End,Value',
  ...NAMES.map(line('2026-12-07')),
  ...ENDED.map(line('2026-11-20')),
].join('\n')

/** A contract of another organisation in the same database, with a warning of its own. */
let foreignId = 0

describe.each(TRANSPORTS)('forged and repeated requests over %s', (kind) => {
  const setup = useBotSetup(kind, REGISTER, {
    prepare: async (setup) => {
      const outbox = await openOutbox(setup.database.pool)
      foreignId = (await outbox.queue('#elsewhere', { title: 'Foreign secret' })).contractId
      for (const who of [PEOPLE.owner, PEOPLE.deputy]) await setup.type(who, 'help')
      const { pool } = setup.database
      await pool.query(
        `UPDATE contract SET owner_id = (SELECT id FROM person WHERE slack_user = $1),
         deputy_id = (SELECT id FROM person WHERE slack_user = $2) WHERE organisation_id = $3`,
        [PEOPLE.owner, PEOPLE.deputy, setup.organisation.id],
      )
      await pool.query(
        `UPDATE contract SET owner_id = NULL, deputy_id = NULL, category_lead_id =
         (SELECT id FROM person WHERE slack_user = $1) WHERE reference = 'THEIRS'`,
        [PEOPLE.deputy],
      )
      await setup.tell()
    },
  })
  beforeEach(() => {
    setup.lines.splice(0)
  })

  const press = async (who: string, act: ContractAct, reference: string) =>
    setup.pressAction(who, { act, subject: await setup.subjectOf(reference) })
  const lastSent = (): Payload => {
    const payload = present(setup.workspace.sent.at(-1))
    return payload
  }
  const send = async (payload: Payload) => {
    const ack = await setup.workspace.deliver(payload)
    await setup.bot.idle()
    return ack
  }
  const opened = async (who: string, act: ContractAct, reference: string) =>
    setup.form(who, { act, subject: await setup.subjectOf(reference) })

  if (kind === 'http') {
    test.each([
      ['another secret', { signingSecret: 'guessed', signedAt: Date.now }],
      [
        'a time six minutes ago',
        { signingSecret: SIGNING_SECRET, signedAt: () => Date.now() - 360_000 },
      ],
    ])('what is signed with %s is turned away', async (_, signing) => {
      await press(PEOPLE.colleague, 'ack', 'SIGNED')
      const payload = by(PEOPLE.owner, lastSent())
      const request = signedRequest(payload, null, signing)
      expect(await postStatus(request)).toBe(401)
      expect(await setup.actsOn('SIGNED')).toEqual([])
    })

    test('what is not signed, or was changed after signing, is turned away', async () => {
      await press(PEOPLE.colleague, 'ack', 'SIGNED')
      const payload = lastSent()
      const honest = { signingSecret: SIGNING_SECRET, signedAt: Date.now }
      const { headers, body } = signedRequest(payload, null, honest)
      const { 'x-slack-signature': _, ...unsigned } = headers
      const changed = body.replaceAll(PEOPLE.colleague, PEOPLE.owner)
      expect(changed).not.toBe(body)
      expect(await postStatus({ headers: unsigned, body })).toBe(401)
      expect(await postStatus({ headers, body: changed })).toBe(401)
      expect(await setup.actsOn('SIGNED')).toEqual([])
    })
  }

  test('a press that is delivered again does nothing', async () => {
    await press(PEOPLE.owner, 'snooze-1d', 'REPLAY')
    const payload = lastSent()
    await Promise.all([send(payload), send(payload), send(payload)])
    expect(await setup.actsOn('REPLAY')).toEqual(['snoozed'])
  })

  test('a command that is delivered again does nothing', async () => {
    await setup.type(PEOPLE.owner, 'snooze TYPED 3 days')
    const payload = lastSent()
    await Promise.all([send(payload), send(payload)])
    expect(await setup.actsOn('TYPED')).toEqual(['snoozed'])
  })

  test('a form that is delivered again does nothing, also with another hash or view id', async () => {
    const form = await opened(PEOPLE.owner, 'decide', 'SENT')
    await setup.workspace.as(PEOPLE.owner).submit(form, { deadline: 'end', choice: 'compete' })
    const payload = lastSent()
    const view = payload.body.view as Record<string, unknown>
    const forged = (change: object) => ({
      ...payload,
      body: { ...payload.body, view: { ...view, ...change } },
    })
    await send(payload)
    await send(forged({ hash: '1.forged' }))
    await send(forged({ id: 'VFORGED' }))
    expect(await setup.actsOn('SENT')).toEqual(['decided', 'procurement planned'])
  })

  // Whether an act is allowed, and which came first, does not depend on how the request came.
  if (kind === 'socket') return

  test.each([
    ['nothing', ''],
    ['no JSON', '[1,"ack"'],
    ['another shape', '{"act":"ack"}'],
    ['another version of the shape', '[2,"ack",1,1,[]]'],
    ['an unknown act', '[1,"delete",1,1,[]]'],
    ['too much', '[1,"ack",1,1,[],true]'],
    ['a number as text', '[1,"ack","1",1,[]]'],
    ['SQL', `[1,"ack","1; DROP TABLE contract",1,[]]`],
    ['a number out of range', '[1,"ack",99999999999,1,[]]'],
    ['an inherited name', '[1,"constructor",1,1,[]]'],
  ])('a button whose value holds %s acts on nothing', async (_, value) => {
    const shown = value === '' ? '-' : value
    expect(said(await setup.pressValue(PEOPLE.admin, shown))).toContain('not one of ours')
    expect(setup.lines).toEqual([])
  })

  test('a value that names another contract gives no right to it', async () => {
    const theirs = await setup.subjectOf('THEIRS')
    for (const version of [theirs.version, 1, 2_147_483_647]) {
      const subject = { ...theirs, version }
      for (const act of ['ack', 'snooze-1w', 'historic', 'assign', 'decide', 'extend'] as const) {
        const seen = await setup.pressAction(PEOPLE.owner, { act, subject })
        expect(said(seen)).toContain('Only its category lead')
        expect(seen.modal).toBeNull()
      }
    }
    expect(await setup.actsOn('THEIRS')).toEqual([])
  })

  test('a contract of another organisation is as good as none, for reading and for every act', async () => {
    const subject = { contractId: foreignId, version: 1, alertIds: [] }
    const acts: readonly ContractAct[] = [
      ...(['show', 'explain', 'history', 'ack', 'snooze-1d', 'supplied-yes'] as const),
      ...(['supplied-no', 'historic', 'reactivate', 'snooze-date', 'decide'] as const),
      ...(['extend', 'classify', 'assign'] as const),
    ]
    for (const who of [PEOPLE.colleague, PEOPLE.admin]) {
      for (const act of acts) {
        const seen = await setup.pressAction(who, { act, subject })
        expect(said(seen), act).toContain('contract is gone')
        expect(seen.modal).toBeNull()
      }
      for (const verb of ['show', 'explain', 'history', 'ack', 'own', 'extend', 'decide']) {
        const seen = await setup.type(who, `${verb} #${foreignId}`)
        expect(said(seen), verb).not.toContain('Foreign')
        expect(said(seen), verb).not.toBe('')
      }
      expect(said(await setup.type(who, 'find foreign'))).not.toContain('Foreign secret')
    }
    const sql = 'SELECT version, historic FROM contract WHERE id = $1'
    expect(await setup.rows(sql, [foreignId])).toEqual([{ version: 1, historic: false }])
  })

  test('a form whose metadata was changed acts on nothing that its sender may not change', async () => {
    const form = await opened(PEOPLE.owner, 'snooze-date', 'META')
    const theirs = await setup.subjectOf('THEIRS')
    const payload = submissionPayload(
      setup.workspace.places.person(PEOPLE.owner),
      form,
      setup.workspace.trigger(PEOPLE.owner),
    )
    const view = payload.body.view as Record<string, unknown>
    const metadata = (contractId: unknown, version: unknown = 1) =>
      JSON.stringify([2, contractId, version, [], null, null, null])
    const { contractId } = await setup.subjectOf('META')
    const refused = [
      [theirs.contractId, theirs.version, 'Only its category lead'],
      [foreignId, 1, 'contract is gone'],
      [2_147_483_647, 1, 'contract is gone'],
    ] as const
    for (const [id, version, words] of refused) {
      const changed = { ...view, id: `VMETA${id}`, private_metadata: metadata(id, version) }
      const alone = await send({ ...payload, body: { ...payload.body, view: changed } })
      expect(JSON.stringify(alone)).toContain('nothing was changed')
      // Its fields forged as well.
      const whole = JSON.parse(
        JSON.stringify(changed).replaceAll(`:contract-${contractId}"`, `:contract-${id}"`),
      ) as object
      const ack = await send({ ...payload, body: { ...payload.body, view: whole } })
      expect(JSON.stringify(ack)).toContain(words)
    }
    for (const private_metadata of ['', '{}', 'null', metadata('1'), '[2]']) {
      const changed = { ...view, private_metadata }
      expect(await send({ ...payload, body: { ...payload.body, view: changed } })).toEqual({
        acked: true,
        body: undefined,
      })
    }
    expect(await setup.actsOn('THEIRS')).toEqual([])
    expect(await setup.actsOn('META')).toEqual([])
  })

  test('who pressed is who Slack says: a name in the value or the text counts for nothing', async () => {
    const subject = await setup.subjectOf('VALUE')
    await setup.pressAction(PEOPLE.colleague, { act: 'ack', subject })
    const payload = lastSent()
    const user = { ...(payload.body.user as object), name: 'olive.owner', username: 'olive.owner' }
    await send(by(PEOPLE.colleague, { ...payload, body: { ...payload.body, user } }))
    expect(await setup.actsOn('VALUE')).toEqual([])
  })

  describe('an act is done once', () => {
    test.each([
      ['ack', 'acknowledged'],
      ['snooze-1w', 'snoozed'],
      ['supplied-yes', 'updated'],
      ['supplied-no', 'closed'],
    ] as const)(
      'two people press %s at once: the second is told what the first did',
      async (act, what) => {
        const subject = await setup.subjectOf(`TWO-${act}`)
        const both = await Promise.all(
          [PEOPLE.owner, PEOPLE.deputy].map((who) => setup.pressAction(who, { act, subject })),
        )
        expect(await setup.actsOn(`TWO-${act}`)).toEqual([what])
        const told = both.map(said)
        expect(told.filter((text) => text.includes('Somebody came first'))).toHaveLength(1)
        expect(told.filter((text) => text.includes('Nothing was changed by you'))).toHaveLength(1)
      },
    )

    test('two people give different answers at once: the first one counts', async () => {
      const subject = await setup.subjectOf('TWO-both')
      const [yes, no] = await Promise.all([
        setup.pressAction(PEOPLE.owner, { act: 'supplied-yes', subject }),
        setup.pressAction(PEOPLE.deputy, { act: 'supplied-no', subject }),
      ])
      expect(await setup.actsOn('TWO-both')).toHaveLength(1)
      expect([said(yes), said(no)].join()).toContain('Somebody came first')
    })

    test.each(['ack', 'snooze-1w', 'supplied-yes'] as const)(
      '%s pressed again and again, by two people in turn and redelivered, acts once',
      async (act) => {
        const reference = `MANY-${act}`
        const subject = await setup.subjectOf(reference)
        for (let round = 0; round < 4; round += 1) {
          await setup.pressAction(PEOPLE.owner, { act, subject })
          await send(lastSent())
          const late = said(await setup.pressAction(PEOPLE.deputy, { act, subject }))
          expect(late).toContain('Somebody came first')
          expect(late).toContain(PEOPLE.owner)
        }
        expect(await setup.actsOn(reference)).toHaveLength(1)
      },
    )

    test('a form that comes back too late says who came first, keeps what was typed, and acts when sent again', async () => {
      const subject = await setup.subjectOf('LATE')
      const form = await opened(PEOPLE.owner, 'decide', 'LATE')
      await setup.pressAction(PEOPLE.deputy, { act: 'snooze-1w', subject })
      const owner = setup.workspace.as(PEOPLE.owner)
      const given = { deadline: 'end', choice: 'compete', text: 'Typed with care' }
      const late = await owner.submit(form, given)
      expect(Object.values(late.errors).join()).toContain('Dev Deputy came first and snoozed it')
      expect(late.modal?.id).toBe(form.id)
      expect(await setup.actsOn('LATE')).toEqual(['snoozed'])
      expect((await owner.submit(form)).errors).toEqual({})
      expect(await setup.actsOn('LATE')).toEqual(['snoozed', 'decided', 'procurement planned'])
    })

    test('two people send the same form at once: the second is told', async () => {
      const given = { kind: 'variation', to: '2027-06-30', status: 'confirmed' }
      const people = [PEOPLE.owner, PEOPLE.deputy]
      const forms = []
      for (const who of people) forms.push(await opened(who, 'extend', 'TWO-form'))
      const sent = await Promise.all(
        forms.map((form, at) => setup.workspace.as(people[at] ?? '').submit(form, given)),
      )
      const errors = sent.flatMap((each) => Object.values(each.errors))
      expect(errors).toHaveLength(1)
      expect(errors.join()).toContain('came first and extended it to Wed 30 Jun 2027')
      expect(await setup.actsOn('TWO-form')).toEqual(['extended'])
    })

    test('a version that moved without anybody acting is no reason to refuse', async () => {
      const subject = await setup.subjectOf('STALE')
      await setup.database.pool.query(
        `UPDATE contract SET version = version + 1 WHERE reference = 'STALE'`,
      )
      await setup.pressAction(PEOPLE.owner, { act: 'snooze-1w', subject })
      expect(await setup.actsOn('STALE')).toEqual(['snoozed'])
    })

    test('whoever types a command after somebody acted is told so', async () => {
      expect(said(await setup.type(PEOPLE.deputy, 'ack STALE'))).toContain('Somebody came first')
      expect(await setup.actsOn('STALE')).toEqual(['snoozed'])
    })
  })

  async function postStatus(request: { headers: Record<string, string>; body: string }) {
    const response = await fetch(setup.requestUrl ?? '', { method: 'POST', ...request })
    await response.text()
    return response.status
  }
})

/** The same press by somebody else, as a new one. */
function by(who: string, payload: Payload): Payload {
  const user = { ...(payload.body.user as object), id: who }
  const actions = (payload.body.actions as object[]).map((each) => ({
    ...each,
    action_ts: '9.000009',
  }))
  return { ...payload, body: { ...payload.body, user, actions } }
}

import fc from 'fast-check'
import { addDays, asCivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import {
  type Action,
  actionValue,
  CONTRACT_ACTS,
  OPENED,
  readAction,
  readActionValue,
  VALUE_ROOM,
  WARNING_STATES,
  type WarningState,
  warningButtons,
} from '../src/text/buttons.ts'
import type { PricedFact } from '../src/text/prices.ts'
import { type ActionRecord, actLine, warningMessage, withActs } from '../src/text/warning.ts'
import { groupedMessage } from '../src/text/warning-group.ts'
import { AMIRA, SUBJECT, TOM } from './support/bot-facts.ts'
import { holds } from './support/holds.ts'
import { AS_OF, warning, warnings } from './support/message-facts.ts'
import { refusedIn } from './support/slack-limits.ts'

const id = fc.integer({ min: 1, max: 2_147_483_647 })
const subject = fc.record({
  contractId: id,
  version: id,
  alertIds: fc.uniqueArray(id, { maxLength: 20 }),
})
const query = fc.string({ unit: 'grapheme', maxLength: 100 })
const is = <const V extends string>(...values: V[]) => fc.constantFrom(...values)
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ act: fc.constantFrom(...CONTRACT_ACTS), subject }),
  fc.record({ act: is('page'), query, page: fc.integer({ min: 1, max: 999_999 }) }),
  fc.record({ act: is('share', 'run'), query }),
  fc.record({ act: is('open'), what: fc.constantFrom(...OPENED) }),
  fc.record({ act: is('triage-confirm', 'settings-team', 'team-rules'), teamId: id }),
  fc.record({ act: is('unsubscribe'), subscriptionId: id }),
)

describe('the value of a button', () => {
  it('comes back as the action it was made for', () => {
    holds([action], (each) => {
      const value = actionValue(each)
      expect(value).not.toBeNull()
      expect(readActionValue(value)).toEqual(each)
      expect(readAction({ action_id: 'lw.x', type: 'button', value })).toEqual(each)
      const chosen = { action_id: 'lw.more', selected_option: { text: {}, value }, value: null }
      expect(readAction(chosen)).toEqual(each)
    })
  })

  it('fits an option too, with the most urgent alerts first', () => {
    holds([subject, fc.constantFrom(...CONTRACT_ACTS)], (about, act) => {
      const value = actionValue({ act, subject: about }, VALUE_ROOM.option)
      expect(value?.length ?? 0).toBeLessThanOrEqual(75)
      const read = readActionValue(value)
      const alerts = read !== null && 'subject' in read ? read.subject.alertIds : null
      expect(alerts).toEqual(about.alertIds.slice(0, alerts?.length))
    })
  })

  it('is refused when anything about it is forged', () => {
    const ids = Array.from({ length: 21 }, (_, index) => index + 1)
    const forged = [
      ...['', 'null', '[]', '{}', '"ack"', '[1]', '[1,"ack"]', '[2,"ack",17,5,[12]]', 'ack|17|5'],
      ...['["1","ack",17,5,[12]]', '[1,"ack",17,5]', '[1,"ack",17,5,[12],1]'],
      ...['"17"', '0', '-1', '1.5', '1e99', '2147483648'].map((id) => `[1,"ack",${id},5,[12]]`),
      ...['[12,12]', '["12"]', '{"length":0}', `[${ids}]`].map((all) => `[1,"ack",17,5,${all}]`),
      ...['[1,"drop",17,5,[12]]', '[1,"__proto__",17,5,[12]]', '[1,"open","toString"]'],
      ...['[1,"page","due",0]', '[1,"page","due",1000000]', '[1,"run",5]'],
      ...['[1,"triage-confirm","1; drop table"]', `[1,"run","${'x'.repeat(2000)}"]`],
    ]
    for (const value of forged) expect(readActionValue(value), value).toBeNull()
    const good = actionValue({ act: 'ack', subject: SUBJECT })
    for (const element of [
      ...[null, 'x', [], {}, { value: good }],
      { action_id: 'other', value: good },
      { action_id: 'lw.ack', value: { toString: () => good } },
      { action_id: 'lw.ack', value: good, selected_option: { value: 'forged' } },
    ]) {
      expect(readAction(element)).toBeNull()
    }
  })

  it('never breaks the reader, and only exact shapes act, whatever is sent', () => {
    holds([fc.oneof(fc.json(), fc.string(), fc.anything())], 2000, (value) => {
      const read = readActionValue(value)
      if (read !== null) expect(actionValue(read)).not.toBeNull()
      readAction(value)
      readAction({ action_id: 'lw.x', value })
    })
    const written = actionValue({ act: 'snooze-1w', subject: SUBJECT }) ?? ''
    holds([fc.nat(written.length - 1), fc.string({ maxLength: 2 })], 2000, (at, put) => {
      const mutated = `${written.slice(0, at)}${put}${written.slice(at + 1)}`
      const read = readActionValue(mutated)
      if (read !== null) expect(JSON.parse(actionValue(read) ?? '')).toEqual(JSON.parse(mutated))
    })
  })
})

describe('the buttons of a warning', () => {
  it('fit its state', () => {
    const offered = (state: WarningState) =>
      (warningButtons(state, SUBJECT)?.elements ?? []).flatMap((element) => {
        if (element.type === 'button') return [element.text.text]
        const options = 'options' in element ? (element.options ?? []) : []
        return options.map((option) => `${element.type}: ${option.text.text}`)
      })
    const all = WARNING_STATES.map((state) => [state, offered(state)])
    expect(Object.fromEntries(all)).toMatchSnapshot()
  })

  it('are what Slack takes, also with ids as large as they can be', () => {
    const large = { contractId: 2_147_483_647, version: 2_147_483_647, alertIds: [2_147_483_646] }
    for (const state of WARNING_STATES) {
      const buttons = warningButtons(state, large)
      expect(buttons).not.toBeNull()
      expect(refusedIn(buttons === null ? [] : [buttons])).toEqual([])
      for (const element of buttons?.elements ?? []) {
        const options = 'options' in element ? (element.options ?? []) : []
        const values =
          element.type === 'button' ? [element.value] : options.map((option) => option.value)
        for (const value of values) expect(readActionValue(value)).not.toBeNull()
      }
    }
  })
})

describe('a group', () => {
  const facts = (count: number, state: WarningState) => ({
    ...{ asOf: AS_OF, team: 'Digital', catchUp: false, possibleRepeat: false },
    warnings: warnings(count).map((each) => ({ ...each, addressees: [] })),
    subjects: warnings(count).map((_, index) => ({ contractId: index + 1, version: 3, state })),
  })
  const valuesIn = (blocks: readonly unknown[]) =>
    [...JSON.stringify(blocks).matchAll(/"value":"((?:[^"\\]|\\.)*)"/g)].map(([, value]) =>
      readActionValue(JSON.parse(`"${value}"`)),
    )

  const WANTED: Partial<Record<WarningState, readonly string[]>> = {
    open: ['ack', 'decide', 'extend', 'show'],
    asked: ['supplied-yes', 'supplied-no', 'decide', 'extend', 'show'],
  }
  it('keeps the buttons of each of its entries, by its state', () => {
    for (const state of WARNING_STATES) {
      for (const count of [4, 8, 9, 15]) {
        const { blocks } = groupedMessage(facts(count, state))
        expect(refusedIn(blocks)).toEqual([])
        const acts = valuesIn(blocks)
        expect(acts).not.toContain(null)
        for (let id = 1; id <= count; id += 1) {
          const own = acts.flatMap((action) => {
            const isIts = action && 'subject' in action && action.subject.contractId === id
            return isIts ? [action.act] : []
          })
          const wanted = expect.arrayContaining([...(WANTED[state] ?? ['show'])])
          expect(own, `${state} of ${count}`).toEqual(wanted)
        }
      }
    }
  })
})

const PRICED: PricedFact = {
  ...{ cost: asDecimal('4600000'), currency: 'GBP' },
  price: {
    ...{ baseline: asDecimal('2718333.33'), assumed: true, months: 1, ratio: 1.6922 },
    method: 'straight line over 60 months, basis assumed committed',
    premium: asDecimal('1881666.67'),
  },
}

const ACCRUING = {
  ...{ since: asCivilDate('2026-11-22'), accrued: asDecimal('2000'), currency: 'GBP' },
  ...{ baseline: asDecimal('60000'), method: 'charge per month' },
}

describe('a warning that somebody acted on', () => {
  const on = asCivilDate('2026-11-23')
  const acts: ActionRecord[] = [
    { what: 'acknowledged', by: AMIRA, on, askedAgain: addDays(on, 14) },
    { what: 'snoozed', by: TOM, on, until: addDays(on, 7), why: 'the <!channel> *board* meets' },
    { what: 'snoozed', by: TOM, on, until: addDays(on, 7), why: null },
    { what: 'decided', by: AMIRA, on, text: 'Compete', evidence: 'https://example.org/minutes' },
    { what: 'extended', by: AMIRA, on, to: addDays(on, 30), kind: 'emergency' },
    { what: 'extended', by: AMIRA, on, to: addDays(on, 30), kind: 'emergency', price: PRICED },
    { what: 'withdrawn', by: TOM, on, to: addDays(on, 30), kind: 'option', why: 'typed twice' },
    { what: 'assigned', by: AMIRA, on, owner: TOM, deputy: null },
    { what: 'still-supplied', by: AMIRA, on, since: addDays(on, -1) },
    { what: 'still-supplied', by: AMIRA, on, since: addDays(on, -1), costs: ACCRUING },
    { what: 'no-longer-supplied', by: AMIRA, on },
    { what: 'closed', by: null, on, why: 'a signed successor begins the day after' },
    { what: 'closed', by: null, on, why: 'Nobody uses it!' },
    { what: 'edited', by: TOM, on, fields: ['owner', 'value'] },
    { what: 'escalated', by: null, on, to: '#procurement-leads' },
  ]

  it('says who did what and when', () => {
    expect(acts.map((act) => String(actLine(act)))).toMatchSnapshot()
    const hidden = acts.map((act) => String(actLine(act, true))).join('\n')
    expect(hidden).not.toMatch(/board|Compete|minutes|£|typed|successor|uses/)
    expect(hidden.match(/Still supplied, out of contract since/g)).toHaveLength(2)
    expect(String(actLine(acts[0] as ActionRecord))).toBe(
      '*On it:* <@U0AMIRA01>, Mon 23 Nov 2026; asked again Mon 7 Dec 2026.',
    )
  })

  it('keeps what it warned of, shows the last act first, and has the buttons of its state', () => {
    const before = warningMessage(warning(), warningButtons('open', SUBJECT))
    const after = withActs(before, acts.slice(0, 2), warningButtons('snoozed', SUBJECT))
    expect(after.text).toMatch(
      /^Sign cover by Sun 30 Apr \(30 days\): .*\nSnoozed: .*\nOn it: .*\n🟡 /,
    )
    expect(after.blocks.filter((block) => block.type === 'actions')).toEqual([
      warningButtons('snoozed', SUBJECT),
    ])
    expect(after.blocks.length).toBe(before.blocks.length + 1)
    expect(refusedIn(after.blocks)).toEqual([])
    expect(withActs(before, [], null).text).toBe(before.text)
    // The last three of them.
    expect(withActs(before, acts, null).text).toMatch(
      /^Sign .*\nEscalated: .*\nChanged: .*\nClosed: .*\n🟡 /,
    )
  })
})

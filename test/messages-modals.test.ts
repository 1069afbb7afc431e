import type { KnownBlock, ModalView } from '@slack/types'
import fc from 'fast-check'
import { addDays, asCivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { snoozeLimit } from '../src/rules/reminder-plan.ts'
import { DEFAULT_SCHEDULES, scheduleWords } from '../src/rules/reminder-schedule.ts'
import { RULE_KEYS, ruleName } from '../src/rules/settings-text.ts'
import { assignModal, preferencesModal } from '../src/slack/forms/assign.ts'
import { type ContractInput, contractModal } from '../src/slack/forms/contract.ts'
import { decideModal, snoozeModal } from '../src/slack/forms/decide.ts'
import {
  classifyModal,
  extendModal,
  waiverModal,
  withdrawModal,
} from '../src/slack/forms/extend.ts'
import { readContext, writeContext } from '../src/slack/forms/fields.ts'
import { headingsModal, importModal } from '../src/slack/forms/import.ts'
import { rulesModal, settingsModal } from '../src/slack/forms/settings.ts'
import { CHOICES } from '../src/slack/parse/command-types.ts'
import { readSubmission } from '../src/slack/submissions.ts'
import { AMIRA, SUBJECT, TOM } from './support/bot-facts.ts'
import { holds } from './support/holds.ts'
import { contract } from './support/message-facts.ts'
import { present } from './support/present.ts'
import { refusedInView } from './support/slack-limits.ts'

const TODAY = asCivilDate('2026-11-23')
const END = asCivilDate('2027-04-30')
const UNITS = ['days', 'weeks', 'months', 'years', 'working-days'] as const
const ABOUT = { contractId: 17, version: 5, alertIds: [12, 13] }
const TEAMS = [
  { id: 1, name: 'Digital' },
  { id: 2, name: 'Estates' },
]
const PLAN = {
  ...{ fileId: 'F0REGISTER', source: null, teamId: 2, dates: null },
  ...{ at: { reading: ',', line: 1 }, fields: [], page: 0, left: 0 },
} as const
const LADDERS = Object.entries(DEFAULT_SCHEDULES)
  .map(([kind, schedule]) => `${kind}: ${scheduleWords(schedule)}`)
  .join('\n')
const STORED: ContractInput = {
  ...{ reference: 'C-1042', title: 'Lift maintenance', supplier: 'Bramley Lifts' },
  ...{ buyer: 'Bramley Trust', teamId: 2, owner: 'U0AMIRA01', start: asCivilDate('2024-05-01') },
  ...{ endKind: 'dated', end: END, maximumEnd: asCivilDate('2029-04-30') },
  noticePeriod: { amount: 3, unit: 'months' },
  automaticRenewal: true,
  renewalTerm: { amount: 12, unit: 'months' },
  ...{ reviewOn: null, personalData: null, sharesData: null, sharedWith: null, dpia: null },
  ...{ value: asDecimal('1234567.50'), currency: 'GBP', valueBasis: 'committed' },
  ...{ regime: 'PA23', route: 'quotes' },
  documents: [{ title: 'Signed contract', url: 'https://trust.example/c.pdf' }],
}
const MONTH = { from: addDays(END, 1), to: addDays(END, 31) }
const EXTENSION = { id: 4, status: 'confirmed', ...MONTH, currency: 'GBP' } as const

const SAID_BY_NOBODY = {
  authority: 'above',
  nation: 'above',
  ofOrganisation: { authority: null, nation: null },
} as const

/** Every modal, with this text wherever text from outside can stand. */
function modalsWith(text: string | null): Record<string, ModalView> {
  const named = text === null ? contract() : { reference: text, title: text, supplier: text }
  const person = text === null ? AMIRA : { name: text, slackUser: null }
  const about = { subject: SUBJECT, contract: named }
  const teams =
    text === null ? TEAMS : Array.from({ length: 150 }, (_, id) => ({ id: id + 1, name: text }))
  const law = { regime: null, assumed: false }
  const extend = { ...about, currency: 'GBP', end: END, law }
  const grounds = [{ id: 'own', title: text ?? 'Our own rule', rule: text ?? 'Page 3' }]
  const stored =
    text === null
      ? STORED
      : { ...STORED, reference: text, title: text, supplier: text, buyer: text }
  const known = { ...EXTENSION, kind: 'unknown', cost: asDecimal('3470') } as const
  const emergency = { ...EXTENSION, kind: 'emergency', cost: null } as const
  const open = [
    { kind: 'notice', on: addDays(END, -95) } as const,
    { kind: 'end', on: END } as const,
  ]
  const gone = { id: 7, category: 'continuity', beganOn: addDays(END, 1) } as const
  return {
    'log an extension': extendModal(text === null ? extend : { ...extend, grounds }),
    'classify an extension': classifyModal({ ...extend, extension: known }),
    'withdraw an extension': withdrawModal({ ...about, extensions: [emergency], waivers: [] }),
    'take back an extension or a waiver': withdrawModal({
      ...{ ...about, extensions: [], waivers: [gone] },
    }),
    'record a decision': decideModal({ ...about, deadlines: open }),
    'record a decision where nothing is open': decideModal({ ...about, deadlines: [] }),
    'record a waiver': waiverModal({ ...about, currency: 'GBP', emergencies: [MONTH] }),
    'record a waiver of any contract': waiverModal(null),
    snooze: snoozeModal(
      { ...about, limit: snoozeLimit(TODAY, [{ kind: 'end', on: addDays(TODAY, 20) }]) },
      TODAY,
    ),
    reassign: assignModal({ ...about, owner: person, deputy: TOM }),
    preferences: preferencesModal('dm'),
    'add a contract': contractModal({ subject: null, contract: {}, teams }),
    'edit a contract': contractModal({ subject: SUBJECT, contract: stored, teams, owner: person }),
    settings: settingsModal({
      ...{ team: teams[0] ?? { id: 1, name: 'Digital' }, teams, ladders: LADDERS },
      ...{ channel: 'C0DIGITAL', escalationChannel: null, timeZone: 'Europe/London' },
      ...{ calendar: text ?? 'DE-BY', startByFrom: '25000', ...SAID_BY_NOBODY },
    }),
    'rules of a contract': rulesModal({
      of: { kind: 'contract', ...about },
      own: ['approvalDays'],
      lines: {
        ladders: text ?? 'end: 90, 30, 0 then weekly-then-monthly',
        figures: text ?? 'approvalDays: 30',
        routes: text ?? 'open.leadDays: 200',
      },
    }),
    'import a register': importModal({ teams, teamId: 2 }),
    'check the headings': headingsModal({
      ...{ plan: PLAN, file: text ?? 'contract-register.csv', rows: 1234, ambiguousDates: true },
      columns: Array.from({ length: text === null ? 3 : 130 }, (_, index) => ({
        heading: text ?? ['Reference', 'Title', 'Contract end date'][index] ?? '',
        field: ['reference', 'title', 'end'][index] ?? null,
        sample: text ?? 'C-1042',
      })),
    }),
  }
}

const LINES = {
  ...{ ladders: 'end: 90, 30, 0', figures: 'approvalDays: 30', routes: 'open.leadDays: 200' },
}

type Values = Readonly<Record<string, unknown>>

/** Where what was entered stands, by the kind of a field. */
const HOLDS: Readonly<Record<string, string>> = {
  ...{ plain_text_input: 'value', datepicker: 'selected_date', users_select: 'selected_user' },
  ...{ conversations_select: 'selected_conversation', file_input: 'files' },
}

/** What Slack sends back when somebody changes these fields of the modal and submits it. */
function sent(view: ModalView, changes: Values = {}): unknown {
  const values: Record<string, Record<string, unknown>> = {}
  for (const block of view.blocks as KnownBlock[]) {
    if (block.type !== 'input' || block.block_id === undefined) continue
    const element = block.element as unknown as Record<string, unknown>
    values[block.block_id] = {
      [String(element.action_id)]: {
        type: element.type,
        value: element.initial_value ?? null,
        selected_date: element.initial_date ?? null,
        selected_option: element.initial_option ?? null,
        selected_user: element.initial_user ?? null,
        selected_conversation: element.initial_conversation ?? null,
        files: [],
      },
    }
  }
  for (const [name, change] of Object.entries(changes)) {
    const id = Object.keys(values).find((each) => each.startsWith(`${name}@`)) ?? ''
    const field = present(
      values[id]?.[name] as Record<string, unknown> | undefined,
      `The modal has no field ${name}.`,
    )
    const kind = String(field.type)
    if (kind === 'checkboxes') field.selected_options = [{ value: change }]
    else if (kind in HOLDS) field[HOLDS[kind] ?? ''] = change
    else field.selected_option = change === null ? null : { value: change }
  }
  return {
    callback_id: view.callback_id,
    private_metadata: view.private_metadata,
    blocks: view.blocks,
    state: { values },
  }
}

const modals = modalsWith(null)
const submit = (name: string, changes: Values = {}) =>
  readSubmission(sent(modals[name] as ModalView, changes), TODAY)
const errorsOf = (name: string, changes: Values = {}) => {
  const read = submit(name, changes)
  return read?.form === 'errors' ? read.errors : {}
}

describe('a modal', () => {
  it('asks for what it needs, in words that can be read aloud', () => {
    const words = Object.entries(modals).map(([name, view]) => [
      `${name}: ${view.title.text} [${view.submit?.text ?? ''}]`,
      ...(view.blocks as KnownBlock[]).flatMap((block) =>
        block.type === 'input'
          ? [
              `${block.label.text}${block.optional === true ? ' (optional)' : ''} <${block.element.type}>${block.hint === undefined ? '' : ` ${block.hint.text}`}`,
            ]
          : block.type === 'section'
            ? [block.text?.text ?? '']
            : [],
      ),
    ])
    expect(words).toMatchSnapshot()
  })

  it('is what Slack takes, whatever text from outside stands in it', () => {
    const texts = ['<!channel>', 'long '.repeat(800), '&'.repeat(4000), '\ud83d\u202e', '']
    for (const text of [null, ...texts, '👩‍👩‍👧‍👦'.repeat(99)]) {
      for (const [name, view] of Object.entries(modalsWith(text))) {
        expect(refusedInView(view), name).toEqual([])
        // What stands in a field is data; everything else must hold no mention.
        const shown = JSON.stringify(view.blocks, (key, value) =>
          key === 'initial_value' || key === 'value' ? undefined : value,
        )
        expect(shown, name).not.toMatch(/<[!@#h]/)
      }
    }
    holds([fc.string({ unit: 'binary', maxLength: 300 })], 8, (text) => {
      for (const view of Object.values(modalsWith(text))) expect(refusedInView(view)).toEqual([])
    })
  })

  it.each([
    ['PCR15', true, /^(pcr15|waiver|other)/, /2015 \(PCR15\) \(assumed from its start\).*Edit/],
    ['PA23', false, /^(pa23|waiver|other)/, /Procurement Act 2023/],
    ['below-threshold', false, /^(waiver|other)/, /below the thresholds/],
    [null, false, /./, /not recorded/],
  ] as const)('offers the grounds of the contract’s own law: %s', (regime, assumed, own, hint) => {
    const contract = { reference: 'C-17', title: null, supplier: 'Acme' }
    const law = { regime, assumed }
    const form = { subject: SUBJECT, contract, currency: 'GBP', end: END, law }
    const field = extendModal(form).blocks.find(({ block_id: id }) => id?.startsWith('grounds@'))
    if (field === undefined || !('element' in field)) throw new Error('The field is not there.')
    const { element, hint: said } = field
    if (element.type !== 'static_select') throw new Error('It is no select.')
    const offered = (element.options ?? []).map(({ value }) => value ?? '')
    expect(offered.filter((id) => !own.test(id))).toEqual([])
    expect(offered).toEqual(expect.arrayContaining(['waiver', 'other']))
    expect(offered.some((id) => id.startsWith('p'))).toBe(regime !== 'below-threshold')
    expect(said?.text).toMatch(hint)
  })

  it('has no field that another form, or the same form of something else, has', () => {
    const other = { contractId: 18, version: 5, alertIds: [] }
    const contractOf = (subject: typeof SUBJECT) => ({ subject, contract: contract() })
    const everyOf = (subject: typeof SUBJECT, id: number) => {
      const about = contractOf(subject)
      const team = { id, name: 'Digital' }
      const law = { regime: null, assumed: false }
      const columns = [{ heading: 'A', field: null, sample: null }]
      const plan = { ...PLAN, fileId: `F0REGISTER${id}` }
      return [
        extendModal({ ...about, currency: 'GBP', end: END, law }),
        decideModal({ ...about, deadlines: [] }),
        waiverModal({ ...about, currency: 'GBP', emergencies: [] }),
        snoozeModal({ ...about, limit: snoozeLimit(TODAY, []) }, TODAY),
        assignModal({ ...about, owner: AMIRA, deputy: TOM }),
        contractModal({ subject, contract: STORED, teams: TEAMS }),
        rulesModal({ of: { kind: 'contract', ...about }, own: [], lines: LINES }),
        rulesModal({ of: { kind: 'team', ...team }, own: [], lines: LINES }),
        settingsModal({
          ...{ team, teams: TEAMS, channel: null, escalationChannel: null, ladders: LADDERS },
          ...{ timeZone: 'Europe/London', calendar: 'FR', startByFrom: '0', ...SAID_BY_NOBODY },
        }),
        headingsModal({ plan, file: 'a.csv', rows: 1, columns, ambiguousDates: true }),
      ]
    }
    const organisation = rulesModal({ of: { kind: 'organisation' }, own: [], lines: LINES })
    const views = [
      ...[...everyOf(SUBJECT, 1), ...everyOf(other, 2)],
      ...[organisation, preferencesModal('dm'), importModal({ teams: TEAMS, teamId: 2 })],
      ...[contractModal({ subject: null, contract: {}, teams: TEAMS }), waiverModal(null)],
    ]
    const ids = views.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : [])),
    )
    expect(ids.length).toBeGreaterThan(100)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  it('comes without a choice that commits anybody: a person makes each', () => {
    const chosen = Object.entries(modals).flatMap(([name, view]) =>
      (view.blocks as KnownBlock[]).flatMap((block) => {
        if (block.type !== 'input') return []
        const { element } = block
        const has = 'initial_option' in element || 'initial_options' in element
        return has ? [`${name}: ${block.block_id?.replace(/@.*/, '')}`] : []
      }),
    )
    // What stands already, or is assumed of a new contract without anything following from it.
    const stands = /^(edit a contract|settings|preferences|check the headings): /
    expect(chosen.filter((each) => !stands.test(each))).toEqual([
      ...['team', 'endKind', 'automaticRenewal', 'valueBasis', 'personalData', 'sharesData'].map(
        (field) => `add a contract: ${field}`,
      ),
      'import a register: team',
    ])
  })

  it('opens with what is stored, so that saving it at once changes nothing', () => {
    const read = submit('edit a contract')
    expect(read).toMatchObject({ form: 'edit', about: { contractId: 17, version: 5 } })
    if (read?.form !== 'edit') throw new Error('no edit')
    expect(read.input.changes).toEqual({})
    const long = { ...STORED, title: 'A very long title. '.repeat(200), supplier: null }
    const view = contractModal({ subject: SUBJECT, contract: long, teams: TEAMS })
    const again = readSubmission(sent(view, { buyer: 'Another Trust' }), TODAY)
    if (again?.form !== 'edit') throw new Error('no edit')
    expect(again.input.changes).toEqual({ buyer: 'Another Trust' })
  })
})

describe('a modal that is sent back', () => {
  const EXTENDED = {
    ...{ kind: 'emergency', to: '2027-05-31', status: 'confirmed', grounds: 'pa23-urgency' },
    ...{ cause: 'The tender slipped.', approver: 'Director of Finance' },
  }
  const NOTICE = {
    deadline: 'notice',
    choice: 'serve-notice',
    evidence: 'https://example.org/proof',
  }
  const ADDED = { reference: 'C-1', endKind: 'dated', end: END, teamId: 1, value: null }
  const held = {
    ...{ channel: 'C0DIGITAL', timeZone: 'Europe/Rome', calendar: 'DE-BY', ladders: LADDERS },
    ...{ startByFrom: '25000', nobody: false },
  }
  const columns = new Map(Object.entries(['reference', 'title', 'end']).map(([n, f]) => [+n, f]))
  const read: readonly (readonly [string, Values, object])[] = [
    [
      'log an extension',
      { ...EXTENDED, cost: '£4.6m' },
      {
        form: 'extend',
        about: ABOUT,
        input: {
          ...{ ...EXTENDED, from: null, cost: '4600000.00', currency: 'GBP' },
          noticeReference: null,
        },
      },
    ],
    [
      'record a decision',
      { ...NOTICE, text: 'by post' },
      { form: 'decide', about: ABOUT, input: { ...NOTICE, text: 'Notice was served: by post' } },
    ],
    [
      'snooze',
      { why: ' the board ' },
      { form: 'snooze', about: ABOUT, input: { until: '2026-11-30', why: 'the board' } },
    ],
    [
      'reassign',
      { deputy: 'U0AMIRA02' },
      { form: 'assign', about: ABOUT, input: { owner: undefined, deputy: 'U0AMIRA02' } },
    ],
    ['preferences', { voice: 'mention' }, { form: 'preferences', input: { voice: 'mention' } }],
    [
      'settings',
      { timeZone: 'Europe/Rome' },
      {
        ...{ form: 'settings', teamId: 1, previewed: null, touched: ['timeZone'], held },
        input: { timeZone: 'Europe/Rome', typed: expect.any(Array) },
      },
    ],
    [
      'import a register',
      { file: [{ id: 'F0REGISTER' }] },
      { form: 'import', input: { fileId: 'F0REGISTER', source: null, teamId: 2 } },
    ],
    [
      'check the headings',
      { dates: 'day-first' },
      { form: 'headings', plan: PLAN, input: { columns, dates: 'day-first' } },
    ],
  ]
  it.each(read)('is read as what was entered: %s', (name, changes, expected) => {
    expect(submit(name, changes)).toEqual(expected)
  })

  it('is read as what was entered, of forms that hold more', () => {
    expect(submit('classify an extension', { kind: 'option' })).toMatchObject({
      ...{ form: 'classify', about: ABOUT, extensionId: 4 },
      input: { kind: 'option', cost: undefined },
    })
    const nobody = { input: { owner: undefined, deputy: null } }
    expect(submit('reassign', { nobody: 'deputy' })).toMatchObject(nobody)
    expect(submit('rules of a contract', { routes: 'Open LeadDays: 180' })).toMatchObject({
      ...{
        form: 'rules',
        scope: { contractId: SUBJECT.contractId, teamId: null },
        previewed: null,
      },
      input: {
        lines: { figures: 'approvalDays: 30', routes: 'Open LeadDays: 180' },
        typed: [
          { key: { kind: 'end' }, typed: '90, 30, 0 then weekly-then-monthly' },
          { key: { name: 'approvalDays' }, typed: '30' },
          { key: { route: 'open', figure: 'leadDays' }, typed: '180' },
        ],
      },
    })
    const added = submit('add a contract', { reference: 'C-1', title: 'Lifts', end: '2027-04-30' })
    expect(added).toMatchObject({ form: 'add', input: { contract: ADDED } })
  })

  const SIGNED = { kind: 'option', status: 'confirmed', to: '2027-05-31' }
  const URGENT = { ...SIGNED, kind: 'emergency' }
  const END_OF = { deadline: 'end' }
  type Wrong = readonly (readonly [Values, Readonly<Record<string, RegExp>>])[]
  const wrong: Readonly<Record<string, Wrong>> = {
    'log an extension': [
      [{}, { kind: /Choose what kind/, to: /last day/, status: /whether it is signed/ }],
      [{ ...SIGNED, to: '2027-04-30' }, { to: /runs to Fri 30 Apr 2027/ }],
      [{ ...SIGNED, to: '2099-01-01' }, { to: /to Wed 31 Dec 2098/ }],
      [{ ...SIGNED, from: '2027-06-01' }, { from: /after the last/ }],
      [{ ...SIGNED, cost: 'a lot' }, { cost: /not an amount/ }],
      [{ ...SIGNED, cost: '1.234' }, { cost: /two ways/ }],
      [URGENT, { grounds: /needs grounds/ }],
      [{ ...URGENT, grounds: 'other' }, { cause: /which other/ }],
    ],
    'classify an extension': [
      [{}, { kind: /Choose what kind/ }],
      [{ kind: 'unknown' }, { kind: /Choose what kind/ }],
    ],
    'record a decision': [
      [{}, { choice: /Choose what was decided/, deadline: /which date this settles/ }],
      [{ ...END_OF, choice: 'exit' }, { evidence: /needs its proof/ }],
      [{ ...END_OF, choice: 'compete', evidence: 'javascript:alert(1)' }, { evidence: /https/ }],
      [{ ...END_OF, choice: 'no-notice' }, { choice: /choose “The notice date” above/ }],
    ],
    snooze: [
      [{ until: null }, { until: /Choose the day/ }],
      [{ until: '2026-11-23' }, { until: /later than today/ }],
      [{ why: 'x'.repeat(301) }, { why: /at most 300/ }],
    ],
    reassign: [
      [{ owner: null }, { owner: /changes nothing: tick/ }],
      [{ owner: 'U0NEW0001', nobody: 'owner' }, { owner: /not both/ }],
      [{ deputy: 'U0AMIRA01' }, { deputy: /somebody else/ }],
    ],
    settings: [
      [{ channel: null }, { channel: /Choose the channel/ }],
      [{ escalation: 'C0DIGITAL' }, { escalation: /another channel/ }],
      [{ timeZone: 'Mars/Olympus' }, { timeZone: /Europe\/London/ }],
      [{ calendar: 'GB' }, { calendar: /holidays/ }],
      [{ ladders: 'notices: 30' }, { ladders: /did you mean notice/ }],
      [{ ladders: 'end: 400' }, { ladders: /from 0 to 180/ }],
      [{ ladders: 'end soon' }, { ladders: /is no rule/ }],
      [{ ladders: 'end: soon' }, { ladders: /no ladder/ }],
      [{ startByFrom: 'much' }, { startByFrom: /could not be read/ }],
      [{ startByFrom: '2.50' }, { startByFrom: /whole number/ }],
    ],
    'add a contract': [[{}, { reference: /reference/, title: /title/, end: /last day/ }]],
    'edit a contract': [
      [{ start: '1900-01-01' }, { start: /from Tue 2 Jan 1900/ }],
      [{ owner: null }, { owner: /changes nothing: tick/ }],
      [{ endKind: 'rolling' }, { endKind: /clear the day/ }],
      [{ end: '2024-01-01' }, { end: /begins on Wed 1 May 2024/ }],
      [{ maximumEnd: '2026-01-01' }, { maximumEnd: /Fri 30 Apr 2027/ }],
      [{ noticePeriod: 'a while' }, { noticePeriod: /3 months/ }],
      [{ automaticRenewal: 'no' }, { renewalTerm: /clear the term/ }],
      [{ currency: '£' }, { currency: /three letters/ }],
      [{ terminatesOn: '2026-12-31' }, { why: /why it was terminated/ }],
      [{ terminatesOn: '2020-12-31', why: 'insolvent' }, { terminatesOn: /begins on/ }],
      [{ value: '€5m' }, { currency: /EUR/ }],
    ],
    'import a register': [[{}, { file: /Choose the file/ }]],
    'check the headings': [
      [{ 'column-1': 'reference' }, { 'column-1': /Column 1 is read/ }],
      [{ 'column-2': 'not-read' }, { 'column-0': /end date/ }],
      [
        { 'column-0': 'not-read', 'column-1': 'not-read' },
        { 'column-0': /reference, title or supplier/ },
      ],
    ],
    preferences: [[{ voice: 'shout' }, { voice: /Choose how/ }]],
  }
  it.each(Object.entries(wrong))('is told what is wrong at each field: %s', (name, cases) => {
    for (const [changes, expected] of cases) {
      const errors = errorsOf(name, changes)
      const fields = new Set(Object.keys(expected))
      expect(new Set(Object.keys(errors)), JSON.stringify(changes)).toEqual(fields)
      for (const [field, words] of Object.entries(expected)) expect(errors[field]).toMatch(words)
    }
  })

  it('does nothing when it is forged: another form, another context, no state', () => {
    const good = sent(modals.snooze as ModalView) as Record<string, unknown>
    const contexts = [
      ...['', '{"contractId":17}', '[1,17,5,[],null,null,null]'],
      '[1,17,null,[],null,null,null,null]',
      '[1,"17",5,[],null,null,null,null]',
      '[1,17,5,["12"],null,null,null,null]',
      '[1,17,5,[],null,null,"\'; drop",null]',
      '[1,17,5,[],null,null,null,"2026-02-30"]',
      // A modal about no contract cannot act on one.
      writeContext({}),
    ]
    const names = ['unknown', 'classify', 'settings', 'headings'].map((each) => `lw.${each}`)
    const forged: unknown[] = [
      ...[null, 'x', {}, { ...good, state: null }, { ...good, state: { values: [] } }],
      ...[...names, 'toString'].map((callback_id) => ({ ...good, callback_id })),
      ...contexts.map((private_metadata) => ({ ...good, private_metadata })),
    ]
    for (const view of forged) {
      const read = readSubmission(view, TODAY)
      // Another form's fields are seen as such, whatever its metadata allows.
      const isRefused =
        read === null ||
        (read.form === 'errors' && /nothing was changed/.test(JSON.stringify(read)))
      expect(isRefused, JSON.stringify(view)).toBe(true)
    }
  })

  it('never breaks the reader, whatever it holds', () => {
    const views = Object.values(modals)
    const odd = fc.oneof(fc.anything(), fc.string(), fc.constantFrom(...CHOICES, 'emergency'))
    holds(
      [fc.constantFrom(...views), fc.anything(), odd, fc.nat(40)],
      500,
      (view, any, put, at) => {
        const whole = sent(view) as { state: { values: Record<string, unknown> } }
        const names = Object.keys(whole.state.values)
        const name = names[at % names.length] ?? ''
        whole.state.values[name] =
          at % 2 === 0 ? put : { value: { value: put, selected_option: put } }
        readSubmission(whole, TODAY)
        readSubmission({ ...whole, private_metadata: any }, TODAY)
        readSubmission({ ...whole, state: { values: any } }, TODAY)
        readSubmission(any, TODAY)
      },
    )
  })

  it('changes exactly what was touched, of any contract, however odd what stands is', () => {
    const date = fc
      .date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
      .map((each) => asCivilDate(each.toISOString().slice(0, 10)))
    const text = fc.option(fc.string({ unit: 'binary', minLength: 1, maxLength: 400 }))
    const period = fc.option(
      fc.record({ amount: fc.integer({ min: 1, max: 99 }), unit: fc.constantFrom(...UNITS) }),
    )
    const any = fc.record<ContractInput>({
      reference: fc.string({ unit: 'binary', minLength: 1, maxLength: 150 }),
      title: text,
      supplier: text,
      buyer: text,
      teamId: fc.constantFrom(1, 2, 3),
      owner: fc.constantFrom(null, 'U0AMIRA01'),
      start: fc.option(date),
      endKind: fc.constantFrom('dated', 'undated', 'rolling'),
      end: fc.option(date),
      maximumEnd: fc.option(date),
      noticePeriod: period,
      automaticRenewal: fc.constantFrom(true, false, null),
      renewalTerm: period,
      reviewOn: fc.option(date),
      personalData: fc.constantFrom(true, false, null),
      // With a no, a name beside it is refused.
      sharesData: fc.constantFrom(true, null),
      sharedWith: text,
      dpia: text,
      value: fc.option(fc.integer({ min: 0, max: 10 ** 9 }).map((each) => asDecimal(`${each}.25`))),
      currency: fc.constantFrom('GBP', 'EUR'),
      valueBasis: fc.constantFrom('committed', 'maximum', 'annual', 'unknown'),
      regime: fc.constantFrom(null, 'PA23', 'PCR15'),
      route: fc.constantFrom(null, 'quotes', 'a route of nobody'),
      documents: fc.array(
        fc.constantFrom(
          { title: 'Signed', url: 'https://trust.example/c?a=1' },
          { title: 'no link any more', url: 'ftp://trust.example/x' },
        ),
      ),
    })
    const touches: Values = {
      ...{ reference: 'NEW-1', title: 'New title', supplier: 'New Ltd', buyer: 'New Trust' },
      ...{ team: '7', owner: 'U0NEW0001', start: '2019-01-01', maximumEnd: '2040-01-01' },
      ...{ noticePeriod: '7 weeks', reviewOn: '2036-01-01', value: '77', regime: 'PSR23' },
      ...{ route: 'open', valueBasis: 'annual', personalData: 'yes' },
      documents: 'Annex https://trust.example/annex',
      ...{ sharesData: 'yes', sharedWith: 'New Trackers Ltd', dpia: 'DPIA-NEW' },
    }
    const SEVEN_WEEKS = JSON.stringify({ amount: 7, unit: 'weeks' })
    const subset = fc.subarray(Object.keys(touches))
    holds([any, fc.boolean(), subset], 300, (stored, named, names) => {
      const owner = named ? TOM : stored.owner === null ? null : AMIRA
      const view = contractModal({ subject: SUBJECT, contract: stored, teams: TEAMS, owner })
      const given = Object.fromEntries(names.map((name) => [name, touches[name]]))
      const read = readSubmission(sent(view, given), TODAY)
      if (read?.form !== 'edit') throw new Error(JSON.stringify(read))
      const keys = names
        .map((name) => (name === 'team' ? 'teamId' : name))
        // The same as stood there.
        .filter((name) => name !== 'valueBasis' || stored.valueBasis !== 'annual')
        .filter((name) => name !== 'personalData' || stored.personalData !== true)
        .filter((name) => name !== 'sharesData' || stored.sharesData !== true)
        .filter(
          (name) => name !== 'noticePeriod' || JSON.stringify(stored.noticePeriod) !== SEVEN_WEEKS,
        )
      expect(new Set(Object.keys(read.input.changes))).toEqual(new Set(keys))
    })
  })

  it('of a team’s settings and of rules, too, only what was touched, also when it is shown again', () => {
    const touches: Values = {
      ...{ channel: 'C0NEW0001', escalation: 'C0NEW0002', timeZone: 'Europe/Rome' },
      ...{ calendar: 'FR', startByFrom: '70', authority: 'council', nation: 'wales' },
    }
    const again = fc.subarray(Object.keys(touches))
    const channel = fc.constantFrom(null, 'C0DIGITAL', '#digital')
    holds([channel, channel, again, again], 200, (own, escalationChannel, first, second) => {
      const form = {
        ...{ channel: own, escalationChannel, timeZone: 'Asia/Tokyo', calendar: 'DE-BY' },
        ...{ team: { id: 1, name: 'Digital' }, teams: TEAMS, ladders: LADDERS, startByFrom: '5' },
        ...SAID_BY_NOBODY,
      }
      const pick = (names: string[]) =>
        Object.fromEntries(names.map((name) => [name, touches[name]]))
      const read = readSubmission(sent(settingsModal(form), pick(first)), TODAY)
      if (read?.form !== 'settings') throw new Error(JSON.stringify(read))
      const nameOf = (name: string) => (name === 'escalation' ? 'escalationChannel' : name)
      expect(new Set(read.touched)).toEqual(new Set(first.map(nameOf)))
      const preview = { lines: [], mark: 'a', touched: read.touched }
      const shown = settingsModal({ ...form, ...read.held, preview })
      const next = readSubmission(sent(shown, pick(second)), TODAY)
      if (next?.form !== 'settings') throw new Error(JSON.stringify(next))
      expect(new Set(next.touched)).toEqual(new Set([...first, ...second].map(nameOf)))
      const single = next.input.typed.filter(({ key }) => key.of === 'rule')
      expect(single.every(({ key }) => next.touched.includes(ruleName(key)))).toBe(true)
    })
    const rules = { of: { kind: 'organisation' }, own: [], lines: LINES } as const
    const read = readSubmission(sent(rulesModal(rules), { figures: 'approvalDays: 31' }), TODAY)
    if (read?.form !== 'rules') throw new Error('no rules')
    expect(read.input.touched).toEqual(['approvalDays'])
    const { lines, touched } = read.input
    const shown = rulesModal({ ...rules, lines, preview: { lines: [], mark: 'a', touched } })
    const next = readSubmission(sent(shown, { ladders: 'end: 90, 0' }), TODAY)
    if (next?.form !== 'rules') throw new Error('no rules')
    expect(next.input.touched).toEqual(['ladders.end', 'approvalDays'])
    const taken = readSubmission(sent(rulesModal(rules), { routes: '' }), TODAY)
    expect(taken).toMatchObject({ input: { touched: ['routes.open.leadDays'] } })
  })

  it('knows again what it was about, also with every rule touched', () => {
    const id = fc.integer({ min: 1, max: 2_147_483_647 })
    const touched = RULE_KEYS.map(ruleName)
    const longest = fc.integer({ min: 10 ** 9, max: 2_147_483_647 })
    const many = fc.uniqueArray(longest, { minLength: 50, maxLength: 50 })
    const ids = fc.oneof(fc.uniqueArray(id, { maxLength: 5 }), many)
    holds([id, id, ids, fc.boolean()], (contractId, version, alertIds, all) => {
      const more = all ? { previewed: 'a'.repeat(64), touched } : { end: END }
      const context = { contractId, version, alertIds, ...more }
      const written = writeContext(context)
      expect(written.length).toBeLessThanOrEqual(3000)
      expect(readContext(written)).toMatchObject(context)
    })
  })
})

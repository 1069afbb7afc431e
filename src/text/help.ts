/** What can be asked, and what the bot says when it did not understand. */

import { button, row } from './buttons.ts'
import type { Message } from './facts.ts'
import { answer, body, note } from './message.ts'
import { capitalised, type Mrkdwn, mrkdwn, shown } from './words.ts'

/** The answer to `help`: all commands, or one of them with examples. */
export function helpAnswer(about: Verb | null): Message {
  if (about === null) {
    return answer([
      body(
        mrkdwn`*What you can ask*`,
        mrkdwn`/contracts by itself shows what is due for you. Ask as you would say it: /contracts digital over £1m ending this FY by value. A mention of the app, or a direct message to it, takes the same words.`,
      ),
      ...Object.entries(HELP_GROUPS).map(([title, verbs]) =>
        body(
          mrkdwn`*${title}*`,
          ...verbs.map((verb) => mrkdwn`• *${usage(verb)}*: ${MANUAL[verb].does}`),
        ),
      ),
      note(
        mrkdwn`Capitals, order and quotes do not matter. REF is a reference, a part of a reference or title that only one contract has, or #number.`,
      ),
    ])
  }
  const { does, examples } = MANUAL[about]
  return answer([
    body(
      mrkdwn`*/contracts ${usage(about)}*`,
      mrkdwn`${capitalised(does)}.`,
      mrkdwn`*Examples*`,
      ...examples.map((example) => mrkdwn`• /contracts ${example}`),
    ),
    row(button('All commands', { act: 'run', query: 'help' })),
  ])
}

interface MisreadFacts {
  readonly problem: string
  /** The command that was probably meant, as a button carries it; null where nobody can tell. */
  readonly meant: string | null
  /** The same as one types it. */
  readonly said: string | null
  readonly example: string
}

/** What the bot says to what it could not read: what is wrong, what was meant, one that works. */
export function misreadAnswer({ problem, meant, said, example }: MisreadFacts): Message {
  return answer([
    body(
      mrkdwn`${shown(problem, 300)}`,
      said === null ? null : mrkdwn`Did you mean: /contracts ${shown(said, 200)}`,
      mrkdwn`For example: ${shown(example, 200)}`,
    ),
    row(
      meant === null
        ? null
        : button('Yes, do that', { act: 'run', query: meant }, { style: 'primary' }),
      button('Help', { act: 'run', query: 'help' }),
    ),
  ])
}

/** Reports that tell what lists of contracts do not, by words that ask for it. */
const REPORTS: readonly (readonly [Verb, RegExp])[] = [
  ['exposure', /\b(?:expos\w+|at risk|if)\b/],
  ['costs', /\b(?:costs?|costing|spen[dt]|spending|paid)\b/],
  [
    'ledger',
    /\b(?:extensions?|premiums?|overpa\w+|over the odds|(?:paying|pay) (?:more|extra)|maximum)\b/,
  ],
  ['waivers', /\b(?:waive\w*|breach\w*|retrospective\w*|after (?:the )?fact)\b/],
  ['board', /\b(?:gaps?|uncovered|behind|under ?way)\b/],
]

/**
 * What tells what these words, which were not read, may ask for: `/contracts costs tells what emergency
 * extensions cost …`; null where no report does. @param named how a report is asked for
 */
export function reportWords(unread: readonly string[], named: (verb: Verb) => string) {
  const said = unread.join(' ').toLowerCase()
  const found = REPORTS.filter(([, words]) => words.test(said)).slice(0, 2)
  const lines = found.map(([verb]) => `${named(verb)} tells ${MANUAL[verb].does}.`)
  return lines.length === 0 ? null : lines.join(' ')
}

/** The same in Slack. */
export function reportLine(unread: readonly string[]): Mrkdwn | null {
  const words = reportWords(unread, (verb) => `/contracts ${verb}`)
  return words === null ? null : mrkdwn`${shown(words, 400)}`
}

/** Nothing of a sentence was read: each of its words is named, and no answer is guessed. */
export function unreadAnswer(unread: readonly string[]): Message {
  return answer([
    body(
      mrkdwn`*I did not understand ${shown(quotedAll(unread), 300)}*`,
      reportLine(unread),
      mrkdwn`No title, supplier, team or person of the register is called that. Ask for a time, an amount, a name, a state or a reference. For example: /contracts digital over £1m ending before 31 march`,
    ),
    row(button('Help', { act: 'run', query: 'help' })),
  ])
}

/** `“soon” and “penalty”` */
export function quotedAll(words: readonly string[]): string {
  const quoted = words.map((word) => `“${word}”`)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`
}

// What can be typed after `/contracts`: the help, and the examples that the tests hold it to.

interface ManualPage {
  /** Its arguments; empty where there are none. */
  readonly takes: string
  readonly does: string
  readonly examples: readonly string[]
}

const PAGES = {
  help: {
    takes: '[command]',
    does: 'what can be asked, or how one command is used',
    examples: ['help', 'help snooze'],
  },
  due: {
    takes: '[when] [mine|team|supplier …]',
    does: 'open deadlines by date, overdue ones first',
    examples: [
      'due',
      'due 30d mine',
      'due in march 2027',
      'due Q1 26/27 team',
      'due overdue',
      'due 90d supplier Bytes',
    ],
  },
  list: {
    takes: '[which]',
    does: 'the register, page by page, or which of it a sentence asks for: when, over or under an amount, whose, with whom, what not, in which order; also mine, team NAME, supplier NAME, owner @user, undated, rolling, unowned, overdue, emergency, out-of-contract, unclassified, extended, undecided, historic, closed',
    examples: [
      'list',
      'list over £1m ending before 31 march by value',
      'list unowned',
      'list team Digital rolling',
      'list supplier "Bytes Software"',
    ],
  },
  find: {
    takes: 'TEXT',
    does: 'contracts with this text in their reference, title or supplier',
    examples: ['find licences', 'find "Microsoft 365"'],
  },
  show: {
    takes: 'REF',
    does: 'everything known of one contract; REF is its reference or a part of it or of its title that no other contract has',
    examples: ['show C-1042', 'show #17', 'show pathology reagents'],
  },
  umbrella: {
    takes: 'REF',
    does: 'whom an agreement covers today and whom not, what it replaces and until when that is still paid, what was called off under it',
    examples: ['umbrella C-1042'],
  },
  'personal-data': {
    takes: '[team]',
    does: 'contracts that process personal data: shared with whom, under which assessment, reviewed when',
    examples: ['personal-data', 'personal-data team Digital'],
  },
  add: {
    takes: '[title]',
    does: 'enter a contract that no register holds',
    examples: ['add', 'add Lift maintenance'],
  },
  edit: { takes: 'REF', does: 'correct what the register says', examples: ['edit C-1042'] },
  extend: {
    takes: 'REF [how long]',
    does: 'log an extension, or say what an unclassified one was',
    examples: ['extend C-1042', 'extend C-1042 one month', 'extend C-1042 2027-01-31'],
  },
  withdraw: {
    takes: 'REF',
    does: 'take back an extension or a waiver: everything stands as before it',
    examples: ['withdraw C-1042', 'waiver withdraw 12'],
  },
  decide: {
    takes: 'REF [what]',
    does: 'record a decision with its evidence',
    examples: ['decide C-1042', 'decide C-1042 compete'],
  },
  own: {
    takes: 'REF @user [deputy @user]',
    does: 'say who owns it and who stands in',
    examples: ['own C-1042 @amira', 'own C-1042 @amira deputy @tom'],
  },
  ack: { takes: 'REF', does: 'say that you are on it', examples: ['ack C-1042'] },
  snooze: {
    takes: 'REF 2w [why]',
    does: 'ask again later: a time such as 3d, 2w, 1 month, next friday or 30/04/2027 (day first)',
    examples: ['snooze C-1042 2w', 'snooze C-1042 next friday waiting for the board'],
  },
  explain: {
    takes: 'REF [date]',
    does: 'why it was or was not warned of, today or on another day',
    examples: ['explain C-1042', 'explain C-1042 yesterday'],
  },
  headroom: {
    takes: 'REF [add N days]',
    does: 'how much of each test of procurement law its extensions have used, and what more days would make of it',
    examples: ['headroom C-1042', 'headroom C-1042 add 31 days'],
  },
  'start-by': {
    takes: 'REF [by route]',
    does: 'when to start buying what follows, step by step, and which routes still fit',
    examples: ['start-by C-1042', 'start-by C-1042 by open', 'start-by C-1042 mini-competition'],
  },
  published: {
    takes: 'REF UK11 REFERENCE-OR-WHY-NOT',
    does: 'say that a notice (UK7, UK10, UK11) was published, or why it is not called for',
    examples: [
      'published C-1042 UK11 2026/S 000-123456',
      'published C-1042 UK10 not called for: below the threshold',
    ],
  },
  preview: {
    takes: '[days]',
    does: 'what will be sent to this channel if nobody does anything',
    examples: ['preview', 'preview 30d'],
  },
  triage: {
    takes: '[team]',
    does: 'the list after a first import: confirm it, mark what is finished, name owners',
    examples: ['triage'],
  },
  summary: {
    takes: '[team]',
    does: 'the weekly summary as of today',
    examples: ['summary', 'summary team Digital'],
  },
  board: {
    takes: '',
    does: 'gaps, emergency months, what is out of contract or behind plan, waivers and the pipeline, for those whom the settings name',
    examples: ['board'],
  },
  cliffs: {
    takes: '[days] [team]',
    does: 'contracts of one supplier or product that end together',
    examples: ['cliffs', 'cliffs 90d team Digital'],
  },
  chains: {
    takes: '[team]',
    does: 'awards that look like rollovers, for you to say whether they are',
    examples: ['chains', 'chains team Digital'],
  },
  consolidate: {
    takes: 'SUPPLIER',
    does: 'what several pay for one product of a supplier, and when they could buy it together',
    examples: ['consolidate Bytes', 'consolidate "Insight Direct"'],
  },
  costs: {
    takes: '[year] [team]',
    does: 'what emergency extensions cost in a financial year: by month, team and supplier, with the premium',
    examples: ['costs', 'costs 2026/27', 'costs 2026/27 team Digital'],
  },
  waiver: {
    takes: 'add REF',
    does: 'record a waiver of our own rules, with or without an extension',
    examples: ['waiver add C-1042'],
  },
  ledger: {
    takes: '[year] [team]',
    does: 'every extension with a day in a financial year: what it cost, and how much of that was premium',
    examples: ['ledger', 'ledger 2026/27 team Digital'],
  },
  exposure: {
    takes: '[days] [team]',
    does: 'what contracts that lapse would cost if each had to be extended in a hurry',
    examples: ['exposure', 'exposure 180d team Digital'],
  },
  waivers: {
    takes: '[year] [team]',
    does: 'waivers of our own rules in a financial year, what came after the fact, and breaches apart',
    examples: ['waivers', 'waivers 2026/27 team Digital'],
  },
  pipeline: {
    takes: '[year]',
    does: 'replacements to begin within 18 months from 1 April, and what a pipeline notice may have to name',
    examples: ['pipeline', 'pipeline 2027/28'],
  },
  cover: {
    takes: 'REF PRODUCT RELEASE KIND [count] [custom] [for all teams]',
    does: 'what a contract covers: a release of a product as licence, support, extended support or hosting, and how many; custom says that extended support rests on an agreement of its own, for all teams that it is organisation-wide',
    examples: [
      'cover C-1042 Windows Server 2016 support 200',
      'cover C-1042 "SQL Server 2016 SP3" extended support',
      'cover C-1042 Windows XP SP3 extended support custom',
      'cover C-1042 Windows 11 licence 900 for all teams',
    ],
  },
  products: {
    takes: '[uncovered] [team] or WORDS yes, or WORDS is PRODUCT RELEASE',
    does: 'what is covered or in use and how long it is supported, and words for products that nobody has linked; say what they mean, or that they are nothing known here',
    examples: [
      'products',
      'products uncovered',
      'products "Win Srv 2016 Std" yes',
      'products "EXCH19 UAT" is Exchange 2019',
      'products "Old box" is nothing',
    ],
  },
  support: {
    takes: '[days] [as of DATE] [team]',
    does: 'what to do about products whose support ends before, within or after what covers them',
    examples: ['support', 'support 180d', 'support as of 2027-02-01', 'support 90d team Digital'],
  },
  subscribe: {
    takes: '[filters]',
    does: 'send the warnings that fit these filters to this channel too',
    examples: ['subscribe', 'subscribe supplier Bytes'],
  },
  unsubscribe: {
    takes: '',
    does: 'end all that this channel subscribed to',
    examples: ['unsubscribe'],
  },
  subscriptions: {
    takes: '',
    does: 'what this channel subscribed to',
    examples: ['subscriptions'],
  },
  calendar: {
    takes: '[team NAME] [revoke]',
    does: 'a private address at which your calendar fetches these deadlines; revoke ends it',
    examples: ['calendar', 'calendar team Digital', 'calendar revoke'],
  },
  teams: { takes: '', does: 'the teams and where each is told', examples: ['teams'] },
  people: {
    takes: '',
    does: 'names in registers that are no account yet, and those that somebody linked',
    examples: ['people'],
  },
  link: {
    takes: 'NAME @user',
    does: 'say which account a name in a register means',
    examples: ['link "Olive Owner" @olive'],
  },
  unlink: {
    takes: 'NAME',
    does: 'take that back',
    examples: ['unlink "Olive Owner"'],
  },
  import: { takes: '', does: 'read a register from a file', examples: ['import'] },
  questions: {
    takes: '',
    does: 'what registers leave open, to be answered by a press',
    examples: ['questions'],
  },
  export: {
    takes: '[register|extensions|audit|board] [filters] [xlsx]',
    does: 'the register, its extensions, every change or the board as a file for a spreadsheet, in a direct message to you',
    examples: ['export', 'export mine xlsx', 'export extensions team Digital', 'export audit'],
  },
  history: { takes: 'REF', does: 'who changed what, and when', examples: ['history C-1042'] },
  settings: {
    takes: '[organisation|team NAME|REF]',
    does: 'channels, time zone, calendar and reminder days of a team; or the rules of the organisation or of one contract',
    examples: ['settings', 'settings organisation', 'settings team Digital', 'settings C-1042'],
  },
} satisfies Readonly<Record<string, ManualPage>>

export type Verb = keyof typeof PAGES
export const MANUAL: Readonly<Record<Verb, ManualPage>> = PAGES
export const VERBS = Object.keys(PAGES) as readonly Verb[]

/** The commands as the help lists them, each once. */
const HELP_GROUPS: Readonly<Record<string, readonly Verb[]>> = {
  'What is coming': [
    'due',
    'list',
    'find',
    'show',
    'explain',
    'history',
    'preview',
    'summary',
    'board',
    'cliffs',
  ],
  'What you do': ['ack', 'snooze', 'decide', 'extend', 'withdraw', 'own', 'add', 'edit', 'triage'],
  'What it costs': ['costs', 'ledger', 'exposure', 'consolidate', 'chains'],
  'Law and its records': [
    'start-by',
    'headroom',
    'published',
    'pipeline',
    'waiver',
    'waivers',
    'personal-data',
  ],
  'Products and shared agreements': ['support', 'products', 'cover', 'umbrella'],
  'Registers, people, settings': [
    'import',
    'questions',
    'export',
    'people',
    'link',
    'unlink',
    'teams',
    'calendar',
    'subscribe',
    'unsubscribe',
    'subscriptions',
    'settings',
    'help',
  ],
}

/** How a command is typed: `snooze REF 2w [why]`. */
export function usage(verb: Verb): string {
  return [verb, MANUAL[verb].takes].filter((part) => part !== '').join(' ')
}

/** The first example of a command, as it is typed in Slack. */
export function exampleOf(verb: Verb): string {
  return `/contracts ${MANUAL[verb].examples[0] ?? verb}`
}

/** What a typed command can say, and the question back where it leaves something open. */
import type { CivilDate } from '../../rules/civil-date.ts'
import type { DeadlineKind } from '../../rules/contract.ts'
import type { Notice } from '../../rules/notices.ts'
import { exampleOf, type Verb } from '../../text/help.ts'

/** Somebody who was named: by Slack id where Slack resolved the mention, else as typed. */
export type PersonMention = { readonly slackUser: string } | { readonly name: string }

export const LIST_STATES = [
  'overdue',
  'undated',
  'rolling',
  'unowned',
  'emergency',
  'out-of-contract',
  'unclassified',
  'disputed',
  'historic',
  'closed',
] as const
export type ListState = (typeof LIST_STATES)[number]

/** Which contracts are meant: all that is not null has to fit. */
export interface Filters {
  /** The asker's own, those of the asker's team, or everybody's; null where nothing was said. */
  readonly whose: 'mine' | 'team' | 'all' | null
  readonly team: string | null
  readonly supplier: string | null
  readonly owner: PersonMention | null
  readonly state: ListState | null
  readonly kind: DeadlineKind | null
  /** Deadlines within so many days. */
  readonly days: number | null
  /** A part of reference, title or supplier. */
  readonly text: string | null
}
export const NO_FILTERS: Filters = {
  whose: null,
  team: null,
  supplier: null,
  owner: null,
  state: null,
  kind: null,
  days: null,
  text: null,
}

export type Command =
  /** Nothing was typed: what is due for the asker, and what else can be asked. */
  | { readonly verb: 'bare' }
  | { readonly verb: 'help'; readonly about: Verb | null }
  | { readonly verb: 'due' | 'list'; readonly filters: Filters; readonly page: number }
  | { readonly verb: 'find'; readonly text: string; readonly page: number }
  | { readonly verb: OnOneContract; readonly ref: string }
  | { readonly verb: 'add'; readonly title: string | null }
  /** With neither owner nor deputy: both are asked for. */
  | {
      readonly verb: 'own'
      readonly ref: string
      readonly owner: PersonMention | null
      readonly deputy: PersonMention | null
    }
  | {
      readonly verb: 'snooze'
      readonly ref: string
      /** The day on which it is asked again. */
      readonly until: CivilDate
      readonly why: string | null
    }
  /** `addDays`: with so many days more; 0 for as it stands. */
  | { readonly verb: 'headroom'; readonly ref: string; readonly addDays: number }
  /** A route as it was typed; null: the recorded one, else the one assumed by value. */
  | { readonly verb: 'start-by'; readonly ref: string; readonly route: string | null }
  /** `said`: the reference of what was published, or why nothing is. */
  | {
      readonly verb: 'published'
      readonly ref: string
      readonly notice: Notice
      readonly said: string
    }
  | { readonly verb: 'explain'; readonly ref: string; readonly on: CivilDate | null }
  /** `channel`: a Slack id; null means the channel in which it was asked. */
  | { readonly verb: 'preview'; readonly days: number | null; readonly channel: string | null }
  | {
      readonly verb: 'triage' | 'summary' | 'chains' | 'cliffs' | 'export'
      readonly filters: Filters
    }
  /** `text`: a supplier's name or a part of it. */
  | { readonly verb: 'consolidate'; readonly text: string }
  | { readonly verb: 'subscribe'; readonly filters: Filters; readonly channel: string | null }
  | { readonly verb: 'unsubscribe' | 'subscriptions'; readonly channel: string | null }
  /** A financial year as it was typed, such as `2026/27`; null: this one. */
  | {
      readonly verb: 'costs' | 'waivers' | 'pipeline'
      readonly year: string | null
      readonly team: string | null
    }
  /** `team` null: the asker's own contracts. */
  | { readonly verb: 'calendar'; readonly team: string | null; readonly revoke: boolean }
  | { readonly verb: 'import' | 'questions' }
  | { readonly verb: 'settings'; readonly of: SettingsOf }

/** Whose settings; `team` null: the asker's own. */
export type SettingsOf =
  | { readonly team: string | null }
  | { readonly organisation: true }
  | { readonly ref: string }

export type OnOneContract = 'show' | 'edit' | 'extend' | 'withdraw' | 'decide' | 'ack' | 'history'

export interface Misread {
  readonly verb: 'misread'
  /** What is wrong, in one sentence. Holds what was typed: text from outside. */
  readonly problem: string
  /** What was probably meant; null where nobody can tell. */
  readonly meant: Command | null
  readonly example: string
}

// A question back, where a command leaves something open.

export const WHICH = 'Which contract? Give its reference, or a part of it or of its title.'

export function missing(verb: Verb, problem: string): Misread {
  return { verb: 'misread', problem, meant: null, example: exampleOf(verb) }
}

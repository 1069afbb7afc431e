/** What the outbox needs of a place to post to. Nothing here throws: verdicts come back. */
import type { CivilDate } from '../rules/civil-date.ts'
import type { Message, MessageFile } from '../text/facts.ts'
import type { Readers } from './channels.ts'
import type { UploadMemory } from './outbox.ts'
import type { Verdict } from './slack-errors.ts'

export interface Outgoing {
  /** As `enter` returned it. */
  readonly channel: string
  readonly message: Message
  /** The delivery's key: travels as metadata, so that history can be searched for it. */
  readonly key: string
  /** The message fingerprint, in the metadata too. */
  readonly tells: string
  readonly repeat: boolean
  readonly threadTs: string | null
  readonly broadcast: boolean
}

/** Where messages that may have arrived are searched for: one reading serves for all of them. */
export interface Search {
  readonly destination: string
  /** The channel's id where an earlier post learned it, or null. */
  readonly channelId: string | null
  readonly keys: readonly string[]
  readonly since: Date
  readonly threadTs: string | null
  /** Whether one of them was sent more than once: then reading does not end with the first. */
  readonly repeats: boolean
}

export interface Posted {
  readonly ts: string
  /** The message is marked as a possible repeat. */
  readonly repeat: boolean
  readonly hasReplies: boolean
}

export type LookedUp =
  /** What carries each key; history was read to its end, so that what is not here did not arrive. */
  | {
      readonly kind: 'read'
      readonly channel: string
      readonly found: ReadonlyMap<string, readonly Posted[]>
    }
  | NotRead

export type NotRead =
  /** The app may not read the history: the outcome stays unknown. */
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'later'; readonly why: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'blocked'; readonly why: string }

/** The stretch of a channel's history, and of its threads, that is read for what was told in it. */
export interface HistoryRange {
  readonly destination: string
  /** Threads begun before it; those begun in it are found. */
  readonly threads: readonly string[]
  readonly from: Date
  readonly to: Date
}

export type HistoryResult =
  /** Where each thing was told, by what it tells and by its delivery's key. */
  | {
      readonly kind: 'read'
      readonly told: ReadonlyMap<string, { readonly channel: string; readonly ts: string }>
    }
  | Extract<NotRead, { kind: 'unreadable' | 'later' }>

export type Uploaded =
  | { readonly kind: 'uploaded'; readonly id: string; readonly permalink: string }
  | {
      readonly kind: 'failed'
      readonly why: string
      /** Another try may go well. */
      readonly passes: boolean
      /** Where Slack said when. */
      readonly retryAfterMs: number | null
    }

export type Identity =
  | { readonly kind: 'known'; readonly workspace: string | null }
  | { readonly kind: 'refused' | 'unreachable'; readonly why: string }

export interface Gateway {
  /** Whether messages keep Slack's pace. */
  readonly paced: boolean
  /**
   * What to post to for a destination (a channel's id or name, a person's id), joined where that
   * is possible. Falls back to the destination as it is written, which posting takes as well.
   */
  enter(destination: string): Promise<string>
  /** What a post learned of a destination before: a channel is followed by its id; null: by its name. */
  follow(destination: string, channelId: string | null): void
  /** Whether its name leads to another channel by now than the one that was followed. */
  leadsElsewhere(destination: string, channelId: string): Promise<boolean>
  /** Who reads what is posted to this destination; remembered for some minutes. */
  readersOf(destination: string): Promise<Readers>
  /** Whether somebody's account is still open; remembered for an hour. */
  accountOf(user: string): Promise<Account>
  /** The member behind an address; null where there is none. */
  accountOfEmail(email: string): Promise<Member | null>
  /** Every full member of the workspace, asked for once a day. */
  membersOn(day: CivilDate): Promise<MemberList>
  post(outgoing: Outgoing): Promise<Verdict>
  /** Rewrites a posted message. Doing it twice does no harm, so nothing is uncertain for long. */
  update(channel: string, ts: string, message: Message): Promise<Verdict>
  /** Takes back a message of ours; whether it is gone now. */
  takeBack(channel: string, ts: string): Promise<boolean>
  lookUp(search: Search): Promise<LookedUp>
  /** What was told in a stretch that is over; read once, and remembered. */
  toldBetween(stretch: HistoryRange): Promise<HistoryResult>
  /** Uploads the file, or continues the upload that an earlier try began. */
  uploadFile(file: MessageFile, memory: UploadMemory): Promise<Uploaded>
  /** Whose token it is; asked of Slack each time. */
  identify(): Promise<Identity>
  /** The workspace's id, null where there is none or it is not known yet. */
  workspace(): Promise<string | null>
}

/** `unknown`: Slack did not say; then somebody is mentioned all the same. */
export type Account = 'open' | 'closed' | 'unknown'

export type MemberList =
  | { readonly kind: 'read'; readonly members: readonly NamedMember[] }
  /** Slack lets go on later: ask again, and it continues where it was. */
  | { readonly kind: 'later' }
  /** Not all of them are known, nor will be on this day. */
  | { readonly kind: 'unknown'; readonly why: string }

/** A member by every name that the workspace shows of them. */
export interface NamedMember {
  readonly id: string
  readonly names: readonly string[]
}

export interface Member {
  readonly id: string
  readonly name: string | null
}

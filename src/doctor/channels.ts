/** The channels that are posted to: there, open, entered, and among ourselves. */

import { ask, fieldOf, textOf } from '../delivery/ask.ts'
import type { Call } from '../delivery/call.ts'
import type { Company } from '../delivery/company.ts'
import { advice, bad, type Check, checkWords, good } from './check.ts'

/** A destination of a team's messages. */
export interface Posting {
  readonly team: string
  readonly as: 'channel' | 'escalation channel'
  /** A channel's name or id, or a person's id. */
  readonly destination: string
}

export interface ChannelQuestions {
  readonly call: Call
  /** Null where Slack does not say. */
  readonly scopes: ReadonlySet<string> | null
  readonly idOf: (destination: string) => Promise<string | null>
  readonly companyOf: (channel: string) => Promise<Company>
}

/** One check for each channel, however many teams share it. */
export async function checkChannels(
  postings: readonly Posting[],
  questions: ChannelQuestions,
): Promise<Check[]> {
  const byChannel = new Map<string, { name: string; uses: Posting[] }>()
  const checks: Check[] = []
  for (const [name, uses] of byDestination(postings)) {
    if (isPerson(name)) {
      checks.push(good(`${name}, ${usesWords(uses)}`, 'a person, written to directly'))
      continue
    }
    const id = await questions.idOf(name)
    if (id === null) {
      checks.push(unseen(name, uses))
      continue
    }
    const same = byChannel.get(id)
    if (same === undefined) byChannel.set(id, { name, uses: [...uses] })
    else same.uses.push(...uses)
  }
  for (const [id, { name, uses }] of byChannel) {
    checks.push(await checkChannel(id, name, uses, questions))
  }
  return checks
}

function byDestination(postings: readonly Posting[]): ReadonlyMap<string, readonly Posting[]> {
  const found = new Map<string, Posting[]>()
  for (const posting of postings) {
    const name = posting.destination.replace(/^#/, '')
    found.set(name, [...(found.get(name) ?? []), posting])
  }
  return found
}

async function checkChannel(
  id: string,
  name: string,
  uses: readonly Posting[],
  questions: ChannelQuestions,
): Promise<Check> {
  const { call, scopes, companyOf } = questions
  const asked = await ask(call, 'conversations.info', { channel: id })
  if (!asked.ok) {
    if (asked.code === 'channel_not_found') return unseen(name, uses)
    return bad(whatOf(name, uses), asked.why, 'put the token and its scopes right first')
  }
  const channel = fieldOf(asked.answer, 'channel')
  const called = textOf(channel, 'name') ?? name
  const isRenamed = called !== name && name !== id
  const what = whatOf(isRenamed ? name : called, uses)
  if (fieldOf(channel, 'is_archived') === true) {
    return bad(what, 'is archived', `unarchive it, or name another: ${settingOf(uses)}`)
  }
  const entered = entry(what, channel, scopes)
  const check =
    !entered.ok || fieldOf(channel, 'is_im') === true
      ? entered
      : among(what, channel, await companyOf(id), entered, uses)
  return isRenamed ? renamed(check, called, uses) : check
}

/** Messages follow a channel by its id; what is written in the settings is out of date. */
function renamed(check: Check, called: string, uses: readonly Posting[]): Check {
  const found = `is called #${called} now, and is still posted to: ${check.found}`
  const remedy = `write its new name: ${settingOf(uses)}`
  return { ...check, found, remedy: check.remedy === null ? remedy : `${check.remedy}; ${remedy}` }
}

/** Whether the app is in it, or gets in by itself. */
function entry(what: string, channel: unknown, scopes: ReadonlySet<string> | null): Check {
  if (fieldOf(channel, 'is_member') === true || fieldOf(channel, 'is_im') === true) {
    return good(what, 'the app is in it')
  }
  if (fieldOf(channel, 'is_private') === true) {
    return bad(what, 'the app is not in it', 'write /invite @Lapsewatch in the channel')
  }
  return scopes === null || scopes.has('channels:join')
    ? good(what, 'the app joins it with its first message')
    : bad(
        what,
        'the app is not in it and may not join',
        'write /invite @Lapsewatch in the channel, or add the scope channels:join',
      )
}

/** Warnings name suppliers, values and owners: only colleagues should read them. */
function among(
  what: string,
  channel: unknown,
  { guests, outsiders, seen, complete, why }: Company,
  entered: Check,
  uses: readonly Posting[],
): Check {
  const others = [
    fieldOf(channel, 'is_ext_shared') === true ? 'it is shared with another organisation' : null,
    fieldOf(channel, 'is_org_shared') === true
      ? 'it is shared with other workspaces of the organisation'
      : null,
    outsiders > 0 ? `${counted(outsiders, 'person', 'people')} of other organisations` : null,
    guests > 0 ? counted(guests, 'guest', 'guests') : null,
  ].filter((each) => each !== null)
  if (others.length > 0) {
    return bad(
      what,
      `${others.join(', ')}: they read values and suppliers`,
      `name a channel of colleagues only (${settingOf(uses)}), or remove them from this one`,
    )
  }
  if (!complete) {
    const looked = `${seen} members were looked at, and no guest found among them`
    return advice(
      what,
      `${checkWords(entered)}; ${why === null ? looked : `${looked} (then ${why})`}`,
      why === null ? 'look at the rest in Slack' : 'run doctor again in a minute',
    )
  }
  return good(what, `${checkWords(entered)}; nobody from outside among its ${seen} members`)
}

function unseen(name: string, uses: readonly Posting[]): Check {
  return bad(
    whatOf(name, uses),
    'does not exist, or is private and the app is not in it',
    `write /invite @Lapsewatch in the channel, or name another: ${settingOf(uses)}`,
  )
}

function whatOf(name: string, uses: readonly Posting[]): string {
  return `#${name}, ${usesWords(uses)}`
}

/** "channel of Estates and 3 more". */
function usesWords(uses: readonly Posting[]): string {
  const [first, ...more] = uses
  if (first === undefined) return 'unused'
  const rest = more.length === 0 ? '' : ` and ${more.length} more`
  return `${first.as} of ${first.team}${rest}`
}

function settingOf(uses: readonly Posting[]): string {
  const [first] = uses
  const option = first?.as === 'escalation channel' ? '--escalation' : '--channel'
  return `team set "${first?.team ?? 'TEAM'}" ${option} CHANNEL`
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`
}

function isPerson(destination: string): boolean {
  return /^[UW][A-Z0-9]{2,}$/.test(destination)
}

/** Everything about Slack that can be found out without posting: tokens, scopes, channels, blocks. */
import {
  type ChannelMembers,
  channelDirectory,
  channelMembers,
  isPersonId,
} from '../delivery/channels.ts'
import { ask, type Call, textOf } from '../delivery/slack-api.ts'
import { slackCaller } from '../delivery/slack-client.ts'
import { fieldOf } from '../delivery/slack-errors.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { asDecimal } from '../rules/money.ts'
import { warningButtons } from '../text/buttons.ts'
import type { Message } from '../text/facts.ts'
import { warningMessage } from '../text/warning.ts'
import { capitalised } from '../text/words.ts'

export interface SlackExamination extends SlackReachOptions {
  readonly botToken: string
  /** For GovSlack and stand-ins; ends in `/api/`. */
  readonly apiUrl: string
  readonly timeoutMs: number
  readonly postings: readonly PostingTarget[]
  /** The id that messages for each destination went to last. */
  readonly followed?: ReadonlyMap<string, string>
  readonly today: CivilDate
  readonly elapsed: () => number
}

/** One check for each token, channel and so on, in the order in which they have to be put right. */
export async function examineSlack(options: SlackExamination): Promise<Check[]> {
  const { botToken, apiUrl, timeoutMs, elapsed, postings, today, followed } = options
  const call = slackCaller({ token: botToken, apiUrl, timeoutMs })
  const { checks, workspace, self, scopes } = await checkToken(call)
  const transport = await checkTransport(options)
  // Every further question would be refused for the same reason.
  if (workspace === null) return [...checks, transport]
  const directory = channelDirectory(call, elapsed)
  for (const [destination, id] of followed ?? []) directory.follow(destination, id)
  return [
    ...checks,
    transport,
    ...(await checkChannels(postings, {
      call,
      scopes,
      idOf: directory.idOf,
      membersOf: channelMembers(call, async () => ({ workspace, self }), elapsed).of,
    })),
    await checkBlocks(call, today),
  ]
}

/** What Slack says of blocks that it would not post; anything else says nothing of them. */
const REFUSALS: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_message',
  'msg_blocks_too_long',
])

async function checkBlocks(call: Call, today: CivilDate): Promise<Check> {
  const what = 'blocks'
  const asked = await ask(call, 'blocks.validate', { blocks: sampleWarning(today).blocks })
  if (asked.ok) return good(what, "a warning passes Slack's own validator")
  if (REFUSALS.has(asked.code)) {
    return bad(
      what,
      `Slack refuses a warning as it would be posted (${asked.why})`,
      'report this line to the project: messages of this version may not arrive',
    )
  }
  if (asked.code === 'unknown_method') {
    return good(what, 'not checked: this workspace has no validator')
  }
  return advice(what, `not checked (${asked.why})`, 'run doctor again later')
}

function sampleWarning(today: CivilDate): Message {
  const end = addDays(today, 30)
  return warningMessage(
    {
      asOf: today,
      contract: {
        reference: 'SAMPLE-1',
        title: 'A contract to try blocks with',
        supplier: 'Supplier & Sons <Ltd>',
        buyer: null,
        team: 'Sample',
        owner: null,
        value: asDecimal('120000'),
        currency: 'GBP',
        awardedEnd: end,
        currentEnd: end,
      },
      deadlines: [
        {
          kind: 'end',
          on: end,
          daysLeft: 30,
          reason: 'the contract ends on that day',
          speaks: true,
          skipped: null,
          askedAgain: false,
        },
      ],
      cameBack: false,
      possibleRepeat: false,
    },
    warningButtons('open', { contractId: 1, version: 1, alertIds: [1] }),
  )
}

export interface PostingTarget {
  readonly team: string
  readonly as: 'channel' | 'escalation channel'
  /** A channel's name or id, or a person's id. */
  readonly destination: string
}

interface ChannelQuestions {
  readonly call: Call
  /** Null where Slack does not say. */
  readonly scopes: ReadonlySet<string> | null
  readonly idOf: (destination: string) => Promise<string | null>
  readonly membersOf: (channel: string) => Promise<ChannelMembers>
}

/** One check for each channel, however many teams share it. */
async function checkChannels(
  postings: readonly PostingTarget[],
  questions: ChannelQuestions,
): Promise<Check[]> {
  const byChannel = new Map<string, { name: string; uses: PostingTarget[] }>()
  const checks: Check[] = []
  for (const [name, uses] of byDestination(postings)) {
    if (isPersonId(name)) {
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

function byDestination(
  postings: readonly PostingTarget[],
): ReadonlyMap<string, readonly PostingTarget[]> {
  const found = new Map<string, PostingTarget[]>()
  for (const posting of postings) {
    const name = posting.destination.replace(/^#/, '')
    found.set(name, [...(found.get(name) ?? []), posting])
  }
  return found
}

async function checkChannel(
  id: string,
  name: string,
  uses: readonly PostingTarget[],
  questions: ChannelQuestions,
): Promise<Check> {
  const { call, scopes, membersOf } = questions
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
      : among(what, channel, await membersOf(id), entered, uses)
  return isRenamed ? renamed(check, called, uses) : check
}

/** Messages follow a channel by its id; what is written in the settings is out of date. */
function renamed(check: Check, called: string, uses: readonly PostingTarget[]): Check {
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
  { guests, outsiders, seen, complete, why }: ChannelMembers,
  entered: Check,
  uses: readonly PostingTarget[],
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

function unseen(name: string, uses: readonly PostingTarget[]): Check {
  return bad(
    whatOf(name, uses),
    'does not exist, or is private and the app is not in it',
    `write /invite @Lapsewatch in the channel, or name another: ${settingOf(uses)}`,
  )
}

function whatOf(name: string, uses: readonly PostingTarget[]): string {
  return `#${name}, ${usesWords(uses)}`
}

/** "channel of Estates and 3 more". */
function usesWords(uses: readonly PostingTarget[]): string {
  const [first, ...more] = uses
  if (first === undefined) return 'unused'
  const rest = more.length === 0 ? '' : ` and ${more.length} more`
  return `${first.as} of ${first.team}${rest}`
}

function settingOf(uses: readonly PostingTarget[]): string {
  const [first] = uses
  const option = first?.as === 'escalation channel' ? '--escalation' : '--channel'
  return `team set "${first?.team ?? 'TEAM'}" ${option} CHANNEL`
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`
}

interface SlackReachOptions {
  readonly appToken: string | null
  readonly signingSecret: string | null
  readonly port: number
  readonly apiUrl: string
  readonly timeoutMs: number
}

async function checkTransport(reach: SlackReachOptions): Promise<Check> {
  const { appToken, signingSecret, port, apiUrl, timeoutMs } = reach
  const what = 'conversation'
  if (appToken === null) {
    if (signingSecret === null) {
      return advice(
        what,
        'off: warnings are posted without buttons, and /contracts is not answered',
        'set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)',
      )
    }
    return advice(
      what,
      `over HTTP on port ${port}; whether Slack reaches it cannot be seen from here`,
      'the request URLs of the app must lead to /slack/events on this port',
    )
  }
  const asked = await ask(
    slackCaller({ token: appToken, apiUrl, timeoutMs }),
    'apps.connections.open',
  )
  if (asked.ok) return good(what, 'over Socket Mode: the app token opens connections')
  return bad(what, `the app token is refused (${asked.why})`, remedyOf(asked.code))
}

function remedyOf(code: string): string {
  switch (code) {
    case '':
      return 'check the network, a proxy, and SLACK_API_URL where it is set'
    case 'missing_scope':
      return 'make an app-level token with the scope connections:write under Basic Information'
    case 'forbidden':
      return 'turn on Socket Mode in the settings of the app'
    default:
      return 'copy SLACK_APP_TOKEN again from Basic Information, App-Level Tokens'
  }
}

interface Token {
  readonly checks: readonly Check[]
  /** The workspace's id; null where the token does not work. */
  readonly workspace: string | null
  /** The app's own user; null where Slack does not say. */
  readonly self: string | null
  /** What it may do; null where Slack does not say. */
  readonly scopes: ReadonlySet<string> | null
}

async function checkToken(call: Call): Promise<Token> {
  const asked = await ask(call, 'auth.test')
  if (!asked.ok) {
    const remedy =
      asked.code === ''
        ? 'check the network, a proxy, and SLACK_API_URL where it is set'
        : 'copy the bot token again from OAuth & Permissions, or install the app again'
    return { checks: [bad('Slack', asked.why, remedy)], workspace: null, self: null, scopes: null }
  }
  const { answer } = asked
  const workspace = textOf(answer, 'team_id')
  const name = textOf(answer, 'team') ?? 'unnamed'
  const scopes = scopesOf(fieldOf(answer.response_metadata, 'scopes'))
  return {
    checks: [good('Slack', `workspace ${name} (${workspace ?? 'no id'})`), checkScopes(scopes)],
    workspace: workspace ?? '',
    self: textOf(answer, 'user_id'),
    scopes,
  }
}

/** Slack tells them in a header, which the client copies into the answer. */
function scopesOf(told: unknown): ReadonlySet<string> | null {
  return Array.isArray(told) ? new Set(told.map((scope) => String(scope).trim())) : null
}

function checkScopes(scopes: ReadonlySet<string> | null): Check {
  const what = 'scopes'
  if (scopes === null) {
    return advice(what, 'Slack did not say', 'compare OAuth & Permissions with slack-manifest.json')
  }
  const missing = Object.entries(SCOPES).filter(([scope]) => !scopes.has(scope))
  if (missing.length === 0) return good(what, 'all that the manifest asks for')
  const named = missing.map(([scope, purpose]) => `${scope} (${purpose})`).join(', ')
  const remedy =
    'add them under OAuth & Permissions, or paste slack-manifest.json again, then install the app again'
  // An app that was installed before works as it did.
  if (missing.every(([scope]) => ADDED.has(scope))) {
    return advice(what, `missing ${named}; all else works without`, remedy)
  }
  return bad(what, `missing ${named}`, remedy)
}

/** Scopes that earlier manifests did not ask for, and what is done without them. */
const ADDED: ReadonlySet<string> = new Set(['app_mentions:read'])

/** What the app asks of a workspace, and what for. The manifest asks for the same. */
export const SCOPES: Readonly<Record<string, string>> = {
  commands: 'to answer /contracts',
  'app_mentions:read': 'to answer where somebody mentions the app',
  'chat:write': 'to post, and to rewrite what was posted',
  'chat:write.public': 'to post to a public channel that it has not joined',
  'channels:read': 'to find a public channel by its name and see who is in it',
  'groups:read': 'to find a private channel that it was invited to, and see who is in it',
  'channels:join': 'to join a public channel before posting there',
  'channels:history': 'to look up whether a message arrived when an answer of Slack was lost',
  'groups:history': 'the same in private channels',
  'im:history': 'the same in direct messages',
  'im:write': 'to write to a person directly',
  'users:read': 'to tell members from guests and people of other organisations',
  'users:read.email': 'to know the people whom a register names by their address',
  'usergroups:read': "to know who belongs to a team's user group",
  'files:read': 'to read a register that is handed over in Slack',
  'files:write': 'to attach long lists',
}

/** What the doctor says of one thing. */

export interface Check {
  readonly what: string
  /** Where it is false, something does not work or somebody sees what they should not. */
  readonly ok: boolean
  readonly found: string
  /** What to do about it; also where all works and somebody should know. Null: nothing. */
  readonly remedy: string | null
}

export function good(what: string, found: string): Check {
  return { what, ok: true, found, remedy: null }
}

/** It works, and yet somebody should look at it. */
export function advice(what: string, found: string, remedy: string): Check {
  return { what, ok: true, found, remedy }
}

export function bad(what: string, found: string, remedy: string): Check {
  return { what, ok: false, found, remedy }
}

/** What was found and what to do, on one line. */
export function checkWords({ found, remedy }: Check): string {
  return remedy === null ? found : `${found}. ${capitalised(remedy)}.`
}

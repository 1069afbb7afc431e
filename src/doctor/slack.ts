/** Everything about Slack that can be found out without posting: tokens, scopes, channels, blocks. */
import { channelBook } from '../delivery/channel-book.ts'
import { company } from '../delivery/company.ts'
import { slackCaller } from '../delivery/slack-gateway.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { checkBlocks } from './blocks.ts'
import { checkChannels, type Posting } from './channels.ts'
import type { Check } from './check.ts'
import { checkTransport, type Reach } from './reach.ts'
import { checkToken } from './token.ts'

export interface SlackExamination extends Reach {
  readonly botToken: string
  /** For GovSlack and stand-ins; ends in `/api/`. */
  readonly apiUrl: string
  readonly timeoutMs: number
  /** Where each team's messages go. */
  readonly postings: readonly Posting[]
  /** The id that messages for each destination went to last. */
  readonly followed?: ReadonlyMap<string, string>
  readonly today: CivilDate
  /** Milliseconds of a monotonic clock. */
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
  const book = channelBook(call, elapsed)
  for (const [destination, id] of followed ?? []) book.follow(destination, id)
  return [
    ...checks,
    transport,
    ...(await checkChannels(postings, {
      call,
      scopes,
      idOf: book.idOf,
      companyOf: company(call, async () => ({ workspace, self }), elapsed).of,
    })),
    await checkBlocks(call, today),
  ]
}

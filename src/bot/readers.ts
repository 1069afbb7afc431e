/** Who may read, where the settings narrow it to the members of some channels or user groups. */
import type { WebClient } from '@slack/web-api'

const PAGE = 1000
/** 20,000 people of one channel. */
const MOST_PAGES = 20

/**
 * The Slack ids of everybody in these channels. @throws where Slack does not tell: who may not be
 * found among the readers is none.
 */
export async function membersOfChannels(
  client: WebClient,
  channels: readonly string[],
): Promise<ReadonlySet<string>> {
  const members = new Set<string>()
  for (const channel of channels) {
    let cursor: string | undefined
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const answer = await client.conversations.members({
        channel,
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      })
      if (answer.members === undefined) throw new Error('Slack does not list the members')
      for (const id of answer.members) members.add(id)
      cursor = answer.response_metadata?.next_cursor
      if (cursor === undefined || cursor === '') break
    }
  }
  return members
}

/** Which of the settings' ids are user groups; the others are channels. */
export function isGroup(id: string): boolean {
  return id.startsWith('S')
}

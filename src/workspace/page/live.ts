/** Tells open pages that there is something new to fetch. */
import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Stand } from './stand.ts'

const BEAT_MS = 20_000
/** Changes that come together are told once. */
const GATHER_MS = 25

export function liveStream(context: Context, stand: Stand): Response {
  return streamSSE(context, async (stream) => {
    let news: string | null = 'changed'
    let wake = () => undefined as undefined
    const tell = (what: string) => {
      if (news !== 'reset') news = what
      wake()
    }
    const stops = [
      stand.workspace.changes.listen(() => tell('changed')),
      stand.listen((what) => tell(what === 'reset' ? 'reset' : 'changed')),
    ]
    stream.onAbort(() => {
      for (const stop of stops) stop()
      wake()
    })
    while (!stream.aborted) {
      if (news === null)
        await waitFor((end) => {
          wake = end
        }, BEAT_MS)
      if (stream.aborted) break
      await waitFor(() => undefined, GATHER_MS)
      const event: string = news ?? 'beat'
      news = null
      await stream.writeSSE({ event, data: '' })
    }
  })
}

function waitFor(register: (end: () => undefined) => void, longestMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, longestMs)
    register(() => {
      clearTimeout(timer)
      resolve()
      return undefined
    })
  })
}

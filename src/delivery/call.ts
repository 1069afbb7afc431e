/** How the parts of the Slack gateway reach the Web API: through one function, passed to them. */
import type { WebAPICallResult } from '@slack/web-api'

/** Calls a method of Slack's Web API. @throws where the answer is anything but `ok: true`. */
export type Call = (method: string, args: Record<string, unknown>) => Promise<Answer>
export type Answer = WebAPICallResult & Readonly<Record<string, unknown>>

/** The type of the metadata that every post carries; its payload holds the delivery's key. */
export const METADATA_EVENT = 'lapsewatch_delivery'

/** The signature by which an app knows that a request comes from Slack. */
import { createHmac } from 'node:crypto'

/** @param seconds since 1970, also sent as x-slack-request-timestamp. */
export function signatureOf(signingSecret: string, seconds: number, body: string): string {
  const digest = createHmac('sha256', signingSecret).update(`v0:${seconds}:${body}`).digest('hex')
  return `v0=${digest}`
}

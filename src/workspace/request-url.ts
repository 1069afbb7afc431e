/** HTTP mode: signed requests to the address that the app named. */
import { signatureOf } from './signature.ts'
import { type Ack, notAcked, type Payload, type Retry, type Transport } from './transport.ts'

export interface RequestUrlOptions {
  readonly url: string
  readonly signingSecret: string
  /** How long the app may take to answer. */
  readonly ackMs: number
  /** Milliseconds since 1970, by the clock that the app checks signatures against. */
  readonly signedAt: () => number
}

/** @throws Error when the address does not answer Slack's challenge; it is not used then. */
export async function openRequestUrl(options: RequestUrlOptions): Promise<Transport> {
  const transport: Transport = {
    deliver: (payload, retry) => deliver(payload, retry, options),
  }
  const challenge = 'challenge-of-the-stand-in'
  const body = { type: 'url_verification', token: 'stand-in', challenge }
  const ack = await transport.deliver({ type: 'events_api', body }, null)
  const answer = ack.acked ? ack.body : null
  const said =
    typeof answer === 'object' && answer !== null && 'challenge' in answer
      ? answer.challenge
      : answer
  if (said !== challenge) {
    throw new Error(
      `${options.url} did not answer the challenge (${ack.acked ? 'wrong answer' : ack.failure}). ` +
        'Check that the app listens there and has the same signing secret.',
    )
  }
  return transport
}

async function deliver(
  payload: Payload,
  retry: Retry | null,
  options: RequestUrlOptions,
): Promise<Ack> {
  try {
    const response = await fetch(options.url, {
      method: 'POST',
      ...signedRequest(payload, retry, options),
      signal: AbortSignal.timeout(options.ackMs),
    })
    const text = await response.text()
    if (response.ok) return { acked: true, body: readAnswer(response, text) }
    const final = response.headers.get('x-slack-no-retry') === '1'
    return notAcked('http_service_error', 'http_error', final)
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError'
      ? notAcked('operation_timeout', 'http_timeout')
      : notAcked('dispatch_failed', 'connection_failed')
  }
}

/** The headers and the body of a request as Slack sends it. */
export function signedRequest(
  payload: Payload,
  retry: Retry | null,
  { signingSecret, signedAt }: Pick<RequestUrlOptions, 'signingSecret' | 'signedAt'>,
): { readonly headers: Record<string, string>; readonly body: string } {
  const seconds = Math.floor(signedAt() / 1000)
  const { type, body } = encoded(payload)
  return {
    body,
    headers: {
      'content-type': type,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': signatureOf(signingSecret, seconds, body),
      ...(retry === null
        ? {}
        : { 'x-slack-retry-num': String(retry.number), 'x-slack-retry-reason': retry.reason }),
    },
  }
}

function encoded({ type, body }: Payload): { readonly type: string; readonly body: string } {
  const form = 'application/x-www-form-urlencoded'
  switch (type) {
    case 'slash_commands': {
      const fields = Object.entries(body).map(([name, value]): [string, string] => [
        name,
        String(value),
      ])
      return { type: form, body: new URLSearchParams(fields).toString() }
    }
    case 'interactive':
      return {
        type: form,
        body: new URLSearchParams({ payload: JSON.stringify(body) }).toString(),
      }
    case 'events_api':
      return { type: 'application/json', body: JSON.stringify(body) }
  }
}

/** An empty answer is none; JSON is read; anything else is text. */
function readAnswer(response: Response, text: string): unknown {
  if (text === '') return undefined
  if (!(response.headers.get('content-type') ?? '').includes('json')) return text
  const answer: unknown = JSON.parse(text)
  return answer
}

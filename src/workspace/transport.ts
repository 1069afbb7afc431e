/** How the workspace reaches the app: what it sends, and what it takes for an answer. */

/** What happened in the workspace, as Slack tells the app. */
export interface Payload {
  readonly type: 'slash_commands' | 'interactive' | 'events_api'
  readonly body: Readonly<Record<string, unknown>>
}

/** A repeat, as the app is told of it. */
export interface Retry {
  readonly number: number
  readonly reason: 'http_timeout' | 'http_error' | 'connection_failed' | 'timeout'
}

/** What Slack tells the person when the app did not answer as it must. */
export type Failure =
  /** No acknowledgement in time. */
  | 'operation_timeout'
  /** The app answered with an error. */
  | 'http_service_error'
  /** The app could not be reached. */
  | 'dispatch_failed'

export type Ack =
  | { readonly acked: true; readonly body: unknown }
  | {
      readonly acked: false
      readonly failure: Failure
      readonly reason: Retry['reason']
      /** The app asks not to be told again. */
      readonly final: boolean
    }

export interface Transport {
  /** Sends once and waits for the acknowledgement, no longer than Slack would. */
  deliver(payload: Payload, retry: Retry | null): Promise<Ack>
}

export function notAcked(failure: Failure, reason: Retry['reason'], final = false): Ack {
  return { acked: false, failure, reason, final }
}

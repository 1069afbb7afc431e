export type ProxyFault =
  | { readonly kind: 'forward' | 'hold' | 'silent' | 'refuse' }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number; readonly delayMs?: number }
  | {
      readonly kind: 'truncate'
      readonly bytes: number
      readonly after: 'end' | 'reset' | 'silent'
    }

export interface PostgresProxy {
  readonly port: number
  url(of?: string): string
  become(fault: ProxyFault): void
  cut(): void
  open(): number
  accepted(): number
  close(): Promise<void>
}

export function openPostgresProxy(target: string): Promise<PostgresProxy>

/** The log: one JSON object a line on stderr, or readable lines where a person watches. */
import pino, { type Logger } from 'pino'
import pretty from 'pino-pretty'
import { redactor } from './redact.ts'
import type { Settings } from './settings.ts'

export interface LogOptions {
  readonly level: string
  /** Values that must not be seen in it, besides all that looks like one. */
  readonly secrets: readonly (string | null)[]
}

interface Sink {
  write(line: string): void
}

/** What is said goes through one redaction, whoever says it. `sink`: stderr unless given. */
export function openLog({ level, secrets }: LogOptions, sink: Sink = stderr()): Logger {
  const clean = redactor(secrets)
  return pino({ level, base: null }, { write: (line: string) => sink.write(clean(line)) })
}

function stderr(): Sink {
  if (process.stderr.isTTY !== true) return pino.destination({ dest: 2, sync: true })
  return pretty({
    destination: 2,
    sync: true,
    colorize: true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,level,slot,delivery,key,alerts,attempt,channel,ts,ms,outcome,stage,why',
  })
}

/** All that the settings hold that nobody may read. */
export function secretsOf(settings: Settings): readonly (string | null)[] {
  const { slack, databaseUrl, migrateUrl, heartbeatUrl } = settings
  return [
    slack.botToken,
    slack.appToken,
    slack.signingSecret,
    databaseUrl,
    migrateUrl,
    heartbeatUrl,
  ]
}

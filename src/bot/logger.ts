/** Bolt's words in our log. */
import { type Logger, LogLevel } from '@slack/bolt'

/** A logger for Bolt that writes lines; what it says below a warning is left out. */
export function boltLogger(write: (line: string) => void): Logger {
  const say = (...parts: readonly unknown[]) => write(parts.map(worded).join(' '))
  const silent = () => undefined
  return {
    debug: silent,
    info: silent,
    warn: say,
    error: say,
    setLevel: silent,
    getLevel: () => LogLevel.WARN,
    setName: silent,
  }
}

/** Of an object only its kind: Bolt's may hold what somebody typed, and who it was. */
function worded(part: unknown): string {
  if (part instanceof Error) return part.message
  return typeof part === 'string' ? part : `[${typeof part}]`
}

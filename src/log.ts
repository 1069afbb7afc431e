/** The log: one JSON object a line on stderr, or readable lines where a person watches. */
import pino, { type Logger } from 'pino'
import pretty from 'pino-pretty'

export function openLog(level = 'info'): Logger {
  const options = { level, base: null, redact: ['token', '*.token', 'email', '*.email'] }
  if (process.stderr.isTTY !== true) return pino(options, pino.destination({ dest: 2, sync: true }))
  return pino(
    options,
    pretty({
      destination: 2,
      sync: true,
      colorize: true,
      translateTime: 'SYS:HH:MM:ss',
      ignore: 'pid,hostname,level',
    }),
  )
}

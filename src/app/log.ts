/** The log: one JSON object a line on stderr, or readable lines where a person watches. */
import type { Logger } from 'pino'
import type { Settings } from './settings.ts'

interface LogOptions {
  readonly level: string
  /** Values that must not be seen in it, besides all that looks like one. */
  readonly secrets: readonly (string | null)[]
}

interface Sink {
  write(line: string): void
}

/** What is said goes through one redaction, whoever says it. `sink`: stderr unless given. */
export async function openLog({ level, secrets }: LogOptions, sink?: Sink): Promise<Logger> {
  // Loaded with the log: commands write none, and need the redaction alone.
  const { default: pino } = await import('pino')
  const clean = redactor(secrets)
  const out = sink ?? (await readable()) ?? pino.destination({ dest: 2, sync: true })
  return pino({ level, base: null }, { write: (line: string) => out.write(clean(line)) })
}

/** Lines for a person; null where stderr is no terminal. */
async function readable(): Promise<Sink | null> {
  if (process.stderr.isTTY !== true) return null
  const { default: pretty } = await import('pino-pretty')
  return pretty({
    destination: 2,
    sync: true,
    colorize: true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,level',
    hideObject: true,
    messageFormat: (line, message) => lineInWords(line, message),
  })
}

/** What was logged in one line for a person: what happened, and the facts that tell it from others. */
export function lineInWords(line: Readonly<Record<string, unknown>>, message: string): string {
  const facts = Object.entries(line).flatMap(([name, value]) => {
    const isFact = typeof value === 'string' || (typeof value === 'number' && value !== 0)
    const said = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    return isFact && name !== message && !FOR_MACHINES.has(name) ? [`${said}: ${value}`] : []
  })
  const words = String(line[message] ?? '')
  return facts.length === 0 ? words : `${words} (${facts.join(', ')})`
}

const FOR_MACHINES = new Set(
  'level time pid hostname slot delivery key alerts attempt channel ts ms outcome stage'.split(' '),
)

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

/**
 * Applied to every line of the log last: tokens, passwords and addresses of people are
 * taken out whatever brought them in. Names of people have no pattern: nobody may log them at all.
 */

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\bx(?:ox[a-z]|app)(?:\.xox[a-z])?-[\w%.-]+/gi, '[token]'],
  [/\b(bearer|basic)\s+[\w.~+/%-]{8,}=*/gi, '$1 [token]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]+@/gi, '$1[password]@'],
  [/https:\/\/hooks\.slack(?:-gov)?\.com\/[^\s"'<>|\\]+/gi, '[response address]'],
  [/\bv0=[0-9a-f]{64}\b/gi, '[signature]'],
  [
    /[^\s"'<>()[\]{},;:|\\/=@]+(?:@|%40)[^\s"'<>()[\]{},;:|\\/=@]+\.[^\s"'<>()[\]{},;:|\\/=@.]{2,}/gu,
    '[email]',
  ],
]

/** Shorter than this a secret would take ordinary words out of every line. */
const SHORTEST_SECRET = 6

/** Takes secrets out of text: those of these values, and whatever looks like one. */
export function redactor(secrets: readonly (string | null)[]): (text: string) => string {
  const known = secrets
    .filter((secret) => secret !== null && secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => (secret === null ? [] : [secret, ...passwordIn(secret)]))
    .sort((a, b) => b.length - a.length)
  return (text) => {
    let clean = text
    for (const secret of known) clean = clean.replaceAll(secret, '[secret]')
    for (const [pattern, instead] of PATTERNS) clean = clean.replace(pattern, instead)
    return clean
  }
}

/** What looks like a secret, where no settings are at hand. */
export const redacted: (text: string) => string = redactor([])

function passwordIn(secret: string): string[] {
  if (!URL.canParse(secret)) return []
  const { password } = new URL(secret)
  return password.length < SHORTEST_SECRET ? [] : [password, decodeURIComponent(password)]
}

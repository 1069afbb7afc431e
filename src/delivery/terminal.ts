/** Without Slack, the messages are read on a terminal. */
import type { Message, MessageFile } from '../text/facts.ts'
import { type TerminalOptions, terminalText } from '../text/terminal.ts'
import { oneLine } from '../text/words.ts'
import type { Gateway } from './gateway.ts'

const LINES_OF_FILE = 8

/**
 * A gateway that writes every message as text; `write` gets whole lines with their line breaks.
 * Nothing can be looked up afterwards: what a crash left uncertain is written once more, marked.
 */
export function terminalGateway(write: (text: string) => void, options: TerminalOptions): Gateway {
  const show = (message: Message, heading: string) => {
    const rule = '─'.repeat(Math.min(options.width, 72))
    write(`${rule}\n${heading}${terminalText(message, options)}\n${fileLines(message.file)}`)
  }
  return {
    paced: false,
    enter: async (destination) => destination,
    follow: () => undefined,
    leadsElsewhere: async () => false,
    readersOf: async () => ({ kind: 'own' }),
    accountOf: async () => 'unknown',
    accountOfEmail: async () => null,
    membersOn: async () => ({ kind: 'unknown', why: 'a terminal has no members' }),
    post: async ({ channel, message }) => {
      show(message, channel === 'terminal' ? '' : `To ${oneLine(channel)}\n`)
      return { kind: 'sent', channel: null, ts: null }
    },
    update: async (channel, _ts, message) => {
      show(message, channel === 'terminal' ? 'Now\n' : `Now, in ${oneLine(channel)}\n`)
      return { kind: 'sent', channel: null, ts: null }
    },
    takeBack: async () => false,
    lookUp: async () => ({ kind: 'unreadable', why: 'a terminal keeps no history' }),
    toldBetween: async () => ({ kind: 'read', told: new Map() }),
    uploadFile: async () => ({
      kind: 'failed',
      why: 'a terminal takes no files',
      passes: false,
      retryAfterMs: null,
    }),
    identify: async () => ({ kind: 'known', workspace: null }),
    workspace: async () => null,
  }
}

function fileLines(file: MessageFile | null): string {
  if (file === null) return ''
  if (typeof file.content !== 'string') return `[${oneLine(file.title)}]\n`
  const lines = file.content
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split(/\r?\n/)
  const left = lines.length - LINES_OF_FILE
  const shown = lines.slice(0, LINES_OF_FILE).map((line) => `  ${line}`)
  if (left > 0) shown.push(`  … and ${left} more ${left === 1 ? 'line' : 'lines'}`)
  return `${shown.join('\n')}\n`
}

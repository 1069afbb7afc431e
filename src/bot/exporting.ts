/** Tables as files, to the asker alone: they have prices in them, and no channel is asked about. */
import { Refusal } from '../domain/refusal.ts'
import {
  EXPORTS,
  type ExportFormat,
  type ExportWhat,
  exportFile,
  exportTable,
} from '../exports/export-file.ts'
import { exportAnswer, saidAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import { figure } from '../messages/words.ts'
import { listedIds } from './facts/list.ts'
import { type Filters, NO_FILTERS } from './language/command.ts'
import { need } from './rights.ts'
import type { Scene } from './scene.ts'
import { sendDirect } from './send-direct.ts'

/** The file is made in memory before it is sent. */
const MOST_CHANGES = 200_000

/**
 * Sends the file in a direct message; returns what is said where it was asked for.
 * @throws Refusal where the asker may not: the audit is for administrators.
 */
export async function exportAsked(scene: Scene, asked: Filters): Promise<Message> {
  const { what, format, filters } = askedIn(asked)
  await need(scene, what === 'audit' ? 'administer' : 'read', null)
  const { pool, organisation, rulesOf, today, dateFormat } = scene.stage
  if (what === 'audit' && Object.values(filters).some((each) => each !== null)) {
    throw new Refusal('The audit goes out whole: ask for it as export audit, or export audit xlsx.')
  }
  const ids = what === 'audit' ? [] : await listedIds(scene.context(''), filters)
  const deps = { pool, organisationId: organisation.id, rulesOf }
  const { sheet, count, said } = await exportTable(deps, what, ids)
  if (count === 0) return saidAnswer(NOTHING[what])
  if (what === 'audit' && count > MOST_CHANGES) {
    throw new Refusal(
      `The audit has ${figure(count)} changes, too many for a file in Slack. On the command line it has no limit: lapsewatch export FILE --what audit`,
    )
  }
  const pieces: Buffer[] = []
  for await (const piece of exportFile(sheet, format, dateFormat)) pieces.push(Buffer.from(piece))
  const file = {
    name: `${NAMES[what].toLowerCase()}-${today()}.${format}`,
    title: `${NAMES[what]} as of ${today()} (${format.toUpperCase()})`,
    content: Buffer.concat(pieces),
  }
  await sendDirect(scene, exportAnswer(said, file))
  return saidAnswer(`${said}: the file is in your direct messages with Lapsewatch.`)
}

const NAMES: Record<ExportWhat, string> = {
  register: 'Contracts',
  extensions: 'Extensions',
  audit: 'Audit',
}

const NOTHING: Record<ExportWhat, string> = {
  register: 'No contract fits, so that there is nothing to export.',
  extensions: 'No contract that fits was extended, so that there is nothing to export.',
  audit: 'Nothing was changed yet, so that there is nothing to export.',
}

const FORMATS: ReadonlyMap<string, ExportFormat> = new Map([
  ['csv', 'csv'],
  ['xlsx', 'xlsx'],
  ['excel', 'xlsx'],
])

interface Asked {
  readonly what: ExportWhat
  readonly format: ExportFormat
  readonly filters: Filters
}

/** `export extensions mine xlsx`: words for the table and the format are no text to look for. */
function askedIn(filters: Filters): Asked {
  const words = (filters.text ?? '').split(/\s+/).filter((word) => word !== '')
  const what = EXPORTS.find((each) => each === words[0]?.toLowerCase())
  const others = what === undefined ? words : words.slice(1)
  const named = others.findLast((word) => FORMATS.has(word.toLowerCase()))
  const rest = others.filter((word) => word !== named)
  return {
    what: what ?? 'register',
    format: FORMATS.get(named?.toLowerCase() ?? 'csv') ?? 'csv',
    filters: { ...NO_FILTERS, ...filters, text: rest.length === 0 ? null : rest.join(' ') },
  }
}

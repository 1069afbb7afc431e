/** The register as a file, to the asker alone: it has prices in it, and no channel is asked about. */
import { exportAnswer, saidAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import { counted } from '../messages/words.ts'
import { type ExportFormat, exportFile } from '../register/export/export-file.ts'
import { listedIds } from './facts/list.ts'
import type { Filters } from './language/command.ts'
import { need } from './rights.ts'
import type { Scene } from './scene.ts'
import { sendDirect } from './send-direct.ts'

/** Sends the file in a direct message; returns what is said where it was asked for. */
export async function exportRegister(scene: Scene, asked: Filters): Promise<Message> {
  await need(scene, 'read', null)
  const { pool, organisation, today } = scene.stage
  const { format, filters } = formatIn(asked)
  const ids = await listedIds(scene.context(''), filters)
  if (ids.length === 0) return saidAnswer('No contract fits, so that there is nothing to export.')
  const pieces: Buffer[] = []
  for await (const piece of exportFile(pool, organisation.id, ids, format)) {
    pieces.push(Buffer.from(piece))
  }
  const file = {
    name: `contracts-${today()}.${format}`,
    title: `Contracts as of ${today()} (${format.toUpperCase()})`,
    content: Buffer.concat(pieces),
  }
  await sendDirect(scene, exportAnswer(ids.length, file))
  const contracts = counted(ids.length, 'contract')
  return saidAnswer(`${contracts}: the file is in your direct messages with Lapsewatch.`)
}

const FORMATS: ReadonlyMap<string, ExportFormat> = new Map([
  ['csv', 'csv'],
  ['xlsx', 'xlsx'],
  ['excel', 'xlsx'],
])

/** `export mine xlsx`: a word for the format is no text to look for. */
function formatIn(filters: Filters): { readonly format: ExportFormat; readonly filters: Filters } {
  const words = (filters.text ?? '').split(/\s+/).filter((word) => word !== '')
  const named = words.findLast((word) => FORMATS.has(word.toLowerCase()))
  const rest = words.filter((word) => word !== named)
  return {
    format: FORMATS.get(named?.toLowerCase() ?? 'csv') ?? 'csv',
    filters: { ...filters, text: rest.length === 0 ? null : rest.join(' ') },
  }
}

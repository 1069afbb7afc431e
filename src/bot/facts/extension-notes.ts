/** What a list of extensions says beside each contract: since when, and until when. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { ListEntry } from '../../messages/answers/facts.ts'
import { dateWords } from '../../messages/words.ts'
import type { ListState } from '../language/command.ts'
import type { BotContext } from './context.ts'

/** The entries, with a note where they are listed for an extension of theirs. */
export async function noteExtensions<Entry extends ListEntry>(
  { pool, today }: BotContext,
  state: ListState | null,
  entries: readonly Entry[],
): Promise<Entry[]> {
  if (state !== 'emergency' && state !== 'unclassified') return [...entries]
  const found = await pool.query<{ contractId: number; from: CivilDate; to: CivilDate }>(
    state === 'emergency' ? EMERGENCIES : UNCLASSIFIED,
    state === 'emergency'
      ? [entries.map((each) => each.contractId), today]
      : [entries.map((each) => each.contractId)],
  )
  const notes = new Map(found.rows.map((row) => [row.contractId, row]))
  return entries.map((entry) => {
    const extension = notes.get(entry.contractId)
    if (extension === undefined) return entry
    const note =
      state === 'emergency'
        ? `emergency extension since ${dateWords(extension.from)}`
        : `the register moved its end to ${dateWords(extension.to)}: nobody has said why`
    return state === 'unclassified' ? { ...entry, note, unclassified: true } : { ...entry, note }
  })
}

const EMERGENCIES = `
  SELECT contract_id AS "contractId", from_on AS "from", to_on AS "to" FROM extension
  WHERE contract_id = ANY($1) AND kind = 'emergency' AND status = 'confirmed'
    AND $2::date BETWEEN from_on AND to_on ORDER BY from_on DESC, id`

/** Of several the latest, as it is read last. */
const UNCLASSIFIED = `
  SELECT contract_id AS "contractId", from_on AS "from", to_on AS "to" FROM extension
  WHERE contract_id = ANY($1) AND kind = 'unknown' AND status <> 'withdrawn' ORDER BY to_on, id`

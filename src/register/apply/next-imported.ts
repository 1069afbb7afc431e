/** What a register has said, as it is kept for its next import. */
import type { Draft } from '../draft.ts'
import { awardedEndOf } from './compare-ends.ts'
import type { EndVerdict } from './end-conflict.ts'
import { FIELD_NAMES, type Fields, type Imported, importedFields } from './fields.ts'
import type { Row } from './held.ts'
import { awardedText, type EndChange } from './register-ends.ts'

/** What the source has now said, to be compared with next time. */
export function nextImported(
  fields: Fields,
  draft: Draft,
  row: Row,
  { ends: said, conflict }: EndVerdict,
): Imported {
  const { imported } = row
  // An export that comes back says what stands here, also what people changed: that is not the
  // source's own word, and what the source said before is kept where the two agree.
  const isOwn = draft.identity !== undefined
  const now = importedFields(fields, draft)
  const next: Imported = { ...now, awarded: awardedByImport(draft, row, said, isOwn) }
  if (!isOwn) return next
  const kept = Object.fromEntries(
    FIELD_NAMES.filter((name) => fields[name] === row[name]).map((name) => [
      name,
      imported[name] ?? null,
    ]),
  )
  const buyers = now.buyers === row.buyers.join('|') ? imported.buyers : now.buyers
  return {
    ...next,
    ...kept,
    ...(buyers === undefined ? {} : { buyers }),
    ends_said: said || conflict ? next.ends_said : imported.ends_said,
  }
}

/** The awarded end as imports leave it: where the person's end stays, it stays known as theirs. */
function awardedByImport(draft: Draft, row: Row, said: EndChange | null, isOwn: boolean): string {
  const held = awardedText(awardedEndOf(row))
  const next = said ? awardedText(said.awardedEnd) : held
  if (next !== held) return next
  const agrees = !isOwn && awardedText(draft.end) === held
  return agrees ? held : (row.imported.awarded ?? held)
}

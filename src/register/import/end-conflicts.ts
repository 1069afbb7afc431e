/**
 * Ends of a contract that a register tells differently: from before, or from what people recorded.
 */
import { type AuditChange, withdrawal } from '../../database/audit-log.ts'
import { contractOf } from '../../database/contracts.ts'
import { type CivilDate, dayText } from '../../rules/civil-date.ts'
import { currentEnd, type End, movesEnd } from '../../rules/contract.ts'
import type { Draft } from '../draft.ts'
import { endsSaid, type FieldName, type Fields, readEndsSaid } from './columns.ts'
import type { Changing, ImportContext, StoredContract, StoredContractRow } from './context.ts'
import {
  awardedText,
  type EndChange,
  type EndsSaid,
  type HeldExtension,
  lastDaySaid,
  registerEnds,
} from './ends-in-register.ts'

export function endVerdict(
  { today, headings }: ImportContext,
  draft: Draft,
  { row, extensions }: StoredContract,
): EndVerdict {
  const isEdited = (draft.own?.asOf ?? null) !== null
  if (saysNoEnd(draft, row)) return endStays(row)
  if (!isEdited && endsSaid(draft) === row.imported.ends_said) return endStays(row)
  const awardedEnd = awardedEndOf(row)
  // An export of ours was written from what stands, whoever had said it.
  const stands = extensions.filter(({ status }) => status === 'confirmed' || status === 'proposed')
  const shown = stands.map((each) => ({ ...each, source: '' }))
  const isWithout = isEdited && headings?.has('Extension end') === false
  const kindOf = ({ kind, to }: Draft['extensions'][number]) => {
    const known = isEdited ? stands.find((each) => each.to === to && each.kind !== 'unknown') : null
    return known?.kind ?? kind
  }
  return judgeEnds(
    {
      ...draft,
      // A blank says nothing of the end, where an extension stands beside it.
      end: draft.end.kind === 'undated' ? awardedEnd : draft.end,
      extensions: isWithout
        ? shown
        : draft.extensions.map((each) => ({ ...each, kind: kindOf(each) })),
    },
    {
      awardedEnd,
      extensions,
      disputedEnd: row.disputedEnd,
      before: isEdited
        ? { end: awardedEnd, currentEnd: null, extensions: shown }
        : readEndsSaid(row.imported.ends_said),
      awardedByRegister: isEdited ? null : (row.imported.awarded ?? null),
    },
    today,
  )
}

/** Nothing changes. */
export function endStays({ disputedEnd }: StoredContractRow): EndVerdict {
  return { ends: null, disputedEnd, conflict: null }
}

/**
 * Whether a register gives no end of any kind: then what was known stays. The latest possible end is
 * none where another was known.
 */
export function saysNoEnd(draft: Draft, row: StoredContractRow): boolean {
  if (draft.endIsMaximum === true && row.endKind !== 'undated') {
    return (row.imported.end_source ?? null) !== draft.endSource
  }
  return draft.end.kind === 'undated' && draft.currentEnd === null && draft.extensions.length === 0
}

/** The awarded end, moved where the register may; the conflict told where it may not. */
export function moveEnd(
  { columns, set, tell }: Changing,
  draft: Draft,
  row: StoredContractRow,
  fields: Fields,
  { ends, disputedEnd, conflict }: EndVerdict,
): void {
  if (conflict) {
    const { said, stays, warns } = conflict
    tell(
      'end',
      said,
      `the register changed the end, and so did a person: ${stays} stays, and ${warns} warns, as the earlier of the two`,
      'say which of them holds in the form "Edit contract", or put the register right',
    )
  }
  if (saysNoEnd(draft, row) && row.endKind !== 'undated') {
    const held = currentEnd(contractOf(row, [], []))
    const stays = held.kind === 'dated' ? dayText(held.latest) : NO_DAY[held.kind]
    const remedy = 'put the end into the register again, or say what became of it'
    tell('end', null, `the file no longer gives its end: ${stays} stays`, remedy)
  }
  columns.disputed_end = disputedEnd
  if (disputedEnd !== row.disputedEnd) set('disputed_end', row.disputedEnd, disputedEnd)
  if (!ends) return
  columns.end_source = fields.end_source
  const { awardedEnd } = ends
  const dated = awardedEnd.kind === 'dated' ? awardedEnd : null
  const next = {
    end_kind: awardedEnd.kind,
    end_precision: dated?.precision ?? null,
    end_earliest: dated?.earliest ?? null,
    end_latest: dated?.latest ?? null,
  }
  for (const [name, to] of Object.entries(next)) {
    if (row[name as FieldName] !== to) set(name, row[name as FieldName], to)
  }
}

export function awardedEndOf(row: StoredContractRow): End {
  return contractOf(row, [], []).awardedEnd
}

export function extensionChanges(contractId: number, ends: EndChange): AuditChange[] {
  return [
    ...[...ends.add, ...ends.restore].map((each) => ({
      contractId,
      what: 'extended',
      field: each.kind,
      from: each.from,
      to: each.to,
    })),
    ...ends.restate.flatMap(({ held, kind, cost }) => {
      const audited = { contractId, what: 'extension restated' }
      return [
        ...(kind === held.kind ? [] : [{ ...audited, field: 'kind', from: held.kind, to: kind }]),
        ...(cost === held.cost ? [] : [{ ...audited, field: 'cost', from: held.cost, to: cost }]),
      ]
    }),
    ...ends.withdraw.map((each) => withdrawal(contractId, each)),
  ]
}

// Whose end holds, where a register says something new of an end that people have recorded: theirs
// stays, the conflict is listed, and until somebody settles it the earlier day warns.

/** The ends of a contract as they stand, and as its register last told them. */
interface HeldSay {
  readonly awardedEnd: End
  readonly extensions: readonly HeldExtension[]
  readonly disputedEnd: CivilDate | null
  /** What the register said last time. */
  readonly before: EndsSaid
  /** The awarded end as imports left it; null where that was not kept. */
  readonly awardedByRegister: string | null
}

export interface EndVerdict {
  /** What the register's word changes; null where it changes nothing. */
  readonly ends: EndChange | null
  readonly disputedEnd: CivilDate | null
  readonly conflict: {
    readonly said: string
    readonly stays: string
    readonly warns: string
  } | null
}

/** Pure. Call it where the register says of the ends what it did not say last time. */
function judgeEnds(draft: Draft, held: HeldSay, today: CivilDate): EndVerdict {
  const { awardedEnd, extensions, before } = held
  const last = lastDaySaid(draft)
  const sameLast = last === lastDaySaid(before)
  const recorded = currentEnd({ awardedEnd, extensions })
  if (isByHand(held) && awardedText(draft.end) !== awardedText(awardedEnd)) {
    if (awardedText(draft.end) === awardedText(before.end) && sameLast) {
      return { ends: null, disputedEnd: held.disputedEnd, conflict: null }
    }
    return disputed(draft, last, recorded, null)
  }
  const ends = changing(registerEnds(draft, held, today, before), awardedEnd)
  const reach = reachOfPeople(extensions)
  if (
    !sameLast &&
    last !== null &&
    reach !== null &&
    last < reach &&
    recorded.kind === 'dated' &&
    recorded.latest === reach
  ) {
    return disputed(draft, last, recorded, ends)
  }
  return { ends, disputedEnd: sameLast ? held.disputedEnd : null, conflict: null }
}

function isByHand({ awardedEnd, awardedByRegister }: HeldSay): boolean {
  return awardedByRegister !== null && awardedText(awardedEnd) !== awardedByRegister
}

function disputed(
  draft: Draft,
  last: CivilDate | null,
  recorded: End,
  ends: EndChange | null,
): EndVerdict {
  const earlier = last !== null && (recorded.kind !== 'dated' || last < recorded.earliest)
  const disputedEnd = earlier ? last : null
  const said = last === null ? NO_DAY[draft.end.kind] : dayText(last)
  const stays = recorded.kind === 'dated' ? dayText(recorded.latest) : NO_DAY[recorded.kind]
  return { ends, disputedEnd, conflict: { said, stays, warns: earlier ? said : stays } }
}

const NO_DAY = { rolling: 'no end', undated: 'an unknown end', dated: 'an unknown end' } as const

/** The furthest day to which people, not the register, have extended it. */
function reachOfPeople(extensions: readonly HeldExtension[]): CivilDate | null {
  let reach: CivilDate | null = null
  for (const each of extensions) {
    if (each.fromRegister || !movesEnd(each)) continue
    if (reach === null || each.to > reach) reach = each.to
  }
  return reach
}

/** Null where nothing would change. */
function changing(ends: EndChange, awardedEnd: End): EndChange | null {
  const { add, withdraw, restore, restate } = ends
  const moves = add.length + withdraw.length + restore.length + restate.length > 0
  return moves || JSON.stringify(ends.awardedEnd) !== JSON.stringify(awardedEnd) ? ends : null
}

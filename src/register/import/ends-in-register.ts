/**
 * What a register's ends make of a contract's extensions.
 *
 * The awarded end is frozen: a later end in a register becomes an extension that nobody has
 * classified yet, because a register's current end is where rollovers hide. An earlier end is a
 * correction, and takes back what the register itself had added.
 */
import { addDays, type CivilDate, later } from '../../rules/civil-date.ts'
import { type End, type Extension, movesEnd } from '../../rules/contract.ts'
import type { Draft, DraftExtension, ExtensionRecord } from '../draft.ts'

/** An extension as it stands in the database, with who added it. */
export interface HeldExtension extends Extension {
  readonly id: number
  /** Added by a register, not by a person. */
  readonly fromRegister: boolean
  readonly record: ExtensionRecord
}

export interface EndChange {
  readonly awardedEnd: End
  readonly add: readonly NewExtension[]
  readonly withdraw: readonly HeldExtension[]
  /** Withdrawn before, and in the register again. */
  readonly restore: readonly HeldExtension[]
  /** Known, and now with more said of them. */
  readonly restate: readonly Restated[]
}
export interface NewExtension extends Extension {
  readonly source: string
  readonly record?: ExtensionRecord
}
interface Restated extends ExtensionRecord, Pick<Extension, 'kind' | 'cost'> {
  readonly id: number
  readonly held: HeldExtension
}

interface HeldEnds {
  readonly awardedEnd: End
  readonly extensions: readonly HeldExtension[]
}

/** What a register says of ends. */
export type EndsSaid = Pick<Draft, 'end' | 'currentEnd' | 'extensions'>

/**
 * What changes when the register says this of a contract; `held` is null for a new one. `before` is
 * what it said last time: what it merely repeats takes back nothing that people did since.
 */
export function registerEnds(
  draft: EndsSaid,
  held: HeldEnds | null,
  today: CivilDate,
  before: EndsSaid | null = null,
): EndChange {
  const awardedEnd = frozen(draft.end, held?.awardedEnd ?? null)
  if (awardedEnd.kind === 'rolling') {
    const withdraw = (held?.extensions ?? []).filter(
      (each) => each.fromRegister && each.status === 'confirmed',
    )
    return { awardedEnd, add: [], withdraw, restore: [], restate: [] }
  }
  const said = draft.extensions.map((each) => complete(each, awardedEnd, draft.extensions))
  const told = said.filter(({ status }) => status === 'confirmed')
  const registerEnd = lastDay(draft, said)
  const awarded = awardedEnd.kind === 'dated' ? awardedEnd.latest : null
  // Proposed before, and signed now.
  const withdraw = (held?.extensions ?? []).filter(
    (each) =>
      each.fromRegister &&
      each.status === 'proposed' &&
      told.some((now) => now.to === each.to && fits(each, now)),
  )
  const standing = (held?.extensions ?? []).filter((each) => !withdraw.includes(each))
  const restore: HeldExtension[] = []
  let covered = awarded
  for (const each of standing) {
    const stands =
      registerEnd !== null && each.to <= registerEnd && (awarded === null || each.to > awarded)
    if (each.fromRegister && each.status === 'confirmed' && !stands && !isSaid(each, told)) {
      withdraw.push(each)
    } else if (each.fromRegister && each.status === 'withdrawn' && isSaid(each, told)) {
      if (!isRepeated(each, before) && !standsOtherwise(each, held)) restore.push(each)
    } else if (each.status !== 'confirmed' && each.status !== 'presumed') continue
    // What people recorded covers it, however far: the register may not have heard of it.
    const covers = stands || (!each.fromRegister && movesEnd(each))
    if (covers && (covered === null || each.to > covered)) covered = each.to
  }
  const add: NewExtension[] = []
  for (const each of said) {
    if (standing.some((known) => isSaid(known, [each]))) continue
    add.push(each)
    if (each.status !== 'confirmed') continue
    covered = covered === null ? each.to : later(covered, each.to)
    // What was signed runs in place of a term that was only presumed, and has not begun.
    withdraw.push(
      ...standing.filter(
        ({ status, from }) => status === 'presumed' && from > today && from >= each.from,
      ),
    )
  }
  const isNew = before === null || registerEnd !== lastDaySaid(before)
  if (isNew && registerEnd !== null && covered !== null && registerEnd > covered) {
    add.push(unclassified(addDays(covered, 1), registerEnd, held === null ? null : today))
  }
  const restate = restated(held?.extensions ?? [], said)
  return { awardedEnd, add, withdraw, restore, restate }
}

/**
 * What the register has come to say of extensions that it told of before: a kind, a cost, a rule
 * where there was none. What a person said of one stays; what was invoiced is the register's.
 */
function restated(held: readonly HeldExtension[], said: readonly NewExtension[]): Restated[] {
  return held.flatMap((known): Restated[] => {
    if (!known.fromRegister || known.status === 'withdrawn') return []
    const now = said.find((each) => each.to === known.to && fits(known, each))
    if (now === undefined) return []
    const { record } = known
    const next = {
      kind: known.kind === 'unknown' ? now.kind : known.kind,
      cost: known.cost ?? now.cost,
      rule: record.rule ?? now.record?.rule ?? null,
      grounds: record.grounds ?? now.record?.grounds ?? null,
      approver: record.approver ?? now.record?.approver ?? null,
      noticeReference: record.noticeReference ?? now.record?.noticeReference ?? null,
      invoiced: now.record?.invoiced ?? record.invoiced,
    }
    const before = { kind: known.kind, cost: known.cost, ...record }
    const same = (Object.keys(next) as (keyof typeof next)[]).every(
      (key) => next[key] === before[key],
    )
    return same ? [] : [{ id: known.id, held: known, ...next }]
  })
}

/** The awarded end: what was first awarded, unless the register now says an earlier day. */
function frozen(said: End, held: End | null): End {
  if (held === null || held.kind !== 'dated' || said.kind !== 'dated') return said
  if (said.latest > held.latest) return held
  return said
}

/** An awarded end as it is kept with an import, to see later whether a person changed it. */
export function awardedText(end: End): string {
  return end.kind === 'dated' ? `${end.earliest} ${end.latest}` : end.kind
}

/** Whether the register said the same of this extension last time. */
function isRepeated(held: HeldExtension, before: EndsSaid | null): boolean {
  return (before?.extensions ?? []).some(
    (each) => each.to === held.to && (each.kind === held.kind || each.kind === 'unknown'),
  )
}

/** Whether another extension to the same day holds in its place. */
function standsOtherwise({ id, to }: HeldExtension, held: HeldEnds | null): boolean {
  return (held?.extensions ?? []).some((each) => each.id !== id && each.to === to && movesEnd(each))
}

/** The last day that a register gives, in whatever way it does; null where it gives none. */
export function lastDaySaid(said: EndsSaid): CivilDate | null {
  return said.end.kind === 'rolling' ? null : lastDay(said, said.extensions)
}

/** The register's own last day: its current end where it has one, else its end, or its extensions'. */
function lastDay(
  draft: EndsSaid,
  said: readonly Pick<DraftExtension, 'to' | 'status'>[],
): CivilDate | null {
  let last = draft.currentEnd ?? (draft.end.kind === 'dated' ? draft.end.latest : null)
  for (const each of said) {
    if (each.status === 'confirmed' && (last === null || each.to > last)) last = each.to
  }
  return last
}

/** An extension without a first day begins where the cover before it ended. */
function complete(
  said: DraftExtension,
  awardedEnd: End,
  all: readonly DraftExtension[],
): NewExtension {
  let before = awardedEnd.kind === 'dated' ? awardedEnd.latest : null
  for (const each of all) {
    if (each.to < said.to && (before === null || each.to > before)) before = each.to
  }
  const from = said.from ?? (before === null ? said.to : addDays(before, 1))
  return { ...said, from: from > said.to ? said.to : from }
}

function isSaid(held: HeldExtension, said: readonly Extension[]): boolean {
  return said.some((each) => each.to === held.to && fits(held, each))
}

/** One of them may not say what it is: a register's later end is a kind that it told later. */
function fits(held: HeldExtension, said: Extension): boolean {
  if (said.kind === held.kind || said.kind === 'unknown') return true
  return held.kind === 'unknown' && held.fromRegister && said.status === held.status
}

function unclassified(from: CivilDate, to: CivilDate, knownOn: CivilDate | null): NewExtension {
  return {
    kind: 'unknown',
    status: 'confirmed',
    from,
    to,
    cost: null,
    knownOn,
    source: 'a later end in the register',
  }
}

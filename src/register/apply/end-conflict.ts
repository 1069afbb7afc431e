/**
 * Whose end holds, where a register says something new of an end that people have recorded: theirs
 * stays, the conflict is listed, and until somebody settles it the earlier day warns.
 */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { End } from '../../domain/contract.ts'
import { currentEnd } from '../../domain/current-end.ts'
import { movesEnd } from '../../domain/extension.ts'
import { dayText } from '../../domain/words.ts'
import type { Draft } from '../draft.ts'
import {
  awardedText,
  type EndChange,
  type EndsSaid,
  type HeldExtension,
  lastDaySaid,
  registerEnds,
} from './register-ends.ts'

/** The ends of a contract as they stand, and as its register last told them. */
export interface HeldSay {
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
export function judgeEnds(draft: Draft, held: HeldSay, today: CivilDate): EndVerdict {
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
  if (!sameLast && last !== null && reach !== null && last < reach && endsBy(recorded, reach)) {
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

function endsBy(recorded: End, reach: CivilDate): boolean {
  return recorded.kind === 'dated' && recorded.latest === reach
}

/** Null where nothing would change. */
function changing(ends: EndChange, awardedEnd: End): EndChange | null {
  const { add, withdraw, restore, restate } = ends
  const moves = add.length + withdraw.length + restore.length + restate.length > 0
  return moves || JSON.stringify(ends.awardedEnd) !== JSON.stringify(awardedEnd) ? ends : null
}

/** Commands about one contract that take more than its name. */
import { daysBetween } from '../../domain/civil-date.ts'
import { NOTICES, type Notice } from '../../domain/notice-tasks.ts'
import { dayText } from '../../domain/words.ts'
import type { Command, Misread } from './command.ts'
import { missing, WHICH } from './misread.ts'
import { readReference, readReferenceAndDay, readReferenceAndPeople } from './read-reference.ts'
import type { Clock } from './read-when.ts'
import { type Token, textOf, wordAt } from './tokens.ts'

/** A snooze does not last longer. */
const MOST_SNOOZE_DAYS = 366

export function readOwn(rest: readonly Token[]): Command | Misread {
  const { ref, owner, deputy, group } = readReferenceAndPeople(rest)
  if (ref === null) return missing('own', WHICH)
  if (group) return missing('own', 'A user group owns nothing: name one person.')
  return { verb: 'own', ref, owner, deputy }
}

export function readSnooze(rest: readonly Token[], clock: Clock): Command | Misread {
  const read = readReferenceAndDay(rest, clock)
  if ('problem' in read) return missing('snooze', read.problem)
  const { ref, day, rest: why } = read
  if (ref === null) return missing('snooze', WHICH)
  if (day === null) return missing('snooze', 'Until when? Give a time such as 3d, 2w or a date.')
  if (day <= clock.today) {
    return missing('snooze', `${dayText(day)} is not later than today: name a day to come.`)
  }
  if (daysBetween(clock.today, day) > MOST_SNOOZE_DAYS) {
    return missing('snooze', `${dayText(day)} is more than a year away: name an earlier day.`)
  }
  return { verb: 'snooze', ref, until: day, why }
}

export function readExplain(rest: readonly Token[], clock: Clock): Command | Misread {
  const read = readReferenceAndDay(rest, clock, { leaning: 'back', atEnd: true })
  if ('problem' in read) return missing('explain', read.problem)
  if (read.ref === null) return missing('explain', WHICH)
  return { verb: 'explain', ref: read.ref, on: read.day }
}

/** `C-17 UK11 2026/S 000-123456`: the notice stands between the contract and what is said of it. */
export function readPublished(rest: readonly Token[]): Command | Misread {
  const at = rest.findIndex((_, index) => index > 0 && noticeOf(wordAt(rest, index)) !== null)
  const notice = noticeOf(wordAt(rest, at))
  const ref = readReference(at < 0 ? rest : rest.slice(0, at))
  if (ref === null) return missing('published', WHICH)
  if (notice === null) return missing('published', `Which notice? Write ${NOTICES.join(', ')}.`)
  const said = textOf(rest.slice(at + 1))
    .slice(0, 1000)
    .trim()
  if (said === '') {
    return missing('published', 'Give its reference, or say why it is not called for.')
  }
  return { verb: 'published', ref, notice, said }
}

function noticeOf(word: string | null): Notice | null {
  return NOTICES.find((notice) => notice.toLowerCase() === word) ?? null
}

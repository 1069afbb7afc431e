/** Notices that procurement law may call for, as tasks: "check whether", never a verdict. Plain text. */
import { type CivilDate, daysBetween } from '../domain/civil-date.ts'
import { NOTICE_LISTED_DAYS, NOTICE_TITLES, type NoticeTask } from '../domain/notice-tasks.ts'
import { dateWords, whenWords } from './words.ts'

/** `By Wed 6 Jan 2027, in 44 days: check whether a contract change notice (UK10) is called for. …` */
export function noticeWords(
  { notice, on, why, settled }: NoticeTask,
  today: CivilDate,
  hidePrices: boolean,
): string {
  const what = `a ${NOTICE_TITLES[notice]} (${notice})`
  if (settled !== null) {
    // What people said of it may tell what the organisation intends.
    const said = hidePrices ? 'settled' : settled.trim().replace(/\.+$/, '')
    return `${what.slice(2)}, by ${dateWords(on)}: ${said}.`
  }
  const when = `${dateWords(on)}, ${whenWords(daysBetween(today, on))}`
  return `By ${when}: check whether ${what} is called for. ${why}`
}

/** All but those whose date went by unanswered long ago. */
export function noticesTold(tasks: readonly NoticeTask[], today: CivilDate): readonly NoticeTask[] {
  return tasks.filter(
    ({ settled, on }) => settled !== null || daysBetween(on, today) <= NOTICE_LISTED_DAYS,
  )
}

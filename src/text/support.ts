/** What is said of products and their ends of support: reminders, lists, and one contract's cover. */
import type { ActionsBlock } from '@slack/types'
import type { CivilDate } from '../rules/civil-date.ts'
import { severity } from '../rules/contract.ts'
import { productData } from '../rules/products.ts'
import {
  type CoverKind,
  type RecordedCover,
  releaseEnds,
  type SupportDeadline,
  type SupportFindingName,
} from '../rules/support.ts'
import { compare } from '../rules/text-match.ts'
import { button, row, select } from './buttons.ts'
import { EMOJI } from './deadline.ts'
import { type Message, type PersonFact, plainName } from './facts.ts'
import { firstLine } from './headline.ts'
import { answer, body, compose, note } from './message.ts'
import {
  capitalised,
  counted,
  dateWords,
  figure,
  firstLines,
  firstNamed,
  type Mrkdwn,
  moreWords,
  mrkdwn,
  shown,
  teamWords,
  typedName,
  whenWords,
} from './words.ts'

export interface SupportReminder extends SupportDeadline {
  readonly product: string
  /** As it was said; absent in what an earlier version queued. */
  readonly release?: string
  readonly name: string
  readonly daysLeft: number
  readonly skipped: { readonly from: number; readonly to: number } | null
  readonly extendedEnds: CivilDate | null
  /** How many are in use, as far as anybody counted; null where nobody did. */
  readonly inUse: number | null
  readonly contracts: readonly CoverLine[]
  readonly findings: readonly string[]
  /** It was put off, and nothing has settled it since. */
  readonly askedAgain?: boolean
  /** Who is on it, or put it off, and until when. */
  readonly acted?: {
    readonly by: PersonFact | null
    readonly what: 'on-it' | 'put-off'
    readonly until: CivilDate
  }
}

export interface CoverLine {
  readonly reference: string
  readonly kind: CoverKind | null
  readonly coverEnds: CivilDate | null
}

export interface SupportFacts {
  readonly asOf: CivilDate
  readonly dataAsOf: CivilDate
  readonly team: string
  /** Absent in what an earlier version queued. */
  readonly teamId?: number
  readonly products: readonly SupportReminder[]
}

const SHOWN = 15
const CONTRACTS_SHOWN = 5

/** One product, or many of a channel in one message. */
export function supportMessage(facts: SupportFacts, answerable = false): Message {
  const { asOf } = facts
  const sorted = facts.products.toSorted((a, b) => compare(a.on, b.on))
  const [first] = sorted
  const isOne = first !== undefined && sorted.every(({ product }) => product === first.product)
  const left = sorted.length - SHOWN
  const day = first !== undefined && first.on < asOf ? 'since' : 'by'
  const when = isOne ? capitalised(day) : `${counted(sorted.length, 'product')}, the first ${day}`
  return compose(
    [
      first === undefined
        ? body(null)
        : body(
            mrkdwn`*${headline(asOf, first, sorted.length - 1)}*`,
            mrkdwn`${EMOJI[severity(first.daysLeft)]} ${when} ${dateWords(first.on)}. For ${teamWords(facts.team)}.`,
          ),
      ...sorted.slice(0, SHOWN).map((each, at) => {
        const title = isOne && at === 0 ? null : mrkdwn`*${headline(asOf, each)}*`
        return body(title, ...reminderLines(each))
      }),
      body(moreWords(left, ': /contracts support')),
      first === undefined ? body(null) : body(mrkdwn`*Next:* ${NEXT[first.what]}`),
      dataNote(facts.dataAsOf),
    ],
    { actions: answerable ? reminderButtons(facts, sorted.slice(0, SHOWN)) : null },
  )
}

const NEXT: Readonly<Record<SupportReminder['what'], string>> = {
  support: 'replace it, or buy extended support and record that: /contracts cover',
  extended: 'replace it, or sign an agreement of its own and record that: /contracts cover',
  custom: 'replace it, or extend the agreement and record that: /contracts extend',
}

/** For one release buttons, for several menus that name each. */
function reminderButtons(
  { teamId, team }: SupportFacts,
  products: readonly SupportReminder[],
): ActionsBlock | null {
  const open = products.flatMap(({ product, release, name }) => {
    return teamId === undefined || release === undefined
      ? []
      : [{ name, of: { teamId, product, release } }]
  })
  const show = button('All findings', { act: 'run', query: `support team ${typedName(team)}` })
  const [first, ...more] = open
  if (first === undefined) return row(show)
  if (more.length === 0) {
    return row(
      button('I’m on it', { act: 'support-ack', ...first.of }, { style: 'primary' }),
      select('support-snooze', 'Snooze', [
        { text: '1 day', action: { act: 'support-snooze-1d', ...first.of } },
        { text: '1 week', action: { act: 'support-snooze-1w', ...first.of } },
        { text: '2 weeks', action: { act: 'support-snooze-2w', ...first.of } },
      ]),
      show,
    )
  }
  const each = (act: 'support-ack' | 'support-snooze-1w') =>
    open.map(({ name, of }) => ({ text: name, action: { act, ...of } }))
  return row(
    select('support-ack', 'I’m on it: which?', each('support-ack')),
    select('support-snooze', 'Snooze a week: which?', each('support-snooze-1w')),
    show,
  )
}

/** What to do, by which day: `Replace or extend by 12 Jan (30 days): support of Windows Server 2016 ends`. */
function headline(
  asOf: CivilDate,
  { name, what, on }: Pick<SupportReminder, 'name' | 'what' | 'on'>,
  others = 0,
): Mrkdwn {
  const isOver = on < asOf
  const acts = what === 'support' ? ['Replace or extend by', 'Replace by'] : ['Replace by']
  return firstLine({
    ...{ acts: isOver ? ['Unsupported since'] : acts, on, asOf },
    about: `${SUPPORT[what]} ${name}`,
    characters: SUPPORT_NAMED,
    tails: [isOver ? mrkdwn` has ended` : mrkdwn` ends`],
    ...(others === 0 ? {} : { end: mrkdwn`, and ${counted(others, 'more', 'more')}` }),
  })
}

const SUPPORT_NAMED = 60
const SUPPORT: Readonly<Record<SupportReminder['what'], string>> = {
  support: 'support of',
  extended: 'extended support of',
  custom: 'the custom agreement for',
}

function reminderLines({
  inPart,
  contracts,
  inUse,
  findings,
  skipped,
  askedAgain,
  acted,
}: SupportReminder): (Mrkdwn | null)[] {
  return [
    acted === undefined
      ? null
      : mrkdwn`*${acted.by === null ? mrkdwn`Somebody` : plainName(acted.by)} ${acted.what === 'on-it' ? 'is on it' : 'put it off'}*: asked again on ${dateWords(acted.until)}.`,
    askedAgain === true ? mrkdwn`Asked again: nothing was recorded since.` : null,
    inPart === undefined ? null : mrkdwn`${shown(capitalised(inPart), 400)}.`,
    ...findings.slice(0, 4).map((why) => mrkdwn`${shown(capitalised(why), 400)}.`),
    contracts.length === 0
      ? mrkdwn`No contract covers it.`
      : mrkdwn`Covered by ${shown(firstNamed(contracts.map(coverWords), CONTRACTS_SHOWN, '; '), 400)}.`,
    inUse === null ? null : mrkdwn`In use: ${figure(inUse)}.`,
    skipped === null
      ? null
      : mrkdwn`Not told ${counted(skipped.from, 'day')} before: it was not known then, or nothing ran.`,
  ]
}

/** `C-17 (support, until Sat 30 Jun 2018)` */
export function coverWords({ reference, kind, coverEnds }: CoverLine): string {
  const until = coverEnds === null ? 'no end recorded' : `until ${dateWords(coverEnds)}`
  return `${reference} (${kind === null ? 'in what way is not said' : KIND_WORDS[kind]}, ${until})`
}

export const KIND_WORDS: Readonly<Record<CoverKind, string>> = {
  licence: 'licence',
  support: 'support',
  'extended-support': 'extended support',
  hosting: 'hosting',
}

/**
 * What follows from a cover that was recorded: until when its release is supported, what is still
 * asked of it, and what was said of it and is not told apart.
 */
export function recordedWords(
  { product, release, name, leftOut }: RecordedCover,
  today: CivilDate,
): string {
  const { which, ...ends } = releaseEnds(product, release, today)
  const asked = which === null ? '' : ` ${capitalised(which)}.`
  const known = ` ${capitalised(endsWords(ends))} (data as at ${dateWords(productData().asOf)}).${asked}`
  if (leftOut.length === 0) return known
  return `${known} ${leftOut.join(', ')} ${leftOut.length === 1 ? 'is' : 'are'} not told apart here: what counts is the end of ${name}, for which its maker may want the newest update.`
}

/** A product that one contract covers, with what is found of it. */
export interface ShownCover {
  readonly product: string | null
  readonly release: string
  /** What it is called; its words where nobody has linked them. */
  readonly name: string
  readonly kind: CoverKind | null
  readonly count: number | null
  readonly custom: boolean | null
  /** The cover counts for every team, not only for the contract's own. */
  readonly forAll: boolean
  readonly supportEnds: CivilDate | null
  readonly extendedEnds: CivilDate | null
  readonly findings: readonly { readonly finding: SupportFindingName; readonly why: string }[]
}

/** `Microsoft Windows Server 2016 (support, 200): support until Tue 12 Jan 2027, extended until …` */
export function shownCoverWords(cover: ShownCover): string {
  const { product, name, kind, count, custom, forAll, supportEnds, extendedEnds, findings } = cover
  const how = [
    kind === null ? 'in what way is not said' : KIND_WORDS[kind],
    count === null ? null : figure(count),
    custom === true ? 'a custom agreement' : null,
    forAll ? 'for all teams' : null,
  ].filter((part) => part !== null)
  const ends =
    product === null ? 'not linked to a product yet' : endsWords({ supportEnds, extendedEnds })
  const why = findings.map((each) => ` ${capitalised(each.why)}.`).join('')
  return `${name} (${how.join(', ')}): ${ends}.${why}`
}

function endsWords({
  supportEnds,
  extendedEnds,
}: Pick<ShownCover, 'supportEnds' | 'extendedEnds'>): string {
  const ends =
    supportEnds === null ? 'end of support unknown' : `support until ${dateWords(supportEnds)}`
  return extendedEnds === null ? ends : `${ends}, extended until ${dateWords(extendedEnds)}`
}

function dataNote(dataAsOf: CivilDate) {
  return note(
    mrkdwn`Ends of support as published, data as at ${dateWords(dataAsOf)} (endoflife.date).`,
  )
}

// --- Lists ----------------------------------------------------------------------------------

interface ReleaseItem
  extends Pick<ShownCover, 'release' | 'name' | 'supportEnds' | 'extendedEnds'> {
  readonly product: string
  readonly contracts: readonly CoverLine[]
}

export interface SupportItem extends ReleaseItem {
  /** Whose finding it is: the teams that have it covered or in use. */
  readonly teams: readonly string[]
  /** Null: nothing is to be done. */
  readonly finding: SupportFindingName | null
  readonly until: CivilDate | null
  readonly daysLeft: number | null
  readonly why: string
}

export interface SupportAnswerFacts {
  readonly asOf: CivilDate
  readonly dataAsOf: CivilDate
  readonly days: number | null
  readonly items: readonly SupportItem[]
  /** What nobody has linked yet. */
  readonly wordings: number
  readonly stale: string | null
}

/** `support`: what is found, what has to be done first. */
export function supportAnswer(facts: SupportAnswerFacts): Message {
  const { items, asOf, days } = facts
  const found = items.filter(({ finding }) => finding !== null)
  const isOfOne = new Set(items.flatMap(({ teams }) => teams)).size < 2
  const within = days === null ? '' : mrkdwn` within ${counted(days, 'day')}`
  return answer([
    body(
      mrkdwn`*${counted(found.length, 'finding')} about support${within}, as of ${dateWords(asOf)}*`,
      ...firstLines(found, SHOWN, (each) => itemLine(each, isOfOne)),
      items.length > found.length
        ? mrkdwn`${counted(items.length - found.length, 'release')} with nothing to do.`
        : null,
      wordingsLine(facts.wordings),
      facts.stale === null ? null : mrkdwn`${shown(facts.stale, 300)}`,
    ),
    dataNote(facts.dataAsOf),
  ])
}

function itemLine({ name, teams, until, daysLeft, why }: SupportItem, isOfOne: boolean): Mrkdwn {
  const by =
    until === null || daysLeft === null
      ? mrkdwn`no day known`
      : mrkdwn`${dateWords(until)}, ${whenWords(daysLeft)}`
  const whose = isOfOne ? '' : mrkdwn`${teamsWords(teams)}: `
  return mrkdwn`*${shown(name, 60)}* (${by}): ${whose}${shown(why, 350)}.`
}

/** `team Digital`, `teams Digital and Wards`, `12 teams` */
export function teamsWords(teams: readonly string[]): string {
  if (teams.length > 3) return counted(teams.length, 'team')
  return `${teams.length === 1 ? 'team' : 'teams'} ${teams.map((each) => each.slice(0, 60)).join(' and ')}`
}

function wordingsLine(count: number): Mrkdwn | null {
  if (count === 0) return null
  return mrkdwn`${counted(count, 'wording')} of products ${count === 1 ? 'is' : 'are'} linked to nothing yet: /contracts products`
}

export interface ProductItem extends ReleaseItem {
  readonly inUse: number | null
  readonly sites: readonly string[]
  /** Teams that have it in use and that no contract covers. */
  readonly uncovered: readonly string[]
}

/** Words that nobody has linked, with what they seem to mean. */
export interface Wording {
  readonly words: string
  readonly count: number
  readonly certainty: 'certain' | 'proposed' | 'unknown'
  readonly product: string | null
  readonly release: string
  /** What it would be called; null where nothing is proposed. */
  readonly name: string | null
}

export interface ProductsAnswerFacts {
  readonly asOf: CivilDate
  readonly dataAsOf: CivilDate
  readonly uncovered: boolean
  readonly items: readonly ProductItem[]
  readonly wordings: readonly Wording[]
}

/** `products`: what is covered or in use, and the words that wait for a person. */
export function productsAnswer(facts: ProductsAnswerFacts): Message {
  const { items, uncovered, asOf, wordings } = facts
  return answer([
    body(
      mrkdwn`*${counted(items.length, 'release')} ${uncovered ? 'in use that no contract covers' : 'covered or in use'}, as of ${dateWords(asOf)}*`,
      ...firstLines(items, SHOWN, productLine),
    ),
    body(
      wordings.length === 0
        ? null
        : mrkdwn`*What do these mean?* Nothing is linked before you say so.`,
      ...firstLines(wordings, SHOWN, wordingLine),
    ),
    dataNote(facts.dataAsOf),
  ])
}

function productLine({ name, supportEnds, inUse, contracts, uncovered }: ProductItem): Mrkdwn {
  const ends =
    supportEnds === null
      ? mrkdwn`end of support unknown`
      : mrkdwn`support until ${dateWords(supportEnds)}`
  const used = inUse === null ? '' : `, ${figure(inUse)} in use`
  const covered =
    contracts.length === 0
      ? 'no contract'
      : contracts.slice(0, CONTRACTS_SHOWN).map(coverWords).join('; ')
  const without =
    uncovered.length === 0 || contracts.length === 0 ? '' : `; none for ${teamsWords(uncovered)}`
  return mrkdwn`*${shown(name, 60)}*: ${ends}${used}; ${shown(`${covered}${without}`, 300)}.`
}

function wordingLine({ words, count, name, certainty }: Wording): Mrkdwn {
  const times = count === 1 ? '' : mrkdwn` (${figure(count)} rows)`
  if (name === null) return mrkdwn`“${shown(words, 80)}”${times}: no product that is known here.`
  const sure = certainty === 'certain' ? 'is it' : 'perhaps'
  return mrkdwn`“${shown(words, 80)}”${times}: ${sure} ${shown(name, 80)}? /contracts product “${shown(words, 80)}” yes`
}

/** Everything known of one contract. */
import { type CivilDate, daysBetween } from '../rules/civil-date.ts'
import type { CardCheckpoint, CardDeadline, CardExtension, CardFacts } from './answer-facts.ts'
import { button, overflow, row, warningButtons } from './buttons.ts'
import { besideLines } from './contract-list.ts'
import { currentEndPhrase, dated, whyWords } from './deadline.ts'
import { contractName, type Message, type PersonFact, personName, plainName } from './facts.ts'
import { CHECKPOINT_WORDS } from './headline.ts'
import { headroomLine } from './headroom.ts'
import { questionParts } from './import-result.ts'
import { answer, body, listed, note, shareButton } from './message.ts'
import { accruingWords, priceWords } from './prices.ts'
import { noticeWords } from './procurement.ts'
import { shownCoverWords } from './support.ts'
import { umbrellaSentence } from './umbrella.ts'
import {
  capitalised,
  dateWords,
  estimateWords,
  joined,
  link,
  type Mrkdwn,
  mrkdwn,
  shown,
  spendWords,
  teamWords,
  whenWords,
  worthWords,
} from './words.ts'

const SHOWN = 8

export function cardAnswer(facts: CardFacts): Message {
  const { contract } = facts
  const [told, beside] = besideLines(facts)
  return answer([
    body(
      told,
      mrkdwn`*${contractName(contract)}*`,
      mrkdwn`${capitalised(facts.standing)}. ${endSentence(facts)}`,
      valueLine(facts),
      monthLine(facts),
      accruingLine(facts),
      people(facts),
      terms(facts),
      facts.umbrella === undefined ? null : umbrellaSentence(facts.umbrella),
      beside,
    ),
    listed('Documents', facts.hidePrices ? [] : (facts.contract.documents ?? []), SHOWN, (each) =>
      link(each.url, each.title),
    ),
    listed('Dates', facts.deadlines, SHOWN, (each) => deadlineLine(each, facts.hidePrices)),
    listed('Extensions', facts.extensions, SHOWN, (each) => extensionLine(each, facts.hidePrices)),
    listed('Covers', facts.covers ?? [], SHOWN, (each) => shown(shownCoverWords(each), 500)),
    body(
      facts.coverAsked == null
        ? null
        : mrkdwn`Does it cover ${shown(facts.coverAsked, 80)}? Say so with /contracts cover ${shown(contract.reference, 40)} ${shown(facts.coverAsked, 80)} support.`,
    ),
    listed(
      'Procurement under way',
      facts.hidePrices ? [] : (facts.checkpoints ?? []),
      SHOWN,
      (each) => checkpointLine(each, facts.asOf),
    ),
    body(headroomSentence(facts)),
    listed('Notices to check', facts.notices ?? [], SHOWN, (task) =>
      shown(noticeWords(task, facts.asOf, facts.hidePrices), 400),
    ),
    ...(facts.questions ?? []).flatMap((each) => questionParts(each)),
    listed('To put right', facts.problems, SHOWN, (problem) => shown(problem, 200)),
    note(
      mrkdwn`Reference ${shown(contract.reference, 60)}${contract.buyer === null ? '' : mrkdwn`, for ${shown(contract.buyer, 100)}`}, ${teamWords(contract.team)}, from ${shown(facts.source, 60)}, as of ${dateWords(facts.asOf)}.`,
    ),
    buttons(facts),
  ])
}

function buttons(facts: CardFacts) {
  const { subject, shared, mayChange } = facts
  if (shared) return null
  if (!mayChange) {
    return row(
      shareButton(facts),
      overflow([
        { text: 'Explain', action: { act: 'explain', subject } },
        { text: 'History', action: { act: 'history', subject } },
      ]),
    )
  }
  const unclassified = facts.extensions.some(
    ({ kind, status }) => kind === 'unknown' && status !== 'withdrawn',
  )
  const withdrawable = facts.extensions.some(({ status }) => status !== 'withdrawn')
  const hasWaivers = (facts.waivers ?? 0) > 0
  return row(
    ...(warningButtons(facts.state, subject)?.elements ?? []),
    unclassified ? button('Classify extension', { act: 'classify', subject }) : null,
    withdrawable || hasWaivers
      ? button(hasWaivers ? 'Take back a record' : 'Withdraw extension', {
          act: 'withdraw',
          subject,
        })
      : null,
    button('Record waiver', { act: 'waiver', subject }),
    button('Edit', { act: 'edit', subject }),
    button('Products', { act: 'covers', subject }, { label: 'Products: what it covers' }),
    button('Rules', { act: 'rules', subject }),
    shareButton(facts),
  )
}

function endSentence({ contract, maximumEnd }: CardFacts): Mrkdwn {
  const { currentEnd, awardedEnd } = contract
  const end = currentEndPhrase(contract)
  const said = [
    end === null ? mrkdwn`No end date.` : mrkdwn`Ends ${end}.`,
    awardedEnd !== null && currentEnd !== null && awardedEnd < currentEnd
      ? mrkdwn`Awarded until ${dateWords(awardedEnd)}, extended since.`
      : null,
    maximumEnd === null ? null : mrkdwn`At the latest ${dateWords(maximumEnd)}.`,
  ]
  return sentences(said)
}

function valueLine({ contract, charge = null, hidePrices }: CardFacts): Mrkdwn {
  if (hidePrices)
    return mrkdwn`Value not shown here: others than the organisation read this channel.`
  return sentences([
    contract.value === null
      ? mrkdwn`Contract value unknown.`
      : mrkdwn`Contract value ${shown(worthWords(contract), 60)}.`,
    charge === null ? null : mrkdwn`Charged ${shown(charge, 60)}.`,
  ])
}

function monthLine({ month, contract, hidePrices }: CardFacts): Mrkdwn | null {
  if (month === undefined || hidePrices) return null
  return month.known
    ? mrkdwn`An ordinary month costs ${shown(estimateWords(month.amount, contract.currency), 60)} (estimate: ${shown(month.method, 200)}).`
    : mrkdwn`What an ordinary month costs is unknown: ${shown(month.why, 200)}.`
}

function accruingLine({ accruing, contract, hidePrices }: CardFacts): Mrkdwn | null {
  if (accruing === undefined || hidePrices) return null
  return mrkdwn`${shown(accruingWords(accruing, contract.currency), 300)}`
}

function headroomSentence({ headroom = [], hidePrices }: CardFacts): Mrkdwn | null {
  const line = headroomLine(headroom, hidePrices)
  return line === null ? null : shown(line, 400)
}

function people({ contract, deputy, categoryLead, financePartner, shared }: CardFacts): Mrkdwn {
  const name = shared ? plainName : personName
  const named = (what: string, person: PersonFact | null) =>
    person === null ? null : mrkdwn`${what}: ${name(person)}.`
  return sentences([
    named('Owner', contract.owner) ?? mrkdwn`No owner recorded: name one.`,
    named('Deputy', deputy),
    named('Category lead', categoryLead),
    named('Finance partner', financePartner),
  ])
}

function terms({
  start,
  noticePeriod,
  automaticRenewal,
  parent = null,
  replacedBy = null,
  contract,
  dataSharing,
}: CardFacts): Mrkdwn {
  return sentences([
    start === null ? null : mrkdwn`Began ${dateWords(start)}.`,
    parent === null ? null : mrkdwn`Called off under ${shown(parent, 60)}.`,
    replacedBy === null
      ? null
      : mrkdwn`Replaced by ${shown(replacedBy, 60)}; its own dates stand until somebody ends it.`,
    noticePeriod === null
      ? mrkdwn`No notice period recorded.`
      : mrkdwn`Notice period ${shown(noticePeriod, 40)}.`,
    automaticRenewal === null
      ? null
      : automaticRenewal
        ? mrkdwn`Renews by itself.`
        : mrkdwn`Does not renew by itself.`,
    personalDataSentence(contract.personalData ?? null),
    sharedSentence(dataSharing),
  ])
}

function personalDataSentence(processed: boolean | null): Mrkdwn | null {
  if (processed === null) return null
  return processed ? mrkdwn`Processes personal data.` : mrkdwn`Processes no personal data.`
}

function sharedSentence(said: CardFacts['dataSharing']): Mrkdwn | null {
  if (said === undefined) return null
  const { sharesData, sharedWith, dpia } = said
  const shares =
    sharesData === null
      ? null
      : sharesData
        ? `Shares it with ${sharedWith ?? 'third parties; with whom is not recorded'}.`
        : 'Shares it with nobody.'
  const words = [shares, dpia === null ? null : `Impact assessment ${dpia}.`]
  const known = words.filter((each) => each !== null).join(' ')
  return known === '' ? null : shown(known, 300)
}

function deadlineLine(each: CardDeadline, hidePrices: boolean): Mrkdwn {
  const when = mrkdwn`${dated(each.kind, each.on, each.daysLeft)}, ${whenWords(each.daysLeft)}.`
  if (each.settled !== null) {
    return hidePrices
      ? mrkdwn`${when} Settled.`
      : mrkdwn`${when} Settled: ${shown(each.settled, 160)}.`
  }
  const next = each.nextOn === null ? null : mrkdwn`Next told ${dateWords(each.nextOn)}.`
  const why = whyWords(each)
  return sentences([when, why === null ? null : mrkdwn`Why: ${shown(why, 250)}.`, next])
}

/** How it stands and its dates: `The award notice: due Thu 21 Jan 2027, in 59 days; slipped once; planned for Thu 7 Jan 2027.` */
function checkpointLine(each: CardCheckpoint, asOf: CivilDate): Mrkdwn {
  const { name, on, plannedOn, askedOn, doneOn, slips } = each
  const step = capitalised(CHECKPOINT_WORDS[name])
  const planned = on === plannedOn ? '' : `; planned for ${dateWords(plannedOn)}`
  if (doneOn !== null) return mrkdwn`${step}: done on ${dateWords(doneOn)}${planned}.`
  const due = `${on < asOf ? 'was due' : 'due'} ${dateWords(on)}, ${whenWords(daysBetween(asOf, on))}`
  const slipped = slips === 0 ? '' : `; slipped ${slips === 1 ? 'once' : `${slips} times`}`
  const asked = askedOn === null ? '' : `; asked on ${dateWords(askedOn)}, no answer yet`
  return mrkdwn`${step}: ${due}${asked}${slipped}${planned}.`
}

function extensionLine(each: CardExtension, hidePrices: boolean): Mrkdwn {
  const kind = each.kind === 'unknown' ? 'Unclassified' : capitalised(each.kind)
  return sentences([
    mrkdwn`${kind}, ${each.status}: ${dateWords(each.from)} to ${dateWords(each.to)}.`,
    hidePrices ? null : priceSentence(each),
  ])
}

function priceSentence({ cost, currency, price, status }: CardExtension): Mrkdwn {
  if (price !== undefined && status !== 'withdrawn') {
    return shown(priceWords({ cost, currency, price }), 300)
  }
  return cost === null
    ? mrkdwn`Cost unknown.`
    : mrkdwn`Cost ${shown(spendWords(cost, currency), 60)}.`
}

function sentences(said: readonly (Mrkdwn | null)[]): Mrkdwn {
  return joined(said, ' ')
}

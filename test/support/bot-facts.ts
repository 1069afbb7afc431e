/** Facts for tests of answers, modals and App Home. */

import { readTeams } from '../../src/database/organisation.ts'
import { addDays, asCivilDate } from '../../src/rules/civil-date.ts'
import { asDecimal } from '../../src/rules/money.ts'
import type { Asker } from '../../src/slack/directory.ts'
import type { BotContext } from '../../src/slack/request.ts'
import type {
  ApprovedFact,
  CardFacts,
  ExplainFacts,
  HistoryFacts,
  HomeFacts,
  ListEntry,
  PageFacts,
  PreviewFacts,
} from '../../src/text/answer-facts.ts'
import type { CliffFacts } from '../../src/text/facts.ts'
import { AS_OF, contract, summaryItem } from './message-facts.ts'
import type { Setup } from './setup.ts'

export const SUBJECT = { contractId: 17, version: 5, alertIds: [12, 13] }
export const AMIRA = { name: 'Amira Khan', slackUser: 'U0AMIRA01' }
export const TOM = { name: 'Tom Reed', slackUser: null }
export const ASKED = { query: 'due mine', shared: false, hidePrices: false }

/** Somebody of the organisation who answers for nothing, asking on Mon 23 Nov 2026. */
export function contextOf(
  { db, organisation, rulesOf }: Setup,
  asker: Partial<Asker> = {},
  rest: Partial<BotContext> = {},
): BotContext {
  return {
    ...{ pool: db.pool, organisationId: organisation.id, rulesOf },
    teams: () => readTeams(db.pool, organisation.id),
    asker: {
      ...{ personId: 999_999, slackUser: 'UNOBODY', isMember: true, isReader: true },
      ...{ isAdministrator: false, userGroups: [], ...asker },
    },
    ...{ today: asCivilDate('2026-11-23'), timeZone: 'Europe/London' },
    ...{ hidePrices: false, shared: false, query: '', ...rest },
  }
}

export function entry(index: number, changes: Partial<ListEntry> = {}): ListEntry {
  return {
    ...{ ...summaryItem(index), contractId: 100 + index, version: 1, mayChange: true },
    ...changes,
  }
}

export function entries(count: number, changes: Partial<ListEntry> = {}): ListEntry[] {
  return Array.from({ length: count }, (_, index) => entry(index, changes))
}

export function page(count: number, changes: Partial<PageFacts> = {}): PageFacts {
  return {
    ...{ ...ASKED, asOf: AS_OF, page: 1, pages: Math.max(1, Math.ceil(count / 10)) },
    ...{ total: count, entries: entries(Math.min(10, count)), ...changes },
  }
}

const IN_61 = addDays(AS_OF, 61)
const SIGNED = { from: addDays(AS_OF, 31), to: IN_61, currency: 'GBP' }
const EXTENSION = { ...SIGNED, status: 'confirmed' as const }

export function card(changes: Partial<CardFacts> = {}): CardFacts {
  return {
    ...{ ...ASKED, query: 'show "NHSE-365-BYTES"', asOf: AS_OF, subject: SUBJECT },
    ...{ mayChange: true, contract: contract({ owner: AMIRA, currentEnd: IN_61 }), deputy: TOM },
    ...{ categoryLead: null, financePartner: null, start: addDays(AS_OF, -1795) },
    ...{ maximumEnd: IN_61, noticePeriod: '3 months', automaticRenewal: false },
    ...{ standing: 'running', state: 'open', source: 'contract-register.csv' },
    deadlines: [
      {
        ...{ kind: 'notice', on: addDays(AS_OF, -30), daysLeft: -30, nextOn: null },
        reason: '3 months before the end and 2 working days for service',
        settled: 'proof of service recorded',
      },
      {
        ...{ kind: 'emergency-end', on: IN_61, daysLeft: 61, nextOn: addDays(AS_OF, 40) },
        reason: 'an emergency extension runs to Wed 31 May 2023',
        settled: null,
      },
    ],
    extensions: [
      { ...EXTENSION, kind: 'emergency', cost: asDecimal('4600000') },
      { ...EXTENSION, kind: 'unknown', cost: null },
    ],
    problems: ['The value 1.234 could be read in two ways; write it in figures.'],
    ...changes,
  }
}

export function explained(changes: Partial<ExplainFacts> = {}): ExplainFacts {
  return {
    ...{ ...ASKED, on: AS_OF, subject: SUBJECT, contract: contract() },
    raised: [
      {
        kind: 'end',
        rung: 90,
        on: addDays(AS_OF, -60),
        ...{ sentOn: addDays(AS_OF, -59), state: 'superseded' },
      },
      { kind: 'end', rung: 30, on: AS_OF, sentOn: null, state: 'open' },
    ],
    next: [{ kind: 'end', rung: 14, on: addDays(AS_OF, 14) }],
    silent: [{ kind: 'start-by', why: 'a decision was recorded on Mon 6 Mar 2023' }],
    ...changes,
  }
}

export function history(changes: Partial<HistoryFacts> = {}): HistoryFacts {
  return {
    ...{ ...ASKED, contract: contract(), page: 1, pages: 1, total: 2 },
    entries: [
      {
        ...{ on: AS_OF, at: '14:05', by: AMIRA, via: 'slack', what: 'changed', field: 'end' },
        ...{ from: '2023-04-30', to: '2023-05-31' },
      },
      {
        ...{ on: addDays(AS_OF, -1), at: '09:00', by: null, via: 'import of register.csv' },
        ...{ what: 'created', field: null, from: null, to: null },
      },
    ],
    ...changes,
  }
}

export function preview(count: number, changes: Partial<PreviewFacts> = {}): PreviewFacts {
  return {
    ...{ ...ASKED, channel: '#digital', from: AS_OF, to: addDays(AS_OF, 30), total: count },
    messages: Array.from({ length: count }, (_, index) => ({
      ...{ on: addDays(AS_OF, index), kind: 'end', daysLeft: 30 - index, contract: contract() },
      contracts: index === 1 ? 7 : 1,
    })),
    ...changes,
  }
}

const CLIFF: CliffFacts = {
  ...{ by: 'supplier', name: 'Bytes Software Services', from: AS_OF, to: AS_OF, count: 3 },
  ...{ values: [{ amount: asDecimal('4600000'), currency: 'GBP' }], priced: 2, contracts: [] },
}

const approved = (at: number): ApprovedFact => ({
  ...contract(),
  ...{ contractId: at, version: 1, currency: 'GBP' },
  ...(at % 2 === 0
    ? { what: 'waiver', from: AS_OF, approvedOn: AS_OF, cost: asDecimal('20000') }
    : { what: 'extension', from: AS_OF, approvedOn: null, cost: null }),
})

/** A Home whose lists are all as long as this. */
export function home(each: number, changes: Partial<ListEntry> = {}): HomeFacts {
  const list = { total: each, entries: entries(Math.min(each, 40), changes) }
  return {
    ...{ asOf: AS_OF, view: 'team', views: ['mine', 'team'], board: null, team: 'Digital' },
    ...{ mine: list, teamSoon: list, outOfContract: list },
    approved: {
      total: each,
      items: Array.from({ length: Math.min(each, 40) }, (_, at) => approved(at)),
    },
    cliffs: { total: each, items: Array.from({ length: Math.min(each, 6) }, () => CLIFF) },
    ...{ unclassified: list, unowned: list, undated: list, rolling: list },
    ...{ voice: 'mention', mayAdd: true, isAdministrator: true },
    troubles: each === 0 ? [] : ['2 messages could not be delivered: look at them with doctor.'],
  }
}

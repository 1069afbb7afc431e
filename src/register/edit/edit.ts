/** Putting right what stands in the record of a contract: any field, a novation, a termination. */

import type { PoolClient } from 'pg'
import { type AuditChange, personText } from '../../database/audit-log.ts'
import type { ContractRecord } from '../../database/contracts.ts'
import { teamNames } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import { shorten } from '../../database/recalculate.ts'
import { addDays, type CivilDate, dayText } from '../../rules/civil-date.ts'
import { currentEnd, documentsOf, endOn } from '../../rules/contract.ts'
import type { Rules } from '../../rules/settings.ts'
import { UserError } from '../../rules/user-error.ts'
import { rewriteBuyers } from '../import/parties.ts'
import { linksText, MOST_DOCUMENTS, readLinks, titleOf } from '../parse-words.ts'
import {
  BY_HAND,
  buyersOf,
  type ContractEntry,
  columnsOf,
  ENTRY_FIELDS,
  requireFree,
} from './create.ts'

/** Who edits, and the contract as it stands, locked. */
interface Editing {
  readonly organisationId: number
  readonly personId: number | null
  readonly via: string
  readonly contractId: number
  readonly today: CivilDate
  readonly rules: Rules
  readonly record: ContractRecord
}

export interface ContractEdit {
  /** What the person changed; everything else stays as it is. */
  readonly changes: Partial<ContractEntry>
  /** The new last day of cover of a contract that was terminated; null: it was not. */
  readonly terminatesOn: CivilDate | null
  readonly why: string | null
  /** Which end holds where the register gives an earlier one than people; null: not said. */
  readonly holds: 'recorded' | 'register' | null
}

/**
 * Adds a link to the contract's documents, or takes one away.
 * @throws UserError where it is no web address, there are too many, or none is there to take away.
 */
export async function editDocuments(
  client: PoolClient,
  editing: Editing,
  typed: { readonly url: string; readonly title: string | null; readonly isAdded: boolean },
): Promise<AuditChange[]> {
  const { contractId } = editing
  const held = await tables(client).contract.findFirst({
    where: { id: contractId },
    select: { documents: true },
  })
  const now = documentsOf(held?.documents ?? null)
  const [link] = readLinks(typed.url).documents
  if (link === undefined) {
    const words = `"${typed.url.slice(0, 100)}" is no web address: write it whole, from https:// on.`
    throw new UserError(words)
  }
  const others = now.filter(({ url }) => url !== link.url)
  if (!typed.isAdded && others.length === now.length) {
    throw new UserError('That link is none of its documents: show lists them.')
  }
  if (typed.isAdded && others.length === MOST_DOCUMENTS) {
    throw new UserError(
      `It has ${MOST_DOCUMENTS} documents, and no more are kept: remove one first.`,
    )
  }
  const title = titleOf(typed.title ?? '') || link.title
  const documents = typed.isAdded ? [...others, { title, url: link.url }] : others
  const said = { changes: { documents }, terminatesOn: null, why: null, holds: null }
  return editContract(client, editing, said)
}

type Columns = Readonly<Record<string, unknown>>

/**
 * Changes these fields, in the transaction that holds the contract's lock and re-keys it afterwards.
 * What a person changed stays when a register says otherwise later. Returns what changed.
 * @throws UserError, at its field where it is about one.
 */
export async function editContract(
  client: PoolClient,
  editing: Editing,
  { changes, terminatesOn, why, holds }: ContractEdit,
): Promise<AuditChange[]> {
  const { contractId } = editing
  const held = await readHeld(client, contractId)
  const done = [
    ...(await changeFields(client, editing, held, changes)),
    ...(await changeBuyers(client, editing, changes)),
    ...(terminatesOn === null ? [] : await terminate(client, editing, terminatesOn, why)),
    ...(holds === 'register' && terminatesOn === null
      ? await yieldToRegister(client, editing)
      : []),
  ]
  const saysEnd = terminatesOn !== null || 'end' in changes || 'endKind' in changes
  if (holds !== null || saysEnd) done.push(...(await settleDispute(client, editing)))
  if (done.length === 0) throw new UserError('Nothing was changed in the form.')
  if (terminatesOn === null && saysEnd) {
    await followEnd(client, editing, changes)
  }
  if (why === null) return done
  return [...done, { contractId, what: 'explained', field: null, from: null, to: why }]
}

async function readHeld(client: PoolClient, contractId: number): Promise<Columns> {
  const names = ENTRY_FIELDS.flatMap(({ columns }) => columns)
  const held = new Map(
    Object.entries((await tables(client).contract.findFirst({ where: { id: contractId } })) ?? {}),
  )
  return Object.fromEntries(names.map((name) => [name, held.get(fieldOf(name))]))
}

/** A column as the client calls it. */
const fieldOf = (column: string) => column.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())

async function changeFields(
  client: PoolClient,
  { organisationId, contractId }: Editing,
  held: Columns,
  changes: Partial<ContractEntry>,
): Promise<AuditChange[]> {
  const fields = ENTRY_FIELDS.filter(({ keys }) => keys.some((key) => key in changes))
  if (changes.reference !== undefined) {
    await requireFree(client, organisationId, changes.reference, contractId)
  }
  const teams: ReadonlyMap<unknown, string> | null =
    changes.teamId === undefined ? null : await teamNames(client, organisationId)
  const next: Columns = columnsOf({ ...EMPTY, ...changes })
  const done: AuditChange[] = []
  const written: Record<string, unknown> = {}
  for (const { field, columns: names } of fields) {
    if (names.every((name) => name === 'end_source' || held[name] === next[name])) continue
    if (field === 'team_id' && !teams?.has(next.team_id)) {
      throw new UserError('That team is gone: choose another.', [], 'team')
    }
    const said = (row: Columns) =>
      field === 'team_id'
        ? (teams?.get(row.team_id) ?? null)
        : field === 'owner_id'
          ? personText(row.owner_id as number | null)
          : textOf(field, row)
    for (const name of names) written[fieldOf(name)] = next[name]
    const what = field === 'supplier' && held.supplier !== null ? 'novated' : 'updated'
    done.push({ contractId, what, field, from: said(held), to: said(next) })
  }
  await tables(client).contract.updateMany({ where: { id: contractId }, data: written })
  return done
}

/** What stands in fields that were not changed: never written. */
const EMPTY: ContractEntry = {
  reference: '',
  title: null,
  supplier: null,
  buyer: null,
  teamId: null,
  ownerId: null,
  start: null,
  endKind: 'undated',
  end: null,
  maximumEnd: null,
  noticePeriod: null,
  automaticRenewal: null,
  renewalTerm: null,
  reviewOn: null,
  personalData: null,
  sharesData: null,
  sharedWith: null,
  dpia: null,
  value: null,
  currency: 'GBP',
  valueBasis: 'unknown',
  regime: null,
  route: null,
  documents: [],
}

/** The columns that the record tells of; the others follow from them. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  reference: ['reference'],
  supplier: ['supplier'],
  notice_period: ['notice_amount', 'notice_unit'],
  renewal_term: ['renewal_amount', 'renewal_unit'],
}

function textOf(field: string, row: Columns): string | null {
  if (field === 'awarded_end') {
    return String(row.end_kind === 'dated' ? row.end_latest : row.end_kind)
  }
  if (field === 'documents') {
    return linksText(documentsOf((row.documents as string | null) ?? null)) || null
  }
  const values = (TOLD[field] ?? [field]).map((name) => row[name])
  const said = values.filter((value) => value !== null && value !== undefined)
  return said.length === 0 ? null : said.join(' ')
}

async function changeBuyers(
  client: PoolClient,
  { organisationId, contractId }: Editing,
  { buyer }: Partial<ContractEntry>,
): Promise<AuditChange[]> {
  if (buyer === undefined) return []
  const { from, to } = await rewriteBuyers(client, organisationId, contractId, buyersOf(buyer))
  return from === to ? [] : [{ contractId, what: 'updated', field: 'buyers', from, to }]
}

/** Somebody has said what holds: the register's other day warns no more. */
async function settleDispute(
  client: PoolClient,
  { contractId, record }: Editing,
): Promise<AuditChange[]> {
  const { disputedEnd } = record.row
  if (disputedEnd === null) return []
  await tables(client).contract.updateMany({
    where: { id: contractId },
    data: { disputedEnd: null },
  })
  return [{ contractId, what: 'settled', field: 'disputed_end', from: disputedEnd, to: null }]
}

/** A contract whose end now lies ahead is monitored again, and no longer out of contract. */
async function followEnd(
  client: PoolClient,
  { contractId, today, rules, record }: Editing,
  { end }: Partial<ContractEntry>,
): Promise<void> {
  const { extensions } = record.contract
  const moved = currentEnd({
    awardedEnd: end == null ? { kind: 'undated' } : endOn(end),
    extensions,
  })
  const last = moved.kind === 'dated' ? moved.latest : null
  const isPast = last !== null && last < today
  const isLongPast = last !== null && last < addDays(today, -rules.historicAfterDays)
  await tables(client).contract.updateMany({
    where: { id: contractId },
    data: {
      ...(isLongPast ? {} : { historic: false }),
      ...(isPast ? {} : { outOfContractOn: null }),
    },
  })
}

// Ending a contract before the day that was recorded: terminated, or because the register is right.

/**
 * Moves the end to this earlier day. A termination settles the end: nobody is asked to replace what
 * was given up on purpose.
 * @throws UserError at its field where the contract does not run past that day.
 */
async function terminate(
  client: PoolClient,
  editing: Editing,
  on: CivilDate,
  why: string | null,
): Promise<AuditChange[]> {
  const { organisationId, personId, contractId, today, record } = editing
  const { contract, row } = record
  const end = currentEnd(contract)
  if (contract.closed) throw new UserError(`${row.reference} is closed already.`, [], FIELD)
  if (end.kind === 'dated' && on >= end.latest) {
    const words = `It ends on ${dayText(end.latest)} as it is: choose an earlier day, or leave this empty.`
    throw new UserError(words, [], FIELD)
  }
  if (contract.start !== null && on < contract.start) {
    const words = `It begins on ${dayText(contract.start)}: choose a later day.`
    throw new UserError(words, [], FIELD)
  }
  const cut = await shorten(client, { ...editing, endSource: BY_HAND }, on)
  await tables(client).decision.createMany({
    data: {
      organisationId,
      contractId,
      deadline: 'end',
      deadlineOn: on,
      text: `terminated${why === null ? '' : `: ${why}`}`,
      decidedOn: today,
      decidedById: personId,
    },
  })
  const from = end.kind === 'dated' ? end.latest : end.kind
  return [{ contractId, what: 'terminated', field: 'current_end', from, to: on }, ...cut]
}

/** The register's earlier end holds, not the later one that people recorded. */
async function yieldToRegister(client: PoolClient, editing: Editing): Promise<AuditChange[]> {
  const { contractId, record } = editing
  const { row } = record
  if (row.disputedEnd === null) return []
  const recorded = currentEnd({ ...record.contract, disputedEnd: null })
  const from = recorded.kind === 'dated' ? recorded.latest : recorded.kind
  const cut = await shorten(client, { ...editing, endSource: BY_HAND }, row.disputedEnd)
  return [{ contractId, what: 'settled', field: 'current_end', from, to: row.disputedEnd }, ...cut]
}

const FIELD = 'terminatesOn'

/** One contract that a person enters by hand: as a register's row would be, in one transaction. */
import type { Pool, PoolClient } from 'pg'
import { beginAudit } from '../../database/audit-log.ts'
import { reserveId } from '../../database/bulk.ts'
import { inTransaction, lockFor } from '../../database/connect.ts'
import { type Author, lockTeams, type Team } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import type { CivilDate } from '../../rules/civil-date.ts'
import { endOn } from '../../rules/contract.ts'
import { pick } from '../../rules/text-match.ts'
import { UserError } from '../../rules/user-error.ts'
import { type Draft, NOTHING_SAID } from '../draft.ts'
import { type FieldName, fieldsOf, NOBODY, referenceKey } from '../import/columns.ts'
import { prepareNew } from '../import/create.ts'
import { ensureSource } from '../import/import.ts'
import { parties } from '../import/parties.ts'
import { cleanText, namesIn } from '../parse-words.ts'

/** The register of what people enter in Slack. */
const ENTERED_SOURCE = 'slack'

interface EnteredBy extends Author {
  readonly todayOf: (team: Team) => CivilDate
}

/**
 * Makes the contract with its deadlines; returns its number. It is monitored from now on, without a
 * list to look through first: somebody has just looked at it.
 * @throws UserError at its field where the reference is taken or the team is gone.
 */
export async function enterContract(
  pool: Pool,
  by: EnteredBy,
  entry: ContractEntry,
): Promise<number> {
  const { organisationId } = by
  return inTransaction(pool, async (client) => {
    // As an import does: two who enter the same reference at once would both find it free.
    await lockFor(client, 'import', organisationId)
    const teams = await lockTeams(client, organisationId)
    const team = teams.find(({ id, isDefault }) =>
      entry.teamId === null ? isDefault : id === entry.teamId,
    )
    if (!team) throw new UserError('That team is gone: choose another.', [], 'team')
    await requireFree(client, organisationId, entry.reference, null)
    const sourceId = await ensureSource(client, { organisationId, source: ENTERED_SOURCE })
    const found = parties(client, organisationId, teams, team)
    const audit = await beginAudit(client)
    const draft = draftOf(entry)
    const contractId = await reserveId(client, 'contract')
    const write = await prepareNew(
      client,
      {
        organisationId,
        sourceId,
        importId: 0,
        today: by.todayOf(team),
        teams,
        rulesOf: by.rulesOf,
        parties: {
          ...found,
          resolve: (each) => ({ ...found.resolve(each), ownerId: entry.ownerId }),
        },
        audit,
        wrote: new Set(),
      },
      [
        {
          ordinal: 1,
          externalId: `ref:${referenceKey(draft.reference ?? '')}`,
          contractId,
          hash: '',
          draft,
        },
      ],
    )
    await write()
    const source = { organisationId, byPersonId: by.personId, via: by.via, at: by.now }
    await audit.finish(source, `created ${draft.reference ?? ''}`)
    return contractId
  })
}

/** @throws UserError at the field where another contract has this reference. */
export async function requireFree(
  client: PoolClient,
  organisationId: number,
  typed: string,
  contractId: number | null,
): Promise<void> {
  const reference = referenceText(typed)
  const other = await tables(client).contract.findFirst({
    where: {
      organisationId,
      referenceKey: referenceKey(reference),
      ...(contractId === null ? {} : { id: { not: contractId } }),
    },
    orderBy: { id: 'asc' },
    select: { id: true, reference: true, title: true, supplier: true },
  })
  if (!other) return
  const title = other.title ?? other.supplier
  const name = title === null ? '' : ` (${title.slice(0, 40)})`
  throw new UserError(
    `#${other.id} is called ${other.reference.slice(0, 40)} already${name}: edit that one, or give another reference.`,
    [],
    'reference',
  )
}

export const END_KINDS = ['dated', 'undated', 'rolling'] as const

/** What people enter of a contract. */
export interface ContractEntry
  extends Pick<Draft, 'title' | 'supplier' | 'start' | 'maximumEnd' | 'noticePeriod'>,
    Pick<Draft, 'automaticRenewal' | 'renewalTerm' | 'reviewOn' | 'value' | 'currency'>,
    Pick<Draft, 'valueBasis' | 'regime' | 'route'>,
    Required<Pick<Draft, 'personalData' | 'sharesData' | 'sharedWith' | 'dpia' | 'documents'>> {
  readonly reference: string
  readonly buyer: string | null
  readonly teamId: number | null
  readonly ownerId: number | null
  readonly endKind: (typeof END_KINDS)[number]
  /** The last day of cover; null unless dated. */
  readonly end: CivilDate | null
}

/** Where an end comes from that a person gave. */
export const BY_HAND = 'entered by hand'

/** The entry as a register would have told it; its team and owner are resolved by the caller. */
function draftOf(entry: ContractEntry): Draft {
  const { endKind, end, value } = entry
  return {
    ...NOTHING_SAID,
    ...pick(entry, 'start', 'maximumEnd', 'noticePeriod', 'automaticRenewal', 'renewalTerm'),
    ...pick(entry, 'reviewOn', 'personalData', 'sharesData', 'regime', 'route', 'documents'),
    ...pick(entry, 'value', 'currency'),
    at: '1',
    reference: referenceText(entry.reference),
    title: textOf(entry.title),
    buyers: buyersOf(entry.buyer),
    supplier: textOf(entry.supplier),
    // A day is all that a date picker gives; dated without a day is not known.
    end:
      endKind === 'rolling' ? { kind: endKind } : end === null ? { kind: 'undated' } : endOn(end),
    endSource: BY_HAND,
    sharedWith: textOf(entry.sharedWith),
    dpia: textOf(entry.dpia),
    valueBasis: value === null ? 'unknown' : entry.valueBasis,
  }
}

/** References are kept as they are typed, but for the space around and in them. */
function referenceText(typed: string): string {
  return cleanText(typed) ?? typed.trim()
}

/** `N/A` and the like say nothing, here as in a register. */
function textOf(typed: string | null): string | null {
  return typed === null ? null : cleanText(typed)
}

/** Several buyers stand in one field with a semicolon between them. */
export function buyersOf(typed: string | null): string[] {
  return typed === null ? [] : namesIn(typed, 0)
}

/** A field of the form with the columns that hold it; `field` is what the record calls it. */
interface EntryField {
  readonly field: string
  /** Any of these may have changed. */
  readonly keys: readonly (keyof ContractEntry)[]
  readonly columns: readonly FieldName[]
}

/** Every field of the form but its buyers, which have a table of their own. */
export const ENTRY_FIELDS: readonly EntryField[] = [
  { field: 'reference', keys: ['reference'], columns: ['reference', 'reference_key'] },
  { field: 'title', keys: ['title'], columns: ['title'] },
  { field: 'supplier', keys: ['supplier'], columns: ['supplier', 'supplier_key'] },
  { field: 'team_id', keys: ['teamId'], columns: ['team_id'] },
  { field: 'owner_id', keys: ['ownerId'], columns: ['owner_id'] },
  { field: 'start', keys: ['start'], columns: ['start'] },
  {
    field: 'awarded_end',
    keys: ['endKind', 'end'],
    columns: ['end_kind', 'end_latest', 'end_earliest', 'end_precision', 'end_source'],
  },
  { field: 'maximum_end', keys: ['maximumEnd'], columns: ['maximum_end'] },
  { field: 'notice_period', keys: ['noticePeriod'], columns: ['notice_amount', 'notice_unit'] },
  { field: 'automatic_renewal', keys: ['automaticRenewal'], columns: ['automatic_renewal'] },
  { field: 'renewal_term', keys: ['renewalTerm'], columns: ['renewal_amount', 'renewal_unit'] },
  { field: 'review_on', keys: ['reviewOn'], columns: ['review_on'] },
  { field: 'personal_data', keys: ['personalData'], columns: ['personal_data'] },
  { field: 'shares_data', keys: ['sharesData'], columns: ['shares_data'] },
  { field: 'shared_with', keys: ['sharedWith'], columns: ['shared_with'] },
  { field: 'dpia', keys: ['dpia'], columns: ['dpia'] },
  { field: 'value', keys: ['value'], columns: ['value'] },
  { field: 'currency', keys: ['currency'], columns: ['currency'] },
  { field: 'value_basis', keys: ['valueBasis'], columns: ['value_basis'] },
  { field: 'regime', keys: ['regime'], columns: ['regime'] },
  { field: 'route', keys: ['route'], columns: ['route'] },
  { field: 'documents', keys: ['documents'], columns: ['documents'] },
]

/** What the entry puts into the contract's columns. */
export function columnsOf(entry: ContractEntry): Readonly<Record<FieldName, unknown>> {
  const { teamId, ownerId, valueBasis } = entry
  const fields = fieldsOf(draftOf(entry), { ...NOBODY, ownerId })
  // A correction keeps the basis that the form says, also while the value is not known.
  return { ...fields, team_id: teamId, value_basis: valueBasis }
}

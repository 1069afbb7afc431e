/** What an import works with while it writes. */
import type { PoolClient } from 'pg'
import type { AuditChange, AuditWriter } from '../../database/audit-log.ts'
import {
  type ContractRow,
  columnsOf,
  RULED,
  rowsOf,
  selectOfContracts,
} from '../../database/contracts.ts'
import type { RuledOrganisation, Team } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import type { ReleaseKey } from '../../database/support.ts'
import type { CivilDate } from '../../rules/civil-date.ts'
import { groupedBy } from '../../rules/text-match.ts'
import { type Draft, type DraftCover, type Problem, warning } from '../draft.ts'
import { FIELD_NAMES, type Fields, type Imported } from './columns.ts'
import type { HeldExtension } from './ends-in-register.ts'
import type { Parties } from './parties.ts'
import type { StagedContract } from './staging.ts'

/** A contract for which a change waits, with what it is in words. */
export interface WaitingChange {
  readonly contractId: number
  readonly reference: string
  readonly at: string
  /** What its row said; null where the file has no row of it any more. */
  readonly draft: Draft | null
  readonly words: readonly string[]
}

export interface ImportContext extends RuledOrganisation {
  readonly sourceId: number
  readonly importId: number
  readonly today: CivilDate
  /** With their schedules held, where this import is a team's first one. */
  readonly teams: readonly Team[]
  readonly parties: Parties
  /** What people said that words for products mean. */
  readonly wordings?: ReadonlyMap<string, { product: string | null; release: string }>
  /** Releases that new contracts cover, gathered on the way. */
  readonly covered?: ReleaseKey[]
  readonly audit: AuditWriter
  /** Teams that contracts were written for, gathered on the way. */
  readonly wrote: Set<number>
  /** The headings that were read of the file. */
  readonly headings?: ReadonlySet<string>
  /** Contracts that were changed since the export was written that comes back. */
  readonly changedSince?: ReadonlySet<number>
  /** Contracts of which the rows of an export of ours say what stands, gathered on the way. */
  readonly asTheyStand?: Set<number>
  /** Where nobody looks: what would make a contract quieter is gathered here and not applied. */
  readonly unattended?: Unattended
  /** Rows of which something waits for somebody's word, by contract: what would make it quieter stays. */
  readonly waiting?: ReadonlyMap<number, Draft>
}

interface Unattended {
  readonly waiting: WaitingChange[]
  /** Contracts whose end the file changes, whether it is applied or not. */
  ends: number
}

export const CLOSED_BY_REGISTER = 'the register says that it is over'

export interface Changing {
  readonly columns: Record<string, unknown>
  readonly audit: AuditChange[]
  readonly problems: Problem[]
  /** The column is to stand so, and the audit says that it changed. */
  readonly set: (name: string, from: unknown, to: unknown) => void
  /** Warns of the row. */
  readonly tell: (field: string | null, value: unknown, problem: string, remedy: string) => void
}

export function beginChanging(row: StoredContractRow, staged: StagedContract): Changing {
  const audit: AuditChange[] = []
  const columns: Record<string, unknown> = {
    id: row.id,
    external_id: lasting(row.external_id, staged.externalId),
  }
  const set = (name: string, from: unknown, to: unknown) => {
    columns[name] = to
    if (DERIVED_FIELDS.has(name)) return
    const changed = { from: text(from), to: text(to) }
    audit.push({ contractId: row.id, what: 'updated', field: name, ...changed })
  }
  const problems: Problem[] = []
  const tell: Changing['tell'] = (field, value, problem, remedy) => {
    const about = { reference: row.reference, field, value: text(value) }
    problems.push(warning(staged.draft.at, problem, remedy, about))
  }
  return { columns, audit, problems, set, tell }
}

/** Follow from other fields: told of under those. */
export const DERIVED_FIELDS: ReadonlySet<string> = new Set(['reference_key', 'supplier_key'])

/** An id that a kind of file gives of its own is not replaced by a reference, which others know it by. */
function lasting(held: string, said: string): string {
  return said.startsWith('ref:') && !held.startsWith('ref:') ? held : said
}

export function text(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}

export type StoredContractRow = ContractRow &
  Fields & {
    readonly external_id: string
    readonly imported: Imported
    /** The names that tell buyers and products apart, in order. */
    readonly buyers: readonly string[]
    readonly products: readonly string[]
    /** What stands, as an export of ours words it. */
    readonly covers: readonly DraftCover[]
    readonly closed_on: string | null
    readonly closed_why: string | null
    /** The register that it is kept in. */
    readonly source: string
  }
export interface StoredContract {
  readonly row: StoredContractRow
  readonly extensions: readonly HeldExtension[]
  /** Its owner, deputy and category lead, as an export words them. */
  readonly people: readonly HeldPerson[]
}

interface HeldPerson {
  readonly id: number
  readonly name: string | null
  readonly email: string | null
}

export async function readHeld(
  client: PoolClient,
  ids: readonly number[],
): Promise<Map<number, StoredContract>> {
  const ruled = RULED.filter((name) => !FIELD_NAMES.some((field) => field === name))
  const rows = await selectOfContracts<StoredContractRow>(
    client,
    `${FIELD_NAMES.map((name) => `c."${name}"`).join(', ')}, ${columnsOf(ruled)}, c.closed_on, c.closed_why,
            c.external_id, ARRAY(SELECT b.name_key FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
              WHERE cb.contract_id = c.id ORDER BY cb.position) AS buyers,
            ARRAY(SELECT p.name_key FROM contract_product cp JOIN product p ON p.id = cp.product_id
              WHERE cp.contract_id = c.id ORDER BY p.name_key) AS products,
            coalesce((SELECT json_agg(CASE WHEN v.for_all THEN json_build_object('product', coalesce(v.product, v.words),
                'release', v.release, 'kind', v.kind, 'count', v.count, 'custom', v.custom, 'forAll', true)
                ELSE json_build_object('product', coalesce(v.product, v.words), 'release', v.release,
                'kind', v.kind, 'count', v.count, 'custom', v.custom) END ORDER BY v.id)
              FROM cover v WHERE v.contract_id = c.id), '[]') AS covers,
            (SELECT s.name FROM source s WHERE s.id = c.source_id) AS source,
            (SELECT i.fields FROM contract_import i WHERE i.contract_id = c.id) AS imported`,
    `c.id = ANY($1) AND EXISTS (SELECT FROM contract_import i WHERE i.contract_id = c.id) FOR UPDATE OF c`,
    [ids],
  )
  const extensions = await rowsOf<HeldExtension>(
    client,
    ids,
    'extension',
    `id, kind, status, from_on AS "from", to_on AS "to", cost, known_on AS "knownOn",
     coalesce(source LIKE 'register:%', false) AS "fromRegister",
     json_build_object('rule', rule, 'grounds', grounds, 'approver', approver,
       'noticeReference', notice_reference, 'invoiced', invoiced::text) AS record`,
    'ORDER BY from_on, to_on, id',
  )
  const extensionsOf = groupedBy(extensions, ({ contractId }) => contractId)
  const named = rows.flatMap((row) => [row.owner_id, row.deputy_id, row.category_lead_id])
  const found = await tables(client).person.findMany({
    where: { id: { in: named.flatMap((id) => id ?? []) }, erasedAt: null },
    select: { id: true, displayName: true, email: true },
  })
  const people = new Map(
    found.map(({ displayName: name, ...each }) => [each.id, { ...each, name }]),
  )
  return new Map(
    rows.map((row) => {
      const of = [row.owner_id, row.deputy_id, row.category_lead_id]
      return [
        row.id,
        {
          row,
          extensions: extensionsOf.get(row.id) ?? [],
          people: of.flatMap((id) => people.get(id ?? 0) ?? []),
        },
      ]
    }),
  )
}

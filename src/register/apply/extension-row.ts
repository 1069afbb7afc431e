/** An extension that a register tells of, as a row of the database. */
import type { CopyValue } from '../../db/copy.ts'
import type { NewExtension } from './register-ends.ts'

export const EXTENSION = [
  'organisation_id',
  'contract_id',
  'kind',
  'status',
  'from_on',
  'to_on',
  'cost',
  'currency',
  'known_on',
  'source',
  'rule',
  'grounds',
  'approver',
  'notice_reference',
  'invoiced',
]

export function extensionRow(
  organisationId: number,
  contractId: number,
  currency: string,
  extension: NewExtension,
): CopyValue[] {
  const { kind, status, from, to, cost, knownOn, source, record } = extension
  return [
    organisationId,
    contractId,
    kind,
    status,
    from,
    to,
    cost,
    currency,
    knownOn,
    `register: ${source}`,
    record?.rule ?? null,
    record?.grounds ?? null,
    record?.approver ?? null,
    record?.noticeReference ?? null,
    record?.invoiced ?? null,
  ]
}

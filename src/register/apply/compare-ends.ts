/** The ends of a contract as its register tells them now, against the ends that stand. */
import type { AuditChange } from '../../db/audit.ts'
import { contractOf } from '../../db/watched.ts'
import type { End } from '../../domain/contract.ts'
import type { Draft, Problem } from '../draft.ts'
import type { Changing } from './changing.ts'
import { type EndVerdict, judgeEnds } from './end-conflict.ts'
import { endsSaid, type FieldName, type Fields, readEndsSaid } from './fields.ts'
import type { Held, Row } from './held.ts'
import type { ImportContext } from './import-context.ts'
import type { EndChange } from './register-ends.ts'

export function endVerdict(
  { today }: ImportContext,
  draft: Draft,
  { row, extensions }: Held,
): EndVerdict {
  if (endsSaid(draft) === row.imported.ends_said) {
    return { ends: null, disputedEnd: row.disputedEnd, conflict: null }
  }
  return judgeEnds(
    draft,
    {
      awardedEnd: awardedEndOf(row),
      extensions,
      disputedEnd: row.disputedEnd,
      before: readEndsSaid(row.imported.ends_said),
      awardedByRegister: row.imported.awarded ?? null,
    },
    today,
  )
}

/** The awarded end, moved where the register may; the conflict told where it may not. */
export function moveEnd(
  { columns, problems, set }: Changing,
  draft: Draft,
  row: Row,
  fields: Fields,
  { ends, disputedEnd, conflict }: EndVerdict,
): void {
  if (conflict) problems.push(endConflict(draft, row, conflict))
  columns.disputed_end = disputedEnd
  if (disputedEnd !== row.disputedEnd) set('disputed_end', row.disputedEnd, disputedEnd)
  if (!ends) return
  columns.end_source = fields.end_source
  const { awardedEnd } = ends
  const dated = awardedEnd.kind === 'dated' ? awardedEnd : null
  const next = {
    end_kind: awardedEnd.kind,
    end_precision: dated?.precision ?? null,
    end_earliest: dated?.earliest ?? null,
    end_latest: dated?.latest ?? null,
  }
  for (const [name, to] of Object.entries(next)) {
    if (row[name as FieldName] !== to) set(name, row[name as FieldName], to)
  }
}

function endConflict(
  draft: Draft,
  row: Row,
  { said, stays, warns }: NonNullable<EndVerdict['conflict']>,
): Problem {
  return {
    at: draft.at,
    reference: row.reference,
    field: 'end',
    value: said,
    problem: `the register changed the end, and so did a person: ${stays} stays, and ${warns} warns, as the earlier of the two`,
    remedy: 'say which of them holds in the form "Edit contract", or put the register right',
    severity: 'warning',
  }
}

export function awardedEndOf(row: Row): End {
  return contractOf(row, [], []).awardedEnd
}

export function extensionChanges(contractId: number, ends: EndChange): AuditChange[] {
  return [
    ...[...ends.add, ...ends.restore].map((each) => ({
      contractId,
      what: 'extended',
      field: each.kind,
      from: each.from,
      to: each.to,
    })),
    ...ends.restate.flatMap(({ held, kind, cost }) => {
      const audited = { contractId, what: 'extension restated' }
      return [
        ...(kind === held.kind ? [] : [{ ...audited, field: 'kind', from: held.kind, to: kind }]),
        ...(cost === held.cost ? [] : [{ ...audited, field: 'cost', from: held.cost, to: cost }]),
      ]
    }),
    ...ends.withdraw.map((each) => ({
      contractId,
      what: 'extension withdrawn',
      field: each.kind,
      from: each.to,
      to: null,
    })),
  ]
}

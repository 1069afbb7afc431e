/** What was said of an extension. */
import { type CivilDate, dayText } from '../../rules/civil-date.ts'
import type { Decimal } from '../../rules/money.ts'
import { SAID_KINDS, SAID_STATUSES, type SaidKind } from '../../text/forms/extend.ts'
import type { Fields } from './fields.ts'

export interface ClassifyInput {
  readonly kind: SaidKind
  /** In all, net; null: unknown; undefined: left as the form showed it. */
  readonly cost: Decimal | null | undefined
  /** As written with the cost; null: the contract's own. */
  readonly currency: string | null
  /** The id of a ground of the organisation's list, to be looked up there. */
  readonly grounds: string | null
  readonly cause: string | null
  readonly approver: string | null
  readonly noticeReference: string | null
}
export interface ExtendInput extends ClassifyInput {
  /** Null: the day after the current end. */
  readonly from: CivilDate | null
  readonly to: CivilDate
  readonly status: (typeof SAID_STATUSES)[number]
}

/** `end`: the current end when the modal was opened. */
export function readExtension(fields: Fields, end: CivilDate | null): ExtendInput | null {
  const said = readClassification(fields)
  const from = fields.date('from')
  const to = fields.date('to')
  if (to === null) fields.wrong('to', 'Choose the last day that the extension covers.')
  else if (end !== null && to <= end) {
    fields.wrong('to', `It runs to ${dayText(end)} already: choose a later day.`)
  } else if (from !== null && from > to) {
    fields.wrong(
      'from',
      `The first day lies after the last, ${dayText(to)}: choose an earlier one.`,
    )
  }
  const status = fields.choice('status', SAID_STATUSES)
  if (status === null) fields.wrong('status', 'Say whether it is signed.')
  return said === null || to === null || status === null ? null : { ...said, from, to, status }
}

export function readClassification(fields: Fields): ClassifyInput | null {
  const kind = fields.choice('kind', SAID_KINDS)
  if (kind === null) fields.wrong('kind', 'Choose what kind of extension it is.')
  const cost = fields.amount('cost')
  const grounds = fields.chosen('grounds')
  const cause = fields.text('cause', 2000)
  if (kind === 'emergency' && grounds === null) {
    fields.wrong('grounds', 'An emergency extension needs grounds: choose the nearest.')
  }
  if (grounds === 'other' && cause === null) {
    fields.wrong('cause', 'Say here which other grounds it rests on.')
  }
  const approver = fields.text('approver', 120)
  const noticeReference = fields.text('notice', 120)
  if (kind === null) return null
  return {
    kind,
    cost: fields.touched('cost') ? (cost?.amount ?? null) : undefined,
    currency: cost?.currency ?? null,
    grounds,
    cause,
    approver,
    noticeReference,
  }
}

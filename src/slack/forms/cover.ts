/** What a contract covers: a product is added, changed or taken out. */
import type { ModalView } from '@slack/types'
import { z } from 'zod'
import { COVER_KINDS } from '../../rules/support.ts'
import { KIND_WORDS, type ShownCover } from '../../text/support.ts'
import { capitalised, figure, mrkdwn, plain, shown } from '../../text/words.ts'
import {
  type AboutContract,
  boxesField,
  checked,
  choiceAsked,
  contractLine,
  type Fields,
  modal,
  readAsked,
  selectField,
  shownFields,
  textAsked,
} from './fields.ts'

export const COVER_FORM = 'lw.covers'

export interface CoverForm extends AboutContract {
  readonly covers: readonly (ShownCover & { readonly id: number })[]
  /** What its title seems to say of a product. */
  readonly proposed: string | null
}

const ASKED = {
  product: textAsked('Product and release', 100, {
    hint: 'Such as Windows Server 2016, or SQL Server 2016 SP3. Of one that it covers already: only to name another release.',
  }),
  kind: choiceAsked(
    'In what way?',
    COVER_KINDS.map((kind) => ({ value: kind, text: capitalised(KIND_WORDS[kind]) })),
  ),
  count: textAsked('How many?', 12),
  custom: choiceAsked(
    'Extended support beyond what is published: a custom agreement?',
    [
      { value: 'yes', text: 'Yes: support ends with it' },
      { value: 'no', text: 'No' },
    ],
    { all: true },
  ),
  whom: choiceAsked(
    'Whom does it cover?',
    [
      { value: 'team', text: 'Its own team' },
      { value: 'all', text: 'Every team: it is organisation-wide' },
    ],
    { all: true },
  ),
}

/** The choice of a product that the contract does not cover yet. */
const ANOTHER = 'another'

export function coverModal({ subject, contract, covers, proposed }: CoverForm): ModalView {
  const choices = [
    { value: ANOTHER, text: 'Another product' },
    ...covers.map(({ id, name, kind, count }) => {
      const how = [kind === null ? null : KIND_WORDS[kind], count === null ? null : figure(count)]
      const said = how.filter((part) => part !== null).join(', ')
      return { value: String(id), text: said === '' ? name : `${name} (${said})` }
    }),
  ]
  return modal(COVER_FORM, 'What it covers', 'Save', subject, [
    contractLine(
      contract,
      covers.length === 0
        ? mrkdwn`Nobody has said yet which products it covers.`
        : mrkdwn`Covers ${shown(covers.map(({ name }) => plain(name, 60)).join('; '), 600)}.`,
    ),
    selectField({ name: 'which', label: 'Add, or change which?' }, choices, ANOTHER),
    ...shownFields(ASKED, { product: covers.length === 0 ? proposed : null }),
    covers.length === 0
      ? null
      : boxesField({ name: 'remove', label: 'Or take it out', optional: true }, [
          { value: 'remove', text: 'It does not cover the one that is chosen above' },
        ]),
  ])
}

const Cover = z.object({
  which: z.string('Choose what to add or change.').regex(/^(?:another|[1-9]\d{0,9})$/),
  count: z
    .string()
    .regex(/^\d{1,9}$/, 'Write a whole number.')
    .nullable(),
})

export interface CoverSent {
  /** Null: another product. */
  readonly coverId: number | null
  readonly remove: boolean
  readonly product: string | null
  readonly kind: (typeof COVER_KINDS)[number] | null
  readonly count: number | null
  readonly custom: boolean | null
  readonly forAll: boolean | null
}

export function readCoverForm(fields: Fields): CoverSent | null {
  const { product, kind, custom, whom, count } = readAsked(fields, ASKED)
  const read = checked(fields, Cover, {
    which: fields.chosen('which'),
    count: count?.replaceAll(/[,\s]/g, '') ?? null,
  })
  if (read === null) return null
  const coverId = read.which === ANOTHER ? null : Number(read.which)
  const remove = fields.ticked('remove', 'remove')
  if (coverId === null && remove) {
    fields.wrong('which', 'Choose above which product it does not cover.')
  }
  if (coverId === null && !remove) {
    if (product === null) fields.wrong('product', 'Name the product and its release.')
    if (kind === null) fields.wrong('kind', 'Say in what way it covers it.')
  }
  return {
    ...{ coverId, remove, product, kind },
    count: read.count === null ? null : Number(read.count),
    custom: custom === null ? null : custom === 'yes',
    forAll: whom === null ? null : whom === 'all',
  }
}

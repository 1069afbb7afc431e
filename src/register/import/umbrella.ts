/** The list of an umbrella's members: reference, organisation, team, from, to; a CSV file. */
import { nameKey } from '../../database/organisation.ts'
import type { CivilDate } from '../../rules/civil-date.ts'
import { groupedBy, isNoOrganisation } from '../../rules/text-match.ts'
import type { MemberFacts } from '../../text/answer-facts.ts'
import { type Column, DateSurvey } from '../column-mapping.ts'
import { compared, readHeading } from '../column-names.ts'
import { type DateOrder, type Problem, RegisterError } from '../draft.ts'
import { csvRows, DELIMITERS, headRows, type RegisterRow } from '../formats/csv-rows.ts'
import { sniff } from '../formats/detect.ts'
import { headText, surveyText } from '../formats/encoding.ts'
import { LIMITS } from '../limits.ts'
import { LAST_OF_CENTURY, readDate } from '../parse-date.ts'
import { cleanText } from '../parse-words.ts'

export interface ListedMember extends Omit<MemberFacts, 'why'> {
  readonly at: string
  /** Of the umbrella; null where the row names none. */
  readonly reference: string | null
}

interface MemberList {
  readonly members: readonly ListedMember[]
  readonly problems: readonly Problem[]
}

const HEADINGS = {
  reference: [
    'reference',
    'ref',
    'contract',
    'contract reference',
    'agreement',
    'umbrella',
    'agreement reference',
    'umbrella reference',
    'contract ref',
  ],
  buyer: [
    'organisation',
    'organization',
    'organisation name',
    'organization name',
    'member',
    'member name',
    'buyer',
    'body',
    'trust',
    'trust name',
    'participant',
    'participating organisation',
    'name',
    'authority',
    'customer',
  ],
  team: ['team', 'our team', 'team here'],
  from: [
    'from',
    'start',
    'start date',
    'joins',
    'joined',
    'joins on',
    'joined on',
    'join date',
    'joining date',
    'date joined',
    'member from',
    'covered from',
    'effective from',
    'valid from',
  ],
  to: [
    'to',
    'until',
    'end',
    'end date',
    'leaves',
    'left',
    'leaves on',
    'left on',
    'leave date',
    'leaving date',
    'date left',
    'member to',
    'member until',
    'covered to',
    'covered until',
    'effective to',
    'valid to',
  ],
} as const
type MemberField = keyof typeof HEADINGS
const FIELDS = Object.keys(HEADINGS) as readonly MemberField[]

interface Found {
  readonly delimiter: string
  readonly line: number
  readonly headings: readonly string[]
  readonly at: Readonly<Partial<Record<MemberField, number>>>
}

/**
 * Reads the whole list. A row whose days cannot be read keeps its member, so that somebody is told of
 * the end; it counts as not covered until its days are said.
 * @throws RegisterError where it is no such list, or nothing settles the order of its dates.
 */
export async function readMemberList(path: string, dates: DateOrder | null): Promise<MemberList> {
  const file = await sniff(path, null)
  if (file.format !== 'csv') {
    throw new RegisterError(`${file.name} is no CSV file. Save the list of members as CSV.`)
  }
  const survey = await surveyText(file.path, file.name, () => undefined)
  const found = findColumns(
    file.name,
    headText(file.head, survey.encoding),
    file.bytes === file.head.length,
  )
  const rows: RegisterRow[] = []
  const { name, path: at } = file
  const csv = { path: at, name, encoding: survey.encoding, delimiter: found.delimiter }
  for await (const some of csvRows(csv)) {
    rows.push(...some.filter(({ line, cells }) => line > found.line && cells.some(isFilled)))
  }
  const orders = ordersOf(file.name, found, rows, dates)
  const problems: Problem[] = unusedColumns(found)
  const members = rows.flatMap((row) => readRow(row, found, orders, problems))
  return { members: oncePerMember(members, problems), problems }
}

const isFilled = (cell: string) => cell.trim() !== ''

function findColumns(file: string, text: string, isWhole: boolean): Found {
  let best: Found | null = null
  for (const delimiter of DELIMITERS) {
    for (const { cells, line } of headRows(text, delimiter, isWhole, file).slice(
      0,
      LIMITS.headingRows,
    )) {
      const at: Partial<Record<MemberField, number>> = {}
      cells.forEach((cell, index) => {
        const key = compared(cell)
        const field = FIELDS.find((each) => (HEADINGS[each] as readonly string[]).includes(key))
        if (field !== undefined) at[field] ??= index
      })
      const isBetter = best === null || Object.keys(at).length > Object.keys(best.at).length
      if (at.buyer !== undefined && isBetter) best = { delimiter, line, headings: cells, at }
    }
  }
  if (best !== null) return best
  throw new RegisterError(
    `${file}: no column of organisations was recognised. Give it the headings reference, organisation, team, from, to.`,
  )
}

/** Of its two columns of days, by index; one that nothing settles borrows the other's. */
function ordersOf(
  file: string,
  { headings, at }: Found,
  rows: readonly RegisterRow[],
  dates: DateOrder | null,
): ReadonlyMap<number, DateOrder | null> {
  const columns = (['from', 'to'] as const).flatMap((field): Column[] => {
    const index = at[field]
    if (index === undefined) return []
    return [
      {
        field: field === 'from' ? 'start' : 'end',
        index,
        heading: readHeading(headings[index] ?? ''),
      },
    ]
  })
  const seen = new DateSurvey(columns)
  for (const row of rows) seen.see(row)
  return seen.orders(file, dates)
}

function unusedColumns({ headings, line, at }: Found): Problem[] {
  const used = new Set(Object.values(at))
  return headings.flatMap((heading, index) =>
    used.has(index) || heading.trim() === ''
      ? []
      : [
          {
            ...{ at: String(line), reference: null, field: heading.trim(), value: null },
            problem: 'this column is not read',
            remedy: 'Call it reference, organisation, team, from or to where it is one of these.',
            severity: 'note' as const,
          },
        ],
  )
}

function readRow(
  row: RegisterRow,
  { at, headings }: Found,
  orders: ReadonlyMap<number, DateOrder | null>,
  problems: Problem[],
): ListedMember[] {
  const raw = (field: MemberField) => row.cells[at[field] ?? -1] ?? ''
  const [reference, buyer, team] = [raw('reference'), raw('buyer'), raw('team')].map(cleanText)
  const report = (
    field: MemberField,
    problem: string,
    remedy: string,
    severity: Problem['severity'],
  ) =>
    problems.push({
      ...{ at: String(row.line), reference: reference ?? null, problem, remedy, severity },
      field: headings[at[field] ?? -1]?.trim() ?? field,
      value: raw(field).trim().slice(0, 200),
    })
  if (buyer == null || nameKey(buyer) === '') {
    report(
      'buyer',
      'no organisation is named: nobody is recorded',
      'Name the organisation.',
      'error',
    )
    return []
  }
  if (/^(?:grand |sub[- ]?)?totals?\b/i.test(buyer)) {
    report('buyer', 'a row of totals: nobody is recorded', 'Leave it out.', 'note')
    return []
  }
  const unread: string[] = []
  if (isNoOrganisation(buyer)) {
    unread.push(`organisation: ${buyer.slice(0, 60)}`)
    const problem = 'this may be several organisations, or none: it counts as not covered'
    report('buyer', problem, 'Give each a row with its name and nothing else.', 'question')
  }
  const day = (field: 'from' | 'to'): CivilDate | null => {
    const index = at[field]
    if (index === undefined) return null
    const reading = readDate(raw(field), orders.get(index) ?? null, {
      years: LAST_OF_CENTURY,
      isEnd: field === 'to',
    })
    if (reading.kind === 'nil' || (reading.kind === 'rolling' && field === 'to')) return null
    if (reading.kind === 'date' && reading.remark === undefined) {
      if (reading.precision === 'day') return reading.earliest
      const counted = field === 'from' ? reading.latest : reading.earliest
      const problem = `known to the ${reading.precision}: counted ${field} ${counted}`
      report(field, problem, 'Give the day.', 'question')
      return counted
    }
    unread.push(`${field}: ${raw(field).trim().slice(0, 60)}`)
    const problem =
      reading.kind === 'bad' ? reading.problem : 'this says more than a day, or no day'
    report(
      field,
      `${problem}: it counts as not covered`,
      'Give the day, or leave it blank.',
      'question',
    )
    return null
  }
  const days = { from: day('from'), to: day('to') }
  if (days.from !== null && days.to !== null && days.from > days.to) {
    unread.push(`from ${days.from} to ${days.to}`)
    const problem = 'it leaves before it joins: it counts as not covered'
    report('to', problem, 'Correct one of the two days.', 'question')
    Object.assign(days, { from: null, to: null })
  }
  return [
    {
      ...{ at: String(row.line), reference: reference ?? null, buyer, team: team ?? null, ...days },
      unread: unread.length === 0 ? null : unread.join('; '),
    },
  ]
}

/** Two rows of one member say the same, or neither is taken for true. */
function oncePerMember(members: readonly ListedMember[], problems: Problem[]): ListedMember[] {
  const groups = groupedBy(
    members,
    (each) => `${(each.reference ?? '').toLowerCase()} ${nameKey(each.buyer)}`,
  )
  return [...groups.values()].flatMap((rows) => {
    const [first, ...others] = rows
    if (first === undefined) return []
    if (others.every((each) => saidIn(each) === saidIn(first))) return [first]
    const lines = rows.map(({ at }) => at).join(' and ')
    problems.push({
      ...{ at: first.at, reference: first.reference, field: null, value: first.buyer },
      problem: `rows ${lines} say different things of it: it counts as not covered`,
      remedy: 'Keep the one that holds.',
      severity: 'question',
    })
    return [{ ...first, from: null, to: null, unread: `rows ${lines} of its list differ` }]
  })
}

function saidIn({ team, from, to, unread }: ListedMember): string {
  return JSON.stringify([team === null ? null : nameKey(team), from, to, unread])
}

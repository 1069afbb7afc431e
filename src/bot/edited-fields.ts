/** The columns of a contract that people put right by hand, as they are called in an answer. */
const WORDS: Readonly<Record<string, string>> = {
  reference: 'reference',
  title: 'title',
  supplier: 'supplier',
  buyers: 'buyer',
  team_id: 'team',
  owner_id: 'owner',
  start: 'first day',
  awarded_end: 'end',
  current_end: 'end',
  maximum_end: 'last day with every option',
  notice_period: 'notice period',
  automatic_renewal: 'renewal',
  renewal_term: 'renewal term',
  review_on: 'review',
  personal_data: 'personal data',
  value: 'value',
  currency: 'currency',
  value_basis: 'what the value stands for',
  regime: 'law',
  route: 'route',
}

/** Each once; what is no field of the form is left out. */
export function editedFields(columns: readonly (string | null)[]): string[] {
  const words = columns.map((column) => (column === null ? undefined : WORDS[column]))
  return [...new Set(words.filter((word) => word !== undefined))]
}

/** A contract as it was entered or corrected by hand. */
import { type CivilDate, dayText } from '../../rules/civil-date.ts'
import { REGIMES, VALUE_BASES } from '../../rules/contract.ts'
import { ROUTES } from '../../rules/settings.ts'
import { type ContractInput, END_KINDS, MOST } from '../../text/forms/contract.ts'
import { chosenOrNobody, type Fields } from './fields.ts'

/** What was entered, checked as a whole; `changes` is what was touched of it. */
export interface ContractSent {
  readonly contract: ContractInput
  readonly changes: Partial<ContractInput>
  /** The new last day of a contract that was terminated; null: it was not. */
  readonly terminatesOn: CivilDate | null
  /** Why it was changed. */
  readonly why: string | null
  /** Which end holds where the register gives an earlier one; null: not asked, or not said. */
  readonly holds: 'recorded' | 'register' | null
}

/** `isNew`: everything is checked; of a contract that is edited only what was touched. */
export function readContract(fields: Fields, isNew: boolean): ContractSent | null {
  const wrong: Wrong = (name, problem, ...others) => {
    if (isNew || [name, ...others].some(fields.touched)) fields.wrong(name, problem)
  }
  const reference = fields.text('reference', MOST.reference)
  const title = fields.text('title', MOST.title)
  const supplier = fields.text('supplier', MOST.supplier)
  if (reference === null) wrong('reference', 'Give it a reference that people can type.')
  if (title === null && supplier === null) {
    wrong('title', 'Give a title, or a supplier: people have to recognise it.', 'supplier')
  }
  const ends = readEnds(fields, wrong)
  const terms = readTerms(fields, wrong)
  const worth = readWorth(fields, wrong)
  const owner = isNew
    ? fields.person('owner')
    : chosenOrNobody(fields, 'owner', fields.person('owner'))
  const contract: ContractInput = {
    reference: reference ?? '',
    title,
    supplier,
    buyer: fields.text('buyer', MOST.buyer),
    teamId: teamId(fields.chosen('team')),
    owner: owner ?? null,
    ...ends,
    ...terms,
    ...worth,
    regime: fields.choice('regime', REGIMES),
    route: fields.choice(
      'route',
      ROUTES.map(({ name }) => name),
    ),
  }
  const why = fields.text('why', MOST.why)
  const terminatesOn = fields.date('terminatesOn')
  if (terminatesOn !== null && why === null) {
    fields.wrong('why', 'Say why it was terminated, and by whom.')
  }
  if (terminatesOn !== null && ends.start !== null && terminatesOn < ends.start) {
    fields.wrong('terminatesOn', `It begins on ${dayText(ends.start)}: choose a later day.`)
  }
  const holds = fields.choice('holds', ['recorded', 'register'])
  const touched = Object.entries(contract).filter(([key]) =>
    key === 'owner' ? owner !== undefined : fields.touched(key === 'teamId' ? 'team' : key),
  )
  return { contract, changes: Object.fromEntries(touched), terminatesOn, why, holds }
}

/** An error that follows from any of these fields stands at the first. */
type Wrong = (name: string, problem: string, ...others: readonly string[]) => void

function readEnds(fields: Fields, wrong: Wrong) {
  const start = fields.date('start')
  const endKind = fields.choice('endKind', END_KINDS) ?? 'dated'
  const end = fields.date('end')
  const maximumEnd = fields.date('maximumEnd')
  if (endKind === 'dated' && end === null) {
    wrong('end', 'Choose the last day of cover, or say above that it has none.', 'endKind')
  }
  if (endKind !== 'dated' && end !== null) {
    const problem = 'A last day is chosen below: say that it has an end, or clear the day.'
    wrong('endKind', problem, 'end')
  }
  if (start !== null && end !== null && end < start) {
    wrong('end', `It begins on ${dayText(start)}: the last day cannot lie before that.`, 'start')
  }
  if (end !== null && maximumEnd !== null && maximumEnd < end) {
    wrong('maximumEnd', `Options end no earlier than the contract, on ${dayText(end)}.`, 'end')
  }
  return { start, endKind, end: endKind === 'dated' ? end : null, maximumEnd }
}

const YES_OR_NO = ['yes', 'no', 'unknown'] as const

function readTerms(fields: Fields, wrong: Wrong) {
  const renewal = fields.choice('automaticRenewal', YES_OR_NO)
  const personal = fields.choice('personalData', YES_OR_NO)
  const renewalTerm = fields.period('renewalTerm')
  if (renewal === 'no' && renewalTerm !== null) {
    const problem = 'It does not renew by itself, as said above: clear the term.'
    wrong('renewalTerm', problem, 'automaticRenewal')
  }
  return {
    noticePeriod: fields.period('noticePeriod'),
    automaticRenewal: renewal === 'yes' ? true : renewal === 'no' ? false : null,
    renewalTerm,
    reviewOn: fields.date('reviewOn'),
    personalData: personal === 'yes' ? true : personal === 'no' ? false : null,
  }
}

function readWorth(fields: Fields, wrong: Wrong) {
  const value = fields.amount('value')
  const currency = (fields.text('currency', 3) ?? 'GBP').toUpperCase()
  if (!/^[A-Z]{3}$/.test(currency)) {
    wrong('currency', 'Write the currency as a code of three letters, such as GBP or EUR.')
  } else if (value?.currency !== null && value !== null && value.currency !== currency) {
    wrong('currency', `The value is written in ${value.currency}: write the same here.`, 'value')
  }
  const valueBasis = fields.choice('valueBasis', VALUE_BASES) ?? 'unknown'
  return { value: value?.amount ?? null, currency, valueBasis }
}

function teamId(chosen: string | null): number | null {
  return chosen !== null && /^[1-9]\d{0,8}$/.test(chosen) ? Number(chosen) : null
}

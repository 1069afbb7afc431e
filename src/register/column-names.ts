/**
 * The headings that registers really use, by the field that each one means; the names of the
 * fields are what `--map FIELD=HEADING` takes. Written as they are compared (see below):
 * lower case, words only. Of several in one register the earlier of this list is preferred.
 */
import type { PeriodUnit } from '../rules/contract.ts'
import { LIMITS } from './limits.ts'

// biome-ignore format: one field after another, to be read as a table
const HEADINGS = {
  identity: ['lapsewatch id'],
  reference: [
    'reference number', 'contract ref', 'contract reference', 'contract reference number',
    'contract number', 'contract no', 'reference', 'ref', 'ref no', 'our reference', 'contract id',
    'award id', 'agreement number', 'agreement reference', 'notice identifier', 'unique id',
    'register number', 'po number', 'purchase order number', 'id',
  ],
  title: [
    'contract title', 'contract name', 'title', 'title of agreement', 'agreement title', 'name',
    'name of contract', 'title of contract', 'contract', 'short description',
    'contract description', 'description', 'description of goods services',
    'description of contract', 'service', 'subject',
  ],
  supplier: [
    'supplier name', 'supplier', 'suppliers', 'winning bidder', 'vendor', 'vendor name',
    'contractor', 'contractor name', 'supplier name and details', 'provider', 'provider name',
    'other parties to the contract', 'awarded supplier', 'awarded to', 'supplier s',
    'suppliers name',
  ],
  reseller: ['reseller', 'reseller name', 'through', 'bought through', 'via reseller'],
  buyer: [
    'buyer', 'buyers', 'buyer name', 'organisation name', 'organisation', 'organization',
    'organization name', 'body name', 'contracting authority', 'authority', 'trust', 'trust name',
    'customer', 'local authority', 'entity', 'agency name', 'agency', 'council',
  ],
  department: [
    'department', 'dept', 'local authority department responsible', 'department responsible',
    'responsible department', 'service area', 'business unit', 'division',
  ],
  team: ['team', 'team name', 'directorate', 'responsible team', 'owning team'],
  owner: [
    'contract owner', 'owner', 'contract manager', 'owner name', 'contract owner name', 'manager',
    'responsible officer', 'contract lead', 'lead officer', 'responsible person', 'business owner',
  ],
  ownerEmail: [
    'owner email', 'contract owner email', 'contract manager email', 'owner e mail',
    'owner email address', 'contract owner email address', 'email', 'e mail', 'manager email',
  ],
  deputy: ['deputy', 'deputy owner', 'deputy contract owner', 'deputy contract manager', 'backup'],
  deputyEmail: ['deputy email', 'deputy owner email', 'deputy e mail'],
  category: [
    'category', 'procurement category', 'primary procurement category', 'spend category',
    'category name',
  ],
  categoryLead: [
    'category lead', 'category manager', 'procurement lead', 'procurement contact',
    'procurement officer', 'buyer contact', 'lead buyer',
  ],
  categoryLeadEmail: ['category lead email', 'category manager email'],
  form: ['form', 'contract form', 'form of contract', 'agreement type'],
  contractType: ['contract type', 'type of contract', 'ojeu contract type', 'type'],
  start: [
    'contract start date', 'contract start', 'start date of the contract', 'validity period start',
    'start date', 'start', 'contract commencement date', 'commencement date', 'commencement',
    'starts', 'date started', 'effective date', 'from', 'valid from', 'contract from',
  ],
  end: [
    'contract end date', 'contract end', 'awarded end date', 'original end date',
    'original contract end date', 'initial end date', 'initial contract end date',
    'end date for the contract', 'end date for the contract without possible extensions',
    'end date of the contract', 'validity period end', 'end date', 'end', 'contract expiry date',
    'contract expiry', 'expiry date', 'expiry', 'expires', 'expires on', 'expiration date', 'ends',
    'valid to', 'valid until', 'contract to', 'until', 'to',
  ],
  currentEnd: [
    'contract current end date', 'current end date', 'current contract end date', 'current end',
    'current expiry date', 'current expiry', 'revised end date', 'latest end date',
  ],
  maximumEnd: [
    'maximum contract end date', 'maximum end date', 'max end', 'max end date', 'maximum end',
    'option to extend until', 'latest possible end date', 'contract maximum end date',
    'end date including extensions', 'end date with extensions', 'final end date',
    'end date including all extensions', 'extension end date if taken', 'possible extension until',
  ],
  extensionMonths: [
    'duration of extension in months', 'duration of extension months', 'extension in months',
    'extension period in months', 'extension months', 'possible extension months',
    'option to extend months',
  ],
  secondExtensionMonths: [
    'duration of second extension period in months', 'second extension in months',
    'duration of second extension in months',
  ],
  extensionKind: [
    'extension type', 'extension kind', 'kind of extension', 'type of extension',
    'extension reason', 'reason for extension',
  ],
  extensionStart: ['extension start', 'extension start date', 'extension from', 'extended from'],
  extensionEnd: [
    'extension end', 'extension end date', 'extension to', 'extended to', 'extended until',
    'extended end date', 'extension until',
  ],
  extensionCost: [
    'extension cost', 'extension value', 'cost of extension', 'value of extension',
    'extension price',
  ],
  extensionAgreed: [
    'extension agreed', 'extension agreed on', 'extension signed', 'extension signed on',
    'extension recorded', 'extension recorded on', 'extension date', 'extension agreed date',
  ],
  extensionStatus: ['extension status', 'status of extension'],
  extensionRule: [
    'extension rule', 'rule of extension', 'extension recorded under', 'extension legal basis',
    'legal basis of extension', 'modification rule', 'modification ground',
  ],
  extensionGrounds: [
    'extension grounds', 'grounds for extension', 'extension cause', 'cause of extension',
    'extension justification', 'justification for extension',
  ],
  extensionApprover: ['extension approver', 'extension approved by', 'approver of extension'],
  extensionNotice: [
    'extension notice', 'extension notice reference', 'contract change notice',
    'change notice reference', 'modification notice',
  ],
  extensionInvoiced: [
    'extension invoiced', 'extension invoiced to date', 'invoiced for extension',
    'extension invoices',
  ],
  minimumExtension: [
    'minimum extension', 'minimum extension period', 'minimum extension term',
    'suppliers minimum extension', 'shortest extension', 'minimum rollover',
  ],
  noticePeriod: [
    'notice period', 'notice', 'termination notice period', 'termination notice',
    'notice required', 'cancellation notice', 'notice to terminate', 'cancellation period',
  ],
  automaticRenewal: [
    'auto renew', 'auto renews', 'auto renewal', 'autorenew', 'automatic renewal',
    'automatically renews', 'renews automatically', 'automatically renewed', 'rolls over',
  ],
  renewalTerm: ['renewal term', 'renewal period', 'auto renewal term', 'renewal length'],
  review: [
    'review date', 'review date scheduled for this contract', 'review on', 'next review',
    'next review date', 'contract review date',
  ],
  personalData: [
    'personal data', 'processes personal data', 'personal data processed',
    'processing of personal data', 'personal data processing', 'involves personal data',
    'includes personal data', 'dpia', 'dpia required', 'dpia completed',
    'data protection impact assessment',
  ],
  termMonths: [
    'current term months', 'term months', 'contract term months', 'duration months',
    'contract length months', 'contract duration months', 'contract duration in months',
    'term in months', 'length in months', 'contract length in months',
  ],
  regime: ['regime', 'procurement regime', 'legal regime', 'legislation', 'regulations'],
  route: [
    'procurement route', 'route', 'route to market', 'ojeu procedure type', 'procedure type',
    'procedure', 'procurement procedure', 'procurement method', 'tender process', 'process type',
    'sourcing route',
  ],
  products: ['products', 'product', 'product name', 'software', 'licences for', 'product s'],
  units: [
    'units', 'quantity', 'qty', 'licences', 'licenses', 'number of licences', 'number of licenses',
    'number of units', 'seats', 'users', 'number of users',
  ],
  edition: [
    'edition', 'product edition', 'licence edition', 'license edition', 'licence plan',
    'license plan', 'plan', 'tier',
  ],
  unitPrice: [
    'unit price', 'price per unit', 'price per licence', 'unit cost', 'price each',
    'price per user', 'price per seat', 'annual unit price', 'monthly unit price',
    'unit price per year', 'unit price per month', 'price per unit per year',
    'price per unit per month', 'price per licence per year', 'price per licence per month',
    'price per user per year', 'price per user per month',
  ],
  unitPricePer: [
    'unit price per', 'unit price period', 'unit price unit', 'price period', 'price per',
    'unit price is for',
  ],
  value: [
    'contract value', 'total contract value', 'total value', 'contract total value',
    'awarded value', 'contract award value', 'award value', 'value', 'value amount',
    'current value', 'current contract value', 'original contract value', 'original value',
    'lifetime value', 'whole life value', 'sum to be paid over the length of the contract',
    'amount', 'total cost', 'contract cost', 'cost', 'price', 'value of contract',
    'estimated value', 'estimated total value', 'total amount', 'value low',
  ],
  maximumValue: ['maximum value', 'maximum contract value', 'max value', 'value high'],
  annualValue: [
    'annual value', 'annual contract value', 'annual cost', 'estimated annual value',
    'yearly cost', 'cost per year', 'value per year', 'annual spend', 'estimated annual cost',
    'yearly value', 'acv',
  ],
  periodicCharge: [
    'periodic charge', 'current charge', 'recurring charge', 'monthly charge', 'monthly cost',
    'monthly fee', 'charge per month', 'cost per month', 'quarterly charge', 'quarterly cost',
    'weekly charge', 'weekly cost', 'annual charge', 'yearly charge', 'daily charge',
  ],
  chargeUnit: [
    'charge unit', 'charge period', 'charge frequency', 'charged per', 'billing frequency',
    'billing period', 'invoice frequency', 'payment frequency',
  ],
  invoicedLastYear: [
    'invoiced in the last 12 months', 'invoiced last 12 months', 'last 12 months invoiced',
    'spend in the last 12 months', 'spend last 12 months', 'last 12 months spend',
    'actual spend last 12 months', 'invoiced last year', '12 month spend',
  ],
  oneOffCharges: [
    'one off charges', 'one off charge', 'one off costs', 'one off cost', 'set up charges',
    'set up costs', 'set up cost', 'implementation charges', 'implementation costs',
    'implementation cost', 'non recurring charges', 'one time charges',
  ],
  valueBasis: ['value basis', 'basis of value'],
  currency: ['currency', 'currency code', 'value currency', 'ccy'],
  vat: ['vat', 'vat included', 'value includes vat', 'includes vat', 'vat basis', 'vat status'],
  vatRecoverable: [
    'vat recoverable', 'recoverable vat', 'vat recovery',
    'value added tax that cannot be recovered', 'irrecoverable vat',
    'vat that cannot be recovered', 'non recoverable vat',
  ],
  lot: ['lot', 'lot number', 'lot no', 'lot id'],
  parent: [
    'framework reference', 'framework agreement reference', 'framework contract reference',
    'framework number', 'parent contract', 'parent contract reference', 'parent reference',
    'parent contract id', 'call off from', 'called off from', 'under framework',
  ],
  predecessor: [
    'replaces', 'predecessor', 'previous contract', 'replaces contract', 'predecessor reference',
  ],
  successor: ['replaced by', 'successor', 'new contract', 'successor reference', 'next contract'],
  status: ['status', 'contract status', 'contract state', 'state', 'lifecycle status'],
  ocid: ['ocid', 'open contracting id'],
} as const satisfies Record<string, readonly string[]>

export type Field = keyof typeof HEADINGS

// Headings taken apart and recognised. Compared without case, punctuation, underscores and
// numbering, so `(04) CONTRACT_END_DATE` is `contract end date`.

export const FIELDS = Object.keys(HEADINGS) as readonly Field[]
export const DATE_FIELDS: readonly Field[] = [
  'start',
  'end',
  'currentEnd',
  'maximumEnd',
  'extensionStart',
  'extensionEnd',
  'extensionAgreed',
  'review',
]

export const AMOUNT_FIELDS: readonly Field[] = [
  'value',
  'maximumValue',
  'annualValue',
  'extensionCost',
  'extensionInvoiced',
  'periodicCharge',
  'invoicedLastYear',
  'oneOffCharges',
  'units',
  'unitPrice',
]

/** A heading taken apart. */
export interface Heading {
  readonly text: string
  /** What it is compared by; blank for a blank heading. */
  readonly key: string
  /** From words such as `(ex VAT)`. */
  readonly vat: 'net' | 'gross' | null
  readonly currency: string | null
  /** From `Notice period (months)`. */
  readonly unit: PeriodUnit | null
  /** The parts of a packed column: `Supplier [Name|Address]`. */
  readonly packed: readonly string[] | null
}

const RANKS = rankHeadings()

/** Which field a heading means and how good a match it is (0 is best); null where none. */
export function fieldOf(heading: Heading): { field: Field; rank: number } | null {
  return RANKS.get(heading.key) ?? null
}

/** Takes a heading apart; see `Heading`. */
export function readHeading(raw: string): Heading {
  const text = raw.slice(0, LIMITS.headingCharacters).replace(/\s+/g, ' ').trim()
  const packed = /\[([^\]]*\|[^\]]*)\]/.exec(text)
  let key = compared(text.replace(/\[[^\]]*\]/g, ' '))
  let vat: Heading['vat'] = null
  let currency: string | null = null
  let unit: PeriodUnit | null = null
  if (!RANKS.has(key)) {
    const tax =
      / (ex|exc|excl|excluding|exclusive of|net of|inc|incl|including|inclusive of) (?:vat|tax)$| (net|gross)$/.exec(
        key,
      )
    if (tax) {
      vat = /^(?:inc|gross)/.test(tax[1] ?? tax[2] ?? '') ? 'gross' : 'net'
      key = key.slice(0, tax.index)
    }
    const code = / (gbp|eur|usd)$/.exec(key)
    if (code) {
      currency = (code[1] ?? '').toUpperCase()
      key = key.slice(0, code.index)
    }
    const measure = / (?:in )?(months?|days?|weeks?|years?|working days)$/.exec(key)
    if (measure && !RANKS.has(key)) {
      unit = unitOf(measure[1] ?? '')
      key = key.slice(0, measure.index)
    }
  }
  if (text.includes('£')) currency = 'GBP'
  if (text.includes('€')) currency = 'EUR'
  return { text, key, vat, currency, unit, packed: packed?.[1]?.split('|').map(compared) ?? null }
}

/** A heading as it is compared: lower case, words only, without numbering. */
export function compared(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/^\s*(?:\(\d+\)|\d+[.):])\s*/, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}+]+/gu, ' ')
    .trim()
}

/** The field of this name, forgiving case and separators; null where there is none. */
export function fieldNamed(name: string): Field | null {
  const wanted = compared(name).replaceAll(' ', '')
  return FIELDS.find((field) => field.toLowerCase() === wanted) ?? null
}

function rankHeadings(): ReadonlyMap<string, { field: Field; rank: number }> {
  const ranks = new Map<string, { field: Field; rank: number }>()
  for (const field of FIELDS) {
    HEADINGS[field].forEach((key, rank) => {
      if (!ranks.has(key)) ranks.set(key, { field, rank })
    })
  }
  return ranks
}

function unitOf(word: string): PeriodUnit {
  if (word === 'working days') return 'working-days'
  const first = word[0]
  return first === 'd' ? 'days' : first === 'w' ? 'weeks' : first === 'y' ? 'years' : 'months'
}

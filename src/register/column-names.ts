/**
 * What headings mean: first the ones that registers really use, by the field that each one means; the names of the
 * fields are what `--map FIELD=HEADING` takes. Written as they are compared (see below):
 * lower case, words only. Of several in one register the earlier of this list is preferred. Any
 * other heading is read by its words (see `meaningOf`).
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
    'contract title', 'contract name', 'title', 'title of agreement', 'agreement title',
    'title agreement', 'title contract', 'name',
    'name of contract', 'title of contract', 'contract', 'short description',
    'contract description', 'description', 'description of goods services',
    'description of contract', 'service', 'subject',
  ],
  supplier: [
    'supplier name', 'supplier', 'suppliers', 'winning bidder', 'vendor', 'vendor name',
    'contractor', 'contractor name', 'supplier name and details', 'provider', 'provider name',
    'other parties to the contract', 'incumbent', 'incumbent supplier', 'awarded supplier', 'awarded to', 'supplier s',
    'suppliers name',
  ],
  reseller: ['reseller', 'reseller name', 'bought through', 'via reseller'],
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
    'current expiry date', 'current expiry', 'revised end date',
  ],
  /** Beside the end: of two ends that differ the earlier warns. */
  otherEnd: ['other end', 'other end date', 'second end date'],
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
  /** The last day on which its option may be taken. */
  optionBy: [
    'option to be exercised by', 'option exercise date', 'option exercise by', 'exercise by',
    'exercise by date', 'exercise option by', 'option deadline', 'option notice by',
    'option notice date', 'option decision date', 'last date to exercise option',
    'last day to exercise option', 'extension decision by', 'extension decision date',
  ],
  extensionKind: [
    'extension type', 'extension kind', 'kind of extension', 'type of extension',
    'extension reason', 'reason for extension',
  ],
  extensionStart: ['extension start', 'extension start date', 'extension from', 'extended from'],
  extensionEnd: [
    'extension end', 'extension end date', 'extension to', 'extended to', 'extended until',
    'extended end date', 'extension until', 'latest end date', 'latest end', 'latest expiry date',
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
  /** Beside the notice: of two lengths that differ the longer counts. */
  otherNotice: ['other notice', 'other notice period', 'second notice period'],
  noticeBy: [
    'notice by', 'notice date', 'notice deadline', 'notice due', 'notice due date',
    'serve notice by', 'give notice by', 'cancel by', 'cancellation deadline', 'cancellation date',
    'last date to cancel', 'last day to cancel', 'last day for notice', 'opt out by',
  ],
  automaticRenewal: [
    'auto renew', 'auto renews', 'auto renewal', 'autorenew', 'automatic renewal',
    'automatically renews', 'renews automatically', 'automatically renewed', 'rolls over',
    'at the end', 'what happens at the end', 'what happens next', 'on expiry', 'after the end',
  ],
  /** When it may be ended before its end: days, or words. */
  breaks: [
    'break', 'breaks', 'break clause', 'break clauses', 'break date', 'break dates', 'break option',
    'break options', 'break point', 'break points', 'breakpoint', 'break provision',
    'break provisions', 'tenant break', 'tenants break', 'contract break',
  ],
  /** The first day of a term, of one that goes on from term to term. */
  rollsFrom: [
    'rolls from', 'rolling from', 'term begins', 'anniversary', 'anniversary date',
    'contract anniversary', 'contract anniversary date', 'next anniversary',
    'next anniversary date', 'renewal anniversary', 'next roll',
  ],
  renewalTerm: ['renewal term', 'renewal period', 'auto renewal term', 'renewal length'],
  review: [
    'review date', 'review date scheduled for this contract', 'review on', 'next review',
    'next review date', 'contract review date', 'dpia review', 'dpia review date',
    'data protection review', 'data protection review date', 'next dpia review',
    'dpia review due', 'data protection review due', 'dpia reviewed', 'dpia reviewed on',
  ],
  callOffBy: [
    'last call off', 'last call off date', 'last call off day', 'last date for call offs',
    'last day for call offs', 'call off by', 'call offs until', 'call off until',
    'call off deadline', 'framework expiry', 'framework expiry date', 'expiry of framework',
    'expiry date of framework', 'framework end', 'framework end date', 'end of framework',
    'end date of framework', 'framework expires',
  ],
  personalData: [
    'personal data', 'processes personal data', 'personal data processed',
    'processing of personal data', 'personal data processing', 'involves personal data',
    'includes personal data', 'dpia', 'dpia required', 'dpia completed',
    'data protection impact assessment', 'processes personal data y n', 'personal data y n',
  ],
  sharesData: [
    'shares personal data', 'shares data', 'personal data shared', 'data shared',
    'shares personal data with third parties', 'shares data with third parties',
    'shared with third parties', 'personal data shared with third parties',
    'data shared with third parties', 'third party sharing', 'third party data sharing',
    'data sharing', 'uses sub processors', 'uses trackers', 'trackers used',
  ],
  sharedWith: [
    'shared with', 'data shared with', 'personal data shared with', 'shares data with',
    'shares personal data with', 'third parties', 'data third parties', 'third party recipients',
    'data recipients', 'recipients of personal data', 'sub processors', 'subprocessors',
    'sub processor', 'subprocessor', 'names of sub processors', 'data sub processors', 'trackers',
    'third party trackers', 'trackers and sub processors', 'sub processors and trackers',
  ],
  dpia: [
    'dpia reference', 'dpia ref', 'dpia number', 'dpia no', 'dpia id', 'dpia reference number',
    'dpia document', 'dpia link', 'assessment reference', 'impact assessment reference',
    'data protection impact assessment reference', 'data protection assessment reference',
  ],
  termMonths: [
    'current term months', 'term months', 'contract term months', 'duration months',
    'contract length months', 'contract duration months', 'contract duration in months',
    'term in months', 'length in months', 'contract length in months',
  ],
  /** Beside the term: where it is blank this counts, and of two that differ the shorter. */
  otherTerm: ['other term', 'other duration', 'second term'],
  regime: ['regime', 'procurement regime', 'legal regime', 'legislation', 'regulations'],
  route: [
    'procurement route', 'route', 'route to market', 'ojeu procedure type', 'procedure type',
    'procedure', 'procurement procedure', 'procurement method', 'tender process', 'process type',
    'sourcing route',
  ],
  cpv: [
    'cpv', 'cpv code', 'cpv codes', 'main cpv code', 'main cpv', 'cpv main code', 'cpv number',
    'common procurement vocabulary', 'common procurement vocabulary code',
  ],
  itl: [
    'itl', 'itl code', 'itl region', 'itl area', 'itl regions', 'nuts', 'nuts code', 'nuts region',
    'nuts codes',
  ],
  documents: [
    'documents', 'contract documents', 'document link', 'document links', 'documents links',
    'document url', 'document urls', 'contract document link', 'contract document links',
    'link to contract', 'link to documents', 'link to contract documents', 'contract link',
    'contract url', 'sharepoint link', 'hyperlink', 'hyperlinks', 'link', 'links', 'url', 'urls',
  ],
  products: ['products', 'product', 'product name', 'software', 'licences for', 'product s'],
  units: [
    'units', 'quantity', 'qty', 'licences', 'licenses', 'number of licences', 'number of licenses',
    'number of units', 'seats', 'users', 'number of users',
  ],
  coverProduct: ['covered product', 'product covered', 'covers product', 'covered products'],
  release: [
    'release', 'version', 'product version', 'product release', 'software version',
    'covered release', 'release covered', 'covered version',
  ],
  coverKind: [
    'cover kind', 'kind of cover', 'cover type', 'type of cover', 'cover', 'support kind',
    'support type', 'kind',
  ],
  coverCount: ['cover count', 'covered count', 'number covered', 'count'],
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
    'charge', 'periodic charge', 'current charge', 'recurring charge', 'monthly charge', 'monthly cost',
    'monthly fee', 'charge per month', 'cost per month', 'quarterly charge', 'quarterly cost',
    'weekly charge', 'weekly cost', 'annual charge', 'yearly charge', 'daily charge',
  ],
  chargeUnit: [
    'charge unit', 'charge period', 'charge frequency', 'charged per', 'billing frequency',
    'billing period', 'invoice frequency', 'payment frequency', 'cost per', 'cost is per',
    'charge per', 'fee per', 'value per', 'amount per', 'per',
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
  status: [
    'status', 'contract status', 'contract state', 'state', 'lifecycle status', 'lifecycle',
    'lifecycle stage',
  ],
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
  'otherEnd',
  'maximumEnd',
  'noticeBy',
  'rollsFrom',
  'optionBy',
  'extensionStart',
  'extensionEnd',
  'extensionAgreed',
  'review',
  'callOffBy',
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

export interface Match {
  readonly field: Field
  /** How good it is: 0 is best. */
  readonly rank: number
  /** Read by its words: it stands in no list, so what the column holds is heard as well. */
  readonly isByWords: boolean
}

/** Which field a heading means and how good a match it is; null where none. */
export function fieldOf(heading: Heading): Match | null {
  const found = matchOf(heading)
  // A bare `Cost` may be that of a month: beside it what says that it is the whole is the value.
  return found?.field === 'value' && isBareValue(heading)
    ? { ...found, rank: found.rank + 2 * BY_WORDS }
    : found
}

/** Whether a figure below it may be of any time: `Cost`, and not `Total cost`. */
export function isBareValue({ key }: Heading): boolean {
  return !/\b(?:totals?|whole|life ?times?|life|overall|entire|tcv|full|over|contract|agreement|award\w*|original|current|estimated|sum)\b/.test(
    key,
  )
}

function matchOf(heading: Heading): Match | null {
  if (OF_EXPORT.has(heading.key)) return null
  const known = RANKS.get(heading.key)
  if (known !== undefined) return known
  // `Sum is`: what the figure of another column is for.
  if (
    /^(?:costs?|price|value|amount|fee|charge|figure|sum|worth|spend|total) (?:is(?: for| per)?|covers?|stands for|relates to)$/.test(
      heading.key,
    )
  ) {
    return match('chargeUnit', 0)
  }
  const key = heading.key
    .split(' ')
    .map((word) => SHORT_FORMS.get(word) ?? word)
    .join(' ')
    .replace(PER, (_, ...units: (string | undefined)[]) => {
      return `per ${['month', 'annum', 'quarter', 'week'][units.findIndex((unit) => unit)]}`
    })
    .replace(FILLERS, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const plain = RANKS.get(key)
  if (plain !== undefined) return plain
  const meant =
    heading.currency === null ? null : meaningOfSign(key.replace(/^(?:k|mn?|bn|000s?) /, ''))
  return meant ?? meaningOf(key, heading.unit !== null) ?? inWelsh(heading)
}

/** Headings in Welsh, as their words mean in English. */
function inWelsh(heading: Heading): Match | null {
  const key = WELSH.reduce((said, [words, english]) => said.replace(words, english), heading.key)
  return key === heading.key ? null : fieldOf({ ...heading, key })
}
const WELSH = (
  [
    ['dyddiad (?:y |yr )?(?:gorffen|dod i ben|terfynu?|diwedd|cau)|gorffen|diwedd', 'end date'],
    ['dyddiad (?:y |yr )?(?:dechrau|cychwyn)|dechrau|cychwyn', 'start date'],
    ['dyddiad (?:yr |y )?adolygu|dyddiad (?:yr |y )?adolygiad', 'review date'],
    ['cyfnod (?:y |yr )?rhybudd|rhybudd', 'notice period'],
    ['cyfnod (?:yr |y )?(?:estyniad|ymestyn)|estyniad(?:au)?|opsiwn i ymestyn', 'extension period'],
    ['adnewyddu(?:.n)? awtomatig|adnewyddu', 'automatic renewal'],
    ['gwerth blynyddol|cost flynyddol', 'annual value'],
    ['gwerth(?: y contract)?|cost', 'contract value'],
    ['cyf(?:eirnod)?(?: y contract)?', 'reference'],
    ['teitl(?: y contract)?|disgrifiad|enw.r contract', 'contract title'],
    ['cyflenwyr|cyflenwr|contractwr|darparwr', 'supplier'],
    ['perchennog|rheolwr(?: y contract)?|swyddog(?: cyswllt)?', 'contract owner'],
    ['adran|cyfarwyddiaeth|gwasanaeth', 'department'],
    ['hyd(?: y contract)?', 'contract length'],
    ['statws', 'status'],
  ] as const
).map(
  ([words, english]) => [new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, 'gu'), english] as const,
)

/** Beside a currency the words of a time alone: `£ p.a.`, `GBP per month`. */
function meaningOfSign(key: string): Match | null {
  if (/^(?:per )?(?:annum|annual(?:ly)?|year|yearly|yr)$/.test(key)) {
    return match('annualValue', 10)
  }
  return /^(?:per )?(?:month|monthly|mth|quarter|quarterly|week|weekly)$/.test(key)
    ? match('periodicCharge', 10)
    : null
}

const SHORT_FORMS: ReadonlyMap<string, string> = new Map([
  ['amt', 'amount'],
  ['ann', 'annual'],
  ['val', 'value'],
  ['desc', 'description'],
  ['descr', 'description'],
  ['dt', 'date'],
  ['exp', 'expiry'],
  ['expir', 'expiry'],
  ['mgr', 'manager'],
  ['mngr', 'manager'],
  ['nbr', 'number'],
  ['num', 'number'],
  ['org', 'organisation'],
  ['qty', 'quantity'],
  ['qtr', 'quarter'],
  ['qtly', 'quarterly'],
  ['mth', 'month'],
  ['mthly', 'monthly'],
  ['wk', 'week'],
  ['curr', 'currency'],
  ['cur', 'currency'],
  ['agmt', 'agreement'],
  ['contr', 'contract'],
  ['cont', 'contract'],
  ['co', 'company'],
  ['eff', 'effective'],
  ['strt', 'start'],
  ['yr', 'year'],
  ['reqd', 'required'],
])

/** `p.m.`, `pcm`, `p/a`: what it is for. */
const PER = /\b(?:(p ?c ?m|p ?m)|(p ?a)|(p ?q)|(p ?w))\b/g
/** Words that change nothing. */
const FILLERS =
  /\b(?:(?:private|public) sector|successful|the|of|a|an|for|this|is|please|our|your)\b/g
/** Behind every heading of the lists. */
const BY_WORDS = 1000

// Headings by their words: what stands in no list is read as a person would read it.

const END =
  /\b(?:end(?:s|ed|ing)?|expir(?:y|es?|ed|ation|ing)|finish(?:es|ed)?|until|till|thru|terminat(?:es|ion)|ceases?|cessation|lapses?|conclu(?:des|sion)|sunset(?:s|ting)?|last day|valid through|runs (?:out|to|until)|stop(?:s|ping)?(?: (?:date|on))?)\b|^through(?: date)?$/
const END_TO =
  /^(?:to|(?:contract|valid|term|period|date|dates|effective|agreement|licence|license|cover|service|live|good|paid|covered|lasts?) (?:valid )?to|to date|date to)$/
/** How it ends where it has no day: mostly words. */
export const CIRCUMSTANCES = /\bcircumstances\b|\b(?:if|where) (?:there is )?(?:no|not)\b/
const START =
  /\b(?:starts?|started|starting|commenc\w*|begins?|began|beginning|inception|effective|go live|live from|live date)\b|^(?:(?:date|valid|contract|term|period|agreement|cover|service) )?from(?: date)?$|^since$/
const EXTENSION =
  /\b(?:ext|exts|extn|extns|extens(?:ion|ions|ible)|extend(?:s|ed|able|ing)?|options?|optional|opts?)\b/
const WITHOUT =
  /\b(?:excl?|excluding|exclusive|exc|without|before|not including|prior to|no|ex|disregarding|ignoring|discounting|not counting|omitting|exclusive of|less)\b/
const WITH =
  /\b(?:incl?|including|inclusive|with|all|if|can|may|might|could|possible|potential|max|maximum|final|ultimate|full|available|latest|exercised|taken up|plus)\b/
const MONEY =
  /\b(?:values?|amounts?|costs?|prices?|worth|fees?|charges?|consideration|tcv|acv)\b|^(?:grand )?(?:total|sum)(?:$| over\b)|\b(?:contract|agreement|award) sum\b/
const LENGTH =
  /\b(?:months?|length|lengths|period|periods|duration|durations|term|terms|years?|weeks?|days|yrs?|mths?)\b/
/** Dates and people of other things than the contract itself. */
const OTHER_THING =
  /\b(?:insurance|certificates?|bond|guarantee|warranty|accreditation|dbs|passport|visa|birth|invoice|invoiced|payment|paid|tender|tenders|bid|bids|submission|created|modified|updated|uploaded|published|publication|signed|signature|signatory|approved|approval|awarded|award|notified|entered|recorded|received|closing|clarification|evaluation|standstill|retention|reminder|alert|notification|break|breakpoint|last(?! day\b)|previous|next meeting|refresh)\b/
/** When it is done: the end where no other column gives one. */
const COMPLETION = /\b(?:completion|complete(?:s| by)|completing)\b/
/** Dates and lengths that tell nothing of a contract's course. */
const BESIDE =
  /\b(?:insurance|certificates?|bond|guarantee|warranty|accreditation|dbs|passport|visa|birth|invoice|invoiced|payment|paid|credit|tender|tenders|bid|bids|submission|created|modified|updated|uploaded|published|publication|signed|signature|approved|approval|awarded|award|entered|recorded|received|issued|posted|closing|clarification|evaluation|standstill|retention|refresh|age|elapsed|remaining|response|sla|delivery(?! date)|lead time|spend|report(?:ed|ing)?|extract(?:ed)?|as at|timestamp|download(?:ed)?)\b/

/** Whether a heading names a date or a length of another thing than a contract's course. */
export function isBeside({ text }: Heading): boolean {
  const key = compared(text)
  return BESIDE.test(key) || START.test(key) || OF_EXPORT.has(key)
}

/** Whether a heading names something of a contract's course, whatever stands below it. */
export function isOfCourse({ text }: Heading): boolean {
  const key = compared(text)
  return OF_COURSE.test(key) && !BESIDE.test(key)
}
const OF_COURSE =
  /\b(?:renew\w*|exten(?:d(?:ed|s|ing)?|sions?)|notice|terminat\w*|expir\w*|exit|options?|breaks?|roll(?:s|ing|over)|cancel\w*|ceas\w*|continu\w*|ended|closed|withdrawn|handed back|decommission\w*|served|holding over|held over|still (?:running|used|supplied|live))\b/

/** Of an export of ours: what is no field of a register. */
export const OF_EXPORT: ReadonlySet<string> = new Set([
  ...[
    'words of the value',
    'ends of the options',
    'watched',
    'ends now',
    'kept in',
    'as of change',
  ],
])

const NO_DATE =
  /\b(?:reason|rationale|notice|status|type|clause|rights?|user|owner|year end|month end|front|back|justification|comments?|notes?|number|count|remaining|days (?:to|until|left)|(?:days|weeks|months|time) (?:to|until|before|till)|left|due|spend|trend|friend|email|flag|url|link)\b/

function match(field: Field, weight: number): Match {
  return { field, rank: BY_WORDS + weight, isByWords: true }
}

/** What the words of a heading mean; `hasUnit`: a unit of time stood behind them. */
function meaningOf(key: string, hasUnit: boolean): Match | null {
  if (key === '' || key.split(' ').length > 24) return null
  const has = (words: RegExp) => words.test(key)
  return (
    meaningOfTime(has, key, hasUnit) ??
    meaningOfMoney(has) ??
    meaningOfPeople(has) ??
    meaningOfRelease(has, key) ??
    meaningOfText(has, key)
  )
}

type Has = (words: RegExp) => boolean

/** Of one cell with the first day and the last, or how long it is: a term as it is written. */
const OF_BOTH =
  /\b(?:start\w*|commenc\w*|begin\w*|effective)(?: dates?)?(?: (?:and|to))?(?: contract)? (?:(?:ends?|expiry|finish|completion)(?: dates?)?(?: and\b.*)?$|(?:and )?(?:its )?(?:duration|length)\b)/

function meaningOfTime(has: Has, key: string, hasUnit: boolean): Match | null {
  if (
    has(/\bexercise|\bto be exercised\b|\b(?:options?|extensions?) (?:decision|decided)\b/) &&
    has(/\b(?:by|before|deadline|(?<!\bto )dates?|until|latest|due|last day)\b/) &&
    !has(MONEY)
  ) {
    return match('optionBy', 0)
  }
  // `Lapses (break)` is an end with a break beside it.
  const isBreak = has(/\bbreak(?:s|points?)?\b/) && !has(/\bnotice\b/) && !has(MONEY)
  if (isBreak && has(/^(?:ends?|expir\w+|lapses?|finish\w*|until|runs to|end date|term) break/))
    return match('end', 20)
  if (isBreak) return match('breaks', 0)
  if (OF_BOTH.test(key) && !has(MONEY)) return match('termMonths', 20)
  const isNotice =
    (has(/\bnotice\b/) && !has(MONEY)) ||
    (has(/\b(?:cancell?ation|opt out|non renewal)\b/) &&
      (hasUnit || has(LENGTH) || has(/\b(?:by|deadline|date|window)\b/))) ||
    has(/\bcancel (?:by|before)\b/)
  if (isNotice) {
    if (
      has(
        /\b(?:identifier|id|type|title|url|link|ref|reference|number|no|published|publication|contract notice|award notice|ojeu|(?<!to be )(?:given|served|sent|received|issued)|address|by whom)\b/,
      )
    )
      return null
    if (has(/\b(?:date|by|deadline|on|due|before|latest|last day)\b/) && !hasUnit)
      return match('noticeBy', 0)
    return match('noticePeriod', has(/\b(?:supplier|provider|vendor)\b/) ? 20 : 0)
  }
  if (
    /^(?:it |contract )?(?:continu(?:es?|ing|ation)|carries on|goes on|runs on|stays)\b/.test(
      key,
    ) &&
    !has(/\b(?:until|to|date)\b/)
  )
    return match('automaticRenewal', 40)
  const renews =
    has(/\brenew(?:s|al|als|able|ed|ing)?\b/) ||
    has(/\b(?:roll ?over|rollover|rolls|rolling|evergreen)\b/)
  if (renews && !has(MONEY)) return meaningOfRenewal(has, hasUnit)
  if (has(EXTENSION) && !has(/\boptional (?:field|data)\b/)) {
    const found = meaningOfExtension(has, key, hasUnit)
    if (found !== null || !has(MONEY)) return found
  }
  if (
    has(/\breview\b/) &&
    !has(
      /\b(?:reviewed|reviewer|by whom|price|last|status|notes?|comments?|period|frequency|owner)\b/,
    )
  ) {
    return match('review', 0)
  }
  if (hasUnit && has(/\b(?:contract|agreement|total|initial|term)\b/) && !has(/\bremaining\b/)) {
    return has(/\b(?:values?|costs?|price|fee)\b/) ? null : match('termMonths', 0)
  }
  if (has(OTHER_THING) && !has(MONEY)) return null
  // To complete a contract may be to sign it: that is named, and not read.
  const completes =
    has(COMPLETION) &&
    !has(/\b(?:contract|agreement|legal|sale|training|form|dpia|project|task|checklist)\b/)
  if ((has(END) || END_TO.test(key) || completes) && !has(NO_DATE) && !has(MONEY)) {
    if (
      has(
        /\b(?:max|maximum|possible|potential|ultimate|final|outside|long ?stop|can|could|may|might|furthest|absolute|longest|if)\b/,
      ) &&
      !has(CIRCUMSTANCES)
    )
      return match('maximumEnd', 10)
    if (has(/\b(?:latest)\b/)) return match('extensionEnd', 20)
    if (has(/\b(?:current|revised|new|actual|amended|updated|forecast)\b/))
      return match('currentEnd', 0)
    const isOwn =
      has(/\b(?:contract|agreement|original|initial|awarded|base|core|term)\b/) ||
      key.split(' ').length === 1
    if (has(CIRCUMSTANCES)) return match('end', 40)
    if (has(/\b(?:framework|project|trial|mobili[sz]ation)\b/)) return match('end', 60)
    // Works are done before the contract ends: beside an end of its own it is named, not read.
    if (completes && !has(END)) return match('end', 65)
    const isOther = has(
      /\b(?:support|maintenance|lease|licen[cs]e|licen[cs]es|subscription|termination)\b/,
    )
    return match('end', isOther ? 50 : isOwn ? 0 : 20)
  }
  if (has(START) && !has(NO_DATE) && !has(MONEY) && !hasUnit) {
    return match(
      'start',
      has(/\b(?:contract|agreement|term)\b/)
        ? 0
        : has(/\b(?:framework|project|service)\b/)
          ? 40
          : 10,
    )
  }
  if (
    has(/\b(?:duration|length|term)\b|^(?:contract|agreement) period$|^period contract$/) &&
    !has(MONEY) &&
    !has(/\b(?:payment|notice|credit|break|remaining|terms and|short|long|search|relationship)\b/)
  ) {
    if (has(/\b(?:min|minimum)\b/)) return match('termMonths', 30)
    return match('termMonths', has(/\b(?:contract|agreement|initial)\b/) ? 0 : 10)
  }
  // Only where days stand below it.
  if (
    has(/\b(?<!^who )(?:from|since)$|^(?:it )?went live$/) &&
    !has(NO_DATE) &&
    !has(MONEY) &&
    !has(ROLE)
  )
    return match('start', 45)
  // Only where lengths of time stand below it.
  if (/^(?:plus|and then|further|then|prolongations?)$/.test(key))
    return match('extensionMonths', 60)
  return null
}

function meaningOfRenewal(has: Has, hasUnit: boolean): Match | null {
  if (has(/\brenewals? (?:status|decision|intention|outcome|plan|strategy)$/))
    return match('extensionStatus', 20)
  if (
    has(
      /\b(?:owner|manager|email|contact|status|notes?|comments?|reason|cost|by whom|count|number|reminder|reviewed|likelihood|probability|decision|intention|plan|strategy|quote)\b/,
    )
  )
    return null
  if (has(/\b(?:term|length|duration|period|periods|frequency|cycle)\b/) || hasUnit)
    return match('renewalTerm', 0)
  if (has(/\boptions?\b/)) return match('extensionMonths', 30)
  if (has(/\b(?:date|due|on|next|deadline|day|month)\b|\brenew(?:al)? by$/))
    return has(/\blast|previous\b/) ? null : match('end', 90)
  if (
    has(
      /\b(?:auto|automatic|automatically|rollover|roll over|rolls|rolling|evergreen|tacit|type|renews|self|silent|will|does)\b/,
    )
  )
    return match('automaticRenewal', 0)
  return has(/\brenewals?\b/) ? match('end', 95) : null
}

/** Of several lengths in columns of their own one behind the first. */
const LATER_EXTENSION = /\b(?:second|2nd|2|third|3rd|3|fourth|4th|4|fifth|5th)\b/
const SAYS_USED =
  /\b(?:used|taken|exercised|invoked)\b(?!.*\b(?:available|remaining|left|to|until)\b(?! date))/

/** Whether what stands below it was used: of options which, or how many. */
export function saysUsed({ key }: Heading): boolean {
  return SAYS_USED.test(key)
}

function meaningOfExtension(has: Has, key: string, hasUnit: boolean): Match | null {
  const dated = has(END) || has(/(?<!\bto )\bdates?\b|\bexten(?:sion|ded) to\b/)
  if (has(/\bhow (?:many|long)\b/) && !has(MONEY)) return match('extensionMonths', 10)
  if (
    has(
      /\bextended (?:(?:contract|agreement|award|total) )*(?:value|price|cost|amount|sum|total)\b/,
    )
  )
    return match('maximumValue', 0)
  if (has(MONEY)) {
    if (has(WITHOUT)) return match('value', 10)
    if (has(/\b(?:incl?|including|inclusive|with|plus|all)\b/)) return match('maximumValue', 0)
    return has(/\b(?:option|options)\b/) ? null : match('extensionCost', 0)
  }
  if (has(/\b(?:type|kind|reason|reasons)\b/)) return match('extensionKind', 0)
  if (has(/\b(?:status|decision|outcome)\b/)) return match('extensionStatus', 0)
  if (dated && has(WITHOUT)) return has(START) ? match('start', 20) : match('end', 5)
  if (
    LENGTH.test(key.replace(END, '')) &&
    !has(/\b(?:date|dates)\b/) &&
    !has(/\b(?:used|taken)\b(?!.*\b(?:available|remaining|left)\b)/)
  ) {
    if (has(WITHOUT)) return match('termMonths', 10)
    return match(has(LATER_EXTENSION) ? 'secondExtensionMonths' : 'extensionMonths', 0)
  }
  if (dated) {
    if (has(START) || has(/\bfrom\b/)) return match('extensionStart', 0)
    if (has(WITH)) return match('maximumEnd', 0)
    if (has(END) || has(/\bto\b/)) return match('extensionEnd', 0)
    if (has(/\boptions?\b/)) return match('maximumEnd', 40)
    return has(/\b(?:signed|agreed|approved)\b/)
      ? match('extensionAgreed', 0)
      : match('extensionEnd', 40)
  }
  if (has(SAYS_USED)) return match('extensionStatus', 30)
  if (
    has(
      /\b(?:number|no|count|notice|approver|approved|granted|requested|request|owner|comments?|notes?|agreed|rule|url|link|plan|email)\b/,
    )
  )
    return null
  if (/^(?:contract |agreement )?extended$/.test(key)) return null
  return match(has(LATER_EXTENSION) ? 'secondExtensionMonths' : 'extensionMonths', hasUnit ? 0 : 10)
}

function meaningOfMoney(has: Has): Match | null {
  // What a figure stands for: `Cost basis`, `Price frequency`, `Basis of charge`.
  if (
    has(
      /\b(?:costs?|pric(?:e|es|ing)|values?|amounts?|fees?|charges?|charging|spend|figures?|payment|billing) (?:basis|frequency|period|interval)\b|\b(?:basis|frequency) (?:cost|price|value|amount|fee|charge|payment)s?\b|^(?:basis|frequency)$|^(?:costs?|price|value|amount|fee|charge|figure|sum) (?:type|unit|is|covers?|for|period|per|relates to|represents?)$|^(?:how )?(?:payable|paid|charged|billed|invoiced)$|^how (?:we|they|it) (?:pay|paid|charge|bill|invoice)d?$/,
    ) &&
    !has(/\b(?:evaluation|award|weighting|vat|savings?|index\w*)\b/)
  )
    return match(
      'chargeUnit',
      has(/\b(?:payment|billing|pa(?:id|yable)|billed|invoiced)\b/) ? 30 : 0,
    )
  // Only where amounts stand below it.
  if (has(/^(?:per (?:annum|year)|annually|yearly)$/)) return match('annualValue', 40)
  if (
    has(
      /^(?:whole life|life ?time|full term|whole term|(?:whole life|life ?time|total) (?:spend|sum)|sum total)$/,
    )
  )
    return match('value', 40)
  if (!has(MONEY) && !has(/\b(?:spend|budget)\b/)) return null
  if (
    has(
      /\b(?:cent(?:re|er)s?|codes?|type|types|status|holder|manager|owner|review|reviews|list|model|band|basis|savings?|saving|money|threshold|number|admin|administration|transactions?|currency|unit of|frequency|terminat\w+|cancell?ation|exit|index|indexation|mechanism|approved by|comments?|notes?|reason|range)\b/,
    )
  )
    return null
  if (
    has(/\bvat\b/) &&
    !has(
      /\b(?:incl?|including|inclusive|excl?|excluding|exclusive|exc|ex|net|gross|with|without|plus)\b/,
    )
  )
    return null
  if (
    has(
      /\b(?:unit|per (?:unit|user|seat|licen[cs]e|item|device)|each(?! (?:year|month|quarter|week)))\b/,
    )
  )
    return match('unitPrice', 0)
  if (
    has(
      /\b(?:one off|oneoff|set ?up|implementation|non recurring|up ?front|installation|initial cost)\b/,
    )
  )
    return match('oneOffCharges', 0)
  if (has(/\b(?:last 12 months|last year|previous year|prior year|past year|12 month)\b/))
    return match('invoicedLastYear', 0)
  if (
    has(
      /\b(?:monthly|(?<!\d )months?|quarterly|quarter|weekly|week|daily|day|recurring)\b(?! terms?\b)/,
    )
  )
    return match('periodicCharge', 0)
  // `Spend (total or annual)`: nobody says which.
  if (
    has(/\b(?:total|whole|overall|over (?:length|life|term)|contract value)\b/) &&
    has(/\b(?:annual|yearly|per year)\b/) &&
    has(/\bor\b/)
  )
    return match('value', 30)
  if (has(/\b(?:annual|annually|annuali[sz]ed|annum|yearly|(?<!\d )year|yr|acv|12 months)\b/))
    return has(/\bto date\b/) ? null : match('annualValue', 0)
  // `Cost 2026/27`, `FY27 cost`
  if (has(/\b(?:fy ?\d\d|20\d\d \d\d)\b/)) return match('annualValue', 50)
  if (has(/\b(?:max|maximum|ceiling|cap|upper|high|highest|potential|up to|not to exceed|nte)\b/))
    return match('maximumValue', 0)
  if (
    has(
      /\b(?:spend|spent|budget|paid|invoiced|to date|actual|remaining|balance|committed|savings|variance|low|lowest|minimum|min|payment|fee type|liability|penalty|insurance|tender|bid)\b/,
    )
  )
    return null
  return match('value', has(/\b(?:contract|total|award|awarded|agreement|tcv)\b/) ? 0 : 20)
}

const NO_NAME =
  /\b(?:id|ids|number|no|code|codes|ref|reference|address|phone|telephone|tel|mobile|postcode|zip|type|size|sme|vcse|url|website|web|status|registration|registered|charity|country|region|city|town|county|state|duns|abn|crn|risk|score|rating|performance|tier|vat|sector|spend|count|ethnicity|diversity|minority|small|local|contacted|satisfaction)\b/
const ROLE =
  /\b(?:owner|owners|manager|managers|officer|holder|lead|sponsor|custodian|responsible|accountable|administrator|admin|point contact|poc|rep|representative)\b/
const SUPPLIER =
  /\b(?:suppliers?|vendors?|contractors?|providers?|counterpart(?:y|ies|s)?|awardees?|consultants?|consultancy|firm|manufacturer|payee|bidder|tenderer|third party|licensor|landlord|lessor|seller|merchant|operator)\b/

/** An address may stand behind the name. */
function isName(has: Has): boolean {
  return !has(NO_NAME) || has(/\bnames?(?: s)? (?:and )?address(?:es)?\b/)
}

function meaningOfPeople(has: Has): Match | null {
  const isEmail = has(/\b(?:e ?mail|e mail)\b/)
  if (has(/\b(?:previous|former|line)\b/) && has(ROLE)) return null
  // No person.
  if (
    has(
      /^(?:lead|responsible|accountable|owning|managing) (?:directorate|department|dept|division|service area|business (?:unit|area))s?$/,
    )
  )
    return match('department', 10)
  if (
    has(/\b(?:phone|telephone|tel|mobile|job title|position|id|signature|date|fees?|costs?)\b/) &&
    has(ROLE)
  )
    return null
  const ofBuying = has(/\b(?:procurement|category|commercial|purchasing|sourcing|buying)\b/)
  const isContact =
    has(/\bcontacts?\b/) &&
    has(
      /\b(?:contract|internal|client|council|business|department|service|procurement|commercial|authority|organisation|agency)\b/,
    )
  if (
    (has(ROLE) || isContact) &&
    !has(SUPPLIER) &&
    !has(/\b(?:account|budget code|data|risk|system|site|partner|product)\b/)
  ) {
    if (ofBuying) return match(isEmail ? 'categoryLeadEmail' : 'categoryLead', 0)
    if (has(/\b(?:deputy|backup|secondary|alternate|second)\b/))
      return match(isEmail ? 'deputyEmail' : 'deputy', 0)
    return match(isEmail ? 'ownerEmail' : 'owner', has(/\bcontract\b/) ? 0 : 20)
  }
  if (has(/\b(?:supplier|vendor|contract|relationship) (?:relationship )?manager\b/) && !isEmail)
    return match('owner', 30)
  if (
    has(SUPPLIER) &&
    !isEmail &&
    isName(has) &&
    !has(ROLE) &&
    !has(/\b(?:contacts?|group|category|agreement|description|comments?|notes?)\b/)
  ) {
    return match('supplier', has(/\b(?:sub|parent|other|prime)\b/) ? 50 : 0)
  }
  if (
    has(
      /^(?:who )?(?:looks|looked|looking) after(?: (?:it|this|by))?$|^who(?:s|se)? (?:looks after|manages|owns|runs|responsible)(?: (?:it|this))?$|^product (?:owner|manager|lead)$/,
    )
  )
    return match('owner', 40)
  if (has(/^(?:company|companies|business|organisation|organization)(?: name)?$/))
    return match('supplier', 60)
  if (has(/^through$/)) return match('reseller', 60)
  if (
    has(
      /^(?:who(?:m|ever)? )?(?:(?:contract|agreement|deal|bought|placed|let|signed) )?(?:its )?with(?: whom?)?$/,
    ) ||
    has(/^(?:other|second|2nd|contracting) party(?: name)?$|^party to (?:contract|agreement)$/)
  )
    return match('supplier', 60)
  // Only where firms stand below it.
  return has(/^who(?: is it| from| with| by)?$|^firm$/) ? match('supplier', 65) : null
}

const PRODUCT =
  /\b(?:products?|software|applications?|apps?|systems?|packages?|platforms?|solutions?|tools?|databases?|os|technolog(?:y|ies)|middleware|firmware)\b/

/** Whether the heading of a release names its product as well: `Software/version`, `Application (release)`. */
export function namesProduct({ text }: Heading): boolean {
  return PRODUCT.test(compared(text))
}

function meaningOfRelease(has: Has, key: string): Match | null {
  if (!has(/\b(?:versions?|releases?|ver|builds?)\b/)) return null
  if (
    has(
      /\b(?:dates?|notes?|control|history|contract|documents?|agreement|template|policy|status|by|owner|end|support|until|template)\b/,
    )
  )
    return null
  const isAlone =
    /^(?:(?:current|installed|latest|supported) )?(?:version|release|ver)(?: (?:number|no))?$/
  return has(PRODUCT) || isAlone.test(key) ? match('release', 10) : null
}

function meaningOfText(has: Has, key: string): Match | null {
  // Only where yes and no stand below it.
  if (/^(?:auto|automatic|autos?|renews?|renewing|rolls?|auto y n)$/.test(key)) {
    return match('automaticRenewal', 40)
  }
  if (has(/\b(?:currency|ccy)\b/)) return match('currency', 0)
  if (
    has(
      /\b(?:number|no|qty|quantity|count) (?:users|licen[cs]es|seats|units)\b|\b(?:licen[cs]e|seat|user) (?:count|quantity|qty|numbers?)\b/,
    )
  )
    return match('units', 0)
  if (
    has(
      /\b(?:procure\w*|tender(?:ing)?|sourcing|award) (?:method|route|type|process|procedure|approach|mechanism)\b|\bprocedure\b|\broute to market\b|\bmethod (?:procurement|award|tender\w*)\b|^how (?:\w+ ){0,4}(?:buy|bought|procured?|let|tendered|purchased?|sourced?|appoint(?:ed)?|choose|chosen|select(?:ed)?)\b|\bsolicitation (?:type|method)\b/,
    )
  )
    return match('route', 0)
  if (has(/\b(?:categor(?:y|ies|isation|ization)|commodity|discipline)\b/))
    return has(/\b(?:id|code|codes|lead|manager)\b/) ? null : match('category', 10)
  if (has(/\bstatus\b|\b(?:contract|agreement|lifecycle) (?:state|stage|phase)\b/)) {
    return has(
      /\b(?:sme|vcse|approval|payment|rag|vat|tax|review|risk|invoice|marital|compliance|tender|project|supplier|vendor|insurance|renewal|charity|signature|document|submission|award|workflow|sync)\b/,
    )
      ? null
      : match('status', 0)
  }
  if (has(/\bframework\b/) && has(/\bcall(?:ed)?[ -]?off\b/) && has(/\b(?:which|name|what)\b/))
    return match('parent', 20)
  const numbered =
    /\b(?:refs?|reference|references|number|numbers|no|num|nbr|nr|id|identifier|code)$/.exec(key)
  if (
    numbered &&
    !has(
      /\b(?:company|supplier|vendor|contractor|provider|charity|duns|phone|telephone|fax|mobile|account|cost|vat|cpv|lot|post|postal|zip|ward|category|commodity|sic|naics|unspsc|currency|country|department|dept|division|unit|user|owner|manager|buyer|organisation|organization|agency|entity|body|row|line|part|model|catalogue|sku|serial|object|page|version|project|budget|ledger|gl|house|registration|licence holder|person|employee|staff|region|area|site|location|asset|invoice|bid|sort|s)\b/,
    )
  ) {
    if (has(/\bframework\b|\bparent\b|\bmaster\b/)) return match('parent', 0)
    return match(
      'reference',
      has(/\b(?:contract|agreement)\b/)
        ? 0
        : has(
              /\b(?:po|order|procurement|tender|notice|document|file|record|register|unique|licen[cs]e|lease|award|reference|ref)\b/,
            )
          ? 20
          : 50,
    )
  }
  if (
    has(
      /\b(?:authority|buyer|customer|purchaser|contracting (?:body|entity)|procuring (?:body|entity)|agencys?|ministry|municipality)\b/,
    ) &&
    isName(has) &&
    !has(
      /\b(?:branch|divi\w*on|section|department|dept|unit|contact|email|e mail|contracts?|date|lead)\b/,
    )
  )
    return match('buyer', 10)
  if (
    has(
      /\b(?:department|dept|directorate|divi\w*on|service area|business (?:unit|area)|organi[sz]ation(?:al)? unit|organi[sz]ation unit|faculty|branch|section|portfolio|cost cent(?:re|er) name|service line|function)\b/,
    ) &&
    !has(/\b(?:id|code|head|number|email|e mail|contact|manager|lead)\b/)
  )
    return match('department', 10)
  if (
    has(
      /\b(?:titles?|name|descriptions?|subject|goods|services?|works|scope|purpose|details|particulars|what)\b/,
    ) &&
    !has(
      /\b(?:related|compan(?:y|ies)|file|user|login|job|body|head|framework|first|last|sur|full|contact|product|lot|team|department|project manager|role|url|ward|additional|further|other|procedure|extension|notes?|comments?|address|dates?|code|id|level|hours|credits?|desk|type|award criteria|cpv|unspsc|category|sub|bidder)\b/,
    )
  ) {
    return match(
      'title',
      has(/\b(?:title|subject)\b/) ? 0 : has(/\bname\b/) ? 10 : has(/\bdescriptions?\b/) ? 30 : 60,
    )
  }
  if (
    has(
      /^(?:agreement|licen[cs]e|subscription|lease|policy)s?$|^(?:contract|agreement)s? (?:or |and )?(?:lots?|leases?|slas?|services?)$|^lots? (?:or |and )?(?:contract|agreement)s?$/,
    )
  )
    return match('title', 70)
  return has(LINKS) &&
    !has(
      /\b(?:supplier|vendor|provider|company|website|home ?page|logo|email|tender|bid|itt|advert)\b/,
    )
    ? match('documents', 0)
    : null
}

// Words that people use of a field, and of others too: such a heading is read only where what stands below it
// fits that field and no other (column-mapping.ts).

const FAMILIES: readonly (readonly [Field, RegExp])[] = [
  [
    'supplier',
    /^who(?:m|se firm)?\b|\b(?:suppl(?:ied|y)|provided|delivered|run|operated|performed|carried out|maintained|serviced|published|made|managed|sold|done) by$|\b(?:agreement|contract|deal|bought|purchased|procured|sourced|hired|leased|rented|ordered|buy|comes?) (?:from|with)$|\b(?:paid|contracted|let|awarded|given|payable|pay) to$|\b(?:compan(?:y|ies)|partners?|publisher|source|outfit|business|organi[sz]ation|trading|party|parties|side|counter ?part\w*|winner|winning|maker|agency|charity|from|with|whom|they|them|supplie[rd]\w*|contractor\w*|consultants?|provider\w*)\b/,
  ],
  [
    'owner',
    /^who(?!.*\b(?:from|with|pay|paid|use|buy|to)\b)|\b(?:in charge|heads? of|head|contacts?|ask|champion|person|people|handled|handles|managed|run|minder|minded|held|sro|our|ours|us|officers?|responsible|responsibility|keeper|sponsors?|handler|holder|desk|leads?|client|owne[rd]|manager|rep|representative|name|by)\b/,
  ],
  [
    'title',
    /^what\b|\b(?:items?|things?|projects?|schemes?|requirements?|procurements?|purchases?|jobs?|nature|deals?|about|arrangements?|activity|programmes?|systems?|summary|lines?|packages?|needs?|topic|matter|commodity|work|works|bought|buying|covers?|covering|supply|specification|brief|concern(?:s|ing)?|regarding|re|subject|called|known as|heading|particulars|for|services?|goods|contracts?|agreements?)\b/,
  ],
  ['annualValue', /\b(?:a|each|every|per) year\b|\b(?:annual\w*|annum|yearly|p ?a)\b/],
  [
    'periodicCharge',
    /\b(?:(?:a|each|every|per) (?:month|quarter|week)|monthly|quarterly|weekly|pcm)\b/,
  ],
  [
    'value',
    /\b(?:how much|size|bill|commitment|spend\w*|spent|budget|award(?:ed)?|worth|pay(?:ing|able|s)?|paid|outlay|price\w*|money|total|sum|overall|life ?time|life|in all|costs?|cash|expenditure|figure|amount|consideration|ceiling|fees?|charges?|rent|premium|values?)\b/,
  ],
  [
    'maximumEnd',
    /\b(?:could|can|may|might|if|every|all|furthest|outer|longest|absolute|latest|drop ?dead|long ?stop|possible|at most|ever|full(?:y|est)?|back ?stop|exten\w+|options?|opts?)\b/,
  ],
  ['review', /\b(?:look|revisit|decide|decision|discuss|think|trigger)\b/],
  [
    'noticeBy',
    /\b(?:get(?:ting)? out|last chance|tell (?:them|supplier|provider)|say no|speak now|cancel\w*|leave|opt(?:ing)? out|stop it|walk away|kill|shout)\b/,
  ],
  [
    'start',
    /\b(?:day one|first day|kick(?:ed)? ?off|live|opening|opened|opens|taken on|on site|since|begun|signed up|joined|in place|arrived|mobili[sz]ed|dated|from|let|on|in force|entered into|took effect|term)\b/,
  ],
  [
    'end',
    /\b(?:up|out|off|falls? (?:away|in)|good (?:to|for)|to|until|final day|last day|drops? off|ceas\w+|clos(?:es?|ing)|dies|gone|over|lasts?|runs?|covered|determin\w+|expir\w+|ends?|terminat\w+|lapses?|through|due|finish\w*|term)\b/,
  ],
  [
    'automaticRenewal',
    /\b(?:roll\w*|carr(?:y|ies) on|keeps? going|goes? on|renew\w*|next|then|afterwards?|after|auto\w*|self|itself|continu\w*|evergreen|runs? on)\b/,
  ],
  [
    'noticePeriod',
    /\b(?:leav\w+|warning|(?:get|getting|way) out|quit\w*|walk(?:ing)? away|exit\w*|out|terminat\w+|determin\w+|cancel\w*|stop\w*|withdraw\w*|before(?:hand)?|shout|kill|tell|warn|opt(?:ing)? out|either (?:party|side)|escape|unwind|notice|ntc|break\w*)\b/,
  ],
  [
    'extensionMonths',
    /\b(?:more|further|extra\w*|add(?:ed|ing)? ?ons?|could|can|may|might|possible|possibly|room|headroom|left|longer|another|again|in hand|spare|stretch|prolong\w*|lengthen\w*|optional|plus|go on|exten\w+|options?|opts?|top ?up|additional|beyond)\b|^\+$/,
  ],
  [
    'termMonths',
    /\b(?:how long|runs? for|lasts?|signed up|tied in|locked in|initial|fixed|duration|committed|length|period|term|for)\b/,
  ],
  [
    'status',
    /\b(?:where|stands?|standing|position|rag|stage|phase|state|live|active|current|in force|still|disposition|condition|situation)\b/,
  ],
  [
    'extensionStatus',
    /\b(?:decisions?|decided|outcomes?|intentions?|intended|next steps?|plans?|strateg(?:y|ies)|action|future|what happens)\b/,
  ],
  [
    'department',
    /^(?:where|(?:who|whom) for|for (?:who|whom)|unit|sites?|whose budget|area|office|service|section|users?|used by|block|schools?|house|place|location|client|division|directorate|dept|team|cost centre)$/,
  ],
]
/** These are of other things, whatever stands below them. */
const OF_OTHERS =
  /\b(?:notes?|comments?|remarks?|reason|address\w*|phone|telephone|tel|mobile|post ?code|insurance|deposit|retention|bond|guarantee|penalt(?:y|ies)|savings?|liabilit(?:y|ies)|invoice[ds]?|invoicing|budget code|cost centre|account|signed(?! up)|signature|approved|approval|authori[sz]ed|created|entered|updated|modified|author|reported|checked|raised by|requested|requester|finance|legal|previous|former|old|last year|minute|tender|bid|quote|(?:cancell?ation|termination|exit|leaving) (?:fees?|charges?|costs?|payments?)|traded|trading (?:with|since)|relationship|related|subsidiar(?:y|ies)|(?:suppliers?|vendors?|contractors?|providers?) (?:(?:main|key|sales|account) )?(?:contacts?|person|rep\w*|manager|name s))\b/

/** The fields of which a heading has a word, in the order in which they are tried. */
export function familiesOf({ key }: Heading): readonly Field[] {
  if (key === '' || key.split(' ').length > 12 || OF_OTHERS.test(key)) return []
  const isBeside = BESIDE.test(key.replace('signed up', '')) || ROLE.test(key)
  return FAMILIES.flatMap(([field, words]) => {
    return words.test(key) && !(isBeside && DATE_FIELDS.includes(field)) ? [field] : []
  })
}

/** Whether a plain no below it says that a contract is over: `Live?`, `Still in use`. */
export function isAboutLiving({ key }: Heading): boolean {
  return /^(?:is it )?(?:still )?(?:live|active|current|in (?:force|use|place)|running|going)(?: (?:y n|now))?$/.test(
    key,
  )
}

/** Whether a heading is of another thing than the contract, whatever stands below it. */
export function isOfOthers({ key }: Heading): boolean {
  return OF_OTHERS.test(key) || NO_NAME.test(key)
}

/** Only where addresses stand below it (`isDenied`): a column of "yes" has no links. */
const LINKS =
  /\b(?:documents?|docs?|attachments?|hyperlinks?|share ?point|urls?|links?|cop(?:y|ies)|files?|signed)\b/

/** Takes a heading apart; see `Heading`. */
export function readHeading(raw: string): Heading {
  const text = raw.slice(0, LIMITS.headingCharacters).replace(/\s+/g, ' ').trim()
  const packed = /\[([^\]]*\|[^\]]*)\]/.exec(text)
  let key = compared(text.replace(/\[[^\]]*\]/g, ' ').replace(OTHERWISE, ' '))
  let vat: Heading['vat'] = null
  let currency: string | null = null
  let unit: PeriodUnit | null = null
  if (!RANKS.has(key)) {
    // `(Y/N)` says how it is answered, as `(days)` and `(ex VAT)` say what it is measured in.
    const answered = / (?:y(?:es)?(?: or)? n(?:o)?|true false)$/.exec(key)
    if (answered) key = key.slice(0, answered.index)
    const tax =
      / (ex|exc|excl|excludes|excluding|exclusive of|net of|inc|incl|includes|including|inclusive of) (?:vat|tax|gst)$| (net|gross)$/.exec(
        key,
      )
    if (tax) {
      vat = /^(?:inc|gross)/.test(tax[1] ?? tax[2] ?? '') ? 'gross' : 'net'
      key = key.slice(0, tax.index)
    }
    const code = CURRENCY_LAST.exec(key)
    if (code) {
      currency = (code[1] ?? '').toUpperCase()
      key = key.slice(0, code.index)
    }
    const measure =
      /(?<!\b(?:a|each|every|per)) (?:in |no of |number of )?((?:working|business|calendar) days|w ?ds?|months?|mn?ths?|mos|days?|weeks?|wks?|years?|yrs?)$/.exec(
        key,
      )
    // `Cost/month`: what it is for.
    if (measure && !RANKS.has(key) && !MONEY.test(key.slice(0, measure.index))) {
      unit = unitOf(measure[1] ?? '')
      key = key.slice(0, measure.index)
    }
  }
  // `Months' notice`: the unit stands before what it is of.
  const before =
    /^(?:no of |number of )?(days|weeks|months|mths|years|yrs) (?:of )?(?=notice|option|extension|in hand|left)/.exec(
      key,
    )
  if (before && unit === null && !RANKS.has(key)) {
    unit = unitOf(before[1] ?? '')
    key = key.slice(before[0].length)
  }
  // `Extra years possible`
  const within =
    /\b(?:extra|more|further|additional|optional?|extension) (years|months|weeks|yrs|mths)\b/.exec(
      key,
    )
  if (within) unit ??= unitOf(within[1] ?? '')
  if (/^(?:months|years|weeks)$/.test(key)) {
    unit = unitOf(key)
    key = 'how long'
  }
  if (text.includes('£')) currency = 'GBP'
  if (text.includes('€')) currency = 'EUR'
  if (text.includes('$')) currency ??= 'USD'
  // A sign alone: `£`.
  if (key === '' && currency !== null) key = 'amount'
  return { text, key, vat, currency, unit, packed: packed?.[1]?.split('|').map(compared) ?? null }
}

/** `(or last renewal date)`, `(outside of procurement)`, `(if applicable)`: what it is not, or only at times. */
const OTHERWISE =
  /\((?:or|outside|other than|(?:if|where) (?:applicable|any|known|available|there is one))\b[^)]*\)/gi

const CURRENCY_LAST =
  / (?:in )?(gbp|eur|usd|aud|cad|chf|czk|dkk|huf|inr|jpy|nok|nzd|pln|ron|sek|uah|zar)$/

/** Whether a heading says no more than that its rows are numbered: `_id`, `Row`, `#`. */
export function isRowNumber(text: string): boolean {
  return /^\s*(?:_id|#|s\.? ?no\.?|sr\.? ?no\.?|row(?: ?(?:no|number|id))?\.?|line(?: ?no)?\.?|no\.?|objectid|fid|index|serial(?: ?no)?\.?)\s*$/i.test(
    text,
  )
}

/** A heading as it is compared: lower case, words only, without numbering. */
export function compared(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/^\s*(?:\(\d+\)|\d+[.):])\s*/, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/#|№|\bn[°º]/g, ' number ')
    .replace(/[^\p{L}\p{N}+]+/gu, ' ')
    .trim()
}

/** The field of this name, forgiving case and separators; null where there is none. */
export function fieldNamed(name: string): Field | null {
  const wanted = compared(name).replaceAll(' ', '')
  return FIELDS.find((field) => field.toLowerCase() === wanted) ?? null
}

function rankHeadings(): ReadonlyMap<string, Match> {
  const ranks = new Map<string, Match>()
  for (const field of FIELDS) {
    HEADINGS[field].forEach((key, rank) => {
      if (!ranks.has(key)) ranks.set(key, { field, rank, isByWords: false })
    })
  }
  return ranks
}

function unitOf(word: string): PeriodUnit {
  if (/^(?:working|business) days$|^w ?d/.test(word)) return 'working-days'
  if (word === 'calendar days') return 'days'
  const first = word[0]
  return first === 'd' ? 'days' : first === 'w' ? 'weeks' : first === 'y' ? 'years' : 'months'
}

import { fieldOf, readHeading } from '../src/register/column-names.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { cellCases, cellSays, readingOf, refusal, written } from './support/register-file.ts'

/**
 * Headings with the field that they are, those of published registers and of the import sheets of
 * contract software as their data dictionaries and first lines have them: NHSBSA with FOI-03202 from
 * Atamis, Birmingham, Leicester, Bristol, the transparency schema of local government as Norfolk
 * numbers it, London Legacy Development Corporation, Contracts Finder, Idaho, Boston, Tennessee,
 * Indiana, District of Columbia, Philadelphia, Moldova, ACT, Sydney, OpenSAM, Unimarket, Coupa,
 * Snipe-IT, BigFix, and the tracking sheets that CobbleStone, Tracktual, pocsheet and legalclarity
 * recommend.
 */
const HEADINGS = `
annualValue: ESTIMATED_ANNUAL_VALUE · Annual contract value · Annual contract value (€) ·
  Annualised value
automaticRenewal: auto_renew · Auto-renewal clause · Auto-renew?
buyer: Body Name · Entity · The agency's name and address · Organisation Name · buyer · agency_name · agency · Procuring Agency ·
  (01) Body Name
category: PRIMARY_PROCUREMENT_CATEGORY · Product Category · Service Area Categorisation ·
  ProcurementCategory · (09) Service Category label · commodity · Discipline
categoryLead: Category lead
contractType: OJEU Contract Type
currency: Currency Code
currentEnd: CONTRACT_CURRENT_END_DATE · CURRENT_END_DATE
department: Department · Organisational Unit · dept · dept_name · Department_Name ·
  Local authority department responsible · Lead directorate · Responsible department ·
  Agency Branch · Agency Divison
end: Validity Period End · (18) End date · Contract end date · expires · expire_dt · expire_date ·
  end_date · End_Date · expires_at · Renewal dates · Expires · expiration_date · entitlement_end ·
  contract_end · ContractEndDate · End date for the contract (without possible extensions)
extensionEnd: Extension: to
extensionStatus: Extensions used · Ext taken so far · Options exercised to date · Renewal status
extensionMonths: Extension Period Months · (20) Extension period in months · option_period ·
  Duration of extension in months
maximumEnd: MAXIMUM_CONTRACT_END_DATE · max_end · Option to extend until
maximumValue: max_amt
noticeBy: Cancellation deadline
noticePeriod: renewal_notice_days · Notice window (days) · Notice period (months)
nothing: CONTRACT_EXTENDED · CONTRACT_CF_AWARD_NOTICE · NUMBER_OF_EXCLUDED_BIDDERS ·
  NAMES_OF_EXCLUDED_BIDDERS · PROCUREMENT_YEAR · (13) CPV label ·
  (25) Supplier registered company number · (31) VCSE supplier type · (36) Tender document URL ·
  Contract completion date · Published Date · Closing Date · Postcode · number_options ·
  commodity_code · admin_fee · previous_solicitation · notes · vendor_id · vendor_address_1 ·
  supplier_id · part_number · unspsc_code · begin_year · amendment · award_date · Bid_Number ·
  Remaining_Contract_Months · Total_Transactions · Contractor Id · Contract Date ·
  Purchasing Org Units · Funds Remaining · Savings % · Created By · Counterparty City ·
  Details of any related company · Last reviewed date · Payment terms · Supplier address · Completed by · DPIA completion
ocid: (05) Open Contracting ID · Open Contracting ID
owner: contracting_officer · Owner · Point of contact · Contract manager · Directorate lead
ownerEmail: admin_email · Owner email
reference: REFERENCE_NUMBER · CONTRACT_REF · Contract Id · Contract number ·
  Contract Reference Number · (04) Contract reference number · Contract reference ·
  Notice Identifier · contract_number · swc_nbr · contract_id · Workspace Number · Contract # ·
  (03) Contract reference number · Agreement N° · Contract №
parent: If this was called off a central framework please say which one
review: (19) Review date · Review date scheduled for this contract
route: PROCUREMENT_ROUTE · OJEU Procedure Type · How was it bought? · How did we procure this?
secondExtensionMonths: Duration of second extension period in months ·
  Duration of third extension period in months
start: CONTRACT_START_DATE · START_DATE · Validity Period Start · Start date ·
  (17) Contract start date · start · begin_dt · begin_date · Contract Start Date ·
  entitlement_start · Contract Effective Date · Start date of the contract ·
  Start date (or date of the last renewal)
status: Contract Status · status
supplier: SUPPLIER_NAME · WINNING_BIDDER · Vendor · Supplier Name ·
  Other parties to the contract · Supplier [Name|Address|Ref type|Ref Number|Is SME|Is VCSE] ·
  vendor · vendor_name · contractor · Counterpart Name · Counterparty Name ·
  Supplier (Name & Address) · Private sector supplier (if known)
team: Directorate
termMonths: CURRENT_TERM_MONTHS · Total_Contract_Months · Contract Duration (Months)
title: CONTRACT_TITLE · SHORT_DESCRIPTION · CONTRACT_NAME · Contract Description ·
  Title of agreement · Title Of The Agreement · Brief description of the contract ·
  contract_descr · Contract_Description · Particulars of the works to be provided · Tender Title · Contract Title/Name · Agreement · Licence
unitPrice: unit_cost_usd
units: seats
value: CONTRACT_AWARD_VALUE · CURRENT_VALUE · Original Contract Value · Contract value ·
  Contract value excl variations ($) · Amount · Value - exact amount of the contract ·
  contract_amount · Contract_Amount · purchase_cost · Total value · Value (ex VAT) ·
  Total value £ · Sum to be paid over the length of the contract · Contract sum
vatRecoverable: Value Added Tax that cannot be recovered
`
  .trim()
  .replaceAll(/ ·\n +/g, ' · ')
  .split('\n')
  .flatMap((line) => {
    const [, field = '', headings = ''] = /^(\w+): (.*)$/.exec(line) ?? []
    return headings.split(' · ').map((heading) => ({ heading, field }))
  })

test('of published headings 95 in a hundred are understood, and none as another thing', () => {
  expect(HEADINGS.length).toBeGreaterThanOrEqual(190)
  const read = HEADINGS.map(({ heading, field }) => {
    const found = fieldOf(readHeading(heading))?.field ?? 'nothing'
    return { found, field, says: `${heading}: ${found}, not ${field}` }
  })
  const wrong = read.filter(({ found, field }) => found !== field)
  const words = wrong.map(({ says }) => says).join('\n')
  expect(wrong.length, words).toBeLessThanOrEqual(HEADINGS.length * 0.05)
  // What is not read is named as not used; what is read as another thing would be lost.
  expect(wrong.filter(({ found }) => found !== 'nothing')).toEqual([])
})

const CELLS = `
a day that means the completion is the end only where no other column gives one
> Ref,Title,#
> A1,Works,*
> A2,Post,2027-02-28
Completion Date · Practical completion · Planned completion · Date of completion · Stop date ·
  Renew by | 2027-01-31 | end 2027-01-31

a day of the works beside the end of the contract is named, and not read
> Ref,Title,End date,#
> A1,Works,2027-12-31,*
> A2,Road,2027-11-30,2027-02-28
Practical completion · Completion date · Contract completion date | 2027-01-31 | asks end, column notes

of several ends the one of the contract itself is taken
> Ref,Title,#
> A1,Taxis,~
Contract finishes,Last day incl. all extensions | 2027-01-31,2029-01-31 |
  end 2027-01-31, option 2029-01-31

a column that is not read is named with what it may be
> Ref,Title,End date,#
> A1,Taxis,2027-01-31,*
> A2,Post,2027-02-28,*
Horizon | 2029-01-31 | asks end, column notes
Project finish | 31 Jan 2028 | asks end, column notes
Date notice given | 2026-10-01 | asks end, column warns
Grace | 12 months | column warns
Price held until | 2026-12-31 | asks end, column notes
Manager since | 2 June 2026 | column warns
Total works | 31/12/2026 | asks end, column notes
Holdover | 2 x 6 months | column warns
Date signed | 2026-10-01 | column notes
Insurance expiry | 2026-10-01 | column notes
Created | 2026-10-01 | column notes
Award date | 2026-10-01 | column notes
Payment terms | 30 days | column notes

the latest end possible alone is the end, with one question about the column
> Ref,Title,#
> A1,Taxis,*
> A2,Post,*
Max end date | 2029-01-31 | end 2029-01-31, endIsMaximum yes, option 2029-01-31, asks end
Latest possible end | 2029-01-31 | end 2029-01-31, endIsMaximum yes, option 2029-01-31, asks end
End incl. all extensions | 31/01/2029 |
  end 2029-01-31, endIsMaximum yes, option 2029-01-31, asks end
Long stop end | 31 Jan 2029 | end 2029-01-31, endIsMaximum yes, option 2029-01-31, asks end

of two ends the earlier warns, whichever it is
> Ref,Title,#
> A1,Taxis,~
> A2,Post,2028-01-31,2027-01-31
> A3,Gas,2027-01-31,2027-02-01
Initial end date,Expiry date | 2027-01-31,2028-01-31 · 2028-01-31,2027-01-31 |
  end 2027-01-31, asks end
Contract end,Subscription expires | 2027-01-31,2028-01-31 · 2028-01-31,2027-01-31 |
  end 2027-01-31, asks end
End date,Licence valid thru | 2027-01-31,2028-01-31 · 2028-01-31,2027-01-31 |
  end 2027-01-31, asks end
Sunset,Valid until | 2027-01-31,2028-01-31 · 2028-01-31,2027-01-31 |
  end 2027-01-31, asks end
Current end,Revised end | 2027-01-31,2028-01-31 · 2028-01-31,2027-01-31 |
  end 2027-01-31, asks end
End date,Termination date | 2027-01-31,2028-01-31 · 2028-01-31,2027-01-31 |
  end 2027-01-31, asks end
Initial end date,Expiry date | 2025-01-31,2028-01-31 | end 2025-01-31, now 2028-01-31
Initial end date,Expiry date | ,2028-01-31 | end 2028-01-31

a day by which notice is due
> Ref,Title,End date,Auto renew,#
> A1,CRM,2027-01-31,Yes,*
Notice by · Cancellation deadline · Last day for notice · Notice date (latest) | 2026-12-16 |
  by 2026-12-16

a heading names the unit of its cells
> Ref,Title,End date,Auto renew,"#"
> A1,CRM,2027-01-31,Yes,*
Notice (wks) | 6 | notice 6 weeks
Notice (mths) | 3 | notice 3 months
Notice (working days) | 20 | notice 20 working-days
Notice (business days) | 20 | notice 20 working-days
Notice (WD) | 20 | notice 20 working-days
Notice, calendar days | 60 | notice 60 days
Notice - no. of weeks | 8 | notice 8 weeks
Notice window (weeks) | 6 | notice 6 weeks

a heading names the currency of its cells
> Ref,Title,End date,Seats,#
> A1,CRM,2027-01-31,10,*
Price per seat (EUR) | 12 | unitPrice 12.00, currency EUR
£ p.a. | 12000 | value 12000.00, annual
£ per annum | 12,000.00 | value 12000.00, annual
£ pcm | 1000 | 1000.00 month
€ per quarter | 3000 | currency EUR, 3000.00 quarter

beside an end that rolls a renewal is how long its terms are
> Ref,Title,Start,End,Notice,#
> A1,CRM,2024-04-01,rolling,3 months,*
Renewal | monthly | every 1 months
Renewal | 12 months | every 12 months
Renewals | Annual | every 12 months
Contract renewal | quarterly | every 3 months

a heading is read by its words, also those that no list has
> Ref,Title,Start,#
> A1,CRM,2024-04-01,*
> A2,ERP,2024-05-01,*
Who with | Beck Ltd | supplier in its words, warns, column warns
Contract with | Beck Ltd | supplier in its words, warns, column warns
With whom | Beck Ltd | supplier in its words, warns, column warns
Other party | Beck Ltd | supplier in its words, warns, column warns
End date (disregarding any option) | 2027-03-31 | end 2027-03-31
Contract end ignoring extensions | 2027-03-31 | end 2027-03-31
Expiry not counting any extension | 2027-03-31 | end 2027-03-31
Per annum | 12000 | value 12000.00, annual, warns, column warns
Whole life | £36k | value 36000.00, committed, warns, column warns
Who looks after it | A. Beck | owner in its words, warns, column warns
Product owner | A. Beck | owner in its words, warns, column warns

words of what it costs, who stands in and what may be
> Ref,Title,End date,#
> A1,Taxis,2027-03-31,*
> A2,Post,2027-03-31,*
Ann. Value (ex VAT) | 1000 | value 1000.00, annual, vat net
Approx. spend each year | 1000 | value 1000.00, annual
Can be extended to | 2029-03-31 | option 2029-03-31
Incumbent | Orr Ltd | supplier in its words
Cover | Ibrahim Sule | deputy in its words
Break / notice | 3 months | notice 3 months, asks renewal

a contract and its lot in one column are its title
> Ref,Supplier,Start,#
> A1,Orr,2024-04-01,*
Contract / Lot | Roofing, lot 2 | title in its words, warns, column warns
`

test.each(cellCases(CELLS))('$promise: $heading $cell', async ({ register, cell, says }) => {
  expect(await cellSays(register, cell, { today: asCivilDate('2026-11-29') })).toBe(says)
})

describe('a file whose end nobody would see says so', () => {
  test.each([
    ...['Contract completion', 'Fertigstellung', 'Ablaufdatum', 'Milestone', 'Drop-dead'],
    ...['Break', 'H-date'],
  ])('"%s" alone is refused by name before anything is read', async (heading) => {
    const content = `Ref,Title,${heading}\nA1,Taxis,2027-01-31\nA2,Post,2027-02-28\n`
    const told = await refusal(written('no-end.csv', content))
    expect(told).toContain('no column is read as the end')
    expect(told).toContain(`--map end="${heading}"`)
    const mapped = (to: string) => readingOf('no-end.csv', content, { map: new Map([['end', to]]) })
    const { drafts } = await mapped(heading)
    expect(drafts.map(({ end }) => end.kind)).toEqual(['dated', 'dated'])
    const none = await mapped('none')
    expect(none.drafts.map(({ end }) => end.kind)).toEqual(['undated', 'undated'])
    expect(none.register.warnings?.[0]?.problem).toContain('no column holds an end')
  })

  test('every column that could be the end is named, not the last alone', async () => {
    const content =
      'Ref,Title,Ablauf,Zieltermin,Date signed\nA1,Taxis,2028-01-31,2027-01-31,2024-01-01\n'
    const told = await refusal(written('several.csv', content))
    expect(told).toContain('--map end="Ablauf"')
    expect(told).toContain('--map end="Zieltermin"')
    expect(told).not.toContain('signed')
  })

  test.each([
    ['Horizon', '2029-01-31', 'dates'],
    ['Holdover', '2 x 6 months', 'lengths of time'],
  ])('beside the end the unused "%s" is named with what it holds', async (heading, cell, holds) => {
    const content = `Ref,Title,End,${heading}\nA1,Taxis,2027-01-31,${cell}\n`
    const { register } = await readingOf('beside.csv', content)
    expect(register.warnings).toMatchObject([{ field: heading, value: cell }])
    expect(register.warnings?.[0]?.problem).toContain(holds)
    expect(register.warnings?.[0]?.remedy).toContain(`="${heading}"`)
  })

  test('of two ends the first, the second or an extension is the answer', async () => {
    const content = 'Ref,Title,Start,Sunset,Valid until\nA1,Taxis,,2027-01-31,2028-01-31\n'
    const { problems } = await readingOf('two.csv', content)
    expect(problems[0]?.ask?.choices.map(({ id }) => id)).toEqual(['first', 'second', 'extended'])
  })
})

/** Headings of people's own, with the field that they are above such cells and beside the other fields. */
const FITTING = `
supplier: Whom do we use? · Supplied by · Delivery partner · Outfit · Paid to · Off whom |
  Beck & Sons Ltd · Orr plc
title: What did they sell us? · Purchase · Concerning · Scheme · What about | Taxis to school · Salt for roads
owner: Buyer · Head of service · Whose job · Who handles it? · Ask · In charge · Handled by · Minder | Ann Beck · B. Orr
value: How much · Outlay · Bill · Price tag | £12,000 · £8,400
annualValue: £ a year · How much each year | 12000 · 8400
chargeUnit: How we pay · Sum is | monthly · quarterly
start: Signed up · Live on · Let on · Opened · Kicked off · Day one | 2024-04-01 · 2024-05-01
end: Comes up on · Falls away · Off hire · Good to · Determines | 2027-03-31 · 2027-04-30
maximumEnd: Could go on to · Long-stop · At most · If everything is taken up |
  2029-03-31 · 2029-04-30
noticeBy: Tell supplier by · Last chance · Get out by · Kill-by | 2026-12-31 · 2027-01-31
noticePeriod: How much warning? · Way out · To stop it · Leaving takes · Cry off before |
  3 months · 6 weeks
extensionMonths: May be lengthened · Room for more · More years · Prolongation · Can we add? |
  12 months · 1+1 years
extensionMonths: Yrs in hand · Extra years possible | 1 · 2
termMonths: How long · Signed up for · Tied in for · Months | 36 months · 24 months
automaticRenewal: Then what · Keeps going? | yes · no
status: State of play · Disposition · Where are we? | Live · Expired
department: Site · Who for | Town hall · Library
termMonths: Start/end · Commencement and expiry dates · Start date and length |
  01/04/2024 - 31/03/2027 · 01/05/2024, 3 years
value: Cost (total or yearly) · Overall or annual spend · Notice value | £12,000 · £8,400
maximumValue: Extended agreement value | £12,000 · £8,400
supplier: Names & addresses of providers | Hale Ltd · Oak Ltd
owner: Which officer (other than procurement) is responsible · Buyer names | Ann Beck · Ben Orr
extensionMonths: If it can be extended past its end date how many years could that be | 2 · 1
review: Trigger day | 2026-11-01 · 2026-12-01
`
  .trim()
  .replaceAll(/ ([|·])\n +/g, ' $1 ')
  .split('\n')
  .flatMap((line) => {
    const [, field = '', headings = '', cells = ''] = /^(\w+): (.*) \| (.*)$/.exec(line) ?? []
    return headings.split(' · ').map((heading) => ({ heading, field, cells: cells.split(' · ') }))
  })

/** Two rows with this column in place of that of the same field; the headings as they were read. */
async function besideOthers(field: string, heading: string, cells: readonly string[]) {
  const others = [
    ['reference', 'Ref', 'A1', 'A2'],
    ['title', 'Title', 'Gas for halls', 'Oil for vans'],
    ['supplier', 'Supplier', 'Hale Ltd', 'Oak Ltd'],
    ['start', 'Start date', '2024-04-01', '2024-05-01'],
    ['end', 'End date', '2027-03-31', '2027-04-30'],
  ].filter(([of]) => of !== field)
  const lines = [heading, ...cells].map((cell, at) => {
    return [...others.map((other) => other[at + 1]), JSON.stringify(cell)].join(',')
  })
  const { register } = await readingOf('fitting.csv', `${lines.join('\n')}\n`)
  return register.headingsRead?.at(-1)
}

test.each(FITTING)('"$heading" is its $field above $cells', async ({ heading, field, cells }) => {
  expect(await besideOthers(field, heading, cells)).toEqual({ heading, field, by: 'grammar' })
})

test.each([
  ['supplier', 'Zorb', ['Beck & Sons Ltd', 'Orr plc']],
  ['title', 'Zorb', ['Taxis to school', 'Salt for roads']],
  ['start', 'Zorb', ['2024-04-01', '2025-05-01']],
  ['value', 'Zorb', ['£12,000', '£8,400']],
])(
  'a column of which only the %s is left that it can be is read by its content, and that is said',
  async (field, heading, cells) => {
    expect(await besideOthers(field, heading, cells)).toEqual({ heading, field, by: 'content' })
  },
)

test.each([
  ['end', 'Zorb', ['2027-03-31', '2027-04-30']],
  ['owner', 'Zorb', ['Ann Beck', 'Ben Orr']],
  ['supplier', 'Who from', ['Framework', 'Quotation']],
  ['value', 'Deposit paid', ['£12,000', '£8,400']],
  ['owner', 'Requested by', ['Ann Beck', 'Ben Orr']],
  ['noticePeriod', 'Way out', ['Through the yard', 'By the gate']],
  ['start', 'Live on', ['2028-04-01', '2028-05-01']],
  ['owner', 'Provider contact', ['Ann Beck', 'Ben Orr']],
  ['termMonths', 'How long we have traded', ['3 years', '10 years']],
  ['value', 'Cancellation fee', ['£500', '£1,000']],
])('no %s is read from "%s" above what does not say it', async (field, heading, cells) => {
  const read = besideOthers(field, heading, cells)
  if (field === 'end') await expect(read).rejects.toThrow('no column is read as the end')
  else expect(await read).toMatchObject({ heading, field: null })
})

test('numbers of one length in the first column are what a register calls its contracts by', async () => {
  const content =
    'eT RFT,Supplier,End\n301144,Alder,2027-01-31\n287650,Beck,2028-01-31\nn/a,Orr,2028-03-31\n'
  const rows = `${content}290013,Dene,2027-01-31\n310027,Elm,2027-01-31\n`
  const { drafts } = await readingOf('numbers.csv', rows)
  expect(drafts.map(({ reference }) => reference)).toEqual([
    '301144',
    '287650',
    null,
    '290013',
    '310027',
  ])
})

test('numbers of rows are no references', async () => {
  const content = '_id,Supplier,Agreement No,End\n1,Alder,77,2027-01-31\n2,Beck,78,2027-01-31\n'
  const { drafts } = await readingOf('ids.csv', content)
  expect(drafts.map(({ reference }) => reference)).toEqual(['77', '78'])
})

test('how it ends where it has no day is heard beside the day, with its notice, and asked about', async () => {
  const { drafts, problems } = await readingOf(
    'circumstances.csv',
    'Ref,Title,End date (disregarding options),"Circumstances in which it will end, if no end date"\n' +
      'A1,CRM,2027-03-31,\nA2,Vet,,Continuous until 3 months notice is given\n' +
      'A3,Vans,2028-03-31,\nA4,Bridge,,On issue of the certificate\n',
  )
  expect(drafts.map(({ end }) => end.kind)).toEqual(['dated', 'rolling', 'dated', 'undated'])
  expect(drafts[1]?.noticePeriod).toEqual({ amount: 3, unit: 'months' })
  const asked = problems.find(({ at }) => at === '5')
  expect(asked).toMatchObject({ severity: 'question', value: 'On issue of the certificate' })
})

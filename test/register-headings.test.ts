import { fieldOf, readHeading } from '../src/register/column-names.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { only, readingOf, refusal, written } from './support/register-file.ts'

/**
 * Headings of published registers and of the import sheets of contract software, as their data
 * dictionaries and first lines have them, with what each means there; null: nothing that is kept.
 */
const PUBLISHED: Readonly<Record<string, readonly (readonly [string, string | null])[]>> = {
  'NHSBSA contract register (opendata.nhsbsa.net)': [
    ['REFERENCE_NUMBER', 'reference'],
    ['CONTRACT_TITLE', 'title'],
    ['SUPPLIER_NAME', 'supplier'],
    ['SHORT_DESCRIPTION', 'title'],
    ['CONTRACT_AWARD_VALUE', 'value'],
    ['CONTRACT_START_DATE', 'start'],
    ['CONTRACT_CURRENT_END_DATE', 'currentEnd'],
    ['MAXIMUM_CONTRACT_END_DATE', 'maximumEnd'],
    ['CONTRACT_EXTENDED', null],
    ['PROCUREMENT_ROUTE', 'route'],
    ['PRIMARY_PROCUREMENT_CATEGORY', 'category'],
    ['CONTRACT_CF_AWARD_NOTICE', null],
  ],
  'FOI-03202, from Atamis (opendata.nhsbsa.net)': [
    ['CONTRACT_REF', 'reference'],
    ['CONTRACT_NAME', 'title'],
    ['WINNING_BIDDER', 'supplier'],
    ['NUMBER_OF_EXCLUDED_BIDDERS', null],
    ['NAMES_OF_EXCLUDED_BIDDERS', null],
    ['START_DATE', 'start'],
    ['CURRENT_END_DATE', 'currentEnd'],
    ['PROCUREMENT_YEAR', null],
    ['CURRENT_VALUE', 'value'],
    ['CURRENT_TERM_MONTHS', 'termMonths'],
    ['ESTIMATED_ANNUAL_VALUE', 'annualValue'],
  ],
  'Birmingham (cityobservatory.birmingham.gov.uk)': [
    ['Contract Id', 'reference'],
    ['Contract Description', 'title'],
    ['Vendor', 'supplier'],
    ['Product Category', 'category'],
    ['Directorate', 'team'],
    ['Validity Period Start', 'start'],
    ['Validity Period End', 'end'],
    ['Contract Status', 'status'],
    ['Original Contract Value', 'value'],
  ],
  'Leicester (data.leicester.gov.uk)': [
    ['Contract number', 'reference'],
    ['Title of agreement', 'title'],
    ['Department', 'department'],
    ['Contract value', 'value'],
    ['Annual contract value', 'annualValue'],
    ['Contract value excl variations ($)', 'value'],
    ['Annual contract value (€)', 'annualValue'],
    ['Start date', 'start'],
  ],
  'Bristol (gist of ijdickinson)': [
    ['Body Name', 'buyer'],
    ['Service Area Categorisation', 'category'],
    ['Organisational Unit', 'department'],
    ['Title Of The Agreement', 'title'],
    ['Contract Reference Number', 'reference'],
    ['Extension Period Months', 'extensionMonths'],
    ['Amount', 'value'],
    ['Supplier Name', 'supplier'],
    ['ProcurementCategory', 'category'],
  ],
  'Local government transparency schema, as Norfolk numbers it (norfolk.gov.uk)': [
    ['(04) Contract reference number', 'reference'],
    ['(05) Open Contracting ID', 'ocid'],
    ['(09) Service Category label', 'category'],
    ['(13) CPV label', null],
    ['(17) Contract start date', 'start'],
    ['(18) End date', 'end'],
    ['(19) Review date', 'review'],
    ['(20) Extension period in months', 'extensionMonths'],
    ['(25) Supplier registered company number', null],
    ['(31) VCSE supplier type', null],
    ['(36) Tender document URL', null],
  ],
  'London Legacy Development Corporation (queenelizabetholympicpark.co.uk)': [
    ['Contract reference', 'reference'],
    ['Entity', 'buyer'],
    ['Other parties to the contract', 'supplier'],
    ['Brief description of the contract', 'title'],
    ['Contract completion date', null],
    ['Contract end date', 'end'],
    ['Value - exact amount of the contract', 'value'],
  ],
  'Contracts Finder awards (mysociety/procurement_data)': [
    ['Notice Identifier', 'reference'],
    ['Organisation Name', 'buyer'],
    ['Supplier [Name|Address|Ref type|Ref Number|Is SME|Is VCSE]', 'supplier'],
    ['Published Date', null],
    ['Closing Date', null],
    ['Postcode', null],
  ],
  'Idaho (irworkshop/accountability_datacleaning, R_campfin/id)': [
    ['contract_number', 'reference'],
    ['buyer', 'buyer'],
    ['dept', 'department'],
    ['status', 'status'],
    ['start', 'start'],
    ['expires', 'end'],
    ['contract_amount', 'value'],
    ['number_options', null],
    ['max_end', 'maximumEnd'],
    ['vendor', 'supplier'],
    ['commodity', 'category'],
    ['commodity_code', null],
    ['admin_fee', null],
    ['previous_solicitation', null],
    ['notes', null],
    ['agency_name', 'buyer'],
  ],
  'Boston (talos/docker4data, current_active_contracts)': [
    ['vendor_id', null],
    ['vendor_name', 'supplier'],
    ['contract_descr', 'title'],
    ['begin_dt', 'start'],
    ['expire_dt', 'end'],
    ['max_amt', 'maximumValue'],
    ['dept_name', 'department'],
    ['vendor_address_1', null],
  ],
  'Tennessee (irworkshop/accountability_datacleaning, R_campfin/tn)': [
    ['swc_nbr', 'reference'],
    ['begin_date', 'start'],
    ['expire_date', 'end'],
    ['supplier_id', null],
    ['part_number', null],
    ['unspsc_code', null],
    ['admin_email', 'ownerEmail'],
    ['begin_year', null],
  ],
  'Indiana and District of Columbia (the same, in and dc)': [
    ['contract_id', 'reference'],
    ['end_date', 'end'],
    ['agency', 'buyer'],
    ['amendment', null],
    ['option_period', 'extensionMonths'],
    ['contracting_officer', 'owner'],
    ['award_date', null],
  ],
  'Philadelphia (CityOfPhiladelphia/contracts)': [
    ['Bid_Number', null],
    ['Contract_Description', 'title'],
    ['End_Date', 'end'],
    ['Department_Name', 'department'],
    ['Contract_Amount', 'value'],
    ['Total_Contract_Months', 'termMonths'],
    ['Remaining_Contract_Months', null],
    ['Total_Transactions', null],
  ],
  'Moldova, as OCDS in a table (find_string: tmp_contracts_summary)': [
    ['Tender Title', 'title'],
    ['contractor', 'supplier'],
    ['Contractor Id', null],
    ['Procuring Agency', 'buyer'],
    ['Contract Start Date', 'start'],
  ],
  'ACT, Sydney and OpenSAM (cases of ../shared/data)': [
    ['Workspace Number', 'reference'],
    ['Contract Date', null],
    ['Contract Duration (Months)', 'termMonths'],
    ['renewal_notice_days', 'noticePeriod'],
    ['auto_renew', 'automaticRenewal'],
    ['unit_cost_usd', 'unitPrice'],
    ['expires_at', 'end'],
  ],
  'Unimarket, Coupa, Snipe-IT and BigFix exports (their manuals)': [
    ['Counterpart Name', 'supplier'],
    ['Owner', 'owner'],
    ['Purchasing Org Units', null],
    ['Renewal dates', 'end'],
    ['Funds Remaining', null],
    ['Contract #', 'reference'],
    ['Expires', 'end'],
    ['Currency Code', 'currency'],
    ['Savings %', null],
    ['Created By', null],
    ['expiration_date', 'end'],
    ['purchase_cost', 'value'],
    ['seats', 'units'],
    ['entitlement_start', 'start'],
    ['entitlement_end', 'end'],
  ],
  'Tracking sheets that are recommended (CobbleStone, Tracktual, pocsheet, legalclarity)': [
    ['Counterparty Name', 'supplier'],
    ['Counterparty City', null],
    ['Contract Title/Name', 'title'],
    ['Contract Effective Date', 'start'],
    ['Cancellation deadline', 'noticeBy'],
    ['Auto-renewal clause', 'automaticRenewal'],
    ['Notice window (days)', 'noticePeriod'],
    ['Last reviewed date', null],
    ['Contract value', 'value'],
    ['Total value', 'value'],
    ['Payment terms', null],
    ['Point of contact', 'owner'],
  ],
}

const ALL = Object.entries(PUBLISHED).flatMap(([source, headings]) =>
  headings.map(([heading, field]) => ({ source, heading, field })),
)

describe('headings mean what their words say, also those that no list has', () => {
  test('of 150 published headings 95 in a hundred are understood, and none as another thing', () => {
    expect(ALL.length).toBeGreaterThanOrEqual(150)
    const read = ALL.map((each) => ({
      ...each,
      read: fieldOf(readHeading(each.heading))?.field ?? null,
    }))
    const wrong = read.filter(({ field, read }) => field !== read)
    const say = wrong.map(({ heading, field, read }) => `${heading}: ${read}, not ${field}`)
    expect(say.length, say.join('\n')).toBeLessThanOrEqual(ALL.length * 0.05)
    // What is not read is named as not used; what is read as another thing would be lost.
    expect(wrong.filter(({ field, read }) => read !== null && field !== read)).toEqual([])
  })
})

describe('a file whose end nobody would see says so', () => {
  test('of several ends the one of the contract itself is taken, and what it is said to be', async () => {
    const { drafts } = await readingOf(
      'ends.csv',
      'Ref,Title,Contract finishes,Last day incl. all extensions\nA1,Taxis,2027-01-31,2029-01-31\n',
    )
    expect(only(drafts)).toMatchObject({ end: { latest: '2027-01-31' } })
  })

  test.each([
    'Contract completion',
    'Fertigstellung',
    'Ablaufdatum',
    'Milestone',
    'Drop-dead',
    'Break',
    'H-date',
  ])(
    'where no column is read as the end, "%s" is refused by name before anything is read',
    async (heading) => {
      const content = `Ref,Title,${heading}\nA1,Taxis,2027-01-31\nA2,Post,2027-02-28\n`
      const told = await refusal(written('no-end.csv', content))
      expect(told).toContain('no column is read as the end')
      expect(told).toContain(`--map end="${heading}"`)
      const map = new Map([['end', heading]])
      const { drafts } = await readingOf('no-end.csv', content, { map })
      expect(drafts.map(({ end }) => end.kind)).toEqual(['dated', 'dated'])
      const none = await readingOf('no-end.csv', content, { map: new Map([['end', 'none']]) })
      expect(none.drafts.map(({ end }) => end.kind)).toEqual(['undated', 'undated'])
      expect(none.register.warnings?.[0]?.problem).toContain('no column holds an end')
    },
  )

  test.each([
    ...['Completion Date', 'Practical completion', 'Planned completion', 'Date of completion'],
    ...['Stop date', 'Renew by'],
  ])('%s is the end where no other column gives one', async (heading) => {
    const { drafts } = await readingOf(
      'completion.csv',
      `Ref,Title,${heading}\nA1,Works,2027-01-31\nA2,Post,2027-02-28\n`,
    )
    expect(drafts.map(({ end }) => end)).toMatchObject([{ latest: '2027-01-31' }, {}])
  })

  test.each(['Practical completion', 'Completion date', 'Contract completion date'])(
    '%s is named beside the end of the contract, and not read',
    async (heading) => {
      const { drafts, register } = await readingOf(
        'works.csv',
        `Ref,Title,End date,${heading}\nA1,Works,2027-12-31,2027-01-31\nA2,Road,2027-11-30,2027-02-28\n`,
      )
      expect(drafts[0]).toMatchObject({ end: { latest: '2027-12-31' }, currentEnd: null })
      expect(register.warnings).toMatchObject([{ field: heading }])
    },
  )

  test.each(['Completed by', 'Training completion date', 'DPIA completion', 'Legal completion'])(
    '%s is none',
    (heading) => expect(fieldOf(readHeading(heading))?.field).not.toBe('end'),
  )

  test.each([
    ['Annualised value', 'annualValue'],
    ['Contract sum', 'value'],
    ['Lead directorate', 'department'],
    ['Responsible department', 'department'],
    ['Directorate lead', 'owner'],
    ['Supplier (Name & Address)', 'supplier'],
    ['Supplier address', undefined],
    ['Agreement', 'title'],
    ['Licence', 'title'],
  ])('%s is %s', (heading, field) => expect(fieldOf(readHeading(heading))?.field).toBe(field))

  test('every column that could be the end is named, not the last alone', async () => {
    const content =
      'Ref,Title,Ablauf,Zieltermin,Date signed\nA1,Taxis,2028-01-31,2027-01-31,2024-01-01\n'
    const told = await refusal(written('several.csv', content))
    expect(told).toContain('--map end="Ablauf"')
    expect(told).toContain('--map end="Zieltermin"')
    expect(told).not.toContain('signed')
  })

  test.each([
    ['Contract end', 'Horizon', 'dates', '2029-01-31'],
    ['End date', 'Break point', 'dates', '2026-12-31'],
    ['End date', 'Project finish', 'dates', '31 Jan 2028'],
    ['End date', 'Date notice given', 'dates', '2026-10-01'],
    ['Expiry', 'Grace', 'lengths', '12 months'],
    ['End date', 'Price held until', 'dates', '2026-12-31'],
    ['End date', 'Manager since', 'dates', '2 June 2026'],
    ['End date', 'Total works', 'dates', '31/12/2026'],
    ['Expiry', 'Holdover', 'lengths', '2 x 6 months'],
  ])(
    'beside "%s" the unused "%s" is named with what it may be',
    async (end, heading, holds, cell) => {
      const { register } = await readingOf(
        'beside.csv',
        `Ref,Title,${end},${heading}\nA1,Taxis,2027-01-31,${cell}\nA2,Post,2027-02-28,${cell}\n`,
      )
      const named = (register.warnings ?? []).filter(({ field }) => field === heading)
      expect(named).toMatchObject([{ severity: 'warning', value: cell }])
      expect(named[0]?.problem).toContain(holds === 'dates' ? 'dates' : 'lengths of time')
      expect(named[0]?.remedy).toContain(`="${heading}"`)
    },
  )

  test.each(['Date signed', 'Insurance expiry', 'Created', 'Award date', 'Payment terms'])(
    '"%s" tells nothing of the course of a contract: a note',
    async (heading) => {
      const cell = heading === 'Payment terms' ? '30 days' : '2026-10-01'
      const { register } = await readingOf(
        'beside.csv',
        `Ref,Title,End date,${heading}\nA1,Taxis,2027-01-31,${cell}\nA2,Post,2027-02-28,${cell}\n`,
      )
      expect(register.warnings).toMatchObject([{ field: heading, severity: 'note' }])
    },
  )

  test.each([
    ['Max end date', '2029-01-31'],
    ['Latest possible end', '2029-01-31'],
    ['End incl. all extensions', '31/01/2029'],
    ['Long stop end', '31 Jan 2029'],
  ])('"%s" alone is the end, with one question about the column', async (heading, cell) => {
    const { drafts, problems } = await readingOf(
      'latest.csv',
      `Ref,Title,${heading}\nA1,Taxis,${cell}\nA2,Post,${cell}\n`,
    )
    expect(drafts.map(({ end }) => end)).toMatchObject([
      { latest: '2029-01-31' },
      { latest: '2029-01-31' },
    ])
    expect(problems.map(({ ask }) => ask?.wording)).toEqual(['', ''])
  })

  test.each([
    ['Initial end date', 'Expiry date'],
    ['Contract end', 'Subscription expires'],
    ['End date', 'Licence valid thru'],
    ['Sunset', 'Valid until'],
    ['Current end', 'Revised end'],
    ['End date', 'Termination date'],
  ])('of "%s" and "%s" the earlier warns, whichever it is', async (first, second) => {
    const { drafts, problems } = await readingOf(
      'two.csv',
      `Ref,Title,${first},${second}\nA1,Taxis,2027-01-31,2028-01-31\nA2,Post,2028-01-31,2027-01-31\nA3,Gas,2027-01-31,2027-02-01\n`,
      { today: asCivilDate('2026-11-29') },
    )
    expect(drafts.map(({ end }) => (end as { latest?: string }).latest)).toEqual([
      '2027-01-31',
      '2027-01-31',
      '2027-01-31',
    ])
    expect(problems.map(({ at, severity }) => `${at} ${severity}`)).toEqual([
      '2 question',
      '3 question',
    ])
    expect(problems[0]?.ask?.choices.map(({ id }) => id)).toEqual(['first', 'second', 'extended'])
  })

  test('of an end that has passed and one still ahead the later is the current end', async () => {
    const { drafts, problems } = await readingOf(
      'two.csv',
      'Ref,Title,Initial end date,Expiry date\nA1,Taxis,2025-01-31,2028-01-31\nA2,Gas,,2028-01-31\n',
      { today: asCivilDate('2026-11-29') },
    )
    expect(drafts[0]).toMatchObject({ end: { latest: '2025-01-31' }, currentEnd: '2028-01-31' })
    expect(drafts[1]).toMatchObject({ end: { latest: '2028-01-31' } })
    expect(problems).toEqual([])
  })

  test.each(['Notice by', 'Cancellation deadline', 'Last day for notice', 'Notice date (latest)'])(
    '"%s" is the day by which notice is due',
    async (heading) => {
      const { drafts } = await readingOf(
        'notice-by.csv',
        `Ref,Title,End date,Auto renew,${heading}\nA1,CRM,2027-01-31,Yes,2026-12-16\n`,
      )
      expect(only(drafts)).toMatchObject({ noticePeriod: null, noticeText: 'by 2026-12-16' })
    },
  )

  test('numbers of rows are no references', async () => {
    const ids = await readingOf(
      'ids.csv',
      '_id,Supplier,Agreement No,End\n1,Alder,77,2027-01-31\n2,Beck,78,2027-01-31\n',
    )
    expect(ids.drafts.map(({ reference }) => reference)).toEqual(['77', '78'])
  })

  test('the unit and the currency of a heading are heard', async () => {
    const { drafts } = await readingOf(
      'units.csv',
      'Ref,Title,End date,Automatic renewal (Yes/No),Notice window (weeks),Seats,Price per seat (EUR)\n' +
        'A1,CRM,2027-01-31,Yes - annually,6,10,12\n',
    )
    expect(only(drafts)).toMatchObject({
      automaticRenewal: true,
      noticePeriod: { amount: 6, unit: 'weeks' },
      currency: 'EUR',
    })
  })

  test.each([
    ['Notice (wks)', '6', { amount: 6, unit: 'weeks' }],
    ['Notice (mths)', '3', { amount: 3, unit: 'months' }],
    ['Notice (working days)', '20', { amount: 20, unit: 'working-days' }],
    ['Notice (business days)', '20', { amount: 20, unit: 'working-days' }],
    ['Notice (WD)', '20', { amount: 20, unit: 'working-days' }],
    ['Notice, calendar days', '60', { amount: 60, unit: 'days' }],
    ['Notice - no. of weeks', '8', { amount: 8, unit: 'weeks' }],
  ])('"%s" names the unit of %s', async (heading, cell, noticePeriod) => {
    const csv = `Ref,Title,End date,Auto renew,"${heading}"\nA1,CRM,2027-01-31,Yes,${cell}\n`
    expect(only((await readingOf('unit.csv', csv)).drafts).noticePeriod).toEqual(noticePeriod)
  })

  test.each([
    ['Renewal', 'monthly', { amount: 1, unit: 'months' }],
    ['Renewal', '12 months', { amount: 12, unit: 'months' }],
    ['Renewals', 'Annual', { amount: 12, unit: 'months' }],
    ['Contract renewal', 'quarterly', { amount: 3, unit: 'months' }],
  ])('"%s" of "%s" beside "rolling" is how long its terms are', async (heading, cell, term) => {
    const csv = `Ref,Title,Start,End,Notice,${heading}\nA1,CRM,2024-04-01,rolling,3 months,${cell}\n`
    const { drafts, problems } = await readingOf('terms.csv', csv)
    expect(only(drafts)).toMatchObject({ end: { kind: 'rolling' }, renewalTerm: term })
    expect(problems).toEqual([])
  })

  test.each([
    ['Who with', 'supplier', 'Beck Ltd'],
    ['Contract with', 'supplier', 'Beck Ltd'],
    ['With whom', 'supplier', 'Beck Ltd'],
    ['Other party', 'supplier', 'Beck Ltd'],
    ['£ p.a.', 'annualValue', '12000'],
    ['£ per annum', 'annualValue', '12,000.00'],
    ['£ pcm', 'periodicCharge', '1000'],
    ['€ per quarter', 'periodicCharge', '3000'],
  ])('"%s" is read as the field %s', async (heading, field, cell) => {
    const csv = `Ref,Title,End,"${heading}"\nA1,CRM,2027-03-31,"${cell}"\nA2,ERP,2027-03-31,"${cell}"\n`
    const { register, drafts } = await readingOf('meant.csv', csv)
    expect(register.mapping.find((each) => each.heading === heading)?.field).toBe(field)
    expect(drafts[0]?.end).toMatchObject({ latest: '2027-03-31' })
    if (field === 'periodicCharge') expect(drafts[0]?.prices?.chargeUnit).toMatch(/month|quarter/)
  })
})

describe('what is said in few words', () => {
  test.each([
    ['End date (disregarding any option)', 'end', '2027-03-31'],
    ['Contract end ignoring extensions', 'end', '2027-03-31'],
    ['Expiry not counting any extension', 'end', '2027-03-31'],
    ['Per annum', 'annualValue', '12000'],
    ['Whole life', 'value', '£36k'],
    ['Contract / Lot', 'title', 'Roofing, lot 2'],
    ['Who looks after it', 'owner', 'A. Beck'],
    ['Product owner', 'owner', 'A. Beck'],
  ])('"%s" is read as the field %s', async (heading, field, cell) => {
    const rows = `A1,Orr Ltd,2024-04-01,"${cell}"\nA2,Beck Ltd,2024-05-01,"${cell}"\n`
    const { register } = await readingOf('few.csv', `Ref,Supplier,Start,"${heading}"\n${rows}`)
    expect(register.mapping.find((each) => each.heading === heading)?.field).toBe(field)
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
    expect(problems).toContainEqual(
      expect.objectContaining({
        at: '5',
        severity: 'question',
        value: 'On issue of the certificate',
      }),
    )
  })
})

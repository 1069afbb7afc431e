import fc from 'fast-check'
import { linksText, readLinks, yesOrNo } from '../src/register/parse-words.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { assessmentSaid, documentsOf, documentsText, webAddress } from '../src/rules/contract.ts'
import { plainAnswer } from '../src/rules/text-match.ts'
import { holds } from './support/holds.ts'
import { cellCases, cellSays, only, readingOf, refusal, written } from './support/register-file.ts'

const TODAY = { today: asCivilDate('2026-11-29') }
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`

/** A register of these lines: its drafts, what is told, and what is asked. */
async function reading(...lines: string[]) {
  const read = await readingOf('words.csv', `${lines.join('\n')}\n`, TODAY)
  const asked = read.problems.flatMap(({ ask }) => (ask === undefined ? [] : [ask]))
  return { ...read, draft: read.drafts[0], asked, choices: asked[0]?.choices ?? [] }
}

/** The one row of a register with an end in March 2027 and this besides. */
const row = (heading: string, cell: string) =>
  reading(
    `Ref,Title,Supplier,Start date,End date,${heading}`,
    `A1,Taxis,Beck,2024-04-01,2027-03-31,${quoted(cell)}`,
  )

const CELLS = `
an amount that is none, that is unsure or that is of a time keeps its words
Contract value | as per rate card · £80k + expenses | in its words, warns
Contract value | up to £250,000 · £250,000.00 over 3 years |
  value 250000.00, in its words, committed, warns
Annual value | £1,000 to £2,000 | value 2000.00, in its words, annual, warns
Contract value (£000) | 25 | value 25000.00, committed, warns
Contract value (k) | 120 | value 120000.00, committed, warns
Contract value £m | 1.5 | value 1500000.00, committed, warns
Contract value (£'000) | 80 | value 80000.00, committed, warns
Contract value in millions | 2 | value 2000000.00, committed, warns
Contract value (£000) | £25k | value 25000.00, committed
Contract value | £400 per month | value 4800.00, in its words, annual, 400.00 month, warns
Contract value | £1,200 pcm | value 14400.00, in its words, annual, 1200.00 month, warns
Contract value | £2k a quarter | value 8000.00, in its words, annual, 2000.00 quarter, warns
Contract value | £300 per week | value 15642.86, in its words, annual, 300.00 week, warns
Contract value | " €-   " | €-, notes
Annual fee | £250,000.00 over 2 years | value 250000.00, in its words, committed, warns
Contract value | £450 per day | in its words, 450.00 day, warns
Contract value | £120,000 (£40,000 p.a.) | value 120000.00, in its words, committed, warns
Contract value | £45k per annum (ex VAT) | value 45000.00, in its words, annual, vat net
Total | £10k pa | value 10000.00, in its words, annual
Contract value | £9,500 per annum | value 9500.00, in its words, annual
Total contract value | 12000 a year + VAT | value 12000.00, in its words, annual, vat net

options of which some were taken, in whatever words, are each counted once
> Ref,Title,Supplier,Start date,End date,Options
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
24 months (12+12) - first taken · 2 x 12m, one used · 1+1 (1st year exercised) ·
  24 months, 12 months taken · Up to 24 months, of which 12 used · 24m (12 used, 12 remaining) ·
  2 x 12 months (1 remaining) · 2 x 12 months (1 left) |
  options 2028-03-31 2029-03-31, proposed 2028-03-31, asks extension

the contract’s own end is no option, and a latest end bounds several
> Ref,Title,Supplier,Start date,End date,Longstop date,Options
> A1,Taxis,Beck,2024-04-01,2027-03-31,~
2027-03-31, | nothing
2029-03-31,2 x 12m | options 2028-03-31 2029-03-31
2028-09-30,2 x 12m | options 2028-03-31 2028-09-30

figures of a row that contradict each other are told, and a whole is multiplied by nothing beside its year
> Ref,Title,Supplier,Start date,End date,Contract value,Annual value,Price is per
> A1,Taxis,Beck,2024-04-01,2027-03-31,~
36000,12000,month · 36000,12000,year · 36000,13000, | value 36000.00, committed
1000,12000,month | value 12000.00, 1000 per month, annual, 1000.00 month, warns
702,7200,month | value 8424.00, 702 per month, annual, 702.00 month, warns
60000,12000, · 60000,12000,month | value 60000.00, committed, warns

a charge beside a year's figure that it does not come to is told
> Ref,Title,Supplier,Start date,End date,Annual value,Charge,Charge unit
> A1,Taxis,Beck,2024-04-01,2027-03-31,~
7200,702,month | value 7200.00, annual, 702.00 month, warns
8424,702,month | value 8424.00, annual, 702.00 month

of several figures the whole is the value and that of a time its charge, in whatever order and words
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2025-04-01,2027-03-31,~
Cost p.m.,Whole life cost · Amount p/m,Amount over the life · Fee (pcm),Full term fee ·
  Price each month,Total over term · Cost/month,Cost over 2 years |
  1000,24000 | value 24000.00, committed, 1000.00 month
Lifetime cost,Cost p.m. · TCV,Rental per month | 24000,1000 |
  value 24000.00, committed, 1000.00 month
Cost per qtr,Total cost | 3000,24000 | value 24000.00, committed, 3000.00 quarter
Cost,Frequency,Total | 1000,Monthly,24000 | value 24000.00, committed, 1000.00 month
Cost,Whole life cost | £1000 pm,24000 | value 24000.00, committed, 1000.00 month, column notes
Value,Total contract value | 1000,24000 | value 24000.00, committed, column notes
Value,Total contract value | 24000, | value 24000.00, column notes
Cost for the year,Cost 2026/27 | 12000,11000 | value 12000.00, annual, column notes
Cost for the year,Cost p.a. | 12000,9000 | value 12000.00, annual, warns, column notes
Monthly fee,Quarterly fee | 1000,5000 | 1000.00 month, warns, column notes
Monthly fee,Quarterly fee | 1000,3000 | 1000.00 month, column notes
Monthly fee,Total fee | 1000,36000 | value 36000.00, committed, 1000.00 month, warns

words of a status close nothing that still runs
> Ref,Title,Supplier,Start date,End date,Status
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
Terminated · Cancelled by council · Completed · expired · Dormant · Archived · On hold ·
  on-hold pending review · Suspended · Paused by legal · Frozen | asks status
Live · In contract · Active · Under negotiation, live | nothing
Amber | notes
Extended until 30/09/2028 | warns

of a time within which notice is given its last day counts, and of one that only opens the end is asked
> Ref,Title,Supplier,Start date,End date,Auto renew,Notice
> A1,Taxis,Beck,2024-04-01,2027-03-31,Yes,*
01/10/2026 to 31/12/2026 · between 1 Oct 2026 and 31 Dec 2026 ·
  not before 1 Oct 2026 nor after 31 Dec 2026 · window opens 01/10/2026 and closes 31/12/2026 |
  by 2026-12-31
after 01/10/2026 · from 01/10/2026 · not required until 01/10/2026 · no earlier than 1 Oct 2026 |
  in its words, asks notice

a renewal that stands no more, or up to a day, is no plain yes
> Ref,Title,Supplier,Start date,End date,Notice,Auto renewal
> A1,Taxis,Beck,2024-04-01,2027-03-31,3 months,*
"Yes, final renewal" · Yes (cancelled) · Yes - disabled | asks renewal of 3 months
Yes until 31/03/2028 · Yes (max 31/03/2028) · Yes to March 2028 ·
  Yes (no further renewals after 31/03/2028) | asks renewal of 3 months, warns
Yes until terminated · Yes - until 3 months notice is given · Yes unless cancelled | renews yes

an extension that is not agreed moves nothing, whatever its column says
> Ref,Title,Supplier,Start date,End date,Extension end date,Extension status
> A1,Taxis,Beck,2024-04-01,2027-03-31,~
2028-03-31,To be signed · 2028-03-31,Not approved · 2028-03-31,Agreed in principle ·
  2028-03-31,Approval sought · 2028-03-31,With legal for signature ·
  2028-03-31 (not signed), | proposed 2028-03-31, warns
2028-03-31,Rejected · 2028-03-31,Declined by the supplier | withdrawn 2028-03-31
2028-03-31,Approved · 2028-03-31,Agreed by the board | confirmed 2028-03-31

a later end that is not agreed is asked about, and the one that is warns
> Ref,Title,Supplier,Start date,End date,Current end date
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
31/03/2028 subject to approval · 31/03/2028 (proposed) · 31/03/2028 - not signed · 31/03/2028? ·
  to be extended to 31/03/2028 · 31/03/2028 in draft | warns, asks extension
31/03/2028 | now 2028-03-31
extended to 31/03/2028 | now 2028-03-31, warns

a status that is over, and more besides, closes nothing
> Ref,Title,Supplier,Start date,End date,Notice,Auto renew,Status
> A1,Taxis,Beck,2024-04-01,~
Rolling,3 months,Yes,Terminated for some sites · Rolling,3 months,Yes,Closed to new orders ·
  Rolling,3 months,Yes,Closed? · Rolling,3 months,Yes,"Cancelled, then reinstated" |
  end rolling, notice 3 months, renews yes, asks rolls, asks status
Rolling,3 months,Yes,Terminated |
  end rolling, notice 3 months, renews yes, closed yes, asks rolls
2026-10-31,,No,Superseded by extension · 2026-10-31,,No,Completed phase 1 |
  end 2026-10-31, renews no, warns
2027-03-31,,No,Closed but in use | end 2027-03-31, renews no, asks status

notice that was served is asked about, though its cell does not name it
> Ref,Title,Supplier,Start date,End date,Auto renew,Notice
> A1,Taxis,Beck,2024-04-01,2027-03-31,Yes,*
3 months (served) · 3 months given 20/10/2026 · 3 months - already sent to supplier ·
  3 months terminated 20/10/2026 · "3 months, waived" | notice 3 months, in its words, asks end
3 months given by either party | notice 3 months, in its words

what a status or a decision says of going on and of the options is heard
> Ref,Title,Supplier,Start date,End date,Notice,Auto renew,Extension option,#
> A1,Taxis,Beck,2024-04-01,2027-03-31,3 months,~
Status · Extension status · Renewal decision · Outcome | Yes,12 months,To be re-let ·
  Yes,12 months,Will be left to lapse | renews yes, option 2028-03-31, asks status
Status | Yes,12 months,Not to be renewed | renews yes, option 2028-03-31, asks status
Extension status · Outcome | Yes,12 months,Not to be renewed | renews yes, notes, asks status
Status · Extension status · Renewal decision · Outcome | Yes,12 months,Option declined | renews yes, notes
Status · Extension status · Renewal decision · Outcome | Yes,12 months,Extension not taken up |
  renews yes, asks option
Status · Extension status · Renewal decision · Outcome | Yes,1+1,First option exercised ·
  Yes,1+1,Extended under option 1 |
  options 2028-03-31 2029-03-31, proposed 2028-03-31, renews yes, asks extension
Status · Extension status · Renewal decision · Outcome | Yes,1+1,Both options exercised ·
  Yes,1+1,Extended under option 2 |
  options 2028-03-31 2029-03-31, proposed 2029-03-31, renews yes, asks extension
Status · Extension status · Renewal decision · Outcome | Yes,1+1,Extension 2 refused |
  renews yes, option 2028-03-31, notes
Status · Extension status · Renewal decision · Outcome | Yes,12 months,Extension to be signed |
  renews yes, option 2028-03-31, warns
Status · Extension status · Renewal decision · Outcome | Yes,,Option exercised | renews yes, warns

which options were used stands in a column of its own, in whatever words
> Ref,Title,Supplier,Start date,End date,Options,#
> A1,Taxis,Beck,2024-04-01,2027-03-31,1+1,*
Used options · Ext taken so far · Options exercised to date |
  first · 1 of 2 · one · 12 months · 1st option | proposed 2028-03-31, asks extension
Extensions used | both · all of them · 2 of 2 · 24 months | proposed 2029-03-31, asks extension
Extensions used | none · No · 0 · not yet | nothing

options in columns of their own stand one behind the other, and what is signed of a sum is its part
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2024-04-01,2027-03-31,~
First extension (months),Second extension (months),Third extension (months) | 12,12,6 · 12,12,6 |
  options 2028-03-31 2029-03-31 2029-09-30
Extension,2nd extension,3rd extension,4th extension | 1 year,1 year,1 year,1 year |
  options 2028-03-31 2029-03-31 2030-03-31 2031-03-31
Options | 12+12 (in first extension year) · 12+12 first year signed |
  options 2028-03-31 2029-03-31, proposed 2028-03-31, asks extension

what a renewal says of options is of these, and that it lapses is a no
> Ref,Title,Supplier,Start date,End date,Notice,Extension option,Renewal
> A1,Taxis,Beck,2024-04-01,2027-03-31,3 months,12 months,*
Will lapse · Let it lapse · Allow to expire · Ends at expiry | renews no
To be re-let | asks renewal of 3 months

a start that cannot be read is unknown
> Ref,Title,Start,End
> A,A,*,2027-03-31
4-Oct · tbc by legal · 2030-01-01 | warns

what was signed counts, and so does what follows an end that has passed
> Ref,Title,Start,End,Extended until,Extension signed,Extension option
> A,A,2023-04-01,~
2027-03-31,2028-03-31,2026-10-01, | end 2027-03-31, confirmed 2028-03-31
2026-03-31,2027-03-31,, | end 2026-03-31, confirmed 2027-03-31
2026-03-31,,,exercised to 31/03/2027 | end 2026-03-31, confirmed 2027-03-31, option 2027-03-31
,,,extended to 31/03/2027 | confirmed 2027-03-31, option 2027-03-31, column warns

a notice that cannot be read is kept in its words, and asked about where it renews
> Ref,Title,End,Notice,Auto renew
> A,A,2027-03-31,~
see clause 4,Yes | renews yes, see clause 4, asks notice
see clause 4,No | renews no, see clause 4, warns

a later end moves nothing until somebody says that it was signed
Extended until · Latest end date · Extension expiry | 2028-03-31 |
  proposed 2028-03-31, asks extension

words for nobody are no owner
> Ref,Title,Supplier,Start date,End date,Contract owner
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
Vacant · post vacant · To be appointed · Bo Lee (left) · various · X | notes
TBC · ?? | nothing

a duration ends on its day, no later, with its options apart
> Ref,Title,Start,Duration
> A,A,2025-04-01,*
2 years + 1 year | end 2027-03-31, option 2028-03-31
two years with an option of a further two years · 2 years + 2 years = 4 years ·
  min 2, max 4 years | end 2027-03-31, option 2029-03-31
104 weeks | end 2027-03-29
18 months plus 6 month option | end 2026-09-30, option 2027-03-31
2 years + 1 year (exercised) · 2 years (extended to 31/03/2028) |
  end 2027-03-31, proposed 2028-03-31, option 2028-03-31, asks extension
2 years + 1 year (declined) | end 2027-03-31, notes
2+1+1 years, first exercised |
  end 2027-03-31, options 2028-03-31 2029-03-31, proposed 2028-03-31, asks extension
24 months, option of 12 months not taken up | end 2027-03-31, asks option
3 years with 6 months' notice | end 2028-03-31, notice 6 months, asks renewal
3 years (36 months) | end 2028-03-31
3 years (reviewed every 12 months) | end 2028-03-31, notes
3 years, break after 2 years | end 2028-03-31, reviewOn 2027-03-31, notes
3 years + 1 year or 2 years | end 2028-03-31, option 2029-03-31, asks option
3 years + 3 x 12 months (5 years in total) · 5 years including 2 x 12 month extensions ·
  Initial period of three (3) years with two (2) one year options ·
  3 months mobilisation + 3 years + 1 + 1 | end 2028-03-31, options 2029-03-31 2030-03-31
2 years plus up to 24 months in 12 month increments · 2 years excl. extensions (1+1) ·
  2 years initial, 1+1 | end 2027-03-31, options 2028-03-31 2029-03-31
1 year 6 months · a year and a half | end 2026-09-30
24 months with break at month 12 · 24 months plus 3 months mobilisation ·
  3 months mobilisation plus 24 months | end 2027-03-31, notes
24 months then month to month | end 2027-03-31, renews yes, every 1 months
3 years extendable to 5 years · 3 years, may be extended to 5 years ·
  3 years with option to extend to 5 years · 36 months + extension up to 60 months in total ·
  36 months plus 24 month option · 60 months including initial 36 · 60 months, initial 36 ·
  5 years (3 years initial) · 5 years (initial term 3 years) · 5 years of which 3 firm ·
  5 years, of which 2 are optional · 5 years including 2 year extension ·
  5 years (inc 2 year option) · 3+2 years inc. option · 3+2 years including options ·
  3 years (not including 2 year option) · initial 3 years, 5 years in total ·
  3 years (max 5 years) · 3 years minimum, 5 maximum | end 2028-03-31, option 2030-03-31
3 years extendable by 5 years | end 2028-03-31, option 2033-03-31
2-3 years · 24 to 36 months · 1 or 2 years · 24 or 36 months | end 2027-03-31, asks term
5 years (2 year option) | end 2028-03-31, option 2030-03-31, asks term
up to 4 years · 4 years max · 4 years including extensions · 4 years incl. all options ·
  4 years inc. ext. | end 2029-03-31, endIsMaximum yes, asks end
at least 3 years | end 2028-03-31, asks end
minimum 12 months · 2 years and 3 years · as needed | asks end
24 months followed by rolling 12 months |
  end 2027-03-31, renews yes, every 12 months, not given, asks notice
7 | asks term
Four years with the option of two more · 6 years (4 years + 2 years) |
  end 2029-03-31, option 2031-03-31
5 yrs (+1 +1) | end 2030-03-31, options 2031-03-31 2032-03-31
2 years with option to extend for 3 periods of 12 months |
  end 2027-03-31, options 2028-03-31 2029-03-31 2030-03-31
12 months optional, 3 months mandatory · 3 months mandatory, 12 months optional |
  end 2025-06-30, option 2026-06-30
10 yrs (break at yr 5) | end 2035-03-31, reviewOn 2030-03-31, notes
3 years extendable up to 5 years · 3 years, extendable up to a maximum of 5 years ·
  3 years with option to extend up to 5 years | end 2028-03-31, option 2030-03-31, asks option
up to 6 years · maximum 6 years · no more than 6 years · 6 years including extensions |
  end 2031-03-31, endIsMaximum yes, asks end
at least 6 years · 6 years min. | end 2031-03-31, asks end

a length takes the unit of its heading
> Ref,Title,Start,#
> A,A,2025-04-01,*
Term (years) | 3+1+1 | end 2028-03-31, options 2029-03-31 2030-03-31
Term (months) | 12+12 | end 2026-03-31, option 2027-03-31
Term (months) | 2 years and 3 years · as needed | asks end

options that a term and a column of their own name are not added up
> Ref,Title,Start,Contract length,Extension option
> A,A,2022-02-13,~
5 years plus 2 x 12 months,2 x 12 months · 5 years + 1 + 1,24 months · 5 years,2 x 12 months |
  end 2027-02-12, options 2028-02-12 2029-02-12
5 years + 1 + 1,12 months · 5 years + 1,2 x 12 months |
  end 2027-02-12, option 2028-02-12, asks option

of two columns of one length the shorter counts, and where they differ it is asked
> Ref,Title,Start,#
> A,A,2025-04-01,~
> B,B,2025-04-01,~
Term,Duration | 3 years,24 months | end 2027-03-31, asks term
Contract length (months),Agreement term | 24,36 months | end 2027-03-31, asks term
Term,Duration | ,2 years | end 2027-03-31, column warns
Term,Duration | standard terms,24 months · 2 years,24 months | end 2027-03-31
Contract term,Length | n/a,24 months | end 2027-03-31

of two columns of notice the longer counts, and it is asked
> Ref,Title,End,Auto renew,#
> A,A,2027-05-31,Yes,~
> B,B,2027-05-31,Yes,~
Notice period,Termination notice | 3 months,6 months | notice 6 months, asks notice
Notice (days),Notice required | 120,3 months | notice 120 days, asks notice

options reach as far as their words say, and no further
> Ref,Title,Supplier,Start date,End date,Extension option
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
3 x 12 · one plus one plus one year · 1+1+1 years (3 years in total) ·
  3 years total, 1 year each · periods of 12 months up to a maximum of 36 months ·
  1 + 1 + 1 (years) | options 2028-03-31 2029-03-31 2030-03-31
12+6 · Option 1: 12 months; option 2: 6 months · 12 months, then 6 months |
  options 2028-03-31 2028-09-30
up to 36 months | option 2030-03-31
31/12/2028 | option 2028-12-31
Yes - 2 further periods of one year · No. 2 of 12 months · 24 months from 2 x 12 months ·
  24 months (12 + 12) · two years, in two one-year extensions ·
  up to 24 months in 12 month increments · 24 months, 12 months at a time ·
  3 x 12 months, max 24 months · 24 months but no more than 12 at a time ·
  option to extend until 31/03/2028 and again to 31/03/2029 · 2 no. 12 month options ·
  year 4 (12 months), year 5 (12 months) · 12 months x 2 ·
  two (2) further periods of twelve (12) months each · 12 months, 12 months ·
  two 12-month extensions · 2 (12 months each) · two (2) one year extensions |
  options 2028-03-31 2029-03-31
12 months on 6 months' notice · 12 months exercisable no later than 6 months before expiry |
  notice 6 months, option 2028-03-31, asks renewal
12 months (3 months notice) · 12 months + 3 months notice ·
  notice of 3 months to extend by 12 months | notice 3 months, option 2028-03-31, asks renewal
1 year + 1 year, 90 days notice | options 2028-03-31 2029-03-31, notice 90 days, asks renewal
12 months or 24 months · 12/24 months · 12 months/24 months · 12/24/36 months · 12/24 · 12-24 ·
  1 or 2 x 12 months · 12 months up to max 36 months · 48 months in total · one or two years ·
  12, 24 or 36 months · to 31/03/2028 or 31/03/2029 · 36 + 12 · total 48 months (36+12) |
  option 2028-03-31, asks option
0.5 years | option 2027-09-30
0-24 months · Zero to 24 months · no more than 24 months · 1 x 24 months or 2 x 12 months ·
  24 months in total · 24 months overall · 2 years (24 months) · initial 3 years plus 2 years ·
  max. 5 years total contract term · 2027-04-01 - 2029-03-31 | option 2029-03-31
no longer than 12 months · none (12 months optional) · 12 months reviewed every 6 months |
  option 2028-03-31
either 6 or 12 months · 12 months and/or 6 months ·
  12 months at the Council's discretion 6 months at the supplier's ·
  minimum 6 months, maximum 24 months | option 2027-09-30, asks option
5 years overall | option 2029-03-31, asks option
max 24 in periods of 6 | options 2027-09-30 2028-03-31 2028-09-30 2029-03-31
two and a half years | option 2029-09-30
24 months (breakable after 12 months) | option 2029-03-31, notes
2 x 12 months (notice: 26 weeks) | options 2028-03-31 2029-03-31, notice 26 weeks, asks renewal
1 year, with six months + 1 day notice | notice 187 days, option 2028-03-31, asks renewal
01/04/2027 - 03/04/2029 | warns
two further periods of 6 months | options 2027-09-30 2028-03-31
No · none · nil · 0 · 0 months · zero | nothing

options take the unit of their heading
> Ref,Title,Supplier,Start date,End date,Extension (months)
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
3 x 12 | options 2028-03-31 2029-03-31 2030-03-31
up to 36 | option 2030-03-31
0 | nothing

of a length of the whole the rest is the option
> Ref,Title,Start,End,Extension options
> A,A,2025-04-01,2027-03-31,*
extendable up to 5 years · Extend to 5 years · 2 years extendable up to 5 years |
  option 2030-03-31, asks option
60 months including initial 36 · 24 months initial, total 60 months | option 2030-03-31
24 months plus 3 months mobilisation | option 2029-03-31
12 months optional, 3 months mandatory | option 2028-03-31
2 years with 2 x 12 month extensions | options 2028-03-31 2029-03-31

of a notice and one within an option the longer counts
> Ref,Title,Start,End,Notice period,Extension option
> A,A,2024-04-01,2027-03-31,~
3 months,12 months (6 months notice) · 6 months,12 months (3 months notice) |
  notice 6 months, option 2028-03-31, warns, asks renewal

the last day to exercise an option is kept
> Ref,Title,Supplier,Start date,End date,Extension option
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
12 months, exercise by 30/09/2026 · 12 months, to be exercised prior to 1 October 2026 |
  option by 2026-09-30, option 2028-03-31
1 year (to be exercised by 31 Dec 2026) | option by 2026-12-31, option 2028-03-31
2 x 12 months - notify by 1 October 2026 | options 2028-03-31 2029-03-31, option by 2026-10-01
To 31/03/2029, decision by 30/11/2026 | option by 2026-11-30, option 2029-03-31
12 months, exercise before 30/09/2026 | option by 2026-09-29, option 2028-03-31

the last day to exercise an option may have a column of its own
Option to be exercised by · Option exercise deadline · Exercise extension before | 2026-12-15 |
  option by 2026-12-15

an option is what became of it
> Ref,Title,Supplier,Start date,End date,Extension option
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
1+1 years, second not taken up | option 2028-03-31, asks option
2 x 12 months (second declined) · 12+12, last one declined | option 2028-03-31, notes
Declined · Not exercised · 12 months - lapsed · 12 months (withdrawn by supplier) ·
  Option refused by Board · No further extensions available · 12 months will not be exercised ·
  1 year no longer available · 1 year waived · exercised to 31/03/2027 | notes
12 months, not taken up · 24 months; not exercised · 12 months, not agreed ·
  2 x 12 months, neither taken | asks option
1+1 years, no further extensions · 2 x 12 months available | options 2028-03-31 2029-03-31
2 years, no further extension available · May be extended to 31/03/2029 ·
  can be extended by a further 24 months | option 2029-03-31
12 months, notice not required · 12 months, not yet exercised · yet to be taken up: 12 months ·
  12 months if agreed by both parties · unexercised: 12 months ·
  12 months, may not be declined by supplier unless agreed | option 2028-03-31
exercised to 31/03/2028 · Taken up to 31 March 2028 · Extension agreed to 31-Mar-2028 ·
  Invoked, runs to 31/03/2028 · 12 months exercised · 12 months, exercised 01/10/2026 |
  proposed 2028-03-31, option 2028-03-31, asks extension
extended until 30/09/2027 | proposed 2027-09-30, option 2027-09-30, asks extension
extended to 31 May 2028 | proposed 2028-05-31, option 2028-05-31, asks extension
2 x 12 months, first exercised · first 12 months taken up, second 12 months available ·
  2 x 12 months (1 of 2 exercised) · 12 months exercised; 12 months remaining |
  options 2028-03-31 2029-03-31, proposed 2028-03-31, asks extension
2 x 1 year: first exercised to 31/03/2028, second not taken up |
  proposed 2028-03-31, option 2028-03-31, asks option, asks extension
Both extensions exercised, 2 x 12 months |
  options 2028-03-31 2029-03-31, proposed 2029-03-31, asks extension

an option that was denied is none
> Ref,Title,Start,End,#
> A,A,2025-04-01,2027-03-31,~
> B,B,13/04/2025,14/03/2027,,
Duration,Extension option | 2+1 years,Declined · 2+1 years,Lapsed | notes
Maximum end date,Remarks | 31/03/2029 (not extended),x | warns, asks option
Maximum end date,Remarks | 31/03/2029 - option lapsed,x | warns, notes

a last possible day stands, whatever it says of further ones
> Ref,Title,Supplier,Start date,End date,Maximum end
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
31/03/2029 (no further extensions possible) | option 2029-03-31, warns

an end that is no day is told, and asked about where the day matters
> Ref,Title,End
> A1,Taxis,*
> B,B,31/03/2027
FY26/27 · FY27 | end 2026-04-01..2027-03-31 (year), asks end
H1 2027 | end 2027-01-01..2027-06-30 (year), asks end
second half of 2027 | end 2027-07-01..2027-12-31 (year), asks end
Q3 2027 | end 2027-07-01..2027-09-30 (quarter), asks end
spring 2027 | end 2027-03-01..2027-05-31 (quarter), asks end
end of March 2027 | end 2027-03-01..2027-03-31 (month), asks end
late 2027 | end 2027-01-01..2027-12-31 (year), asks end
"" · n/a · - | warns
see contract · as per contract · per SLA · refer to legal · TBC by procurement ·
  soon · annually · on completion of works · financial quarter · £5 · TBC ·
  TBA - contract being let · ? · ?? · Unknown · to be agreed · n/k · Possibly · not yet known ·
  under review · check with legal · Pending | asks end

an end that cannot be read leaves the row watched by another
> Ref,Title,Contract end,#
> A,A,~
Max end date | see contract,2027-03-31 |
  end 2027-03-31, endIsMaximum yes, option 2027-03-31, warns, asks end
Expires | per SoW,31 March 2027 | end 2027-03-31, warns
Current end date | x,2027-03-31 | end 2027-03-31, warns

an end before the start is not taken for over
> Ref,Title,Start,End
> A,A,~
2026-04-01,2025-03-31 | start 2026-04-01, asks end
1 Jan 2025,31 Dec 2019 | start 2025-01-01, asks end

two ends that are a day apart are one, and leave an end of its own as it stands
> Ref,Title,#
> A,A,~
> B,B,2027-01-01,2028-01-01,2029-03-31
End date,Current end date,Expiry date | 2027-04-01,2028-03-31,2027-03-31 | end 2027-04-01, now 2028-03-31
End date,Current end date,Expiry date | 2027-04-01,,2027-03-31 | end 2027-03-31
End date,Current end date,Expiry date | 2027-03-31,2028-04-01,2028-03-31 | end 2027-03-31, now 2028-04-01

a bare number in the place of an end warns on its day, and is asked about
> Ref,Title,End
> A,A,*
> B,B,31/03/2028
46477 | end 2027-03-31, asks end
46478 | end 2027-04-01, asks end

of two days in one cell one that has passed takes no contract for over
> Ref,Title,Supplier,Start date,End date
> A1,Taxis,Beck,01/04/2024,*
> A2,Post,Dene,13/04/2024,14/05/2028
was 31/03/2026, now 31/03/2027 · 31/03/2026, extended to 31/03/2027 ·
  31/03/2027 (or 31/03/2029 if extended) | end 2027-03-31, warns, asks end
30/09/2027 (extended from 30/09/2026) | end 2027-09-30, warns, asks end
01/04/2024 - 31/03/2027 | end 2027-03-31

words beside a day may mean another one
> Ref,Title,Supplier,Start date,End date
> A1,Taxis,Beck,2024-04-01,*
> A2,Post,Dene,13/04/2024,14/05/2028
before 01/04/2027 · prior to 1 April 2027 · 01/04/2027 (exclusive) · 1 April 2027, not inclusive ·
  to, but excluding, 1 April 2027 · eve of 1 April 2027 · 00:00 01/04/2027 · 01/04/2027 at 00:00 ·
  midnight at the start of 1 April 2027 · midnight 31 March/1 April 2027 ·
  ceases with effect from 1 April 2027 · before April 2027 · the last day of March 2027 ·
  Mar 31 '27 · 24 months post go-live (1 April 2025) · 24 months from go-live (01/04/2025) ·
  24 months from go-live: 1 April 2025 · from 01/04/2025 for 24 months ·
  01/04/2024 to 01/04/2027 (exclusive) · the Wednesday on or before 31 March 2027 ·
  12:00 am on 1 April 2027 · 1 April 2027 (00:00) · 1 April 2027 at 12:00am ·
  1 April 2027 12.00am · 01/04/2027 00h00 · 1 April 2027 0000 · 1 April 2027 - 1 day ·
  31 March 2027, 12:00 · 31/03/2027 00:00 · 31 March 2027 (inclusive) | end 2027-03-31
terminates at the start of business on 1 April 2027 · Mar 31 2027 12:00AM ·
  Lot 2 - 31 March 2027 · on or before 31/03/2027 · no later than 31/03/2027 ·
  before midnight on 31/03/2027 · 31/03/2027 - auto-renewal cancelled ·
  31/03/2027 (auto renewal disabled) | end 2027-03-31, warns
before 2028 | end 2027-12-31
2 weeks before 30/04/2027 | end 2027-04-16
three (3) months prior to 30 June 2027 | end 2027-03-30
30/04/2027 less 3 months | end 2027-01-30
30 June 2027 minus one month | end 2027-05-30
2 years after award (1 April 2025) · 1-Apr-2027 00:00 | end 2027-04-01
the Friday before 1 April 2027 · Friday before 01/04/2027 | end 2027-03-26
10 working days before 30/04/2027 | end 2027-04-05..2027-04-20 (month), asks end
last working day of March 2027 | end 2027-03-25..2027-03-31 (month), asks end
24 months after award (April 2025) | end 2027-04-01..2027-04-30 (month), asks end
12 months after expiry (31/03/2027) · 31/03/2027 plus 12 months · 01/04/2025 plus 24 months |
  end 2027-03-31, asks end
the working day before 5 April 2027 | end 2027-03-29..2027-04-04 (month), asks end
30 June 2027 - 3 months | end 2027-03-30, asks end
March/April 2027 · Mar - May 2027 | end 2027-03-01..2027-03-31 (month), warns, asks end
Dec/Jan 2028 | end 2027-12-01..2027-12-31 (month), warns, asks end
Q1 or Q2 2027 | end 2027-01-01..2027-03-31 (quarter), warns, asks end
30 or 31 March 2027 · Tue 30 or Wed 31 March 2027 · 30 March or 2 April 2027 · 30 or 31/03/2027 |
  end 2027-03-30, warns, asks end
1 April 2024 - 31 March 2027 (option to 31 March 2029) | end 2027-03-31, warns, asks end

a day from which on it goes from term to term is its end, and its terms are kept
> Ref,Title,Start,End,Notice period
> A,A,2024-04-01,*,3 months
> B,B,13/04/2024,14/03/2027,3 months
From 1 Jan 2028 rolls quarterly · 31/12/2027 then rolling quarterly ·
  quarterly rolling from 1st January 2028 | end 2027-12-31, renews yes, every 3 months
Rolls monthly from 1 April 2027 · 31 March 2027, then month to month · 31.03.27 then monthly |
  end 2027-03-31, renews yes, every 1 months
Rolling annually after 31/03/2027 · 31/03/2027 (auto-renews annually) ·
  31/03/2027 then 12 month rolling · commencing 1 April 2027 rolls yearly ·
  31/03/2027 then annually | end 2027-03-31, renews yes, every 12 months
Until 30/09/2027 and rolling 6 months thereafter | end 2027-09-30, renews yes, every 6 months
Ends 31/03/2027, auto renews for 2 years | end 2027-03-31, renews yes, every 2 years
From 01/01/2028 rolls on a monthly basis | end 2027-12-31, renews yes, every 1 months
evergreen from 1 July 2027 | end 2027-06-30, renews yes, asks rolls
31/03/2027 rolling · Rolling from 01/04/2024 until 31/03/2027 |
  end 2027-03-31, renews yes, asks rolls
31/03/2027, thereafter on a quarterly basis | end 2027-03-31, renews yes, every 3 months
31/03/2027 + 1 + 1 · 31/03/2027 plus 2 x 1 year |
  end 2027-03-31, options 2028-03-31 2029-03-31, asks renewal of 3 months
31/03/2027 (+12m) | end 2027-03-31, option 2028-03-31, asks renewal of 3 months
31/03/2027 with option to extend 24 months · 31/03/2027, extendable by 2 years |
  end 2027-03-31, option 2029-03-31, asks renewal of 3 months
31/03/2027 + 3 months notice · 31/03/2027 + 12 months extension (used) ·
  31/03/2027 plus 1 if agreed · 31/03/2027 (inc. ext) · 31/03/2027 - renewable by agreement ·
  31/03/2027, no auto-renewal · 31/03/2027 (not rolling) · 31/03/2027, may be renewed annually |
  end 2027-03-31, warns, asks renewal of 3 months
From 1 Jan 2026 rolls quarterly | end rolling, renews yes, every 3 months, rolls from 2026-01-01
Month to month since 01/04/2025 | end rolling, renews yes, every 1 months, rolls from 2025-04-01

what only begins later rolls from then
> Ref,Title,Start,End,Notice period
> A,A,2028-01-01,*,3 months
> B,B,13/04/2024,14/03/2027,3 months
From 1 Jan 2028 rolls quarterly | end rolling, renews yes, every 3 months, rolls from 2028-01-01

where no end is given the words of its renewal give it
> Ref,Title,Start,End,Auto renew
> A,A,2024-04-01,,*
> B,B,13/04/2024,14/03/2027,No
From 1 Jan 2028 rolls quarterly |
  end 2027-12-31, renews yes, every 3 months, not given, asks notice

a length of time in the place of an end is counted from the start
> Ref,Title,Start,End
> A,A,~
> B,B,13/04/2024,14/03/2027
2024-04-01,5 years from start · 2024-04-01,five years from the start date ·
  2024-04-01,60 months from commencement | start 2024-04-01, end 2029-03-31
2024-04-01,Start date + 3 years · 2024-04-01,Start plus 36 months ·
  2024-04-01,3 years from contract start · 2024-04-01,3 years from the contract’s start date ·
  2024-04-01,3 years commencing April 1st · 2024-04-01,3\u00a0years from\u00a0start ·
  2024-04-01,\uff13 years from start | start 2024-04-01, end 2027-03-31
2024-04-01,36 months after commencement date | start 2024-04-01, end 2027-04-01
2025-10-01,eighteen months from start | start 2025-10-01, end 2027-03-31
2024-10-01,2½ years from start | start 2024-10-01, end 2027-03-31
2024-04-01,156 weeks from start | start 2024-04-01, end 2027-03-28
2024-02-29,36 months from 29 February · 2024-02-29,36 months from 29 Feb |
  start 2024-02-29, end 2027-02-28
2024-02-29,12 months from start | start 2024-02-29, end 2025-02-28
2024-04-01,4 years from 1st April | start 2024-04-01, end 2028-03-31
2024-04-01,3 years from start + 1 year option |
  start 2024-04-01, end 2027-03-31, option 2028-03-31
,5 years from start | asks end
2025-04-01,2 years from start then rolling monthly |
  start 2025-04-01, end 2027-03-31, renews yes, every 1 months

of a length without its beginning nothing is counted unasked
> Ref,Title,Start,End
> A,A,2024-04-01,*
> B,B,13/04/2024,14/03/2027
36 months · 3 years · three years fixed term | end 2027-03-31, asks end
5 years from award · 36 months from 1 March · up to 5 years from start · 2-3 years from start ·
  start of next year · 3 years from signature · 5 from start | asks end

an end that goes on from term to term is rolling, renews by itself, and keeps its terms
> Ref,Title,Start,End,Notice period
> A,A,2024-04-01,*,3 months
> B,B,2024-04-01,2027-03-31,3 months
Rolling 12 months · Rolls annually · Year-to-year | end rolling, renews yes, every 12 months
month to month | end rolling, renews yes, every 1 months
Rolling quarterly | end rolling, renews yes, every 3 months
rolling six months | end rolling, renews yes, every 6 months
Auto-renews every 2 years | end rolling, renews yes, every 2 years
Week to week | end rolling, renews yes, every 1 weeks
Ongoing · In perpetuity · Until further notice · No end date | end rolling
2099-12-31 | end rolling, warns
rolling · Rolls on · Evergreen | end rolling, renews yes, asks rolls

an open end whose notice counts from the anniversary goes on from year to year
> Ref,Title,Start,End,Notice period
> A,A,2024-04-01,Ongoing,*
> B,B,2024-04-01,2027-03-31,3 months
1 month before anniversary · 1 month before each anniversary date |
  notice 1 months, renews yes, every 12 months, in its words
90 days prior to the anniversary | notice 90 days, renews yes, every 12 months, in its words
1 month | notice 1 months

an end that rolls may say its notice
> Ref,Title,Start,End,Remarks
> A,A,2024-04-01,*,
> B,B,2024-04-01,2027-03-31,
Rolling 12 months, 3 months' notice | end rolling, notice 3 months, renews yes, every 12 months
Month to month (30 days notice) | end rolling, notice 30 days, renews yes, every 1 months
Rolls yearly - notice of 90 days | end rolling, notice 90 days, renews yes, every 12 months
Rolling annual with six weeks written notice |
  end rolling, notice 6 weeks, renews yes, every 12 months
Rolling annual, six months + 1 day notice · Rolling annual, 6 months and 1 day written notice |
  end rolling, notice 187 days, renews yes, every 12 months

an end that rolls without a start is one question
> Ref,Title,Start,End,Notice period
> A,A,,*,3 months
> B,B,2024-04-01,2027-03-31,3 months
Rolling 12 months · Annual rolling | end rolling, renews yes, every 12 months, asks rolls
month by month | end rolling, renews yes, every 1 months, asks rolls

an end that rolls is counted from the day that something gives
> Ref,Title,Start,Notice,End,#
> A,A,,3 months,~
> B,B,,,2027-03-31,2026-06-01
Remarks | Rolling annually from 1 April 2020, |
  end rolling, renews yes, every 12 months, rolls from 2020-04-01, column warns
Remarks | Rolls each 1 October, · "Rolling yearly, ends every 30 September", |
  end rolling, renews yes, every 12 months, rolls from 2026-10-01, column warns
Renewal date | Rolling yearly,2027-06-01 |
  end rolling, renews yes, every 12 months, rolls from 2026-06-01
Contract anniversary | Rolling 12 months,2027-02-01 |
  end rolling, renews yes, every 12 months, rolls from 2026-02-01

a notice is no shorter than its words: of several lengths the longest, added where they say so
> Ref,Title,End,Notice period,Auto renew
> A,A,2027-05-31,*,Yes
3-6 months · 3 months (Buyer) / 6 months (Supplier) · 3 months/6 months · 3 months or 6 ·
  3 months, 6 after year 2 · 3 months (min) 6 (max) · 6 (or 3 months) · 3 + 3 months ·
  between 3 and 6 months · 3 months and 6 months · not less than three nor more than six months |
  notice 6 months, in its words, asks notice
1 to 3 months · 60 days or 3 months · 90 days/3 months · 3 months or 90 days ·
  1 month for us, 3 months for the supplier | notice 3 months, in its words, asks notice
30/60 days | notice 60 days, in its words, asks notice
30 days/60 days/90 days · 30/60/90 days · 30 days, ninety for the supplier |
  notice 90 days, in its words, asks notice
4 weeks/1 month | notice 1 months, in its words, asks notice
six months + 1 day · 6 months and 1 day | notice 187 days, in its words
1 year plus 6 months | notice 552 days, in its words
2 months + 1 month · three (3) months · 1/4 year · 3 months (clause 6) ·
  3 months, clauses 14 and 15 · 3 months by 17:00 on 31 March · 3 months, 24 hours by telephone ·
  3 months, 2 copies (020 7946 0000) · 3 months from year 2, see 24/7 desk |
  notice 3 months, in its words
4 weeks plus 3 days | notice 31 days, in its words
one hundred and twenty days | notice 120 days, in its words
hundred days | notice 100 days, in its words
a month and a half | notice 47 days, in its words
5 clear working days | notice 5 working-days, in its words
3 months | notice 3 months
90 days | notice 90 days
10 working days | notice 10 working-days
six weeks · six weeks before the expiry date | notice 6 weeks, in its words
1 year | notice 1 years
12 months notice | notice 12 months
not fewer than ninety (90) days’ written notice | notice 90 days, in its words
60 business days | notice 60 working-days
2 quarters | notice 6 months
a fortnight | notice 2 weeks, in its words
half a year | notice 6 months, in its words
twenty-eight days | notice 28 days, in its words
30 days at any time | notice 30 days, in its words
4mths | notice 4 months
3/4 of a year | notice 9 months, in its words
1/2 month | notice 16 days, in its words
1 month’s notice expiring on a quarter day | notice 1 months, in its words
2 1/2 years | notice 30 months, in its words
30 days (buyer) / 13 weeks (supplier) | notice 13 weeks, in its words, asks notice
3 months before March 31, 2027 | by 2026-12-31
3 | 3, asks notice

a notice takes the unit of its heading
> Ref,Title,End,Notice period (months),Auto renew
> A,A,2027-05-31,*,Yes
3 | notice 3 months

a notice of a day is the day by which it is due
> Ref,Title,End,Notice period,Auto renew
> A,A,2027-05-31,*,Yes
31/12/2026 · by 31 December each year · 3 months ending 31 March 2027 | by 2026-12-31
by 1 Feb 2027 · Annually by 1 February · 1 month before 1 March 2027 | by 2027-02-01
before 1 February | by 2027-01-31
1 September | by 2026-09-01
30 days prior to 1 March | by 2027-01-30
serve before 1/2/27 · must reach them by 31 January 2027, in writing · Serve notice by 31/01/27 ·
  by end of January 2027 · Notice due 31 January · latest 31/1/27 | by 2027-01-31
notice in by February 2027 | by 2027-02-01
by 30/04/2026 · by 30 April 2028 | by 2027-04-30, asks notice
by 1 June each year · 31 May · by 30 June | in its words, asks notice

of a length and a day in the cell of a notice the length counts; what may be is asked
> Ref,Title,Start,End,Notice period,Auto renew
> A,A,13/04/2025,31/05/2027,*,Yes
3 months before 31 May 2027 · 3 months before 1 June each year ·
  at any time after 1 April 2026 on 3 months notice | notice 3 months, in its words
90 days prior to 31/05/2027 | notice 90 days, in its words
6 months, not before 1 April 2026 · 6 months (before 30 November 2026) |
  notice 6 months, in its words
12 months from 1 April 2026 · 12 months from 01/04/2026 |
  notice 12 months, in its words, asks notice
6 months after 30 June 2026 · 6 months (before 31 January 2027) |
  notice 6 months, in its words, asks notice
30 days before 1 June 2028 | notice 30 days, in its words, asks notice

a length below a heading of a day is a length
> Ref,Title,End,Auto renew,#
> A,A,2027-05-31,Yes,*
Give notice by | 3 months | notice 3 months
Notice deadline | 90 days prior | notice 90 days
Cancel by | six weeks | notice 6 weeks, in its words

a renewal is what its words say, and neither yes nor no is asked
> Ref,Title,Notice,Start,End,Auto renew
> A,A,none,2024-04-01,2027-03-31,*
> B,B,none,2024-04-01,2027-03-31,No
Auto-renews unless cancelled · Rolls over if not cancelled in writing · Yes, no notice needed ·
  y · Yes · Auto-renews · Yes, unless notice is not given · Rolling | renews yes
Renews annually until terminated · Yes - annually · Ja, 12 Monate / Yes, 12 months |
  renews yes, every 12 months
Renewal cancelled · auto renewal no longer, unless agreed · Y/N · yes or no · No / Yes ·
  no (yes from 2028) · Auto-renew: No · Contract does not auto renew ·
  Notice served, no auto renewal · Automatic renewal disabled · Y? · Yes - manual ·
  Yes by agreement · Yes, unless reviewed · No? · Yes / No | asks renewal
does not renew unless agreed | renews no, notes
No auto renewal · Not rolling · Na / No · Nein / No | renews no
Automatic, not less than 3 months notice | notice 3 months, renews yes
Yes, 2 years | renews yes, every 2 years
Yes (rolls quarterly) | renews yes, every 3 months
Yes, 90 days' notice | notice 90 days, renews yes
Y - 12 months, 3 months notice | notice 3 months, renews yes, every 12 months
Auto-renews monthly | renews yes, every 1 months
TERMINATED 3 Aug 2026, supplier insolvent · Ended by agreement | asks renewal, asks status

a renewal column with a notice beside it
> Ref,Title,Start,End,Auto-renews?,Cancellation window
> A,A,2024-04-01,2027-01-31,~
> B,B,13/04/2024,14/03/2027,No,
Auto unless cancelled by 31 Oct, · Yes - unless terminated by 31/10/2026, |
  renews yes, by 2026-10-31
Yes unless cancelled by 31 Oct,60 days | renews yes, by 2026-10-31, warns
Yes but opted out 02/11/2026, · Yes (notice served 1 May 2026), · Yes / subject to agreement, ·
  Yes / TBC, | asks renewal
Ydy / Yes, · Yes unless notice is given, · Yes,n/a · Yes,TBC · Yes,- |
  renews yes, not given, asks notice
Yes,none · Yes,at any time · "Yes, no notice needed", | renews yes

the options in a renewal that does not come by itself are options
> Ref,Title,Supplier,Start date,End date,Renewal basis
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
> A2,Post,Dene,2024-04-01,2027-03-31,No
No - 2+2 by written agreement only | options 2029-03-31 2031-03-31, renews no
No, but option to extend 12 months | renews no, option 2028-03-31
No (option of 24 months) · Fixed term with option to extend to 31/03/2029 |
  renews no, option 2029-03-31
None - 1+1+1 | options 2028-03-31 2029-03-31 2030-03-31, renews no
No - extension by letter | renews no, warns
No - will re-tender | renews no
No - subject to agreement | renews no, notes

bare numbers that are added up are years, months where they are many, and asked where they are few
Extension · Options | 1+1 | options 2028-03-31 2029-03-31
Options | 12+12 | options 2028-03-31 2029-03-31
Extension · Options | 2 | asks option
Extension (months) | 1+1 | asks option

a break is looked at before its day, and is no end and no option
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2023-04-01,2031-03-31,*
Break clause | Break at month 60 on 6 months' notice | reviewOn 2027-09-30, notes
Break clause · Break options · Break date | 31/03/2028 | reviewOn 2028-03-31, notes
Breaks | tenant break year 4 · 4th anniversary · after 48 months | reviewOn 2027-03-31, notes
Break | at yr 3 and yr 5 on 12 months' notice | reviewOn 2027-03-31, notes
Break | Annual break, 3 months notice | reviewOn 2026-12-31, notes
Extension | Break Aug-27 | reviewOn 2027-08-01, notes
Break | mutual, see clause 14 · at any time on 3 months notice | warns
Break | none · no break · No | nothing
Break | year 2 · 31/03/2025 not exercised | notes

a break may stand in the cell of the notice, and of the end
> Ref,Title,Supplier,Start date,End date,Auto renew,#
> A1,Taxis,Beck,2023-04-01,2031-03-31,No,*
Notice | break option 31/03/2028, 3 months' notice |
  notice 3 months, reviewOn 2027-12-31, in its words, notes
Notice | 6 months, break clause at 31/03/2028 |
  notice 6 months, reviewOn 2027-09-30, in its words, notes
Notice | tenant break year 4 | reviewOn 2027-03-31, notes
Notice | Tenant break 31/03/2025 not exercised | notes
Notice · Cancel by · Termination notice | 90 days before fifth anniversary |
  notice 90 days, reviewOn 2028-01-01, in its words, notes
Notice | 3 months prior to end of year 5 · 3 months, to expire on the 5th anniversary ·
  3 months before 31/3/28 | notice 3 months, reviewOn 2027-12-31, in its words, notes
Notice | 90 days before eighth anniversary · 90 days before 31/3/31 |
  notice 90 days, in its words
Notice to break | by 31 March 2028 | reviewOn 2028-03-31, by 2028-03-31, notes

a break behind the end is not the end
> Ref,Title,Supplier,Start date,End date
> A1,Taxis,Beck,2023-04-01,*
31/03/2031 (break 31/03/2028) | end 2031-03-31, reviewOn 2028-03-31, warns, notes

an extension told beside an end that has passed counts until somebody says otherwise
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2023-04-01,2026-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
Remarks | Extended 12m by variation 2 to March 2027 · Extended to 31/03/2027 by deed |
  confirmed 2027-03-31, asks extension, column warns
Officer notes | Extension agreed at Cabinet 12/02/2026 until 30 September 2027 |
  confirmed 2027-09-30, asks extension, column warns
Update | Renewed for a further 2 years | confirmed 2028-03-31, asks extension, column warns
Status · Zorb | Extended until 30/09/2027 | confirmed 2027-09-30, asks extension

one that runs on though its end has passed is watched, and asked about
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2023-04-01,2026-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
Remarks | Still running, extension being drafted · Holding over month to month ·
  Continues pending new procurement | runs yes, asks end
Status | In extension | runs yes, asks end
Zorb | Service still in use | runs yes, asks end
Completion if every option is used | 31/03/2028 | runs yes, option 2028-03-31, asks end
Remarks | Ended, replaced by A2 · Extension declined | nothing
Remarks | Not extended | warns
Remarks | Supplier still on site, no paper in place · Yr 2 invoked · first option year taken up |
  runs yes, asks end
Comments | 2yr extn taken up, signed 12/05/26 · 1st 24m ext in place |
  confirmed 2028-03-31, asks extension, column warns
Remarks | Option to extend 12 months | option 2027-03-31, column warns

a status that says that it lives, beside an end that passed long ago, is asked about
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2019-04-01,2024-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
Status | Live · Active · In contract · Current · Operational, under review | asks end
Still in use? | Y | asks end
Status | Expired · Active, ended last year | nothing

an extension that nobody has signed moves no end that passed
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2023-04-01,2026-09-30,*
> A2,Post,Dene,2024-04-01,2029-01-31,
Where are we | Extension for 18 months with legal, not sealed ·
  Extension to 30/09/2027 in draft · Extended to 30/09/2027, awaiting signature |
  runs yes, asks end, column warns
Anything else | Informal hold-over agreed, nothing signed | runs yes, asks end

one that renews by itself may say so in any cell, and so may its notice
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2023-04-01,2027-05-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
Zorb | Renews for 1 yr if nothing said |
  renews yes, every 1 years, not given, asks notice, column warns
Comments | auto renews 12m unless 90d notice |
  notice 90 days, renews yes, every 12 months, column warns
Contract term | Renews each January unless cancelled by 30 September | renews yes, by 2026-09-30
Extension | Rolls on annually unless 90 days notice is given |
  notice 90 days, renews yes, every 12 months, warns
Remarks | Yn adnewyddu'n awtomatig bob blwyddyn |
  renews yes, every 12 months, not given, asks notice
Remarks | Either side 2 months' notice |
  notice 2 months, in its words, notes, asks renewal, column warns
Remarks | Notice served on 3 months notice | asks end, column warns
Remarks | does not renew each year | warns
At the end | Rolls yearly | renews yes, every 12 months, not given, asks notice
At the end | Carries on qtr by qtr | renews yes, every 3 months, not given, asks notice
At the end | Ends | renews no

a cost is of what its column of the unit says
> Ref,Title,End date,Cost,Cost per
> A1,Taxis,2027-03-31,~
"41,000",year | value 41000.00, 41,000 per year, annual
612,quarter | value 2448.00, 612 per quarter, annual, 612.00 quarter, warns
"1,100,000",contract | value 1100000.00, committed
9.50,pupil | 9.50 per pupil, warns
389,month each | 389 per month each, warns

a year's cost is a year's however often it is paid
> Ref,Title,End date,Annual cost,#
> A1,Taxis,2027-03-31,12000,*
> A2,Post,2029-01-31,2400,monthly
How we pay · How paid · Payment frequency · Billing frequency | monthly · quarterly | nothing

what a figure covers is said beside it
> Ref,Title,End date,Worth,#
> A1,Taxis,2027-03-31,1000,*
> A2,Post,2029-01-31,2400,a year
> A3,Gas,2029-01-31,2600,a year
Worth is for · Spend covers · Sum is · Price is per | month | value 12000.00, 1000 per month, annual, 1000.00 month, warns of 1000

an end on a day that its month lacks warns by the last that it has
> Ref,Title,Supplier,Start date,End date
> A1,Taxis,Beck,2024-04-01,*
> A2,Gas,Dene,2024-04-01,13/05/2028
31/02/2027 · 29/02/2027 · 30 February 2027 | end 2027-02-28, warns
31/06/2027 · 31 June 2027 | end 2027-06-30, warns

a term that ends on another day than the end is told
> Ref,Title,Start,End date,Term
> A1,Taxis,2024-04-01,2027-03-31,*
> A2,Gas,2024-04-01,2028-03-31,
36 months · 3 years · 1095 days | nothing
1094 days | warns
35 months · 2 years · 5 years | notes

an amount of another currency than its column is told
> Ref,Title,End date,Value,Currency
> A1,Taxis,2027-03-31,*,EUR
> A2,Gas,2028-03-31,€100,EUR
"£41,000" | value 41000.00, warns
"€41,000" · "41,000" | value 41000.00

so many lots of a length are so many options
Extension options | Two lots of 6 months · 2 goes of 6 months · twice by six months ·
  Two times, each for 6 months | options 2027-09-30 2028-03-31
Extension options | may be prolonged twice by one year | options 2028-03-31 2029-03-31
Extension options | three times by 6 months · 3 slices of 6 months |
  options 2027-09-30 2028-03-31 2028-09-30

a repeated number behind the word is so many options, and no number of one
Zorb | Extn option 1+1 still open | options 2028-03-31 2029-03-31

words of several or unnamed firms are no supplier
> Ref,Title,Supplier,End date
> A1,Taxis,*,2027-03-31
Various (see call-offs) · Several firms · To be chosen · I'w benderfynu / TBC | notes

an end that passed lately beside words that it runs is asked about, whatever it lacks
> Ref,Title,End date,Status,Remarks
> A1,Taxis,2026-06-30,~
> A2,Gas,2027-09-30,Due,See file
> A3,Oil,2027-09-30,Due,See note
Live, · In contract, · ,Carrying on without paperwork · ,Supplier still working and nothing in writing |
  runs yes, asks end
,Further extension to 2027-12-31 under negotiation | runs yes, asks end

a notice that was given for a length ends so long after its day
Remarks | We served 3 months on 16 Nov 2026 · They gave 3 months on 16/11/2026 |
  end 2027-02-16, asks end, column warns

what is idle, gone or on hold is asked about below whatever heading
Zorb · Remarks · Anything else | on hold · Suspended since October · dormant ·
  No orders placed since May · not used since the move · Lockers removed in August ·
  Merged into A9 since May | asks status
Remarks | Lockers removed in August 2026 · Merged into A9 from 01/10/2026 ·
  Folded into the group deal in May 2026 | asks status, column warns
Remarks | Option removed in August 2026 · Data moved to the new portal in May 2026 | column warns

what is said of an extension that nobody signed, or of a supplier that may not go on, is told
Remarks | Extension letter sent, not countersigned yet · Extn with legal, unsigned ·
  Option to extend agreed in principle · Supplier in administration, see email ·
  Contractor gone into liquidation | warns
Remarks | Closes a week early | warns, column warns
Opts taken to date | 1 of 2 | warns

what an extension cost is no denial of it
> Ref,Title,End date,Remarks
> A1,Taxis,2026-09-30,*
> A2,Gas,2027-09-30,See file
> A3,Oil,2027-09-30,See note
Extended at no extra cost until 30 April 2027 · Extended without tender to 30 April 2027 ·
  Reappointed for a year to 30 April 2027 | confirmed 2027-04-30, asks extension

a cell that surely says that it renews is heard beside a no, and asked about
> Ref,Title,End date,Auto renew,Notice period,Remarks
> A1,Taxis,2027-03-31,No,3 months,*
Extends automatically year on year · renews annually unless stopped | renews yes, asks renewal of No

what follows at its end in how it stands is asked about
Position | Live, month by month from December · then rolling monthly | asks renewal

below a heading of two names the owner is below his own
> Ref,Title,End date,Sponsor / contract lead
> A1,Taxis,2027-03-31,*
> A2,Gas,2028-03-31,CFO / Ann Orr
COO / Ann Beck | owner Ann Beck
COO / tbc · to be assigned · Nobody yet · No one at present | notes

a figure is of what a column of its basis says, and not of how often it is paid
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2024-04-01,2027-03-31,~
> A2,Post,Dene,2024-04-01,2029-01-31,"£1,000",
> A3,Gas,Dene,2024-04-01,2029-01-31,"£2,000",
Cost,Cost basis · Price,Price basis · Contract value,Basis of value · Cost,Basis · Value,Value type · Value,Value covers · Value,Value basis |
  "£41,000",annual | value 41000.00, £41,000 per year, annual
Cost,Cost basis · Price,Price basis · Contract value,Basis of value · Cost,Basis · Value,Charging basis |
  £500,per month · £500,monthly · £500,pcm |
  value 6000.00, £500 per month, annual, 500.00 month, warns
Cost,Cost basis · Price,Price basis · Contract value,Basis of value · Cost,Basis |
  "£41,000",whole life · "£41,000",Total contract | value 41000.00, committed
Cost,Cost basis · Contract value,Basis of value | "£41,000",Maximum | value 41000.00, maximum
Cost,Cost basis | £9,per pupil | £9 per pupil, warns
Total value,Payment frequency · Total cost,Invoice frequency | "£41,000",monthly |
  value 41000.00, committed

words for a supplier that is not known yet are no supplier
> Ref,Title,Supplier,Start date,End date
> A1,Taxis,*,2024-04-01,2027-03-31
> A2,Post,Dene,2024-04-01,2029-01-31
Preferred bidder · under evaluation · Out to tender · To be awarded · Not yet awarded | notes
Preferred Bidder Solutions · Tender Services Ltd · Under One Roof Ltd |
  supplier in its words

a term and its options beside the end that it comes to
> Ref,Title,Start,End,#
> A,A,2019-12-01,2026-11-30,*
Extension | 5+2+2 | option 2028-11-30
Length | 7 yrs +2 | option 2028-11-30
Length | 5 years | notes

beside an end ahead what the remarks say moves nothing, but an earlier end warns
> Ref,Title,Supplier,Start date,End date,Remarks
> A1,Taxis,Beck,2023-04-01,2028-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
Extension signed to 31/03/2029 | proposed 2029-03-31, asks extension, column warns
Notice served, ends 31/12/2026 | end 2026-12-31, asks end
Terminated 12 Aug 2026, supplier insolvent | asks status
Spoke to supplier 12/08/2026 | column warns
Happy with service | nothing

Welsh is read
> Ref,Title,Supplier,Start date,End date
> A1,Taxis,Beck,1 Ebrill 2024,*
31 Ionawr 2027 | end 2027-01-31
28 Chwefror 2027 | end 2027-02-28
31 Mawrth 2027 · 31 Mawrth 2027 / 31 March 2027 | end 2027-03-31
30 Ebrill 2027 | end 2027-04-30
31 Mai 2027 | end 2027-05-31
30 Mehefin 2027 | end 2027-06-30
31 Gorffennaf 2027 | end 2027-07-31
31 Awst 2027 | end 2027-08-31
30 Medi 2027 | end 2027-09-30
31 Hydref 2027 | end 2027-10-31
30 Tachwedd 2027 | end 2027-11-30
31 Rhagfyr 2027 | end 2027-12-31
Parhaus | end rolling
36 mis / 36 months · 3 blynedd | end 2027-03-31, asks end

what would stop a renewal so long before it is its notice, in whatever words
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2024-04-01,2027-05-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
Remarks | Auto-renews unless cancelled 60 days before · Auto renewal, 60-day notice window |
  notice 60 days, renews yes, column warns
Remarks | Renews annually unless cancelled 60 days prior |
  notice 60 days, renews yes, every 12 months, column warns
Remarks | Renews each year, cancel 30 days ahead |
  notice 30 days, renews yes, every 12 months, column warns
Remarks | Rolls over annually unless cancelled at least 3 months beforehand |
  notice 3 months, renews yes, every 12 months
Auto renewal | Yes unless cancelled 60 days before · Yes, 60 days in advance |
  notice 60 days, renews yes
Auto renewal | Yes - cancel 30 days ahead of renewal · Yes, 30 days' written warning |
  notice 30 days, renews yes
Auto renewal | Yes, opt-out window 45 days · Auto (45 day cancellation period) |
  notice 45 days, renews yes
Auto renewal | Auto unless terminated 3 months beforehand | notice 3 months, renews yes
Remarks | Renews unless somebody cancels 60 days before | notice 60 days, renews yes, column warns
Remarks | Unless we give 60 days notice it renews |
  notice 60 days, in its words, notes, asks renewal, column warns
Remarks | Money stops 31 March 2027 unless the funder renews · Stops 31/03/2027 if nobody renews |
  end 2027-03-31, asks end, column warns

notice that was served is no day by which it is due: what follows is asked
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2023-04-01,2028-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
Notice | Notice served 01/10/2026 · served 13/10/2026 · notice has been given |
  in its words, asks end
Notice | 3 months, notice served 01/10/2026 |
  end 2027-01-01, notice 3 months, in its words, asks end
Notice | 3 months given by either party · 3 months, must be served by 31/12/2027 |
  notice 3 months, in its words, asks renewal
Notice | Notice given 1 Nov 2026 to end 31/01/2027 | end 2027-01-31, in its words, asks end
Notice | by 31/12/2027 | by 2027-12-31, asks renewal
Notice served | Yes | asks end, column warns
Remarks | notice given | asks end
Remarks | supplier handed in their notice on 13/10/2026 | asks end, column warns

an end that words bring forward warns, and is asked about
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2023-04-01,2028-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
Remarks | gave notice to leave on 31/12/2026 · served notice, ceases 31/12/2026 ·
  will cease 31/12/2026 · Gave notice. Leaves on 31/12/2026 · stops 31 Dec 2026 ·
  site closing 31/12/2026 · not needed after 31/12/2026 | end 2026-12-31, asks end, column warns
Remarks | Terminated; runs until 31/12/2026 · Live, runs until 31/12/2026 ·
  Contract to end 31/12/2026 by mutual agreement | end 2026-12-31, asks end
Status | Ceases 31/12/2026 · Leaving 31/12/2026 · Live, runs until 31/12/2026 |
  end 2026-12-31, asks end
Auto renewal | No - ceases 31/12/2026 | end 2026-12-31, renews no, asks end
Auto renewal | Auto-renews unless terminated by 31/10/2027 | renews yes, by 2027-10-31
Remarks | early exit 30/09/2027 if told by 31/03/2027 | reviewOn 2027-03-31, notes, column warns
Remarks | may be terminated on 30/09/2027 | reviewOn 2027-09-30, notes
Remarks | Warranty ends 31/01/2027 · Price hold ends 31/01/2027 |
  warns

an exit that may be is a break, also behind the end
> Ref,Title,Start,End
> A1,Taxis,2024-04-01,*
> B,B,13/04/2024,14/03/2027
31/03/2028, early exit 30/09/2027 if told by 31/03/2027 · 31/03/2028 (can be terminated 31/03/2027) |
  end 2028-03-31, reviewOn 2027-03-31, warns, notes

an extension by a length beside an end ahead is asked: nobody knows whether that counts it
> Ref,Title,Supplier,Start date,End date,Remarks
> A1,Taxis,Beck,2023-04-01,2028-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
Extended by 12 months · 12-month extension granted · extended 12 months ·
  Extended for a further year · Extension of 12 months agreed |
  proposed 2029-03-31, asks extension, column warns

a later end in one cell goes before words in another that it runs on
> Ref,Title,Supplier,Start date,End date,Notes,Remarks
> A1,Taxis,Beck,2023-04-01,2026-03-31,~
> A2,Post,Dene,2024-04-01,2029-01-31,,
> A3,Gas,Dene,2024-04-01,2029-01-31,,
still running,extended to 31/03/2027 · ongoing,signed extension 31/03/2027 |
  confirmed 2027-03-31, asks extension, column warns

options in any cell are options, and what became of them
> Ref,Title,Supplier,Start date,End date,Remarks
> A1,Taxis,Beck,2021-04-01,2028-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
5+2+2, first extension taken | option 2030-03-31
second 2-year option still available | option 2030-03-31, column warns
option to extend 12 months | option 2029-03-31, column warns
2-year option not taken | asks option, column warns
Option of 12 months lapsed | notes, column warns
extension requested for 6 months | warns, column warns

of a notice and a longer one in another cell the longer counts
> Ref,Title,Supplier,Start date,End date,Auto renew,Notice,Remarks
> A1,Taxis,Beck,2023-04-01,2028-03-31,Yes,~
> A2,Post,Dene,2024-04-01,2029-01-31,No,,
> A3,Gas,Dene,2024-04-01,2029-01-31,No,,
1 month,one quarter's notice before the anniversary |
  notice 3 months, notes, asks notice, column warns
6 months,3 months notice | notice 6 months, notes, asks notice, column warns
,one quarter's notice before the anniversary | notice 3 months, notes, column warns
"28 days, or one quarter's notice before the anniversary", | notice 3 months, asks notice

what is to be decided by a day is reviewed then, and no cell of a renewal is dropped
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2023-04-01,2028-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,Auto
> A3,Gas,Dene,2024-04-01,2029-01-31,-
> A4,Gas,Dene,2024-04-01,2029-01-31,Ask Jim
> A5,Gas,Dene,2024-04-01,2029-01-31,see email
> A6,Gas,Dene,2024-04-01,2029-01-31,
Renewal | Must decide by 15 Jan 2027 · Board 15/01/2027 · 15 January 2027 |
  reviewOn 2027-01-15, asks renewal, notes
Renewal | Ask Jim · tbc | asks renewal
Renewal | with 3 months notice | notice 3 months, asks renewal
Next steps · Zorb | Must decide by 15 Jan 2027 · Cabinet decision due 15 January 2027 |
  reviewOn 2027-01-15, notes
Zorb | Meeting 20/01/2027 | notes
Renewal notes · Extension notes · Exit | Yes | column warns
Options used | Yes | warns

headings that strangers gave, by what stands below them
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
Ext. Periods Remaining · Plus | 2 x 12 months | options 2028-03-31 2029-03-31
Extensions used / available | 0 / 2 x 12m | options 2028-03-31 2029-03-31
Termination by us | 3 months | notice 3 months, asks renewal
Continues if nothing said? · Carries on by itself? | No | renews no

what stands for another
> Ref,Title,Supplier,Start date,End date,Owner,Cost (£),Payable,Curr.
> A1,Taxis,Beck,2024-04-01,2027-03-31,~
> A2,Post,Dene,2024-04-01,2029-01-31,Ann,10,annually,GBP
Swydd wag,425,monthly,USD | value 5100.00, 425 per month, annual, currency USD, 425.00 month, notes, warns
Vacant,1950,termly,GBP | 1950 per term, notes, warns

a start by what stands below its heading
> Ref,Title,Supplier,End date,#
> A1,Taxis,Beck,2027-03-31,*
> A2,Post,Dene,2029-01-31,2024-05-01
On site from · With us since | 2024-04-13 | start 2024-04-13

a firm below who is the supplier
> Ref,Title,#,Start date,End date
> A1,Taxis,*,2024-04-01,2027-03-31
> A2,Post,Dene Ltd,2024-04-01,2029-01-31
Who · Who from | Beck Ltd | supplier in its words

a length from the start in any cell is the term where no end is given
> Ref,Title,Supplier,Start date,End date,Notes
> A1,Taxis,Beck,2024-07-01,,*
> A2,Post,Dene,2024-04-01,2029-01-31,
Three years from commencement · 36 months from contract start | end 2027-06-30, column warns

of an end that a term reaches with its options only the earlier warns, and it is asked
> Ref,Title,Supplier,Start date,End date,Term
> A1,Taxis,Beck,~
> A2,Post,Dene,2024-04-01,2029-01-31,
2024-04-01,2029-03-31,3+1+1 | start 2024-04-01, end 2027-03-31, options 2028-03-31 2029-03-31, asks end
2022-06-06,2027-06-05,4 + 1 + 1 years | start 2022-06-06, end 2027-06-05, option 2028-06-05

bare numbers of a notice are in the unit of its heading
> Ref,Title,End,Auto renew,Notice (days)
> A,A,2027-05-31,Yes,*
> B,B,2027-05-31,Yes,30
30 (they must give 90) | notice 90 days, in its words, asks notice
3 (6 once past year 2) | notice 6 days, in its words, asks notice

what follows it, and notice with its length, bring an end forward
> Ref,Title,Supplier,Start date,End date,Update
> A1,Taxis,Beck,2024-01-01,2027-12-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
Replaced by FP-233 with effect from 1 March 2027 · New supplier starts 1 March 2027 | end 2027-02-28, asks end, column warns
New contract with Careium from 1 March 2027 | end 2027-02-28, asks end, column warns
handed back Jan 27 | end 2027-01-01..2027-01-31 (month), asks end
Exit notice issued 16/11/2026, 90 days | end 2027-02-14, asks end, column warns
Terfynir y contract ar 31 Ionawr 2027 | end 2027-01-31, asks end
PCC signed extension 1 of 2 on 13/11/26, revised finish 31 January 2029 | proposed 2029-01-31, asks extension, column warns
hand back 14 Feb 2027 | end 2027-02-14, warns, asks end, column warns

what has expired may run on
> Ref,Title,Supplier,Start date,End date,RAG
> A1,Taxis,Beck,2021-06-01,2026-05-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,Green
Expired - still in use · rolled into 26/27 academic year | runs yes, asks end

a day by which notice is due counts in whatever cell it stands
> Ref,Title,Supplier,Start date,End date,Auto renew,Zorb
> A1,Taxis,Beck,2025-09-01,2027-08-31,Yes,*
> A2,Post,Dene,2024-04-01,2029-01-31,No,
> A3,Gas,Dene,2024-04-01,2029-01-31,No,
must opt out by 1 July · cancellation deadline: 1 July |
  by 2027-07-01, notes
notice window shuts 31 May | by 2027-05-31, notes
tell them by 1 July 2027 | by 2027-07-01, notes, column warns

a term may stand behind its first day, and options behind its last
> Ref,Title,Supplier,Contract period
> A1,Taxis,Beck,*
> A2,Vans,Orr,01/05/2024 - 30/04/2028
01/06/2025 (18 months) | end 2026-11-30, warns
13/06/2025, 24 months | end 2027-06-12, warns
1/4/22 - 31/3/27 + 2 · 01/04/2022 to 31/03/2027 + 2 years | end 2027-03-31, option 2029-03-31

one that runs on ends where a cell says so
> Ref,Title,Supplier,Start date,End date,Remarks
> A1,Taxis,Beck,2024-04-01,rolling,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
notice given 13/11/26 to finish 31/1/27 · ceases 31 January 2027 |
  end 2027-01-31, asks end, column warns

a column that tells how it stands is asked about where it says that it is over, or on hold
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2024-04-01,2028-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
RAG · Position | Closed · On hold · Suspended since October · Dormant | asks status
RAG · Position | Green · fine | nothing
Tender stage | Closed | nothing

words of renewal under a condition are none
> Ref,Title,Supplier,Start date,End date,Remarks
> A1,Taxis,Beck,2024-04-01,2028-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
money stops 31 March 2027 unless the funder renews | end 2027-03-31, asks end, column warns

Welsh tells of its course
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2023-04-01,2026-03-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
Sylwadau | Wedi'i estyn i 31 Mawrth 2027 · wedi ei ymestyn am flwyddyn · wedi'i estyn am 12 mis |
  confirmed 2027-03-31, asks extension, column warns
Sylwadau | yn parhau o fis i fis · yn parhau | runs yes, asks end

Welsh tells of lengths, seasons and what is over
> Ref,Title,Supplier,Start date,End date,#
> A1,Taxis,Beck,2023-04-01,2027-05-31,*
> A2,Post,Dene,2024-04-01,2029-01-31,
> A3,Gas,Dene,2024-04-01,2029-01-31,
Sylwadau | wedi'i derfynu 3 Awst 2026 · Terfynwyd | asks status
Sylwadau | yn dod i ben 31 Rhagfyr 2026 | end 2026-12-31, asks end
Sylwadau | rhybudd wedi'i roi | asks end
Cyfnod rhybudd | tri mis · tri mis o rybudd | notice 3 months, in its words, asks renewal
Cyfnod rhybudd | chwe mis | notice 6 months, in its words, asks renewal
Cyfnod rhybudd | blwyddyn | notice 1 years, in its words, asks renewal
Cyfnod rhybudd | naw deg diwrnod | notice 90 days, in its words, asks renewal
Cyfnod rhybudd | pythefnos | notice 2 weeks, in its words, asks renewal
Statws | Wedi'i derfynu | asks status
Statws | Byw · Yn parhau | nothing
Adnewyddu awtomatig | Ydy, oni bai y rhoddir tri mis o rybudd | notice 3 months, renews yes
Gwerth y contract | £400 y mis | value 4800.00, in its words, annual, 400.00 month, warns

seasons in Welsh
> Ref,Title,Start,End
> A1,Taxis,2024-04-01,*
> B,B,13/04/2024,14/03/2027
haf 2027 · tan haf 2027 · until summer 2027 |
  end 2027-06-01..2027-08-31 (quarter), asks end
yr hydref 2027 | end 2027-09-01..2027-11-30 (quarter), asks end
o fis i fis | end rolling, renews yes
tair blynedd | end 2027-03-31, asks end

a renewal term is a length, also in words
> Ref,Title,Supplier,Start date,End date,Renewal term
> A1,Taxis,Beck,2024-04-01,2027-03-31,*
quarterly | every 3 months
Annual | every 12 months
every 6 months | every 6 months
rolling monthly | every 1 months
1 year (3 months notice) | notice 3 months, every 1 years, asks renewal

yes and no below a heading of renewal are automatic renewal
> Ref,Title,Notice,End,#
> A,A,none,2027-05-31,*
> B,B,none,2027-05-31,*
Auto? | Y | renews yes
Auto renew? | No | renews no
Automatic | yes | renews yes
Renews? | N | renews no
Renewal | Yes | renews yes

a column names product and release together
> Ref,Title,End,#
> A,A,2027-03-31,*
> B,B,2027-03-31,*
Software/version · Product & version · Application (release) · Software and release · System / Version · App version · Product/Release · Application - Version · OS version · Operating system & version · Database version · Platform (version) · Tool & version · Package version · Solution release · Product name & version · Products and versions · Software (version installed) · Software_version · SOFTWARE RELEASE · Application/Build · Technology & release · Middleware version · Product + release · Applications and releases · Systems (releases) · Version of software · Release of product · Software ver · Firmware version |
  SQL Server 2016 | covers SQL Server 2016
Version · Covered product | Windows Server 2016 | covers Windows Server 2016

an assessment says how far it is
DPIA | Yes · Y · Completed · Done · Approved · Signed off · In place · On file · true · Complete ·
  yes - held by IG · Carried out | personalData yes, dpia made, no reference is known
DPIA | Pending · In progress · in progress - IG team · Draft · Under review · Awaiting sign off ·
  Required · To be completed · Not yet started · With DPO · Submitted · Outstanding · WIP ·
  Started · Not completed · Overdue · Yes - in progress · To do |
  personalData yes, dpia in its words, notes
DPIA | DPIA-2026-14 · IG/123 · 15/03/2026 | personalData yes, dpia in its words
DPIA | No · N · Not required · Screened out | nothing
DPIA | TBC · TBD · ? · Unknown | notes
DPIA reference | Yes | dpia made, no reference is known
DPIA reference | In progress | dpia in its words, notes
DPIA reference | No | nothing
DPIA reference | D/7 | dpia in its words
DPIA required | Yes | personalData yes

a term that is written as its days ends on the second
> Ref,Title,Supplier,Contract term
> A1,Taxis,Beck,*
> A2,Vans,Orr,01/05/2024 - 30/04/2028
01/04/2024 - 03/02/2027 | end 2027-02-03
1/4/24-31/3/27 · 1 Apr 2024 to 31 Mar 2027 | end 2027-03-31
from 01/04/2024 until 05/04/2027 | end 2027-04-05
02/05/2021 - 01/05/2026 | end 2026-05-01
01/02/2027 to 31/01/2030 | end 2030-01-31
03/04/2019 to 02/04/2024 (extended to 02/04/2027) | end 2027-04-02, asks end
5 yrs (3+1+1), commenced 14/02/2024 · 3+1+1 years from 14 Feb 2024 |
  end 2027-02-13, options 2028-02-13 2029-02-13
SLA, looked at each spring | asks end
`

test.each(cellCases(CELLS))('$promise: $heading $cell', async ({ register, cell, says }) => {
  expect(await cellSays(register, cell, TODAY)).toBe(says)
})

test.each([
  ['Ref,Title,End,Contract value', 'A,A,2027-03-31,£400 per month', '4800.00 a year'],
  ['Ref,Title,End,Contract value (£000)', 'A,A,2027-03-31,25', 'multiplied'],
  ['Ref,Title,End,Status', 'A,A,2027-03-31,Extended until 30/09/2028', '2028-09-30'],
  ['Ref,Title,End', 'A,A,FY26/27', 'only the year is known'],
  ['Ref,Title,End', 'A,A,spring 2027', 'only the quarter is known'],
  ['Ref,Title,End', 'A,A,end of March 2027', 'only the month is known'],
  ['Ref,Title,End', 'A,A,', 'no end'],
  ['Ref,Title,End,Notice period,Auto renew', 'A,A,2027-05-31,4 weeks/1 month,Yes', '1 month'],
])('%s: "%s" is told with what it was taken for', async (headings, cells, words) => {
  expect((await reading(headings, cells)).problems[0]?.problem).toContain(words)
})

test('a mark for what stands above says that', async () => {
  const { drafts } = await reading(
    'Ref,Title,Supplier,End,Owner',
    'A,A,Beck,2027-03-31,Ann Ash',
    ...['ditto', 'do.', 'as above'].map((mark) => `B,B,${mark},2027-04-30,${mark}`),
  )
  expect(drafts.map(({ supplier, owner }) => [supplier, owner])).toEqual(
    drafts.map(() => ['Beck', 'Ann Ash']),
  )
})

describe('a row whose end can be read is watched, whatever else cannot', () => {
  const headings = [
    ...['Ref', 'Title', 'Supplier', 'Start date', 'End date', 'Contract value', 'Notice period'],
    ...['Auto renew', 'Renewal term', 'Maximum end date', 'Extension (months)', 'Extension end'],
    ...['Status', 'Owner', 'Department', 'Units', 'Unit price', 'Currency', 'VAT', 'Review date'],
  ]
  const cells = [
    ...['A1', 'Taxis', 'Beck', '2024-04-01', '2027-03-31', '1000', '3 months', 'Yes', '12 months'],
    ...['2029-03-31', '24', '2028-03-31', 'Live', 'Ann Ash', 'Digital', '5', '10', 'GBP', 'net'],
    '2026-12-01',
  ]

  test('any text in any cell but the end leaves the row watched by its end', async () => {
    const any = fc.oneof(
      fc.string({ maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, ' ')),
      fc.constantFrom('n/a', '£-', 'up to 24', '2+1+1', 'Expired', '31/12/2019', 'rolling', '-5'),
    )
    await fc.assert(
      fc.asyncProperty(any, fc.nat(cells.length - 1), async (text, at) => {
        if (headings[at] === 'End date') return
        const line = cells.map((cell, i) => quoted(i === at ? text : cell)).join(',')
        const refused = await refusal(written('any.csv', `${headings.join(',')}\n${line}\n`), TODAY)
        if (refused !== '') {
          expect(refused).toMatch(/--dates|--years/)
          return
        }
        const { drafts } = await reading(headings.join(','), line)
        expect(only(drafts)).toMatchObject({ end: { latest: '2027-03-31' }, closed: false })
      }),
      { numRuns: 100 },
    )
  })

  test('any column dropped or named by words without a meaning is named, or the file is refused by name', async () => {
    const columns = [
      ...[
        'Ref=A1',
        'Title=Taxis',
        'Supplier=Beck',
        'Start date=2024-04-01',
        'Notice by=2026-12-31',
      ],
      ...['End date=2027-03-31', 'Expiry date=2028-03-31', 'Maximum end date=2030-03-31'],
      ...['Notice period=3 months', 'Renewal term=12 months', 'Extension period=2 x 12 months'],
      ...['Duration=3 years', 'Review date=2026-12-01', 'Contract value=1000'],
    ].map((column) => column.split('='))
    const senseless = ['Zorb', 'Column 7', 'F12', 'Wert', 'Misc', 'XX', 'Blau', 'Hinweis', 'Zut']
    const at = fc.nat(columns.length - 1)
    await fc.assert(
      fc.asyncProperty(at, at, fc.constantFrom(...senseless), async (renamed, dropped, name) => {
        const kept = columns
          .map(([heading, cell], i) => [i === renamed ? name : heading, cell])
          .filter((_, i) => i === renamed || i !== dropped)
        const lines = [0, 1].map((side) => kept.map((column) => column[side]).join(','))
        const refused = await refusal(written('renamed.csv', `${lines.join('\n')}\n`), TODAY)
        if (refused !== '') {
          expect(refused).toContain(name)
          return
        }
        const { register, drafts, problems } = await reading(...lines)
        expect(register.unmapped).toContain(name)
        const says = (register.warnings ?? []).filter(({ field }) => field === name)
        const isTime = /^\d{4}-|month|year/.test(columns[renamed]?.[1] ?? '')
        const isAsked = problems.some(({ field, ask }) => field === name && ask)
        // A day that the row gives elsewhere is asked of no column.
        const isKnown = JSON.stringify(drafts).includes(`"${columns[renamed]?.[1]}"`)
        const told = isAsked || isKnown ? 'note' : 'warning'
        expect(says.map(({ severity }) => severity)).toEqual(isTime ? [told] : [])
        // Whatever else is gone, a column that could be the end leaves the row watched.
        const hasEnd = /End date|Expiry date|Maximum end date/.test(lines[0] ?? '')
        if (hasEnd) expect(only(drafts).end.kind).toBe('dated')
      }),
      { numRuns: 100 },
    )
  })

  test('several cells replaced at once leave the row watched by the earliest end that can be read', async () => {
    const ends = ['2027-03-31', '2028-03-31', '2029-03-31', '2028-09-30', '3 months']
    const junk = fc.constantFrom('', 'TBC', 'see contract', 'n/a', '???', 'annually', '£5')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(junk), { minLength: 5, maxLength: 5 }),
        async (replaced) => {
          const cells = ends.map((cell, i) => replaced[i] ?? cell)
          // Rows are of one column each, so that what a column holds is seen from the other row.
          const { draft } = await reading(
            'Ref,Title,End date,Expiry date,Maximum end date,Extended until,Notice',
            `A1,Taxis,${cells.map(quoted).join(',')}`,
            ...['B1,Post', 'B2,Gas'].map((other) => `${other},${ends.join(',')}`),
          )
          const isDay = (cell = '') => /^20/.test(cell)
          const [first] = cells.slice(0, 2).filter(isDay).sort()
          if (first !== undefined) expect(draft?.end).toMatchObject({ earliest: first })
          // An extension's end is nearer than the latest that is possible.
          else if (isDay(cells[3])) expect(draft?.extensions).toMatchObject([{ to: cells[3] }])
          else if (isDay(cells[2])) expect(draft?.end).toMatchObject({ earliest: cells[2] })
        },
      ),
      { numRuns: 100 },
    )
  })

  test('any column moved or worded otherwise is understood, any dropped one is not made up', async () => {
    const columns = [
      ['A1', 'Contract Ref.', 'Agreement number', 'CONTRACT_ID', 'Our ref'],
      ['Taxis', 'Contract name', 'Title of the contract', 'Name of Agreement'],
      ['Beck', 'Vendor', 'Name of provider', 'Contractor(s)'],
      ['2024-04-01', 'Commences', 'Date from', 'Start of contract', 'Contract begins'],
      ['2027-03-31', 'Expires', 'Contract finish date', 'Date of expiry', 'Contract valid until'],
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(columns, { minLength: 5 }),
        fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }),
        async (order, picks) => {
          const headings = order.map(([, ...all], i) => all[(picks[i] ?? 0) % all.length])
          const { drafts } = await reading(headings.join(), order.map(([cell]) => cell).join())
          expect(only(drafts)).toMatchObject({
            ...{ reference: 'A1', title: 'Taxis', supplier: 'Beck', start: '2024-04-01' },
            end: { latest: '2027-03-31' },
          })
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a row is dropped only where nothing names it, or its days do not stand in their columns', async () => {
    const { drafts, problems } = await reading(
      'Ref,Title,Start,End,Value,Owner',
      'A,Taxis,2024-04-01,2027-03-31,250,000,Ann',
      'B,Gas, oil,2024-04-01,2027-03-31,250,Ann',
      ',,2024-04-01,2027-03-31,1,',
    )
    const end = { latest: '2027-03-31' }
    expect(only(drafts)).toMatchObject({ reference: 'A', end, value: null, owner: null })
    const told = problems.map(({ at, severity }) => `${at} ${severity}`)
    expect(told).toEqual(['2 warning', '3 error', '4 error'])
  })
})

test('every day and every length in a cell of its course is in the draft, or told', async () => {
  const headings = [
    ...['End date', 'Notice period', 'Auto renewal', 'Extension', 'Contract term', 'Break clause'],
    ...['Renewal term', 'Status', 'Maximum end date', 'Extension end', 'Expiry date'],
  ]
  const around = [
    ...['%', 'No - %', 'Yes, %', '% agreed', 'extended to %', 'subject to %', 'break %', 'until %'],
    ...['minimum %', 'not before %', 'see email (%)', '% by letter', '%, then rolling', 'was %'],
    ...['Live; %', 'review % with supplier', 'ends %', '% option', 'TBC, perhaps %', '% / %'],
  ]
  const days = ['31/10/2027', '30 June 2028', 'March 2029', '31/03/2029', '31 Rhagfyr 2027']
  const known = [
    /2027-(?:10-3|11-01)/,
    /2028-0(?:6-[23]|7-01)/,
    /2029-0[34]/,
    /2029-0[34]/,
    /202(?:7-12-3|8-01-01)/,
  ]
  const lengths = ['18 months', 'two years', '90 days', '6 weeks', '5 blynedd']
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...headings),
      fc.constantFrom(...around),
      fc.constantFrom(...days, ...lengths),
      async (heading, words, fact) => {
        const isEnd = heading === 'End date'
        const [before, after] = isEnd ? ['', ''] : ['2027-03-31,', `,${heading}`]
        const { drafts, problems } = await reading(
          `Ref,Title,Start date,End date${after}`,
          `A1,Taxis,2024-04-01,${before}${quoted(words.replaceAll('%', fact))}`,
          `A2,Post,2024-04-01,${before}2027-03-31`,
        )
        const [draft] = drafts
        if (draft?.reference !== 'A1') return
        if (problems.some(({ field, at }) => field === heading && at === '2')) return
        const said = JSON.stringify(draft)
        const has = (each: unknown) => each !== null && each !== undefined
        const { noticePeriod, renewalTerm, maximumEnd, noticeText } = draft
        const isKept =
          known[days.indexOf(fact)]?.test(said) ??
          ([noticePeriod, renewalTerm, maximumEnd].some(has) || /End|term/.test(heading))
        expect(isKept || noticeText?.includes(fact), `${heading}: ${words} ${fact}`).toBe(true)
      },
    ),
    { numRuns: 400 },
  )
})

describe('two columns of one meaning', () => {
  test.each([
    ['Yes', '24 months', '2029-03-31', false],
    ['', '12 months', '2028-03-31', false],
    ['12 months', '', '2028-03-31', false],
    ['No', 'n/a', null, false],
    ['12 months', '24 months', '2028-03-31', true],
  ])('"%s" and "%s" reach to %s', async (yes, most, to, isTold) => {
    const { register, draft, problems } = await reading(
      'Ref,Title,End date,Option to Extend?,Max Extension',
      `A1,Taxis,2027-03-31,${yes},${most}`,
      'A2,Post,2027-03-31,No,',
    )
    expect([draft?.maximumEnd, register.unmapped]).toEqual([to, []])
    expect(register.mapping.filter(({ field }) => field === 'extensionMonths')).toHaveLength(2)
    expect(problems.some(({ field }) => field === 'Max Extension')).toBe(isTold)
  })
})

describe('what a contract is called by', () => {
  test.each<[string, string[], string | null]>([
    ['CPT reg', ['CPT-001', 'CPT-002'], 'CPT-001'],
    ['No.', ['T-01', 'T-02'], 'T-01'],
    ['No.', ['1', '2'], null],
    // Not its own in every row, or no code of a contract.
    ['Kennung', ['AB/17', 'AB/17'], null],
    ['Kennung', ['31/03/24', '30/04/24'], null],
    ['Post code', ['LS12AB', 'LS13AC'], null],
  ])(
    'below "%s" %j is the reference %s; products where there is no title',
    async (heading, [one, two], reference) => {
      const { draft } = await reading(
        `${heading},Product,Vendor,Licence end`,
        `${one},Widget,Acme,2027-03-31`,
        `${two},Gadget,Acme,2027-03-31`,
      )
      expect(draft).toMatchObject({ reference, title: 'Widget' })
    },
  )

  test('headings in Welsh', async () => {
    const { draft } = await reading(
      'Cyf,Teitl,Cyflenwr,Dyddiad dechrau,Dyddiad gorffen,Cyfnod rhybudd,Estyniad,Adnewyddu awtomatig,Adran,Swyddog,Gwerth',
      'D1,Glanhau,Teifi,1 Ebrill 2024,31 Mawrth 2027,3 mis,2 flynedd,Nac oes,Addysg,Elin Prys,"£410,000"',
    )
    expect(draft).toMatchObject({
      ...{ reference: 'D1', title: 'Glanhau', supplier: 'Teifi', start: '2024-04-01' },
      ...{ end: { latest: '2027-03-31' }, noticePeriod: { amount: 3, unit: 'months' } },
      ...{ maximumEnd: '2029-03-31', automaticRenewal: false, department: 'Addysg' },
      ...{ owner: 'Elin Prys', value: '410000.00' },
    })
  })
})

describe('years of two digits', () => {
  const ends = ({ drafts }: Awaited<ReturnType<typeof readingOf>>) =>
    drafts.map(({ end }) => (end as { latest?: string }).latest)

  test.each([
    ['01/04/24,31/03/27 · 01/04/22,30/09/26', '2024-04-01 2027-03-31 2022-04-01 2026-09-30'],
    ['01-Apr-24,31-Mar-27 · 13-Jun-09,12-Jun-51', '2024-04-01 2027-03-31 2009-06-13 2051-06-12'],
    ['1.4.24,30.6.28 · 2.5.31,1.5.33', '2024-04-01 2028-06-30 2031-05-02 2033-05-01'],
    // Of a column that shows years of four digits a far one alone is unread.
    ['01/04/2024,31/03/27 · 01/04/98,31/03/26', '2024-04-01 2027-03-31 null 2026-03-31'],
  ])('near today are of its century: %s', async (rows, said) => {
    const lines = rows.split(' · ').map((row, at) => `A${at},A,${row}`)
    const { drafts } = await reading('Ref,Title,Start,End', ...lines)
    const days = drafts.flatMap(({ start, end }) => [start, (end as { latest?: string }).latest])
    expect(days.join(' ')).toBe(said.replace('null', ''))
  })

  test.each([
    ['31-Mar-99', '--years 2000'],
    ['31/03/52', '--years 2000'],
    ['Mar 31', '--years 2000'],
    ['27-03-31', 'whether the day or the year stands first'],
  ])('that may be of another century, or days, stop the whole file: %s', async (cell, said) => {
    const content = `Ref,Title,End date\nA1,A,${cell}\nA2,B,${cell}\n`
    expect(await refusal(written('years.csv', content), TODAY)).toContain(said)
    const file = await readingOf('years.csv', content, { ...TODAY, years: 2000 })
    expect(file.drafts).toHaveLength(2)
  })

  test('are never read as another year than the one meant, whatever stands in the column', async () => {
    const yearOf = fc.integer({ min: 1930, max: 2090 })
    await fc.assert(
      fc.asyncProperty(fc.array(yearOf, { minLength: 1, maxLength: 6 }), async (years) => {
        const rows = years.map((year, at) => `A${at},A,30-Sep-${String(year).slice(2)}`)
        const content = `Ref,Title,End date\n${rows.join('\n')}\n`
        const isNear = years.every((year) => year % 100 <= 51)
        const refused = await refusal(written('years.csv', content), TODAY)
        expect(refused).toContain(isNear ? '' : '--years')
        if (!isNear) return
        // A contract of the century before would have ended 75 years ago at least.
        const meant = years.map((year) => `${2000 + (year % 100)}-09-30`)
        expect(ends(await readingOf('years.csv', content, TODAY))).toEqual(meant)
      }),
      { numRuns: 60 },
    )
  })

  test('among years of four digits follow them', async () => {
    const read = await reading('Ref,Title,End', 'A,A,30/09/2027', 'B,B,30/09/28')
    expect(ends(read)).toEqual(['2027-09-30', '2028-09-30'])
  })
})

const NOT_SETTLED = [
  ...['TBC', 'tbc', 'TBA - contract being let', '?', '??', 'Unknown', 'to be agreed', 'n/k'],
  ...['Possibly', 'not yet known', 'under review', 'check with legal', 'Pending'],
]

describe('one question for what one answer settles', () => {
  test.each<[string, string[], string[]]>([
    [
      'Ref,Title,End,Notice',
      ['A,A,2027-03-31,3 months', 'B,B,2027-04-30,6 months', 'C,C,2027-04-30,90 days'],
      ['renewal # months', 'renewal # days'],
    ],
    [
      'Ref,Title,Start,Duration',
      ['A,A,,3 years', 'B,B,,36 months', 'C,C,2025-04-01,3 years'],
      ['end length without a start'],
    ],
    [
      'Ref,Title,End',
      [...NOT_SETTLED.map((cell) => `A,A,${quoted(cell)}`), 'B,B,2027-03-31'],
      ['end not settled'],
    ],
    [
      'Ref,Title,End,Notice,Auto renew',
      NOT_SETTLED.map((cell, at) => `A,A,2027-05-31,${at % 3 ? '' : '3 months'},${quoted(cell)}`),
      ['renewal not settled'],
    ],
  ])('%s, each as one question', async (headings, rows, wordings) => {
    const { asked } = await reading(headings, ...rows)
    expect([...new Set(asked.map((each) => `${each.about} ${each.wording}`))]).toEqual(wordings)
    expect(asked.length).toBeGreaterThan(wordings.length)
  })

  test('years and months are questions of their own, whatever their figures', async () => {
    const rows = ['A,A,2027', 'B,B,2028', 'C,C,2027-06', 'D,D,FY26/27']
    const { asked } = await reading('Ref,Title,End', ...rows)
    expect(new Set(asked.map(({ wording }) => wording)).size).toBe(3)
  })

  test.each(['?', 'Possibly', 'TBC', 'check with legal'])(
    'of renewal the register’s own words stand in it: "%s"',
    async (cell) => {
      const { asked, drafts } = await reading(
        'Ref,Title,End,Notice period,Auto renew',
        `A,A,2027-05-31,3 months,${quoted(cell)}`,
        `B,B,2027-05-31,,${quoted(cell)}`,
        'C,C,2027-05-31,3 months,',
      )
      expect(drafts.map(({ automaticRenewal }) => automaticRenewal)).toEqual([null, null, null])
      const quotes = asked.map(({ text }) => [
        text.includes(`“${cell}”`),
        text.includes('“3 months”'),
      ])
      expect(quotes).toEqual([
        [true, true],
        [true, false],
        [false, true],
      ])
      const [both, alone, notice] = asked.map(({ wording }) => wording)
      expect([alone === both, notice === both]).toEqual([true, false])
    },
  )
})

describe('the answers to a question', () => {
  const ROLLS = 'Ref,Title,Start,End'
  const LENGTH = `${ROLLS},Notice period,Auto renew`
  const noticed = (cell: string) => ['A,A,13/04/2025,31/05/2027', quoted(cell), 'Yes'].join()

  test.each([
    ['Ref,Title,End', 'A,A,see contract', 'rolling not-known'],
    ['Ref,Title,End', 'A,A,31/03/2027 (or 31/03/2029 if extended)', 'earlier later'],
    ['Ref,Title,Start,End', 'A,A,2026-04-01,2025-03-31', 'start not-known'],
    ['Ref,Title,Start,End', 'A,A,2024-04-01,36 months', 'yes no'],
    [`${ROLLS},Notice`, 'A,A,2024-04-01,rolling,3 months', '12-months 1-month any-time'],
    [`${ROLLS},Notice`, 'A,A,,Rolling 12 months,3 months', '1-april 1-january any-time'],
    [
      LENGTH,
      noticed('12 months from 1 April 2026'),
      '12-months by-2027-03-31 by-2026-04-01 none not-known',
    ],
    [
      LENGTH,
      noticed('6 months after 30 June 2026'),
      '6-months by-2026-12-31 by-2026-06-30 none not-known',
    ],
    [
      LENGTH,
      noticed('12 months from 01/04/2026'),
      '12-months by-2027-03-31 by-2026-04-01 none not-known',
    ],
    [LENGTH, noticed('30 days before 1 June 2028'), '30-days none not-known'],
    [LENGTH, noticed('6 months (before 31 January 2027)'), '6-months by-2027-01-31 none not-known'],
    [LENGTH, noticed('3-6 months'), '3-months 6-months none not-known'],
  ])('%s: %s', async (headings, cells, ids) => {
    const { choices } = await reading(headings, cells)
    expect(choices.map(({ id }) => id).join(' ')).toBe(ids)
  })

  /** What each answer says of a row with this cell, by its id. */
  async function answers(heading: string, cell: string) {
    const { choices } = await row(heading, cell)
    return Object.fromEntries(choices.map(({ id, says }) => [id, says]))
  }

  test('of alternatives: each reading, in place of the shortest', async () => {
    expect(await answers('Extension option', '12 months or 24 months')).toEqual({
      shortest: { maximumEnd: '2028-03-31', optionEnds: [] },
      longest: { maximumEnd: '2029-03-31', optionEnds: [] },
    })
    const whole = await row('Extension option', '48 months in total')
    expect(whole.choices.map(({ says }) => says.maximumEnd)).toEqual(['2028-03-31', '2031-03-31'])
  })

  test('of an option that was taken: signed moves the end, counted already leaves it, not signed is an option', async () => {
    const says = await answers('Extension option', '2 x 12 months, first exercised')
    expect(says.signed?.extensions).toMatchObject([{ to: '2028-03-31', status: 'confirmed' }])
    expect(says.counted).toMatchObject({ extensions: [], maximumEnd: '2028-03-31' })
    expect(says.possible).toEqual({ extensions: [] })
  })

  test('of one that was only not taken: it may still be', async () => {
    const says = await answers('Extension option', '12+12, second not taken up')
    expect(says.open).toMatchObject({ maximumEnd: '2029-03-31' })
  })

  test.each([
    ['2-3 years', ['2027-03-31', '2028-03-31']],
    ['5 years (2 year option)', ['2028-03-31', '2030-03-31']],
    ['1 or 2 years', ['2026-03-31', '2027-03-31']],
  ])('of a duration of %s: each end', async (cell, ends) => {
    const { choices } = await reading('Ref,Title,Start,Duration', `A,A,2025-04-01,${cell}`)
    const says = choices.map(({ says }) => says.end)
    expect(says).toMatchObject(ends.map((latest) => ({ latest })))
  })

  test('of a duration that may be extended up to a length: with that much more, or to that in all', async () => {
    const cells = 'A,A,2025-04-01,3 years extendable up to 5 years'
    const { choices } = await reading('Ref,Title,Start,Duration', cells)
    expect(choices.map(({ says }) => says.maximumEnd)).toEqual(['2030-03-31', '2033-03-31'])
  })

  test('of a day for notice in the column of its length: by that column', async () => {
    const { problems } = await reading(
      'Ref,Title,End,Notice period',
      'A,A,2027-05-31,by 1 Feb 2027',
    )
    expect(problems).toMatchObject([{ field: 'Notice period', severity: 'question' }])
  })

  test('of a duration of at most: that it ends then, or that it is the latest end', async () => {
    const { choices } = await reading('Ref,Title,Start,Duration', 'A,A,2025-04-01,up to 4 years')
    const [ends, latest] = choices
    expect([ends?.says, latest?.says.maximumEnd]).toEqual([{}, '2029-03-31'])
  })

  test('of an end known to the year: its last day, and its first', async () => {
    const { choices } = await reading('Ref,Title,End', 'A,A,FY26/27')
    const says = choices.map(({ says }) => says.end).slice(0, 2)
    expect(says).toMatchObject([{ latest: '2027-03-31' }, { latest: '2026-04-01' }])
  })

  test('of a length whose unit is open: each unit', async () => {
    const { choices } = await reading('Ref,Title,Start,Term (months)', 'A,A,2025-04-01,3+1+1')
    const years = choices.find(({ id }) => id === 'years')
    expect(years?.says).toMatchObject({ end: { latest: '2028-03-31' }, maximumEnd: '2030-03-31' })
  })

  test('of an end that rolls without a start: the day of its year', async () => {
    const { choices } = await reading(`${ROLLS},Notice`, 'A,A,,Rolling 12 months,3 months')
    expect(choices[0]?.says).toEqual({ rollsFrom: '2025-04-01' })
  })

  test('between two columns of one name: by their letters', async () => {
    const { choices } = await reading(
      'Ref,Title,End date,Supplier,End date',
      'A,A,2027-05-31,S,2028-05-31',
    )
    const texts = choices.map(({ text }) => text)
    expect(texts.slice(0, 2)).toEqual(['“End date, column C”', '“End date, column E”'])
  })
})

test('below "Renewal" words of rolling are how it renews, and asked where they may be another', async () => {
  const { drafts, problems } = await reading(
    'Ref,Title,Start,End,Renewal',
    'A,A,2024-04-01,2027-03-31,Rolls monthly after the initial term',
    'B,B,13/04/2024,14/03/2027,Month to month after initial term',
    'C,C,13/04/2024,14/03/2027,',
  )
  expect(drafts.map(({ automaticRenewal }) => automaticRenewal)).toEqual([true, null, null])
  expect(problems.filter(({ ask }) => ask !== undefined).map(({ at }) => at)).toEqual(['3'])
})

test.each([
  ['Auto', 'Ford', 'automaticRenewal'],
  ['Document version', 'v2', 'release'],
  ['Contract version', 'v2', 'release'],
  ['Release notes', 'v2', 'release'],
])('"%s" above "%s" is not read as %s', async (heading, cell, field) => {
  const { register } = await row(heading, cell)
  expect(register.mapping.map((each) => each.field)).not.toContain(field)
})

test.each(['Version', 'Release', 'Version number', 'Installed version'])(
  '"%s" without a product of which it is, is named',
  async (heading) => {
    const { register, draft } = await row(heading, '11.4')
    expect(draft?.covers ?? []).toEqual([])
    expect(register.warnings).toMatchObject([{ field: heading, severity: 'warning' }])
    expect(register.warnings?.[0]?.problem).toContain('no column names the product')
  },
)

test.each(['Cyfanswm / Total', 'Gesamt / Grand total'])(
  '"%s" is a row of totals, and no contract',
  async (cell) => {
    const { drafts, skipped } = await reading(
      'Ref,Title,Supplier,End date,Value',
      'A1,Taxis,Beck,2027-03-31,10',
      `${cell},,,,10`,
    )
    expect([drafts.length, skipped]).toEqual([1, ['a row of totals']])
  },
)

test('a plain yes or no is read alike wherever one is asked for', async () => {
  const plain = { yes: true, Y: true, 'TRUE.': true, '1': true, '✓': true, '✔': true, X: true }
  const denied = { no: false, 'N.': false, False: false, '0': false, '✗': false, '✘': false }
  for (const [said, answer] of Object.entries({ ...plain, ...denied })) {
    expect([plainAnswer(said), yesOrNo(said)], said).toEqual([answer, answer])
    expect(assessmentSaid(said), said).toBe(answer ? 'made' : 'none')
    expect((await row('Shared with third parties', said)).draft?.sharesData, said).toBe(answer)
  }
  for (const said of ['', 'not sure', 'no idea', 'none', 'Y/N', 'yes, from 2028', 'perhaps']) {
    expect(plainAnswer(said), said).toBeNull()
  }
})

describe('links to documents', () => {
  const A = 'https://trust.sharepoint.com/sites/c/Signed%20contract.pdf'
  const B = 'http://intranet/notice?id=1&lang=en'
  const ANNEX = 'https://example.org/annex.pdf'
  const PLAIN = `Signed contract.pdf ${A}`
  test.each([
    ['Documents', A, [PLAIN]],
    ['Contract documents', `Signed: ${A}\nNotice: ${B}`, [`Signed ${A}`, `Notice ${B}`]],
    ['Link', `${A}; ${B}`, [PLAIN, `notice ${B}`]],
    ['URL', `${A}, ${B}`, [PLAIN, `notice ${B}`]],
    ['Links', `${A} ${B}`, [PLAIN, `notice ${B}`]],
    ['Documents', `1) ${A} and ${B} / ${ANNEX}`, [PLAIN, `notice ${B}`, `annex.pdf ${ANNEX}`]],
    ['Document link', `[The contract](${A})`, [`The contract ${A}`]],
    ['Document link', `<a href="${A}">The contract</a>`, [`The contract ${A}`]],
    ['Hyperlink', `<${A}|The contract>`, [`The contract ${A}`]],
    ['Hyperlink', `The contract (${A}).`, [`The contract ${A}`]],
    ['Document URL', `${A} (signed)`, [`signed ${A}`]],
    ['Documents', `${A}\n${A}`, [PLAIN]],
    ['Documents', `Notice: ${B.replace('&', '&amp;')}`, [`Notice ${B}`]],
    ['Copy of signed contract (SharePoint)', A, [PLAIN]],
    ['Attachments', A, [PLAIN]],
    ['Documents', 'HTTPS://Example.org', ['example.org https://example.org/']],
  ] as const)('"%s" of %j', async (heading, cell, expected) => {
    const { draft, problems } = await row(heading, cell)
    expect(draft?.documents?.map(({ title, url }) => `${title} ${url}`)).toEqual(expected)
    expect(problems).toEqual([])
  })

  test.each([
    ...['ftp://files/contract.pdf', 'javascript:alert(1)', 'data:text/html,<b>x</b>', 'https://'],
    ...['file:///c:/contract.docx', '\\\\server\\share\\contract.docx', 'signed contract.pdf'],
    ...['www.example.org/contract', 'https://user:secret@example.org/x', 'in the filing cabinet'],
  ])('what is no web address is named, not taken: %s', async (cell) => {
    const { draft, problems } = await row('Documents', `${cell}\nSigned: ${A}`)
    expect(draft?.documents).toEqual([{ title: 'Signed', url: A }])
    const severity = cell.startsWith('in ') ? 'note' : 'warning'
    const problem = expect.stringContaining('not taken as a link: "')
    expect(problems).toMatchObject([{ severity, problem }])
  })

  test.each([
    ['Attachments', 'yes'],
    ['Signed copy held?', 'in the safe'],
    ['File reference', 'F/17'],
    ['Documents', 'N/A'],
  ])('a column %s of "%s" says nothing', async (heading, cell) => {
    const { draft, problems } = await row(heading, cell)
    expect([draft?.documents, problems]).toEqual([undefined, []])
  })

  test('more than twenty are named', async () => {
    const many = Array.from({ length: 22 }, (_, at) => `https://example.org/${at}`).join('\n')
    const { draft, problems } = await row('Documents', many)
    expect(draft?.documents?.length).toBe(20)
    expect(problems[0]?.problem).toContain('https://example.org/21')
  })

  test('what would end a link in a message is escaped', () => {
    expect(webAddress("https://a.example/it's|b")).toBe('https://a.example/it%27s%7Cb')
  })

  test('what was read is written and read back as it was, whatever it is called', () => {
    const address = fc.webUrl({ withQueryParameters: true, withFragments: true })
    const title = fc.string({ unit: 'binary', maxLength: 200 })
    holds([fc.array(fc.tuple(title, address), { maxLength: 8 })], 200, (pairs) => {
      const { documents } = readLinks(pairs.map(([words, url]) => `${words}: ${url}`).join('\n'))
      expect(readLinks(linksText(documents)).documents).toEqual(documents)
      expect(readLinks(linksText(documents, '\n')).documents).toEqual(documents)
      expect(documentsOf(documentsText(documents))).toEqual(documents)
      for (const { url } of documents) expect(webAddress(url)).toBe(url)
    })
  })
})

import fc from 'fast-check'
import type { Json } from '../src/register/formats/json-stream.ts'
import { mergeReleases } from '../src/register/formats/ocds-release.ts'
import { holdsInTime } from './support/holds.ts'
import { only, type Reading, readingOf } from './support/register-file.ts'

const OCID = 'ocds-abc123-p1'
type Loose = { readonly [key: string]: Json }

const award = (period: Loose | null, more: Loose = {}): Loose => ({
  id: `${OCID}-1`,
  status: 'active',
  suppliers: [{ id: 'S', name: 'Smith &amp; Sons' }],
  value: { amount: 1000.1, currency: 'GBP' },
  ...(period === null ? {} : { contractPeriod: period }),
  ...more,
})
const release = (date: string, more: Loose): Loose => ({
  ocid: OCID,
  id: `r-${date}`,
  date: `${date}T09:00:00Z`,
  tag: ['award'],
  buyer: { id: 'B', name: 'Barts Trust' },
  tender: { id: 'T', title: 'Imaging', procurementMethodDetails: 'Open procedure' },
  ...more,
})
const period = (startDate: string, endDate: string): Loose => ({ startDate, endDate })
const read = (releases: readonly Json[], timeZone: string | null = null): Promise<Reading> =>
  readingOf('package.json', JSON.stringify({ version: '1.1', releases }), { timeZone })

/** What one release with these parts is read as; the one contract of several releases. */
const readOne = async (parts: Loose) => read([release('2024-03-01', parts)])
const draftOf = async (...releases: readonly Json[]) => only((await read(releases)).drafts)
const draftWith = (parts: Loose) => draftOf(release('2024-03-01', parts))
/** `unknown confirmed 2025-04-01..2025-06-30, known 2025-02-10` */
const extensionsOf = ({ extensions }: Reading['drafts'][number]) =>
  extensions.map(({ kind, status, from, to, knownOn }) => {
    return `${kind} ${status} ${from}..${to}${knownOn === null ? '' : `, known ${knownOn}`}`
  })

const YEARS = period('2024-04-01T00:00:00Z', '2027-03-31T23:59:59+01:00')

describe('every shape of OCDS file is read', () => {
  const one = release('2024-03-01', { awards: [award(YEARS)] })
  const compact = JSON.stringify(one)
  test.each([
    ['a release package', 'a.json', JSON.stringify({ releases: [one] }, null, 2)],
    [
      'a package whose list comes last',
      'b.json',
      `{"uri":"x","a":{"b":[1]},"releases":[${compact}]}`,
    ],
    ['a bare release', 'c.json', JSON.stringify(one, null, 1)],
    ['a list of releases', 'd.json', `[${compact}]`],
    ['a record package', 'e.json', JSON.stringify({ records: [{ ocid: OCID, releases: [one] }] })],
    [
      'a record with its compiled release',
      'f.json',
      `{"records":[{"ocid":"${OCID}","compiledRelease":${compact}}]}`,
    ],
    ['JSON lines of releases', 'g.jsonl', `${compact}\n${compact}\n`],
    ['JSON lines of packages', 'h.jsonl', `{"releases":[${compact}]}\n{"releases":[${compact}]}\n`],
    ['JSON lines of records', 'i.ndjson', `{"ocid":"${OCID}","releases":[${compact}]}\n`],
    ['a list of packages', 'j.json', `[{"releases":[${compact}]}]`],
    ['a package with a byte order mark', 'k.json', `\ufeff{"releases":[${compact}]}`],
  ])('%s', async (_, name, text) => {
    const { drafts, register } = await readingOf(name, text)
    expect(register).toMatchObject({ format: 'ocds', ocidPrefix: 'ocds-abc123', total: 1 })
    expect(only(drafts)).toMatchObject({
      ...{ reference: `${OCID}-1`, ocid: OCID, title: 'Imaging', supplier: 'Smith & Sons' },
      ...{ buyers: ['Barts Trust'], start: '2024-04-01', endSource: 'award contractPeriod' },
      ...{ value: '1000.10', currency: 'GBP', route: 'open', closed: false },
      end: { kind: 'dated', latest: '2027-03-31' },
    })
  })

  test('texts with quotes, brackets and backslashes do not confuse the splitting', async () => {
    await holdsInTime([fc.string({ maxLength: 40 })], 100, async (text) => {
      const odd = award(YEARS, { note: `{[${text}]}\\"` })
      expect((await readOne({ note: text, awards: [odd] })).drafts).toHaveLength(1)
    })
  })

  test('a problem names its place in the file', async () => {
    const wrong = period('2024-04-01', '2023-04-01')
    const { problems } = await read([
      release('2024-03-01', { ocid: 'ocds-abc123-p0', awards: [award(YEARS)] }),
      release('2024-03-01', { awards: [award(wrong)] }),
    ])
    expect(problems).toMatchObject([
      {
        ...{ at: 'releases[1].awards[0]', field: 'endDate' },
        ...{ value: '2023-04-01', severity: 'question' },
      },
    ])
  })
})

describe('releases are merged into the present state', () => {
  test('null deletes, objects merge, lists of objects merge by id, other lists are replaced', () => {
    const [one, two] = [
      { id: 1, x: 1 },
      { id: '2', x: 2 },
    ]
    const merged = mergeReleases(
      [
        { a: 1, b: { c: 1, d: 2 }, list: [one, two], plain: ['p', 'q'] },
        { a: null, b: { d: null, e: 3 }, list: [{ id: 1, y: 9 }, { id: 3 }], plain: ['r'] },
      ].map((data, i) => ({ at: String(i), data })),
    )
    const list = [{ ...one, y: 9 }, two, { id: 3 }]
    expect(merged).toEqual({ b: { c: 1, e: 3 }, list, plain: ['r'] })
  })

  test('the order of the releases in the file does not matter', async () => {
    const to = (on: string, end: string, more: Loose = {}) =>
      release(on, { awards: [award(period('2024-04-01', end))], ...more })
    const other = { ocid: 'ocds-abc123-p2', awards: [award(YEARS, { id: 'other-award' })] }
    const releases = [
      ...[release('2024-01-01', { tag: ['tender'] }), to('2024-03-01', '2025-03-31')],
      ...[to('2024-05-01', '2026-03-31'), to('2024-05-01', '2026-06-30', { id: null })],
      release('2024-05-01', { id: 'same-day', awards: [award(null, { title: 'Renamed' })] }),
      ...[to('2024-07-01', '2026-02-28'), release('2024-06-01', other)],
    ]
    const plain = (reading: Reading) =>
      reading.drafts.map(({ at: _, ...draft }) => JSON.stringify(draft)).sort()
    const expected = plain(await read(releases))
    expect(expected).toHaveLength(2)
    await holdsInTime([fc.shuffledSubarray(releases, { minLength: 7 })], 60, async (shuffled) => {
      expect(plain(await read(shuffled))).toEqual(expected)
    })
  })

  test('a release that is listed twice changes nothing', async () => {
    const releases = [
      release('2024-03-01', { awards: [award(period('2024-04-01', '2025-03-31'))] }),
      release('2024-05-01', { awards: [award(period('2024-04-01', '2026-03-31'))] }),
    ]
    const once = await read(releases)
    const twice = await read([...releases, ...releases])
    const withoutPlace = ({ drafts }: Reading) => drafts.map((draft) => ({ ...draft, at: '' }))
    expect(withoutPlace(twice)).toEqual(withoutPlace(once))
  })
})

describe('the end comes from the most trusted place, and the awarded end is frozen', () => {
  const P = (end: string) => period('2024-04-01', end)
  const contract = (more: Loose): Loose => ({ id: 'contract-1', awardID: `${OCID}-1`, ...more })
  const tender = { title: 'T', contractPeriod: P('2025-01-01'), lots: [{ id: 'L1' }] }
  const lots = [{ id: 'L1', contractPeriod: P('2025-02-02') }]
  const ofLot = { tender: { ...tender, lots }, awards: [award(null, { relatedLots: ['L1'] })] }
  const ofAward = { ...ofLot, awards: [award(P('2025-03-03'))] }
  const own = [contract({ period: P('2025-04-04') })]

  test.each([
    ['tender contractPeriod', '2025-01-01', { tender, awards: [award(null)] }],
    ['lot contractPeriod', '2025-02-02', ofLot],
    ['award contractPeriod', '2025-03-03', ofAward],
    ['contract period', '2025-04-04', { ...ofAward, contracts: own }],
  ])('%s', async (source, latest, parts) => {
    expect(await draftWith(parts)).toMatchObject({ endSource: source, end: { latest } })
  })

  test('a confirmed amendment moves the end; a proposed one never does', async () => {
    const option = { id: 'a1', date: '2025-02-01T00:00:00Z', description: 'Option exercised' }
    const amended = contract({
      period: P('2025-03-31'),
      amendments: [{ ...option, period: P('2026-03-31') }],
      proposedAmendments: [{ id: 'p1', period: P('2029-03-31') }],
    })
    const draft = await draftWith({ awards: [award(null)], contracts: [amended] })
    expect(draft.end).toMatchObject({ latest: '2025-03-31' })
    expect(draft.extensions[0]?.source).toBe('amendment period')
    expect(extensionsOf(draft)).toEqual([
      'option confirmed 2025-04-01..2026-03-31, known 2025-02-01',
      expect.stringMatching(/ proposed .*\.\.2029-03-31/),
    ])
  })

  test('an award published again with a later end leaves the awarded end, and adds an unclassified extension', async () => {
    const draft = await draftOf(
      release('2024-03-01', { awards: [award(P('2025-03-31'))] }),
      release('2025-02-10', { awards: [award(P('2025-06-30'))] }),
      release('2025-06-01', { awards: [award(P('2025-09-30'))] }),
    )
    expect(draft.end).toMatchObject({ latest: '2025-03-31' })
    expect(extensionsOf(draft)).toEqual([
      'unknown confirmed 2025-04-01..2025-06-30, known 2025-02-10',
      'unknown confirmed 2025-07-01..2025-09-30, known 2025-06-01',
    ])
  })

  test('a shorter end replaces what was there', async () => {
    const draft = await draftOf(
      release('2024-03-01', { awards: [award(P('2026-03-31'))] }),
      release('2025-02-10', { awards: [award(P('2025-06-30'))] }),
    )
    expect(draft).toMatchObject({ end: { latest: '2025-06-30' }, extensions: [] })
  })

  test('a contract whose own period already holds its amendment keeps the award’s end', async () => {
    const amendments = [{ id: 'a', period: P('2026-03-31') }]
    const contracts = [contract({ period: P('2026-03-31'), amendments })]
    expect(await draftWith({ awards: [award(P('2025-03-31'))], contracts })).toMatchObject({
      ...{ end: { latest: '2025-03-31' }, endSource: 'award contractPeriod' },
      extensions: [{ from: '2025-04-01', to: '2026-03-31' }],
    })
  })

  test('each of several amendments stands, also where the contract’s own period holds the last', async () => {
    const amendments = [
      { id: 'a', date: '2025-02-01', period: P('2026-03-31') },
      { id: 'b', date: '2026-02-01', period: P('2027-03-31') },
    ]
    const free = award(P('2025-03-31'), { value: { amount: 0, currency: 'GBP' } })
    const contracts = [contract({ period: P('2027-03-31'), amendments })]
    const draft = await draftOf(release('2026-03-01', { awards: [free], contracts }))
    expect(draft).toMatchObject({ end: { latest: '2025-03-31' }, value: null })
    expect(draft.extensions.map(({ from, to }) => `${from}..${to}`)).toEqual([
      ...['2025-04-01..2026-03-31', '2026-04-01..2027-03-31'],
    ])
  })

  test.each([
    [{ startDate: '2024-04-01', durationInDays: 1440 }, '2028-03-31'],
    [{ startDate: '2024-04-01', durationInDays: 365 }, '2025-03-31'],
    [{ startDate: '2024-04-01', durationInMonths: 34 }, '2027-01-31'],
  ])('a length counts from the start: %j ends on %s', async (length, latest) => {
    expect((await draftWith({ awards: [award(length)] })).end).toMatchObject({ latest })
  })

  test('the maximum extent is the maximum end', async () => {
    const extent = { ...P('2025-03-31'), maxExtentDate: '2027-03-31T00:00:00Z' }
    expect((await draftWith({ awards: [award(extent)] })).maximumEnd).toBe('2027-03-31')
  })

  test('no period anywhere is undated; 2099 is rolling with a warning', async () => {
    const undated = await draftWith({ awards: [award(null)] })
    expect(undated).toMatchObject({ end: { kind: 'undated' }, endSource: null })
    const rolling = await readOne({ awards: [award(P('2099-12-31'))] })
    expect(only(rolling.drafts).end).toEqual({ kind: 'rolling' })
    expect(rolling.problems[0]?.severity).toBe('warning')
  })

  test('local midnight in UTC is converted only in the zone that is given', async () => {
    const utc = period('2024-04-01T05:00:00Z', '2025-04-01T05:00:00Z')
    const releases = [release('2024-03-01', { awards: [award(utc)] })]
    expect(only((await read(releases)).drafts).end).toMatchObject({ latest: '2025-04-01' })
    const there = await read(releases, 'America/Los_Angeles')
    expect(only(there.drafts).end).toMatchObject({ latest: '2025-03-31' })
  })
})

test('a process without an award and an award that came to nothing are skipped with the reason', async () => {
  const nothing = { ocid: 'ocds-abc123-p2', awards: [award(YEARS, { status: 'Cancelled' })] }
  const both = [release('2024-03-01', {}), release('2024-03-01', nothing)]
  const { skipped, drafts } = await read(both)
  expect(drafts).toEqual([])
  expect(skipped[0]).toMatch(/no award and no contract yet/)
  expect(skipped[1]).toMatch(/is cancelled/)
})

test('a contract is closed by its cancellation, not by "terminated"', async () => {
  const of = (status: string) => {
    const contracts = [{ id: 'c-0000001', awardID: `${OCID}-1`, status, period: YEARS }]
    return draftWith({ awards: [award(YEARS)], contracts })
  }
  expect((await of('terminated')).closed).toBe(false)
  expect((await of('cancelled')).closed).toBe(true)
})

test('a short id is told apart by its process', async () => {
  const { drafts } = await read([
    release('2024-03-01', { awards: [award(YEARS, { id: 1 })] }),
    release('2024-03-01', { ocid: 'ocds-abc123-p2', awards: [award(YEARS, { id: 1 })] }),
  ])
  expect(drafts.map(({ reference }) => reference)).toEqual([`${OCID}-1`, 'ocds-abc123-p2-1'])
})

test('a release without an ocid is reported, and the others are read', async () => {
  const { problems, drafts } = await read([
    release('2024-03-01', { ocid: null, awards: [] }),
    release('2024-03-01', { awards: [award(YEARS)] }),
  ])
  expect(problems[0]).toMatchObject({ at: 'releases[0]', field: 'ocid', severity: 'error' })
  expect(drafts).toHaveLength(1)
})

test('a call-off names the process of its framework, where one alone is named', async () => {
  const related = (...ids: string[]): Loose => ({
    relatedProcesses: ids.map((identifier, at) => {
      return { id: String(at), relationship: ['framework'], scheme: 'ocid', identifier }
    }),
  })
  const parentOf = async (more: Loose) =>
    (await draftWith({ awards: [award(YEARS)], ...more })).parent
  expect(await parentOf(related('ocds-abc123-f1'))).toBe('ocds-abc123-f1')
  expect(await parentOf(related('ocds-abc123-f1', 'ocds-abc123-f2'))).toBeUndefined()
  expect(await parentOf({})).toBeUndefined()
})

test('documents of the contract and its award are kept, those of the tender and what is no web address are not', async () => {
  const documents = (...list: Loose[]) => ({ documents: list })
  const notice = { id: '1', title: 'Award notice', url: 'https://a.example/n' }
  const contract = documents(
    { id: '2', title: 'Signed | contract', url: 'https://a.example/c.pdf?a=1&b=2' },
    { id: '3', url: 'https://a.example/annex.pdf' },
    { id: '4', title: 'Paper', url: 'ftp://a.example/p' },
    { id: '5', title: 'Again', url: 'https://a.example/annex.pdf' },
  )
  const { drafts, problems } = await readOne({
    tender: { id: 'T', title: 'Imaging', ...documents({ id: '9', url: 'https://a.example/t' }) },
    awards: [award(YEARS, documents(notice))],
    contracts: [{ id: 'c', awardID: `${OCID}-1`, period: YEARS, ...contract }],
  })
  expect(only(drafts).documents).toEqual([
    { title: 'Signed , contract', url: 'https://a.example/c.pdf?a=1&b=2' },
    { title: 'annex.pdf', url: 'https://a.example/annex.pdf' },
    { title: 'Award notice', url: 'https://a.example/n' },
  ])
  expect(problems).toMatchObject([
    { field: 'documents', value: 'ftp://a.example/p', severity: 'note' },
  ])
})

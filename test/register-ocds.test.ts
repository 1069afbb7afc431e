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

const YEARS = period('2024-04-01T00:00:00Z', '2027-03-31T23:59:59+01:00')

describe('every shape of OCDS file is read', () => {
  const one = release('2024-03-01', { awards: [award(YEARS)] })
  const compact = JSON.stringify(one)
  test.each([
    ['a release package', 'a.json', JSON.stringify({ releases: [one] }, null, 2)],
    [
      'a release package whose list comes last',
      'b.json',
      `{"uri":"x","a":{"b":[1]},"releases":[${compact}]}`,
    ],
    ['a bare release', 'c.json', JSON.stringify(one, null, 1)],
    ['a list of releases', 'd.json', `[${compact}]`],
    ['a record package', 'e.json', JSON.stringify({ records: [{ ocid: OCID, releases: [one] }] })],
    [
      'a record with its compiled release',
      'f.json',
      JSON.stringify({ records: [{ ocid: OCID, compiledRelease: one }] }),
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
      reference: `${OCID}-1`,
      ocid: OCID,
      title: 'Imaging',
      supplier: 'Smith & Sons',
      buyers: ['Barts Trust'],
      start: '2024-04-01',
      end: { kind: 'dated', latest: '2027-03-31' },
      endSource: 'award contractPeriod',
      value: '1000.10',
      currency: 'GBP',
      route: 'open',
      closed: false,
    })
  })

  test('texts with quotes, brackets and backslashes do not confuse the splitting', async () => {
    await holdsInTime([fc.string({ maxLength: 40 })], 100, async (text) => {
      const { drafts } = await read([
        release('2024-03-01', { note: text, awards: [award(YEARS, { note: `{[${text}]}\\"` })] }),
      ])
      expect(drafts).toHaveLength(1)
    })
  })

  test('a problem names its place in the file', async () => {
    const wrong = period('2024-04-01', '2023-04-01')
    const { problems } = await read([
      release('2024-03-01', { ocid: 'ocds-abc123-p0', awards: [award(YEARS)] }),
      release('2024-03-01', { awards: [award(wrong)] }),
    ])
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({
      at: 'releases[1].awards[0]',
      field: 'endDate',
      value: '2023-04-01',
      severity: 'question',
    })
  })
})

describe('releases are merged into the present state', () => {
  test('null deletes, objects merge, lists of objects merge by id, other lists are replaced', () => {
    const merged = mergeReleases(
      [
        {
          a: 1,
          b: { c: 1, d: 2 },
          list: [
            { id: 1, x: 1 },
            { id: '2', x: 2 },
          ],
          plain: ['p', 'q'],
        },
        { a: null, b: { d: null, e: 3 }, list: [{ id: 1, y: 9 }, { id: 3 }], plain: ['r'] },
      ].map((data, i) => ({ at: String(i), data })),
    )
    expect(merged).toEqual({
      b: { c: 1, e: 3 },
      list: [{ id: 1, x: 1, y: 9 }, { id: '2', x: 2 }, { id: 3 }],
      plain: ['r'],
    })
  })

  test('the order of the releases in the file does not matter', async () => {
    const releases = [
      release('2024-01-01', { tag: ['tender'] }),
      release('2024-03-01', { awards: [award(period('2024-04-01', '2025-03-31'))] }),
      release('2024-05-01', { awards: [award(period('2024-04-01', '2026-03-31'))] }),
      release('2024-05-01', { id: 'same-day', awards: [award(null, { title: 'Renamed' })] }),
      {
        ...release('2024-05-01', { awards: [award(period('2024-04-01', '2026-06-30'))] }),
        id: null,
      },
      release('2024-07-01', { awards: [award(period('2024-04-01', '2026-02-28'))] }),
      release('2024-06-01', {
        ocid: 'ocds-abc123-p2',
        awards: [award(YEARS, { id: 'other-award' })],
      }),
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
  const places = {
    tender: { title: 'T', contractPeriod: P('2025-01-01'), lots: [{ id: 'L1' }] },
    lots: {
      title: 'T',
      contractPeriod: P('2025-01-01'),
      lots: [{ id: 'L1', contractPeriod: P('2025-02-02') }],
    },
  }

  test.each([
    ['tender contractPeriod', '2025-01-01', { tender: places.tender, awards: [award(null)] }],
    [
      'lot contractPeriod',
      '2025-02-02',
      { tender: places.lots, awards: [award(null, { relatedLots: ['L1'] })] },
    ],
    [
      'award contractPeriod',
      '2025-03-03',
      { tender: places.lots, awards: [award(P('2025-03-03'))] },
    ],
    [
      'contract period',
      '2025-04-04',
      {
        tender: places.lots,
        awards: [award(P('2025-03-03'))],
        contracts: [contract({ period: P('2025-04-04') })],
      },
    ],
  ])('%s', async (source, latest, parts) => {
    const { drafts } = await read([release('2024-03-01', parts)])
    expect(only(drafts)).toMatchObject({ endSource: source, end: { latest } })
  })

  test('a confirmed amendment moves the end; a proposed one never does', async () => {
    const { drafts } = await read([
      release('2024-03-01', {
        awards: [award(null)],
        contracts: [
          contract({
            period: P('2025-03-31'),
            amendments: [
              {
                id: 'a1',
                date: '2025-02-01T00:00:00Z',
                description: 'Option exercised',
                period: P('2026-03-31'),
              },
            ],
            proposedAmendments: [{ id: 'p1', period: P('2029-03-31') }],
          }),
        ],
      }),
    ])
    const draft = only(drafts)
    expect(draft.end).toMatchObject({ latest: '2025-03-31' })
    expect(draft.extensions).toMatchObject([
      {
        kind: 'option',
        status: 'confirmed',
        from: '2025-04-01',
        to: '2026-03-31',
        knownOn: '2025-02-01',
        source: 'amendment period',
      },
      { status: 'proposed', to: '2029-03-31' },
    ])
  })

  test('an award published again with a later end leaves the awarded end, and adds an unclassified extension', async () => {
    const { drafts } = await read([
      release('2024-03-01', { awards: [award(P('2025-03-31'))] }),
      release('2025-02-10', { awards: [award(P('2025-06-30'))] }),
      release('2025-06-01', { awards: [award(P('2025-09-30'))] }),
    ])
    const draft = only(drafts)
    expect(draft.end).toMatchObject({ latest: '2025-03-31' })
    expect(draft.extensions).toMatchObject([
      {
        kind: 'unknown',
        status: 'confirmed',
        from: '2025-04-01',
        to: '2025-06-30',
        knownOn: '2025-02-10',
      },
      {
        kind: 'unknown',
        status: 'confirmed',
        from: '2025-07-01',
        to: '2025-09-30',
        knownOn: '2025-06-01',
      },
    ])
  })

  test('a shorter end replaces what was there', async () => {
    const { drafts } = await read([
      release('2024-03-01', { awards: [award(P('2026-03-31'))] }),
      release('2025-02-10', { awards: [award(P('2025-06-30'))] }),
    ])
    expect(only(drafts)).toMatchObject({ end: { latest: '2025-06-30' }, extensions: [] })
  })

  test('a contract whose own period already holds its amendment keeps the award’s end', async () => {
    const { drafts } = await read([
      release('2024-03-01', {
        awards: [award(P('2025-03-31'))],
        contracts: [
          contract({ period: P('2026-03-31'), amendments: [{ id: 'a', period: P('2026-03-31') }] }),
        ],
      }),
    ])
    expect(only(drafts)).toMatchObject({
      end: { latest: '2025-03-31' },
      endSource: 'award contractPeriod',
      extensions: [{ from: '2025-04-01', to: '2026-03-31' }],
    })
  })

  test('each of several amendments stands, also where the contract’s own period holds the last', async () => {
    const amendments = [
      { id: 'a', date: '2025-02-01', period: P('2026-03-31') },
      { id: 'b', date: '2026-02-01', period: P('2027-03-31') },
    ]
    const { drafts } = await read([
      release('2026-03-01', {
        awards: [award(P('2025-03-31'), { value: { amount: 0, currency: 'GBP' } })],
        contracts: [contract({ period: P('2027-03-31'), amendments })],
      }),
    ])
    expect(only(drafts)).toMatchObject({
      end: { latest: '2025-03-31' },
      extensions: [
        { from: '2025-04-01', to: '2026-03-31' },
        { from: '2026-04-01', to: '2027-03-31' },
      ],
      value: null,
    })
  })

  test.each([
    [{ startDate: '2024-04-01', durationInDays: 1440 }, '2028-03-31'],
    [{ startDate: '2024-04-01', durationInDays: 365 }, '2025-03-31'],
    [{ startDate: '2024-04-01', durationInMonths: 34 }, '2027-01-31'],
  ])('a length counts from the start: %j ends on %s', async (length, latest) => {
    const { drafts } = await read([release('2024-03-01', { awards: [award(length)] })])
    expect(only(drafts).end).toMatchObject({ latest })
  })

  test('the maximum extent is the maximum end', async () => {
    const extent = { ...P('2025-03-31'), maxExtentDate: '2027-03-31T00:00:00Z' }
    const { drafts } = await read([release('2024-03-01', { awards: [award(extent)] })])
    expect(only(drafts).maximumEnd).toBe('2027-03-31')
  })

  test('no period anywhere is undated; 2099 is rolling with a warning', async () => {
    const undated = await read([release('2024-03-01', { awards: [award(null)] })])
    expect(only(undated.drafts)).toMatchObject({ end: { kind: 'undated' }, endSource: null })
    const rolling = await read([release('2024-03-01', { awards: [award(P('2099-12-31'))] })])
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
  const { skipped, drafts } = await read([
    release('2024-03-01', {}),
    release('2024-03-01', {
      ocid: 'ocds-abc123-p2',
      awards: [award(YEARS, { status: 'Cancelled' })],
    }),
  ])
  expect(drafts).toEqual([])
  expect(skipped[0]).toMatch(/no award and no contract yet/)
  expect(skipped[1]).toMatch(/is cancelled/)
})

test('a contract is closed by its cancellation, not by "terminated"', async () => {
  const of = (status: string) =>
    read([
      release('2024-03-01', {
        awards: [award(YEARS)],
        contracts: [{ id: 'c-0000001', awardID: `${OCID}-1`, status, period: YEARS }],
      }),
    ])
  expect(only((await of('terminated')).drafts).closed).toBe(false)
  expect(only((await of('cancelled')).drafts).closed).toBe(true)
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
    relatedProcesses: ids.map((identifier, at) => ({
      id: String(at),
      relationship: ['framework'],
      scheme: 'ocid',
      identifier,
    })),
  })
  const parentOf = async (more: Loose) =>
    only((await read([release('2024-03-01', { awards: [award(YEARS)], ...more })])).drafts).parent
  expect(await parentOf(related('ocds-abc123-f1'))).toBe('ocds-abc123-f1')
  expect(await parentOf(related('ocds-abc123-f1', 'ocds-abc123-f2'))).toBeUndefined()
  expect(await parentOf({})).toBeUndefined()
})

test('documents of the contract and its award are kept, those of the tender and what is no web address are not', async () => {
  const documents = (...list: Loose[]) => ({ documents: list })
  const { drafts, problems } = await read([
    release('2024-03-01', {
      tender: { id: 'T', title: 'Imaging', ...documents({ id: '9', url: 'https://a.example/t' }) },
      awards: [
        award(YEARS, documents({ id: '1', title: 'Award notice', url: 'https://a.example/n' })),
      ],
      contracts: [
        {
          ...{ id: 'c', awardID: `${OCID}-1`, period: YEARS },
          ...documents(
            { id: '2', title: 'Signed | contract', url: 'https://a.example/c.pdf?a=1&b=2' },
            { id: '3', url: 'https://a.example/annex.pdf' },
            { id: '4', title: 'Paper', url: 'ftp://a.example/p' },
            { id: '5', title: 'Again', url: 'https://a.example/annex.pdf' },
          ),
        },
      ],
    }),
  ])
  expect(only(drafts).documents).toEqual([
    { title: 'Signed , contract', url: 'https://a.example/c.pdf?a=1&b=2' },
    { title: 'annex.pdf', url: 'https://a.example/annex.pdf' },
    { title: 'Award notice', url: 'https://a.example/n' },
  ])
  expect(problems).toMatchObject([
    { field: 'documents', value: 'ftp://a.example/p', severity: 'note' },
  ])
})

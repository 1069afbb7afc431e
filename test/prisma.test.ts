/** Prisma Client on connections of ours: what goes in comes out, and transactions stay one. */
import fc from 'fast-check'
import type pg from 'pg'
import { inTransaction } from '../src/database/connect.ts'
import { tables } from '../src/database/prisma.ts'
import { freshDatabase, type TestDatabase } from './support/database.ts'

let database: TestDatabase
let organisationId: number
beforeAll(async () => {
  database = await freshDatabase()
  const data = {
    slug: 'own',
    name: 'Own',
    timeZone: 'Europe/London',
    calendar: 'england-and-wales',
  }
  organisationId = (await tables(database.pool).organisation.create({ data })).id
})
afterAll(() => database.drop())

const named = (name: string) => ({ organisationId, name, nameKey: name.toLowerCase() })
const names = async (on: pg.Pool | pg.ClientBase = database.pool) =>
  (await tables(on).team.findMany({ orderBy: { id: 'asc' } })).map(({ name }) => name)

test('Prisma and SQL are one transaction: each sees what the other wrote, and none of it stays', async () => {
  const work = inTransaction(database.pool, async (client) => {
    const { id } = await tables(client).team.create({ data: named('By Prisma') })
    await client.query('UPDATE team SET channel = $2 WHERE id = $1', [id, 'by SQL'])
    expect(await tables(client).team.findFirst({ where: { id } })).toMatchObject({
      name: 'By Prisma',
      channel: 'by SQL',
    })
    expect(await names()).toEqual([])
    throw new Error('changed our mind')
  })
  await expect(work).rejects.toThrow('changed our mind')
  expect(await names()).toEqual([])
})

test('a call of several statements that fails is undone whole, and the transaction goes on', async () => {
  await inTransaction(database.pool, async (client) => {
    const { source } = tables(client)
    const run = { organisationId, file: 'a', sha256: '', format: 'csv', mapping: {} }
    const counts = { read: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, skipped: 0 }
    const withImport = (importedOn: string) => ({
      data: {
        organisationId,
        name: 'Register',
        imports: { create: { ...run, ...counts, importedOn } },
      },
    })
    await expect(source.create(withImport('no day'))).rejects.toMatchObject({ code: '22007' })
    expect(await source.count()).toBe(0)
    await source.create(withImport('2026-02-28'))
    expect(
      await source.findMany({ select: { imports: { select: { importedOn: true } } } }),
    ).toEqual([{ imports: [{ importedOn: '2026-02-28' }] }])
  })
  const { import: runs, source } = tables(database.pool)
  expect([await source.count(), await runs.count()]).toEqual([1, 1])
  await source.deleteMany()
  const nested = { data: { organisationId, name: 'X', imports: { create: [] as never[] } } }
  await expect(source.create(nested)).rejects.toThrow('belongs in a transaction')
  expect(await source.count()).toBe(0)
})

test('an error of the database comes through whole', async () => {
  await inTransaction(database.pool, async (client) => {
    await tables(client).team.create({ data: named('Twice') })
    const again = tables(client).team.create({ data: named('Twice') })
    await expect(again).rejects.toMatchObject({
      name: 'error',
      code: '23505',
      constraint: 'team_organisation_id_name_key_key',
      message: expect.stringMatching(/^duplicate key value/),
    })
  })
  expect(await names()).toEqual([])
})

test('what PostgreSQL breaks off for a conflict is done again', async () => {
  const { id } = await tables(database.pool).team.create({ data: named('Contended') })
  let tries = 0
  await inTransaction(database.pool, async (client) => {
    tries += 1
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
    const seen = await tables(client).team.findFirst({ where: { id } })
    if (tries === 1)
      await database.pool.query("UPDATE team SET channel = 'first' WHERE id = $1", [id])
    const data = { escalationChannel: `after ${seen?.channel}` }
    await tables(client).team.updateMany({ where: { id }, data })
  })
  const team = await tables(database.pool).team.findFirst({ where: { id } })
  expect([tries, team?.escalationChannel]).toEqual([2, 'after first'])
  await tables(database.pool).team.deleteMany({ where: { id } })
})

test('a connection takes one question at a time, and each question goes to its own', async () => {
  let most = 0
  const counted = (client: pg.ClientBase) => {
    let open = 0
    const query = client.query.bind(client) as (...question: unknown[]) => Promise<unknown>
    client.query = ((...question: unknown[]) => {
      open += 1
      most = Math.max(most, open)
      return query(...question).finally(() => {
        open -= 1
      })
    }) as typeof client.query
    return () => {
      client.query = query as typeof client.query
    }
  }
  const alone = async (name: string) =>
    inTransaction(database.pool, async (client) => {
      const end = counted(client)
      try {
        const { organisation, team } = tables(client)
        await team.create({ data: named(name) })
        const include = { organisation: { include: { teams: true } }, contracts: true }
        const [seen] = await Promise.all([
          team.findMany({ include }),
          organisation.count(),
          team.findFirst({ where: { name } }),
        ])
        return seen.map((each) => each.organisation.teams.map((other) => other.name))
      } finally {
        end()
        await client.query('ROLLBACK')
      }
    })
  expect(await Promise.all(['A', 'B', 'C'].map(alone))).toEqual([[['A']], [['B']], [['C']]])
  expect(most).toBe(1)
})

test('what is not known is refused, not left out of the question', async () => {
  const { team } = tables(database.pool)
  const unknown = { organisationId: undefined } as unknown as { organisationId: number }
  await expect(team.deleteMany({ where: unknown })).rejects.toThrow(/`undefined`/)
  await expect(team.findUnique({ where: { id: 1 } })).rejects.toThrow(/findFirst/)
})

const ZONES = Intl.supportedValuesOf('timeZone')

/** Between the years that a register may name; the first of January 1900 has zones of odd seconds. */
const moments = fc.date({
  min: new Date('1900-01-01'),
  max: new Date('2200-01-01'),
  noInvalidDate: true,
})
const days = moments.map((date) => date.toISOString().slice(0, 10))
const amounts = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, places]) => {
    const text = String(digits < 0n ? -digits : digits).padStart(places + 1, '0')
    const whole = text.slice(0, text.length - places)
    return `${digits < 0n ? '-' : ''}${whole}${places > 0 ? `.${text.slice(-places)}` : ''}`
  })

test('days, amounts and moments come out as they went in, whatever zone machine and session are in', async () => {
  const known = await database.pool.query('SELECT name FROM pg_timezone_names')
  const sessions: string[] = known.rows.map(({ name }) => name)
  const usual = process.env.TZ
  const shifts = new Set<number>()
  const contract = await inTransaction(database.pool, async (client) => {
    const { id: teamId } = await tables(client).team.create({ data: named('Zones') })
    const { id: sourceId } = await tables(client).source.create({
      data: { organisationId, name: 'Zones' },
    })
    const data = { organisationId, teamId, sourceId, externalId: '1', reference: '1' }
    return tables(client).contract.create({
      data: { ...data, referenceKey: '1', endKind: 'undated', firstSeenOn: '2026-01-01' },
    })
  })
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ZONES),
        fc.constantFrom(...sessions),
        fc.tuple(days, days, fc.option(amounts), moments),
        async (zone, session, [from, to, cost, recordedAt]) => {
          process.env.TZ = zone
          shifts.add(new Date('2026-01-01').getTimezoneOffset())
          await inTransaction(database.pool, async (client) => {
            await client.query(`SET LOCAL TimeZone = '${session}'`)
            const { extension } = tables(client)
            const written = { from, to, cost, recordedAt }
            const { id } = await extension.create({
              data: {
                ...written,
                organisationId,
                contractId: contract.id,
                kind: 'option',
                status: 'confirmed',
              },
            })
            const where = { id, from: { gte: from, lte: from }, recordedAt, cost }
            const select = { from: true, to: true, cost: true, recordedAt: true }
            expect(await extension.findFirst({ where, select })).toEqual(written)
            const { rows } = await client.query(
              `SELECT from_on::text AS "from", to_on::text AS "to", cost::text,
                 (extract(epoch FROM recorded_at) * 1000)::bigint AS ms FROM extension WHERE id = $1`,
              [id],
            )
            expect(rows).toEqual([{ from, to, cost, ms: recordedAt.getTime() }])
          })
        },
      ),
      { numRuns: 100 },
    )
    // The zone was really another: there are some forty offsets in the world.
    expect(shifts.size).toBeGreaterThan(10)
  } finally {
    if (usual === undefined) delete process.env.TZ
    else process.env.TZ = usual
  }
})

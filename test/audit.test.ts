import { verifyAudit, writeAudit } from '../src/database/audit-log.ts'
import { inTransaction } from '../src/database/connect.ts'
import { ensureOrganisation } from '../src/database/organisation.ts'
import { freshDatabase, type TestDatabase } from './support/database.ts'
import { rowsAt } from './support/postgres.ts'

const SETTINGS = {
  timeZone: 'Europe/London',
  calendar: 'england-and-wales',
  channel: null,
  escalationChannel: null,
}

let database: TestDatabase
let organisationId: number
const NOW = new Date('2026-11-22T09:00:00.123Z')

beforeAll(async () => {
  database = await freshDatabase()
  organisationId = (await ensureOrganisation(database.pool, NOW, SETTINGS)).id
  for (const what of ['created', 'extended', 'decided']) {
    await inTransaction(database.pool, (client) =>
      writeAudit(
        client,
        { organisationId, byPersonId: null, via: 'test', at: NOW },
        `${what} something`,
        [1, 2, 3].map((contractId) => ({
          contractId,
          what,
          field: 'end',
          from: null,
          to: '2027-03-31',
        })),
      ),
    )
  }
})
afterAll(() => database.drop())

/** Does something to the record that only somebody with the owner's password can do, and undoes it. */
async function tampered<T>(sql: string, look: () => Promise<T>): Promise<T> {
  const asOwner = (statements: string) => rowsAt(database.ownerUrl, statements)
  try {
    await asOwner(`CREATE TABLE kept_entry AS TABLE audit_entry;
      CREATE TABLE kept_change AS TABLE audit_change;
      ALTER TABLE audit_entry DISABLE TRIGGER USER; ALTER TABLE audit_change DISABLE TRIGGER USER`)
    await asOwner(sql)
    return await look()
  } finally {
    await asOwner(`DELETE FROM audit_change; DELETE FROM audit_entry;
      INSERT INTO audit_entry TABLE kept_entry; INSERT INTO audit_change TABLE kept_change;
      DROP TABLE kept_entry, kept_change;
      ALTER TABLE audit_entry ENABLE TRIGGER USER; ALTER TABLE audit_change ENABLE TRIGGER USER`)
  }
}

const verify = () => verifyAudit(database.pool, organisationId)

describe('the audit', () => {
  test('is whole as it was written', async () => {
    expect(await verify()).toEqual({
      lastHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      entries: 3,
      changes: 9,
      broken: null,
    })
  })

  test.each([
    [
      'a changed row',
      `UPDATE audit_change SET to_value = '2028-03-31' WHERE entry_id = (SELECT id FROM audit_entry WHERE position = 2) AND position = 2`,
      2,
      'one of its rows was changed',
    ],
    [
      'a removed row',
      `DELETE FROM audit_change WHERE entry_id = (SELECT id FROM audit_entry WHERE position = 2) AND position = 3`,
      2,
      'it has 2 rows instead of 3',
    ],
    [
      'a changed time',
      `UPDATE audit_entry SET at = at + interval '1 day' WHERE position = 1`,
      1,
      'the entry itself was changed',
    ],
    [
      'a changed actor',
      `UPDATE audit_entry SET by_person_id = 7 WHERE position = 3`,
      3,
      'the entry itself was changed',
    ],
    [
      'a missing entry',
      `DELETE FROM audit_change WHERE entry_id = (SELECT id FROM audit_entry WHERE position = 2); DELETE FROM audit_entry WHERE position = 2`,
      2,
      'entry 2 is missing',
    ],
  ])('%s is found, and the first broken entry named', async (_, sql, position, why) => {
    const { broken } = await tampered(sql, verify)
    expect(broken).toEqual({ position, why })
    expect((await verify()).broken).toBeNull()
  })

  test.each([
    'UPDATE audit_entry SET summary = summary',
    'DELETE FROM audit_change',
    'TRUNCATE audit_entry CASCADE',
  ])('the running program cannot rewrite it: %s is refused', async (sql) => {
    await expect(database.pool.query(sql)).rejects.toThrow()
  })
})

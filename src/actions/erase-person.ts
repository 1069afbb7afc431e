/**
 * A person is forgotten: their row keeps a pseudonym, so that the record of changes and its chain
 * stay whole, and their name and addresses are taken out of whatever text holds them.
 */
import type { Pool, PoolClient } from 'pg'
import { personText, writeAudit } from '../database/audit-log.ts'
import { quoted } from '../database/bulk.ts'
import { inTransaction } from '../database/connect.ts'
import { findPerson, type KnownPerson, readPeople } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { queueUpdates, settleIdentity } from '../delivery/enqueue-updates.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { UserError } from '../rules/user-error.ts'

export interface Erased {
  readonly person: number
  readonly pseudonym: string
  /** How many texts held their name or address, by table. */
  readonly cleaned: Readonly<Record<string, number>>
  /** Where the record of changes names them in free text: it cannot be changed, only pointed to. */
  readonly leftInRecord: readonly RecordPlace[]
  /** Contracts that now want another owner. */
  readonly owned: number
  /** Messages in Slack that are rewritten without the name. */
  readonly rewritten: number
}

interface Eraser {
  readonly organisationId: number
  readonly today: CivilDate
  readonly now: Date
  readonly personId: number | null
}

/** What identifies a contract, a supplier or a channel is no text about a person. */
const KEPT = [
  ['person', 'audit_entry', 'audit_change', '_prisma_migrations', 'buyer', 'product', 'channel'],
  [
    'reference',
    'external_id',
    'supplier',
    'reseller',
    'destination',
    'subject',
    'state',
    'purpose',
  ],
] as const

/** Erases the person that this names, in one transaction. @throws UserError as `findPerson`. */
export async function erasePerson(pool: Pool, eraser: Eraser, asked: string): Promise<Erased> {
  return await inTransaction(pool, async (client) => {
    const { organisationId, today, now } = eraser
    const named = await findPerson(client, organisationId, asked)
    const person =
      named.sameAsId === null
        ? named
        : await findPerson(client, organisationId, `person ${named.sameAsId}`)
    if (person.erasedAt !== null) {
      throw new UserError(
        `Person ${person.id} was erased already: nothing of them is left to erase.`,
      )
    }
    const { calendarFeed, contract, person: people } = tables(client)
    const owned = await contract.findMany({
      where: { organisationId, ownerId: person.id, closedOn: null },
      select: { id: true },
    })
    if (person.slackUser !== null) await closeLetterBox(client, organisationId, person.slackUser)
    const aliases = await readPeople(client, { sameAsId: person.id })
    const claims =
      person.slackUser === null
        ? []
        : await readPeople(client, { organisationId, askedUser: person.slackUser })
    await settleIdentity(client, eraser, [person, ...aliases, ...claims], 'settled')
    const pattern = wordsOf([person, ...aliases])
    // Nobody can look for the name once it is gone.
    const leftInRecord = await namedInRecord(client, organisationId, pattern)
    const cleaned = pattern === null ? {} : await clean(client, organisationId, pattern)
    await calendarFeed.deleteMany({ where: { organisationId, personId: person.id } })
    await people.updateMany({
      where: { OR: [{ id: person.id }, { sameAsId: person.id }] },
      data: {
        displayName: null,
        nameKey: null,
        email: null,
        slackWorkspace: null,
        slackUser: null,
        askedUser: null,
        askedOn: null,
        claimedOn: null,
        deniedOn: null,
        voice: 'neither',
        goneOn: person.goneOn ?? today,
        erasedAt: now,
      },
    })
    if (person.slackUser !== null) {
      // That the name was asked about stays, so that nobody else is asked; whom, and what they said, goes.
      await people.updateMany({
        where: { organisationId, askedUser: person.slackUser },
        data: { askedUser: null, claimedOn: null },
      })
    }
    const ids = owned.map(({ id }) => id)
    const rewritten = await queueUpdates(client, organisationId, ids, today)
    const source = { organisationId, byPersonId: eraser.personId, via: 'erasure', at: now }
    await writeAudit(client, source, `erased person ${person.id}`, [
      {
        contractId: null,
        what: 'erased',
        field: personText(person.id),
        from: null,
        to: person.pseudonym,
      },
    ])
    return {
      person: person.id,
      pseudonym: person.pseudonym,
      cleaned,
      leftInRecord,
      owned: ids.length,
      rewritten,
    }
  })
}

/** Messages to them in person: what waits is not sent, what was sent no longer says to whom. */
async function closeLetterBox(
  client: PoolClient,
  organisationId: number,
  slackUser: string,
): Promise<void> {
  await client.query(
    `UPDATE delivery SET destination = 'erased:' || id, slack_channel = NULL, lease_until = NULL,
       state = CASE WHEN state IN ('SENT', 'DEAD', 'BLOCKED') THEN state ELSE 'SUPERSEDED' END
     WHERE organisation_id = $1 AND destination = $2`,
    [organisationId, slackUser],
  )
  await tables(client).channel.deleteMany({ where: { organisationId, destination: slackUser } })
}

const INSTEAD = '[erased person]'

/** Every text of every table that belongs to the organisation, whatever tables there are. */
async function clean(
  client: PoolClient,
  organisationId: number,
  pattern: string,
): Promise<Record<string, number>> {
  const found = await client.query<{ table: string; column: string; type: string; owned: boolean }>(
    `SELECT c.table_name AS "table", c.column_name AS "column", c.data_type AS type,
            EXISTS (SELECT FROM information_schema.columns o WHERE o.table_schema = c.table_schema
              AND o.table_name = c.table_name AND o.column_name = 'organisation_id') AS owned
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
       AND c.data_type IN ('text', 'jsonb') AND c.table_name <> ALL($1) AND c.column_name <> ALL($2)
       AND c.column_name NOT LIKE '%\\_key' AND c.column_name NOT LIKE 'slack\\_%'
     ORDER BY c.table_name, c.column_name`,
    KEPT.map((names) => [...names]),
  )
  const cleaned: Record<string, number> = {}
  for (const { table, column, type, owned } of found.rows) {
    const name = quoted(column)
    const own = owned ? 'organisation_id = $1' : '$1::int IS NOT NULL'
    const changed = await client.query(
      `UPDATE ${quoted(table)} SET ${name} = regexp_replace(${name}::text, $2, $3, 'gi')::${type}
       WHERE ${own} AND ${name}::text ~* $2`,
      [organisationId, pattern, INSTEAD],
    )
    if (changed.rowCount) cleaned[table] = (cleaned[table] ?? 0) + changed.rowCount
  }
  return cleaned
}

/** A place in the record, without its text. */
export interface RecordPlace {
  /** Of the entry, as `history` and `audit verify` count them. */
  readonly position: number
  readonly at: Date
  readonly reference: string | null
  /** What was done, and to which field; `summary` of the entry's own sentence. */
  readonly what: string
  readonly field: string | null
}

/** Their name, address and Slack id as whole words of any case; null where nothing is known that long. */
function wordsOf(people: readonly KnownPerson[]): string | null {
  const words = people
    .flatMap(({ name, email, slackUser }) => [name, email, slackUser])
    .filter((word) => word !== null && word.trim().length >= 3)
    .flatMap((word) => (word === null ? [] : [word, JSON.stringify(word).slice(1, -1)]))
  if (words.length === 0) return null
  const alternatives = [...new Set(words)].map((word) =>
    word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/\s+/g, '\\s+'),
  )
  return `(?<![[:alnum:]])(${alternatives.join('|')})(?![[:alnum:]])`
}

/** By position, whole: reads all of the record, which takes seconds where it has millions of rows. */
async function namedInRecord(
  client: Pool | PoolClient,
  organisationId: number,
  pattern: string | null,
): Promise<RecordPlace[]> {
  if (pattern === null) return []
  const found = await client.query<RecordPlace>(PLACES, [organisationId, pattern])
  return found.rows
}

const PLACES = `
  SELECT position, at, reference, what, field FROM (
  SELECT e.position, e.at, c.reference, ch.what, ch.field, ch.position AS row
    FROM audit_change ch JOIN audit_entry e ON e.id = ch.entry_id
    LEFT JOIN contract c ON c.id = ch.contract_id
   WHERE e.organisation_id = $1 AND (ch.from_value ~* $2 OR ch.to_value ~* $2 OR ch.field ~* $2)
   UNION ALL
  SELECT e.position, e.at, NULL, 'summary', NULL, 0 FROM audit_entry e
   WHERE e.organisation_id = $1 AND e.summary ~* $2) AS place
   ORDER BY position, row`

// All that this database holds of a person.

/** All that is held of a person, for the person to read. */
export interface Dossier {
  readonly person: KnownPerson
  readonly answersFor: readonly { readonly reference: string; readonly as: string }[]
  readonly decisions: readonly object[]
  readonly extensions: readonly object[]
  readonly waivers: readonly object[]
  readonly acknowledged: readonly object[]
  readonly subscriptions: readonly object[]
  readonly imports: readonly object[]
  readonly calendars: readonly object[]
  /** What lists of an estate name them as owner of, and what they said that contracts cover. */
  readonly inUse: readonly object[]
  readonly covers: readonly object[]
  /** Names of registers that their account was asked about. */
  readonly askedAbout: readonly object[]
  /** What they did, by the record of changes. */
  readonly acts: readonly object[]
  /** Where the record of changes names them in what somebody typed. */
  readonly namedInRecord: readonly RecordPlace[]
}

const ROLES = [
  ['category lead', 'categoryLeadId'],
  ['deputy', 'deputyId'],
  ['finance partner', 'financePartnerId'],
  ['owner', 'ownerId'],
] as const

/** Everything that refers to the person, in a fixed number of queries. */
export async function dossierOf(
  pool: Pool,
  organisationId: number,
  person: KnownPerson,
): Promise<Dossier> {
  const { alert, auditEntry, calendarFeed, decision, extension, subscription, team, waiver } =
    tables(pool)
  const inOrder = { id: 'asc' } as const
  const contract = { select: { reference: true } } as const
  const waivers = await waiver.findMany({
    where: { organisationId, recordedById: person.id },
    orderBy: inOrder,
    include: { contract },
  })
  const inUse = await tables(pool).inUse.findMany({
    where: { organisationId, ownerId: person.id },
    orderBy: inOrder,
    select: { source: true, words: true, site: true },
  })
  const covers = await tables(pool).cover.findMany({
    where: { organisationId, chosenById: person.id },
    orderBy: inOrder,
    select: { contract, product: true, release: true, kind: true, chosenOn: true },
  })
  const [answersFor, decisions, extensions, acknowledged, subscriptions, imports, calendars, acts] =
    await Promise.all([
      tables(pool).contract.findMany({
        where: { organisationId, OR: ROLES.map(([, role]) => ({ [role]: person.id })) },
        orderBy: { reference: 'asc' },
      }),
      decision.findMany({
        where: { organisationId, decidedById: person.id },
        orderBy: inOrder,
        select: { contract, deadline: true, text: true, evidence: true, decidedOn: true },
      }),
      extension.findMany({
        where: { organisationId, recordedById: person.id },
        orderBy: inOrder,
        include: { contract },
      }),
      alert.findMany({
        where: { organisationId, actedById: person.id },
        orderBy: inOrder,
        select: { contract, kind: true, deadlineOn: true, state: true, actedOn: true },
      }),
      subscription.findMany({
        where: { organisationId, createdById: person.id },
        orderBy: inOrder,
        select: { channel: true, filters: true, createdAt: true },
      }),
      tables(pool).import.findMany({
        where: { organisationId, byPersonId: person.id },
        orderBy: inOrder,
        select: { file: true, importedOn: true },
      }),
      calendarFeed.findMany({
        where: { organisationId, personId: person.id },
        orderBy: inOrder,
        select: { teamId: true, createdAt: true },
      }),
      auditEntry.findMany({
        where: { organisationId, byPersonId: person.id },
        orderBy: { position: 'asc' },
        select: { position: true, at: true, via: true, summary: true },
      }),
    ])
  const teams = await team.findMany({ where: { organisationId } })
  const asked = await tables(pool).person.findMany({
    where: { organisationId, askedUser: person.slackUser ?? '' },
    orderBy: inOrder,
  })
  return {
    person,
    askedAbout: asked.map(({ displayName: name, askedOn, claimedOn, deniedOn }) => {
      return { name, askedOn, claimedOn, deniedOn }
    }),
    answersFor: answersFor.flatMap((each) =>
      ROLES.flatMap(([as, role]) =>
        each[role] === person.id ? [{ reference: each.reference, as }] : [],
      ),
    ),
    decisions: decisions.map(({ contract: { reference }, deadline, text, evidence, decidedOn }) => {
      return { reference, deadline, text, evidence, on: decidedOn }
    }),
    extensions: extensions.map(({ contract: { reference }, recordedAt: at, ...e }) => {
      const { kind, from, to, grounds, approver } = e
      return { reference, kind, from, to, grounds, approver, at }
    }),
    waivers: waivers.map(({ contract: { reference }, category, beganOn, approver, reason }) => {
      return { reference, category, beganOn, approver, reason }
    }),
    acknowledged: acknowledged.map(({ contract, ...a }) => {
      const reference = contract?.reference ?? null
      return { reference, kind: a.kind, deadline: a.deadlineOn, state: a.state, on: a.actedOn }
    }),
    subscriptions: subscriptions.map(({ channel, filters, createdAt: at }) => {
      return { channel, filters, at }
    }),
    imports: imports.map(({ file, importedOn: on }) => ({ file, on })),
    inUse,
    covers: covers.map(({ contract: { reference }, chosenOn: on, ...each }) => {
      return { reference, ...each, on }
    }),
    calendars: calendars.map(({ teamId, createdAt: at }) => {
      return { team: teams.find(({ id }) => id === teamId)?.name ?? null, at }
    }),
    acts,
    namedInRecord: await namedInRecord(pool, organisationId, wordsOf([person])),
  }
}

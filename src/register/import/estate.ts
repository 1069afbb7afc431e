/** What is in use, from a list of an estate: product, release, how many, where and whose. */

import { basename, extname } from 'node:path'
import type { Pool } from 'pg'
import { writeAudit } from '../../database/audit-log.ts'
import { copyRows } from '../../database/bulk.ts'
import { inTransaction, lockFor, withTimeLimit } from '../../database/connect.ts'
import { lockTeams } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import { type ReleaseKey, readWordingAnswers, recalculateSupport } from '../../database/support.ts'
import type { CivilDate } from '../../rules/civil-date.ts'
import { releaseGiven, wordingKey } from '../../rules/products.ts'
import { compared } from '../column-names.ts'
import { type Draft, NOTHING_SAID, type Problem, RegisterError, warning } from '../draft.ts'
import { openRegister } from '../open.ts'
import type { ApplyOptions } from './import.ts'
import { parties } from './parties.ts'

// biome-ignore format: one column after another, to be read as a table
const HEADINGS = {
  product: [
    'product', 'product name', 'software', 'software name', 'software product', 'application',
    'application name', 'operating system', 'os', 'technology', 'platform', 'title', 'item', 'name', 'asset',
  ],
  release: ['release', 'version', 'product version', 'software version', 'product release', 'os version', 'edition and version'],
  count: [
    'count', 'quantity', 'qty', 'number', 'number in use', 'in use', 'installs', 'installations',
    'installed', 'instances', 'units', 'devices', 'servers', 'licences', 'licenses', 'no of installs',
  ],
  site: ['site', 'location', 'building', 'hospital', 'office', 'data centre', 'datacentre', 'site name', 'trust', 'organisation'],
  owner: ['owner', 'owner name', 'service owner', 'system owner', 'product owner', 'business owner', 'contact'],
  email: ['owner email', 'email', 'contact email', 'owner e mail'],
  team: ['team', 'team name', 'department', 'directorate', 'owning team'],
} as const

type EstateField = keyof typeof HEADINGS

interface EstateOptions
  extends Pick<ApplyOptions, 'organisationId' | 'team' | 'today' | 'now' | 'via' | 'byPersonId'> {
  /** The list that it is a newer copy of; null: the name of the file. */
  readonly source: string | null
}

interface EstateResult {
  readonly source: string
  readonly read: number
  /** Rows whose product and release stand in columns of their own, or whose words somebody has answered. */
  readonly linked: number
  /** Rows that wait for somebody to say what their words mean. */
  readonly open: number
  readonly problems: readonly Problem[]
}

interface EstateRow {
  readonly at: string
  readonly words: string
  readonly given: ReleaseKey | null
  readonly count: number | null
  readonly site: string | null
  readonly draft: Draft
}

const BATCH = 1000

/**
 * Reads the list in place of what was known by its name. Words for a product are linked to none
 * before a person says so.
 * @throws RegisterError where it is no such list
 */
export async function importEstate(
  pool: Pool,
  file: string,
  { organisationId, team, today, now, via, byPersonId, ...options }: EstateOptions,
): Promise<EstateResult> {
  const source = options.source ?? basename(file, extname(file))
  const problems: Problem[] = []
  const rows = await readEstate(file, today, problems)
  return withTimeLimit('long', () =>
    inTransaction(pool, async (client) => {
      await lockFor(client, 'import', organisationId)
      const teams = await lockTeams(client, organisationId)
      const people = parties(client, organisationId, teams, team)
      const answers = await readWordingAnswers(client, organisationId)
      const before = await tables(client).inUse.findMany({
        where: { organisationId, source, product: { not: null } },
        select: { product: true, release: true },
        distinct: ['product', 'release'],
      })
      await tables(client).inUse.deleteMany({ where: { organisationId, source } })
      const keys: ReleaseKey[] = before.flatMap(({ product, release }) =>
        product === null ? [] : [{ product, release }],
      )
      let linked = 0
      let open = 0
      for (let from = 0; from < rows.length; from += BATCH) {
        const batch = rows.slice(from, from + BATCH)
        await people.meet(batch.map(({ draft }) => draft))
        const written = batch.map(({ words, given, count, site, draft }) => {
          const key = wordingKey(words)
          const answer = answers.get(key)
          const { product = null, release = '' } = answer ?? {}
          const named = given ?? (product === null ? null : { product, release })
          if (named !== null) {
            keys.push(named)
            linked += 1
          } else if (answer === undefined) open += 1
          const { teamId, ownerId } = people.resolve(draft)
          return {
            ...{
              organisation_id: organisationId,
              team_id: teamId,
              source,
              words,
              key,
              count,
              site,
            },
            ...{ product: named?.product ?? null, release: named?.release ?? '' },
            ...{ owner_id: ownerId, given: given !== null },
          }
        })
        await copyRows(client, 'in_use', written)
      }
      await recalculateSupport(client, { organisationId, today }, unique(keys))
      problems.push(...people.unmatchedDepartments())
      const summary = `read ${source}: ${rows.length} rows of what is in use`
      await writeAudit(client, { organisationId, byPersonId, via, at: now }, summary, [
        {
          ...{ contractId: null, what: 'imported', field: 'in use' },
          ...{ from: before.length === 0 ? null : source, to: `${source}: ${rows.length} rows` },
        },
      ])
      return { source, read: rows.length, linked, open, problems }
    }),
  )
}

function unique(keys: readonly ReleaseKey[]): ReleaseKey[] {
  return [...new Map(keys.map((key) => [`${key.product} ${key.release}`, key])).values()]
}

async function readEstate(
  file: string,
  today: CivilDate,
  problems: Problem[],
): Promise<EstateRow[]> {
  const register = await openRegister(file, {
    ...{ map: new Map(), dates: 'dmy', years: 2000, timeZone: null, today, lenient: true },
  })
  if (register.written === undefined) throw noEstate(file, [])
  const rows: EstateRow[] = []
  let columns: ReadonlyMap<EstateField, number> | null = null
  const seen: string[] = []
  for await (const batch of register.written.rows()) {
    for (const { line, cells } of batch) {
      if (cells.every((cell) => cell.trim() === '')) continue
      if (columns === null) {
        columns = headingsIn(cells)
        seen.push(...cells.map((cell) => cell.trim()).filter((cell) => cell !== ''))
        if (columns === null && line > HEADING_LINES) throw noEstate(file, seen)
        continue
      }
      const row = readRow(columns, String(line), cells, problems)
      if (row !== null) rows.push(row)
    }
  }
  if (columns === null) throw noEstate(file, seen)
  return rows
}

const HEADING_LINES = 20

/** Where the fields stand, if a product is one of them; of two headings for one field the better known. */
function headingsIn(cells: readonly string[]): ReadonlyMap<EstateField, number> | null {
  const columns = new Map<EstateField, number>()
  const headings = cells.map(compared)
  for (const field of Object.keys(HEADINGS) as EstateField[]) {
    const names: readonly string[] = HEADINGS[field]
    const known = names.find((name) => headings.includes(name))
    const at = known === undefined ? -1 : headings.indexOf(known)
    if (at >= 0 && ![...columns.values()].includes(at)) columns.set(field, at)
  }
  return columns.has('product') ? columns : null
}

function noEstate(file: string, seen: readonly string[]): RegisterError {
  const saw = seen.slice(0, 12).map((each) => `"${each.slice(0, 40)}"`)
  return new RegisterError(
    `${basename(file)} has no column for the product in its first ${HEADING_LINES} rows.${saw.length === 0 ? '' : ` Seen: ${saw.join(', ')}.`} Head it "Product", and where there are such columns "Release", "Count", "Site", "Owner".`,
  )
}

function readRow(
  columns: ReadonlyMap<EstateField, number>,
  at: string,
  cells: readonly string[],
  problems: Problem[],
): EstateRow | null {
  const text = (field: EstateField) => {
    const cell = cells[columns.get(field) ?? -1]?.trim() ?? ''
    return cell === '' ? null : cell
  }
  const product = text('product')
  const counted = text('count')
  const report = (field: string, value: string | null, problem: string, remedy: string) => {
    problems.push(warning(at, problem, remedy, { field, value }))
  }
  if (product === null) {
    report('product', null, 'the row names no product', 'Fill it in, or take the row out.')
    return null
  }
  const plain = counted?.replace(/[,\s]/g, '') ?? ''
  const count = /^\d{1,9}$/.test(plain) ? Number(plain) : null
  if (counted !== null && count === null) {
    report('count', counted, 'this is no whole number: how many is unknown', 'Write a number.')
  }
  const release = text('release')
  return {
    at,
    words: release === null ? product : `${product} ${release}`,
    given: release === null ? null : releaseGiven(product, release),
    count,
    site: text('site'),
    draft: {
      ...{ ...NOTHING_SAID, at, owner: text('owner'), ownerEmail: text('email') },
      team: text('team'),
    },
  }
}

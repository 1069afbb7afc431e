// The sweep at several sizes beside SQL by hand that writes the same rows.
import pg from 'pg'
import { openDatabase } from '../dist/src/database/open.js'
import { ensureOrganisation, readTeams, rulesByTeam } from '../dist/src/database/organisation.js'
import { readSupport } from '../dist/src/reports/support.js'
import { findMissed, sweep } from '../dist/src/warnings/sweep.js'
import { figures } from './figures.mjs'
import { handSweep, keepPlan } from './hand-sweep.mjs'
import { cover, DAY, DUE, GROUPED, hold, takeBack, UNGROUPED, uncover } from './held.mjs'

/** The milliseconds of sweep, second sweep and SQL by hand, for each size and way of grouping. */
export async function benchSweep(server, sizes, rounds, say) {
  const results = []
  for (const held of sizes) {
    say(`Sweep: making ${held.toLocaleString('en-GB')} contracts…`)
    const env = await server.fresh('bench_sweep')
    const owner = new pg.Client(env.LAPSEWATCH_MIGRATE_URL)
    await owner.connect()
    const database = await openDatabase({
      databaseUrl: env.DATABASE_URL,
      migrateUrl: env.LAPSEWATCH_MIGRATE_URL,
      dataFolder: '',
      log: say,
      poolSize: 2,
    })
    try {
      for (const result of await measure(owner, database.pool, held, rounds, server, say)) {
        results.push(result)
      }
    } finally {
      await owner.end()
      await database.close()
    }
  }
  return results
}

const SETTINGS = {
  timeZone: 'Europe/London',
  calendar: 'england-and-wales',
  channel: 'C0',
  escalationChannel: null,
}

async function measure(owner, pool, held, rounds, server, say) {
  const { id: organisationId } = await ensureOrganisation(pool, new Date(), SETTINGS)
  const rulesOf = rulesByTeam({})
  await hold(owner, organisationId, held, rulesOf({ calendar: 'england-and-wales' }))
  const context = { organisationId, rulesOf, dayOf: () => DAY, teamIds: null, now: new Date() }
  await sweep(pool, context)
  await keepPlan(owner)
  const results = []
  for (const grouped of [false, true]) {
    say(`Sweep: ${held.toLocaleString('en-GB')} held, ${grouped ? 'grouped' : 'ungrouped'}…`)
    await owner.query(grouped ? GROUPED : UNGROUPED)
    const again = []
    const round = async (cold) => {
      const ready = async () => {
        await takeBack(owner)
        if (cold) await server.settle()
      }
      await ready()
      const hand = await timed(() => handSweep(pool, organisationId, DAY, grouped))
      const byHand = await written(owner)
      await ready()
      const swept = await timed(() => sweep(pool, context))
      sameRows(byHand, await written(owner))
      const second = await timed(() => sweep(pool, context))
      if (swept.value.raised !== DUE || second.value.raised !== 0) {
        throw new Error(`The sweep raised ${swept.value.raised}, then ${second.value.raised}.`)
      }
      again.push(second.ms)
      return { hand: hand.ms, swept: swept.ms }
    }
    const series = async (count, cold) => {
      const tries = []
      for (let each = 0; each < count; each += 1) tries.push(await round(cold))
      return {
        sweep: figures(tries.map(({ swept }) => swept)),
        hand: figures(tries.map(({ hand }) => hand)),
      }
    }
    // The first round warms both up.
    await round(false)
    again.length = 0
    const warm = await series(rounds, false)
    // A checkpoint makes every page that is changed after it be logged whole: more pages, more log.
    const cold = await series(3, true)
    results.push({
      held,
      due: DUE,
      grouped,
      ...warm,
      again: figures(again),
      cold,
    })
  }
  return results
}

/** So many of the contracts cover a release, and each team uses some. */
const COVERS = 10_000

/** The same sweep with covers and without, by turns; and what is read of all covers at once. */
export async function benchCovers(server, held, rounds, say) {
  say(`Covers: making ${held.toLocaleString('en-GB')} contracts and ${COVERS} covers…`)
  const env = await server.fresh('bench_covers')
  const owner = new pg.Client(env.LAPSEWATCH_MIGRATE_URL)
  await owner.connect()
  const database = await openDatabase({
    databaseUrl: env.DATABASE_URL,
    migrateUrl: env.LAPSEWATCH_MIGRATE_URL,
    dataFolder: '',
    log: say,
    poolSize: 2,
  })
  const { pool } = database
  try {
    const { id: organisationId } = await ensureOrganisation(pool, new Date(), SETTINGS)
    const rulesOf = rulesByTeam({})
    await hold(owner, organisationId, held, rulesOf({ calendar: 'england-and-wales' }))
    const context = { organisationId, rulesOf, dayOf: () => DAY, teamIds: null, now: new Date() }
    await sweep(pool, context)
    await keepPlan(owner)
    await owner.query(UNGROUPED)
    // Null: without covers; else the day on which releases are looked at next.
    const round = async (next) => {
      await takeBack(owner)
      if (next === null) await uncover(owner)
      else await cover(owner, organisationId, COVERS, next)
      const swept = await timed(() => sweep(pool, context))
      if (swept.value.raised < DUE) throw new Error(`The sweep raised ${swept.value.raised}.`)
      if (next === DAY && swept.value.raised === DUE) throw new Error('No release was told of.')
      return swept.ms
    }
    await round(null)
    await round('2027-12-01')
    const tries = { without: [], kept: [], looked: [], support: [], missed: [] }
    for (let each = 0; each < rounds; each += 1) {
      tries.without.push(await round(null))
      tries.kept.push(await round('2027-12-01'))
      tries.looked.push(await round(DAY))
      const asked = { organisationId, asOf: DAY, days: null }
      const support = await timed(() => readSupport(pool, asked))
      if (support.value.items.length < 100) throw new Error('Nothing was found of the covers.')
      tries.support.push(support.ms)
      const teams = await readTeams(pool, organisationId)
      tries.missed.push((await timed(() => findMissed(pool, context, teams))).ms)
    }
    const made = Object.entries(tries).map(([name, list]) => [name, figures(list)])
    return { held, covers: COVERS, due: DUE, ...Object.fromEntries(made) }
  } finally {
    await owner.end()
    await database.close()
  }
}

async function timed(work) {
  const began = performance.now()
  const value = await work()
  return { ms: performance.now() - began, value }
}

/** Every row that a sweep writes, without what the database makes up: keys, ids, times. */
async function written(client) {
  const rows = await client.query(`
    SELECT a.contract_id, a.kind, a.deadline_on::text, a.rung, a.raised_on::text, a.skipped_from, a.skipped_to,
           a.state, d.subject, d.purpose, d.sequence, d.destination, d.as_of::text, d.state AS "deliveryState",
           c.next_rung_on::text
    FROM alert a JOIN delivery_alert da ON da.alert_id = a.id JOIN delivery d ON d.id = da.delivery_id
    JOIN contract c ON c.id = a.contract_id ORDER BY a.contract_id, a.kind`)
  const counts = await client.query(`
    SELECT (SELECT count(*) FROM alert) AS alerts, (SELECT count(*) FROM delivery) AS deliveries,
           (SELECT count(*) FROM delivery_alert) AS links`)
  return { counts: counts.rows[0], rows: rows.rows }
}

function sameRows(hand, swept) {
  if (JSON.stringify(hand) === JSON.stringify(swept)) return
  const at = hand.rows.findIndex(
    (row, index) => JSON.stringify(row) !== JSON.stringify(swept.rows[index]),
  )
  throw new Error(
    `The sweep and the SQL by hand wrote different rows:\n${JSON.stringify(hand.counts)} ${JSON.stringify(hand.rows[at])}\n${JSON.stringify(swept.counts)} ${JSON.stringify(swept.rows[at])}`,
  )
}

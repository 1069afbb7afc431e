// A change of rules that moves a tenth of the register: by the program, beside the SQL that writes
// exactly what it wrote, handed to it ready-made. Both begin with copies of the same database.
import pg from 'pg'
import { changeRules, setting, WHOLE_ORGANISATION } from '../dist/src/actions/settings.js'
import { openDatabase } from '../dist/src/database/open.js'
import { ensureOrganisation, rulesByTeam } from '../dist/src/database/organisation.js'
import { recalculateWhereRulesChanged } from '../dist/src/database/recalculate.js'
import { queueUpdates } from '../dist/src/delivery/enqueue-updates.js'
import { ruleKeyNamed } from '../dist/src/rules/settings-text.js'
import { DAY, hold } from './held.mjs'

/** For each size: milliseconds of both, how they worked, and the longest that anybody waited for a lock. */
export async function benchRules(server, sizes, say) {
  const measured = []
  for (const held of sizes) measured.push(await measure(server, held, say))
  return measured
}

async function measure(server, held, say) {
  say(`Rules: making ${held.toLocaleString('en-GB')} contracts and counting them…`)
  const env = await server.fresh('bench_rules')
  await within(env, async (context) => {
    await prepare(server, held, context)
    await recalculateWhereRulesChanged(context.pool, context)
  })
  await server.settle()
  await server.copyOf('bench_rules_hand', 'bench_rules')
  say('Rules: changing one, and the same by hand…')
  const lock = await lockProbe(server.adminUrl('bench_rules'))
  const ours = await within(env, async (context) => {
    const cpu = process.cpuUsage()
    const began = performance.now()
    const { rekeyed: looked } = await changeRules(
      context.pool,
      { ...context, personId: null, via: 'bench', now: new Date(`${DAY}T08:00:00Z`) },
      WHOLE_ORGANISATION,
      setting(ruleKeyNamed('mobilisationDays'), '47'),
    )
    const { user, system } = process.cpuUsage(cpu)
    return { ms: performance.now() - began, nodeMs: (user + system) / 1000, looked }
  })
  const lockMs = await lock.end()
  if (ours.looked !== held) throw new Error(`${ours.looked} contracts were looked at, not ${held}.`)
  await server.settle()
  const { ms: hand, moved } = await byHand(server)
  if (Math.abs(moved - held / 10) > 1) throw new Error(`${moved} moved, not a tenth of ${held}.`)
  return { held, ...ours, moved, hand, lockMs }
}

/** Runs it with the program's own connections. */
async function within(env, work) {
  const { pool, close } = await openDatabase({
    databaseUrl: env.DATABASE_URL,
    migrateUrl: env.LAPSEWATCH_MIGRATE_URL,
    dataFolder: '',
    log: () => undefined,
    poolSize: 4,
  })
  try {
    const { id: organisationId } = await ensureOrganisation(pool, new Date(), {
      ...{ timeZone: 'Europe/London', calendar: 'england-and-wales' },
      ...{ channel: 'C0', escalationChannel: null },
    })
    const context = { organisationId, rulesOf: rulesByTeam({}), todayOf: () => DAY }
    const retired = (client, ids, today) => queueUpdates(client, organisationId, ids, today)
    return await work({ pool, ...context, log: () => undefined, now: new Date(), retired })
  } finally {
    await close()
  }
}

/** One contract in ten is worth a procurement, so that it alone has a day to start one. */
async function prepare(server, held, { organisationId, rulesOf }) {
  const client = new pg.Client(server.adminUrl('bench_rules'))
  await client.connect()
  client.on('error', () => undefined)
  const rules = rulesOf({ calendar: 'england-and-wales' })
  await hold(client, organisationId, held, rules)
  await client.query(
    `UPDATE contract SET notice_amount = NULL, notice_unit = NULL, automatic_renewal = NULL, start = '2020-01-01',
       end_earliest = $1::date + 900 + id % 900, end_latest = $1::date + 900 + id % 900,
       value = CASE WHEN id % 10 = 0 THEN 500000 ELSE 4000 END`,
    [DAY],
  )
  await client.query('VACUUM FULL contract')
  await client.query('VACUUM ANALYZE')
  await client.end()
}

/** Asks for the teams' lock as every act does, ten times a second; the longest that it waited. */
async function lockProbe(url) {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  await client.connect()
  let [longest, isOver] = [0, false]
  const probing = (async () => {
    while (!isOver) {
      const began = performance.now()
      await client.query('BEGIN')
      await client.query('SELECT FROM team ORDER BY id FOR UPDATE')
      await client.query('COMMIT')
      longest = Math.max(longest, performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  return {
    async end() {
      isOver = true
      await probing
      await client.end()
      return longest
    },
  }
}

const CONTRACT = 'current_earliest, current_latest, next_rung_on, version'
const DEADLINE =
  'organisation_id, contract_id, kind, due_on, reason, settled_on, settled_why, from_on, latest_on, renews_to'

/** What the program wrote, into the copy, in one transaction; then both are compared. */
async function byHand(server) {
  const [ours, hand] = ['bench_rules', 'bench_rules_hand'].map(
    (name) => new pg.Client(server.adminUrl(name)),
  )
  await Promise.all([ours.connect(), hand.connect()])
  const changed = await ours.query(`SELECT id, ${CONTRACT} FROM contract WHERE version > 2`)
  const ids = changed.rows.map(({ id }) => id)
  const deadlines = await ours.query(
    `SELECT ${DEADLINE} FROM deadline WHERE contract_id = ANY($1)`,
    [ids],
  )
  await hand.query(
    `CREATE TEMP TABLE bench_contract AS SELECT id, ${CONTRACT} FROM contract LIMIT 0`,
  )
  await hand.query(`CREATE TEMP TABLE bench_deadline AS SELECT ${DEADLINE} FROM deadline LIMIT 0`)
  await insert(hand, 'bench_contract', changed.rows)
  await insert(hand, 'bench_deadline', deadlines.rows)
  await hand.query('ANALYZE bench_contract, bench_deadline')
  const began = performance.now()
  await hand.query('BEGIN')
  await hand.query(
    `UPDATE contract SET (${CONTRACT}) = (b.current_earliest, b.current_latest, b.next_rung_on, b.version)
     FROM bench_contract b WHERE b.id = contract.id`,
  )
  await hand.query('DELETE FROM deadline WHERE contract_id IN (SELECT id FROM bench_contract)')
  await hand.query(`INSERT INTO deadline (${DEADLINE}) SELECT * FROM bench_deadline`)
  await hand.query('COMMIT')
  const ms = performance.now() - began
  for (const sql of [
    `SELECT md5(string_agg(c::text, ',' ORDER BY id)) AS d FROM (SELECT id, ${CONTRACT} FROM contract) c`,
    `SELECT md5(string_agg(d::text, ',' ORDER BY contract_id, kind, due_on)) AS d FROM (SELECT ${DEADLINE} FROM deadline) d`,
  ]) {
    const [[a], [b]] = (await Promise.all([ours.query(sql), hand.query(sql)])).map((f) => f.rows)
    if (a.d !== b.d) throw new Error(`They do not hold the same: ${sql}`)
  }
  await Promise.all([ours.end(), hand.end()])
  return { ms, moved: ids.length }
}

async function insert(client, table, rows) {
  for (let from = 0; from < rows.length; from += 5_000) {
    const some = JSON.stringify(rows.slice(from, from + 5_000))
    await client.query(
      `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)`,
      [some],
    )
  }
}

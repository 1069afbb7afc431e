// The sweep as one would write it by hand in SQL, set by set, for what is known to be due: what the
// rules decide (which reminder, which next day) is handed to it ready-made in the table bench_plan.

/** Keeps what a sweep has just decided, for the SQL to write again. */
export async function keepPlan(client) {
  await client.query(`
    DROP TABLE IF EXISTS bench_plan;
    CREATE TABLE bench_plan AS
      SELECT a.contract_id, a.kind, a.deadline_on, a.rung, a.skipped_from, a.skipped_to, c.next_rung_on AS look_on
      FROM alert a JOIN contract c ON c.id = a.contract_id;
    ALTER TABLE bench_plan ADD PRIMARY KEY (contract_id);
    ANALYZE bench_plan;
    GRANT SELECT ON bench_plan TO lapsewatch_run`)
}

/** Writes the alerts, deliveries, their links and the next days of everything due; returns how many. */
export async function handSweep(pool, organisationId, day, grouped) {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT id FROM team WHERE organisation_id = $1 ORDER BY id FOR UPDATE', [
      organisationId,
    ])
    await client.query(
      `CREATE TEMP TABLE due ON COMMIT DROP AS
       SELECT c.id, c.team_id, t.channel, p.kind, p.deadline_on, p.rung, p.skipped_from, p.skipped_to, p.look_on
       FROM team t JOIN contract c ON c.team_id = t.id AND c.next_rung_on <= $2
       JOIN bench_plan p ON p.contract_id = c.id
       WHERE t.organisation_id = $1 FOR UPDATE OF c`,
      [organisationId, day],
    )
    const alerts = await client.query(
      `INSERT INTO alert (organisation_id, contract_id, kind, deadline_on, rung, raised_on, skipped_from, skipped_to)
       SELECT $1, id, kind, deadline_on, rung, $2, skipped_from, skipped_to FROM due
       ON CONFLICT (contract_id, kind, deadline_on, rung) DO NOTHING`,
      [organisationId, day],
    )
    const deliveries = await client.query(
      `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of)
       SELECT $1, min(team_id), ${grouped ? `'sweep:' || $2::date, 'group'` : `'contract:' || id, 'post'`}, 1, channel, $2
       FROM due GROUP BY channel${grouped ? '' : ', id'}`,
      [organisationId, day],
    )
    await client.query(
      `INSERT INTO delivery_alert (delivery_id, alert_id)
       SELECT d.id, a.id FROM due JOIN alert a ON a.contract_id = due.id AND a.raised_on = $2
       JOIN delivery d ON d.organisation_id = $1 AND d.destination = due.channel
         AND d.subject = ${grouped ? `'sweep:' || $2::date` : `'contract:' || due.id`}`,
      [organisationId, day],
    )
    await client.query(
      'UPDATE contract SET next_rung_on = due.look_on FROM due WHERE contract.id = due.id',
    )
    await client.query('UPDATE team SET last_swept_on = $2 WHERE organisation_id = $1', [
      organisationId,
      day,
    ])
    await client.query('COMMIT')
    return { raised: alerts.rowCount, queued: deliveries.rowCount }
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

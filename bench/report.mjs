// What was measured, as rows of a table: each with its target and whether it was met.

const ms = (value) =>
  value < 100
    ? `${value.toFixed(1)} ms`
    : value < 10_000
      ? `${Math.round(value)} ms`
      : `${(value / 1000).toFixed(1)} s`
const kb = (value) => `${Math.round(value)} kB`
const mb = (value) => `${Math.round(value)} MB`
const times = (value) => `${value.toFixed(2)}×`
const count = (value) => value.toLocaleString('en-GB')

/** The rows of the report. Ratios compare the best try of either side: what others disturb least. */
export function reportRows(results) {
  const {
    commands,
    sweep,
    covers,
    weekly,
    csv,
    xlsx,
    ocds,
    rules,
    growth,
    start,
    simulate,
    bot,
    page,
  } = results
  const rows = (commands ?? []).flatMap(commandRows)
  for (const each of sweep ?? []) {
    const name = `sweep, ${count(each.held)} held, ${count(each.due)} due, ${each.grouped ? 'grouped' : 'one message each'}`
    rows.push(
      beside(name, each.sweep, 'SQL by hand', each.hand, 2),
      row('  and again at once', ms(each.again.best), '', each.again.best, 5, ms),
      beside('  right after a checkpoint', each.cold.sweep, 'SQL by hand', each.cold.hand, 2),
    )
  }
  for (const grouped of [false, true]) {
    const of = (sweep ?? []).filter((each) => each.grouped === grouped)
    const [few, many] = [of[0], of.at(-1)]
    if (few === undefined || many === few) continue
    const name = `sweep, from ${count(few.held)} to ${count(many.held)} held, ${grouped ? 'grouped' : 'one message each'}`
    rows.push(beside(name, many.sweep, 'fewest', few.sweep, 1.3))
  }
  if (covers) rows.push(...coverRows(covers))
  rows.push(...weeklyRows(weekly ?? []))
  if (csv) {
    const name = `import of ${count(csv.rows)} CSV rows`
    rows.push(...importRows(name, csv, 'csv-parse and COPY', 1.5, 220))
    const first = csv.import.ms
    rows.push(
      beside('  the same again', csv.again.ms, 'first', first, 1),
      beside('  with every end moved', csv.changed.ms, 'first', first, 3),
      row('  its peak memory', mb(csv.changed.peakMb), '', csv.changed.peakMb, 300, mb),
    )
  }
  if (xlsx) {
    const name = `import of ${count(xlsx.rows)} XLSX rows`
    rows.push(...importRows(name, xlsx, 'the CSV file of them', 1.5, 300))
  }
  if (ocds) {
    const name = `import of ${count(ocds.releases)} OCDS releases`
    rows.push(...importRows(name, ocds, 'JSON.parse and COPY', 2, 250))
  }
  for (const { held, ms: took, hand, lockMs } of rules ?? []) {
    const name = `a change of rules, ${count(held)} held, a tenth moves`
    const target = 4_000 * Math.max(1, held / 133_000)
    rows.push(
      row(name, ms(took), `SQL of what differs ${ms(hand)}`, took, target, ms),
      row('  the longest that anybody waited for a lock', ms(lockMs), '', lockMs, 2_000, ms),
    )
  }
  for (const { what, once, twice } of growth ?? []) {
    rows.push(beside(`twice as long: ${what}`, twice, 'once', once, 3))
  }
  if (start)
    rows.push(
      start.before === undefined
        ? row('npm start to the first message', ms(start.ms.best), '', start.ms.best, 5_000, ms)
        : beside('npm start to the first message', start.ms, 'before', start.before, 0.5),
    )
  if (simulate) rows.push(...simulateRows(simulate))
  if (bot) rows.push(...botRows(bot))
  if (page) rows.push(...pageRows(page))
  return rows
}

/** The middle of the tries, and their range; beside it the plainest process, and the checkout before. */
function commandRows({ what, target, now, before, floor }) {
  const range = ({ tries }) => `${ms(Math.min(...tries))} to ${ms(Math.max(...tries))}`
  const said = ({ ms: wall, cpuMs, peakMb }) =>
    `${ms(wall.median)} (${range(wall)}), CPU ${ms(cpuMs.median)}, ${mb(peakMb.median)}`
  const beside = [
    ...(floor === undefined ? [] : [`floor ${said(floor)}`]),
    ...(before === undefined ? [] : [`before ${said(before)}`]),
  ].join('; ')
  const { times: most, addsMs, atMostMs, peakMb } = target
  const figure = now.ms.median
  if (most !== undefined) return [row(what, said(now), beside, figure / floor.ms.median, most)]
  if (addsMs !== undefined)
    return [row(what, said(now), beside, figure - floor.ms.median, addsMs, ms)]
  const peak = now.peakMb.median
  return [
    row(what, said(now), beside, figure, atMostMs, ms),
    row('  its peak memory', mb(peak), '', peak, peakMb, mb),
  ]
}

/** What covers cost a sweep that looks at none of them, and one that looks at all. */
function coverRows({ held, covers, due, without, kept, looked, support, missed }) {
  const name = `sweep, ${count(held)} held, ${count(due)} due, with ${count(covers)} covers`
  return [
    beside(`${name}, none to be looked at`, kept, 'without covers', without, 1.25),
    row('  all of their releases looked at and told', ms(looked.best), '', looked.best, 5_000, ms),
    row('  support, of all teams', ms(support.best), '', support.best, 500, ms),
    row('  the look for what was missed', ms(missed.best), '', missed.best, 2_000, ms),
  ]
}

/** Of the largest size, beside the smallest: what grows faster than the register is found out. */
function weeklyRows(weekly) {
  const most = Math.max(...weekly.map(({ held }) => held))
  return weekly
    .filter(({ held }) => held === most)
    .flatMap((each) => {
      const few = weekly.find(({ what, held }) => what === each.what && held < most)
      const server = each.serverMs === null ? '' : `, server ${ms(each.serverMs)}`
      const work = `Node works ${ms(each.nodeMs)}${server}`
      const name = `${each.what}, ${count(each.held)} held`
      const took = row(name, ms(each.ms), work, each.ms, each.target, ms)
      if (few === undefined) return [took]
      const grown = each.ms / few.ms
      const from = `  from ${count(few.held)} held`
      return [took, row(from, ms(each.ms), ms(few.ms), grown, 1.5 * (most / few.held))]
    })
}

function botRows({ held, perSecond, bare, ours }) {
  const name = `bot, ${count(held)} held, ${perSecond} commands a second`
  return [
    row(
      `${name}: ack, p99`,
      ms(ours.ack.p99),
      `bare Bolt ${ms(bare.ack.p99)}`,
      ours.ack.p99,
      1000,
      ms,
    ),
    ...[
      ['  full answer, p95', ours.answer.p95, bare.answer.p95, 8],
      ['  processor time of a command', ours.cpuMs, bare.cpuMs, 2.5],
    ].map(([what, figure, ofBolt, target]) =>
      row(what, ms(figure), `bare Bolt ${ms(ofBolt)}`, figure / ofBolt, target),
    ),
    row(
      '  its peak memory',
      mb(ours.memory.peakMb),
      `bare Bolt ${mb(bare.memory.peakMb)}`,
      ours.memory.peakMb,
      250,
      mb,
    ),
  ]
}

/** The first view is a promise; answers are as fast as those of the conversation. */
function pageRows({ held, view, home, answers, bytes, inBrowser }) {
  const name = `page, ${count(held)} held`
  const slowest = (each) => `slowest ${ms(each.most)}`
  const seen = inBrowser === null ? 'no browser here' : `in a browser ${ms(inBrowser.p50)}`
  return [
    row(`${name}: first view, warm`, ms(view.p50), seen, inBrowser?.p50 ?? view.p50, 1000, ms),
    row('  Home, opened anew', ms(home.p50), slowest(home), home.p50, 1000, ms),
    ...answers.map((each) =>
      row(`  /contracts ${each.typed}`, ms(each.p50), slowest(each), each.p50, each.target, ms),
    ),
    row('  its weight', `${Math.round(bytes / 1000)} kB`, '', bytes / 1000, 300, kb),
  ]
}

function importRows(name, measured, other, target, peakMb) {
  const { import: imported, copy } = measured
  return [
    beside(name, imported.ms, other, copy.ms, target),
    row('  its peak memory', mb(imported.peakMb), '', imported.peakMb, peakMb, mb),
  ]
}

/** Its best try, as a multiple of the best of what is named beside it. */
function beside(what, measured, name, against, target) {
  const multiple = measured.best / against.best
  return row(what, ms(measured.best), `${name} ${ms(against.best)}`, multiple, target)
}

/** The import into a database of its own counts too. */
function simulateRows({ ms: wall, cpuMs, peakMb }) {
  const what = 'simulate, 10,000 contracts over ten years'
  const cpu = `CPU ${ms(cpuMs.best)}`
  return [
    row(what, ms(wall.best), cpu, wall.best, 5_000, ms),
    row('  peak memory', mb(peakMb.best), '', peakMb.best, 300, mb),
  ]
}

function row(what, took, beside, value, target, show = times) {
  return {
    what,
    took,
    beside,
    value,
    target,
    shown: show(value),
    wanted: `≤ ${show(target)}`,
    met: value <= target,
  }
}

/** The rows as a table of plain text. */
export function reportText(rows) {
  const cells = [
    ['what', 'took', 'beside', 'figure', 'target', ''],
    ...rows.map((each) => [
      each.what,
      each.took,
      each.beside,
      each.shown,
      each.wanted,
      each.met ? 'met' : 'MISSED',
    ]),
  ]
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)))
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

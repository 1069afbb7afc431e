// The local workspace on a large register: its first view, Home, and answers, from the click to the
// page drawn anew. Asked over HTTP as the page's script asks, and opened in a browser where one is.
import pg from 'pg'
import { readSettings } from '../dist/src/app/settings.js'
import { rulesByTeam } from '../dist/src/database/organisation.js'
import { openLocalPage } from '../dist/stand-in/demo/demo.js'
import { findBrowser, withBrowser } from '../scripts/browser.mjs'
import { settle } from './bot.mjs'
import { DAY } from './held.mjs'

const TRIES = 15
/** What is typed, and how long it may take in milliseconds. */
const TYPED = { 'due 90d': 1000, list: 1000, 'show CT-77': 1000, summary: 2000 }
const ASSETS = ['/assets/slack.css', '/assets/page.css', '/assets/client.js', '/assets/icon.svg']

/** Milliseconds of each, and the bytes of the first view with all it loads, before compression. */
export async function benchPage(server, held, say) {
  const env = await server.fresh('bench_page')
  const { DATABASE_URL: runUrl, LAPSEWATCH_MIGRATE_URL: migrateUrl } = env
  const page = await openLocalPage(
    {
      settings: readSettings({ LAPSEWATCH_DATA: server.folder }),
      today: DAY,
      log: () => undefined,
      openScratch: async () => ({ runUrl, migrateUrl, drop: async () => undefined }),
    },
    0,
  )
  try {
    say(`Page: making ${held.toLocaleString('en-GB')} contracts…`)
    await enlarge(migrateUrl, held)
    say('Page: first view, Home, answers…')
    const get = async (path) => (await fetch(`${page.url}${path}`)).text()
    const view = await timed(() => get('/'))
    const inBrowser = await openInBrowser(page.url)
    const parts = await Promise.all(['/', ...ASSETS].map(get))
    const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
    const home = await timed(() => get('/?as=U0LEAD&in=home'))
    const answers = []
    for (const [typed, target] of Object.entries(TYPED)) {
      answers.push({ typed, target, ...(await timed(() => type(page.url, typed), TRIES / 3)) })
    }
    return { held, view, home, answers, bytes, inBrowser }
  } finally {
    await page.close()
  }
}

/** What is made stands in the sample's own channel and organisation, and belongs to its people. */
async function enlarge(migrateUrl, held) {
  const owner = new pg.Client(migrateUrl)
  await owner.connect()
  try {
    const { rows } = await owner.query('SELECT id FROM organisation')
    const rules = rulesByTeam({})({ calendar: 'england-and-wales' })
    await settle(owner, rows[0].id, held, rules)
    await owner.query(
      `UPDATE contract SET owner_id = (SELECT id FROM person WHERE slack_user = 'U0LEAD')
       WHERE id % 100 = 0`,
    )
    await owner.query('VACUUM ANALYZE')
  } finally {
    await owner.end()
  }
}

/** A command as the script sends it; then it fetches the page. */
async function type(url, typed) {
  const where = '?as=U0LEAD&in=C0CONTRACTS'
  const answer = await fetch(`${url}/act${where}`, {
    method: 'POST',
    headers: { origin: url, 'x-lapsewatch': 'page', 'content-type': 'application/json' },
    body: JSON.stringify({ do: 'command', text: `/contracts ${typed}` }),
  })
  const { problem } = await answer.json()
  if (problem !== null) throw new Error(`/contracts ${typed}: ${problem}`)
  await (await fetch(`${url}/${where}`, { headers: { 'x-lapsewatch': 'page' } })).text()
}

async function openInBrowser(url) {
  if (findBrowser() === null) return null
  return await withBrowser(async (browser) => {
    const tab = await browser.newPage()
    return await timed(async () => {
      await tab.goto(url)
      await tab.waitForSelector('html[data-ready]')
    })
  })
}

/** The first try warms up and is not counted. */
async function timed(work, tries = TRIES) {
  await work()
  const took = []
  for (let n = 0; n < tries; n += 1) {
    const began = performance.now()
    await work()
    took.push(performance.now() - began)
  }
  const sorted = took.toSorted((a, b) => a - b)
  return { p50: sorted[Math.floor(sorted.length / 2)], best: sorted[0], most: sorted.at(-1) }
}

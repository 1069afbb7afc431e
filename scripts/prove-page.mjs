// A long walk through the page in a real browser: axe on every view in four looks, and a quarter
// that goes by, with an acknowledgement that runs out and is escalated. Takes a minute or two.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { withBrowser } from './browser.mjs'
import { visitor, withLocalPage } from './local-page.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const LOOKS = [
  { colorScheme: 'light', width: 1200 },
  { colorScheme: 'dark', width: 1200 },
  { colorScheme: 'light', width: 320 },
  { colorScheme: 'dark', width: 320 },
]
const failures = []
const say = (line) => process.stdout.write(`${line}\n`)
const prove = (what, holds, detail = '') => {
  say(`${holds ? 'holds ' : 'FAILS '} ${what}${detail === '' ? '' : `: ${detail}`}`)
  if (!holds) failures.push(what)
}

/** One row of two ends before it begins. */
const REGISTER = `Reference,Title,Supplier,Owner,Start,End,Value
PG-1,Wheelchair servicing,Harrowmead Ltd,Rhys Pellandine,01/02/2025,31/01/2028,18000
PG-2,Pharmacy robot,Harrowmead Ltd,Rhys Pellandine,01/02/2025,31/01/2024,90000
`

await withBrowser(async (browser) => {
  await withLocalPage(async (address) => {
    await importRegister(browser, address)
    await watchQuarter(browser, address)
    await findFaults(browser, address)
  })
})
say(failures.length === 0 ? 'Everything holds.' : `${failures.length} did not hold.`)
process.exitCode = failures.length === 0 ? 0 : 1

async function watchQuarter(browser, address) {
  const seen = await visitor(browser, address)
  const { page, go, type, pass } = seen
  const asked = []
  page.on('request', (request) => asked.push(new URL(request.url()).origin))
  const began = performance.now()
  await go('/')
  prove('the first view within a second', performance.now() - began < 1000, ms(began))
  const text = () => page.locator('#messages').innerText()
  prove('what is due is told first', (await text()).includes('contracts need action'))
  await type('/contracts ack TG-2024-009')
  prove('an acknowledgement is confirmed', (await text()).includes('On it: @Rhys Pellandine'))
  const quarter = performance.now()
  for (let month = 0; month < 3; month += 1) await pass('30-days')
  await go('/?as=U0LEAD&most=1000')
  const days = await page.locator('#messages .day').count()
  prove('a quarter goes by', days > 30, `${days} days with messages, ${ms(quarter)}`)
  const summaries = (await text()).match(/Weekly summary/g)?.length ?? 0
  prove('with a summary each week', summaries >= 12, `${summaries} summaries`)
  await go('/?as=U0LEAD&in=C0ESCALATION&most=1000')
  const escalated = await page.locator('#messages .message').count()
  prove('what nobody followed up is escalated', escalated > 0, `${escalated} messages`)
  await go('/?as=U0LEAD&in=home')
  prove('Home has the new day', (await page.locator('.home').innerText()).includes('Feb 2027'))
  prove('no request left the machine', new Set(asked).size === 1, [...new Set(asked)].join(', '))
  await seen.leave()
}

async function importRegister(browser, address) {
  const seen = await visitor(browser, address)
  const { page, go, type } = seen
  const next = async (title) => {
    await page.click('#modal [type=submit]')
    await page.waitForFunction(
      (wanted) => document.querySelector('#modal[open]')?.innerText.includes(wanted) ?? false,
      title,
    )
  }
  await go('/?as=U0LEAD')
  await type('/contracts import')
  await page.waitForSelector('#modal[open]')
  const buffer = Buffer.from(REGISTER)
  await page.setInputFiles('#modal input[type=file]', {
    name: 'page.csv',
    mimeType: 'text/csv',
    buffer,
  })
  await next('Check headings')
  prove('an import shows its mapping', (await modalText(page)).includes('Title'))
  await next('the end lies before the start')
  const tried = await modalText(page)
  prove(
    'a bad row is named with its line and remedy',
    /line 3|PG-2/.test(tried),
    tried.slice(0, 200),
  )
  await page.click('#modal [type=submit]')
  await page.waitForFunction(
    () => !/would make|Trying|Importing\./.test(document.querySelector('#modal')?.innerText ?? ''),
  )
  await closeForm(seen)
  await go('/?as=U0LEAD')
  await type('/contracts show PG-1')
  const shown = await page.locator('#messages').innerText()
  prove('the good row is in the register', shown.includes('Wheelchair servicing'))
  await seen.leave()
}

async function closeForm({ page, settled }) {
  if ((await page.locator('#modal[open]').count()) === 0) return
  await page.click('#modal [data-close]')
  await settled()
  await page.waitForSelector('#modal:not([open])', { state: 'attached' })
}

function modalText(page) {
  return page.locator('#modal[open]').innerText()
}

async function findFaults(browser, address) {
  for (const { colorScheme, width } of LOOKS) {
    const seen = await visitor(browser, address, {
      colorScheme,
      viewport: { width, height: 760 },
      // For axe itself: the page's policy lets no foreign script in.
      bypassCSP: true,
    })
    const { page, go, type, settled } = seen
    const faults = []
    const look = async (view) => {
      await page.evaluate(AXE)
      const { violations } = await page.evaluate('axe.run()')
      faults.push(
        ...violations.map(({ id, nodes }) => `${view}: ${id} ${nodes[0]?.html.slice(0, 90)}`),
      )
      const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      if (beyond > 0) faults.push(`${view}: ${beyond} pixels wider than the window`)
    }
    await look('channel')
    await type('/contracts summary')
    await look('summary')
    await type('/contracts due 90d')
    await page.locator('.ephemeral summary').last().click()
    await look('answer and menu')
    await page.keyboard.press('Escape')
    await page.fill('#command', '/contracts ')
    await look('completion')
    await type('/contracts extend TG-2024-030')
    if ((await page.locator('#modal[open]').count()) === 0) await type('/contracts add')
    if ((await page.locator('#modal[open]').count()) > 0) {
      await page.click('#modal [type=submit]')
      await settled()
      await look('form')
      await page.click('#modal [data-close]')
      await settled()
    }
    await page.locator('.replies a').last().click()
    await page.waitForSelector('aside')
    await look('thread')
    await go('/?as=U0OWNER&in=home')
    await look('Home')
    await go('/?as=U0GUEST')
    await type('/contracts due')
    await look('outsider')
    prove(
      `axe finds no fault, ${colorScheme}, ${width} wide`,
      faults.length === 0,
      faults.join('; '),
    )
    await seen.leave()
  }
}

function ms(since) {
  return `${Math.round(performance.now() - since)} ms`
}

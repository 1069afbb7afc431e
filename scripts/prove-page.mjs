// A long walk through the page in a real browser: axe on every view in four looks. Takes a minute
// or two.
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

await withBrowser(async (browser) => {
  await withLocalPage(async (address) => {
    await findFaults(browser, address)
  })
})
say(failures.length === 0 ? 'Everything holds.' : `${failures.length} did not hold.`)
process.exitCode = failures.length === 0 ? 0 : 1

async function findFaults(browser, address) {
  for (const { colorScheme, width } of LOOKS) {
    const seen = await visitor(browser, address, {
      colorScheme,
      viewport: { width, height: 760 },
      // For axe itself: the page's policy lets no foreign script in.
      bypassCSP: true,
    })
    const { page, go, type, pass, settled } = seen
    const faults = []
    const look = async (view) => {
      await page.evaluate(AXE)
      const { violations } = await page.evaluate('axe.run()')
      faults.push(
        ...violations.map(({ id, nodes }) => `${view}: ${id} ${nodes[0]?.html.slice(0, 90)}`),
      )
      const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      if (beyond > 0) faults.push(`${view}: ${beyond} pixels wider than the window`)
      const broken = await page.evaluate(`(${brokenWords})()`)
      if (broken.length > 0) faults.push(`${view}: words of a table broken in two: ${broken}`)
    }
    await look('channel')
    await type('/contracts summary')
    await look('summary')
    await type('/contracts due 90d')
    await look('answer')
    await type('/contracts list')
    await look('list')
    await type('/contracts show TG-2024-009')
    await page.locator('.ephemeral summary').last().click()
    await look('contract and menu')
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
    // A contract that is told of again has a thread.
    if ((await page.locator('.replies a').count()) === 0) {
      await pass('next-monday')
      await pass('next-monday')
      await go('/')
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

/** The words of tables that stand on more than one line, longest names left out. */
function brokenWords() {
  const found = []
  for (const cell of document.querySelectorAll('.table td, .table th')) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      for (const { 0: word, index } of node.data.matchAll(/[\p{L}\p{N}]{2,18}/gu)) {
        const range = document.createRange()
        range.setStart(node, index)
        range.setEnd(node, index + word.length)
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)))
        if (lines.size > 1) found.push(word)
      }
    }
  }
  return found
}

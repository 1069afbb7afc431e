// The local workspace as `npm start` opens it, on a folder and a day of its own, for as long as the
// work takes: what pictures are taken of and walks are made through is the running product.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readSettings } from '../dist/src/app/settings.js'
import { openScratch } from '../dist/src/database/embedded/scratch.js'
import { openLocalPage } from '../dist/stand-in/demo/demo.js'

/** The day on which every picture is taken, so that they only change with the product. */
export const DAY = '2026-11-20'

export async function withLocalPage(work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-page-'))
  chmodSync(folder, 0o711)
  const log = () => undefined
  try {
    const page = await openLocalPage(
      {
        settings: readSettings({ LAPSEWATCH_DATA: folder }),
        today: DAY,
        log,
        openScratch: () => openScratch(folder, log),
      },
      0,
    )
    try {
      return await work(page.url)
    } finally {
      await page.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Somebody who looks at the page. */
export async function visitor(browser, address, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 820 },
    locale: 'en-GB',
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const go = async (where) => {
    await page.goto(`${address}${where}`)
    await page.waitForSelector('html[data-ready]')
  }
  const settled = () => page.waitForSelector('html:not([data-busy])')
  await go('/')
  return {
    page,
    go,
    settled,
    async type(command) {
      await page.fill('#command', command)
      await page.press('#command', 'Enter')
      await settled()
    },
    async pass(stride) {
      await page.click(`[data-pass="${stride}"]`)
      await settled()
      await page.waitForSelector(`[data-pass="${stride}"]:not([disabled])`)
    },
    leave: () => context.close(),
  }
}

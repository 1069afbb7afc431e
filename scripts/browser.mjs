// The Chromium of this machine, for pictures and for trying the page; none is downloaded.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Where a browser is; null where there is none. CHROMIUM names another. */
export function findBrowser() {
  return [process.env.CHROMIUM, ...PLACES].find((place) => place && existsSync(place)) ?? null
}

/** Opens a browser for as long as the work takes. */
export async function withBrowser(work) {
  const executablePath = findBrowser()
  if (executablePath === null) {
    throw new Error(
      'There is no Chromium here: install it (apt-get install chromium) or name one in CHROMIUM.',
    )
  }
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--lang=en-GB'],
    // Date fields are written in the browser's own language.
    env: { ...process.env, LANGUAGE: 'en_GB' },
  })
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}

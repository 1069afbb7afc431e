// Takes the pictures of docs/pictures from the running product: ten views, light and wide, dark and
// narrow (--all: every pair), and the two messages that README.md shows.
import { mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { withBrowser } from './browser.mjs'
import { visitor, withLocalPage } from './local-page.mjs'

const FOLDER = fileURLToPath(new URL('../docs/pictures/', import.meta.url))
const LARGEST = 150_000
const LOOKS = [
  { name: 'light-wide', colorScheme: 'light', viewport: { width: 960, height: 620 } },
  { name: 'dark-narrow', colorScheme: 'dark', viewport: { width: 360, height: 720 } },
  {
    name: 'light-narrow',
    colorScheme: 'light',
    viewport: { width: 360, height: 720 },
    extra: true,
  },
  { name: 'dark-wide', colorScheme: 'dark', viewport: { width: 960, height: 620 }, extra: true },
]

/** In the order in which they are come by: each goes on from the one before. */
const VIEWS = [
  ['first-view', async ({ go }) => go('/')],
  ['what-is-due', async ({ type }) => type('/contracts due 90d')],
  ['completion', async ({ page }) => page.fill('#command', '/contracts s')],
  ['contract', async ({ type }) => type('/contracts show TG-2024-009')],
  [
    'form-with-errors',
    async ({ page, type }) => {
      await type('/contracts extend TG-2024-009')
      await page.waitForSelector('#modal[open]')
      await page.locator('#modal select').first().selectOption('Emergency')
      await page.click('#modal [type=submit]')
      await page.waitForSelector('#modal .wrong')
    },
    async ({ page, settled }) => {
      await page.click('#modal [data-close]')
      await settled()
      await page.waitForSelector('#modal:not([open])', { state: 'attached' })
    },
  ],
  [
    'warnings-of-a-week',
    async ({ pass, go }) => {
      await pass('next-monday')
      await pass('next-monday')
      await go('/')
    },
  ],
  [
    'thread',
    async ({ page }) => {
      await page.locator('.replies a').last().click()
      await page.waitForSelector('aside')
    },
  ],
  ['home', async ({ go }) => go('/?as=U0OWNER&in=home')],
  [
    'outsider',
    async ({ go, type }) => {
      await go('/?as=U0GUEST')
      await type('/contracts due')
    },
  ],
  ['owner', async ({ go }) => go('/?as=U0OWNER')],
]

const looks = LOOKS.filter(({ extra }) => !extra || process.argv.includes('--all'))
mkdirSync(FOLDER, { recursive: true })
await withBrowser(async (browser) => {
  for (const { name, colorScheme, viewport } of looks) {
    await withLocalPage(async (address) => {
      const seen = await visitor(browser, address, { colorScheme, viewport })
      for (const [view, come, leave] of VIEWS) {
        await come(seen)
        await take(seen.page, `${view}-${name}.png`)
        await leave?.(seen)
      }
      if (name === 'light-wide') await takeMessages(seen)
      await seen.leave()
    })
  }
})

/** The messages that the README shows, each by itself. */
async function takeMessages({ page, go }) {
  await page.setViewportSize({ width: 1100, height: 1600 })
  await go('/?as=U0LEAD&most=200')
  const messages = page.locator('#messages .message:not(.ephemeral)')
  const warning = messages
    .filter({ hasText: /^.* by .* days?\)/ })
    .filter({ has: page.locator('button') })
  await takeOne(warning.last(), 'warning.png')
  await takeOne(messages.filter({ hasText: 'Weekly summary' }).last(), 'weekly-summary.png')
}

/** One message; of a long one the beginning. */
async function takeOne(message, file) {
  const place = path.join(FOLDER, file)
  await message.scrollIntoViewIfNeeded()
  await message.evaluate((one) => one.scrollIntoView({ block: 'start' }))
  const box = await message.boundingBox()
  const clip = { ...box, height: Math.min(box.height, 570) }
  await message.page().screenshot({ path: place, clip })
  told(place)
}

async function take(page, file) {
  const place = path.join(FOLDER, file)
  await page.screenshot({ path: place, animations: 'disabled' })
  told(place)
}

function told(place) {
  const { size } = statSync(place)
  if (size > LARGEST) throw new Error(`${place} has ${size} bytes: more than ${LARGEST}.`)
  process.stdout.write(`${path.basename(place)} ${Math.round(size / 1000)} kB\n`)
}

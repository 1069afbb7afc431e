/** The local workspace with its page, on a database of the test's own, and a browser to look at it. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { readSettings } from '../../src/app/settings.ts'
import { type LocalPage, openLocalPage } from '../../stand-in/demo/demo.ts'
import { day } from './contract-facts.ts'
import { migratedDatabase } from './database.ts'

/** Opens the page as on Fri 20 Nov 2026. */
export function openPageSetup(port = 0): Promise<LocalPage> {
  return openLocalPage(
    {
      settings: readSettings({ LAPSEWATCH_DATA: tmpdir() }),
      today: day('2026-11-20'),
      log: () => undefined,
      openScratch: async () => {
        const { runUrl, ownerUrl: migrateUrl, drop } = await migratedDatabase()
        return { runUrl, migrateUrl, drop }
      },
    },
    port,
  )
}

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a browser is; null where there is none. */
export const BROWSER =
  [process.env.CHROMIUM, ...PLACES].find((place) => place !== undefined && existsSync(place)) ??
  null

/** What a visitor sees; every address that the browser asked for is kept. */
export interface Visitor {
  readonly page: Page
  readonly asked: readonly string[]
  /** What the browser complained of. */
  readonly complaints: readonly string[]
  /** Types a command and sends it. */
  type(command: string): Promise<void>
  leave(): Promise<void>
}

export function openBrowser(): Promise<Browser> {
  // Chromium spins where its clock is shifted (prove/dates.mjs), and the page asks it for no time.
  const { LD_PRELOAD: _, ...env } = process.env as Record<string, string>
  return chromium.launch({
    executablePath: BROWSER ?? '',
    env,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}

export async function visit(
  browser: Browser,
  address: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Visitor> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1200, height: 820 },
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(25_000)
  const asked: string[] = []
  const complaints: string[] = []
  context.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(address)
  await page.waitForSelector('html[data-ready]')
  return {
    page,
    asked,
    complaints,
    async type(command) {
      await page.fill('#command', command)
      await page.press('#command', 'Enter')
      await page.waitForSelector('html:not([data-busy])')
    },
    leave: () => context.close(),
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong with the page as it stands: the rule and the first element, one a line. */
export async function faultsOf(page: Page): Promise<string[]> {
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(AXE)
  return page.evaluate(async () => {
    type Found = { violations: { id: string; nodes: { html: string }[] }[] }
    const { axe } = globalThis as unknown as {
      axe: { run(only: { resultTypes: string[] }): Promise<Found> }
    }
    const { violations } = await axe.run({ resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
  })
}

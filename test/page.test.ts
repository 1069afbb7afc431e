/** The local workspace's page: its door over plain HTTP, and its use in a real browser. */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import type { Browser } from 'playwright-core'
import type { LocalPage } from '../stand-in/demo/demo.ts'
import {
  BROWSER,
  faultsOf,
  openBrowser,
  openPageSetup,
  type Visitor,
  visit,
} from './support/page-setup.ts'

let setup: LocalPage
beforeAll(async () => {
  setup = await openPageSetup()
})
afterAll(() => setup.close())

interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** As no browser would ask: every header can be forged. */
function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, setup.url), { method, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const own = () => ({
  origin: setup.url,
  'x-lapsewatch': 'page',
  'content-type': 'application/json',
})
const act = (
  body: unknown,
  headers: Record<string, string> = own(),
  who = 'U0LEAD',
  where = 'C0CONTRACTS',
) => ask(`/act?as=${who}&in=${where}`, { method: 'POST', headers, body: JSON.stringify(body) })

describe('the door of the page', () => {
  test('is opened on this machine alone, on the next port where the one asked for is taken', async () => {
    expect(setup.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const taken = Number(new URL(setup.url).port)
    const second = await openPageSetup(taken)
    try {
      expect(Number(new URL(second.url).port)).toBeGreaterThan(taken)
    } finally {
      await second.close()
    }
    // Another address of this very machine: it would answer if the page listened on all.
    const elsewhere = setup.url.replace('127.0.0.1', '127.0.0.2')
    await expect(fetch(elsewhere, { signal: AbortSignal.timeout(5_000) })).rejects.toThrow()
  })

  test.each(['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', '10.0.0.7:3000'])(
    'a request for the host "%s" is refused: a foreign name may have been pointed here',
    async (host) => {
      expect((await ask('/', { headers: { host } })).status).toBe(403)
      expect((await ask('/', { headers: { host: new URL(setup.url).host } })).status).toBe(200)
    },
  )

  test('another page can change nothing', async () => {
    const command = { do: 'open-home' }
    const { origin: _, ...without } = own()
    expect((await act(command, without as Record<string, string>)).status).toBe(403)
    expect((await act(command, { ...own(), origin: 'http://evil.example' })).status).toBe(403)
    expect((await act(command, { ...own(), origin: 'http://127.0.0.1:1' })).status).toBe(403)
    expect((await act(command, { ...own(), 'x-lapsewatch': '' })).status).toBe(403)
    expect((await act(command)).status).toBe(200)
  })

  test('runs no script but its own, loads nothing from elsewhere, and stands in no frame', async () => {
    const { headers, body } = await ask('/')
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(body).not.toMatch(/ style="| on\w+="/)
  })

  test('weighs less than 300 kB with everything in it', async () => {
    const parts = [
      '/',
      '/assets/slack.css',
      '/assets/page.css',
      '/assets/client.js',
      '/assets/icon.svg',
    ]
    const sizes = await Promise.all(parts.map(async (part) => (await ask(part)).body.length))
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(300_000)
  })

  test('an upload is for its owner, and is never shown as a page', async () => {
    const sent = await ask('/upload?as=U0OWNER&in=C0CONTRACTS&name=a.html', {
      method: 'POST',
      headers: own(),
      body: '<script>alert(1)</script>',
    })
    const { id } = JSON.parse(sent.body) as { id: string }
    const kept = await ask(`/files/${id}/a.html?as=U0OWNER`)
    expect(kept.headers['content-type']).toBe('application/octet-stream')
    expect(kept.headers['content-disposition']).toMatch(/^attachment/)
    expect((await ask(`/files/${id}/a.html?as=U0GUEST`)).status).toBe(404)
    expect((await ask('/files/F9999/a?as=U0OWNER')).status).toBe(404)
  })

  test('what is no longer there is told in words, and nothing else happens', async () => {
    const { status, body } = await act({ do: 'press', surface: '1.0', action: 'x' })
    expect(status).toBe(409)
    expect(body).toContain('no longer there')
  })
})

/** For axe the page's policy, which lets no foreign script in, is left out. */
const NARROW = {
  ...{ viewport: { width: 320, height: 700 }, colorScheme: 'dark', bypassCSP: true },
} as const

const needed =
  BROWSER === null ? ' (skipped: no Chromium here; install it or name one in CHROMIUM)' : ''

describe.skipIf(BROWSER === null)(`the page in a browser${needed}`, { timeout: 300_000 }, () => {
  let browser: Browser
  const visitors: Visitor[] = []
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  const enter = async (path = '/', options = {}) => {
    const visitor = await visit(browser, `${setup.url}${path}`, options)
    visitors.push(visitor)
    return visitor
  }
  const text = (visitor: Visitor, selector: string) => visitor.page.locator(selector).innerText()

  test('axe finds no fault with any view, dark and 320 pixels wide, and none is wider than that', async () => {
    const visitor = await enter('/?as=U0LEAD', NARROW)
    const { page } = visitor
    const faults: string[] = []
    const look = async (view: string) => {
      faults.push(...(await faultsOf(page)).map((fault) => `${view}: ${fault}`))
      const beyond = await page.evaluate<number>(
        'document.documentElement.scrollWidth - innerWidth',
      )
      if (beyond > 0) faults.push(`${view}: ${beyond} pixels wider than the window`)
    }
    await visitor.type('/contracts due 90d')
    await look('channel, answer with a table')
    await visitor.type('/contracts summary')
    expect(await page.locator('.ephemeral .chart').count()).toBe(2)
    await page.locator('.ephemeral .chart summary').last().click()
    await look('charts, and the figures of one')
    await visitor.type('/contracts show TG-2024-009')
    await page.locator('.ephemeral summary').last().click()
    await look('contract, menu')
    await page.keyboard.press('Escape')
    await page.fill('#command', '/contracts ')
    await look('completion')
    await visitor.type('/contracts extend TG-2024-009')
    await page.waitForSelector('#modal[open]')
    await page.click('#modal [type=submit]')
    await page.waitForSelector('#modal .wrong')
    await look('form with errors')
    await page.click('#modal [data-close]')
    await page.waitForSelector('#modal:not([open])', { state: 'attached' })
    await page.click('#reset')
    await look('question')
    await page.keyboard.press('Escape')
    await page.goto(`${setup.url}/?as=U0LEAD&in=home`)
    await look('Home')
    expect(faults).toEqual([])
    await visitor.leave()
  })

  test('an import shows its mapping, names the bad row with its remedy, and watches the good one; axe finds no fault with its forms', async () => {
    const visitor = await enter('/', NARROW)
    const { page } = visitor
    const form = page.locator('#modal[open]')
    await visitor.type('/contracts import')
    await form.waitFor()
    const faults = [...(await faultsOf(page))]
    await page.setInputFiles('#modal input[type=file]', {
      name: 'wheels.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        'Reference,Title,Supplier,Owner,Start,End,Value\n' +
          'PG-1,Wheelchair servicing,Harrowmead Ltd,Rhys Pellandine,01/02/2025,31/01/2028,18000\n' +
          'PG-2,Pharmacy robot,Harrowmead Ltd,Rhys Pellandine,01/02/2025,31/01/2024,90000\n',
      ),
    })
    await page.click('#modal [type=submit]')
    await form.getByText('Check headings').waitFor()
    faults.push(...(await faultsOf(page)))
    expect(await form.getByLabel('Supplier').locator(':checked').innerText()).toBe('Supplier')
    await page.click('#modal [type=submit]')
    await form.getByText('line 3, PG-2: the end lies before the start').waitFor()
    faults.push(...(await faultsOf(page)))
    expect(await form.innerText()).toContain('Correct the start or the end.')
    await page.click('#modal [type=submit]')
    await form.getByText('2 rows read').waitFor()
    faults.push(...(await faultsOf(page)))
    expect(faults).toEqual([])
    expect(await form.innerText()).toContain('2 new.')
    await page.keyboard.press('Escape')
    await page.waitForSelector('#modal:not([open])', { state: 'attached' })
    await visitor.type('/contracts show PG-1')
    await page.waitForSelector('.ephemeral:has-text("Wheelchair servicing")')
    await visitor.leave()
  })

  test('Reset brings back the first day and the sample as it was', async () => {
    const visitor = await enter()
    const { page } = visitor
    await page.click('#reset')
    await page.click('#confirm button:has-text("Reset")')
    await page.waitForSelector('#messages:not(:has(.ephemeral)) .message', { timeout: 20_000 })
    expect(await page.locator('#messages .message').count()).toBe(1)
    expect(await text(visitor, '[data-part=clock]')).toContain('Fri 20 Nov 2026')
    expect(await page.locator('.guide li:not(.done)').count()).toBe(3)
    await visitor.leave()
  })

  test('the guided start: see what is due, act on a warning, let a month pass', async () => {
    const visitor = await enter()
    const { page } = visitor
    expect(await text(visitor, '.guide')).toContain('Three first steps')
    expect(await text(visitor, '#messages')).toContain('12 contracts need action')

    await page.click('[data-step=see]')
    await page.waitForSelector('.ephemeral')
    expect(await text(visitor, '.ephemeral')).toContain('Only visible to you')
    expect(await text(visitor, '.guide li:first-child')).toContain('Done')

    await page.click('[data-step=act]')
    expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY')
    await page.keyboard.press('Enter')
    await page.waitForSelector('details[open] button:has-text("Yes, still supplied")')
    await page.keyboard.press('Enter')
    const linen = page.locator('.block:has(.overflow):has-text("Linen hire and laundry")')
    await linen.locator('summary').click()
    await linen.locator('button:has-text("I’m on it")').click()
    await page.waitForSelector('.guide li:nth-child(2).done')
    // The answer stands at the end of the channel: here it is told beside what was pressed.
    await page.waitForSelector('#toast:has-text("On it: @Rhys Pellandine")')

    await page.click('[data-step=pass]')
    await page.waitForSelector('[data-part=clock]:has-text("on the way to Sun 20 Dec 2026")')
    await page.waitForSelector('[data-pass=next-day]:not([disabled])', { timeout: 120_000 })
    expect(await text(visitor, '[data-part=clock]')).toContain('Today is Sun 20 Dec 2026')
    // All three are done: the guide is gone. The month's summaries and warnings are there.
    expect(await page.locator('.guide').count()).toBe(0)
    expect(await text(visitor, '#messages')).toContain('Weekly summary')
    expect(await page.locator('#messages .day').count()).toBeGreaterThan(4)
    await visitor.leave()
  })

  test('who says "I’m on it" is named in the warning at once, also before other eyes', async () => {
    const lead = await enter('/?as=U0LEAD')
    const owner = await enter('/?as=U0OWNER')
    const warning = lead.page
      .locator('.message:not(.ephemeral)')
      .filter({ has: lead.page.locator('button.primary:has-text("I’m on it")') })
      // One that stands by itself.
      .filter({ hasNotText: 'View the thread' })
      .last()
    const key = await warning.getAttribute('data-key')
    await warning.locator('button.primary:has-text("I’m on it")').first().click()
    const named = `[data-key="${key}"]:has-text("On it:"):has-text("Rhys Pellandine, ")`
    await lead.page.waitForSelector(named)
    await owner.page.waitForSelector(named)
    await lead.leave()
    await owner.leave()
  })

  test('an emergency extension from its warning: the form says what is wrong, then end, price and draft follow', async () => {
    const visitor = await enter('/?as=U0LEAD&most=500')
    const { page } = visitor
    const warning = page
      .locator('.message:has-text("Interpreter and translation booking")')
      .filter({ hasText: 'Still supplied? Ended 22 Nov (28 days)' })
      .first()
    const key = await warning.getAttribute('data-key')
    const entry = warning.locator('.block:has(.overflow):has-text("Interpreter and translation")')
    await entry.locator('summary').click()
    await entry.locator('button:has-text("Log extension")').click()
    const form = page.locator('#modal[open] form')
    await form.getByLabel('What kind of extension').selectOption('Emergency')
    await form.getByRole('radio', { name: /^Signed/ }).check()
    await form.getByLabel('Last day of cover').fill('2020-01-01')
    await form.getByLabel('What it costs').fill('19,470.50')
    await page.click('#modal [type=submit]')
    await page.waitForSelector('#modal .wrong .error')
    expect(await page.evaluate('document.activeElement.type')).toBe('date')
    expect(await page.locator('#modal .error').allInnerTexts()).toEqual([
      'It runs to Sun 22 Nov 2026 already: choose a later day.',
      'An emergency extension needs grounds: choose the nearest.',
    ])
    // What was typed is still there.
    expect(await form.getByLabel('Last day of cover').inputValue()).toBe('2020-01-01')
    await form.getByLabel('Last day of cover').fill('2027-01-22')
    await form.getByLabel('On which grounds').selectOption('Waiver of our own rules')
    await page.click('#modal [type=submit]')
    await page.waitForSelector('#modal:not([open])', { state: 'attached' })

    // The warning itself says so, with the line of the ledger.
    const rewritten = page.locator(`.message[data-key="${key}"]`)
    await rewritten.getByText('Now ends Fri 22 Jan (33 days), was 22 Nov').waitFor()
    expect(await rewritten.innerText()).toMatch(
      /£19,470\.50 for 2 months, about 1\.3 times the baseline of £7,750 a month\. Premium £3,971 \(estimate/,
    )
    await visitor.type('/contracts costs')
    const costs = page.locator('.ephemeral:has-text("Emergency extensions in 2026/27")')
    expect(await costs.last().innerText()).toMatch(/Lingwarren Ltd\s+£19,470\.50\s+£3,971/)

    // The paper that goes with it lies in the thread of the newest warning, and can be opened.
    await page
      .locator('.message:has-text("Interpreter and translation booking")')
      .locator('.replies a')
      .filter({ hasText: /\d/ })
      .last()
      .click()
    const draft = page.locator('aside a:has-text("Waiver draft, TG-2024-009")')
    const saved = await Promise.all([page.waitForEvent('download'), draft.click()])
    const paper = readFileSync(await saved[0].path(), 'utf8')
    expect(paper).toContain('Interpreter and translation booking')
    expect(paper).toContain('£19,470.50')
    expect(paper).toContain('[to fill')
    await visitor.leave()
  })

  test('two months go by: what somebody was on, and nothing followed, is asked again and escalated', async () => {
    // Seen from Home, which shows contracts: the channel grows by a hundred messages meanwhile.
    const visitor = await enter('/?as=U0LEAD&in=home')
    const { page } = visitor
    await page.click('[data-pass="30-days"]')
    await page.waitForSelector('[data-part=clock]:has-text("on the way to Tue 19 Jan 2027")')
    await page.waitForSelector('[data-pass="30-days"]:not([disabled])', { timeout: 120_000 })
    // Home follows a moment after the clock has arrived.
    await page.waitForSelector('.home:has-text("Tue 19 Jan 2027:")', { timeout: 120_000 })
    const forgotten = page
      .locator('.message:has-text("Linen hire and laundry")')
      .filter({ hasText: /Asked again: acknowledged by .* until .*, and nothing followed\./ })
    await page.goto(`${setup.url}/?as=U0LEAD&in=C0ESCALATION&most=1000`)
    expect(await forgotten.count()).toBeGreaterThan(0)
    await page.goto(`${setup.url}/?as=U0LEAD&in=C0CONTRACTS&most=1000`)
    expect(await forgotten.count()).toBeGreaterThan(0)
    // A summary a week, none late: each stands under its own day.
    const days = page.locator('.day').filter({ hasText: /Weekly summary, \w+ \d/ })
    const told = await days.allInnerTexts()
    expect(told.length).toBe(9)
    for (const day of told) {
      const heading = day.replace(/^(...)\w*( \d+ ...)\w*[\s\S]*$/, '$1$2')
      expect(/Weekly summary, (\w+ \d+ \w+)/.exec(day)?.[1]).toBe(heading)
    }
    await visitor.leave()
  })

  test('an outsider is refused, and sees no channel but their own', async () => {
    const visitor = await enter('/?as=U0GUEST&in=C0CONTRACTS')
    expect(await text(visitor, 'h1')).toBe('#with-agency')
    expect(await text(visitor, 'nav')).not.toContain('# contracts')
    await visitor.type('/contracts due')
    await visitor.page.waitForSelector('.ephemeral:has-text("only shown to full members")')
    await visitor.leave()
  })

  test('with the keyboard alone: complete a command, open a menu, act, and come back', async () => {
    const visitor = await enter('/?as=U0LEAD', { reducedMotion: 'reduce' })
    const { page } = visitor
    const { keyboard } = page
    const focused = () => page.evaluate('document.activeElement.textContent.trim()')
    await keyboard.press('Tab')
    expect(await focused()).toBe('Skip to the messages')
    await page.focus('#command')
    await keyboard.type('/contracts du')
    expect(await page.getAttribute('#command', 'aria-expanded')).toBe('true')
    await keyboard.press('ArrowDown')
    await keyboard.press('Enter')
    expect(await page.inputValue('#command')).toBe('/contracts due ')
    await keyboard.type('30d')
    const earlier = await page.locator('.ephemeral').count()
    await keyboard.press('Enter')
    await page.locator('.ephemeral').nth(earlier).waitFor()
    const before = earlier + 1
    await page.locator('.ephemeral select').last().focus()
    await keyboard.press('ArrowDown')
    await page.locator('.ephemeral').nth(before).waitFor()
    await page.locator('.ephemeral summary').last().focus()
    await keyboard.press('Enter')
    await keyboard.press('Tab')
    expect(await focused()).toBe('Reassign…')
    await keyboard.press('Escape')
    expect(await page.locator('details[open]').count()).toBe(0)
    await page.locator('.ephemeral button:has-text("Log extension")').last().focus()
    await keyboard.press('Space')
    await page.waitForSelector('#modal[open]')
    expect(await page.evaluate("document.activeElement.closest('#modal') !== null")).toBe(true)
    await keyboard.press('Escape')
    await page.waitForSelector('#modal:not([open])', { state: 'attached' })
    expect(await focused()).toBe('Log extension')
    await visitor.leave()
  })

  test('Home shows what is mine, and its buttons answer', async () => {
    const visitor = await enter('/?as=U0OWNER&in=home')
    expect(await text(visitor, '.home')).toMatch(/contracts? of mine/)
    await visitor.page.click('.home button:has-text("What is due")')
    await visitor.page.waitForSelector('#modal[open]')
    await visitor.page.keyboard.press('Escape')
    await visitor.page.waitForSelector('#modal:not([open])', { state: 'attached' })
    await visitor.leave()
  })

  test('no request ever left this machine, and the browser had nothing to complain of', () => {
    const hosts = visitors.flatMap(({ asked }) => asked.map((address) => new URL(address).origin))
    expect(hosts.length).toBeGreaterThan(50)
    expect([...new Set(hosts)]).toEqual([setup.url])
    expect(visitors.flatMap(({ complaints }) => complaints)).toEqual([])
  })
})

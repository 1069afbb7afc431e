// Makes a picture of what the bot says: node scripts/picture.mjs FILE.json OUT.png [--dark] [--width 720]
// FILE.json holds an array of messages, one message ({text, blocks}), one view (a modal or a Home),
// or {messages | view, people, channels, title, errors}; see stand-in/page/picture.ts.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { withBrowser } from './browser.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dark: { type: 'boolean' }, width: { type: 'string', default: '720' } },
})
const [file, out] = positionals
if (file === undefined || out === undefined) {
  process.stderr.write('usage: node scripts/picture.mjs FILE.json OUT.png [--dark] [--width 720]\n')
  process.exit(2)
}
const { picturePage } = await import('../dist/stand-in/page/picture.js')
const page = picturePage(subjectOf(file), values.dark ? 'dark' : 'light')
const picture = await withBrowser(async (browser) => {
  const tab = await browser.newPage({
    viewport: { width: Number(values.width), height: 100 },
    deviceScaleFactor: 1.5,
    locale: 'en-GB',
  })
  await tab.route('**/*', (route) => route.abort())
  await tab.setContent(page)
  return await tab.screenshot({ fullPage: true })
})
writeFileSync(out, picture)

function subjectOf(name) {
  const read = JSON.parse(readFileSync(name, 'utf8'))
  if (Array.isArray(read)) return { messages: read }
  if (read.type === 'modal' || read.type === 'home') return { view: read }
  if (read.messages === undefined && read.view === undefined) return { messages: [read] }
  return read
}

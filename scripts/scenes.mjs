// Draws what stands in the local workspace: messages, forms, and files as an editor shows them.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { picturePage } from '../dist/workspace/page/picture.js'
import { withBrowser } from './browser.mjs'

const LARGEST = 150_000

/** One picture for each scene `{messages | view | file, …}`, under its `file` name in the folder. */
export async function drawScenes(workspace, scenes, folder) {
  const people = Object.fromEntries(
    workspace.places.users.map(({ id, realName, name }) => [id, realName ?? name]),
  )
  const channels = Object.fromEntries(workspace.places.channels.map(({ id, name }) => [id, name]))
  const files = Object.fromEntries(
    [...workspace.places.files.values()]
      .filter(({ name, content }) => name.endsWith('.png') && content !== undefined)
      .map(({ id, content }) => [id, `data:image/png;base64,${content.toString('base64')}`]),
  )
  await withBrowser(async (browser) => {
    const tab = await browser.newPage({ viewport: { width: 720, height: 100 }, locale: 'en-GB' })
    await tab.route('**/*', (route) => route.abort())
    for (const { scene, file } of scenes) {
      const page = picturePage({ people, channels, files, messages: [], ...scene }, 'light')
      await tab.setContent(page)
      if (scene.file !== undefined) await tab.evaluate(showFile, scene.file)
      writeFileSync(path.join(folder, file), await shot(tab))
    }
  })
}

/** Of what takes too much room the beginning. */
async function shot(tab) {
  const whole = await tab.screenshot({ fullPage: true })
  if (whole.length <= LARGEST) return whole
  const { width, height } = await tab.evaluate(() => {
    const { scrollWidth: width, scrollHeight: height } = document.documentElement
    return { width, height }
  })
  const kept = Math.floor((height * LARGEST * 0.92) / whole.length)
  return tab.screenshot({ fullPage: true, clip: { x: 0, y: 0, width, height: kept } })
}

/** In the page: a file as an editor shows it. */
function showFile({ name, text }) {
  const heading = Object.assign(document.createElement('h2'), { textContent: name })
  heading.className = 'picture-title'
  const content = Object.assign(document.createElement('pre'), { textContent: text })
  content.style.cssText = 'white-space: pre-wrap; font-size: 11px; margin: 0'
  document.querySelector('#picture').replaceChildren(heading, content)
}

/** What a reader hears instead of the picture. */
export function alternative({ messages, view, file }, title) {
  const words =
    file !== undefined
      ? file.text
      : messages === undefined
        ? (view?.title?.text ?? title)
        : messages.map(({ text }) => text).join(' ')
  return words
    .replace(/<@(\w+)>/g, '')
    .replace(/[[\]\n]+/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 300)
    .trim()
}

// Draws what stands in the local workspace: messages, forms, and files as an editor shows them.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { picturePage } from '../dist/stand-in/page/picture.js'
import { withBrowser } from './browser.mjs'

const LARGEST = 150_000
const WIDTH = 720

/**
 * Draws each subject `{messages | view | file, …}` under its `file` name into the folder, a long one in
 * several pictures; their names, subject by subject. `width`: of a table that is wider than a screen.
 */
export async function drawPictures(workspace, subjects, folder) {
  const people = peopleOf(workspace)
  const channels = Object.fromEntries(workspace.places.channels.map(({ id, name }) => [id, name]))
  const drawn = []
  await withBrowser(async (browser) => {
    const tab = await browser.newPage({ viewport: { width: WIDTH, height: 100 }, locale: 'en-GB' })
    await tab.route('**/*', (route) => route.abort())
    for (const { subject, file, width = WIDTH } of subjects) {
      await tab.setViewportSize({ width, height: 100 })
      const page = picturePage({ people, channels, messages: [], ...subject }, 'light')
      await tab.setContent(page)
      if (subject.file !== undefined) await tab.evaluate(showFile, subject.file)
      const pieces = await shots(tab)
      const names = pieces.map((_, at) =>
        at === 0 ? file : file.replace('.png', `-${at + 1}.png`),
      )
      for (const [at, name] of names.entries()) writeFileSync(path.join(folder, name), pieces[at])
      drawn.push(names)
    }
  })
  return drawn
}

/** The whole picture; what takes too much room is cut between two lines into several. */
async function shots(tab) {
  const whole = await tab.screenshot({ fullPage: true })
  if (whole.length <= LARGEST) return [whole]
  const { width, height, gaps } = await tab.evaluate(measure)
  const pieces = []
  let from = 0
  let most = height
  while (from < height) {
    const within = gaps.filter(({ y }) => y > from + most / 2 && y <= from + most)
    const to = (within.findLast(({ wide }) => wide) ?? within.at(-1))?.y ?? from + most
    const clip = { x: 0, y: from, width, height: to - from }
    const piece = await tab.screenshot({ fullPage: true, clip })
    if (piece.length > LARGEST) {
      most = Math.floor((to - from) * 0.9)
      continue
    }
    pieces.push(piece)
    from = to
    most = height - from
  }
  return pieces
}

function peopleOf({ places }) {
  return Object.fromEntries(places.users.map(({ id, realName, name }) => [id, realName ?? name]))
}

/** In the page: its size, and where a cut meets no line and no picture; `wide`: no paragraph. */
function measure() {
  const BETWEEN_PARAGRAPHS = 8
  const { scrollWidth: width, scrollHeight: height } = document.documentElement
  const boxes = [...document.querySelectorAll('img, button, select, tr')].map((each) =>
    each.getBoundingClientRect(),
  )
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (words.nextNode()) {
    const range = document.createRange()
    range.selectNodeContents(words.currentNode)
    boxes.push(...range.getClientRects())
  }
  const gaps = boxes
    .map(({ bottom }) => Math.ceil(bottom))
    .filter((y) => boxes.every(({ top, bottom }) => y <= top || y >= bottom))
    .sort((a, b) => a - b)
    .map((y) => ({ y, wide: boxes.every(({ top }) => top < y || top > y + BETWEEN_PARAGRAPHS) }))
  return { width, height, gaps: [...gaps, { y: height, wide: true }] }
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
function alternative(workspace, { messages, view, file }, title) {
  const words =
    file !== undefined
      ? file.text
      : messages === undefined
        ? (view?.title?.text ?? title)
        : messages.map(({ text }) => text).join(' ')
  return words
    .replace(/<@(\w+)>/g, (_, user) => peopleOf(workspace)[user] ?? '')
    .replace(/[[\]\n]+/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 300)
    .trim()
}

/** The pictures of a subject in Markdown. */
export function pictures(workspace, { subject, title }, names) {
  const [first, ...more] = names
  return [
    `![${alternative(workspace, subject, title)}](${first})`,
    ...more.map((name) => `![The same, further down](${name})`),
  ].join('\n\n')
}

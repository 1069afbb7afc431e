// npm run pictures:sample
// Makes docs/sample-pictures.md: the weekly summary, a cliff, a consolidation and a waiver draft of
// the sample register, as the program says them in the local workspace.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readSettings } from '../dist/src/app/settings.js'
import { openScratch } from '../dist/src/database/embedded/scratch.js'
import { openDemo } from '../dist/stand-in/demo/demo.js'
import { drawPictures, pictures } from './draw.mjs'

const FIRST_DAY = '2026-11-23'
const DOCS = fileURLToPath(new URL('../docs/', import.meta.url))
const PICTURES = path.join(DOCS, 'sample')

const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-pictures-'))
chmodSync(folder, 0o711)
const demo = await openDemo({
  settings: readSettings({ LAPSEWATCH_DATA: folder, LAPSEWATCH_LOG_LEVEL: 'error' }),
  today: FIRST_DAY,
  log: () => undefined,
  openScratch: () => openScratch(folder, () => undefined),
})
const { workspace } = demo
const lead = workspace.as('U0LEAD')
const subjects = []

try {
  await play()
} finally {
  await demo.close()
  rmSync(folder, { recursive: true, force: true })
}
rmSync(PICTURES, { recursive: true, force: true })
mkdirSync(PICTURES, { recursive: true })
const drawn = await drawPictures(workspace, subjects, PICTURES)
writeFileSync(path.join(DOCS, 'sample-pictures.md'), text())

async function play() {
  const { modal } = await lead.command('/contracts', 'extend TG-2023-010', 'contracts')
  const sent = await lead.submit(modal, {
    kind: 'emergency',
    status: 'confirmed',
    to: '2026-12-31',
    cost: '7,400',
    grounds: 'waiver',
    cause: 'The tender found no bidder in October.',
  })
  if (Object.keys(sent.errors ?? {}).length > 0) throw new Error(JSON.stringify(sent.errors))
  await settle()
  const waiver = [...workspace.places.files.values()].find(({ name }) => /waiver.*\.md$/.test(name))

  await told('cliff', 'A cliff', 'What ends together in the year ahead.', 'cliffs')
  await told(
    'consolidation',
    'Consolidation',
    'One product bought by several at different prices.',
    'consolidate Foliant',
  )
  show('waiver', 'The waiver draft', 'The file in the thread of a logged emergency extension.', {
    file: { name: waiver.name, text: waiver.content.toString('utf8') },
  })
  const before = workspace.ledger.messages.length
  for (let day = 0; day < 8; day += 1) await passDay()
  const summary = workspace.ledger.messages
    .slice(before)
    .findLast(({ text }) => text.includes('\nWeekly summary'))
  show(
    'weekly-summary',
    'The weekly summary',
    'Five figures first, then the chart and the lists.',
    {
      messages: [summary],
    },
  )
}

async function told(file, title, caption, question) {
  const { ephemerals } = await lead.command('/contracts', question, 'contracts')
  show(file, title, `${caption} \`/contracts ${question}\``, { messages: ephemerals })
}

async function passDay() {
  await demo.passDay()
  await settle()
}

/** Until what was queued is sent. */
async function settle() {
  for (let n = 0; n < 100; n += 1) {
    const { rows } = await demo.program.pool.query(
      `SELECT count(*)::int AS n FROM delivery WHERE state IN ('PENDING', 'RETRY', 'SENDING')`,
    )
    if (rows[0].n === 0) return await sleep(50)
    await sleep(100)
  }
}

function show(name, title, caption, subject) {
  subjects.push({ title, caption, on: demo.clock.today(), subject, file: `${name}.png` })
}

function text() {
  const parts = subjects.map(
    ({ title, caption, on, subject }, at) =>
      `## ${title}\n\n${on}. ${caption}\n\n${pictures(
        workspace,
        { title, subject },
        drawn[at].map((name) => `sample/${name}`),
      )}\n`,
  )
  return `# What the sample register says\n\nMade by \`npm run pictures:sample\` with the real bot, sweep and delivery. Trusts, suppliers, people and amounts are invented.\n\n${parts.join('\n')}`
}

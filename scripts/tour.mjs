// npm run tour
// Plays some weeks of a team's life in the local workspace, with the real bot, sweep and delivery,
// and makes docs/tour.md with a picture of each step. What stands there is what the program said.
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
const CHANNEL = 'contracts'
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PICTURES = path.join(ROOT, 'docs', 'tour')

/** An invented register of the team's own, with one row that cannot be read. */
const REGISTER = `Contract reference,Title,Supplier,Contract owner,Deputy,Category lead,Start date,End date,Notice period,Contract value,Procurement route,Extension kind,Extension to,Extension cost,Buyer,Product,Units,Unit price per year
OP-01,Patient transport bookings,Larchmere Transport Ltd,Samira Dalvi,Idris Venn,Rhys Pellandine,28/11/2023,27/11/2026,,640000,,,,,,,,
OP-02,Out-of-hours radiology reporting,Nightjar Reporting LLP,Grace Okonwale,Idris Venn,Rhys Pellandine,01/11/2023,31/10/2026,,2160000,Open,emergency,08/12/2026,96000,,,,
OP-03,Linen hire and laundry,Penquillan Linen Ltd,Daniel Fosswell,,Rhys Pellandine,01/10/2022,30/09/2027,,6120000,Open,,,,,,,
OP-04,Check-in kiosks,Fennimore Kiosks Ltd,Priya Nandakesh,,,15/02/2023,14/02/2028,1 month,88000,,,,,,,,
OP-05,Appointment letters,Oakhanger Mailing Ltd,Samira Dalvi,,,01/04/2022,31/03/2021,,120000,,,,,,,,
OP-06,"Rostering licences, acute wards",Quillmere Software Ltd,Tom Hallowick,,Rhys Pellandine,12/03/2024,11/03/2027,,9000,,,,,Larchmere General,Quillmere Roster,20,150
OP-07,"Rostering licences, community",Quillmere Software Ltd,Tom Hallowick,,Rhys Pellandine,13/03/2024,12/03/2027,,8400,,,,,Penquillan Community,Quillmere Roster,20,140
OP-08,"Rostering licences, theatres",Quillmere Software Ltd,Priya Nandakesh,,Rhys Pellandine,14/03/2024,13/03/2027,,7200,,,,,Fosswell Theatres,Quillmere Roster,20,120
`

/** Another, as departments really write them: much in words, and a column that two things may be meant by. */
const WORDED = `Ref,Service,Provider,Commences,Expires,Latest end,Notice,Renewal,Annual value,Lead
ES-01,Lift maintenance,Fernhollow Lifts Ltd,01/04/2023,31/03/2027,31/03/2029,3 months,,"£48,000",Tom Hallowick
ES-02,Fire alarm testing,Fernhollow Lifts Ltd,01/04/2023,31/03/2027,31/03/2028,90 days prior to expiry,Annual,up to £30k,Tom Hallowick
ES-03,Window cleaning,Brightmere Ltd,01/06/2022,end of May 2027,,1 month's notice,Annual,Schedule of rates,vacant
ES-04,Grounds maintenance,Brightmere Ltd,01/04/2024,Easter 2027,,,,£-,vacant
ES-05,Pest control,Alderfen Services,2024,rolling,,30 days,monthly,"£6,000 – £9,000",Priya Nandakesh
ES-06,Waste compactors,Alderfen Services,01/10/2023,30/09/2026 (extended to 30/09/2027),,,,"£22,500",Priya Nandakesh
`

const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-tour-'))
chmodSync(folder, 0o711)
const demo = await openDemo({
  settings: readSettings({ LAPSEWATCH_DATA: folder, LAPSEWATCH_LOG_LEVEL: 'error' }),
  today: FIRST_DAY,
  log: () => undefined,
  openScratch: () => openScratch(folder, () => undefined),
})
const { workspace } = demo
const samira = workspace.as('U0OWNER')
const rhys = workspace.as('U0LEAD')
const steps = []

try {
  await play()
} finally {
  await demo.close()
  rmSync(folder, { recursive: true, force: true })
}
const drawn = await draw()
writeFileSync(path.join(ROOT, 'docs', 'tour.md'), text())

async function play() {
  step('The first morning', 'What needs action comes as one message, what is lost soonest first.', {
    messages: [latest(({ text }) => text.includes('contracts need action'))],
  })
  step(
    'Samira asks',
    '`/contracts` alone: what is due for the one who asks. Only she sees the answer.',
    { messages: shown(await type(samira, '')) },
  )

  const form = await type(rhys, 'import')
  const file = rhys.upload('outpatients.csv', REGISTER)
  await rhys.submit(form.modal, { file: file.id, source: 'Outpatients' })
  const headings = await openForm(rhys)
  step(
    'A register is imported',
    'Rhys, an administrator, gives a file. What each heading was taken for is shown before anything is written.',
    { view: headings.source },
  )
  await rhys.submit(headings)
  const tried = await openForm(rhys)
  step(
    'Tried out first',
    'A row that cannot be read is named with its remedy: until it is put right, that contract is not watched.',
    { view: tried.source },
  )
  await rhys.submit(tried)
  await openForm(rhys)
  await settle()
  const list = latest(({ text }) => text.includes('look through them first'))
  step(
    'Triage',
    'A first register is looked through before its reminders start. What is near speaks at once.',
    {
      messages: [list],
    },
  )
  const [looked] = shown(await type(rhys, 'triage'))
  step('Looking through', 'What to do with each, and one button when it is done.', {
    messages: [looked],
  })
  await press(rhys, looked, 'Confirm list')

  const warned = await passUntil(({ text }) => text.includes('Patient transport bookings'))
  step('A warning', 'What lapses, when, what it is worth, who owns it, what to do next.', {
    messages: [warned],
  })

  await press(samira, warned, 'I’m on it')
  await settle()
  step('“I’m on it”', 'The message shows who, and when it will be asked again.', {
    messages: [again(warned)],
  })
  const nights = latest(({ text }) => text.includes('Out-of-hours radiology'))
  await choose(rhys, nights, 'Snooze', '1 week')
  await settle()
  step('Snoozed', 'Quiet for a week; nothing of it is forgotten.', { messages: [again(nights)] })

  await passUntil(
    ({ text, channel }) => channel === 'C0ESCALATION' && text.includes('Patient transport'),
  )
  step(
    'Nobody answers',
    'The acknowledgement ran out: it is asked again, and the deputy and the escalation channel are told.',
    {
      messages: [
        latest(
          ({ channel, text }) => channel === 'C0ESCALATION' && text.includes('Patient transport'),
        ),
      ],
    },
  )

  await passUntil(({ text }) => /^(Still s|S)upplied\? .*Patient transport/.test(text))
  await settle()
  const question = again(warned)
  step('The day after the end', 'One question, with its two answers.', { messages: [question] })
  await press(samira, question, 'Yes, still supplied')
  await settle()
  step(
    'Out of contract',
    'Still supplied, and nothing covers it: it counts by the day from now on.',
    {
      messages: [again(warned)],
    },
  )

  const { modal } = await press(samira, again(warned), 'Log extension')
  const wrong = await samira.submit(modal, {
    kind: 'emergency',
    status: 'confirmed',
    to: '2026-11-20',
    cost: 'about ten',
  })
  step('Extend', 'What cannot be right is said at its field, and nothing typed is lost.', {
    view: wrong.modal.source,
    values: wrong.modal.values,
    errors: wrong.errors,
  })
  await samira.submit(wrong.modal, {
    kind: 'emergency',
    to: '2026-12-31',
    cost: '26,000',
    grounds: 'pcr15-small',
  })
  await settle()
  step(
    'An emergency extension',
    'Its premium over an ordinary month is said at once, as an estimate.',
    {
      messages: [again(warned), ...threadOf(warned).slice(-2)],
    },
  )
  step(
    'The waiver draft',
    'The file in the thread: what is recorded, and blanks where nothing is.',
    {
      file: fileNamed(/waiver.*\.md$/),
    },
  )

  const deciding = await type(samira, 'decide OP-01')
  const deadline = firstOf(deciding.modal, 'deadline')
  const decided = { deadline, choice: 'compete', text: 'Open procedure, one lot' }
  step('Decide', 'What was decided about which date, and the evidence for it.', {
    view: deciding.modal.source,
    values: deciding.modal.values,
  })
  const recorded = await samira.submit(deciding.modal, decided)
  if (recorded.errors !== null && Object.keys(recorded.errors ?? {}).length > 0) {
    throw new Error(`Not recorded: ${JSON.stringify(recorded.errors)}`)
  }
  await settle()
  step(
    'As it is recorded',
    'The date is settled; each step of the procurement is asked about when its day comes.',
    {
      messages: shown(await type(samira, 'show OP-01')),
    },
  )
  const asked = await passUntil(({ text }) => /Publication|published\?/.test(text))
  step('A step is asked about', 'On its day, with what a slip would mean.', { messages: [asked] })
  await choose(samira, asked, 'Slipped to…', null)
  await settle()
  step('It slips', 'The gap without cover is said in days and pounds.', {
    messages: [again(asked)],
  })

  const cliff = await passUntil(
    ({ text }) =>
      /\n.*with Quillmere Software Ltd end/.test(text) && !text.includes('Weekly summary'),
  )
  step('A cliff', 'Contracts of one supplier that end together come as one message.', {
    messages: [cliff],
  })
  step('Consolidation', 'One product bought by several at different prices.', {
    messages: shown(await type(rhys, 'consolidate Quillmere')),
  })

  await passUntil(({ text }) => text.includes('\nWeekly summary'))
  await settle()
  const summary = latest(({ text }) => text.includes('\nWeekly summary'))
  step('Monday’s summary', 'The week’s figures first, then the lists.', { messages: [summary] })

  const home = await samira.openHome()
  step('Home', 'What is Samira’s, by urgency.', { view: home.home.source })
  step('History', 'Who did what, when, from where.', {
    messages: shown(await type(samira, 'history OP-01')),
  })
  await playQuestions()
}

/** A register that leaves much open, its questions answered by press, and read once more. */
async function playQuestions() {
  const tried = await tryRegister()
  step(
    'A register full of words',
    'What cannot be read is not dropped: the row is watched by what can be, and the rest is asked.',
    { view: tried.source },
  )
  await rhys.submit(tried)
  await openForm(rhys)
  await settle()
  let [list] = shown(await type(rhys, 'questions'))
  step(
    'What it leaves open',
    'One question for each wording, with what holds until it is answered.',
    {
      messages: [list],
    },
  )
  list = await answer(list)
  step('One press answers for all of its contracts', 'What that changed stands above those left.', {
    messages: [list],
  })
  while (answersOf(list).length > 0) list = await answer(list)
  step('Nothing is open', 'What was answered is how this register is read from now on.', {
    messages: [list],
  })
  const again = await tryRegister()
  step('The same register again', 'It asks nothing that was answered, and changes nothing.', {
    view: again.source,
  })
}

/** Gives the worded register, takes its headings as they were understood, and goes as far as the trial. */
async function tryRegister() {
  const form = await type(rhys, 'import')
  const file = rhys.upload('estates.csv', WORDED)
  await rhys.submit(form.modal, { file: file.id, source: 'Estates' })
  await rhys.submit(await openForm(rhys))
  return openForm(rhys)
}

function answersOf(message) {
  return elements(message).filter(({ action_id: id }) => /^lw\.answer\b/.test(id ?? ''))
}

/** Presses the first answer of the first question; the list as it reads then. */
async function answer(list) {
  const [first] = answersOf(list)
  const { ephemerals } = await rhys.press(list, first.action_id, first.value)
  return ephemerals.at(-1)
}

// --- Acting ---------------------------------------------------------------------------------

function type(actor, text) {
  return actor.command('/contracts', text, CHANNEL)
}

function press(actor, message, words) {
  const button = elements(message).find(({ text }) => plain(text) === plain({ text: words }))
  if (button === undefined) {
    throw new Error(
      `"${words}" is not on: ${elements(message)
        .map(({ text }) => text?.text)
        .join(', ')}`,
    )
  }
  return actor.press(message, button.action_id, button.value ?? null)
}

/** The first that a select of a form offers. */
function firstOf({ source }, name) {
  return source.blocks.find(({ element }) => element?.action_id === name).element.options[0].value
}

function fileNamed(pattern) {
  const found = [...workspace.places.files.values()].findLast(({ name }) => pattern.test(name))
  if (found?.content === undefined) throw new Error(`No file is called ${pattern}.`)
  return { name: found.name, text: found.content.toString('utf8') }
}

/** Chooses an option of a menu by its words, or its first. */
function choose(actor, message, menu, words) {
  const element = elements(message).find(
    ({ placeholder, text, options }) =>
      options !== undefined &&
      (plain(placeholder) === menu || plain(text) === menu || placeholder === undefined),
  )
  const option = element?.options.find(({ text }) => words === null || text.text === words)
  if (option === undefined) {
    throw new Error(`"${words}" is not in: ${JSON.stringify(elements(message)).slice(0, 1500)}`)
  }
  return actor.select(message, element.action_id, option.value)
}

/** Until what was queued is sent. */
async function settle() {
  for (let n = 0; n < 60; n += 1) {
    const { rows } = await demo.program.pool.query(
      `SELECT count(*)::int AS n FROM delivery WHERE state IN ('PENDING', 'RETRY', 'SENDING')`,
    )
    if (rows[0].n === 0) return await sleep(50)
    await sleep(100)
  }
}

function threadOf({ channel, ts }) {
  return workspace.ledger.inChannel(channel).filter(({ threadTs }) => threadTs === ts)
}

/** The form that stands open, once what it waits for is done. */
async function openForm(actor) {
  for (let n = 0; n < 200; n += 1) {
    const form = workspace.views.modal(actor.user.id)
    if (
      form !== null &&
      !/Reading the file…|Trying what|Importing\./.test(JSON.stringify(form.source))
    ) {
      return form
    }
    await sleep(50)
  }
  throw new Error('The form did not get any further.')
}

/** Lets days pass until such a message was posted. */
async function passUntil(wanted, most = 21) {
  for (let n = 0; n < most; n += 1) {
    const before = workspace.ledger.messages.length
    await demo.passDay()
    await settle()
    const found = workspace.ledger.messages.slice(before).find(wanted)
    if (found !== undefined) return found
  }
  throw new Error(`${most} days passed without the message.`)
}

// --- What was said --------------------------------------------------------------------------

function latest(wanted) {
  const found = workspace.ledger.messages.findLast(wanted)
  if (found === undefined) throw new Error('No such message was posted.')
  return found
}

/** The message as it reads now. */
function again({ channel, ts }) {
  return workspace.ledger.message(channel, ts)
}

function shown({ ephemerals, problem }) {
  if (problem !== null) throw new Error(`Slack would say: ${problem}`)
  return ephemerals
}

function elements({ blocks }) {
  return blocks.flatMap((block) => [
    ...(block.elements ?? []),
    ...(block.accessory ? [block.accessory] : []),
  ])
}

function plain(text) {
  return (text?.text ?? '').replaceAll('’', "'")
}

function step(title, caption, subject) {
  steps.push({ title, caption, on: demo.clock.today(), subject })
  process.stderr.write(`${demo.clock.today()} ${title}\n`)
}

// --- Pictures -------------------------------------------------------------------------------

async function draw() {
  rmSync(PICTURES, { recursive: true, force: true })
  mkdirSync(PICTURES, { recursive: true })
  const subjects = steps.map(({ subject }, index) => ({ subject, file: picture(index) }))
  return drawPictures(workspace, subjects, PICTURES)
}

function picture(index) {
  return `${String(index + 1).padStart(2, '0')}.png`
}

function text() {
  const parts = steps.map(
    ({ title, caption, on, subject }, index) =>
      `## ${index + 1}. ${title}\n\n${on}. ${caption}\n\n${pictures(
        workspace,
        { title, subject },
        drawn[index].map((name) => `tour/${name}`),
      )}\n`,
  )
  const days = (new Date(steps.at(-1).on) - new Date(FIRST_DAY)) / 86_400_000
  const weeks = Math.ceil((days + 1) / 7)
  return `# ${weeks} weeks with Lapsewatch\n\nMade by \`npm run tour\`, which plays them in the local workspace with the real bot, sweep and delivery. The people and contracts are invented.\n\n${parts.join('\n')}`
}

// Keeps the page up to date and sends what its visitor does. Everything shown comes from the
// server: this script fetches the page again when something changed, and lays the difference over
// what is there, so that focus, scrolling and half-typed fields stay.

const commands = JSON.parse(document.getElementById('commands').textContent)
const here = new URL(location.href)

// --- Up to date -----------------------------------------------------------------------------

/** The server's own words for each part, to compare with what it sends next. */
const known = new Map()
let fetching = null
let again = false

function remember(root) {
  for (const part of root.querySelectorAll('[data-part]'))
    known.set(part.dataset.part, part.innerHTML)
}

async function refresh() {
  if (fetching) {
    again = true
    return fetching
  }
  fetching = load()
  try {
    await fetching
  } finally {
    fetching = null
  }
  if (again) {
    again = false
    await refresh()
  }
}

async function load() {
  const answer = await fetch(here, { headers: { 'x-lapsewatch': 'page' } }).catch(() => null)
  if (!answer?.ok) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const focus = focusedPlace()
  for (const part of fresh.querySelectorAll('[data-part]')) {
    const name = part.dataset.part
    const old = document.querySelector(`[data-part="${name}"]`)
    if (old === null || known.get(name) === part.innerHTML) continue
    known.set(name, part.innerHTML)
    if (name === 'messages' || name === 'thread') patchMessages(old, part)
    else old.replaceChildren(...importAll(part.childNodes))
  }
  restoreFocus(focus)
  showModal()
}

const importAll = (nodes) => [...nodes].map((node) => document.importNode(node, true))

/** Messages that read the same stay the same elements: what is open or focused in them remains. */
function patchMessages(old, fresh) {
  const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 80
  const kept = new Map()
  for (const message of old.querySelectorAll('.message')) kept.set(message.dataset.key, message)
  const nodes = importAll(fresh.childNodes)
  for (const node of nodes) {
    if (!(node instanceof Element)) continue
    for (const message of node.querySelectorAll('.message')) {
      const before = kept.get(message.dataset.key)
      if (before && served.get(before) === message.outerHTML) message.replaceWith(before)
      else served.set(message, message.outerHTML)
    }
  }
  old.replaceChildren(...nodes)
  if (atEnd) old.scrollTop = old.scrollHeight
}

/** Each message as the server sent it. */
const served = new WeakMap()

function focusedPlace() {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const holder = element.closest('[data-key], [data-view], [data-part]')
  const { act, value, field, block } = element.dataset
  return { element, holder: holder && pathOf(holder), id: element.id, act, value, field, block }
}

function pathOf({ dataset: { key, view, part } }) {
  if (key) return `[data-key="${CSS.escape(key)}"]`
  return view ? `[data-view="${CSS.escape(view)}"]` : `[data-part="${CSS.escape(part)}"]`
}

function restoreFocus(place) {
  if (place === null) return
  if (place.element.isConnected) {
    // Laid in anew with its message, it has lost the focus all the same.
    if (document.activeElement !== place.element) place.element.focus({ preventScroll: true })
    return
  }
  const named = place.id && document.getElementById(place.id)
  const holder = place.holder && document.querySelector(place.holder)
  const same = (one) =>
    one.dataset.act === place.act &&
    one.dataset.value === place.value &&
    one.dataset.field === place.field &&
    one.dataset.block === place.block
  const found = holder && [...holder.querySelectorAll('[data-act], [data-field]')].find(same)
  const target =
    named ||
    (place.act || place.field ? found : null) ||
    holder?.querySelector('button, a') ||
    document.getElementById('main')
  target?.focus({ preventScroll: true })
}

/** While days pass there is news all the time: not looked at each time. */
let planned = false
let lastLook = 0
function soon() {
  if (planned) return
  planned = true
  setTimeout(
    () => {
      planned = false
      lastLook = performance.now()
      void refresh()
    },
    Math.max(0, lastLook + 400 - performance.now()),
  )
}

function listenForNews() {
  const source = new EventSource('/live')
  source.addEventListener('changed', soon)
  source.addEventListener('reset', () => location.assign('/'))
}

// --- Acts -----------------------------------------------------------------------------------

async function send(body) {
  document.documentElement.toggleAttribute('data-busy', true)
  // What was said of the act before no longer holds.
  if (body.do !== 'reset') say('')
  try {
    const answer = await fetch(`/act${here.search}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-lapsewatch': 'page' },
      body: JSON.stringify(body),
    })
    const done = await answer.json()
    if (done.problem) say(done.problem)
    await refresh()
    return done
  } catch {
    say('The program does not answer: is it still running?')
    return { problem: 'gone', errors: {} }
  } finally {
    document.documentElement.toggleAttribute('data-busy', false)
  }
}

let silence
function say(text) {
  const toast = document.getElementById('toast')
  toast.textContent = text
  clearTimeout(silence)
  silence = setTimeout(() => {
    toast.textContent = ''
  }, 8000)
}

function surfaceOf(element) {
  const message = element.closest('.message')
  return message ? message.dataset.ts : element.closest('[data-view]')?.dataset.view
}

async function press(button) {
  if (button.dataset.confirm && !(await agreed(JSON.parse(button.dataset.confirm)))) return
  const { act: action, value = null } = button.dataset
  button.closest('details')?.removeAttribute('open')
  const before = lastAnswer()?.dataset.key
  await send({
    do: 'press',
    surface: surfaceOf(button),
    action,
    value,
    values: await valuesAround(button),
  })
  pointTo(before)
}

const lastAnswer = () => [...document.querySelectorAll('#messages .ephemeral')].at(-1)

/** An answer comes at the end of the channel: who pressed far above it is told what it says. */
function pointTo(before) {
  const answer = lastAnswer()
  if (!answer || answer.dataset.key === before) return
  const { top, bottom } = document.getElementById('messages').getBoundingClientRect()
  const box = answer.getBoundingClientRect()
  if (box.top < Math.min(bottom, innerHeight) && box.bottom > top) return
  const words = answer.querySelector('.words')?.innerText.split('\n') ?? []
  say(`Answered at the end of the channel. ${(words[1] ?? words[0] ?? '').slice(0, 160)}`)
}

async function choose(control) {
  const { field: action } = control.dataset
  const given = await valueIn(control)
  if (given === null) return
  await send({
    do: 'choose',
    surface: surfaceOf(control),
    action,
    given,
    values: await valuesAround(control),
  })
}

/** Asks before an act that wants to be asked about. */
function agreed([title, text, yes, no]) {
  const dialog = document.getElementById('confirm')
  const heading = Object.assign(document.createElement('h2'), {
    id: 'confirm-title',
    textContent: title,
  })
  const words = Object.assign(document.createElement('p'), { textContent: text })
  const form = document.createElement('form')
  form.method = 'dialog'
  const row = Object.assign(document.createElement('p'), { className: 'row' })
  row.append(
    Object.assign(document.createElement('button'), {
      className: 'button',
      value: 'no',
      textContent: no || 'Cancel',
    }),
    Object.assign(document.createElement('button'), {
      className: 'button primary',
      value: 'yes',
      textContent: yes || 'Yes',
    }),
  )
  form.append(heading, words, row)
  dialog.replaceChildren(form)
  dialog.returnValue = 'no'
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true })
  })
}

// --- Fields ---------------------------------------------------------------------------------

/** What stands in the fields of the form around an element, by block id. */
async function valuesAround(element) {
  const form = element.closest('form.modal')
  const values = {}
  for (const control of form?.querySelectorAll('[data-field]') ?? []) {
    values[control.dataset.block] = await valueIn(control)
  }
  return values
}

async function valueIn(control) {
  switch (control.dataset.kind) {
    case 'radio_buttons':
      return control.querySelector(':checked')?.value ?? null
    case 'checkboxes':
      return [...control.querySelectorAll(':checked')].map(({ value }) => value)
    case 'file_input':
      return control.files.length > 0 ? await uploaded(control) : null
  }
  return control.value === '' ? null : control.value
}

/** Each chosen file is handed over once; the server's ids stand for them from then on. */
const handedOver = new WeakMap()
async function uploaded(control) {
  const ids = []
  for (const file of control.files) {
    if (!handedOver.has(file)) {
      const search = new URLSearchParams(here.search)
      search.set('name', file.name)
      const address = `/upload?${search}`
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'x-lapsewatch': 'page' },
        body: file,
      })
      if (!answer.ok) {
        say('The file was not taken: it may be too large (64 MB at most).')
        continue
      }
      handedOver.set(file, (await answer.json()).id)
    }
    ids.push(handedOver.get(file))
  }
  return ids.length > 0 ? ids : null
}

// --- The modal ------------------------------------------------------------------------------

let cameFrom = null

function showModal() {
  const dialog = document.getElementById('modal')
  const form = dialog.querySelector('form.modal')
  if (form && !dialog.open) {
    cameFrom = focusedPlace()
    dialog.showModal()
    firstField(form)?.focus()
  } else if (!form && dialog.open) {
    dialog.close()
    if (cameFrom?.element.isConnected) cameFrom.element.focus()
    else restoreFocus(cameFrom)
  }
  const wrong = form?.querySelector('.wrong :is(input, select, textarea, [role=radiogroup])')
  if (wrong && form !== complained) {
    complained = form
    wrong.focus()
  }
}
let complained = null

const firstField = (form) =>
  form.querySelector('input, select, textarea, .modal-body button, [data-close]')

async function submitModal(form) {
  const button = form.querySelector('[type=submit]')
  button.disabled = true
  complained = null
  await send({ do: 'submit', surface: form.dataset.view, values: await valuesAround(button) })
  button.disabled = false
}

const closeModal = (form) => send({ do: 'close', surface: form.dataset.view })

/** Closes every menu but the one that holds this element. */
function closeMenus(within) {
  for (const open of document.querySelectorAll('details.overflow[open]')) {
    if (within === null || !open.contains(within)) open.removeAttribute('open')
  }
}

// --- The composer ---------------------------------------------------------------------------

const input = document.getElementById('command')
const list = document.getElementById('completions')
const help = document.getElementById('command-help')
let offered = []
let chosen = -1

function complete() {
  closeMenus(null)
  const typed = input.value.trimStart()
  const [, verb = ''] = /^\/contracts\s+(\S+)/.exec(typed) ?? []
  const exact = commands.find(({ command }) => command === `/contracts ${verb}`)
  const wanted = typed.startsWith('/')
    ? typed.toLowerCase()
    : typed === ''
      ? null
      : `/contracts ${typed.toLowerCase()}`
  offered =
    wanted === null || (exact && typed.length > exact.command.length)
      ? []
      : commands.filter(
          ({ command }) =>
            command.startsWith(wanted) ||
            (typed.startsWith('/') && '/contracts '.startsWith(wanted)),
        )
  chosen = -1
  list.replaceChildren(
    ...offered.map(({ usage, does }, index) => {
      const item = document.createElement('li')
      item.id = `completion-${index}`
      item.setAttribute('role', 'option')
      const words = Object.assign(document.createElement('strong'), { textContent: usage })
      item.append(words, ` ${does}`)
      item.addEventListener('pointerdown', (event) => {
        event.preventDefault()
        take(index)
      })
      return item
    }),
  )
  showList()
  help.textContent = exact
    ? `${exact.usage}: ${exact.does}. For example: ${exact.examples.map((one) => `/contracts ${one}`).join(', ')}`
    : 'Type / for the commands.'
}

function showList() {
  const open = offered.length > 0
  list.hidden = !open
  input.setAttribute('aria-expanded', String(open))
  for (const [index, item] of [...list.children].entries()) {
    item.setAttribute('aria-selected', String(index === chosen))
    if (index === chosen) item.scrollIntoView({ block: 'nearest' })
  }
  if (chosen >= 0) input.setAttribute('aria-activedescendant', `completion-${chosen}`)
  else input.removeAttribute('aria-activedescendant')
}

function take(index) {
  const { command, takes } = offered[index]
  input.value = takes === '' ? command : `${command} `
  complete()
  offered = []
  showList()
  input.focus()
}

const typedBefore = []
function onKey(event) {
  const { key } = event
  if (key === 'Escape' && offered.length > 0) {
    offered = []
    showList()
  } else if ((key === 'ArrowDown' || key === 'ArrowUp') && offered.length > 0) {
    chosen =
      (chosen + (key === 'ArrowDown' ? 1 : offered.length - (chosen < 0 ? 0 : 1))) % offered.length
    showList()
  } else if (key === 'ArrowUp' && input.value === '' && typedBefore.length > 0) {
    input.value = typedBefore.at(-1)
  } else if ((key === 'Tab' || key === 'Enter') && chosen >= 0) {
    take(chosen)
  } else return
  event.preventDefault()
}

async function runCommand(text) {
  if (text.trim() === '') return
  typedBefore.push(text)
  input.value = ''
  complete()
  await send({ do: 'command', text })
  showLast()
  document
    .querySelector('.day:last-child > .message:last-child')
    ?.scrollIntoView({ block: 'nearest' })
  if (document.activeElement === document.body) input.focus()
}

/** The last message from its beginning, where it is longer than the view; else the end. */
function showLast() {
  scrollToEnd()
  const messages = document.getElementById('messages')
  const last = messages?.querySelector('.day:last-child > .message:last-child')
  if (!last) return
  const scrolls = messages.scrollHeight > messages.clientHeight + 1
  // Not by scrollIntoView: the Tab key would begin from there.
  const box = scrolls ? messages : document.scrollingElement
  const top = scrolls ? messages.getBoundingClientRect().top : 0
  if (last.offsetHeight > box.clientHeight) box.scrollTop += last.getBoundingClientRect().top - top
}

function scrollToEnd() {
  const messages = document.getElementById('messages')
  if (messages) messages.scrollTop = messages.scrollHeight
}

// --- The guide ------------------------------------------------------------------------------

const STEPS = {
  see: () => runCommand('/contracts due 90d'),
  act: async () => {
    if (toPress() === undefined) await runCommand('/contracts due 90d')
    const found = toPress()
    found?.scrollIntoView({ block: 'center' })
    found?.focus()
    if (found?.matches('summary')) say('Open this menu, or press any button under a contract.')
  },
  pass: () => send({ do: 'pass', stride: '30-days' }),
}

/** A warning's own button before the menus of an answer. */
function toPress() {
  const all = [...document.querySelectorAll('#messages :is(summary, button[data-act])')]
  const visible = all.filter((one) => one.offsetParent !== null)
  return visible.find((one) => !one.closest('.ephemeral')) ?? visible[0]
}

// --- Wiring ---------------------------------------------------------------------------------

document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target.closest('button') : null
  closeMenus(event.target)
  if (target === null) return
  const { act, pass, step, guide, forget } = target.dataset
  if (act) void press(target)
  else if (pass) void send({ do: 'pass', stride: pass })
  else if (step) void takeStep(step)
  else if (guide) void send({ do: 'settle-step', step: guide })
  else if (forget) void send({ do: 'forget', surface: forget })
  else if ('close' in target.dataset) void closeModal(target.closest('form.modal'))
  else if (target.id === 'reset') void startAgain()
})

/** The steps are taken in the channel of the warnings. */
async function takeStep(step) {
  if (input) return STEPS[step]()
  location.assign(`/?as=${document.body.dataset.as}`)
}

async function startAgain() {
  const sure = [
    'Reset everything?',
    'All messages, changes and imports of this local workspace go, and the sample is loaded again.',
    'Reset',
    'Keep',
  ]
  if (!(await agreed(sure))) return
  say('Setting everything up again…')
  await send({ do: 'reset' })
  location.assign('/')
}

document.addEventListener('change', (event) => {
  const { target } = event
  if (target.id === 'who') location.assign(target.value)
  const control = target.closest('[data-field][data-acts]')
  if (control) void choose(control)
})

// A menu near the end of the list would open out of sight.
document.addEventListener(
  'toggle',
  ({ target }) => {
    if (target.open && target.matches('details.overflow'))
      target.querySelector('ul').scrollIntoView({ block: 'nearest' })
  },
  true,
)

document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.method === 'dialog') return
  event.preventDefault()
  if (form.classList.contains('modal')) void submitModal(form)
  else if (form.id === 'composer') void runCommand(input.value)
})

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  const open = event.target instanceof Element && event.target.closest('details.overflow[open]')
  if (open) {
    open.removeAttribute('open')
    open.querySelector('summary').focus()
    event.preventDefault()
  }
})

document.getElementById('modal').addEventListener('cancel', (event) => {
  event.preventDefault()
  const form = event.target.querySelector('form.modal')
  if (form) void closeModal(form)
})

if (input) {
  input.addEventListener('input', complete)
  input.addEventListener('keydown', onKey)
  input.addEventListener('blur', () => {
    offered = []
    showList()
  })
}

remember(document)
for (const message of document.querySelectorAll('.message')) served.set(message, message.outerHTML)
showLast()
showModal()
listenForNews()
document.documentElement.dataset.ready = ''

import type { ActionsBlock, KnownBlock } from '@slack/types'
import fc from 'fast-check'
import { asCivilDate } from '../src/rules/civil-date.ts'
import type { Message } from '../src/text/facts.ts'
import { fitMessage, LIMITS, textLength, textsOf } from '../src/text/message.ts'
import { terminalText } from '../src/text/terminal.ts'
import { triageMessage } from '../src/text/triage.ts'
import { supersededMessage, warningMessage } from '../src/text/warning.ts'
import { groupedMessage } from '../src/text/warning-group.ts'
import { weeklyMessage } from '../src/text/weekly.ts'
import { mrkdwn, plain, shown } from '../src/text/words.ts'
import { holds } from './support/holds.ts'
import { anyText, HOSTILE_TEXTS, markupIn } from './support/hostile.ts'
import {
  AS_OF,
  contract,
  deadline,
  triage,
  warning,
  warnings,
  weekly,
} from './support/message-facts.ts'

/** Every message that can carry this text, wherever a register may put it. */
function messagesWith(text: string): Message[] {
  const owner = { name: text, slackUser: text }
  const names = { reference: text, title: text, supplier: text }
  const changes = { ...names, buyer: text, team: text, currency: text, owner }
  const facts = warning({
    contract: contract(changes),
    deadlines: [
      deadline('end', '2023-04-30', { reason: text }),
      deadline('notice', '2023-04-05', { reason: text, speaks: false }),
    ],
  })
  const note = { ...names, owner, note: text }
  return [
    warningMessage(facts),
    groupedMessage({
      ...{ asOf: AS_OF, team: text, catchUp: true, possibleRepeat: true },
      warnings: warnings(20, changes),
    }),
    triageMessage({
      ...triage(20, { team: text, source: text }),
      nearest: warnings(20, changes).map(({ contract: each }) => ({ contract: each, daysLeft: 3 })),
    }),
    weeklyMessage({
      ...{ ...weekly(7, { ...note, currency: text }), team: text, remarks: [text, text] },
    }),
    supersededMessage({
      ...{ asOf: AS_OF, contract: facts.contract, kind: 'end', was: AS_OF, why: text },
      now: asCivilDate('2023-05-31'),
    }),
  ]
}

function expectWithinLimits(message: Message): void {
  expect(message.text.length).toBeGreaterThan(0)
  expect(message.text.length).toBeLessThanOrEqual(LIMITS.text)
  expect(message.blocks.length).toBeLessThanOrEqual(LIMITS.blocks)
  expect(textLength(message.blocks)).toBeLessThanOrEqual(LIMITS.blockText)
  for (const block of message.blocks) {
    for (const text of textsOf(block)) {
      expect(text.length).toBeGreaterThan(0)
      const most = block.type === 'context' ? LIMITS.contextText : LIMITS.section
      expect(text.length).toBeLessThanOrEqual(most)
    }
  }
}

describe('text from a register', () => {
  it('never becomes markup, a ping, a link or an emoji, and always fits, whatever it is', () => {
    const check = (text: string): undefined => {
      for (const message of messagesWith(text)) {
        const sources = textsOf(message.blocks)
        const marked = [message.text, ...sources].map(markupIn)
        expect(marked.filter((found) => found !== null)).toEqual([])
        // What is left of asterisks is ours: in pairs on a line, and none where text is read out.
        expect(message.text).not.toContain('*')
        const unpaired = sources
          .flatMap((source) => source.split('\n'))
          .filter((line) => (line.split('*').length - 1) % 2 === 1)
        expect(unpaired).toEqual([])
        expectWithinLimits(message)
      }
    }
    for (const text of HOSTILE_TEXTS) check(text)
    holds([anyText], 10, check)
  })

  it('cannot run as a formula in a spreadsheet, nor break its row', () => {
    for (const text of HOSTILE_TEXTS) {
      const [, grouped, triaged, summary] = messagesWith(text)
      for (const message of [grouped, triaged, summary]) {
        const rows = cellsOf(String(message?.file?.content ?? '') ?? '')
        expect(rows.length).toBeGreaterThan(1)
        const width = rows[0]?.length
        for (const row of rows) {
          expect(row.length).toBe(width)
          for (const cell of row) {
            if (/^-?\d+(\.\d+)?$/.test(cell)) continue
            expect(cell).not.toMatch(/^[=+\-@\t\r|%]/)
          }
        }
      }
    }
  })

  it('cannot move the cursor or set colours of a terminal', () => {
    holds([anyText, fc.integer({ min: 1, max: 200 })], 10, (text, width) => {
      for (const message of messagesWith(text)) {
        expect(terminalText(message, { width, colour: false })).not.toMatch(
          /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u,
        )
      }
    })
  })

  it('is still legible: names, accents, emoji and references stay as written', () => {
    expect(String(mrkdwn`${'Müller & Söhne <UK>'}`)).toBe('Müller &amp; Söhne &lt;UK&gt;')
    const reference = 'REF_2026_01 / lot-2, 10:30, urn:x'
    expect(String(mrkdwn`${reference}`)).toBe(reference)
    expect(String(mrkdwn`${'👩‍👩‍👧‍👦 care'}`)).toBe('👩‍👩‍👧‍👦 care')
    expect(String(mrkdwn`${'two\r\nlines'}`)).toBe('two lines')
  })

  it('is cut between characters as people count them, never inside one', () => {
    expect(plain('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 2)).toBe('👩‍👩‍👧‍👦…')
    expect(plain('abcdef', 6)).toBe('abcdef')
    expect(plain('abcdefg', 6)).toBe('abcde…')
    holds([anyText, fc.integer({ min: 1, max: 120 })], (text, characters) => {
      expect(shown(text, characters).length).toBeLessThanOrEqual(characters * 2)
    })
  })

  it('may be megabytes long without costing time', () => {
    const huge = 'é'.repeat(5_000_000)
    const began = performance.now()
    expect(shown(huge, 100).length).toBeLessThanOrEqual(200)
    expect(performance.now() - began).toBeLessThan(15_000)
  })
})

describe('any number of contracts', () => {
  it.each([0, 1, 5, 6, 15, 16, 5000])('%i fit into each message', (count) => {
    const told = { asOf: AS_OF, team: 'Digital', catchUp: false, possibleRepeat: false }
    const grouped = groupedMessage({ ...told, warnings: warnings(count) })
    const summary = weeklyMessage(weekly(count))
    const first = triageMessage(triage(count))
    for (const message of [grouped, summary, first]) expectWithinLimits(message)
    expect(grouped.file === null).toBe(count <= 15)
    if (grouped.file !== null)
      expect(String(grouped.file.content).split('\r\n').length).toBe(count + 2)
    expect(grouped.text).toContain(`${count.toLocaleString('en-GB')} contract`)
  })
})

describe('the guard', () => {
  const buttons: ActionsBlock = {
    type: 'actions',
    elements: [{ type: 'button', text: { type: 'plain_text', text: 'Act' }, action_id: 'act' }],
  }
  const section = (text: string): KnownBlock => ({
    type: 'section',
    text: { type: 'mrkdwn', text },
  })

  it('brings any number of blocks of any length within the limits, and keeps the buttons', () => {
    holds(
      [fc.array(fc.nat({ max: 9000 }), { maxLength: 120 }), fc.nat({ max: 90_000 })],
      25,
      (lengths, textLong) => {
        const message = fitMessage({
          text: 'word & line\n'.repeat(textLong / 12),
          blocks: [...lengths.map((length) => section('a &amp; b\n'.repeat(length / 10))), buttons],
          file: null,
        })
        expectWithinLimits(message)
        expect(message.blocks.at(-1)).toEqual(buttons)
      },
    )
  })

  it('says how much was left out', () => {
    const message = fitMessage({
      text: 'line\n'.repeat(10_000),
      blocks: Array.from({ length: 60 }, (_, at) => section(`${at}\ntwo`)),
      file: null,
    })
    expect(message.text).toMatch(/… and [\d,]+ more lines that did not fit\.$/)
    const texts = textsOf(message.blocks)
    expect(texts.at(-1)).toBe('… and 22 more lines that did not fit.')
    // What is kept is its beginning.
    expect(texts.slice(0, -1)).toEqual(Array.from({ length: 49 }, (_, at) => `${at}\ntwo`))
  })

  it('never cuts an entity, a mention or an emoji in two', () => {
    for (let length = 2980; length <= 3010; length += 1) {
      for (const tail of ['&amp;', '<@U12345678>', '😀']) {
        const { blocks } = fitMessage({
          text: 'x',
          blocks: [section(`${'a'.repeat(length)}${tail.repeat(20)}`)],
          file: null,
        })
        const [text = ''] = textsOf(blocks)
        expect(text).toMatch(/^a+(&amp;)*(<@U12345678>)*(😀)*…$/u)
      }
    }
  })
})

/** The cells of a CSV file, read by the rules of RFC 4180. */
function cellsOf(content: string): string[][] {
  return content
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
        .slice(0, line.endsWith(',') ? undefined : -1)
        .map(([, cell = '']) => cell.replace(/^"(.*)"$/, '$1').replaceAll('""', '"')),
    )
}

import fc from 'fast-check'
import { asCivilDate } from '../src/rules/civil-date.ts'
import type { LinkedDocument } from '../src/rules/contract.ts'
import type { Message, SupersededFacts, WarningFacts } from '../src/text/facts.ts'
import { textsOf } from '../src/text/message.ts'
import { warningWithoutPrices, weeklyWithoutPrices } from '../src/text/prices.ts'
import { tableLines, terminalText, terminalWidth } from '../src/text/terminal.ts'
import { triageMessage } from '../src/text/triage.ts'
import { supersededMessage, warningMessage, warningText } from '../src/text/warning.ts'
import { groupedMessage } from '../src/text/warning-group.ts'
import { weeklyMessage } from '../src/text/weekly.ts'
import { holds } from './support/holds.ts'
import {
  AS_OF,
  contract,
  deadline,
  summaryList,
  triage,
  warning,
  warnings,
  weekly,
} from './support/message-facts.ts'

const starts =
  'to have a new contract on Mon 1 May 2023 by framework direct award, start by Mon 3 Apr 2023'
const startBy = warning({
  contract: contract({ owner: null, value: null }),
  deadlines: [
    deadline('start-by', '2023-04-03', { reason: starts, skipped: { from: 90, to: 30 } }),
    deadline('notice', '2023-04-05'),
    deadline('end', '2023-04-30', { speaks: false }),
  ],
})
const MAY = asCivilDate('2023-05-31')
const runs = { reason: 'an emergency extension runs to Wed 31 May 2023', askedAgain: true }
const emergency = warning({
  contract: contract({ currentEnd: MAY, owner: { name: 'Amira Khan', slackUser: 'U0AMIRA01' } }),
  deadlines: [deadline('emergency-end', '2023-05-31', runs)],
  ...{ cameBack: true, possibleRepeat: true },
})
const JUNE = asCivilDate('2018-06-30')
const imprecise = (asOf: string, left: number) =>
  warning({
    asOf: asCivilDate(asOf),
    contract: contract({
      ...{ title: 'Custom support for Windows XP', supplier: 'Microsoft' },
      ...{ currentEnd: JUNE, awardedEnd: JUNE, earliestEnd: asCivilDate('2018-06-01') },
    }),
    deadlines: [deadline('end', '2018-06-01', { daysLeft: left })],
  })
const told = { asOf: AS_OF, team: 'Digital', catchUp: false, possibleRepeat: false }
const group = { ...told, catchUp: true, warnings: warnings(17) }
const superseded: SupersededFacts = {
  ...{ asOf: AS_OF, contract: contract({ currentEnd: MAY }), kind: 'end', now: MAY },
  ...{ was: asCivilDate('2023-04-30'), why: 'Emergency extension, £4.6m.' },
}

const EVERY_MESSAGE: Record<string, Message> = {
  'a warning of an end': warningMessage(warning()),
  'a warning of a start-by, an owner and a value missing': warningMessage(startBy),
  'a warning of an emergency extension, asked again': warningMessage(emergency),
  'a catch-up': groupedMessage(group),
  'a triage list': triageMessage(triage(12)),
  'a weekly summary': weeklyMessage(weekly(6)),
  'a weekly summary of nothing': weeklyMessage(weekly(0)),
  'a superseded warning': supersededMessage(superseded),
}

/** What each block is, and its texts with their markup; of the file its heading and the rows of two contracts. */
function asSent({ blocks, file }: Message): string {
  const said = blocks.map((block) => `[${block.type}] ${textsOf(block).join('\n')}`)
  const rows = String(file?.content ?? '')
    .split('\n')
    .filter((row, at) => at === 0 || /C-100[03]/.test(row))
  const attached = file === null ? [] : [`[${file.name}: ${file.title}]`, ...rows]
  return [...said, ...attached].join('\n')
}

describe.each(Object.entries(EVERY_MESSAGE))('%s', (_, message) => {
  it('reads as agreed', () => {
    const { blocks, file, text } = message
    expect(asSent(message)).toMatchSnapshot()
    const told = textsOf(blocks).join('\n').replaceAll('*', '')
    expect(text).toBe(told)
    const attached = file === null ? '' : `\nFile: ${file.name} (${file.title})`
    const plain = terminalText(message, { width: 10_000, colour: false })
    const named = told.replace(/<@(\w+)>/g, '@$1').replaceAll('&amp;', '&')
    expect(plain.replace(/\n+/g, '\n')).toBe(named + attached)
    // Slack makes no links and mentions of its own of any of it.
    const count = (words: string) => JSON.stringify(blocks).split(words).length
    expect(count('"verbatim":true')).toBe(count('"type":"mrkdwn"'))
  })

  it('has one emoji at most, no exclamation mark, no "soon", and never £0', () => {
    expect((message.text.match(/\p{Emoji_Presentation}/gu) ?? []).length).toBeLessThanOrEqual(1)
    expect(message.text).not.toMatch(/!(?!channel)|\bsoon\b|£0(?![.\d])|unlawful/i)
  })
})

describe('a warning', () => {
  it('says what lapses, when, what it costs, who owns it and what to do next, in that order', () => {
    const { text } = warningMessage(warning())
    const order = [
      ...['Sign cover by Sun 30 Apr (30 days)', 'Bytes', 'Sun 30 Apr 2023', '£163.1m'],
      ...['Amira Khan', 'Next:', 'Reference'],
    ]
    const places = order.map((words) => text.indexOf(words))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places).not.toContain(-1)
  })

  it('links its documents in one line, as many as fit, and never where others than the organisation read', () => {
    const of = (documents: readonly LinkedDocument[]) =>
      warning({ contract: contract({ documents }) })
    const linesOf = (facts: WarningFacts) =>
      warningMessage(facts)
        .text.split('\n')
        .filter((line) => /[Dd]ocuments?[ :]/.test(line))
    expect(linesOf(of([]))).toEqual([])
    const two = of([
      { title: '<!channel> | *Signed*', url: 'https://trust.example/c?a=1&b=2' },
      { title: 'Annex', url: 'javascript:alert(1)' },
    ])
    expect(linesOf(two)).toEqual([
      'Documents: <https://trust.example/c?a=1&amp;b=2|&lt;!channel&gt; | ∗Signed∗>, Annex.',
    ])
    const long = Array.from({ length: 20 }, (_, at) => ({
      title: `Part ${at}`,
      url: `https://trust.example/${'x'.repeat(400)}/${at}`,
    }))
    const [line = ''] = linesOf(of(long))
    expect(line).toMatch(/^Documents: (<https:[^>|]+\|Part \d>, ){1,2}<[^>]+> and 1\d more\.$/)
    expect(line.length).toBeLessThan(1300)
    expect(warningMessage(warningWithoutPrices(two)).text).not.toContain('trust.example')
  })

  it('mentions the owner once where the Slack id is known', () => {
    expect(warningMessage(emergency).text.match(/<@U0AMIRA01>/g)).toHaveLength(1)
  })

  it('is worded for a replay as it is worded for Slack', () => {
    for (const facts of [warning(), startBy, emergency, warning({ deadlines: [] })]) {
      expect(warningText(facts)).toBe(warningMessage(facts).text)
    }
  })

  it('counts to the first day of an imprecise end, and calls it overdue only after the last', () => {
    const textOf = (asOf: string, left: number) => warningMessage(imprecise(asOf, left)).text
    const first = textOf('2018-05-02', 30)
    expect(first).toMatch(/^Sign cover by Fri 1 Jun \(30 days\): .* ends in June 2018\n🟡/)
    expect(first).toContain(
      'It ends in June 2018. The day is not recorded, so this counts to Fri 1 Jun 2018.',
    )
    expect(textOf('2018-06-01', 0)).toMatch(/^Sign cover now, by Sat 30 Jun \(29 days\): /)
    expect(textOf('2018-06-30', -29)).toMatch(/^Sign cover now, by Sat 30 Jun \(today\): .*\n🟠/)
    const after = textOf('2018-07-02', -31)
    expect(after).toMatch(/^Still supplied\? Ended 30 Jun \(2 days\), no cover recorded: .*\n🔴/)
    expect(after).toContain('It ended in June 2018.')
  })

  it('asks on the day after an end whether the service is still being supplied', () => {
    const ended = contract({ currentEnd: asCivilDate('2023-03-30') })
    const deadlines = [deadline('end', '2023-03-30')]
    const { text } = warningMessage(warning({ contract: ended, deadlines }))
    expect(text).toContain('is the service still being supplied?')
  })

  it('does not ask again what was answered, nor gives the date as its own reason', () => {
    const out = { since: asCivilDate('2023-03-29'), accrued: null }
    const ended = { currentEnd: asCivilDate('2023-03-28'), outOfContract: out }
    const start = deadline('start-by', '2022-12-01', { speaks: false })
    const deadlines = [deadline('end', '2023-03-28'), start]
    const facts = warning({ contract: contract(ended), deadlines })
    const grouped = groupedMessage({ ...told, warnings: [facts, facts] })
    for (const { text } of [warningMessage(facts), grouped]) {
      expect(text).not.toMatch(/still (being )?supplied/i)
      expect(text).toContain('Next: record what covers it now')
    }
    expect(warningMessage(facts).text).toContain(
      'Also: the day to start buying was Thu 1 Dec 2022, 120 days ago.',
    )
    expect(warningMessage(emergency).text).not.toContain('Why this date')
  })

  it('stands also where nothing is open any more, or the last day of the calendar is the end', () => {
    expect(warningMessage(warning({ deadlines: [] })).text).toMatch(
      /^Nothing is open on Fri 31 Mar \(today\): /,
    )
    const end = asCivilDate('9999-12-31')
    const contracts = { contract: contract({ currentEnd: end }), deadlines: [deadline('end', end)] }
    expect(warningMessage(warning(contracts)).text).toContain(
      'sign a successor or an extension, or confirm',
    )
  })

  it('keeps buttons last', () => {
    const text = { type: 'plain_text', text: 'Act' } as const
    const elements = [{ type: 'button', text, action_id: 'act' }] as const
    const message = warningMessage(warning(), { type: 'actions', elements: [...elements] })
    expect(message.blocks.map(({ type }) => type)).toEqual(['section', 'context', 'actions'])
  })
})

describe('a group', () => {
  it('counts its contracts, shows fifteen and puts all of them into a file beyond that', () => {
    const message = groupedMessage(group)
    expect(message.text).toMatch(
      /^Still supplied\? Ended 28 Mar \(3 days\): .*, and 16 more\n🔴 Catch-up: 17 contracts need action\.\n1\. /,
    )
    expect(message.text).toContain('\n15. ')
    expect(message.text).not.toContain('\n16. ')
    expect(message.text).toContain('and 2 more: the file lists all of them.')
    expect(message.file?.name).toBe('catch-up-2023-03-31.csv')
    expect(groupedMessage({ ...group, warnings: warnings(15) }).file).toBeNull()
  })
})

describe('a weekly summary', () => {
  it('gives the figures first, then five of each list and the number of the others', () => {
    const { text } = weeklyMessage(weekly(1200))
    expect(text.split('\n').slice(0, 4)).toEqual([
      'Decide 2,400 by Thu 6 Apr (6 days): weekly summary, Digital, 1,200 out of contract',
      'Weekly summary, Fri 31 Mar 2023: Digital',
      '1,200 out of contract: ended, and nothing recorded that covers them.',
      '1,200 more overdue: a date has passed without a decision.',
    ])
    expect(text).toContain('and 1,195 more; the file lists the first 1,000.')
    expect(weeklyMessage(weekly(6)).text).toContain('and 1 more in the file.')
  })

  it('names each procurement behind plan, however many there are of other things', () => {
    const behind = summaryList(12, (index) => ({ kind: null, note: `step ${index} was due` }))
    for (const each of [0, 6, 1200]) {
      const { text } = weeklyMessage({ ...weekly(each), behind })
      const [, list = ''] = text.split('Procurements behind plan\n')
      const named = list.split('\n').slice(0, 12)
      for (const [index, line] of named.entries()) expect(line).toContain(`C-${1000 + index}.`)
    }
    expect(weeklyWithoutPrices({ ...weekly(1), behind })).not.toHaveProperty('behind')
  })

  it('speaks of the decisions that it counts, and of changes since a day', () => {
    const since = asCivilDate('2023-03-24')
    const { text } = weeklyMessage({ ...weekly(3), since, overdue: { total: 0, items: [] } })
    expect(text).toContain('0 more overdue: a date has passed without a decision.')
    expect(text).toContain('\nChanged since Fri 24 Mar 2023\n')
    expect(text).toContain('3 changes since Fri 24 Mar 2023')
    expect(weeklyMessage(weekly(0)).text).not.toMatch(/\b0 (changes|rolling|without)/)
  })

  it('says that it is late, and whose it is', () => {
    const { text } = weeklyMessage({ ...weekly(0), team: null, hoursLate: 1 })
    expect(text).toMatch(
      /^Nothing to decide by Thu 6 Apr \(6 days\): weekly summary, all teams\nWeekly summary, Fri 31 Mar 2023: all teams\nSent 1 hour late\.\n/,
    )
  })
})

describe('on a terminal', () => {
  it('no markup is left, and no line is wider than asked where words allow', () => {
    for (const width of [40, 60, 200]) {
      for (const message of Object.values(EVERY_MESSAGE)) {
        const lines = terminalText(message, { width, colour: false }).split('\n')
        expect(lines.join('\n')).not.toMatch(/[*]|&amp;|<@/)
        for (const line of lines.filter((each) => each.trim().includes(' '))) {
          if (!line.startsWith('File:')) expect([...line].length).toBeLessThanOrEqual(width)
        }
      }
    }
  })

  it('lists stand apart, and what goes on in the next line is set in', () => {
    const message = triageMessage(triage(1, { counts: { ...triage(0).counts, rejected: 0 } }))
    expect(terminalText(message, { width: 60, colour: false })).toMatchInlineSnapshot(`
      "Confirm the list by Fri 14 Apr (14 days): 1,234 contracts
        read, 18 end within 30 days
      1,234 contracts read from contract-register.csv: look
        through them first.
      18 end within 30 days, 55 within 90 days.
      5 ended and not replaced, as far as the register says.
      1,003 running; 210 ended long ago: listed, no warnings.
      12 without an end date, 4 rolling on, 61 without an owner.
      Next: check the nearest ends, mark what is finished, and
        name the owners that are missing.
      Warnings start when the list is confirmed, or on Fri 14 Apr
        2023. What falls within 30 days is warned of before that.

      The nearest ends
      • 3 days ago: Maintenance of ward equipment, lot 1 (Bramley
        Clinical Engineering), C-1000. Ended Tue 28 Mar 2023.
        Value £12,500. Amira Khan.
      For team Digital, as of Fri 31 Mar 2023."
    `)
  })

  it('is as wide as it says; one of 0 columns is taken for 80, and a file has no width', () => {
    expect(terminalWidth({ isTTY: true, columns: 120 })).toBe(120)
    expect(terminalWidth({ isTTY: true, columns: 0 })).toBe(80)
    expect(terminalWidth({ isTTY: true })).toBe(80)
    expect(terminalWidth({ columns: 40 })).toBeNull()
    expect(terminalWidth({ isTTY: false })).toBeNull()
  })

  it('tables keep within it and lose nothing, whatever stands in them', () => {
    // Each column has letters of its own, so that what a column says can be read out of the lines again.
    const LETTERS = ['abé', 'cd*', 'ef£', 'gh-', 'ij0', 'kl1', 'mn2'] as const
    const cellOf = (letters: string) => {
      const word = fc.stringMatching(new RegExp(`^[${letters}]{1,20}$`))
      return fc.array(word, { maxLength: 8 }).map((words) => words.join(' '))
    }
    const table = fc.integer({ min: 1, max: 7 }).chain((columns) => {
      const row = fc.tuple(...LETTERS.slice(0, columns).map(cellOf))
      return fc.array(row, { minLength: 2, maxLength: 5 })
    })
    holds([table, fc.integer({ min: 30, max: 200 })], (rows, width) => {
      const lines = tableLines(rows, width)
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width)
      const [headings = [], ...others] = rows
      const columns = LETTERS.slice(0, headings.length)
      const said = (texts: readonly string[]) =>
        columns.map((letters) =>
          [...texts.join('')].filter((each) => letters.includes(each)).join(''),
        )
      // Columns beside each other, or each row by itself with its headings: word by word as it stands.
      const byItself = others.flatMap((row) =>
        row.flatMap((text, at) => (at === 0 ? [text] : [headings[at] ?? '', text])),
      )
      const [isBeside, isByItself] = [rows.flat(), byItself].map(
        (texts) => JSON.stringify(said(lines)) === JSON.stringify(said(texts)),
      )
      expect(said(lines)).toEqual(said(isBeside ? rows.flat() : byItself))
      const begins = columns.map((letters) =>
        lines.map((line) => [...line].findIndex((each) => letters.includes(each))),
      )
      const places = begins.map((each) => new Set(each.filter((at) => at >= 0)).size)
      if (isBeside && !isByItself) expect(Math.max(...places)).toBeLessThanOrEqual(1)
      expect(tableLines(rows, null)).toHaveLength(rows.length)
    })
  })

  it('a row that is told by itself has its facts set in below it', () => {
    const rows = [
      ['reference', 'title', 'supplier'],
      ['TG-2023-003', 'Linen hire and laundry', 'Penquillan Linen Ltd'],
    ]
    expect(tableLines(rows, 30)).toEqual([
      'TG-2023-003',
      '  title: Linen hire and',
      '    laundry; supplier:',
      '    Penquillan Linen Ltd',
    ])
  })

  it('colour is only used where it is wanted', () => {
    const message = warningMessage(warning())
    expect(terminalText(message, { width: 80, colour: true })).toContain('\u001b[1m')
    expect(terminalText(message, { width: 80, colour: false })).not.toContain('\u001b')
  })
})

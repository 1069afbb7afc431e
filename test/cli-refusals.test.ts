/** How commands refuse: the exit code, one object with --json, a clear line on stderr, no stack. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { GROUPS, groupsFor } from '../src/cli/index.ts'
import { amountOption, Cli, dateOption, mapOption, urlOption, wholeOption } from '../src/cli/run.ts'
import { addDays, dayText } from '../src/rules/civil-date.ts'
import { NOON_DAY, operator, useOperator } from './support/command.ts'

/** Ahead, whatever the day on which this runs. */
const END = addDays(NOON_DAY, 200)

const { me, db } = useOperator(undefined, { again: true })
beforeAll(async () => {
  writeFileSync(
    path.join(me.folder, 'register.csv'),
    [
      'Contract reference,Title,Supplier,Start,End,Value,Notice period',
      `A-1,Imaging,Northwind Ltd,2024-04-01,${END},5000,`,
      `A-1,Imaging,Southwind Ltd,2024-04-01,${END},5000,`,
      `C-1,Cleaning,Eastwind Ltd,2024-04-01,${END},5000,900 years`,
    ].join('\n'),
  )
  await me.json('import', 'register.csv')
})

/** Each command a process of its own: several at a time keep both cores busy. */
const alone = () => me.with({})

describe.concurrent('a command that was typed wrongly ends with 2', () => {
  test.each([
    [['nonsense'], 'unknown command'],
    [['show'], 'missing required argument'],
    [['due', '--as-of', '2027-02-30'], 'YYYY-MM-DD'],
    [['sweep', '--as-of', '9999-01-01'], '1900-01-02 to 2098-12-31'],
    [['simulate', '--from', '2026-01-01'], '--to'],
    [['import', 'x.csv', '--format', 'pdf'], 'csv, xlsx, ocds'],
    [
      ['decide', 'A-1', '--kind', 'lunch', '--decision', 'x'],
      'start-by, notice, option, call-off-by, end',
    ],
  ])('%j', async (args, told) => {
    const refused = await alone().refused(...args)
    expect(refused).toMatchObject({ code: 2, error: expect.stringContaining(told), problems: [] })
  })

  test.each([
    [['extend', 'C-1'], 'Type: lapsewatch extend <reference> --to <date> --kind <kind>. '],
    [['show'], 'Type: lapsewatch show <reference>. '],
    [['due', 'soon'], 'All that it takes: lapsewatch due --help'],
    [['waiver', 'add', 'C-1', '--loud'], 'Type: lapsewatch waiver add <reference> '],
    [['snooze', 'C-1', '2w'], 'In Slack it is /contracts snooze. lapsewatch help lists'],
    [['person', 'find', 'Ann'], 'lapsewatch person --help lists the commands.'],
  ])('%j says what to type instead', async (args, told) => {
    const { code, stdout, stderr } = await alone().run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(told)
  })

  test('so does no command at all, with the list of them', async () => {
    const { code, stdout, stderr } = await alone().run()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/simulate[\s\S]*Name a command: see above\.\n$/)
  })

  test('without --json stdout stays empty', async () => {
    const { code, stdout, stderr } = await alone().run('due', '--days', 'many')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('asking for help is no mistake', async () => {
    const { code, stdout, stderr } = await alone().run('import', '--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('--dry-run')
  })
})

describe('options that cannot be meant', () => {
  test.each([
    [() => dateOption('31/03/2027'), 'YYYY-MM-DD'],
    [() => dateOption('2099-01-01'), '2098-12-31'],
    [() => wholeOption(1, 9)('many'), 'whole number from 1 to 9'],
    [() => wholeOption(1, 9)('0'), 'whole number from 1 to 9'],
    [() => amountOption('-5'), 'amount'],
    [() => amountOption('lots'), 'amount'],
    // Fifteen, or one and a half?
    [() => amountOption('1,5'), 'amount'],
    [() => urlOption('file:///etc/passwd'), 'https'],
    [() => mapOption('end', new Map()), 'FIELD=HEADING'],
  ])('%s', (read, told) => {
    expect(read).toThrow(told)
  })
})

describe('a command that is refused ends with 1 and says what to do', () => {
  test.each([
    [['show', 'nothing-like-it'], 'No contract is called "nothing-like-it"'],
    [['ack', 'C-1'], 'no open warning'],
    [['decide', 'C-1', '--kind', 'option', '--decision', 'x'], 'it has: notice, end'],
    [['extend', 'C-1', '--to', addDays(END, -90), '--kind', 'option'], `runs to ${dayText(END)}`],
    [['due', '--team', 'Nobody'], 'There are: Default team'],
    [['import', 'missing.csv'], 'missing.csv'],
    [['team', 'set', 'X', '--zone', 'Mars/Olympus'], 'Europe/London'],
    [['simulate', '--from', '2026-02-01', '--to', '2026-01-01'], 'turn the two around'],
    [['sample'], 'empty register'],
  ])('%j', async (args, told) => {
    const refused = await me.refused(...args)
    expect(refused).toMatchObject({ code: 1, error: expect.stringContaining(told) })
    expect(Array.isArray(refused.problems)).toBe(true)
  })

  test('an ambiguous reference lists the candidates, and each can be named', async () => {
    const { code, error, problems } = await me.refused('show', 'A-1')
    expect({ code, error }).toMatchObject({ code: 1, error: expect.stringContaining('Several') })
    expect(problems).toHaveLength(2)
    const number = String(problems[1]).split(' ')[0] ?? ''
    expect(await me.json('show', number)).toMatchObject({ supplier: 'Southwind Ltd' })
  })

  test('a period of nine hundred years is left out and told of, and stops nothing', async () => {
    expect(await me.json('show', 'C-1')).toMatchObject({
      currentEnd: END,
      problems: [
        expect.stringContaining('longer than a hundred years'),
        expect.stringContaining('whether it renews by itself is not said'),
      ],
    })
    expect(await me.json('sweep')).toMatchObject({ raised: expect.any(Number) })
  })

  test('a folder instead of a register', async () => {
    mkdirSync(path.join(me.folder, 'folder.csv'))
    expect(await me.refused('import', 'folder.csv')).toMatchObject({ code: 1 })
  })

  test('a file that breaks off half way is refused, and nothing of it is written', async () => {
    const release = (n: number) =>
      `{"ocid":"ocds-x-${n}","id":"${n}","date":"2026-01-01T00:00:00Z","tag":["award"],"awards":[{"id":"a","title":"T${n}","contractPeriod":{"endDate":"2027-01-01"}}]}`
    const releases = Array.from({ length: 500 }, (_, n) => release(n)).join(',')
    writeFileSync(path.join(me.folder, 'cut.json'), `{"releases":[${releases},{"ocid":"oc`)
    const { total } = await me.json('contracts')
    expect(await me.refused('import', 'cut.json')).toMatchObject({ code: 1 })
    expect((await me.json('contracts')).total).toBe(total)
  })
})

describe.concurrent('settings', () => {
  test('every problem is told at once, each with its remedy', async () => {
    const wrong = me.with({
      LAPSEWATCH_TIME_ZONE: 'Mars/Olympus',
      LAPSEWATCH_SWEEP_AT: '25:00',
      SLACK_BOT_TOKEN: 'not-a-token',
      LAPSEWATCH_CHANEL: '#typo',
    })
    const refused = await wrong.refused('due')
    expect(refused.code).toBe(1)
    expect(refused.problems).toHaveLength(4)
    for (const name of ['TIME_ZONE', 'SWEEP_AT', 'BOT_TOKEN', 'LAPSEWATCH_CHANEL']) {
      expect(refused.problems.join('\n')).toContain(name)
    }
  })

  test('.env of the working folder is read; what is set already wins over it', async () => {
    const other = operator({ DATABASE_URL: db.url, LAPSEWATCH_MIGRATE_URL: db.ownerUrl })
    writeFileSync(
      path.join(other.folder, '.env'),
      `DATABASE_URL=postgresql://nobody@127.0.0.1:1/none\nLAPSEWATCH_SWEEP_AT=nine\n`,
    )
    const refused = await other.refused('due')
    expect(refused.problems).toEqual([expect.stringContaining('LAPSEWATCH_SWEEP_AT')])
    writeFileSync(
      path.join(other.folder, '.env'),
      'DATABASE_URL=postgresql://nobody@x.invalid/no\n',
    )
    expect((await other.json('contracts')).total).toBe(3)
    other.leave()
  })

  test('a database that is not there is one sentence', async () => {
    const away = me.with({ DATABASE_URL: 'postgresql://nobody:secret@127.0.0.1:1/none' })
    const { code, error } = await away.refused('due')
    expect(code).toBe(1)
    expect(error).not.toContain('secret')
  })
})

test('each command is made by the file that is loaded for it', async () => {
  for (const { names, load } of GROUPS) {
    const cli = new Cli()
    const add = await load()
    add(cli)
    expect(cli.commands.map((command) => command.name())).toEqual(names)
  }
})

test('a name that is no command loads them all, so that help and a near miss know each', () => {
  expect(groupsFor('due')).toHaveLength(1)
  for (const typed of [undefined, '--help', 'help', 'duw']) expect(groupsFor(typed)).toBe(GROUPS)
})

import { readFileSync } from 'node:fs'
import { readSettings, SETTING_NAMES } from '../src/app/settings.ts'

interface Entry {
  readonly name: string
  readonly value: string
  readonly explanation: string
}

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const EXAMPLE = entriesOf(read('.env.example'))

describe('.env.example', () => {
  test('holds every setting once, and nothing else', () => {
    expect(new Set(EXAMPLE.map(({ name }) => name))).toEqual(new Set(SETTING_NAMES))
    expect(EXAMPLE).toHaveLength(SETTING_NAMES.length)
  })

  test.each(EXAMPLE)('explains $name in a sentence', ({ explanation }) => {
    expect(explanation).toMatch(/^[A-Z].{10,}\.$/)
  })

  test('shows the default of each: taken as it stands it changes nothing', () => {
    const given = Object.fromEntries(EXAMPLE.map(({ name, value }) => [name, value]))
    expect(readSettings(given)).toEqual(readSettings({}))
  })

  test('gives a value wherever there is a default', () => {
    const empty = EXAMPLE.filter(({ value }) => value === '')
    const { slack, ...others } = readSettings({})
    const values = [...Object.values(slack), ...Object.values(others)]
    const unset = values.filter((value) => value === null || isEmptyList(value))
    expect(empty).toHaveLength(unset.length)
  })

  test('sets nothing until somebody takes the sign away', () => {
    expect(read('.env.example')).not.toMatch(/^[A-Z]/m)
  })
})

describe('the table of settings in README.md', () => {
  test('says the same of the same settings, in the same order', () => {
    const rows = [...read('README.md').matchAll(/^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$/gm)]
    expect(rows.map(([, name, value, explanation]) => ({ name, value, explanation }))).toEqual(
      EXAMPLE.map(({ name, value, explanation }) => ({
        name,
        value: value === '' ? '–' : `\`${value}\``,
        explanation,
      })),
    )
  })
})

/** Each `#NAME=value` with the comment right above it. */
function entriesOf(text: string): Entry[] {
  return text.split('\n\n').flatMap((paragraph) => {
    const lines = paragraph.trim().split('\n')
    const at = lines.findIndex((line) => /^#?[A-Z][A-Z_]*=/.test(line))
    const [, name, value] = /^#?([A-Z_]+)=(.*)$/.exec(lines[at] ?? '') ?? []
    if (name === undefined || value === undefined) return []
    const explanation = lines.slice(0, at).map((line) => line.replace(/^# ?/, ''))
    return [{ name, value, explanation: explanation.join(' ') }]
  })
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

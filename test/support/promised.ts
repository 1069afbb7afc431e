/**
 * The rows of docs/guarantees.md: `| file | test |`, and `| file | group (22 tests) |` for a describe,
 * a table of cases or a promise of `cellCases`. As a setup file it holds each test file against its
 * rows, so that no test of a group goes, or comes, unnoticed.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'

export interface Proof {
  readonly file: string
  /** Of a test or a group, as its source has it. */
  readonly name: string
  readonly tests: number
}

export const GUARANTEES = readFileSync(new URL('../../docs/guarantees.md', import.meta.url), 'utf8')

const ROOT = path.resolve(import.meta.dirname, '../..')
const ROW = /\| `(test\/[\w./-]+)` \| (.+?)(?: \((\d+) tests\))? \|$/gm

export function proofsIn(text: string): Proof[] {
  return [...text.matchAll(ROW)].map(([, file = '', name = '', tests = '1']) => ({
    ...{ file, name },
    tests: Number(tests),
  }))
}

// biome-ignore lint/correctness/noEmptyPattern: Vitest reads from it that no fixture is meant
afterAll(({}, { file: { filepath, tasks } }) => {
  const file = path.relative(ROOT, filepath)
  const wrong = proofsIn(GUARANTEES)
    .filter((proof) => proof.file === file)
    .map(({ name, tests }) => ({ name, tests, found: countOf(tasks, titled(name)) }))
    .filter(({ tests, found }) => tests !== found)
  expect(wrong, 'rows of docs/guarantees.md that count the tests otherwise').toEqual([])
})

type Tasks = Parameters<Parameters<typeof afterAll>[0]>[1]['tasks']

function countOf(tasks: Tasks, isNamed: (name: string) => boolean): number {
  const counts = tasks.map((task) => {
    if (task.type === 'test') return isNamed(task.name) ? 1 : 0
    return countOf(task.tasks, isNamed(task.name) ? () => true : isNamed)
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Whether a title is of this name: what stands for `%s`, `$field` or `${field}`, or a cell's promise, cut or not. */
function titled(name: string): (title: string) => boolean {
  const literal = name
    .split(/%[a-z]|\$\{.+?\}|\$[\w.]+/)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  const pattern = new RegExp(`^${literal.join('.+')}$`, 's')
  return (title) => {
    const cell = /^'(.+?)…?': /.exec(title.replaceAll("\\'", "'"))?.[1]
    return pattern.test(title) || (cell !== undefined && name.startsWith(cell))
  }
}

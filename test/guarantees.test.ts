import { existsSync, readFileSync } from 'node:fs'

interface Proof {
  readonly promise: string
  readonly file: string
  readonly name: string
}

const ROOT = new URL('../', import.meta.url)
const sections = sectionsOf(readFileSync(new URL('docs/guarantees.md', ROOT), 'utf8'))
const proofs = sections.flatMap(({ proofs }) => proofs)

describe('every promise of docs/guarantees.md', () => {
  test.each(sections)(
    '"$promise" says how, what it does not cover, and names a test',
    (section) => {
      expect(section.text).toContain('**How.**')
      expect(section.text).toContain('**Limits.**')
      expect(section.proofs).not.toEqual([])
    },
  )

  test.each(proofs)('is proven in $file: $name', ({ file, name }) => {
    const path = new URL(file, ROOT)
    expect(existsSync(path)).toBe(true)
    const named = [`'`, '"', '`'].map((mark) => `${mark}${name}${mark}`)
    const text = readFileSync(path, 'utf8')
    // A table of cases has its promises on lines of their own.
    expect([...named, `\n${name}\n`].some((each) => text.includes(each))).toBe(true)
  })

  test('names no test twice for one promise', () => {
    for (const { promise, proofs } of sections) {
      const names = proofs.map(({ file, name }) => `${file} ${name}`)
      expect(new Set(names).size, promise).toBe(names.length)
    }
  })
})

/** Promises are headings of the third level; their proofs are rows of `| file | test |`. */
function sectionsOf(text: string) {
  return text
    .split(/^### /m)
    .slice(1)
    .map((part) => {
      const promise = part.split('\n', 1)[0] ?? ''
      const section = part.split(/^## /m, 1)[0] ?? ''
      const rows = section.matchAll(/\| `(test\/[\w./-]+)` \| (.+) \|$/gm)
      const proofs = [...rows].map(([, file = '', name = '']): Proof => ({ promise, file, name }))
      return { promise, text: section, proofs }
    })
}

import { existsSync, readFileSync } from 'node:fs'
import { GUARANTEES, proofsIn } from './support/promised.ts'

/** Promises are headings of the third level. */
const sections = GUARANTEES.split(/^### /m)
  .slice(1)
  .map((part) => part.split(/^## /m, 1)[0] ?? '')
  .map((text) => ({ promise: text.split('\n', 1)[0] ?? '', text, proofs: proofsIn(text) }))

describe('every promise of docs/guarantees.md', () => {
  test.each(sections)('"$promise" says how, where it ends, and what proves it', (section) => {
    const { text, proofs } = section
    expect(text).toContain('**How.**')
    expect(text).toContain('**Limits.**')
    expect(proofs).not.toEqual([])
    const named = proofs.map(({ file, name }) => `${file}: ${name}`)
    expect(named).toEqual([...new Set(named)])
    expect(proofs.filter((proof) => !stands(proof)).map(({ name }) => name)).toEqual([])
  })
})

/** A table of cases has its promises on lines of their own. */
function stands({ file, name }: { readonly file: string; readonly name: string }): boolean {
  const path = new URL(`../${file}`, import.meta.url)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const named = [`'`, '"', '`'].map((mark) => `${mark}${name}${mark}`)
  return [...named, `\n${name}\n`].some((each) => text.includes(each))
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { reading } from './support/register-file.ts'

const DATA = join(import.meta.dirname, '..', '..', 'shared', 'data')
const AWARDS = join(DATA, 'contracts-finder-awards', 'awards.csv')
const PACKAGE = join(DATA, 'contracts-finder-ocds', 'release-package.json')
const PAGE = join(DATA, 'contracts-finder-ocds', 'search-page-2025-01-23.json')

describe.runIf(existsSync(AWARDS))(
  'real public registers (where ../shared/data is present)',
  () => {
    test('20,778 awards of 2022 are all read, three of them without a real end', async () => {
      const { register, drafts, problems, skipped } = await reading(AWARDS)
      expect(register.total).toBe(20_778)
      expect(drafts).toHaveLength(20_778)
      expect(skipped).toEqual([])
      const warnings = problems.filter(({ severity }) => severity === 'warning')
      expect(warnings.map(({ value }) => value?.slice(0, 4))).toEqual(['2099', '2122', '2099'])
      // "Not awarded", "Various": nobody supplies these.
      const nameless = drafts.filter(({ supplier }) => supplier === null)
      expect([problems.length - warnings.length, nameless.length]).toEqual([19, 86])
      expect(drafts.filter(({ value }) => value === null)).toHaveLength(390)
      expect(
        drafts.some(({ buyers, supplier }) =>
          /&(?:amp|lt|gt|quot|apos|#\d+);/.test(`${buyers} ${supplier}`),
        ),
      ).toBe(false)
    })

    test.each([
      [PACKAGE, 190, 143],
      [PAGE, 94, 57],
    ])('%s: every process is a contract or explained', async (path, processes, contracts) => {
      const { drafts, problems, skipped, items } = await reading(path)
      expect(drafts).toHaveLength(contracts)
      expect(problems).toEqual([])
      expect(skipped.every((why) => why.includes('no award'))).toBe(true)
      const ocids = new Set(drafts.map(({ ocid }) => ocid))
      expect(ocids.size + skipped.length).toBe(processes)
      expect(items).toHaveLength(drafts.length + skipped.length)
      expect(drafts.every(({ end }) => end.kind === 'dated')).toBe(true)
      expect(new Set(drafts.map(({ reference }) => reference)).size).toBe(contracts)
    })
  },
)

/** `cover`, `products` and `support`: what contracts cover, what is in use, and until when it is supported. */
import { Option } from 'commander'
import type { MeaningSaid } from '../actions/cover.ts'
import type { Program } from '../app/app.ts'
import { type CivilDate, dayText, MOST_DAYS_AHEAD } from '../rules/civil-date.ts'
import { COVER_KINDS, type CoverKind, releaseEnds } from '../rules/support.ts'
import { UserError } from '../rules/user-error.ts'
import { coverWords, recordedWords, teamsWords } from '../text/support.ts'
import { counted } from '../text/words.ts'
import {
  type Answer,
  actorOf,
  type Cli,
  contractNamed,
  dateOption,
  firstRows,
  table,
  teamIdOf,
  teamOf,
  visible,
  wholeOption,
} from './run.ts'

interface CoverOptions {
  readonly product?: string
  readonly release?: string
  readonly kind?: CoverKind
  readonly count?: number
  readonly custom?: 'yes' | 'no'
  readonly for?: 'all' | 'team'
  readonly remove?: boolean
}

export function addCover(cli: Cli): void {
  cli
    .command('cover')
    .description('what a contract covers: a release of a product, how many, in what way')
    .argument('<reference>', 'its reference, a unique part of it or of its title, or #number')
    .option('--product <product>', 'such as "Windows Server"')
    .option('--release <release>', 'such as 2016, or "2016 SP3"; left out, it is asked about')
    .addOption(new Option('--kind <kind>', 'in what way').choices([...COVER_KINDS]))
    .option('--count <n>', 'how many', wholeOption(0, 1_000_000_000))
    .addOption(
      new Option(
        '--custom <answer>',
        'whether extended support beyond what is published is a custom agreement',
      ).choices(['yes', 'no']),
    )
    .addOption(
      new Option(
        '--for <whom>',
        'all: it holds for every team, organisation-wide; team: for its own alone',
      ).choices(['all', 'team']),
    )
    .option('--remove', 'it does not cover that')
    .answers((program, reference: string, options: CoverOptions) =>
      covered(program, reference, options),
    )
}

async function covered(
  program: Program,
  reference: string,
  { product, release = '', kind, count, custom, for: whom, remove }: CoverOptions,
): Promise<Answer> {
  const { coverProduct, uncoverProduct } = await import('../actions/cover.ts')
  const { pool } = program
  const id = await contractNamed(program, reference)
  if (product === undefined) {
    throw new UserError(
      'Name the product with --product, and its release with --release. What it covers already: show REFERENCE.',
    )
  }
  if (remove === true) {
    const gone = await uncoverProduct(pool, actorOf(program), id, { product, release })
    return {
      json: { reference: gone.reference, removed: gone.name },
      text: () => `${visible(gone.reference)} no longer covers ${gone.name}.`,
    }
  }
  if (kind === undefined) {
    throw new UserError(`Say in what way with --kind: ${COVER_KINDS.join(', ')}.`)
  }
  const said = { product, release, kind, count: count ?? null }
  const isCustom = custom === undefined ? null : custom === 'yes'
  const forAll = whom === undefined ? null : whom === 'all'
  const cover = await coverProduct(pool, actorOf(program), id, {
    ...{ ...said, custom: isCustom, forAll },
  })
  const ends = releaseEnds(cover.product, cover.release, program.today())
  const json = { ...cover, kind, count: count ?? null, custom: isCustom, ...ends }
  const all = forAll === true ? ', for all teams' : ''
  return {
    json,
    text: () =>
      `${visible(cover.reference)} covers ${cover.name} (${kind}${count === undefined ? '' : `, ${count}`}${all}).${recordedWords(cover, program.today())}`,
  }
}

const NOTHING_COVERED =
  '. Say what a contract covers: cover REFERENCE --product P --release R; or what is in use: products import FILE'

export function addProducts(cli: Cli): void {
  const products = cli
    .command('products')
    .description('what is covered or in use, how long it is supported, and words that wait for you')
    .option('--uncovered', 'only what is in use and no contract covers')
    .option('--team <team>', 'only of this team')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .answers(async (program, options: { uncovered?: boolean; team?: string; asOf?: CivilDate }) => {
      const { readProducts } = await import('../reports/support.ts')
      const facts = await readProducts(program.pool, {
        organisationId: program.organisation.id,
        asOf: options.asOf ?? program.today(),
        uncovered: options.uncovered === true,
        teamId: await teamIdOf(program, options.team),
      })
      const { asOf, dataAsOf, items, wordings } = facts
      const isAll = options.team === undefined && options.uncovered !== true
      const headings = ['product', 'support ends', 'extended', 'in use', 'contracts']
      const rows = () =>
        items.map((each) => [
          each.name,
          each.supportEnds ?? 'unknown',
          each.extendedEnds,
          each.inUse,
          [
            each.contracts.length === 0 ? 'none' : each.contracts.map(coverWords).join('; '),
            each.contracts.length === 0 || each.uncovered.length === 0
              ? ''
              : `; none for ${teamsWords(each.uncovered)}`,
          ].join(''),
        ])
      const waiting = () =>
        wordings.map(({ words, count, certainty, name }) => {
          return [words, count, name ?? 'nothing known here', certainty]
        })
      const text = () => [
        `${counted(items.length, 'release')}, data as at ${dataAsOf}${items.length === 0 && isAll ? NOTHING_COVERED : ''}`,
        ...(items.length === 0 ? [] : [firstRows(headings, rows())]),
        ...(wordings.length === 0
          ? []
          : [
              `${counted(wordings.length, 'wording')} linked to nothing yet: products link WORDS [--product P --release R]`,
              firstRows(['words', 'rows', 'perhaps', 'how sure'], waiting()),
            ]),
      ]
      return { json: { asOf, dataAsOf, items, wordings }, text: () => text().join('\n\n') }
    })
  products
    .command('import')
    .description('read what is in use from a list: product, release, count, site, owner')
    .argument('<file>', 'a spreadsheet or CSV')
    .option('--source <name>', 'the list that it is a newer copy of (default: its name)')
    .option('--team <team>', 'all of it is of this team')
    .answers(imported)
  products
    .command('link')
    .description(
      'say what words for a product mean, wherever they stand; nothing is linked without',
    )
    .argument('[words]', 'as they were written')
    .option('--product <product>', 'the product (default: what is proposed)')
    .option('--release <release>', 'its release')
    .option('--none', 'no product whose end of support is known here')
    .option('--certain', 'all wordings of which there is no doubt, at once')
    .answers(linked)
}

async function imported(
  program: Program,
  file: string,
  options: { readonly source?: string; readonly team?: string },
): Promise<Answer> {
  const { importEstate } = await import('../register/import/estate.ts')
  const result = await importEstate(program.pool, file, {
    organisationId: program.organisation.id,
    source: options.source ?? null,
    team: await teamOf(program, options.team),
    today: program.today(),
    now: program.now(),
    via: 'import',
    byPersonId: null,
  })
  const { source, read, linked, open, problems } = result
  const text = () => [
    `${source}: ${counted(read, 'row')} of what is in use, ${linked} linked to a product, ${open} waiting for you (products).`,
    ...problems.slice(0, 20).map(({ at, field, value, problem, remedy }) => {
      const where = [at, field, value].filter((part) => part !== null).join(' · ')
      return `  ${visible(where)}: ${visible(problem, 200)}; ${visible(remedy, 200)}`
    }),
    ...(problems.length > 20 ? [`  and ${problems.length - 20} more: --json lists all`] : []),
  ]
  return { json: result, text: () => text().join('\n') }
}

interface LinkOptions {
  readonly product?: string
  readonly release?: string
  readonly none?: boolean
  readonly certain?: boolean
}

async function linked(
  program: Program,
  words: string | undefined,
  { product, release, none, certain }: LinkOptions,
): Promise<Answer> {
  const { sayCertainWordings, sayWording } = await import('../actions/cover.ts')
  const { pool } = program
  const [actor, today] = [actorOf(program), program.today()]
  if (certain === true) {
    const { said, rows } = await sayCertainWordings(pool, actor, today)
    return {
      json: { wordings: said, rows },
      text: () => `${counted(said.length, 'wording')} linked, ${counted(rows, 'row')}.`,
    }
  }
  if (words === undefined) throw new UserError('Which words? Write them as products lists them.')
  const said: MeaningSaid =
    none === true
      ? 'nothing'
      : product === undefined
        ? 'proposed'
        : { product, release: release ?? '' }
  const { name, linked: rows } = await sayWording(pool, actor, today, words, said)
  const means = name === null ? 'no product known here' : name
  return {
    json: { words, name, rows },
    text: () => `"${visible(words)}" means ${means}: ${counted(rows, 'row')}.`,
  }
}

export function addSupport(cli: Cli): void {
  cli
    .command('support')
    .description('what to do about products whose support ends before, in or after their cover')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .option(
      '--days <n>',
      'only what can be acted on within so many days',
      wholeOption(0, MOST_DAYS_AHEAD),
    )
    .option('--team <team>', 'only of this team')
    .answers(async (program, options: { asOf?: CivilDate; days?: number; team?: string }) => {
      const { readSupport } = await import('../reports/support.ts')
      const { asOf, dataAsOf, items, stale } = await readSupport(program.pool, {
        organisationId: program.organisation.id,
        asOf: options.asOf ?? program.today(),
        days: options.days ?? null,
        teamId: await teamIdOf(program, options.team),
      })
      const isAll = options.team === undefined && options.days === undefined
      const text = () => {
        const isOfOne = new Set(items.flatMap(({ teams }) => teams)).size < 2
        const whose = (of: readonly string[]) => (isOfOne ? '' : ` (${visible(teamsWords(of))})`)
        const rows = items
          .slice(0, 200)
          .map((each) => [each.until, `${each.name}${whose(each.teams)}`, each.finding])
        const found = items.filter(({ finding }) => finding !== null).slice(0, 200)
        const reasons = found.map(
          ({ name, teams, why }) => `  ${visible(name)}${whose(teams)}: ${visible(why, 400)}`,
        )
        return [
          `${counted(items.length, 'release')} on ${dayText(asOf)}, ends of support as at ${dataAsOf}${items.length === 0 && isAll ? NOTHING_COVERED : ''}`,
          ...(rows.length === 0 ? [] : [table(['until', 'product', 'finding'], rows)]),
          ...(reasons.length === 0 ? [] : [reasons.join('\n')]),
          ...(stale === null ? [] : [stale]),
        ].join('\n\n')
      }
      return { json: { asOf, dataAsOf, items, stale }, text }
    })
}

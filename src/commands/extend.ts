/** `extend`, and `extension`: recording one, saying what it was, taking it back. */
import { type Command, Option } from 'commander'
import type { CivilDate } from '../domain/civil-date.ts'
import type { ExtensionKind } from '../domain/extension.ts'
import type { Decimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { priceWords } from '../messages/price-words.ts'
import type { Program } from '../program.ts'
import { classify } from '../watch/classify.ts'
import { extend } from '../watch/extend.ts'
import { findContract } from '../watch/find.ts'
import { askedToday, contractHeadroom } from '../watch/headroom.ts'
import { type LedgerLine, readLedger } from '../watch/ledger.ts'
import { readPriceRules } from '../watch/price-rules.ts'
import { showContract } from '../watch/show.ts'
import { extensionMeant, withdrawExtension } from '../watch/withdraw.ts'
import { actorOf } from './actor.ts'
import { amountOption, dateOption, wholeOption } from './options.ts'
import { type Answer, type CommonOptions, run } from './run.ts'
import { table } from './table.ts'

interface Recorded extends CommonOptions {
  readonly kind: ExtensionKind
  readonly cost?: Decimal
  readonly rule?: string
  readonly grounds?: string
  readonly approver?: string
}

export function addExtending(cli: Command): void {
  recorded(
    cli
      .command('extend')
      .description('record a signed extension, which moves the end')
      .argument('<reference>')
      .requiredOption('--to <date>', 'the last day of the added cover', dateOption)
      .option(
        '--from <date>',
        'its first day (default: the day after the current end)',
        dateOption,
      ),
  ).action((reference: string, options: Recorded & { to: CivilDate; from?: CivilDate }) =>
    run(options, async (program) => {
      const { pool, organisation } = program
      const id = await findContract(pool, organisation.id, reference)
      const extensionId = await extend(pool, actorOf(program), id, {
        kind: options.kind,
        to: options.to,
        from: options.from ?? null,
        ...recordOf(options),
      })
      return answered(program, id, extensionId)
    }),
  )
  const extension = cli.command('extension').description('extensions that were recorded')
  recorded(
    extension
      .command('classify')
      .description('say what an extension was that a register only showed as a later end')
      .argument('<reference>')
      .option('--id <number>', 'which one, where there are several', wholeOption(1, 2_147_483_647)),
  ).action((reference: string, options: Recorded & { id?: number }) =>
    run(options, async (program) => {
      const { pool, organisation } = program
      const id = await findContract(pool, organisation.id, reference)
      const extensionId = await unclassified(program, id, options.id ?? null)
      await classify(pool, actorOf(program), id, extensionId, {
        kind: options.kind,
        ...recordOf(options),
        cost: options.cost,
        noticeReference: null,
      })
      return answered(program, id, extensionId)
    }),
  )
  extension
    .command('withdraw')
    .description('take back an extension: everything stands as it stood before it')
    .argument('<reference>')
    .option('--id <number>', 'which one (default: the last)', wholeOption(1, 2_147_483_647))
    .option('--why <text>', 'why it is taken back')
    .option('--json', 'one JSON object')
    .action((reference: string, options: CommonOptions & { id?: number; why?: string }) =>
      run(options, async (program) => {
        const { pool, organisation } = program
        const id = await findContract(pool, organisation.id, reference)
        const extensionId = await extensionMeant(pool, id, options.id ?? null)
        await withdrawExtension(pool, actorOf(program), id, extensionId, options.why ?? null)
        return answered(program, id, extensionId)
      }),
    )
}

/** What can be said of an extension, whoever records it. */
function recorded(command: Command): Command {
  return command
    .addOption(
      new Option('--kind <kind>', 'what it is')
        .choices(['option', 'variation', 'emergency', 'renewal'])
        .makeOptionMandatory(),
    )
    .option('--cost <amount>', 'what it costs in all, without VAT', amountOption)
    .option('--rule <rule>', 'the rule that it is recorded under')
    .option('--grounds <text>', 'what made it necessary')
    .option('--approver <name>', 'who approved it')
    .option('--json', 'one JSON object')
}

function recordOf({ cost, rule, grounds, approver }: Recorded) {
  return {
    cost: cost ?? null,
    rule: rule ?? null,
    grounds: grounds ?? null,
    approver: approver ?? null,
  }
}

async function unclassified(program: Program, contractId: number, asked: number | null) {
  const { pool, organisation, rulesOf } = program
  const rules = await readPriceRules(pool, organisation.id, rulesOf)
  const lines = await readLedger(pool, { organisationId: organisation.id, contractId, rules })
  const open = lines.filter(({ extension }) => extension.kind === 'unknown')
  const meant = open.filter(({ extensionId }) => asked === null || extensionId === asked)
  const [only] = meant
  if (only && meant.length === 1) return only.extensionId
  if (meant.length === 0) throw new Refusal('It has no extension that nobody has classified.')
  const which = open.map(({ extensionId, extension }) => `--id ${extensionId} (to ${extension.to})`)
  throw new Refusal(`It has ${open.length} of them: name one with ${which.join(' or ')}.`)
}

async function answered(program: Program, id: number, extensionId: number): Promise<Answer> {
  const { pool, organisation, rulesOf } = program
  const today = program.today()
  const shown = await showContract(pool, organisation.id, id, today, rulesOf)
  const { tests } = await contractHeadroom(pool, id, askedToday(today, rulesOf(organisation)))
  const rules = await readPriceRules(pool, organisation.id, rulesOf)
  const asked = { organisationId: organisation.id, contractId: id, withdrawn: true, rules }
  const line = (await readLedger(pool, asked)).find((each) => each.extensionId === extensionId)
  if (!line) throw new Refusal('That extension is gone: ask again with show.')
  const { reference, currentEnd, deadlines } = shown
  const { kind, status, from, to, cost } = line.extension
  const json = {
    reference,
    extension: { id: extensionId, kind, status, from, to, cost },
    currentEnd,
    deadlines,
    headroom: { tests },
    premium: line.premium,
  }
  return { json, text: textOf(line, currentEnd, deadlines) }
}

function textOf(
  line: LedgerLine,
  currentEnd: CivilDate | null,
  deadlines: Awaited<ReturnType<typeof showContract>>['deadlines'],
): string {
  const rows = deadlines.map((each) => [
    each.kind,
    each.date,
    each.nextRungOn,
    each.settled ? 'yes' : 'no',
  ])
  return [
    `${line.extension.status === 'withdrawn' ? 'Withdrawn. ' : ''}${line.reference} ends on ${currentEnd ?? 'no known day'}.`,
    priceWords({ cost: line.extension.cost, currency: line.currency, price: line.premium }),
    table(['deadline', 'date', 'next told', 'settled'], rows),
    `How much of what the law allows is used: headroom ${line.reference}`,
  ].join('\n\n')
}

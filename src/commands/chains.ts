/** Commands about chains of awards: list what is proposed, confirm it, refuse it. */
import type { Command } from 'commander'
import type { Program } from '../program.ts'
import { answerChain } from '../watch/answer-chain.ts'
import { chainEnd, type ProposedChain, readChains } from '../watch/chains.ts'
import { findContract } from '../watch/find.ts'
import { actorOf } from './actor.ts'
import { type CommonOptions, run } from './run.ts'
import { table } from './table.ts'
import { teamIdOf } from './teams.ts'

export function addChains(cli: Command): void {
  const chains = cli
    .command('chains')
    .description('awards that look like rollovers of one another, proposed for a person to confirm')
    .option('--team <team>', 'only this team')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions & { team?: string }) =>
      run(options, async (program) => {
        const teamId = await teamIdOf(program, options.team)
        const proposed = await readChains(program.pool, {
          organisationId: program.organisation.id,
          teamId,
          toleranceDays: program.settings.rules.chainToleranceDays,
        })
        return { json: { items: proposed.map(item) }, text: text(proposed) }
      }),
    )
  addAnswer(chains, 'confirm', 'these are rollovers: record them as emergency extensions', true)
  addAnswer(chains, 'refuse', 'these are not rollovers: propose them no more', false)
}

function addAnswer(chains: Command, name: string, description: string, rollovers: boolean): void {
  chains
    .command(name)
    .description(description)
    .argument('<reference>', 'any contract of the chain')
    .option('--json', 'one JSON object')
    // The list's own --json stands before this one where both are written.
    .action((reference: string, _options: CommonOptions, command: Command) =>
      run(command.optsWithGlobals(), async (program) => answer(program, reference, rollovers)),
    )
}

async function answer(program: Program, reference: string, rollovers: boolean) {
  const { pool, organisation } = program
  const id = await findContract(pool, organisation.id, reference)
  const chain = await answerChain(pool, actorOf(program), id, rollovers)
  const said = rollovers
    ? `${chain.links.length} recorded as emergency extensions of ${chain.first.reference}, which now ends on ${chainEnd(chain)}.`
    : `Remembered: what followed ${chain.first.reference} is no rollover of it.`
  return { json: { ...item(chain), rollovers }, text: said }
}

function item(chain: ProposedChain) {
  const { first, links, cost, currency, priced } = chain
  return {
    buyer: first.buyerName,
    supplier: first.supplierName,
    references: [first.reference, ...links.map(({ reference }) => reference)],
    from: first.start,
    to: chainEnd(chain),
    links: links.length,
    cost,
    currency,
    priced,
  }
}

function text(chains: readonly ProposedChain[]): string {
  if (chains.length === 0) return 'No chain of awards looks like rollovers.'
  const rows = chains.map((chain) => [
    chain.first.reference,
    chain.first.buyerName,
    chain.first.supplierName,
    chain.first.end,
    chain.links.length,
    chainEnd(chain),
    chain.cost === null ? 'unknown' : `${chain.cost} ${chain.currency}`,
  ])
  const headings = ['first award', 'buyer', 'supplier', 'ended', 'links', 'covered to', 'cost']
  const count =
    chains.length === 1
      ? '1 chain looks like rollovers'
      : `${chains.length} chains look like rollovers`
  return `${table(headings, rows)}\n\n${count}. Look at each: chains confirm REFERENCE, or chains refuse REFERENCE.`
}

/** `person` and `personal-data`: what is held of people, and contracts that process it. */
import type { Command } from 'commander'
import { act } from '../actions/act.ts'
import {
  type Dossier,
  dossierOf,
  type Erased,
  erasePerson,
  findPerson,
  type RecordPlace,
} from '../actions/erase-person.ts'
import { editContract } from '../register/edit/edit.ts'
import { type CivilDate, civilDateIn } from '../rules/civil-date.ts'
import { UserError } from '../rules/user-error.ts'
import { counted } from '../text/words.ts'
import { onContract } from './contracts.ts'
import { type CommonOptions, dateOption, run, visible } from './run.ts'

export function addPerson(cli: Command): void {
  const person = cli.command('person').description('what is held of a person, and its erasure')
  const named = 'a Slack id, an email address, a whole name, or "person 17"'
  person
    .command('show')
    .description('who this is, and how much is held of them')
    .argument('<who>', named)
    .option('--json', 'one JSON object')
    .action((who: string, options: CommonOptions) =>
      run(options, async ({ pool, organisation: { id, timeZone } }) => {
        const dossier = await dossierOf(pool, id, await findPerson(pool, id, who))
        return { json: dossier, text: shownText(dossier, timeZone) }
      }),
    )
  person
    .command('export')
    .description('all that is held of them, as JSON, to be handed to them')
    .argument('<who>', named)
    .action((who: string) =>
      run({ json: true }, async ({ pool, organisation: { id } }) => ({
        json: await dossierOf(pool, id, await findPerson(pool, id, who)),
        text: '',
      })),
    )
  person
    .command('erase')
    .description('forget them: name and addresses go, a pseudonym stays in the record of changes')
    .argument('<who>', named)
    .option('--json', 'one JSON object')
    .action((who: string, options: CommonOptions) =>
      run(options, async ({ pool, organisation, today, now }) => {
        const eraser = {
          organisationId: organisation.id,
          today: today(),
          now: now(),
          personId: null,
        }
        const erased = await erasePerson(pool, eraser, who)
        return { json: erased, text: erasedText(erased, organisation.timeZone) }
      }),
    )
}

function shownText({ person, ...held }: Dossier, timeZone: string): string {
  const { id, name, email, slackUser, goneOn, erasedAt } = person
  const who = [name, email, slackUser].filter((part) => part !== null).map(visible)
  const lines = [
    `person ${id}: ${who.join(', ') || 'no name'}`,
    goneOn === null ? null : `Left on ${goneOn}.`,
    erasedAt === null ? null : `Erased on ${civilDateIn(erasedAt, timeZone)}.`,
    `Answers for ${counted(held.answersFor.length, 'contract')}.`,
    `Recorded: ${counted(held.decisions.length, 'decision')}, ${counted(held.extensions.length, 'extension')}, ${counted(held.acknowledged.length, 'acknowledgement')}, ${counted(held.subscriptions.length, 'subscription')}, ${counted(held.imports.length, 'import')}.`,
    `${counted(held.acts.length, 'entry', 'entries')} of the record of changes are theirs.`,
    held.namedInRecord.length === 0
      ? null
      : `The record of changes names them in what somebody typed, at ${counted(held.namedInRecord.length, 'place')}:`,
    ...placeLines(held.namedInRecord, timeZone),
  ]
  return lines.filter((line) => line !== null).join('\n')
}

function erasedText(erased: Erased, timeZone: string): string {
  const { person, pseudonym, cleaned, leftInRecord, owned, rewritten } = erased
  const places = Object.entries(cleaned).map(([table, count]) => `${count} in ${table}`)
  return [
    `Person ${person} is erased; ${pseudonym} stays in their place.`,
    places.length === 0
      ? 'No other text named them.'
      : `Their name was taken out of texts: ${places.join(', ')}.`,
    `${counted(owned, 'contract')} now without an owner; ${counted(rewritten, 'message')} in Slack to be rewritten.`,
    leftInRecord.length === 0
      ? null
      : `The record of changes cannot be changed, and still names them in what somebody typed, at ${counted(leftInRecord.length, 'place')}. Keep this list: they cannot be looked for again.`,
    ...placeLines(leftInRecord, timeZone),
    'Take them out of the registers as well, or the next import brings them back. Backups taken before still hold them.',
  ]
    .filter((line) => line !== null)
    .join('\n')
}

/** More places than these are in the JSON alone. */
const MOST_PLACES = 50

function placeLines(places: readonly RecordPlace[], timeZone: string): string[] {
  const lines = places.slice(0, MOST_PLACES).map(({ position, at, reference, what, field }) => {
    const parts = [reference, what, field].filter((part) => part !== null).map(visible)
    return `  entry ${position}, ${civilDateIn(at, timeZone)}: ${parts.join(', ')}`
  })
  const more = places.length - lines.length
  return more === 0 ? lines : [...lines, `  and ${more} more: --json has them all.`]
}

interface Said extends CommonOptions {
  readonly yes?: true
  readonly no?: true
  readonly reviewOn?: CivilDate
}

export function addPersonalData(cli: Command): void {
  cli
    .command('personal-data')
    .description('say whether a contract processes personal data, and when it is to be reviewed')
    .argument('<reference>')
    .option('--yes', 'it processes personal data')
    .option('--no', 'it processes none')
    .option('--review-on <date>', 'the date of its review', dateOption)
    .option('--json', 'one JSON object')
    .action((reference: string, options: Said) =>
      onContract(reference, options, async (program, actor, contractId) => {
        const changes = {
          personalData: answerOf(options),
          ...(options.reviewOn === undefined ? {} : { reviewOn: options.reviewOn }),
        }
        const said = { changes, terminatesOn: null, why: null, holds: null }
        await act(program.pool, actor, contractId, (client, acted) =>
          editContract(client, { ...actor, ...acted, contractId }, said),
        )
      }),
    )
}

/** One of the two, so that nothing is taken for granted. */
function answerOf({ yes, no }: Said): boolean {
  if ((yes === true) === (no === true)) throw new UserError('Write either --yes or --no.')
  return yes === true
}

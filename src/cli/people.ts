/** `person` and `personal-data`: what is held of people, and contracts that process it. */

import type { Actor } from '../actions/act.ts'
import type { Dossier, Erased, RecordPlace } from '../actions/erase-person.ts'
import type { Link, LinkedAccount } from '../actions/link-person.ts'
import type { Program } from '../app/app.ts'
import type { ContractEntry } from '../register/edit/create.ts'
import { type CivilDate, civilDateIn, dayText } from '../rules/civil-date.ts'
import { defined } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import {
  PERSONAL_DATA_HEADINGS,
  personalDataRows,
  personalDataWords,
} from '../text/contract-list.ts'
import { counted } from '../text/words.ts'
import { onContract } from './contracts.ts'
import {
  type Answer,
  actorOf,
  type Cli,
  dateOption,
  firstRows,
  run,
  saved,
  tableOf,
  teamIdOf,
  visible,
} from './run.ts'

export function addPerson(cli: Cli): void {
  const person = cli
    .command('person')
    .description('what is held of a person, which account is theirs, and their erasure')
  const named = 'a Slack id, an email address, a whole name, or "person 17"'
  person
    .command('show')
    .description('who this is, and how much is held of them')
    .argument('<who>', named)
    .answers(async ({ pool, organisation: { id, timeZone } }, who: string) => {
      const { dossierOf } = await import('../actions/erase-person.ts')
      const { findPerson } = await import('../database/organisation.ts')
      const dossier = await dossierOf(pool, id, await findPerson(pool, id, who))
      return { json: dossier, text: () => shownText(dossier, timeZone) }
    })
  person
    .command('list')
    .description('people whom registers name and who have no account: nobody tells them anything')
    .answers(async ({ pool, organisation, rulesOf, today }) => {
      const { readUnlinked } = await import('../actions/link-person.ts')
      const { askedWords } = await import('../text/people.ts')
      const { calendar } = rulesOf(organisation)
      const items = (await readUnlinked(pool, organisation.id)).map((each) => {
        return { ...each, asked: askedWords(each, today(), calendar) }
      })
      const text = () => {
        const listed = tableOf(items, {
          person: ({ id }) => `person ${id}`,
          name: 'name',
          address: 'email',
          contracts: 'contracts',
          'nearest end': 'nearestEnd',
          asked: 'asked',
        })
        return listed === null
          ? 'Everybody whom a register names has an account.'
          : `${listed}\n\nSay who it is: lapsewatch person link NAME USER`
      }
      return { json: { items }, text }
    })
  person
    .command('link')
    .description('say which Slack account a name in a register means')
    .argument('<name>', 'the name, an email address, or "person 17"')
    .argument('<user>', 'a Slack id or the address of an account')
    .answers(async (program, name: string, user: string) => {
      const { linkPerson } = await import('../actions/link-person.ts')
      const account = await accountOf(program, user)
      const linked = await linkPerson(program.pool, actorOf(program), name, account)
      return {
        json: { ...linked, slackUser: account.slackUser },
        text: () => linkText(`${visible(name)} is ${visible(account.name ?? user)},`, linked),
      }
    })
  person
    .command('unlink')
    .description('take that back: the name means no account any more')
    .argument('<name>', named)
    .answers(async (program, name: string) => {
      const { unlinkPerson } = await import('../actions/link-person.ts')
      const unlinked = await unlinkPerson(program.pool, actorOf(program), name)
      return {
        json: unlinked,
        text: () => linkText(`${visible(name)} has no account any more,`, unlinked),
      }
    })
  person
    .command('export')
    .description('all that is held of them, as JSON, to be handed to them')
    .argument('<who>', named)
    .action((who: string) =>
      run({ json: true }, async ({ pool, organisation: { id } }) => {
        const { dossierOf } = await import('../actions/erase-person.ts')
        const { findPerson } = await import('../database/organisation.ts')
        return { json: await dossierOf(pool, id, await findPerson(pool, id, who)), text: () => '' }
      }),
    )
  person
    .command('erase')
    .description('forget them: name and addresses go, a pseudonym stays in the record of changes')
    .argument('<who>', named)
    .answers(async (program, who: string) => {
      const { erasePerson } = await import('../actions/erase-person.ts')
      const { pool, organisation } = program
      const eraser = { ...actorOf(program), today: program.today() }
      const erased = await erasePerson(pool, eraser, who)
      return { json: erased, text: () => erasedText(erased, organisation.timeZone) }
    })
}

/** Whom this names in Slack: only Slack itself says that there is such a member. */
async function accountOf(program: Program, user: string): Promise<LinkedAccount> {
  const { slackApiUrl } = await import('../app/slack.ts')
  const { tables } = await import('../database/prisma.ts')
  const { memberIn } = await import('../delivery/departed-people.ts')
  const { ask, textOf } = await import('../delivery/slack-api.ts')
  const { fieldOf } = await import('../delivery/slack-errors.ts')
  const { slackCaller } = await import('../delivery/slack-client.ts')
  const { settings, pool, organisation } = program
  const { botToken: token, timeoutMs } = settings.slack
  const id = user.trim().replace(/^<@([UW][A-Z0-9]+)(\|.*)?>$/, '$1')
  if (token === null) {
    const known = await tables(pool).person.findFirst({
      where: { organisationId: organisation.id, slackUser: id },
    })
    if (known?.slackWorkspace) {
      return { workspace: known.slackWorkspace, slackUser: id, name: known.displayName }
    }
    throw new UserError(
      `Nobody with the Slack id "${id}" has used Lapsewatch yet: set SLACK_BOT_TOKEN, so that Slack can be asked.`,
    )
  }
  const call = slackCaller({ token, apiUrl: slackApiUrl(settings), timeoutMs })
  const self = await ask(call, 'auth.test', {})
  const asked = id.includes('@')
    ? await ask(call, 'users.lookupByEmail', { email: id })
    : await ask(call, 'users.info', { user: id })
  const workspace = self.ok ? textOf(self.answer, 'team_id') : null
  const member = asked.ok ? memberIn(fieldOf(asked.answer, 'user')) : null
  if (workspace !== null && member !== null) {
    return { workspace, slackUser: member.id, name: member.name }
  }
  const why = !self.ok ? self.why : !asked.ok ? asked.why : 'a guest, a bot or a closed account'
  throw new UserError(`"${id}" cannot be linked: ${why}. Give a member's Slack id or address.`)
}

function linkText(what: string, { person, contracts }: Link): string {
  return `${what} person ${person}; ${counted(contracts, 'contract')} of theirs.`
}

function shownText({ person, ...held }: Dossier, timeZone: string): string {
  const { id, name, email, slackUser, goneOn, erasedAt } = person
  const who = [name, email, slackUser].filter((part) => part !== null).map(visible)
  const lines = [
    `person ${id}: ${who.join(', ') || 'no name'}`,
    goneOn === null ? null : `Left on ${goneOn}.`,
    askedText(person),
    erasedAt === null ? null : `Erased on ${civilDateIn(erasedAt, timeZone)}.`,
    `Answers for ${counted(held.answersFor.length, 'contract')}.`,
    `Recorded: ${counted(held.decisions.length, 'decision')}, ${counted(held.extensions.length, 'extension')}, ${counted(held.waivers.length, 'waiver')}, ${counted(held.acknowledged.length, 'acknowledgement')}, ${counted(held.subscriptions.length, 'subscription')}, ${counted(held.imports.length, 'import')}.`,
    `${counted(held.acts.length, 'entry', 'entries')} of the record of changes are theirs.`,
    held.namedInRecord.length === 0
      ? null
      : `The record of changes names them in what somebody typed, at ${counted(held.namedInRecord.length, 'place')}:`,
    ...placeLines(held.namedInRecord, timeZone),
  ]
  return lines.filter((line) => line !== null).join('\n')
}

/** Whether an account was asked if this name of a register is its own. */
function askedText({ askedUser, askedOn, claimedOn, deniedOn }: Dossier['person']): string | null {
  if (askedOn === null) return null
  const said = [
    ...(claimedOn === null ? [] : [`said yes on ${claimedOn}`]),
    ...(deniedOn === null
      ? []
      : [`${claimedOn === null ? 'said no' : 'taken back'} on ${deniedOn}`]),
  ]
  return `Asked on ${askedOn} whether ${visible(askedUser ?? 'an account')} is them: ${said.join(', ') || 'no answer yet'}.`
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

interface Said {
  readonly yes?: true
  readonly no?: true
  readonly unknown?: true
  readonly sharedWith?: string
  readonly shared?: true
  readonly notShared?: true
  readonly dpia?: string
  readonly reviewOn?: CivilDate
  readonly team?: string
  readonly out?: string
}

export function addPersonalData(cli: Cli): void {
  cli
    .command('personal-data')
    .description(
      'contracts that process personal data; or what is said of one, and its review date',
    )
    .argument('[reference]', 'the contract to say it of; without, all are listed')
    .option('--yes', 'it processes personal data')
    .option('--no', 'it processes none')
    .option('--unknown', 'nobody knows')
    .option('--shared', 'it is shared with third parties: sub-processors, trackers')
    .option('--not-shared', 'it is not shared')
    .option('--shared-with <names>', 'it is shared with these')
    .option('--dpia <reference>', 'its data-protection impact assessment')
    .option('--review-on <date>', 'the date of its review', dateOption)
    .option('--team <team>', 'of the list: only this team')
    .option('--out <file>', 'of the list: to a file, .csv or .xlsx')
    .answers(async (program, reference: string | undefined, options: Said) => {
      if (reference === undefined) return listed(program, options)
      const record = async (actor: Actor, contractId: number) => {
        const { act } = await import('../actions/act.ts')
        const { editContract } = await import('../register/edit/edit.ts')
        const said = { changes: changesOf(options), terminatesOn: null, why: null, holds: null }
        await act(program.pool, actor, contractId, (client, acted) =>
          editContract(client, { ...actor, ...acted, contractId }, said),
        )
      }
      return onContract(program, reference, record, recordedWords(options))
    })
}

/** `Recorded: processes personal data, is shared with Hotjar. ` */
function recordedWords(options: Said): string {
  const { yes, no, unknown, shared, notShared, sharedWith, dpia, reviewOn } = options
  const said = [
    yes === true ? 'processes personal data' : null,
    no === true ? 'processes no personal data' : null,
    unknown === true ? 'nobody knows whether it processes personal data' : null,
    sharedWith !== undefined
      ? `shared with ${visible(sharedWith)}`
      : shared === true
        ? 'shared with third parties'
        : null,
    notShared === true ? 'not shared' : null,
    dpia === undefined ? null : `DPIA ${visible(dpia)}`,
    reviewOn === undefined ? null : `review on ${dayText(reviewOn)}`,
  ].filter((each) => each !== null)
  return `Recorded: ${said.join(', ')}. `
}

/** At least one thing is said, and none of them twice, so that nothing is taken for granted. */
function changesOf(options: Said): Partial<ContractEntry> {
  const { yes, no, unknown, shared, notShared, sharedWith, dpia, reviewOn } = options
  const answers = [yes, no, unknown].filter((each) => each === true).length
  const shares = [shared === true || sharedWith !== undefined, notShared === true]
  const others = [...shares, dpia !== undefined, reviewOn !== undefined].some((each) => each)
  if (answers > 1 || (answers === 0 && !others) || shares.every((each) => each)) {
    throw new UserError(
      'Write either --yes, --no or --unknown, or what else is known: --shared-with, --not-shared, --dpia, --review-on.',
    )
  }
  return {
    ...(answers === 0 ? {} : { personalData: unknown === true ? null : yes === true }),
    ...(shares[0] === true ? { sharesData: true } : {}),
    ...defined({ sharedWith, dpia, reviewOn }),
    ...(notShared === true ? { sharesData: false, sharedWith: null } : {}),
  }
}

async function listed(program: Program, options: Said): Promise<Answer> {
  const { readPersonalData } = await import('../reports/list.ts')
  const { pool, organisation } = program
  const asOf = program.today()
  const teamId = await teamIdOf(program, options.team)
  const list = await readPersonalData(pool, { organisationId: organisation.id, teamId, asOf })
  const facts = { asOf, ...list }
  if (options.out !== undefined) {
    const { personalDataSheet } = await import('../register/export/tables.ts')
    const count = list.items.length
    return saved(program, options.out, personalDataSheet(facts), {
      ...{ count, said: counted(count, 'contract') },
    })
  }
  return {
    json: { asOf, total: list.items.length, ...list },
    text: () => {
      const words = personalDataWords(facts).join(' ')
      if (list.items.length === 0) return words
      const rows = personalDataRows(facts).map((cells) => [...cells.slice(0, 1), ...cells.slice(3)])
      const headings = PERSONAL_DATA_HEADINGS.filter((_, at) => at === 0 || at > 2)
      return `${words}\n\n${firstRows(headings, rows)}`
    },
  }
}

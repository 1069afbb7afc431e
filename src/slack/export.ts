/** Tables as files, to the asker alone: they have prices in them, and no channel is asked about. */
import { createHash } from 'node:crypto'
import { BOARD_PACK } from '../delivery/outbox.ts'
import { needSheetRows, type Sheet } from '../register/export/sheet.ts'
import {
  boardTable,
  type ExportTable,
  type ExportWhat,
  exportFile,
  exportTable,
} from '../register/export/tables.ts'
import { UserError } from '../rules/user-error.ts'
import { boardPackMessage } from '../text/board.ts'
import type { Message, MessageFile } from '../text/facts.ts'
import { quotedAll } from '../text/help.ts'
import { exportAnswer, saidAnswer } from '../text/replies.ts'
import { figure } from '../text/words.ts'
import { NotWanted, sendLater } from './deferred-answers.ts'
import { listedIds } from './facts/list.ts'
import { readCommand, writeCommand } from './parse/command.ts'
import type { Filters } from './parse/command-types.ts'
import { type AskedExport, asksForSome, exportAskedIn } from './parse/filters.ts'
import { need, type Right } from './permissions.ts'
import { type AskerContext, clockOf, type RequestContext } from './request.ts'

/** The file is made in memory before it is sent. */
const MOST_CHANGES = 200_000

/**
 * Queues the file for a direct message; returns what is said where it was asked for.
 * @throws UserError where the asker may not: the audit is for administrators and those who are named for it.
 */
export async function exportAsked(request: RequestContext, filters: Filters): Promise<Message> {
  const asked = exportAskedIn(filters)
  const isAudit = asked.what === 'audit' && request.asker.board === 'audit'
  await need(request, isAudit ? 'read' : RIGHTS[asked.what], null)
  const { count, said, scope } = await tableOf(request, asked)
  if (count === 0) return saidAnswer(`${NOTHING[asked.what]} Asked for: ${scope}.`)
  const about = asked.what === 'board' ? BOARD_PACK : 'asked'
  await sendLater(request, 'export', writeCommand({ verb: 'export', filters }), about)
  return saidAnswer(`${said} (${scope}): the file follows in your direct messages with Lapsewatch.`)
}

/** The file that this command asked for, with what it holds now. Rights were checked then. */
export async function exportMade(viewpoint: AskerContext, text: string): Promise<Message> {
  const { deps } = viewpoint
  const command = readCommand(text, clockOf(deps))
  if (command.verb !== 'export')
    throw new UserError(
      `"${text.slice(0, 60)}" can no longer be read as an export: ask for it again.`,
    )
  const asked = exportAskedIn(command.filters)
  const make = async () => {
    const table = await tableOf(viewpoint, asked)
    if (asked.what === 'board') {
      return boardPackMessage(table.said, table.lines, await fileOf(viewpoint, asked, table))
    }
    if (table.count === 0) return saidAnswer(`${NOTHING[asked.what]} Asked for: ${table.scope}.`)
    return exportAnswer(`${table.said} (${table.scope})`, await fileOf(viewpoint, asked, table))
  }
  return deps.large === undefined ? make() : deps.large.inTurn(make)
}

/** @throws UserError for what is too large for a message, and how it is had all the same. */
async function tableOf(viewpoint: AskerContext, { what, format, filters }: AskedExport) {
  const { pool, organisation, rulesOf, today } = viewpoint.deps
  if (what === 'board') {
    if (asksForSome(filters)) {
      throw new UserError('The board goes out whole: ask for it as export board.')
    }
    const { id: organisationId, calendar } = organisation
    const asked = { organisationId, calendar, rulesOf, today: today() }
    return { ...(await boardTable(pool, asked)), scope: 'all of it' }
  }
  if (what === 'audit' && asksForSome(filters)) {
    throw new UserError(
      'The audit goes out whole: ask for it as export audit, or export audit xlsx.',
    )
  }
  const { ids, unread, scope } =
    what === 'audit'
      ? { ids: [], unread: [], scope: '' }
      : await listedIds(viewpoint.context(''), filters)
  if (unread.length > 0) {
    throw new UserError(
      `Not understood: ${quotedAll(unread).slice(0, 200)}. Nothing was exported: say it in other words, or leave it out.`,
    )
  }
  const deps = { pool, organisationId: organisation.id, rulesOf }
  const table = await exportTable(deps, what, ids)
  if (what === 'audit' && table.count > MOST_CHANGES) {
    throw new UserError(
      `The audit has ${figure(table.count)} changes, too many for a file in Slack. On the command line it has no limit: lapsewatch export FILE --what audit`,
    )
  }
  if (format === 'xlsx') needSheetRows(table.count)
  return { ...table, lines: [], scope: scope === '' ? 'of the whole register' : scope }
}

async function fileOf(
  { deps: { today, dateFormat } }: AskerContext,
  { what, format }: AskedExport,
  { sheet }: ExportTable,
): Promise<MessageFile> {
  const digest = createHash('sha256')
  const pieces: Buffer[] = []
  for await (const piece of exportFile(digested(sheet, digest), format, dateFormat)) {
    pieces.push(Buffer.from(piece))
  }
  return {
    name: `${NAMES[what].toLowerCase()}-${today()}.${format}`,
    title: `${NAMES[what]} as of ${today()} (${format.toUpperCase()})`,
    content: Buffer.concat(pieces),
    holds: digest.digest('base64url'),
  }
}

/** The workbook of the monthly day: for whom the settings name still. */
export async function boardPackMade(viewpoint: AskerContext): Promise<Message> {
  const { directory } = viewpoint.deps
  const { slackUser } = viewpoint.asker
  const isNamed = directory.board.some(({ id }) => id === slackUser)
  if (!isNamed && !directory.administrators.includes(slackUser)) {
    throw new NotWanted('the settings name its reader for the board no more')
  }
  return exportMade(viewpoint, 'export board')
}

/** The sheet as it is; what goes through it is digested, because workbooks differ by the second. */
function digested(sheet: Sheet, digest: ReturnType<typeof createHash>): Sheet {
  const { beside } = sheet
  return {
    ...sheet,
    ...(beside === undefined ? {} : { beside: digested(beside, digest) }),
    rows: (async function* () {
      for await (const row of sheet.rows) {
        digest.update(JSON.stringify(row))
        yield row
      }
    })(),
  }
}

const RIGHTS: Record<ExportWhat, Right> = {
  register: 'read',
  extensions: 'read',
  audit: 'administer',
  board: 'board',
}

const NAMES: Record<ExportWhat, string> = {
  board: 'Board',
  register: 'Contracts',
  extensions: 'Extensions',
  audit: 'Audit',
}

const NOTHING: Record<ExportWhat, string> = {
  board: 'There is no board.',
  register: 'No contract fits, so that there is nothing to export.',
  extensions: 'No contract that fits was extended, so that there is nothing to export.',
  audit: 'Nothing was changed yet, so that there is nothing to export.',
}

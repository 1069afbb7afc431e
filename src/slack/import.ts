/**
 * A register handed over in Slack: file, headings, a try, and only then the import. Each step is
 * answered at once with a view that says what is under way, because the work takes longer than Slack
 * waits, and is shown in that view when it is done.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import type { PoolClient } from 'pg'
import { answerEndedSheet } from '../actions/acknowledge.ts'
import { readTeams, type Team } from '../database/organisation.ts'
import { downloadFile } from '../delivery/download.ts'
import { queuePersonal } from '../delivery/outbox.ts'
import type { Answer, Call } from '../delivery/slack-api.ts'
import { UnsettledDates } from '../register/column-mapping.ts'
import { FIELDS } from '../register/column-names.ts'
import { type OpenOptions, RegisterError, type TableHeadings } from '../register/draft.ts'
import { answerQuestion } from '../register/import/answer-question.ts'
import { type ImportResult, importFile } from '../register/import/import.ts'
import { type Question, readQuestions } from '../register/import/questions.ts'
import { undoImport } from '../register/import/undo.ts'
import { LIMITS } from '../register/limits.ts'
import { openRegister } from '../register/open.ts'
import { readEnded } from '../reports/ended.ts'
import { UserError } from '../rules/user-error.ts'
import type { Message } from '../text/facts.ts'
import { answeredWords, importAnswer, questionsAnswer, undoneWords } from '../text/import-result.ts'
import { saidAnswer, tooLateAnswer } from '../text/replies.ts'
import { counted, reachWords } from '../text/words.ts'
import { answerModal, type ImportPlan } from './forms/fields.ts'
import { dryRunModal, headingsModal, type ImportStep, waitingModal } from './forms/import.ts'
import { renewHome } from './home.ts'
import { need, needAnswer } from './permissions.ts'
import {
  codeOf,
  failure,
  firstTime,
  noteFailure,
  type RequestContext,
  requestContext,
  type SlackDependencies,
  senderOf,
  tellDirectly,
} from './request.ts'

type Sent = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs

export async function handleImport(
  deps: SlackDependencies,
  args: Sent,
  step: ImportStep,
): Promise<void> {
  const { ack, body, view, client } = args
  // The view stays the same from step to step: what tells them apart is its hash.
  const once = `form:${view.id}:${view.hash}`
  let request: RequestContext
  try {
    if (!(await firstTime(deps.pool, deps.organisation.id, once))) return void (await ack())
    request = await requestContext(deps, client, senderOf(body))
    await need(request, 'administer', null)
  } catch (error) {
    return void (await ack({ response_action: 'update', view: refused(deps, error) }))
  }
  await ack({ response_action: 'update', view: waitingModal(UNDER_WAY[step.form]) })
  const shown = await takeStep(request, step).catch((error: unknown) => refused(deps, error))
  try {
    // No hash: nothing but this step changes a view that only waits.
    await client.views.update({ view_id: view.id, view: shown })
  } catch (error) {
    // Whoever closed the view does not want to see it; what was applied is told directly.
    if (codeOf(error) !== 'not_found') noteFailure(deps, 'import', error)
    if (codeOf(error) !== 'not_found' && step.form !== 'apply') {
      const again = tooLateAnswer('Import register', { act: 'open', what: 'import' })
      await tellDirectly(deps, body.user.id, again)
    }
  }
  if (step.form === 'apply') await renewHome(request)
}

const UNDER_WAY: Readonly<Record<ImportStep['form'], string>> = {
  import: 'Reading the file…',
  headings: 'Trying what the register would change…',
  apply: 'Importing. You can close this: the result is sent to you.',
}

function refused(deps: SlackDependencies, error: unknown): ModalView {
  const told = error instanceof RegisterError ? new UserError(error.message, error.problems) : error
  return answerModal('Import register', failure(deps, 'that import', told))
}

async function takeStep(request: RequestContext, step: ImportStep): Promise<ModalView> {
  switch (step.form) {
    case 'import': {
      const begun = { dates: null, at: null, fields: [], page: 0, left: 0 }
      const plan: ImportPlan = { ...step.input, ...begun }
      return withFile(request, plan, (path) => look(request, path, plan))
    }
    case 'headings': {
      const { plan, input } = step
      const dates = input.dates === null ? plan.dates : input.dates === 'day-first' ? 'dmy' : 'mdy'
      const fields = [...new Map([...plan.fields, ...input.columns])]
      const chosen: ImportPlan = { ...plan, dates, fields }
      if (plan.left > 0) {
        const next = { ...chosen, page: plan.page + 1 }
        return withFile(request, next, (path) => look(request, path, next))
      }
      return withFile(request, chosen, (path) => tryOut(request, path, chosen))
    }
    case 'apply':
      return withFile(request, step.plan, (path) => apply(request, path, step.plan))
  }
}

/** The headings, to be looked through; a register without headings is tried out at once. */
async function look(request: RequestContext, path: string, plan: ImportPlan): Promise<ModalView> {
  // As it was recognised, whatever was said of other columns.
  const how = howToRead(request, { ...plan, fields: [] })
  const register = await openRegister(path, { ...how, lenient: true })
  const { headings, total } = register
  if (headings === undefined) return tryOut(request, path, plan)
  return headingsView(path, { ...plan, at: headings.at }, headings, total)
}

function headingsView(
  path: string,
  plan: ImportPlan,
  headings: TableHeadings,
  rows: number | null,
): ModalView {
  const { columns, ambiguousDates } = headings
  return headingsModal({
    plan,
    file: nameOf(path),
    rows,
    columns,
    ambiguousDates,
  })
}

async function tryOut(request: RequestContext, path: string, plan: ImportPlan): Promise<ModalView> {
  try {
    const { result } = await run(request, path, plan, true)
    return dryRunModal(plan, factsOf(path, result))
  } catch (error) {
    if (!(error instanceof UnsettledDates)) throw error
    // A column that was made one of dates: its order has to be said as well.
    const how = { ...howToRead(request, plan), lenient: true }
    const { headings, total } = await openRegister(path, how)
    if (headings === undefined) throw error
    return headingsView(path, { ...plan, page: 0 }, headings, total)
  }
}

async function apply(request: RequestContext, path: string, plan: ImportPlan): Promise<ModalView> {
  const { result, ended } = await run(request, path, plan, false)
  return answerModal('Import register', importAnswer({ ...factsOf(path, result), said: ended }))
}

async function run(
  request: RequestContext,
  path: string,
  plan: ImportPlan,
  dryRun: boolean,
): Promise<{ readonly result: ImportResult; readonly ended: readonly string[] }> {
  const { deps, actor } = request
  const { pool, organisation, rulesOf, triageDays } = deps
  const { register, result, answered, refused } = await importFile(
    pool,
    path,
    howToRead(request, plan),
    {
      organisationId: organisation.id,
      source: plan.source,
      team: null,
      fallbackTeam: await teamOf(request, plan.teamId),
      today: deps.today(),
      now: deps.now(),
      via: 'slack import',
      byPersonId: actor.personId,
      rulesOf,
      triageDays,
      dryRun,
      tell: (client, importId, result) => tellImporter(request, client, { path, importId, result }),
    },
  )
  const said = result.applied ? (register.ended ?? []) : []
  const words = answered > 0 ? [`${counted(answered, 'question')} answered by its sheet.`] : []
  if (said.length === 0) return { result, ended: [...words, ...refused] }
  const teams = await readTeams(pool, organisation.id)
  const open = await readEnded(pool, organisation.id, teams, rulesOf)
  const told = await answerEndedSheet(pool, actor, open, said)
  const counts = `${counted(told.supplied, 'contract')} still supplied, ${counted(told.closed, 'contract')} closed, as its sheet says.`
  return { result, ended: [...words, counts, ...refused, ...told.refused] }
}

/** Whoever closes the view before the end hears it all the same, with what was wrong as a file. */
async function tellImporter(
  { deps, asker }: RequestContext,
  client: PoolClient,
  { path, importId, result }: { path: string; importId: number; result: ImportResult },
): Promise<void> {
  const { source, read, created, updated, unchanged, rejected, skipped } = result
  const { unwatched, undated, over } = result
  const watch = { unwatched, undated, over, questions: allAsked(result) }
  const counts = { read, created, updated, unchanged, rejected, skipped, ...watch }
  await queuePersonal(client, {
    organisationId: deps.organisation.id,
    slackUser: asker.slackUser,
    today: deps.today(),
    purpose: 'import',
    // The problems are read when it is sent: they are kept with the import.
    facts: { importId, file: nameOf(path), source, ...counts },
  })
}

async function teamOf({ deps }: RequestContext, teamId: number | null): Promise<Team | null> {
  if (teamId === null) return null
  const teams = await readTeams(deps.pool, deps.organisation.id)
  const team = teams.find(({ id }) => id === teamId)
  if (team) return team
  throw new UserError('That team is gone: begin again, and choose another.')
}

function howToRead({ deps }: RequestContext, { dates, at, fields }: ImportPlan): OpenOptions {
  const known = fields.map(
    ([index, name]) => [index, FIELDS.find((each) => each === name) ?? null] as const,
  )
  return {
    map: new Map(),
    dates,
    timeZone: null,
    today: deps.today(),
    ...(at === null || fields.length === 0 ? {} : { chosen: { at, fields: new Map(known) } }),
  }
}

/** Does the work on the file in a folder of its own, which is gone afterwards. */
async function withFile(
  { client }: RequestContext,
  { fileId }: ImportPlan,
  work: (path: string) => Promise<ModalView>,
): Promise<ModalView> {
  const folder = await mkdtemp(join(tmpdir(), 'lapsewatch-import-'))
  try {
    const { token = '', slackApiUrl: apiUrl } = client
    const options = { token, apiUrl, most: LIMITS.uploadBytes }
    const { path } = await downloadFile(callerOf(client), fileId, folder, options)
    return await work(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A handler's client, as the parts of the gateway call it. */
function callerOf(client: WebClient): Call {
  return async (method, args) => (await client.apiCall(method, args)) as Answer
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function factsOf(path: string, result: ImportResult) {
  return { ...result, questions: allAsked(result), file: nameOf(path) }
}

/** What rows leave open and what is asked of the organisation stand in one list. */
function allAsked({ questions, lawQuestions }: ImportResult) {
  return { asked: questions.asked + lawQuestions }
}

/** Takes an import back, as long as it is the newest of its register and nobody acted since. */
export async function undo(request: RequestContext, importId: number): Promise<Message> {
  await need(request, 'administer', null)
  const { deps, actor } = request
  const asked = { source: null, importId, today: deps.today(), dryRun: false }
  const undone = await undoImport(deps.pool, { ...actor, ...asked })
  return saidAnswer(undoneWords(undone))
}

// What registers leave open, answered by a press.

/** The open questions that were asked, the others only where none of those is left. */
export async function askedQuestions({
  deps,
}: Pick<RequestContext, 'deps'>): Promise<readonly Question[]> {
  const questions = await readQuestions(deps.pool, deps.organisation.id, {
    isOpen: true,
    withLaw: true,
  })
  const asked = questions.filter(({ askedOn }) => askedOn !== null)
  return asked.length > 0 ? asked : questions
}

/** Answers for all contracts of the question; what is left is shown in its place. */
export async function answerAsked(
  request: RequestContext,
  questionId: number,
  choice: string,
): Promise<Message> {
  await needAnswer(request, questionId)
  const { deps, actor, asker } = request
  const { pool } = deps
  const answering = { ...actor, today: deps.today() }
  const answered = await answerQuestion(pool, answering, questionId, choice)
  const { answer, reach } = answered
  const did = reach === null ? answeredWords(answered) : reachWords(reach.rekeyed, reach.moved)
  const done = `Recorded: ${answer}. ${did}`
  return asker.isAdministrator
    ? questionsAnswer(await askedQuestions(request), done)
    : saidAnswer(done)
}

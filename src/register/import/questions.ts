/**
 * The questions of a source as they are kept: which of them matter, by kind, column and wording, asked within
 * limits, and read.
 */

import type { Pool, PoolClient } from 'pg'
import { byColumn } from '../../database/bulk.ts'
import { IS_WATCHED, LIVE, readContracts } from '../../database/contracts.ts'
import { jsonOf, tables } from '../../database/prisma.ts'
import { presumeRenewals, recalculate, withdrawUnfounded } from '../../database/recalculate.ts'
import { queueUpdates } from '../../delivery/enqueue-updates.ts'
import { addDays, type CivilDate, daysBetween, parseCivilDate } from '../../rules/civil-date.ts'
import { type Contract, NO_NOTICE_GIVEN } from '../../rules/contract.ts'
import { deadlinesOf } from '../../rules/deadlines.ts'
import {
  AUTHORITY_WORDS,
  type LawFacts,
  NATION_WORDS,
  NATIONS,
  nationOf,
  OFFERED_AUTHORITIES,
  PA23_FROM,
  regimeOf,
  subjectOf,
} from '../../rules/regime.ts'
import type { Rules } from '../../rules/settings.ts'
import { isUkCalendar } from '../../rules/working-days.ts'
import { type Answers, type AskedDraft, answerTo, keyOf, OF_ONE, type OpenRow } from '../answers.ts'
import { ASKED, askOlderLaw, askRegime } from '../asks.ts'
import { type Ask, type AskedAbout, asHeld, type Draft, type Problem } from '../draft.ts'
import { daysIn } from '../parse-amount.ts'
import type { ImportContext } from './context.ts'
import { contractIn, standing } from './create.ts'
import { registerEnds } from './ends-in-register.ts'
import { WAITING } from './louder.ts'
import { asAsked, draftHash, readDrafts, type StagedContract } from './staging.ts'
import { keepContracts, keepQuestionsBefore } from './undo.ts'
import { prepareChanged } from './update.ts'

// What was answered before: the same column and wording are read so, and not asked again.

export async function readAnswers(
  client: PoolClient,
  organisationId: number,
  source: string,
): Promise<Answers> {
  const found = await tables(client).question.findMany({
    where: {
      source: { organisationId, name: source },
      OR: [{ answer: { not: null } }, { key: { contains: OF_ONE } }],
    },
    select: { key: true, answer: true },
  })
  return new Map(found.map(({ key, answer }) => [key, answer]))
}

// Which questions matter: an answer would change a warning of the next twelve months, whether the
// contract is watched, or whether it renews.

/** So far ahead warnings may count back from a deadline, the first of them. */
const FIRST_WARNING_DAYS = 180

export function matters(draft: Draft, ask: Ask, today: CivilDate, rules: Rules): boolean {
  const held = outlook(draft, today, rules)
  return ask.choices.some(({ says }) => outlook({ ...draft, ...says }, today, rules) !== held)
}

/** What is warned of within a year under this reading, as text to compare. */
function outlook(draft: Draft, today: CivilDate, rules: Rules): string {
  if (draft.closed) return 'closed'
  const said: Contract = contractIn(draft, registerEnds(draft, null, today).add)
  // With the terms that must have begun meanwhile.
  const contract = standing(said, today, rules).stands
  const until = addDays(today, 365 + FIRST_WARNING_DAYS)
  const soon = deadlinesOf(contract, rules, today)
    .filter(({ on, latest }) => latest >= addDays(today, -FIRST_WARNING_DAYS) && on <= until)
    .map(({ kind, on }) => `${kind} ${on}`)
  const renews = soon.length > 0 && draft.automaticRenewal === true
  return [draft.end.kind === 'undated' ? 'undated' : '', renews ? 'renews' : '', ...soon].join()
}

/** What is asked, and what each answer would say. */
export interface OpenAsk {
  readonly about: string
  readonly choices: readonly { readonly says: Partial<Draft> }[]
}

/**
 * The draft with what holds while these are open, or not known: of several lengths of a notice the longest
 * that can still be given, where the day of a longer one has passed.
 */
export function whileAsked(
  { whileAsked: _, ...draft }: Draft,
  open: readonly OpenAsk[],
  today: CivilDate,
  rules: Rules,
): Draft {
  const isKnown = draft.noticePeriod !== null || draft.noticeText === NO_NOTICE_GIVEN
  if (!isKnown || draft.end.kind !== 'dated') return draft
  const isRenewed = (each: Draft) => {
    const said = contractIn(each, registerEnds(each, null, today).add)
    return standing(said, today, rules).presumed.length > 0
  }
  const { earliest } = draft.end
  const lengths = open.flatMap(({ about, choices }) =>
    about !== 'notice'
      ? []
      : choices.flatMap(({ says: { noticePeriod, noticeText } }) => {
          const says = { noticePeriod, ...(noticeText === undefined ? {} : { noticeText }) }
          if (noticePeriod) return [{ ...says, days: daysIn(noticePeriod) }]
          // `by 2027-01-31`: a day that the words may mean.
          const day = parseCivilDate(/^by (\S+)$/.exec(noticeText ?? '')?.[1] ?? '')
          return day === null ? [] : [{ ...says, days: daysBetween(day, earliest) }]
        }),
  )
  if (lengths.length === 0 || !isRenewed(draft)) return draft
  const [longest] = lengths
    .sort((one, other) => other.days - one.days)
    .flatMap(({ days: _, noticePeriod = null, noticeText }) => {
      // What is not given stays so: it only counts meanwhile.
      const isSaid = noticeText !== undefined && draft.noticeText !== NO_NOTICE_GIVEN
      const each = { noticePeriod, ...(isSaid ? { noticeText } : {}) }
      return isRenewed({ ...draft, ...each }) ? [] : [each]
    })
  return longest === undefined ? draft : { ...draft, whileAsked: longest }
}

/** Contracts with a renewal that is presumed, of which this import asks something. */
export async function readHeld(client: PoolClient, importId: number): Promise<number[]> {
  const found = await tables(client).contract.findMany({
    where: {
      questions: { some: { question: { importId } } },
      extensions: { some: { kind: 'renewal', status: 'presumed' } },
    },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  return found.map(({ id }) => id)
}

/**
 * What questions that were asked or answered make of the renewals that are presumed of these contracts;
 * returns those of which one is taken back, and those of which one is presumed now.
 */
export async function settleRenewals(
  client: PoolClient,
  context: Pick<ImportContext, 'organisationId' | 'teams' | 'rulesOf' | 'today' | 'audit'>,
  contractIds: readonly number[],
): Promise<{ readonly withdrawn: readonly number[]; readonly renewed: readonly number[] }> {
  const { organisationId, teams, rulesOf, today, audit } = context
  const withdrawn = await withdrawUnfounded(client, context, contractIds)
  await audit.add([...withdrawn])
  const ids = [...new Set(withdrawn.flatMap(({ contractId }) => contractId ?? []))]
  const { retired } = await recalculate(client, context, ids)
  const open = (await readContracts(client, contractIds)).filter(
    ({ contract }) => !contract.historic,
  )
  const presumed = await presumeRenewals(
    client,
    { organisationId, teams, rulesOf, dayOf: () => today },
    open,
  )
  await audit.add([...presumed.changes])
  const renewed = [...presumed.byDay.values()].flat()
  await queueUpdates(client, organisationId, [...new Set([...ids, ...retired, ...renewed])], today)
  return { withdrawn: ids, renewed }
}

// Questions of one import, kept and asked.

interface Group {
  readonly key: string
  readonly ask: Ask
  readonly field: string | null
  readonly rows: {
    /** Of the row whose draft is kept with the question. */
    readonly ordinal: number
    readonly draft: AskedDraft
    readonly value: string | null
    readonly ask: Ask
    readonly contractId: number
  }[]
}

interface AskingContext extends ImportContext {
  readonly sourceName: string
  readonly personId: number | null
  /** The file holds only a part of its register. */
  readonly isPart: boolean
  /** It is an export of ours: what its rows do not ask stays open. */
  readonly isOwn: boolean
  /** Of the team that everything goes to, or of the default one. */
  readonly rules: Rules
}

/** How many are asked, of all that matter. */
export interface QuestionCounts {
  readonly asked: number
  readonly open: number
}

/**
 * Keeps what the rows leave open and matters: asked within limits, the nearest dates and the highest
 * values first. What an answer would not change is a note. Returns the problems with their questions.
 */
export async function keepQuestions(
  client: PoolClient,
  context: AskingContext,
  open: readonly OpenRow[],
  problems: readonly Problem[],
): Promise<{ readonly problems: Problem[]; readonly counts: QuestionCounts }> {
  const { sourceId, importId, today } = context
  const contracts = await contractsAt(client, open)
  const groups = new Map<string, Group>()
  const asking = new Set<string>()
  const taken = new Set<string>()
  for (const row of open) {
    const known = contracts.get(row.draft.at)
    const { ask, field } = row.problem
    // Whether it renews may be known from before: a blank takes nothing away.
    const isBlank = ask.about === 'renewal' && row.draft.automaticRenewal === null
    if (known === undefined || (isBlank && known.renews !== null)) continue
    if (known.hasNotice && ask.wording === NO_NOTICE_GIVEN) continue
    // So may its end: nobody is asked when it ends where somebody said so.
    if (known.hasEnd && row.draft.end.kind === 'undated' && ENDS.has(ask.about)) continue
    // The latest possible is none beside it.
    if (row.draft.endIsMaximum === true && known.endSource !== row.draft.endSource) continue
    const contractId = known.id
    const key = keyOf(ask, field)
    asking.add(`${row.draft.at} ${key}`)
    const group = groups.get(key) ?? { key, ask, field, rows: [] }
    groups.set(key, group)
    // A register may leave the same thing open in every one of its rows.
    if (taken.has(`${contractId} ${key}`)) continue
    taken.add(`${contractId} ${key}`)
    const { ordinal, draft } = row
    group.rows.push({ ordinal, draft, value: row.problem.value, ask, contractId })
  }
  await keepQuestionsBefore(client, importId, sourceId, [...groups.keys()])
  const ids = new Map<string, number>()
  const asked = inOrder([...groups.values()], today)
  // Numbered in the order in which they are asked, those that wait behind them.
  for (const group of new Set([...asked, ...groups.values()])) {
    ids.set(group.key, await writeGroup(client, context, group, asked.has(group) ? today : null))
  }
  // What the file no longer leaves open is no question any more. An export of ours asks nothing.
  if (context.isPart && !context.isOwn) await leaveSettled(client, context, 'row', groups)
  else if (!context.isOwn) {
    await tables(client).question.deleteMany({
      where: { sourceId, answer: null, about: { notIn: OF_LAW }, importId: { not: importId } },
    })
  }
  return {
    problems: problems.map((problem) => withQuestion(problem, ids, asking)),
    counts: { asked: asked.size, open: groups.size },
  }
}

const ENDS: ReadonlySet<AskedAbout> = new Set(['end', 'term'])

/** Returns the number of the question, an old one where the source has asked it before. */
async function writeGroup(
  client: PoolClient,
  { organisationId, sourceId, importId, personId, isPart }: AskingContext,
  group: Group,
  askedOn: CivilDate | null,
): Promise<number> {
  const contractIds = group.rows.map(({ contractId }) => contractId)
  // One that is asked again takes no new number: people find gaps in a list. Of what a part of a register
  // does not hold everything stays as it was asked.
  const again = await client.query<{ id: number }>(
    `UPDATE question q SET import_id = $3, contracts = $7, asked_on = coalesce(asked_on, $8),
       text = CASE WHEN others THEN q.text ELSE $4 END, holds = CASE WHEN others THEN q.holds ELSE $6 END,
       choices = CASE WHEN others THEN q.choices ELSE $5 END, answer = NULL, answered_on = NULL
     FROM (SELECT $9::int[] IS NOT NULL AND EXISTS (
             SELECT FROM question_contract r JOIN question o ON o.id = r.question_id
             WHERE o.source_id = $1 AND o.key = $2 AND r.contract_id <> ALL ($9)) AS others) AS known
     WHERE source_id = $1 AND key = $2 RETURNING q.id`,
    [
      sourceId,
      group.key,
      importId,
      textOf(group),
      JSON.stringify(group.ask.choices.map(({ id, text }) => ({ id, text }))),
      holdsOf(group),
      group.rows.length,
      askedOn,
      isPart ? contractIds : null,
    ],
  )
  const made =
    again.rows[0] ??
    (await tables(client).question.create({
      data: {
        ...{ organisationId, sourceId, importId, askedOn },
        key: group.key,
        about: group.ask.about,
        field: group.field,
        text: textOf(group),
        choices: jsonOf(group.ask.choices.map(({ id, text }) => ({ id, text }))),
        holds: holdsOf(group),
        contracts: group.rows.length,
        askedOfId: personId,
      },
      select: { id: true },
    }))
  const { id } = made
  await tables(client).questionContract.deleteMany({
    where: { questionId: id, ...(isPart ? { contractId: { in: contractIds } } : {}) },
  })
  await writeRows(client, id, group)
  if (isPart) await countAgain(client, [id])
  return id
}

/** How many contracts these questions are about, as their rows say; one of none is no question. */
async function countAgain(client: PoolClient, ids: readonly number[]): Promise<void> {
  await client.query(
    `UPDATE question q SET contracts = n, text = regexp_replace(text, '\\(\\d+ contracts:', '(' || n || ' contracts:')
     FROM (SELECT id, (SELECT count(*)::int FROM question_contract r WHERE r.question_id = each.id) AS n
           FROM question each WHERE id = ANY ($1)) AS counted
     WHERE q.id = counted.id`,
    [ids],
  )
  await tables(client).question.deleteMany({
    where: { id: { in: [...ids] }, answer: null, contracts: 0 },
  })
}

/** Contracts that a part of a register holds and says enough of: they leave the questions that it does not ask of them. */
async function leaveSettled(
  client: PoolClient,
  { sourceId }: AskingContext,
  of: 'row' | 'law',
  groups: ReadonlyMap<string, Group>,
): Promise<void> {
  const asked = [...groups.values()].flatMap(({ key, rows }) =>
    rows.map(({ contractId }) => ({ key, contractId })),
  )
  const { rows: left } = await client.query<{ id: number }>(
    `DELETE FROM question_contract r USING question q
     WHERE q.id = r.question_id AND q.source_id = $1 AND q.answer IS NULL AND q.about <> ALL ($2)
       AND (q.about = 'regime') = $3
       AND r.contract_id IN (SELECT contract_id FROM staged WHERE contract_id IS NOT NULL)
       AND NOT EXISTS (SELECT FROM unnest($4::text[], $5::int[]) AS asked (key, contract_id)
         WHERE asked.key = q.key AND asked.contract_id = r.contract_id)
     RETURNING q.id`,
    [
      sourceId,
      ['setting', WAITING],
      of === 'law',
      asked.map(({ key }) => key),
      asked.map(({ contractId }) => contractId),
    ],
  )
  await countAgain(client, [...new Set(left.map(({ id }) => id))])
}

const ROWS_AT_ONCE = 2000

/** The contracts that a question is about, each with what its row says and what each answer makes of it. */
async function writeRows(client: PoolClient, id: number, { ask, rows }: Group): Promise<void> {
  // What an export of ours says of itself says nothing any more when somebody answers about the law.
  const draft = OF_LAW.includes(ask.about) ? "d.draft::jsonb - 'own'" : 'd.draft::jsonb'
  let asked: Ask | null = null
  let says = ''
  // Rows that are asked the same share what is asked.
  const saysOf = (of: Ask) => {
    if (of !== asked)
      says = JSON.stringify(Object.fromEntries(of.choices.map((each) => [each.id, each.says])))
    asked = of
    return says
  }
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const written = rows
      .slice(from, from + ROWS_AT_ONCE)
      .map((row) => ({ ...row, at: row.draft.at, says: saysOf(row.ask) }))
    // By a question of its own for each: joined, the planner reads every draft for each 2,000.
    await client.query(
      `INSERT INTO question_contract (question_id, contract_id, at, value, draft, says)
       SELECT $1, r.contract_id, r.at, r.value,
              (SELECT ${draft} FROM staged_draft d WHERE d.ordinal = r.ordinal), r.says
       FROM unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::jsonb[])
         AS r (ordinal, contract_id, at, value, says)`,
      [id, ...byColumn(written, 'ordinal', 'contractId', 'at', 'value', 'says')],
    )
  }
}

// What the law leaves open: of the organisation once, of the contracts of a file in one question.

/** Apart from what a register's rows leave open: no row is wrong, and no warning rests on it. */
const OF_LAW: AskedAbout[] = ['setting', 'regime']

/**
 * Asks whose contracts these are, where nobody has said it, and under which law those stand of which
 * nothing tells. Returns how many questions are asked, and how many contracts an answer that is
 * remembered has changed.
 */
export async function askLaw(
  client: PoolClient,
  context: AskingContext,
): Promise<{ readonly asked: number; readonly changed: number }> {
  const { sourceId, organisationId, importId, today, sourceName } = context
  const answers = await readAnswers(client, organisationId, sourceName)
  const groups = new Map<string, Group>()
  const remembered: StagedContract[] = []
  for await (const each of openLaws(client, context)) {
    const { ask: open, ordinal, draft, contractId, externalId } = each
    const { answer, ask } = answerTo(answers, open, null, draft)
    const says = ask.choices.find(({ id }) => id === answer)?.says
    if (says === undefined) {
      const key = keyOf(ask, null)
      const group = groups.get(key) ?? { key, ask, field: null, rows: [] }
      groups.set(key, group)
      group.rows.push({ ordinal, draft: asAsked(draft), value: draft.regime, ask, contractId })
    } else {
      const staged = { ordinal, externalId, contractId, hash: draftHash(draft) }
      remembered.push({ ...staged, draft: asHeld({ ...draft, ...says }) })
    }
  }
  let changed = 0
  if (remembered.length > 0) {
    await keepContracts(
      client,
      importId,
      remembered.map(({ contractId }) => contractId),
    )
    const again = await prepareChanged(client, context, remembered, [])
    await again.write()
    changed = again.count
  }
  await keepQuestionsBefore(client, importId, sourceId, [...groups.keys()])
  for (const group of groups.values()) await writeGroup(client, context, group, today)
  if (context.isPart && !context.isOwn) await leaveSettled(client, context, 'law', groups)
  else if (!context.isOwn) {
    await tables(client).question.deleteMany({
      where: { sourceId, importId: { not: importId }, answer: null, about: 'regime' },
    })
  }
  return { asked: groups.size + (await askSettings(client, context)), changed }
}

/**
 * Asks what nobody has said of the organisation: once, at the first import that leaves contracts to
 * watch. Returns how many questions are new.
 */
async function askSettings(
  client: PoolClient,
  { organisationId, sourceId, importId, today, personId, rules, teams, rulesOf }: AskingContext,
): Promise<number> {
  const contracts = await tables(client).contract.count({
    where: { organisationId, ...IS_WATCHED },
  })
  if (contracts === 0) return 0
  const ofTeams = teams.map((team) => ({ id: team.id, name: team.name, rules: rulesOf(team) }))
  const questions = settingQuestions(rules, ofTeams)
  // What was set meanwhile, or no longer contradicts anything, is no question any more.
  await tables(client).question.deleteMany({
    where: {
      organisationId,
      about: 'setting',
      answer: null,
      key: { notIn: questions.map(settingKey) },
    },
  })
  const known = await tables(client).question.findMany({
    where: { organisationId, about: 'setting' },
    select: { key: true },
  })
  const { count } = await tables(client).question.createMany({
    data: questions
      .filter((each) => !known.some(({ key }) => key === settingKey(each)))
      .map((each) => ({
        ...{ organisationId, sourceId, importId, contracts, askedOfId: personId, askedOn: today },
        ...{ key: settingKey(each), about: 'setting', text: each.text, holds: each.holds },
        choices: jsonOf(each.choices),
      })),
  })
  return count
}

/** What is asked about the organisation itself, as everything that the law decides rests on it. */
interface SettingQuestion {
  readonly setting: 'usualRoute' | 'authority' | 'nation'
  /** Null: the organisation's. */
  readonly teamId: number | null
  /** What contradicts it; blank where nobody has said it. Each is asked once. */
  readonly wording: string
  readonly text: string
  readonly choices: readonly { readonly id: string; readonly text: string }[]
  readonly holds: string
}

const USUAL_ROUTE: SettingQuestion = {
  setting: 'usualRoute',
  teamId: null,
  wording: '',
  text: 'How do you mostly replace contracts above the threshold?',
  choices: [
    { id: 'tender', text: 'By tender' },
    { id: 'framework', text: 'Framework call-off' },
    { id: 'varies', text: 'It varies' },
  ],
  holds: 'a start-by without a recorded route is a range, from a tender to a framework call-off',
}

const AUTHORITY: SettingQuestion = {
  setting: 'authority',
  teamId: null,
  wording: '',
  text: 'What are you? It decides which thresholds hold (SI 2024/692, Schedule 2).',
  choices: OFFERED_AUTHORITIES.map((id) => ({ id, text: AUTHORITY_WORDS[id] })),
  holds: 'the lower threshold counts, and what rests on it says so',
}

const NATION: SettingQuestion = {
  setting: 'nation',
  teamId: null,
  wording: '',
  text: 'In which nation do you buy? It decides which law holds.',
  choices: NATIONS.map((id) => ({ id, text: NATION_WORDS[id] })),
  holds: 'the law of England, where that of England and Wales differs',
}

/** Nobody has said these yet; nation and holidays that speak of two nations. */
function settingQuestions(
  rules: Rules,
  teams: readonly { readonly id: number; readonly name: string; readonly rules: Rules }[],
): SettingQuestion[] {
  const isUk = isUkCalendar(rules.calendar.name)
  const { nation, contradicts } = nationOf(rules.nation, rules.calendar)
  const contradictions = [
    ...(contradicts ? [{ id: null, whose: 'Your', rules }] : []),
    // What a team only inherits is asked of the organisation.
    ...teams
      .filter(
        (team) =>
          nationOf(team.rules.nation, team.rules.calendar).contradicts &&
          !(
            contradicts &&
            team.rules.nation === rules.nation &&
            team.rules.calendar.name === rules.calendar.name
          ),
      )
      .map(({ id, name, rules: own }) => ({ id, whose: `Team ${name}’s`, rules: own })),
  ]
  return [
    ...(rules.usualRoute === null ? [USUAL_ROUTE] : []),
    ...(rules.authority === null && isUk ? [AUTHORITY] : []),
    ...(nation === null && isUk ? [NATION] : []),
    ...contradictions.map(({ id, whose, rules: own }): SettingQuestion => {
      const said = own.nation ?? 'england'
      return {
        ...NATION,
        teamId: id,
        wording: `${said} ${own.calendar.name}`,
        text: `${whose} nation is ${NATION_WORDS[said]}, and the holidays are those of ${own.calendar.name.replaceAll('-', ' ')}. Which nation is it?`,
        holds: `the law of ${NATION_WORDS[said]}`,
      }
    }),
  ]
}

function settingKey({ setting, teamId, wording }: SettingQuestion): string {
  return `setting|${teamId ?? ''}|${setting}|${wording}`
}

/**
 * Contracts of the file whose law nobody can tell, or that cannot stand under the one recorded:
 * known only once all rows and their frameworks are there.
 */
async function* openLaws(
  client: PoolClient,
  { organisationId, today, teams, rulesOf, isOwn }: AskingContext,
): AsyncGenerator<OpenLaw> {
  const found = await client.query<LawRow>(
    `SELECT s.ordinal, c.id AS "contractId", c.external_id AS "externalId", c.team_id AS "teamId",
            coalesce(f.regime, c.regime) AS regime, c.start, c.category,
            c.form = 'call-off' AS "callOff", f.start AS "frameworkStart"
     FROM staged s JOIN contract c ON c.id = s.contract_id LEFT JOIN contract f ON f.id = c.parent_id
     WHERE c.organisation_id = $1 AND s.verdict = ANY ($3)
       AND ${LIVE} AND (c.current_latest IS NULL OR c.current_latest >= $2)
       AND (coalesce(f.regime, c.regime) IS NULL AND (c.start IS NULL OR c.form = 'call-off')
            OR coalesce(f.regime, c.regime) = 'PA23' AND c.start < '${PA23_FROM}')
     ORDER BY s.ordinal`,
    // Of a contract that an export of ours only brings back its register has been asked.
    [organisationId, today, isOwn ? ['new'] : ['new', 'changed', 'unchanged']],
  )
  const teamOf = new Map(teams.map((team) => [team.id, team]))
  const open = found.rows.flatMap((row) => {
    const team = teamOf.get(row.teamId)
    const rules = team && rulesOf(team)
    const nation = rules ? nationOf(rules.nation, rules.calendar).nation : null
    const law = regimeOf({ ...row, nation, subject: subjectOf(row.category).subject })
    if (law.contradiction !== undefined) return [{ row, ask: askOlderLaw() }]
    return law.regime === null ? [{ row, ask: askRegime() }] : []
  })
  for (let from = 0; from < open.length; from += ROWS_AT_ONCE) {
    const some = open.slice(from, from + ROWS_AT_ONCE)
    const drafts = await readDrafts(
      client,
      some.map(({ row }) => row.ordinal),
    )
    for (const { row, ask } of some) {
      // What an export of ours says of itself says nothing any more when somebody answers.
      const { own: _, ...draft } = drafts.get(row.ordinal) ?? { own: undefined }
      if ('at' in draft) yield { ...row, ask, draft }
    }
  }
}

interface OpenLaw extends Pick<LawRow, 'ordinal' | 'contractId' | 'externalId'> {
  readonly ask: Ask
  readonly draft: Draft
}

interface LawRow extends Pick<LawFacts, 'regime' | 'start' | 'frameworkStart'> {
  readonly ordinal: number
  readonly contractId: number
  readonly externalId: string
  readonly teamId: number
  readonly category: string | null
  readonly callOff: boolean
}

function withQuestion(
  { ask, ...problem }: Problem,
  ids: ReadonlyMap<string, number>,
  asking: ReadonlySet<string>,
): Problem {
  const key = ask && keyOf(ask, problem.field)
  const id = key !== undefined && asking.has(`${problem.at} ${key}`) ? ids.get(key) : undefined
  if (id !== undefined) return { ...problem, question: id }
  return problem.severity === 'question' ? { ...problem, severity: 'note' } : problem
}

async function contractsAt(
  client: PoolClient,
  open: readonly OpenRow[],
): Promise<Map<string, KnownContract>> {
  const found = await client.query<KnownContract & { at: string }>(
    `SELECT s.at, c.id, c.automatic_renewal AS renews, c.end_source AS "endSource",
            c.end_kind <> 'undated' OR c.current_latest IS NOT NULL AS "hasEnd",
            coalesce(c.notice_text, c.notice_amount::text) IS NOT NULL
              AND c.notice_text IS DISTINCT FROM '${NO_NOTICE_GIVEN}' AS "hasNotice"
     FROM staged s JOIN contract c ON c.id = coalesce(s.contract_id,
       (SELECT f.contract_id FROM staged f WHERE s.verdict = 'repeat' AND f.external_id = s.external_id
          AND f.contract_id IS NOT NULL LIMIT 1))
     WHERE s.at = ANY($1) AND s.verdict IS DISTINCT FROM 'conflict'`,
    [open.map(({ draft }) => draft.at)],
  )
  return new Map(found.rows.map(({ at, ...known }) => [at, known]))
}

interface KnownContract {
  readonly id: number
  readonly renews: boolean | null
  readonly endSource: string | null
  readonly hasEnd: boolean
  readonly hasNotice: boolean
}

/** Those that are asked: of groups and of single contracts so many, the most pressing first. */
function inOrder(groups: readonly Group[], today: CivilDate): Set<Group> {
  const soon = addDays(today, 90)
  const first = (group: Group) =>
    group.rows.some(({ draft: { end } }) => end.kind !== 'dated' || end.earliest <= soon) ? 0 : 1
  const value = (group: Group) =>
    group.rows.reduce((most, { draft }) => Math.max(most, Number(draft.value ?? 0)), 0)
  const sorted = [...groups].sort((a, b) => first(a) - first(b) || value(b) - value(a))
  const several = sorted.filter(({ rows }) => rows.length > 1)
  const single = sorted.filter(({ rows }) => rows.length === 1)
  return new Set([...several.slice(0, ASKED.groups), ...single.slice(0, ASKED.singles)])
}

/** The question with its count and three examples; of one contract with its name. */
function textOf({ ask, rows }: Group): string {
  const names = rows.slice(0, 3).map(({ draft }) => draft.reference ?? draft.title ?? draft.at)
  if (rows.length === 1) return `${names[0]}: ${ask.text}`
  return `${ask.text} (${rows.length} contracts: ${names.join(', ')}${rows.length > 3 ? ', …' : ''})`
}

/** What holds meanwhile, of each where it is not the same for all. */
function holdsOf({ ask: { holds, holdsEach = holds }, rows }: Group): string {
  return rows.some(({ ask }) => ask.holds !== holds) ? holdsEach : holds
}

// Questions read.

export interface Question {
  readonly id: number
  /** Of its only contract; null where it is about several. */
  readonly reference: string | null
  /** The source whose import asks. */
  readonly import: string
  readonly about: string
  readonly text: string
  readonly choices: readonly { readonly id: string; readonly text: string }[]
  readonly holds: string
  readonly contracts: number
  readonly askedOf: string | null
  readonly askedOn: CivilDate | null
  readonly answeredOn: CivilDate | null
  readonly answer: string | null
}

/** A contract that a question is about, and what its cell says. */
export interface AskedContract {
  readonly reference: string
  readonly value: string | null
}

/** Of each of these questions all contracts, in their order. */
export async function readAskedContracts(
  db: Pool | PoolClient,
  questionIds: readonly number[],
): Promise<ReadonlyMap<number, readonly AskedContract[]>> {
  const { rows } = await db.query<{ id: number; contracts: AskedContract[] }>(
    `SELECT r.question_id AS id,
            json_agg(json_build_object('reference', c.reference, 'value', r.value) ORDER BY c.id) AS contracts
     FROM question_contract r JOIN contract c ON c.id = r.contract_id
     WHERE r.question_id = ANY ($1) GROUP BY r.question_id`,
    [questionIds],
  )
  return new Map(rows.map(({ id, contracts }) => [id, contracts]))
}

/** About a setting that somebody has set since, without answering the question. */
const SET_MEANWHILE = `q.about = 'setting' AND q.answer IS NULL AND split_part(q.key, '|', 4) = ''
  AND EXISTS (SELECT FROM organisation o WHERE o.id = q.organisation_id
    AND coalesce(o.settings -> 'rules' ->> split_part(q.key, '|', 3), '') <> '')`

/**
 * Asked ones first; `contractId`: only those about this contract; `withLaw`: with what the law leaves
 * open, beside what rows do.
 */
export async function readQuestions(
  db: Pool | PoolClient,
  organisationId: number,
  {
    contractId = null,
    isOpen = false,
    withLaw = false,
  }: { contractId?: number | null; isOpen?: boolean; withLaw?: boolean },
): Promise<Question[]> {
  const found = await db.query<Question>(
    `SELECT q.id, s.name AS import, q.about, q.text, q.choices, q.holds, q.contracts,
            (SELECT min(c.reference) FROM question_contract r JOIN contract c ON c.id = r.contract_id
             WHERE r.question_id = q.id HAVING count(*) = 1) AS reference,
            p.display_name AS "askedOf", q.asked_on AS "askedOn", q.answered_on AS "answeredOn", q.answer
     FROM question q JOIN source s ON s.id = q.source_id LEFT JOIN person p ON p.id = q.asked_of_id
     WHERE q.organisation_id = $1 AND (NOT $3 OR q.answer IS NULL) AND NOT (${SET_MEANWHILE})
       AND ($4 OR q.about <> ALL ($5))
       AND ($2::int IS NULL OR EXISTS (
         SELECT FROM question_contract r WHERE r.question_id = q.id AND r.contract_id = $2))
     ORDER BY q.asked_on IS NULL, q.id`,
    [organisationId, contractId, isOpen, withLaw, OF_LAW],
  )
  return found.rows
}

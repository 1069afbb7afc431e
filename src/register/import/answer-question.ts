/** A question answered: once for all its contracts, remembered for the source, and taken back. */

import type { Pool, PoolClient } from 'pg'
import { beginAudit, writeAudit } from '../../database/audit-log.ts'
import { lockRows } from '../../database/bulk.ts'
import { inTransaction, lockFor, withTimeLimit } from '../../database/connect.ts'
import { readColumns } from '../../database/contracts.ts'
import { type Author, lockTeams, rewriteRules } from '../../database/organisation.ts'
import { jsonOf, tables } from '../../database/prisma.ts'
import { type Rekeyed, recalculateStaleTeams } from '../../database/recalculate.ts'
import { queueUpdates } from '../../delivery/enqueue-updates.ts'
import { type CivilDate, dayText } from '../../rules/civil-date.ts'
import { ruleKeyNamed, withSetting } from '../../rules/settings-text.ts'
import { nearWord } from '../../rules/text-match.ts'
import { UserError } from '../../rules/user-error.ts'
import { ownWords } from '../../text/import-result.ts'
import { contradicts, keyOfOne, ownAnswer, withAnswer } from '../answers.ts'
import { NOT_KNOWN, TAKE_BACK } from '../asks.ts'
import { asHeld, type Draft } from '../draft.ts'
import { applyWaiting, WAITING } from './louder.ts'
import { parties } from './parties.ts'
import { type OpenAsk, type Question, settleRenewals, whileAsked } from './questions.ts'
import { draftHash, type StagedContract } from './staging.ts'
import { prepareChanged } from './update.ts'

interface Answering extends Author {
  readonly today: CivilDate
}

interface AnsweredQuestion {
  readonly question: string
  readonly answer: string
  /** How many contracts; of a setting those of which something moved. */
  readonly changed: number
  /** Those whose end was moved on by a renewal that their register's own words presume, once nothing held it back. */
  readonly renewed: readonly string[]
  /** How far a setting reached; null where it was none. */
  readonly reach: Pick<Rekeyed, 'rekeyed' | 'moved'> | null
  /** Those of which another answer gives an earlier end, which holds until one of the two is taken back. */
  readonly contradicted: readonly string[]
}

/**
 * Answers a question for all its contracts but those excepted: each is read again as the answer
 * has it, as if its register had said so. The answer is remembered for the source.
 * @throws UserError for a question or a choice that there is not.
 */
export async function answerQuestion(
  pool: Pool,
  answering: Answering,
  id: number,
  choice: string,
  except: readonly string[] = [],
): Promise<AnsweredQuestion> {
  const { organisationId, personId, via, now, today, rulesOf } = answering
  return withTimeLimit('long', () =>
    inTransaction(pool, async (client): Promise<AnsweredQuestion> => {
      // As an import: one at a time, teams before contracts.
      await lockFor(client, 'import', organisationId)
      const teams = await lockTeams(client, organisationId)
      const [question] = await lockRows<
        Pick<Question, 'text' | 'choices' | 'answer' | 'about' | 'answeredOn'> & {
          key: string
          sourceId: number
          importId: number
          answeredById: number | null
          answeredBy: string | null
        }
      >(
        client,
        'question',
        `source_id AS "sourceId", import_id AS "importId", key, about, text, choices, answer,
         answered_on AS "answeredOn", answered_by_id AS "answeredById",
         (SELECT p.display_name FROM person p
          WHERE p.id = answered_by_id AND p.erased_at IS NULL) AS "answeredBy"`,
        'id = $1 AND organisation_id = $2',
        [id, organisationId],
      )
      if (question === undefined) throw new UserError(`There is no question ${id}.`)
      const said = choice.trim().toLowerCase().replace(/\s+/g, ' ')
      const given = question.choices.find(
        (each) => each.id.toLowerCase() === said.replaceAll(' ', '-') || each.id === said,
      )
      const isTaken = said.replaceAll(' ', '-') === TAKE_BACK.id && canTakeBack(question)
      const own = given === undefined && !isTaken ? ownAnswer(question.about, choice) : null
      const chosen = given ?? (isTaken ? TAKE_BACK : own)
      if (chosen === null) {
        const ids = question.choices.map((each) => each.id)
        const near = nearWord(said, ids, (letters) => Math.ceil(letters / 3))
        throw new UserError(
          `"${choice}" is no answer to question ${id}${near === null ? '' : `; did you mean ${near}`}. Answer: ${[...ids, ...ownWords(question.about)].join(', ')}.`,
        )
      }
      if (!isTaken) mayAnswer(question, id, chosen.id, personId)
      if (question.about === 'setting') {
        const reach = await answerSetting(client, answering, question.key, id, chosen)
        return {
          question: question.text,
          answer: chosen.text,
          changed: reach.moved,
          reach,
          ...{ renewed: [], contradicted: [] },
        }
      }
      const rows = await readRows(client, id)
      const unknown = except.filter(
        (name) => !rows.some(({ reference }) => isSame(reference, name)),
      )
      if (unknown.length > 0) {
        throw new UserError(`Question ${id} is not about ${unknown.join(', ')}.`)
      }
      const isMeant = ({ reference }: { readonly reference: string }) =>
        !except.some((name) => isSame(reference, name))
      const meant = rows.filter(isMeant)
      if (own?.ofOne && meant.length !== 1) {
        throw new UserError(
          `Question ${id} is about ${meant.length} contracts, and ${own.id} holds for one of them. Put theirs into the register (import --rejected writes these rows to a file of their own), or answer: ${question.choices.map((each) => each.id).join(', ')}.`,
        )
      }
      const isWaiting = question.about === WAITING
      if (meant.length === 0 && rows.length > 0) {
        throw new UserError(`Question ${id} is about no other contract than those excepted.`)
      }
      if (isWaiting && question.answer === 'apply') {
        throw new UserError(`What waited under question ${id} was applied already.`)
      }
      const applied = isWaiting && chosen.id !== 'apply' ? [] : meant
      // A second answer that excepts contracts takes the first one back for these.
      const isAgain = question.answer !== null && !isWaiting
      const excepted = rows.filter((row) => !isMeant(row))
      const read = isAgain ? [...applied, ...excepted] : applied
      const beside = await answeredBeside(client, question, id, read)
      const contradicted: string[] = []
      const staged = read.flatMap(
        ({ contractId, externalId, draft, says, ...row }, ordinal): StagedContract[] => {
          if (draft === null) return []
          const answered = isTaken ? {} : own === null ? says[chosen.id] : own.saysOf(draft)
          const said = isWaiting || !isMeant(row) ? {} : answered
          const { ofRow = {}, ofLaw = {}, open = [] } = beside.get(contractId) ?? {}
          // The law is asked about after the rows were read: the row itself says what it said.
          const isLaw = question.about === 'regime'
          if (!isLaw && contradicts(ofRow, said ?? {})) contradicted.push(row.reference)
          const asRead = { ...draft, ...withAnswer(ofRow, draft, isLaw ? {} : (said ?? {})) }
          const hash = draftHash(asRead)
          const whole = { ...asRead, ...ofLaw, ...(isLaw ? said : {}) }
          const isOpen = !isWaiting && (isTaken || !isMeant(row) || chosen.id === NOT_KNOWN.id)
          const asked = [...open, ...(isOpen ? [askedOf(question.about, says)] : [])]
          const team = teams.find((each) => each.id === row.teamId)
          const held = team === undefined ? whole : whileAsked(whole, asked, today, rulesOf(team))
          return [{ ordinal, externalId, contractId, hash, draft: asHeld(held) }]
        },
      )
      const waiting = isWaiting ? null : await readWaitingDrafts(client, question, beside)
      const audit = await beginAudit(client)
      const context = {
        organisationId,
        sourceId: question.sourceId,
        importId: question.importId,
        today,
        teams,
        rulesOf,
        parties: parties(client, organisationId, teams, null),
        audit,
        wrote: new Set<number>(),
        ...(waiting === null ? {} : { waiting }),
      }
      // From here on it is no open question: a renewal that it held back may be presumed.
      const answer = isTaken ? null : chosen.id
      if (!isWaiting) {
        await tables(client).question.updateMany({ where: { id }, data: { answer } })
      }
      const wasRenewed = await presumedOf(client, meant)
      const { count: changed, write } = await prepareChanged(client, context, staged, [])
      await write()
      const gone = applied.map(({ contractId, says }) => ({ contractId, gone: says.gone === true }))
      const count = changed + (isWaiting ? await applyWaiting(client, context, gone) : 0)
      // What holds for one contract is remembered of that one.
      const [one] = own?.ofOne ? applied : []
      const key = one?.draft ? { key: keyOfOne(question.key, one.draft) } : {}
      await tables(client).question.deleteMany({
        where: { sourceId: question.sourceId, id: { not: id }, key: key.key ?? '' },
      })
      if (!isWaiting) {
        for (const row of excepted) await keepOpen(client, id, question, row, today)
      }
      await tables(client).question.updateMany({
        where: { id },
        data: {
          answer,
          ...(isTaken
            ? { answeredOn: null, answeredById: null, askedOn: today }
            : { answeredOn: today, answeredById: personId }),
          ...{ ...(isWaiting ? {} : { contracts: meant.length }), ...key },
        },
      })
      // Warnings that ask it ask no more, whether the answer changes them or not.
      const asking = rows.map(({ contractId }) => contractId)
      await settleRenewals(client, context, asking)
      const renewed = (await presumedOf(client, meant)).filter((each) => !wasRenewed.includes(each))
      await queueUpdates(client, organisationId, asking, today)
      // Of the row's other questions the lines stay, and so they do of one that was excepted; of what is
      // taken back they come again.
      await client.query(
        `UPDATE import_problem p SET resolved_import_id = CASE WHEN $3 THEN NULL ELSE $2::int END
         FROM question_contract r JOIN question q ON q.id = r.question_id
         WHERE q.id = $1 AND p.import_id = $2 AND p.at = r.at AND p.field IS NOT DISTINCT FROM q.field
           AND p.severity = 'question' AND p.resolved_import_id IS NOT DISTINCT FROM CASE WHEN $3 THEN $2::int END
           AND NOT EXISTS (SELECT FROM question_contract other JOIN question o ON o.id = other.question_id
             WHERE other.contract_id = r.contract_id AND o.id <> q.id AND o.answer IS NULL
               AND o.import_id = $2 AND o.field IS NOT DISTINCT FROM q.field)`,
        [id, question.importId, isTaken],
      )
      await audit.finish(
        { organisationId, byPersonId: personId, via, at: now },
        `answered question ${id}: ${chosen.text} (${count} changed)`,
      )
      return {
        ...{ question: question.text, answer: chosen.text, changed: count, reach: null },
        ...{ renewed, contradicted },
      }
    }),
  )
}

/** The references of these contracts of which a renewal is presumed. */
async function presumedOf(
  client: PoolClient,
  contracts: readonly { readonly contractId: number }[],
): Promise<string[]> {
  const found = await tables(client).contract.findMany({
    where: {
      id: { in: contracts.map(({ contractId }) => contractId) },
      extensions: { some: { kind: 'renewal', status: 'presumed' } },
    },
    orderBy: { id: 'asc' },
    select: { reference: true },
  })
  return found.map(({ reference }) => reference)
}

/** The contracts that a question is about, in their order, each with what its row said and what each answer makes of it. */
async function readRows(client: PoolClient, questionId: number) {
  const rows = await tables(client).questionContract.findMany({
    where: { questionId },
    select: { contractId: true, draft: true, says: true },
  })
  const of = new Map(rows.map(({ contractId, ...row }) => [contractId, row]))
  const names = ['id', 'externalId', 'reference', 'teamId'] as const
  const contracts = await readColumns(client, [...of.keys()], names)
  return contracts.map(({ id, ...contract }) => {
    const row = of.get(id) as unknown as {
      readonly draft: Draft | null
      readonly says: Readonly<Record<string, Partial<Draft>>> & { readonly gone?: boolean }
    }
    return { contractId: id, ...contract, ...row }
  })
}

/** What was answered, but what waited and was applied, and what sets a rule. */
function canTakeBack({ about, answer }: Pick<Question, 'about' | 'answer'>): boolean {
  return answer !== null && about !== WAITING && about !== 'setting'
}

/**
 * The last word is not the truer one: somebody else's answer is taken back before another is given. Who
 * gave it may put it right.
 * @throws UserError where somebody else has answered otherwise.
 */
function mayAnswer(
  question: Pick<Question, 'about' | 'answer' | 'choices' | 'answeredOn'> & {
    readonly answeredById: number | null
    readonly answeredBy: string | null
  },
  id: number,
  choice: string,
  personId: number | null,
): void {
  const { answer, answeredById, answeredBy, answeredOn, choices } = question
  if (!canTakeBack(question) || answer === choice || answeredById === personId) return
  const said = choices.find((each) => each.id === answer)?.text ?? answer
  const who = answeredBy ?? (answeredById === null ? 'the command line' : 'somebody')
  const on = answeredOn === null ? '' : ` on ${dayText(answeredOn)}`
  throw new UserError(
    `Question ${id} was answered by ${who}${on}: ${said}. It holds until they answer otherwise, or it is taken back: lapsewatch answer ${id} ${TAKE_BACK.id}`,
  )
}

/** What was answered of a contract's row, and of its law; and what is still open, or not known. */
interface Answered {
  readonly ofRow: Partial<Draft>
  readonly ofLaw: Partial<Draft>
  readonly open: readonly OpenAsk[]
}

/** A question of one contract, as its row keeps it. */
function askedOf(about: string, says: Readonly<Record<string, Partial<Draft>>>): OpenAsk {
  return { about, choices: Object.values(says).map((each) => ({ says: each })) }
}

/**
 * What was answered about these contracts since the same import, by contract and in the order of asking:
 * their drafts are of before all answers, and one answer takes back no other.
 */
async function answeredBeside(
  client: PoolClient,
  { sourceId, importId }: { readonly sourceId: number; readonly importId: number },
  id: number,
  contracts: readonly { readonly contractId: number; readonly draft: Draft | null }[],
): Promise<Map<number, Answered>> {
  const drafts = new Map(contracts.map(({ contractId, draft }) => [contractId, draft]))
  const { rows } = await client.query<{
    contractId: number
    about: string
    answer: string | null
    says: Readonly<Record<string, Partial<Draft>>>
  }>(
    `SELECT r.contract_id AS "contractId", q.about, q.answer, r.says
     FROM question_contract r JOIN question q ON q.id = r.question_id
     WHERE q.source_id = $1 AND q.id <> $3
       AND (q.import_id = $2 OR q.about = 'regime' OR EXISTS (
         -- Asked of the same row: after a part of the register was read again, an earlier import may have done so.
         SELECT FROM question_contract own WHERE own.question_id = $3
           AND own.contract_id = r.contract_id AND own.draft::jsonb = r.draft::jsonb))
       AND q.about NOT IN ('setting', $4) AND r.contract_id = ANY($5) ORDER BY q.id`,
    [sourceId, importId, id, WAITING, [...drafts.keys()]],
  )
  const beside = new Map<number, Answered>()
  for (const { contractId, about, answer, says } of rows) {
    const draft = drafts.get(contractId)
    const { ofRow, ofLaw, open } = beside.get(contractId) ?? { ofRow: {}, ofLaw: {}, open: [] }
    const isLaw = about === 'regime'
    if (answer === null || answer === NOT_KNOWN.id) {
      beside.set(contractId, { ofRow, ofLaw, open: [...open, askedOf(about, says)] })
      continue
    }
    const said = says[answer] ?? (draft ? ownAnswer(about, answer)?.saysOf(draft) : undefined)
    beside.set(contractId, {
      open,
      ofRow: isLaw || said === undefined || !draft ? ofRow : withAnswer(ofRow, draft, said),
      ofLaw: isLaw ? { ...ofLaw, ...said } : ofLaw,
    })
  }
  return beside
}

/** Rows of which an unattended import left something for somebody to say, as they were answered since. */
async function readWaitingDrafts(
  client: PoolClient,
  { sourceId }: { readonly sourceId: number },
  answered: ReadonlyMap<number, Answered>,
): Promise<Map<number, Draft>> {
  const rows = await tables(client).questionContract.findMany({
    where: {
      question: { sourceId, key: WAITING, OR: [{ answer: null }, { answer: { not: 'apply' } }] },
    },
    select: { contractId: true, draft: true },
  })
  const drafts = rows.flatMap(({ contractId, draft }): [number, Draft][] => {
    const { ofRow = {}, ofLaw = {} } = answered.get(contractId) ?? {}
    return draft === null
      ? []
      : [[contractId, { ...(draft as unknown as Draft), ...ofRow, ...ofLaw }]]
  })
  return new Map(drafts)
}

/** A contract that an answer for all excepted keeps the question, asked of it alone from now on. */
async function keepOpen(
  client: PoolClient,
  id: number,
  { key, text }: Pick<Question, 'text'> & { readonly key: string },
  row: { readonly contractId: number; readonly reference: string; readonly draft: Draft | null },
  today: CivilDate,
): Promise<void> {
  const { question, questionContract } = tables(client)
  const whole = await question.findFirst({ where: { id } })
  if (row.draft === null || whole === null) return
  const { organisationId, sourceId, importId, about, field, holds, askedOfId } = whole
  const own = keyOfOne(key, row.draft)
  const asked = {
    ...{ importId, holds, contracts: 1, askedOn: today, choices: jsonOf(whole.choices as object) },
    // Without the contracts that a group's question names.
    text: `${row.reference}: ${text.replace(/ \([\d,]+ contracts: .*\)$/, '')}`,
  }
  const made = await question.upsert({
    where: { sourceId_key: { sourceId, key: own } },
    create: { ...asked, organisationId, sourceId, key: own, about, field, askedOfId },
    update: { ...asked, answer: null, answeredOn: null },
    select: { id: true },
  })
  await questionContract.updateMany({
    where: { questionId: id, contractId: row.contractId },
    data: { questionId: made.id },
  })
}

/** Sets the rule that was asked about, and counts anew what follows. */
async function answerSetting(
  client: PoolClient,
  { organisationId, personId, via, now, today, rulesOf }: Answering,
  key: string,
  id: number,
  chosen: Question['choices'][number],
): Promise<Rekeyed> {
  const [, teamId = '', name = ''] = key.split('|')
  const rule = ruleKeyNamed(name)
  const changes = await rewriteRules(
    client,
    teamId === '' ? 'organisation' : 'team',
    teamId === '' ? organisationId : Number(teamId),
    null,
    (kept) => withSetting(kept, rule, chosen.id),
  )
  const reach = await recalculateStaleTeams(client, {
    organisationId,
    rulesOf,
    todayOf: () => today,
    log: () => undefined,
    retired: (of, ids, day) => queueUpdates(of, organisationId, ids, day),
  })
  await tables(client).question.updateMany({
    where: { id },
    data: { answer: chosen.id, answeredOn: today, answeredById: personId },
  })
  const source = { organisationId, byPersonId: personId, via, at: now }
  await writeAudit(client, source, `answered question ${id}: ${chosen.text}`, [
    ...changes,
    ...reach.withdrawn,
  ])
  return reach
}

function isSame(reference: string, name: string): boolean {
  return reference.trim().toLowerCase() === name.trim().toLowerCase()
}

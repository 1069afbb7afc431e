/**
 * An act on a contract is done once: by the first of those who saw it as it was. Whoever comes
 * second is told what the first one did, in place of a second act.
 */
import type { Pool } from 'pg'
import { type Actor, Overtaken } from '../actions/act.ts'
import { civilDay } from '../database/organisation.ts'
import { readOutOfContract } from '../reports/costs.ts'
import { historyOf } from '../reports/history.ts'
import { readLedger } from '../reports/ledger.ts'
import { type CivilDate, parseCivilDate } from '../rules/civil-date.ts'
import { UserError } from '../rules/user-error.ts'
import type { ContractNames, Message, PersonFact } from '../text/facts.ts'
import { cameFirstAnswer, doneAnswer, saidAnswer } from '../text/replies.ts'
import type { ActionRecord } from '../text/warning.ts'
import type { RequestContext } from './context.ts'

/** What is about to be done, by the name that the record will give it; `marked`: as historic or not. */
export type ActionKind =
  | Extract<
      ActionRecord['what'],
      'acknowledged' | 'snoozed' | 'decided' | 'extended' | 'withdrawn' | 'assigned' | 'edited'
    >
  | 'still-supplied'
  | 'closed'
  | 'marked'

/** The contract as the person saw it; version null where they typed a command. */
export interface SeenContract {
  readonly contractId: number
  readonly version: number | null
}

export type ActionOutcome =
  | { readonly kind: 'done'; readonly message: Message }
  /** The same person did the same already; nothing was done now. */
  | { readonly kind: 'again'; readonly message: Message }
  /** Somebody else acted since the person looked; nothing was done now. */
  | { readonly kind: 'late'; readonly message: Message; readonly first: ActionRecord }

/** Shared by all handlers of this process; other processes are kept out by the contract's version. */
const acting = turns()

/** How often an act is tried while imports and sweeps move the contract's version. */
const TRIES = 3

/**
 * Does the work as the actor it is given, who acts on the version that was read here. Rights were
 * checked before. @throws UserError as `work` does.
 */
export async function actOnce(
  request: RequestContext,
  seen: SeenContract,
  kind: ActionKind,
  work: (actor: Actor) => Promise<void>,
): Promise<ActionOutcome> {
  const { pool, organisation } = request.deps
  return acting.take(`${organisation.id}/${seen.contractId}`, async () => {
    for (let attempt = 1; ; attempt += 1) {
      const standing = await readStanding(pool, organisation.id, seen.contractId)
      const fits = attempt === 1 && stillFits(kind, seen, standing)
      const first = fits ? null : await firstAct(request, seen, kind)
      if (first !== null) return toldOf(request, standing, first)
      try {
        await work({ ...request.actor, seenVersion: standing.version })
        return { kind: 'done', message: await actedAnswer(request, seen.contractId) }
      } catch (error) {
        if (!(error instanceof Overtaken) || attempt === TRIES) throw error
      }
    }
  })
}

interface Standing extends ContractNames {
  readonly version: number
  readonly hasOpenWarning: boolean
  /** Closed, or said to be supplied without cover. */
  readonly supplyAnswered: boolean
}

async function readStanding(pool: Pool, organisationId: number, id: number): Promise<Standing> {
  const found = await pool.query<Standing>(
    `SELECT version, reference, title, supplier,
            closed_on IS NOT NULL OR out_of_contract_on IS NOT NULL AS "supplyAnswered",
            EXISTS (SELECT FROM alert a WHERE a.contract_id = c.id AND a.state = 'open') AS "hasOpenWarning"
     FROM contract c WHERE id = $1 AND organisation_id = $2`,
    [id, organisationId],
  )
  const [standing] = found.rows
  if (!standing) {
    throw new UserError('That contract is gone: it may have been removed with its register.')
  }
  return standing
}

/**
 * Whether the act still answers what the person saw. What the warnings themselves tell goes before
 * the version: imports and settings move it as well, without anybody having acted.
 */
function stillFits(kind: ActionKind, { version }: SeenContract, standing: Standing): boolean {
  const unchanged = version === null || version === standing.version
  switch (kind) {
    case 'acknowledged':
      return standing.hasOpenWarning
    case 'snoozed':
      return unchanged || standing.hasOpenWarning
    case 'still-supplied':
    case 'closed':
      return !standing.supplyAnswered
    case 'marked':
      return true
    default:
      return unchanged
  }
}

/** What was done first; null where nobody did it, or the same person did something else. */
async function firstAct(
  request: RequestContext,
  { contractId }: SeenContract,
  kind: ActionKind,
): Promise<ActionRecord | null> {
  const { pool, organisation, today } = request.deps
  const act = await lastAct(pool, organisation.id, contractId, today())
  if (act === null) return null
  return isOwn(request, act) && act.what !== kind ? null : act
}

function toldOf(
  request: RequestContext,
  contract: ContractNames,
  first: ActionRecord,
): ActionOutcome {
  return isOwn(request, first)
    ? { kind: 'again', message: doneAnswer(contract, first) }
    : { kind: 'late', message: cameFirstAnswer(contract, first), first }
}

function isOwn({ asker }: RequestContext, { by }: ActionRecord): boolean {
  return by?.slackUser === asker.slackUser
}

// What the person who acted is told: the act as the record has it.

/** The answer after an act on one contract. */
async function actedAnswer(request: RequestContext, contractId: number): Promise<Message> {
  const { pool, organisation } = request.deps
  const found = await pool.query<ContractNames>(
    'SELECT reference, title, supplier FROM contract WHERE id = $1 AND organisation_id = $2',
    [contractId, organisation.id],
  )
  const [contract] = found.rows
  if (!contract) return saidAnswer('Done.')
  const act = await lastAct(pool, organisation.id, contractId, request.deps.today())
  if (act) return doneAnswer(contract, act)
  const { lines } = await historyOf(pool, organisation.id, contractId, 1)
  return saidAnswer(`Done: ${lines[0]?.what ?? 'recorded'} ${contract.reference}.`)
}

// The last thing that somebody did about a contract's warnings, as its messages tell it.

interface LastRow {
  readonly what: string
  readonly field: string | null
  /** Every field of the entry. */
  readonly fields: readonly (string | null)[]
  readonly on: CivilDate
  readonly name: string | null
  readonly slackUser: string | null
  readonly state: string | null
  readonly pausedUntil: CivilDate | null
  readonly text: string | null
  readonly evidence: string | null
  readonly kind: string | null
  readonly to: CivilDate | null
  readonly extensionId: number | null
  /** What the record says it became. */
  readonly said: string | null
  readonly closedWhy: string | null
  readonly outOfContractOn: CivilDate | null
  readonly owner: PersonFact | null
  readonly deputy: PersonFact | null
}

const person = (column: string) => `(
  SELECT jsonb_build_object('name', coalesce(n.display_name, ''), 'slackUser', n.slack_user)
  FROM person n WHERE n.id = c.${column} AND n.erased_at IS NULL)`

/** Null where the last change was none of people's acts on a warning. */
export async function lastAct(
  pool: Pool,
  organisationId: number,
  contractId: number,
  today: CivilDate,
): Promise<ActionRecord | null> {
  const found = await pool.query<LastRow>(
    `SELECT last.what, last.field, last.fields, last.to_value AS said, ${civilDay('last.at')} AS "on", p.display_name AS name, p.slack_user AS "slackUser",
            alert.state, alert.paused_until AS "pausedUntil", decision.text, decision.evidence,
            extension.id AS "extensionId", extension.kind, extension.to_on AS "to", c.closed_why AS "closedWhy",
            c.out_of_contract_on AS "outOfContractOn",
            ${person('owner_id')} AS owner, ${person('deputy_id')} AS deputy
     FROM contract c JOIN team t ON t.id = c.team_id JOIN organisation o ON o.id = c.organisation_id
     JOIN LATERAL (SELECT ch.what, ch.field, ch.to_value, e.at, e.by_person_id,
                          (SELECT array_agg(f.field ORDER BY f.position) FROM audit_change f
                           WHERE f.entry_id = ch.entry_id AND f.contract_id = c.id) AS fields
                   FROM audit_change ch
                   JOIN audit_entry e ON e.id = ch.entry_id
                   WHERE ch.contract_id = c.id ORDER BY e.position DESC, ch.position LIMIT 1) last ON true
     LEFT JOIN person p ON p.id = last.by_person_id
     LEFT JOIN LATERAL (SELECT state, paused_until FROM alert WHERE contract_id = c.id AND paused_until IS NOT NULL
                        ORDER BY id DESC LIMIT 1) alert ON true
     LEFT JOIN LATERAL (SELECT text, evidence FROM decision WHERE contract_id = c.id AND withdrawn_at IS NULL
                        ORDER BY id DESC LIMIT 1) decision ON true
     LEFT JOIN LATERAL (SELECT id, kind, to_on FROM extension WHERE contract_id = c.id AND status = 'confirmed'
                        ORDER BY id DESC LIMIT 1) extension ON true
     WHERE c.id = $1 AND c.organisation_id = $2`,
    [contractId, organisationId],
  )
  const [row] = found.rows
  const act = row ? factOf(row, today) : null
  if (act?.what === 'still-supplied') {
    const asked = { organisationId, teamId: null, today, contractId }
    const [costs] = await readOutOfContract(pool, asked)
    return costs === undefined ? act : { ...act, costs }
  }
  return act?.what === 'extended' ? priced(pool, organisationId, contractId, act, row) : act
}

/** An extension with its price, so that whoever recorded it sees at once what it costs. */
async function priced(
  pool: Pool,
  organisationId: number,
  contractId: number,
  act: ActionRecord,
  row: LastRow | undefined,
): Promise<ActionRecord> {
  const lines = await readLedger(pool, { organisationId, contractId, rules: null })
  const line = lines.find(({ extensionId }) => extensionId === row?.extensionId)
  if (line === undefined || act.what !== 'extended') return act
  const { extension, currency, premium } = line
  return { ...act, price: { cost: extension.cost, currency, price: premium } }
}

function factOf(row: LastRow, today: CivilDate): ActionRecord | null {
  const by =
    row.name === null && row.slackUser === null
      ? null
      : { name: row.name ?? '', slackUser: row.slackUser }
  const { on } = row
  switch (row.what) {
    case 'acknowledged':
      return { what: 'acknowledged', by, on, askedAgain: row.pausedUntil ?? today }
    case 'snoozed':
      return { what: 'snoozed', by, on, until: row.pausedUntil ?? today, why: null }
    case 'decided':
      return row.text === null
        ? null
        : { what: 'decided', by, on, text: row.text, evidence: row.evidence }
    case 'extended':
      return row.to === null || row.kind === null
        ? null
        : { what: 'extended', by, on, to: row.to, kind: row.kind }
    case 'extension withdrawn':
      return withdrawnOf(row, by)
    case 'closed':
      return { what: 'closed', by, on, why: row.closedWhy ?? 'closed' }
    default:
      return changeOf(row, by)
  }
}

/** The record has its last day, and after it the reason, where one was given. */
function withdrawnOf({ field, said, on }: LastRow, by: PersonFact | null): ActionRecord | null {
  const to = parseCivilDate(said?.slice(0, 10) ?? '')
  const why = said?.slice(10).replace(/^: /, '').trim() ?? ''
  if (to === null) return null
  return { what: 'withdrawn', by, on, to, kind: field ?? 'unknown', why: why === '' ? null : why }
}

/** A field that a person changed; what an import changed is no act. */
function changeOf(row: LastRow, by: PersonFact | null): ActionRecord | null {
  const { field, on, outOfContractOn, owner, deputy } = row
  if (by === null) return null
  if (field === 'out_of_contract_on' && outOfContractOn !== null) {
    return { what: 'still-supplied' as const, by, on, since: outOfContractOn }
  }
  if (field === 'owner_id' || field === 'deputy_id') {
    return { what: 'assigned' as const, by, on, owner, deputy }
  }
  const fields = editedFields(row.fields)
  return fields.length === 0 ? null : { what: 'edited', by, on, fields }
}

/** The columns of a contract that people put right by hand, as they are called in an answer. */
const WORDS: Readonly<Record<string, string>> = {
  reference: 'reference',
  title: 'title',
  supplier: 'supplier',
  buyers: 'buyer',
  team_id: 'team',
  owner_id: 'owner',
  start: 'first day',
  awarded_end: 'end',
  current_end: 'end',
  maximum_end: 'last day with every option',
  notice_period: 'notice period',
  automatic_renewal: 'renewal',
  renewal_term: 'renewal term',
  review_on: 'review',
  personal_data: 'personal data',
  value: 'value',
  currency: 'currency',
  value_basis: 'what the value stands for',
  regime: 'law',
  route: 'route',
}

/** Each once; what is no field of the form is left out. */
function editedFields(columns: readonly (string | null)[]): string[] {
  const words = columns.map((column) => (column === null ? undefined : WORDS[column]))
  return [...new Set(words.filter((word) => word !== undefined))]
}

// One after the other: acts on the same contract wait for each other, so that the second sees the first.

export interface KeyedQueue {
  /** Does the work once whatever was given before for this key has ended, well or badly. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>
}

function turns(): KeyedQueue {
  const last = new Map<string, Promise<unknown>>()
  return {
    async take(key, work) {
      const before = last.get(key) ?? Promise.resolve()
      const mine = before.then(work, work)
      last.set(key, mine)
      try {
        return await mine
      } finally {
        if (last.get(key) === mine) last.delete(key)
      }
    },
  }
}

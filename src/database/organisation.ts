/** The organisation, its teams with what follows from their settings, and its people by name. */
import type { Pool, PoolClient } from 'pg'
import type { CivilDate } from '../rules/civil-date.ts'
import { defaultRules, type RuleSettings, type Rules, withRuleSettings } from '../rules/settings.ts'
import { UserError } from '../rules/user-error.ts'
import { calendarNamed } from '../rules/working-days.ts'
import type { AuditChange } from './audit-log.ts'
import { addJson, lockJson, lockRows } from './bulk.ts'
import type { Person, Prisma } from './generated/client.ts'
import { literally, tables } from './prisma.ts'

export interface Organisation {
  readonly id: number
  readonly timeZone: string
  readonly calendar: string
  /** What it changed of the rules; null where nothing. */
  readonly organisationRules: RuleSettings | null
}

export interface Team {
  readonly id: number
  readonly name: string
  readonly isDefault: boolean
  /** Where its warnings go: its own channel, else the default team's, else the terminal. */
  readonly channel: string
  readonly escalationChannel: string | null
  readonly timeZone: string
  readonly calendar: string
  readonly laddersFrom: CivilDate | null
  readonly lastSweptOn: CivilDate | null
  /** What the organisation and the team changed of the rules; null where nothing. */
  readonly organisationRules: RuleSettings | null
  readonly teamRules: RuleSettings | null
  /** A digest of the rules by which its contracts were counted; null where they never were again. */
  readonly keyedBy?: string | null
}

/** What stands for a channel where none is set: the messages go to the terminal. */
export const TERMINAL = 'terminal'

interface OrganisationSettings {
  readonly timeZone: string
  readonly calendar: string
  readonly channel: string | null
  readonly escalationChannel: string | null
}

/**
 * Makes the organisation and its default team, or brings them up to date with the settings. Where
 * nothing differs it only reads: an import or a sweep holds these rows, and no command waits for it.
 * @param now since when they are there, by the clock that days are reckoned by, not the database's:
 *   a team is not told of what was due before.
 */
export async function ensureOrganisation(
  pool: Pool,
  now: Date,
  settings: OrganisationSettings,
): Promise<Organisation & { readonly mayHoldSample: boolean }> {
  const { timeZone, calendar, channel, escalationChannel } = settings
  const current = await pool.query<
    Pick<Organisation, 'id' | 'organisationRules'> & { readonly mayHoldSample: boolean }
  >(
    `SELECT o.id, o.settings -> 'rules' AS "organisationRules",
            EXISTS (SELECT FROM source s WHERE s.organisation_id = o.id AND s.is_sample) AS "mayHoldSample"
       FROM organisation o
     JOIN team t ON t.organisation_id = o.id AND t.is_default
     WHERE o.slug = 'own' AND o.time_zone = $1 AND o.calendar = $2
       AND o.settings -> 'environment' = $3::jsonb`,
    [timeZone, calendar, JSON.stringify({ channel, escalationChannel })],
  )
  const [found] = current.rows
  const standing = found ?? (await writeOrganisation(pool, now, settings))
  return { mayHoldSample: true, ...standing, timeZone, calendar }
}

async function writeOrganisation(
  pool: Pool,
  now: Date,
  settings: OrganisationSettings,
): Promise<Pick<Organisation, 'id' | 'organisationRules'>> {
  const { timeZone, calendar, channel, escalationChannel } = settings
  const { organisation, team } = tables(pool)
  const { id, settings: kept } = await organisation.upsert({
    where: { slug: 'own' },
    create: { slug: 'own', name: 'Our organisation', timeZone, calendar, createdAt: now },
    update: { timeZone, calendar },
  })
  const { rules: organisationRules = null, environment: said = {} } = kept as Kept
  const environment = { channel, escalationChannel }
  // What the environment says counts when it is new: afterwards people may have set something else.
  const isNews = (name: keyof typeof environment) =>
    environment[name] !== null && environment[name] !== (said[name] ?? null)
  const of = { organisationId: id, nameKey: 'default team' }
  await team.upsert({
    where: { organisationId_nameKey: of },
    create: { ...of, name: 'Default team', ...environment, isDefault: true, createdAt: now },
    update: {
      ...of,
      ...(isNews('channel') ? { channel } : {}),
      ...(isNews('escalationChannel') ? { escalationChannel } : {}),
    },
  })
  await addJson(pool, 'organisation.settings', id, { environment })
  return { id, organisationRules }
}

/** What an organisation's settings hold. */
interface Kept {
  readonly rules?: RuleSettings
  /** What the environment said last. */
  readonly environment?: Partial<Pick<OrganisationSettings, 'channel' | 'escalationChannel'>>
}

export async function teamNames(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<ReadonlyMap<number, string>> {
  const select = { id: true, name: true }
  const found = await tables(client).team.findMany({ where: { organisationId }, select })
  return new Map(found.map(({ id, name }) => [id, name]))
}

/** The organisation's teams, the default one first, then by name. */
export async function readTeams(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<Team[]> {
  const found = await client.query<Team>(
    `SELECT team.id, team.name, team.is_default AS "isDefault",
            coalesce(team.channel, fallback.channel, '${TERMINAL}') AS channel,
            coalesce(team.escalation_channel, fallback.escalation_channel) AS "escalationChannel",
            coalesce(team.time_zone, organisation.time_zone) AS "timeZone",
            coalesce(team.calendar, organisation.calendar) AS calendar,
            team.ladders_from AS "laddersFrom", team.last_swept_on AS "lastSweptOn",
            organisation.settings -> 'rules' AS "organisationRules", team.settings -> 'rules' AS "teamRules",
            team.settings ->> 'keyed_by' AS "keyedBy"
     FROM team
     JOIN organisation ON organisation.id = team.organisation_id
     LEFT JOIN team fallback ON fallback.organisation_id = team.organisation_id AND fallback.is_default
     WHERE team.organisation_id = $1 ORDER BY team.is_default DESC, team.name_key`,
    [organisationId],
  )
  return found.rows
}

/**
 * The same rows by id, locked in one order until the transaction ends: one sweep at a time.
 * @param contractId only those of this contract and of what was called off from it are locked
 */
export async function lockTeams(
  client: PoolClient,
  organisationId: number,
  contractId: number | null = null,
): Promise<Team[]> {
  // Two statements: what one that had to wait joins to the locked rows is as old as its beginning, so
  // that the rules of the organisation would be those before the change that was waited for.
  const which = `organisation_id = $1
    AND ($2::int IS NULL OR id IN (SELECT team_id FROM contract WHERE id = $2 OR parent_id = $2))`
  await lockRows(client, 'team', '', which, [organisationId, contractId])
  return (await readTeams(client, organisationId)).sort((a, b) => a.id - b.id)
}

/**
 * SQL for the civil day of an instant where the team `t` of the organisation `o` is. A plain `::date`
 * is UTC's day, which is another one for up to half of every day.
 */
export const civilDay = (at: string) =>
  `(${at} AT TIME ZONE coalesce(t.time_zone, o.time_zone))::date`

export interface TeamChange {
  readonly channel?: string | null
  readonly escalationChannel?: string | null
  readonly timeZone?: string | null
  readonly calendar?: string | null
  /** Since when a new one is there; the database's time where it is not given. */
  readonly since?: Date
}

/** Makes a team or changes what is given of it; names are the same whatever their case. */
export async function setTeam(
  client: Pool | PoolClient,
  organisationId: number,
  name: string,
  change: TeamChange,
): Promise<Team | null> {
  const { since, ...given } = change
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value != null))
  const of = { organisationId, nameKey: nameKey(name) }
  await tables(client).team.upsert({
    where: { organisationId_nameKey: of },
    create: {
      ...of,
      name: name.trim(),
      ...said,
      ...(since === undefined ? {} : { createdAt: since }),
    },
    update: { ...of, ...said },
  })
  await forgetFollowed(client, organisationId, change)
  return findTeam(await readTeams(client, organisationId), name)
}

/** Forgets the ids of channels that a team names anew: a typed name means the channel that has it today. */
export async function forgetFollowed(
  client: Pool | PoolClient,
  organisationId: number,
  { channel, escalationChannel }: Pick<TeamChange, 'channel' | 'escalationChannel'>,
): Promise<void> {
  const named = [channel, escalationChannel].filter((each) => each != null)
  await tables(client).channel.updateMany({
    where: { organisationId, destination: { in: named } },
    data: { slackChannel: null },
  })
}

/** The team of that name, whatever its case and spacing. */
export function findTeam(teams: readonly Team[], name: string): Team | null {
  const key = nameKey(name)
  return teams.find((team) => nameKey(team.name) === key) ?? null
}

/** Names folded for comparison: case, accents, spacing and punctuation do not tell two apart. */
export function nameKey(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/**
 * A whole name of one person, folded: `Dalvi, Dr Samira` is `Samira Dalvi`, and what stands in brackets
 * or says a title tells nobody apart; a figure does. Null for a single word, which means nobody in
 * particular.
 */
export function wholeName(name: string): string | null {
  const parts = name
    .replace(/\([^()]*\)|\[[^[\]]*\]/g, ' ')
    .split(',')
    .map((part) =>
      part.split(/\s+/).filter((word) => /[\p{L}\p{N}&]/u.test(word) && !TITLES.test(word)),
    )
    .filter((words) => words.length > 0)
  const [first = [], second = [], ...others] = parts
  const words = [...second, ...first]
  return words.length < 2 || others.length > 0 ? null : nameKey(words.join(' '))
}

/** Titles before a name and degrees after it. */
const TITLES =
  /^(?:mrs?|ms|miss|mx|dr|prof(?:essor)?|sir|dame|lord|lady|rev(?:d|erend)?|cllr|councillor|ph\.?d|[mo]be|cbe|frcs|frcp|frcgp|mcips|fcips|cipfa|acca|rgn|esq)\.?$/i

interface Account {
  readonly name: string
  readonly workspace: string
  readonly slackUser: string
}

/** Ties people to their accounts by name; who is not named in any register is left out. */
export async function tieAccounts(
  pool: Pool,
  organisationId: number,
  accounts: readonly Account[],
): Promise<void> {
  for (const { name, workspace: slackWorkspace, slackUser } of accounts) {
    await tables(pool).person.updateMany({
      where: { organisationId, nameKey: nameKey(name), slackUser: null },
      data: { slackWorkspace, slackUser },
    })
  }
}

// The rules that hold for a contract: the organisation's, its team's, its own; or as they would be.

// Which rules hold for which contract: the defaults, under the environment's figures, under what the
// organisation, the team and the contract itself changed.

/** The figures of the rules that the environment may change. */
type RuleFigures = Partial<
  Pick<
    Rules,
    | 'historicAfterDays'
    | 'startByFrom'
    | 'smallValue'
    | 'approvalDays'
    | 'mobilisationDays'
    | 'deemedServiceDays'
    | 'chainToleranceDays'
    | 'cliffDays'
  >
>

/** A team, or the organisation itself. */
interface RulesOwner {
  readonly calendar: string
  readonly organisationRules?: RuleSettings | null
  readonly teamRules?: RuleSettings | null
}

/** A contract's own changes; absent or null where it has none. */
interface RulesOfContract {
  readonly rules?: RuleSettings | null
}

/** The rules of a team, or of a contract of that team where one is given. */
export type RulesByTeam = (owner: RulesOwner, contract?: RulesOfContract) => Rules

/** An organisation, with the rules of its teams and contracts. */
export interface RuledOrganisation {
  readonly organisationId: number
  readonly rulesOf: RulesByTeam
}

/** Who writes, when and by which way, with the rules that hold. */
export interface Author extends RuledOrganisation {
  readonly now: Date
  readonly personId: number | null
  /** command line, slack. */
  readonly via: string
}

/** Looks rules up, made once for each team that was read and each set of a contract's own changes. */
export function rulesByTeam(figures: RuleFigures): RulesByTeam {
  const made = new WeakMap<RulesOwner, Rules>()
  const own = new WeakMap<RuleSettings, { readonly over: Rules; readonly rules: Rules }>()
  const ofOwner = (owner: RulesOwner): Rules => {
    const known = made.get(owner)
    if (known) return known
    const calendar = calendarNamed(owner.calendar)
    if (calendar === null) {
      throw new Error(
        `The calendar "${owner.calendar}" is not known: set it again with "team set NAME --calendar CALENDAR".`,
      )
    }
    const organisation = withRuleSettings(
      { ...defaultRules(calendar), ...figures },
      owner.organisationRules ?? null,
    )
    const rules = withRuleSettings(organisation, owner.teamRules ?? null)
    made.set(owner, rules)
    return rules
  }
  return (owner, contract) => {
    const over = ofOwner(owner)
    const changes = contract?.rules ?? null
    if (changes === null) return over
    const known = own.get(changes)
    if (known?.over === over) return known.rules
    const rules = withRuleSettings(over, changes)
    own.set(changes, { over, rules })
    return rules
  }
}

// Rules as they would be if the organisation adopted some of them, without adopting them.

/** What teams and contracts changed for themselves still stands over the schedules that are tried. */
export function withSchedules(
  rulesOf: RulesByTeam,
  schedules: NonNullable<RuleSettings['ladders']>,
): RulesByTeam {
  // One object for each team, so that its rules are made once.
  const owners = new WeakMap<RulesOwner, RulesOwner>()
  return (owner, contract) => {
    const known = owners.get(owner)
    if (known) return rulesOf(known, contract)
    const own = owner.organisationRules ?? {}
    const merged = { ...own.ladders }
    for (const [kind, schedule] of Object.entries(schedules)) {
      const name = kind as keyof typeof schedules
      merged[name] = { ...merged[name], ...schedule }
    }
    const tried = { ...owner, organisationRules: { ...own, ladders: merged } }
    owners.set(owner, tried)
    return rulesOf(tried, contract)
  }
}

// The rules of the organisation, a team or one contract, as they are kept.

/** How they change: a pure step from what is kept to what is to be kept. */
export type RulesStep = (kept: RuleSettings) => RuleSettings

// What checks them is loaded where they change, not with every command.
const rulesText = () => import('../rules/settings-text.ts')

/** What a step makes of kept settings, for those who look ahead. @throws UserError as the step does. */
export async function rulesStepped(
  step: RulesStep,
): Promise<(kept: RuleSettings | null) => RuleSettings> {
  const { checkedRuleSettings } = await rulesText()
  return (kept) => checkedRuleSettings(step(checkedRuleSettings(kept)))
}

/** Writes the next settings where they differ, and returns what changed. */
export async function rewriteRules(
  client: PoolClient,
  table: 'organisation' | 'team' | 'contract',
  id: number,
  contractId: number | null,
  step: RulesStep,
): Promise<AuditChange[]> {
  const { checkedRuleSettings, RULE_KEYS, ruleName, settingOf } = await rulesText()
  const kept = checkedRuleSettings((await lockJson(client, `${table}.settings`, id)).rules)
  const next = checkedRuleSettings(step(kept))
  const changes = RULE_KEYS.flatMap((key) => {
    const [from, to] = [shown(settingOf(kept, key)), shown(settingOf(next, key))]
    if (from === to) return []
    return [{ contractId, what: 'updated', field: `rules.${ruleName(key)}`, from, to }]
  })
  if (changes.length === 0) return []
  await addJson(client, `${table}.settings`, id, { rules: next })
  return changes
}

function shown(value: unknown): string | null {
  if (value === undefined) return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

// A person as this database knows them, found by what they are called.

/** Their name is what they are called; `sameAsId`: the person with an account whom this name in a register means. */
export type KnownPerson = Readonly<Omit<Person, 'organisationId' | 'nameKey' | 'displayName'>> & {
  readonly name: string | null
}

export async function readPeople(
  client: Pool | PoolClient,
  where: Prisma.PersonWhereInput,
): Promise<KnownPerson[]> {
  const found = await tables(client).person.findMany({ where, orderBy: { id: 'asc' } })
  return found.map(({ id, pseudonym, sameAsId, displayName: name, ...person }) => {
    const { organisationId: _, nameKey: __, ...known } = person
    return { id, pseudonym, sameAsId, name, ...known }
  })
}

/** Everybody of this Slack id, email address, name, number or pseudonym. */
export async function peopleCalled(
  client: Pool | PoolClient,
  organisationId: number,
  asked: string,
): Promise<KnownPerson[]> {
  const text = asked.trim().replace(/^<@([UW][A-Z0-9]+)(\|.*)?>$/, '$1')
  const key = nameKey(asked)
  const number = /^person ([1-9]\d{0,8})$/i.exec(text)?.[1]
  return await readPeople(client, {
    organisationId,
    OR: [
      { slackUser: text },
      { email: { equals: literally(text), mode: 'insensitive' } },
      ...(key === '' ? [] : [{ nameKey: key }]),
      ...(number === undefined ? [] : [{ id: Number(number) }]),
      ...(UUID.test(text) ? [{ pseudonym: text.toLowerCase() }] : []),
    ],
  })
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * The one of them; what is thrown where there is none is `nobody`.
 * @throws UserError where there are several: people of one name are told apart by the rest.
 */
export function theOne(people: readonly KnownPerson[], nobody: string): KnownPerson {
  const [person, ...others] = people
  if (person === undefined) throw new UserError(nobody)
  if (others.length === 0) return person
  const candidates = people.map(
    ({ id, name, email, slackUser }) =>
      `person ${id}: ${[name, email, slackUser].filter((part) => part !== null).join(', ')}`,
  )
  throw new UserError('Several people fit. Say which one by its number:', candidates)
}

/** @throws UserError where nobody is called so, or several are. */
export async function findPerson(
  pool: Pool | PoolClient,
  organisationId: number,
  asked: string,
): Promise<KnownPerson> {
  return theOne(
    await peopleCalled(pool, organisationId, asked),
    'Nobody here has that Slack id, email address, name or number. Names are compared whole.',
  )
}

/** Somebody joined the workspace, left it, became a guest or has another name: seen when Slack says so. */
import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt'
import { personText, writeAudit } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import { tables } from '../database/prisma.ts'
import { linkAccount, memberIn, recordLeaver } from '../delivery/departed-people.ts'
import type { Member } from '../delivery/gateway.ts'
import { textOf } from '../delivery/slack-api.ts'
import { fieldOf } from '../delivery/slack-errors.ts'
import { firstTime, noteFailure, type SlackDependencies } from './request.ts'

type Told = (SlackEventMiddlewareArgs<'user_change'> | SlackEventMiddlewareArgs<'team_join'>) &
  AllMiddlewareArgs

/**
 * Slack tells of everybody's every change, also of a new picture: who is not in this database costs
 * one look into it, and writes nothing.
 */
export async function handleMember(
  deps: SlackDependencies,
  { event, body, client }: Told,
): Promise<void> {
  const { pool, organisation, directory } = deps
  const { id } = event.user
  directory.forget(id)
  try {
    const known = await knownAs(deps, id, textOf(fieldOf(event.user, 'profile'), 'email'))
    if (known.length === 0) return
    if (!(await firstTime(pool, organisation.id, `event:${body.event_id}`))) return
    // Events may come late and in any order: what is true now is asked, not read from them.
    const asked = await client.users.info({ user: id }).catch(() => null)
    const user: unknown = asked?.user ?? event.user
    for (const person of known) await follow(deps, person, user, body.team_id)
  } catch (error) {
    noteFailure(deps, 'somebody changed', error)
  }
}

interface Known {
  readonly id: number
  /** Null for somebody whom only a register names, by address. */
  readonly slackUser: string | null
  readonly name: string | null
  readonly gone: boolean
}

async function knownAs(
  { pool, organisation }: SlackDependencies,
  slackUser: string,
  email: string | null,
): Promise<readonly Known[]> {
  const address = email?.trim().toLowerCase()
  const found = await tables(pool).person.findMany({
    where: {
      organisationId: organisation.id,
      erasedAt: null,
      OR: [{ slackUser }, ...(address === undefined ? [] : [{ slackUser: null, email: address }])],
    },
    orderBy: [{ slackUser: 'asc' }, { id: 'asc' }],
  })
  return found.map(({ id, slackUser: account, displayName, goneOn }) => {
    return { id, slackUser: account, name: displayName, gone: goneOn !== null }
  })
}

async function follow(deps: SlackDependencies, person: Known, user: unknown, workspace: string) {
  const { pool, organisation, directory, today } = deps
  if (person.slackUser === null) {
    const member = memberIn(user)
    if (member !== null) await linkAccount(pool, workspace, person.id, member)
    return
  }
  if (fieldOf(user, 'deleted') === true) {
    const { administrators } = directory
    const seen = { organisationId: organisation.id, asOf: today() }
    return recordLeaver({ pool, administrators }, seen, person.id)
  }
  const member = memberIn(user)
  if (member !== null) await stays(deps, person, member)
}

/** Renamed, or back again. The record of changes says so without the name, which may be erased. */
async function stays(
  { pool, organisation, now }: SlackDependencies,
  person: Known,
  { name }: Member,
) {
  const renamed = name !== null && person.name !== name
  if (!renamed && !person.gone) return
  await inTransaction(pool, async (client) => {
    await tables(client).person.updateMany({
      where: { id: person.id },
      data: { ...(name === null ? {} : { displayName: name }), goneOn: null },
    })
    const source = { organisationId: organisation.id, byPersonId: null, via: 'slack', at: now() }
    const field = personText(person.id)
    const change = { contractId: null, field, from: null, to: null }
    await writeAudit(client, source, `the Slack account of person ${person.id} changed`, [
      ...(renamed ? [{ ...change, what: 'renamed' }] : []),
      ...(person.gone ? [{ ...change, what: 'came-back' }] : []),
    ])
  })
}

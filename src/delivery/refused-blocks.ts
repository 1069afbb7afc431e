/**
 * Slack brings new blocks to workspaces in stages. Which of them a workspace refused is remembered
 * for a time: until then it is sent text in their place.
 */
import type pg from 'pg'
import { tables } from '../database/prisma.ts'
import type { Message } from '../text/facts.ts'
import { DATA_BLOCKS, type DataBlockType, dataBlocksIn, withTextFor } from '../text/message.ts'
import { verdictOf } from './slack-errors.ts'

/** Whose token it is, and where it posts to. */
interface Workspace {
  readonly organisationId: number
  readonly workspace: string
}

/** After so many days a block is tried again. */
const REMEMBERED_DAYS = 28

/** What the workspace refused lately. */
export async function readRefused(
  pool: pg.Pool,
  { organisationId, workspace }: Workspace,
): Promise<DataBlockType[]> {
  const { rows } = await pool.query<{ type: string }>(
    `SELECT type FROM refused_block WHERE organisation_id = $1 AND workspace = $2
        AND refused_at > now() - make_interval(days => $3)`,
    [organisationId, workspace, REMEMBERED_DAYS],
  )
  return DATA_BLOCKS.filter((known) => rows.some(({ type }) => type === known))
}

export async function rememberRefused(
  pool: pg.Pool,
  place: Workspace,
  types: readonly DataBlockType[],
): Promise<void> {
  if (types.length === 0) return
  const { refusedBlock } = tables(pool)
  await refusedBlock.deleteMany({ where: { ...place, type: { in: [...types] } } })
  const data = types.map((type) => ({ ...place, type }))
  await refusedBlock.createMany({ data, skipDuplicates: true })
}

interface BlocksRefused {
  /** Those to be sent as text. */
  readonly types: readonly DataBlockType[]
  /** Whether Slack does not know them here, and finds no fault with what one of them holds. */
  readonly unknown: boolean
}

/**
 * Which tables and charts of a message Slack refuses it for; null where the fault lies elsewhere.
 * @param why Slack's error with its lines, which name a type or point to a place in the blocks; where
 *   they do neither, all of them may be at fault
 */
export function blocksRefused(why: string, message: Pick<Message, 'blocks'>): BlocksRefused | null {
  if (!why.startsWith('invalid_blocks')) return null
  const held = dataBlocksIn(message)
  const places = [...why.matchAll(/\/blocks\/(\d+)(\/(?!type\b)\w+)?/g)]
  const pointed = new Set(places.map(([, at]) => message.blocks[Number(at)]?.type))
  const named = held.filter((type) => why.includes(type) || pointed.has(type))
  const types = named.length > 0 || places.length > 0 ? named : held
  if (types.length === 0) return null
  return { types, unknown: places.every(([, , inside]) => inside === undefined) }
}

/**
 * Sends an answer as the workspace takes it: what it refuses for its tables and charts goes once more
 * with text in their place. @throws what `send` throws otherwise
 */
export async function sendAsTaken(
  pool: pg.Pool,
  place: Workspace,
  message: Message,
  send: (message: Message) => Promise<void>,
): Promise<void> {
  const held = dataBlocksIn(message).length > 0
  let said = held ? withTextFor(message, await readRefused(pool, place)) : message
  const learned: DataBlockType[] = []
  // As often as there are types of blocks to be left out, and once without any.
  for (let left: number = DATA_BLOCKS.length; ; left -= 1) {
    try {
      await send(said)
      break
    } catch (error) {
      const { why } = verdictOf(error)
      // The address that answers a command gives no reason but the status.
      const refused = blocksRefused(why === 'HTTP status 400' ? 'invalid_blocks' : why, said)
      if (refused === null || left === 0) throw error
      if (refused.unknown) learned.push(...refused.types)
      said = withTextFor(said, refused.types)
    }
  }
  await rememberRefused(pool, place, learned)
}

/** The contract that somebody means by what they typed. */
import type { Pool, PoolClient } from 'pg'
import type { Contract, Prisma, Source } from '../database/generated/client.ts'
import { tables } from '../database/prisma.ts'
import { UserError } from '../rules/user-error.ts'

type Candidate = Pick<Contract, 'id' | 'reference' | 'title' | 'supplier'> & {
  readonly source: Pick<Source, 'name'>
}

/**
 * The id of the one contract of that reference, of `#id`, or of a part of reference or title that
 * only one contract has.
 * @throws UserError where there is none, or several: it lists them.
 */
export async function findContract(
  client: Pool | PoolClient,
  organisationId: number,
  typed: string,
): Promise<number> {
  const text = typed.trim().replace(/^["'“‘]+|["'”’]+$/g, '')
  if (text === '') throw new UserError('Which contract? Give its reference.')
  const number = /^#(\d{1,9})$/.exec(text)?.[1]
  const read = (
    where: Prisma.ContractWhereInput,
    ...first: Prisma.ContractOrderByWithRelationInput[]
  ) =>
    tables(client).contract.findMany({
      where: { organisationId, ...where },
      orderBy: [...first, { id: 'asc' }],
      take: 11,
      select: {
        ...{ id: true, reference: true, title: true, supplier: true },
        source: { select: { name: true } },
      },
    })
  if (number !== undefined) return only(await read({ id: Number(number) }), text)
  const key = text.replace(/\s+/g, ' ').toLowerCase()
  const exact = await read({ referenceKey: key })
  if (exact.length > 0) return only(exact, text)
  const contains = key.replace(/[\\%_]/g, (character) => `\\${character}`)
  const title = { contains, mode: 'insensitive' } as const
  const partly = { OR: [{ referenceKey: { contains } }, { title }] }
  return only(await read(partly, { historic: 'asc' }), text)
}

function only(found: readonly Candidate[], typed: string): number {
  const [first] = found
  if (!first) throw new UserError(`No contract is called "${typed}". List them with: contracts`)
  if (found.length === 1) return first.id
  const lines = found.slice(0, 10).map(candidateLine)
  const more = found.length > 10 ? ' (the first ten)' : ''
  throw new UserError(`Several contracts fit "${typed}"${more}; say which by its number:`, lines)
}

function candidateLine({ id, reference, title, supplier, source }: Candidate): string {
  return [`#${id}`, reference, title, supplier, source.name]
    .filter((part) => part !== null)
    .join(' · ')
}

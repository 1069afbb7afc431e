/** Prisma's client. It takes a fifth of a second to load, so that only who needs it imports this. */
import { PrismaPg } from '@prisma/adapter-pg'
import type { Pool } from 'pg'
import { PrismaClient } from './generated/client.ts'

/** Over the same connections; `$disconnect` leaves them open. */
export function prismaOver(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) })
}

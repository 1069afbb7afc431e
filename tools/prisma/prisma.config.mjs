import { defineConfig } from 'prisma/config'

const url = process.env.DATABASE_URL

/** For Prisma's own commands, run in this folder. The program itself never reads this file. */
export default defineConfig({
  schema: '../../prisma/schema.prisma',
  migrations: { path: '../../prisma/migrations' },
  ...(url === undefined ? {} : { datasource: { url } }),
})

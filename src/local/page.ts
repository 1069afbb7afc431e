/** The page of the local workspace: opened with the program, set up anew on request. */
import { addDays, type CivilDate, weekday } from '../domain/civil-date.ts'
import { calendarRoutes } from '../ops/calendar.ts'
import { listenOnLoopback } from '../workspace/page/listen.ts'
import { pageOver } from '../workspace/page/page.ts'
import type { Stand, Stride } from '../workspace/page/stand.ts'
import { PERSONAS } from './company.ts'
import { type LocalHouse, type LocalOptions, openLocalHouse } from './house.ts'

export interface LocalPage {
  readonly url: string
  close(): Promise<void>
}

/** @throws Error where no port is free, or the embedded database cannot run here. */
export async function openLocalPage(options: LocalOptions, port: number): Promise<LocalPage> {
  // Known once the page listens.
  let url: string | null = null
  let house = await openLocalHouse(options, () => url)
  let until: CivilDate | null = null
  const listeners = new Set<(what: 'day' | 'reset') => void>()
  const tell = (what: 'day' | 'reset') => {
    for (const listener of listeners) listener(what)
  }
  const busy = () => {
    if (until !== null) throw new Error('The clock is moving: wait until it rests.')
  }
  const stand: Stand = {
    get workspace() {
      return house.workspace
    },
    personas: PERSONAS,
    timeZone: options.settings.timeZone,
    today: () => house.clock.today(),
    passingUntil: () => until,
    async pass(stride) {
      busy()
      const from = house
      const today = from.clock.today()
      until = addDays(today, daysOf(stride, today))
      try {
        while (from.clock.today() < until) {
          tell('day')
          const isLast = addDays(from.clock.today(), 1) >= until
          await from.passDay(isLast ? 'rest' : 'another follows')
        }
      } finally {
        until = null
        tell('day')
      }
    },
    async reset() {
      busy()
      const before: LocalHouse = house
      house = await openLocalHouse(options, () => url)
      tell('reset')
      await before.close()
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const app = pageOver(stand)
  app.route(
    '/',
    calendarRoutes(() => house.desk),
  )
  const page = await listenOnLoopback(app, port).catch(async (error: unknown) => {
    await house.close()
    throw error
  })
  url = page.url
  return {
    url,
    async close() {
      await page.close()
      await house.close()
    },
  }
}

function daysOf(stride: Stride, today: CivilDate): number {
  switch (stride) {
    case 'next-day':
      return 1
    case 'next-monday':
      return 8 - weekday(today)
    case '30-days':
      return 30
  }
}

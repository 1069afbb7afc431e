/** Every command and the file that makes it: whoever asks for one waits for no other to be loaded. */
import type { Command } from 'commander'

export interface CommandGroup {
  readonly names: readonly string[]
  /** Adds the commands of these names. */
  load(): Promise<(cli: Command) => void>
}

/** In the order in which help lists them. */
export const GROUPS: readonly CommandGroup[] = [
  { names: ['import'], load: async () => (await import('./import.ts')).addImport },
  { names: ['export'], load: async () => (await import('./export.ts')).addExport },
  {
    names: ['contracts', 'due', 'show', 'explain'],
    load: async () => (await import('./ask.ts')).addAsking,
  },
  {
    names: ['sweep', 'deliver', 'resume', 'weekly'],
    load: async () => (await import('./watch.ts')).addWatching,
  },
  { names: ['simulate'], load: async () => (await import('./simulate.ts')).addSimulate },
  { names: ['ack', 'decide'], load: async () => (await import('./act.ts')).addActing },
  {
    names: ['personal-data'],
    load: async () => (await import('./personal-data.ts')).addPersonalData,
  },
  { names: ['dispute'], load: async () => (await import('./dispute.ts')).addDispute },
  { names: ['extend', 'extension'], load: async () => (await import('./extend.ts')).addExtending },
  { names: ['extensions'], load: async () => (await import('./extensions.ts')).addExtensions },
  { names: ['costs'], load: async () => (await import('./costs.ts')).addCosts },
  { names: ['exposure'], load: async () => (await import('./exposure.ts')).addExposure },
  { names: ['headroom'], load: async () => (await import('./headroom.ts')).addHeadroom },
  { names: ['published'], load: async () => (await import('./published.ts')).addPublished },
  { names: ['checkpoint'], load: async () => (await import('./checkpoint.ts')).addCheckpoint },
  { names: ['start-by'], load: async () => (await import('./start-by.ts')).addStartBy },
  { names: ['history', 'audit'], load: async () => (await import('./audit.ts')).addAudit },
  { names: ['backup', 'restore'], load: async () => (await import('./backup.ts')).addBackup },
  { names: ['calendar'], load: async () => (await import('./calendar.ts')).addCalendar },
  { names: ['chains'], load: async () => (await import('./chains.ts')).addChains },
  {
    names: ['consolidate', 'cliffs'],
    load: async () => (await import('./together.ts')).addTogether,
  },
  { names: ['waivers'], load: async () => (await import('./waivers.ts')).addWaivers },
  { names: ['team'], load: async () => (await import('./teams.ts')).addTeams },
  { names: ['person'], load: async () => (await import('./person.ts')).addPerson },
  { names: ['settings'], load: async () => (await import('./settings.ts')).addSettings },
  { names: ['triage'], load: async () => (await import('./triage.ts')).addTriage },
  {
    names: ['migrate', 'doctor', 'sample'],
    load: async () => (await import('./house.ts')).addHouse,
  },
]

/** The group of a command; all of them where what was typed is none, so that help is whole. */
export function groupsFor(typed: string | undefined): readonly CommandGroup[] {
  const own = GROUPS.find(({ names }) => names.includes(typed ?? ''))
  return own === undefined ? GROUPS : [own]
}

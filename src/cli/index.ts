/** Every command and the file that makes it, which is loaded only when that command is asked for. */
import type { Cli } from './run.ts'

interface CommandGroup {
  readonly names: readonly string[]
  load(): Promise<(cli: Cli) => void>
}

/** In the order in which help lists them. */
export const GROUPS: readonly CommandGroup[] = [
  { names: ['import'], load: async () => (await import('./register.ts')).addImport },
  {
    names: ['questions', 'answer'],
    load: async () => (await import('./questions.ts')).addQuestions,
  },
  { names: ['source'], load: async () => (await import('./register.ts')).addSources },
  { names: ['export'], load: async () => (await import('./register.ts')).addExport },
  {
    names: ['contracts', 'due', 'ask', 'show', 'explain'],
    load: async () => (await import('./contracts.ts')).addAsking,
  },
  {
    names: ['sweep', 'deliver', 'resume', 'weekly'],
    load: async () => (await import('./warnings.ts')).addWatching,
  },
  { names: ['simulate'], load: async () => (await import('./warnings.ts')).addSimulate },
  { names: ['ack', 'decide'], load: async () => (await import('./contracts.ts')).addActing },
  {
    names: ['personal-data'],
    load: async () => (await import('./people.ts')).addPersonalData,
  },
  { names: ['document'], load: async () => (await import('./contracts.ts')).addDocuments },
  { names: ['umbrella'], load: async () => (await import('./contracts.ts')).addUmbrella },
  { names: ['dispute'], load: async () => (await import('./contracts.ts')).addDispute },
  {
    names: ['extend', 'extension'],
    load: async () => (await import('./extensions.ts')).addExtending,
  },
  { names: ['extensions'], load: async () => (await import('./extensions.ts')).addExtensions },
  { names: ['board'], load: async () => (await import('./costs.ts')).addBoard },
  { names: ['costs'], load: async () => (await import('./costs.ts')).addCosts },
  { names: ['exposure'], load: async () => (await import('./costs.ts')).addExposure },
  { names: ['headroom'], load: async () => (await import('./extensions.ts')).addHeadroom },
  { names: ['published'], load: async () => (await import('./procurement.ts')).addPublished },
  { names: ['checkpoint'], load: async () => (await import('./procurement.ts')).addCheckpoint },
  { names: ['start-by'], load: async () => (await import('./procurement.ts')).addStartBy },
  { names: ['pipeline'], load: async () => (await import('./procurement.ts')).addPipeline },
  { names: ['history', 'audit'], load: async () => (await import('./operate.ts')).addAudit },
  { names: ['backup', 'restore'], load: async () => (await import('./operate.ts')).addBackup },
  { names: ['calendar'], load: async () => (await import('./warnings.ts')).addCalendar },
  { names: ['chains'], load: async () => (await import('./insights.ts')).addChains },
  {
    names: ['consolidate', 'cliffs'],
    load: async () => (await import('./insights.ts')).addTogether,
  },
  { names: ['cover'], load: async () => (await import('./support.ts')).addCover },
  { names: ['products'], load: async () => (await import('./support.ts')).addProducts },
  { names: ['support'], load: async () => (await import('./support.ts')).addSupport },
  { names: ['waiver'], load: async () => (await import('./extensions.ts')).addWaiver },
  { names: ['waivers'], load: async () => (await import('./extensions.ts')).addWaivers },
  { names: ['team'], load: async () => (await import('./teams.ts')).addTeams },
  { names: ['person'], load: async () => (await import('./people.ts')).addPerson },
  { names: ['settings'], load: async () => (await import('./teams.ts')).addSettings },
  { names: ['triage'], load: async () => (await import('./questions.ts')).addTriage },
  { names: ['ended'], load: async () => (await import('./questions.ts')).addEnded },
  {
    names: ['migrate', 'doctor', 'sample'],
    load: async () => (await import('./operate.ts')).addOperate,
  },
]

/** The group of a command; all of them where what was typed is none, so that help is whole. */
export function groupsFor(typed: string | undefined): readonly CommandGroup[] {
  const own = GROUPS.find(({ names }) => names.includes(typed ?? ''))
  return own === undefined ? GROUPS : [own]
}

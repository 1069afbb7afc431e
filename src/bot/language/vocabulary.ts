/** The words by which people call the commands. */

import { nearWord } from '../../domain/near-word.ts'
import { VERBS, type Verb } from '../../messages/manual.ts'

const SYNONYMS: Readonly<Record<Verb, string>> = {
  help: '? h -h --help usage commands',
  due: 'upcoming expiring deadlines todo what whats',
  list: 'ls contracts register browse',
  find: 'search lookup grep query where',
  show: 'view display open get info detail details card see who',
  add: 'new create enter',
  edit: 'change update correct fix amend modify',
  extend: 'extension prolong rollover',
  withdraw: 'retract revoke',
  decide: 'decision decided resolve',
  own: 'owner owns assign reassign handover',
  ack: 'acknowledge acknowledged onit take claim',
  snooze: 'postpone defer later remind pause',
  published: 'publish publication',
  explain: 'why reason',
  headroom: 'allowance leeway room',
  'start-by': 'startby start route routes',
  preview: 'simulate forecast ahead',
  triage: 'review sort',
  summary: 'weekly digest report overview',
  cliffs: 'cliff together',
  chains: 'chain rollovers',
  consolidate: 'consolidation joint bulk compare',
  costs: 'spend spending money premium price',
  subscribe: 'follow sub',
  unsubscribe: 'unfollow unsub',
  subscriptions: 'subs subscription',
  calendar: 'ical ics outlook feed',
  import: 'upload load',
  export: 'download csv',
  history: 'log audit changes timeline',
  settings: 'setting config configure setup preferences prefs',
}

const MEANING: ReadonlyMap<string, Verb> = new Map(
  VERBS.flatMap((verb) =>
    [verb, ...SYNONYMS[verb].split(' ')].map((word): [string, Verb] => [word, verb]),
  ),
)

/** The command that this word calls, in any of its forms; null where it calls none. */
export function verbOf(word: string): Verb | null {
  const bare = word.replace(/['’]/g, '').replace(/[:,.!]+$/, '')
  for (const form of [bare, bare.replace(/s$/, ''), bare.replace(/(?:ing|ed)$/, '')]) {
    const verb = MEANING.get(form)
    if (verb !== undefined) return verb
  }
  return null
}

/** The command that this word nearly calls. */
export function nearVerb(word: string): Verb | null {
  const near = nearWord(word, MEANING.keys())
  return near === null ? null : (MEANING.get(near) ?? null)
}

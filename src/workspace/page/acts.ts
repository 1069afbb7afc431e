/** What the page's person does, as the page's script sends it. */
import { z } from 'zod'
import type { Surface } from '../acts/payloads.ts'
import type { Problem, Seen } from '../acts/seen.ts'
import type { Place } from './place.ts'
import { STRIDES, type Stand } from './stand.ts'

const given = z.union([z.string(), z.array(z.string()), z.null()])
const values = z.record(z.string(), given).default({})

export const act = z.discriminatedUnion('do', [
  z.object({ do: z.literal('command'), text: z.string().max(4000) }),
  z.object({
    do: z.literal('press'),
    /** The ts of the message or the id of the view. */
    surface: z.string(),
    action: z.string(),
    value: z.string().nullable().default(null),
    values,
  }),
  z.object({
    do: z.literal('choose'),
    surface: z.string(),
    action: z.string(),
    given,
    values,
  }),
  z.object({ do: z.literal('submit'), surface: z.string(), values }),
  z.object({ do: z.literal('close'), surface: z.string() }),
  z.object({ do: z.literal('open-home') }),
  z.object({ do: z.literal('forget'), surface: z.string() }),
  z.object({ do: z.literal('pass'), stride: z.enum(STRIDES) }),
  z.object({ do: z.literal('reset') }),
  z.object({ do: z.literal('settle-step'), step: z.enum(['see', 'act', 'pass', 'all']) }),
])
export type Act = z.infer<typeof act>

/** What came of it: what to tell the person, and what is wrong with the fields of a modal. */
export interface Done {
  readonly problem: string | null
  readonly errors: Readonly<Record<string, string>>
}

type WorkspaceAct = Exclude<Act, { do: 'pass' | 'reset' | 'settle-step' }>

/** Carries out an act in the workspace. @throws Error where there is nothing of this name to act on. */
export async function carryOut(wanted: WorkspaceAct, place: Place, stand: Stand): Promise<Done> {
  const actor = stand.workspace.as(place.user.id)
  switch (wanted.do) {
    case 'command': {
      const { channel } = place
      if (channel === null) return told('Commands are typed in a channel: choose one.')
      const { command, text } = split(wanted.text)
      return done(await actor.command(command, text, channel.id))
    }
    case 'press': {
      const surface = surfaceOf(wanted.surface, place, stand)
      if (isModal(surface)) actor.fill(surface, wanted.values)
      return done(await actor.press(surface, wanted.action, wanted.value))
    }
    case 'choose': {
      const surface = surfaceOf(wanted.surface, place, stand)
      if (isModal(surface)) actor.fill(surface, wanted.values)
      return done(await actor.select(surface, wanted.action, wanted.given))
    }
    case 'submit': {
      const surface = surfaceOf(wanted.surface, place, stand)
      return isModal(surface)
        ? done(await actor.submit(surface, wanted.values))
        : told('That is no form.')
    }
    case 'close': {
      const surface = surfaceOf(wanted.surface, place, stand)
      return isModal(surface) ? done(await actor.close(surface)) : told('That is no form.')
    }
    case 'open-home':
      return done(await actor.openHome())
    case 'forget': {
      const surface = surfaceOf(wanted.surface, place, stand)
      if (surface.kind === 'ephemeral') stand.workspace.ledger.removeEphemeral(surface.ts)
      return told(null)
    }
  }
}

/** What is typed without a slash is meant for the bot as well. */
function split(typed: string): { readonly command: string; readonly text: string } {
  const [, command = '/contracts', text = ''] = /^(\/\S+)?\s*([\s\S]*)$/.exec(typed.trim()) ?? []
  return { command, text }
}

function surfaceOf(id: string, { user, channel }: Place, { workspace }: Stand): Surface {
  const view = workspace.views.view(id)
  if (view !== null) return view
  const message =
    channel === null
      ? undefined
      : workspace
          .as(user.id)
          .messages(channel.id)
          .find(({ ts }) => ts === id)
  if (message === undefined) throw new Error('What you pressed is no longer there.')
  return message
}

function isModal(surface: Surface): surface is Extract<Surface, { kind: 'view' }> {
  return surface.kind === 'view' && surface.source.type === 'modal'
}

function done({ problem, errors }: Seen): Done {
  return { problem: problem === null ? null : PROBLEMS[problem], errors }
}

function told(problem: string | null): Done {
  return { problem, errors: {} }
}

/** As Slack would put it, and what to do. */
const PROBLEMS: Readonly<Record<Problem, string>> = {
  operation_timeout: 'Lapsewatch did not answer in time. Try it once more.',
  http_service_error: 'Lapsewatch answered with an error. Look at its log on the terminal.',
  dispatch_failed: 'Lapsewatch cannot be reached. Wait a moment, then try again.',
  invalid_command: 'There is no such command here. Begin with /contracts.',
  invalid_response: 'Lapsewatch answered with something that Slack would not show.',
}

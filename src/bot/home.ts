/** App Home: what is mine, what is my team's, and what wants looking after. */
import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt'
import { homeView } from '../messages/home/home.ts'
import { fitView } from '../messages/view-limits.ts'
import { mayThey } from './access.ts'
import { homeFacts } from './facts/home.ts'
import { failure } from './reply.ts'
import { openScene, type Stage } from './scene.ts'

type Opened = SlackEventMiddlewareArgs<'app_home_opened'> & AllMiddlewareArgs

export async function handleHome(stage: Stage, args: Opened): Promise<void> {
  const { event, body, client } = args
  if (event.tab !== 'home') return
  try {
    const scene = await openScene(stage, client, {
      workspace: body.team_id,
      slackUser: event.user,
      channel: null,
    })
    const verdict = mayThey(scene.asker, 'read', null)
    const view = verdict.allowed
      ? homeView(await homeFacts(scene.context('')))
      : refusalView(verdict.why)
    await client.views.publish({ user_id: event.user, view: fitView(view) })
  } catch (error) {
    const { blocks } = failure(stage, 'Home', error)
    const view = fitView({ type: 'home', blocks: [...blocks] })
    await client.views
      .publish({ user_id: event.user, view })
      .catch((lost: Error) => stage.log(`Home could not be shown: ${lost.message}`))
  }
}

function refusalView(text: string) {
  return {
    type: 'home' as const,
    blocks: [{ type: 'section' as const, text: { type: 'plain_text' as const, text } }],
  }
}

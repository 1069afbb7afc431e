/** App Home: what is mine, what is my team's, and what wants looking after. */
import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt'
import { homeView } from '../messages/home/home.ts'
import { fitView } from '../messages/view-limits.ts'
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
    const view = scene.asker.isMember ? homeView(await homeFacts(scene.context(''))) : FOR_MEMBERS
    await client.views.publish({ user_id: event.user, view: fitView(view) })
  } catch (error) {
    const { blocks } = failure(stage, 'Home', error)
    const view = fitView({ type: 'home', blocks: [...blocks] })
    await client.views
      .publish({ user_id: event.user, view })
      .catch((lost: Error) => stage.log(`Home could not be shown: ${lost.message}`))
  }
}

const FOR_MEMBERS = {
  type: 'home' as const,
  blocks: [
    {
      type: 'section' as const,
      text: {
        type: 'plain_text' as const,
        text: 'Contracts are only shown to full members of this workspace.',
      },
    },
  ],
}

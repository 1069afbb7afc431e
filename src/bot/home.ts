/** App Home: what is mine, what is my team's, and what wants looking after. */
import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt'
import { homeView } from '../messages/home/home.ts'
import { fitView } from '../messages/view-limits.ts'
import { mayThey } from './access.ts'
import { homeFacts } from './facts/home.ts'
import { firstTime, isKnown } from './inbox.ts'
import { failure, noteFailure } from './reply.ts'
import { openScene, type Scene, type Stage } from './scene.ts'

type Opened = SlackEventMiddlewareArgs<'app_home_opened'> & AllMiddlewareArgs

export async function handleHome(stage: Stage, args: Opened): Promise<void> {
  const { event, body, client } = args
  if (event.tab !== 'home') return
  try {
    await firstTime(stage.pool, stage.organisation.id, keyOf(event.user))
    const who = { workspace: body.team_id, slackUser: event.user, channel: null }
    await publish(await openScene(stage, client, who))
  } catch (error) {
    const { blocks } = failure(stage, 'Home', error)
    const view = fitView({ type: 'home', blocks: [...blocks] })
    await client.views
      .publish({ user_id: event.user, view })
      .catch((lost: Error) => stage.log(`Home could not be shown: ${lost.message}`))
  }
}

/**
 * After an act of somebody: their Home as it is now, if they opened theirs within the days that the
 * inbox is kept. The act is done and answered: whatever goes wrong here is only logged.
 */
export async function renewHome(scene: Scene): Promise<void> {
  const { stage, asker } = scene
  try {
    const key = keyOf(asker.slackUser)
    if (await isKnown(stage.pool, stage.organisation.id, key)) await publish(scene)
  } catch (error) {
    noteFailure(stage, 'Home', error)
  }
}

async function publish(scene: Scene): Promise<void> {
  const { asker, client } = scene
  const verdict = mayThey(asker, 'read', null)
  const view = verdict.allowed
    ? homeView(await homeFacts(scene.context('')))
    : refusalView(verdict.why)
  await client.views.publish({ user_id: asker.slackUser, view: fitView(view) })
}

function keyOf(slackUser: string): string {
  return `home:${slackUser}`
}

function refusalView(text: string) {
  return {
    type: 'home' as const,
    blocks: [{ type: 'section' as const, text: { type: 'plain_text' as const, text } }],
  }
}

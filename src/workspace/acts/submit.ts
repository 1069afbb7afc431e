/** Submitting a modal: Slack's own checks, then the app's answer. */
import { readView } from '../content/view.ts'
import { complaintOf } from '../field-checks.ts'
import { isEmpty } from '../field-values.ts'
import { fieldsOf } from '../fields.ts'
import type { User } from '../people.ts'
import { isRecord } from '../request.ts'
import type { ShownView } from '../views.ts'
import { submissionPayload } from './payloads.ts'
import { DONE, failed, type Outcome } from './seen.ts'
import type { Stage } from './stage.ts'

/** Sends the modal with what stands in its fields; one with bad fields is not sent. */
export async function submitModal(stage: Stage, user: User, view: ShownView): Promise<Outcome> {
  const errors = complaints(view)
  if (Object.keys(errors).length > 0) return { problem: null, errors }
  const trigger = stage.triggers.issue(user.id, { modal: view.id, channel: view.channel })
  const ack = await stage.post.deliver(submissionPayload(user, view, trigger))
  return ack.acked ? respond(stage, user, view, ack.body) : failed(ack.failure)
}

function complaints({ source, values }: ShownView): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fieldsOf(source.blocks).flatMap((field) => {
      const value = values[field.blockId]?.[field.actionId]
      if (field.input === null || value === undefined) return []
      if (field.input.optional && isEmpty(value)) return []
      const complaint = complaintOf(field, value)
      return complaint === null ? [] : [[field.blockId, complaint]]
    }),
  )
}

/** Does with the modal what the app asks for; without a wish it closes. */
function respond(stage: Stage, user: User, view: ShownView, body: unknown): Outcome {
  if (body === undefined) {
    stage.views.close(user.id)
    return DONE
  }
  const action = isRecord(body) ? body.response_action : null
  if (!isRecord(body)) return invalid(stage, 'The answer to a submission is no object.')
  switch (action) {
    case 'clear':
      stage.views.close(user.id, { all: true })
      return DONE
    case 'errors':
      return fieldErrors(stage, view, body.errors)
    case 'update':
    case 'push':
      return nextView(stage, user, view, action, body.view)
    default:
      return invalid(stage, `A submission has no response_action "${String(action)}".`)
  }
}

function fieldErrors(stage: Stage, view: ShownView, errors: unknown): Outcome {
  const inputs = fieldsOf(view.source.blocks).filter(({ input }) => input !== null)
  const known = new Set(inputs.map(({ blockId }) => blockId))
  const entries = isRecord(errors) ? Object.entries(errors) : []
  const shown: Record<string, string> = {}
  for (const [blockId, text] of entries) {
    if (typeof text !== 'string' || text === '' || !known.has(blockId)) {
      return invalid(stage, `An error stands at "${blockId}", which is no input of the modal.`)
    }
    shown[blockId] = text
  }
  return entries.length === 0
    ? invalid(stage, 'A submission was answered with errors, but with none.')
    : { problem: null, errors: shown }
}

function nextView(
  stage: Stage,
  user: User,
  before: ShownView,
  action: 'update' | 'push',
  view: unknown,
): Outcome {
  const read = readView(view, 'modal')
  if ('error' in read) {
    const where = read.problems.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')
    return invalid(stage, `A submission was answered with a bad view: ${read.error} ${where}`)
  }
  if (action === 'update') {
    // The app may have changed the modal by a call before it answered.
    stage.views.update(stage.views.view(before.id) ?? before, read.view)
    return DONE
  }
  return stage.views.push(user.id, read.view) === null
    ? invalid(stage, 'A submission was answered with a fourth modal.')
    : DONE
}

function invalid({ ledger }: Stage, why: string): Outcome {
  ledger.failures.push(why)
  return failed('invalid_response')
}

/** blocks.validate: says what is wrong with blocks, a message or a view, and posts nothing. */
import { messageBlockProblems } from './content/message.ts'
import { type Problem, problemLine } from './content/problem.ts'
import { viewProblems } from './content/view.ts'
import { type Answer, type Method, refusal } from './method.ts'
import { isRecord } from './request.ts'

export const blocksValidate: Method = {
  scopes: [],
  answer(args) {
    const blocks = args.structure('blocks')
    const message = args.structure('message')
    const view = args.structure('view')
    const given = [blocks, message, view].filter((one) => one !== undefined)
    if (given.length !== 1) return refusal('invalid_arguments')
    if (blocks !== undefined) return verdict('invalid_blocks', messageBlockProblems(blocks))
    if (view !== undefined) return verdict('invalid_view', viewProblems(view))
    const inside = isRecord(message) ? message.blocks : null
    return verdict('invalid_message', messageBlockProblems(inside))
  },
}

function verdict(error: string, problems: readonly Problem[]): Answer {
  if (problems.length === 0) return { ok: true }
  return {
    ...refusal(error, problems.map(problemLine)),
    errors: problems.map((problem) => ({ ...problem, code: 'failed_constraint' })),
  }
}

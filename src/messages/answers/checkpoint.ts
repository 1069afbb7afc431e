/** What is said to whoever answered the question about a checkpoint. */
import type { CheckpointName } from '../../domain/checkpoints.ts'
import { answerLines, type CheckpointAnswerFacts } from '../checkpoint.ts'
import { body } from '../compose.ts'
import { mrkdwn } from '../escape.ts'
import type { Message } from '../facts.ts'
import { contractName, type Named } from '../naming.ts'
import { answer } from './answer.ts'

export function checkpointAnswer(
  contract: Named,
  name: CheckpointName,
  said: CheckpointAnswerFacts,
  hidePrices: boolean,
): Message {
  return answer([
    body(mrkdwn`*Recorded: ${contractName(contract)}*`, ...answerLines(name, said, hidePrices)),
  ])
}

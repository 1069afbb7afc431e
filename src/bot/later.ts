/** Everything that people may ask for and get later, in their direct messages. */
import type { Maker } from '../delivery/personal.ts'
import { answerMade } from './answers.ts'
import { makerOf } from './asked.ts'
import { exportMade } from './exporting.ts'
import type { Stage } from './scene.ts'

/** Makes them when they are sent. */
export function answersLater(stage: Stage): Maker {
  return makerOf(stage, { answer: answerMade, export: exportMade })
}

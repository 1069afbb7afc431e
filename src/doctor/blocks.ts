/** A warning as it would be posted, shown to Slack's own validator. Nothing is posted. */

import { ask } from '../delivery/ask.ts'
import type { Call } from '../delivery/call.ts'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import { asDecimal } from '../domain/money.ts'
import { warningButtons } from '../messages/buttons/warning-buttons.ts'
import type { Message } from '../messages/facts.ts'
import { warningMessage } from '../messages/warning.ts'
import { advice, bad, type Check, good } from './check.ts'

/** What Slack says of blocks that it would not post; anything else says nothing of them. */
const REFUSALS: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_message',
  'msg_blocks_too_long',
])

export async function checkBlocks(call: Call, today: CivilDate): Promise<Check> {
  const what = 'blocks'
  const asked = await ask(call, 'blocks.validate', { blocks: sampleWarning(today).blocks })
  if (asked.ok) return good(what, "a warning passes Slack's own validator")
  if (REFUSALS.has(asked.code)) {
    return bad(
      what,
      `Slack refuses a warning as it would be posted (${asked.why})`,
      'report this line to the project: messages of this version may not arrive',
    )
  }
  if (asked.code === 'unknown_method') {
    return good(what, 'not checked: this workspace has no validator')
  }
  return advice(what, `not checked (${asked.why})`, 'run doctor again later')
}

function sampleWarning(today: CivilDate): Message {
  const end = addDays(today, 30)
  return warningMessage(
    {
      asOf: today,
      contract: {
        reference: 'SAMPLE-1',
        title: 'A contract to try blocks with',
        supplier: 'Supplier & Sons <Ltd>',
        buyer: null,
        team: 'Sample',
        owner: null,
        value: asDecimal('120000'),
        currency: 'GBP',
        awardedEnd: end,
        currentEnd: end,
        endPrecision: 'day',
      },
      deadlines: [
        {
          kind: 'end',
          on: end,
          daysLeft: 30,
          reason: 'the contract ends on that day',
          speaks: true,
          skipped: null,
          askedAgain: false,
        },
      ],
      cameBack: false,
      possibleRepeat: false,
    },
    warningButtons('open', { contractId: 1, version: 1, alertIds: [1] }),
  )
}

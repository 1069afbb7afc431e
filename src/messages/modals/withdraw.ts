/** Taking back an extension: which one, and why. */
import type { ModalView } from '@slack/types'
import type { CardExtension } from '../answers/facts.ts'
import { body } from '../compose.ts'
import { mrkdwn, shown } from '../escape.ts'
import { contractName } from '../naming.ts'
import { capitalised, dateWords } from '../words.ts'
import { modal, selectField, textField } from './inputs.ts'
import type { AboutContract } from './small.ts'

export const WITHDRAW_FORM = 'lw.withdraw'

/** A select offers no more. */
const MOST = 100

export interface WithdrawForm extends AboutContract {
  /** Those that were not withdrawn, the last recorded first. */
  readonly extensions: readonly (CardExtension & { readonly id: number })[]
}

export function withdrawModal({ subject, contract, extensions }: WithdrawForm): ModalView {
  const { contractId, version, alertIds } = subject
  const choices = extensions.slice(0, MOST).map(({ id, kind, from, to }) => ({
    value: String(id),
    text: `${kind === 'unknown' ? 'Unclassified' : capitalised(kind)}: ${dateWords(from)} to ${dateWords(to)}`,
  }))
  return modal(WITHDRAW_FORM, 'Withdraw extension', 'Withdraw', { contractId, version, alertIds }, [
    body(
      mrkdwn`*${contractName(contract, 100)}*, ${shown(contract.reference, 60)}`,
      mrkdwn`It stays in the ledger as withdrawn. The end, the deadlines and the costs are again as they were before it, and the warnings of those deadlines return.`,
    ),
    selectField({ name: 'extension', label: 'Which extension is taken back?' }, choices, null),
    textField({ name: 'why', label: 'Why?', optional: true }, null),
  ])
}

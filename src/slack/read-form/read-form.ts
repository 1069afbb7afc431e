/** What a modal that was sent back asks for: typed input, errors at its fields, or nothing of ours. */
import type { RulesScope } from '../../actions/settings.ts'
import { addDays, type CivilDate } from '../../rules/civil-date.ts'
import { ADD_FORM, EDIT_FORM } from '../../text/forms/contract.ts'
import { DECIDE_FORM } from '../../text/forms/decide.ts'
import { CLASSIFY_FORM, EXTEND_FORM, WITHDRAW_FORM } from '../../text/forms/extend.ts'
import {
  formId,
  type ImportPlan,
  type ModalContext,
  readContext,
  readPlan,
} from '../../text/forms/fields.ts'
import { APPLY_FORM, HEADINGS_FORM, IMPORT_FORM } from '../../text/forms/import.ts'
import { RULES_FORM, SETTINGS_FORM } from '../../text/forms/settings.ts'
import {
  ASSIGN_FORM,
  PREFERENCES_FORM,
  type ReminderChannel,
  SNOOZE_FORM,
  VOICES,
} from '../../text/forms/snooze-assign.ts'
import { type ContractSent, readContract } from './contract.ts'
import { type DecideInput, readDecision } from './decide.ts'
import {
  type ClassifyInput,
  type ExtendInput,
  readClassification,
  readExtension,
} from './extend.ts'
import { chosenOrNobody, type FieldErrors, type Fields, fieldsOf, shownInputs } from './fields.ts'
import { type HeadingsInput, type ImportInput, readHeadings, readImport } from './import.ts'
import { type RulesInput, readRules, readSettings, type SettingsRead } from './settings.ts'

/** The contract that a modal was about, as it was when the modal was opened. */
export interface AboutContract {
  readonly contractId: number
  readonly version: number
  readonly alertIds: readonly number[]
}

export type Submission =
  | { readonly form: 'add'; readonly input: ContractSent }
  | { readonly form: 'edit'; readonly about: AboutContract; readonly input: ContractSent }
  | { readonly form: 'extend'; readonly about: AboutContract; readonly input: ExtendInput }
  | {
      readonly form: 'classify'
      readonly about: AboutContract
      readonly extensionId: number
      readonly input: ClassifyInput
    }
  | { readonly form: 'withdraw'; readonly about: AboutContract; readonly input: WithdrawInput }
  | { readonly form: 'decide'; readonly about: AboutContract; readonly input: DecideInput }
  | { readonly form: 'snooze'; readonly about: AboutContract; readonly input: SnoozeInput }
  | { readonly form: 'assign'; readonly about: AboutContract; readonly input: AssignInput }
  | SettingsSent
  | RulesSent
  | ImportStep
  /** Null: as it was. */
  | { readonly form: 'preferences'; readonly input: { readonly voice: ReminderChannel | null } }
  | { readonly form: 'errors'; readonly errors: FieldErrors }

/** `previewed`: the mark of what was shown before; null where nothing was yet. */
export interface SettingsSent extends SettingsRead {
  readonly form: 'settings'
  readonly teamId: number
  readonly previewed: string | null
}
/** Whose rules stands in the form, whatever may be done about them. */
export interface RulesSent {
  readonly form: 'rules'
  readonly scope: RulesScope
  readonly previewed: string | null
  readonly input: RulesInput
}
/** A register on its way in: each step knows what the ones before it settled. */
export type ImportStep =
  | { readonly form: 'import'; readonly input: ImportInput }
  | { readonly form: 'headings'; readonly plan: ImportPlan; readonly input: HeadingsInput }
  | { readonly form: 'apply'; readonly plan: ImportPlan }

export interface WithdrawInput {
  readonly extensionId: number
  readonly why: string | null
}
export interface SnoozeInput {
  readonly until: CivilDate
  readonly why: string | null
}
/** Slack ids; null: nobody; undefined: as it is. */
export interface AssignInput {
  readonly owner: string | null | undefined
  readonly deputy: string | null | undefined
}

const OUTDATED =
  'This form was opened before Lapsewatch was updated: nothing was changed. Close it and open it again.'

/**
 * Reads `payload.view` of a `view_submission`. Null for a view that is none of ours or was tampered
 * with: then nothing may be done. Rights are not looked at here.
 */
export function readSubmission(view: unknown, today: CivilDate): Submission | null {
  if (typeof view !== 'object' || view === null) return null
  const { callback_id: form, private_metadata: metadata, blocks } = view as Record<string, unknown>
  const plan = readPlan(metadata)
  const context = plan === null ? readContext(metadata) : null
  const about = plan ?? context
  if (about === null || typeof form !== 'string') return null
  const id = formId(form, about)
  const fields = fieldsOf(view as Record<string, unknown>, id)
  if (fields === null) return null
  const foreign = [...(shownInputs(blocks)?.keys() ?? [])].find((each) => !each.endsWith(`@${id}`))
  // Of an older version of this program, or of another subject: neither may be read as this one's.
  if (foreign !== undefined) return { form: 'errors', errors: { [foreign]: OUTDATED } }
  const read = plan === null ? null : readStep(form, plan, fields)
  return answered(read ?? (context && readForm(form, context, fields, today)), fields)
}

/** With its errors instead, where any field has one. */
function answered(read: Submission | null, fields: Fields): Submission | null {
  if (read === null) {
    const errors = fields.errors()
    return errors === null ? null : { form: 'errors', errors }
  }
  const errors = fields.errors()
  return errors === null ? read : { form: 'errors', errors }
}

function readStep(form: unknown, plan: ImportPlan, fields: Fields): Submission | null {
  switch (form) {
    case HEADINGS_FORM:
      return submitted(readHeadings(fields), (input) => ({ form: 'headings', plan, input }))
    case APPLY_FORM:
      return { form: 'apply', plan }
    default:
      return null
  }
}

function readForm(
  form: unknown,
  context: ModalContext,
  fields: Fields,
  today: CivilDate,
): Submission | null {
  const about = aboutOf(context)
  const { extensionId, teamId, end, previewed, touched } = context
  switch (form) {
    case ADD_FORM:
      return submitted(readContract(fields, true), (input) => ({ form: 'add', input }))
    case IMPORT_FORM:
      return submitted(readImport(fields), (input) => ({ form: 'import', input }))
    case PREFERENCES_FORM:
      return submitted(readVoice(fields), (input) => ({ form: 'preferences', input }))
    case SETTINGS_FORM:
      if (teamId === null) return null
      return { form: 'settings', teamId, previewed, ...readSettings(fields, touched) }
    case RULES_FORM: {
      const { contractId } = context
      const scope = { teamId: contractId === null ? teamId : null, contractId }
      return { form: 'rules', scope, previewed, input: readRules(fields, touched) }
    }
    default:
      break
  }
  if (about === null) return null
  switch (form) {
    case EDIT_FORM:
      return submitted(readContract(fields, false), (input) => ({ form: 'edit', about, input }))
    case EXTEND_FORM:
      return submitted(readExtension(fields, end), (input) => ({ form: 'extend', about, input }))
    case CLASSIFY_FORM:
      if (extensionId === null) return null
      return submitted(readClassification(fields), (input) => ({
        form: 'classify',
        about,
        extensionId,
        input,
      }))
    case WITHDRAW_FORM:
      return submitted(readWithdrawal(fields), (input) => ({ form: 'withdraw', about, input }))
    case DECIDE_FORM:
      return submitted(readDecision(fields), (input) => ({ form: 'decide', about, input }))
    case SNOOZE_FORM:
      return submitted(readSnooze(fields, today), (input) => ({ form: 'snooze', about, input }))
    case ASSIGN_FORM:
      return submitted(readAssignment(fields), (input) => ({ form: 'assign', about, input }))
    default:
      return null
  }
}

function submitted<T>(input: T | null, made: (input: T) => Submission): Submission | null {
  return input === null ? null : made(input)
}

function aboutOf({ contractId, version, alertIds }: ModalContext): AboutContract | null {
  return contractId === null || version === null ? null : { contractId, version, alertIds }
}

/** As for the command: not longer than a year. */
const MOST_SNOOZE_DAYS = 366

function readSnooze(fields: Fields, today: CivilDate): SnoozeInput | null {
  const until = fields.date('until')
  const why = fields.text('why', 300)
  if (until === null) fields.wrong('until', 'Choose the day on which it shall be asked again.')
  else if (until <= today) fields.wrong('until', 'Choose a day later than today.')
  else if (until > addDays(today, MOST_SNOOZE_DAYS)) {
    fields.wrong('until', 'Choose a day within a year from today.')
  }
  return until === null ? null : { until, why }
}

function readWithdrawal(fields: Fields): WithdrawInput | null {
  const chosen = fields.chosen('extension')
  const why = fields.text('why', 300)
  if (chosen === null || !/^[1-9]\d{0,8}$/.test(chosen)) {
    fields.wrong('extension', 'Choose the extension that is taken back.')
    return null
  }
  return { extensionId: Number(chosen), why }
}

function readAssignment(fields: Fields): AssignInput {
  const [first, second] = [fields.person('owner'), fields.person('deputy')]
  const owner = chosenOrNobody(fields, 'owner', first)
  const deputy = chosenOrNobody(fields, 'deputy', second)
  const isChosen = typeof owner === 'string' || typeof deputy === 'string'
  if (isChosen && first === second && owner !== null && deputy !== null) {
    fields.wrong('deputy', 'Choose somebody else than the owner, who can step in.')
  }
  return { owner, deputy }
}

function readVoice(fields: Fields): { voice: ReminderChannel | null } {
  const voice = fields.choice('voice', VOICES)
  if (voice === null) fields.wrong('voice', 'Choose how you want to hear.')
  return { voice: fields.touched('voice') ? voice : null }
}

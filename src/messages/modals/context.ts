/** What a modal is about: small, strict JSON in its private_metadata. */
import { type CivilDate, parseCivilDate } from '../../domain/civil-date.ts'
import { isNumber, readMetadata } from './metadata.ts'

/** Everything is null that does not apply. Rights are checked again when the modal comes back. */
export interface ModalContext {
  readonly contractId: number | null
  /** The contract's version when the modal was opened: a later one says that somebody came first. */
  readonly version: number | null
  readonly alertIds: readonly number[]
  readonly extensionId: number | null
  readonly teamId: number | null
  /** The current end, so that a date can be told wrong at its field. */
  readonly end: CivilDate | null
  /** The mark of what the person was shown before they sent it a second time. */
  readonly previewed: string | null
  /** What the person had changed by then; the view shows it as if it stood there. */
  readonly touched: readonly string[]
}

const NO_CONTEXT: ModalContext = {
  contractId: null,
  version: null,
  alertIds: [],
  extensionId: null,
  teamId: null,
  end: null,
  previewed: null,
  touched: [],
}

const VERSION = 2
const MOST_ALERTS = 50

export function contextOf(context: Partial<ModalContext>): ModalContext {
  return { ...NO_CONTEXT, ...context }
}

export function writeContext(context: Partial<ModalContext>): string {
  const { contractId, version, alertIds, extensionId, teamId, end, previewed, touched } =
    contextOf(context)
  const alerts = alertIds.slice(0, MOST_ALERTS)
  const parts = [VERSION, contractId, version, alerts, extensionId, teamId, end]
  return JSON.stringify(previewed === null ? parts : [...parts, previewed, touched])
}

/** The context that `writeContext` wrote; null for anything else. */
export function readContext(metadata: unknown): ModalContext | null {
  const parts = readMetadata(metadata, VERSION)
  if (parts === null || ![6, 7, 8].includes(parts.length)) return null
  const [contractId, version, alertIds, extensionId, teamId, end, previewed = null, touched = []] =
    parts
  const date = typeof end === 'string' ? parseCivilDate(end) : null
  if (!isIdOrNull(contractId) || !isIdOrNull(version) || !isIdOrNull(extensionId)) return null
  if ((contractId === null) !== (version === null) || !isIdOrNull(teamId)) return null
  if (!Array.isArray(alertIds) || alertIds.length > MOST_ALERTS || !alertIds.every(isNumber))
    return null
  if (previewed !== null && !isMark(previewed)) return null
  if (!Array.isArray(touched) || !touched.every(isName)) return null
  if (end !== null && date === null) return null
  return { contractId, version, alertIds, extensionId, teamId, end: date, previewed, touched }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z.-]{1,60}$/.test(value)
}

function isMark(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(value)
}

function isIdOrNull(value: unknown): value is number | null {
  return value === null || isNumber(value)
}

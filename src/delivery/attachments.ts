/** A message as it is sent: its file and its chart uploaded and shown, or missed in so many words. */
import type pg from 'pg'
import { withFileLink, withoutFile, withoutPicture, withPictureFile } from '../messages/attached.ts'
import type { Message } from '../messages/facts.ts'
import type { Part, UploadMemory } from './begun-uploads.ts'
import type { Claim } from './claim.ts'
import { noteBegun } from './finish.ts'
import type { Gateway, Uploaded } from './gateway.ts'
import { isPersonal } from './personal.ts'

export type Attached =
  | {
      readonly kind: 'attached'
      readonly message: Message
      /** The same while its chart is not shown yet: Slack may refuse one that it has just got. */
      readonly undrawn: Message
    }
  /** Its file is what somebody waits for, and may go up yet. */
  | { readonly kind: 'later'; readonly why: string; readonly retryAfterMs: number | null }

/** So often a file that somebody asked for is tried before they are told that it cannot be had. */
const FILE_TRIES = 6

/** A warning is not held up by its file; what somebody asked for is not sent without it so soon. */
export async function attach(
  { pool, gateway }: { readonly pool: pg.Pool; readonly gateway: Gateway },
  claim: Claim,
  message: Message,
): Promise<Attached> {
  // A terminal shows the file's first lines itself, and tells the chart in words.
  if (!gateway.paced) return { kind: 'attached', message, undrawn: message }
  const patient = isPersonal(claim) && claim.attempt < FILE_TRIES
  const waits = (uploaded: Uploaded | null) =>
    patient && uploaded?.kind === 'failed' && uploaded.passes
      ? { ...uploaded, kind: 'later' as const }
      : null
  const { file, picture } = message
  const sent = file && (await gateway.uploadFile(file, memoryOf(pool, claim, 'file')))
  const fileWaits = waits(sent)
  if (fileWaits !== null) return fileWaits
  const undrawn = sent === null ? message : withFile(message, sent)
  if (!picture) return { kind: 'attached', message: undrawn, undrawn }
  const drawn = await gateway.uploadPicture(picture, memoryOf(pool, claim, 'picture'))
  return waits(drawn) ?? { kind: 'attached', message: withPicture(undrawn, drawn), undrawn }
}

function withFile(message: Message, uploaded: Uploaded): Message {
  return uploaded.kind === 'uploaded'
    ? withFileLink(message, uploaded.permalink)
    : withoutFile(message, uploaded.why)
}

function withPicture(message: Message, uploaded: Uploaded): Message {
  return uploaded.kind === 'uploaded'
    ? withPictureFile(message, uploaded.id)
    : withoutPicture(message, uploaded.why)
}

function memoryOf(pool: pg.Pool, claim: Claim, part: Part): UploadMemory {
  return {
    before: claim.uploads[part] ?? null,
    async begun(upload) {
      await noteBegun(pool, claim, { [part]: upload })
    },
  }
}

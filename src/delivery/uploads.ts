/** Files and charts of a message: drawn, uploaded and shown, or missed in so many words. */
import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { Message, MessageFile, MessagePicture } from '../text/facts.ts'
import { withFileLink, withoutFile, withoutPicture, withPictureFile } from '../text/message.ts'
import type { Gateway, Uploaded } from './gateway.ts'
import { type Claim, isPersonal, noteBegun, type UploadMemory, type UploadPart } from './outbox.ts'
import { type Call, codeOf, fieldOf, isSaid, textOf } from './slack-api.ts'
import { verdictOf } from './slack-errors.ts'

export type AttachmentResult =
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
): Promise<AttachmentResult> {
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

function memoryOf(pool: pg.Pool, claim: Claim, part: UploadPart): UploadMemory {
  return {
    before: claim.uploads[part] ?? null,
    async begun(upload) {
      await noteBegun(pool, claim, { [part]: upload })
    },
  }
}

// A file for a message. Slack's shared files carry no metadata, so that a lost reply could not be
// looked up: the file is uploaded unshared, and the message that carries the metadata links to it,
// which lets its readers open it. Its id is remembered before its bytes go out: whatever is lost
// afterwards, another try finds the file, completes it, or knows that its bytes never arrived.

/** The slowest line that is waited for, beside the usual timeout: 100 kB a second. */
const BYTES_PER_MS = 100

export interface UploadDeps {
  readonly call: Call
  readonly timeoutMs: number
}

/** Uploads the file; where that fails, why, so that the message can say so. Never throws. */
export async function uploadFile(
  deps: UploadDeps,
  file: MessageFile,
  memory: UploadMemory,
): Promise<Uploaded> {
  const content = Buffer.from(file.content)
  const holds = file.holds ?? digestOf(content)
  return await upload(deps, { ...file, altText: null, content, holds }, memory)
}

/** Draws the picture and uploads it, with what it shows in words for those who do not see it. */
export async function uploadPicture(
  deps: UploadDeps,
  picture: MessagePicture,
  memory: UploadMemory,
): Promise<Uploaded> {
  let content: Buffer
  try {
    // Drawing takes libraries that a process which sends no summary need not load.
    const { pngOf } = await import('./picture.ts')
    content = pngOf(picture)
  } catch (error) {
    const why = `it could not be drawn: ${String(error)}`
    return { kind: 'failed', why, passes: false, retryAfterMs: null }
  }
  return await upload(deps, { ...picture, content, holds: digestOf(content) }, memory)
}

interface Content {
  readonly name: string
  readonly title: string
  readonly altText: string | null
  readonly content: Buffer
  readonly holds: string
}

async function upload(deps: UploadDeps, file: Content, memory: UploadMemory): Promise<Uploaded> {
  const { before } = memory
  try {
    const found = before?.holds === file.holds ? await goOn(deps.call, before.id, file.title) : null
    return found ?? (await begin(deps, file, memory))
  } catch (error) {
    const verdict = verdictOf(error)
    const passes = verdict.kind === 'refused' || verdict.kind === 'uncertain'
    const retryAfterMs = verdict.kind === 'refused' ? verdict.retryAfterMs : null
    return { kind: 'failed', why: verdict.why, passes, retryAfterMs }
  }
}

/** What an earlier try began: complete already, or completed now; null where its bytes are missing. */
async function goOn(call: Call, id: string, title: string): Promise<Uploaded | null> {
  const known = await orNull(call('files.info', { file: id }))
  if (known !== null) return uploaded(id, known.file)
  const completed = await orNull(complete(call, id, title))
  return completed === null ? null : uploaded(id, completed)
}

async function begin(
  { call, timeoutMs }: UploadDeps,
  { name, title, altText, content, holds }: Content,
  memory: UploadMemory,
): Promise<Uploaded> {
  const promised = await call('files.getUploadURLExternal', {
    filename: name,
    length: content.length,
    ...(altText === null ? {} : { alt_txt: altText }),
  })
  const id = needed(promised, 'file_id')
  await memory.begun({ id, holds })
  const patienceMs = timeoutMs + content.length / BYTES_PER_MS
  await sendBytes(needed(promised, 'upload_url'), content, patienceMs)
  return uploaded(id, await complete(call, id, title))
}

async function complete(call: Call, id: string, title: string): Promise<unknown> {
  const { files } = await call('files.completeUploadExternal', { files: [{ id, title }] })
  return Array.isArray(files) ? files[0] : null
}

function uploaded(id: string, file: unknown): Uploaded {
  return { kind: 'uploaded', id, permalink: needed(file, 'permalink') }
}

/** Null where Slack itself says no; what it could not say is thrown, for another try. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (!isSaid(codeOf(error)) || verdictOf(error).kind === 'refused') throw error
    return null
  }
}

async function sendBytes(url: string, content: Buffer, patienceMs: number): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(content),
    signal: AbortSignal.timeout(Math.ceil(patienceMs)),
  })
  await response.text()
  if (!response.ok) throw new Error(`the upload was answered with HTTP status ${response.status}`)
}

function needed(value: unknown, name: string): string {
  const found = textOf(value, name)
  if (found !== null) return found
  throw new Error(
    `the answer to the upload has no ${name}: ${fieldOf(value, 'error') ?? 'nothing'}`,
  )
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('base64url')
}

/** Files of a message: uploaded and linked to; where that fails, the message says so. */
import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { Message, MessageFile } from '../text/facts.ts'
import { withFileLink, withoutFile } from '../text/message.ts'
import type { Gateway, Uploaded } from './gateway.ts'
import { type Claim, isPersonal, noteBegun, type UploadMemory } from './outbox.ts'
import { type Call, codeOf, isSaid, textOf } from './slack-api.ts'
import { fieldOf, verdictOf } from './slack-errors.ts'

type AttachmentResult =
  | { readonly kind: 'attached'; readonly message: Message }
  /** The file is all that was asked for, and another try may upload it. */
  | { readonly kind: 'later'; readonly why: string; readonly retryAfterMs: number | null }

/** So often a file that somebody asked for is tried before they are told that it cannot be had. */
const FILE_TRIES = 6

/** A warning is not held up by its file; what somebody asked for is not sent without it so soon. */
export async function attach(
  { pool, gateway }: { readonly pool: pg.Pool; readonly gateway: Gateway },
  claim: Claim,
  message: Message,
): Promise<AttachmentResult> {
  const { file } = message
  // Without pace it is a terminal, which shows the first lines of the file in place of a link.
  if (!gateway.paced || file === null) return { kind: 'attached', message }
  const sent = await gateway.uploadFile(file, {
    before: claim.upload,
    begun: async (upload) => void (await noteBegun(pool, claim, upload)),
  })
  const patient = isPersonal(claim) && claim.attempt < FILE_TRIES
  return patient && sent.kind === 'failed' && sent.passes
    ? { ...sent, kind: 'later' }
    : { kind: 'attached', message: withFile(message, sent) }
}

function withFile(message: Message, uploaded: Uploaded): Message {
  return uploaded.kind === 'uploaded'
    ? withFileLink(message, uploaded.permalink)
    : withoutFile(message, uploaded.why)
}

// A file for a message. Slack's shared files carry no metadata, so that a lost reply could not be
// looked up: the file is uploaded unshared, and the message that carries the metadata links to it,
// which lets its readers open it. Its id is remembered before its bytes go out: whatever is lost
// afterwards, another try finds the file, completes it, or knows that its bytes never arrived.

/** The slowest line that is waited for, beside the usual timeout: 100 kB a second. */
const BYTES_PER_MS = 100

interface UploadDeps {
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
  const holds = file.holds ?? createHash('sha256').update(content).digest('base64url')
  const { before } = memory
  try {
    const found = before?.holds === holds ? await goOn(deps.call, before.id, file.title) : null
    return found ?? (await begin(deps, { ...file, content, holds }, memory))
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
  {
    name,
    title,
    content,
    holds,
  }: MessageFile & { readonly content: Buffer; readonly holds: string },
  memory: UploadMemory,
): Promise<Uploaded> {
  const promised = await call('files.getUploadURLExternal', {
    filename: name,
    length: content.length,
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

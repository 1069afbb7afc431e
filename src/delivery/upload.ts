/**
 * A file for a message. Slack's shared files carry no metadata, so that a lost reply could not be
 * looked up: the file is uploaded unshared, and the message that carries the metadata links to it,
 * which lets its readers open it. An upload that is lost or repeated is seen by nobody.
 */
import type { MessageFile, MessagePicture } from '../messages/facts.ts'
import type { Call } from './call.ts'
import type { Uploaded } from './gateway.ts'
import { verdictOf } from './verdict.ts'

/** Uploads the file; where that fails, why, so that the message can say so. */
export async function uploadFile(
  call: Call,
  timeoutMs: number,
  { name, title, content }: MessageFile,
): Promise<Uploaded> {
  return uploadBytes(call, timeoutMs, { name, title, altText: null }, Buffer.from(content))
}

/** Draws the picture and uploads it, with what it shows in words for those who do not see it. */
export async function uploadPicture(
  call: Call,
  timeoutMs: number,
  picture: MessagePicture,
): Promise<Uploaded> {
  try {
    // Drawing takes libraries that a process which sends no summary need not load.
    const { pngOf } = await import('./picture.ts')
    return await uploadBytes(call, timeoutMs, picture, pngOf(picture))
  } catch (error) {
    return { kind: 'failed', why: `it could not be drawn: ${String(error)}` }
  }
}

async function uploadBytes(
  call: Call,
  timeoutMs: number,
  file: { readonly name: string; readonly title: string; readonly altText: string | null },
  content: Buffer,
): Promise<Uploaded> {
  try {
    const promised = await call('files.getUploadURLExternal', {
      filename: file.name,
      length: content.length,
      ...(file.altText === null ? {} : { alt_txt: file.altText }),
    })
    const id = textField(promised, 'file_id')
    await sendBytes(textField(promised, 'upload_url'), content, timeoutMs)
    const { files } = await call('files.completeUploadExternal', {
      files: [{ id, title: file.title }],
    })
    const [first] = Array.isArray(files) ? files : []
    return { kind: 'uploaded', id, permalink: textField(first, 'permalink') }
  } catch (error) {
    return { kind: 'failed', why: verdictOf(error).why }
  }
}

async function sendBytes(url: string, content: Buffer, timeoutMs: number): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(content),
    signal: AbortSignal.timeout(timeoutMs),
  })
  await response.text()
  if (!response.ok) throw new Error(`the upload was answered with HTTP status ${response.status}`)
}

function textField(value: unknown, name: string): string {
  const found: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  if (typeof found === 'string' && found !== '') return found
  throw new Error(`the answer to the upload has no ${name}`)
}

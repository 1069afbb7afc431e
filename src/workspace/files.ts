/** Files: a promise, its bytes, its completion, and reading them again. Unshared, as the bot uses them. */
import { type Method, refusal } from './method.ts'
import { APP } from './people.ts'
import type { Places, StoredFile } from './places.ts'
import { isRecord } from './request.ts'

const LONGEST_ALT_TEXT = 1000

export const getUploadURLExternal: Method = {
  scopes: ['files:write'],
  answer(args, { places, url }) {
    const name = args.text('filename')
    const length = args.number('length', 0)
    if (name === null || length <= 0) return refusal('invalid_arguments')
    if ((args.text('alt_txt') ?? '').length > LONGEST_ALT_TEXT) return refusal('alt_txt_too_large')
    const { id } = places.addFile(name, length, APP.user)
    return { ok: true, file_id: id, upload_url: `${url()}upload/${id}` }
  },
}

export const completeUploadExternal: Method = {
  scopes: ['files:write'],
  answer(args, { places, url }) {
    const named = args.structure('files')
    if (!Array.isArray(named) || named.length === 0) return refusal('invalid_arguments')
    // A shared file carries no metadata and could not be looked up: the bot never asks for it.
    if (args.text('channel_id') !== null) return refusal('not_supported_by_stand_in')
    const files = []
    for (const entry of named) {
      const file = isRecord(entry) ? places.files.get(String(entry.id)) : undefined
      if (file === undefined || file.content === null) return refusal('file_not_found')
      const title = isRecord(entry) && typeof entry.title === 'string' ? entry.title : file.name
      places.completeFile(file, title)
      files.push(describeFile(file, url()))
    }
    return { ok: true, files }
  },
}

export const filesInfo: Method = {
  scopes: ['files:read'],
  answer(args, { places, url }) {
    const file = places.files.get(args.text('file') ?? '')
    return file === undefined || !file.complete
      ? refusal('file_not_found')
      : { ok: true, file: describeFile(file, url()) }
  },
}

/** A file as Slack shows it to the app. @param url where the workspace listens. */
export function describeFile(file: StoredFile, url: string): Record<string, unknown> {
  const place = `${file.id}/${encodeURIComponent(file.name)}`
  return {
    id: file.id,
    name: file.name,
    title: file.title ?? file.name,
    filetype: /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() ?? 'text',
    size: file.length,
    user: file.user,
    permalink: `${url}files/${place}`,
    url_private: `${url}files-pri/${place}`,
    url_private_download: `${url}files-pri/${place}`,
  }
}

/** The bytes of a file, for a bot token that may read files; else the HTTP status to answer with. */
export function readStored(places: Places, id: string, token: string | null): Buffer | 403 | 404 {
  if (token === null || places.tokens.get(token) !== 'good') return 403
  if (!places.scopes.has('files:read')) return 403
  return places.files.get(id)?.content ?? 404
}

/** Takes the bytes of a promised file; the HTTP status to answer with. */
export function receiveUpload(places: Places, id: string, content: Buffer): 200 | 400 | 404 {
  const file = places.files.get(id)
  if (file === undefined) return 404
  if (content.length !== file.length) return 400
  file.content = content
  return 200
}

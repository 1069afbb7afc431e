/** Uploads: a promise of a file, its bytes, and its completion. Unshared, as the bot uses them. */
import { type Method, refusal } from './method.ts'
import type { Places } from './places.ts'
import { isRecord } from './request.ts'

export const getUploadURLExternal: Method = {
  scopes: ['files:write'],
  answer(args, { places, url }) {
    const name = args.text('filename')
    const length = args.number('length', 0)
    if (name === null || length <= 0) return refusal('invalid_arguments')
    const id = `F${String(places.files.size + 1).padStart(4, '0')}`
    places.files.set(id, { id, name, length, content: null, title: null, complete: false })
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
      file.title = isRecord(entry) && typeof entry.title === 'string' ? entry.title : file.name
      file.complete = true
      files.push({
        id: file.id,
        name: file.name,
        title: file.title,
        permalink: `${url()}files/${file.id}/${encodeURIComponent(file.name)}`,
      })
    }
    return { ok: true, files }
  },
}

/** Takes the bytes of a promised file; the HTTP status to answer with. */
export function receiveUpload(places: Places, id: string, content: Buffer): 200 | 400 | 404 {
  const file = places.files.get(id)
  if (file === undefined) return 404
  if (content.length !== file.length) return 400
  file.content = content
  return 200
}

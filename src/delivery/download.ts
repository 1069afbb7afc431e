/** A file that somebody handed over in Slack, fetched with the bot's token. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UserError } from '../rules/user-error.ts'
import type { Call } from './slack-api.ts'

interface DownloadOptions {
  readonly token: string
  /** Where the Web API is: its host may be sent the token, as Slack's own hosts may. */
  readonly apiUrl: string
  readonly most: number
}

const TIMEOUT_MS = 120_000

/**
 * Writes the file into this folder.
 * @throws UserError where it is gone, too large or not to be had, in a sentence.
 */
export async function downloadFile(
  call: Call,
  fileId: string,
  folder: string,
  options: DownloadOptions,
) {
  const { name, url, size } = await fileInfo(call, fileId)
  if (size > options.most) throw tooLarge(name, options.most)
  if (!mayHaveToken(url, options.apiUrl)) {
    throw new UserError(`${name} is kept outside of Slack. Upload the file itself.`)
  }
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${options.token}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => null)
  if (response === null || !response.ok || response.body === null) {
    await response?.body?.cancel().catch(() => undefined)
    const why = response === null ? 'no answer' : `status ${response.status}`
    throw new UserError(
      `Slack did not hand over ${name} (${why}). Upload it again; if it stays so, an administrator checks the scope files:read.`,
    )
  }
  const path = join(folder, safeName(name))
  const hash = createHash('sha256')
  let taken = 0
  const bytes = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
  await pipeline(
    bytes,
    async function* counted(pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        taken += piece.length
        if (taken > options.most) throw tooLarge(name, options.most)
        hash.update(piece)
        yield piece
      }
    },
    createWriteStream(path),
  )
  return { path, name, sha256: hash.digest('hex') }
}

async function fileInfo(call: Call, fileId: string) {
  const { file } = await call('files.info', { file: fileId }).catch(() => ({ file: null }))
  const known = (typeof file === 'object' && file !== null ? file : {}) as Record<string, unknown>
  const url = known.url_private_download ?? known.url_private
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw new UserError(
      'That file is gone from Slack, or the bot may not read it. Upload it again.',
    )
  }
  const name = typeof known.name === 'string' && known.name !== '' ? known.name : 'register'
  return { name, url: new URL(url), size: typeof known.size === 'number' ? known.size : 0 }
}

/** Whoever gets the token can act as the bot: only Slack does, over TLS. */
function mayHaveToken(url: URL, apiUrl: string): boolean {
  if (url.origin === new URL(apiUrl).origin) return true
  return url.protocol === 'https:' && /(?:^|\.)slack(?:-gov|-files|-edge)?\.com$/.test(url.hostname)
}

function tooLarge(name: string, most: number): UserError {
  return new UserError(
    `${name} is larger than the ${Math.floor(most / 1024 / 1024)} MB that are taken here. Whoever runs Lapsewatch can import it on the command line.`,
  )
}

/** What tells the format stays: the letters after the last dot. */
function safeName(name: string): string {
  const clean = name.replace(/[^\p{L}\p{N} ._()-]+/gu, '_').replace(/^\.+/, '')
  return clean.slice(-100) || 'register'
}

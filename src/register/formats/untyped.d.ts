/** The parts of libraries without types of their own that are used here. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream'
  export interface Entry {
    readonly fileName: string
    readonly compressedSize: number
    readonly uncompressedSize: number
    readonly crc32: number
    readonly compressionMethod: number
    isEncrypted(): boolean
  }
  export interface ZipFile {
    readonly entryCount: number
    eachEntry(): AsyncIterable<Entry>
    openReadStreamPromise(entry: Entry): Promise<Readable>
    close(): void
  }
  export function openPromise(
    path: string,
    options: { readonly lazyEntries: true; readonly autoClose: false },
  ): Promise<ZipFile>
}

declare module 'saxen' {
  export class Parser {
    on(
      event: 'openTag',
      told: (name: string, attributes: () => Readonly<Record<string, string>>) => void,
    ): this
    on(
      event: 'closeTag' | 'text' | 'cdata' | 'comment' | 'question' | 'attention',
      told: (text: string) => void,
    ): this
    on(event: 'error' | 'warn', told: (error: Error) => void): this
    write(xml: string): this
    end(): Error | null
  }
}

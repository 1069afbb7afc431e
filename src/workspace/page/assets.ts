/** The files that the page is made of besides its HTML: they stay where they are written. */
import { fileURLToPath } from 'node:url'

/** Compiled or not, this file stands three folders below the project's own. */
const FOLDER = new URL('../../../src/workspace/page/assets/', import.meta.url)

export function assetPath(name: string): string {
  return fileURLToPath(new URL(name, FOLDER))
}

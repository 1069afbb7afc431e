/** Text that a spreadsheet would run as a formula, made text and back. */

/** What spreadsheets take for the beginning of a formula; full-width signs count too. */
const RUNS = /^'*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/

/** With a leading apostrophe where a spreadsheet would run it: then the cell is text. */
export function guarded(text: string): string {
  return RUNS.test(text) ? `'${text}` : text
}

/** What `guarded` was given. */
export function unguarded(text: string): string {
  return text.startsWith("'") && RUNS.test(text) ? text.slice(1) : text
}

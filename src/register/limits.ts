/**
 * How large a register may be. Each limit is far above real registers (the largest public one
 * tried has 20,778 rows) and low enough that a hostile file is refused before it fills memory.
 */
export const LIMITS = {
  /** Bytes of the start of a file that are looked at to tell what it is. */
  head: 256 * 1024,
  /** Characters of a CSV record, or of a tag or text of a workbook: an unclosed one would swallow the file. */
  recordCharacters: 1_000_000,
  /** Characters of a date, an amount, a period: patterns are never run over longer text. */
  figureCharacters: 100,
  /** Rows of a workbook that is written: it is made in memory. */
  exportSheetRows: 20_000,
  /** Bytes of a register that is handed over in Slack; larger ones go through the command line. */
  uploadBytes: 100 * 1024 * 1024,
  headingCharacters: 300,
  columns: 500,
  rows: 2_000_000,
  /** Rows in which the headings are looked for: titles and notes may stand above them. */
  headingRows: 20,
  jsonBytes: 512 * 1024 * 1024,
  /** Bytes of one release or record. */
  jsonItemBytes: 32 * 1024 * 1024,
  /** Nesting of JSON; OCDS itself needs about ten. */
  jsonDepth: 64,
  /** Bytes of a workbook's XML once inflated. */
  sheetBytes: 150 * 1024 * 1024,
  /** A workbook that inflates to more than `ratioFrom` and this many times its size is a bomb. */
  sheetRatio: 200,
  sheetRatioFrom: 50 * 1024 * 1024,
  sheetEntries: 5_000,
  /** Rows times columns of one sheet. */
  sheetCells: 20_000_000,
  sheets: 100,
  /** Milliseconds for reading and writing the rows: 100,000 take about ten seconds. */
  readMs: 15 * 60_000,
} as const

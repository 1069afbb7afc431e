import pg from 'pg'

const { builtins } = pg.types

/** pg's own parsers, by type number: its declarations know only the numbers that have names. */
const getTypeParser: (type: number, format?: 'text' | 'binary') => (value: string) => unknown =
  pg.types.getTypeParser

/** Arrays are read as arrays of text first; their type numbers have no names in pg. */
const TEXT_ARRAY = 1009
const INT8_ARRAY = 1016
const DATE_ARRAY = 1182
const NUMERIC_ARRAY = 1231

const text = (value: string): string => value
const textArray = getTypeParser(TEXT_ARRAY) as (value: string) => string[]

const parsers = new Map<number, (value: string) => unknown>([
  // A Date would shift a civil day by the machine's time zone.
  [builtins.DATE, text],
  [DATE_ARRAY, textArray],
  [builtins.NUMERIC, text],
  [NUMERIC_ARRAY, textArray],
  [builtins.INT8, safeInteger],
  [INT8_ARRAY, (value: string) => textArray(value).map(safeInteger)],
])

/**
 * How columns arrive from the pool: `date` as `YYYY-MM-DD`, `numeric` as its exact text, `int8` as
 * a number, `timestamptz` as a Date. Given to the pool, so that no other user of pg is affected.
 */
export const columnTypes = {
  getTypeParser(type: number, format?: 'text' | 'binary') {
    const parser = format === 'binary' ? undefined : parsers.get(type)
    return parser ?? getTypeParser(type, format)
  },
}

function safeInteger(value: string): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new RangeError(`${value} is too large to be read exactly: cast that column to text.`)
}

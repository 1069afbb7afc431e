/**
 * Now, as the database's columns keep it: to the millisecond, rounded up as often as down. Not the
 * start of the statement: a row written after that can be visible already, and would not be due.
 */
export const NOW = 'clock_timestamp()::timestamptz(3)'

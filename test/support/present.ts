/** What has to be there for a test to go on. */
export function present<T>(value: T, what = 'What the test looks for is not there.') {
  if (value === null || value === undefined) throw new Error(what)
  return value
}

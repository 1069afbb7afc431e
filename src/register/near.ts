/** The word of the list that was probably meant: two letters or a third of them may differ; else null. */
export function nearest(word: string, list: readonly string[]): string | null {
  const wanted = word.toLowerCase()
  let best: string | null = null
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const candidate of list) {
    const lower = candidate.toLowerCase()
    if (Math.abs(lower.length - wanted.length) >= least) continue
    const distance = edits(wanted, lower)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** Letters to insert, remove or replace (Levenshtein), in one row of memory. */
function edits(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0] ?? 0
    row[0] = i
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] ?? 0
      const cost = a[i - 1] === b[j - 1] ? diagonal : diagonal + 1
      row[j] = Math.min(cost, above + 1, (row[j - 1] ?? 0) + 1)
      diagonal = above
    }
  }
  return row[b.length] ?? 0
}

/** Of several tries of one thing: the best, which other work on the machine disturbs least, and the middle one. */
export function figures(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return { best: sorted[0], median: sorted[Math.floor(sorted.length / 2)], tries: values }
}

/** How much memory the running program takes beside what it needs. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const HEAP = new URL('../dist/src/app/heap.js', import.meta.url).href

/** Replaces what lives again and again, once it is old, and says how large the heap became. */
const WORK = `
  const lives = new Array(400)
  let most = 0
  for (let n = 0; n < 1600; n++) {
    const made = (_, i) => ({ i, text: ['contract', i, n, i / 7].join(' ') })
    lives[n % lives.length] = Array.from({ length: 1000 }, made)
    if (n % 10 === 0) most = Math.max(most, process.memoryUsage().heapTotal)
  }
  console.log(most)`

test('what lives is not kept company by several times its size in garbage', async () => {
  const peakAfter = async (first: string) => {
    const args = ['--input-type=module', '-e', first + WORK]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    return Number(stdout)
  }
  const [without, ours] = await Promise.all([peakAfter(''), peakAfter(`import '${HEAP}';`)])
  expect(ours).toBeLessThan(without * 0.8)
})

// Counts the drafts of a register, with the compiled program: run with a small heap, it dies where
// the register is not read piece by piece.
import { openRegister } from '../../dist/src/register/open.js'

const [, , file] = process.argv
const options = { map: new Map(), dates: null, timeZone: null, today: '2026-01-05' }
let drafts = 0
for await (const item of (await openRegister(file, options)).items()) {
  if (item.kind === 'draft') drafts += 1
}
process.stdout.write(`${drafts}\n`)

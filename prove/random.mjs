// Chance that can be repeated, and waiting.
import { setTimeout as wait } from 'node:timers/promises'

/** Numbers from 0 up to 1, the same for the same seed. */
export function seeded(seed) {
  let state = seed >>> 0
  return () => {
    // A 32-bit linear congruential step, its low bits mixed away.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0
    return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32
  }
}

export const sleep = wait

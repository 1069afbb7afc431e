/**
 * What holds of any values: drawn so many times, or a hundred times, with the seed of the run; a proof
 * (`npm run prove:properties`) draws four times as many.
 */
import fc from 'fast-check'

const TIMES = Number(process.env.LAPSEWATCH_TEST_TIMES ?? 1)

type Drawn<Of> = { [At in keyof Of]: Of[At] extends fc.Arbitrary<infer Value> ? Value : never }
type Asked<Of extends unknown[], Result> =
  | [check: (...drawn: Drawn<Of>) => Result]
  | [runs: number, check: (...drawn: Drawn<Of>) => Result]

export function holds<Of extends fc.Arbitrary<unknown>[]>(
  of: [...Of],
  ...asked: Asked<Of, boolean | undefined>
): void {
  const [runs, check] = asked.length === 1 ? [100, asked[0]] : asked
  const property = fc.property(fc.tuple(...of), (drawn) => check(...(drawn as Drawn<Of>)) !== false)
  fc.assert(property, { numRuns: Math.ceil(runs * TIMES) })
}

export function holdsInTime<Of extends fc.Arbitrary<unknown>[]>(
  of: [...Of],
  ...asked: Asked<Of, Promise<unknown>>
): Promise<void> {
  const [runs, check] = asked.length === 1 ? [100, asked[0]] : asked
  const property = fc.asyncProperty(
    fc.tuple(...of),
    async (drawn) => (await check(...(drawn as Drawn<Of>))) !== false,
  )
  return fc.assert(property, { numRuns: Math.ceil(runs * TIMES) })
}

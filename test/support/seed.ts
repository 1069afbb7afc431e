/**
 * Property tests draw the same cases in every run of the suite, so that a red run says something of
 * the change. `npm run prove:properties` draws new ones: what it finds becomes a case of its own.
 */
import fc from 'fast-check'

const asked = process.env.LAPSEWATCH_TEST_SEED ?? '20230430'
fc.configureGlobal({ seed: asked === 'random' ? Date.now() ^ process.pid : Number(asked) })

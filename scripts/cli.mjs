// The commands of a checkout: it is made ready where it is not, and they run in this same process.
import './prepare.mjs'

if (process.exitCode === undefined) await import('../dist/cli.js')

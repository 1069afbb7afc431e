// The program of a checkout: it is made ready where it is not, and runs in this same process.
import './prepare.mjs'

if (process.exitCode === undefined) await import('../dist/main.js')

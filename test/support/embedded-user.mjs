// A process that uses the embedded server of a folder: says how it came by it, then lets go when
// its input ends. Runs the compiled program, as a person's process would.
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const [, , compiled, dataFolder] = process.argv
const { startEmbedded } = await import(
  pathToFileURL(path.join(compiled, 'src/database/embedded/server.js')).href
)

const server = await startEmbedded({
  dataFolder,
  log: () => undefined,
  durable: false,
})
process.stdout.write(`${JSON.stringify({ started: server.started, url: server.runUrl })}\n`)
process.stdin.on('end', () => server.close()).resume()

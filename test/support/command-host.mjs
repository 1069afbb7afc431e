// The compiled commands, one after another in one process: each with the settings, the folder and
// the exit code that it would have in a process of its own. Started with the file that is `cli`.
const [cli] = process.argv.slice(2)
const settings = { ...process.env }
let count = 0

process.on('message', async (args) => {
  const said = { stdout: '', stderr: '' }
  for (const name of Object.keys(said)) {
    process[name].write = (text, ...rest) => {
      said[name] += text
      for (const done of rest) if (typeof done === 'function') done()
      return true
    }
  }
  // What a `.env` said is for one command only.
  for (const name of Object.keys(process.env)) if (!(name in settings)) delete process.env[name]
  process.exitCode = undefined
  process.argv = [process.argv[0], cli, ...args]
  count += 1
  // A query makes it another module, which runs again; what it imports is loaded once.
  await import(`${cli}?${count}`)
  process.send({ code: process.exitCode ?? 0, ...said })
})

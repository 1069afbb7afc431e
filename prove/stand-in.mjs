// The stand-in for Slack in a process of its own, so that what it remembers is not the worker's
// memory. Started with fork(): says its address, and what it took when it is asked.
import { openWorkspace } from '../dist/stand-in/slack/server.js'

const workspace = await openWorkspace({ now: Date.now, channels: [{ name: 'contracts' }] })
process.on('message', () => {
  process.send({ times: [...workspace.ledger.timesDelivered()] })
})
process.on('disconnect', () => process.exit())
process.send({ url: workspace.url })

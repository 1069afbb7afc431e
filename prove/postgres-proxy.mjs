// A TCP proxy before PostgreSQL that can misbehave as networks do: for tests and for proofs.
import { once } from 'node:events'
import net from 'node:net'

/**
 * Listens on a free port of loopback before the server of `target`, a postgresql:// address over TCP
 * or with a socket's folder in `?host=`. It forwards until `become` says otherwise:
 *
 * - `{ kind: 'forward' }`: passes everything on; what was held goes on, in its order.
 * - `{ kind: 'hold' }`: nothing passes, no end either; all of it arrives later, as after a cable was
 *   put back (a COMMIT may so be carried out long after its client gave it up).
 * - `{ kind: 'silent' }`: bytes are swallowed both ways and connections stay open. One that lost bytes
 *   stays silent for good, as behind a firewall that forgot it; new ones pass again after `forward`.
 * - `{ kind: 'refuse' }`: new connections are reset at once; those that are open go on.
 * - `{ kind: 'slow', bytesPerSecond, delayMs }`: each way of each connection.
 * - `{ kind: 'truncate', bytes, after }`: each connection takes so many more bytes from the server, cut
 *   off in the middle of a message, and then `after`: 'end', 'reset' or 'silent'.
 */
export async function openPostgresProxy(target) {
  const address = upstreamOf(new URL(target))
  const links = new Set()
  let fault = { kind: 'forward' }
  let accepted = 0
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    accepted += 1
    client.on('error', () => undefined)
    if (fault.kind === 'refuse') return void client.resetAndDestroy()
    const upstream = net.connect({ ...address, allowHalfOpen: true, noDelay: true })
    const link = openLink(client, upstream, () => fault)
    links.add(link)
    client.once('close', () => {
      if (upstream.destroyed) links.delete(link)
    })
    upstream.once('close', () => {
      if (client.destroyed) links.delete(link)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  return {
    port,
    /** The same address by way of the proxy. */
    url(of = target) {
      const through = new URL(of)
      through.host = `127.0.0.1:${port}`
      through.searchParams.delete('host')
      through.searchParams.delete('port')
      return through.href
    },
    become(next) {
      fault = next
      for (const link of links) link.faultChanged()
    },
    /** Resets every connection that is open, on both sides. */
    cut() {
      for (const link of links) link.reset()
    },
    /** Connections whose client has not gone. */
    open: () => [...links].filter((link) => link.clientIsThere()).length,
    /** Connections that were taken since it was opened. */
    accepted: () => accepted,
    async close() {
      for (const link of links) link.reset()
      server.close()
      await once(server, 'close')
    },
  }
}

function upstreamOf(url) {
  const port = Number(url.searchParams.get('port') ?? (url.port || 5432))
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
}

/** Both ways of one connection; `faultNow` is asked for every piece. */
function openLink(client, upstream, faultNow) {
  /** Once bytes were swallowed, what follows would be read as something else: nothing passes again. */
  let lost = false
  let left = null
  const swallows = () => lost || faultNow().kind === 'silent'
  const reset = () => {
    for (const socket of [client, upstream]) {
      // A socket that is not connected yet cannot be reset.
      if (socket.connecting) socket.destroy()
      else socket.resetAndDestroy()
    }
  }
  const pump = (from, to, fromServer) => {
    /** Pieces, the end (null) among them, in their order. */
    const waiting = []
    let busy = false
    const next = () => {
      if (busy || waiting.length === 0 || to.destroyed) return
      const fault = faultNow()
      if (swallows()) {
        lost = true
        waiting.length = 0
        return
      }
      if (fault.kind === 'hold') return
      const piece = waiting.shift()
      if (piece === null) return void to.end()
      if (fault.kind === 'truncate' && fromServer) return cutOff(piece, fault)
      if (fault.kind !== 'slow') {
        to.write(piece)
        return next()
      }
      const step = Math.max(1, Math.floor(fault.bytesPerSecond / 20))
      const part = piece.subarray(0, step)
      if (part.length < piece.length) waiting.unshift(piece.subarray(step))
      busy = true
      setTimeout(
        () => {
          busy = false
          if (swallows()) lost = true
          else if (!to.destroyed) to.write(part)
          next()
        },
        (fault.delayMs ?? 0) + (part.length / fault.bytesPerSecond) * 1000,
      )
    }
    const cutOff = (piece, fault) => {
      left ??= fault.bytes
      const part = piece.subarray(0, left)
      left -= part.length
      if (part.length > 0) to.write(part)
      if (left > 0) return next()
      if (fault.after === 'silent') {
        lost = true
      } else if (fault.after === 'end') {
        to.end()
        from.destroy()
        lost = true
      } else setImmediate(reset)
    }
    from.on('data', (piece) => {
      waiting.push(piece)
      next()
    })
    from.on('end', () => {
      waiting.push(null)
      next()
    })
    from.on('error', () => {
      // A peer that reset is gone at once, unless nothing passes now.
      if (!swallows() && faultNow().kind !== 'hold') to.destroy()
    })
    return next
  }
  const up = pump(client, upstream, false)
  const down = pump(upstream, client, true)
  return {
    reset,
    clientIsThere: () => !client.destroyed,
    faultChanged() {
      if (faultNow().kind !== 'truncate') left = null
      up()
      down()
    },
  }
}

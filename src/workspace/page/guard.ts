/** What keeps other pages out of this one: it is for the browser on this machine, and for itself. */
import type { MiddlewareHandler } from 'hono'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

/** Names by which a browser on this machine reaches the loopback interface. */
const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Refuses requests that name another host (a foreign name that was pointed at this machine), and
 * changes that another page asks for.
 */
export const guard: MiddlewareHandler = async (context, next) => {
  const { method } = context.req
  const host = context.req.header('host') ?? ''
  if (!isOwn(`http://${host}`)) {
    return context.text('This page is only shown at 127.0.0.1 and localhost.\n', 403)
  }
  if (method !== 'GET' && method !== 'HEAD') {
    const origin = context.req.header('origin')
    // The header of our own cannot be sent from elsewhere without being asked for first.
    if (origin !== `http://${host}` || context.req.header('x-lapsewatch') !== 'page') {
      return context.text('Only the page itself can change anything.\n', 403)
    }
  }
  await next()
  for (const [name, value] of Object.entries(HEADERS)) context.header(name, value)
  if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store')
  return undefined
}

function isOwn(origin: string): boolean {
  return URL.canParse(origin) && OWN_NAMES.has(new URL(origin).hostname)
}

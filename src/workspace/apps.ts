/** apps.connections.open: the address of a socket, good for one connection. */
import type { Method } from './method.ts'

export const connectionsOpen: Method = {
  token: 'app',
  scopes: [],
  answer: (_args, { sockets, url }) => ({
    ok: true,
    url: `${url().replace(/^http/, 'ws')}link/?ticket=${sockets.issueTicket()}`,
  }),
}

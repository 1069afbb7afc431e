// What goes wrong in `npm run prove:faults`. A kind draws one fault of its sort: in `note` what it
// does, in `slack` what each call of Slack's meets while it lasts, in `way` what begins and ends
// between the workers and Slack or PostgreSQL, in `withinMs` how soon after its end every warning
// has arrived.
import { sleep } from './random.mjs'

/** Errors that say nothing of a post, or nothing of whether it arrived. */
const UNLISTED = [
  'slack_connect_file_link_sharing_blocked',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'team_quota_exceeded',
  'as_user_not_supported',
  'an_error_of_next_year',
]
/** Surely not taken, for now. */
const REFUSED = ['cannot_reply_to_message', 'ratelimited', 'rate_limited', 'message_limit_exceeded']
const OF_THE_TOKEN = ['token_revoked', 'account_inactive', 'invalid_auth', 'missing_scope']
const OF_THE_CHANNEL = ['is_archived', 'channel_not_found', 'not_in_channel', 'restricted_action']
const OF_THE_MESSAGE = ['invalid_blocks', 'msg_too_long', 'invalid_metadata_format']
const ODD_BODIES = [
  'null',
  '[]',
  '""',
  '0',
  'true',
  '{}',
  '',
  '{"ok":"yes"}',
  '{"ok":true',
  '\u0000',
]
const NO_TS = ['{"ok":true}', '{"ok":true,"ts":null}', '{"ok":true,"ts":17}', '{"ok":true,"ts":""}']
const AN_HOUR_OR_MORE = ['7200', '1796040000', '1e20', '99999999999999999999', 'Infinity']
const SHORT_WAITS = ['0', '1', '-5', '-1e9', '0.5', '1e-9']
const NO_NUMBERS = ['soon', '', 'NaN', '0x', '1,5', 'Thu, 32 Foo 2026']

const POSTS = (method) => method.startsWith('chat.')
const READERS = /^(?:conversations\.(?:info|members)|users\.|team\.)/

/** Which calls a fault of Slack's meets. */
const WHERE = {
  posts: POSTS,
  everything: () => true,
  'half of everything': (_, random) => random() < 0.5,
}

/** A fault of Slack's that some calls meet, whichever is drawn. */
const met = (make) => (draw, times, lastsMs) => {
  const where = draw.pick(Object.keys(WHERE))
  const { note, fault } = make(draw, times)
  return {
    note: `${note}, to ${where}`,
    slack: ({ method }) => (WHERE[where](method, draw.random) ? fault(method) : null),
    withinMs: afterSlack(times, lastsMs),
  }
}

/** A claim's lease, a look-up, who reads the channel, and the back-off that such a fault leads to. */
function afterSlack(times, lastsMs) {
  const lookUpMs = 2 * times.historyLagMs + 4 * times.timeoutMs + times.readersAgainMs
  return (
    times.leaseMs + lookUpMs + Math.min(3 * lastsMs, 1.5 * times.longestBackOffMs) + times.busyMs
  )
}

/** A fault on the way to Slack or to the database: for both workers, or for one alone. */
const onTheWay = (to, make) => (draw, times, lastsMs, lane) => {
  const whose = draw.pick(['both', 'both', 'one'])
  const ways = lane.proxies.map((proxy) => proxy[to])
  const met = whose === 'both' ? ways : [draw.pick(ways)]
  const { note, begin, end = forward } = make(draw)
  return {
    note: `${note}, ${whose} of the workers`,
    way: {
      begin() {
        for (const proxy of met) begin(proxy)
      },
      end() {
        for (const proxy of met) end(proxy)
      },
    },
    withinMs: to === 'slack' ? afterSlack(times, lastsMs) : times.databaseMs,
  }
}

const forward = (proxy) => proxy.become({ kind: 'forward' })

const accepted = ({ chance }) => ({ accepted: chance(0.5) })

export const SLACK = {
  'error nobody listed': met((draw) => {
    const error = draw.pick(UNLISTED)
    return { note: error, fault: () => ({ kind: 'error', error, ...accepted(draw) }) }
  }),
  'error that refuses': met((draw) => {
    const error = draw.pick(REFUSED)
    return { note: error, fault: () => ({ kind: 'error', error, accepted: false }) }
  }),
  'token refused': (draw, times, lastsMs) => {
    const error = draw.pick(OF_THE_TOKEN)
    return {
      note: error,
      slack: () => ({ kind: 'error', error, accepted: false }),
      withinMs: afterSlack(times, lastsMs) + times.workspacePauseMs,
    }
  },
  'channel refuses': (draw, times, lastsMs, { channels }) => {
    const error = draw.pick(OF_THE_CHANNEL)
    const refusing = channels.filter(() => draw.chance(0.5))
    const named = new Set(refusing.flatMap(({ id, name }) => [id, name, `#${name}`]))
    return {
      note: `${error} in ${refusing.length} of ${channels.length} channels`,
      slack: ({ method, channel }) =>
        method === 'chat.postMessage' && named.has(channel)
          ? { kind: 'error', error, accepted: false }
          : null,
      withinMs: afterSlack(times, lastsMs),
    }
  },
  'message refused': (draw, times, lastsMs) => {
    const error = draw.pick(OF_THE_MESSAGE)
    return {
      note: error,
      slack: ({ method }) =>
        method === 'chat.postMessage' && draw.chance(0.2)
          ? { kind: 'error', error, accepted: false }
          : null,
      withinMs: afterSlack(times, lastsMs),
      deaths: true,
    }
  },
  /** It lasts beyond the episode: others pass, and whoever never can is named. */
  'one message refused for good': (draw, times, lastsMs) => {
    const fault = draw.pick([
      ...[...UNLISTED, ...REFUSED].map((error) => ({ kind: 'error', error, accepted: false })),
      { kind: 'status', status: 500, accepted: false },
      { kind: 'status', status: 408, accepted: false },
      { kind: 'body', body: 'null', accepted: false },
      { kind: 'unreadable', accepted: false },
    ])
    return {
      note: fault.error ?? fault.body ?? fault.status ?? fault.kind,
      forGood: fault,
      withinMs: afterSlack(times, lastsMs),
      deaths: true,
    }
  },
  silence: met((draw) => ({
    note: 'no answer',
    fault: () => ({ kind: 'never', ...accepted(draw) }),
  })),
  'taken after the timeout': met((draw, times) => {
    const most = draw.between(1, 8) * times.timeoutMs
    return {
      note: `up to ${Math.round(most)} ms later`,
      fault: () => ({ kind: 'accepted-late', ms: Math.round(draw.random() * most) }),
    }
  }),
  'answered late': met((draw, times) => {
    const most = draw.between(0.5, 3) * times.timeoutMs
    return {
      note: `up to ${Math.round(most)} ms`,
      fault: () => ({ kind: 'late', ms: Math.round(draw.random() * most) }),
    }
  }),
  'connection cut': met((draw) => ({
    note: 'reset',
    fault: () => ({ kind: 'dropped', ...accepted(draw) }),
  })),
  'answer broken off': met((draw) => ({
    note: 'truncated',
    fault: () => ({ kind: 'truncated', ...accepted(draw) }),
  })),
  HTML: met((draw) => ({
    note: 'a page',
    fault: () => ({ kind: 'unreadable', ...accepted(draw) }),
  })),
  408: met((draw) => ({
    note: '408',
    fault: () => ({ kind: 'status', status: 408, ...accepted(draw) }),
  })),
  '5xx': met((draw) => {
    const status = draw.pick([500, 502, 503, 504, 520, 599])
    return { note: `${status}`, fault: () => ({ kind: 'status', status, ...accepted(draw) }) }
  }),
  'odd answer': met((draw) => {
    const body = draw.pick(ODD_BODIES)
    return { note: JSON.stringify(body), fault: () => ({ kind: 'body', body, ...accepted(draw) }) }
  }),
  'no ts': met((draw) => {
    const body = draw.pick(NO_TS)
    return { note: body, fault: () => ({ kind: 'body', body, accepted: true }) }
  }),
  'Retry-After short': met((draw) => {
    const retryAfter = draw.pick(SHORT_WAITS)
    return { note: JSON.stringify(retryAfter), fault: () => ({ kind: 'rate-limited', retryAfter }) }
  }),
  'Retry-After without a number': (draw, times, lastsMs) => {
    const retryAfter = draw.pick(NO_NUMBERS)
    return {
      note: JSON.stringify(retryAfter),
      slack: ({ method }) => (POSTS(method) ? { kind: 'rate-limited', retryAfter } : null),
      withinMs: afterSlack(times, lastsMs) + times.unsaidMs,
    }
  },
  'Retry-After of hours': (draw, times, lastsMs) => {
    const retryAfter = draw.pick(AN_HOUR_OR_MORE)
    const ended = draw.chance(0.7)
    return {
      note: `${retryAfter}, ${ended ? 'ended by a command' : 'waited for'}`,
      slack: ({ method }) => (POSTS(method) ? { kind: 'rate-limited', retryAfter } : null),
      commandEnds: ended,
      withinMs: afterSlack(times, lastsMs) + (ended ? 0 : times.longestPauseMs),
    }
  },
  'look-ups fail': (draw, times, lastsMs) => {
    const fault = draw.pick([
      { kind: 'error', error: draw.pick(UNLISTED), accepted: false },
      { kind: 'status', status: 500, accepted: false },
      { kind: 'never', accepted: false },
      { kind: 'rate-limited', retryAfter: '1' },
      { kind: 'body', body: draw.pick(ODD_BODIES), accepted: false },
      { kind: 'truncated', accepted: false },
    ])
    return {
      note: `${fault.kind} ${fault.error ?? fault.body ?? ''} after posts cut`,
      slack: ({ method }) => {
        if (method === 'chat.postMessage') return { kind: 'dropped', accepted: draw.chance(0.7) }
        return /^conversations\.(?:history|replies)$/.test(method) ? fault : null
      },
      withinMs: afterSlack(times, lastsMs),
    }
  },
  'readers unknown': (draw, times, lastsMs) => {
    const fault = draw.pick([
      { kind: 'error', error: draw.pick(UNLISTED), accepted: false },
      { kind: 'status', status: 503, accepted: false },
      { kind: 'never', accepted: false },
      { kind: 'body', body: draw.pick(ODD_BODIES), accepted: false },
      { kind: 'unreadable', accepted: false },
      { kind: 'rate-limited', retryAfter: '1' },
    ])
    return {
      note: `${fault.kind} ${fault.error ?? fault.body ?? ''}`,
      slack: ({ method }) => (READERS.test(method) ? fault : null),
      withinMs: afterSlack(times, lastsMs),
    }
  },
  'Slack out of reach': onTheWay('slack', (draw) => {
    const kind = draw.pick(['refuse', 'silent', 'hold'])
    return {
      note: kind,
      begin(proxy) {
        proxy.become({ kind })
        if (kind === 'refuse') proxy.cut()
      },
    }
  }),
  'Slack slow': onTheWay('slack', (draw) => {
    const bytesPerSecond = Math.round(draw.between(500, 20_000))
    return {
      note: `${bytesPerSecond} bytes a second`,
      begin: (proxy) => proxy.become({ kind: 'slow', bytesPerSecond }),
    }
  }),
}

/** Something that the server itself does to the program's connections. */
const server = (note, begin, end) => (draw, times, _lastsMs, lane) => ({
  note,
  way: { begin: () => begin(lane, draw), end: () => end(lane, draw) },
  withinMs: times.databaseMs,
})

const disconnect = ({ admin }) =>
  admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'lapsewatch%'`,
  )
const alter = ({ admin, database }, what) => admin.query(`ALTER DATABASE ${database} ${what}`)

export const DATABASE = {
  'database silent': onTheWay('database', () => ({
    note: 'bytes are swallowed, for good',
    begin: (proxy) => proxy.become({ kind: 'silent' }),
  })),
  'database held': onTheWay('database', () => ({
    note: 'bytes arrive afterwards',
    begin: (proxy) => proxy.become({ kind: 'hold' }),
  })),
  'database cut': onTheWay('database', (draw) => {
    const everyMs = draw.between(50, 800)
    let cutting = true
    return {
      note: `reset every ${Math.round(everyMs)} ms`,
      begin: async (proxy) => {
        while (cutting) {
          proxy.cut()
          await sleep(everyMs)
        }
      },
      end: () => {
        cutting = false
      },
    }
  }),
  'database refused': onTheWay('database', () => ({
    note: 'cut, and no new connections',
    begin: (proxy) => {
      proxy.become({ kind: 'refuse' })
      proxy.cut()
    },
  })),
  'database slow': onTheWay('database', (draw) => {
    const bytesPerSecond = Math.round(draw.between(500, 50_000))
    const delayMs = Math.round(draw.between(0, 300))
    return {
      note: `${bytesPerSecond} bytes a second, ${delayMs} ms late`,
      begin: (proxy) => proxy.become({ kind: 'slow', bytesPerSecond, delayMs }),
    }
  }),
  'database answers broken off': onTheWay('database', (draw) => {
    const bytes = Math.round(draw.between(0, 3000))
    const then = draw.pick(['end', 'reset', 'silent'])
    return {
      note: `after ${bytes} bytes, then ${then}`,
      begin: (proxy) => proxy.become({ kind: 'truncate', bytes, then }),
    }
  }),
  'database read-only': server(
    'as after a fail-over',
    async (lane) => {
      await alter(lane, 'SET default_transaction_read_only = on')
      await disconnect(lane)
    },
    async (lane, draw) => {
      await alter(lane, 'RESET default_transaction_read_only')
      if (draw.chance(0.5)) await disconnect(lane)
    },
  ),
  'connections used up': server(
    'none is left',
    async (lane) => {
      await alter(lane, 'CONNECTION LIMIT 0')
      await disconnect(lane)
    },
    (lane) => alter(lane, 'CONNECTION LIMIT -1'),
  ),
  'outbox locked': server(
    'by another session',
    async (lane) => {
      lane.locker = await lane.admin.connect()
      await lane.locker.query('BEGIN; LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE')
    },
    async (lane) => {
      await lane.locker.query('ROLLBACK')
      lane.locker.release()
    },
  ),
}

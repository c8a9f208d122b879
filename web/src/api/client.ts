import { createClient as createSocket, type Client as SocketClient } from 'graphql-ws'
import { Client, fetchExchange, subscriptionExchange } from 'urql'
import { reconnect } from '../../../docs/follow-queue.mjs'
import { ask, endpoint } from './post'
import { denied, type Sessions } from './session'
import { Store } from './store'

/** Whether the server is heard: offline says that it was, or should be, and is not. */
export type Connection = 'connecting' | 'online' | 'offline'

/** The ways to the server: operations go over HTTP, subscriptions over one WebSocket that comes back by itself. */
export interface Api {
  urql: Client
  socket: SocketClient
  connection: Store<Connection>
  sessions: Sessions
  close: () => void // for good
}

const unused = 1000 // nothing is subscribed to any more
const silence = 10_000 // how long the server may leave a ping unanswered

export function connect(sessions: Sessions): Api {
  const connection = new Store<Connection>('connecting')
  const { socket, close } = openSocket(sessions, connection)
  const urql = new Client({
    url: endpoint,
    preferGetMethod: false,
    fetch: withToken(sessions),
    exchanges: [
      // and no cache: what changes is subscribed to, and what is asked for should be new
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (operation) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query: operation.query ?? '', variables: operation.variables }, sink),
          }),
        }),
      }),
    ],
  })
  return { urql, socket, connection, sessions, close }
}

const withToken =
  (sessions: Sessions): typeof fetch =>
  async (input, init) => {
    const headers = new Headers(init?.headers)
    const token = await sessions.token()
    if (token) headers.set('Authorization', `Bearer ${token}`)
    return ask(input, { ...init, headers })
  }

function openSocket(sessions: Sessions, connection: Store<Connection>): Pick<Api, 'socket' | 'close'> {
  const address = new URL(endpoint, location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  let unanswered: ReturnType<typeof setTimeout> | undefined
  const socket = createSocket({
    ...reconnect,
    url: address.href,
    lazyCloseTimeout: 5_000,
    connectionAckWaitTimeout: silence,
    keepAlive: 15_000,
    connectionParams: async () => ({ authorization: `Bearer ${await sessions.patientToken()}` }),
    retryWait: (retries) => orOnline(reconnect.retryWait(retries)),
    on: {
      connected: () => connection.set('online'),
      closed: (event) => {
        clearTimeout(unanswered)
        const { code } = event as CloseEvent
        connection.set(code === unused ? 'connecting' : 'offline')
        if (code === denied) void sessions.refresh()
      },
      ping: (received) => {
        if (!received) unanswered = setTimeout(() => socket.terminate(), silence)
      },
      pong: () => clearTimeout(unanswered),
    },
  })
  const end = () => socket.terminate()
  addEventListener('offline', end)
  const unfollow = followUser(sessions, end)
  const close = () => {
    removeEventListener('offline', end)
    unfollow()
    void socket.dispose()
  }
  return { socket, close }
}

/** A connection is somebody's for as long as it lasts: it ends with who that is. */
function followUser(sessions: Sessions, end: () => void): () => void {
  let userId = sessions.current.get()?.viewer.user.id
  return sessions.current.subscribe(() => {
    const before = userId
    userId = sessions.current.get()?.viewer.user.id
    if (before && before !== userId) end()
  })
}

/** Waits, but not after the browser is online again, which knows best when to try. */
async function orOnline(wait: Promise<void>): Promise<void> {
  const waited = new AbortController()
  const online = new Promise<void>((resolve) => {
    addEventListener('online', () => resolve(), { once: true, signal: waited.signal })
  })
  await Promise.race([wait, online])
  waited.abort()
}

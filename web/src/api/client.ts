import { createClient as createSocket, type Client as SocketClient } from 'graphql-ws'
import { Client, fetchExchange, subscriptionExchange } from 'urql'
import { reconnect } from '../../../docs/follow-queue.mjs'
import { endpoint, fetchWithTimeout } from './post'
import { denied, type Sessions } from './session'
import { Store } from './store'

/** The state of the connection. connecting: not needed yet, or no attempt has failed; offline: lost, or an attempt has failed. */
export type Connection = 'connecting' | 'online' | 'offline'

/** The connection to the server: operations use HTTP, subscriptions share one WebSocket that reconnects by itself. */
export interface Api {
  urql: Client
  socket: SocketClient
  connection: Store<Connection>
  sessions: Sessions
  close: () => void // permanently
}

const normalClosure = 1000 // the client closes the WebSocket when the last subscription has ended
const pongTimeout = 10_000 // milliseconds

export function connect(sessions: Sessions): Api {
  const connection = new Store<Connection>('connecting')
  const { socket, close } = openSocket(sessions, connection)
  const urql = new Client({
    url: endpoint,
    preferGetMethod: false,
    fetch: withToken(sessions),
    exchanges: [
      // no cache: changing data comes by subscription, and queries should be fresh
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
    return fetchWithTimeout(input, { ...init, headers })
  }

function openSocket(sessions: Sessions, connection: Store<Connection>): Pick<Api, 'socket' | 'close'> {
  const address = new URL(endpoint, location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  let pongTimer: ReturnType<typeof setTimeout> | undefined
  const socket = createSocket({
    ...reconnect,
    url: address.href,
    lazyCloseTimeout: 5_000,
    connectionAckWaitTimeout: pongTimeout,
    keepAlive: 15_000,
    connectionParams: async () => ({ authorization: `Bearer ${await sessions.tokenOnceReachable()}` }),
    retryWait: (retries) => orUntilOnline(reconnect.retryWait(retries)),
    on: {
      connected: () => connection.set('online'),
      closed: (event) => {
        clearTimeout(pongTimer)
        const { code } = event as CloseEvent
        connection.set(code === normalClosure ? 'connecting' : 'offline')
        if (code === denied) void sessions.refresh()
      },
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => socket.terminate(), pongTimeout)
      },
      pong: () => clearTimeout(pongTimer),
    },
  })
  const end = () => socket.terminate()
  addEventListener('offline', end)
  const unsubscribe = closeOnUserChange(sessions, end)
  const close = () => {
    removeEventListener('offline', end)
    unsubscribe()
    void socket.dispose()
  }
  return { socket, close }
}

/** Closes the WebSocket when the user changes, since it belongs to the user who opened it. */
function closeOnUserChange(sessions: Sessions, end: () => void): () => void {
  let userId = sessions.current.get()?.viewer.user.id
  return sessions.current.subscribe(() => {
    const before = userId
    userId = sessions.current.get()?.viewer.user.id
    if (before && before !== userId) end()
  })
}

/** Waits, but no longer than until the browser is online again. */
async function orUntilOnline(wait: Promise<void>): Promise<void> {
  const waited = new AbortController()
  const online = new Promise<void>((resolve) => {
    addEventListener('online', () => resolve(), { once: true, signal: waited.signal })
  })
  await Promise.race([wait, online])
  waited.abort()
}

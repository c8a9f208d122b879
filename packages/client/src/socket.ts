import { type Client, type ClientOptions, createClient } from 'graphql-ws'
import { reconnect } from './followQueue.ts'
import { denied, type Sessions } from './sessions.ts'
import { Store } from './store.ts'

/** The state of the connection. connecting: not needed yet, or no attempt has failed; offline: lost, or an attempt has failed. */
export type Connection = 'connecting' | 'online' | 'offline'

/** A WebSocket that all subscriptions share and that reconnects by itself. */
export interface Socket {
  socket: Client // of graphql-ws
  connection: Store<Connection>
  close: () => void // permanently
}

const normalClosure = 1000 // the client closes the WebSocket when the last subscription has ended
const pongTimeout = 10_000 // milliseconds

/** Opens a WebSocket as the signed-in user. webSocketImpl: for Node before version 22, such as the npm package ws. */
export function openSocket(sessions: Sessions, webSocketImpl?: unknown): Socket {
  const connection = new Store<Connection>('connecting')
  let pongTimer: ReturnType<typeof setTimeout> | undefined
  const end = () => socket.terminate()
  const socket = createClient({
    ...reconnect,
    url: () => sessions.server.socketAddress,
    webSocketImpl,
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
        if (!received) pongTimer = setTimeout(end, pongTimeout)
      },
      pong: () => clearTimeout(pongTimer),
    },
  } satisfies ClientOptions)
  const closed = new AbortController()
  onBrowser('offline', end, closed.signal)
  const unsubscribe = closeOnUserChange(sessions, end)
  const close = () => {
    closed.abort()
    unsubscribe()
    void socket.dispose()
  }
  return { socket, connection, close }
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
  const online = new Promise<void>((resolve) => onBrowser('online', resolve, waited.signal))
  await Promise.race([wait, online])
  waited.abort()
}

/** Calls back whenever the browser goes online or offline, until the signal. Outside of browsers it never does. */
function onBrowser(event: 'online' | 'offline', callback: () => void, signal: AbortSignal): void {
  if (typeof addEventListener === 'function') addEventListener(event, () => callback(), { signal })
}

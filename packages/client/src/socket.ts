import { type Client, type ClientOptions, createClient } from 'graphql-ws'
import { reconnect } from './followQueue.ts'
import { Pulse } from './pulse.ts'
import { denied, type Sessions } from './sessions.ts'
import { Store } from './store.ts'
import { onWake } from './wake.ts'

/**
 * The state of the connection. connecting: not needed yet, or no attempt has failed; checking: the device was asleep, and the
 * server has not answered since; offline: lost, or an attempt has failed.
 */
export type Connection = 'connecting' | 'online' | 'checking' | 'offline'

/** A WebSocket that all subscriptions share and that reconnects by itself. */
export interface Socket {
  socket: Client // of graphql-ws
  connection: Store<Connection>
  /** When the server was last heard, in milliseconds since 1970 by this device's clock. */
  heardAt: () => number | undefined
  /**
   * Pings the server. If no answer comes in time, or the WebSocket is closed, it reconnects at once. In time means
   * within two seconds or, on a slow network, within three times the time that answers took, ten seconds at most. In a
   * browser this happens by itself when a page is shown again or the network is back.
   */
  check: () => void
  close: () => void // permanently
}

const normalClosure = 1000 // the client closes the WebSocket when the last subscription has ended
const connectTimeout = 10_000 // milliseconds
const slowAttempt = 2_000 // milliseconds; an attempt that takes longer may have begun before the device slept

/** Returns a WebSocket of the signed-in user. webSocketImpl: for Node before version 22, such as the npm package ws. */
export function openSocket(sessions: Sessions, webSocketImpl?: unknown): Socket {
  const connection = new Store<Connection>('connecting')
  const waits = new RetryWaits()
  let operations = 0
  let attemptedAt: number | undefined // set during an attempt to connect
  const end = () => socket.terminate()
  const replace = () => {
    waits.skipNext()
    end()
  }
  const pulse = new Pulse(replace)
  const socket = createClient({
    ...reconnect,
    url: () => sessions.server.socketAddress,
    webSocketImpl,
    generateID: () => String(++operations), // short, because each message has it
    lazyCloseTimeout: 5_000,
    connectionAckWaitTimeout: connectTimeout,
    keepAlive: 15_000,
    connectionParams: async () => ({ authorization: `Bearer ${await sessions.tokenOnceReachable()}` }),
    retryWait: (retries) => waits.wait(retries),
    on: {
      connecting: () => {
        attemptedAt = Date.now()
      },
      connected: (opened) => {
        attemptedAt = undefined
        pulse.opened(opened as WebSocket)
        connection.set('online')
      },
      closed: (event) => {
        attemptedAt = undefined
        pulse.closed()
        const { code } = event as CloseEvent
        connection.set(code === normalClosure ? 'connecting' : 'offline')
        if (code === denied) void sessions.refresh()
      },
      message: () => pulse.heard(),
      ping: (received) => received || pulse.expectPong(),
      pong: (received) => {
        if (!received) return // it is the client's own answer to the server
        pulse.pong()
        if (connection.get() === 'checking') connection.set('online')
      },
    },
  } satisfies ClientOptions)
  const check = () => {
    waits.end()
    if (attemptedAt && Date.now() - attemptedAt > slowAttempt) replace()
    else if (pulse.ask()) connection.set('checking')
  }
  const stops = [onWake(check), onOffline(end), closeOnUserChange(sessions, end)]
  const close = () => {
    for (const stop of stops) stop()
    void socket.dispose()
  }
  return { socket, connection, heardAt: () => pulse.heardAt, check, close }
}

/** The waits between attempts to connect. */
class RetryWaits {
  #skipsNext = false
  #end = () => {}

  async wait(retries: number): Promise<void> {
    if (!this.#skipsNext) {
      const ended = new Promise<void>((resolve) => {
        this.#end = resolve
      })
      await Promise.race([reconnect.retryWait(retries), ended])
    }
    this.#skipsNext = false
  }

  skipNext(): void {
    this.#skipsNext = true
  }

  end(): void {
    this.#end()
  }
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

/** Calls back whenever the browser goes offline. Outside of browsers it never does. */
function onOffline(callback: () => void): () => void {
  if (typeof addEventListener !== 'function') return () => {}
  addEventListener('offline', callback)
  return () => removeEventListener('offline', callback)
}

import { expect, test } from 'vitest'
import type { Sessions } from './sessions.ts'
import { openSocket } from './socket.ts'
import { Store } from './store.ts'

/** The server's end of a WebSocket. It acknowledges the connection, and otherwise sends only what the test tells it to. */
class Peer extends EventTarget {
  static last: Peer
  readonly heard: string[] = []
  readyState = 1
  onopen = () => {}
  onmessage = (_: { data: string }) => {}
  onclose = (_: unknown) => {}

  constructor() {
    super()
    Peer.last = this
    setTimeout(() => this.onopen())
  }

  send(text: string): void {
    this.heard.push(text)
    if (text.includes('connection_init')) setTimeout(() => this.say('connection_ack'))
  }

  say = (type: string) => this.onmessage({ data: JSON.stringify({ type }) })

  close = () => this.onclose({ code: 1000, reason: '', wasClean: true })
}

const sessions = {
  server: { socketAddress: 'ws://antwon.example/graphql' },
  current: new Store(undefined),
  tokenOnceReachable: async () => 'token',
} as unknown as Sessions

test('only the server’s pong proves that the connection lives, not the client’s answer to the server’s ping', async () => {
  const implementation = Object.assign(Peer, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 })
  const { socket, connection, check, close } = openSocket(sessions, implementation)
  socket.subscribe({ query: 'subscription { room }' }, { next: () => {}, error: () => {}, complete: () => {} })
  await expect.poll(connection.get.bind(connection)).toBe('online')
  connection.set('checking')
  check()
  expect(Peer.last.heard).toContain('{"type":"ping"}')

  Peer.last.say('ping')
  await expect.poll(() => Peer.last.heard).toContain('{"type":"pong"}')
  expect(connection.get()).toBe('checking')
  Peer.last.say('pong')
  await expect.poll(connection.get.bind(connection)).toBe('online')
  close()
})

const answerTimeout = 10_000 // milliseconds
const urgentTimeout = 2_000 // milliseconds; short, because somebody who unlocks a device looks at it. Slow networks get more
const late = 300 // milliseconds; a timer that fires later than this was held up, and so were the server's messages
const staleAfter = 25_000 // milliseconds: a pong was due by then

/** Notices when the server no longer answers on a WebSocket of graphql-ws, and remembers when it was last heard. */
export class Pulse {
  /** When the server was last heard, in milliseconds since 1970 by this device's clock. */
  heardAt: number | undefined
  #socket: Pick<WebSocket, 'send'> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #isAsking = false
  #askedAt = 0
  #slowest = 0 // milliseconds: the longest recent time to an answer

  /** onSilence is called if a ping is not answered in time. */
  constructor(private readonly onSilence: () => void) {}

  opened(socket: Pick<WebSocket, 'send'>): void {
    this.#socket = socket
    this.heard()
  }

  heard(): void {
    this.heardAt = Date.now()
  }

  /** Waits for the answer to a ping that was just sent, for `within` milliseconds. */
  expectPong(within: number = answerTimeout): void {
    if (this.#isAsking) return
    this.#askedAt = Date.now()
    this.#await(within)
  }

  /** Calls onSilence after `within` milliseconds. If its timer is late, it waits once more: the answer may be queued. */
  #await(within: number, isRepeated = false): void {
    clearTimeout(this.#timer)
    const due = Date.now() + within
    this.#timer = setTimeout(() => {
      if (Date.now() - due > late && !isRepeated) this.#await(within, true)
      else this.onSilence()
    }, within)
  }

  /** Ends the wait for a pong. Only a pong does: other messages may have been received before the device slept. */
  pong(): void {
    const took = Date.now() - this.#askedAt
    if (took < answerTimeout) this.#slowest = Math.max(took, this.#slowest / 2) // else the device has slept meanwhile
    this.#stop()
  }

  closed(): void {
    this.#socket = undefined
    this.#slowest = 0
    this.#stop()
  }

  #stop(): void {
    this.#isAsking = false
    clearTimeout(this.#timer)
  }

  /** Sends a ping that has to be answered soon. Returns whether nothing was heard for so long that something may be missing. */
  ask(): boolean {
    if (!this.#socket || this.#isAsking) return false
    this.#socket.send('{"type":"ping"}')
    this.expectPong(Math.min(Math.max(urgentTimeout, 3 * this.#slowest), answerTimeout))
    this.#isAsking = true
    return Date.now() - (this.heardAt ?? 0) > staleAfter
  }
}

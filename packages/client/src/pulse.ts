const answerTimeout = 10_000 // milliseconds
const urgentTimeout = 2_000 // milliseconds; a device that was just unlocked is being looked at. Slow networks get more
const late = 300 // milliseconds; a timer that is later than that was kept waiting, and so was what the server sent
const staleAfter = 25_000 // milliseconds: a pong was due by then

/** Notices when a WebSocket of graphql-ws has stopped answering, and remembers when it last did. */
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

  /** A ping was sent. */
  expectPong(within: number = answerTimeout): void {
    if (this.#isAsking) return
    this.#askedAt = Date.now()
    this.#await(within)
  }

  /** Once more after a timer that was late: the answer may have come, and wait behind it. */
  #await(within: number, isRepeated = false): void {
    clearTimeout(this.#timer)
    const due = Date.now() + within
    this.#timer = setTimeout(() => {
      if (Date.now() - due > late && !isRepeated) this.#await(within, true)
      else this.onSilence()
    }, within)
  }

  /** Ends what expectPong began. Other messages may have been received before the device slept. */
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

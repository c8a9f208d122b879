import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'

/** The connection between a device and a server: a relay that can go silent, like the network of a sleeping phone. */
export class Line {
  readonly #pairs = new Set<[Socket, Socket]>()
  readonly #relay = createServer((near) => this.#relayTo(near))

  private constructor(private readonly serverPort: number) {}

  static async to(url: string): Promise<Line> {
    const line = new Line(Number(new URL(url).port))
    line.#relay.listen(0, '127.0.0.1')
    await once(line.#relay, 'listening')
    return line
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#relay.address() as AddressInfo).port}`
  }

  /** Passes on nothing more on the connections that are open now, without closing them. New connections work. */
  silence(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.removeAllListeners('data')
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
    this.#relay.close()
  }

  #relayTo(near: Socket): void {
    const far = dial(this.serverPort, '127.0.0.1')
    const pair: [Socket, Socket] = [near, far]
    this.#pairs.add(pair)
    for (const [from, to] of [pair, [far, near]] as const) {
      from.on('data', (data) => to.write(data))
      from.on('error', () => {})
      from.on('close', () => {
        to.destroy()
        this.#pairs.delete(pair)
      })
    }
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const binary = new URL('../../bin/antwon', import.meta.url).pathname

/** A real server, or the simulated Spotify, in a directory of its own. It keeps its address across restarts. */
export class Server {
  #process: ChildProcess | undefined
  output = ''

  private constructor(
    private readonly command: string,
    private readonly port: number,
    private readonly directory: string,
    private readonly env: Record<string, string>,
  ) {}

  static async start(command: 'demo' | 'spotify-sim', env: Record<string, string> = {}): Promise<Server> {
    const server = new Server(command, await freePort(), mkdtempSync(join(tmpdir(), 'antwon-web-')), env)
    await server.start()
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** The link that signs a browser in as the demo's own host. */
  get hostLink(): string {
    return this.output.match(/http\S+key=\S+/)?.[0] ?? ''
  }

  async start(): Promise<void> {
    this.output = ''
    const env = { PATH: process.env.PATH ?? '', ANTWON_ADDR: `127.0.0.1:${this.port}`, ANTWON_LOG_LEVEL: 'warn', ...this.env }
    this.#process = spawn(binary, [this.command], { cwd: this.directory, env })
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream?.on('data', (data) => (this.output += data))
    await eventually(`${this.command} to answer`, async () => (await fetch(this.url)).status < 500)
  }

  /** Kills the process, as a power failure would. */
  async kill(): Promise<void> {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  /** Stops or continues the process, whose connections then swallow everything. */
  suspend(isSuspended: boolean): void {
    this.#process?.kill(isSuspended ? 'SIGSTOP' : 'SIGCONT')
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/**
 * Returns a port that nobody listens at. Each of vitest's workers chooses from ports of its own, which the operating
 * system gives to nobody: they are below those that it chooses from.
 */
async function freePort(): Promise<number> {
  const worker = Number(process.env.VITEST_POOL_ID ?? 1)
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + worker * 2_000 + Math.floor(Math.random() * 2_000)
    const probe = createServer()
    const isFree = new Promise<boolean>((resolve) => {
      probe.once('listening', () => resolve(true)).once('error', () => resolve(false))
    })
    probe.listen(port, '127.0.0.1')
    if (!(await isFree)) continue
    probe.close()
    await once(probe, 'close')
    return port
  }
  throw new Error('no port is free')
}

const timeout = 60_000 // milliseconds; only against hanging

/** Waits until a condition is true. An error counts as false, until the timeout. The longer it takes, the less often it looks. */
export async function eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
  let last: unknown
  let pause = 50 // milliseconds
  for (const start = Date.now(); Date.now() - start < timeout; pause = Math.min(1.5 * pause, 400)) {
    try {
      if (await condition()) return
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  throw new Error(`timed out waiting for ${what}`, { cause: last })
}

/** Sends an operation to the API, without a page. */
export async function api(server: Server, query: string, variables: object, token?: string) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

/** An access token and a room. */
export interface Session {
  token: string
  roomId: string
}

/** Signs in as the demo's own host. */
export async function demoHost(server: Server): Promise<Session> {
  const { pathname, search } = new URL(server.hostLink) // its host may be one that only a browser knows
  const response = await fetch(server.url + pathname + search, { redirect: 'manual' })
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const answer = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Antwon': '1', Cookie: cookie },
    body: JSON.stringify({ query: 'mutation { refreshSession { accessToken viewer { hostedRoom { id } } } }' }),
  })
  const { data } = await answer.json()
  return { token: data.refreshSession.accessToken, roomId: data.refreshSession.viewer.hostedRoom.id }
}

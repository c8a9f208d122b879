import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const binary = new URL('../../bin/antwon', import.meta.url).pathname

/** A real server, or the simulated Spotify alone, with a folder of its own. It keeps its address when it is started again. */
export class Server {
  #process: ChildProcess | undefined
  output = ''

  private constructor(
    private readonly command: string,
    private readonly port: number,
    private readonly folder: string,
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

  /** The link that makes a browser the demo's own host. */
  get hostLink(): string {
    return this.output.match(/http\S+key=\S+/)?.[0] ?? ''
  }

  async start(): Promise<void> {
    this.output = ''
    const env = { PATH: process.env.PATH ?? '', ANTWON_ADDR: `127.0.0.1:${this.port}`, ANTWON_LOG_LEVEL: 'warn', ...this.env }
    this.#process = spawn(binary, [this.command], { cwd: this.folder, env })
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream?.on('data', (data) => (this.output += data))
    await eventually(`${this.command} to answer`, async () => (await fetch(this.url)).status < 500)
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const patience = 20_000

/** Waits for something to be so; whatever it throws meanwhile counts as not yet. */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  let last: unknown
  for (const start = Date.now(); Date.now() - start < patience; await new Promise((resolve) => setTimeout(resolve, 50))) {
    try {
      if (await isSo()) return
    } catch (error) {
      last = error
    }
  }
  throw new Error(`waited in vain for ${what}`, { cause: last })
}

/** Sends an operation, for what no page does. */
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

/** A session, and the room that it is good for. */
export interface Session {
  token: string
  roomId: string
}

/** The demo's own host, for what only hosts do. */
export async function demoHost(server: Server): Promise<Session> {
  const response = await fetch(server.hostLink, { redirect: 'manual' })
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

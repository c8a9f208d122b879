import { type Failure, offline } from './errors.ts'
import type { SessionFieldsFragment } from './generated.ts'
import { demoLogin, joinRoom, refreshSession, signOut, watchRoom } from './operations.ts'
import type { Answer, Server } from './server.ts'
import { Store } from './store.ts'
import { untilAwake } from './wake.ts'

/** An access token, and the user to whom it belongs. */
export type Session = SessionFieldsFragment

/** The room that somebody has joined. */
export interface JoinedRoom {
  id: string
  code: string
  name: string
}

/** The close code of a WebSocket whose access token was refused or has expired. */
export const denied = 4403

const renewBefore = 60_000 // milliseconds before its end, an access token is renewed

/** Renews the session of the same user. Its data is null if there is no session to renew. */
export type Renewal = (server: Server) => Promise<Answer<Session | null>>

/** Renews by the cookie that the browser got when it joined or signed in, so that a reload does not make a new guest. */
const renewByCookie: Renewal = async (server) => {
  const { data, failure } = await server.post(refreshSession, {})
  if (failure?.code === 'UNAUTHENTICATED') return { data: null }
  return { data: data?.refreshSession ?? undefined, failure }
}

/**
 * The browser's session: an access token that is renewed when a page opens, and before it expires. All tabs share the
 * browser's cookie; the server lets two of them use it at the same time.
 */
export class Sessions {
  /** undefined: not loaded yet; null: nobody is signed in. */
  readonly current = new Store<Session | null | undefined>(undefined)
  #renewing: ReturnType<Renewal> | null = null

  constructor(
    readonly server: Server,
    private readonly renew: Renewal = renewByCookie,
  ) {}

  /** Renews the session. Concurrent calls share one request. */
  refresh(): ReturnType<Renewal> {
    this.#renewing ??= this.#refresh().finally(() => {
      this.#renewing = null
    })
    return this.#renewing
  }

  async #refresh(): ReturnType<Renewal> {
    const answer = await this.renew(this.server)
    if (answer.data !== undefined) this.current.set(answer.data)
    return answer
  }

  /** Loads the session, and retries until the server is reachable. A device that wakes up retries at once. */
  async load(): Promise<void> {
    for (let wait = 500; (await this.refresh()).failure; wait = Math.min(2 * wait, 15_000)) {
      await untilAwake(new Promise((resolve) => setTimeout(resolve, wait)))
    }
  }

  /** Joins the room with this code as the signed-in user, or as a new guest. A member gets the new name. */
  async join(code: string, displayName: string): Promise<Answer<JoinedRoom>> {
    const token = await this.token().catch(() => undefined)
    if (token === undefined) return { failure: offline }
    const isScreen = this.current.get()?.viewer.user.kind === 'SCREEN' // a screen's session can only watch
    const { data, failure } = await this.server.post(joinRoom, { code, displayName }, { token: isScreen ? null : token })
    return this.#enter(data?.joinRoom, failure)
  }

  /** Becomes a screen that shows the room with this code, in place of the signed-in user. */
  async watch(code: string): Promise<Answer<JoinedRoom>> {
    const { data, failure } = await this.server.post(watchRoom, { code })
    return this.#enter(data?.watchRoom, failure)
  }

  #enter(entered: { session: Session; room: JoinedRoom } | null | undefined, failure?: Failure): Answer<JoinedRoom> {
    if (entered) this.current.set(entered.session)
    return { data: entered?.room, failure }
  }

  /** Signs in as a host of a demo. Other servers send hosts to an identity provider, at /auth/login. */
  async demoLogin(displayName: string): Promise<Answer<Session>> {
    const { data, failure } = await this.server.post(demoLogin, { displayName })
    if (data?.demoLogin) this.current.set(data.demoLogin)
    return { data: data?.demoLogin ?? undefined, failure }
  }

  /** An access token that is valid for a while, or null if nobody is signed in. Rejects while the server is unreachable. */
  async token(): Promise<string | null> {
    const session = this.current.get()
    if (session === null) return null
    if (session && Date.parse(session.expiresAt) - this.server.clock.now() > renewBefore) return session.accessToken
    const { data, failure } = await this.refresh()
    if (failure) throw new Error(failure.message)
    return data?.accessToken ?? null
  }

  /** Like token, but waits until the server is reachable. For callers that cannot retry. */
  async tokenOnceReachable(): Promise<string | null> {
    return this.token().catch(async () => {
      await this.load()
      return this.token()
    })
  }

  /** Signs this browser out. Returns the failure, if any. */
  async signOut(): Promise<Failure | undefined> {
    const { failure } = await this.server.post(signOut, {})
    if (failure && failure.code !== 'UNAUTHENTICATED') return failure
    this.current.set(null)
    return undefined
  }
}

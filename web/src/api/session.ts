import { serverNow } from './clock'
import type { Failure } from './errors'
import { RefreshSessionDocument, type SessionFieldsFragment, SignOutDocument } from './generated'
import { type Answer, post } from './post'
import { Store } from './store'

export type Session = SessionFieldsFragment

/** The close code of a WebSocket whose access token was refused or has expired. */
export const denied = 4403

const renewBefore = 60_000 // milliseconds before its end, an access token is renewed

/** Renews the session of the same user. Its data is null if there is no session to renew. */
export type Renewal = () => Promise<Answer<Session | null>>

/** Renews by the cookie that the browser got when it joined or signed in, so that a reload does not make a new guest. */
const renewByCookie: Renewal = async () => {
  const { data, failure } = await post(RefreshSessionDocument, {})
  if (failure?.code === 'UNAUTHENTICATED') return { data: null }
  return { data: data?.refreshSession ?? undefined, failure }
}

/** The browser's session: an access token that is renewed when a page opens, and before it expires. */
export class Sessions {
  /** undefined: not loaded yet; null: nobody is signed in. */
  readonly current = new Store<Session | null | undefined>(undefined)
  #renewing: ReturnType<Renewal> | null = null

  constructor(private readonly renew: Renewal = renewByCookie) {}

  /** Renews the session. Concurrent calls share one request. */
  refresh(): ReturnType<Renewal> {
    this.#renewing ??= this.#refresh().finally(() => {
      this.#renewing = null
    })
    return this.#renewing
  }

  async #refresh(): ReturnType<Renewal> {
    const answer = await this.renew()
    if (answer.data !== undefined) this.current.set(answer.data)
    return answer
  }

  /** Loads the session, and retries until the server is reachable. */
  async load(): Promise<void> {
    for (let wait = 500; (await this.refresh()).failure; wait = Math.min(2 * wait, 15_000)) {
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }

  /** Sets the session of the user who just joined or signed in. */
  setSession(session: Session): void {
    this.current.set(session)
  }

  /** An access token that is valid for a while, or null if nobody is signed in. Rejects while the server is unreachable. */
  async token(): Promise<string | null> {
    const session = this.current.get()
    if (session === null) return null
    if (session && Date.parse(session.expiresAt) - serverNow() > renewBefore) return session.accessToken
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
    const { failure } = await post(SignOutDocument, {})
    if (failure && failure.code !== 'UNAUTHENTICATED') return failure
    this.current.set(null)
    return undefined
  }
}

import { serverNow } from './clock'
import type { Failure } from './errors'
import { RefreshSessionDocument, type SessionFieldsFragment, SignOutDocument } from './generated'
import { type Answer, post } from './post'
import { Store } from './store'

export type Session = SessionFieldsFragment

/** The code with which a WebSocket is closed whose token was refused, or has ended. */
export const denied = 4403

const ahead = 60_000 // a token that ends within this time is renewed before it is used

/** Gives the next session of the same user; null: there is none to go on with. */
export type Renewal = () => Promise<Answer<Session | null>>

/** Renews by the cookie that a browser gets when it joins or signs in, so that a reload is not a new guest. */
export const byCookie: Renewal = async () => {
  const { data, failure } = await post(RefreshSessionDocument, {})
  if (failure?.code === 'UNAUTHENTICATED') return { data: null }
  return { data: data?.refreshSession, failure }
}

/** Who this browser is: an access token that is renewed when a page is opened, and before it ends. */
export class Sessions {
  /** undefined: not asked yet; null: nobody is signed in. */
  readonly current = new Store<Session | null | undefined>(undefined)
  #renewing: ReturnType<Renewal> | null = null

  constructor(private readonly renew: Renewal = byCookie) {}

  /** Asks for the next session, once however many ask meanwhile. */
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

  /** Finds out who this browser is, however long the server takes to be there. */
  async begin(): Promise<void> {
    for (let wait = 500; (await this.refresh()).failure; wait = Math.min(2 * wait, 15_000)) {
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }

  /** Goes on as who joined or signed in just now. */
  adopt(session: Session): void {
    this.current.set(session)
  }

  /** An access token that is good for a while, or null where nobody is signed in. Rejects while that cannot be found out. */
  async token(): Promise<string | null> {
    const session = this.current.get()
    if (session === null) return null
    if (session && Date.parse(session.expiresAt) - serverNow() > ahead) return session.accessToken
    const { data, failure } = await this.refresh()
    if (failure) throw new Error(failure.message)
    return data?.accessToken ?? null
  }

  /** The same, however long it takes to find out: for what cannot be tried again later. */
  async patientToken(): Promise<string | null> {
    return this.token().catch(async () => {
      await this.begin()
      return this.token()
    })
  }

  /** Signs this browser out, or says why it is not. */
  async signOut(): Promise<Failure | undefined> {
    const { failure } = await post(SignOutDocument, {})
    if (failure && failure.code !== 'UNAUTHENTICATED') return failure
    this.current.set(null)
    return undefined
  }
}

import { Clock } from './clock.ts'
import { type Failure, failureOf, offline } from './errors.ts'
import type { Operation } from './operations.ts'

/** The data or the failure of an operation. There can be both, because nullable fields can fail on their own. */
export interface Answer<Data> {
  data?: Data | undefined
  failure?: Failure | undefined
}

/** How an operation is sent. */
export interface PostOptions {
  token?: string | null | undefined // an access token
  credentials?: RequestCredentials // by default 'include'
}

const answerTimeout = 15_000 // milliseconds; a phone that changes networks may never get an answer, or only its beginning

/** An antwon.dj server, over HTTP. */
export class Server {
  readonly clock = new Clock()
  /** The URL of its API. */
  readonly endpoint: string

  /** origin is the server's address, such as https://party.example. By default the server is the one that served the page. */
  constructor(origin = '') {
    this.endpoint = `${origin.replace(/\/$/, '')}/graphql`
  }

  /** The URL for WebSockets. */
  get socketAddress(): string {
    return new URL(this.endpoint, globalThis.location?.href).href.replace(/^http/, 'ws')
  }

  /** Like fetch, with a timeout until the answer begins. It also updates the clock from the answer. */
  fetch: typeof fetch = (input, init) => inTime((signal) => this.#fetch(input, { ...init, signal }), init?.signal)

  #fetch: typeof fetch = async (input, init) => {
    const askedAt = Date.now()
    const response = await fetch(input, init)
    this.clock.note(askedAt, response.headers.get('Date'))
    return response
  }

  /**
   * Sends an operation, and waits 15 seconds for the whole answer; it never rejects. Cookies are included by default,
   * since operations that begin or end a session need them.
   */
  async post<Data, Variables = Record<string, unknown>>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    { token, credentials = 'include' }: PostOptions = {},
  ): Promise<Answer<Data>> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json', 'X-Antwon': '1' }
    if (token) headers.Authorization = `Bearer ${token}`
    const body = JSON.stringify({ query: operation, variables })
    try {
      const { data, errors } = await inTime(async (signal) => {
        const response = await this.#fetch(this.endpoint, { method: 'POST', credentials, headers, body, signal })
        return response.json()
      })
      return { data: data ?? undefined, failure: errors && failureOf(errors) }
    } catch {
      return { failure: offline }
    }
  }
}

/** Calls `act` with a signal that aborts after answerTimeout, or when the other signal does. */
async function inTime<T>(act: (signal: AbortSignal) => Promise<T>, other?: AbortSignal | null): Promise<T> {
  const aborter = new AbortController()
  const timer = setTimeout(() => aborter.abort(), answerTimeout)
  other?.addEventListener('abort', () => aborter.abort(), { once: true })
  try {
    return await act(aborter.signal)
  } finally {
    clearTimeout(timer)
  }
}

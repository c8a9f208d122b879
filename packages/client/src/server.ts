import { Clock } from './clock.ts'
import { type Failure, failureOf, offline } from './errors.ts'
import type { Operation } from './operations.ts'

/** The data and the failure of an operation. There can be both: nullable fields can fail on their own. */
export interface Answer<Data> {
  data?: Data | undefined
  failure?: Failure | undefined
}

/** How an operation is sent. */
export interface PostOptions {
  token?: string | null | undefined // an access token
  credentials?: RequestCredentials // by default 'include'
}

const answerTimeout = 15_000 // milliseconds until an answer begins; a phone that changes networks may never get one

/** An antwon.dj server, over HTTP. */
export class Server {
  readonly clock = new Clock()
  /** Where its API is. */
  readonly endpoint: string

  /** origin is the server's address, such as https://party.example. By default the server is the one that served the page. */
  constructor(origin = '') {
    this.endpoint = `${origin.replace(/\/$/, '')}/graphql`
  }

  /** The address of its WebSocket. */
  get socketAddress(): string {
    return new URL(this.endpoint, globalThis.location?.href).href.replace(/^http/, 'ws')
  }

  /** Like fetch, with a timeout. It also updates the clock from the answer. */
  fetch: typeof fetch = async (input, init) => {
    const askedAt = Date.now()
    const aborter = new AbortController()
    const timer = setTimeout(() => aborter.abort(), answerTimeout)
    init?.signal?.addEventListener('abort', () => aborter.abort(), { once: true })
    try {
      const response = await fetch(input, { ...init, signal: aborter.signal })
      this.clock.note(askedAt, response.headers.get('Date'))
      return response
    } finally {
      clearTimeout(timer)
    }
  }

  /** Sends an operation. Cookies are included by default, since operations that begin or end a session need them. */
  async post<Data, Variables = Record<string, unknown>>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    { token, credentials = 'include' }: PostOptions = {},
  ): Promise<Answer<Data>> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json', 'X-Antwon': '1' }
    if (token) headers.Authorization = `Bearer ${token}`
    const body = JSON.stringify({ query: operation, variables })
    try {
      const response = await this.fetch(this.endpoint, { method: 'POST', credentials, headers, body })
      const { data, errors } = await response.json()
      return { data: data ?? undefined, failure: errors && failureOf(errors) }
    } catch {
      return { failure: offline }
    }
  }
}

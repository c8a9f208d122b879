import { stringifyDocument, type TypedDocumentNode } from '@urql/core'
import { noteDate } from './clock'
import { type Failure, failureOf, offline } from './errors'

/** What an operation brought, and what failed of it. Fields that may be null can fail without the rest. */
export interface Answer<Data> {
  data?: Data | undefined
  failure?: Failure | undefined
}

export const endpoint = '/graphql'

const patience = 15_000 // milliseconds for an answer to begin: a phone that changes networks may wait for ever otherwise

/** fetch, for our server: it ends, and what is answered also tells the server's time. */
export const ask: typeof fetch = async (input, init) => {
  const askedAt = Date.now()
  const given = new AbortController()
  const timer = setTimeout(() => given.abort(), patience)
  init?.signal?.addEventListener('abort', () => given.abort(), { once: true })
  try {
    const response = await fetch(input, { ...init, signal: given.signal })
    noteDate(askedAt, response.headers.get('Date'))
    return response
  } finally {
    clearTimeout(timer)
  }
}

/** Sends an operation over HTTP, with this browser's cookies unless told otherwise, as those that begin or end a session need. */
export async function post<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  token?: string,
  credentials: RequestCredentials = 'include',
): Promise<Answer<Data>> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json', 'X-Antwon': '1' }
  if (token) headers.Authorization = `Bearer ${token}`
  const body = JSON.stringify({ query: stringifyDocument(document), variables })
  try {
    const response = await ask(endpoint, { method: 'POST', credentials, headers, body })
    const { data, errors } = await response.json()
    return { data: data ?? undefined, failure: errors && failureOf(errors) }
  } catch {
    return { failure: offline }
  }
}

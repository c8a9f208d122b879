import { stringifyDocument, type TypedDocumentNode } from '@urql/core'
import { noteDate } from './clock'
import { type Failure, failureOf, offline } from './errors'

/** The data and the failure of an operation. There can be both: nullable fields can fail on their own. */
export interface Answer<Data> {
  data?: Data | undefined
  failure?: Failure | undefined
}

export const endpoint = '/graphql'

const answerTimeout = 15_000 // milliseconds until an answer begins; a phone that changes networks may never get one

/** Like fetch, with a timeout. It also updates the server's time from the answer. */
export const fetchWithTimeout: typeof fetch = async (input, init) => {
  const askedAt = Date.now()
  const aborter = new AbortController()
  const timer = setTimeout(() => aborter.abort(), answerTimeout)
  init?.signal?.addEventListener('abort', () => aborter.abort(), { once: true })
  try {
    const response = await fetch(input, { ...init, signal: aborter.signal })
    noteDate(askedAt, response.headers.get('Date'))
    return response
  } finally {
    clearTimeout(timer)
  }
}

/** Sends an operation over HTTP. Cookies are included by default, since operations that begin or end a session need them. */
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
    const response = await fetchWithTimeout(endpoint, { method: 'POST', credentials, headers, body })
    const { data, errors } = await response.json()
    return { data: data ?? undefined, failure: errors && failureOf(errors) }
  } catch {
    return { failure: offline }
  }
}

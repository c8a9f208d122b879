import type { Fetcher, FetcherParams, Observable } from '@graphiql/toolkit'
import { type ExecutionResult, GraphQLError, getOperationAST, parse } from 'graphql'
import { createClient } from 'graphql-ws'
import { reconnect } from '../../../docs/follow-queue.mjs'
import { ask, endpoint } from '../api/post'
import { denied, type Sessions } from '../api/session'
import type { Answer } from './tabs'

/** What the playground knows and wants to know of what is sent. */
export interface Playground {
  sessions: Sessions
  fillIn(value: unknown): unknown
  whatIsMissing(value: unknown): string | null
  onAnswer(data: Answer): void
  onNoSchema(): void // the server does not show it
}

type Headers = Record<string, string>

const changesSession = /\b(demoLogin|joinRoom|watchRoom|refreshSession|signOut|signOutEverywhere)\b/

/** Sends GraphiQL's operations: as who this browser is, unless a tab's headers have an Authorization of their own. */
export function createFetcher(playground: Playground): Fetcher {
  return async (params, options) => {
    if (params.operationName === 'IntrospectionQuery') return introspect(params, playground)
    const request = { ...named(params), variables: playground.fillIn(params.variables) }
    const missing = playground.whatIsMissing(request.variables)
    if (missing) return { errors: [new GraphQLError(missing)] }
    const headers = playground.fillIn(options?.headers) as Headers
    return isSubscription(request) ? subscribe(request, headers, playground) : run(request, headers, playground)
  }
}

/** GraphiQL takes a moment after a change of tabs to know the new one's operation: a single one needs no name. */
function named({ operationName, ...params }: FetcherParams): FetcherParams {
  const operations = params.query.match(/^\s*(query|mutation|subscription)\b/gm) ?? []
  return operations.length > 1 && operationName ? { ...params, operationName } : params
}

async function introspect(params: FetcherParams, { onNoSchema }: Playground): Promise<ExecutionResult> {
  const result = await post(params, {})
  if (!result.data) onNoSchema()
  return result
}

async function run(request: FetcherParams, own: Headers, { sessions, onAnswer }: Playground): Promise<ExecutionResult> {
  const result = await post(request, await withSession(own, sessions))
  if (result.data) onAnswer(result.data as Answer)
  // The cookie says who this browser is now, whatever was selected.
  if (result.data && changesSession.test(request.query)) await sessions.refresh()
  return result
}

async function post(request: FetcherParams, headers: Headers): Promise<ExecutionResult> {
  const response = await ask(endpoint, {
    method: 'POST',
    credentials: 'include',
    headers: { 'Content-Type': 'application/json', 'X-Antwon': '1', ...headers },
    body: JSON.stringify(request),
  })
  return response.json()
}

/** A connection has one token for as long as it lasts, so each subscription has a connection of its own. */
function subscribe(request: FetcherParams, own: Headers, { sessions }: Playground): Observable<ExecutionResult> {
  const client = createClient({
    ...reconnect,
    url: `${location.origin.replace('http', 'ws')}${endpoint}`,
    connectionParams: async () => {
      const authorization = authorizationIn(await withSession(own, sessions))
      return authorization ? { authorization } : {}
    },
    // With a token of the tab's own it would come back with the same.
    shouldRetry: (event) => codeOf(event) !== denied || authorizationIn(own) === undefined,
    on: { closed: (event) => void (codeOf(event) === denied && sessions.refresh()) },
  })
  const observable = {
    subscribe: (observer: { next(result: ExecutionResult): void; error(error: unknown): void; complete(): void }) => ({
      unsubscribe: client.subscribe<Record<string, unknown>>(request as never, {
        next: (result) => observer.next(result as ExecutionResult),
        error: (error) => observer.error(describe(error)),
        complete: () => observer.complete(),
      }),
    }),
  }
  return observable as Observable<ExecutionResult>
}

async function withSession(own: Headers, sessions: Sessions): Promise<Headers> {
  if (authorizationIn(own) === '') return Object.fromEntries(Object.entries(own).filter(([name]) => !isAuthorization(name)))
  if (authorizationIn(own) || sessions.current.get() === null) return own
  const token = await sessions.token()
  return token ? { ...own, Authorization: `Bearer ${token}` } : own
}

const authorizationIn = (headers: Headers): string | undefined =>
  Object.entries(headers).find(([name]) => isAuthorization(name))?.[1]

const isAuthorization = (name: string): boolean => name.toLowerCase() === 'authorization'

/** What does not parse is sent as it is: the server says what is wrong with it. */
function isSubscription({ query, operationName }: FetcherParams): boolean {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription'
  } catch {
    return false
  }
}

const codeOf = (event: unknown): number | undefined => (event instanceof CloseEvent ? event.code : undefined)

const describe = (error: unknown): unknown =>
  error instanceof CloseEvent
    ? { message: `The connection was closed: ${error.reason || 'no reason given'} (${error.code})` }
    : error

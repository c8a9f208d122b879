import { denied, reconnect, type Sessions } from '@antwon/client'
import type { Fetcher, FetcherParams, Observable } from '@graphiql/toolkit'
import { type ExecutionResult, GraphQLError, getOperationAST, parse } from 'graphql'
import { createClient } from 'graphql-ws'
import { server } from '../api/server'
import type { Answer } from './tabs'

/** What the fetcher needs from the playground. */
export interface Playground {
  sessions: Sessions
  fillIn(value: unknown): unknown // replaces placeholders
  missingPlaceholder(value: unknown): string | null // an error message if a placeholder has no value yet
  onAnswer(data: Answer): void
  onNoSchema(): void // the server has introspection turned off
}

type Headers = Record<string, string>

const changesSession = /\b(demoLogin|joinRoom|watchRoom|refreshSession|signOut|signOutEverywhere)\b/

/** Returns the function that sends GraphiQL's operations, as the signed-in user unless a tab has an Authorization header. */
export function createFetcher(playground: Playground): Fetcher {
  return async (params, options) => {
    if (params.operationName === 'IntrospectionQuery') return introspect(params, playground)
    const request = { ...withOperationName(params), variables: playground.fillIn(params.variables) }
    const missing = playground.missingPlaceholder(request.variables)
    if (missing) return { errors: [new GraphQLError(missing)] }
    const headers = playground.fillIn(options?.headers) as Headers
    return isSubscription(request) ? subscribe(request, headers, playground) : run(request, headers, playground)
  }
}

/** Drops the operation name if there is a single operation: after a change of tabs, GraphiQL still sends the old tab's name. */
function withOperationName({ operationName, ...params }: FetcherParams): FetcherParams {
  const operations = params.query.match(/^\s*(query|mutation|subscription)\b/gm) ?? []
  return operations.length > 1 && operationName ? { ...params, operationName } : params
}

async function introspect(params: FetcherParams, { onNoSchema }: Playground): Promise<ExecutionResult> {
  const result = await post(params, {})
  if (!result.data) onNoSchema()
  return result
}

async function run(request: FetcherParams, tabHeaders: Headers, { sessions, onAnswer }: Playground): Promise<ExecutionResult> {
  const result = await post(request, await withSession(tabHeaders, sessions))
  if (result.data) onAnswer(result.data as Answer)
  // The cookie decides who is signed in now, whatever fields the answer has.
  if (result.data && changesSession.test(request.query)) await sessions.refresh()
  return result
}

async function post(request: FetcherParams, headers: Headers): Promise<ExecutionResult> {
  const response = await server.fetch(server.endpoint, {
    method: 'POST',
    credentials: 'include',
    headers: { 'Content-Type': 'application/json', 'X-Antwon': '1', ...headers },
    body: JSON.stringify(request),
  })
  return response.json()
}

/** Opens a connection of its own for each subscription, since a connection keeps the token that it was opened with. */
function subscribe(request: FetcherParams, tabHeaders: Headers, { sessions }: Playground): Observable<ExecutionResult> {
  const client = createClient({
    ...reconnect,
    url: server.socketAddress,
    connectionParams: async () => {
      const authorization = authorizationIn(await withSession(tabHeaders, sessions))
      return authorization ? { authorization } : {}
    },
    // A token from the tab's headers would be refused again.
    shouldRetry: (event) => codeOf(event) !== denied || authorizationIn(tabHeaders) === undefined,
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

async function withSession(tabHeaders: Headers, sessions: Sessions): Promise<Headers> {
  if (authorizationIn(tabHeaders) === '')
    return Object.fromEntries(Object.entries(tabHeaders).filter(([name]) => !isAuthorization(name)))
  if (authorizationIn(tabHeaders) || sessions.current.get() === null) return tabHeaders
  const token = await sessions.token()
  return token ? { ...tabHeaders, Authorization: `Bearer ${token}` } : tabHeaders
}

const authorizationIn = (headers: Headers): string | undefined =>
  Object.entries(headers).find(([name]) => isAuthorization(name))?.[1]

const isAuthorization = (name: string): boolean => name.toLowerCase() === 'authorization'

/** Whether the request is a subscription. One that cannot be parsed is sent as a query, and the server reports the error. */
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
    ? { message: `The connection was closed: ${error.reason || 'no reason aborter'} (${error.code})` }
    : error

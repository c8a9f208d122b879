import { offline } from './errors.ts'
import type { Operation } from './operations.ts'
import type { Answer, Server } from './server.ts'
import type { Sessions } from './sessions.ts'
import { openSocket, type Socket } from './socket.ts'

/** The connection to a server, as the signed-in user: HTTP for queries and mutations, one WebSocket for subscriptions. */
export interface Client extends Socket {
  server: Server
  sessions: Sessions
  /** Like fetch, with the user's access token. For other GraphQL clients, such as urql. */
  fetch: typeof fetch
  /** Sends a query or a mutation. */
  request<Data, Variables = Record<string, unknown>>(
    operation: Operation<Data, Variables>,
    variables: Variables,
  ): Promise<Answer<Data>>
}

/** Connects to the server of these sessions. The WebSocket is opened when the first subscription needs it. */
export function connect(sessions: Sessions, { webSocketImpl }: { webSocketImpl?: unknown } = {}): Client {
  const { server } = sessions
  return {
    ...openSocket(sessions, webSocketImpl),
    server,
    sessions,
    async fetch(input, init) {
      const headers = new Headers(init?.headers)
      const token = await sessions.token()
      if (token) headers.set('Authorization', `Bearer ${token}`)
      return server.fetch(input, { ...init, headers })
    },
    async request(operation, variables) {
      const token = await sessions.token().catch(() => undefined)
      return token === undefined ? { failure: offline } : server.post(operation, variables, { token })
    },
  }
}

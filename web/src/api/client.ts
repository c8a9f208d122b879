import { type Client, connect as connectClient, type Sessions } from '@antwon/client'
import { fetchExchange, subscriptionExchange, Client as UrqlClient } from 'urql'

/** The connection to the server, also by urql: operations use HTTP, subscriptions the client's WebSocket. */
export interface Api extends Client {
  urql: UrqlClient
}

export function connect(sessions: Sessions): Api {
  const client = connectClient(sessions)
  const urql = new UrqlClient({
    url: client.server.endpoint,
    preferGetMethod: false,
    fetch: client.fetch,
    exchanges: [
      // no cache: changing data comes by subscription, and queries should be fresh
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (operation) => ({
          subscribe: (sink) => ({
            unsubscribe: client.socket.subscribe({ query: operation.query ?? '', variables: operation.variables }, sink),
          }),
        }),
      }),
    ],
  })
  return { ...client, urql }
}

// node caches.mjs URL TOKEN ROOM OTHERROOM: the normalising caches of Apollo Client and of urql, without any configuration
// of keys. The token's guest is called Gina in one room and Regina in the other, and has added a song in each.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { createClient } from 'graphql-ws'
import { OperationTypeNode } from 'graphql'
import assert from 'node:assert/strict'
import WebSocket from 'ws'

const [url, token, room, otherRoom] = process.argv.slice(2)
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
const sockets = createClient({
  url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, connectionParams: { authorization: headers.authorization },
})

const items = 'items { id likeCount addedBy { id displayName user { id displayName } } }'
const roomQuery = `query Room($id: ID!) { room(id: $id) { id name queue { id version ${items} } } }`
const queueSubscription = `subscription Queue($id: ID!) { roomQueue(roomId: $id) { id version ${items} } }`

// Changes the queue past the client under test, so that it can learn of it by its subscription only.
async function likeElsewhere(itemId, field) {
  const query = `mutation($i: ID!) { ${field}(itemId: $i) { id } }`
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables: { i: itemId } }) })
  assert.equal((await response.json()).errors, undefined)
}

// The story, for a client that can load a room, show what its cache has of it, and follow a room's queue. next waits until
// the client's own subscription has received an event after the call.
async function tell(name, { load, shown, follow }) {
  await load(room)
  await load(otherRoom)
  assert.equal(shown(room).queue.items[0].addedBy.displayName, 'Gina', `${name}: the name in the first room`)
  assert.equal(shown(otherRoom).queue.items[0].addedBy.displayName, 'Regina', `${name}: the name in the second room`)

  const [item] = shown(room).queue.items
  const { next, stop } = follow(room)
  await next() // the present queue
  for (const [field, likes] of [['likeQueueItem', 1], ['unlikeQueueItem', 0]]) {
    const event = next()
    await likeElsewhere(item.id, field)
    await event
    assert.equal(shown(room).queue.items[0].likeCount, likes, `${name}: the room shows what the subscription sent`)
  }
  assert.equal(shown(otherRoom).queue.items[0].addedBy.displayName, 'Regina', `${name}: the other room is as it was`)
  stop()
}

// events turns a function that calls back for each event into one that waits for the next.
function events(subscribe) {
  let received = 0
  let arrived = () => {}
  let failed
  const stop = subscribe({
    event: () => { received++; arrived() },
    error: (error) => { failed = error; arrived() },
  })
  let seen = 0
  const next = async () => {
    while (received <= seen && !failed) await new Promise((resolve) => { arrived = resolve })
    if (failed) throw failed
    seen++
  }
  return { next, stop }
}

function apollo() {
  const isSubscription = ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION
  const cache = new InMemoryCache()
  const client = new ApolloClient({
    cache,
    link: ApolloLink.split(isSubscription, new GraphQLWsLink(sockets), new HttpLink({ uri: url, headers })),
  })
  const [query, subscription] = [gql(roomQuery), gql(queueSubscription)]
  return {
    load: (id) => client.query({ query, variables: { id } }),
    shown: (id) => cache.readQuery({ query, variables: { id } }).room,
    follow: (id) => events(({ event, error }) => {
      const running = client.subscribe({ query: subscription, variables: { id } }).subscribe({
        next: (result) => (result.error ? error(result.error) : event()), error,
      })
      return () => running.unsubscribe()
    }),
  }
}

function urql() {
  const client = new Client({
    url,
    preferGetMethod: false,
    fetchOptions: { headers },
    exchanges: [cacheExchange({}), fetchExchange, subscriptionExchange({
      forwardSubscription: (request) => ({
        subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ ...request, query: request.query ?? '' }, sink) }),
      }),
    })],
  })
  return {
    load: async (id) => assert.equal((await client.query(roomQuery, { id }).toPromise()).error, undefined),
    shown: (id) => client.readQuery(roomQuery, { id }).data.room,
    follow: (id) => events(({ event, error }) => {
      const running = client.subscription(queueSubscription, { id })
        .subscribe((result) => (result.error ? error(result.error) : event()))
      return () => running.unsubscribe()
    }),
  }
}

await tell('Apollo', apollo())
await tell('urql', urql())
console.log('both caches show what was sent')
process.exit()

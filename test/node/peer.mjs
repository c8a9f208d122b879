// node peer.mjs SCHEMA ROOM USER: the reference servers of graphql-transport-ws and of graphql-sse, with resolvers that know
// one room and one user. The URL is the first line of the output. It ends with its input.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { buildSchema } from 'graphql'
import { createHandler } from 'graphql-sse/lib/use/http'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { tell } from './lines.mjs'

const [file, roomId, userId] = process.argv.slice(2)
const schema = buildSchema(readFileSync(file, 'utf8'))
const room = { __typename: 'Room', id: roomId, code: 'PEER', status: 'OPEN', queue: { version: 1, items: [] } }
const viewer = { user: { __typename: 'User', id: userId } }

const find = (id) => (id === roomId ? room : null)

function need(id) {
  const found = find(id)
  if (!found) throw new Error('There is no such room.')
  return found
}

// Sends one event and does not end by itself.
function follow(field, read) {
  schema.getSubscriptionType().getFields()[field].subscribe = (_, args) => {
    const event = { [field]: read(need(args.roomId)) }
    return (async function* () {
      yield event
      await new Promise(() => {})
    })()
  }
}

function resolve(type, resolvers) {
  for (const [field, resolver] of Object.entries(resolvers)) type.getFields()[field].resolve = (_, args) => resolver(args)
}

resolve(schema.getMutationType(), { updateRoom: (args) => need(args.roomId) })
resolve(schema.getQueryType(), {
  viewer: () => viewer,
  room: ({ id }) => find(id),
  node: ({ id }) => find(id),
  searchSongs: (args) => need(args.roomId),
})
follow('room', (found) => found)
follow('roomQueue', (found) => found.queue)

const handle = createHandler({ schema })
const server = createServer((request, response) => {
  handle(request, response).catch(() => response.writeHead(500).end())
})
console.error = () => {} // what graphql-ws says about each of the clients' mistakes
useServer({ schema, connectionInitWaitTimeout: 10_000 }, new WebSocketServer({ server, path: '/graphql', maxPayload: 65536 }))
server.listen(0, '127.0.0.1', () => tell('listening', { url: `http://127.0.0.1:${server.address().port}` }))
process.stdin.on('end', () => process.exit()).resume()

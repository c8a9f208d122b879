// node session.mjs URL OPTIONS: a graphql-ws client that reports all that it sees. OPTIONS are those of createClient, as
// JSON, but retryWait is a number of milliseconds. With `reconnect`, the reference client's options for reconnecting are added.
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { followQueue, reconnect } from '../../packages/client/dist/index.js'
import { serve, tell } from './lines.mjs'

const [url, given] = process.argv.slice(2)
const { reconnect: persistent, retryWait, ...options } = JSON.parse(given)
if (persistent) Object.assign(options, reconnect)
if (retryWait) options.retryWait = () => new Promise((done) => setTimeout(done, retryWait))

// Also reports the versions that are really sent: after a reconnect, the one from which the client wants to go on.
class Spied extends WebSocket {
  send(data) {
    const { type, payload } = JSON.parse(data)
    if (type === 'subscribe' && 'since' in (payload.variables ?? {})) tell('asked', { since: payload.variables.since })
    super.send(data)
  }
}

const report = { versions: [], connects: 0, acknowledged: 0, closes: {} }
const waiting = [] // the requests for a token that have no answer yet
let name, follows = 0

const client = createClient({
  ...options,
  url,
  webSocketImpl: Spied,
  generateID: () => name ?? `follow${++follows}`,
  connectionParams: async () => {
    const token = new Promise((got) => waiting.push(got))
    tell('token')
    return { authorization: `Bearer ${await token}` }
  },
  on: {
    connecting() { report.connects++ },
    connected() { report.acknowledged++; tell('connected') },
    closed({ code }) { report.closes[code] = (report.closes[code] ?? 0) + 1; tell('closed', { code }) },
  },
})

function show(queue, change) {
  const { version, reset, upserted, likes, removedIds, moved } = change
  const empty = !reset && upserted.length + likes.length + removedIds.length + moved.length === 0
  report.versions.push({ version, reset, empty })
  const items = queue.order.map((id, n) => ({ ...queue.items.get(id), position: n + 1 }))
  tell('queue', { version: queue.version, items })
}

// An error is a list of GraphQL errors, the close of a connection, or the failure to open one.
function failure(error) {
  return Array.isArray(error) ? { errors: error } : { code: error.code, message: error.message ?? error.reason }
}

let following
const subscriptions = new Map()
await serve({
  token: ({ token }) => waiting.shift()(token),
  follow({ roomId }) {
    following = followQueue(client, roomId, show)
    following.ended.then(() => tell('ended'), (error) => tell('ended', failure(error)))
  },
  stop: () => following.stop(),
  subscribe(command) {
    name = command.id
    subscriptions.set(name, client.subscribe({ query: command.query, variables: command.variables }, {
      next: ({ data, errors }) => tell('next', { id: command.id, data, errors }),
      error: (error) => tell('error', { id: command.id, ...failure(error) }),
      complete: () => tell('complete', { id: command.id }),
    }))
    name = undefined
  },
  unsubscribe: ({ id }) => subscriptions.get(id)(),
})
tell('report', report)
process.exit()

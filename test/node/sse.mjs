// node sse.mjs URL: the queue over Server-Sent Events. It is read by graphql-sse's client with the reference client on top,
// and also byte by byte, because graphql-sse's client neither shows the ids of events nor sends Last-Event-ID.
import { createClient } from 'graphql-sse'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { followQueue, reconnect } from '../../packages/client/dist/index.js'
import { serve, tell } from './lines.mjs'

const url = process.argv[2]
const waiting = [] // the requests for a token that have no answer yet

async function authorization() {
  const token = new Promise((got) => waiting.push(got))
  tell('token')
  return { authorization: `Bearer ${await token}` }
}

const client = createClient({
  url,
  headers: authorization,
  retryAttempts: reconnect.retryAttempts,
  retry: () => new Promise((done) => setTimeout(done, 100)),
  on: { connected: () => tell('connected') },
})

function show(queue) {
  const items = queue.order.map((id, n) => ({ ...queue.items.get(id), position: n + 1 }))
  tell('queue', { version: queue.version, items })
}

function failure(error) {
  return Array.isArray(error) ? { errors: error } : { message: error.message }
}

// Reports the answer to a subscription: first the response, then the given number of events or all of them, with their ids,
// and then the end.
async function read({ query, variables, lastEventId, events = Infinity }) {
  const headers = { ...await authorization(), 'content-type': 'application/json', accept: 'text/event-stream' }
  if (lastEventId) headers['last-event-id'] = lastEventId
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  tell('response', { status: response.status, type: response.headers.get('content-type') })
  const stream = Readable.fromWeb(response.body)
  let event = {}
  for await (const line of createInterface({ input: stream })) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? []
    if (field) event[field] = value
    if (line !== '') continue
    if (event.event) {
      tell('sse', { id: event.id, type: event.event, data: event.data && JSON.parse(event.data) })
      if (--events === 0) break
    }
    event = {}
  }
  stream.destroy()
  tell('end')
}

let following
await serve({
  token: ({ token }) => waiting.shift()(token),
  follow({ roomId }) {
    following = followQueue(client, roomId, show)
    following.ended.then(() => tell('ended'), (error) => tell('ended', failure(error)))
  },
  stop: () => following.stop(),
  read: (command) => read(command).catch((error) => tell('end', failure(error))),
})
tell('report', {})
process.exit()

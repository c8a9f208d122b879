// Keeps a copy of a room's queue up to date, also across lost connections. Create the client with graphql-ws:
//   createClient({ url, connectionParams: async () => ({ authorization: `Bearer ${await token()}` }), ...reconnect })

const changes = `subscription ($roomId: ID!, $since: Int) {
  roomQueueChanges(roomId: $roomId, since: $since) {
    version reset removedIds moved { itemId position } order
    upserted { id likeCount state song { name artists imageUrl spotifyUrl } addedBy { displayName } }
  }
}`
const status = 'query ($roomId: ID!) { room(id: $roomId) { status } }'
const passing = ['INTERNAL_SERVER_ERROR', 'RATE_LIMITED', 'UPSTREAM_UNAVAILABLE']

// Without these options, graphql-ws gives up when the server cannot be reached, or after five failed attempts.
export const reconnect = {
  shouldRetry: () => true,
  retryAttempts: Infinity,
  retryWait: (n) => new Promise((done) => setTimeout(done, Math.min(1000 * 2 ** n, 15000) * (0.5 + Math.random()))),
}

// Calls onQueue with the queue and the latest change whenever the queue changes. `ended` resolves when the room is closed or
// after stop(), and rejects when the server refuses or the client gives up. Pass your own query to select more fields.
export function followQueue(client, roomId, onQueue, query = changes) {
  const queue = { version: null, order: [], items: new Map() } // order: ids; items: by id
  // The client reads the variables again for each connection, so each connection continues from the latest version.
  const variables = { roomId, get since() { return queue.version } }
  let events, failures = 0, stopped = false

  async function follow() {
    while (!stopped) {
      try {
        for await (const { data, errors } of (events = client.iterate({ query, variables }))) {
          if (!data) throw errors
          apply(queue, data.roomQueueChanges)
          onQueue(queue, data.roomQueueChanges)
          failures = 0
        }
        if (stopped || await isClosed(client, roomId)) return
      } catch (error) {
        if (!Array.isArray(error) || !error.every((e) => passing.includes(e.extensions?.code))) throw error
      }
      await reconnect.retryWait(failures++)
    }
  }
  return { ended: follow(), stop() { stopped = true; events.return() } }
}

function apply(queue, change) {
  if (change.reset) { queue.order = []; queue.items.clear() }
  for (const id of change.removedIds) queue.items.delete(id)
  for (const item of change.upserted) queue.items.set(item.id, item)
  const gone = new Set([...change.removedIds, ...change.moved.map((m) => m.itemId)])
  queue.order = change.order ?? queue.order.filter((id) => !gone.has(id))
  for (const m of change.moved) queue.order.splice(m.position - 1, 0, m.itemId)
  queue.version = change.version
}

// A subscription that ends without an error usually means that the room was closed. This asks the server to be sure.
async function isClosed(client, roomId) {
  const answers = client.iterate({ query: status, variables: { roomId } })
  for await (const { data } of answers) return data?.room?.status === 'CLOSED'
}

import { type GraphQLErrorLike, isTransient } from './errors.ts'
import type { FollowedQueueSubscription } from './generated.ts'
import { followedQueue, roomStatus } from './operations.ts'

/** Options with which a WebSocket client of graphql-ws never gives up. By default it gives up after five failed attempts. */
export const reconnect = {
  shouldRetry: (): boolean => true,
  retryAttempts: Number.POSITIVE_INFINITY,
  retryWait: (retries: number): Promise<void> =>
    new Promise((done) => setTimeout(done, Math.min(1000 * 2 ** retries, 15_000) * (0.5 + Math.random()))),
}

/** A copy of a room's queue. */
export interface Queue<Item> {
  version: number | null // null: not loaded yet
  order: string[] // ids; replaced by a new array whenever it changes
  items: Map<string, Item> // by id; a changed item is replaced by a new object
}

/** A difference between two versions of a queue, as the schema's RoomQueueChange describes it. */
export interface Change<Item> {
  version: number
  reset: boolean
  removedIds: readonly string[]
  upserted: readonly Item[]
  likes?: readonly { itemId: string; likeCount: number }[] // missing only if a query of your own does not select it
  moved: readonly { itemId: string; position: number }[]
  order: readonly string[] | null
}

/** A song in the queue, with the fields that are selected by default. */
export type QueueItem = FollowedQueueSubscription['roomQueueChanges']['upserted'][number]

/** A client that subscribes, such as those of graphql-ws and graphql-sse. */
export interface Subscriber {
  iterate(request: { query: string; variables?: Record<string, unknown> }): AsyncIterableIterator<{
    data?: unknown
    errors?: readonly unknown[] | undefined
  }>
}

/** A subscription to a queue. */
export interface FollowedQueue {
  ended: Promise<void> // resolves when the room is closed or after stop(); rejects when the server refuses
  stop(): void
}

/**
 * Keeps a copy of a room's queue up to date, also across lost connections: it resumes from the version it has. onQueue gets the
 * queue and the latest change whenever the queue changes. Pass a query of your own to select other fields; if it shows numbers
 * of likes, it has to select `likes`, too.
 */
export function followQueue<Item extends { id: string } = QueueItem>(
  client: Subscriber,
  roomId: string,
  onQueue: (queue: Queue<Item>, change: Change<Item>) => void,
  query: string = followedQueue,
): FollowedQueue {
  const queue: Queue<Item> = { version: null, order: [], items: new Map() }
  // The client reads the variables again for each connection, so each connection continues from the latest version.
  const variables = {
    roomId,
    get since() {
      return queue.version
    },
  }
  let events: ReturnType<Subscriber['iterate']> | undefined
  let failures = 0
  let stopped = false

  async function follow(): Promise<void> {
    while (!stopped) {
      try {
        events = client.iterate({ query, variables })
        for await (const { data, errors } of events) {
          if (!data) throw errors
          const change = (data as { roomQueueChanges: Change<Item> }).roomQueueChanges
          apply(queue, change)
          onQueue(queue, change)
          failures = 0
        }
        if (stopped || (await isClosed(client, roomId))) return
      } catch (error) {
        if (!isPassing(error)) throw error
      }
      await reconnect.retryWait(failures++)
    }
  }
  const stop = () => {
    stopped = true
    void events?.return?.()
  }
  return { ended: follow(), stop }
}

function apply<Item extends { id: string }>(queue: Queue<Item>, change: Change<Item>): void {
  if (change.reset) {
    queue.order = []
    queue.items.clear()
  }
  for (const id of change.removedIds) queue.items.delete(id)
  for (const item of change.upserted) queue.items.set(item.id, item)
  for (const { itemId, likeCount } of change.likes ?? []) {
    const item = queue.items.get(itemId)
    if (item) queue.items.set(itemId, { ...item, likeCount })
  }
  const gone = new Set([...change.removedIds, ...change.moved.map(({ itemId }) => itemId)])
  queue.order = change.order ? [...change.order] : queue.order.filter((id) => !gone.has(id))
  for (const { itemId, position } of change.moved) queue.order.splice(position - 1, 0, itemId)
  queue.version = change.version
}

/** Whether an error is a list of GraphQL errors that a later attempt may not meet. */
const isPassing = (error: unknown): boolean =>
  Array.isArray(error) && error.every(({ extensions }: GraphQLErrorLike) => isTransient({ code: String(extensions?.code) }))

/** A subscription that ends without an error usually means that the room was closed. This asks the server to be sure. */
async function isClosed(client: Subscriber, roomId: string): Promise<boolean> {
  for await (const { data } of client.iterate({ query: roomStatus, variables: { roomId } })) {
    return (data as { room?: { status: string } | null } | null)?.room?.status === 'CLOSED'
  }
  return false
}

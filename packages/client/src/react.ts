import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Client } from './client.ts'
import type { Entry } from './entries.ts'
import type { QueueItem } from './followQueue.ts'
import { Outbox, type OutboxOptions, type Outcome } from './outbox.ts'
import { emptyQueue, type QueueState, watchQueue } from './queue.ts'
import type { Session, Sessions } from './sessions.ts'
import { Store } from './store.ts'

/** The value of a store. Re-renders when it changes. */
export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get, store.get)

/** The session of this browser. undefined: not loaded yet; null: nobody is signed in. */
export const useSession = (sessions: Sessions): Session | null | undefined => useStore(sessions.current)

/** Follows a room's queue. Changes between two frames are shown together. Pass a query of your own to select other fields. */
export const useQueue = <Item extends { id: string } = QueueItem>(
  client: Pick<Client, 'socket'>,
  roomId: string,
  query?: string,
): QueueState<Item> => useStore(useQueueStore<Item>(client, roomId, query))

/** Like useQueue, but without re-rendering: for a page of which only some components show the queue. */
export function useQueueStore<Item extends { id: string } = QueueItem>(
  client: Pick<Client, 'socket'>,
  roomId: string,
  query?: string,
): Store<QueueState<Item>> {
  const store = useMemo(() => new Store<QueueState<Item>>(emptyQueue), [])
  useEffect(() => {
    const stop = watchQueue(client, roomId, store, query)
    return () => {
      stop()
      store.set(emptyQueue) // so that another room does not show this room's songs
    }
  }, [client, roomId, store, query])
  return store
}

/** A user's outbox in a room, with the values that components show. */
export interface OutboxState {
  outbox: Outbox
  entries: readonly Entry[] // the actions that the server has not answered yet, or that subscriptions may not show yet
  undoable: Outcome | null // the last action, while it can be undone
}

/** The outbox of a user in a room. Another user or room needs another component: give the component a key of both ids. */
export function useOutbox(client: Pick<Client, 'request' | 'connection'>, options: OutboxOptions): OutboxState {
  const [outbox] = useState(() => new Outbox(client, options))
  useEffect(() => {
    outbox.start()
    return () => outbox.stop()
  }, [outbox])
  return { outbox, entries: useStore(outbox.entries), undoable: useStore(outbox.undoable) }
}

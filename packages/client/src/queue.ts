import type { Client } from './client.ts'
import { followQueue, type Queue, type QueueItem } from './followQueue.ts'
import type { Store } from './store.ts'

/** The room's queue, in playing order. An item stays the same object until it changes. */
export interface QueueState<Item = QueueItem> {
  version: number | null // null: not loaded yet
  items: readonly Item[]
  ended: unknown // undefined: open; true: the room was closed; otherwise the errors with which the server refused
}

export const emptyQueue: QueueState<never> = { version: null, items: [], ended: undefined }

const retryAfter = 3_000 // milliseconds

/**
 * Keeps a store up to date with a room's queue, and returns a function that stops it. Changes between two frames of the
 * browser are shown together. Pass a query of your own to select other fields, as to followQueue.
 */
export function watchQueue<Item extends { id: string } = QueueItem>(
  { socket }: Pick<Client, 'socket'>,
  roomId: string,
  store: Store<QueueState<Item>>,
  query?: string,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const show = perFrame(({ version, order, items }: Queue<Item>) => {
    if (!stopped) store.set({ version, items: order.flatMap((id) => items.get(id) ?? []), ended: undefined })
  })
  const end = (ended: unknown) => stopped || store.set({ ...store.get(), ended })
  const start = () => {
    const { ended, stop } = followQueue<Item>(socket, roomId, show, query)
    ended.then(
      () => end(true),
      (error: unknown) => {
        if (Array.isArray(error)) end(error)
        else timer = setTimeout(() => (stopThis = start()), retryAfter) // the client gave up, but the server has not refused
      },
    )
    return stop
  }
  let stopThis = start()
  return () => {
    stopped = true
    clearTimeout(timer)
    stopThis()
  }
}

/** Calls back at most once per frame, with the newest value. Without frames, as in a hidden page, it calls back at once. */
function perFrame<T>(callback: (value: T) => void): (value: T) => void {
  let pending: { value: T } | null = null
  return (value) => {
    if (typeof document === 'undefined' || document.hidden) {
      pending = null
      callback(value)
      return
    }
    if (!pending) {
      requestAnimationFrame(() => {
        if (pending) callback(pending.value)
        pending = null
      })
    }
    pending = { value }
  }
}

import { stringifyDocument } from '@urql/core'
import { useEffect, useMemo } from 'react'
import { followQueue, type Queue } from '../../../docs/follow-queue.mjs'
import type { Api } from './client'
import { type ItemFieldsFragment, QueueChangesDocument } from './generated'
import { Store } from './store'

export type Item = ItemFieldsFragment

/** The room's queue, in playing order. An item stays the same object until it changes. */
export interface QueueState {
  version: number | null // null: not loaded yet
  items: readonly Item[]
  ended: unknown // undefined: open; true: the room was closed; otherwise the errors with which the server refused
}

const retryAfter = 3_000 // milliseconds

const empty: QueueState = { version: null, items: [], ended: undefined }

/** Subscribes to a room's queue with the reference client. Changes between two frames are shown together. */
export function useQueue(api: Api, roomId: string): Store<QueueState> {
  const store = useMemo(() => new Store(empty), [])
  useEffect(() => subscribe(api, roomId, store), [api, roomId, store])
  return store
}

function subscribe(api: Api, roomId: string, store: Store<QueueState>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const show = perFrame((queue: Queue<Item>) => {
    const items = queue.order.flatMap((id) => queue.items.get(id) ?? [])
    store.set({ version: queue.version, items, ended: undefined })
  })
  const end = (ended: unknown) => stopped || store.set({ ...store.get(), ended })
  const start = () => {
    const subscription = followQueue<Item>(api.socket, roomId, show, stringifyDocument(QueueChangesDocument))
    subscription.ended.then(
      () => end(true),
      (error: unknown) => {
        if (Array.isArray(error)) end(error)
        else timer = setTimeout(() => (stop = start()), retryAfter) // the client gave up, but the server has not refused
      },
    )
    return () => subscription.stop()
  }
  let stop = start()
  return () => {
    stopped = true
    clearTimeout(timer)
    stop()
  }
}

/** Calls back at most once per frame, with the newest value. A hidden page has no frames, so it calls back at once. */
function perFrame<T>(callback: (value: T) => void): (value: T) => void {
  let pending: { value: T } | null = null
  return (value) => {
    if (document.hidden) {
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

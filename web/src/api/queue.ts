import { stringifyDocument } from '@urql/core'
import { useEffect, useMemo } from 'react'
import { followQueue, type Queue } from '../../../docs/follow-queue.mjs'
import type { Api } from './client'
import { type ItemFieldsFragment, QueueChangesDocument } from './generated'
import { Store } from './store'

export type Item = ItemFieldsFragment

/** The room's queue as it is, in playing order. An item is the same object for as long as nothing of it changes. */
export interface QueueState {
  version: number | null // null: nothing came yet
  items: readonly Item[]
  changes: number // how many changes have been received
  ended: unknown // undefined while it goes on; true once the room is closed, or why the server refuses
}

const again = 3_000 // milliseconds until a client that gave up is asked again

const empty: QueueState = { version: null, items: [], changes: 0, ended: undefined }

/** Follows a room's queue by the reference client. Whatever comes between two frames is shown at once. */
export function useQueue(api: Api, roomId: string): Store<QueueState> {
  const store = useMemo(() => new Store(empty), [])
  useEffect(() => follow(api, roomId, store), [api, roomId, store])
  return store
}

function follow(api: Api, roomId: string, store: Store<QueueState>): () => void {
  let changes = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const show = perFrame((queue: Queue<Item>) => {
    const items = queue.order.flatMap((id) => queue.items.get(id) ?? [])
    store.set({ version: queue.version, items, changes, ended: undefined })
  })
  const onQueue = (queue: Queue<Item>) => {
    changes++
    show(queue)
  }
  const end = (ended: unknown) => stopped || store.set({ ...store.get(), ended })
  const begin = () => {
    const following = followQueue<Item>(api.socket, roomId, onQueue, stringifyDocument(QueueChangesDocument))
    following.ended.then(
      () => end(true),
      (error: unknown) => {
        if (Array.isArray(error)) end(error)
        else timer = setTimeout(() => (stop = begin()), again) // the client gave up, and the server has refused nothing
      },
    )
    return () => following.stop()
  }
  let stop = begin()
  return () => {
    stopped = true
    clearTimeout(timer)
    stop()
  }
}

/** Calls back at most once a frame, with the newest value; at once where no frame comes, as in a hidden page. */
export function perFrame<T>(callback: (value: T) => void): (value: T) => void {
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

import type { Client, QueueState as State, Store } from '@antwon/client'
import { useQueueStore, useStore } from '@antwon/client/react'
import { type ItemFieldsFragment, QueueChangesDocument } from './generated'

export type Item = ItemFieldsFragment
export type QueueState = State<Item>

/** Follows a room's queue, with the fields that the pages show. */
export const useRoomQueue = (client: Client, roomId: string): QueueState => useStore(useRoomQueueStore(client, roomId))

/** Like useRoomQueue, but without re-rendering. */
export const useRoomQueueStore = (client: Client, roomId: string): Store<QueueState> =>
  useQueueStore<Item>(client, roomId, QueueChangesDocument)

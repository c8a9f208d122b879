import { newIdempotencyKey, operations } from '@antwon/client'
import { PinItemDocument, type PinRule, UnpinItemDocument, UpdateRoomDocument } from '../../api/generated'
import type { Item } from '../../api/queue'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import type { LiveRoom } from '../types'
import { useMutate } from '../ui/useMutate'
import type { Undo } from './Undo'

/** What a host can do with a song of the queue. Each action notifies the host of its outcome and resolves to whether it worked. */
export interface SongActions {
  busy: boolean
  pin: (place: number, until: PinRule, likes: number | null) => Promise<boolean>
  unpin: () => Promise<boolean>
  remove: () => Promise<boolean>
  block: (uri: string, name: string) => Promise<boolean> // a song or an artist
}

export function useSongActions(item: Item, room: LiveRoom, notify: Notify, undo: Undo): SongActions {
  const own = useHostText().queue
  const { busy, mutate } = useMutate(notify)
  const itemId = item.id
  const { name } = item.song

  async function remove() {
    const key = newIdempotencyKey()
    const removed = await mutate(operations.removeItem, { itemId, key })
    if (removed) undo.offer(item.state === 'COMMITTED' ? own.skipped(name) : own.removed(name), key)
    return removed
  }
  function block(uri: string, name: string) {
    return mutate(
      UpdateRoomDocument,
      { roomId: room.id, input: { block: [uri] } },
      { done: own.blocked(name), failure: { BAD_USER_INPUT: own.blockFailed } },
    )
  }
  return {
    busy,
    pin: (position, until, likes) =>
      mutate(PinItemDocument, { itemId, position, until, likes }, { done: own.pinDone(name, position) }),
    unpin: () => mutate(UnpinItemDocument, { itemId }, { done: own.unpinned(name) }),
    remove,
    block,
  }
}

import { PinItemDocument, type PinRule, RemoveItemDocument, UnpinItemDocument, UpdateRoomDocument } from '../../api/generated'
import { newKey } from '../../api/idempotencyKey'
import type { Item } from '../../api/queue'
import type { Tell } from '../../ui/Toasts'
import type { LiveRoom } from '../room/Console'
import { useHostText } from '../text/text'
import { useDoing } from '../ui/useMutate'
import type { Undo } from './Undo'

/** What a host can do with a song of the queue. Each tells what came of it, and answers whether it worked. */
export interface SongActions {
  busy: boolean
  pin: (place: number, until: PinRule, likes: number | null) => Promise<boolean>
  unpin: () => Promise<boolean>
  remove: () => Promise<boolean>
  block: (uri: string, name: string) => Promise<boolean> // a song or an artist
}

export function useSongActions(item: Item, room: LiveRoom, tell: Tell, undo: Undo): SongActions {
  const own = useHostText().queue
  const { busy, act } = useDoing(tell)
  const itemId = item.id
  const { name } = item.song

  async function remove() {
    const key = newKey()
    const removed = await act(RemoveItemDocument, { itemId, key })
    if (removed) undo.offer(item.state === 'COMMITTED' ? own.skipped(name) : own.removed(name), key)
    return removed
  }
  function block(uri: string, name: string) {
    const input = { settings: { blocked: [...(room.settings?.blocked ?? []), uri] } }
    return act(
      UpdateRoomDocument,
      { roomId: room.id, input },
      { done: own.blocked(name), failure: { BAD_USER_INPUT: own.blockFault } },
    )
  }
  return {
    busy,
    pin: (position, until, likes) =>
      act(PinItemDocument, { itemId, position, until, likes }, { done: own.pinDone(name, position) }),
    unpin: () => act(UnpinItemDocument, { itemId }, { done: own.unpinned(name) }),
    remove,
    block,
  }
}

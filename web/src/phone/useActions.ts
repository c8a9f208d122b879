import { useEffect, useMemo, useState } from 'react'
import type { Api } from '../api/client'
import type { ViewerChangesSubscription } from '../api/generated'
import { isAdding, isRemoving, likeCount, likes } from '../api/outbox'
import type { Item } from '../api/queue'
import { type Outcome, Sender } from '../api/sender'
import { useStore } from '../api/store'

export type Viewer = ViewerChangesSubscription['viewerInRoom']

/** What a guest can do in a room. The state includes actions that are not confirmed yet; a refused action is reverted. */
export interface Actions {
  unsent: number // actions that the server has not answered yet
  isMine: (item: Item) => boolean
  isLiked: (item: Item) => boolean
  likeCount: (item: Item) => number
  isAdding: (songUri: string) => boolean
  visible: (items: readonly Item[]) => readonly Item[] // without songs that are being withdrawn
  like: (item: Item) => void
  remove: (item: Item) => void
  add: (song: { uri: string; name: string }) => void
  undoable: Outcome | null // the last action, while it can be undone
  undo: () => void
  dismiss: () => void // hides the offer to undo
}

export function useActions(
  api: Api,
  roomId: string,
  userId: string,
  viewer: Viewer | undefined,
  onOutcome: (outcome: Outcome) => void,
): Actions {
  const sender = useSender(api, roomId, userId, onOutcome)
  const entries = useStore(sender.entries)
  const liked = useMemo(() => new Set(viewer?.likedItemIds), [viewer])
  const isLiked = (item: Item) => likes(entries, item.id, liked.has(item.id))
  const count = (item: Item) => likeCount(entries, item.id, item.likeCount)
  const like = (item: Item) => {
    const kind = isLiked(item) ? 'unlike' : 'like'
    const shown = count(item) + (kind === 'like' ? 1 : -1)
    sender.do({ kind, itemId: item.id, name: item.song.name, before: item.likeCount, shown })
  }
  return {
    unsent: entries.filter((entry) => !entry.done).length,
    isMine: (item) => viewer !== undefined && item.addedBy?.id === viewer.participant.id,
    isLiked,
    likeCount: count,
    isAdding: (songUri) => isAdding(entries, songUri),
    visible: (items) => items.filter((item) => !isRemoving(entries, item.id)),
    like,
    remove: (item) => sender.do({ kind: 'remove', itemId: item.id, name: item.song.name }),
    add: (song) => sender.do({ kind: 'add', songUri: song.uri, name: song.name }),
    undoable: useStore(sender.undoable),
    undo: () => sender.undo(),
    dismiss: () => sender.undoable.set(null),
  }
}

function useSender(api: Api, roomId: string, userId: string, onOutcome: (outcome: Outcome) => void): Sender {
  const [sender] = useState(() => new Sender(api.urql, roomId, userId, onOutcome))
  useEffect(() => {
    sender.start()
    const unsubscribe = api.connection.subscribe(() => api.connection.get() === 'online' && void sender.flush())
    return () => {
      unsubscribe()
      sender.stop()
    }
  }, [api, sender])
  return sender
}

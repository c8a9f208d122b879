import { useEffect, useMemo, useState } from 'react'
import type { Api } from '../api/client'
import type { ViewerChangesSubscription } from '../api/generated'
import { isAdding, isRemoving, likeCount, likes } from '../api/outbox'
import type { Item } from '../api/queue'
import { type Outcome, Sender } from '../api/sender'
import { useStore } from '../api/store'

export type Viewer = ViewerChangesSubscription['viewerInRoom']

/** What somebody can do in a room, and how things stand with what they did: shown at once, and undone if it is refused. */
export interface Actions {
  unsent: number // what the server has not answered yet
  isMine: (item: Item) => boolean
  isLiked: (item: Item) => boolean
  likeCount: (item: Item) => number
  isAdding: (songUri: string) => boolean
  visible: (items: readonly Item[]) => readonly Item[] // without what is being withdrawn
  like: (item: Item) => void
  remove: (item: Item) => void
  add: (song: { uri: string; name: string }) => void
  undoable: Outcome | null // what was done last
  undo: () => void // takes that back
  dismiss: () => void // leaves it as it is
}

export function useActions(
  api: Api,
  roomId: string,
  userId: string,
  viewer: Viewer | undefined,
  tell: (outcome: Outcome) => void,
): Actions {
  const sender = useSender(api, roomId, userId, tell)
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
    isMine: (item) => item.addedBy?.id === userId,
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

function useSender(api: Api, roomId: string, userId: string, tell: (outcome: Outcome) => void): Sender {
  const [sender] = useState(() => new Sender(api.urql, roomId, userId, tell))
  useEffect(() => {
    sender.start()
    const stop = api.connection.subscribe(() => api.connection.get() === 'online' && void sender.flush())
    return () => {
      stop()
      sender.stop()
    }
  }, [api, sender])
  return sender
}

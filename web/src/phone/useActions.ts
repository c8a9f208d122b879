import { type Client, isAdding, isRemoving, likeCount, likes, type Outcome } from '@antwon/client'
import { useOutbox } from '@antwon/client/react'
import { useMemo } from 'react'
import type { ViewerChangesSubscription } from '../api/generated'
import type { Item } from '../api/queue'
import { useStable } from '../ui/useStable'

export type Viewer = ViewerChangesSubscription['viewerInRoom']

/** What a guest can do in a room. The state includes actions that are not confirmed yet; a refused action is reverted. */
export interface Actions {
  unsent: number // actions that the server has not answered yet
  canLike: boolean // whether the user can like and withdraw songs: a shared tablet only adds them
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
  client: Client,
  roomId: string,
  userId: string,
  viewer: Viewer | undefined,
  onOutcome: (outcome: Outcome) => void,
): Actions {
  const { outbox, entries, undoable } = useOutbox(client, { roomId, userId, onOutcome })
  const liked = useMemo(() => new Set(viewer?.likedItemIds), [viewer])
  const isLiked = (item: Item) => likes(entries, item.id, liked.has(item.id))
  const count = (item: Item) => likeCount(entries, item.id, item.likeCount)
  const like = useStable((item: Item) => {
    const kind = isLiked(item) ? 'unlike' : 'like'
    const shown = count(item) + (kind === 'like' ? 1 : -1)
    outbox.do({ kind, itemId: item.id, name: item.song.name, before: item.likeCount, shown })
  })
  const remove = useStable((item: Item) => outbox.do({ kind: 'remove', itemId: item.id, name: item.song.name }))
  return {
    canLike: viewer?.role !== 'TABLET',
    unsent: entries.filter((entry) => !entry.done).length,
    isMine: (item) => viewer !== undefined && item.addedBy?.id === viewer.participant.id,
    isLiked,
    likeCount: count,
    isAdding: (songUri) => isAdding(entries, songUri),
    visible: (items) => items.filter((item) => !isRemoving(entries, item.id)),
    like,
    remove,
    add: (song) => outbox.do({ kind: 'add', songUri: song.uri, name: song.name }),
    undoable,
    undo: () => outbox.undo(),
    dismiss: () => outbox.undoable.set(null),
  }
}

import type { Item } from '../api/queue'

/** What sets a song apart from others in the queue. */
export type ItemKind = 'awaiting' | 'committed' | 'held' | 'pinned' | 'fallback' | 'normal'

export function itemKind({ state, refusal, pin, addedBy, likeCount }: Omit<Item, 'id' | 'song'>): ItemKind {
  if (state === 'AWAITING_APPROVAL') return 'awaiting'
  if (state === 'COMMITTED') return 'committed'
  if (refusal) return 'held'
  if (pin) return 'pinned'
  return addedBy || likeCount > 0 ? 'normal' : 'fallback'
}

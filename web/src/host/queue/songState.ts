import type { Item } from '../../api/queue'

export type Part = 'waiting' | 'fallback' | 'held'

/** What a song is in the queue: fallback music counts as such until somebody wants it, by a like or a pin. */
export function partOf({ state, refusal, addedBy, likeCount, pin }: Item): Part {
  if (state !== 'QUEUED') return 'waiting'
  if (refusal) return 'held'
  return addedBy || likeCount > 0 || pin ? 'waiting' : 'fallback'
}

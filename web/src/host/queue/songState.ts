import type { Item } from '../../api/queue'

export type SongState = 'waiting' | 'fallback' | 'held'

/** How the queue shows a song. A fallback song with a like or a pin is shown like a guest's song. */
export function songStateOf({ state, refusal, addedBy, likeCount, pin }: Item): SongState {
  if (state !== 'QUEUED') return 'waiting'
  if (refusal) return 'held'
  return addedBy || likeCount > 0 || pin ? 'waiting' : 'fallback'
}

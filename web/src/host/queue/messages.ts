import type { OrderReason, PinRule, RefusalReason } from '../../api/generated'

/** Why a song that waits is held: a reason about the song itself, and none about guests, votes or the whole queue. */
export type HoldReason = Exclude<
  RefusalReason,
  | 'REQUESTS_CLOSED'
  | 'NOT_OPEN_YET'
  | 'QUEUE_FULL'
  | 'TOO_MANY_QUEUED'
  | 'TOO_MANY_ADDED'
  | 'LAST_CALL'
  | 'COMMITTED'
  | 'ALREADY_VOTED'
  | 'TOO_EARLY'
  | 'VOTES_OFF'
  | 'JUST_ARRIVED'
  | 'REACTIONS_OFF'
  | 'NOT_IN_PLAYLIST'
  | 'ONLY_LIKES'
  | 'PLAYLIST_UNREADABLE'
>

/** The texts of the queue and its menu. */
export interface QueueMessages {
  count: (n: number) => string
  empty: string
  add: string
  lastAdded: (name: string | undefined) => string // before the song's name
  next: string
  pinned: string
  turn: string
  menu: (name: string) => string
  all: (n: number) => string
  fewer: string
  refusals: Record<HoldReason, string> // why a song is held

  earliest: (time: string) => string
  schedule: (place: number, likely: string, earliest: string) => string
  reasons: Record<OrderReason, string>

  pin: string
  pinHint: string
  place: string
  until: Record<PinRule, { name: string; hint: string }>
  margin: string
  pinTop: string
  pinTopHint: string
  pinAt: (place: number) => string
  pinDone: (name: string, place: number) => string
  pinKeys: string
  pinHolds: (likes: number | null) => string // null: until the song is played
  pinOvertaken: (likes: number) => string
  unpin: string
  unpinHint: string
  unpinned: (name: string) => string

  remove: string
  removeHint: string
  removed: (name: string) => string
  skipped: (name: string) => string // the player already had the song
  block: (name: string) => string
  blockSong: string
  blockArtist: string
  blocked: (name: string) => string
  blockFailed: string

  clear: string
  clearTitle: string
  clearExplanation: string
  cleared: string
}

export interface ApprovalMessages {
  heading: string
  none: string
  approve: (name: string) => string
  approveShort: string
  approved: (name: string) => string
  decline: (name: string) => string
  declineShort: string
  declined: (name: string) => string
}

export interface UndoMessages {
  button: string
  done: string
  late: string // the action can no longer be undone
}

import type { OrderReason, PinRule } from '../../api/generated'

/** What is to be said of the queue, and of what waits for approval. */
export interface QueueMessages {
  count: (n: number) => string
  empty: string
  add: string
  lastAdded: (name: string | undefined) => string // before the song's title
  next: string
  pinned: string
  turn: string
  menu: (name: string) => string
  all: (n: number) => string
  fewer: string
  why: Record<string, string> // a song is held, by the rule

  earliest: (time: string) => string
  standing: (place: number, likely: string, earliest: string) => string
  reasons: Record<OrderReason, string>

  pin: string // at another place, or by another rule
  pinHint: string
  place: string
  until: Record<PinRule, { name: string; hint: string }>
  margin: string
  pinTop: string
  pinTopHint: string
  pinAt: (place: number) => string
  pinDone: (name: string, place: number) => string
  pinKeys: string
  holds: (likes: number | null) => string // null: until it is played
  overtaken: (likes: number) => string
  unpin: string
  unpinHint: string
  unpinned: (name: string) => string

  remove: string
  removeHint: string
  removed: (name: string) => string
  skipped: (name: string) => string // it was handed over, and is skipped as it starts
  block: (name: string) => string
  blockSong: string
  blockArtist: string
  blocked: (name: string) => string
  blockFault: string

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
  late: string // it can be taken back no more
}

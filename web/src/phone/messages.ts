import type { OrderReason, SkippedBy } from '../api/generated'
import type { Kind } from './reason'

/** What the phone's page says. */
export interface PhoneMessages {
  title: (room: string) => string
  joinTitle: (room: string) => string
  joinHint: string
  name: string
  namePlaceholder: string
  join: string
  joining: string
  otherCode: string
  tabs: { queue: string; search: string; mine: string; played: string }
  present: (n: number) => string
  lastAdded: (name: string) => string
  nowPlaying: string
  vote: string
  voted: string
  voteSoon: string
  votes: (n: number, needed: number) => string
  upNext: string
  yourNext: (song: string) => string
  emptyQueue: string
  addFirst: string
  mine: string
  kinds: Partial<Record<Kind, string>> // what is said of a song that is not like others
  playsAt: (time: string) => string
  earliest: (time: string) => string
  lasts: (length: string) => string
  reasons: (likes: string, fair: boolean) => Record<Exclude<OrderReason, 'HELD'>, string> // what is held has a rule's refusal
  pinnedUntil: (likes: number) => string
  like: (song: string) => string
  searchLabel: string
  searchPlaceholder: string
  searching: string
  nothingFound: (query: string) => string
  degraded: string
  moreResults: string
  add: string
  addSong: (song: string) => string
  addLink: string
  adding: string
  inQueue: string
  hits: (n: number) => string
  mySongs: string
  noSongs: string
  myLikes: string
  noLikes: string
  played: string
  nonePlayed: string
  morePlayed: string
  skipped: (by: SkippedBy | null) => string
  recap: string
  recapPlayed: (n: number) => string
  recapGot: (n: number) => string
  recapGiven: (n: number) => string
  remove: string
  removeSong: (song: string) => string
  lastCall: (time: string) => string
  quotaQueued: (queued: number, max: number) => string
  quotaAdds: (left: number) => string
  quotaRefills: (time: string) => string
  added: (song: string) => string
  addedAwaiting: (song: string) => string
  becameLike: (song: string) => string
  liked: (song: string) => string
  unliked: (song: string) => string
  removed: (song: string) => string
  undo: string
  undone: (song: string) => string
  undoLate: (song: string) => string
  dismiss: string
  failed: (what: string, why: string) => string
  unsent: (n: number) => string
  youAre: (name: string) => string
  rename: string
  save: string
  toHost: string
  toScreen: string
  leave: string
  removedTitle: string
  removedText: string
  joinAgain: string
  sections: string
}

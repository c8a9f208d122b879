import type { RefusalReason, RoomHealthState } from '../api/generated'

/** What the pages have in common to say. Each page has more of its own, in a file for each language beside it. */
export interface Messages {
  appName: string
  tagline: string
  loading: string
  offline: string
  cancel: string
  reload: string
  explicit: string
  openInSpotify: (name: string) => string
  by: (artists: readonly string[]) => string
  addedBy: (name: string | undefined) => string
  likes: (n: number) => string
  nothingPlays: string
  paused: string
  roomClosed: string
  noRoom: (code: string) => string
  toStart: string
  failure: Record<string, string> // by code; for others the server's own sentence is shown
  refusal: Record<RefusalReason, string>
  health: Record<RoomHealthState, string> // for guests
  until: (time: string) => string
}

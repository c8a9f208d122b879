import type { RefusalReason, RoomHealthState } from '../api/generated'

/** The texts that all pages share. Each page has its own texts beside it, one file per language. */
export interface Messages {
  appName: string
  tagline: string
  loading: string
  offline: string
  seenAt: (time: string) => string
  catchingUp: string
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
  failure: Record<string, string> // by error code; for an unknown code, pages show the server's message
  refusal: Record<RefusalReason, string>
  health: Record<RoomHealthState, string> // for guests
  until: (time: string) => string
}

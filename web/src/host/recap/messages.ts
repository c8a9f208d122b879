import type { Role, RoomSettingsInput, SkippedBy } from '../../api/generated'

/** The texts of the history, the log, and the playlist of a party. */
export interface RecapMessages {
  history: string
  emptyHistory: string
  plays: string
  skipped: Record<SkippedBy | 'ELSEWHERE', string> // ELSEWHERE: by the player itself, for example in the Spotify app
  log: string
  emptyLog: string
  more: string

  save: string
  saveHint: string
  saving: string
  saved: (songs: number) => string // before the playlist's name
  failure: Record<string, string> // by error code

  over: (room: string) => string
  overHint: string
  done: string

  server: string // the actor of events that have none
  events: Record<string, string> // by kind, or by kind and detail; with placeholders {actor}, {song}, {subject} and {detail}
  roles: Record<Extract<Role, 'COHOST' | 'GUEST' | 'TABLET'>, string>
  undone: Record<string, string> // what was undone, by kind
  settings: Record<keyof RoomSettingsInput | 'name', string>
}

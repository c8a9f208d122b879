import type { Role, RoomSettingsInput, SkippedBy } from '../../api/generated'

/** What is to be said of what was: what played, who did what, and the playlist of it. */
export interface EveningMessages {
  history: string
  nothing: string
  plays: string
  skipped: Record<SkippedBy | 'ELSEWHERE', string>
  log: string
  noLog: string
  more: string

  save: string
  saveHint: string
  saving: string
  saved: (songs: number) => string // before the playlist's name
  failure: Record<string, string> // by code

  over: (room: string) => string
  overHint: string
  done: string

  server: string // who did what nobody here did
  deeds: Record<string, string> // by kind, or kind and detail; {who}, {song}, {whom} and {what} stand for what it was
  unknown: string // a kind that is new here
  roles: Record<Extract<Role, 'COHOST' | 'GUEST'>, string>
  undone: Record<string, string> // what was taken back, by kind
  settings: Record<keyof RoomSettingsInput | 'name', string>
}

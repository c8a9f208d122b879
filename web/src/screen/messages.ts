/** The texts of the room screen. */
export interface Messages {
  title: (room: string) => string
  next: string
  more: (n: number) => string
  scan: string
  qr: (url: string) => string
  hint: string
  present: (n: number) => string
  lastAddedBy: (name: string) => string
  lastCall: (time: string) => string
  votes: (n: number, needed: number) => string
  pinned: string
  held: string
  progress: string
  committed: string
  firstSong: string
  silence: string
  emptyQueue: string
  reconnecting: string
  noRoomHint: string
  newParty: (code: string) => string
  broken: string
  fullScreen: string
}

/** What the room screen says of its own. */
export interface Messages {
  title: (room: string) => string
  next: string
  more: (n: number) => string
  scan: string
  qr: (url: string) => string
  hint: string
  present: (n: number) => string
  lastFrom: (name: string) => string
  lastCall: (time: string) => string
  votes: (n: number, needed: number) => string
  pinned: string
  held: string
  progress: string
  waiting: string
  invitation: string
  silence: string
  emptyQueue: string
  reconnecting: string
  looking: string
  newParty: (code: string) => string
  broken: string
}

import type { Messages } from './messages'

export const en: Messages = {
  title: (room) => `${room} – antwon.dj`,
  next: 'Up next',
  more: (n) => (n === 1 ? 'and 1 more song' : `and ${n} more songs`),
  scan: 'Scan, or open',
  qr: (url) => `QR code to join: ${url}`,
  hint: 'Add songs, like the best.',
  progress: 'How far the song has come',
  waiting: 'Starts next',
  invitation: 'The first song is yours.',
  silence: 'Nothing plays at the moment.',
  emptyQueue: 'The next song is yours.',
  reconnecting: 'Reconnecting…',
  looking: 'This screen keeps looking, and shows the room as soon as it is open.',
  newParty: (code) => `If a new party opens as ${code}, it appears here by itself.`,
  broken: 'Something went wrong here. This screen starts again by itself in a moment.',
}

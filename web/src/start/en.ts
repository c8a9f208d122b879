import type { StartMessages } from './messages'

export const en: StartMessages = {
  joinTitle: 'Join a party',
  code: 'Room code',
  codeHint: 'You find it on the room’s screen. Or point your camera at the QR code there.',
  join: 'Join',
  hostTitle: 'Host a party',
  hostText: 'To host your own party, you need Spotify Premium. Your guests need nothing.',
  toHost: 'Sign in and open a room',
  yourRoom: (name) => `Go to your room “${name}”`,
}

import type { StartMessages } from './messages'

export const en: StartMessages = {
  joinTitle: 'Join a party',
  code: 'The room’s code',
  codeHint: 'It stands on the room’s screen. Or point your camera at the QR code there.',
  join: 'Go in',
  hostTitle: 'Open a room',
  hostText: 'For your own party you need Spotify Premium. Your guests need nothing.',
  toHost: 'Sign in and open a room',
  yourRoom: (name) => `To your room “${name}”`,
}

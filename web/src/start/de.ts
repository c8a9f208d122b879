import type { StartMessages } from './messages'

export const de: StartMessages = {
  joinTitle: 'Bei einer Party mitmachen',
  code: 'Code des Raums',
  codeHint: 'Du findest ihn auf dem Bildschirm im Raum. Oder scann dort einfach den QR-Code.',
  join: 'Mitmachen',
  hostTitle: 'Eine Party geben',
  hostText: 'Für deine eigene Party brauchst du Spotify Premium. Deine Gäste brauchen nichts.',
  toHost: 'Anmelden und Raum öffnen',
  yourRoom: (name) => `Zu deinem Raum „${name}“`,
}

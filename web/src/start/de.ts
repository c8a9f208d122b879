import type { StartMessages } from './messages'

export const de: StartMessages = {
  joinTitle: 'Zu einer Party',
  code: 'Der Code des Raums',
  codeHint: 'Er steht auf dem Bildschirm des Raums. Oder halte die Kamera auf den QR-Code dort.',
  join: 'Hinein',
  hostTitle: 'Einen Raum öffnen',
  hostText: 'Für eine eigene Party brauchst du Spotify Premium. Deine Gäste brauchen nichts.',
  toHost: 'Anmelden und einen Raum öffnen',
  yourRoom: (name) => `Zu deinem Raum „${name}“`,
}

import type { Messages } from './messages'

export const de: Messages = {
  title: (room) => `${room} – antwon.dj`,
  next: 'Als Nächstes',
  more: (n) => (n === 1 ? 'und 1 weiterer Song' : `und ${n} weitere Songs`),
  scan: 'Scannen oder zu',
  qr: (url) => `QR-Code zum Mitmachen: ${url}`,
  hint: 'Songs wünschen, Songs liken.',
  progress: 'Wie weit der Song ist',
  waiting: 'Kommt gleich',
  invitation: 'Der erste Song ist deiner.',
  silence: 'Gerade spielt nichts.',
  emptyQueue: 'Der nächste Song ist deiner.',
  reconnecting: 'Verbindung wird gesucht …',
  looking: 'Hier wird weiter gesucht, und der Raum erscheint, sobald er offen ist.',
  newParty: (code) => `Sobald eine neue Party mit dem Code ${code} beginnt, erscheint sie hier.`,
  broken: 'Hier ist etwas schiefgegangen. Die Anzeige beginnt gleich von selbst neu.',
}

import type { ApprovalMessages, QueueMessages, UndoMessages } from './messages'

export const queueDe: QueueMessages = {
  count: (n) => (n === 1 ? '1 Song' : `${n} Songs`),
  empty: 'Es warten keine Songs.',
  add: 'Songs hinzufügen',
  lastAdded: (name) => (name ? `Zuletzt hinzugefügt von ${name}` : 'Zuletzt hinzugefügt'),
  next: 'Als Nächstes',
  pinned: 'Angepinnt',
  turn: 'Gast ist dran',
  menu: (name) => `${name}: anpinnen, entfernen oder sperren`,
  all: (n) => `Alle ${n} anzeigen`,
  fewer: 'Weniger anzeigen',
  refusals: {
    BLOCKED: 'Der Song oder sein Künstler ist gesperrt.',
    EXPLICIT: 'Er ist explizit.',
    TOO_LONG: 'Er ist zu lang.',
    PLAYED_RECENTLY: 'Er lief erst vor Kurzem.',
    NOT_PLAYABLE: 'Spotify kann ihn hier nicht abspielen.',
  },

  earliest: (time) => `frühestens um ${time} Uhr`,
  schedule: (place, likely, earliest) =>
    likely === earliest
      ? `Platz ${place}, läuft etwa um ${likely} Uhr.`
      : `Platz ${place}, läuft etwa um ${likely} Uhr, frühestens um ${earliest} Uhr.`,
  reasons: {
    COMMITTED: 'Der Player hat ihn schon, deshalb lässt er sich nicht mehr verschieben.',
    PINNED: 'Ein Gastgeber hat ihn hierhin gesetzt.',
    LIKES: 'Seine Likes haben ihn hierhin gebracht.',
    TURN: 'Dieser Gast ist an der Reihe.',
    AGE: 'Noch hat ihn niemand gelikt, deshalb zählt, wann er hinzugefügt wurde.',
    FALLBACK: 'Niemand hat ihn sich gewünscht. Er läuft, wenn sonst nichts wartet.',
    AWAY: 'Der Gast ist gerade nicht da. Der Song wartet, bis der Gast zurück ist.',
    HELD: 'Eine Regel des Raums hält ihn zurück. Er läuft, sobald sie es erlaubt.',
  },

  pin: 'An einem Platz anpinnen',
  pinHint: 'Bis er gespielt wird oder andere Songs mehr Likes haben.',
  place: 'Platz',
  until: {
    PLAYED: { name: 'Bis er gespielt wird', hint: 'Likes verschieben ihn nicht.' },
    OVERTAKEN: {
      name: 'Bis er überholt wird',
      hint: 'Wenn ein anderer Song so viele Likes Vorsprung hat. Mit mehr Likes rückt der angepinnte Song noch weiter nach oben.',
    },
  },
  margin: 'Likes Vorsprung',
  pinTop: 'Ganz oben anpinnen',
  pinTopHint: 'Er läuft als Nächstes, egal wie viele Likes die anderen haben.',
  pinAt: (place) => `Auf Platz ${place} anpinnen`,
  pinDone: (name, place) => `${name} ist auf Platz ${place} angepinnt.`,
  pinKeys: 'Mit Alt und ↑ oder ↓ verschiebst du einen Song um einen Platz und pinnst ihn dort an.',
  pinHolds: (likes) =>
    likes === null
      ? 'Er ist angepinnt, bis er gespielt wird.'
      : `Er ist angepinnt, bis ein anderer Song ${likes === 1 ? 'ein Like' : `${likes} Likes`} mehr hat.`,
  pinOvertaken: (likes) =>
    `Er ist nicht mehr angepinnt, weil ein anderer Song ${likes === 1 ? 'ein Like' : `${likes} Likes`} mehr hat.`,
  unpin: 'Lospinnen',
  unpinHint: 'Er rückt dorthin, wo er nach der Reihenfolge des Raums hingehört.',
  unpinned: (name) => `${name} ist nicht mehr angepinnt.`,

  remove: 'Entfernen',
  removeHint: 'Nimmt ihn aus der Warteschlange. Eine Minute lang kannst du das rückgängig machen.',
  removed: (name) => `Entfernt: ${name}`,
  skipped: (name) => `Wird übersprungen, sobald er anfängt: ${name}`,
  block: (name) => `${name} sperren`,
  blockSong: 'Dieser Song läuft hier nicht, bis du ihn in den Regeln wieder erlaubst.',
  blockArtist: 'Songs dieses Künstlers laufen hier nicht, bis du sie in den Regeln wieder erlaubst.',
  blocked: (name) => `${name} ist gesperrt.`,
  blockFailed: 'Das ließ sich nicht sperren: Spotify kennt es nicht, oder du hast schon 200 Songs und Künstler gesperrt.',

  clear: 'Warteschlange leeren',
  clearTitle: 'Die Warteschlange leeren?',
  clearExplanation:
    'Alle wartenden Songs werden mit ihren Likes entfernt, auch die, die noch auf eine Freigabe warten. Der aktuelle Song läuft weiter, und auch der nächste, falls der Player ihn schon hat. Eine Minute lang kannst du das rückgängig machen.',
  cleared: 'Die Warteschlange ist jetzt leer.',
}

export const approvalsDe: ApprovalMessages = {
  heading: 'Warten auf Freigabe',
  none: 'keine Songs',
  approve: (name) => `${name} freigeben`,
  approveShort: 'Freigeben',
  approved: (name) => `${name} ist in der Warteschlange.`,
  decline: (name) => `${name} ablehnen`,
  declineShort: 'Ablehnen',
  declined: (name) => `Abgelehnt: ${name}`,
}

export const undoDe: UndoMessages = {
  button: 'Rückgängig',
  done: 'Rückgängig gemacht.',
  late: 'Das lässt sich nicht mehr rückgängig machen.',
}

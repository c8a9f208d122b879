import type { ApprovalMessages, QueueMessages, UndoMessages } from './messages'

export const queueDe: QueueMessages = {
  count: (n) => (n === 1 ? '1 Song' : `${n} Songs`),
  empty: 'Nichts wartet.',
  add: 'Songs hinzufügen',
  lastAdded: (name) => (name ? `Zuletzt hinzugefügt, von ${name}:` : 'Zuletzt hinzugefügt:'),
  next: 'Als Nächstes',
  pinned: 'Angepinnt',
  turn: 'An der Reihe',
  menu: (name) => `${name}: anpinnen, entfernen oder sperren`,
  all: (n) => `Alle ${n} zeigen`,
  fewer: 'Weniger zeigen',
  why: {
    BLOCKED: 'Der Song oder wer ihn macht ist gesperrt.',
    EXPLICIT: 'Er ist explizit.',
    TOO_LONG: 'Er ist zu lang.',
    PLAYED_RECENTLY: 'Er lief erst vor Kurzem.',
    NOT_PLAYABLE: 'Spotify spielt ihn hier nicht.',
  },

  earliest: (time) => `frühestens ${time}`,
  standing: (place, likely, earliest) =>
    likely === earliest
      ? `Platz ${place}, spielt etwa um ${likely}.`
      : `Platz ${place}, spielt etwa um ${likely}, frühestens um ${earliest}.`,
  reasons: {
    COMMITTED: 'Er ist schon beim Player: nichts verschiebt ihn mehr.',
    PINNED: 'Ein Gastgeber hat ihn hierhin gesetzt.',
    LIKES: 'Er steht hier durch seine Likes.',
    TURN: 'Sein Gast ist an der Reihe.',
    AGE: 'Noch mag ihn niemand: er steht hier nach seinem Alter.',
    FALLBACK: 'Niemand hat ihn gewünscht: er spielt, wenn sonst nichts wartet.',
    HELD: 'Eine Regel des Raums hält ihn zurück. Er spielt, sobald sie ihn zulässt.',
  },

  pin: 'An einem Platz anpinnen',
  pinHint: 'Bis er gespielt ist, oder bis andere Songs mehr Likes haben.',
  place: 'Auf Platz',
  until: {
    PLAYED: { name: 'Bis er gespielt ist', hint: 'Likes verschieben ihn nicht.' },
    OVERTAKEN: {
      name: 'Bis er überholt wird',
      hint: 'Wenn ein anderer Song so viele Likes mehr hat. Seine eigenen können ihn weiter nach oben bringen.',
    },
  },
  margin: 'Likes mehr',
  pinTop: 'Ganz oben anpinnen',
  pinTopHint: 'Er spielt als Nächster, was auch immer andere an Likes haben.',
  pinAt: (place) => `Auf Platz ${place} anpinnen`,
  pinDone: (name, place) => `${name} ist auf Platz ${place} angepinnt.`,
  pinKeys: 'In der Warteliste verschiebt Alt mit ↑ oder ↓ einen Song um einen Platz und pinnt ihn dort an.',
  holds: (likes) =>
    likes === null
      ? 'Angepinnt, bis er gespielt ist.'
      : `Angepinnt, bis ein anderer Song ${likes === 1 ? 'ein Like' : `${likes} Likes`} mehr hat.`,
  overtaken: (likes) => `Sein Pin hält nicht mehr: ein anderer Song hat ${likes === 1 ? 'ein Like' : `${likes} Likes`} mehr.`,
  unpin: 'Loslassen',
  unpinHint: 'Er geht dorthin, wo die Ordnung des Raums ihn haben will.',
  unpinned: (name) => `${name} ist nicht mehr angepinnt.`,

  remove: 'Entfernen',
  removeHint: 'Aus der Warteliste. Eine Minute lang lässt sich das zurücknehmen.',
  removed: (name) => `Entfernt: ${name}`,
  skipped: (name) => `Wird übersprungen, sobald er anfängt: ${name}`,
  block: (name) => `${name} sperren`,
  blockSong: 'Dieser Song spielt hier nicht, bis du ihn in den Einstellungen wieder erlaubst.',
  blockArtist: 'Nichts davon spielt hier, bis du es in den Einstellungen wieder erlaubst.',
  blocked: (name) => `${name} ist gesperrt.`,
  blockFault: 'Das ließ sich nicht sperren: Spotify kennt es nicht, oder 200 Songs und Künstler sind schon gesperrt.',

  clear: 'Warteliste leeren',
  clearTitle: 'Die Warteliste leeren?',
  clearExplanation:
    'Alle wartenden Songs werden herausgenommen, mit ihren Likes, auch die, die auf eine Freigabe warten. Was spielt, spielt weiter, und auch der Song, der schon als nächster feststeht. Eine Minute lang lässt sich das zurücknehmen.',
  cleared: 'Die Warteliste ist leer.',
}

export const approvalsDe: ApprovalMessages = {
  heading: 'Freizugeben',
  none: 'nichts wartet',
  approve: (name) => `${name} freigeben`,
  approveShort: 'Freigeben',
  approved: (name) => `${name} ist in der Warteliste.`,
  decline: (name) => `${name} ablehnen`,
  declineShort: 'Ablehnen',
  declined: (name) => `Abgelehnt: ${name}`,
}

export const undoDe: UndoMessages = {
  button: 'Rückgängig',
  done: 'Zurückgenommen.',
  late: 'Das lässt sich nicht mehr zurücknehmen.',
}

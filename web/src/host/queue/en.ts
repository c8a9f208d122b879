import type { ApprovalMessages, QueueMessages, UndoMessages } from './messages'

export const queueEn: QueueMessages = {
  count: (n) => (n === 1 ? '1 song' : `${n} songs`),
  empty: 'No songs are waiting.',
  add: 'Add songs',
  lastAdded: (name) => (name ? `Last added by ${name}` : 'Last added'),
  next: 'Next',
  pinned: 'Pinned',
  turn: 'Guest’s turn',
  menu: (name) => `${name}: pin, remove or block`,
  all: (n) => `Show all ${n}`,
  fewer: 'Show fewer',
  refusals: {
    BLOCKED: 'The song or its artist is blocked.',
    EXPLICIT: 'It is explicit.',
    TOO_LONG: 'It is too long.',
    PLAYED_RECENTLY: 'It was played a short while ago.',
    NOT_PLAYABLE: 'Spotify cannot play it here.',
  },

  earliest: (time) => `${time} at the earliest`,
  schedule: (place, likely, earliest) =>
    likely === earliest
      ? `Place ${place}, plays at about ${likely}.`
      : `Place ${place}, plays at about ${likely}, or ${earliest} at the earliest.`,
  reasons: {
    COMMITTED: 'The player already has it, so it can no longer be moved.',
    PINNED: 'A host put it here.',
    LIKES: 'Its likes put it here.',
    TURN: 'It is this guest’s turn.',
    AGE: 'Nobody has liked it yet, so it is placed by when it was added.',
    FALLBACK: 'Nobody asked for it. It plays when nothing else is waiting.',
    AWAY: 'The guest who added it is away. The song waits until they are back.',
    HELD: 'A rule of the room holds it back. It plays as soon as the rule allows it.',
  },

  pin: 'Pin at a place',
  pinHint: 'Until it is played, or until other songs have more likes.',
  place: 'Place',
  until: {
    PLAYED: { name: 'Until it is played', hint: 'Likes do not move it.' },
    OVERTAKEN: {
      name: 'Until it is overtaken',
      hint: 'When another song is this many likes ahead. More likes can still move the pinned song up.',
    },
  },
  margin: 'Likes ahead',
  pinTop: 'Pin to the top',
  pinTopHint: 'It plays next, no matter how many likes the others have.',
  pinAt: (place) => `Pin at place ${place}`,
  pinDone: (name, place) => `${name} is pinned at place ${place}.`,
  pinKeys: 'Press Alt with ↑ or ↓ to move a song by one place and pin it there.',
  pinHolds: (likes) =>
    likes === null
      ? 'It is pinned until it is played.'
      : `It is pinned until another song has ${likes === 1 ? 'one more like' : `${likes} more likes`}.`,
  pinOvertaken: (likes) => `Its pin has ended: another song has ${likes === 1 ? 'one more like' : `${likes} more likes`}.`,
  unpin: 'Unpin',
  unpinHint: 'It moves to where the room’s order puts it.',
  unpinned: (name) => `${name} is no longer pinned.`,

  remove: 'Remove',
  removeHint: 'Takes it out of the queue. You can undo this for a minute.',
  removed: (name) => `Removed: ${name}`,
  skipped: (name) => `Skipped as soon as it starts: ${name}`,
  block: (name) => `Block ${name}`,
  blockSong: 'This song does not play here until you allow it again in the rules.',
  blockArtist: 'This artist’s songs do not play here until you allow them again in the rules.',
  blocked: (name) => `${name} is blocked.`,
  blockFailed: 'It could not be blocked: Spotify does not know it, or you have already blocked 200 songs and artists.',

  clear: 'Clear the queue',
  clearTitle: 'Clear the queue?',
  clearExplanation:
    'This removes all waiting songs and their likes, including those that wait for approval. The current song keeps playing, and so does the next one if the player already has it. You can undo this for a minute.',
  cleared: 'The queue is empty now.',
}

export const approvalsEn: ApprovalMessages = {
  heading: 'Waiting for approval',
  none: 'no songs',
  approve: (name) => `Approve ${name}`,
  approveShort: 'Approve',
  approved: (name) => `${name} is in the queue.`,
  decline: (name) => `Decline ${name}`,
  declineShort: 'Decline',
  declined: (name) => `Declined: ${name}`,
}

export const undoEn: UndoMessages = {
  button: 'Undo',
  done: 'Undone.',
  late: 'It is too late to undo that.',
}

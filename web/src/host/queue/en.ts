import type { ApprovalMessages, QueueMessages, UndoMessages } from './messages'

export const queueEn: QueueMessages = {
  count: (n) => (n === 1 ? '1 song' : `${n} songs`),
  empty: 'Nothing waits.',
  add: 'Add songs',
  lastAdded: (name) => (name ? `Added last, by ${name}:` : 'Added last:'),
  next: 'Next',
  pinned: 'Pinned',
  turn: 'Their turn',
  menu: (name) => `${name}: pin, remove or block`,
  all: (n) => `Show all ${n}`,
  fewer: 'Show fewer',
  why: {
    BLOCKED: 'The song or its artist is blocked.',
    EXPLICIT: 'It is explicit.',
    TOO_LONG: 'It is too long.',
    PLAYED_RECENTLY: 'It was played a short while ago.',
    NOT_PLAYABLE: 'Spotify does not play it here.',
  },

  earliest: (time) => `at the earliest ${time}`,
  standing: (place, likely, earliest) =>
    likely === earliest
      ? `Place ${place}, to play at about ${likely}.`
      : `Place ${place}, to play at about ${likely}, at the earliest ${earliest}.`,
  reasons: {
    COMMITTED: 'It was handed to the player: nothing moves it any more.',
    PINNED: 'A host has put it here.',
    LIKES: 'It stands here by its likes.',
    TURN: 'It is its guest’s turn.',
    AGE: 'Nobody likes it yet: it stands here by its age.',
    FALLBACK: 'Nobody asked for it: it plays when nothing else waits.',
    HELD: 'A rule of the room keeps it from playing. It plays when the rule allows it.',
  },

  pin: 'Pin at a place',
  pinHint: 'Until it is played, or until other songs are liked more.',
  place: 'At place',
  until: {
    PLAYED: { name: 'Until it is played', hint: 'Likes do not move it.' },
    OVERTAKEN: {
      name: 'Until it is overtaken',
      hint: 'When another song has so many likes more. Its own may carry it further up.',
    },
  },
  margin: 'Likes more',
  pinTop: 'Pin to the top',
  pinTopHint: 'It plays next, whatever others are liked.',
  pinAt: (place) => `Pin at place ${place}`,
  pinDone: (name, place) => `${name} is pinned at place ${place}.`,
  pinKeys: 'In the queue, Alt with ↑ or ↓ moves a song by one place, and pins it there.',
  holds: (likes) =>
    likes === null
      ? 'Pinned until it is played.'
      : `Pinned until another song has ${likes === 1 ? 'one like' : `${likes} likes`} more.`,
  overtaken: (likes) => `Its pin holds no more: another song has ${likes === 1 ? 'a like' : `${likes} likes`} more.`,
  unpin: 'Unpin',
  unpinHint: 'It goes where the room’s order puts it.',
  unpinned: (name) => `${name} is not pinned any more.`,

  remove: 'Remove',
  removeHint: 'Out of the queue. You can take that back for a minute.',
  removed: (name) => `Removed: ${name}`,
  skipped: (name) => `Skipped as soon as it starts: ${name}`,
  block: (name) => `Block ${name}`,
  blockSong: 'This song does not play here, until you allow it again in the settings.',
  blockArtist: 'No song of theirs plays here, until you allow it again in the settings.',
  blocked: (name) => `${name} is blocked.`,
  blockFault: 'That could not be blocked: Spotify does not know it, or 200 songs and artists are blocked already.',

  clear: 'Clear the queue',
  clearTitle: 'Clear the queue?',
  clearExplanation:
    'All songs that wait are taken out, with their likes, also those that wait for approval. What plays goes on, and so does the song that is next already. You can take that back for a minute.',
  cleared: 'The queue is clear.',
}

export const approvalsEn: ApprovalMessages = {
  heading: 'To approve',
  none: 'nothing waits',
  approve: (name) => `Approve ${name}`,
  approveShort: 'Approve',
  approved: (name) => `${name} is in the queue.`,
  decline: (name) => `Decline ${name}`,
  declineShort: 'Decline',
  declined: (name) => `Declined: ${name}`,
}

export const undoEn: UndoMessages = {
  button: 'Undo',
  done: 'Taken back.',
  late: 'That cannot be taken back any more.',
}

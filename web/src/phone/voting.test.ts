import { expect, it } from 'vitest'
import { votingState } from './voting'

const playing = { item: { id: 'song' }, skipVotesNeeded: 2, votesFrom: '2026-01-01T20:00:00Z' } as never

it.each([
  ['before the playback is loaded', undefined, true, null, 'none'],
  ['where voting is off', { ...(playing as object), skipVotesNeeded: 0 }, true, null, 'none'],
  ['while music from elsewhere plays', { ...(playing as object), item: null, votesFrom: null }, true, null, 'none'],
  ['in the first seconds', playing, false, null, 'early'],
  ['after them', playing, true, null, 'open'],
  ['after a vote for the song before', playing, true, 'another', 'open'],
  ['after a vote', playing, true, 'song', 'voted'],
] as const)('voting %s', (_, playback, isOpen, votedOn, want) => {
  expect(votingState(playback as never, isOpen, votedOn)).toBe(want)
})

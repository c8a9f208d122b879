import { expect, it } from 'vitest'
import { votingOn } from './voting'

const playing = { item: { id: 'song' }, skipVotesNeeded: 2, votesFrom: '2026-01-01T20:00:00Z' } as never

it.each([
  ['before anything is known', undefined, true, null, 'none'],
  ['where nobody can vote', { ...(playing as object), skipVotesNeeded: 0 }, true, null, 'none'],
  ['while other music plays', { ...(playing as object), item: null, votesFrom: null }, true, null, 'none'],
  ['in the first seconds', playing, false, null, 'early'],
  ['after them', playing, true, null, 'open'],
  ['after a vote for the song before', playing, true, 'another', 'open'],
  ['after a vote', playing, true, 'song', 'voted'],
] as const)('voting %s', (_, playback, isTime, votedOn, want) => {
  expect(votingOn(playback as never, isTime, votedOn)).toBe(want)
})

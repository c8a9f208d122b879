import { expect, it } from 'vitest'
import { votingState } from './voting'

const playing = { item: { id: 'song' }, skipVotesNeeded: 2, votesFrom: '2026-01-01T20:00:00Z' } as never
const vote = { itemId: 'song', voted: false, canVote: true }

it.each([
  ['before the playback is loaded', undefined, true, vote, 'none'],
  ['where voting is off', { ...(playing as object), skipVotesNeeded: 0 }, true, vote, 'none'],
  ['while music from elsewhere plays', { ...(playing as object), item: null, votesFrom: null }, true, null, 'none'],
  ['in the first seconds', playing, false, vote, 'early'],
  ['before the vote is loaded', playing, true, null, 'early'],
  ['after them', playing, true, vote, 'open'],
  ['after a vote for the song before', playing, true, { ...vote, itemId: 'another', voted: true }, 'early'],
  ['after coming too late', playing, true, { ...vote, canVote: false }, 'late'],
  ['after a vote', playing, true, { ...vote, voted: true }, 'voted'],
] as const)('voting %s', (_, playback, isOpen, mine, want) => {
  expect(votingState(playback as never, isOpen, mine)).toBe(want)
})

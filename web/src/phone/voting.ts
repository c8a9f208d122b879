import type { PlaybackFieldsFragment } from '../api/generated'
import type { Viewer } from './useActions'

/**
 * The state of the skip vote on the song that plays. none: nobody can vote; late: the viewer came after the song began;
 * early: voting is not open yet; voted: the viewer has voted.
 */
export type Voting = 'none' | 'late' | 'early' | 'open' | 'voted'

type Votable = Pick<PlaybackFieldsFragment, 'item' | 'skipVotesNeeded' | 'votesFrom'>

/** Returns the state of the vote. vote may still be about the song before: then it says nothing about the song that plays. */
export function votingState(playback: Votable | undefined, isOpen: boolean, vote: Viewer['skipVote']): Voting {
  if (!playback?.item || !playback.votesFrom || playback.skipVotesNeeded === 0) return 'none'
  const mine = vote?.itemId === playback.item.id ? vote : null
  if (mine?.voted) return 'voted'
  if (mine && !mine.canVote) return 'late'
  return mine && isOpen ? 'open' : 'early'
}

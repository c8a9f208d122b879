import type { PlaybackFieldsFragment } from '../api/generated'

/** The state of the skip vote on the song that plays. none: nobody can vote; early: not yet; voted: the user has voted. */
export type Voting = 'none' | 'early' | 'open' | 'voted'

type Votable = Pick<PlaybackFieldsFragment, 'item' | 'skipVotesNeeded' | 'votesFrom'>

export function votingState(playback: Votable | undefined, isOpen: boolean, votedOn: string | null): Voting {
  if (!playback?.item || !playback.votesFrom || playback.skipVotesNeeded === 0) return 'none'
  if (votedOn === playback.item.id) return 'voted'
  return isOpen ? 'open' : 'early'
}

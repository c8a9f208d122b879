import type { PlaybackFieldsFragment } from '../api/generated'

/** How things stand with voting on the song that plays: there may be nothing to vote on, it may be too early, or done. */
export type Voting = 'none' | 'early' | 'open' | 'voted'

type Votable = Pick<PlaybackFieldsFragment, 'item' | 'skipVotesNeeded' | 'votesFrom'>

export function votingOn(playback: Votable | undefined, isTime: boolean, votedOn: string | null): Voting {
  if (!playback?.item || !playback.votesFrom || playback.skipVotesNeeded === 0) return 'none'
  if (votedOn === playback.item.id) return 'voted'
  return isTime ? 'open' : 'early'
}

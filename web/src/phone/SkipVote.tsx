import { useState } from 'react'
import { useClient } from 'urql'
import { failureOfUrql } from '../api/errors'
import { type PlaybackFieldsFragment, VoteToSkipDocument } from '../api/generated'
import { browserStorage } from '../api/storage'
import { usePast } from '../api/useHasPassed'
import { sentence, useText } from '../text/text'
import type { Tell } from '../ui/Toasts'
import { usePhoneText } from './text'
import { votingOn } from './voting'

interface Props {
  roomId: string
  userId: string
  playback: PlaybackFieldsFragment | undefined
  tell: Tell
}

/** A vote for ending the song that plays, and how many have voted so far. The button keeps the focus whatever it says. */
export function Vote({ roomId, userId, playback, tell }: Props) {
  const text = useText()
  const own = usePhoneText()
  const client = useClient()
  const kept = `antwon.voted.${roomId}.${userId}`
  const [votedOn, setVotedOn] = useState(() => browserStorage.getItem(kept))
  const voting = votingOn(playback, usePast(playback?.votesFrom), votedOn)
  const item = playback?.item
  if (!playback || !item || voting === 'none') return null

  async function vote(item: { id: string }) {
    setVotedOn(item.id)
    const { error } = await client.mutation(VoteToSkipDocument, { roomId })
    const failure = failureOfUrql(error)
    if (failure) tell(sentence(text, failure), true)
    if (failure && failure.reason !== 'ALREADY_VOTED') setVotedOn(null)
    else browserStorage.setItem(kept, item.id)
  }

  const { skipVotes, skipVotesNeeded } = playback
  return (
    <div className="vote">
      <button
        type="button"
        className="button"
        aria-disabled={voting !== 'open'}
        aria-describedby="votes"
        onClick={() => voting === 'open' && void vote(item)}
      >
        {voting === 'voted' ? own.voted : own.vote}
      </button>
      <p id="votes" className="quiet">
        {voting === 'early' ? own.voteSoon : own.votes(skipVotes, skipVotesNeeded)}
      </p>
    </div>
  )
}

import { browserStorage } from '@antwon/client'
import { useState } from 'react'
import { useClient } from 'urql'
import { failureOfUrql } from '../api/failureOfUrql'
import { type PlaybackFieldsFragment, VoteToSkipDocument } from '../api/generated'
import { useHasPassed } from '../api/useHasPassed'
import { failureSentence, useText } from '../text/text'
import type { Notify } from '../ui/Toasts'
import { usePhoneText } from './text'
import { votingState } from './voting'

interface Props {
  roomId: string
  userId: string
  playback: PlaybackFieldsFragment | undefined
  notify: Notify
}

/** The skip vote: a button to vote, and the votes so far. The button stays enabled to keep the focus. */
export function SkipVote({ roomId, userId, playback, notify }: Props) {
  const text = useText()
  const own = usePhoneText()
  const client = useClient()
  const storageKey = `antwon.voted.${roomId}.${userId}`
  const [votedOn, setVotedOn] = useState(() => browserStorage.getItem(storageKey))
  const voting = votingState(playback, useHasPassed(playback?.votesFrom), votedOn)
  const item = playback?.item
  if (!playback || !item || voting === 'none') return null

  async function vote(item: { id: string }) {
    setVotedOn(item.id)
    const { error } = await client.mutation(VoteToSkipDocument, { roomId })
    const failure = failureOfUrql(error)
    if (failure) notify(failureSentence(text, failure), true)
    if (failure && failure.reason !== 'ALREADY_VOTED') setVotedOn(null)
    else browserStorage.setItem(storageKey, item.id)
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

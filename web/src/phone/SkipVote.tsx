import { useState } from 'react'
import { useClient } from '../api/client'
import { type PlaybackFieldsFragment, VoteToSkipDocument, WithdrawSkipVoteDocument } from '../api/generated'
import { useHasPassed } from '../api/useHasPassed'
import { failureSentence, useText } from '../text/text'
import type { Notify } from '../ui/Toasts'
import { usePhoneText } from './text'
import type { Viewer } from './useActions'
import { votingState } from './voting'

interface Props {
  roomId: string
  viewer: Viewer
  playback: PlaybackFieldsFragment | undefined
  notify: Notify
}

/** The skip vote: a button to vote and to take the vote back, and the votes so far. A disabled one keeps the focus. */
export function SkipVote({ roomId, viewer, playback, notify }: Props) {
  const text = useText()
  const own = usePhoneText()
  const client = useClient()
  const [isSending, setSending] = useState(false)
  const voting = votingState(playback, useHasPassed(playback?.votesFrom), viewer.skipVote)
  if (!playback || voting === 'none') return null
  const isEnabled = !isSending && (voting === 'open' || voting === 'voted')

  async function toggle() {
    setSending(true)
    const mutation = voting === 'voted' ? WithdrawSkipVoteDocument : VoteToSkipDocument
    const { failure } = await client.request<unknown, { roomId: string }>(mutation, { roomId })
    setSending(false)
    if (failure && failure.reason !== 'ALREADY_VOTED') notify(failureSentence(text, failure), true)
  }

  const votes = own.votes(playback.skipVotes, playback.skipVotesNeeded)
  const hints = { late: own.voteLate, early: own.voteSoon, open: votes, voted: `${votes}. ${own.takeVoteBack}` }
  return (
    <div className="vote">
      <button
        type="button"
        className="button"
        aria-pressed={voting === 'voted'}
        aria-disabled={!isEnabled}
        aria-describedby="votes"
        onClick={() => isEnabled && void toggle()}
      >
        {voting === 'voted' && <span aria-hidden="true">✓</span>}
        {own.vote}
      </button>
      <p id="votes" className="quiet">
        {hints[voting]}
      </p>
    </div>
  )
}

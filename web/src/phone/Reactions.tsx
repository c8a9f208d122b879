import { useState } from 'react'
import { useClient } from '../api/client'
import { ReactDocument, type Reaction } from '../api/generated'
import { failureSentence, useText } from '../text/text'
import { ReactionIcon, reactions } from '../ui/ReactionIcon'
import type { Notify } from '../ui/Toasts'
import { usePhoneText } from './text'

/** The failures that are not shown: somebody taps fast, the song has just ended, or the page says already that it is offline. */
const quiet = ['RATE_LIMITED', 'CONFLICT', 'OFFLINE']

/** A row of buttons to react to the song that plays. The room's screens show the reactions. */
export function Reactions({ roomId, notify }: { roomId: string; notify: Notify }) {
  const text = useText()
  const own = usePhoneText()
  const client = useClient()
  const [sent, setSent] = useState<{ reaction: Reaction; n: number }>()
  const [shown, setShown] = useState<Reaction>() // the last one that the server accepted, and so showed on the screens

  async function react(reaction: Reaction) {
    setSent((last) => ({ reaction, n: (last?.n ?? 0) + 1 }))
    const { failure } = await client.request(ReactDocument, { roomId, reaction })
    if (!failure) setShown(reaction)
    else if (!quiet.includes(failure.code)) notify(failureSentence(text, failure), true)
  }

  return (
    <fieldset className="reactions">
      <legend className="visually-hidden">{own.react}</legend>
      {reactions.map((reaction) => (
        <button
          key={reaction}
          type="button"
          className="icon-button"
          aria-label={own.reactions[reaction]}
          title={own.reactions[reaction]}
          onClick={() => void react(reaction)}
        >
          <span key={sent?.reaction === reaction ? sent.n : 0} className={sent?.reaction === reaction ? 'sent' : undefined}>
            <ReactionIcon reaction={reaction} />
          </span>
        </button>
      ))}
      <span className="visually-hidden" role="status">
        {shown && own.reacted(own.reactions[shown])}
      </span>
    </fieldset>
  )
}

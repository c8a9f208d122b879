import type { Failure } from '@antwon/client'
import { useEffect } from 'react'
import { pollForOpenRoom } from '../api/pollForOpenRoom'
import { failureSentence, usePageText, useText } from '../text/text'
import { de } from './de'
import { en } from './en'
import { Frame } from './Frame'

/** The room is not loaded yet, or the server does not answer. */
export function Loading({ failure }: { failure?: Failure | undefined }) {
  const text = useText()
  return (
    <Frame>
      <main className="status">
        <p className="quiet delayed">{failure ? failureSentence(text, failure) : text.loading}</p>
      </main>
    </Frame>
  )
}

/** No open room has this code. */
export function NoRoom({ code }: { code: string }) {
  const text = useText()
  const own = usePageText({ en, de })
  return (
    <Frame>
      <main className="status">
        <h1>{text.noRoom(code)}</h1>
        <p className="quiet">{own.noRoomHint}</p>
      </main>
    </Frame>
  )
}

/** The room was closed. Starts over when another room opens with its code. */
export function RoomClosed({ code, startOver }: { code: string; startOver: () => void }) {
  const text = useText()
  const own = usePageText({ en, de })
  useEffect(() => pollForOpenRoom(code, startOver), [code, startOver])
  return (
    <Frame>
      <main className="status">
        <h1>{text.roomClosed}</h1>
        <p className="quiet">{own.newParty(code)}</p>
      </main>
    </Frame>
  )
}

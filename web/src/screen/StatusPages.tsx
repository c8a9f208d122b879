import { useEffect } from 'react'
import type { Failure } from '../api/errors'
import { whenOpen } from '../api/pollForOpenRoom'
import { sentence, useOwnText, useText } from '../text/text'
import { de } from './de'
import { en } from './en'
import { Frame } from './Frame'

/** Nothing is known yet, or nobody answers. */
export function Looking({ failure }: { failure?: Failure | undefined }) {
  const text = useText()
  return (
    <Frame>
      <main className="plain">
        <p className="quiet late">{failure ? sentence(text, failure) : text.loading}</p>
      </main>
    </Frame>
  )
}

/** There is no open room with this code. */
export function Missing({ code }: { code: string }) {
  const text = useText()
  const own = useOwnText({ en, de })
  return (
    <Frame>
      <main className="plain">
        <h1>{text.noRoom(code)}</h1>
        <p className="quiet">{own.looking}</p>
      </main>
    </Frame>
  )
}

/** The room was closed; another one may be opened with its code. */
export function Farewell({ code, startOver }: { code: string; startOver: () => void }) {
  const text = useText()
  const own = useOwnText({ en, de })
  useEffect(() => whenOpen(code, startOver), [code, startOver])
  return (
    <Frame>
      <main className="plain">
        <h1>{text.roomClosed}</h1>
        <p className="quiet">{own.newParty(code)}</p>
      </main>
    </Frame>
  )
}

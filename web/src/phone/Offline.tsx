import { useEffect, useState } from 'react'
import { timeOfDay } from '../text/format'
import { useLanguage, useText } from '../text/text'
import { Message } from '../ui/Message'
import { Row } from '../ui/Row'
import { lastQueue } from './lastQueue'

const patience = 1_500 // milliseconds until the last queue is shown
const unreachableAfter = 6_000 // milliseconds until the page says that the server cannot be reached

/** Shown while the page is loading. If that takes long, it shows the queue as it was last, and how old that is. */
export function Opening({ code, isOffline = false }: { code: string; isOffline?: boolean }) {
  const text = useText()
  const language = useLanguage()
  const isKnown = isOffline || !navigator.onLine
  const [isSlow, setSlow] = useState(isKnown)
  const [isUnreachable, setUnreachable] = useState(isKnown)
  useEffect(() => {
    const timers = [setTimeout(() => setSlow(true), patience), setTimeout(() => setUnreachable(true), unreachableAfter)]
    return () => timers.forEach(clearTimeout)
  }, [])
  const last = isSlow ? lastQueue(code) : null
  const reason = isKnown || isUnreachable ? text.failure.OFFLINE : text.loading
  if (!last) return <Message title={text.appName}>{reason}</Message>
  return (
    <>
      <header className="head">
        <h1>
          <bdi>{last.name}</bdi>
        </h1>
        <p className="notice error" role="status">
          {`${reason} ${text.seenAt(timeOfDay(new Date(last.at), language))}`}
        </p>
      </header>
      <main className="party">
        <ul className="lines numbered">
          {last.songs.map(({ id, song }) => (
            <li key={id}>
              <Row song={song} />
            </li>
          ))}
        </ul>
      </main>
    </>
  )
}

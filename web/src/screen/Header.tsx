import { memo, useEffect, useState } from 'react'
import type { Connection } from '../api/client'
import type { HealthFieldsFragment, RoomFieldsFragment } from '../api/generated'
import { type Store, useStore } from '../api/store'
import { timeOfDay } from '../text/format'
import { healthSentence, useLanguage, useOwnText, useText } from '../text/text'
import { de } from './de'
import { en } from './en'

interface Props {
  room: RoomFieldsFragment
  connection: Store<Connection>
  health: HealthFieldsFragment | undefined
}

/** The room's name, who is there, and the time and, where something is the matter, what. */
export const Header = memo(function Header({ room, connection, health }: Props) {
  return (
    <header className="head">
      <h1>{room.name}</h1>
      <Presence room={room} />
      <Matter connection={connection} health={health} />
      <Clock />
    </header>
  )
})

function Presence({ room: { presentCount, lastAdded } }: { room: RoomFieldsFragment }) {
  const own = useOwnText({ en, de })
  const here = presentCount ? own.present(presentCount) : ''
  return (
    <p className="presence">
      {here}
      {lastAdded?.addedBy && (
        <span>
          {here && ' · '}
          {own.lastFrom(lastAdded.addedBy.displayName)}
        </span>
      )}
    </p>
  )
}

function Matter({ connection, health }: Omit<Props, 'room'>) {
  const text = useText()
  const language = useLanguage()
  const own = useOwnText({ en, de })
  if (useStore(connection) === 'offline') return <Notice sign="↻">{own.reconnecting}</Notice>
  // An empty queue is an invitation, and no trouble.
  if (!health || health.state === 'OK' || health.state === 'NOTHING_TO_PLAY') return null
  return <Notice sign="!">{healthSentence(text, language, health)}</Notice>
}

function Notice({ sign, children }: { sign: string; children: string }) {
  return (
    <p className="matter" role="status">
      <span className="sign" aria-hidden="true">
        {sign}
      </span>
      {children}
    </p>
  )
}

function Clock() {
  const language = useLanguage()
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setTimeout(() => setNow(new Date()), 60_000 - (now.getTime() % 60_000))
    return () => clearTimeout(timer)
  }, [now])
  return <time className="clock">{timeOfDay(now, language)}</time>
}

import type { Connection, Store } from '@antwon/client'
import { useStore } from '@antwon/client/react'
import { memo, useEffect, useState } from 'react'
import type { HealthFieldsFragment, RoomFieldsFragment } from '../api/generated'
import { timeOfDay } from '../text/format'
import { healthSentence, useLanguage, usePageText, useText } from '../text/text'
import { de } from './de'
import { en } from './en'

interface Props {
  room: RoomFieldsFragment
  connection: Store<Connection>
  health: HealthFieldsFragment | undefined
}

/** The room's name, how many are present, the current problem if there is one, and the time. */
export const Header = memo(function Header({ room, connection, health }: Props) {
  return (
    <header className="head">
      <h1>{room.name}</h1>
      <Presence room={room} />
      <Problem connection={connection} health={health} />
      <Clock />
    </header>
  )
})

function Presence({ room: { presentCount, lastAdded } }: { room: RoomFieldsFragment }) {
  const own = usePageText({ en, de })
  const present = presentCount ? own.present(presentCount) : ''
  return (
    <p className="presence">
      {present}
      {lastAdded?.addedBy && (
        <span>
          {present && ' · '}
          {own.lastAddedBy(lastAdded.addedBy.displayName)}
        </span>
      )}
    </p>
  )
}

function Problem({ connection, health }: Omit<Props, 'room'>) {
  const text = useText()
  const language = useLanguage()
  const own = usePageText({ en, de })
  const state = useStore(connection)
  if (state === 'offline' || state === 'checking') return <Notice icon="↻">{own.reconnecting}</Notice>
  // An empty queue is not a problem.
  if (!health || health.state === 'OK' || health.state === 'NOTHING_TO_PLAY') return null
  return <Notice icon="!">{healthSentence(text, language, health)}</Notice>
}

function Notice({ icon, children }: { icon: string; children: string }) {
  return (
    <p className="problem" role="status">
      <span className="icon" aria-hidden="true">
        {icon}
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

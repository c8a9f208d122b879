import { memo, useEffect, useState } from 'react'
import type { Connection } from '../api/client'
import type { HealthFieldsFragment } from '../api/generated'
import { type Store, useStore } from '../api/store'
import { timeOfDay } from '../text/format'
import { healthSentence, useLanguage, useOwnText, useText } from '../text/text'
import { de } from './de'
import { en } from './en'

interface Props {
  name: string
  connection: Store<Connection>
  health: HealthFieldsFragment | undefined
}

/** The room's name and the time and, where something is the matter, what. */
export const Header = memo(function Header({ name, connection, health }: Props) {
  return (
    <header className="head">
      <h1>{name}</h1>
      <Matter connection={connection} health={health} />
      <Clock />
    </header>
  )
})

function Matter({ connection, health }: Omit<Props, 'name'>) {
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

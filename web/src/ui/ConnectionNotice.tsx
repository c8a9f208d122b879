import { useStore } from '@antwon/client/react'
import { useEffect, useReducer } from 'react'
import type { Api } from '../api/client'
import { timeOfDay } from '../text/format'
import { useLanguage, useText } from '../text/text'

const oldAfter = 60_000 // milliseconds

/** Says that the connection is lost, or that the device was asleep; and, if the contents are old, from what time they are. */
export function ConnectionNotice({ api, offline }: { api: Api; offline: string }) {
  const text = useText()
  const language = useLanguage()
  const connection = useStore(api.connection)
  const heardAt = api.heardAt()
  const [, look] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    if (heardAt === undefined || connection === 'online') return
    const timer = setTimeout(look, Math.max(0, heardAt + oldAfter - Date.now()) + 1)
    return () => clearTimeout(timer)
  }, [heardAt, connection])
  const isOld = heardAt !== undefined && Date.now() - heardAt > oldAfter
  const seen = isOld ? text.seenAt(timeOfDay(new Date(heardAt), language)) : ''
  if (connection === 'offline')
    return (
      <p className="notice error" role="status">
        {`${offline} ${seen}`}
      </p>
    )
  if (connection === 'checking')
    return (
      <p className="notice delayed" role="status">
        {`${seen} ${text.catchingUp}`}
      </p>
    )
  return <p className="visually-hidden" role="status" />
}

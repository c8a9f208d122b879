import { useCallback, useEffect, useState } from 'react'
import { type Api, connect } from '../api/client'
import type { Failure } from '../api/errors'
import { keepLooking, type Look } from './findRoom'

/** What the screen is at: it looks for the room, or shows it. */
export type Watching =
  | { state: 'looking'; failure?: Failure | undefined }
  | { state: 'missing' }
  | { state: 'watching'; api: Api; roomId: string }

const pause = 3_000 // milliseconds before it starts over, so that a refusal is not asked for again at once

/** Shows the room with a code for as long as it can be shown, and looks for it again whenever that is over. */
export function useWatching(code: string): [Watching, startOver: () => void] {
  const [watching, setWatching] = useState<Watching>({ state: 'looking' })
  const [round, setRound] = useState(0)
  const startOver = useCallback(() => setRound((n) => n + 1), [])
  useEffect(() => {
    const over = new AbortController()
    let api: Api | undefined
    const onLook = (look: Look) => {
      if ('found' in look) {
        api = connect(look.found.sessions)
        setWatching({ state: 'watching', api, roomId: look.found.roomId })
      } else setWatching('missing' in look ? { state: 'missing' } : { state: 'looking', failure: look.failure })
    }
    const timer = setTimeout(() => void keepLooking(code, onLook, over.signal), round && pause)
    return () => {
      clearTimeout(timer)
      over.abort()
      api?.close()
      setWatching({ state: 'looking' })
    }
  }, [code, round])
  return [watching, startOver]
}

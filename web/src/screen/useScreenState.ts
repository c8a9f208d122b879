import type { Failure } from '@antwon/client'
import { useCallback, useEffect, useState } from 'react'
import { type Api, connect } from '../api/client'
import { findRoom, type SearchResult } from './findRoom'

/** What the screen is doing: it searches for the room, has not found it, or watches it. */
export type ScreenState =
  | { kind: 'searching'; failure?: Failure | undefined }
  | { kind: 'missing' }
  | { kind: 'watching'; api: Api; roomId: string }

const startOverDelay = 3_000 // milliseconds, so that a refusal is not followed by a request at once

/** Finds the room with a code and watches it. startOver searches for it again. */
export function useScreenState(code: string): [ScreenState, startOver: () => void] {
  const [state, setState] = useState<ScreenState>({ kind: 'searching' })
  const [attempt, setAttempt] = useState(0)
  const startOver = useCallback(() => setAttempt((n) => n + 1), [])
  useEffect(() => {
    const aborter = new AbortController()
    let api: Api | undefined
    const onResult = (result: SearchResult) => {
      if ('found' in result) {
        api = connect(result.found.sessions)
        setState({ kind: 'watching', api, roomId: result.found.roomId })
      } else setState('missing' in result ? { kind: 'missing' } : { kind: 'searching', failure: result.failure })
    }
    const timer = setTimeout(() => void findRoom(code, onResult, aborter.signal), attempt && startOverDelay)
    return () => {
      clearTimeout(timer)
      aborter.abort()
      api?.close()
      setState({ kind: 'searching' })
    }
  }, [code, attempt])
  return [state, startOver]
}

import type { Answer, Operation } from '@antwon/client'
import { useEffect, useState } from 'react'
import { useClient } from './client'
import { subscribe } from './subscribe'

/**
 * Subscribes to a query unless paused. Returns the latest answer for these variables, and keeps it during a pause. After a
 * transient failure it subscribes again.
 */
export function useRetriedSubscription<Data, Variables>(
  query: Operation<Data, Variables>,
  variables: Variables,
  pause = false,
): Answer<Data> {
  const client = useClient()
  const key = JSON.stringify(variables)
  const [state, setState] = useState<{ key?: string; answer?: Answer<Data> }>({})
  useEffect(() => {
    if (!pause) return subscribe(client, query, JSON.parse(key), (answer: Answer<Data>) => setState({ key, answer }))
  }, [client, query, key, pause])
  return (state.key === key && state.answer) || {}
}

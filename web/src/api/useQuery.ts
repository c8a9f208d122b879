import type { Answer, Operation } from '@antwon/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from './client'

export interface QueryState<Data> extends Answer<Data> {
  fetching: boolean
  refetch: () => void
}

/**
 * Sends a query, and again whenever its variables change or refetch is called. The last answer stays until the next one comes,
 * but an answer for other variables is never returned.
 */
export function useQuery<Data, Variables>(query: Operation<Data, Variables>, variables: Variables): QueryState<Data> {
  const client = useClient()
  const key = JSON.stringify(variables)
  const [state, setState] = useState<{ key?: string; answer?: Answer<Data>; fetching: boolean }>({ fetching: true })
  const latest = useRef(0) // number of the latest request; answers to earlier ones are dropped
  const refetch = useCallback(async () => {
    const request = ++latest.current
    setState((before) => ({ ...before, fetching: true }))
    const answer = await client.request<Data, Variables>(query, JSON.parse(key))
    if (request === latest.current) setState({ key, answer, fetching: false })
  }, [client, query, key])
  useEffect(() => {
    void refetch()
    return () => void latest.current++
  }, [refetch])
  const isCurrent = state.key === key
  return { ...(isCurrent && state.answer), fetching: state.fetching || !isCurrent, refetch }
}

import type { Operation } from '@antwon/client'
import { useEffect } from 'react'
import { type QueryState, useQuery } from './useQuery'

const defaultRetryAfter = 3_000 // milliseconds after a failure

/**
 * Sends a query that a page cannot do without, and retries it until it succeeds. isEnough decides whether an answer with
 * errors in some of its fields can be used; the failure is undefined if it can.
 */
export function useRetriedQuery<Data, Variables>(
  query: Operation<Data, Variables>,
  variables: Variables,
  isEnough: (data: Data) => boolean = () => true,
): Omit<QueryState<Data>, 'fetching'> {
  const { data, failure: reported, fetching, refetch } = useQuery(query, variables)
  const failure = data && isEnough(data) ? undefined : reported
  const isWaiting = failure !== undefined && !fetching
  const delay = failure?.retryAfterMs ?? defaultRetryAfter
  useEffect(() => {
    if (!isWaiting) return
    const timer = setTimeout(refetch, delay)
    return () => clearTimeout(timer)
  }, [isWaiting, delay, refetch])
  return { data, failure, refetch }
}

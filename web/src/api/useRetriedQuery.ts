import type { Failure } from '@antwon/client'
import type { TypedDocumentNode } from '@urql/core'
import { useCallback, useEffect } from 'react'
import { type AnyVariables, useQuery } from 'urql'
import { failureOfUrql } from './failureOfUrql'

const retryAfter = 3_000 // milliseconds

interface RetriedQuery<Data> {
  data: Data | undefined
  failure: Failure | undefined // undefined if the data can be used
  refetch: () => void
}

/**
 * Runs a query that a page cannot do without, and retries it until it succeeds. isEnough decides whether an answer with
 * errors in some of its fields can be used.
 */
export function useRetriedQuery<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  isEnough: (data: Data) => boolean = () => true,
): RetriedQuery<Data> {
  const [{ data, error }, execute] = useQuery<Data, Variables>({ query, variables } as never)
  const refetch = useCallback(() => execute(), [execute]) // without arguments, so that it can be an event handler
  const failure = data && isEnough(data) ? undefined : failureOfUrql(error)
  const failed = failure !== undefined
  useEffect(() => {
    if (!failed) return
    const timer = setInterval(refetch, retryAfter)
    return () => clearInterval(timer)
  }, [failed, refetch])
  return { data, failure, refetch }
}

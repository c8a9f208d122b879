import { type Failure, isTransient } from '@antwon/client'
import type { TypedDocumentNode } from '@urql/core'
import { useEffect } from 'react'
import { type AnyVariables, useSubscription } from 'urql'
import { failureOfUrql } from './failureOfUrql'

const defaultRetryAfter = 3_000 // milliseconds

/**
 * Subscribes to a query unless paused. Returns the latest data, and the failure if the subscription has ended with one.
 * Transient failures are retried; the WebSocket client handles lost connections.
 */
export function useRetriedSubscription<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  pause = false,
): { data: Data | undefined; failure: Failure | undefined } {
  const [{ data, error }, execute] = useSubscription<Data, Data, Variables>({ query, variables, pause } as never)
  const failure = failureOfUrql(error)
  const retry = !pause && failure && isTransient(failure)
  const delay = failure?.retryAfterMs ?? defaultRetryAfter
  // Every failure is a new error object, even if it repeats the previous one, so the effect runs again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!retry) return
    const timer = setTimeout(() => execute(), delay)
    return () => clearTimeout(timer)
  }, [error, retry, delay, execute])
  return { data, failure }
}

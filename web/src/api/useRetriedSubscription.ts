import type { TypedDocumentNode } from '@urql/core'
import { useEffect } from 'react'
import { type AnyVariables, useSubscription } from 'urql'
import { type Failure, failureOfUrql, isPassing } from './errors'

const again = 3_000 // milliseconds after which a subscription that failed in passing is tried again

/**
 * What a subscription sent last, and why it ended if it did. Connections that break are none of its concern. While it is
 * paused, nothing is subscribed to.
 */
export function useLive<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  pause = false,
): { data: Data | undefined; failure: Failure | undefined } {
  const [{ data, error }, execute] = useSubscription<Data, Data, Variables>({ query, variables, pause } as never)
  const failure = failureOfUrql(error)
  const retry = !pause && failure && isPassing(failure)
  const wait = failure?.retryAfterMs ?? again
  // Each failure is another error, also when it is the same one again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!retry) return
    const timer = setTimeout(() => execute(), wait)
    return () => clearTimeout(timer)
  }, [error, retry, wait, execute])
  return { data, failure }
}

import { useEffect, useReducer } from 'react'
import { serverNow } from './clock'

const longest = 60 * 60 * 1000 // milliseconds until it is looked again: timers of many days come at once

/** Whether a moment is past by the server's clock, also once it comes. Without a moment it never is. */
export function usePast(at: string | null | undefined): boolean {
  const [looked, look] = useReducer((n: number) => n + 1, 0)
  const left = at ? Date.parse(at) - serverNow() : Number.POSITIVE_INFINITY
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is looked again, and waited for again if it is not past
  useEffect(() => {
    if (!at || left <= 0) return
    const timer = setTimeout(look, Math.min(left, longest))
    return () => clearTimeout(timer)
  }, [at, looked, left <= 0])
  return left <= 0
}

import { useEffect, useReducer } from 'react'
import { server } from './server'

const maxDelay = 60 * 60 * 1000 // milliseconds; a timer of more than 24 days would fire at once

/** Whether a moment has passed by the server's clock. Re-renders when it passes. Returns false without a moment. */
export function useHasPassed(at: string | null | undefined): boolean {
  const [checks, check] = useReducer((n: number) => n + 1, 0)
  const left = at ? Date.parse(at) - server.clock.now() : Number.POSITIVE_INFINITY
  // biome-ignore lint/correctness/useExhaustiveDependencies: checks starts the next timer if the moment has not passed yet
  useEffect(() => {
    if (!at || left <= 0) return
    const timer = setTimeout(check, Math.min(left, maxDelay))
    return () => clearTimeout(timer)
  }, [at, checks, left <= 0])
  return left <= 0
}

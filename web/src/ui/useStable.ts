import { useCallback, useLayoutEffect, useRef } from 'react'

/** A function that stays the same and calls the newest one: a row of a long list renders again only if what it gets changes. */
export function useStable<Args extends unknown[]>(call: (...args: Args) => void): (...args: Args) => void {
  const newest = useRef(call)
  useLayoutEffect(() => {
    newest.current = call
  })
  return useCallback((...args: Args) => newest.current(...args), [])
}

import { useCallback, useLayoutEffect, useRef } from 'react'

/** A function that stays the same and calls the newest one, so that rows of a long list render again only with new data. */
export function useStable<Args extends unknown[]>(call: (...args: Args) => void): (...args: Args) => void {
  const newest = useRef(call)
  useLayoutEffect(() => {
    newest.current = call
  })
  return useCallback((...args: Args) => newest.current(...args), [])
}

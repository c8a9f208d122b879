import { useEffect, useState } from 'react'

/** The number of history entries that this page has pushed: Back stays on the page that many times. */
export const depth = (): number => (history.state as { depth?: number } | null)?.depth ?? 0

/** Writes an address: as a step, which Back undoes, or in place of the present one. */
export function go(address: string, isStep: boolean): void {
  const state = { depth: depth() + (isStep ? 1 : 0) }
  if (isStep) history.pushState(state, '', address)
  else history.replaceState(state, '', address)
}

const longestBack = 1000 // milliseconds

// history.go returns before the browser has moved. A tap in between would begin at the wrong entry.
let isGoing = false
let waiting: (() => void) | undefined

/** Calls act at once or, while the page is going back, as soon as it has arrived. If several wait, only the last is called. */
export function whenBack(act: () => void): void {
  if (isGoing) waiting = act
  else act()
}

/** Goes back by a number of entries that this page has pushed. The popstate event then shows the view of that entry. */
export function goBack(steps: number): void {
  if (isGoing) return
  isGoing = true
  const arrive = () => {
    isGoing = false
    clearTimeout(timer)
    removeEventListener('popstate', arrive)
    const act = waiting
    waiting = undefined
    act?.()
  }
  const timer = setTimeout(arrive, longestBack)
  addEventListener('popstate', arrive)
  history.go(-steps)
}

/**
 * Returns what `read` finds in the address, and a function that sets this value. It reads again when the browser goes back or
 * forward; code that writes the address has to set the value itself.
 */
export function useAddress<T>(read: (address: Location) => T): [T, (value: T) => void] {
  const [value, setValue] = useState(() => read(location))
  useEffect(() => {
    const onPop = () => setValue(read(location))
    addEventListener('popstate', onPop)
    return () => removeEventListener('popstate', onPop)
  }, [read])
  return [value, setValue]
}

import { useEffect, useState } from 'react'

/** How many entries of the browser's history this page has pushed: so many times Back stays in the page. */
export const depth = (): number => (history.state as { depth?: number } | null)?.depth ?? 0

/** Writes an address: as a step, which Back undoes, or in place of the present one. */
export function go(address: string, isStep: boolean): void {
  const state = { depth: depth() + (isStep ? 1 : 0) }
  if (isStep) history.pushState(state, '', address)
  else history.replaceState(state, '', address)
}

const longestBack = 1000 // milliseconds

// history.go returns before the browser has gone. Whatever a tap did meanwhile would begin at the wrong entry.
let isGoing = false
let waiting: (() => void) | undefined

/** Acts at once or, while the page is on its way back, when it has arrived. Of several acts that wait, the last one counts. */
export function whenBack(act: () => void): void {
  if (isGoing) waiting = act
  else act()
}

/** Goes back by a number of entries that this page has pushed. popstate shows what is there. */
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

/** What an address says, read again when the browser goes back or forward. Who writes an address sets it, too. */
export function useAddress<T>(read: (address: Location) => T): [T, (value: T) => void] {
  const [value, setValue] = useState(() => read(location))
  useEffect(() => {
    const onPop = () => setValue(read(location))
    addEventListener('popstate', onPop)
    return () => removeEventListener('popstate', onPop)
  }, [read])
  return [value, setValue]
}

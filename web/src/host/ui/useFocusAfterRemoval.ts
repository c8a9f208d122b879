import { type RefObject, useRef } from 'react'

/**
 * Keeps the focus in a list when a line is removed: it moves to the next line, the previous one or, in an empty list, the
 * heading. Without this the focus would be lost. Call beforeRemoval first, and the function that it returns afterwards.
 */
export function useFocusAfterRemoval(headingId: string): {
  line: RefObject<HTMLLIElement | null>
  beforeRemoval: () => () => void
} {
  const line = useRef<HTMLLIElement>(null)
  const beforeRemoval = () => {
    const removed = line.current
    const neighbour = removed?.nextElementSibling ?? removed?.previousElementSibling
    const next = neighbour?.querySelector('button')
    return () => {
      const { activeElement, body } = document
      if (activeElement !== body && !removed?.contains(activeElement)) return
      const target = next?.isConnected ? next : document.getElementById(headingId)
      target?.focus()
    }
  }
  return { line, beforeRemoval }
}

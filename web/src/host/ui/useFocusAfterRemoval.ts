import { type RefObject, useRef } from 'react'

/**
 * Keeps the focus of who takes a line out of a list: it goes to the next line, the one before or, without any, the heading.
 * Without this it would go with the line.
 */
export function useLeaving(heading: string): { line: RefObject<HTMLLIElement | null>; leaving: () => () => void } {
  const line = useRef<HTMLLIElement>(null)
  const leaving = () => {
    const here = line.current
    const neighbour = here?.nextElementSibling ?? here?.previousElementSibling
    const next = neighbour?.querySelector('button')
    return () => {
      const { activeElement, body } = document
      if (activeElement !== body && !here?.contains(activeElement)) return
      const target = next?.isConnected ? next : document.getElementById(heading)
      target?.focus()
    }
  }
  return { line, leaving }
}

import { type RefObject, useLayoutEffect, useRef } from 'react'

/** How long a row glides, in milliseconds. */
export const glideDuration = 280

/**
 * Puts the rows of a list into an order, and lets them glide to their new places when it changes. With reduced motion they are
 * there at once. The rows have an attribute data-id, and React renders them in an order that never changes: to bring the last row
 * to the front, it would move all others, and the browser would lay them all out again.
 */
export function useOrder(list: RefObject<HTMLElement | null>, order: readonly string[]): void {
  const places = useRef(new Map<HTMLElement, number>())
  const key = order.join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: key stands for order
  useLayoutEffect(() => {
    if (list.current) sort(list.current, order)
    const rows = rowsOf(list.current)
    const before = places.current
    places.current = new Map(rows.map((row) => [row, row.offsetTop])) // before any glide: later, each reading costs a layout
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    const viewTop = -(rows[0]?.offsetParent?.getBoundingClientRect().top ?? 0)
    for (const [row, to] of places.current) {
      const from = before.get(row) ?? to
      if (from === to || ![from, to].some((place) => isNearView(place - viewTop))) continue
      row.animate([{ transform: `translateY(${from - to}px)` }, { transform: 'none' }], {
        duration: glideDuration,
        easing: 'ease-out',
      })
    }
  }, [key])
}

const rowsOf = (list: HTMLElement | null) => [...(list?.querySelectorAll<HTMLElement>(':scope > [data-id]') ?? [])]

/** Puts the rows into the order. If only one row has a new place, it moves no other one. Keeps the focus. */
function sort(list: HTMLElement, order: readonly string[]): void {
  const focused = document.activeElement
  const rows = new Map(rowsOf(list).map((row) => [row.dataset.id, row]))
  let next = list.firstElementChild
  for (const id of order) {
    const row = rows.get(id)
    if (!row) continue
    if (row === next || row === next?.nextElementSibling) next = row.nextElementSibling
    else list.insertBefore(row, next)
  }
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus({ preventScroll: true })
}

/** Whether a row is within a screen of what is visible, from its distance to the top: the others need not move. */
const isNearView = (top: number): boolean => top > -innerHeight && top < 2 * innerHeight

import { type RefObject, useLayoutEffect, useRef } from 'react'

const duration = 280 // milliseconds

/**
 * Lets the rows of a list glide to their new places when their order changes.
 * The rows have an attribute data-id. With reduced motion they are there at once.
 */
export function useGlide(list: RefObject<HTMLElement | null>, order: readonly string[]): void {
  const places = useRef(new Map<string, number>())
  const key = order.join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: places change only with the order
  useLayoutEffect(() => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>(':scope > [data-id]') ?? [])]
    const before = places.current
    places.current = new Map(rows.map((row) => [row.dataset.id ?? '', row.offsetTop]))
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    for (const row of rows) {
      const from = before.get(row.dataset.id ?? '')
      if (from === undefined || from === row.offsetTop || !isNearView(row, from)) continue
      row.animate([{ transform: `translateY(${from - row.offsetTop}px)` }, { transform: 'none' }], {
        duration,
        easing: 'ease-out',
      })
    }
  }, [key])
}

/** Whether a row is or was within a screen of what is visible: the others need not move. */
function isNearView(row: HTMLElement, from: number): boolean {
  const { top } = row.getBoundingClientRect()
  const margin = innerHeight
  return [top, top + from - row.offsetTop].some((y) => y > -margin && y < innerHeight + margin)
}

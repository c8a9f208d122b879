import { type ReactNode, useEffect, useRef, useState } from 'react'
import { drift, isMirrored } from './layout'

const moveInterval = 10_000 // milliseconds between two positions, which are a pixel or two apart

/** Shows the page, and moves it slowly to prevent burn-in. */
export function Frame({ children }: { children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null)
  const { x, y, mirrored } = usePosition()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page fades in again after its sides were swapped
  useEffect(() => {
    frame.current?.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 1200, easing: 'ease-out' })
  }, [mirrored])
  return (
    <div ref={frame} className="frame" data-mirrored={mirrored} style={{ transform: `translate(${x}px, ${y}px)` }}>
      {children}
    </div>
  )
}

function usePosition() {
  const [position, setPosition] = useState(positionNow)
  useEffect(() => {
    const timer = setInterval(() => setPosition(positionNow), moveInterval)
    return () => clearInterval(timer)
  }, [])
  return position
}

function positionNow() {
  const now = Date.now()
  return { ...drift(now, Math.min(innerWidth, innerHeight) / 90), mirrored: isMirrored(now) }
}

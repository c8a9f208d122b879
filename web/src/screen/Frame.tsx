import { type ReactNode, useEffect, useRef, useState } from 'react'
import { drift, isMirrored } from './layout'

const step = 10_000 // milliseconds between two places, which are a pixel apart

/** Holds the picture, and moves it so that nothing burns into the screen. */
export function Frame({ children }: { children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null)
  const { x, y, mirrored } = usePlace()
  // biome-ignore lint/correctness/useExhaustiveDependencies: it appears anew when its sides have changed places
  useEffect(() => {
    frame.current?.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 1200, easing: 'ease-out' })
  }, [mirrored])
  return (
    <div ref={frame} className="frame" data-mirrored={mirrored} style={{ transform: `translate(${x}px, ${y}px)` }}>
      {children}
    </div>
  )
}

function usePlace() {
  const [place, setPlace] = useState(placeNow)
  useEffect(() => {
    const timer = setInterval(() => setPlace(placeNow), step)
    return () => clearInterval(timer)
  }, [])
  return place
}

function placeNow() {
  const now = Date.now()
  return { ...drift(now, Math.min(innerWidth, innerHeight) / 90), mirrored: isMirrored(now) }
}

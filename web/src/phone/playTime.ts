import { useEffect, useReducer } from 'react'
import { server } from '../api/server'
import type { PhoneMessages } from './messages'

const minute = 60_000
const refresh = 15_000 // milliseconds between two readings of the clock

/** How long until a song plays, in words such as "in 7 min". */
export function waitText(own: PhoneMessages, likely: string, now: number): string {
  const minutes = Math.round((Date.parse(likely) - now) / minute)
  return minutes < 1 ? own.inAMoment : minutes < 60 ? own.inMinutes(minutes) : own.inHours(Math.floor(minutes / 60), minutes % 60)
}

/** The server's time now, in milliseconds. Re-renders now and then. */
export function useNow(): number {
  const [, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, refresh)
    return () => clearInterval(timer)
  }, [])
  return server.clock.now()
}

import { browserStorage } from '@antwon/client'

/** The names that were given at a shared tablet, for one party. */
interface Stored {
  roomId: string
  at: number // when the last one was given, in milliseconds since 1970
  names: string[]
}

const key = 'antwon.tablet'
const most = 24
const maxAge = 24 * 60 * 60 * 1000 // milliseconds: nobody may have opened the page when the party ended

/** The names that were given on this device in a room, the last one first. Old ones are forgotten, whatever room they are of. */
export function namesOf(roomId: string, now = Date.now()): readonly string[] {
  try {
    const stored: Stored | null = JSON.parse(browserStorage.getItem(key) ?? 'null')
    if (stored && now - stored.at < maxAge) return stored.roomId === roomId ? stored.names : []
  } catch {} // not written by this page
  forgetNames()
  return []
}

/** Remembers a name for the next song. Those of another room are forgotten. */
export function rememberName(roomId: string, name: string, now = Date.now()): void {
  const others = namesOf(roomId, now).filter((each) => each.toLowerCase() !== name.toLowerCase())
  const names = [name, ...others].slice(0, most)
  browserStorage.setItem(key, JSON.stringify({ roomId, at: now, names } satisfies Stored))
}

/** Forgets all names: when the party is over, the device is no longer shared, or its user signs out. */
export const forgetNames = (): void => browserStorage.removeItem(key)

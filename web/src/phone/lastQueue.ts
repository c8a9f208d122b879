import { browserStorage } from '@antwon/client'
import { useEffect, useEffectEvent } from 'react'
import type { Api } from '../api/client'
import type { QueueState } from '../api/queue'
import type { Song } from '../ui/SongLine'

/** The queue that a room's page showed last. The page shows it again while the server cannot be reached. */
export interface LastQueue {
  at: number // in milliseconds since 1970
  name: string // of the room
  songs: { id: string; song: Song }[]
}

const maxSongs = 50
const maxAge = 24 * 60 * 60 * 1000 // milliseconds
const interval = 10_000 // milliseconds between two times it is stored
const key = (code: string) => `antwon.queue.${code}`

/** Stores what the page shows, and when the server was last heard: regularly, and when the page is hidden. */
export function useStoredQueue(api: Api, code: string, name: string, queue: QueueState): void {
  const store = useEffectEvent(() => {
    if (queue.version === null) return
    const songs = queue.items.slice(0, maxSongs).map(({ id, song }) => ({ id, song }))
    const at = api.heardAt() ?? Date.now()
    browserStorage.setItem(key(code), JSON.stringify({ at, name, songs } satisfies LastQueue))
  })
  const isLoaded = queue.version !== null
  useEffect(() => {
    if (!isLoaded) return
    store()
    const timer = setInterval(() => store(), interval)
    const onHidden = () => document.hidden && store()
    document.addEventListener('visibilitychange', onHidden)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onHidden)
    }
  }, [isLoaded])
}

/** Returns what the page of a room showed last; null if nothing is stored, or if it is older than a day. */
export function lastQueue(code: string, now = Date.now()): LastQueue | null {
  try {
    const last: LastQueue | null = JSON.parse(browserStorage.getItem(key(code)) ?? 'null')
    return last && now - last.at < maxAge && Array.isArray(last.songs) ? last : null
  } catch {
    return null
  }
}

export const forgetQueue = (code: string): void => browserStorage.removeItem(key(code))

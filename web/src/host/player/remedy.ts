import type { Delivery } from '../../api/generated'

/** The one thing a host can do to get the music going again. */
export type Remedy = 'devices' | 'openSpotify' | 'connect' | 'usePlaylist' | 'takeOver' | 'addSongs' | 'dashboard'

export interface HealthProblem {
  state: string
  reason: string | null
}

/** Returns what a host can do about a health problem; null if there is nothing, or if the state is newer than this page. */
export function remedyFor({ state, reason }: HealthProblem, delivery: Delivery): Remedy | null {
  switch (state) {
    case 'NOTHING_TO_PLAY':
      return 'addSongs'
    case 'DEVICE_LOST':
      return reason === 'PRESS_PLAY' ? 'openSpotify' : 'devices'
    case 'HOST_TOOK_OVER':
      return 'takeOver'
    case 'RECONNECT_NEEDED':
      return 'connect'
    case 'NOT_ALLOWED':
      return remedyForNotAllowed(reason, delivery)
    default:
      return null
  }
}

function remedyForNotAllowed(reason: string | null, delivery: Delivery): Remedy | null {
  if (reason === 'NOT_LISTED') return 'dashboard'
  if (reason !== 'NO_PREMIUM') return null
  return delivery === 'PLAYLIST' ? 'openSpotify' : 'usePlaylist'
}

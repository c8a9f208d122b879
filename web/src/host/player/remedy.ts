import type { Delivery } from '../../api/generated'

/** The one thing that mends a room's music. */
export type Mend = 'devices' | 'openSpotify' | 'connect' | 'usePlaylist' | 'takeOver' | 'addSongs' | 'dashboard'

export interface Matter {
  state: string
  reason: string | null
}

export const spotifyApp = 'https://open.spotify.com/'
export const dashboard = 'https://developer.spotify.com/dashboard'

/** What a host can do about a room's health; null where there is nothing, or nothing that is known here. */
export function mendOf({ state, reason }: Matter, delivery: Delivery): Mend | null {
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
      return allowing(reason, delivery)
    default:
      return null
  }
}

function allowing(reason: string | null, delivery: Delivery): Mend | null {
  if (reason === 'NOT_LISTED') return 'dashboard'
  if (reason !== 'NO_PREMIUM') return null
  return delivery === 'PLAYLIST' ? 'openSpotify' : 'usePlaylist'
}

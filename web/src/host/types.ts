import type { HostRoomFieldsFragment, HostViewerQuery, PlaybackFieldsFragment, Role } from '../api/generated'

/** A room as its hosts see it, pushed by a subscription. */
export type LiveRoom = HostRoomFieldsFragment

export type RoomSettings = NonNullable<LiveRoom['settings']>

export type Playback = PlaybackFieldsFragment

/** The signed-in user. */
export type User = { id: string; displayName: string | null; kind: string }

/** The signed-in user in the room that is shown. */
export type Me = User & { role: Role }

/** A command to the player. */
export type PlayerCommand = 'play' | 'pause' | 'skip' | 'transfer'

/** The host's Spotify account, and how to connect it. */
export interface SpotifyAccount {
  spotify: NonNullable<HostViewerQuery['viewer']>['spotify']
  connecting: boolean
  connect: () => void
  refresh: () => void // reads the connection's state again
}

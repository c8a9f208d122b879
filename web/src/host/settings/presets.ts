import type { RoomSettings } from '../types'

/** The settings that presets change. All others stay as they are, such as the last call and the blocked songs. */
type PresetSettings = Pick<
  RoomSettings,
  | 'requestsOpen'
  | 'requireApproval'
  | 'orderMode'
  | 'maxQueuedPerGuest'
  | 'addsPerHour'
  | 'maxSongSeconds'
  | 'cooldownMinutes'
  | 'allowExplicit'
  | 'skipVotePercent'
  | 'guestPlaylistUri'
  | 'guestPlaylistUse'
>

export type PresetName = 'party' | 'wedding' | 'weddingList' | 'office' | 'kids'

/** Stands for the playlist that the host chooses when the preset is applied, or has chosen before. */
export const ownPlaylist = 'OWN'

const free = {
  requestsOpen: true,
  requireApproval: false,
  addsPerHour: null,
  maxSongSeconds: null,
  allowExplicit: true,
  guestPlaylistUri: null,
  guestPlaylistUse: 'ADD' as const,
}

export const presets: Record<PresetName, PresetSettings> = {
  party: { ...free, orderMode: 'FAIR', maxQueuedPerGuest: 5, cooldownMinutes: 60, skipVotePercent: 50 },
  wedding: {
    ...free,
    requireApproval: true,
    orderMode: 'LIKES',
    maxQueuedPerGuest: 3,
    maxSongSeconds: 420,
    cooldownMinutes: 240,
    allowExplicit: false,
    skipVotePercent: 0,
  },
  weddingList: {
    ...free,
    guestPlaylistUri: ownPlaylist,
    orderMode: 'LIKES',
    maxQueuedPerGuest: 3,
    cooldownMinutes: 240,
    skipVotePercent: 0,
  },
  office: {
    ...free,
    orderMode: 'TURNS',
    maxQueuedPerGuest: 3,
    addsPerHour: 6,
    cooldownMinutes: 240,
    allowExplicit: false,
    skipVotePercent: 50,
  },
  kids: {
    ...free,
    orderMode: 'TURNS',
    maxQueuedPerGuest: 2,
    maxSongSeconds: 300,
    cooldownMinutes: 15,
    allowExplicit: false,
    skipVotePercent: 0,
  },
}

export interface Change {
  name: keyof PresetSettings
  from: PresetSettings[keyof PresetSettings]
  to: PresetSettings[keyof PresetSettings]
}

/** The changes that a preset would make to a room's settings. */
export const changesOf = (settings: PresetSettings, preset: PresetName): Change[] =>
  (Object.keys(presets[preset]) as (keyof PresetSettings)[])
    .map((name) => ({ name, from: settings[name], to: presets[preset][name] }))
    .filter(({ from, to }) => from !== to && !(to === ownPlaylist && from !== null))

import type { OrderMode, PlaylistUse } from '../../api/generated'
import type { PresetName } from './presets'

/** The texts of the rules in the settings. */
export interface RulesMessages {
  bounds: (least: number, most: number) => string
  boundsOrNone: (least: number, most: number) => string
  any: string // placeholder of an empty field: no limit
  never: string
  minutes: string
  off: string
  yes: string
  no: string

  presets: string
  presetsHint: string
  presetNames: Record<PresetName, { name: string; hint: string }>
  presetChange: (rule: string, to: string, from: string) => string
  presetApplies: string
  applyPreset: string
  applyWithPlaylist: string
  ownPlaylist: string

  adding: string
  everybody: string
  withApproval: string
  nobody: string
  requests: string
  requestsHint: string
  guestPlaylist: string
  chooseGuestPlaylist: string
  anySong: string
  allowAnySong: string
  guestPlaylistUnreadable: string
  guestPlaylistOutdated: string
  guestPlaylistLegend: string
  guestPlaylistUses: Record<PlaylistUse, { name: string; hint: string }>
  approval: string
  approvalHint: string
  trusted: string
  trustedHint: string
  likesAfter: string
  likesAfterHint: string
  lastCall: string
  lastCallHint: string
  lastCallOver: string
  opensAt: string
  opensAtHint: string
  opened: string

  order: string
  orderLegend: string
  orders: Record<OrderMode, { name: string; hint: string }>
  away: string
  awayHint: string

  limits: string
  limitCount: (n: number) => string
  perGuest: string
  perGuestHint: string
  perHour: string
  perHourHint: string
  length: string
  lengthHint: string
  cooldown: string
  cooldownHint: string
  queueLength: string
  queueLengthHint: string
  explicit: string
  explicitHint: string

  votes: string
  vote: string
  voteHint: string
  share: string
  shareHint: string
  reactions: string
  reactionsHint: string

  blocked: string
  blockedCount: (n: number) => string
  song: string
  artist: string
  allow: (name: string) => string
  block: string
  blockLink: string
  blockHint: string
  blockField: string
}

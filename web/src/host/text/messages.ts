import type { Delivery, Role, RoomHealthReason, RoomHealthState } from '../../api/generated'
import type { GroupName } from '../guests/groups'
import type { Remedy } from '../player/remedy'
import type { ApprovalMessages, QueueMessages, UndoMessages } from '../queue/messages'
import type { RecapMessages } from '../recap/messages'
import type { Reach } from '../room/reach'
import type { Tab } from '../room/useTab'
import type { RulesMessages } from '../settings/messages'
import type { PlayerCommand } from '../types'

/** The texts of the host console. */
export interface HostMessages {
  title: string
  offline: string
  present: (n: number) => string
  close: string
  failure: Record<string, string> // by error code, where this page says more than src/text
  sections: Record<'room' | 'player' | 'queue' | 'invite' | 'guests' | 'settings' | 'recap' | 'spotify', string>
  tabs: Record<Tab, string>
  signIn: SignInMessages
  spotify: SpotifyMessages
  open: OpenMessages
  offer: OfferMessages
  cohost: { notYet: string; join: string; toPhone: string; onlyHost: (name: string) => string }
  invite: InviteMessages
  player: PlayerMessages
  health: Record<RoomHealthState, string>
  /** The host paused, and the device has disappeared since: the music does not continue by itself. */
  pausedWithoutDevice: string
  reason: Record<RoomHealthReason, string>
  remedy: Record<Remedy, string>
  approvals: ApprovalMessages
  queue: QueueMessages
  undo: UndoMessages
  settings: SettingsMessages
  rules: RulesMessages
  guests: GuestMessages
  recap: RecapMessages
  end: { button: string; title: string; explanation: string; confirm: string; done: string }
}

interface SignInMessages {
  heading: string
  explanation: string
  demo: string
  name: string
  nameField: string // shown at the field for an invalid name
  button: string
  withProvider: string
  asGuest: string
  failed: string
  done: (name: string) => string
  signOut: string
  signedInAs: (name: string) => string
}

interface SpotifyMessages {
  connect: string
  reconnect: string
  explanation: string
  elsewhere: (address: string) => string // where Spotify can be connected instead
  connected: string
  failed: string
  account: (name: string) => string
  needsReconnect: string
  reconnectSoon: (date: string) => string
  until: (date: string) => string
  disconnect: string
  disconnectTitle: string
  disconnectExplanation: string
  disconnected: string
}

interface OpenMessages {
  heading: string
  explanation: string
  name: string
  nameHint: string
  nameField: string
  code: string
  codeHint: string
  codeField: string
  codeTaken: string
  first: string // shown while Spotify is not connected
  button: string
  done: (name: string) => string
}

/** The offer of a room to a co-host. */
interface OfferMessages {
  toYou: (host: string) => string
  hint: string
  spotify: string // the link to where the co-host connects Spotify, or signs in
  accept: string
  decline: string
  soonYou: string
  made: (name: string) => string
  soon: (name: string) => string
  withdraw: string
  failure: Record<string, string> // by error code
  done: Record<'accept' | 'decline' | 'withdraw', string>
}

interface InviteMessages {
  code: string
  qr: (code: string) => string
  link: string
  copy: string
  copied: string
  selected: string
  phone: string
  screen: string
  poster: string
  reach: Record<Exclude<Reach, 'everywhere'>, string> // said of addresses that not every phone can open
}

interface PlayerMessages {
  play: string
  pause: string
  skip: string
  busy: string
  progress: string
  votes: (n: number, needed: number) => string
  foreign: string
  sound: string
  device: (name: string) => string
  noDevice: string
  choose: string
  chooseHeading: string
  refresh: string
  noDevices: string
  openSpotify: string
  active: string
  restricted: string
  notThere: string
  volume: string
  fixedVolume: string
  failure: Record<string, string>
  done: Record<PlayerCommand, string>
  delivery: Record<Delivery, string>
}

interface SettingsMessages {
  name: string
  save: string
  saved: string
  music: string
  delivery: string
  deliveries: Record<Delivery, { name: string; hint: string }>
  fallback: string
  fallbackHint: string
  source: string
  similar: string
  playlist: string
  choose: string
  chooseHeading: string
  songs: (n: number) => string
  noPlaylists: string
  more: string
  choosePlaylist: (name: string) => string
  choosePlaylistShort: string
  link: string
  linkField: string
  noPlaylist: string
}

interface GuestMessages {
  roles: Record<Role, string>
  groups: Record<GroupName, string>
  present: string
  absent: string
  you: string
  refresh: string
  more: string
  manage: (name: string) => string
  manageShort: string
  offerRoom: string
  offerRoomHint: string
  makeCohost: string
  makeCohostHint: string
  makeTablet: string
  makeTabletHint: string
  makeGuest: string
  makeGuestHint: string
  remove: string
  removeHint: string
  removeSongs: string
  removeSongsHint: string
  ban: string
  banHint: string
  banTitle: (name: string) => string
  noSongs: (name: string) => string
  done: {
    OFFER: (name: string) => string
    SONGS: (name: string) => string
    COHOST: (name: string) => string
    GUEST: (name: string) => string
    TABLET: (name: string) => string
    REMOVED: (name: string) => string
    BANNED: (name: string) => string
  }
}

import type { Delivery, Role, RoomHealthReason, RoomHealthState } from '../../api/generated'
import type { Mend } from '../player/remedy'
import type { PlayerCommand } from '../player/usePlayer'
import type { ApprovalMessages, QueueMessages, UndoMessages } from '../queue/messages'
import type { EveningMessages } from '../recap/messages'
import type { RulesMessages } from '../settings/messages'

/** What the host console has to say. */
export interface HostMessages {
  title: string
  offline: string
  present: (n: number) => string
  close: string
  failure: Record<string, string> // by code, where this page has more to say of it than all pages
  sections: Record<'room' | 'player' | 'queue' | 'invite' | 'guests' | 'settings' | 'evening' | 'spotify', string>
  signIn: SignInMessages
  spotify: SpotifyMessages
  open: OpenMessages
  cohost: { notYet: string; join: string; toPhone: string; onlyHost: (name: string) => string }
  invite: InviteMessages
  player: PlayerMessages
  health: Record<RoomHealthState, string>
  reason: Record<RoomHealthReason, string>
  mend: Record<Mend, string>
  approvals: ApprovalMessages
  queue: QueueMessages
  undo: UndoMessages
  settings: SettingsMessages
  rules: RulesMessages
  guests: GuestMessages
  evening: EveningMessages
  end: { button: string; title: string; explanation: string; confirm: string; done: string }
}

interface SignInMessages {
  heading: string
  explanation: string
  demo: string
  name: string
  nameField: string // what a name has to be like
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
  connectAgain: string
  why: string
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
  first: string // Spotify has to be connected
  button: string
  done: (name: string) => string
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
  take: (name: string) => string
  link: string
  linkField: string
  useLink: string
  noPlaylist: string
}

interface GuestMessages {
  roles: Record<Role, string>
  here: string
  away: string
  you: string
  refresh: string
  more: string
  change: (name: string) => string
  changeShort: string
  makeCohost: string
  makeCohostHint: string
  makeGuest: string
  makeGuestHint: string
  remove: string
  removeHint: string
  ban: string
  banHint: string
  banTitle: (name: string) => string
  done: {
    COHOST: (name: string) => string
    GUEST: (name: string) => string
    REMOVED: (name: string) => string
    BANNED: (name: string) => string
  }
}

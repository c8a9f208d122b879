import type { OrderReason, Reaction, SkippedBy } from '../api/generated'
import type { ItemKind } from './itemKind'

/** The texts of the phone page. */
export interface PhoneMessages {
  title: (room: string) => string
  titleYourNext: (room: string) => string
  joinTitle: (room: string) => string
  joinHint: string
  name: string
  namePlaceholder: string
  join: string
  joining: string
  otherCode: string
  tabs: { queue: string; search: string; mine: string; history: string }
  present: (n: number) => string
  lastAddedBy: (name: string) => string // before the song's name
  nowPlaying: string
  react: string // the label of the row of reactions
  reactions: Record<Reaction, string>
  reacted: (reaction: string) => string // for screen readers
  vote: string
  takeVoteBack: string
  voteLate: string
  voteSoon: string
  votes: (n: number, needed: number) => string
  upNext: string
  yourNext: (song: string) => string
  emptyQueue: string
  addFirst: string
  mine: string // in place of who added the song
  kinds: Partial<Record<ItemKind, string>> // badges
  details: (song: string) => string
  openPlaying: string
  inAMoment: string
  inMinutes: (minutes: number) => string
  inHours: (hours: number, minutes: number) => string
  playsAt: (time: string) => string
  earliest: (time: string) => string
  reasons: (likes: string, fair: boolean) => Record<Exclude<OrderReason, 'HELD' | 'AWAY'>, string> // a held song shows its refusal instead
  waitsFor: (name: string) => string // why a song waits whose guest is away
  pinnedUntil: (likes: number) => string
  like: (song: string) => string
  likeIt: string
  takeLikeBack: string
  openInSpotify: string
  songsBy: (artist: string) => string
  songsOn: (album: string) => string
  back: string // one step, to the artist's songs or to the search
  searchLabel: string
  searchPlaceholder: string
  searchPlaylist: string
  playlistOnly: string
  emptyPlaylist: string
  notices: string // a button that stays pressed
  noticesOn: string
  noticesBlocked: string // by the browser
  noticesFailed: string // to be turned on
  noticesStillOn: string
  noticesHomeScreen: string // on an iPhone
  playedTonight: string
  likedTonight: string
  searching: string
  nothingFound: (query: string) => string
  degraded: string
  moreResults: string
  addSong: (song: string) => string
  addLink: string
  adding: string
  addFor: string
  addForMyself: string
  addForSomebody: string
  addForName: string
  tabletHint: string
  whoAdds: (song: string) => string
  namesBefore: string // the label of the names that were given before
  addedFor: (song: string, name: string) => string
  queuedAlready: (song: string) => string
  resultCount: (n: number) => string
  mySongs: string
  noSongs: string
  myLikes: string
  noLikes: string
  history: string
  emptyHistory: string
  moreHistory: string
  skipped: Record<SkippedBy | 'ELSEWHERE', string> // ELSEWHERE: by the player itself, for example in the Spotify app
  recap: string
  recapPlayed: (n: number) => string
  recapGot: (n: number) => string
  recapGiven: (n: number) => string
  withdraw: string
  withdrawSong: (song: string) => string
  opensAt: (time: string) => string
  lastCall: (time: string) => string
  quotaQueued: (queued: number, max: number) => string
  quotaAdds: (left: number) => string
  quotaRefills: (time: string) => string
  added: (song: string) => string
  addedAwaiting: (song: string) => string
  becameLike: (song: string) => string
  liked: (song: string) => string
  unliked: (song: string) => string
  withdrawn: (song: string) => string
  undo: string
  undone: (song: string) => string
  undoLate: (song: string) => string
  dismiss: string
  failed: (name: string, reason: string) => string
  unsent: (n: number) => string
  youAre: (name: string) => string
  rename: string
  bringFriend: string
  scanToJoin: (url: string) => string
  shareLink: string
  copyLink: string
  linkCopied: string
  keepsTrying: string
  noCookies: string
  save: string
  roomOffered: (host: string) => string
  answerOffer: string
  toHost: string
  toScreen: string
  signOut: string
  removedTitle: string
  removedText: string
  joinAgain: string
  sections: string
}

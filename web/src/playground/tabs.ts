import type { Login } from '../api/login'
/**
 * The tabs tell the story of a party, in order. Words in CAPITALS stand for what earlier tabs answered: they are filled in
 * when a tab is run. Whatever else is written in their place is sent as it stands.
 */
export interface Tab {
  query: string
  variables?: Record<string, unknown>
  gives?: Record<string, (data: Answer) => string | undefined> // the words that this tab's answer explains
}

/** What the tabs' answers may hold, whatever people select in them. */
export interface Answer {
  viewer?: { hostedRoom?: { id?: string; code?: string } | null } | null
  createRoom?: { id?: string; code?: string }
  joinRoom?: { room?: { id?: string; code?: string } }
  searchSongs?: { hits?: { canAdd?: boolean; song?: { uri?: string } }[] }
  addSong?: { item?: { id?: string } }
}

/** How hosts sign in: anybody in the demo, else by an identity provider. */

const demoLogin: Tab = {
  query: `# A host signs in. In the demo everybody may,
# with a simulated Spotify account and player.
# From now on this browser is the host, and so
# the following tabs are run as the host. Who
# wants to be somebody else for one tab writes
# {"Authorization": "Bearer …"} into its
# headers, or "" to be nobody.
mutation demoLogin($displayName: String!) {
  demoLogin(displayName: $displayName) {
    accessToken
    expiresAt
    viewer { user { id displayName kind } }
  }
}
`,
  variables: { displayName: 'Toni' },
}

const viewer: Tab = {
  query: `# Who am I? A host signs in by the link above,
# and comes back here. ROOM_ID and ROOM_CODE
# stand for the room that the host has opened
# before.
query viewer {
  viewer {
    user { id displayName kind }
    spotify {
      connected
      reconnectBy
      reconnectSoon
    }
    hostedRoom { id code name joinUrl }
  }
}
`,
  gives: { ROOM_ID: (data) => data.viewer?.hostedRoom?.id, ROOM_CODE: (data) => data.viewer?.hostedRoom?.code },
}

const hostStory: Tab[] = [
  {
    query: `# The host lets the server play songs: open the
# url in this browser, where Spotify asks for
# permission. Hosts of the demo have a simulated
# account already; for them this connects
# another one.
mutation connectSpotify($returnTo: String) {
  connectSpotify(returnTo: $returnTo) {
    url
  }
}
`,
    variables: { returnTo: '/playground' },
  },
  {
    query: `# The host opens a room. Guests join it by its
# code. ROOM_ID and ROOM_CODE stand for this
# room from now on.
mutation createRoom($input: CreateRoomInput!) {
  createRoom(input: $input) {
    id
    code
    name
    joinUrl
  }
}
`,
    variables: { input: { name: 'Friday night' } },
    gives: { ROOM_ID: (data) => data.createRoom?.id, ROOM_CODE: (data) => data.createRoom?.code },
  },
  {
    query: `# The rules of the house, at once and for all
# that waits. What is left out stays as it is;
# docs/rules.md has the others.
mutation updateRoom($roomId: ID!, $input: UpdateRoomInput!) {
  updateRoom(roomId: $roomId, input: $input) {
    settings {
      orderMode
      maxQueuedPerGuest
      addsPerHour
      cooldownMinutes
      skipVotePercent
      lastCallAt
    }
  }
}
`,
    variables: { roomId: 'ROOM_ID', input: { settings: { orderMode: 'FAIR', maxQueuedPerGuest: 5 } } },
  },
]

const guestStory: Tab[] = [
  {
    query: `# A guest joins by the room's code, without an
# account. Who is signed in joins as who they
# are; {"Authorization": ""} in the headers
# below makes a new guest. This browser is the
# guest from now on. ROOM_ID stands for the
# room.
mutation joinRoom($code: String!, $displayName: String!) {
  joinRoom(code: $code, displayName: $displayName) {
    session {
      accessToken
      expiresAt
      viewer { user { displayName kind } }
    }
    room { id code name }
  }
}
`,
    variables: { code: 'ROOM_CODE', displayName: 'Robin' },
    gives: { ROOM_ID: (data) => data.joinRoom?.room?.id, ROOM_CODE: (data) => data.joinRoom?.room?.code },
  },
  {
    query: `# What shall be played? SONG_URI stands for the
# first song found here that can be added.
query searchSongs($roomId: ID!, $query: String!) {
  searchSongs(roomId: $roomId, query: $query) {
    hits {
      song { uri name artists spotifyUrl }
      canAdd
      refusal { reason message }
    }
    hasMore
  }
}
`,
    variables: { roomId: 'ROOM_ID', query: 'night' },
    gives: { SONG_URI: (data) => data.searchSongs?.hits?.find((hit) => hit.canAdd !== false)?.song?.uri },
  },
  {
    query: `# Add it. A song that is in the queue already
# gets a like instead. ITEM_ID stands for its
# entry in the queue.
mutation addSong($roomId: ID!, $songUri: String!) {
  addSong(roomId: $roomId, songUri: $songUri) {
    alreadyQueued
    item { id position likeCount state song { name artists } }
  }
}
`,
    variables: { roomId: 'ROOM_ID', songUri: 'SONG_URI' },
    gives: { ITEM_ID: (data) => data.addSong?.item?.id },
  },
  {
    query: `# Likes move a song up. Liking it twice is no
# error, and counts once. The first song of a
# new room plays at once, and can be liked no
# more: then search and add another.
mutation likeQueueItem($itemId: ID!) {
  likeQueueItem(itemId: $itemId) {
    id
    position
    likeCount
    likedByViewer
    song { name }
  }
}
`,
    variables: { itemId: 'ITEM_ID' },
  },
  {
    query: `# A slip of the thumb: takes back what you did
# last, within half a minute. Run it again, and
# the song you added goes, too.
mutation undo($roomId: ID!) {
  undo(roomId: $roomId) {
    items { id likeCount song { name } }
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
  },
  {
    query: `# The whole queue, now and after every change.
# Run it, then like and add in another window.
subscription roomQueue($roomId: ID!) {
  roomQueue(roomId: $roomId) {
    version
    items {
      id
      position
      likeCount
      state
      song { name artists }
      addedBy { displayName }
    }
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
  },
  {
    query: `# Only what changed. With "since" in the
# variables (the version you have) it goes on
# from there.
subscription roomQueueChanges($roomId: ID!, $since: Int) {
  roomQueueChanges(roomId: $roomId, since: $since) {
    since
    version
    reset
    upserted { id likeCount state song { name } }
    removedIds
    moved { id position }
    order
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
  },
  {
    query: `# When each song plays, and why it stands where
# it stands.
subscription roomSchedule($roomId: ID!) {
  roomSchedule(roomId: $roomId) {
    entries { itemId earliest likely reason message }
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
  },
  {
    query: `# What the host's player does. While PLAYING,
# progress goes on from observedAt.
subscription playback($roomId: ID!) {
  playback(roomId: $roomId) {
    version
    status
    progressMs
    observedAt
    song { name artists durationMs }
    item { id likeCount addedBy { displayName } }
    device { name isActive }
    health { state guestMessage }
    skipVotes
    skipVotesNeeded
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
  },
  {
    query: `# Enough of this song? It ends when as many as
# skipVotesNeeded say so. A host's vote ends it
# at once.
mutation voteToSkip($roomId: ID!) {
  voteToSkip(roomId: $roomId) {
    skipVotes
    skipVotesNeeded
    item { song { name } }
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
  },
  {
    query: `# What concerns you alone: what you like and
# added, and whether your song is next.
subscription viewerInRoom($roomId: ID!) {
  viewerInRoom(roomId: $roomId) {
    role
    likedItemIds
    addedItemIds
    next { song { name } }
    quota { queued maxQueued addsLeft refillsAt }
    awaitingApproval { song { name } }
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
  },
  {
    query: `# What was played, the latest first, and your own
# evening.
query history($roomId: ID!) {
  room(id: $roomId) {
    history(first: 20) {
      edges {
        node {
          startedAt
          skippedBy
          item { likeCount song { name } addedBy { displayName } }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
    recap { likesGiven likesGot songsPlayed { song { name } } }
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
  },
]

/** The guests' story where a room's code is known, else the whole party. */
export function storyFor(code: string, login: Login): Tab[] {
  if (code) return guestStory.map((tab) => (tab.variables?.code ? { ...tab, variables: { ...tab.variables, code } } : tab))
  return [login === 'demo' ? demoLogin : viewer, ...hostStory, ...guestStory]
}

/** What an operation is called, which is also its tab's title. */
export const nameOf = (tab: Tab): string => /^(?:query|mutation|subscription) (\w+)/m.exec(tab.query)?.[1] ?? ''

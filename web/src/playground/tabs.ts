import type { Login } from '../api/login'

/**
 * A tab of the playground. In order, the tabs walk through a party. Placeholders in CAPITALS stand for values from the answers
 * of earlier tabs and are filled in when a tab is run. Anything else is sent as it is.
 */
export interface Tab {
  query: string
  variables?: Record<string, unknown>
  provides?: Record<string, (data: Answer) => string | undefined> // the placeholders that this tab's answer has values for
}

/** The fields of the answers that placeholders are read from. Developers may have edited the selection. */
export interface Answer {
  viewer?: { hostedRoom?: { id?: string; code?: string } | null } | null
  createRoom?: { id?: string; code?: string }
  joinRoom?: { room?: { id?: string; code?: string } }
  searchSongs?: { nodes?: { canAdd?: boolean; song?: { uri?: string } }[] }
  addSong?: { item?: { id?: string } }
}

const demoLogin: Tab = {
  query: `# A host signs in. In the demo everybody can,
# with a simulated Spotify account and player.
# From now on this browser is the host, and
# the following tabs run as the host. To run a
# tab as another user, write
# {"Authorization": "Bearer …"} into its
# headers, or "" to run it signed out.
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
# stand for the host's open room, if there is
# one.
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
  provides: { ROOM_ID: (data) => data.viewer?.hostedRoom?.id, ROOM_CODE: (data) => data.viewer?.hostedRoom?.code },
}

const hostTabs: Tab[] = [
  {
    query: `# The host lets the server play songs. Open the
# url in this browser, and Spotify asks for
# permission. Hosts of the demo already have a
# simulated account; for them, this connects
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
    provides: { ROOM_ID: (data) => data.createRoom?.id, ROOM_CODE: (data) => data.createRoom?.code },
  },
  {
    query: `# Change the room's settings. They apply at
# once, also to waiting songs. Settings that
# are left out stay as they are; docs/rules.md
# lists them all.
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

const guestTabs: Tab[] = [
  {
    query: `# A guest joins by the room's code, without an
# account. If you are signed in, you join as
# yourself; {"Authorization": ""} in the
# headers below makes a new guest. From now on
# this browser is the guest. ROOM_ID stands
# for the room.
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
    provides: { ROOM_ID: (data) => data.joinRoom?.room?.id, ROOM_CODE: (data) => data.joinRoom?.room?.code },
  },
  {
    query: `# Search for a song. SONG_URI stands for the
# first result that can be added.
query searchSongs($roomId: ID!, $query: String!) {
  searchSongs(roomId: $roomId, query: $query) {
    nodes {
      song { uri name artists spotifyUrl }
      canAdd
      refusal { reason message }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: { roomId: 'ROOM_ID', query: 'night' },
    provides: { SONG_URI: (data) => data.searchSongs?.nodes?.find((hit) => hit.canAdd !== false)?.song?.uri },
  },
  {
    query: `# Add it. A song that is already in the queue
# gets a like instead. ITEM_ID stands for the
# queue item.
mutation addSong($roomId: ID!, $songUri: String!) {
  addSong(roomId: $roomId, songUri: $songUri) {
    alreadyQueued
    item { id position likeCount state song { name artists } }
  }
}
`,
    variables: { roomId: 'ROOM_ID', songUri: 'SONG_URI' },
    provides: { ITEM_ID: (data) => data.addSong?.item?.id },
  },
  {
    query: `# Likes move a song up. Liking it twice is no
# error, and counts once. The first song of a
# new room plays at once and can no longer be
# liked: in that case, search and add another.
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
    query: `# Undo your last action, within half a minute.
# Run it again to undo adding the song, too.
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
# Run it, then like and add songs in another
# window.
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
    query: `# Only the differences. With "since" in the
# variables (the version you have), it
# continues from there.
subscription roomQueueChanges($roomId: ID!, $since: Int) {
  roomQueueChanges(roomId: $roomId, since: $since) {
    since
    version
    reset
    upserted { id likeCount state song { name } }
    likes { itemId likeCount }
    removedIds
    moved { itemId position }
    order
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
  },
  {
    query: `# When each song is expected to play, and why
# it has its place.
subscription roomSchedule($roomId: ID!) {
  roomSchedule(roomId: $roomId) {
    entries { itemId earliest likely reason message }
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
  },
  {
    query: `# What the host's player does. While it is
# PLAYING, the progress counts on from
# observedAt.
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
    query: `# Vote to skip this song. It ends as soon as
# there are skipVotesNeeded votes. A host's
# vote ends it at once.
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
    query: `# Your own state in the room: what you liked
# and added, and whether your song is next.
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
    query: `# The songs that were played, the latest
# first, and your recap.
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

/** The tabs for a guest if a room's code is given, otherwise all tabs. */
export function tabsFor(code: string, login: Login): Tab[] {
  if (code) return guestTabs.map((tab) => (tab.variables?.code ? { ...tab, variables: { ...tab.variables, code } } : tab))
  return [login === 'demo' ? demoLogin : viewer, ...hostTabs, ...guestTabs]
}

/** The name of a tab's operation, which is also the tab's title. */
export const nameOf = (tab: Tab): string => /^(?:query|mutation|subscription) (\w+)/m.exec(tab.query)?.[1] ?? ''

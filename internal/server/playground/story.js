// The tabs of the playground tell the story of a party, in order. Words in CAPITALS stand for what earlier tabs answered:
// playground.js puts it in when a tab is run ("gives" says what a tab's answer is good for). Whatever else is written in
// their place is sent as it stands.
'use strict';

const asHost = { Authorization: 'Bearer HOST_TOKEN' };
const asGuest = { Authorization: 'Bearer GUEST_TOKEN' };

const hostStory = [
  {
    query: `# A host signs in. In the demo everybody may, with a simulated Spotify account and player.
# The accessToken belongs into the headers below, as in the next tab:
# {"Authorization": "Bearer …"}. HOST_TOKEN stands for the one you got here.
mutation DemoLogin($displayName: String!) {
  demoLogin(displayName: $displayName) {
    accessToken
    expiresAt
    viewer { user { id displayName kind } }
  }
}
`,
    variables: { displayName: 'Toni' },
    gives: { HOST_TOKEN: (data) => data.demoLogin?.accessToken },
  },
  {
    query: `# Where this is no demo a host signs in at /auth/login?returnTo=/playground, and comes back here.
# The browser's cookie then gives the access token; and later a new one, to hosts and guests alike.
mutation RefreshSession {
  refreshSession {
    accessToken
    expiresAt
    viewer { user { id displayName kind } }
  }
}
`,
    gives: {
      HOST_TOKEN: ({ refreshSession: s }) => s?.viewer?.user?.kind === 'HOST' && s.accessToken,
      GUEST_TOKEN: ({ refreshSession: s }) => s?.viewer?.user?.kind === 'GUEST' && s.accessToken,
    },
  },
  {
    query: `# The host opens a room. Guests join it by its code.
mutation CreateRoom($input: CreateRoomInput!) {
  createRoom(input: $input) {
    id
    code
    name
    joinUrl
  }
}
`,
    variables: { input: { name: 'Friday night' } },
    headers: asHost,
    gives: { ROOM_ID: (data) => data.createRoom?.id, ROOM_CODE: (data) => data.createRoom?.code },
  },
];

const guestStory = [
  {
    query: `# A guest joins by the room's code, without an account.
# The accessToken belongs into the headers of all that follows:
# {"Authorization": "Bearer …"}. GUEST_TOKEN stands for the one you got here, ROOM_ID for the room.
mutation JoinRoom($code: String!, $displayName: String!) {
  joinRoom(code: $code, displayName: $displayName) {
    session { accessToken expiresAt }
    room { id code name }
  }
}
`,
    variables: { code: 'ROOM_CODE', displayName: 'Robin' },
    gives: {
      GUEST_TOKEN: (data) => data.joinRoom?.session?.accessToken,
      ROOM_ID: (data) => data.joinRoom?.room?.id,
    },
  },
  {
    query: `# What shall be played? SONG_URI stands for the first song found here.
query SearchSongs($roomId: ID!, $query: String!) {
  searchSongs(roomId: $roomId, query: $query) {
    hits {
      song { uri name artists albumName durationMs spotifyUrl }
      canAdd
      refusal { reason message }
    }
    hasMore
  }
}
`,
    variables: { roomId: 'ROOM_ID', query: 'night' },
    headers: asGuest,
    gives: { SONG_URI: (data) => data.searchSongs?.hits?.[0]?.song?.uri },
  },
  {
    query: `# Add it. A song that is in the queue already gets a like instead. ITEM_ID stands for its entry in the queue.
mutation AddSong($roomId: ID!, $songUri: String!) {
  addSong(roomId: $roomId, songUri: $songUri) {
    alreadyQueued
    item { id position likeCount state song { name artists } }
  }
}
`,
    variables: { roomId: 'ROOM_ID', songUri: 'SONG_URI' },
    headers: asGuest,
    gives: { ITEM_ID: (data) => data.addSong?.item?.id },
  },
  {
    query: `# Likes move a song up. Liking it twice is no error, and counts once.
mutation LikeQueueItem($itemId: ID!) {
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
    headers: asGuest,
  },
  {
    query: `# The whole queue, now and after every change. Run it, then like and add in another window.
subscription RoomQueue($roomId: ID!) {
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
    headers: asGuest,
  },
  {
    query: `# Only what changed. With "since" in the variables (the version you have) it goes on from there.
subscription RoomQueueChanges($roomId: ID!, $since: Int) {
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
    headers: asGuest,
  },
  {
    query: `# What the host's player does. While PLAYING, progress goes on from observedAt.
subscription Playback($roomId: ID!) {
  playback(roomId: $roomId) {
    version
    status
    progressMs
    observedAt
    song { name artists durationMs }
    item { id likeCount addedBy { displayName } }
    device { name isActive }
    health { state guestMessage }
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
    headers: asGuest,
  },
  {
    query: `# What concerns you alone: what you like and added, and whether your song is next.
subscription ViewerInRoom($roomId: ID!) {
  viewerInRoom(roomId: $roomId) {
    role
    likedItemIds
    addedItemIds
    next { song { name } }
    quota { queued }
  }
}
`,
    variables: { roomId: 'ROOM_ID' },
    headers: asGuest,
  },
];

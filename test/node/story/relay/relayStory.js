// The story's operations for Relay, whose compiler finds them here. The generated code contains them; this file is never run.
import { graphql } from 'relay-runtime'

graphql`
  fragment relayStoryQueue on RoomQueue {
    id
    version
    items {
      id
      likeCount
      likedByViewer
      song {
        uri
        name
      }
      addedBy {
        id
        displayName
      }
    }
  }
`

graphql`
  mutation relayStoryJoinMutation($code: String!, $name: String!) {
    joinRoom(code: $code, displayName: $name) {
      session {
        accessToken
      }
      room {
        id
      }
    }
  }
`

graphql`
  query relayStoryRoomQuery($id: ID!) {
    room(id: $id) {
      id
      name
      queue {
        ...relayStoryQueue @relay(mask: false)
      }
    }
  }
`

graphql`
  subscription relayStoryRoomSubscription($room: ID!) {
    room(roomId: $room) {
      id
      name
    }
  }
`

graphql`
  subscription relayStoryQueueSubscription($room: ID!) {
    roomQueue(roomId: $room) {
      ...relayStoryQueue @relay(mask: false)
    }
  }
`

graphql`
  mutation relayStoryAddMutation($room: ID!, $song: String!) {
    addSong(roomId: $room, songUri: $song) {
      item {
        id
        likeCount
        likedByViewer
      }
    }
  }
`

graphql`
  mutation relayStoryLikeMutation($item: ID!) {
    likeQueueItem(itemId: $item) {
      id
      likeCount
      likedByViewer
    }
  }
`

// All lists of the schema that come in pages.
graphql`
  query relayStoryPagesQuery($id: ID!, $words: String!) {
    room(id: $id) {
      ...relayStory_log
      ...relayStory_members
      ...relayStory_history
    }
    viewer {
      ...relayStory_playlists
    }
    ...relayStory_searchSongs @arguments(roomId: $id, words: $words)
  }
`

graphql`
  fragment relayStory_log on Room
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "relayStoryLogPageQuery") {
    log(first: $count, after: $cursor) @connection(key: "relayStory_log") {
      edges {
        node {
          message
        }
      }
    }
  }
`

graphql`
  fragment relayStory_members on Room
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "relayStoryMembersPageQuery") {
    members(first: $count, after: $cursor) @connection(key: "relayStory_members") {
      edges {
        node {
          participant {
            displayName
          }
        }
      }
    }
  }
`

graphql`
  fragment relayStory_history on Room
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "relayStoryHistoryPageQuery") {
    history(first: $count, after: $cursor) @connection(key: "relayStory_history") {
      edges {
        node {
          startedAt
        }
      }
    }
  }
`

graphql`
  fragment relayStory_playlists on Viewer
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "relayStoryPlaylistsPageQuery") {
    playlists(first: $count, after: $cursor) @connection(key: "relayStory_playlists") {
      edges {
        node {
          name
        }
      }
    }
  }
`

graphql`
  fragment relayStory_searchSongs on Query
  @argumentDefinitions(
    roomId: { type: "ID!" }
    words: { type: "String!" }
    count: { type: "Int", defaultValue: 2 }
    cursor: { type: "String" }
  )
  @refetchable(queryName: "relayStorySearchSongsPageQuery") {
    searchSongs(roomId: $roomId, query: $words, first: $count, after: $cursor)
    @connection(key: "relayStory_searchSongs") {
      edges {
        node {
          song {
            name
          }
        }
      }
    }
  }
`

import type {
  AddSongMutation,
  AddSongMutationVariables,
  DemoLoginMutation,
  DemoLoginMutationVariables,
  JoinRoomMutation,
  JoinRoomMutationVariables,
  LikeItemMutation,
  LikeItemMutationVariables,
  RefreshSessionMutation,
  RefreshSessionMutationVariables,
  RemoveItemMutation,
  RemoveItemMutationVariables,
  SignOutMutation,
  SignOutMutationVariables,
  UndoMutation,
  UndoMutationVariables,
  UnlikeItemMutation,
  UnlikeItemMutationVariables,
  WatchRoomMutation,
  WatchRoomMutationVariables,
} from './generated.ts'

/** A GraphQL document with the types of its data and variables, which urql and Apollo Client understand, too. */
export type Operation<Data, Variables> = string & { __apiType?: (variables: Variables) => Data }

const operation = <Data, Variables>(text: string) => text as Operation<Data, Variables>

const sessionFields = /* GraphQL */ `fragment SessionFields on Session {
  accessToken
  expiresAt
  viewer { user { id displayName kind } }
}`

export const refreshSession = operation<
  RefreshSessionMutation,
  RefreshSessionMutationVariables
>(/* GraphQL */ `mutation RefreshSession {
  refreshSession { ...SessionFields }
} ${sessionFields}`)

export const signOut = operation<SignOutMutation, SignOutMutationVariables>(/* GraphQL */ `mutation SignOut {
  signOut
}`)

export const demoLogin = operation<
  DemoLoginMutation,
  DemoLoginMutationVariables
>(/* GraphQL */ `mutation DemoLogin($displayName: String!) {
  demoLogin(displayName: $displayName) { ...SessionFields }
} ${sessionFields}`)

export const joinRoom = operation<
  JoinRoomMutation,
  JoinRoomMutationVariables
>(/* GraphQL */ `mutation JoinRoom($code: String!, $displayName: String!) {
  joinRoom(code: $code, displayName: $displayName) {
    session { ...SessionFields }
    room { id code name }
  }
} ${sessionFields}`)

export const watchRoom = operation<
  WatchRoomMutation,
  WatchRoomMutationVariables
>(/* GraphQL */ `mutation WatchRoom($code: String!) {
  watchRoom(code: $code) {
    session { ...SessionFields }
    room { id code name }
  }
} ${sessionFields}`)

export const addSong = operation<
  AddSongMutation,
  AddSongMutationVariables
>(/* GraphQL */ `mutation AddSong($roomId: ID!, $songUri: String!, $key: String!) {
  addSong(roomId: $roomId, songUri: $songUri, idempotencyKey: $key) {
    alreadyQueued
    item { id state song { name } }
  }
}`)

export const likeItem = operation<
  LikeItemMutation,
  LikeItemMutationVariables
>(/* GraphQL */ `mutation LikeItem($itemId: ID!, $key: String!) {
  likeQueueItem(itemId: $itemId, idempotencyKey: $key) { id }
}`)

export const unlikeItem = operation<
  UnlikeItemMutation,
  UnlikeItemMutationVariables
>(/* GraphQL */ `mutation UnlikeItem($itemId: ID!, $key: String!) {
  unlikeQueueItem(itemId: $itemId, idempotencyKey: $key) { id }
}`)

export const removeItem = operation<
  RemoveItemMutation,
  RemoveItemMutationVariables
>(/* GraphQL */ `mutation RemoveItem($itemId: ID!, $key: String!) {
  removeQueueItem(itemId: $itemId, idempotencyKey: $key) { version }
}`)

export const undo = operation<UndoMutation, UndoMutationVariables>(/* GraphQL */ `mutation Undo($roomId: ID!, $of: String!) {
  undo(roomId: $roomId, of: $of) { version }
}`)

/** The queue's changes, with what most front ends show of a song. */
export const followedQueue = /* GraphQL */ `subscription FollowedQueue($roomId: ID!, $since: Int) {
  roomQueueChanges(roomId: $roomId, since: $since) {
    version reset removedIds moved { itemId position } order likes { itemId likeCount }
    upserted { id likeCount state song { uri name artists imageUrl spotifyUrl } addedBy { id displayName } }
  }
}`

export const roomStatus = /* GraphQL */ `query RoomStatus($roomId: ID!) {
  room(id: $roomId) { status }
}`

import relay from 'relay-runtime'
import { createEnvironment } from '../build/docs/clients/relay.mjs'
import AddMutation from '../build/relay/relayStoryAddMutation.graphql.js'
import JoinMutation from '../build/relay/relayStoryJoinMutation.graphql.js'
import LikeMutation from '../build/relay/relayStoryLikeMutation.graphql.js'
import PagesQuery from '../build/relay/relayStoryPagesQuery.graphql.js'
import QueueSubscription from '../build/relay/relayStoryQueueSubscription.graphql.js'
import RoomQuery from '../build/relay/relayStoryRoomQuery.graphql.js'
import RoomSubscription from '../build/relay/relayStoryRoomSubscription.graphql.js'
import history from '../build/relay/relayStory_history.graphql.js'
import log from '../build/relay/relayStory_log.graphql.js'
import members from '../build/relay/relayStory_members.graphql.js'
import playlists from '../build/relay/relayStory_playlists.graphql.js'
import searchSongs from '../build/relay/relayStory_searchSongs.graphql.js'

const {
  commitMutation, createOperationDescriptor, fetchQuery, getPaginationMetadata, getPaginationVariables, getSingularSelector,
  requestSubscription,
} = relay

export function createGuest(session, server) {
  const environment = createEnvironment(session, server)

  const mutate = (mutation, variables) => new Promise((resolve, reject) => {
    const onCompleted = (data, errors) => (errors ? reject(errors) : resolve(data))
    commitMutation(environment, { mutation, variables, onCompleted, onError: reject })
  })

  // Loads a query, keeps its result in the store, and returns what the store has of it.
  async function load(query, variables) {
    const operation = createOperationDescriptor(query, variables)
    environment.retain(operation)
    await fetchQuery(environment, query, variables).toPromise()
    return environment.lookup(operation.fragment)
  }

  // Does what usePaginationFragment does: shows a fragment's connection, and loads its next page while there is one.
  // Returns the nodes of all pages.
  async function readAll(fragment, reference, variables) {
    const selector = getSingularSelector(fragment, reference)
    const { paginationRequest, paginationMetadata, connectionPathInFragmentData: [field] } = getPaginationMetadata(fragment)
    for (;;) {
      const { edges, pageInfo } = environment.lookup(selector).data[field]
      if (!pageInfo.hasNextPage) return edges.map((edge) => edge.node)
      const next = getPaginationVariables('forward', 2, pageInfo.endCursor, variables, {}, paginationMetadata)
      await fetchQuery(environment, paginationRequest, next).toPromise()
    }
  }

  return {
    join: async (code, name) => (await mutate(JoinMutation, { code, name })).joinRoom,
    add: async (room, song) => (await mutate(AddMutation, { room, song })).addSong.item,
    like: async (item) => (await mutate(LikeMutation, { item })).likeQueueItem,

    // Shows what the store has of the room, whichever operation it came with.
    async follow(id, show, fail) {
      const snapshot = await load(RoomQuery, { id })
      show(snapshot.data.room)
      environment.subscribe(snapshot, ({ data }) => show(data.room))
      for (const subscription of [QueueSubscription, RoomSubscription]) {
        requestSubscription(environment, { subscription, variables: { room: id }, onError: fail })
      }
    },

    // Reads all lists that come in pages.
    async pages(id, words) {
      const { data } = await load(PagesQuery, { id, words })
      return {
        log: await readAll(log, data.room, { id }),
        members: await readAll(members, data.room, { id }),
        history: await readAll(history, data.room, { id }),
        playlists: await readAll(playlists, data.viewer, {}),
        searchSongs: await readAll(searchSongs, data, { roomId: id, words }),
      }
    },
  }
}

import { createApollo } from '../build/docs/clients/apollo.mjs'
import { documents } from './documents.mjs'

export function createGuest(session, server) {
  const client = createApollo(session, server)

  async function mutate(mutation, variables) {
    return (await client.mutate({ mutation, variables })).data
  }

  return {
    join: async (code, name) => (await mutate(documents.Join, { code, name })).joinRoom,
    add: async (room, song) => (await mutate(documents.Add, { room, song })).addSong.item,
    like: async (item) => (await mutate(documents.Like, { item })).likeQueueItem,

    // Shows what the cache has of the room, whichever operation it came with.
    async follow(id, show, fail) {
      client.watchQuery({ query: documents.Room, variables: { id } }).subscribe(({ data, dataState, error }) => {
        if (error) fail(error)
        if (dataState === 'complete') show(data.room)
      })
      for (const query of [documents.QueueChanged, documents.RoomChanged]) {
        const changes = client.subscribe({ query, variables: { room: id } })
        changes.subscribe({ next: ({ error }) => error && fail(error), error: fail })
      }
    },
  }
}

import { createUrql } from '../build/docs/clients/urql.mjs'
import { documents } from './documents.mjs'

export function createGuest(session, server) {
  const client = createUrql(session, server)

  async function mutate(mutation, variables) {
    const { data, error } = await client.mutation(mutation, variables).toPromise()
    if (error) throw error
    return data
  }

  return {
    join: async (code, name) => (await mutate(documents.Join, { code, name })).joinRoom,
    add: async (room, song) => (await mutate(documents.Add, { room, song })).addSong.item,
    like: async (item) => (await mutate(documents.Like, { item })).likeQueueItem,

    // Shows what the cache has of the room, whichever operation it came with.
    async follow(id, show, fail) {
      client.query(documents.Room, { id }).subscribe(({ data, error }) => (error ? fail(error) : show(data.room)))
      for (const document of [documents.QueueChanged, documents.RoomChanged]) {
        client.subscription(document, { room: id }).subscribe(({ error }) => error && fail(error))
      }
    },
  }
}

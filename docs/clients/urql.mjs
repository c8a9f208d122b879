import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'

// The types without an id, except connections: values that are part of the object in which they are. urql warns about types
// without a key that are not listed.
const values = [
  'AddedSong', 'Device', 'ItemLikes', 'JoinedRoom', 'MovedItem', 'Pin', 'Play', 'Playlist', 'Quota', 'ReactionCount', 'Recap',
  'Refusal', 'RoomHealth', 'RoomOffer', 'RoomQueueChange', 'RoomReactions', 'RoomSettings', 'ScheduleEntry', 'Session',
  'SkipVote', 'Song', 'SongHit', 'SpotifyAccount', 'SpotifyAuthorization', 'Viewer',
]

export function createUrql(session, server = '') {
  return new Client({
    url: server + '/graphql',
    preferGetMethod: false,
    fetch: session.fetch,
    exchanges: [
      cacheExchange({ keys: Object.fromEntries(values.map((type) => [type, () => null])) }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: session.sockets.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  })
}

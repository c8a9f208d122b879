import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launch } from './browser'
import { api, demoHost, Server } from './server'

const guests = ['Gina', 'Otto', 'Mara', 'Jonas', 'Aylin', 'Piet']

export interface Stage {
  browser: Browser
  server: Server
}

/** The demo's songs are so long that none ends during the tests. */
const start = async (): Promise<Stage> => ({
  browser: await launch(),
  server: await Server.start('demo', { ANTWON_DEMO_SONG_SECONDS: '3600' }),
})

/** A browser and the demo's party with several guests, for all tests of a file. */
export function filledParty(startStage = start): Stage {
  const stage = {} as Stage
  beforeAll(async () => {
    Object.assign(stage, await startStage())
    await fillParty(stage.server)
  })
  afterAll(async () => {
    await stage.browser?.close()
    await stage.server?.stop()
  })
  return stage
}

/** Adds songs and likes of several guests to the demo's party. */
async function fillParty(server: Server): Promise<void> {
  const host = await demoHost(server)
  const join = 'mutation($n: String!) { joinRoom(code: "PARTY", displayName: $n) { session { accessToken } } }'
  const search = 'query($r: ID!, $q: String!) { searchSongs(roomId: $r, query: $q) { nodes { canAdd song { uri } } } }'
  const add = 'mutation($r: ID!, $u: String!) { addSong(roomId: $r, songUri: $u) { item { id } } }'
  const tokens: string[] = []
  const items: string[] = []
  for (const [n, name] of guests.entries()) {
    const token = (await api(server, join, { n: name })).joinRoom.session.accessToken
    tokens.push(token)
    const { searchSongs } = await api(server, search, { r: host.roomId, q: 'aeiou'.charAt(n % 5) }, token)
    const { song } = searchSongs.nodes.filter((hit: { canAdd: boolean }) => hit.canAdd)[n] ?? {}
    if (song) items.push((await api(server, add, { r: host.roomId, u: song.uri }, token)).addSong.item.id)
  }
  for (const [n, item] of items.entries()) {
    for (const token of tokens.slice(n))
      await api(server, 'mutation($i: ID!) { likeQueueItem(itemId: $i) { id } }', { i: item }, token).catch(() => {})
  }
}

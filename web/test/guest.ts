import { expect } from 'vitest'
import { api, type Server, type Session } from './server'

export interface QueuedSong {
  song: { name: string; artists: string[] }
  addedBy: { displayName: string } | null
  pin: { until: string; likes: number | null } | null
  refusal: { reason: string } | null
}

/** A guest who uses the API directly, without a page. */
export class Guest {
  private constructor(
    private readonly server: Server,
    private readonly session: Session & { userId: string },
  ) {}

  static async join(server: Server, displayName: string): Promise<Guest> {
    const { joinRoom } = await api(
      server,
      'mutation($n: String!) { joinRoom(code: "PARTY", displayName: $n) { session { accessToken viewer { user { id } } } room { id } } }',
      { n: displayName },
    )
    const { accessToken, viewer } = joinRoom.session
    return new Guest(server, { token: accessToken, roomId: joinRoom.room.id, userId: viewer.user.id })
  }

  #run = (query: string, variables = {}) => api(this.server, query, { r: this.session.roomId, ...variables }, this.session.token)

  /** Adds the first search result that can be added, and returns its name. */
  async add(query: string): Promise<string> {
    const { searchSongs } = await this.#run(
      'query($r: ID!, $q: String!) { searchSongs(roomId: $r, query: $q) { nodes { canAdd song { uri name } } } }',
      { q: query },
    )
    const { song } = searchSongs.nodes.find((hit: { canAdd: boolean }) => hit.canAdd)
    await this.#run('mutation($r: ID!, $u: String!) { addSong(roomId: $r, songUri: $u) { item { id } } }', { u: song.uri })
    return song.name
  }

  async queue(): Promise<QueuedSong[]> {
    const query = `query($r: ID!) { room(id: $r) { queue { items {
      song { name artists } addedBy { displayName } pin { until likes } refusal { reason }
    } } } }`
    return (await this.#run(query)).room.queue.items
  }

  /** The songs that guests and hosts added, in playing order. */
  names = async (): Promise<string[]> => (await this.queue()).filter((item) => item.addedBy).map(({ song }) => song.name)

  /** Makes the guest present, by a subscription that stays open. */
  async connect(): Promise<void> {
    const query = 'subscription($r: ID!) { playback(roomId: $r) { version } }'
    const response = await fetch(`${this.server.url}/graphql`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'text/event-stream',
        Authorization: `Bearer ${this.session.token}`,
      },
      body: JSON.stringify({ query, variables: { r: this.session.roomId } }),
    })
    expect(response.status).toBe(200)
  }

  voteToSkip = () => this.#run('mutation($r: ID!) { voteToSkip(roomId: $r) { version } }')
}

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Device, launch } from './browser'
import { api, demoHost, eventually, Server, type Session } from './server'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

/** A party, the console of its host Nora, and her session for operations without a page. */
async function party(env = {}): Promise<{ server: Server; nora: Device; host: Session }> {
  const server = await Server.start('demo', env)
  onTestFinished(() => server.stop())
  const host = await demoHost(server)
  const nora = await open(server, { viewport: { width: 1280, height: 800 } })
  await nora.page.goto(server.hostLink)
  await nora.page.locator('#player .song-name').waitFor()
  await nora.page.locator('#queue time').first().waitFor()
  return { server, nora, host }
}

async function open(server: Server, options = {}): Promise<Device> {
  const device = await Device.open(browser, server, options)
  onTestFinished(() => device.close())
  return device
}

interface QueuedSong {
  song: { name: string; artists: string[] }
  addedBy: { displayName: string } | null
  pin: { until: string; likes: number | null } | null
  refusal: { reason: string } | null
}

/** A guest who uses the API directly, without a page. */
class Guest {
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

const button = ({ page }: Device, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const press = (device: Device, name: string | RegExp) => button(device, name).click()
const inDialog = ({ page }: Device, name: string | RegExp) => page.getByRole('dialog').getByRole('button', { name }).click()
const sees = ({ page }: Device, words: string | RegExp) => page.getByText(words).filter({ visible: true }).first().waitFor()
const approvals = ({ page }: Device) => page.getByRole('region', { name: 'Waiting for approval' })
const line = ({ page }: Device, song: string) => page.locator('#queue .lines > li', { hasText: song })
const shown = ({ page }: Device, place: number) =>
  page
    .locator('#queue .song-name')
    .nth(place - 1)
    .textContent()
const menu = (device: Device, song: string) => button(device, `${song}: pin, remove or block`)
const undo = ({ page }: Device) => page.locator('.undo').getByRole('button', { name: 'Undo' }).click()

describe('the rules of a room, on the host console', () => {
  test('a newcomer’s song is approved, and another one is declined', async () => {
    const { server, nora } = await party()
    const gina = await Guest.join(server, 'Gina')
    expect(await approvals(nora).count()).toBe(0)
    await nora.hostTab('rules')
    await nora.page.getByLabel('Approve newcomers’ songs').check()
    await approvals(nora).getByText('no songs').waitFor()

    const good = await gina.add('night')
    const bad = await gina.add('day')
    await approvals(nora).getByText(bad).waitFor()
    await nora.expectAccessible('the approvals')
    expect(await gina.names()).not.toContain(good)
    await press(nora, `Approve ${good}`)
    await sees(nora, `${good} is in the queue.`)
    await eventually('the guest to see it', async () => (await gina.names()).includes(good))

    await press(nora, `Decline ${bad}`)
    await approvals(nora).getByText('no songs').waitFor()
    await undo(nora)
    await sees(nora, 'Undone.')
    await press(nora, `Decline ${bad}`)
    await sees(nora, `Declined: ${bad}`)
    await nora.page.getByLabel('Approve newcomers’ songs').uncheck()
    await approvals(nora).waitFor({ state: 'detached' })
    expect(await gina.names()).not.toContain(bad)
    nora.expectNoErrors()
  })

  test('a song is pinned, moved with the keyboard, and unpinned, and guests see it', async () => {
    const { server, nora } = await party()
    const gina = await Guest.join(server, 'Gina')
    const order = await gina.names()
    const last = order.at(-1) ?? ''
    await menu(nora, last).click()
    await sees(nora, `Place ${order.length}, plays at about`)
    await nora.expectAccessible('the menu of a song')
    await inDialog(nora, /^Pin to the top/)
    await sees(nora, `${last} is pinned at place 1.`)
    await line(nora, last).getByText('Pinned').waitFor()
    expect((await gina.queue())[0]).toMatchObject({ song: { name: last }, pin: { until: 'PLAYED', likes: null } })

    await eventually('the song to be first', async () => (await shown(nora, 1)) === last)
    await nora.page.keyboard.press('Alt+ArrowDown') // the focus has returned to the menu
    await sees(nora, `${last} is pinned at place 2.`)
    await eventually('the song to be second', async () => (await shown(nora, 2)) === last)
    await nora.page.keyboard.press('Alt+ArrowUp')
    await eventually('the guest to see it first again', async () => (await gina.names())[0] === last)

    await menu(nora, last).click()
    await inDialog(nora, /^Pin at a place/)
    await nora.page.getByLabel('Place', { exact: true }).fill('3')
    await nora.page.getByLabel('Until it is overtaken').check()
    await nora.page.getByLabel('Likes ahead').fill('2')
    await nora.expectAccessible('the form to pin a song')
    await inDialog(nora, 'Pin at place 3')
    await sees(nora, `${last} is pinned at place 3.`)
    expect((await gina.queue())[2]).toMatchObject({ song: { name: last }, pin: { until: 'OVERTAKEN', likes: 2 } })

    await menu(nora, last).click()
    await sees(nora, 'It is pinned until another song has 2 more likes.')
    await inDialog(nora, /^Unpin/)
    await sees(nora, `${last} is no longer pinned.`)
    expect(await gina.names()).toEqual(order)
    nora.expectNoErrors()
  })

  test('a preset shows what it changes before it applies', async () => {
    const { nora, host, server } = await party()
    const settings = async () =>
      (
        await api(
          server,
          'query($r: ID!) { room(id: $r) { settings { orderMode allowExplicit maxQueuedPerGuest } } }',
          { r: host.roomId },
          host.token,
        )
      ).room.settings
    const before = await settings()
    await nora.hostTab('rules')
    await nora.page.getByText('Presets', { exact: true }).click()
    await press(nora, 'Kids')
    const changes = nora.page.getByRole('dialog').getByRole('listitem')
    await changes.filter({ hasText: /^Waiting songs per guest: 2\. At present: \w+\.$/ }).waitFor()
    expect(await changes.allTextContents()).not.toContainEqual(expect.stringContaining('→')) // "right arrow", to screen readers
    await nora.expectAccessible('what a preset changes')
    expect(await settings()).toEqual(before)
    await inDialog(nora, 'Apply')
    await eventually('the rules to apply', async () => (await settings()).orderMode === 'TURNS')
    expect(await settings()).toEqual({ orderMode: 'TURNS', allowExplicit: false, maxQueuedPerGuest: 2 })
    await press(nora, 'Kids')
    await sees(nora, 'These rules already apply.')
    nora.expectNoErrors()
  })

  test('a preset asks for the playlist from which guests pick, and their phones show it', async () => {
    const { server, nora } = await party({ ANTWON_DEMO_SONG_SECONDS: '20' })
    const player = nora.page.locator('#player .song-name')
    const first = (await player.textContent()) ?? ''
    await player.filter({ hasNotText: first }).waitFor({ timeout: 60_000 }) // longer than a song
    await nora.hostTab('party')
    await press(nora, 'Save as playlist') // so that the host has one
    await sees(nora, /Saved \d+ songs? to/)

    await nora.hostTab('rules')
    await nora.page.getByText('Presets', { exact: true }).click()
    await press(nora, 'Wedding: from my list only')
    await inDialog(nora, 'Choose a playlist…')
    const choose = nora.page.getByRole('dialog').getByRole('button', { name: /^Choose .+/ })
    await choose.first().waitFor()
    await nora.expectAccessible('the playlists of a preset')
    await choose.first().click()
    await press(nora, 'Wedding: from my list only')
    await sees(nora, 'These rules already apply.')

    const gina = await open(server)
    await gina.join('PARTY', 'Gina')
    await gina.tab('search')
    await sees(gina, 'You can pick songs from the host’s playlist.')
    const found = gina.page.locator('.lines > li', { hasText: first })
    await found.waitFor()
    await gina.expectAccessible('a playlist on a phone')
    await gina.page.getByRole('searchbox').fill('no song has this name')
    await sees(gina, 'Nothing found for “no song has this name”.')
    await gina.page.getByRole('searchbox').fill(first)
    await found.waitFor()
    for (const device of [nora, gina]) device.expectNoErrors()
  })

  test('songs of guests who left are held as long after as the host says', async () => {
    const { server, nora, host } = await party()
    const minutes = async () => {
      const query = 'query($r: ID!) { room(id: $r) { settings { awayAfterMinutes } } }'
      return (await api(server, query, { r: host.roomId }, host.token)).room.settings.awayAfterMinutes
    }
    await nora.hostTab('rules')
    await nora.page.locator('summary', { hasText: 'Order' }).click()
    const field = nora.page.getByLabel('Hold a guest’s songs after an absence of')
    await field.fill('1441')
    await field.press('Enter')
    await sees(nora, 'Enter a number from 1 to 1440, or leave it empty.')
    await field.fill('10')
    await field.press('Enter')
    await eventually('the rule to apply', async () => (await minutes()) === 10)
    await nora.expectAccessible('the rule about guests who left')
    await field.fill('')
    await field.press('Enter')
    await eventually('songs to be held no longer', async () => (await minutes()) === null)
    nora.expectNoErrors()
  })

  test('clearing the queue can be undone', async () => {
    const { server, nora } = await party()
    const gina = await Guest.join(server, 'Gina')
    await gina.add('night')
    const order = await gina.names()
    await press(nora, 'Clear the queue')
    await inDialog(nora, 'Clear the queue')
    await sees(nora, 'The queue is empty now.')
    expect(await gina.names()).not.toContain(order[0])
    await nora.expectAccessible('the undo bar')
    await undo(nora)
    expect(await nora.page.evaluate(() => document.activeElement?.id)).toBe('queue-heading')
    await sees(nora, 'Undone.')
    await eventually('the guest to see the whole queue again', async () => `${await gina.names()}` === `${order}`)
    await nora.page.locator('.undo .notice').waitFor({ state: 'detached' })
    nora.expectNoErrors()
  })

  test('all waiting songs of a guest are removed, and undo brings them back', async () => {
    const { server, nora } = await party()
    const gina = await Guest.join(server, 'Gina')
    const otto = await Guest.join(server, 'Otto')
    await gina.add('night')
    const song = await otto.add('day')
    await otto.connect()
    const order = await gina.names()
    await nora.hostTab('guests')
    await press(nora, 'Manage Otto')
    await inDialog(nora, /^Remove all their waiting songs/)
    await sees(nora, 'All waiting songs of Otto have been removed.')
    expect(await gina.names()).toEqual(order.filter((name) => name !== song))
    await undo(nora)
    await sees(nora, 'Undone.')
    await eventually('the guests to see his song again', async () => `${await gina.names()}` === `${order}`)
    nora.expectNoErrors()
  })

  test('a guest without songs has none to remove, and there is nothing to undo', async () => {
    const { server, nora } = await party()
    const gina = await Guest.join(server, 'Gina')
    await gina.connect()
    const order = await gina.names()
    await nora.hostTab('guests')
    await press(nora, 'Manage Gina')
    await inDialog(nora, /^Remove all their waiting songs/)
    await sees(nora, 'Gina has no songs in the queue.')
    expect(await nora.page.locator('.undo .notice').count()).toBe(0)
    expect(await gina.names()).toEqual(order)
    nora.expectNoErrors()
  })

  test('undo restores the cleared queue, whatever the host did on another device meanwhile', async () => {
    const { server, nora, host } = await party()
    const gina = await Guest.join(server, 'Gina')
    const order = await gina.names()
    await press(nora, 'Clear the queue')
    await inDialog(nora, 'Clear the queue')
    await sees(nora, 'The queue is empty now.')

    const night = await gina.add('night')
    const query = 'query($r: ID!) { room(id: $r) { queue { items { id addedBy { displayName } } } } }'
    const { room } = await api(server, query, { r: host.roomId }, host.token)
    const { id } = room.queue.items.find(({ addedBy }: QueuedSong) => addedBy?.displayName === 'Gina')
    await api(server, 'mutation($i: ID!) { likeQueueItem(itemId: $i) { likeCount } }', { i: id }, host.token)

    await undo(nora)
    await sees(nora, 'Undone.')
    expect((await gina.names()).toSorted()).toEqual([...order, night].toSorted())
    await line(nora, night).getByText('♥ 1').waitFor() // the like was not undone
    nora.expectNoErrors()
  })

  test('the songs of a blocked artist are held back until the artist is allowed again', async () => {
    const { server, nora } = await party()
    const gina = await Guest.join(server, 'Gina')
    const name = await gina.add('night')
    const heldFor = async () => (await gina.queue()).find(({ song }) => song.name === name)?.refusal?.reason
    const artist = (await gina.queue()).find(({ song }) => song.name === name)?.song.artists[0] ?? ''
    await menu(nora, name).click()
    await inDialog(nora, new RegExp(`^Block ${artist}`))
    await sees(nora, `${artist} is blocked.`)
    await line(nora, name).getByText('The song or its artist is blocked.').waitFor()
    await nora.expectAccessible('a held song')
    expect(await heldFor()).toBe('BLOCKED')
    await menu(nora, name).click()
    await sees(nora, 'A rule of the room holds it back.')
    expect(await nora.page.getByRole('dialog').getByText('Pin to the top').count()).toBe(0)
    await nora.page.keyboard.press('Escape')

    await nora.hostTab('rules')
    await nora.page.locator('summary', { hasText: 'Blocked' }).click()
    await press(nora, `Allow ${artist} again`)
    await eventually('the song to be no longer held', async () => (await heldFor()) === undefined)
    await line(nora, name).locator('time').waitFor()
    nora.expectNoErrors()
  })

  test('guests vote, a co-host skips, and the log shows it', async () => {
    const { server, nora, host } = await party()
    const otto = await Guest.join(server, 'Otto')
    await otto.connect()
    const gina = await open(server)
    await gina.join('PARTY', 'Gina')
    await sees(nora, '3 people here')
    await nora.hostTab('guests')
    await press(nora, 'Refresh')
    await press(nora, 'Manage Gina')
    await inDialog(nora, 'Make co-host')
    await gina.goto('/host?room=PARTY')
    await gina.page.locator('#player .song-name').waitFor()

    await press(gina, 'Skip') // Otto may vote on what begins from now on
    await eventually('Otto to vote, after the first seconds', async () => !!(await otto.voteToSkip()))
    await sees(nora, '1 of 2 votes to skip.')
    const song = await nora.page.locator('#player .song-name').textContent()
    await press(gina, 'Skip')
    await sees(gina, 'Skipped.')
    await gina.hostTab('party')
    await button(gina, 'Played songs').waitFor()
    expect(await button(gina, 'Save as playlist').count()).toBe(0) // only the host, whose account it would be saved to

    await nora.hostTab('party')
    await press(nora, 'Who did what')
    for (const words of [`Gina skipped ${song}`, `Otto voted to skip ${song}`, 'made Gina a co-host', 'Otto joined']) {
      await nora.page.getByRole('dialog').getByRole('listitem').filter({ hasText: words }).waitFor()
    }
    await nora.expectAccessible('the log')
    await inDialog(nora, 'Close')
    await press(nora, 'Played songs')
    const played = nora.page
      .getByRole('dialog')
      .getByRole('listitem')
      .filter({ hasText: `${song}` })
    await played.getByText('skipped by a host').waitFor()
    await nora.expectAccessible('the history')

    const stranger = 'query($r: ID!) { room(id: $r) { log { edges { node { kind } } } } }'
    await expect(api(server, stranger, { r: host.roomId })).rejects.toThrow()
    for (const device of [nora, gina]) device.expectNoErrors()
  })

  test('the history is saved as a playlist, also after the room was closed', async () => {
    const { server, nora, host } = await party({ ANTWON_DEMO_SONG_SECONDS: '20' })
    await nora.hostTab('party')
    await press(nora, 'Save as playlist')
    await sees(nora, 'No song has played to its end yet.')
    const first = await nora.page.locator('#player .song-name').textContent()
    await nora.page
      .locator('#player .song-name')
      .filter({ hasNotText: `${first}` })
      .waitFor({ timeout: 60_000 }) // longer than a song
    const saved = async () => {
      const query = '{ viewer { playlists(first: 50) { nodes { spotifyUrl } } } }'
      const { viewer } = await api(server, query, {}, host.token)
      return viewer.playlists.nodes.map(({ spotifyUrl }: { spotifyUrl: string }) => spotifyUrl)
    }
    const link = nora.page.locator('#recap a')
    await press(nora, 'Save as playlist')
    await sees(nora, /Saved \d+ songs? to/)
    expect(await saved()).toContain(await link.getAttribute('href'))

    await press(nora, 'Close the room')
    await inDialog(nora, 'Close for everybody')
    await sees(nora, 'The demo party is over.')
    expect(new URL(nora.page.url()).search).toBe('') // without the tab of the room
    await nora.page.reload()
    await sees(nora, 'The demo party is over.')
    await nora.expectAccessible('the recap of a closed room')
    await press(nora, 'Played songs')
    await nora.page.getByRole('dialog').getByText(`${first}`).waitFor()
    await inDialog(nora, 'Close')
    await press(nora, 'Save as playlist')
    await sees(nora, /Saved \d+ songs? to/)
    expect(await saved()).toContain(await link.getAttribute('href'))
    await press(nora, 'Done')
    await nora.page.locator('#recap').waitFor({ state: 'detached' })
    nora.expectNoErrors()
  })
})

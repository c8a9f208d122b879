import { describe, expect, onTestFinished, test } from 'vitest'
import { connectionErrors, Device, screenSize, sharedBrowser } from './browser'
import { api, demoHost, eventually, Server, type Session } from './server'

const browser = await sharedBrowser()

async function party(): Promise<{ server: Server; host: Session }> {
  const server = await Server.start('demo', { ANTWON_DEMO_SONG_SECONDS: '40' })
  onTestFinished(() => server.stop())
  return { server, host: await demoHost(server) }
}

async function open(server: Server, options = {}): Promise<Device> {
  const device = await Device.open(browser, server, options)
  onTestFinished(() => device.close())
  return device
}

async function guest(server: Server, name: string, options = {}): Promise<Device> {
  const device = await open(server, options)
  await device.join('PARTY', name)
  await device.page.locator('.like').first().waitFor()
  return device
}

/** Opens the room screen on a television, and waits for the queue. */
async function television(server: Server): Promise<Device> {
  const screen = await open(server, { viewport: screenSize })
  await screen.goto('/r/PARTY/screen')
  await screen.page.getByRole('listitem').first().waitFor()
  return screen
}

const updateSettings = (server: Server, host: Session, settings: object) =>
  api(
    server,
    'mutation($r: ID!, $s: RoomSettingsInput!) { updateRoom(roomId: $r, input: {settings: $s}) { id } }',
    { r: host.roomId, s: settings },
    host.token,
  )

/** Adds the first search result, and returns its name. */
async function addFirst(device: Device, query: string): Promise<string> {
  await device.tab('search')
  return device.addFound(query)
}

/** Adds a song by its name, without a page. */
async function addAs(server: Server, { token, roomId }: Session, name: string): Promise<void> {
  const search = 'query($r: ID!, $q: String!) { searchSongs(roomId: $r, query: $q) { nodes { song { name uri } } } }'
  const { searchSongs } = await api(server, search, { r: roomId, q: name }, token)
  const { song } = searchSongs.nodes.find((hit: { song: { name: string } }) => hit.song.name === name)
  const add = 'mutation($r: ID!, $u: String!) { addSong(roomId: $r, songUri: $u) { alreadyQueued } }'
  await api(server, add, { r: roomId, u: song.uri }, token)
}

/** The queue item of a song, by its name. */
async function queued(server: Server, host: Session, name: string): Promise<{ id: string; song: { uri: string } }> {
  const query = 'query($r: ID!) { room(id: $r) { queue { items { id song { name uri } } } } }'
  const { room } = await api(server, query, { r: host.roomId }, host.token)
  return room.queue.items.find((item: { song: { name: string } }) => item.song.name === name)
}

const skip = (server: Server, host: Session) =>
  api(server, 'mutation($r: ID!) { skipSong(roomId: $r) { version } }', { r: host.roomId }, host.token)

const line = (device: Device, song: string) => device.page.locator('.lines > li', { hasText: song })

const playing = (device: Device) => device.page.locator('.now-bar .song-name').textContent()

/** Has the host skip the song that plays, and returns the name of the next one once it is shown. */
async function nextSong(server: Server, host: Session, device: Device): Promise<string | null> {
  const before = await playing(device)
  await skip(server, host)
  await eventually('the next song to play', async () => (await playing(device)) !== before)
  return playing(device)
}

describe('the rules of a room, on phones', () => {
  test('guests read from which time on they can add songs', async () => {
    const { server, host } = await party()
    const gina = await guest(server, 'Gina')
    await updateSettings(server, host, { requestsOpenAt: new Date(Date.now() + 3_600_000).toISOString() })
    await gina.tab('search')
    await gina.page.getByText('You can add songs from').waitFor()
    await gina.expectAccessible('adding before requests are open')
    await updateSettings(server, host, { requestsOpenAt: null })
    await gina.page.getByText('You can add songs from').waitFor({ state: 'detached' })
    await addFirst(gina, 'night')
    gina.expectNoErrors()
  })

  test('two guests skip a song by voting, until voting is turned off', async () => {
    const { server, host } = await party()
    const gina = await guest(server, 'Gina')
    const otto = await guest(server, 'Otto', { locale: 'de-DE', colorScheme: 'light' })
    await gina.page.getByText('2 people here').waitFor()
    const song = await nextSong(server, host, gina) // on which both may vote
    await gina.openPlaying()
    await otto.openPlaying()
    await gina.page.getByText('0 of 2 votes').waitFor() // after the first seconds
    await gina.expectAccessible('the skip vote')
    await gina.page.getByRole('button', { name: 'Vote to skip' }).click()
    await gina.page.getByText('1 of 2 votes').waitFor()
    await gina.page.getByRole('button', { name: 'Vote to skip', pressed: true }).click() // takes it back
    await otto.page.getByText('0 von 2 Stimmen').waitFor()
    await gina.page.getByRole('button', { name: 'Vote to skip', pressed: false }).click()
    await otto.page.getByText('1 von 2 Stimmen').waitFor()
    const late = await guest(server, 'Late')
    await late.openPlaying()
    await late.page.getByText('You can vote on the next one.').waitFor()
    await otto.expectAccessible('the skip vote in German')
    await otto.page.getByRole('button', { name: 'Überspringen' }).click()
    await eventually('another song to play', async () => (await playing(gina)) !== song)

    await updateSettings(server, host, { skipVotePercent: 0 })
    await eventually('the vote to be hidden', async () => (await gina.page.locator('.vote').count()) === 0)
    for (const device of [gina, otto, late]) device.expectNoErrors()
  })
  test('a newcomer’s song waits until the host approves it', async () => {
    const { server, host } = await party()
    await updateSettings(server, host, { requireApproval: true })
    const gina = await guest(server, 'Gina')
    const otto = await guest(server, 'Otto')
    const song = await addFirst(gina, 'night')
    await gina.page.getByText(`Waiting for the host: ${song}`).waitFor()
    await line(gina, song).getByText('Waiting for the host').waitFor() // and cannot be added again
    await gina.tab('mine')
    await line(gina, song).getByText('Waiting for the host').waitFor()
    await line(gina, song)
      .getByRole('button', { name: `Withdraw ${song}` })
      .waitFor()
    await gina.expectAccessible('a song that waits for the host')
    expect(await otto.songs()).not.toContain(song)

    const log = 'query($r: ID!) { room(id: $r) { log(first: 1) { edges { node { kind item { id } } } } } }'
    const { room } = await api(server, log, { r: host.roomId }, host.token)
    const { item } = room.log.edges[0].node
    await api(server, 'mutation($i: ID!) { approveQueueItem(itemId: $i) { state } }', { i: item.id }, host.token)
    await eventually('Otto to see it', async () => (await otto.songs()).includes(song))
    await line(gina, song).getByText('Waiting for the host').waitFor({ state: 'detached' })
    expect(await gina.songs()).toContain(song)
    for (const device of [gina, otto]) device.expectNoErrors()
  })

  test('adding, liking and withdrawing a song can be undone', async () => {
    const { server } = await party()
    const gina = await guest(server, 'Gina')
    const otto = await guest(server, 'Otto')
    const undo = gina.page.getByRole('button', { name: 'Undo' })

    const mistake = await addFirst(gina, 'night')
    await eventually('Otto to see the song', async () => (await otto.songs()).includes(mistake))
    await undo.waitFor()
    await gina.expectAccessible('Undo')
    await undo.click()
    await gina.page.getByText(`Undone: ${mistake}`).waitFor()
    await eventually('the song to be gone', async () => !(await otto.songs()).includes(mistake))
    await gina.page.getByRole('button', { name: `Add ${mistake}`, exact: true }).waitFor() // it can be added again at once

    const song = await addFirst(gina, 'typewriter')
    await gina.tab('queue')
    await gina.like(song).click()
    await eventually('Otto to see the like', async () => (await otto.likes(song)) === '1')
    await gina.like(song).click() // the heart is its own undo
    await eventually(
      'the like to be gone on both phones',
      async () => `${await gina.likes(song)}${await otto.likes(song)}` === '',
    )

    await gina.tab('mine')
    await gina.page.getByRole('button', { name: `Withdraw ${song}` }).click()
    await eventually('Otto to see it go', async () => !(await otto.songs()).includes(song))
    await undo.press('Enter')
    await gina.page.locator('#tab-mine:focus').waitFor() // the focus is not lost with the button
    await eventually('Otto to see it come back', async () => (await otto.songs()).includes(song))

    await gina.openSong(song)
    await gina.expectAccessible('the sheet of a song')
    await gina.sheet().getByRole('button', { name: 'Withdraw' }).click()
    await undo.waitFor()
    await gina.page.keyboard.press('Escape')
    await undo.waitFor({ state: 'detached' })
    await eventually('the song to stay withdrawn', async () => !(await otto.songs()).includes(song))
    for (const device of [gina, otto]) device.expectNoErrors()
  })

  test('an add that became a like can be undone, also while offline', async () => {
    const { server, host } = await party()
    const gina = await guest(server, 'Gina')
    await gina.tab('search')
    await gina.page.getByRole('searchbox').fill('night')
    await gina.page.getByText('songs found').waitFor()
    const add = gina.page.getByRole('button', { name: /^Add / }).first()
    const song = (await add.getAttribute('aria-label'))?.replace(/^Add /, '') ?? ''
    await gina.page.context().setOffline(true)
    await add.click()
    await gina.page.getByText('1 action has not been sent yet.').waitFor()
    await addAs(server, host, song)
    await gina.page.context().setOffline(false)
    await gina.page.getByText(`Already in the queue, so it got your like: ${song}`).waitFor()
    await gina.tab('queue')
    await eventually('the like to be seen', async () => (await gina.likes(song)) === '1')

    await gina.page.context().setOffline(true)
    await gina.page.getByRole('button', { name: 'Undo' }).click()
    await gina.page.getByText('1 action has not been sent yet.').waitFor()
    await gina.page.context().setOffline(false)
    await gina.page.getByText(`Undone: ${song}`).waitFor()
    await eventually('the like to be gone', async () => (await gina.likes(song)) === '')
    gina.expectNoErrors(...connectionErrors)
  })

  test('the queue shows when each song plays and why, and subscribes only while it is visible', async () => {
    const { server, host } = await party()
    const gina = await open(server)
    const sent: string[] = []
    gina.page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(`${payload}`)))
    await gina.join('PARTY', 'Gina')
    await gina.page.locator('.wait').first().waitFor()
    const [pinned = '', last = ''] = (await gina.songs()).slice(-2)
    expect(await line(gina, last).locator('.wait').textContent()).toMatch(/^in \d+ min$/)
    await gina.openSong(last)
    await gina
      .sheet()
      .getByText(/Plays at about \d\d:\d\d\. Nobody has liked it yet/)
      .waitFor()
    await gina.page.goBack()
    const { id } = await queued(server, host, pinned)
    const pin = 'mutation($i: ID!) { pinQueueItem(itemId: $i, position: 1, until: OVERTAKEN, likes: 2) { version } }'
    await api(server, pin, { i: id }, host.token)
    await eventually('the pinned song to be first', async () => (await gina.songs()).indexOf(pinned) <= 1)
    await line(gina, pinned).getByText('Pinned').waitFor()
    await gina.openSong(pinned)
    await gina.sheet().getByText('The host put it here. It stays until another song has 2 more likes.').waitFor()
    await gina.expectAccessible('the play time and its reason')
    await gina.page.keyboard.press('Escape')

    const subscribe = sent.findLast((frame) => frame.includes('ScheduleChanges')) ?? ''
    await gina.tab('search')
    const complete = JSON.stringify({ id: JSON.parse(subscribe).id, type: 'complete' })
    await eventually('the phone to unsubscribe', async () => sent.includes(complete))
    gina.expectNoErrors()
  })

  test('a held song shows the refusal until the rules allow it', async () => {
    const { server, host } = await party()
    const gina = await guest(server, 'Gina', { locale: 'de-DE', colorScheme: 'light' })
    const screen = await television(server)
    const song = (await gina.songs())[1] ?? ''
    const { uri } = (await queued(server, host, song)).song
    await updateSettings(server, host, { blocked: [uri] })
    await line(gina, song).getByText('Zurückgestellt').waitFor()
    await line(gina, song).getByText('Das hat der Gastgeber gesperrt.').waitFor()
    await screen.page.getByText('Held back').waitFor()
    expect((await gina.songs()).at(-1)).toBe(song)
    expect(await line(gina, song).locator('.wait').count()).toBe(0) // a held song has no play time
    await gina.expectAccessible('a held song')
    await updateSettings(server, host, { blocked: [] })
    await line(gina, song).locator('.wait').waitFor()
    await screen.page.getByText('Held back').waitFor({ state: 'detached' })
    for (const device of [gina, screen]) device.expectNoErrors()
  })

  test('phones and the screen show who is present, who added last, pins, the last call and votes', async () => {
    const { server, host } = await party()
    const gina = await guest(server, 'Gina')
    const screen = await television(server)
    await gina.page.getByText('1 person here').waitFor()
    const otto = await guest(server, 'Otto')
    await gina.page.getByText('2 people here').waitFor()
    const song = await addFirst(otto, 'night')
    await gina.page.locator('.presence', { hasText: `Last added by Otto: ${song}` }).waitFor()
    await screen.page.getByText('2 people here · latest song added by Otto').waitFor()

    await api(
      server,
      'mutation($i: ID!) { pinQueueItem(itemId: $i, position: 2, until: PLAYED) { version } }',
      { i: (await queued(server, host, song)).id },
      host.token,
    )
    await screen.page.locator('.row', { hasText: song }).getByText('Pinned').waitFor()
    await updateSettings(server, host, { lastCallAt: new Date(Date.now() + 3_600_000).toISOString() })
    await screen.page.getByText(/Last call: \d\d:\d\d/).waitFor()
    await nextSong(server, host, gina) // on which Gina may vote
    await gina.openPlaying()
    await gina.page.getByText('0 of 2 votes').waitFor()
    await gina.page.getByRole('button', { name: 'Vote to skip' }).click()
    await screen.page.getByText('1 of 2 votes to skip').waitFor()
    await screen.expectAccessible('the screen with all badges')
    const overflow = await screen.page.locator('.now').evaluate((now) => now.scrollHeight - now.clientHeight)
    expect(overflow, 'pixels by which a title of two lines and the votes push the progress out of the page').toBeLessThan(2)
    await updateSettings(server, host, { lastCallAt: new Date(Date.now() - 1000).toISOString() })
    await screen.page.getByText('Last call is over, so guests cannot add any more songs.').waitFor()
    for (const device of [gina, otto, screen]) device.expectNoErrors()
  })

  test('the history shows played songs, and a closed room shows each guest’s recap', async () => {
    const { server, host } = await party()
    const gina = await guest(server, 'Gina')
    const otto = await guest(server, 'Otto')
    const before = (await playing(gina)) ?? ''
    const song = await addFirst(gina, 'night')
    await eventually('Otto to see the song', async () => (await otto.songs()).includes(song))
    await otto.like(song).click()
    await gina.page.getByText(`You are up next with “${song}”!`).waitFor()
    await gina.tab('history')
    await line(gina, before).getByText('Now playing').waitFor()
    await skip(server, host)
    await eventually('Gina’s song to play', async () => (await playing(gina)) === song)
    await line(gina, before).getByText('Skipped by the host').waitFor()
    expect(await gina.songs()).toEqual([song, before])
    await gina.expectAccessible('the history')

    await api(server, 'mutation($r: ID!) { closeRoom(roomId: $r) { status } }', { r: host.roomId }, host.token)
    const recap = gina.page.locator('.recap')
    await recap.getByText('song of yours').waitFor()
    expect(await recap.locator('dd').allTextContents()).toEqual(['1', '1', '0'])
    expect(await recap.locator('.song-name').allTextContents()).toEqual([song])
    await gina.page.getByRole('heading', { name: 'Played songs' }).waitFor()
    await line(gina, before).getByText('added by Demo host').waitFor()
    await gina.expectAccessible('the recap')
    await eventually(
      'Otto to see his own recap',
      async () => `${await otto.page.locator('.recap dd').allTextContents()}` === '0,0,1',
    )

    await gina.page.reload() // a closed room can no longer be found by its code
    await recap.getByText('song of yours').waitFor()
    await line(gina, before).getByText('added by Demo host').waitFor()
    const stranger = await open(server)
    await stranger.goto('/r/PARTY')
    await stranger.page.getByText('There is no open room with the code PARTY.').waitFor()
    for (const device of [gina, otto, stranger]) device.expectNoErrors()
  })

  test('earlier songs can be loaded, and stay when the next song plays', async () => {
    const { server, host } = await party()
    const gina = await guest(server, 'Gina')
    const played: string[] = []
    const skipOne = async () => {
      const song = (await playing(gina)) ?? ''
      played.unshift(song)
      await skip(server, host)
      await eventually('the next song to play', async () => (await playing(gina)) !== song)
    }
    for (let n = 0; n < 11; n++) await skipOne()
    await gina.tab('history')
    const more = gina.page.getByRole('button', { name: 'Earlier songs' })
    await more.waitFor()
    expect(await gina.songs()).toHaveLength(10)
    await more.click()
    await eventually('all songs to be shown', async () => (await gina.songs()).length === 12)
    await skipOne()
    await eventually('one more song', async () => (await gina.songs()).length === 13)
    expect((await gina.songs()).slice(1)).toEqual(played)
    expect(await more.count()).toBe(0)
    gina.expectNoErrors()
  })
})

import type { Browser, BrowserContextOptions } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectionErrors, Device, sharedBrowser, sharedCompleteBrowser } from './browser'
import { api, demoHost, eventually, Server } from './server'

const browser = await sharedBrowser()

const laptop = { width: 1280, height: 900 }

async function start(command: 'demo' | 'spotify-sim', env = {}): Promise<Server> {
  const server = await Server.start(command, env)
  onTestFinished(() => server.stop())
  return server
}

type Options = BrowserContextOptions & { inside?: Browser }

async function open(server: Server, { inside = browser, ...options }: Options = {}): Promise<Device> {
  const device = await Device.open(inside, server, options)
  onTestFinished(() => device.close())
  return device
}

/** Signs in on the page. */
async function host(server: Server, name: string, options: Options = {}): Promise<Device> {
  const device = await open(server, { viewport: laptop, ...options })
  await device.goto('/host')
  await device.page.getByRole('textbox').fill(name)
  await device.page.keyboard.press('Enter')
  await device.page.locator('#spotify').waitFor()
  return device
}

/** Opens the console of the demo's own host, whose room is open already. */
async function demoHostPage(server: Server, options: Options = {}): Promise<Device> {
  const device = await open(server, { viewport: laptop, ...options })
  await device.page.goto(server.hostLink)
  await device.page.locator('#player .song-name').waitFor()
  return device
}

const button = ({ page }: Device, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const press = (device: Device, name: string | RegExp) => button(device, name).click()
const sees = ({ page }: Device, words: string | RegExp) => page.getByText(words).filter({ visible: true }).first().waitFor()
const inDialog = ({ page }: Device, name: string) => page.getByRole('dialog').getByRole('button', { name }).click()
const menu = (song: string) => `${song}: pin, remove or block`
/** The volume of the device that plays, as the API has it. */
async function volume(server: Server): Promise<number> {
  const { token, roomId } = await demoHost(server)
  const query = 'query($r: ID!) { room(id: $r) { playback { device { volumePercent } } } }'
  const { room } = await api(server, query, { r: roomId }, token)
  return room.playback.device.volumePercent
}
const playing = ({ page }: Device) => page.locator('#player .song-name').textContent()

describe('a host', () => {
  test('opens a room on the pages, and closes it', async () => {
    const server = await start('demo')
    const nora = await open(server)
    await nora.goto('/host')
    await nora.page.getByLabel('Your name').waitFor()
    await nora.expectAccessible('the sign-in form')
    await nora.page.getByLabel('Your name').fill('Nora')
    await press(nora, 'Start hosting')
    await sees(nora, 'Connected as Nora')
    await nora.expectAccessible('the form to open a room')

    await nora.page.getByLabel('Code').fill('a b')
    await press(nora, 'Open the room')
    await sees(nora, 'A code has 4 to 20 characters')
    await nora.page.getByLabel('Code').fill('party')
    await press(nora, 'Open the room')
    await sees(nora, 'Another party is using this code right now.')
    await nora.expectAccessible('a code that is in use')
    await nora.page.getByLabel('Code').fill('nora-1')
    await nora.page.getByLabel('Room name').fill('Nora’s kitchen')
    await press(nora, 'Open the room')
    await nora.page.getByRole('heading', { name: 'Nora’s kitchen' }).waitFor()
    await sees(nora, 'The queue is empty.')
    await nora.expectAccessible('an empty room')

    const gina = await open(server)
    await gina.join('NORA-1', 'Gina')
    await gina.tab('search')
    await gina.page.getByRole('searchbox').fill('night')
    await gina.page.getByRole('button', { name: /^Add / }).first().click()
    await eventually('the song to play', async () => ((await playing(nora)) ?? '') !== '')
    await nora.hostTab('guests')
    await press(nora, 'Refresh')
    await button(nora, 'Manage Gina').waitFor()

    await nora.hostTab('party')
    await press(nora, 'Close the room')
    await nora.expectAccessible('the confirmation to close the room')
    await nora.page.keyboard.press('Escape')
    await eventually('the focus to return', () => button(nora, 'Close the room').evaluate((it) => it === document.activeElement))
    await press(nora, 'Close the room')
    await inDialog(nora, 'Close for everybody')
    await sees(nora, 'The room is closed.')
    await nora.page.getByRole('heading', { name: 'Open a room' }).waitFor()
    await gina.page.getByText('This party is over.').waitFor()

    await press(nora, 'Sign out')
    await nora.page.getByLabel('Your name').waitFor()
    for (const device of [nora, gina]) device.expectNoErrors()
  })

  test('pauses, skips, opens the devices, removes a song, and clears the queue', async () => {
    const server = await start('demo')
    const nora = await demoHostPage(server, { inside: await sharedCompleteBrowser() }) // the headless shell has no clipboard
    const gina = await open(server)
    await gina.join('PARTY', 'Gina')
    await nora.expectAccessible('the console')

    await press(nora, 'Pause')
    await sees(nora, 'The music is paused.')
    await gina.page.getByText('Paused').waitFor()
    await press(nora, 'Play')
    await sees(nora, 'The music is playing.')
    await nora.page.getByRole('slider', { name: 'Volume' }).fill('35')
    await eventually('the player to have the volume', async () => (await volume(server)) === 35)
    const first = await playing(nora)
    await press(nora, 'Skip')
    await sees(nora, 'Skipped.')
    await eventually('another song to play', async () => (await playing(nora)) !== first)

    await press(nora, 'Copy')
    await sees(nora, 'The link is copied.')
    await nora.page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined })) // as in an insecure context
    await press(nora, 'Copy')
    await sees(nora, 'The link is selected. Copy it now.')
    expect(await nora.page.evaluate(() => getSelection()?.toString())).toBe(`${server.url}/r/PARTY`)

    await press(nora, 'Devices')
    await nora.page.getByRole('dialog').getByRole('button', { name: 'Living room' }).waitFor()
    await nora.expectAccessible('the devices')
    await inDialog(nora, 'Close')

    const [before = '', last = ''] = (await nora.songs()).slice(-2)
    await press(nora, menu(last))
    await nora.expectAccessible('the menu of a song')
    await inDialog(nora, 'Remove')
    await sees(nora, `Removed: ${last}`)
    await eventually('the song to be gone on Gina’s phone', async () => !(await gina.songs()).includes(last))
    const focused = () => nora.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    await eventually('the focus to move to the previous song', async () => (await focused()) === menu(before))
    await press(nora, 'Clear the queue')
    await nora.expectAccessible('the confirmation to clear the queue')
    await inDialog(nora, 'Clear the queue')
    await sees(nora, 'The queue is empty now.')
    await sees(gina, 'The queue is empty.')
    for (const device of [nora, gina]) device.expectNoErrors()
  })

  test('changes settings, and guests and other hosts see it', async () => {
    const server = await start('demo')
    const nora = await demoHostPage(server)
    const second = await demoHostPage(server, { locale: 'de-DE', colorScheme: 'light' })
    const gina = await open(server)
    await gina.join('PARTY', 'Gina')

    for (const device of [nora, second]) await device.hostTab('rules')
    await nora.page.getByLabel('Room name').fill('Upstairs')
    await press(nora, 'Save')
    for (const device of [nora, second, gina]) await device.page.getByRole('heading', { name: 'Upstairs' }).waitFor()
    await nora.page.getByLabel('Guests can add songs').uncheck()
    await gina.tab('search')
    await gina.page.locator('.notice', { hasText: 'This room is not taking new songs right now.' }).waitFor()
    await eventually(
      'the other page to show the change',
      async () => !(await second.page.getByLabel('Gäste dürfen Songs hinzufügen').isChecked()),
    )
    await second.page.getByLabel('Gäste dürfen Songs hinzufügen').check()
    await eventually('the first page to show the change back', () => nora.page.getByLabel('Guests can add songs').isChecked())
    await second.expectAccessible('the console in German, in the light theme')

    await press(nora, 'Choose a playlist')
    await nora.page.getByLabel('Link to a Spotify playlist').fill('no link')
    await press(nora, 'Choose')
    await sees(nora, 'That is not a link to a playlist.')
    await nora.expectAccessible('the playlists')
    await nora.page.getByLabel('Link to a Spotify playlist').fill('https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M')
    await press(nora, 'Choose')
    await second.page.getByRole('button', { name: 'Keine Playlist' }).waitFor()
    await nora.page.getByLabel('Play music while the queue is empty').uncheck()
    await eventually('the source to be hidden', async () => (await button(second, 'Keine Playlist').count()) === 0)
    for (const device of [nora, second, gina]) device.expectNoErrors()
  })

  test('makes a co-host, who can do less, and removes guests', async () => {
    const server = await start('demo')
    const nora = await demoHostPage(server)
    const gina = await open(server)
    const otto = await open(server)
    await gina.join('PARTY', 'Gina')
    await otto.join('PARTY', 'Otto')

    const console = await gina.page.context().newPage()
    await console.goto(`${server.url}/host?room=party`)
    await console.getByText('You are a guest in this room.').waitFor()
    await nora.hostTab('guests')
    await press(nora, 'Refresh')
    await press(nora, 'Manage Gina')
    await nora.expectAccessible('the actions for a guest')
    await inDialog(nora, 'Make co-host')
    await sees(nora, 'Gina is now a co-host.')
    await console.getByRole('tab', { name: 'Party' }).click()
    await console.getByRole('button', { name: 'Who did what' }).waitFor()
    expect(await console.getByRole('button', { name: 'Close the room' }).count()).toBe(0)
    await console.getByRole('tab', { name: 'Guests' }).click()
    await console.getByRole('button', { name: 'Manage Otto' }).click()
    await console.getByRole('dialog').getByRole('button', { name: 'Remove Leaves' }).click()
    await otto.page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()

    await press(nora, 'Manage Gina')
    await inDialog(nora, 'Ban')
    await sees(nora, 'Ban Gina?')
    await inDialog(nora, 'Ban')
    await sees(nora, 'Gina has been banned.')
    await gina.page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()
    await console.getByText('Join this room first').waitFor()
    for (const device of [nora, gina, otto]) device.expectNoErrors()
  })

  test('sees that the connection is lost, and continues when it is back', async () => {
    const server = await start('demo')
    const nora = await demoHostPage(server)
    await nora.page.context().setOffline(true)
    await sees(nora, 'No connection.')
    await nora.expectAccessible('the console while offline')
    await press(nora, 'Pause')
    await sees(nora, 'The server cannot be reached.')
    await nora.page.context().setOffline(false)
    await nora.page.getByText('No connection.').waitFor({ state: 'detached' })
    await press(nora, 'Pause')
    await sees(nora, 'The music is paused.')
    nora.expectNoErrors(...connectionErrors)
  })
})

describe('a host with a Spotify account', () => {
  test('connects it, loses the device, is asked to connect again, and disconnects', async () => {
    const spotify = await start('spotify-sim')
    const server = await start('demo', {
      ANTWON_SPOTIFY_CLIENT_ID: 'demo',
      ANTWON_SPOTIFY_CLIENT_SECRET: 'demo',
      ANTWON_SPOTIFY_API_URL: `${spotify.url}/v1`,
      ANTWON_SPOTIFY_ACCOUNTS_URL: spotify.url,
    })
    const atSpotify = async (path: string, body?: object) => {
      const response = await fetch(`${spotify.url}/control/${path}`, body && { method: 'POST', body: JSON.stringify(body) })
      return response.json()
    }
    const nora = await host(server, 'Nora')
    await sees(nora, 'Connect your Spotify account first.')
    await nora.expectAccessible('the console without a Spotify account')
    await press(nora, 'Connect Spotify')
    await press(nora, 'Cancel')
    await sees(nora, 'Spotify is not connected.')
    await nora.expectAccessible('the console after permission was denied')
    expect(new URL(nora.page.url()).search).toBe('')
    await press(nora, 'Connect Spotify')
    await press(nora, 'Allow')
    await sees(nora, 'Spotify is connected.')
    await press(nora, 'Open the room')
    await sees(nora, 'Nora is open.')
    await nora.page.locator('#player').waitFor()

    const code = (await nora.page.locator('.invite .code').textContent()) ?? ''
    const gina = await open(server)
    await gina.join(code, 'Gina')
    await gina.tab('search')
    await gina.page.getByRole('searchbox').fill('night')
    await gina.page.getByRole('button', { name: /^Add / }).first().click()
    await eventually('the song to play', async () => ((await playing(nora)) ?? '') !== '')

    const [account] = await atSpotify('accounts')
    await atSpotify(`accounts/${account.id}/host`, { action: 'close-app' })
    await sees(nora, 'There is no player.')
    await nora.expectAccessible('a lost device')
    await press(nora, 'Choose a device')
    await sees(nora, 'Spotify sees no devices.')
    await nora.expectAccessible('an empty list of devices')
    await atSpotify(`accounts/${account.id}/host`, { action: 'open-app' })
    const device = nora.page.getByRole('dialog').getByRole('button', { name: 'Living room' })
    await eventually('the device to be listed', async () => {
      await inDialog(nora, 'Refresh') // the server requests the devices from Spotify only every few seconds
      return device.isVisible()
    })
    await device.click()
    await sees(nora, 'Everything is fine.')

    await atSpotify(`accounts/${account.id}/revoke`, {})
    await atSpotify('clock', { advance: '70m' }) // until the access token has expired, too
    await nora.page.locator('#player .main').click() // so that the server notices it now
    await sees(nora, 'Spotify no longer accepts the connection.')
    await nora.expectAccessible('a revoked connection')
    await nora.page.locator('.health').getByRole('button', { name: 'Reconnect' }).click()
    await press(nora, 'Allow')
    await sees(nora, 'Everything is fine.')

    await nora.hostTab('party')
    await press(nora, 'Disconnect')
    await inDialog(nora, 'Disconnect')
    await sees(nora, 'Spotify is not connected. Connect it')
    await button(nora, 'Connect Spotify').waitFor()
    nora.expectNoErrors(new RegExp(spotify.url), /404/) // the simulated Spotify's own page has no icon
  })
})

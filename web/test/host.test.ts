import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { away, Device, launch } from './browser'
import { eventually, Server } from './server'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

const laptop = { width: 1280, height: 900 }

async function start(command: 'demo' | 'spotify-sim', env = {}): Promise<Server> {
  const server = await Server.start(command, env)
  onTestFinished(() => server.stop())
  return server
}

async function open(server: Server, options = {}): Promise<Device> {
  const device = await Device.open(browser, server, options)
  onTestFinished(() => device.close())
  return device
}

/** Signs in by the page. */
async function host(server: Server, name: string, options = {}): Promise<Device> {
  const device = await open(server, { viewport: laptop, ...options })
  await device.goto('/host')
  await device.page.getByRole('textbox').fill(name)
  await device.page.keyboard.press('Enter')
  await device.page.locator('#spotify').waitFor()
  return device
}

/** The demo's own host, in the room that is open already. */
async function demoHostPage(server: Server, options = {}): Promise<Device> {
  const device = await open(server, { viewport: laptop, ...options })
  await device.page.goto(server.hostLink)
  await device.page.locator('#player .song-name').waitFor()
  return device
}

const button = ({ page }: Device, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const press = (device: Device, name: string | RegExp) => button(device, name).click()
const says = ({ page }: Device, words: string | RegExp) => page.getByText(words).first().waitFor()
const inDialog = ({ page }: Device, name: string) => page.getByRole('dialog').getByRole('button', { name }).click()
const menu = (song: string) => `${song}: pin, remove or block`
const playing = ({ page }: Device) => page.locator('#player .song-name').textContent()

describe('a host', () => {
  test('opens a room by the pages alone, and closes it', async () => {
    const server = await start('demo')
    const nora = await open(server)
    await nora.goto('/host')
    await nora.page.getByLabel('Your name').waitFor()
    await nora.expectAccessible('signing in')
    await nora.page.getByLabel('Your name').fill('Nora')
    await press(nora, 'Start hosting')
    await says(nora, 'Connected as Nora')
    await nora.expectAccessible('having no room')

    await nora.page.getByLabel('Code').fill('a b')
    await press(nora, 'Open the room')
    await says(nora, 'A code has 4 to 20 characters')
    await nora.page.getByLabel('Code').fill('party')
    await press(nora, 'Open the room')
    await says(nora, 'Another party uses this code right now.')
    await nora.expectAccessible('a code that is taken')
    await nora.page.getByLabel('Code').fill('nora-1')
    await nora.page.getByLabel('Name of the room').fill('Nora’s kitchen')
    await press(nora, 'Open the room')
    await nora.page.getByRole('heading', { name: 'Nora’s kitchen' }).waitFor()
    await says(nora, 'The queue is empty.')
    await nora.expectAccessible('an empty room')

    const gina = await open(server)
    await gina.join('NORA-1', 'Gina')
    await gina.tab('search')
    await gina.page.getByRole('searchbox').fill('night')
    await gina.page.getByRole('button', { name: /^Add / }).first().click()
    await eventually('the song to play', async () => ((await playing(nora)) ?? '') !== '')
    await press(nora, 'Look again')
    await says(nora, 'Gina')

    await press(nora, 'Close the room')
    await nora.expectAccessible('being asked whether the room shall be closed')
    await nora.page.keyboard.press('Escape')
    await eventually('the focus to return', () => button(nora, 'Close the room').evaluate((it) => it === document.activeElement))
    await press(nora, 'Close the room')
    await inDialog(nora, 'Close for everybody')
    await says(nora, 'The room is closed.')
    await nora.page.getByRole('heading', { name: 'Open a room' }).waitFor()
    await gina.page.getByText('This party is over.').waitFor()

    await press(nora, 'Sign out')
    await nora.page.getByLabel('Your name').waitFor()
    for (const device of [nora, gina]) device.expectNoErrors()
  })

  test('pauses, skips, chooses a device, takes songs out, and clears the queue', async () => {
    const server = await start('demo')
    const nora = await demoHostPage(server)
    const gina = await open(server)
    await gina.join('PARTY', 'Gina')
    await nora.expectAccessible('a party')

    await press(nora, 'Pause')
    await says(nora, 'The music is paused.')
    await gina.page.getByText('Paused').waitFor()
    await press(nora, 'Play')
    await says(nora, 'The music plays.')
    const first = await playing(nora)
    await press(nora, 'Skip')
    await says(nora, 'Skipped.')
    await eventually('another song to play', async () => (await playing(nora)) !== first)

    await press(nora, 'Copy')
    await says(nora, 'The link is copied.')
    await nora.page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined })) // as without a secure context
    await press(nora, 'Copy')
    await says(nora, 'The link is selected: copy it now.')
    expect(await nora.page.evaluate(() => getSelection()?.toString())).toBe(`${server.url}/r/PARTY`)

    await press(nora, 'Devices')
    await nora.page.getByRole('dialog').getByRole('button', { name: 'Living room' }).waitFor()
    await nora.expectAccessible('choosing a device')
    await inDialog(nora, 'Close')

    const [before = '', last = ''] = (await nora.songs()).slice(-2)
    await press(nora, menu(last))
    await nora.expectAccessible('what can be done with a song')
    await inDialog(nora, 'Remove')
    await says(nora, `Removed: ${last}`)
    await eventually('the song to be gone at Gina’s', async () => !(await gina.songs()).includes(last))
    const focused = () => nora.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    await eventually('the focus to be at the song before', async () => (await focused()) === menu(before))
    await press(nora, 'Clear the queue')
    await nora.expectAccessible('being asked whether the queue shall be cleared')
    await inDialog(nora, 'Clear the queue')
    await says(nora, 'The queue is clear.')
    await says(gina, 'Nothing waits')
    for (const device of [nora, gina]) device.expectNoErrors()
  })

  test('changes settings, which guests and other hosts see', async () => {
    const server = await start('demo')
    const nora = await demoHostPage(server)
    const again = await demoHostPage(server, { locale: 'de-DE', colorScheme: 'light' })
    const gina = await open(server)
    await gina.join('PARTY', 'Gina')

    await nora.page.getByLabel('Name of the room').fill('Upstairs')
    await press(nora, 'Save')
    for (const device of [nora, again, gina]) await device.page.getByRole('heading', { name: 'Upstairs' }).waitFor()
    await nora.page.getByLabel('Guests may add songs').uncheck()
    await gina.tab('search')
    await gina.page.getByText('The room takes no new songs at the moment.').waitFor()
    await eventually('the other page to show it', async () => !(await again.page.getByLabel('Gäste dürfen').isChecked()))
    await again.page.getByLabel('Gäste dürfen').check()
    await eventually('the page that had changed it to show it', () => nora.page.getByLabel('Guests may add songs').isChecked())
    await again.expectAccessible('a party in German, by day')

    await press(nora, 'Choose a playlist')
    await nora.page.getByLabel('Link to a playlist').fill('no link')
    await inDialog(nora, 'Take')
    await says(nora, 'This is no link to a playlist')
    await nora.expectAccessible('choosing a playlist')
    await nora.page.getByLabel('Link to a playlist').fill('https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M')
    await inDialog(nora, 'Take')
    await again.page.getByRole('button', { name: 'Keine Playlist' }).waitFor()
    await nora.page.getByLabel('Music while the queue is empty').uncheck()
    await eventually('its source to go', async () => (await button(again, 'Keine Playlist').count()) === 0)
    for (const device of [nora, again, gina]) device.expectNoErrors()
  })

  test('makes a co-host, who may do less, and removes guests', async () => {
    const server = await start('demo')
    const nora = await demoHostPage(server)
    const gina = await open(server)
    const otto = await open(server)
    await gina.join('PARTY', 'Gina')
    await otto.join('PARTY', 'Otto')

    const console = await gina.page.context().newPage()
    await console.goto(`${server.url}/host?room=party`)
    await console.getByText('You are a guest in this room.').waitFor()
    await press(nora, 'Look again')
    await press(nora, 'Gina: change role or remove')
    await nora.expectAccessible('what can be done with a guest')
    await inDialog(nora, 'Make co-host')
    await says(nora, 'Gina is a co-host now.')
    await console.getByRole('heading', { name: 'Guests' }).waitFor()
    expect(await console.getByRole('button', { name: 'Close the room' }).count()).toBe(0)
    await console.getByRole('button', { name: 'Otto: change role or remove' }).click()
    await console.getByRole('dialog').getByRole('button', { name: 'Remove Leaves' }).click()
    await otto.page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()

    await press(nora, 'Gina: change role or remove')
    await inDialog(nora, 'Remove for good')
    await says(nora, 'Remove Gina for good?')
    await inDialog(nora, 'Remove for good')
    await says(nora, 'Gina is removed for good.')
    await gina.page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()
    await console.getByText('Join this room first').waitFor()
    for (const device of [nora, gina, otto]) device.expectNoErrors()
  })

  test('is told of a lost connection, and goes on after it', async () => {
    const server = await start('demo')
    const nora = await demoHostPage(server)
    await nora.page.context().setOffline(true)
    await says(nora, 'No connection.')
    await nora.expectAccessible('being offline')
    await press(nora, 'Pause')
    await says(nora, 'The server cannot be reached.')
    await nora.page.context().setOffline(false)
    await nora.page.getByText('No connection.').waitFor({ state: 'detached' })
    await press(nora, 'Pause')
    await says(nora, 'The music is paused.')
    nora.expectNoErrors(...away)
  })
})

describe('a host with an account at Spotify', () => {
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
    await says(nora, 'First connect your Spotify.')
    await nora.expectAccessible('having no account at Spotify')
    await press(nora, 'Connect Spotify')
    await press(nora, 'Cancel')
    await says(nora, 'Spotify is not connected.')
    await nora.expectAccessible('having denied it')
    expect(new URL(nora.page.url()).search).toBe('')
    await press(nora, 'Connect Spotify')
    await press(nora, 'Allow')
    await says(nora, 'Spotify is connected.')
    await press(nora, 'Open the room')
    await says(nora, 'Nora is open.')
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
    await says(nora, 'No player is there.')
    await nora.expectAccessible('a lost device')
    await press(nora, 'Choose a device')
    await says(nora, 'Spotify knows no device.')
    await nora.expectAccessible('having no device')
    await atSpotify(`accounts/${account.id}/host`, { action: 'open-app' })
    const device = nora.page.getByRole('dialog').getByRole('button', { name: 'Living room' })
    await eventually('the device to be listed', async () => {
      await inDialog(nora, 'Look again') // the server asks Spotify every few seconds at most
      return device.isVisible()
    })
    await device.click()
    await says(nora, 'All is well.')

    await atSpotify(`accounts/${account.id}/revoke`, {})
    await atSpotify('clock', { advance: '70m' }) // until the access token has ended, too
    await nora.page.locator('#player .main').click() // so that it is noticed now
    await says(nora, 'Spotify does not accept the connection any more.')
    await nora.expectAccessible('a connection that was taken back')
    await nora.page.locator('.health').getByRole('button', { name: 'Connect again' }).click()
    await press(nora, 'Allow')
    await says(nora, 'All is well.')

    await press(nora, 'Disconnect')
    await inDialog(nora, 'Disconnect')
    await says(nora, 'Spotify is not connected. Connect it')
    await button(nora, 'Connect Spotify').waitFor()
    nora.expectNoErrors(new RegExp(spotify.url), /404/) // its own page, which has no icon
  })
})

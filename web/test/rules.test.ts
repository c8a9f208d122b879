import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, onTestFinished, test } from 'vitest'
import { Device, launch } from './browser'
import { api, demoHost, eventually, Server, type Session } from './server'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

async function party(): Promise<{ server: Server; host: Session }> {
  const server = await Server.start('demo', { ANTWON_DEMO_SONG_SECONDS: '40' })
  onTestFinished(() => server.stop())
  return { server, host: await demoHost(server) }
}

async function guest(server: Server, name: string, options = {}): Promise<Device> {
  const device = await Device.open(browser, server, options)
  onTestFinished(() => device.close())
  await device.join('PARTY', name)
  await device.page.locator('.like').first().waitFor()
  return device
}

const settle = (server: Server, host: Session, settings: object) =>
  api(
    server,
    'mutation($r: ID!, $s: RoomSettingsInput!) { updateRoom(roomId: $r, input: {settings: $s}) { id } }',
    { r: host.roomId, s: settings },
    host.token,
  )

const playing = (device: Device) => device.page.locator('.playing .song-name').textContent()

describe('the rules of the house, on phones', () => {
  test('two guests vote a song away, and not without voting', async () => {
    const { server, host } = await party()
    const gina = await guest(server, 'Gina')
    const otto = await guest(server, 'Otto', { locale: 'de-DE', colorScheme: 'light' })
    const song = await playing(gina)
    await gina.page.getByText('0 of 2 votes').waitFor() // the first seconds are over
    await gina.expectAccessible('a vote')
    await gina.page.getByRole('button', { name: 'Skip this song' }).click()
    await gina.page.getByText('1 of 2 votes').waitFor()
    await otto.page.getByText('1 von 2 Stimmen').waitFor()
    await otto.expectAccessible('a vote in German')
    await otto.page.getByRole('button', { name: 'Song überspringen' }).click()
    await eventually('another song to play', async () => (await playing(gina)) !== song)

    await settle(server, host, { skipVotePercent: 0 })
    await eventually('nobody to be asked', async () => (await gina.page.locator('.vote').count()) === 0)
    for (const device of [gina, otto]) device.expectQuiet()
  })
})

import type { BrowserContextOptions } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Device, sharedBrowser } from './browser'
import { api, demoHost, eventually, Server } from './server'

const browser = await sharedBrowser()

async function start(): Promise<Server> {
  const server = await Server.start('demo', { ANTWON_DEMO_SONG_SECONDS: '3600' })
  onTestFinished(() => server.stop())
  return server
}

async function open(server: Server, options: BrowserContextOptions = {}): Promise<Device> {
  const device = await Device.open(browser, server, options)
  onTestFinished(() => device.close())
  return device
}

async function joined(server: Server, name: string, options: BrowserContextOptions = {}): Promise<Device> {
  const device = await open(server, options)
  await device.join('PARTY', name)
  await device.page.locator('.like').first().waitFor()
  return device
}

const tabletSize = { width: 1024, height: 768 }

/** The host's console, with the list of guests. */
async function guestList(server: Server): Promise<Device> {
  const nora = await open(server, { viewport: { width: 1280, height: 900 } })
  await nora.page.goto(server.hostLink)
  await nora.page.locator('#tab-guests').click()
  return nora
}

/** Has the host make a member's device a shared tablet, or a guest's again. */
async function make(nora: Device, name: string, action: string): Promise<void> {
  await nora.page.getByRole('button', { name: `Manage ${name}` }).click()
  await nora.page.getByRole('button', { name: action }).click()
}

/** Chooses the first search result that can be added, and returns its name. */
async function choose(bar: Device, query: string): Promise<string> {
  await bar.tab('search')
  const song = await bar.addFound(query)
  await bar.page.getByRole('dialog', { name: `Who wants to hear ${song}?` }).waitFor()
  return song
}

const line = (device: Device, song: string) => device.page.locator('.lines > li', { hasText: song })

describe('a tablet that guests share', () => {
  test('asks who wants to hear each song, and suggests who was here before until the party ends', async () => {
    const server = await start()
    const bar = await joined(server, 'Bar', { viewport: tabletSize })
    const gina = await joined(server, 'Gina')
    const nora = await guestList(server)
    await make(nora, 'Bar', 'Make shared tablet')
    await nora.page.getByText('Bar is now a shared tablet.').waitFor()
    await bar.page.getByText('This tablet is for everybody').waitFor()
    await bar.expectAccessible('the tablet')
    expect(await bar.page.getByRole('tab').allTextContents()).toEqual(['Queue', 'Add', 'Played'])
    expect(await bar.page.locator('button.like').count(), 'hearts to tap').toBe(0)

    const first = await choose(bar, 'night')
    await bar.expectAccessible('the question who wants to hear a song')
    await bar.page.getByLabel('Your name').fill('Ruth')
    await bar.page.keyboard.press('Enter')
    await bar.page.getByText(`Added ${first} for Ruth.`).waitFor()
    await line(gina, first).getByText('added by Ruth').waitFor()

    const second = await choose(bar, 'typewriter')
    await bar.page.getByRole('list', { name: 'Names given before' }).getByRole('button', { name: 'Ruth' }).click()
    await bar.page.getByText(`Added ${second} for Ruth.`).waitFor()
    await line(gina, second).getByText('added by Ruth').waitFor()

    const host = await demoHost(server)
    await api(
      server,
      'mutation($r: ID!) { updateRoom(roomId: $r, input: {settings: {maxQueuedPerGuest: 2}}) { id } }',
      { r: host.roomId },
      host.token,
    )
    await choose(bar, 'sun')
    await bar.page.getByRole('button', { name: 'Ruth' }).click()
    await bar.page.getByText('You have as many songs in the queue as the room allows').waitFor()
    const third = await choose(bar, 'sun')
    await bar.page.getByLabel('Your name').fill('Karl')
    await bar.page.keyboard.press('Enter')
    await bar.page.getByText(`Added ${third} for Karl.`).waitFor()

    await bar.tab('queue')
    await bar.openPlaying()
    expect(await bar.sheet().getByRole('button', { name: 'Vote to skip' }).count()).toBe(0)
    expect(await bar.sheet().getByRole('button', { name: 'Fire' }).count()).toBe(0)
    await bar.page.keyboard.press('Escape')
    const names = () => bar.page.evaluate(() => localStorage.getItem('antwon.tablet'))
    expect(await names()).toContain('Ruth')
    await api(server, 'mutation($r: ID!) { closeRoom(roomId: $r) { status } }', { r: host.roomId }, host.token)
    await bar.page.getByText('This party is over').waitFor()
    await eventually('the names to be forgotten', async () => (await names()) === null)
    for (const device of [bar, gina, nora]) device.expectNoErrors()
  })

  test('is a guest’s phone again when the host says so', async () => {
    const server = await start()
    const bar = await joined(server, 'Bar')
    const nora = await guestList(server)
    await make(nora, 'Bar', 'Make shared tablet')
    await bar.page.getByText('This tablet is for everybody').waitFor()
    await choose(bar, 'night')
    await bar.page.keyboard.press('Escape')
    await bar.page.getByRole('dialog').waitFor({ state: 'detached' })
    await make(nora, 'Bar', 'Make guest again')
    await bar.page.getByText('This tablet is for everybody').waitFor({ state: 'detached' })
    await bar.tab('queue')
    await bar.page.locator('button.like').first().click()
    await eventually('a heart to be filled', async () => (await bar.page.locator('button.like[aria-pressed=true]').count()) === 1)
    for (const device of [bar, nora]) device.expectNoErrors()
  })

  test('asks for the name in German, too', async () => {
    const server = await start()
    const bar = await joined(server, 'Bar', { locale: 'de-DE', colorScheme: 'light', viewport: tabletSize })
    await make(await guestList(server), 'Bar', 'Make shared tablet')
    await bar.page.getByText('Dieses Tablet ist für alle da').waitFor()
    await bar.tab('search')
    await bar.page.getByRole('searchbox').fill('night')
    await bar.page
      .getByRole('button', { name: /^Hinzufügen: / })
      .first()
      .click()
    await bar.page.getByRole('dialog', { name: /^Wer wünscht sich / }).waitFor()
    await bar.expectAccessible('the question in the light theme')
    bar.expectNoErrors()
  })
})

test('a host adds songs for a guest who joined, and for somebody without a phone', async () => {
  const server = await start()
  const gina = await joined(server, 'Gina')
  const nora = await open(server)
  await nora.page.goto(server.hostLink)
  await nora.page.locator('#player .song-name').waitFor()
  await nora.goto('/r/PARTY')
  await nora.tab('search')
  await nora.page.getByLabel('Add for').selectOption({ label: 'Gina' })
  const ginas = await nora.addFound('night')
  await nora.page.getByText(`Added ${ginas} for Gina.`).waitFor()
  await nora.expectAccessible('adding for a guest')
  await gina.tab('mine')
  await line(gina, ginas).waitFor()

  await nora.page.getByLabel('Add for').selectOption('Somebody without a phone')
  await nora.page.getByLabel('Their name').fill('Ruth')
  const ruths = await nora.addFound('typewriter')
  await nora.page.getByText(`Added ${ruths} for Ruth.`).waitFor()
  await gina.tab('queue')
  await line(gina, ruths).getByText('added by Ruth').waitFor()
  await gina.tab('search')
  expect(await gina.page.getByLabel('Add for').count(), 'the field of a guest').toBe(0)
  for (const device of [nora, gina]) device.expectNoErrors()
})

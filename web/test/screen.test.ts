import type { BrowserContextOptions } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectionErrors, Device, screenSize, sharedBrowser } from './browser'
import { api, demoHost, eventually, Server } from './server'

const browser = await sharedBrowser()

async function party(): Promise<Server> {
  const server = await Server.start('demo')
  onTestFinished(() => server.stop())
  return server
}

async function device(server: Server, options: BrowserContextOptions = {}): Promise<Device> {
  const opened = await Device.open(browser, server, options)
  onTestFinished(() => opened.close())
  return opened
}

/** Opens the room screen on a television, and waits for the queue. */
async function television(server: Server, options: BrowserContextOptions = {}): Promise<Device> {
  const screen = await device(server, { viewport: screenSize, ...options })
  await screen.goto('/r/PARTY/screen')
  await screen.page.getByRole('listitem').first().waitFor()
  return screen
}

/** The songs on the screen by their places; "still moving" while their positions do not match. */
async function shown(screen: Device): Promise<string[]> {
  const rows = await screen.page.locator('.row[data-hidden=false]').evaluateAll((elements) =>
    elements.map((row) => ({
      place: Number(row.querySelector('.place')?.textContent),
      height: row.getBoundingClientRect().top,
      song: row.querySelector('.row-title')?.textContent ?? '',
    })),
  )
  const byPlace = rows.toSorted((a, b) => a.place - b.place)
  const byHeight = rows.toSorted((a, b) => a.height - b.height)
  return byPlace.every((row, n) => row === byHeight[n]) ? byPlace.map((row) => row.song) : ['still moving']
}

describe('the screen of a room', () => {
  test('shows the likes and songs of two phones, in the same order as they do', async () => {
    const server = await party()
    const screen = await television(server)
    const gina = await device(server)
    const otto = await device(server)
    await gina.join('PARTY', 'Gina')
    await otto.join('PARTY', 'Otto')
    await eventually(
      'the screen to show the same queue as the phones',
      async () => `${await shown(screen)}` === `${await gina.songs()}`,
    )
    await screen.expectAccessible('the room screen')

    const last = (await gina.songs()).at(-1) ?? ''
    await gina.like(last).click()
    await otto.like(last).click()
    await eventually('the song with two likes to move up', async () => (await gina.songs()).slice(0, 2).includes(last))
    for (const songs of [otto.songs, () => shown(screen)]) {
      await eventually('all to show the same queue', async () => `${await songs()}` === `${await gina.songs()}`)
    }

    await otto.tab('search')
    await otto.page.getByRole('searchbox').fill('typewriter')
    await otto.page.getByRole('button', { name: /^Add / }).first().click()
    await eventually('the screen to show one more song', async () => (await shown(screen)).length === 6)
    await screen.page.getByText('added by Otto', { exact: true }).waitFor()
    for (const each of [screen, gina, otto]) each.expectNoErrors()
  })

  test('recovers by itself from a server restart and from a closed room that is opened again', async () => {
    const server = await party()
    const screen = await television(server, { locale: 'de-DE' })
    await screen.page.getByText('Als Nächstes').waitFor()
    await server.kill()
    await screen.page.getByRole('status').waitFor()
    await screen.expectAccessible('the screen while reconnecting')
    await server.start()
    await screen.page.getByRole('status').waitFor({ state: 'detached' })

    const { token, roomId } = await demoHost(server)
    await api(
      server,
      'mutation($r: ID!, $n: String!) { updateRoom(roomId: $r, input: {name: $n}) { id } }',
      { r: roomId, n: 'Küchenparty' },
      token,
    )
    await screen.page.getByRole('heading', { name: 'Küchenparty' }).waitFor()
    await api(server, 'mutation($r: ID!) { closeRoom(roomId: $r) { status } }', { r: roomId }, token)
    await screen.page.getByText('Diese Party ist vorbei.').waitFor()
    await screen.expectAccessible('the end of the party')
    await api(server, 'mutation { createRoom(input: {code: "PARTY", name: "Zugabe"}) { id } }', {}, token)
    await screen.page.getByText('Zugabe').waitFor({ timeout: 60_000 }) // the screen polls for it
    screen.expectNoErrors(...connectionErrors)
  })

  test('fits a portrait display in the light theme, and says if there is no room', async () => {
    const server = await party()
    const screen = await device(server, { viewport: { width: 1080, height: 1920 } })
    await screen.goto('/r/NOWHERE/screen?theme=light')
    await screen.page.getByText('no open room with the code NOWHERE').waitFor()
    await screen.expectAccessible('a missing room')
    await screen.goto('/r/PARTY/screen?theme=light')
    await screen.page.getByRole('listitem').first().waitFor()
    await screen.expectAccessible('the portrait screen in the light theme')
    const overflow = await screen.page.evaluate(
      () => document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth,
    )
    expect(overflow, 'the page overflows the screen').toBe(false)
    screen.expectNoErrors()
  })

  test('does not sign out the user of its browser', async () => {
    const server = await party()
    const laptop = await device(server, { viewport: screenSize })
    await laptop.page.goto(`${server.url}/host`)
    await laptop.page.evaluate(async () => {
      const query = 'mutation { demoLogin(displayName: "Hanna") { accessToken } }'
      await fetch('/graphql', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ query }),
      })
    })
    await laptop.goto('/r/PARTY/screen')
    await laptop.page.getByRole('listitem').first().waitFor()
    const name = await laptop.page.evaluate(async () => {
      const query = 'mutation { refreshSession { viewer { user { displayName } } } }'
      const headers = { 'Content-Type': 'application/json', 'X-Antwon': '1' }
      const answer = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) })
      return (await answer.json()).data.refreshSession.viewer.user.displayName
    })
    expect(name).toBe('Hanna')
    laptop.expectNoErrors()
  })
})

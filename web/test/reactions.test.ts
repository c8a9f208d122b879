import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Device, launch } from './browser'
import { api, demoHost, eventually, Server, type Session } from './server'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

async function party(): Promise<{ server: Server; host: Session }> {
  const server = await Server.start('demo', { ANTWON_DEMO_SONG_SECONDS: '3600' })
  onTestFinished(() => server.stop())
  return { server, host: await demoHost(server) }
}

async function open(server: Server, options: BrowserContextOptions = {}): Promise<Device> {
  const device = await Device.open(browser, server, options)
  onTestFinished(() => device.close())
  return device
}

async function television(server: Server, options: BrowserContextOptions = {}, theme = 'dark'): Promise<Device> {
  const screen = await open(server, { viewport: { width: 1920, height: 1080 }, ...options })
  await screen.goto(`/r/PARTY/screen?theme=${theme}`)
  await screen.page.locator('.now-cover').waitFor()
  return screen
}

/** A guest who looks at the song that plays. */
async function listener(server: Server, name: string, options: BrowserContextOptions = {}): Promise<Device> {
  const device = await open(server, options)
  await device.join('PARTY', name)
  await device.openPlaying()
  return device
}

const row = ({ page }: Device) => page.getByRole('group', { name: 'Show how you like it' })

interface Flight {
  seen: number // the most reactions at a time
  overOthers: number // how often one was over the cover or the song's details
  outside: number // how often one was not on the screen
}

/** Watches the screen frame by frame until reactions were there, and all of them are gone. */
const watchFlight = ({ page }: Device): Promise<Flight> =>
  page.evaluate(async () => {
    const flight = { seen: 0, overOthers: 0, outside: 0 }
    for (let now = 1; now > 0 || flight.seen === 0; ) {
      await new Promise(requestAnimationFrame)
      const others = ['.now-cover', '.now-details'].map((each) => document.querySelector(each)?.getBoundingClientRect())
      const flying = [...document.querySelectorAll('.hearts.reactions svg, .still svg')].filter((each) =>
        each.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
      )
      now = flying.length
      flight.seen = Math.max(flight.seen, now)
      for (const each of flying) {
        const { left, right, top, bottom } = each.getBoundingClientRect()
        for (const it of others)
          if (it && left < it.right && right > it.left && top < it.bottom && bottom > it.top) flight.overOthers++
        if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) flight.outside++
      }
    }
    return flight
  })

const hold = (server: Server, host: Session, settings: object) =>
  api(
    server,
    'mutation($r: ID!, $s: RoomSettingsInput!) { updateRoom(roomId: $r, input: {settings: $s}) { id } }',
    { r: host.roomId, s: settings },
    host.token,
  )

describe('reactions', () => {
  test('fly from phones to televisions of every size, and never over the cover or a text', { timeout: 300_000 }, async () => {
    const { server } = await party()
    const gina = await listener(server, 'Gina')
    const otto = await listener(server, 'Otto', { colorScheme: 'light', locale: 'de-DE' })
    for (const [width, height, theme] of [
      [3840, 2160, 'dark'],
      [1920, 1080, 'light'],
      [1280, 720, 'dark'],
      [1024, 768, 'light'],
      [1080, 1920, 'light'],
      [720, 1280, 'dark'],
    ] as const) {
      const screen = await television(server, { viewport: { width, height } }, theme)
      const flight = watchFlight(screen)
      await row(gina).getByRole('button', { name: 'Fire' }).click()
      for (const name of ['Hände hoch', 'Mitsingen', 'Lächeln', 'Stern'])
        await otto.page.getByRole('button', { name, exact: true }).click()
      const { overOthers, outside } = await flight
      expect({ overOthers, outside }, `${width} × ${height}`).toEqual({ overOthers: 0, outside: 0 })
      await screen.expectAccessible(`the television with ${theme} colours`)
      screen.expectNoErrors()
      await screen.close()
    }
    for (const each of [gina, otto]) each.expectNoErrors()
  })

  test.each([
    [1920, 1080],
    [1080, 1920],
  ])('stand still on a screen of %i × %i with reduced motion, each kind at its place', async (width, height) => {
    const { server } = await party()
    const screen = await television(server, { reducedMotion: 'reduce', viewport: { width, height } })
    const gina = await listener(server, 'Gina')
    await row(gina).getByRole('button', { name: 'Star' }).click()
    await row(gina).getByRole('button', { name: 'Star' }).click()
    const star = screen.page.locator('.still > li[data-hidden=false]')
    await star.first().waitFor()
    const before = await star.first().boundingBox()
    expect(await star.count()).toBe(1)
    await row(gina).getByRole('button', { name: 'Fire' }).click()
    const flight = watchFlight(screen)
    await eventually('the flame to stand there, too', async () => (await star.count()) === 2)
    expect(await star.last().boundingBox(), 'the place of the star').toEqual(before)
    expect(await screen.page.evaluate(() => document.querySelectorAll('.hearts').length), 'nothing flies').toBe(
      await screen.page.evaluate(
        () => [...document.querySelectorAll('.hearts')].filter((each) => getComputedStyle(each).display === 'none').length,
      ),
    )
    expect(await flight).toMatchObject({ overOthers: 0, outside: 0 })
    await eventually('them to be gone', async () => (await star.count()) === 0)
    screen.expectNoErrors()
    gina.expectNoErrors()
  })

  test('are five buttons that can be tapped, named and reached with the keyboard', async () => {
    const { server } = await party()
    const gina = await listener(server, 'Gina', { viewport: { width: 320, height: 640 } })
    const buttons = row(gina).getByRole('button')
    expect(await buttons.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))).toEqual([
      'Fire',
      'Hands up',
      'Sing along',
      'Smile',
      'Star',
    ])
    for (const button of await buttons.all()) {
      const box = await button.boundingBox()
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44)
    }
    await buttons.first().focus()
    await gina.page.keyboard.press('Tab')
    await gina.page.keyboard.press('Enter')
    await row(gina).getByRole('status').getByText('Sent: Hands up').waitFor()
    await gina.expectAccessible('the sheet with reactions')
    await gina.page.context().setOffline(true)
    await buttons.first().click()
    await buttons.first().locator('.sent').waitFor()
    expect(await row(gina).getByRole('status').textContent()).toBe('Sent: Hands up') // the other one was not
    await gina.page.context().setOffline(false)
    for (let n = 0; n < 25; n++) await buttons.last().click() // more than the server takes, which nobody is told
    expect(await gina.page.getByText('That was a lot at once').count()).toBe(0)
    gina.expectNoErrors(/429|ERR_INTERNET_DISCONNECTED/)
  })

  test('are gone while nothing plays, and where the host does not want them', async () => {
    const { server, host } = await party()
    const gina = await listener(server, 'Gina')
    await row(gina).waitFor()
    await api(server, 'mutation($r: ID!) { pausePlayback(roomId: $r) { status } }', { r: host.roomId }, host.token)
    await row(gina).waitFor({ state: 'detached' })
    await api(server, 'mutation($r: ID!) { resumePlayback(roomId: $r) { status } }', { r: host.roomId }, host.token)
    await row(gina).waitFor()

    const nora = await open(server, { viewport: { width: 1280, height: 900 } })
    await nora.page.goto(server.hostLink)
    await nora.page.locator('#tab-rules').click()
    await nora.page.getByText('Votes and reactions').click()
    await nora.page.getByLabel('Guests can react to the song that plays').click()
    await row(gina).waitFor({ state: 'detached' })
    await nora.expectAccessible('the setting')
    await hold(server, host, { reactions: true })
    await row(gina).waitFor()
    for (const each of [gina, nora]) each.expectNoErrors()
  })
})

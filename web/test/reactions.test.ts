import type { BrowserContextOptions } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Device, sharedBrowser, sidesAt } from './browser'
import { api, demoHost, eventually, Server, type Session } from './server'

const browser = await sharedBrowser()

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

type Sides = keyof typeof sidesAt

async function television(
  server: Server,
  options: BrowserContextOptions,
  { theme = 'dark', sides = 'usual' as Sides } = {},
): Promise<Device> {
  const screen = await open(server, options)
  await screen.stopClock(sidesAt[sides])
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
  now: number // how many reactions fly or stand beside the cover
  kinds: string[] // the pictures of all reactions so far
  faults: string[]
}

/** Watches each frame of the screen. The result tells what has been seen so far. */
async function watch({ page }: Device): Promise<() => Promise<Flight>> {
  const seen = await page.evaluateHandle(() => {
    const flight: Flight = { now: 0, kinds: [], faults: [] }
    const note = (list: string[], what: string) => list.includes(what) || list.push(what)
    const look = () => {
      const others = ['.now-cover', '.now-details', '.side', '.head'].map((name) => {
        const box = document.querySelector(name)?.getBoundingClientRect()
        if (!box) note(flight.faults, `there is no ${name}`)
        return { name, box }
      })
      const flying = [...document.querySelectorAll('.hearts svg, .still svg')].filter((each) =>
        each.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
      )
      flight.now = flying.length
      for (const each of flying) {
        note(flight.kinds, each.innerHTML)
        const { left, right, top, bottom } = each.getBoundingClientRect()
        for (const { name, box } of others)
          if (box && left < box.right && right > box.left && top < box.bottom && bottom > box.top)
            note(flight.faults, `over ${name}`)
        if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) note(flight.faults, 'not on the screen')
      }
      requestAnimationFrame(look)
    }
    look()
    return flight
  })
  return () => seen.jsonValue()
}

/** The places of the reactions that stand still, in the order of their kinds; undefined for a kind that is not shown. */
const standing = ({ page }: Device) =>
  page.locator('.still > li').evaluateAll((all) =>
    all.map((each) => {
      const { left, top } = each.getBoundingClientRect()
      return each.checkVisibility({ visibilityProperty: true }) ? { left, top } : undefined
    }),
  )

const like = 'mutation($i: ID!) { likeQueueItem(itemId: $i) { id } }'
const unlike = 'mutation($i: ID!) { unlikeQueueItem(itemId: $i) { id } }'

/** Likes a song, or takes that back, as the demo's host. */
async function liker(server: Server, { roomId, token }: Session): Promise<() => Promise<void>> {
  const { room } = await api(server, 'query($r: ID!) { room(id: $r) { queue { items { id } } } }', { r: roomId }, token)
  let isLiked = false
  return async () => {
    const change = isLiked ? unlike : like
    await api(server, change, { i: room.queue.items.at(-1).id }, token)
    isLiked = !isLiked
  }
}

const updateSettings = (server: Server, host: Session, settings: object) =>
  api(
    server,
    'mutation($r: ID!, $s: RoomSettingsInput!) { updateRoom(roomId: $r, input: {settings: $s}) { id } }',
    { r: host.roomId, s: settings },
    host.token,
  )

const flyingSizes = [
  [3840, 2160, 'dark', 'usual'],
  [1920, 1080, 'light', 'usual'],
  [1920, 1080, 'dark', 'swapped'],
  [1280, 1024, 'dark', 'usual'],
  [1024, 768, 'light', 'swapped'],
  [1080, 1920, 'light', 'swapped'],
  [720, 1280, 'dark', 'usual'],
  [320, 568, 'dark', 'usual'],
] as const

const stillSizes = [
  [1920, 1080, 'usual'],
  [1920, 1080, 'swapped'],
  [1024, 768, 'usual'],
  [1080, 1920, 'usual'],
  [320, 568, 'usual'],
  [844, 390, 'usual'],
  [667, 375, 'usual'],
  [568, 320, 'usual'],
] as const

describe('reactions', () => {
  test('and likes fly to televisions of every size, and never over the cover or a text', { timeout: 600_000 }, async () => {
    const { server, host } = await party()
    const like = await liker(server, host)
    const gina = await listener(server, 'Gina')
    const otto = await listener(server, 'Otto', { colorScheme: 'light', locale: 'de-DE' })
    const buttons = [
      ...['Fire', 'Hands up'].map((name) => row(gina).getByRole('button', { name })),
      ...['Mitsingen', 'Lächeln', 'Stern'].map((name) => otto.page.getByRole('button', { name, exact: true })),
    ]
    const kinds = await Promise.all(buttons.map((button) => button.locator('svg').innerHTML()))
    const screens = await Promise.all(
      flyingSizes.map(([width, height, theme, sides]) => television(server, { viewport: { width, height } }, { theme, sides })),
    )
    const flights = await Promise.all(screens.map(watch))
    const seen = () => Promise.all(flights.map((flight) => flight()))
    await eventually('a like and each kind of reaction to fly', async () => {
      const all = await seen()
      const missing = (kind: string) => all.some(({ kinds }) => !kinds.includes(kind))
      for (const [n, button] of buttons.entries()) if (missing(kinds[n] ?? '')) await button.click()
      if (all.some((each) => each.kinds.every((kind) => kinds.includes(kind)))) await like()
      return all.every((each) => each.kinds.length > kinds.length)
    })
    await eventually('all of them to be gone', async () => (await seen()).every(({ now }) => now === 0))
    for (const [n, { faults }] of (await seen()).entries()) expect(faults, flyingSizes[n]?.join(' ')).toEqual([])
    for (const [n, screen] of screens.entries()) {
      await screen.expectAccessible(`the television: ${flyingSizes[n]?.join(' ')}`)
      screen.expectNoErrors()
    }
    for (const each of [gina, otto]) each.expectNoErrors(/429/) // many clicks can exceed the rate limit
  })

  test('stand still at their places on screens of every size with reduced motion', async () => {
    const { server } = await party()
    const open = ([width, height, sides]: (typeof stillSizes)[number]) =>
      television(server, { reducedMotion: 'reduce', viewport: { width, height } }, { sides })
    const screens = await Promise.all(stillSizes.map(open))
    const gina = await listener(server, 'Gina')
    const buttons = await row(gina).getByRole('button').all()
    const flights = await Promise.all(screens.map(watch))
    let places: Awaited<ReturnType<typeof standing>>[] = []
    const stand = (count: number) =>
      eventually(`${count} to stand there`, async () => {
        for (const [n, button] of buttons.entries())
          if (n >= buttons.length - count && !places.every((each) => each[n])) await button.click({ clickCount: 2 }) // two of a kind show a number, too
        places = await Promise.all(screens.map(standing))
        return places.every((each) => each.filter((place) => place).length === count)
      })
    await stand(1)
    const stars = places.map((each) => each.at(-1))
    for (const star of stars) expect(star).toBeDefined()
    await stand(buttons.length)
    expect(
      places.map((each) => each.at(-1)),
      'the places of the star',
    ).toEqual(stars)
    await eventually('them to be gone', async () =>
      (await Promise.all(flights.map((seen) => seen()))).every(({ now }) => now === 0),
    )
    for (const [n, screen] of screens.entries()) {
      const display = await screen.page.locator('.hearts').evaluateAll((all) => all.map((each) => getComputedStyle(each).display))
      expect(display, 'nothing flies').toEqual(['none', 'none'])
      expect((await flights[n]?.())?.faults, stillSizes[n]?.join(' ')).toEqual([])
      screen.expectNoErrors()
    }
    gina.expectNoErrors(/429/) // many clicks can exceed the rate limit
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
    for (let n = 0; n < 25; n++) await buttons.last().click() // more than the rate limit; the page shows no error
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
    await updateSettings(server, host, { reactions: true })
    await row(gina).waitFor()
    for (const each of [gina, nora]) each.expectNoErrors()
  })
})

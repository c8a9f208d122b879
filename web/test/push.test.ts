import type { BrowserContextOptions } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectionErrors, Device, sharedCompleteBrowser } from './browser'
import { breakPush, delivery, type PushService, startPushService } from './pushService'
import { api, demoHost, eventually, Server } from './server'

const browser = await sharedCompleteBrowser() // the headless shell has no push messages

const tellMe = { 'en-GB': 'Tell me when my song is next', 'de-DE': 'Sag mir, wenn mein Song dran ist' }

interface Party {
  gina: Device
  server: Server
  service: PushService
}

/** A guest at a party with short songs and an empty queue, whose browser may show notifications. */
async function party(options: BrowserContextOptions & { locale?: 'en-GB' | 'de-DE' } = {}): Promise<Party> {
  const service = await startPushService()
  const server = await Server.start('demo', { ...service.env, ANTWON_DEMO_SONG_SECONDS: '6' })
  onTestFinished(() => server.stop())
  const { roomId, token } = await demoHost(server)
  await api(server, 'mutation($r: ID!) { clearQueue(roomId: $r) { roomId } }', { r: roomId }, token)
  const gina = await Device.open(browser, server, { permissions: ['notifications'], ...options })
  onTestFinished(() => gina.close())
  await service.serve(gina.page)
  await gina.join('PARTY', 'Gina')
  return { gina, server, service }
}

/** Opens a room of another host. */
async function openRoom(server: Server, code: string): Promise<void> {
  const nora = await Device.open(browser, server)
  onTestFinished(() => nora.close())
  await nora.goto('/host')
  await nora.page.getByRole('textbox').fill('Nora')
  await nora.page.keyboard.press('Enter')
  await nora.page.getByLabel('Code').fill(code)
  await nora.page.getByRole('button', { name: 'Open the room' }).click()
  await nora.page.locator('#tab-guests').waitFor()
}

/** Adds a song that is not in the queue yet. */
async function add(gina: Device): Promise<void> {
  await gina.tab('search')
  await gina.page.getByRole('searchbox').fill('night')
  await gina.page.getByText(/^10 (songs found|Songs gefunden)$/).waitFor()
  await gina.page
    .getByRole('button', { name: /^(Add |Hinzufügen: )/ })
    .first()
    .click()
  await gina.page.getByText(/^(Added|Hinzugefügt): /).waitFor()
}

/** The notices that a browser shows, seen from a page that is not the room's. */
const shown = ({ page }: Device) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    const all = (await registration?.getNotifications()) ?? []
    return all.map(({ title, body, lang, tag, silent }) => ({ title, body, lang, tag, silent }))
  })

const toggle = (device: Device, locale: 'en-GB' | 'de-DE' = 'en-GB') => device.page.getByRole('button', { name: tellMe[locale] })

describe('a guest who wants to know when their song is next', () => {
  test('is told in their language, silently while they look at the room, and a tap opens the room', async () => {
    const { gina, server, service } = await party({ locale: 'de-DE' })
    await gina.tab('mine')
    await toggle(gina, 'de-DE').click()
    await gina.page.getByText('Du bekommst eine Mitteilung').waitFor()
    await gina.expectAccessible('my songs with notices')
    await add(gina) // may play at once, without having been next
    await add(gina)
    const latest = (kind: string) => service.messages.findLast((text) => JSON.parse(text).kind === kind) ?? ''
    let [nextText, playingText] = ['', ''] // kept, because the other song's notices follow
    await eventually('both notices', async () => {
      nextText = latest('NEXT')
      playingText = latest('PLAYING')
      return JSON.parse(playingText).song === JSON.parse(nextText).song
    })
    const next = JSON.parse(nextText)
    expect(next).toMatchObject({ code: 'PARTY', language: 'de' })

    const deliver = await delivery(gina.page, server.url)
    await deliver(nextText)
    await eventually('a notice', async () => (await shown(gina)).length === 1)
    expect(await shown(gina)).toMatchObject([{ tag: '/r/PARTY', silent: true }])
    await deliver(JSON.stringify({ ...next, code: 'OTHER', kind: 'LATER' })) // a room that is not looked at, and a newer server
    await eventually('another notice', async () => (await shown(gina)).length === 2)
    const other = (await shown(gina)).find(({ tag }) => tag === '/r/OTHER')
    expect(other).toMatchObject({ title: 'Neues zu deinem Song', silent: false })
    expect(await openedByTap(gina, '/r/OTHER')).toBe('/r/OTHER')

    await gina.goto('/')
    await deliver(nextText)
    const body = `„${next.song}“ – ${next.room}`
    const expected = { title: 'Dein Song ist als Nächstes dran', body, lang: 'de', tag: '/r/PARTY', silent: false }
    await eventually('the notice to be heard', async () => (await shown(gina))[0]?.silent === false)
    expect(await shown(gina)).toEqual([expected])
    await deliver(playingText) // which replaces the first
    await eventually('the next notice', async () => (await shown(gina))[0]?.title === 'Dein Song läuft')
    expect(await shown(gina)).toHaveLength(1)
    expect(await openedByTap(gina, '/r/PARTY')).toBe('/r/PARTY')
    await eventually('the notice to go', async () => (await shown(gina)).length === 0)
    gina.expectNoErrors()
  })

  test('turns notices off where they were turned on', async () => {
    const { gina, service } = await party()
    await gina.tab('mine')
    await toggle(gina).click()
    await gina.page.getByText('You get a notification').waitFor()
    await gina.page.reload()
    await gina.page.getByText('You get a notification').waitFor() // the page remembers it
    await toggle(gina).click()
    await gina.page.getByText('You get a notification').waitFor({ state: 'detached' })
    await add(gina)
    await gina.tab('history')
    const songs = gina.page.locator('.lines > li')
    const before = await songs.count()
    await eventually('two more songs', async () => (await songs.count()) >= before + 2)
    expect(service.messages).toEqual([])
    gina.expectNoErrors()
  })

  test('reads that notices still come when neither the browser nor the server could end them', async () => {
    const { gina } = await party()
    await gina.tab('mine')
    await toggle(gina).click()
    await gina.page.getByText('You get a notification').waitFor()
    await breakPush(gina.page)
    await gina.page.context().setOffline(true)
    await toggle(gina).click()
    await gina.page.getByText('Notifications could not be turned off').waitFor()
    expect(await toggle(gina).getAttribute('aria-pressed')).toBe('true')
    await gina.page.context().setOffline(false)
    await eventually('the server to be told', async () => {
      await toggle(gina).click()
      return (await toggle(gina).getAttribute('aria-pressed')) === 'false'
    })
    gina.expectNoErrors(...connectionErrors)
  })

  test('reads that they are off when the browser can no longer get them', async () => {
    const { gina } = await party()
    await gina.tab('mine')
    await toggle(gina).click()
    await gina.page.getByText('You get a notification').waitFor()
    await breakPush(gina.page)
    await gina.page.reload()
    await gina.page.getByText('Notifications could not be turned on').waitFor()
    expect(await toggle(gina).getAttribute('aria-pressed')).toBe('false')
    gina.expectNoErrors()
  })

  test('gets them in one room: in another one they are off, as its page says', async () => {
    const { gina, server, service } = await party()
    await gina.tab('mine')
    await toggle(gina).click()
    await gina.page.getByText('You get a notification').waitFor()
    await openRoom(server, 'NORA-1')
    const other = await gina.page.context().newPage()
    await service.serve(other)
    await other.goto(`${server.url}/r/NORA-1`)
    await other.getByRole('textbox').fill('Gina')
    await other.keyboard.press('Enter')
    await other.locator('#tab-mine').click()
    await other.getByRole('button', { name: tellMe['en-GB'] }).click()
    await other.getByText('You get a notification').waitFor()
    await gina.page.getByText('You get a notification').waitFor({ state: 'detached' })
    await gina.page.reload()
    await toggle(gina).waitFor()
    expect(await toggle(gina).getAttribute('aria-pressed')).toBe('false')
    gina.expectNoErrors()
  })

  test('reads why nothing comes if the browser blocks notifications', async () => {
    const { gina, service } = await party({ permissions: [] })
    await gina.tab('mine')
    await gina.page.getByText('This browser blocks notifications').waitFor()
    expect(service.messages).toEqual([])
    gina.expectNoErrors()
  })
})

test('a browser without push messages has no button for them', async () => {
  const { gina } = await party()
  await gina.page.addInitScript(() => Reflect.deleteProperty(window, 'PushManager'))
  await gina.page.reload()
  await gina.tab('mine')
  await gina.page.getByRole('heading', { name: 'My songs' }).waitFor()
  expect(await toggle(gina).count()).toBe(0)
})

test('an iPhone says that the page has to be on the home screen', async () => {
  const { gina } = await party({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15' })
  await gina.page.addInitScript(() => {
    Reflect.deleteProperty(window, 'PushManager') // as in Safari there
    Object.defineProperty(navigator, 'standalone', { value: false })
  })
  await gina.page.reload()
  await gina.tab('mine')
  await gina.page.getByText('add antwon.dj to your home screen').waitFor()
  expect(await toggle(gina).count()).toBe(0)
})

/** Taps on a room's notice. Returns the page that is opened: the worker of a headless browser may open none. */
async function openedByTap({ page }: Device, tag: string): Promise<string> {
  const [worker] = page.context().serviceWorkers()
  if (!worker) throw new Error('there is no service worker')
  return worker.evaluate(async (tag) => {
    const scope = globalThis as unknown as { registration: ServiceWorkerRegistration; clients: object }
    const [notification] = await scope.registration.getNotifications({ tag })
    return new Promise<string>((resolve) => {
      Object.defineProperty(scope.clients, 'openWindow', { value: resolve, configurable: true })
      const NotificationEvent = Reflect.get(globalThis, 'NotificationEvent')
      dispatchEvent(new NotificationEvent('notificationclick', { notification }))
    })
  }, tag)
}

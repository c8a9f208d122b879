import type { BrowserContextOptions } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Device, screenSize, sharedBrowser } from './browser'
import { Server } from './server'

const browser = await sharedBrowser()

async function television(options: BrowserContextOptions = {}): Promise<Device> {
  const server = await Server.start('demo')
  onTestFinished(() => server.stop())
  const opened = await Device.open(browser, server, { viewport: screenSize, ...options })
  onTestFinished(() => opened.close())
  return opened
}

describe('a television', () => {
  test('stays awake by a silent video where the browser has no wake lock, and fills the screen', async () => {
    const screen = await television()
    await screen.page.addInitScript(() => {
      Reflect.deleteProperty(Navigator.prototype, 'wakeLock') // as without https
    })
    await screen.goto('/r/PARTY/screen')
    await screen.page.getByRole('listitem').first().waitFor()
    await screen.page.waitForFunction(() => {
      const video = document.querySelector('video')
      return video && !video.paused && video.currentTime > 0
    })
    const covered = await screen.page.locator('video').evaluate((video) => video.clientWidth / innerWidth)
    expect(covered).toBe(1) // browsers ignore small videos

    await screen.page.getByRole('button', { name: 'Full screen' }).click()
    await screen.page.waitForFunction(() => document.fullscreenElement !== null)
    await screen.page.getByRole('button', { name: 'Full screen' }).waitFor({ state: 'detached' })
    screen.expectNoErrors()
  })

  test('without JavaScript shows the code, the QR code and the queue, and renews itself', async () => {
    const screen = await television({ javaScriptEnabled: false, locale: 'de-DE' })
    await screen.goto('/r/PARTY/screen')
    await screen.page.waitForURL('**/r/PARTY/screen/plain')
    await screen.page.getByText('Als Nächstes').waitFor()
    expect(await screen.page.locator('.code').textContent()).toBe('PARTY')
    expect(await screen.page.locator('li').count()).toBeGreaterThan(3)
    await screen.page.locator('.join img').waitFor()
    await screen.page.waitForRequest((request) => request.isNavigationRequest(), { timeout: 30_000 })
    await screen.page.getByText('Als Nächstes').waitFor()
    screen.expectNoErrors()
  })

  test('with a browser that is too old shows the same, and a phone a sentence', async () => {
    const screen = await television()
    await screen.page.addInitScript(() => Reflect.deleteProperty(String.prototype, 'replaceAll'))
    await screen.page.route('**/assets/*.js', (route) => route.abort()) // it does not understand these
    await screen.goto('/r/PARTY/screen')
    await screen.page.waitForURL('**/r/PARTY/screen/plain')
    await screen.page.getByText('Up next').waitFor()
    await screen.goto('/r/PARTY')
    await screen.page.getByText('This browser is too old').waitFor()
    screen.expectNoErrors(/ERR_FAILED/)
  })
})

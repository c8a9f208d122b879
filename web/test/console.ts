import type { Browser } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { Device } from './browser'
import { demoHost, Server, type Session } from './server'

/** A party, the console of its host Nora, and her session for operations without a page. Ends with the test. */
export async function party(browser: Browser, env = {}): Promise<{ server: Server; nora: Device; host: Session }> {
  const server = await Server.start('demo', env)
  onTestFinished(() => server.stop())
  const host = await demoHost(server)
  const nora = await open(browser, server, { viewport: { width: 1280, height: 800 } })
  await nora.page.goto(server.hostLink)
  await nora.page.locator('#player .song-name').waitFor()
  await nora.page.locator('#queue time').first().waitFor()
  return { server, nora, host }
}

/** A device that is closed when the test ends. */
export async function open(browser: Browser, server: Server, options = {}): Promise<Device> {
  const device = await Device.open(browser, server, options)
  onTestFinished(() => device.close())
  return device
}

/**
 * Holds a subscription back from the first answer that contains these words until it is released. Applies to WebSockets
 * that the page opens later.
 */
export async function hold({ page }: Device, words: string): Promise<{ held: () => number; release: () => void }> {
  const held: (() => void)[] = []
  let id: string | undefined
  let released = false
  await page.routeWebSocket(/./, (socket) => {
    socket.connectToServer().onMessage((message) => {
      const text = message.toString()
      if (!id && text.includes(words)) id = JSON.parse(text).id
      if (!released && id && JSON.parse(text).id === id) held.push(() => socket.send(message))
      else socket.send(message)
    })
  })
  const release = () => {
    released = true
    for (const send of held) send()
  }
  return { held: () => held.length, release }
}

/** Waits until the account's page learns that the host has no room. */
export const learnsOfNoRoom = ({ page }: Device) =>
  page.waitForResponse(
    async (response) => response.url().endsWith('/graphql') && (await response.text()).includes('"hostedRoom":null'),
  )

export const button = ({ page }: Device, name: string | RegExp) => page.getByRole('button', { name, exact: true })
export const press = (device: Device, name: string | RegExp) => button(device, name).click()
export const inDialog = ({ page }: Device, name: string | RegExp) =>
  page.getByRole('dialog').getByRole('button', { name }).click()
export const sees = ({ page }: Device, words: string | RegExp) =>
  page.getByText(words).filter({ visible: true }).first().waitFor()
export const approvals = ({ page }: Device) => page.getByRole('region', { name: 'Waiting for approval' })
export const line = ({ page }: Device, song: string) => page.locator('#queue .lines > li', { hasText: song })
export const shown = ({ page }: Device, place: number) =>
  page
    .locator('#queue .song-name')
    .nth(place - 1)
    .textContent()
export const menu = (device: Device, song: string) => button(device, `${song}: pin, remove or block`)
export const undo = ({ page }: Device) => page.locator('.undo').getByRole('button', { name: 'Undo' }).click()

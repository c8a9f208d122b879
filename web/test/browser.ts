import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Server } from './server'

export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

export const launch = (): Promise<Browser> => chromium.launch({ executablePath, args: ['--no-sandbox'] }) // as root, too: it sees nothing but our own pages

export const phoneSize = { width: 390, height: 844 }
export const screenSize = { width: 1920, height: 1080 }

/** A device of somebody at the party: a browser with cookies of its own, and whatever goes wrong in its page. */
export class Device {
  readonly complaints: string[] = []

  private constructor(
    readonly page: Page,
    private readonly server: Server,
  ) {
    page.on('pageerror', (error) => this.complaints.push(`${error}`))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text())
    })
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url())
      if (protocol !== 'data:' && host !== new URL(server.url).host) this.complaints.push(`asks ${request.url()}`)
    })
  }

  static async open(browser: Browser, server: Server, options: BrowserContextOptions = {}): Promise<Device> {
    const context = await browser.newContext({ viewport: phoneSize, locale: 'en-GB', colorScheme: 'dark', ...options })
    context.setDefaultTimeout(20_000)
    return new Device(await context.newPage(), server)
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.server.url + path)
  }

  /** Joins by the code's page, as a guest does who scanned it. */
  async join(code: string, name: string): Promise<void> {
    await this.goto(`/r/${code}`)
    await this.page.getByRole('textbox').fill(name)
    await this.page.keyboard.press('Enter')
    await this.page.getByRole('tablist').waitFor()
  }

  async tab(name: 'queue' | 'search' | 'mine' | 'played'): Promise<void> {
    await this.page.locator(`#tab-${name}`).click()
  }

  /** The names of the songs in the list that is shown, in its order. */
  songs = (): Promise<string[]> => this.page.locator('.lines .song-name').allTextContents()

  /** The like button of a song. */
  like = (song: string) => this.page.locator('.lines > li', { hasText: song }).locator('.like')

  /** How many likes a song shows. */
  likes = (song: string) => this.like(song).locator('.count').textContent()

  /** Fails where axe finds that somebody cannot use the page. */
  async expectAccessible(what: string): Promise<void> {
    await this.page.evaluate(() => {
      for (const animation of document.getAnimations()) animation.finish() // what is half faded in is hard to read
    })
    await this.page.evaluate(axeSource) // evaluated by the browser's tools, which the page's policy does not bind
    const { violations } = await this.page.evaluate(() =>
      (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    )
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
    expect(found, `${what}, for those who see, hear or move otherwise`).toEqual([])
  }

  /** Nothing went wrong but what the test itself brought about. */
  expectNoErrors(...allowed: RegExp[]): void {
    expect(this.complaints.filter((text) => !allowed.some((pattern) => pattern.test(text)))).toEqual([])
  }

  close = () => this.page.context().close()
}

const axeSource = (createRequire(import.meta.url)('axe-core') as { source: string }).source

/** What a page complains of while the server is away. */
export const away = [/ERR_INTERNET_DISCONNECTED/, /ERR_CONNECTION_REFUSED/, /ERR_CONNECTION_RESET/, /WebSocket connection to/]

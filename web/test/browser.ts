import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type LaunchOptions, type Page } from 'playwright-core'
import { expect } from 'vitest'

const complete = process.env.CHROMIUM ?? '/usr/bin/chromium'
const headlessShell = '/usr/bin/chromium-headless-shell'

/** Starts Chromium with everything that browsers show around pages, such as notifications. */
export const launchComplete = ({ args = [], ...options }: LaunchOptions = {}): Promise<Browser> =>
  chromium.launch({ executablePath: complete, args: ['--no-sandbox', ...args], ...options }) // allows to run as root; it opens only our own pages

/**
 * Starts Chromium's headless shell if it is installed: pages behave as in the complete browser, and cost half of the
 * processor time. CHROMIUM names another browser.
 */
export const launch = (): Promise<Browser> =>
  launchComplete(process.env.CHROMIUM || !existsSync(headlessShell) ? {} : { executablePath: headlessShell })

const shared = new Map<() => Promise<Browser>, Browser>()

/** Starts a browser only if it does not run yet. A worker runs its files one after the other, so two calls never overlap. */
async function share(start: () => Promise<Browser>): Promise<Browser> {
  const running = shared.get(start)
  if (running?.isConnected()) return running
  const started = await start()
  shared.set(start, started)
  return started
}

/**
 * Chromium's headless shell, for all stories that one of vitest's workers tells: to start it for each file costs much
 * processor time. Stories open contexts of their own, and close them. Playwright closes the browser when the worker ends.
 */
export const sharedBrowser = (): Promise<Browser> => share(launch)

/** The same for the complete Chromium. */
export const sharedCompleteBrowser = (): Promise<Browser> => share(launchComplete)

/** The pages that are open in these browsers. */
export const sharedPages = (): Page[] =>
  [...shared.values()].flatMap((browser) => browser.contexts()).flatMap((context) => context.pages())

const phoneSize = { width: 390, height: 844 }
export const screenSize = { width: 1920, height: 1080 }

/** Times at which the TV has its sides as usual, and swapped. */
export const sidesAt = { usual: Date.UTC(2026, 0, 1, 0, 10), swapped: Date.UTC(2026, 0, 1, 0, 30) }

/** A device at the party: a browser context with its own cookies, and the errors of its page. */
export class Device {
  readonly errors: string[] = []

  private constructor(
    readonly page: Page,
    private readonly server: { url: string },
  ) {
    page.on('pageerror', (error) => this.errors.push(`${error}`))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.errors.push(message.text())
    })
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url())
      if (protocol !== 'data:' && host !== new URL(server.url).host) this.errors.push(`requested ${request.url()}`)
    })
  }

  static async open(browser: Browser, server: { url: string }, options: BrowserContextOptions = {}): Promise<Device> {
    const context = await browser.newContext({ viewport: phoneSize, locale: 'en-GB', colorScheme: 'dark', ...options })
    context.setDefaultTimeout(60_000) // only against hanging
    return new Device(await context.newPage(), server)
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.server.url + path)
  }

  /** Stops the clock of the pages that are opened next at a time. Their timers and frames go on. */
  stopClock = (at: number) =>
    this.page.addInitScript((now) => {
      Date.now = () => now
    }, at)

  /** Joins on the room's page, as a guest who scanned the QR code. */
  async join(code: string, name: string): Promise<void> {
    await this.goto(`/r/${code}`)
    await this.page.getByRole('textbox').fill(name)
    await this.page.keyboard.press('Enter')
    await this.page.getByRole('tablist').waitFor()
  }

  async tab(name: 'queue' | 'search' | 'mine' | 'history'): Promise<void> {
    await this.page.locator(`#tab-${name}`).click()
  }

  /** Opens a tab of the host's console. */
  async hostTab(name: 'music' | 'invite' | 'guests' | 'rules' | 'party'): Promise<void> {
    await this.page.locator(`#tab-${name}`).click()
  }

  /** Opens the sheet of the song that plays. */
  openPlaying = () => this.page.locator('.now-bar .row-open').click()

  /** Opens the sheet of a song. */
  openSong = (song: string) => this.page.locator('.lines > li', { hasText: song }).locator('.row-open').click()

  /** The sheet that is open. */
  sheet = () => this.page.getByRole('dialog')

  /** The names of the songs in the visible list, in order. */
  songs = (): Promise<string[]> => this.page.locator('.lines .song-name').allTextContents()

  /** The like button of a song. */
  like = (song: string) => this.page.locator('.lines > li', { hasText: song }).locator('.like')

  /** How many likes a song shows. */
  likes = (song: string) => this.like(song).locator('.count').textContent()

  /**
   * Searches, adds the first song found that can be added, and returns its name. Results may change at any time, so it
   * reads the name and adds the song in the same moment.
   */
  async addFound(query: string): Promise<string> {
    await this.page.getByRole('searchbox').fill(query)
    await this.page.locator('.lines > li:visible', { hasText: query }).first().waitFor() // until then, the list is an older one
    const add = this.page.getByRole('button', { name: /^Add / }).first()
    const label = await add.evaluate((button: HTMLElement) => {
      button.click()
      return button.getAttribute('aria-label')
    })
    return (label ?? '').slice('Add '.length)
  }

  /** Fails if axe finds an accessibility problem. */
  async expectAccessible(what: string): Promise<void> {
    await this.page.evaluate(() => {
      for (const animation of document.getAnimations()) animation.finish() // axe would report the low contrast of half-transparent text
    })
    const isLoaded = await this.page.evaluate(() => 'axe' in window)
    if (!isLoaded) await this.page.evaluate(axeSource) // not subject to the page's Content-Security-Policy
    const problems = await this.page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }
      const { violations } = await axe.run({ resultTypes: ['violations'] }) // the other results are not collected in full
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
    })
    expect(problems, `accessibility of: ${what}`).toEqual([])
  }

  /** Fails if the page had errors other than the allowed ones, which the test itself caused. */
  expectNoErrors(...allowed: RegExp[]): void {
    expect(this.errors.filter((text) => !allowed.some((pattern) => pattern.test(text)))).toEqual([])
  }

  close = () => this.page.context().close()
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The errors of a page that cannot reach the server. */
export const connectionErrors = [
  /ERR_INTERNET_DISCONNECTED/,
  /ERR_CONNECTION_REFUSED/,
  /ERR_CONNECTION_RESET/,
  /WebSocket connection to/,
]

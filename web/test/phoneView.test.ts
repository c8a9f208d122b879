import type { Locator } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectionErrors, Device, sharedBrowser } from './browser'
import { eventually, Server } from './server'

const browser = await sharedBrowser()

async function guest(options = {}): Promise<{ server: Server; gina: Device }> {
  const server = await Server.start('demo')
  onTestFinished(() => server.stop())
  const gina = await Device.open(browser, server, options)
  onTestFinished(() => gina.close())
  await gina.join('PARTY', 'Gina')
  await gina.page.locator('.like').first().waitFor()
  return { server, gina }
}

/** What browsers of the oldest supported versions lack. */
const younger: Record<string, string[]> = {
  'Array.prototype': ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with', 'group'],
  'String.prototype': ['at', 'isWellFormed', 'toWellFormed'],
  Object: ['hasOwn', 'groupBy'],
  Map: ['groupBy'],
  Promise: ['withResolvers', 'try'],
  Array: ['fromAsync'],
  'Set.prototype': ['union', 'intersection', 'difference', 'isSubsetOf'],
  AbortSignal: ['any', 'timeout', 'abort'],
  'Crypto.prototype': ['randomUUID'],
  globalThis: ['structuredClone', 'Navigation', 'navigation', 'scheduler', 'URLPattern'],
}

describe('what the phone shows', () => {
  test('stands in the address: Back closes the sheet, leaves the search, and a reload is where one was', async () => {
    const { gina } = await guest()
    const { page } = gina
    await gina.openSong((await gina.songs())[1] ?? '')
    await gina.sheet().waitFor()
    await page.goBack()
    await gina.sheet().waitFor({ state: 'detached' })

    await gina.tab('search')
    await page.locator('[type=search]:focus').waitFor()
    await page.keyboard.type('night')
    await page.getByText('10 songs found').waitFor()
    expect(new URL(page.url()).search).toBe('?tab=search&q=night')
    await page.reload()
    await page.getByText('10 songs found').waitFor()
    expect(await page.getByRole('searchbox').inputValue()).toBe('night')
    await gina.tab('history')
    await page.getByRole('heading', { name: 'Played songs' }).waitFor()
    await page.goBack()
    await page.locator('#tab-queue[aria-selected="true"]').waitFor()
    await gina.like((await gina.songs())[0] ?? '').waitFor()

    await gina.openPlaying()
    await page.reload()
    await gina.sheet().getByText('added by Demo host').waitFor()
    await page.keyboard.press('Escape')
    await gina.sheet().waitFor({ state: 'detached' })
    expect(new URL(page.url()).hash).toBe('')
    gina.expectNoErrors()
  })

  test('is the same after two taps at once where one is meant', async () => {
    const { gina } = await guest()
    const { page } = gina
    const tapTwice = (target: Locator) =>
      target.evaluate((button: HTMLElement) => {
        button.click()
        button.click()
      })
    await tapTwice(page.locator('#tab-search'))
    await page.getByRole('searchbox').fill('night')
    await page.getByText('songs found').waitFor()
    const found = page.locator('.lines > li').filter({ has: page.getByRole('button', { name: /^Add / }) })
    const song = (await found.first().locator('.song-name').textContent()) ?? ''
    await tapTwice(found.first().getByRole('button', { name: /^Add / }))
    await tapTwice(page.locator('#tab-queue'))
    await gina.like(song).waitFor()
    expect((await gina.songs()).filter((name) => name === song)).toHaveLength(1)
    expect(new URL(page.url()).pathname).toBe('/r/PARTY')

    await tapTwice(page.locator('.now-bar .row-open'))
    await gina.sheet().waitFor()
    await page.keyboard.press('Escape')
    await gina.sheet().waitFor({ state: 'detached' })
    gina.expectNoErrors()
  })

  test('a song that was found leads to its artist’s and its album’s songs, and Back to the results', async () => {
    const { gina } = await guest()
    const { page } = gina
    await page.goto(`${page.url().split('?')[0]}?tab=search&q=night`)
    await page.getByText('10 songs found').waitFor()
    const results = await gina.songs()
    await page.locator('.lines > li .row-open').first().click()
    const name =
      (await gina
        .sheet()
        .getByRole('button', { name: /^Songs by / })
        .first()
        .textContent()) ?? ''
    expect((await gina.sheet().boundingBox())?.height).toBeGreaterThan(300) // it is not clipped
    await gina.expectAccessible('a song that was found')
    await gina.sheet().getByRole('button', { name, exact: true }).click()
    await page.getByRole('heading', { name, exact: true }).waitFor()
    await page.locator('h2:focus').waitFor()
    const artist = name.replace('Songs by ', '')
    await eventually('songs of this artist only', async () => {
      const artists = await page.locator('.lines .artists').allTextContents()
      return artists.length > 1 && artists.every((text) => text.includes(artist))
    })
    expect(await page.getByRole('searchbox').count()).toBe(0)
    expect(new URL(page.url()).searchParams.get('artist')).toBe(artist)
    await gina.expectAccessible('an artist’s songs')
    if (process.env.ANTWON_PICTURES) await page.screenshot({ path: `${process.env.ANTWON_PICTURES}/artist.png` })

    await page.locator('.lines > li .row-open').nth(1).click()
    if (process.env.ANTWON_PICTURES) await page.screenshot({ path: `${process.env.ANTWON_PICTURES}/hit.png` })
    await gina
      .sheet()
      .getByRole('button', { name: /^Songs on / })
      .click()
    await page.getByRole('heading', { name: /^Songs on / }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: /^Songs on / }).waitFor()
    await page.locator('.lines > li').first().waitFor()
    const back = page.getByRole('button', { name: 'Back', exact: true })
    await back.click()
    await page.getByRole('heading', { name, exact: true }).waitFor()
    await back.click()
    expect(await page.getByRole('searchbox').inputValue()).toBe('night')
    await eventually('the results to be back', async () => (await gina.songs()).join() === results.join())
    gina.expectNoErrors()
  })

  test('a sheet keeps the focus, and gives it back', async () => {
    const { gina } = await guest()
    await gina.openPlaying()
    await gina.sheet().waitFor()
    for (let n = 0; n < 6; n++) {
      await gina.page.keyboard.press(n % 2 ? 'Tab' : 'Shift+Tab')
      expect(await gina.sheet().evaluate((sheet) => sheet.contains(document.activeElement))).toBe(true)
    }
    await gina.expectAccessible('the song that plays')
    await gina.page.keyboard.press('Escape')
    await gina.page.locator('.now-bar .row-open:focus').waitFor()
    gina.expectNoErrors()
  })

  test('an empty search offers the songs of the evening', async () => {
    const { gina } = await guest()
    await gina.tab('search')
    await gina.page.getByRole('heading', { name: 'Played tonight' }).waitFor()
    expect(await gina.songs()).toHaveLength(1)
    await gina.expectAccessible('the empty search')
    gina.expectNoErrors()
  })

  for (const viewport of [
    { width: 390, height: 844 },
    { width: 320, height: 568 },
    { width: 844, height: 390 },
  ])
    test(`fits into ${viewport.width} × ${viewport.height} pixels: rows of two lines, targets of 44, results above the keyboard`, async () => {
      const { gina } = await guest({ viewport, locale: 'de-DE' })
      await gina.page.locator('.wait').first().waitFor()
      const widths = await gina.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
      expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0)
      const heights = await gina.page.locator('.lines > li').evaluateAll((rows) => rows.map((row) => row.clientHeight))
      expect(Math.max(...heights.slice(0, 4))).toBeLessThanOrEqual(72)
      const targets = await gina.page
        .locator('.lines .like, .tabs > button')
        .evaluateAll((buttons) =>
          buttons.map((button) => button.getBoundingClientRect()).map(({ width, height }) => Math.min(width, height)),
        )
      expect(Math.min(...targets.filter((size) => size > 0))).toBeGreaterThanOrEqual(44) // 0: it is not shown
      await gina.tab('search')
      await gina.page.getByRole('searchbox').fill('night')
      await gina.page.getByText('10 Songs gefunden').waitFor()
      const second = await gina.page.locator('.lines > li').nth(1).boundingBox()
      const keyboard = viewport.height > viewport.width ? 0.42 : 0.5 // its share of the height
      if (viewport.height > viewport.width)
        expect((second?.y ?? 0) + (second?.height ?? 0)).toBeLessThan(viewport.height * (1 - keyboard))
      gina.expectNoErrors()
    })

  test('works in the oldest browsers that it promises to support', async () => {
    const server = await Server.start('demo')
    onTestFinished(() => server.stop())
    const gina = await Device.open(browser, server)
    onTestFinished(() => gina.close())
    await gina.page.addInitScript((lists) => {
      for (const [path, names] of Object.entries(lists)) {
        let owner: Record<string, unknown> | undefined = globalThis as unknown as Record<string, unknown>
        for (const part of path.split('.'))
          if (part !== 'globalThis') owner = owner?.[part] as Record<string, unknown> | undefined
        for (const name of names) if (owner) delete owner[name]
      }
    }, younger)
    for (const path of ['/', '/r/PARTY/screen', '/host']) {
      await gina.goto(path)
      await gina.page.locator('#root > *').first().waitFor()
    }
    await gina.join('PARTY', 'Gina')
    await gina.page.locator('.like').first().waitFor()
    const song = (await gina.songs())[2] ?? ''
    await gina.like(song).click()
    await eventually('the like to count', async () => (await gina.likes(song)) === '1')
    await gina.tab('history')
    await gina.page.getByRole('heading', { name: 'Played songs' }).waitFor()
    await gina.tab('search')
    await gina.page.getByRole('searchbox').fill('night')
    await gina.page.getByText('10 songs found').waitFor()
    gina.expectNoErrors()
  })

  test('asks before it is left while something has not been sent', async () => {
    const { gina } = await guest()
    /** Whether the page would have the browser ask. */
    const asks = () => gina.page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })))
    expect(await asks()).toBe(false)
    await gina.page.context().setOffline(true)
    await gina.page.getByText('No connection.').waitFor()
    await gina.like((await gina.songs())[2] ?? '').click()
    await gina.page.getByText('1 action has not been sent yet.').waitFor()
    expect(await asks()).toBe(true)
    await gina.page.context().setOffline(false)
    await eventually('the like to be sent', async () => !(await asks()))
    gina.expectNoErrors(...connectionErrors)
  })
})

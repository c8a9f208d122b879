// Holds the pages against what their texts need: nothing is cut at its sides, overlaps, breaks within a word or scrolls sideways,
// in all sizes, both languages, and with text of twice the size. Only the playground is not opened, and the room's screen not in
// sizes of phones. ANTWON_PICTURES=DIRECTORY also takes a picture of each, in both themes.
import { mkdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Device } from './browser'
import { faultsOf } from './geometry'
import { filledParty } from './party'

const pictures = process.env.ANTWON_PICTURES
const only = process.env.ANTWON_VIEWS?.split(',') // names of views
const sizes = [
  { width: 320, height: 568 },
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
]
const textSizes = [100, 200] // percent
const hostTabs = ['music', 'invite', 'guests', 'rules', 'party']

if (pictures) mkdirSync(pictures, { recursive: true })
const stage = filledParty()

/** Checks what a device shows in each size. The faults of all sizes are reported together. */
async function check(device: Device, name: string, fits = (_: { width: number; percent: number }) => true): Promise<void> {
  if (only && !only.includes(name.replace(/^..-/, ''))) return
  const { page } = device
  const faults: string[] = []
  const tools = await page.context().newCDPSession(page)
  for (const percent of textSizes) {
    await tools.send('Page.setFontSizes', { fontSizes: { standard: (16 * percent) / 100 } }) // as in the browser's settings
    for (const size of sizes.filter(({ width }) => fits({ width, percent }))) {
      await page.setViewportSize(size)
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
      const where = `${name}, ${size.width} px, text ${percent} %`
      faults.push(...(await faultsOf(page)).map((fault) => `${where}: ${fault}`))
      if (pictures) await takePictures(device, `${pictures}/${name}-${size.width}-${percent}`)
    }
  }
  await tools.send('Page.setFontSizes', { fontSizes: { standard: 16 } })
  await tools.detach()
  expect.soft(faults, name).toEqual([])
}

async function takePictures({ page }: Device, path: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: `${path}-${colorScheme}.png`, animations: 'disabled' })
  }
}

describe.each(['en-GB', 'de-DE'])('nothing is cut, overlaps or breaks within a word: %s', (locale) => {
  const language = locale.slice(0, 2)
  const open = () => Device.open(stage.browser, stage.server, { locale })

  test('the start page and the guest’s phone', async () => {
    const gina = await open()
    await gina.goto('/')
    await gina.page.getByRole('textbox').waitFor()
    await check(gina, `${language}-start`)
    await gina.goto('/r/PARTY')
    await gina.page.getByRole('textbox').waitFor()
    await check(gina, `${language}-join`)
    await gina.join('PARTY', 'Gina')
    await gina.page.locator('.wait').first().waitFor()
    await check(gina, `${language}-queue`)
    await gina.openSong((await gina.songs())[2] ?? '')
    await gina.sheet().waitFor()
    await check(gina, `${language}-sheet`)
    await gina.page.goBack()
    await gina.page.locator('.menu > summary').click()
    await check(gina, `${language}-menu`)
    await gina.page.locator('.menu > summary').click()
    for (const tab of ['mine', 'history', 'search'] as const) {
      await gina.tab(tab)
      if (tab === 'search') {
        await gina.page.getByRole('searchbox').fill('night')
        await gina.page.locator('.icon-button.add').first().waitFor()
      }
      await check(gina, `${language}-${tab}`)
    }
    await gina.close()
  })

  test('the poster', async () => {
    const host = await open()
    await host.goto(`/r/PARTY/poster?lang=${language}`)
    await host.page.getByRole('button').waitFor()
    await check(host, `${language}-poster`)
    await host.close()
  })

  test('the room’s screen', async () => {
    const screen = await open()
    await screen.goto('/r/PARTY/screen')
    await screen.page.getByRole('listitem').first().waitFor()
    // Its text follows the size of the television, not the reader's setting.
    await check(screen, `${language}-screen`, ({ width, percent }) => width >= 768 && percent === 100)
    await screen.close()
  })

  test('the host’s console', async () => {
    const host = await open()
    await host.goto('/host')
    await host.page.getByRole('textbox').waitFor()
    await check(host, `${language}-sign-in`)
    await host.page.goto(stage.server.hostLink)
    await host.page.locator('#queue time').first().waitFor()
    await host.page.locator('.toasts > p').waitFor({ state: 'detached' })
    for (const tab of hostTabs) {
      await host.page.setViewportSize({ width: 390, height: 844 })
      await host.page.locator(`#tab-${tab}`).click()
      await host.page.waitForLoadState('networkidle')
      await check(host, `${language}-host-${tab}`)
    }
    await host.close()
  })
})

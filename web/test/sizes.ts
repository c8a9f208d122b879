import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Device } from './browser'
import { faultsOf } from './geometry'

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
/** The TV is also opened on a nearly square screen. */
export const screenSizes = [...sizes, { width: 1280, height: 1024 }]
const textSizes = [100, 200] // percent

/** The time limit of a test that checks many sizes, in milliseconds. */
export const timeout = 900_000

if (pictures) mkdirSync(pictures, { recursive: true })

/** Checks what a device shows in each size, and reports the faults of all together. The device keeps its size and theme. */
export async function check(
  device: Device,
  name: string,
  fits = (_: { width: number; percent: number }) => true,
  all = sizes,
): Promise<void> {
  if (only && !only.includes(name.replace(/^..-/, ''))) return
  const { page } = device
  await page.bringToFront() // a browser draws nothing of a page that it takes for hidden
  const before = page.viewportSize()
  const faults: string[] = []
  const tools = await page.context().newCDPSession(page)
  for (const percent of textSizes) {
    await tools.send('Page.setFontSizes', { fontSizes: { standard: (16 * percent) / 100 } }) // as in the browser's settings
    for (const size of all.filter(({ width }) => fits({ width, percent }))) {
      await page.setViewportSize(size)
      await settle(page)
      const where = `${name}, ${size.width} px, text ${percent} %`
      faults.push(...(await faultsOf(page)).map((fault) => `${where}: ${fault}`))
      if (pictures) await takePictures(device, `${pictures}/${name}-${size.width}-${percent}`)
    }
  }
  await tools.send('Page.setFontSizes', { fontSizes: { standard: 16 } })
  await tools.detach()
  if (before) await page.setViewportSize(before)
  expect.soft(faults, name).toEqual([])
}

/** Waits until a page has adapted to its size, and ends animations. Elements that measure themselves need a second frame. */
export const settle = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (const _ of ['the size', 'what was measured'])
      await new Promise((resolve) => {
        setTimeout(resolve, 2_000) // against hanging
        requestAnimationFrame(() => requestIdleCallback(resolve))
      })
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY) animation.finish()
  })

async function takePictures({ page }: Device, path: string): Promise<void> {
  const isLight = await page.evaluate(() => matchMedia('(prefers-color-scheme: light)').matches)
  for (const colorScheme of isLight ? (['dark', 'light'] as const) : (['light', 'dark'] as const)) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: `${path}-${colorScheme}.png`, animations: 'disabled' })
  }
}

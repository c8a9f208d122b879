import { mkdirSync } from 'node:fs'
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
const textSizes = [100, 200] // percent

/** Of a test that looks at many sizes, against hanging, in milliseconds. */
export const timeout = 900_000

if (pictures) mkdirSync(pictures, { recursive: true })

/** Checks what a device shows in each size. The faults of all sizes are reported together. */
export async function check(device: Device, name: string, fits = (_: { width: number; percent: number }) => true): Promise<void> {
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

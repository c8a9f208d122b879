import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Device, sharedBrowser } from './browser'
import { Server } from './server'

const browser = await sharedBrowser()
let server: Server
beforeAll(async () => {
  server = await Server.start('demo')
})
afterAll(() => server?.stop())

describe.each([
  ['dark', 'rgb(20, 17, 27)'],
  ['light', 'rgb(247, 244, 251)'],
] as const)('before its script runs, in a %s browser', (colorScheme, ground) => {
  test.each(['/', '/r/PARTY', '/host', '/r/PARTY/screen', '/playground'])('%s shows its name and colours', async (path) => {
    const device = await Device.open(browser, server, { colorScheme })
    onTestFinished(() => device.close())
    await device.page.route('**/assets/*.js', (route) => route.abort())
    await device.goto(path)
    const shell = device.page.getByText('antwon.dj', { exact: true })
    await shell.waitFor()
    const shown = await shell.evaluate((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect()
      const inMiddle = document.elementsFromPoint((left + right) / 2, (top + bottom) / 2)
      return { ground: getComputedStyle(element).backgroundColor, seen: inMiddle.includes(element) }
    })
    const always = path.endsWith('/screen') // televisions stay dark, unless the room says otherwise
    expect(shown).toEqual({ ground: always ? 'rgb(20, 17, 27)' : ground, seen: true })
    device.expectNoErrors(/ERR_FAILED/)
  })
})

// Takes pictures of the pages in both themes, for the documents: `make screenshots`.
import { mkdirSync } from 'node:fs'
import { test } from 'vitest'
import { Device, screenSize } from './browser'
import { filledParty } from './party'
import { site, startForPictures } from './pictures'
import { settle } from './sizes'

const folder = new URL('../../docs/pages/', import.meta.url).pathname
const phone = { deviceScaleFactor: 2 }

mkdirSync(folder, { recursive: true })
const stage = filledParty(startForPictures)

for (const colorScheme of ['dark', 'light'] as const) {
  const picture = async ({ page }: Device, name: string) => {
    await settle(page)
    await page.screenshot({ path: `${folder}${name}-${colorScheme}.png`, animations: 'disabled' })
  }
  const open = (options = {}) => Device.open(stage.browser, site, { colorScheme, ...options })

  test(`the phone, ${colorScheme}`, async () => {
    const gina = await open(phone)
    await gina.goto('/')
    await gina.page.getByRole('textbox').waitFor()
    await picture(gina, 'start')
    await gina.join('PARTY', 'Gina')
    await gina.page.locator('.like').first().waitFor()
    await gina.like(await gina.songs().then((songs) => songs[2] ?? '')).click()
    await gina.page.locator('.wait').first().waitFor()
    await picture(gina, 'phone')
    await gina.tab('search')
    await gina.page.getByRole('searchbox').fill('night')
    await gina.page.getByText('songs found').waitFor()
    await picture(gina, 'phone-search')
    await gina.close()
  })

  test(`the room screen, ${colorScheme}`, async () => {
    const screen = await open({ viewport: screenSize })
    await screen.goto(`/r/PARTY/screen?theme=${colorScheme}`)
    await screen.page.getByRole('listitem').first().waitFor()
    await screen.page.waitForLoadState('networkidle')
    await picture(screen, 'screen')
    await screen.close()
  })

  test(`the host’s console, ${colorScheme}`, async () => {
    const host = await open({ viewport: { width: 1280, height: 900 } })
    await host.page.goto(stage.server.hostLink)
    await host.page.locator('#queue time').first().waitFor()
    await host.page.getByText('Welcome').waitFor({ state: 'hidden' })
    await picture(host, 'host')
    await host.close()
  })

  test(`the playground, ${colorScheme}`, async () => {
    const developer = await open({ viewport: { width: 1280, height: 800 } })
    await developer.goto('/playground?code=PARTY')
    await developer.page.locator('.graphiql-container').waitFor()
    await developer.page.waitForLoadState('networkidle')
    await picture(developer, 'playground')
    await developer.close()
  })
}

// Checks the layout of the pages: no text is cut, overlaps, breaks within a word or makes the page scroll sideways, in all sizes,
// both languages, and with text of twice the size. layoutRoles.ts does the same for views that only some people see, and
// layoutScreen.ts for the TV.
// ANTWON_PICTURES=DIRECTORY also takes a picture of each, in both themes.
import { describe, test } from 'vitest'
import { Device } from './browser'
import { filledParty } from './party'
import { check, timeout } from './sizes'

const hostTabs = ['music', 'invite', 'guests', 'rules', 'party']
const stage = filledParty()

describe.each(['en-GB', 'de-DE'])('nothing is cut, overlaps or breaks within a word: %s', { timeout }, (locale) => {
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
    await gina.openPlaying()
    await gina.page.getByRole('group').getByRole('button').first().waitFor() // the reactions
    await check(gina, `${language}-playing`)
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
    for (const name of ['artist', 'album']) {
      await gina.page.locator('.lines > li .row-open').first().click()
      await gina.sheet().waitFor()
      await check(gina, `${language}-found-${name}`)
      await gina
        .sheet()
        .getByRole('button', { name: name === 'artist' ? /^(Songs by|Songs von) / : /^(Songs on|Songs auf) / })
        .first()
        .click()
      await gina.page.locator('h2:focus').waitFor()
      await gina.page.locator('.lines > li').first().waitFor()
      await check(gina, `${language}-${name}`)
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

  test('the host’s console', async () => {
    const host = await open()
    await host.goto('/host')
    await host.page.getByRole('textbox').waitFor()
    await check(host, `${language}-sign-in`)
    await host.page.goto(stage.server.hostLink)
    await host.page.locator('#queue time').first().waitFor()
    await host.page.locator('.toasts > p').waitFor({ state: 'detached' })
    for (const tab of hostTabs) {
      await host.page.locator(`#tab-${tab}`).click()
      await host.page.waitForLoadState('networkidle')
      await check(host, `${language}-host-${tab}`)
    }
    await host.close()
  })

  test('the playground', async () => {
    const developer = await open()
    await developer.goto('/playground?code=PARTY')
    await developer.page.locator('.graphiql-query-editor .view-line').first().waitFor()
    await check(developer, `${language}-playground`, ({ width, percent }) => width > 320 || percent === 100)
    await developer.close()
  })
})

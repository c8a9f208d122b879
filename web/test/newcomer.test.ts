import { expect, onTestFinished, test } from 'vitest'
import { Device, sharedBrowser } from './browser'
import { Server } from './server'

const browser = await sharedBrowser()

const languages = [
  {
    locale: 'en-GB',
    join: 'Join the party',
    tabs: { queue: 'Queue', add: 'Add', mine: 'Mine' },
    add: /^Add /,
    like: /^Like /,
    soon: /in (\d+|a moment)/,
    why: /^Plays at about \d\d:\d\d\. .+/,
  },
  {
    locale: 'de-DE',
    join: 'Mitmachen',
    tabs: { queue: 'Liste', add: 'Wünschen', mine: 'Meine' },
    add: /^Hinzufügen: /,
    like: / liken /,
    soon: /in \d+|gleich/,
    why: /^Läuft etwa um \d\d:\d\d Uhr\. .+/,
  },
]

// Does what docs/pages/newcomer.md describes. It finds every element by its role and its words.
test.each(languages)(
  'somebody who has never seen the page joins, adds, likes, and learns when their song plays: $locale',
  async (words) => {
    const server = await Server.start('demo')
    onTestFinished(() => server.stop())
    const gina = await Device.open(browser, server, { locale: words.locale })
    onTestFinished(() => gina.close())
    const { page } = gina
    let taps = 0
    const tap = async (role: 'button' | 'tab', name: string | RegExp) => {
      taps++
      await page.getByRole(role, { name, disabled: false }).first().click()
    }

    await gina.goto('/r/PARTY')
    await page.getByRole('textbox').fill('Gina')
    await tap('button', words.join)

    await tap('tab', words.tabs.add)
    await page.getByRole('searchbox').fill('night')
    const plus = page.getByRole('button', { name: words.add }).first()
    const label = (await plus.getAttribute('aria-label')) ?? (await plus.textContent()) ?? ''
    await tap('button', words.add)

    await tap('tab', words.tabs.queue)
    await tap('button', words.like)
    await page.getByRole('button', { name: words.like, pressed: true }).first().waitFor()

    await tap('tab', words.tabs.mine)
    const song = label.replace(words.add, '') // beside which stands what Gina likes
    await page.getByRole('listitem').filter({ hasText: song }).filter({ hasText: words.soon }).first().waitFor()
    await tap('button', `${song}: `)
    await page.getByRole('dialog').getByText(words.why).waitFor()
    expect(taps, 'taps').toBeLessThanOrEqual(7)
    gina.expectNoErrors()
  },
)

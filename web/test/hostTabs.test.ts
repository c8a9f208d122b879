import { describe, expect, onTestFinished, test } from 'vitest'
import { Device, sharedBrowser } from './browser'
import { api, demoHost, eventually, Server } from './server'

const browser = await sharedBrowser()

const laptop = { width: 1280, height: 900 }
const phone = { width: 390, height: 844 }

async function console(server: Server, viewport = laptop): Promise<Device> {
  const nora = await Device.open(browser, server, { viewport })
  onTestFinished(() => nora.close())
  await nora.page.goto(server.hostLink)
  await nora.page.locator('#queue time').first().waitFor()
  return nora
}

async function start(): Promise<Server> {
  const server = await Server.start('demo')
  onTestFinished(() => server.stop())
  return server
}

const tabs = ({ page }: Device) => page.getByRole('tab').allTextContents()
const chosen = ({ page }: Device) => page.getByRole('tab', { selected: true }).textContent()
const address = ({ page }: Device) => new URL(page.url()).search
const isSeen = ({ page }: Device, heading: string) => page.getByRole('heading', { name: heading, exact: true }).isVisible()

describe('the console’s tabs', () => {
  test('stand beside the music on a laptop, in the address, and Back leaves them', async () => {
    const nora = await console(await start())
    expect(await tabs(nora)).toEqual(['Invite', 'Guests', 'Rules', 'Party'])
    expect(await chosen(nora)).toBe('Invite')
    await nora.hostTab('guests')
    expect(address(nora)).toBe('?tab=guests')
    await nora.hostTab('rules')
    await nora.page.getByLabel('Room name').fill('A name that nobody has saved')
    expect(await isSeen(nora, 'Queue')).toBe(true)
    expect(await isSeen(nora, 'Guests')).toBe(false)
    await nora.expectAccessible('the rules beside the queue')

    await nora.page.goBack()
    await eventually('Back to lead to the first tab', async () => (await chosen(nora)) === 'Invite')
    expect(address(nora)).toBe('')
    await nora.hostTab('rules')
    expect(await nora.page.getByLabel('Room name').inputValue()).toBe('A name that nobody has saved')
    await nora.page.reload()
    await nora.page.getByLabel('Room name').waitFor()
    expect(await chosen(nora)).toBe('Rules')
    await nora.hostTab('invite')
    await eventually('the first tab to go back, too', async () => address(nora) === '')
    nora.expectNoErrors()
  })

  test('are moved through with the keyboard, as screen readers expect', async () => {
    const nora = await console(await start())
    const { page } = nora
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    await page.getByRole('tab', { name: 'Invite' }).focus()
    const expected = { ArrowRight: 'Guests', End: 'Party', ArrowLeft: 'Rules', Home: 'Invite' }
    for (const [key, name] of Object.entries(expected)) {
      await page.keyboard.press(key)
      await eventually(`${key} to lead to ${name}`, async () => (await chosen(nora)) === name && (await focused()) === name)
      await page.getByRole('tabpanel', { name, exact: true }).waitFor()
      const panel = await page.getByRole('tab', { name }).getAttribute('aria-controls')
      expect(await page.locator(`#${panel}`).getAttribute('role')).toBe('tabpanel')
    }
    await page.keyboard.press('ArrowLeft')
    await eventually('the first tab to be followed by the last', async () => (await chosen(nora)) === 'Party')
    await page.keyboard.press('Shift+Tab')
    expect(await focused()).not.toBe('Rules') // only the chosen tab is a stop of the Tab key
    nora.expectNoErrors()
  })

  test('are at the bottom of a phone, where the music is the first of them', async () => {
    const nora = await console(await start(), phone)
    expect(await tabs(nora)).toEqual(['Music', 'Invite', 'Guests', 'Rules', 'Party'])
    for (const tab of ['guests', 'rules', 'party', 'invite'] as const) {
      await nora.hostTab(tab)
      expect(await isSeen(nora, 'Queue')).toBe(false)
      expect(await nora.page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(2000)
      await nora.expectAccessible(`the tab ${tab} on a phone`)
    }
    await nora.page.goBack()
    await eventually('Back to lead to the music', () => isSeen(nora, 'Queue'))
    await nora.hostTab('invite')
    await nora.page.setViewportSize(laptop)
    await eventually('the music to stand beside the tab on a wider page', () => isSeen(nora, 'Queue'))
    expect(await chosen(nora)).toBe('Invite')
    nora.expectNoErrors()
  })

  test('say on a phone what needs the host, wherever the host is', async () => {
    const server = await start()
    const host = await demoHost(server)
    const run = (mutation: string) => api(server, mutation, { r: host.roomId }, host.token)
    const nora = await console(server, phone)
    await nora.hostTab('guests')
    await run('mutation($r: ID!) { updateRoom(roomId: $r, input: {settings: {requireApproval: true, fallback: false}}) { id } }')
    const gina = await Device.open(browser, server)
    onTestFinished(() => gina.close())
    await gina.join('PARTY', 'Gina')
    await gina.tab('search')
    await gina.page.getByRole('searchbox').fill('night')
    await gina.page.getByRole('button', { name: /^Add / }).first().click()
    await nora.page.getByRole('tab', { name: 'Music 1 Waiting for approval' }).waitFor()

    await run('mutation($r: ID!) { clearQueue(roomId: $r) { version } }')
    const health = nora.page.locator('.health').filter({ visible: true })
    await eventually('the end of the music to be said', async () => {
      await run('mutation($r: ID!) { skipSong(roomId: $r) { version } }').catch(() => {})
      return health.isVisible()
    })
    await nora.expectAccessible('a tab with a problem of the player')
    await nora.hostTab('rules')
    expect(await health.isVisible()).toBe(true)
    nora.expectNoErrors()
  })

  test('survive two taps at once, and an undo in another tab', async () => {
    const nora = await console(await start(), phone)
    await nora.page.getByRole('button', { name: 'Clear the queue' }).click()
    await nora.page.getByRole('dialog').getByRole('button', { name: 'Clear the queue' }).click()
    await nora.page.getByText('The queue is empty now.').waitFor()
    await nora.hostTab('guests')
    await nora.page.locator('.undo').getByRole('button', { name: 'Undo' }).click()
    expect(await nora.page.evaluate(() => document.activeElement?.id)).toBe('tab-guests')
    await nora.page.locator('#tab-music').evaluate((tab: HTMLElement) => {
      tab.click()
      tab.click()
    })
    await eventually('the music to be shown', () => isSeen(nora, 'Queue'))
    expect(new URL(nora.page.url()).pathname).toBe('/host')
    nora.expectNoErrors()
  })

  test('close a dialog of the music when a tablet is turned, so that it blocks nothing', async () => {
    const nora = await console(await start())
    await nora.hostTab('guests')
    await nora.page.getByRole('button', { name: 'Clear the queue' }).click()
    await nora.page.getByRole('dialog').waitFor()
    await nora.page.setViewportSize(phone)
    await nora.page.getByRole('dialog').waitFor({ state: 'detached' })
    await nora.hostTab('rules')
    await nora.page.getByLabel('Room name').waitFor()
    nora.expectNoErrors()
  })

  test('are forgotten by the address when the host signs out', async () => {
    const server = await start()
    const nora = await console(server)
    await nora.hostTab('party')
    await nora.page.getByRole('button', { name: 'Sign out' }).click()
    await nora.page.getByRole('textbox').waitFor()
    expect(address(nora)).toBe('')
    await nora.page.goto(server.hostLink)
    await nora.page.locator('#queue time').first().waitFor()
    expect(await chosen(nora)).toBe('Invite')
    nora.expectNoErrors()
  })

  test('show who is here, and fold up who is not; screens are apart', async () => {
    const server = await start()
    const gina = await Device.open(browser, server)
    const otto = await Device.open(browser, server)
    await gina.join('PARTY', 'Gina')
    await otto.join('PARTY', 'Otto')
    const screen = await Device.open(browser, server)
    onTestFinished(async () => {
      for (const device of [gina, otto, screen]) await device.close()
    })
    await screen.goto('/r/PARTY/screen')
    await screen.page.getByRole('listitem').first().waitFor()
    const nora = await console(server)
    await nora.hostTab('guests')
    const group = (name: string) =>
      nora.page.locator('#guests details', { has: nora.page.getByRole('heading', { name, exact: true }) })
    for (const name of ['Gina', 'Otto']) await group('Here').getByText(name, { exact: true }).waitFor()
    expect(await group('Screens').getByText('1', { exact: true }).count()).toBe(1)
    expect(await group('Screens').getAttribute('open')).toBeNull()
    await nora.page.getByRole('button', { name: 'Manage Otto' }).click()
    await nora.page.getByRole('dialog').getByRole('button', { name: 'Remove Leaves' }).click()
    await group('Removed').locator('summary').click()
    await group('Removed').getByText('Otto').waitFor()
    await nora.expectAccessible('the guests in groups')
    for (const device of [nora, gina, screen]) device.expectNoErrors()
  })
})

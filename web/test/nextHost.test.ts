import { describe, expect, onTestFinished, test } from 'vitest'
import { connectionErrors, Device, sharedBrowser } from './browser'
import { hold, learnsOfNoRoom } from './console'
import { eventually, Server } from './server'

const browser = await sharedBrowser()

const laptop = { width: 1280, height: 900 }
const press = ({ page }: Device, name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()
const sees = ({ page }: Device, words: string | RegExp) => page.getByText(words).filter({ visible: true }).first().waitFor()
const inDialog = ({ page }: Device, name: string) => page.getByRole('dialog').getByRole('button', { name }).click()

async function host(server: Server, name: string, options = {}): Promise<Device> {
  const device = await Device.open(browser, server, { viewport: laptop, ...options })
  onTestFinished(() => device.close())
  await device.goto('/host')
  await device.page.getByRole('textbox').fill(name)
  await device.page.keyboard.press('Enter')
  await device.page.locator('#spotify').waitFor()
  return device
}

/** Nora's room, in which Ben, who has signed in on his phone, is a co-host. */
async function withCohost(): Promise<{ nora: Device; ben: Device }> {
  const server = await Server.start('demo')
  onTestFinished(() => server.stop())
  const nora = await host(server, 'Nora')
  await nora.page.getByLabel('Code').fill('nora-1')
  await press(nora, 'Open the room')
  await sees(nora, 'The queue is empty.')
  const ben = await host(server, 'Ben', { viewport: { width: 390, height: 844 } })
  await ben.join('NORA-1', 'Ben')
  await nora.hostTab('guests')
  await press(nora, 'Refresh')
  await press(nora, 'Manage Ben')
  await inDialog(nora, 'Make co-host')
  await sees(nora, 'Ben is now a co-host.')
  return { nora, ben }
}

async function offer(nora: Device): Promise<void> {
  await press(nora, 'Manage Ben')
  await inDialog(nora, 'Hand over the room')
  await sees(nora, 'Ben can accept the room for ten minutes.')
}

describe('a host who leaves', () => {
  test('hands the room over to a co-host, who accepts it on the phone', async () => {
    const { nora, ben } = await withCohost()
    await offer(nora)
    await sees(nora, 'Ben has not accepted the room yet.')
    await nora.expectAccessible('an offer to a co-host')
    await sees(ben, 'Nora wants to hand this room over to you.')
    await ben.expectAccessible('the phone with an offer')
    await ben.page.getByRole('link', { name: 'Answer' }).click()
    await sees(ben, 'You become the host after this song, or after the next one if the player already has it.')
    await ben.expectAccessible('the console with an offer')
    await press(ben, 'Accept')

    await ben.page.waitForURL(/\/host$/) // the room is his own now
    await ben.hostTab('party')
    await ben.page.getByRole('button', { name: 'Close the room' }).waitFor()
    await nora.page.waitForURL(/\/host\?room=NORA-1$/)
    await nora.hostTab('party')
    await press(nora, 'Who did what')
    await sees(nora, 'Ben took the room over from Nora')
    expect(await nora.page.getByRole('button', { name: 'Close the room' }).count()).toBe(0)
    for (const device of [nora, ben]) device.expectNoErrors()
  })

  test('gets the console of a co-host, even if the account learns of it before the room’s page', async () => {
    const { nora, ben } = await withCohost()
    const news = await hold(nora, '"COHOST"')
    await nora.goto('/host')
    await nora.hostTab('guests')
    await offer(nora)
    await ben.page.getByRole('link', { name: 'Answer' }).click()
    await press(ben, 'Accept')
    await ben.page.waitForURL(/\/host$/)

    const asked = learnsOfNoRoom(nora)
    await nora.hostTab('party')
    await press(nora, 'Disconnect')
    await inDialog(nora, 'Disconnect')
    await asked
    await eventually('the news to be held', () => Promise.resolve(news.held() > 0))
    news.release()
    await nora.page.waitForURL(/\/host\?room=NORA-1$/)
    for (const device of [nora, ben]) device.expectNoErrors()
  })

  test('who was removed meanwhile can open another room', async () => {
    const { nora, ben } = await withCohost()
    await offer(nora)
    await ben.page.getByRole('link', { name: 'Answer' }).click()
    await sees(ben, 'You become the host after this song')
    await nora.page.context().setOffline(true)
    await press(ben, 'Accept')
    await ben.page.waitForURL(/\/host$/)
    await ben.hostTab('guests')
    await press(ben, 'Manage Nora')
    await ben.page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove(?! all)/ })
      .click()
    await ben.page.getByRole('dialog').waitFor({ state: 'detached' })
    await nora.page.context().setOffline(false)
    await press(nora, 'Open the room')
    await sees(nora, 'The queue is empty.')
    ben.expectNoErrors()
    nora.expectNoErrors(...connectionErrors)
  })

  test('takes an offer back, and a co-host declines one', async () => {
    const { nora, ben } = await withCohost()
    await offer(nora)
    await sees(ben, 'Nora wants to hand this room over to you.')
    await press(nora, 'Take it back')
    await sees(nora, 'You remain the host.')
    await ben.page.getByText('Nora wants to hand').waitFor({ state: 'detached' })

    await offer(nora)
    await ben.page.getByRole('link', { name: 'Answer' }).click()
    await press(ben, 'Decline')
    await sees(ben, 'You have declined.')
    await nora.page.getByText('Ben has not accepted').waitFor({ state: 'detached' })
    for (const device of [nora, ben]) device.expectNoErrors()
  })
})

// The same as layout.ts, for views that only some people see: at a shared tablet, with notices, and with an offer of the room. It
// also runs axe, in both languages.

import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, onTestFinished, test } from 'vitest'
import { Device, launchComplete } from './browser'
import { startPushService } from './pushService'
import { api, demoHost, Server, type Session } from './server'
import { check, timeout } from './sizes'

let browser: Browser
beforeAll(async () => {
  browser = await launchComplete() // the headless shell has no push messages
})
afterAll(() => browser?.close())

async function party(env: Record<string, string> = {}): Promise<{ server: Server; host: Session }> {
  const server = await Server.start('demo', { ANTWON_DEMO_SONG_SECONDS: '3600', ...env })
  onTestFinished(() => server.stop())
  return { server, host: await demoHost(server) }
}

/** Checks how a view looks, and whether everybody can use it. */
async function look(device: Device, name: string): Promise<void> {
  await device.expectAccessible(name)
  await check(device, name)
}

/** Gives a member of the room a role. */
async function give(server: Server, { roomId, token }: Session, name: string, role: string): Promise<string> {
  const members = 'query($r: ID!) { room(id: $r) { members(first: 50) { nodes { participant { displayName user { id } } } } } }'
  const { room } = await api(server, members, { r: roomId }, token)
  const { participant } = room.members.nodes.find(
    (node: { participant: { displayName: string } }) => node.participant.displayName === name,
  )
  const set = 'mutation($r: ID!, $u: ID!, $to: Role!) { setRole(roomId: $r, userId: $u, role: $to) { role } }'
  await api(server, set, { r: roomId, u: participant.user.id, to: role }, token)
  return participant.user.id
}

describe.each(['en-GB', 'de-DE'])('nothing is cut, overlaps or breaks within a word for some: %s', { timeout }, (locale) => {
  const language = locale.slice(0, 2)
  const open = async (server: Server, options: BrowserContextOptions = {}) => {
    const device = await Device.open(browser, server, { locale, ...options })
    onTestFinished(() => device.close())
    return device
  }

  test('a shared tablet', async () => {
    const { server, host } = await party()
    const bar = await open(server)
    await bar.join('PARTY', 'Bar')
    await give(server, host, 'Bar', 'TABLET')
    await bar.page.locator('.notice').first().waitFor()
    await look(bar, `${language}-tablet`)
    for (const name of ['Ruth', 'Maximilian-Alexander']) {
      await bar.tab('search')
      await bar.page.getByRole('searchbox').fill(name === 'Ruth' ? 'night' : 'sun')
      await bar.page.locator('.icon-button.add').first().click()
      await bar.sheet().getByRole('textbox').fill(name)
      await bar.page.keyboard.press('Enter')
      await bar.sheet().waitFor({ state: 'detached' })
    }
    await bar.page.locator('.icon-button.add').first().click()
    await bar.sheet().getByRole('button', { name: 'Ruth' }).waitFor()
    await look(bar, `${language}-name`)
  })

  test('a guest who gets notices', async () => {
    const service = await startPushService()
    const { server } = await party(service.env)
    const gina = await open(server, { permissions: ['notifications'] })
    await service.serve(gina.page)
    await gina.join('PARTY', 'Gina')
    await gina.tab('mine')
    const notices = gina.page.getByRole('button', { name: /^(Tell me|Sag mir)/ })
    await notices.click()
    await notices.and(gina.page.locator('[aria-pressed=true]')).waitFor()
    await look(gina, `${language}-notices`)
  })

  test('who is offered the room, and adds songs for guests without a phone', async () => {
    const { server, host } = await party()
    const ben = await open(server)
    await ben.goto('/host')
    await ben.page.getByRole('textbox').fill('Ben')
    await ben.page.keyboard.press('Enter')
    await ben.page.locator('#spotify').waitFor()
    await ben.join('PARTY', 'Ben')
    const userId = await give(server, host, 'Ben', 'COHOST')
    await ben.tab('search')
    await ben.page.getByRole('combobox').selectOption('SOMEBODY')
    await look(ben, `${language}-add-for`)
    await ben.tab('queue')
    const offer = 'mutation($r: ID!, $u: ID!) { offerRoom(roomId: $r, userId: $u) { id } }'
    await api(server, offer, { r: host.roomId, u: userId }, host.token)
    await ben.page.locator('.notice a').waitFor()
    await look(ben, `${language}-offered`)
    await ben.page.locator('.notice a').click()
    await ben.page.locator('.notice .button.plain').waitFor()
    await look(ben, `${language}-offer`)

    const nora = await open(server)
    await nora.page.goto(server.hostLink)
    await nora.page.locator('.notice .buttons').waitFor()
    await look(nora, `${language}-offering`)
    await nora.hostTab('guests')
    await nora.page.getByRole('button', { name: /Ben/ }).click()
    await nora.page.getByRole('dialog').waitFor()
    await look(nora, `${language}-manage`)
  })
})

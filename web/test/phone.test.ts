import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { away, Device, launch } from './browser'
import { api, demoHost, eventually, Server } from './server'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

async function party(): Promise<Server> {
  const server = await Server.start('demo')
  onTestFinished(() => server.stop())
  return server
}

async function guest(server: Server, name: string, options = {}): Promise<Device> {
  const device = await Device.open(browser, server, options)
  onTestFinished(() => device.close())
  await device.join('PARTY', name)
  await device.page.locator('.like').first().waitFor()
  return device
}

describe('a guest on a phone', () => {
  test('comes in by the code, and is somebody', async () => {
    const server = await party()
    const gina = await Device.open(browser, server)
    await gina.goto('/')
    await gina.expectAccessible('the start')
    await gina.page.getByRole('textbox').fill('nope1')
    await gina.page.keyboard.press('Enter')
    await gina.page.getByText('no open room with the code NOPE1').waitFor()
    await gina.page.getByRole('textbox').fill('party')
    await gina.page.keyboard.press('Enter')
    await gina.page.getByRole('heading', { name: 'Join “The demo party”' }).waitFor()
    await gina.expectAccessible('joining')
    await gina.page.getByRole('textbox').fill('Gina')
    await gina.page.keyboard.press('Enter')
    await gina.page.getByText('Gina').first().waitFor()
    await gina.expectAccessible('the party')

    await gina.page.reload()
    await gina.page.getByRole('tablist').waitFor() // and not the question for a name
    gina.expectNoErrors()
  })

  test('searches, adds, likes and withdraws, and the others see it', async () => {
    const server = await party()
    const gina = await guest(server, 'Gina')
    const otto = await guest(server, 'Otto', { locale: 'de-DE', colorScheme: 'light' })

    await gina.tab('search')
    await gina.page.getByRole('searchbox').fill('night')
    await gina.page.getByText('10 songs found').waitFor()
    await gina.expectAccessible('the search')
    const add = gina.page
      .locator('.lines > li')
      .filter({ has: gina.page.getByRole('button', { name: /^Add / }) })
      .first()
    const song = (await add.locator('.song-name').textContent()) ?? ''
    await add.getByRole('button').click()
    await gina.page.getByText(`Added: ${song}`).waitFor()
    await eventually('Otto to see the song', async () => (await otto.songs()).at(-1) === song)

    await otto.like(song).click()
    await gina.tab('queue')
    for (const device of [gina, otto]) {
      await eventually(
        'the song to stand before what nobody likes',
        async () => (await device.likes(song)) === '1' && (await device.songs()).indexOf(song) <= 1,
      )
    }
    expect(await otto.like(song).getAttribute('aria-pressed')).toBe('true')

    await gina.tab('mine')
    await gina.expectAccessible('one’s own songs')
    await gina.page.getByRole('button', { name: `Withdraw ${song}` }).click()
    await gina.page.getByText(`Withdrawn: ${song}`).waitFor()
    await otto.page.locator('.lines > li', { hasText: song }).getByText('Von dir').waitFor() // who liked it has it now
    await otto.expectAccessible('the party in German, by day')
    await otto.tab('mine')
    await otto.page.getByRole('button', { name: `Zurückziehen: ${song}` }).click()
    await gina.tab('queue')
    await eventually('what nobody likes any more to be gone', async () => !(await gina.songs()).includes(song))
    for (const device of [gina, otto]) device.expectNoErrors()
  })

  test('is told why a song cannot be added, and that the room takes no more', async () => {
    const server = await party()
    const host = await demoHost(server)
    const gina = await guest(server, 'Gina')
    await gina.tab('search')
    await api(
      server,
      'mutation($r: ID!) { updateRoom(roomId: $r, input: {settings: {requestsOpen: false}}) { id } }',
      { r: host.roomId },
      host.token,
    )
    await gina.page.getByText('The room takes no new songs at the moment.').waitFor()
    await gina.page.getByRole('searchbox').fill('night')
    await gina.page.locator('.why').first().waitFor()
    expect(await gina.page.locator('.why').first().textContent()).toBe('The room takes no new songs at the moment.')
    gina.expectNoErrors()
  })

  test('loses the connection, likes, and finds it sent when it is back', async () => {
    const server = await party()
    const gina = await guest(server, 'Gina')
    const otto = await guest(server, 'Otto')
    const song = (await gina.songs()).at(-1) ?? ''
    await gina.page.context().setOffline(true)
    await gina.page.getByText('No connection.').waitFor()
    await gina.like(song).click()
    expect(await gina.like(song).getAttribute('aria-pressed')).toBe('true')
    await gina.page.getByText('1 action not sent yet').waitFor()
    await gina.expectAccessible('being offline')
    expect(await otto.likes(song)).toBe('0')

    await gina.page.context().setOffline(false)
    await eventually('Otto to see the like', async () => (await otto.likes(song)) === '1')
    await eventually('Gina to be told', async () => !(await gina.page.getByText('No connection.').isVisible()))
    gina.expectNoErrors(...away)
    otto.expectNoErrors()
  })

  test('outlives the server: what was done while it was dead is there when it is back', async () => {
    const server = await party()
    const gina = await guest(server, 'Gina')
    const song = (await gina.songs()).at(-1) ?? ''
    await server.kill()
    await gina.page.getByText('No connection.').waitFor()
    await gina.like(song).click()
    await server.start()
    await eventually('the like to be sent', async () => !(await gina.page.getByText('not sent yet').isVisible()))
    await gina.page.reload()
    await eventually('the like to be known', async () => (await gina.like(song).getAttribute('aria-pressed')) === 'true')
    gina.expectNoErrors(...away)
  })

  test('is removed by the host, and may come back unless banned', async () => {
    const server = await party()
    const host = await demoHost(server)
    const gina = await guest(server, 'Gina')
    const members = 'query($r: ID!) { room(id: $r) { members { edges { node { user { id } displayName } } } } }'
    const { room } = await api(server, members, { r: host.roomId }, host.token)
    const userId = room.members.edges.find((edge: { node: { displayName: string } }) => edge.node.displayName === 'Gina').node
      .user.id
    const remove = 'mutation($r: ID!, $u: ID!, $ban: Boolean!) { removeGuest(roomId: $r, userId: $u, ban: $ban) { role } }'
    await api(server, remove, { r: host.roomId, u: userId, ban: false }, host.token)
    await gina.page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()
    await gina.expectAccessible('being removed')
    await gina.page.getByRole('button', { name: 'Join again' }).click()
    await gina.page.getByRole('button', { name: 'Join the party' }).click()
    await gina.page.getByRole('tablist').waitFor()

    await api(server, remove, { r: host.roomId, u: userId, ban: true }, host.token)
    await gina.page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()
    expect(await gina.page.getByRole('button', { name: 'Join again' }).count()).toBe(0)
    gina.expectNoErrors()
  })

  test('who was removed while away is told when they are back', async () => {
    const server = await party()
    const host = await demoHost(server)
    const gina = await guest(server, 'Gina')
    await gina.page.context().setOffline(true)
    await gina.page.getByText('No connection.').waitFor()
    const members = 'query($r: ID!) { room(id: $r) { members { edges { node { user { id } displayName } } } } }'
    const { room } = await api(server, members, { r: host.roomId }, host.token)
    const userId = room.members.edges.find((edge: { node: { displayName: string } }) => edge.node.displayName === 'Gina').node
      .user.id
    await api(
      server,
      'mutation($r: ID!, $u: ID!) { removeGuest(roomId: $r, userId: $u) { role } }',
      { r: host.roomId, u: userId },
      host.token,
    )
    await gina.page.context().setOffline(false)
    await gina.page.getByRole('button', { name: 'Join the party' }).waitFor()
    gina.expectNoErrors(...away)
  })

  test('signs out and joins as somebody else, with nothing of the one before', async () => {
    const server = await party()
    const gina = await guest(server, 'Gina')
    const song = (await gina.songs()).at(-1) ?? ''
    await gina.like(song).click()
    await eventually('the like to be known', async () => (await gina.likes(song)) === '1')
    await gina.page.getByText('Gina', { exact: true }).click()
    await gina.page.getByRole('button', { name: 'Sign out' }).click()
    await gina.page.getByRole('textbox').fill('Berta')
    await gina.page.keyboard.press('Enter')
    await gina.like(song).waitFor()
    await eventually('the likes to be Berta’s', async () => (await gina.like(song).getAttribute('aria-pressed')) === 'false')
    await gina.like(song).click()
    await eventually('both to count', async () => (await gina.likes(song)) === '2')
    gina.expectNoErrors()
  })

  test('whose browser was the room’s screen before joins like anybody', async () => {
    const server = await party()
    const gina = await Device.open(browser, server)
    onTestFinished(() => gina.close())
    await gina.goto('/r/PARTY/screen')
    await gina.page.getByRole('listitem').first().waitFor()
    await gina.join('PARTY', 'Gina')
    await gina.page.locator('.like').first().waitFor()
    const song = (await gina.songs()).at(-1) ?? ''
    await gina.like(song).click()
    await gina.page.getByText(`You like ${song}.`).waitFor()
    gina.expectNoErrors()
  })

  test('sees the end of the party, and the next one with its code', async () => {
    const server = await party()
    const host = await demoHost(server)
    const gina = await guest(server, 'Gina')
    await api(server, 'mutation($r: ID!) { closeRoom(roomId: $r) { status } }', { r: host.roomId }, host.token)
    await gina.page.getByText('This party is over.').waitFor()
    await gina.page.reload()
    await gina.page.getByText('This party is over.').waitFor()
    await api(server, 'mutation { createRoom(input: {code: "PARTY", name: "Encore"}) { id } }', {}, host.token)
    await gina.page.getByRole('heading', { name: 'Join “Encore”' }).waitFor({ timeout: 60_000 }) // it looks every now and then
    gina.expectNoErrors()
  })
})

import { describe, expect, onTestFinished, test } from 'vitest'
import { connectionErrors, Device, sharedBrowser } from './browser'
import { api, demoHost, eventually, Server } from './server'

const browser = await sharedBrowser()

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
  test('joins by the code, and is still joined after a reload', async () => {
    const server = await party()
    const gina = await Device.open(browser, server)
    onTestFinished(() => gina.close())
    await gina.goto('/')
    await gina.expectAccessible('the start page')
    await gina.page.getByRole('textbox').fill('nope1')
    await gina.page.keyboard.press('Enter')
    await gina.page.getByText('no open room with the code NOPE1').waitFor()
    await gina.page.getByRole('textbox').fill('party')
    await gina.page.keyboard.press('Enter')
    await gina.page.getByRole('heading', { name: 'Join “The demo party”' }).waitFor()
    await gina.expectAccessible('the form to join')
    await gina.page.getByRole('textbox').fill('Gina')
    await gina.page.keyboard.press('Enter')
    await gina.page.getByTitle('You are Gina').waitFor()
    await gina.expectAccessible('the party')

    await gina.page.reload()
    await gina.page.getByRole('tablist').waitFor() // the party, not the form to join
    gina.expectNoErrors()
  })

  test('sees in each room the name that they have there, and changes only that', async () => {
    const server = await party()
    const login = 'mutation { demoLogin(displayName: "Hanna") { accessToken } }'
    const { demoLogin } = await api(server, login, {})
    const open = 'mutation { createRoom(input: {code: "SECOND"}) { id } }'
    await api(server, open, {}, demoLogin.accessToken)
    const gina = await guest(server, 'Gina')
    await gina.join('SECOND', 'Regina')
    await gina.page.getByTitle('You are Regina').click()
    await gina.page.getByRole('button', { name: 'Change your name' }).click()
    expect(await gina.page.getByRole('textbox').inputValue()).toBe('Regina')
    await gina.page.getByRole('textbox').fill('Queen')
    await gina.page.keyboard.press('Enter')
    await gina.page.getByTitle('You are Queen').waitFor()

    await gina.goto('/r/PARTY')
    await gina.page.getByTitle('You are Gina').click()
    await gina.page.getByRole('button', { name: 'Change your name' }).click()
    expect(await gina.page.getByRole('textbox').inputValue()).toBe('Gina')
    gina.expectNoErrors()
  })

  test('searches, adds, likes and withdraws songs, and others see it', async () => {
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
    await add.getByRole('button', { name: /^Add / }).click()
    await gina.page.getByText(`Added: ${song}`).waitFor()
    await eventually('Otto to see the song', async () => (await otto.songs()).at(-1) === song)

    await otto.like(song).click()
    await gina.tab('queue')
    for (const device of [gina, otto]) {
      await eventually(
        'the song to move ahead of songs without likes',
        async () => (await device.likes(song)) === '1' && (await device.songs()).indexOf(song) <= 1,
      )
    }
    expect(await otto.like(song).getAttribute('aria-pressed')).toBe('true')

    await gina.tab('mine')
    await gina.expectAccessible('my songs')
    await gina.page.getByRole('button', { name: `Withdraw ${song}` }).click()
    await gina.page.getByText(`Withdrawn: ${song}`).waitFor()
    await otto.page.locator('.lines > li', { hasText: song }).getByText('von dir').waitFor() // the song passed to Otto, who liked it
    await otto.expectAccessible('the party in German, in the light theme')
    await otto.tab('mine')
    await otto.page.getByRole('button', { name: `Zurückziehen: ${song}` }).click()
    await gina.tab('queue')
    await eventually('the song without an owner to be gone', async () => !(await gina.songs()).includes(song))
    for (const device of [gina, otto]) device.expectNoErrors()
  })

  test('sees why a song cannot be added, and that the room is closed to new songs', async () => {
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
    await gina.page.getByRole('status').filter({ hasText: 'This room is not taking new songs right now.' }).waitFor()
    await gina.page.getByRole('searchbox').fill('night')
    await gina.page.locator('.refusal').first().waitFor()
    expect(await gina.page.locator('.refusal').first().textContent()).toBe('This room is not taking new songs right now.')
    gina.expectNoErrors()
  })

  test('likes a song while offline, and the like is sent when the connection is back', async () => {
    const server = await party()
    const gina = await guest(server, 'Gina')
    const otto = await guest(server, 'Otto')
    const song = (await gina.songs()).at(-1) ?? ''
    await gina.page.context().setOffline(true)
    await gina.page.getByText('No connection.').waitFor()
    await gina.like(song).click()
    expect(await gina.like(song).getAttribute('aria-pressed')).toBe('true')
    await gina.page.getByText('1 action has not been sent yet.').waitFor()
    await gina.expectAccessible('the party while offline')
    expect(await otto.likes(song)).toBe('')

    await gina.page.context().setOffline(false)
    await eventually('Otto to see the like', async () => (await otto.likes(song)) === '1')
    await eventually('the offline notice to disappear', async () => !(await gina.page.getByText('No connection.').isVisible()))
    gina.expectNoErrors(...connectionErrors)
    otto.expectNoErrors()
  })

  test('likes a song while the server is down, and the like is sent when it is back', async () => {
    const server = await party()
    const gina = await guest(server, 'Gina')
    const song = (await gina.songs()).at(-1) ?? ''
    await server.kill()
    await gina.page.getByText('No connection.').waitFor()
    await gina.like(song).click()
    await server.start()
    await eventually('the like to be sent', async () => !(await gina.page.getByText('not been sent yet').isVisible()))
    await gina.page.reload()
    await eventually('the like to be known', async () => (await gina.like(song).getAttribute('aria-pressed')) === 'true')
    gina.expectNoErrors(...connectionErrors)
  })

  test('is removed by the host, and can join again unless banned', async () => {
    const server = await party()
    const host = await demoHost(server)
    const gina = await guest(server, 'Gina')
    const members = 'query($r: ID!) { room(id: $r) { members { nodes { participant { displayName user { id } } } } } }'
    const { room } = await api(server, members, { r: host.roomId }, host.token)
    const people: { displayName: string; user: { id: string } }[] = room.members.nodes.map(
      ({ participant }: { participant: unknown }) => participant,
    )
    const userId = people.find(({ displayName }) => displayName === 'Gina')?.user.id
    const remove = 'mutation($r: ID!, $u: ID!, $ban: Boolean!) { removeGuest(roomId: $r, userId: $u, ban: $ban) { role } }'
    await api(server, remove, { r: host.roomId, u: userId, ban: false }, host.token)
    await gina.page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()
    await gina.expectAccessible('the page of a removed guest')
    await gina.page.getByRole('button', { name: 'Join again' }).click()
    await gina.page.getByRole('button', { name: 'Join the party' }).click()
    await gina.page.getByRole('tablist').waitFor()

    await api(server, remove, { r: host.roomId, u: userId, ban: true }, host.token)
    await gina.page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()
    expect(await gina.page.getByRole('button', { name: 'Join again' }).count()).toBe(0)
    gina.expectNoErrors()
  })

  test('is removed while offline, and sees the form to join when the connection is back', async () => {
    const server = await party()
    const host = await demoHost(server)
    const gina = await guest(server, 'Gina')
    await gina.page.context().setOffline(true)
    await gina.page.getByText('No connection.').waitFor()
    const members = 'query($r: ID!) { room(id: $r) { members { nodes { participant { displayName user { id } } } } } }'
    const { room } = await api(server, members, { r: host.roomId }, host.token)
    const people: { displayName: string; user: { id: string } }[] = room.members.nodes.map(
      ({ participant }: { participant: unknown }) => participant,
    )
    const userId = people.find(({ displayName }) => displayName === 'Gina')?.user.id
    await api(
      server,
      'mutation($r: ID!, $u: ID!) { removeGuest(roomId: $r, userId: $u) { role } }',
      { r: host.roomId, u: userId },
      host.token,
    )
    await gina.page.context().setOffline(false)
    await gina.page.getByRole('button', { name: 'Join the party' }).waitFor()
    gina.expectNoErrors(...connectionErrors)
  })

  test('signs out and joins as another user, without the likes of the first', async () => {
    const server = await party()
    const gina = await guest(server, 'Gina')
    const song = (await gina.songs()).at(-1) ?? ''
    await gina.like(song).click()
    await eventually('the like to be known', async () => (await gina.likes(song)) === '1')
    await gina.page.getByTitle('You are Gina').click()
    await gina.page.getByRole('button', { name: 'Sign out' }).click()
    await gina.page.getByRole('textbox').fill('Berta')
    await gina.page.keyboard.press('Enter')
    await gina.like(song).waitFor()
    await eventually('the likes to be Berta’s', async () => (await gina.like(song).getAttribute('aria-pressed')) === 'false')
    await gina.like(song).click()
    await eventually('both likes to count', async () => (await gina.likes(song)) === '2')
    gina.expectNoErrors()
  })

  test('can join in a browser that was the room’s screen before', async () => {
    const server = await party()
    const gina = await Device.open(browser, server)
    onTestFinished(() => gina.close())
    await gina.goto('/r/PARTY/screen')
    await gina.page.getByRole('listitem').first().waitFor()
    await gina.join('PARTY', 'Gina')
    await gina.page.locator('.like').first().waitFor()
    const song = (await gina.songs()).at(-1) ?? ''
    await gina.like(song).click()
    await eventually('the like to be counted', async () => (await gina.likes(song)) === '1')
    gina.expectNoErrors()
  })

  test('sees the end of the party, and the next one with the same code', async () => {
    const server = await party()
    const host = await demoHost(server)
    const gina = await guest(server, 'Gina')
    await api(server, 'mutation($r: ID!) { closeRoom(roomId: $r) { status } }', { r: host.roomId }, host.token)
    await gina.page.getByText('This party is over.').waitFor()
    await gina.page.reload()
    await gina.page.getByText('This party is over.').waitFor()
    await api(server, 'mutation { createRoom(input: {code: "PARTY", name: "Encore"}) { id } }', {}, host.token)
    await gina.page.getByRole('heading', { name: 'Join “Encore”' }).waitFor({ timeout: 60_000 }) // the page polls for it
    gina.expectNoErrors()
  })
})

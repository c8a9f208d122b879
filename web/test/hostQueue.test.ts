import { describe, expect, test } from 'vitest'
import { sharedBrowser } from './browser'
import { inDialog, line, menu, party, press, sees, shown, undo } from './console'
import { Guest, type QueuedSong } from './guest'
import { api, eventually } from './server'

const browser = await sharedBrowser()

describe('the queue of a room, on the host console', () => {
  test('a song is pinned, moved with the keyboard, and unpinned, and guests see it', async () => {
    const { server, nora } = await party(browser)
    const gina = await Guest.join(server, 'Gina')
    const order = await gina.names()
    const last = order.at(-1) ?? ''
    await menu(nora, last).click()
    await sees(nora, `Place ${order.length}, plays at about`)
    await nora.expectAccessible('the menu of a song')
    await inDialog(nora, /^Pin to the top/)
    await sees(nora, `${last} is pinned at place 1.`)
    await line(nora, last).getByText('Pinned').waitFor()
    expect((await gina.queue())[0]).toMatchObject({ song: { name: last }, pin: { until: 'PLAYED', likes: null } })

    await eventually('the song to be first', async () => (await shown(nora, 1)) === last)
    await nora.page.keyboard.press('Alt+ArrowDown') // the focus has returned to the menu
    await sees(nora, `${last} is pinned at place 2.`)
    await eventually('the song to be second', async () => (await shown(nora, 2)) === last)
    await nora.page.keyboard.press('Alt+ArrowUp')
    await eventually('the guest to see it first again', async () => (await gina.names())[0] === last)

    await menu(nora, last).click()
    await inDialog(nora, /^Pin at a place/)
    await nora.page.getByLabel('Place', { exact: true }).fill('3')
    await nora.page.getByLabel('Until it is overtaken').check()
    await nora.page.getByLabel('Likes ahead').fill('2')
    await nora.expectAccessible('the form to pin a song')
    await inDialog(nora, 'Pin at place 3')
    await sees(nora, `${last} is pinned at place 3.`)
    expect((await gina.queue())[2]).toMatchObject({ song: { name: last }, pin: { until: 'OVERTAKEN', likes: 2 } })

    await menu(nora, last).click()
    await sees(nora, 'It is pinned until another song has 2 more likes.')
    await inDialog(nora, /^Unpin/)
    await sees(nora, `${last} is no longer pinned.`)
    expect(await gina.names()).toEqual(order)
    nora.expectNoErrors()
  })

  test('clearing the queue can be undone', async () => {
    const { server, nora } = await party(browser)
    const gina = await Guest.join(server, 'Gina')
    await gina.add('night')
    const order = await gina.names()
    await press(nora, 'Clear the queue')
    await inDialog(nora, 'Clear the queue')
    await sees(nora, 'The queue is empty now.')
    expect(await gina.names()).not.toContain(order[0])
    await nora.expectAccessible('the undo bar')
    await undo(nora)
    expect(await nora.page.evaluate(() => document.activeElement?.id)).toBe('queue-heading')
    await sees(nora, 'Undone.')
    await eventually('the guest to see the whole queue again', async () => `${await gina.names()}` === `${order}`)
    await nora.page.locator('.undo .notice').waitFor({ state: 'detached' })
    nora.expectNoErrors()
  })

  test('all waiting songs of a guest are removed, and undo brings them back', async () => {
    const { server, nora } = await party(browser)
    const gina = await Guest.join(server, 'Gina')
    const otto = await Guest.join(server, 'Otto')
    await gina.add('night')
    const song = await otto.add('day')
    await otto.connect()
    const order = await gina.names()
    await nora.hostTab('guests')
    await press(nora, 'Manage Otto')
    await inDialog(nora, /^Remove all their waiting songs/)
    await sees(nora, 'All waiting songs of Otto have been removed.')
    expect(await gina.names()).toEqual(order.filter((name) => name !== song))
    await undo(nora)
    await sees(nora, 'Undone.')
    await eventually('the guests to see his song again', async () => `${await gina.names()}` === `${order}`)
    nora.expectNoErrors()
  })

  test('a guest without songs has none to remove, and there is nothing to undo', async () => {
    const { server, nora } = await party(browser)
    const gina = await Guest.join(server, 'Gina')
    await gina.connect()
    const order = await gina.names()
    await nora.hostTab('guests')
    await press(nora, 'Manage Gina')
    await inDialog(nora, /^Remove all their waiting songs/)
    await sees(nora, 'Gina has no songs in the queue.')
    expect(await nora.page.locator('.undo .notice').count()).toBe(0)
    expect(await gina.names()).toEqual(order)
    nora.expectNoErrors()
  })

  test('undo restores the cleared queue, whatever the host did on another device meanwhile', async () => {
    const { server, nora, host } = await party(browser)
    const gina = await Guest.join(server, 'Gina')
    const order = await gina.names()
    await press(nora, 'Clear the queue')
    await inDialog(nora, 'Clear the queue')
    await sees(nora, 'The queue is empty now.')

    const night = await gina.add('night')
    const query = 'query($r: ID!) { room(id: $r) { queue { items { id addedBy { displayName } } } } }'
    const { room } = await api(server, query, { r: host.roomId }, host.token)
    const { id } = room.queue.items.find(({ addedBy }: QueuedSong) => addedBy?.displayName === 'Gina')
    await api(server, 'mutation($i: ID!) { likeQueueItem(itemId: $i) { likeCount } }', { i: id }, host.token)

    await undo(nora)
    await sees(nora, 'Undone.')
    expect((await gina.names()).toSorted()).toEqual([...order, night].toSorted())
    await line(nora, night).getByText('♥ 1').waitFor() // the like was not undone
    nora.expectNoErrors()
  })
})

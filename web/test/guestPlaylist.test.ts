import { describe, test } from 'vitest'
import { sharedBrowser } from './browser'
import { open, party, sees } from './console'
import { api } from './server'

const browser = await sharedBrowser()

describe('a playlist for guests that Spotify does not show', () => {
  test('is reported to the host with a remedy, and to guests, who can still like', async () => {
    const { server, nora, host } = await party(browser)
    const update =
      'mutation($r: ID!, $u: String!) { updateRoom(roomId: $r, input: { settings: { guestPlaylistUri: $u } }) { id } }'
    await api(server, update, { r: host.roomId, u: 'spotify:playlist:thatWasDeleted' }, host.token)
    await nora.hostTab('rules')
    await sees(nora, /^Spotify does not show this playlist at present, so guests have no songs to pick from\./)
    await nora.expectAccessible('a playlist that cannot be read')

    const gina = await open(browser, server)
    await gina.join('PARTY', 'Gina')
    await gina.tab('search')
    await sees(gina, /^The host’s playlist cannot be read right now/)
    await gina.expectAccessible('a playlist that cannot be read, on a phone')
    await gina.tab('queue')
    const song = (await gina.songs())[0] ?? ''
    await gina.like(song).click()
    await gina.page.locator('.lines > li', { hasText: song }).locator('.like[aria-pressed="true"]').waitFor()
    for (const device of [nora, gina]) device.expectNoErrors()
  })
})

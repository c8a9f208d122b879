import { describe, expect, test } from 'vitest'
import { sharedBrowser } from './browser'
import { button, hold, inDialog, learnsOfNoRoom, open, party, press, sees } from './console'
import { Guest } from './guest'
import { api, eventually } from './server'

const browser = await sharedBrowser()

describe('what happened in a room, on the host console', () => {
  test('guests vote, a co-host skips, and the log shows it', async () => {
    const { server, nora, host } = await party(browser, { ANTWON_DEMO_SONG_SECONDS: '3600' }) // no song ends by itself
    const otto = await Guest.join(server, 'Otto')
    await otto.connect()
    const gina = await open(browser, server)
    await gina.join('PARTY', 'Gina')
    await sees(nora, '3 people here')
    await nora.hostTab('guests')
    await press(nora, 'Refresh')
    await press(nora, 'Manage Gina')
    await inDialog(nora, 'Make co-host')
    await gina.goto('/host?room=PARTY')
    await gina.page.locator('#player .song-name').waitFor()

    await press(gina, 'Skip') // Otto may vote on what begins from now on
    await eventually('Otto to vote, after the first seconds', async () => !!(await otto.voteToSkip()))
    await sees(nora, '1 of 2 votes to skip.')
    const song = await nora.page.locator('#player .song-name').textContent()
    await press(gina, 'Skip')
    await sees(gina, 'Skipped.')
    await gina.hostTab('party')
    await button(gina, 'Played songs').waitFor()
    expect(await button(gina, 'Save as playlist').count()).toBe(0) // only the host, whose account it would be saved to

    await nora.hostTab('party')
    await press(nora, 'Save as playlist')
    await sees(nora, 'No song has played to its end yet.')
    await press(nora, 'Who did what')
    for (const words of [`Gina skipped ${song}`, `Otto voted to skip ${song}`, 'made Gina a co-host', 'Otto joined']) {
      await nora.page.getByRole('dialog').getByRole('listitem').filter({ hasText: words }).waitFor()
    }
    await nora.expectAccessible('the log')
    await inDialog(nora, 'Close')
    await press(nora, 'Played songs')
    const played = nora.page
      .getByRole('dialog')
      .getByRole('listitem')
      .filter({ hasText: `${song}` })
    await played.getByText('skipped by a host').waitFor()
    await nora.expectAccessible('the history')

    const stranger = 'query($r: ID!) { room(id: $r) { log { edges { node { kind } } } } }'
    await expect(api(server, stranger, { r: host.roomId })).rejects.toThrow()
    for (const device of [nora, gina]) device.expectNoErrors()
  })

  test('the history is saved as a playlist, also after the room was closed', async () => {
    const { server, nora, host } = await party(browser, { ANTWON_DEMO_SONG_SECONDS: '20' })
    await nora.hostTab('party')
    const first = await nora.page.locator('#player .song-name').textContent()
    await nora.page
      .locator('#player .song-name')
      .filter({ hasNotText: `${first}` })
      .waitFor({ timeout: 60_000 }) // longer than a song
    const saved = async () => {
      const query = '{ viewer { playlists(first: 50) { nodes { spotifyUrl } } } }'
      const { viewer } = await api(server, query, {}, host.token)
      return viewer.playlists.nodes.map(({ spotifyUrl }: { spotifyUrl: string }) => spotifyUrl)
    }
    const link = nora.page.locator('#recap a')
    await press(nora, 'Save as playlist')
    await sees(nora, /Saved \d+ songs? to/)
    expect(await saved()).toContain(await link.getAttribute('href'))

    await press(nora, 'Close the room')
    await inDialog(nora, 'Close for everybody')
    await sees(nora, 'The demo party is over.')
    expect(new URL(nora.page.url()).search).toBe('') // without the tab of the room
    await nora.page.reload()
    await sees(nora, 'The demo party is over.')
    await nora.expectAccessible('the recap of a closed room')
    await press(nora, 'Played songs')
    await nora.page.getByRole('dialog').getByText(`${first}`).waitFor()
    await inDialog(nora, 'Close')
    await press(nora, 'Save as playlist')
    await sees(nora, /Saved \d+ songs? to/)
    expect(await saved()).toContain(await link.getAttribute('href'))
    await press(nora, 'Done')
    await nora.page.locator('#recap').waitFor({ state: 'detached' })
    nora.expectNoErrors()
  })

  test('is shown after the room was closed, even if the host’s own account learns of it before the room’s page', async () => {
    const { server, nora } = await party(browser)
    const news = await hold(nora, '"CLOSED"')
    await nora.goto('/host')
    await nora.hostTab('party')
    const asked = learnsOfNoRoom(nora)
    await press(nora, 'Close the room')
    await inDialog(nora, 'Close for everybody')
    await asked // the page asks again when the player stops
    await eventually('the news to be held', () => Promise.resolve(news.held() > 0))
    news.release()
    await sees(nora, 'The demo party is over.')
    await button(nora, 'Played songs').waitFor()
    expect(server.output).not.toContain('ERROR')
    nora.expectNoErrors()
  })
})

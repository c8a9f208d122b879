import type { Locator } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { sharedBrowser } from './browser'
import { approvals, button, inDialog, line, menu, open, party, press, sees, undo } from './console'
import { Guest } from './guest'
import { api, eventually } from './server'

const browser = await sharedBrowser()

describe('the rules of a room, on the host console', () => {
  test('a newcomer’s song is approved, and another one is declined', async () => {
    const { server, nora } = await party(browser)
    const gina = await Guest.join(server, 'Gina')
    expect(await approvals(nora).count()).toBe(0)
    await nora.hostTab('rules')
    await nora.page.getByLabel('Approve newcomers’ songs').check()
    await approvals(nora).getByText('no songs').waitFor()

    const good = await gina.add('night')
    const bad = await gina.add('day')
    await approvals(nora).getByText(bad).waitFor()
    await nora.expectAccessible('the approvals')
    expect(await gina.names()).not.toContain(good)
    await press(nora, `Approve ${good}`)
    await sees(nora, `${good} is in the queue.`)
    await eventually('the guest to see it', async () => (await gina.names()).includes(good))

    await press(nora, `Decline ${bad}`)
    await approvals(nora).getByText('no songs').waitFor()
    await undo(nora)
    await sees(nora, 'Undone.')
    await press(nora, `Decline ${bad}`)
    await sees(nora, `Declined: ${bad}`)
    await nora.page.getByLabel('Approve newcomers’ songs').uncheck()
    await approvals(nora).waitFor({ state: 'detached' })
    expect(await gina.names()).not.toContain(bad)
    nora.expectNoErrors()
  })

  test('a preset shows what it changes before it applies', async () => {
    const { nora, host, server } = await party(browser)
    const settings = async () =>
      (
        await api(
          server,
          'query($r: ID!) { room(id: $r) { settings { orderMode allowExplicit maxQueuedPerGuest } } }',
          { r: host.roomId },
          host.token,
        )
      ).room.settings
    const before = await settings()
    await nora.hostTab('rules')
    await nora.page.getByText('Presets', { exact: true }).click()
    await press(nora, 'Kids')
    const changes = nora.page.getByRole('dialog').getByRole('listitem')
    await changes.filter({ hasText: /^Waiting songs per guest: 2\. At present: \w+\.$/ }).waitFor()
    expect(await changes.allTextContents()).not.toContainEqual(expect.stringContaining('→')) // "right arrow", to screen readers
    await nora.expectAccessible('what a preset changes')
    expect(await settings()).toEqual(before)
    await inDialog(nora, 'Apply')
    await eventually('the rules to apply', async () => (await settings()).orderMode === 'TURNS')
    expect(await settings()).toEqual({ orderMode: 'TURNS', allowExplicit: false, maxQueuedPerGuest: 2 })
    await press(nora, 'Kids')
    await sees(nora, 'These rules already apply.')
    nora.expectNoErrors()
  })

  test('a preset asks for the playlist from which guests pick, and their phones show it', async () => {
    const { server, nora } = await party(browser, { ANTWON_DEMO_SONG_SECONDS: '20' })
    const player = nora.page.locator('#player .song-name')
    const first = (await player.textContent()) ?? ''
    await player.filter({ hasNotText: first }).waitFor({ timeout: 60_000 }) // longer than a song
    await nora.hostTab('party')
    await press(nora, 'Save as playlist') // so that the host has one
    await sees(nora, /Saved \d+ songs? to/)

    await nora.hostTab('rules')
    await nora.page.getByText('Presets', { exact: true }).click()
    await press(nora, 'Wedding: from my list only')
    await inDialog(nora, 'Choose a playlist…')
    const choose = nora.page.getByRole('dialog').getByRole('button', { name: /^Choose .+/ })
    await choose.first().waitFor()
    await nora.expectAccessible('the playlists of a preset')
    server.suspend(true)
    await choose.first().click()
    await press(nora, 'Wedding: from my list only') // opens a dialog that the server's answer must not close
    server.suspend(false)
    await sees(nora, 'Saved.')
    await sees(nora, 'These rules already apply.')

    const gina = await open(browser, server)
    await gina.join('PARTY', 'Gina')
    await gina.tab('search')
    await sees(gina, 'You can pick songs from the host’s playlist.')
    const found = gina.page.locator('.lines > li', { hasText: first })
    await found.waitFor()
    await gina.expectAccessible('a playlist on a phone')
    await gina.page.getByRole('searchbox').fill('no song has this name')
    await sees(gina, 'Nothing found for “no song has this name”.')
    await gina.page.getByRole('searchbox').fill(first)
    await found.waitFor()
    for (const device of [nora, gina]) device.expectNoErrors()
  })

  test('songs of absent guests are held after as long as the host says', async () => {
    const { server, nora, host } = await party(browser)
    const minutes = async () => {
      const query = 'query($r: ID!) { room(id: $r) { settings { awayAfterMinutes } } }'
      return (await api(server, query, { r: host.roomId }, host.token)).room.settings.awayAfterMinutes
    }
    await nora.hostTab('rules')
    await nora.page.locator('summary', { hasText: 'Order' }).click()
    const field = nora.page.getByLabel('Hold a guest’s songs after an absence of')
    await field.fill('1441')
    await field.press('Enter')
    await sees(nora, 'Enter a number from 1 to 1440, or leave it empty.')
    await field.fill('10')
    await field.press('Enter')
    await eventually('the rule to apply', async () => (await minutes()) === 10)
    await nora.expectAccessible('the rule about absent guests')
    await field.fill('')
    await field.press('Enter')
    await eventually('songs to be held no longer', async () => (await minutes()) === null)
    nora.expectNoErrors()
  })

  test('a late answer removes nothing that the host has typed meanwhile', async () => {
    const { server, nora } = await party(browser)
    await nora.hostTab('rules')
    await nora.page.locator('summary', { hasText: 'Order' }).click()
    const absence = nora.page.getByLabel('Hold a guest’s songs after an absence of')
    const meanwhile = async (field: Locator, sent: string, typed: string) => {
      await field.fill(sent)
      server.suspend(true)
      await field.press('Enter')
      await field.fill(typed)
      server.suspend(false)
    }
    const name = nora.page.getByLabel('Room name')
    await meanwhile(name, 'Upstairs', 'Upstairs and downstairs')
    await sees(nora, 'Saved.')
    expect(await name.inputValue()).toBe('Upstairs and downstairs')

    await meanwhile(absence, '1441', '20')
    await sees(nora, 'Enter a number from 1 to 1440, or leave it empty.')
    expect(await absence.inputValue()).toBe('20')
    nora.expectNoErrors()
  })

  test('the songs of a blocked artist are held back until the artist is allowed again', async () => {
    const { server, nora } = await party(browser)
    const gina = await Guest.join(server, 'Gina')
    const name = await gina.add('night')
    const heldFor = async () => (await gina.queue()).find(({ song }) => song.name === name)?.refusal?.reason
    const artist = (await gina.queue()).find(({ song }) => song.name === name)?.song.artists[0] ?? ''
    await menu(nora, name).click()
    await inDialog(nora, new RegExp(`^Block ${artist}`))
    await sees(nora, `${artist} is blocked.`)
    await line(nora, name).getByText('The song or its artist is blocked.').waitFor()
    await nora.expectAccessible('a held song')
    expect(await heldFor()).toBe('BLOCKED')
    await menu(nora, name).click()
    await sees(nora, 'A rule of the room holds it back.')
    expect(await nora.page.getByRole('dialog').getByText('Pin to the top').count()).toBe(0)
    await nora.page.keyboard.press('Escape')

    await nora.hostTab('rules')
    await nora.page.locator('summary', { hasText: 'Blocked' }).click()
    await press(nora, `Allow ${artist} again`)
    await eventually('the song to be no longer held', async () => (await heldFor()) === undefined)
    await line(nora, name).locator('time').waitFor()
    nora.expectNoErrors()
  })

  test('a second song is blocked, and unblocked, before the server has answered for the first', async () => {
    const { server, nora, host } = await party(browser)
    const found = await api(
      server,
      'query($r: ID!) { searchSongs(roomId: $r, query: "night") { nodes { song { name spotifyUrl } } } }',
      { r: host.roomId },
      host.token,
    )
    const songs: { name: string; spotifyUrl: string }[] = found.searchSongs.nodes
      .slice(0, 2)
      .map((hit: { song: object }) => hit.song)
    expect(songs).toHaveLength(2)
    await nora.hostTab('rules')
    await nora.page.locator('summary', { hasText: 'Blocked' }).click()
    const field = nora.page.getByLabel('Block a song or an artist')
    server.suspend(true)
    for (const { spotifyUrl } of songs) {
      await field.fill(spotifyUrl)
      await field.press('Enter')
    }
    server.suspend(false)
    for (const { name } of songs) await button(nora, `Allow ${name} again`).waitFor()

    server.suspend(true)
    for (const { name } of songs) await press(nora, `Allow ${name} again`)
    server.suspend(false)
    for (const { name } of songs) await button(nora, `Allow ${name} again`).waitFor({ state: 'detached' })
    const query = 'query($r: ID!) { room(id: $r) { settings { blocked } } }'
    expect((await api(server, query, { r: host.roomId }, host.token)).room.settings.blocked).toEqual([])
    nora.expectNoErrors()
  })
})

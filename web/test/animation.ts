// The animation in the README: guests like a song, and it climbs in the queue on their phones and on the room's screen. Needs ffmpeg:
//
//   cd web && ANTWON_RUN=test/animation.ts node_modules/.bin/vitest run --config vitest.browser.config.ts
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { Device } from './browser'
import { site, startForPictures } from './pictures'
import { api } from './server'

const file = new URL('../../docs/pages/likes.gif', import.meta.url).pathname
const perSecond = 10
const slower = 0.5 // the speed of the page's animations in the recording, so that the browser keeps pace
const enter = 'mutation($n: String!) { joinRoom(code: "PARTY", displayName: $n) { session { accessToken } room { id } } }'
const search = 'query($r: ID!, $q: String!) { searchSongs(roomId: $r, query: $q) { nodes { canAdd song { uri } } } }'
const add = 'mutation($r: ID!, $u: String!) { addSong(roomId: $r, songUri: $u) { item { id } } }'
const queue = 'query($r: ID!) { room(id: $r) { queue { items { id } } } }'
const like = 'mutation($i: ID!) { likeQueueItem(itemId: $i) { id } }'

test('likes move the queue', async () => {
  const frames = mkdtempSync(join(tmpdir(), 'antwon-frames-'))
  const { server, browser } = await startForPictures()
  try {
    const guests = []
    for (const name of ['Mara', 'Jonas', 'Aylin', 'Piet']) guests.push((await api(server, enter, { n: name })).joinRoom)
    const items: string[] = []
    for (const [n, { session, room }] of guests.entries()) {
      const { searchSongs } = await api(server, search, { r: room.id, q: 'aeiou'.charAt(n) }, session.accessToken)
      const { song } = searchSongs.nodes.filter((hit: { canAdd: boolean }) => hit.canAdd)[n]
      items.push((await api(server, add, { r: room.id, u: song.uri }, session.accessToken)).addSong.item.id)
    }
    for (const [n, item] of items.entries())
      for (const { session } of guests.slice(n + 1)) await api(server, like, { i: item }, session.accessToken)

    const [gina, otto, screen] = [
      await Device.open(browser, site, { viewport: { width: 390, height: 720 } }),
      await Device.open(browser, site, { viewport: { width: 390, height: 720 } }),
      await Device.open(browser, site, { viewport: { width: 1024, height: 720 } }),
    ]
    await gina.join('PARTY', 'Gina')
    await otto.join('PARTY', 'Otto')
    await screen.goto('/r/PARTY/screen?theme=dark')
    await screen.page.getByRole('listitem').first().waitFor()
    const devices = [gina, screen, otto]
    await Promise.all(devices.map((device) => device.page.waitForLoadState('networkidle')))
    for (const phone of [gina, otto])
      await phone.page
        .locator('.lines')
        .first()
        .evaluate((list) => window.scrollTo(0, list.getBoundingClientRect().top - 90))
    const tools = await screen.page.context().newCDPSession(screen.page)
    await tools.send('Animation.enable')
    await tools.send('Animation.setPlaybackRate', { playbackRate: slower })

    let shown = 0
    const show = async (seconds: number) => {
      for (let n = 0; n < seconds * perSecond; n++, shown++)
        await Promise.all(
          devices.map((device, place) =>
            device.page.screenshot({ path: `${frames}/${place}-${String(shown).padStart(3, '0')}.png` }),
          ),
        )
    }
    const climber = (await gina.songs())[4] ?? ''
    const { room } = await api(server, queue, { r: guests[0].room.id }, guests[0].session.accessToken)
    await show(1.2)
    for (const phone of [gina, otto]) {
      await phone.like(climber).click()
      await show(1.5)
    }
    for (const { session } of guests.slice(0, 2)) {
      await api(server, like, { i: room.queue.items[4].id }, session.accessToken)
      await show(1.5)
    }
    await show(1)

    const inputs = devices.flatMap((_, place) => ['-framerate', `${perSecond}`, '-i', `${frames}/${place}-%03d.png`])
    const arranged =
      [0, 1, 2].map((place) => `[${place}]scale=-1:440,pad=iw+10:ih+10:5:5:color=0x3d3552[${place}p];`).join('') +
      '[0p][1p][2p]hstack=3,split[d][e];' +
      '[d]palettegen=max_colors=96[p];[e][p]paletteuse=dither=none:diff_mode=rectangle'
    execFileSync('ffmpeg', ['-y', '-loglevel', 'error', ...inputs, '-filter_complex', arranged, file])
  } finally {
    await browser.close()
    await server.stop()
    rmSync(frames, { recursive: true })
  }
})

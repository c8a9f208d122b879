// Measures the pages and prints the results: `make bench-web`.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Browser, CDPSession } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished, test } from 'vitest'
import { Device, launchComplete, screenSize } from './browser'
import { api, demoHost, eventually, Server, type Session } from './server'

const perSecond = 200
const songs = 100
const dist = new URL('../dist/', import.meta.url)

const print = (what: string, figure: string) => console.log(`${what.padEnd(68)} ${figure}`)
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let browser: Browser
let server: Server
let host: Session

beforeAll(async () => {
  browser = await launchComplete()
})
afterAll(() => browser?.close())

async function party(env = {}): Promise<void> {
  server = await Server.start('demo', env)
  onTestFinished(() => server.stop())
  host = await demoHost(server)
}

async function open(path: string, options = {}): Promise<{ device: Device; tools: CDPSession }> {
  const device = await Device.open(browser, server, options)
  onTestFinished(() => device.close())
  await device.goto(path)
  return { device, tools: await device.page.context().newCDPSession(device.page) }
}

/** The scripts that a page loads: the one in its HTML, and everything that script imports statically. */
function scriptsOf(page: string): Set<string> {
  const found = new Set<string>()
  const add = (text: string) => {
    for (const [, name] of text.matchAll(/(?:src|href|from|import)\s*=?\s*["'`](?:\.\/|\/assets\/)([\w.-]+\.js)["'`]/g)) {
      if (!name || found.has(name)) continue
      found.add(name)
      add(readFileSync(new URL(`assets/${name}`, dist), 'utf8'))
    }
  }
  add(readFileSync(new URL(page, dist), 'utf8'))
  return found
}

test('sizes', () => {
  for (const page of readdirSync(dist).filter((name) => name.endsWith('.html'))) {
    const bytes = [...scriptsOf(page)].map((name) => gzipSync(readFileSync(new URL(`assets/${name}`, dist))).length)
    print(`${page}: JavaScript, gzipped`, `${(bytes.reduce((a, b) => a + b, 0) / 1024).toFixed(1)} KB`)
  }
})

test('the phone page, with the CPU throttled four times', async () => {
  await party()
  const { device, tools } = await open('/')
  await device.join('PARTY', 'Gina')
  await device.page.locator('.like').first().waitFor()
  await tools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const times: number[] = []
  for (let n = 0; n < 7; n++) {
    await device.page.reload({ waitUntil: 'commit' })
    await device.page.locator('.like').first().waitFor()
    times.push(await device.page.evaluate(() => performance.now()))
  }
  print('time until the queue can be liked (median of 7)', `${median(times).toFixed(0)} ms`)
})

test('the time from a like until another page shows it', async () => {
  await party()
  const gina = (await open('/')).device
  const otto = (await open('/')).device
  await gina.join('PARTY', 'Gina')
  await otto.join('PARTY', 'Otto')
  const song = (await gina.songs()).at(-1) ?? ''
  const times: number[] = []
  for (let n = 0; n < 11; n++) {
    await pause(300)
    const shown = otto.page.evaluate(watchLikes, song)
    const clicked = gina.like(song).evaluate((button: HTMLElement) => {
      button.click()
      return Date.now()
    })
    times.push((await shown) - (await clicked))
  }
  print('time until another phone shows a like (median, worst of 11)', `${median(times)} ms, ${Math.max(...times)} ms`)
})

test('a like on a phone, in a queue of 500 songs', { timeout: 900_000 }, async () => {
  await party()
  await fill(500)
  const { device } = await open('/')
  await device.join('PARTY', 'Gina')
  await device.page.locator('.wait').first().waitFor()
  const rows = await device.songs()
  const buttons = device.page.locator('.like:enabled')
  // The last song rises above all songs without a like.
  for (const [which, button] of Object.entries({ first: buttons.nth(8), last: buttons.last() })) {
    const times: number[] = []
    for (let n = 0; n < 6; n++) {
      await button.scrollIntoViewIfNeeded()
      await pause(1_000)
      await browser.startTracing(device.page, { categories: ['toplevel'] })
      await button.evaluate((element: HTMLElement) => element.click())
      await pause(1_000) // its answer and the new order have come
      times.push(4 * longestOf(await browser.stopTracing()))
    }
    print(
      `longest task of a like of one of the ${which} of ${rows.length} songs, CPU time times four (median)`,
      `${median(times.slice(1)).toFixed(0)} ms`,
    )
  }
})

test('rows that glide on a phone, with the CPU throttled four times', { timeout: 300_000 }, async () => {
  await party()
  const items = await fill(40)
  const { device, tools } = await open('/')
  await device.join('PARTY', 'Gina')
  await device.page.locator('.like').nth(30).waitFor()
  await tools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const glides: Glide[] = []
  for (let n = 0; n < 7; n++) {
    await pause(1_500)
    const glide = device.page.evaluate(watchGlide)
    await api(server, like, { i: items.at(-1 - n) }, host.token) // it rises above all songs without a like
    const { rows, frames } = await glide
    if (frames.length > 1) glides.push({ rows, frames })
  }
  const rates = glides.map(({ frames }) => ((frames.length - 1) * 1000) / ((frames.at(-1) ?? 0) - (frames[0] ?? 0)))
  const gaps = glides.map(({ frames }) => Math.max(...frames.slice(1).map((at, n) => at - (frames[n] ?? 0))))
  print(
    `frames per second while ${median(glides.map(({ rows }) => rows))} rows glide (median, worst of 7)`,
    `${median(rates).toFixed(1)}, ${Math.min(...rates).toFixed(1)}`,
  )
  print(
    'longest time between two of these frames (median, worst of 7)',
    `${median(gaps).toFixed(0)} ms, ${Math.max(...gaps).toFixed(0)} ms`,
  )
})

interface Glide {
  rows: number
  frames: number[] // when each was begun, in milliseconds
}

/** Resolves with the frames of the next glide of rows, once it is over. */
const watchGlide = () =>
  new Promise<Glide>((resolve) => {
    const glide: Glide = { rows: 0, frames: [] }
    const frame = (at: number) => {
      const targets = document.getAnimations().map(({ effect }) => (effect as KeyframeEffect).target)
      const rows = targets.filter((target) => target?.matches('.lines > li')).length
      if (rows > 0) glide.frames.push(at)
      glide.rows = Math.max(glide.rows, rows)
      if (rows === 0 && glide.frames.length > 0) resolve(glide)
      else requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })

/** Resolves with the time at which a song's likes change. */
const watchLikes = (song: string) =>
  new Promise<number>((resolve) => {
    const line = [...document.querySelectorAll('.lines > li')].find((each) => each.textContent?.includes(song))
    const observer = new MutationObserver(() => {
      observer.disconnect()
      resolve(Date.now())
    })
    if (line) observer.observe(line, { characterData: true, childList: true, subtree: true, attributes: true })
  })

// At 50 ms, several likes arrive in one change; at 1 ms, each like arrives in a change of its own.
test.each([
  { interval: '50ms', likes: 4_000 },
  { interval: '1ms', likes: 10_000 },
])(`the room screen, at ${perSecond} likes a second on ${songs} songs: %o`, { timeout: 900_000 }, async ({ interval, likes }) => {
  await party({ ANTWON_FEED_INTERVAL: interval })
  const items = await fill(songs)
  const { device, tools } = await open('/r/PARTY/screen', { viewport: screenSize })
  await device.page.getByRole('listitem').first().waitFor()
  await device.page.evaluate(() => {
    const page = window as unknown as { long: number[] }
    page.long = []
    new PerformanceObserver((list) => page.long.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    })
  })
  const received = countChanges(tools)
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' }) // counts CPU time, not time spent waiting for a core
  await likeRandomly(items, 1_000) // warms up the JIT compiler
  const before = await metrics(tools)
  const [receivedBefore, started] = [received(), Date.now()]
  await browser.startTracing(undefined, { categories: ['toplevel'] })
  await likeRandomly(items, likes)
  const seconds = (Date.now() - started) / 1000
  const longest = longestOf(await browser.stopTracing())
  const after = await metrics(tools)
  const changes = received() - receivedBefore
  const long = await device.page.evaluate(() => (window as unknown as { long: number[] }).long)
  print('likes sent, and changes received', `${likes} in ${seconds.toFixed(0)} s, ${changes}`)
  print('scripting per change', `${(((after.ScriptDuration - before.ScriptDuration) * 1000) / changes).toFixed(2)} ms`)
  print(
    'all main-thread work per change, including animation',
    `${(((after.TaskDuration - before.TaskDuration) * 1000) / changes).toFixed(2)} ms`,
  )
  print('longest task in CPU time, and number of tasks over 50 ms', `${longest.toFixed(1)} ms, ${long.length}`)
  print(
    'JavaScript heap, before and after',
    `${(before.JSHeapUsedSize / 2 ** 20).toFixed(1)} MB, ${(after.JSHeapUsedSize / 2 ** 20).toFixed(1)} MB`,
  )
})

/** The CPU time of the longest task on the page's main thread, in milliseconds. */
function longestOf(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  const pages = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(thread),
  )
  const tasks = traceEvents.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && pages.has(thread(event)))
  return tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur / 1000), 0)
}

interface TraceEvent {
  name: string
  pid: number
  tid: number
  tdur?: number // CPU time in microseconds
  args?: { name?: string }
}

/** Adds songs of the simulated catalogue until the queue has this many, and returns its items. */
async function fill(songs: number): Promise<string[]> {
  const queued = 'query($r: ID!) { node(id: $r) { ... on Room { queue { items { id } } playback { item { id } } } } }'
  const search =
    'query($r: ID!, $q: String!, $a: String) { searchSongs(roomId: $r, query: $q, after: $a) { edges { cursor node { canAdd song { uri } } } } }'
  const add = 'mutation($r: ID!, $u: String!) { addSong(roomId: $r, songUri: $u) { item { id } } }'
  await eventually('a song to play', async () => (await api(server, queued, { r: host.roomId }, host.token)).node.playback.item)
  const { node } = await api(server, queued, { r: host.roomId }, host.token)
  const items = new Set<string>(node.queue.items.map(({ id }: { id: string }) => id))
  for (const query of ['e', 'a', 'o', 'i', 'u', 't', 'n', 's']) {
    for (let page = 0, after = null; items.size < songs && page < 20; page++) {
      const { searchSongs } = await api(server, search, { r: host.roomId, q: query, a: after }, host.token)
      for (const {
        cursor,
        node: { canAdd, song },
      } of searchSongs.edges) {
        after = cursor
        if (canAdd && items.size < songs)
          items.add((await api(server, add, { r: host.roomId, u: song.uri }, host.token)).addSong.item.id)
      }
    }
  }
  return [...items]
}

const like = 'mutation($i: ID!) { likeQueueItem(itemId: $i) { id } }'
const unlike = 'mutation($i: ID!) { unlikeQueueItem(itemId: $i) { id } }'

/** Likes and unlikes random songs, at a constant rate. */
async function likeRandomly(items: string[], count: number): Promise<void> {
  const liked = new Set<string>()
  const answers: Promise<unknown>[] = []
  for (let n = 0, start = Date.now(); n < count; n++) {
    await pause(Math.max(0, start + (n * 1000) / perSecond - Date.now()))
    const item = items[Math.floor(Math.random() * items.length)] ?? ''
    const isLiked = liked.delete(item)
    if (!isLiked) liked.add(item)
    answers.push(api(server, isLiked ? unlike : like, { i: item }, host.token).catch(() => {})) // the song may be playing by now
  }
  await Promise.all(answers)
}

/** Counts the WebSocket frames with changes of the queue. */
function countChanges(tools: CDPSession): () => number {
  let count = 0
  void tools.send('Network.enable')
  tools.on('Network.webSocketFrameReceived', ({ response }) => {
    if (response.payloadData.includes('roomQueueChanges')) count++
  })
  return () => count
}

async function metrics(tools: CDPSession): Promise<Record<'ScriptDuration' | 'TaskDuration' | 'JSHeapUsedSize', number>> {
  await tools.send('HeapProfiler.collectGarbage')
  const { metrics: all } = await tools.send('Performance.getMetrics')
  return Object.fromEntries(all.map(({ name, value }) => [name, value])) as Awaited<ReturnType<typeof metrics>>
}

// Measures the room screen in Chromium while many like at once: node web/bench/screen.mjs [--changes=N] [--rate=200] [--seconds=20]
// [--feed=50ms]. It needs bin/antwon (make build). It prints figures, and asserts nothing. Long tasks are as the browser counts them,
// with the time in which they waited for a core that others had; how long a task worked itself, a trace tells.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const text = (value) => ({ type: 'string', default: value })
const { values } = parseArgs({
  options: { changes: text('0'), rate: text('200'), seconds: text('20'), feed: text('50ms'), songs: text('100') },
})
const [rate, seconds, songs, wanted] = ['rate', 'seconds', 'songs', 'changes'].map((name) => Number(values[name]))
const people = 10

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const folder = await mkdtemp(join(tmpdir(), 'antwon-bench-'))
const address = `127.0.0.1:${await freePort()}`
const url = `http://${address}`
const antwon = spawn(fileURLToPath(new URL('../../bin/antwon', import.meta.url)), ['demo'], {
  env: {
    ...process.env,
    ANTWON_ADDR: address,
    ANTWON_DATABASE_URL: `sqlite:${folder}/antwon.db`,
    ANTWON_FEED_INTERVAL: values.feed,
  },
  stdio: 'ignore',
})
const stopped = new Promise((resolve) => antwon.once('exit', resolve))

async function ask(query, variables, token) {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  const { data, errors } = await response.json()
  if (errors) throw new Error(errors[0].message)
  return data
}

async function untilServed() {
  while (!(await fetch(`${url}/readyz`).catch(() => null))?.ok) await sleep(100)
}

/** A room whose queue is full, and those who like: hosts, whom the demo does not slow down. */
async function party() {
  const login = 'mutation ($name: String!) { demoLogin(displayName: $name) { accessToken } }'
  const tokens = []
  for (let n = 0; n < people; n++) tokens.push((await ask(login, { name: `Host ${n}` })).demoLogin.accessToken)
  const create = 'mutation { createRoom(input: { name: "Bench", settings: { fallback: false } }) { id code } }'
  const { id, code } = (await ask(create, {}, tokens[0])).createRoom
  const enter = 'mutation ($code: String!, $name: String!) { joinRoom(code: $code, displayName: $name) { room { id } } }'
  for (const [n, token] of tokens.entries()) if (n > 0) await ask(enter, { code, name: `Guest ${n}` }, token)
  await fill(id, tokens[0])
  const items = '{ queue { items { id state } } }'
  const { room } = await ask(`query ($id: ID!) { room(id: $id) ${items} }`, { id }, tokens[0])
  return { code, tokens, items: room.queue.items.filter(({ state }) => state === 'QUEUED').map((item) => item.id) }
}

async function fill(roomId, token) {
  const search = `query ($roomId: ID!, $query: String!, $offset: Int!) {
    searchSongs(roomId: $roomId, query: $query, offset: $offset) { hasMore hits { canAdd song { uri } } } }`
  const add = 'mutation ($roomId: ID!, $uri: String!) { addSong(roomId: $roomId, songUri: $uri) { alreadyQueued } }'
  let added = 0
  for (const query of ['a', 'the', 'of', 'in', 'e', 'o', 'm', 's']) {
    for (let offset = 0, more = true; more && offset < 200; offset += 10) {
      const { searchSongs } = await ask(search, { roomId, query, offset }, token)
      more = searchSongs.hasMore
      for (const { canAdd, song } of searchSongs.hits) {
        if (added > songs) return
        if (canAdd) added += (await ask(add, { roomId, uri: song.uri }, token)).addSong.alreadyQueued ? 0 : 1
      }
    }
  }
}

/** Likes and unlikes at random, so many a second, until told to stop. */
function storm({ tokens, items }) {
  const liked = new Set()
  const sent = { ok: 0, refused: 0 }
  const one = () => {
    const [who, item] = [Math.floor(Math.random() * tokens.length), items[Math.floor(Math.random() * items.length)]]
    const key = `${who} ${item}`
    const mutation = liked.delete(key) ? 'unlikeQueueItem' : 'likeQueueItem'
    if (mutation === 'likeQueueItem') liked.add(key)
    ask(`mutation ($item: ID!) { ${mutation}(itemId: $item) { id } }`, { item }, tokens[who]).then(
      () => sent.ok++,
      () => sent.refused++,
    )
  }
  const begun = performance.now()
  let due = 0
  const timer = setInterval(() => {
    for (const now = ((performance.now() - begun) * rate) / 1000; due < now; due++) one()
  }, 10)
  return { sent, stop: () => clearInterval(timer) }
}

async function openScreen(browser, code) {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  const seen = { changes: 0, items: 0 }
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const change = JSON.parse(String(payload)).payload?.data?.roomQueueChanges
      if (!change) return
      seen.changes++
      seen.items += change.upserted.length
    }),
  )
  await page.addInitScript(() => {
    window.long = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.long.push(Math.round(entry.duration))
    }).observe({ type: 'longtask' })
  })
  await page.goto(`${url}/r/${code}/screen`)
  await page.waitForSelector('.row')
  await sleep(3000)
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' }) // the thread's own time, whatever else the machine does
  const long = () => page.evaluate(() => [...window.long])
  const metrics = async () => {
    for (let n = 0; n < 3; n++) await cdp.send('HeapProfiler.collectGarbage')
    await sleep(500) // that was a long task itself, which is told of a moment later
    const { metrics } = await cdp.send('Performance.getMetrics')
    const named = Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
    return { ...named, long: await long(), at: performance.now() }
  }
  return { seen, metrics, long }
}

/** How long the tasks of the page's main thread worked, in milliseconds, the longest first. */
function workOf(trace) {
  const { traceEvents } = JSON.parse(trace)
  const thread = ({ pid, tid }) => `${pid} ${tid}`
  const mains = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread),
  )
  const tasks = traceEvents.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && mains.has(thread(event)))
  return tasks.map(({ tdur = 0 }) => tdur / 1000).sort((a, b) => b - a)
}

function report(before, after, seen, sent, work) {
  const took = (after.at - before.at) / 1000
  const of = (name) => (1000 * (after[name] - before[name])).toFixed(0)
  const per = (name) => ((1000 * (after[name] - before[name])) / seen.changes).toFixed(3)
  const mb = (m) => (m.JSHeapUsedSize / 2 ** 20).toFixed(2)
  const long = after.long.slice(before.long.length)
  console.log(
    `likes and unlikes      ${sent.ok} in ${took.toFixed(1)} s (${(sent.ok / took).toFixed(0)}/s), refused ${sent.refused}`,
  )
  console.log(`changes received       ${seen.changes} (${(seen.changes / took).toFixed(0)}/s) of ${seen.items} items`)
  for (const name of ['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration', 'TaskDuration']) {
    console.log(`${name.padEnd(22)} ${per(name)} ms for a change, ${of(name)} ms in all`)
  }
  console.log(`main thread            ${(((after.TaskDuration - before.TaskDuration) / took) * 100).toFixed(1)} % of a core`)
  console.log(`long tasks (> 50 ms)   ${long.length}${long.length ? `, of ${long.join(', ')} ms` : ''}`)
  const longest = work.slice(0, 3).map((ms) => ms.toFixed(1))
  console.log(
    `work of a task         ${longest.join(', ')} ms at most, ${work.filter((ms) => ms > 50).length} of ${work.length} above 50 ms`,
  )
  console.log(`JS heap after GC       ${mb(before)} MB before, ${mb(after)} MB after`)
  console.log(
    `nodes, listeners       ${before.Nodes}, ${before.JSEventListeners} before, ${after.Nodes}, ${after.JSEventListeners} after`,
  )
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  await untilServed()
  const room = await party()
  console.log(`songs waiting          ${room.items.length}`)
  const screen = await openScreen(browser, room.code)
  const { seen } = screen
  const before = await screen.metrics()
  Object.assign(seen, { changes: 0, items: 0 })
  await browser.startTracing(undefined, { categories: ['toplevel'] })
  const { sent, stop } = storm(room)
  const end = performance.now() + seconds * 1000
  while (wanted ? seen.changes < wanted : performance.now() < end) await sleep(100)
  stop()
  await sleep(500)
  const work = workOf(await browser.stopTracing())
  const long = await screen.long()
  report(before, { ...(await screen.metrics()), long }, seen, sent, work)
} finally {
  await browser.close()
  antwon.kill()
  await stopped
  await rm(folder, { recursive: true })
}

// Opens the pages without a connection, and shows notices. For a page it always asks the server first, so nobody gets an old page
// while the server answers. Files below assets/ never change: a hash of their contents is part of their names.
const cacheName = 'pages-1' // another number drops everything that was cached
const maxKept = 120 // entries in the cache, once a page has said what it needs; until then twice as many
const patience = 4_000 // milliseconds until the cached page is shown: some networks never answer, not even with an error
const page = /^\/(?:r\/[^/]+(?:\/screen)?)?$/

self.addEventListener('install', () => self.skipWaiting())

self.addEventListener('activate', (event) => event.waitUntil(activate()))

async function activate() {
  for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name)
  await self.clients.claim()
}

// Each page says which files it has loaded. So files that were loaded before this worker existed are cached, too, and the files
// that no page has needed for the longest time are dropped first. Files that are among the newest entries stay where they are.
self.addEventListener('message', (event) => event.waitUntil(keepAll(event.data)))

async function keepAll(urls) {
  const cache = await caches.open(cacheName)
  const newest = (await cache.keys()).slice(-maxKept / 2).map(({ url }) => keyOf(new URL(url)))
  for (const url of urls) {
    const key = keyOf(new URL(url, location))
    if (!key || newest.includes(key)) continue
    const response = (await cache.match(key)) ?? (await fetch(url).catch(() => undefined))
    if (response?.ok) await keep(cache, key, response)
  }
  await drop(cache, maxKept)
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const key = request.method === 'GET' ? keyOf(new URL(request.url)) : undefined
  if (!key) return
  if (request.mode === 'navigate') event.respondWith(newest(event, key))
  else if (key.startsWith('/assets/')) event.respondWith(kept(event, key))
})

/** The key under which an address is cached: its path, without the query. undefined: it is not cached. */
function keyOf({ origin, pathname }) {
  if (origin !== location.origin) return undefined
  return pathname.startsWith('/assets/') || page.test(pathname) ? pathname : undefined
}

const isDown = ({ status }) => status >= 502 && status <= 504 // the statuses of a proxy that does not reach the server

/** The server's page or, if it cannot be reached in time, the one that it sent last. */
async function newest(event, key) {
  const cache = await caches.open(cacheName)
  const answer = fetch(event.request)
  event.waitUntil(answer.then((response) => response.ok && keepPage(cache, key, response.clone())).catch(() => {}))
  const old = await cache.match(key)
  if (!old) return answer
  const late = new Promise((resolve) => setTimeout(resolve, patience))
  const response = await Promise.race([answer.catch(() => {}), late])
  return response && !isDown(response) ? response : old
}

async function kept(event, key) {
  const cache = await caches.open(cacheName)
  const old = await cache.match(key)
  if (old) return old
  const response = await fetch(event.request)
  if (response.ok) event.waitUntil(keep(cache, key, response.clone()))
  return response
}

/** Caches a page after the files that it names. If one of them fails, the cached page stays, because all its files are there. */
async function keepPage(cache, key, response) {
  const html = await response.clone().text()
  for (const [, file] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    if (await cache.match(file)) continue
    const answer = await fetch(file)
    if (!answer.ok) return
    await keep(cache, file, answer)
  }
  await keep(cache, key, response)
}

/** Caches a response as the newest entry, once all of it has arrived. */
async function keep(cache, key, response) {
  await cache.put(key, new Response(await response.blob(), response))
  await drop(cache, 2 * maxKept)
}

/** Drops the oldest entries until at most so many are left. */
async function drop(cache, most) {
  const keys = await cache.keys()
  for (const each of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(each)
}

// The texts of notices, by the kind of the push message: see docs/api.md.
const notices = {
  en: {
    NEXT: 'Your song is next',
    PLAYING: 'Your song is playing',
    other: 'News about your song',
    body: (song, room) => `“${song}” – ${room}`,
  },
  de: {
    NEXT: 'Dein Song ist als Nächstes dran',
    PLAYING: 'Dein Song läuft',
    other: 'Neues zu deinem Song',
    body: (song, room) => `„${song}“ – ${room}`,
  },
}

self.addEventListener('push', (event) => event.waitUntil(showNotice(event.data.json())))

/**
 * Shows a notice, silently if the guest looks at the room's page, which says the same. Each message has to be shown: browsers
 * end a subscription after a few that were not, Safari also if the page is visible.
 */
async function showNotice({ kind, code, room, song, language }) {
  const path = `/r/${encodeURIComponent(code)}`
  const isSeen = (await pagesOf(path)).some(({ visibilityState }) => visibilityState === 'visible')
  const texts = notices[language.split('-')[0]] ?? notices.en
  const title = texts[kind] ?? texts.other // a newer server may send other kinds
  await self.registration.showNotification(title, {
    body: texts.body(song, room),
    lang: language,
    icon: '/icon-192.png',
    tag: path, // the next notice of the same room replaces this one,
    renotify: !isSeen, // and is noticed, too
    silent: isSeen,
    data: path,
  })
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openRoom(event.notification.data))
})

async function openRoom(path) {
  const [page] = await pagesOf(path)
  return page ? page.focus() : self.clients.openWindow(path)
}

/** The open pages of a room. Its code may be in lower case in their address. */
async function pagesOf(path) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  return pages.filter(({ url }) => new URL(url).pathname.toUpperCase() === path.toUpperCase())
}

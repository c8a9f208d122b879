// node --import browser.mjs SCRIPT: gives a script of the client what a browser gives to a page: a WebSocket, a cookie for one
// server, and a localStorage. BROWSER is the file that keeps cookie and localStorage for the next process. With LOSE_ANSWERS_TO,
// the answers to operations of that name do not reach the script, and are printed instead, one per line.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import WebSocket from 'ws'

const { BROWSER: file, LOSE_ANSWERS_TO: lost } = process.env
const kept = file && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { cookies: {}, items: {} }
function keep() {
  if (!file) return
  const next = `${file}.${process.pid}` // another tab never reads half of it
  writeFileSync(next, JSON.stringify(kept))
  renameSync(next, file)
}

globalThis.WebSocket ??= WebSocket

globalThis.localStorage = {
  getItem: (name) => kept.items[name] ?? null,
  setItem(name, text) { kept.items[name] = text; keep() },
  removeItem(name) { delete kept.items[name]; keep() },
}

const send = globalThis.fetch
globalThis.fetch = async (input, init) => {
  const headers = new Headers(init?.headers)
  const withCookies = init?.credentials === 'include'
  if (withCookies) headers.set('Cookie', Object.entries(kept.cookies).map(([name, value]) => `${name}=${value}`).join('; '))
  const response = await send(input, { ...init, headers })
  for (const cookie of withCookies ? response.headers.getSetCookie() : []) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)
    kept.cookies[name] = value
  }
  keep()
  const { query } = JSON.parse(init?.body ?? '{}')
  if (lost && query?.includes(lost)) {
    console.log(`lost: ${await response.text()}`)
    throw new TypeError('the answer was lost')
  }
  return response
}

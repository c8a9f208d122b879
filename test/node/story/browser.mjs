// Adds to Node what only browsers have: cookies that are kept, and a WebSocket.
import WebSocket from 'ws'

// Calls renewed whenever the server has refreshed the session.
export function becomeBrowser(renewed) {
  globalThis.WebSocket = WebSocket
  const send = globalThis.fetch
  const cookies = new Map()
  globalThis.fetch = async (url, options) => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const response = await send(url, { ...options, headers: { ...options.headers, cookie } })
    for (const [, name, value] of response.headers.getSetCookie().map((line) => /^([^=]+)=([^;]*)/.exec(line))) {
      cookies.set(name, value)
    }
    if ((await response.clone().json()).data?.refreshSession) renewed()
    return response
  }
}

// Keeps the session of this browser, and sends its access token along with requests and WebSockets.
import { createClient } from 'graphql-ws'

// Returns an access token of the browser's session, or null: then let them join, or sign in at /auth/login.
async function refresh(server) {
  const response = await fetch(server + '/graphql', {
    method: 'POST',
    credentials: 'include',
    headers: { 'Content-Type': 'application/json', 'X-Antwon': '1' },
    body: JSON.stringify({ query: 'mutation { refreshSession { accessToken expiresAt viewer { user { id kind } } } }' }),
  })
  const { data, errors } = await response.json()
  if (data?.refreshSession) return data.refreshSession
  if (errors.some((e) => e.extensions?.code === 'UNAUTHENTICATED')) return null
  throw errors
}

// `server` is '' on the server's own pages, otherwise for example 'https://party.example.com'.
export async function createSession(server = '') {
  let current = await refresh(server)
  let renewing = null

  // Replaces a session whose token was refused, once for all requests that were refused. If the server cannot be reached,
  // the next refusal tries again.
  function renew(refused) {
    if (refused !== current) return
    renewing ??= refresh(server).catch(() => refused).then((renewed) => { current = renewed; renewing = null })
    return renewing
  }

  async function authorization() {
    await renewing
    return current ? { authorization: `Bearer ${current.accessToken}` } : {}
  }

  // Like fetch, with the access token. A request whose token is refused is sent again with a new one. The media type makes
  // the server refuse tokens with the status 401; with application/json alone, the status is always 200.
  async function authorizedFetch(url, options) {
    const send = async () => fetch(url, {
      ...options,
      credentials: 'include',
      headers: { ...options.headers, accept: 'application/graphql-response+json', ...await authorization() },
    })
    await renewing
    const used = current
    const response = await send()
    if (response.status !== 401) return response
    await renew(used)
    return send()
  }

  // One WebSocket for all subscriptions. When its token has expired, it connects again with a new one.
  let connected = null
  const sockets = createClient({
    // Try for as long as the page is open, and not all pages at once when a server restarts.
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (retries) => new Promise((done) => setTimeout(done, Math.random() * Math.min(1000 * 2 ** retries, 30_000))),
    url: (server || location.origin).replace(/^http/, 'ws') + '/graphql',
    async connectionParams() {
      const params = await authorization()
      connected = current
      return params
    },
    on: { closed: ({ code }) => { if (code === 4403) renew(connected) } },
  })

  // `use` takes the session that joinRoom, watchRoom or demoLogin returned.
  return { fetch: authorizedFetch, sockets, use(session) { current = session } }
}

/** The console's address: the room, and the outcome of signing in or connecting Spotify when the browser comes back. */
export interface PageAddress {
  roomCode: string | null // the room to open as a co-host
  succeeded: 'login' | 'spotify' | null
  failed: { what: 'login' | 'spotify'; reason: string } | null
  clean: string // the address without the outcome
}

export function readAddress(address: string): PageAddress {
  const url = new URL(address)
  const removeParam = (name: string) => {
    const value = url.searchParams.get(name)
    url.searchParams.delete(name)
    return value
  }
  const [login, spotify] = [removeParam('login'), removeParam('spotify')]
  const [loginError, spotifyError] = [removeParam('login_error'), removeParam('spotify_error')]
  return {
    roomCode: url.searchParams.get('room')?.toUpperCase() || null,
    succeeded: spotify === 'connected' ? 'spotify' : login === 'done' ? 'login' : null,
    failed: failureOf('spotify', spotify, spotifyError) ?? failureOf('login', login, loginError),
    clean: url.pathname + url.search,
  }
}

const failureOf = (what: 'login' | 'spotify', outcome: string | null, reason: string | null): PageAddress['failed'] =>
  outcome === 'failed' ? { what, reason: reason ?? '' } : null

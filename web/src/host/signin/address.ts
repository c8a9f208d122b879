/** What the page's address says: which room, and what came of signing in or connecting, from where the browser returns. */
export interface Arrival {
  code: string | null // of a room to be a co-host in
  good: 'login' | 'spotify' | null
  bad: { what: 'login' | 'spotify'; why: string } | null
  clean: string // the same address, without what came of it
}

export function arrivalFrom(address: string): Arrival {
  const url = new URL(address)
  const said = (name: string) => {
    const value = url.searchParams.get(name)
    url.searchParams.delete(name)
    return value
  }
  const [login, spotify] = [said('login'), said('spotify')]
  const [loginError, spotifyError] = [said('login_error'), said('spotify_error')]
  return {
    code: url.searchParams.get('room')?.toUpperCase() || null,
    good: spotify === 'connected' ? 'spotify' : login === 'done' ? 'login' : null,
    bad: badOf('spotify', spotify, spotifyError) ?? badOf('login', login, loginError),
    clean: url.pathname + url.search,
  }
}

const badOf = (what: 'login' | 'spotify', outcome: string | null, why: string | null): Arrival['bad'] =>
  outcome === 'failed' ? { what, why: why ?? '' } : null

import { Sessions } from '@antwon/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { server } from '../api/server'
import { searchRoom } from './findRoom'

const later = new Date(Date.now() + 3_600_000).toISOString()
const sessionOf = (kind: string) => ({
  accessToken: `token of a ${kind}`,
  expiresAt: later,
  viewer: { user: { id: '1', displayName: 'Gina', kind } },
})
const refused = (code: string) => ({ data: null, errors: [{ message: 'no', extensions: { code } }] })
const screen = { data: { watchRoom: { session: sessionOf('SCREEN'), room: { id: 'room' } } } }

/** Stubs fetch with these answers, in turn, and records the requests. */
function answer(...answers: object[]) {
  const requests: { query: string; credentials: RequestCredentials | undefined }[] = []
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    requests.push({
      query: /RoomByCode|WatchRoom|RefreshSession/.exec(String(init.body))?.[0] ?? '',
      credentials: init.credentials,
    })
    return Response.json(answers[requests.length - 1])
  })
  return requests
}

function browserOf(kind: string | null): Sessions {
  const browser = new Sessions(server, async () => ({ data: null }))
  browser.current.set(kind === null ? null : (sessionOf(kind) as never))
  return browser
}

afterEach(() => vi.unstubAllGlobals())

describe('a browser that searches for a room', () => {
  it('becomes a screen where nobody is signed in', async () => {
    const requests = answer(screen)
    const browser = browserOf(null)
    expect(await searchRoom('PARTY', browser)).toEqual({ found: { roomId: 'room', sessions: browser } })
    expect(requests).toEqual([{ query: 'WatchRoom', credentials: 'include' }])
    expect(browser.current.get()?.viewer.user.kind).toBe('SCREEN')
  })

  it('stays a user who is in the room', async () => {
    answer({ data: { roomByCode: { id: 'room', joinUrl: 'http://a/r/PARTY' } } })
    const browser = browserOf('HOST')
    expect(await searchRoom('PARTY', browser)).toEqual({ found: { roomId: 'room', sessions: browser } })
    expect(browser.current.get()?.viewer.user.kind).toBe('HOST')
  })

  it('does not touch the cookie of a user who is not in the room, now or when the token is renewed', async () => {
    const requests = answer(refused('FORBIDDEN'), screen, screen)
    const browser = browserOf('GUEST')
    const result = await searchRoom('PARTY', browser)
    if (!('found' in result)) throw new Error('not found')
    expect(result.found.sessions).not.toBe(browser)
    expect((await result.found.sessions.refresh()).data?.viewer.user.kind).toBe('SCREEN')
    expect(requests.slice(1)).toEqual(Array(2).fill({ query: 'WatchRoom', credentials: 'omit' }))
    expect(browser.current.get()?.viewer.user.kind).toBe('GUEST')
  })

  it('that was the screen of another room becomes a screen of this one', async () => {
    const requests = answer(refused('FORBIDDEN'), screen)
    const browser = browserOf('SCREEN')
    expect(await searchRoom('PARTY', browser)).toEqual({ found: { roomId: 'room', sessions: browser } })
    expect(requests[1]?.credentials).toBe('include')
  })

  it('learns that there is no such room, whoever is signed in', async () => {
    answer(refused('NOT_FOUND'))
    expect(await searchRoom('PARTY', browserOf(null))).toEqual({ missing: true })
    answer({ data: { roomByCode: null } })
    expect(await searchRoom('PARTY', browserOf('SCREEN'))).toEqual({ missing: true })
  })

  it('reports the failure when the server does not answer', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
    expect(await searchRoom('PARTY', browserOf(null))).toMatchObject({ failure: { code: 'OFFLINE' } })
  })
})

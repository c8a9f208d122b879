import { afterEach, describe, expect, it, vi } from 'vitest'
import { Sessions } from '../api/session'
import { look } from './findRoom'

const later = new Date(Date.now() + 3_600_000).toISOString()
const sessionOf = (kind: string) => ({
  accessToken: `token of a ${kind}`,
  expiresAt: later,
  viewer: { user: { id: '1', displayName: 'Gina', kind } },
})
const refused = (code: string) => ({ data: null, errors: [{ message: 'no', extensions: { code } }] })
const screen = { data: { watchRoom: { session: sessionOf('SCREEN'), room: { id: 'room' } } } }

/** A server that gives these answers in turn, and what it was asked. */
function server(...answers: object[]) {
  const asked: { query: string; credentials: RequestCredentials | undefined }[] = []
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    asked.push({ query: /RoomByCode|WatchRoom|RefreshSession/.exec(String(init.body))?.[0] ?? '', credentials: init.credentials })
    return Response.json(answers[asked.length - 1])
  })
  return asked
}

function browserOf(kind: string | null): Sessions {
  const browser = new Sessions(async () => ({ data: null }))
  browser.current.set(kind === null ? null : (sessionOf(kind) as never))
  return browser
}

afterEach(() => vi.unstubAllGlobals())

describe('a browser that looks for a room', () => {
  it('becomes a screen where nobody is signed in', async () => {
    const asked = server(screen)
    const browser = browserOf(null)
    expect(await look('PARTY', browser)).toEqual({ found: { roomId: 'room', sessions: browser } })
    expect(asked).toEqual([{ query: 'WatchRoom', credentials: 'include' }])
    expect(browser.current.get()?.viewer.user.kind).toBe('SCREEN')
  })

  it('goes on as somebody who is in the room', async () => {
    server({ data: { roomByCode: { id: 'room', joinUrl: 'http://a/r/PARTY' } } })
    const browser = browserOf('HOST')
    expect(await look('PARTY', browser)).toEqual({ found: { roomId: 'room', sessions: browser } })
    expect(browser.current.get()?.viewer.user.kind).toBe('HOST')
  })

  it('leaves alone the cookie of somebody who is not in the room, now and when the token is renewed', async () => {
    const asked = server(refused('FORBIDDEN'), screen, screen)
    const browser = browserOf('GUEST')
    const seen = await look('PARTY', browser)
    if (!('found' in seen)) throw new Error('not found')
    expect(seen.found.sessions).not.toBe(browser)
    expect((await seen.found.sessions.refresh()).data?.viewer.user.kind).toBe('SCREEN')
    expect(asked.slice(1)).toEqual(Array(2).fill({ query: 'WatchRoom', credentials: 'omit' }))
    expect(browser.current.get()?.viewer.user.kind).toBe('GUEST')
  })

  it('that was the screen of another room becomes one of this', async () => {
    const asked = server(refused('FORBIDDEN'), screen)
    const browser = browserOf('SCREEN')
    expect(await look('PARTY', browser)).toEqual({ found: { roomId: 'room', sessions: browser } })
    expect(asked[1]?.credentials).toBe('include')
  })

  it('hears that there is no such room, whoever it is', async () => {
    server(refused('NOT_FOUND'))
    expect(await look('PARTY', browserOf(null))).toEqual({ missing: true })
    server({ data: { roomByCode: null } })
    expect(await look('PARTY', browserOf('SCREEN'))).toEqual({ missing: true })
  })

  it('says what failed where nobody answers', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
    expect(await look('PARTY', browserOf(null))).toMatchObject({ failure: { code: 'OFFLINE' } })
  })
})

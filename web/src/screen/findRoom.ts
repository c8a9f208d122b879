import { type Failure, offline, operations, type Renewal, Sessions } from '@antwon/client'
import { RoomByCodeDocument } from '../api/generated'
import { server } from '../api/server'

/** A room to show, and the sessions to show it with. */
export interface FoundRoom {
  roomId: string
  sessions: Sessions
}

/** The result of one search for the room with a code. */
export type SearchResult = { found: FoundRoom } | { missing: true } | { failure: Failure }

const missing: SearchResult = { missing: true }
const retryAfter = { missing: 15_000, failure: 5_000 } // milliseconds

/** Searches once for the open room with a code, as the signed-in user. If they are not a member, it joins as a screen. */
export async function searchRoom(code: string, browser: Sessions): Promise<SearchResult> {
  const token = await browser.token().catch(() => undefined)
  if (token === undefined) return { failure: offline }
  if (token === null) return joinAsScreen(code, browser)
  const { data, failure } = await server.post(RoomByCodeDocument, { code }, { token })
  if (!failure) return data?.roomByCode ? { found: { roomId: data.roomByCode.id, sessions: browser } } : missing
  if (failure.code === 'UNAUTHENTICATED') await browser.refresh()
  if (failure.code !== 'FORBIDDEN') return { failure }
  return browser.current.get()?.viewer.user.kind === 'SCREEN' ? joinAsScreen(code, browser) : joinWithoutCookie(code)
}

/** Joins the room as a screen, and keeps that session in this browser's cookie. */
async function joinAsScreen(code: string, browser: Sessions): Promise<SearchResult> {
  const { data, failure } = await browser.watch(code)
  return data ? { found: { roomId: data.id, sessions: browser } } : notFound(failure)
}

/** Joins as a screen without cookies, since the user who is signed in here is not in the room and must stay signed in. */
async function joinWithoutCookie(code: string): Promise<SearchResult> {
  const watchRoom = () => server.post(operations.watchRoom, { code }, { credentials: 'omit' })
  const renewal: Renewal = async () => {
    const { data, failure } = await watchRoom()
    return failure?.code === 'NOT_FOUND' ? { data: null } : { data: data?.watchRoom?.session, failure }
  }
  const { data, failure } = await watchRoom()
  if (!data?.watchRoom) return notFound(failure)
  const sessions = new Sessions(server, renewal)
  sessions.current.set(data.watchRoom.session)
  return { found: { roomId: data.watchRoom.room.id, sessions } }
}

const notFound = (failure: Failure = offline): SearchResult => (failure.code === 'NOT_FOUND' ? missing : { failure })

/** Searches for the room until it is found or the signal aborts, and reports every result. */
export async function findRoom(code: string, onResult: (result: SearchResult) => void, signal: AbortSignal): Promise<void> {
  const browser = new Sessions(server)
  while (!signal.aborted) {
    const result = await searchRoom(code, browser)
    if (signal.aborted) return
    onResult(result)
    if ('found' in result) return
    await new Promise((resolve) => setTimeout(resolve, 'missing' in result ? retryAfter.missing : retryAfter.failure))
  }
}

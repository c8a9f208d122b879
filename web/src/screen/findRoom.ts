import { type Failure, offline } from '../api/errors'
import { RoomByCodeDocument, WatchRoomDocument, type WatchRoomMutation } from '../api/generated'
import { post } from '../api/post'
import { type Renewal, Sessions } from '../api/session'

/** A room to show, and as whom. */
export interface Watched {
  roomId: string
  sessions: Sessions
}

/** What came of looking for the room with a code. */
export type Look = { found: Watched } | { missing: true } | { failure: Failure }

const missing: Look = { missing: true }
const between = { missing: 15_000, failure: 5_000 } // milliseconds until it is looked for again

/** Looks for the open room with a code, as whoever this browser is, and makes a screen of it where that is needed. */
export async function look(code: string, browser: Sessions): Promise<Look> {
  const token = await browser.token().catch(() => undefined)
  if (token === undefined) return { failure: offline }
  if (token === null) return watch(code, browser)
  const { data, failure } = await post(RoomByCodeDocument, { code }, token)
  if (!failure) return data?.roomByCode ? { found: { roomId: data.roomByCode.id, sessions: browser } } : missing
  if (failure.code === 'UNAUTHENTICATED') await browser.refresh()
  if (failure.code !== 'FORBIDDEN') return { failure }
  return browser.current.get()?.viewer.user.kind === 'SCREEN' ? watch(code, browser) : watchAside(code)
}

/** Makes this browser a screen, which its cookie keeps. */
async function watch(code: string, browser: Sessions): Promise<Look> {
  const { data, failure } = await post(WatchRoomDocument, { code })
  return data ? watched(data, browser) : unseen(failure)
}

/** Watches beside somebody who is signed in here and is not in the room, and stays who they are: without their cookie. */
async function watchAside(code: string): Promise<Look> {
  const watchAnew = () => post(WatchRoomDocument, { code }, undefined, 'omit')
  const renewal: Renewal = async () => {
    const { data, failure } = await watchAnew()
    return failure?.code === 'NOT_FOUND' ? { data: null } : { data: data?.watchRoom.session, failure }
  }
  const { data, failure } = await watchAnew()
  return data ? watched(data, new Sessions(renewal)) : unseen(failure)
}

function watched({ watchRoom }: WatchRoomMutation, sessions: Sessions): Look {
  sessions.adopt(watchRoom.session)
  return { found: { roomId: watchRoom.room.id, sessions } }
}

const unseen = (failure: Failure = offline): Look => (failure.code === 'NOT_FOUND' ? missing : { failure })

/** Looks for the room until it is there: nobody stands beside a screen to press anything. */
export async function keepLooking(code: string, onLook: (look: Look) => void, signal: AbortSignal): Promise<void> {
  const browser = new Sessions()
  while (!signal.aborted) {
    const seen = await look(code, browser)
    if (signal.aborted) return
    onLook(seen)
    if ('found' in seen) return
    await new Promise((resolve) => setTimeout(resolve, 'missing' in seen ? between.missing : between.failure))
  }
}

import type { RefusalReason, RoomFieldsFragment } from '../api/generated'
import type { Viewer } from './useActions'

type Settings = Pick<NonNullable<RoomFieldsFragment['settings']>, 'requestsOpen' | 'guestPlaylistUri' | 'guestPlaylistUse'>

/** Which moments have passed, by the server's clock. */
export interface Passed {
  opening: boolean // also if requests are open from the beginning
  lastCall: boolean
  refilled: boolean // the guest may add one more song
}

/** How many songs a guest can still add, by all limits; null if there is no limit on adding. */
export function addable({ queued, maxQueued, addsLeft }: Viewer['quota'], refilled: boolean): number | null {
  if (addsLeft === null) return null
  const left = addsLeft === 0 && refilled ? 1 : addsLeft
  return maxQueued === null ? left : Math.max(0, Math.min(left, maxQueued - queued))
}

/** Why a guest cannot add any song right now; null if they can. It uses pushed data, which is newer than a search result. */
export function limitOf(
  viewer: Pick<Viewer, 'role' | 'quota'> | undefined,
  settings: Settings | null | undefined,
  passed: Passed,
): RefusalReason | null {
  if (viewer?.role !== 'GUEST' && viewer?.role !== 'TABLET') return null
  const { queued, maxQueued, addsLeft } = viewer.quota
  if (settings?.requestsOpen === false) return 'REQUESTS_CLOSED'
  if (!passed.opening) return 'NOT_OPEN_YET'
  if (passed.lastCall) return 'LAST_CALL'
  if (settings?.guestPlaylistUri && settings.guestPlaylistUse === 'LIKE') return 'ONLY_LIKES'
  if (maxQueued !== null && queued >= maxQueued) return 'TOO_MANY_QUEUED'
  return addsLeft === 0 && !passed.refilled ? 'TOO_MANY_ADDED' : null
}

const generalReasons: readonly string[] = [
  'REQUESTS_CLOSED',
  'NOT_OPEN_YET',
  'LAST_CALL',
  'ONLY_LIKES',
  'TOO_MANY_QUEUED',
  'TOO_MANY_ADDED',
]

/** Why a song cannot be added: the search's refusal if it is about the song itself, else the current limit on all songs. */
export function refusalFor(found: string | undefined, limit: RefusalReason | null): string | null {
  return found && !generalReasons.includes(found) ? found : limit
}

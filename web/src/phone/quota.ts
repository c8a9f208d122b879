import type { RefusalReason, RoomFieldsFragment } from '../api/generated'
import type { Viewer } from './useActions'

type Settings = Pick<NonNullable<RoomFieldsFragment['settings']>, 'requestsOpen'>

/** What the clock says. */
export interface Passed {
  lastCall: boolean
  refill: boolean // the time from which one more song may be added
}

/** How many songs a guest can still add, by all limits there are for them; null: they are not counted. */
export function addable({ queued, maxQueued, addsLeft }: Viewer['quota'], refilled: boolean): number | null {
  if (addsLeft === null) return null
  const left = addsLeft === 0 && refilled ? 1 : addsLeft
  return maxQueued === null ? left : Math.max(0, Math.min(left, maxQueued - queued))
}

/** Why a guest can add no song at all for now. What happens is pushed, so this is newer than what a search has said. */
export function limitOf(
  viewer: Pick<Viewer, 'role' | 'quota'> | undefined,
  settings: Settings | null | undefined,
  passed: Passed,
): RefusalReason | null {
  if (viewer?.role !== 'GUEST') return null
  const { queued, maxQueued, addsLeft } = viewer.quota
  if (settings?.requestsOpen === false) return 'REQUESTS_CLOSED'
  if (passed.lastCall) return 'LAST_CALL'
  if (maxQueued !== null && queued >= maxQueued) return 'TOO_MANY_QUEUED'
  return addsLeft === 0 && !passed.refill ? 'TOO_MANY_ADDED' : null
}

const general: readonly string[] = ['REQUESTS_CLOSED', 'LAST_CALL', 'TOO_MANY_QUEUED', 'TOO_MANY_ADDED']

/** Why a song cannot be added: for what a search has found against itself, or for what holds for all songs by now. */
export function obstacle(found: string | undefined, limit: RefusalReason | null): string | null {
  return found && !general.includes(found) ? found : limit
}

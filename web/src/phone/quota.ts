import type { RefusalReason, RoomFieldsFragment } from '../api/generated'
import type { Viewer } from './useActions'

type Settings = Pick<NonNullable<RoomFieldsFragment['settings']>, 'requestsOpen'>

/** What the clock says. */
export interface Passed {
  lastCall: boolean
  refill: boolean // the time from which one more song may be added
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

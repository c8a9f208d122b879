import { useMemo } from 'react'
import type { RefusalReason, RoomFieldsFragment } from '../api/generated'
import { useHasPassed } from '../api/useHasPassed'
import { timeOfDay } from '../text/format'
import { useLanguage, useText } from '../text/text'
import { addable, limitOf } from './quota'
import { usePhoneText } from './text'
import type { Viewer } from './useActions'

type Settings = RoomFieldsFragment['settings'] | undefined

/** Why the user cannot add any song right now; null if they can. */
export function useLimit(viewer: Viewer | undefined, settings: Settings): RefusalReason | null {
  const opened = useHasPassed(settings?.requestsOpenAt)
  const opening = opened || !settings?.requestsOpenAt
  const lastCall = useHasPassed(settings?.lastCallAt)
  const refilled = useHasPassed(viewer?.quota.refillsAt)
  return useMemo(
    () => limitOf(viewer, settings, { opening, lastCall, refilled }),
    [viewer, settings, opening, lastCall, refilled],
  )
}

interface Props {
  viewer: Viewer | undefined
  settings: Settings
  limit: RefusalReason | null
}

/** Whether and until when guests can add songs, and the user's quota. */
export function Limits({ viewer, settings, limit }: Props) {
  const text = useText()
  const own = usePhoneText()
  const language = useLanguage()
  const isGuest = viewer?.role === 'GUEST' || viewer?.role === 'TABLET'
  const lastCallAt = isGuest ? settings?.lastCallAt : null
  const closed = limit === 'REQUESTS_CLOSED' || limit === 'NOT_OPEN_YET' || limit === 'LAST_CALL' || limit === 'ONLY_LIKES'
  const opensAt = limit === 'NOT_OPEN_YET' ? settings?.requestsOpenAt : null
  return (
    <>
      <p className={closed || lastCallAt ? 'notice' : 'visually-hidden'} role="status">
        {opensAt
          ? own.opensAt(timeOfDay(opensAt, language))
          : closed
            ? text.refusal[limit]
            : lastCallAt && own.lastCall(timeOfDay(lastCallAt, language))}
      </p>
      {!closed && <Quota viewer={viewer} limit={limit} />}
    </>
  )
}

/** The user's quota, if the room limits how many songs a guest can add. */
export function Quota({ viewer, limit }: { viewer: Viewer | undefined; limit: RefusalReason | null }) {
  const own = usePhoneText()
  const language = useLanguage()
  if (!viewer) return null
  const { queued, maxQueued, refillsAt } = viewer.quota
  const left = addable(viewer.quota, limit === null)
  const parts = [
    maxQueued !== null && own.quotaQueued(queued, maxQueued),
    left !== null && own.quotaAdds(left),
    limit === 'TOO_MANY_ADDED' && refillsAt !== null && own.quotaRefills(timeOfDay(refillsAt, language)),
  ].filter(Boolean)
  return parts.length > 0 ? <p className="quiet">{parts.join(' ')}</p> : null
}

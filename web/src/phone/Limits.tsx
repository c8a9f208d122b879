import { useMemo } from 'react'
import type { RefusalReason, RoomFieldsFragment } from '../api/generated'
import { usePast } from '../api/useHasPassed'
import { timeOfDay } from '../text/format'
import { useLanguage, useText } from '../text/text'
import { addable, limitOf } from './quota'
import { usePhoneText } from './text'
import type { Viewer } from './useActions'

type Settings = RoomFieldsFragment['settings'] | undefined

/** Why one can add no song at all for now, if so. */
export function useLimit(viewer: Viewer | undefined, settings: Settings): RefusalReason | null {
  const lastCall = usePast(settings?.lastCallAt)
  const refill = usePast(viewer?.quota.refillsAt)
  return useMemo(() => limitOf(viewer, settings, { lastCall, refill }), [viewer, settings, lastCall, refill])
}

interface Props {
  viewer: Viewer | undefined
  settings: Settings
  limit: RefusalReason | null
}

/** Whether the room takes songs, until when, and how many one may still add. */
export function Limits({ viewer, settings, limit }: Props) {
  const text = useText()
  const own = usePhoneText()
  const language = useLanguage()
  const lastCallAt = viewer?.role === 'GUEST' ? settings?.lastCallAt : null
  const closed = limit === 'REQUESTS_CLOSED' || limit === 'LAST_CALL'
  return (
    <>
      <p className={closed || lastCallAt ? 'notice' : 'spoken'} role="status">
        {closed ? text.refusal[limit] : lastCallAt && own.lastCall(timeOfDay(lastCallAt, language))}
      </p>
      {!closed && <Quota viewer={viewer} limit={limit} />}
    </>
  )
}

/** How much one may still add, where the room has a limit. */
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

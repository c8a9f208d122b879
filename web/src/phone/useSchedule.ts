import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { ScheduleChangesDocument, type ScheduleChangesSubscription } from '../api/generated'
import { useRetriedSubscription } from '../api/useRetriedSubscription'
import { glideDuration } from '../ui/useOrder'

/** When a song is expected to play, and why then. */
export type Entry = ScheduleChangesSubscription['roomSchedule']['entries'][number]

/** The schedule, by queue item. It is subscribed to only while it is wanted and the page is visible. */
export function useSchedule(roomId: string, isWanted: boolean): ReadonlyMap<string, Entry> {
  const isHidden = useIsHidden()
  const { data } = useRetriedSubscription(ScheduleChangesDocument, { roomId }, isHidden || !isWanted)
  const shown = useAfterGlide(data)
  return useMemo(() => new Map(shown?.roomSchedule.entries.map((entry) => [entry.itemId, entry])), [shown])
}

/** The latest value. From the second one on it waits until the rows have glided: new times in all rows would delay frames. */
function useAfterGlide<Value>(value: Value): Value {
  const [shown, setShown] = useState(value)
  useEffect(() => void setTimeout(() => setShown(value), glideDuration), [value]) // not cancelled: if values came faster, none would be shown
  return shown ?? value
}

const useIsHidden = (): boolean => useSyncExternalStore(onVisibility, () => document.hidden)

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}

import { useMemo, useSyncExternalStore } from 'react'
import { ScheduleChangesDocument, type ScheduleChangesSubscription } from '../api/generated'
import { useRetriedSubscription } from '../api/useRetriedSubscription'

/** When a song is expected to play, and why then. */
export type Entry = ScheduleChangesSubscription['roomSchedule']['entries'][number]

/** The schedule, by queue item. It is subscribed to only while it is wanted and the page is visible. */
export function useSchedule(roomId: string, isWanted: boolean): ReadonlyMap<string, Entry> {
  const isHidden = useIsHidden()
  const { data } = useRetriedSubscription(ScheduleChangesDocument, { roomId }, isHidden || !isWanted)
  return useMemo(() => new Map(data?.roomSchedule.entries.map((entry) => [entry.itemId, entry])), [data])
}

const useIsHidden = (): boolean => useSyncExternalStore(onVisibility, () => document.hidden)

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}

import { useMemo, useSyncExternalStore } from 'react'
import { ScheduleChangesDocument, type ScheduleChangesSubscription } from '../api/generated'
import { useLive } from '../api/useRetriedSubscription'

/** When a song plays, and why not sooner or later. */
export type Entry = ScheduleChangesSubscription['roomSchedule']['entries'][number]

/** The entries by the ids of their songs, followed only while somebody looks. */
export function useSchedule(roomId: string): ReadonlyMap<string, Entry> {
  const { data } = useLive(ScheduleChangesDocument, { roomId }, useHidden())
  return useMemo(() => new Map(data?.roomSchedule.entries.map((entry) => [entry.itemId, entry])), [data])
}

const useHidden = (): boolean => useSyncExternalStore(onVisibility, () => document.hidden)

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}

import type { Item, QueueState } from '../api/queue'

const most = 8 // more songs than that nobody reads from the sofa
const minute = 60_000

/** How many songs are shown in a list of this height, each as high as is needed to be read across a room. */
export function rowsThatFit(height: number, vmin: number): number {
  return Math.min(most, Math.max(1, Math.floor(height / (8.2 * vmin))))
}

/** A song and where it stands in the list, from 0. */
export interface Placed {
  item: Item
  place: number
}

/**
 * The first songs in an order that never changes: a song that moves gets another place and not another element, so that its
 * movement is not interrupted by the next one.
 */
export function placed(items: readonly Item[], count: number): Placed[] {
  return items
    .slice(0, count)
    .map((item, place) => ({ item, place }))
    .sort((a, b) => (a.item.id < b.item.id ? -1 : 1))
}

/** Where the picture stands at a time, in pixels: it wanders so slowly that nobody sees it, and spares the screen. */
export function drift(now: number, reach: number): { x: number; y: number } {
  const at = (minutes: number) => Math.sin((now / (minutes * minute)) * 2 * Math.PI)
  return { x: Math.round(at(13) * reach), y: Math.round(at(9) * reach) }
}

/** Left and right change places every twenty minutes, as a QR code's white would stay in the screen otherwise. */
export const isMirrored = (now: number): boolean => Math.floor(now / (20 * minute)) % 2 === 1

/** What there is to show of a room, by what is known of it. */
export type Stage = 'loading' | 'closed' | 'empty' | 'party'

export function stageOf(
  room: { status: string } | undefined,
  playback: { song: unknown } | undefined,
  queue: Pick<QueueState, 'version' | 'items'>,
): Stage {
  if (room?.status === 'CLOSED') return 'closed'
  if (!room || !playback || queue.version === null) return 'loading'
  return playback.song || queue.items.length > 0 ? 'party' : 'empty'
}

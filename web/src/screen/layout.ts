import type { Item, QueueState } from '../api/queue'

const maxRows = 8 // more would be too many to read from across the room
const minute = 60_000

const leastUnit = 5 // pixels, as in screen.css: on a phone, a hundredth of the width would be too small to read

/** How many songs fit into a list of this height, in pixels, at a size that can be read from across the room. */
export function rowsThatFit(height: number, vmin: number): number {
  return Math.min(maxRows, Math.max(1, Math.floor(height / (8.2 * Math.max(vmin, leastUnit)))))
}

/** A song and its place in the list, from 0. */
export interface Placed {
  item: Item
  place: number
}

/**
 * Returns the first songs, sorted by id and with their places. A song that moves keeps its element and only changes its
 * place, so that the next change does not interrupt its movement.
 */
export function placed(items: readonly Item[], count: number): Placed[] {
  return items
    .slice(0, count)
    .map((item, place) => ({ item, place }))
    .sort((a, b) => (a.item.id < b.item.id ? -1 : 1))
}

/** The offset of the page at a time, in pixels. It changes too slowly to be noticed, and prevents burn-in. */
export function drift(now: number, reach: number): { x: number; y: number } {
  const at = (minutes: number) => Math.sin((now / (minutes * minute)) * 2 * Math.PI)
  return { x: Math.round(at(13) * reach), y: Math.round(at(9) * reach) }
}

/** Whether left and right are swapped, which changes every twenty minutes: the white of the QR code could burn in otherwise. */
export const isMirrored = (now: number): boolean => Math.floor(now / (20 * minute)) % 2 === 1

/** The kind of page that the screen shows, depending on the data that is loaded. */
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

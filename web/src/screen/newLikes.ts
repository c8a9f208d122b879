import type { Item } from '../api/queue'

type Liked = Pick<Item, 'id' | 'likeCount'>

/** How many likes came in between two states of a queue. Songs that were not there before do not count. */
export function newLikes(before: readonly Liked[], after: readonly Liked[]): number {
  const counts = new Map(before.map(({ id, likeCount }) => [id, likeCount]))
  return after.reduce((sum, { id, likeCount }) => sum + Math.max(0, likeCount - (counts.get(id) ?? likeCount)), 0)
}

import type { Reaction } from '../api/generated'
import { reactions } from '../ui/ReactionIcon'

const mostOfAKind = 4 // for the reactions of half a second

/** The reactions that fly for these numbers: a few of each kind, mixed. Kinds that this page cannot draw are left out. */
export function flying(counts: readonly { reaction: string; count: number }[]): Reaction[] {
  const left = new Map(counts.map(({ reaction, count }) => [reaction, Math.min(count, mostOfAKind)]))
  const rounds = Array.from({ length: mostOfAKind }, (_, round) => reactions.filter((kind) => (left.get(kind) ?? 0) > round))
  return rounds.flat()
}

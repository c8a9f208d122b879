import type { PlayedQuery } from '../api/generated'

type History = NonNullable<NonNullable<PlayedQuery['room']>['history']>

/** A song that was played, and its place in the list. */
export type Edge = History['edges'][number]

/** What is known of a list of which there may be more. */
export interface Page {
  edges: readonly Edge[] // the latest first
  hasMore: boolean
}

export const pageOf = ({ edges, pageInfo }: History): Page => ({ edges, hasMore: pageInfo.hasNextPage })

/** A list that begins anew, with what is known of it further down: as far as the two meet. */
export function withNewer(known: Page, newer: Page): Page {
  const end = newer.edges.at(-1)?.cursor
  const met = known.edges.findIndex(({ cursor }) => cursor === end)
  return met < 0 ? newer : { edges: [...newer.edges, ...known.edges.slice(met + 1)], hasMore: known.hasMore }
}

/** A list that goes on. */
export const withOlder = (known: Page, { edges, hasMore }: Page): Page => ({ edges: [...known.edges, ...edges], hasMore })

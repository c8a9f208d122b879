import type { PlayedQuery } from '../api/generated'

type History = NonNullable<NonNullable<PlayedQuery['room']>['history']>

/** A song that was played, with its cursor. */
export type Edge = History['edges'][number]

/** The loaded part of the history. */
export interface Page {
  edges: readonly Edge[] // the latest first
  hasMore: boolean
}

export const pageOf = ({ edges, pageInfo }: History): Page => ({ edges, hasMore: pageInfo.hasNextPage })

/** Puts a newly loaded first page before the known history. If the two do not overlap, the known history is dropped. */
export function withNewer(known: Page, newer: Page): Page {
  const end = newer.edges[newer.edges.length - 1]?.cursor
  const overlap = known.edges.findIndex(({ cursor }) => cursor === end)
  return overlap < 0 ? newer : { edges: [...newer.edges, ...known.edges.slice(overlap + 1)], hasMore: known.hasMore }
}

/** Appends a page of earlier songs. */
export const withOlder = (known: Page, { edges, hasMore }: Page): Page => ({ edges: [...known.edges, ...edges], hasMore })

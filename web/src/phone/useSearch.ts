import type { Failure } from '@antwon/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from '../api/client'
import { type HitFieldsFragment, PlaylistSongsDocument, SearchSongsDocument } from '../api/generated'
import { linkIn } from './link'

export type SearchHit = HitFieldsFragment['nodes'][number]

interface Results {
  hits: readonly SearchHit[]
  hasMore: boolean
  endCursor: string | null
  degraded: boolean
  answered: boolean // whether the server has answered; false before the first search and after a failure
  failure?: Failure | undefined
}

const noResults: Results = { hits: [], hasMore: false, endCursor: null, degraded: false, answered: false }
const debounce = 250 // milliseconds after the last key

/**
 * Searches Spotify while the user types, or the playlist from which guests add songs, all of which is shown before they
 * type. The previous results stay until the next ones arrive.
 */
export function useSearch(roomId: string, text: string, playlist: string | null) {
  const client = useClient()
  const query = linkIn(text) ? '' : text.trim()
  const [results, setResults] = useState(noResults)
  const [busy, setBusy] = useState(false)
  const latest = useRef(0) // number of the latest request; answers to earlier ones are dropped

  const search = useCallback(
    async (before: readonly SearchHit[], after: string | null) => {
      setBusy(true)
      const request = ++latest.current
      const variables = { roomId, query, after }
      const { found, failure } = await (playlist
        ? client.request(PlaylistSongsDocument, variables).then(({ data, failure }) => ({ found: data?.playlistSongs, failure }))
        : client.request(SearchSongsDocument, variables).then(({ data, failure }) => ({ found: data?.searchSongs, failure })))
      if (request !== latest.current) return
      setBusy(false)
      if (found) {
        const { nodes, pageInfo, degraded } = found
        const { hasNextPage: hasMore, endCursor } = pageInfo
        setResults({ hits: distinct([...before, ...nodes]), hasMore, endCursor, degraded, answered: true })
      } else setResults({ ...noResults, hits: before, failure })
    },
    [client, roomId, query, playlist],
  )

  useEffect(() => {
    latest.current++ // drops the answer for the previous text
    if (query === '' && !playlist) {
      setResults(noResults)
      setBusy(false)
      return
    }
    setBusy(true)
    const timer = setTimeout(() => void search([], null), query === '' ? 0 : debounce)
    return () => clearTimeout(timer)
  }, [query, playlist, search])

  return { ...results, busy, more: () => void search(results.hits, results.endCursor) }
}

/** Removes duplicates: Spotify's pages sometimes overlap. */
function distinct(hits: readonly SearchHit[]): SearchHit[] {
  return [...new Map(hits.map((hit) => [hit.song.uri, hit])).values()]
}

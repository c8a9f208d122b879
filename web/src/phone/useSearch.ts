import type { Failure } from '@antwon/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'
import { failureOfUrql } from '../api/failureOfUrql'
import { SearchSongsDocument, type SearchSongsQuery } from '../api/generated'
import { linkIn } from './link'

export type SearchHit = SearchSongsQuery['searchSongs']['nodes'][number]

interface Results {
  hits: readonly SearchHit[]
  hasMore: boolean
  endCursor: string | null
  degraded: boolean
  failure?: Failure | undefined
}

const noResults: Results = { hits: [], hasMore: false, endCursor: null, degraded: false }
const debounce = 250 // milliseconds after the last key

/** Searches Spotify while the user types. The previous results stay until the next ones arrive. */
export function useSearch(roomId: string, text: string) {
  const client = useClient()
  const query = linkIn(text) ? '' : text.trim()
  const [results, setResults] = useState(noResults)
  const [busy, setBusy] = useState(false)
  const latest = useRef(0) // number of the latest request; answers to earlier ones are dropped

  const search = useCallback(
    async (before: readonly SearchHit[], after: string | null) => {
      setBusy(true)
      const request = ++latest.current
      const { data, error } = await client.query(SearchSongsDocument, { roomId, query, after })
      if (request !== latest.current) return
      setBusy(false)
      if (data) {
        const { nodes, pageInfo, degraded } = data.searchSongs
        const { hasNextPage: hasMore, endCursor } = pageInfo
        setResults({ hits: distinct([...before, ...nodes]), hasMore, endCursor, degraded })
      } else setResults({ ...noResults, hits: before, failure: failureOfUrql(error) })
    },
    [client, roomId, query],
  )

  useEffect(() => {
    latest.current++ // drops the answer for the previous text
    if (query === '') {
      setResults(noResults)
      setBusy(false)
      return
    }
    setBusy(true)
    const timer = setTimeout(() => void search([], null), debounce)
    return () => clearTimeout(timer)
  }, [query, search])

  return { ...results, busy, more: () => void search(results.hits, results.endCursor) }
}

/** Removes duplicates: Spotify's pages sometimes overlap. */
function distinct(hits: readonly SearchHit[]): SearchHit[] {
  return [...new Map(hits.map((hit) => [hit.song.uri, hit])).values()]
}

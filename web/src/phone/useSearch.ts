import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'
import { type Failure, failureOfUrql } from '../api/errors'
import { SearchSongsDocument, type SearchSongsQuery } from '../api/generated'
import { linkIn } from './link'

export type SearchHit = SearchSongsQuery['searchSongs']['hits'][number]

interface Results {
  hits: readonly SearchHit[]
  hasMore: boolean
  degraded: boolean
  failure?: Failure | undefined
}

const noResults: Results = { hits: [], hasMore: false, degraded: false }
const debounce = 250 // milliseconds after the last key

/** Searches Spotify while the user types. The previous results stay until the next ones arrive. */
export function useSearch(roomId: string, text: string) {
  const client = useClient()
  const query = linkIn(text) ? '' : text.trim()
  const [results, setResults] = useState(noResults)
  const [busy, setBusy] = useState(false)
  const latest = useRef(0) // number of the latest request; answers to earlier ones are dropped

  const search = useCallback(
    async (before: readonly SearchHit[]) => {
      setBusy(true)
      const request = ++latest.current
      const { data, error } = await client.query(SearchSongsDocument, { roomId, query, offset: before.length })
      if (request !== latest.current) return
      setBusy(false)
      if (data) setResults({ ...data.searchSongs, hits: distinct([...before, ...data.searchSongs.hits]) })
      else setResults({ ...noResults, hits: before, failure: failureOfUrql(error) })
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
    const timer = setTimeout(() => void search([]), debounce)
    return () => clearTimeout(timer)
  }, [query, search])

  return { ...results, busy, more: () => void search(results.hits) }
}

/** Removes duplicates: Spotify's pages sometimes overlap. */
function distinct(hits: readonly SearchHit[]): SearchHit[] {
  return [...new Map(hits.map((hit) => [hit.song.uri, hit])).values()]
}

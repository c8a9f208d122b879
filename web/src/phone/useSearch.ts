import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'
import { type Failure, failureOfUrql } from '../api/errors'
import { SearchSongsDocument, type SearchSongsQuery } from '../api/generated'
import { linkIn } from './link'

export type SearchHit = SearchSongsQuery['searchSongs']['hits'][number]

interface Found {
  hits: readonly SearchHit[]
  hasMore: boolean
  degraded: boolean
  failure?: Failure | undefined
}

const nothing: Found = { hits: [], hasMore: false, degraded: false }
const pause = 250 // milliseconds after the last key until Spotify is asked

/** What Spotify finds for a text, as it is typed. What was found stays until the next answer is there. */
export function useSearch(roomId: string, text: string) {
  const client = useClient()
  const query = linkIn(text) ? '' : text.trim()
  const [found, setFound] = useState(nothing)
  const [busy, setBusy] = useState(false)
  const wanted = useRef(0) // the question whose answer is shown

  const ask = useCallback(
    async (before: readonly SearchHit[]) => {
      setBusy(true)
      const question = ++wanted.current
      const { data, error } = await client.query(SearchSongsDocument, { roomId, query, offset: before.length })
      if (question !== wanted.current) return
      setBusy(false)
      if (data) setFound({ ...data.searchSongs, hits: distinct([...before, ...data.searchSongs.hits]) })
      else setFound({ ...nothing, hits: before, failure: failureOfUrql(error) })
    },
    [client, roomId, query],
  )

  useEffect(() => {
    wanted.current++ // what was asked for another text is wanted no more
    if (query === '') {
      setFound(nothing)
      setBusy(false)
      return
    }
    setBusy(true)
    const timer = setTimeout(() => void ask([]), pause)
    return () => clearTimeout(timer)
  }, [query, ask])

  return { ...found, busy, more: () => void ask(found.hits) }
}

/** Spotify's pages overlap now and then. */
function distinct(hits: readonly SearchHit[]): SearchHit[] {
  return [...new Map(hits.map((hit) => [hit.song.uri, hit])).values()]
}

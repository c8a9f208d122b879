import type { Failure } from '@antwon/client'
import { useCallback, useEffect, useState } from 'react'
import { useClient } from '../api/client'
import { PlayedDocument } from '../api/generated'
import { type Page, pageOf, withNewer, withOlder } from './historyPages'

/** The songs that a room played, with as many pages as the guest has asked for. It is refreshed whenever another song plays. */
export function useHistory(roomId: string, playingId: string | undefined) {
  const client = useClient()
  const [page, setPage] = useState<Page>()
  const [busy, setBusy] = useState(true)
  const [failure, setFailure] = useState<Failure>()

  const load = useCallback(
    async (after: string | null) => {
      setBusy(true)
      const { data, failure } = await client.request(PlayedDocument, { roomId, after })
      const history = data?.room?.history
      setBusy(false)
      setFailure(history ? undefined : failure)
      if (!history) return
      const loaded = pageOf(history)
      setPage((known) => (known ? (after ? withOlder(known, loaded) : withNewer(known, loaded)) : loaded))
    },
    [client, roomId],
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: another song means that there is more history to load
  useEffect(() => void load(null), [load, playingId])

  return { page, busy, failure, more: () => void load(page?.edges[page.edges.length - 1]?.cursor ?? null) }
}

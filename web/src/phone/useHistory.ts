import { useCallback, useEffect, useState } from 'react'
import { useClient } from 'urql'
import { type Failure, failureOfUrql } from '../api/errors'
import { PlayedDocument } from '../api/generated'
import { type Page, pageOf, withNewer, withOlder } from './historyPages'

/** What a room played, renewed whenever another song plays, and as much of it as was asked for. */
export function usePlayed(roomId: string, playingId: string | undefined) {
  const client = useClient()
  const [page, setPage] = useState<Page>()
  const [busy, setBusy] = useState(true)
  const [failure, setFailure] = useState<Failure>()

  const ask = useCallback(
    async (after: string | null) => {
      setBusy(true)
      const { data, error } = await client.query(PlayedDocument, { roomId, after })
      const history = data?.room?.history
      setBusy(false)
      setFailure(history ? undefined : failureOfUrql(error))
      if (!history) return
      const asked = pageOf(history)
      setPage((known) => (known ? (after ? withOlder(known, asked) : withNewer(known, asked)) : asked))
    },
    [client, roomId],
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: what plays is not asked for, but says when to ask
  useEffect(() => void ask(null), [ask, playingId])

  return { page, busy, failure, more: () => void ask(page?.edges.at(-1)?.cursor ?? null) }
}

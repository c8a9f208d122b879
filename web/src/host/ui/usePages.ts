import type { Answer, Failure, Operation } from '@antwon/client'
import { useCallback, useEffect, useState } from 'react'
import { useClient } from '../../api/client'

const refreshInterval = 15_000 // milliseconds; no subscription announces changes of these lists
const pageSize = 50 // as in the queries

interface Page<Node> {
  edges: readonly { node: Node }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

export interface Pages<Node> {
  list: readonly Node[] | undefined // undefined: not loaded yet
  more: boolean
  failure: Failure | undefined
  refresh: () => void
  showMore: () => void
}

/**
 * A list of the room, the latest entries first: `atOnce` of them, and a page more for each call of showMore. pageOf must be the
 * same function each time.
 */
export function usePages<Data, Node>(
  query: Operation<Data, { roomId: string; after?: string | null }>,
  roomId: string,
  pageOf: (data: Data) => Page<Node> | null | undefined,
  atOnce = pageSize,
): Pages<Node> {
  const client = useClient()
  const [count, setCount] = useState(atOnce)
  const [state, setState] = useState<Pick<Pages<Node>, 'list' | 'more' | 'failure'>>({
    list: undefined,
    more: false,
    failure: undefined,
  })

  const load = useCallback(async () => {
    const list: Node[] = []
    let after: string | null = null
    do {
      const { data, failure }: Answer<Data> = await client.request(query, { roomId, after })
      const page: Page<Node> | null | undefined = data && pageOf(data)
      if (!page) return setState((before) => ({ ...before, failure }))
      list.push(...page.edges.map(({ node }) => node))
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
    } while (after !== null && list.length < count)
    setState({ list, more: after !== null, failure: undefined })
  }, [client, query, roomId, pageOf, count])

  useEffect(() => {
    void load()
    const timer = setInterval(() => document.hidden || void load(), refreshInterval)
    return () => clearInterval(timer)
  }, [load])
  return { ...state, refresh: () => void load(), showMore: () => setCount((before) => before + pageSize) }
}

import { useCallback, useEffect, useState } from 'react'
import { type Client, useClient } from 'urql'
import { type Failure, failureOfUrql } from '../api/errors'
import { MembersDocument } from '../api/generated'
import type { Member } from './members'

const every = 15_000 // milliseconds after which it is asked anew: nothing tells who comes and goes
const page = 50

interface Members {
  list: readonly Member[] | undefined
  more: boolean
  failure: Failure | undefined
  refresh: () => void
  showMore: () => void
}

/** Who is in the room, as far as the host has looked. */
export function useMembers(roomId: string): Members {
  const urql = useClient()
  const [wanted, setWanted] = useState(page)
  const [state, setState] = useState<Pick<Members, 'list' | 'more' | 'failure'>>({
    list: undefined,
    more: false,
    failure: undefined,
  })

  const load = useCallback(async () => {
    const list: Member[] = []
    let after: string | null = null
    do {
      const { members, failure } = await ask(urql, roomId, after)
      if (!members) return setState((before) => ({ ...before, failure }))
      list.push(...members.edges.map(({ node }) => node))
      after = members.pageInfo.hasNextPage ? members.pageInfo.endCursor : null
    } while (after !== null && list.length < wanted)
    setState({ list, more: after !== null, failure: undefined })
  }, [urql, roomId, wanted])

  useEffect(() => {
    void load()
    const timer = setInterval(() => document.hidden || void load(), every)
    return () => clearInterval(timer)
  }, [load])
  return { ...state, refresh: () => void load(), showMore: () => setWanted((before) => before + page) }
}

async function ask(urql: Client, roomId: string, after: string | null) {
  const { data, error } = await urql.query(MembersDocument, { roomId, after })
  return { members: data?.room?.members, failure: failureOfUrql(error) }
}

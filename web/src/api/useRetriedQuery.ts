import type { TypedDocumentNode } from '@urql/core'
import { useEffect } from 'react'
import { type AnyVariables, useQuery } from 'urql'
import { type Failure, failureOfUrql } from './errors'

const again = 3_000 // milliseconds

interface Asked<Data> {
  data: Data | undefined
  failure: Failure | undefined // why there is not what was asked for
  ask: () => void // asks anew
}

/**
 * Asks something that a page cannot be without, and again for as long as it fails. An answer may be there and have failed
 * in part: isEnough says whether it can be used all the same.
 */
export function useAsking<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  isEnough: (data: Data) => boolean = () => true,
): Asked<Data> {
  const [{ data, error }, ask] = useQuery<Data, Variables>({ query, variables } as never)
  const failure = data && isEnough(data) ? undefined : failureOfUrql(error)
  const failed = failure !== undefined
  useEffect(() => {
    if (!failed) return
    const timer = setInterval(() => ask(), again)
    return () => clearInterval(timer)
  }, [failed, ask])
  return { data, failure, ask }
}

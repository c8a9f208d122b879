import type { Answer, Operation } from '@antwon/client'
import { useState } from 'react'
import { useClient } from './client'

export interface MutationState<Data> extends Answer<Data> {
  fetching: boolean
}

/** A mutation that a component sends: the state of the last one, and a function that sends it and resolves to its answer. */
export function useMutation<Data, Variables>(
  mutation: Operation<Data, Variables>,
): [MutationState<Data>, (variables: Variables) => Promise<Answer<Data>>] {
  const client = useClient()
  const [state, setState] = useState<MutationState<Data>>({ fetching: false })
  const send = async (variables: Variables) => {
    setState({ fetching: true })
    const answer = await client.request<Data, Variables>(mutation, variables)
    setState({ ...answer, fetching: false })
    return answer
  }
  return [state, send]
}

import type { Operation } from '@antwon/client'
import { useState } from 'react'
import { useClient } from '../../api/client'
import type { Notify } from '../../ui/Toasts'
import { useFailureText } from '../text/text'

interface OutcomeMessages {
  done?: string | undefined
  failure?: Record<string, string> // by error code, in place of the usual messages
}

type Mutate = <Data, Variables>(
  mutation: Operation<Data, Variables>,
  variables: Variables,
  messages?: OutcomeMessages,
) => Promise<boolean>

/** Returns a function that sends a mutation, notifies the user of its outcome, and resolves to whether it worked. */
export function useMutate(notify: Notify): { busy: boolean; mutate: Mutate } {
  const client = useClient()
  const failureText = useFailureText()
  const [busy, setBusy] = useState(false)
  const mutate: Mutate = async (mutation, variables, messages = {}) => {
    setBusy(true)
    const { failure } = await client.request(mutation, variables)
    setBusy(false)
    if (failure) notify(failureText(failure, messages.failure), true)
    else if (messages.done) notify(messages.done)
    return !failure
  }
  return { busy, mutate }
}

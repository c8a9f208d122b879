import type { TypedDocumentNode } from '@urql/core'
import { useState } from 'react'
import { type AnyVariables, useClient } from 'urql'
import { failureOfUrql } from '../../api/errors'
import type { Tell } from '../../ui/Toasts'
import { useSentence } from '../text/text'

interface Words {
  done?: string | undefined
  failure?: Record<string, string> // by code, where there is more to say than usual
}

type Act = <Data, Variables extends AnyVariables>(
  mutation: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  words?: Words,
) => Promise<boolean>

/** Does one thing at a time, tells what came of it, and answers whether it worked. */
export function useDoing(tell: Tell): { busy: boolean; act: Act } {
  const urql = useClient()
  const say = useSentence()
  const [busy, setBusy] = useState(false)
  const act: Act = async (mutation, variables, words = {}) => {
    setBusy(true)
    const failure = failureOfUrql((await urql.mutation(mutation, variables)).error)
    setBusy(false)
    if (failure) tell(say(failure, words.failure), true)
    else if (words.done) tell(words.done)
    return !failure
  }
  return { busy, act }
}

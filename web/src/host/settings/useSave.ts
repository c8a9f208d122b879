import { useClient } from 'urql'
import { failureOfUrql } from '../../api/errors'
import { UpdateRoomDocument, type UpdateRoomInput } from '../../api/generated'
import type { Tell } from '../../ui/Toasts'
import { useHostText, useSentence } from '../text/text'

interface Refused {
  fault?: string | undefined // what to say if the server takes the input for none
  show?: (why: string) => void // says it at the field, and not where all that happened is told
}

export type Save = (input: UpdateRoomInput, refused?: Refused) => Promise<boolean>

/** Saves what a host wants of the room, and answers whether the server took it. */
export function useSaving(roomId: string, tell: Tell): Save {
  const urql = useClient()
  const say = useSentence()
  const { saved } = useHostText().settings
  return async (input, { fault, show } = {}) => {
    const failure = failureOfUrql((await urql.mutation(UpdateRoomDocument, { roomId, input })).error)
    const why = failure && say(failure, fault === undefined ? {} : { BAD_USER_INPUT: fault })
    if (why === undefined) tell(saved)
    else if (show) show(why)
    else tell(why, true)
    return why === undefined
  }
}

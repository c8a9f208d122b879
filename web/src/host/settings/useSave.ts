import { useClient } from '../../api/client'
import { UpdateRoomDocument, type UpdateRoomInput } from '../../api/generated'
import type { Notify } from '../../ui/Toasts'
import { useFailureText, useHostText } from '../text/text'

interface ErrorOptions {
  invalid?: string | undefined // the message for input that the server does not accept
  show?: (message: string) => void // shows an error at the field instead of as a toast
}

export type Save = (input: UpdateRoomInput, options?: ErrorOptions) => Promise<boolean>

/** Returns a function that saves settings or the name of the room, and resolves to whether the server accepted them. */
export function useSave(roomId: string, notify: Notify): Save {
  const client = useClient()
  const failureText = useFailureText()
  const { saved } = useHostText().settings
  return async (input, { invalid, show } = {}) => {
    const { failure } = await client.request(UpdateRoomDocument, { roomId, input })
    const error = failure && failureText(failure, invalid === undefined ? {} : { BAD_USER_INPUT: invalid })
    if (error === undefined) notify(saved)
    else if (show) show(error)
    else notify(error, true)
    return error === undefined
  }
}

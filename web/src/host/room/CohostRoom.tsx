import type { Api } from '../../api/client'
import { RoomByCodeDocument } from '../../api/generated'
import { useRetriedQuery } from '../../api/useRetriedQuery'
import { useText } from '../../text/text'
import { Message } from '../../ui/Message'
import type { Notify } from '../../ui/Toasts'
import { useFailureText, useHostText } from '../text/text'
import type { User } from '../types'
import { Console } from './Console'
import { NotCohost } from './NotCohost'

interface Props {
  api: Api
  code: string
  user: User | undefined
  notify: Notify
}

/** Another host's room, for its co-hosts. */
export function CohostRoom({ api, code, user, notify }: Props) {
  const text = useText()
  const own = useHostText()
  const failureText = useFailureText()
  const { data, failure } = useRetriedQuery(RoomByCodeDocument, { code }, ({ roomByCode }) => roomByCode !== null)
  const room = data?.roomByCode
  if (failure) return <Message title={own.title}>{failureText(failure)}</Message>
  if (!data) return <Message title={own.title}>{text.loading}</Message>
  if (!room) {
    return (
      <Message title={own.title} toStart>
        {text.noRoom(code)}
      </Message>
    )
  }
  if (!user || !room.joinUrl) return <NotCohost name={room.name} code={room.code} explanation={own.cohost.join} />
  return <Console api={api} roomId={room.id} user={user} notify={notify} />
}

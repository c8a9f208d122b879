import type { Api } from '../../api/client'
import { RoomByCodeDocument } from '../../api/generated'
import { useAsking } from '../../api/useRetriedQuery'
import { useText } from '../../text/text'
import { Message } from '../../ui/Message'
import type { Tell } from '../../ui/Toasts'
import { useHostText, useSentence } from '../text/text'
import { Console } from './Console'
import { NotYet } from './NotCohost'
import type { User } from './OwnRoom'

interface Props {
  api: Api
  code: string
  user: User | undefined
  tell: Tell
}

/** The room of somebody else, for who was made a co-host there. */
export function Cohost({ api, code, user, tell }: Props) {
  const text = useText()
  const own = useHostText()
  const say = useSentence()
  const { data, failure, ask } = useAsking(RoomByCodeDocument, { code }, ({ roomByCode }) => roomByCode !== null)
  const room = data?.roomByCode
  if (failure) return <Message title={own.title}>{say(failure)}</Message>
  if (!data) return <Message title={own.title}>{text.loading}</Message>
  if (!room) {
    return (
      <Message title={own.title} toStart>
        {text.noRoom(code)}
      </Message>
    )
  }
  if (!user || !room.joinUrl) return <NotYet name={room.name} code={room.code} words={own.cohost.join} />
  return <Console api={api} roomId={room.id} user={user} tell={tell} onEnded={ask} />
}

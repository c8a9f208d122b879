import type { Api } from '../api/client'
import { RoomByCodeDocument } from '../api/generated'
import { useText } from '../text/text'
import { Message } from '../ui/Message'
import { Console } from './Console'
import type { User } from './Desk'
import { NotYet } from './NotYet'
import type { Tell } from './Outcomes'
import { useHostText, useSentence } from './text'
import { useAsking } from './useAsking'

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
  const { data, failure, ask } = useAsking(RoomByCodeDocument, { code })
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

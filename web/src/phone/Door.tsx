import { useEffect, useState } from 'react'
import { useQuery } from 'urql'
import type { Api } from '../api/client'
import { failureOfUrql } from '../api/errors'
import { RoomByCodeDocument } from '../api/generated'
import type { Session } from '../api/session'
import { useStore } from '../api/store'
import { sentence, useText } from '../text/text'
import { Message } from '../ui/Message'
import { Join } from './Join'
import { Party } from './Party'

const again = 3_000 // milliseconds after which a server that did not answer or could not, is asked again

/** Finds out who this is, and begins anew whenever it becomes somebody else. */
export function Door({ api, code }: { api: Api; code: string }) {
  const text = useText()
  const session = useStore(api.sessions.current)
  if (session === undefined) return <Message title={text.appName}>{text.loading}</Message>
  return <Entrance key={session?.viewer.user.id ?? 'nobody'} api={api} code={code} session={session} />
}

/** Finds the room with the code, and lets in who has joined it. */
function Entrance({ api, code, session }: { api: Api; code: string; session: Session | null }) {
  const text = useText()
  const [{ data, error }, ask] = useQuery({ query: RoomByCodeDocument, variables: { code } })
  const [renaming, setRenaming] = useState(false)
  const room = data?.roomByCode
  const failure = room ? undefined : failureOfUrql(error)
  const failed = failure !== undefined
  useEffect(() => {
    if (!failed) return
    const timer = setInterval(() => ask(), again)
    return () => clearInterval(timer)
  }, [failed, ask])

  if (failure) return <Message title={text.appName}>{sentence(text, failure)}</Message>
  if (!data) return <Message title={text.appName}>{text.loading}</Message>
  if (!room) {
    return (
      <Message title={text.appName} toStart>
        {text.noRoom(code)}
      </Message>
    )
  }
  const user = session?.viewer.user
  const onJoined = () => {
    setRenaming(false)
    ask()
  }
  if (!user || user.kind === 'SCREEN' || !room.joinUrl) return <Join api={api} room={room} user={user} onJoined={onJoined} />
  if (renaming) return <Join api={api} room={room} user={user} onJoined={onJoined} onCancel={() => setRenaming(false)} />
  return <Party key={room.id} api={api} room={room} user={user} onLeft={() => ask()} onRename={() => setRenaming(true)} />
}

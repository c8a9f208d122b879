import { useState } from 'react'
import type { Api } from '../api/client'
import { RoomByCodeDocument } from '../api/generated'
import type { Session } from '../api/session'
import { useStore } from '../api/store'
import { useAsking } from '../api/useRetriedQuery'
import { sentence, useText } from '../text/text'
import { Message } from '../ui/Message'
import { Join } from './Join'
import { lastRoom, NoRoom, Past } from './LastRoom'
import { Party } from './Party'

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
  const { data, failure, ask } = useAsking(RoomByCodeDocument, { code }, ({ roomByCode }) => roomByCode !== null)
  const [renaming, setRenaming] = useState(false)
  const room = data?.roomByCode
  const user = session?.viewer.user

  if (failure) return <Message title={text.appName}>{sentence(text, failure)}</Message>
  if (!data) return <Message title={text.appName}>{text.loading}</Message>
  if (!room) {
    const past = user && lastRoom(user.id)
    return past ? <Past code={code} roomId={past} onOpen={() => ask()} /> : <NoRoom code={code} />
  }
  const onJoined = () => {
    setRenaming(false)
    ask()
  }
  if (!user || user.kind === 'SCREEN' || !room.joinUrl) return <Join api={api} room={room} user={user} onJoined={onJoined} />
  if (renaming) return <Join api={api} room={room} user={user} onJoined={onJoined} onCancel={() => setRenaming(false)} />
  return <Party key={room.id} api={api} room={room} user={user} onLeft={() => ask()} onRename={() => setRenaming(true)} />
}

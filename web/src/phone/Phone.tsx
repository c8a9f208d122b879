import type { Session } from '@antwon/client'
import { useSession } from '@antwon/client/react'
import { useState } from 'react'
import type { Api } from '../api/client'
import { RoomByCodeDocument } from '../api/generated'
import { useRetriedQuery } from '../api/useRetriedQuery'
import { failureSentence, useText } from '../text/text'
import { Message } from '../ui/Message'
import { Join } from './Join'
import { LastRoom, lastRoomId, NoRoom } from './LastRoom'
import { Opening } from './Offline'
import { Party } from './Party'

/** The phone page of a room. It starts afresh whenever another user signs in. */
export function Phone({ api, code }: { api: Api; code: string }) {
  const session = useSession(api.sessions)
  if (session === undefined) return <Opening code={code} />
  return <RoomByCode key={session?.viewer.user.id ?? 'nobody'} api={api} code={code} session={session} />
}

/** Finds the room by its code. Shows the party to its members, and the form to join to everybody else. */
function RoomByCode({ api, code, session }: { api: Api; code: string; session: Session | null }) {
  const text = useText()
  const { data, failure, refetch } = useRetriedQuery(RoomByCodeDocument, { code }, ({ roomByCode }) => roomByCode !== null)
  const [renaming, setRenaming] = useState<{ from: string | undefined } | null>(null)
  const room = data?.roomByCode
  const user = session?.viewer.user

  if (failure?.code === 'OFFLINE') return <Opening code={code} isOffline />
  if (failure) return <Message title={text.appName}>{failureSentence(text, failure)}</Message>
  if (!data) return <Opening code={code} />
  if (!room) {
    const lastId = user && lastRoomId(user.id)
    return lastId ? <LastRoom code={code} roomId={lastId} onOpen={refetch} /> : <NoRoom code={code} />
  }
  const onJoined = () => {
    setRenaming(null)
    refetch()
  }
  if (!user || user.kind === 'SCREEN' || !room.joinUrl)
    return <Join api={api} room={room} name={user?.displayName} onJoined={onJoined} />
  if (renaming) return <Join api={api} room={room} name={renaming.from} onJoined={onJoined} onCancel={() => setRenaming(null)} />
  return <Party key={room.id} api={api} room={room} user={user} onRefused={refetch} onRename={(from) => setRenaming({ from })} />
}

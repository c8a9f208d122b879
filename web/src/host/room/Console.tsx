import { type ReactNode, useEffect, useRef } from 'react'
import type { Api } from '../../api/client'
import {
  HostRoomChangesDocument,
  type HostRoomFieldsFragment,
  HostViewerChangesDocument,
  PlaybackChangesDocument,
  type Role,
} from '../../api/generated'
import { useLive } from '../../api/useRetriedSubscription'
import { useText } from '../../text/text'
import { Message } from '../../ui/Message'
import type { Tell } from '../../ui/Toasts'
import type { Account } from '../spotify/useConnectSpotify'
import { useHostText, useSentence } from '../text/text'
import { NotYet } from './NotCohost'
import type { User } from './OwnRoom'
import { Room } from './Room'

export type LiveRoom = HostRoomFieldsFragment

interface Props {
  api: Api
  roomId: string
  user: User
  account?: Account | undefined // the host's own; co-hosts have none here
  tell: Tell
  onEnded: (room: { id: string; name: string }) => void
  children?: ReactNode
}

/** A room as it is, for who hosts it; who does not, or not any more, is told so. */
export function Console({ api, roomId, user, account, tell, onEnded, children }: Props) {
  const text = useText()
  const own = useHostText()
  const say = useSentence()
  const { data, failure } = useLive(HostRoomChangesDocument, { roomId })
  const viewer = useLive(HostViewerChangesDocument, { roomId }).data?.viewerInRoom
  const playback = useLive(PlaybackChangesDocument, { roomId }).data?.playback
  const room = data?.room
  const closed = room?.status === 'CLOSED'
  const isMine = account !== undefined
  useEffect(() => {
    if (closed && isMine) onEnded({ id: roomId, name: room?.name ?? '' })
  }, [closed, isMine, onEnded, roomId, room?.name])
  const elsewhere = viewer?.role === 'HOST' && !isMine
  useEffect(() => {
    if (elsewhere) location.replace('/host') // which shows a host's own room, and their Spotify
  }, [elsewhere])
  const state = playback?.health.state
  const refresh = account?.refresh
  const before = useRef(state)
  useEffect(() => {
    if (before.current !== undefined && before.current !== state) refresh?.() // the account may be why
    before.current = state
  }, [state, refresh])

  const name = room?.name ?? own.title
  if (viewer?.removed) return <NotYet name={name} code={room?.code ?? ''} words={own.cohost.join} />
  if (failure && !room) return <Message title={name}>{say(failure)}</Message>
  if (!room || !viewer || !playback) return <Message title={name}>{text.loading}</Message>
  if (closed) {
    return (
      <Message title={name} toStart>
        {text.roomClosed}
      </Message>
    )
  }
  if (!isHosting(viewer.role)) return <NotYet name={name} code={room.code} words={own.cohost.notYet} />
  return (
    <Room
      api={api}
      room={room}
      playback={playback}
      awaiting={viewer.awaitingApproval}
      me={{ ...user, role: viewer.role }}
      account={account}
      tell={tell}
    >
      {children}
    </Room>
  )
}

const isHosting = (role: Role) => role === 'HOST' || role === 'COHOST'

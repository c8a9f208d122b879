import { isTransient } from '@antwon/client'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Api } from '../../api/client'
import { HostRoomChangesDocument, HostViewerChangesDocument, PlaybackChangesDocument, type Role } from '../../api/generated'
import { useRetriedSubscription } from '../../api/useRetriedSubscription'
import { useText } from '../../text/text'
import { Message } from '../../ui/Message'
import type { Notify } from '../../ui/Toasts'
import { useFailureText, useHostText } from '../text/text'
import type { SpotifyAccount, User } from '../types'
import { NotCohost } from './NotCohost'
import { Room } from './Room'

interface Props {
  api: Api
  roomId: string
  user: User
  account?: SpotifyAccount | undefined // only for the room's host; co-hosts cannot connect Spotify
  notify: Notify
  onOver?: (closed?: { id: string; name: string }) => void // the room is closed or, without one, no longer this user's
  children?: ReactNode
}

/** The console of a room, for its host and co-hosts. Others learn how to become a co-host. */
export function Console({ api, roomId, user, account, notify, onOver, children }: Props) {
  const text = useText()
  const own = useHostText()
  const failureText = useFailureText()
  const { data, failure } = useRetriedSubscription(HostRoomChangesDocument, { roomId })
  const viewer = useRetriedSubscription(HostViewerChangesDocument, { roomId }).data?.viewerInRoom
  const playback = useRetriedSubscription(PlaybackChangesDocument, { roomId }).data?.playback
  const room = data?.room
  const closed = room?.status === 'CLOSED'
  const isMine = account !== undefined
  useEffect(() => {
    if (closed) onOver?.({ id: roomId, name: room?.name ?? '' })
  }, [closed, onOver, roomId, room?.name])
  const isRefused = viewer ? viewer.removed || !isHosting(viewer.role) : failure !== undefined && !isTransient(failure)
  useEffect(() => {
    if (isRefused) onOver?.()
  }, [isRefused, onOver])
  const isHostInCohostView = viewer?.role === 'HOST' && !isMine
  useEffect(() => {
    if (isHostInCohostView) location.replace('/host') // where the host's own room and Spotify account are shown
  }, [isHostInCohostView])
  const isCohostInOwnView = viewer?.role === 'COHOST' && isMine && room
  useEffect(() => {
    if (isCohostInOwnView) location.replace(`/host?room=${room.code}`) // another host has taken the room over
  }, [isCohostInOwnView, room?.code])
  const state = playback?.health.state
  const refresh = account?.refresh
  const before = useRef(state)
  useEffect(() => {
    if (before.current !== undefined && before.current !== state) refresh?.() // the connection may have caused it
    before.current = state
  }, [state, refresh])

  const name = room?.name ?? own.title
  if (viewer?.removed) return <NotCohost name={name} code={room?.code ?? ''} explanation={own.cohost.join} />
  if (failure && !room) return <Message title={name}>{failureText(failure)}</Message>
  if (!room || !viewer || !playback) return <Message title={name}>{text.loading}</Message>
  if (closed) {
    return (
      <Message title={name} toStart>
        {text.roomClosed}
      </Message>
    )
  }
  if (!isHosting(viewer.role)) return <NotCohost name={name} code={room.code} explanation={own.cohost.notYet} />
  return (
    <Room
      api={api}
      room={room}
      playback={playback}
      awaiting={viewer.awaitingApproval}
      me={{ ...user, role: viewer.role }}
      account={account}
      notify={notify}
    >
      {children}
    </Room>
  )
}

const isHosting = (role: Role) => role === 'HOST' || role === 'COHOST'

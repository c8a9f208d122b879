import { useCallback, useState } from 'react'
import type { Api } from '../../api/client'
import { HostViewerDocument } from '../../api/generated'
import { useRetriedQuery } from '../../api/useRetriedQuery'
import { useText } from '../../text/text'
import { Message } from '../../ui/Message'
import type { Notify } from '../../ui/Toasts'
import type { PageAddress } from '../signin/address'
import { Footer } from '../signin/Footer'
import { RedirectError } from '../signin/RedirectError'
import { SpotifyCard } from '../spotify/SpotifyCard'
import { useConnectSpotify } from '../spotify/useConnectSpotify'
import { useFailureText, useHostText } from '../text/text'
import type { User } from '../types'
import { ClosedRoom, type ClosedRoomInfo, useClosedRoom } from './ClosedRoom'
import { Console } from './Console'
import { OpenRoom } from './OpenRoom'

interface Props {
  api: Api
  user: User
  address: PageAddress
  notify: Notify
}

/** A host's own room or, if none is open, the form to open one and the Spotify connection. */
export function OwnRoom({ api, user, address, notify }: Props) {
  const text = useText()
  const own = useHostText()
  const failureText = useFailureText()
  const { data, failure, refetch } = useRetriedQuery(HostViewerDocument, {})
  const [closedRoom, setClosedRoom] = useClosedRoom(user.id)
  const [latest, setLatest] = useState<{ id: string; isOver: boolean }>()
  const hostedId = data?.viewer?.hostedRoom?.id
  if (hostedId && hostedId !== latest?.id && latest?.isOver !== false) setLatest({ id: hostedId, isOver: false })
  // The query may know that the host no longer has a room before the console says why.
  const shownId = latest && (!latest.isOver || latest.id === hostedId) ? latest.id : undefined
  const onOver = useCallback(
    (closed?: ClosedRoomInfo) => {
      if (closed) setClosedRoom(closed)
      setLatest((before) => before && { ...before, isOver: true })
      refetch()
    },
    [refetch, setClosedRoom],
  )
  const connection = useConnectSpotify(api.sessions, notify)
  if (failure) return <Message title={own.title}>{failureText(failure)}</Message>
  if (!data) return <Message title={own.title}>{text.loading}</Message>
  if (!data.viewer) return <Message title={own.title}>{own.failure.UNAUTHENTICATED}</Message>

  const { spotify } = data.viewer
  const account = { spotify, refresh: refetch, ...connection }
  const redirectError = <RedirectError failed={address.failed} />
  if (shownId) {
    return (
      <Console key={shownId} api={api} roomId={shownId} user={user} account={account} notify={notify} onOver={onOver}>
        {redirectError}
      </Console>
    )
  }
  return (
    <>
      <main className="center stack">
        <h1>{own.title}</h1>
        {redirectError}
        {closedRoom && <ClosedRoom room={closedRoom} onDone={() => setClosedRoom(undefined)} />}
        {!spotify.connected && <SpotifyCard account={account} notify={notify} />}
        <OpenRoom first={spotify.connected ? undefined : own.open.first} notify={notify} onOpened={refetch} />
        {spotify.connected && <SpotifyCard account={account} notify={notify} />}
      </main>
      <Footer api={api} user={user} />
    </>
  )
}

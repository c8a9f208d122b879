import { useCallback } from 'react'
import type { Api } from '../../api/client'
import { HostViewerDocument } from '../../api/generated'
import { useAsking } from '../../api/useRetriedQuery'
import { useText } from '../../text/text'
import { Message } from '../../ui/Message'
import type { Tell } from '../../ui/Toasts'
import type { Arrival } from '../signin/address'
import { Footer } from '../signin/Footer'
import { Arrived } from '../signin/RedirectError'
import { SpotifyCard } from '../spotify/SpotifyCard'
import { useConnecting } from '../spotify/useConnectSpotify'
import { useHostText, useSentence } from '../text/text'
import { Ended, type EndedRoom, useEnded } from './ClosedRoom'
import { Console } from './Console'
import { OpenRoom } from './OpenRoom'

export type User = { id: string; displayName: string; kind: string }

interface Props {
  api: Api
  user: User
  arrival: Arrival
  tell: Tell
}

/** A host's own: their room or, without one, what it takes to open one. */
export function Desk({ api, user, arrival, tell }: Props) {
  const text = useText()
  const own = useHostText()
  const say = useSentence()
  const { data, failure, ask } = useAsking(HostViewerDocument, {})
  const [ended, setEnded] = useEnded(user.id)
  const end = useCallback(
    (room: EndedRoom) => {
      setEnded(room)
      ask()
    },
    [ask, setEnded],
  )
  const connecting = useConnecting(api.sessions, tell)
  if (failure) return <Message title={own.title}>{say(failure)}</Message>
  if (!data) return <Message title={own.title}>{text.loading}</Message>
  if (!data.viewer) return <Message title={own.title}>{own.failure.UNAUTHENTICATED}</Message>

  const { spotify, hostedRoom } = data.viewer
  const account = { spotify, refresh: ask, ...connecting }
  const arrived = <Arrived bad={arrival.bad} />
  if (hostedRoom) {
    return (
      <Console key={hostedRoom.id} api={api} roomId={hostedRoom.id} user={user} account={account} tell={tell} onEnded={end}>
        {arrived}
      </Console>
    )
  }
  return (
    <>
      <main className="center stack">
        <h1>{own.title}</h1>
        {arrived}
        {ended && <Ended room={ended} onDone={() => setEnded(undefined)} />}
        {!spotify.connected && <SpotifyCard account={account} tell={tell} />}
        <OpenRoom first={spotify.connected ? undefined : own.open.first} tell={tell} onOpened={ask} />
        {spotify.connected && <SpotifyCard account={account} tell={tell} />}
      </main>
      <Footer api={api} user={user} />
    </>
  )
}

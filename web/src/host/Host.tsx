import { useSession } from '@antwon/client/react'
import { useEffect, useRef } from 'react'
import type { Api } from '../api/client'
import { useText } from '../text/text'
import { Message } from '../ui/Message'
import { Toasts, useToasts } from '../ui/Toasts'
import { CohostRoom } from './room/CohostRoom'
import { OwnRoom } from './room/OwnRoom'
import type { PageAddress } from './signin/address'
import { SignIn } from './signin/SignIn'
import { useHostText } from './text/text'

/** The host console: a host's own room, the room of a co-host that the address names, or the sign-in form. */
export function Host({ api, address }: { api: Api; address: PageAddress }) {
  const text = useText()
  const own = useHostText()
  const session = useSession(api.sessions)
  const { toasts, notify } = useToasts()
  const user = session?.viewer.user
  const name = user && (user.displayName ?? '')
  const welcomed = useRef(false)
  useEffect(() => {
    if (name === undefined || welcomed.current) return
    welcomed.current = true
    if (address.succeeded === 'login') notify(own.signIn.done(name))
    if (address.succeeded === 'spotify') notify(own.spotify.connected)
  }, [address, name, own, notify])

  if (session === undefined) return <Message title={text.appName}>{text.loading}</Message>
  return (
    <>
      {address.roomCode ? (
        <CohostRoom key={user?.id} api={api} code={address.roomCode} user={user} notify={notify} />
      ) : user?.kind === 'HOST' ? (
        <OwnRoom key={user.id} api={api} user={user} address={address} notify={notify} />
      ) : (
        <SignIn api={api} asGuest={user?.kind === 'GUEST'} address={address} />
      )}
      <Toasts toasts={toasts} />
    </>
  )
}

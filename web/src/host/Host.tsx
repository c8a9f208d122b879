import { useEffect, useRef } from 'react'
import type { Api } from '../api/client'
import { useStore } from '../api/store'
import { useText } from '../text/text'
import { Message } from '../ui/Message'
import { Outcomes, useOutcomes } from '../ui/Toasts'
import { Cohost } from './room/CohostRoom'
import { Desk } from './room/OwnRoom'
import type { Arrival } from './signin/address'
import { SignIn } from './signin/SignIn'
import { useHostText } from './text/text'

/** Finds out who this is: a host, somebody who would be one, or a co-host of the room that the address names. */
export function Door({ api, arrival }: { api: Api; arrival: Arrival }) {
  const text = useText()
  const own = useHostText()
  const session = useStore(api.sessions.current)
  const { outcomes, tell } = useOutcomes()
  const user = session?.viewer.user
  const name = user?.displayName
  const told = useRef(false)
  useEffect(() => {
    if (name === undefined || told.current) return
    told.current = true
    if (arrival.good === 'login') tell(own.signIn.done(name))
    if (arrival.good === 'spotify') tell(own.spotify.connected)
  }, [arrival, name, own, tell])

  if (session === undefined) return <Message title={text.appName}>{text.loading}</Message>
  return (
    <>
      {arrival.code ? (
        <Cohost key={user?.id} api={api} code={arrival.code} user={user} tell={tell} />
      ) : user?.kind === 'HOST' ? (
        <Desk key={user.id} api={api} user={user} arrival={arrival} tell={tell} />
      ) : (
        <SignIn api={api} asGuest={user?.kind === 'GUEST'} arrival={arrival} />
      )}
      <Outcomes outcomes={outcomes} />
    </>
  )
}

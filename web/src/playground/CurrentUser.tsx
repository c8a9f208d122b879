import type { Login } from '../api/login'
import type { Sessions } from '../api/session'
import { useStore } from '../api/store'

const kinds = { HOST: 'a host', GUEST: 'a guest', SCREEN: 'a screen' }

/** Who this browser is, and how to become somebody else. */
export function Who({ sessions, login }: { sessions: Sessions; login: Login }) {
  const session = useStore(sessions.current)
  const signIn = <a href={`/auth/login?returnTo=${encodeURIComponent('/playground')}`}>Sign in as a host</a>
  if (session === undefined) return <p className="who">Who are you?</p>
  if (session === null) return <p className="who">You are nobody yet: run the first tab. {login === 'provider' && signIn}</p>
  const { displayName, kind } = session.viewer.user
  return (
    <p className="who">
      You are <b>{displayName}</b>, {kinds[kind]}. {login === 'provider' && kind !== 'HOST' && signIn}
      <button type="button" onClick={() => void sessions.signOut()}>
        Sign out
      </button>
    </p>
  )
}

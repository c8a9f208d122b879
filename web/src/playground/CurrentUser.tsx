import type { Sessions } from '@antwon/client'
import { useSession } from '@antwon/client/react'
import type { Login } from '../api/login'

const kinds = { HOST: 'a host', GUEST: 'a guest', SCREEN: 'a screen' }

/** The signed-in user, with links to sign in and out. */
export function CurrentUser({ sessions, login }: { sessions: Sessions; login: Login }) {
  const session = useSession(sessions)
  const signIn = <a href={`/auth/login?returnTo=${encodeURIComponent('/playground')}`}>Sign in as a host</a>
  if (session === undefined) return <p className="current-user">One moment…</p>
  if (session === null)
    return (
      <p className="current-user">You are not signed in yet. Run the first tab to sign in. {login === 'provider' && signIn}</p>
    )
  const { displayName, kind } = session.viewer.user
  return (
    <p className="current-user">
      You are <b>{displayName}</b>, {kinds[kind]}. {login === 'provider' && kind !== 'HOST' && signIn}
      <button type="button" onClick={() => void sessions.signOut()}>
        Sign out
      </button>
    </p>
  )
}

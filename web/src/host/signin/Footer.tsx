import type { Api } from '../../api/client'
import { login } from '../../api/login'
import { LanguageChoice } from '../../ui/LanguageChoice'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'

/** Who is signed in, the language, and a button to sign out. Guests sign out on the phone page. */
export function Footer({ api, user }: { api: Api; user: { displayName: string | null; kind: string } }) {
  const own = useHostText().signIn
  const signOut = async () => {
    const failure = await api.sessions.signOut()
    // The identity provider ends its own session there.
    if (!failure && login === 'provider') location.assign('/auth/logout')
  }
  return (
    <footer className="footer">
      <p className="quiet">{own.signedInAs(user.displayName ?? '')}</p>
      {user.kind === 'HOST' && <Button onClick={() => void signOut()}>{own.signOut}</Button>}
      <LanguageChoice />
    </footer>
  )
}

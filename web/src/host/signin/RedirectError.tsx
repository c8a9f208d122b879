import { useHostText } from '../text/text'
import type { PageAddress } from './address'

/** Why signing in or connecting Spotify failed, after the browser came back from there. */
export function RedirectError({ failed }: { failed: PageAddress['failed'] }) {
  const own = useHostText()
  if (!failed) return null
  return (
    <p className="notice error" role="alert">
      <strong>{failed.what === 'login' ? own.signIn.failed : own.spotify.failed}</strong> {failed.reason}
    </p>
  )
}

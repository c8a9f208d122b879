import { useHostText } from '../text/text'
import type { Arrival } from './address'

/** What went wrong elsewhere, from where the browser has returned. */
export function Arrived({ bad }: { bad: Arrival['bad'] }) {
  const own = useHostText()
  if (!bad) return null
  return (
    <p className="notice bad" role="alert">
      <strong>{bad.what === 'login' ? own.signIn.failed : own.spotify.failed}</strong> {bad.why}
    </p>
  )
}

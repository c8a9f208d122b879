import { canPush, needsHomeScreen } from './push'
import { usePhoneText } from './text'
import type { Notices } from './useNotices'

/** A button that turns notices about the user's songs on and off, where the browser can show them. */
export function NoticesChoice({ notices }: { notices: Notices }) {
  const own = usePhoneText()
  if (needsHomeScreen()) return <p className="quiet">{own.noticesHomeScreen}</p>
  if (!canPush()) return null
  if (notices.state === 'blocked') return <p className="quiet">{own.noticesBlocked}</p>
  const isOn = notices.state === 'on'
  return (
    <>
      <button
        type="button"
        className="button"
        aria-pressed={isOn}
        aria-disabled={notices.isChanging}
        onClick={() => notices.isChanging || notices.toggle()}
      >
        {isOn && <span aria-hidden="true">✓ </span>}
        {own.notices}
      </button>
      {isOn && <p className="quiet">{own.noticesOn}</p>}
    </>
  )
}

import { Message } from '../ui/Message'
import { usePhoneText } from './text'

/** Says that the host removed the user, who can join again unless banned. */
export function Removed({ banned, onJoinAgain }: { banned: boolean; onJoinAgain: () => void }) {
  const own = usePhoneText()
  return (
    <Message title={own.removedTitle} toStart>
      <p>{own.removedText}</p>
      {!banned && (
        <button type="button" className="button main" onClick={onJoinAgain}>
          {own.joinAgain}
        </button>
      )}
    </Message>
  )
}

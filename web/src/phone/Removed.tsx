import { Message } from '../ui/Message'
import { usePhoneText } from './text'

export function Removed({ banned, onAgain }: { banned: boolean; onAgain: () => void }) {
  const own = usePhoneText()
  return (
    <Message title={own.removedTitle} toStart>
      <p>{own.removedText}</p>
      {!banned && (
        <button type="button" className="button main" onClick={onAgain}>
          {own.joinAgain}
        </button>
      )}
    </Message>
  )
}

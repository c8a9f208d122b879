import { Message } from '../../ui/Message'
import { useHostText } from '../text/text'

/** Explains how to become a co-host. */
export function NotCohost({ name, code, explanation }: { name: string; code: string; explanation: string }) {
  const own = useHostText().cohost
  return (
    <Message title={name}>
      <div className="stack">
        <p>{explanation}</p>
        <a className="button main" href={`/r/${code}`}>
          {own.toPhone}
        </a>
      </div>
    </Message>
  )
}

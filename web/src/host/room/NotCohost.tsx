import { Message } from '../../ui/Message'
import { useHostText } from '../text/text'

/** Says how somebody becomes a co-host. */
export function NotYet({ name, code, words }: { name: string; code: string; words: string }) {
  const own = useHostText().cohost
  return (
    <Message title={name}>
      <div className="stack">
        <p>{words}</p>
        <a className="button main" href={`/r/${code}`}>
          {own.toPhone}
        </a>
      </div>
    </Message>
  )
}

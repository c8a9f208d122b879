import { useText } from '../text/text'

/** The number of likes of a song; nothing if there are none. */
export function Likes({ count }: { count: number }) {
  const text = useText()
  if (count === 0) return null
  return (
    <span className="likes">
      <svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
        <path d="M12 21.4 3.2 12.6a5.7 5.7 0 0 1 8.1-8.1l.7.7.7-.7a5.7 5.7 0 0 1 8.1 8.1z" />
      </svg>
      <span aria-hidden="true">{count}</span>
      <span className="visually-hidden">{text.likes(count)}</span>
    </span>
  )
}

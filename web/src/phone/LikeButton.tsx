import type { Item } from '../api/queue'
import { useText } from '../text/text'
import { usePhoneText } from './text'

interface Props {
  item: Item
  liked: boolean
  count: number
  onLike: (item: Item) => void
}

/** Likes a song, or takes the like back. The heart is filled if the user likes the song; the number counts all likes. */
export function LikeButton({ item, liked, count, onLike }: Props) {
  const text = useText()
  const own = usePhoneText()
  return (
    <button
      type="button"
      className="like"
      aria-pressed={liked}
      disabled={item.state === 'COMMITTED'}
      onClick={() => onLike(item)}
    >
      <Heart filled={liked} />
      <span className="count" aria-hidden="true" key={count}>
        {count > 0 && count}
      </span>
      <span className="visually-hidden">{`${own.like(item.song.name)} (${text.likes(count)})`}</span>
    </button>
  )
}

export function Heart({ filled }: { filled: boolean }) {
  const fill = filled ? 'currentColor' : 'none'
  return (
    <svg width="26" height="26" viewBox="0 0 24 24" aria-hidden="true" fill={fill} stroke="currentColor" strokeWidth="2">
      <path d="M12 20.5 4.2 12.7a4.9 4.9 0 0 1 6.9-6.9l.9.9.9-.9a4.9 4.9 0 0 1 6.9 6.9z" strokeLinejoin="round" />
    </svg>
  )
}

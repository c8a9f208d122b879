import { useText } from '../text/text'
import { Heart } from './LikeButton'

/** How many liked a song that nobody can like any more. */
export function Likes({ count }: { count: number }) {
  const text = useText()
  return (
    <div className="like">
      <Heart filled={count > 0} />
      <span aria-hidden="true">{count}</span>
      <span className="spoken">{text.likes(count)}</span>
    </div>
  )
}

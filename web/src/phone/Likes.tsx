import { useText } from '../text/text'
import { Heart } from './LikeButton'

/** The number of likes of a song that cannot be liked: it has been played, or the device is a shared tablet. */
export function Likes({ count }: { count: number }) {
  const text = useText()
  return (
    <div className="like">
      <Heart filled={count > 0} />
      <span aria-hidden="true">{count > 0 && count}</span>
      <span className="visually-hidden">{text.likes(count)}</span>
    </div>
  )
}

import { memo } from 'react'
import type { RefusalReason } from '../api/generated'
import type { Item } from '../api/queue'
import { useText } from '../text/text'
import { Avatar } from '../ui/Avatar'
import { Row } from '../ui/Row'
import { itemKind } from './itemKind'
import { LikeButton } from './LikeButton'
import { Likes } from './Likes'
import { waitText } from './playTime'
import { usePhoneText } from './text'
import type { Actions } from './useActions'
import type { Entry } from './useSchedule'

interface Props {
  item: Item
  entry: Entry | undefined // undefined: not loaded yet, or the song waits for approval
  now: number
  actions: Actions
  onOpen: (itemId: string) => void
  canWithdraw?: boolean
}

/** A song of the queue. Only the rows that change are rendered again: queues have up to 500. */
export function QueueLine({ item, entry, now, actions, onOpen, canWithdraw = false }: Props) {
  const own = usePhoneText()
  return (
    <Line
      item={item}
      wait={entry && waitText(own, entry.likely, now)}
      isMine={actions.isMine(item)}
      liked={actions.isLiked(item)}
      count={actions.likeCount(item)}
      onLike={actions.canLike ? actions.like : undefined}
      onOpen={onOpen}
      onWithdraw={canWithdraw ? actions.remove : undefined}
    />
  )
}

interface LineProps {
  item: Item
  wait: string | undefined
  isMine: boolean
  liked: boolean
  count: number
  onLike: ((item: Item) => void) | undefined // undefined: the user cannot like songs
  onOpen: (itemId: string) => void
  onWithdraw: ((item: Item) => void) | undefined
}

/** Two lines: the song, when it plays, who added it, and its likes. A tap opens the song's sheet. */
const Line = memo(({ item, wait, isMine, liked, count, onLike, onOpen, onWithdraw }: LineProps) => {
  const own = usePhoneText()
  const kind = itemKind(item)
  return (
    <li data-kind={kind} data-id={item.id}>
      <Row
        song={item.song}
        openLabel={own.details(item.song.name)}
        onOpen={() => onOpen(item.id)}
        detail={<When item={item} wait={wait} isMine={isMine} />}
      >
        {kind !== 'awaiting' && onLike && <LikeButton item={item} liked={liked} count={count} onLike={onLike} />}
        {!onLike && count > 0 && <Likes count={count} />}
        {onWithdraw && kind !== 'committed' && (
          <button
            type="button"
            className="icon-button"
            aria-label={own.withdrawSong(item.song.name)}
            onClick={() => onWithdraw(item)}
          >
            ✕
          </button>
        )}
      </Row>
    </li>
  )
})

/** When a song plays, or why it does not, and who added it. */
function When({ item, wait, isMine }: { item: Item; wait: string | undefined; isMine: boolean }) {
  const text = useText()
  const own = usePhoneText()
  const kind = itemKind(item)
  const badge = own.kinds[kind]
  const by = item.addedBy
  return (
    <>
      {badge && <span className={`badge ${kind}`}>{badge}</span>}
      {kind === 'held' && item.refusal ? (
        <span className="refusal">{text.refusal[item.refusal.reason as RefusalReason] ?? item.refusal.message}</span>
      ) : (
        wait && kind !== 'committed' && <span className="wait">{wait}</span>
      )}
      {by && <Avatar id={by.id} name={by.displayName} size={20} />}
      <span className="visually-hidden">{isMine ? own.mine : text.addedBy(by?.displayName)}</span>
    </>
  )
}

import type { RefusalReason } from '../api/generated'
import type { Item } from '../api/queue'
import { useText } from '../text/text'
import { SongLine } from '../ui/SongLine'
import { itemKind } from './itemKind'
import { LikeButton } from './LikeButton'
import { PlayTime } from './PlayTime'
import { usePhoneText } from './text'
import type { Actions } from './useActions'
import type { Entry } from './useSchedule'

interface Props {
  item: Item
  entry: Entry | undefined
  fair: boolean
  actions: Actions
  canWithdraw?: boolean
}

/** A song of the queue: when it plays, who added it, its likes, and the refusal if it is held. */
export function QueueLine({ item, entry, fair, actions, canWithdraw = false }: Props) {
  const text = useText()
  const own = usePhoneText()
  const kind = itemKind(item)
  return (
    <li data-kind={kind}>
      <SongLine song={item.song} below={<PlayTime item={item} entry={entry} fair={fair} isMine={actions.isMine(item)} />}>
        {kind !== 'awaiting' && <LikeButton item={item} actions={actions} />}
      </SongLine>
      {kind === 'held' && item.refusal && (
        <p className="refusal">{text.refusal[item.refusal.reason as RefusalReason] ?? item.refusal.message}</p>
      )}
      {canWithdraw && kind !== 'committed' && (
        <button
          type="button"
          className="button plain"
          aria-label={own.withdrawSong(item.song.name)}
          onClick={() => actions.remove(item)}
        >
          {own.withdraw}
        </button>
      )}
    </li>
  )
}

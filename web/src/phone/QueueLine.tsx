import type { RefusalReason } from '../api/generated'
import type { Item } from '../api/queue'
import { useText } from '../text/text'
import { SongLine } from '../ui/SongLine'
import { LikeButton } from './LikeButton'
import { When } from './PlayTime'
import { kindOf } from './reason'
import { usePhoneText } from './text'
import type { Actions } from './useActions'
import type { Entry } from './useSchedule'

interface Props {
  item: Item
  entry: Entry | undefined
  fair: boolean
  actions: Actions
  removable?: boolean
}

/** A song of the queue: when it plays, who added it, its likes, and why it does not play if so. */
export function QueueLine({ item, entry, fair, actions, removable = false }: Props) {
  const text = useText()
  const own = usePhoneText()
  const kind = kindOf(item)
  return (
    <li data-kind={kind}>
      <SongLine song={item.song} below={<When item={item} entry={entry} fair={fair} isMine={actions.isMine(item)} />}>
        {kind !== 'awaiting' && <LikeButton item={item} actions={actions} />}
      </SongLine>
      {kind === 'held' && item.refusal && (
        <p className="why">{text.refusal[item.refusal.reason as RefusalReason] ?? item.refusal.message}</p>
      )}
      {removable && kind !== 'committed' && (
        <button
          type="button"
          className="button plain"
          aria-label={own.removeSong(item.song.name)}
          onClick={() => actions.remove(item)}
        >
          {own.remove}
        </button>
      )}
    </li>
  )
}

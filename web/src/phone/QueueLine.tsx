import type { Item } from '../api/queue'
import { length } from '../text/format'
import { useText } from '../text/text'
import { SongLine } from '../ui/SongLine'
import { LikeButton } from './LikeButton'
import { usePhoneText } from './text'
import type { Actions } from './useActions'

/** A song of the queue, who added it, and its likes. */
export function QueueLine({ item, actions, removable = false }: { item: Item; actions: Actions; removable?: boolean }) {
  const text = useText()
  const own = usePhoneText()
  const from = actions.isMine(item) ? own.mine : text.addedBy(item.addedBy?.displayName)
  const more = (
    <>
      <span>
        {from} · {length(item.song.durationMs)}
      </span>
      {item.state === 'COMMITTED' && <span className="badge">{own.committed}</span>}
      {item.state === 'AWAITING_APPROVAL' && <span className="badge">{own.awaiting}</span>}
    </>
  )
  return (
    <li>
      <SongLine song={item.song} more={more}>
        {item.state !== 'AWAITING_APPROVAL' && <LikeButton item={item} actions={actions} />}
      </SongLine>
      {removable && item.state !== 'COMMITTED' && (
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

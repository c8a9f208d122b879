import type { QueueState } from '../api/queue'
import { length } from '../text/format'
import { useText } from '../text/text'
import { SongLine } from '../ui/SongLine'
import { LikeButton } from './LikeButton'
import { usePhoneText } from './text'
import type { Actions } from './useActions'
import type { SearchHit } from './useSearch'

/** A song that was found: it can be added, or liked where it waits already, or the reason why not is told. */
export function Hit({ hit, queue, actions }: { hit: SearchHit; queue: QueueState; actions: Actions }) {
  const text = useText()
  const { song } = hit
  const queued = queue.items.find((item) => item.id === hit.queueItemId || item.song.uri === song.uri)
  const refused = !queued && hit.refusal
  return (
    <li>
      <SongLine song={song} more={<span>{length(song.durationMs)}</span>}>
        {queued ? <LikeButton item={queued} actions={actions} /> : !refused && <AddButton hit={hit} actions={actions} />}
      </SongLine>
      {refused && <p className="why">{text.refusal[refused.reason] ?? refused.message}</p>}
    </li>
  )
}

function AddButton({ hit: { song, canAdd }, actions }: { hit: SearchHit; actions: Actions }) {
  const own = usePhoneText()
  const adding = actions.isAdding(song.uri)
  return (
    <button
      type="button"
      className="button main"
      aria-label={adding ? `${own.adding}: ${song.name}` : own.addSong(song.name)}
      disabled={adding || !canAdd}
      onClick={() => actions.add(song)}
    >
      {adding ? '…' : own.add}
    </button>
  )
}

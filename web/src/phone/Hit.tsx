import { useId } from 'react'
import type { RefusalReason } from '../api/generated'
import type { QueueState } from '../api/queue'
import { length } from '../text/format'
import { useText } from '../text/text'
import { SongLine } from '../ui/SongLine'
import { LikeButton } from './LikeButton'
import { obstacle } from './quota'
import { usePhoneText } from './text'
import type { Actions } from './useActions'
import type { SearchHit } from './useSearch'

interface Props {
  hit: SearchHit
  queue: QueueState
  actions: Actions
  limit: RefusalReason | null
}

/** A song that was found: it can be added, or liked where it waits already, or the reason why not is told. */
export function Hit({ hit, queue, actions, limit }: Props) {
  const text = useText()
  const reasonId = useId()
  const { song, refusal } = hit
  const queued = queue.items.find((item) => item.id === hit.queueItemId || item.song.uri === song.uri)
  const reason = queued ? null : obstacle(refusal?.reason, limit)
  return (
    <li>
      <SongLine song={song} more={<span>{length(song.durationMs)}</span>}>
        {queued ? (
          <LikeButton item={queued} actions={actions} />
        ) : (
          <AddButton song={song} actions={actions} reasonId={reason ? reasonId : undefined} />
        )}
      </SongLine>
      {reason && (
        <p id={reasonId} className="why">
          {text.refusal[reason as RefusalReason] ?? refusal?.message}
        </p>
      )}
    </li>
  )
}

interface AddProps {
  song: SearchHit['song']
  actions: Actions
  reasonId: string | undefined // of the text that says why it cannot be added
}

function AddButton({ song, actions, reasonId }: AddProps) {
  const own = usePhoneText()
  const adding = actions.isAdding(song.uri)
  const off = adding || reasonId !== undefined
  return (
    <button
      type="button"
      className="button main"
      aria-label={adding ? `${own.adding}: ${song.name}` : own.addSong(song.name)}
      aria-disabled={off}
      aria-describedby={reasonId}
      onClick={() => off || actions.add(song)}
    >
      {adding ? '…' : own.add}
    </button>
  )
}

import { useId } from 'react'
import type { RefusalReason } from '../api/generated'
import type { Item, QueueState } from '../api/queue'
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
  awaiting: readonly Item[] // what is not in the queue yet, as far as one may know
  limit: RefusalReason | null
}

/** A song that was found: it can be added, or liked where it waits already, or the reason why not is told. */
export function Hit({ hit, queue, awaiting, actions, limit }: Props) {
  const text = useText()
  const own = usePhoneText()
  const reasonId = useId()
  const { song, refusal } = hit
  const isThis = (item: Item) => item.id === hit.queueItemId || item.song.uri === song.uri
  const queued = queue.items.find(isThis)
  const awaits = !queued && awaiting.some((item) => actions.isMine(item) && isThis(item))
  const more = (
    <>
      <span>{length(song.durationMs)}</span>
      {awaits && <span className="badge">{own.kinds.awaiting}</span>}
    </>
  )
  const reason = queued || awaits ? null : obstacle(refusal?.reason, limit)
  return (
    <li>
      <SongLine song={song} more={more}>
        {queued && <LikeButton item={queued} actions={actions} />}
        {!queued && !awaits && <AddButton song={song} actions={actions} reasonId={reason ? reasonId : undefined} />}
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

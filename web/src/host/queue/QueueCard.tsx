import { useState } from 'react'
import type { Api } from '../../api/client'
import { ClearQueueDocument, ScheduleChangesDocument } from '../../api/generated'
import { newKey } from '../../api/idempotencyKey'
import { useQueue } from '../../api/queue'
import { useStore } from '../../api/store'
import { useLive } from '../../api/useRetriedSubscription'
import { useText } from '../../text/text'
import type { Tell } from '../../ui/Toasts'
import type { LiveRoom } from '../room/Console'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { Confirm } from '../ui/Dialog'
import { useDoing } from '../ui/useMutate'
import { QueueLine } from './QueueLine'
import type { Undo } from './Undo'

const folded = 8 // songs that are shown of a long queue

interface Props {
  api: Api
  room: LiveRoom
  tell: Tell
  undo: Undo
}

/** What waits, as it changes, when it plays, and what can be done with it. */
export function QueueCard({ api, room, tell, undo }: Props) {
  const text = useText()
  const own = useHostText()
  const { items, version } = useStore(useQueue(api, room.id))
  const schedule = useLive(ScheduleChangesDocument, { roomId: room.id }).data?.roomSchedule
  const [unfolded, setUnfolded] = useState(false)
  const entries = new Map(schedule?.entries.map((entry) => [entry.itemId, entry]))
  const shown = unfolded ? items : items.slice(0, folded)
  return (
    <section className="card stack" id="queue" aria-labelledby="queue-heading">
      <div className="title">
        <h2 id="queue-heading" tabIndex={-1}>
          {own.sections.queue}
        </h2>
        <span className="quiet">{version !== null && own.queue.count(items.length)}</span>
      </div>
      {items.length === 0 && <p className="quiet">{version === null ? text.loading : own.queue.empty}</p>}
      <LastAdded room={room} />
      <ol className="lines">
        {shown.map((item, i) => (
          <QueueLine
            key={item.id}
            item={item}
            place={i + 1}
            last={items.length}
            entry={entries.get(item.id)}
            room={room}
            tell={tell}
            undo={undo}
          />
        ))}
      </ol>
      <div className="buttons">
        {items.length > folded && (
          <Button aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
            {unfolded ? own.queue.fewer : own.queue.all(items.length)}
          </Button>
        )}
        <a className="button" href={`/r/${room.code}`} target="_blank" rel="noreferrer">
          {own.queue.add}
        </a>
        {items.length > 0 && <Clear roomId={room.id} tell={tell} undo={undo} />}
      </div>
    </section>
  )
}

/** Whose song came last, so that a host sees what guests do without looking through the queue. */
function LastAdded({ room: { lastAdded } }: { room: LiveRoom }) {
  const text = useText()
  const own = useHostText().queue
  if (!lastAdded) return null
  const { song, addedBy } = lastAdded
  return (
    <p className="hint">
      {own.lastAdded(addedBy?.displayName)}{' '}
      <a href={song.spotifyUrl} target="_blank" rel="noreferrer" title={text.openInSpotify(song.name)}>
        {song.name}
      </a>
    </p>
  )
}

function Clear({ roomId, tell, undo }: { roomId: string; tell: Tell; undo: Undo }) {
  const own = useHostText().queue
  const { busy, act } = useDoing(tell)
  const [asking, setAsking] = useState(false)
  async function clear() {
    const key = newKey()
    if (await act(ClearQueueDocument, { roomId, key })) undo.offer(own.cleared, key)
  }
  return (
    <>
      <Button busy={busy} onClick={() => setAsking(true)}>
        {own.clear}
      </Button>
      {asking && (
        <Confirm
          title={own.clearTitle}
          explanation={own.clearExplanation}
          action={own.clear}
          onConfirm={() => void clear()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

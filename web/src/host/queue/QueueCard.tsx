import { newIdempotencyKey } from '@antwon/client'
import { useState } from 'react'
import type { Api } from '../../api/client'
import { ClearQueueDocument, ScheduleChangesDocument } from '../../api/generated'
import { useRoomQueue } from '../../api/queue'
import { useRetriedSubscription } from '../../api/useRetriedSubscription'
import { useText } from '../../text/text'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import type { LiveRoom } from '../types'
import { Button } from '../ui/Button'
import { Confirm } from '../ui/Dialog'
import { useMutate } from '../ui/useMutate'
import { QueueLine } from './QueueLine'
import type { Undo } from './Undo'

const collapsedLength = 8 // songs

interface Props {
  api: Api
  room: LiveRoom
  notify: Notify
  undo: Undo
}

/** The queue, updated live, with the play time of each song and its menu. */
export function QueueCard({ api, room, notify, undo }: Props) {
  const text = useText()
  const own = useHostText()
  const { items, version } = useRoomQueue(api, room.id)
  const schedule = useRetriedSubscription(ScheduleChangesDocument, { roomId: room.id }).data?.roomSchedule
  const [expanded, setExpanded] = useState(false)
  const entries = new Map(schedule?.entries.map((entry) => [entry.itemId, entry]))
  const shown = expanded ? items : items.slice(0, collapsedLength)
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
            notify={notify}
            undo={undo}
          />
        ))}
      </ol>
      <div className="buttons">
        {items.length > collapsedLength && (
          <Button aria-expanded={expanded} onClick={() => setExpanded(!expanded)}>
            {expanded ? own.queue.fewer : own.queue.all(items.length)}
          </Button>
        )}
        <a className="button" href={`/r/${room.code}`} target="_blank" rel="noreferrer">
          {own.queue.add}
        </a>
        {items.length > 0 && <Clear roomId={room.id} notify={notify} undo={undo} />}
      </div>
    </section>
  )
}

/** The song that was added last, so that hosts notice new songs without searching the queue. */
function LastAdded({ room: { lastAdded } }: { room: LiveRoom }) {
  const text = useText()
  const own = useHostText().queue
  if (!lastAdded) return null
  const { song, addedBy } = lastAdded
  return (
    <p className="hint">
      {own.lastAdded(addedBy?.displayName)}:{' '}
      <a href={song.spotifyUrl} target="_blank" rel="noreferrer" title={text.openInSpotify(song.name)}>
        <bdi>{song.name}</bdi>
      </a>
    </p>
  )
}

function Clear({ roomId, notify, undo }: { roomId: string; notify: Notify; undo: Undo }) {
  const own = useHostText().queue
  const { busy, mutate } = useMutate(notify)
  const [confirming, setConfirming] = useState(false)
  async function clear() {
    const key = newIdempotencyKey()
    if (await mutate(ClearQueueDocument, { roomId, key })) undo.offer(own.cleared, key)
  }
  return (
    <>
      <Button busy={busy} onClick={() => setConfirming(true)}>
        {own.clear}
      </Button>
      {confirming && (
        <Confirm
          title={own.clearTitle}
          explanation={own.clearExplanation}
          action={own.clear}
          onConfirm={() => void clear()}
          onClose={() => setConfirming(false)}
        />
      )}
    </>
  )
}

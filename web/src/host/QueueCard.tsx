import { useRef, useState } from 'react'
import type { Api } from '../api/client'
import { ClearQueueDocument, TakeOutDocument } from '../api/generated'
import { type Item, useQueue } from '../api/queue'
import { useStore } from '../api/store'
import { useText } from '../text/text'
import type { Tell } from '../ui/Outcomes'
import { SongLine } from '../ui/SongLine'
import { Button } from './Button'
import type { LiveRoom } from './Console'
import { Confirm } from './Dialog'
import { useHostText } from './text'
import { useDoing } from './useDoing'

const folded = 8 // songs that are shown of a long queue

/** What waits, as it changes; any of it can be taken out, or all. */
export function QueueCard({ api, room, tell }: { api: Api; room: LiveRoom; tell: Tell }) {
  const text = useText()
  const own = useHostText()
  const { items, version } = useStore(useQueue(api, room.id))
  const [unfolded, setUnfolded] = useState(false)
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
      <ol className="lines">
        {shown.map((item) => (
          <Line key={item.id} item={item} tell={tell} />
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
        {items.length > 0 && <Clear roomId={room.id} tell={tell} />}
      </div>
    </section>
  )
}

function Line({ item, tell }: { item: Item; tell: Tell }) {
  const text = useText()
  const own = useHostText().queue
  const { busy, act } = useDoing(tell)
  const { name } = item.song
  const line = useRef<HTMLLIElement>(null)
  async function takeOut() {
    const here = line.current
    const neighbour = here?.nextElementSibling ?? here?.previousElementSibling
    const next = neighbour?.querySelector('button') ?? here?.closest('section')?.querySelector('h2')
    if (!(await act(TakeOutDocument, { itemId: item.id }, { done: own.removed(name) }))) return
    const { activeElement, body } = document
    if (activeElement === body || here?.contains(activeElement)) next?.focus() // or it would go with the song
  }
  const more = (
    <>
      <span>
        {text.addedBy(item.addedBy?.displayName)} · {text.likes(item.likeCount)}
      </span>
      {item.state === 'COMMITTED' && <span className="badge">{own.next}</span>}
    </>
  )
  return (
    <li ref={line}>
      <SongLine song={item.song} more={more}>
        <Button
          look="plain round"
          aria-label={own.remove(name)}
          title={own.remove(name)}
          busy={busy}
          onClick={() => void takeOut()}
        >
          <span aria-hidden="true">✕</span>
        </Button>
      </SongLine>
    </li>
  )
}

function Clear({ roomId, tell }: { roomId: string; tell: Tell }) {
  const own = useHostText().queue
  const { busy, act } = useDoing(tell)
  const [asking, setAsking] = useState(false)
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
          onConfirm={() => void act(ClearQueueDocument, { roomId }, { done: own.cleared })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

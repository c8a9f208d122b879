import { type KeyboardEvent, useState } from 'react'
import type { Item } from '../../api/queue'
import { timeOfDay } from '../../text/format'
import { useLanguage, useText } from '../../text/text'
import { SongLine } from '../../ui/SongLine'
import type { Tell } from '../../ui/Toasts'
import type { LiveRoom } from '../room/Console'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { useLeaving } from '../ui/useFocusAfterRemoval'
import { type Entry, SongMenu } from './SongMenu'
import { partOf } from './songState'
import type { Undo } from './Undo'
import { useSongActions } from './useSongActions'

interface Props {
  item: Item
  place: number // in the queue, from 1
  last: number // place there
  entry: Entry | undefined
  room: LiveRoom
  tell: Tell
  undo: Undo
}

/** A song of the queue: when it plays, whose it is, and a menu. Alt with an arrow moves it, for whom that is quicker. */
export function QueueLine({ item, place, last, entry, room, tell, undo }: Props) {
  const own = useHostText().queue
  const actions = useSongActions(item, room, tell, undo)
  const [open, setOpen] = useState(false)
  const { line, leaving } = useLeaving('queue-heading')
  async function remove() {
    const left = leaving()
    if (await actions.remove()) left()
  }
  function move(event: KeyboardEvent) {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    const to = place + by
    if (!event.altKey || by === 0) return
    event.preventDefault()
    if (!actions.busy && item.state === 'QUEUED' && to >= 1 && to <= last) void actions.pin(to, 'PLAYED', null)
  }
  return (
    <li ref={line} className={partOf(item)}>
      <SongLine song={item.song} more={<Facts item={item} entry={entry} room={room} />}>
        <Button
          look="plain round"
          aria-label={own.menu(item.song.name)}
          aria-haspopup="dialog"
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
          title={own.pinKeys}
          busy={actions.busy}
          onClick={() => setOpen(true)}
          onKeyDown={move}
        >
          <span aria-hidden="true">⋯</span>
        </Button>
      </SongLine>
      {open && (
        <SongMenu
          item={item}
          place={place}
          last={last}
          entry={entry}
          actions={actions}
          onRemove={() => void remove()}
          onClose={() => setOpen(false)}
        />
      )}
    </li>
  )
}

/** In a line: when, or why not; whose; how liked; and what puts it before others, if not its likes or its age. */
function Facts({ item, entry, room }: Pick<Props, 'item' | 'entry' | 'room'>) {
  const text = useText()
  const own = useHostText().queue
  const language = useLanguage()
  const { refusal, state, pin, addedBy, likeCount } = item
  const pinned = state === 'QUEUED' && (pin?.until === 'PLAYED' || entry?.reason === 'PINNED') // the other rule may have lapsed
  const held = partOf(item) === 'held' && refusal ? (own.why[refusal.reason] ?? refusal.message) : undefined
  const time = entry && !held && timeOfDay(entry.likely, language)
  return (
    <>
      <span>
        {time && (
          <time dateTime={entry.likely} title={own.earliest(timeOfDay(entry.earliest, language))}>
            {time}
          </time>
        )}
        {held && <strong>{held}</strong>}
        {time || held ? ' · ' : ''}
        <span aria-hidden="true">♥ {likeCount}</span>
        <span className="spoken">{text.likes(likeCount)}</span> · {text.addedBy(addedBy?.displayName)}
      </span>
      {state === 'COMMITTED' && <span className="badge">{own.next}</span>}
      {pinned && <span className="badge">{own.pinned}</span>}
      {entry?.reason === 'TURN' && room.settings?.orderMode === 'FAIR' && <span className="badge">{own.turn}</span>}
    </>
  )
}

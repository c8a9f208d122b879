import { type KeyboardEvent, useState } from 'react'
import type { Item } from '../../api/queue'
import { timeOfDay } from '../../text/format'
import { useLanguage, useText } from '../../text/text'
import { SongLine } from '../../ui/SongLine'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import type { LiveRoom } from '../types'
import { Button } from '../ui/Button'
import { useFocusAfterRemoval } from '../ui/useFocusAfterRemoval'
import type { HoldReason } from './messages'
import { type Entry, SongMenu } from './SongMenu'
import { songStateOf } from './songState'
import type { Undo } from './Undo'
import { useSongActions } from './useSongActions'

interface Props {
  item: Item
  place: number // the song's place in the queue, from 1
  last: number // the last place in the queue
  entry: Entry | undefined
  room: LiveRoom
  notify: Notify
  undo: Undo
}

/** A song of the queue with its play time, who added it, and a menu. On the menu's button, Alt with an arrow key moves it. */
export function QueueLine({ item, place, last, entry, room, notify, undo }: Props) {
  const own = useHostText().queue
  const actions = useSongActions(item, room, notify, undo)
  const [open, setOpen] = useState(false)
  const { line, beforeRemoval } = useFocusAfterRemoval('queue-heading')
  async function remove() {
    const restoreFocus = beforeRemoval()
    if (await actions.remove()) restoreFocus()
  }
  function move(event: KeyboardEvent) {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    const to = place + by
    if (!event.altKey || by === 0) return
    event.preventDefault()
    if (!actions.busy && item.state === 'QUEUED' && to >= 1 && to <= last) void actions.pin(to, 'PLAYED', null)
  }
  return (
    <li ref={line} className={songStateOf(item)}>
      <SongLine song={item.song} more={<Facts item={item} entry={entry} room={room} />}>
        <Button
          variant="plain round"
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

/** The play time or the reason why the song is held, its likes, who added it, and badges for a special place. */
function Facts({ item, entry, room }: Pick<Props, 'item' | 'entry' | 'room'>) {
  const text = useText()
  const own = useHostText().queue
  const language = useLanguage()
  const { refusal, state, pin, addedBy, likeCount } = item
  const pinned = state === 'QUEUED' && (pin?.until === 'PLAYED' || entry?.reason === 'PINNED') // a pin until OVERTAKEN may have ended
  const held =
    songStateOf(item) === 'held' && refusal ? (own.refusals[refusal.reason as HoldReason] ?? refusal.message) : undefined
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
        <span className="visually-hidden">{text.likes(likeCount)}</span> · {text.addedBy(addedBy?.displayName)}
      </span>
      {state === 'COMMITTED' && <span className="badge">{own.next}</span>}
      {pinned && <span className="badge">{own.pinned}</span>}
      {entry?.reason === 'TURN' && room.settings?.orderMode === 'FAIR' && <span className="badge">{own.turn}</span>}
    </>
  )
}

import { useState } from 'react'
import type { ScheduleChangesSubscription } from '../../api/generated'
import type { Item } from '../../api/queue'
import { timeOfDay } from '../../text/format'
import { useLanguage } from '../../text/text'
import { useHostText } from '../text/text'
import { Dialog } from '../ui/Dialog'
import { PinForm } from './PinForm'
import { partOf } from './songState'
import type { SongActions } from './useSongActions'

export type Entry = ScheduleChangesSubscription['roomSchedule']['entries'][number]

interface Props {
  item: Item
  place: number // in the queue, from 1
  last: number // place there
  entry: Entry | undefined
  actions: SongActions
  onRemove: () => void
  onClose: () => void
}

/** Why a song stands where it stands, and what a host can do with it. */
export function SongMenu({ item, place, last, entry, actions, onRemove, onClose }: Props) {
  const own = useHostText().queue
  const { uri, name, artists, artistUris } = item.song
  const [pinning, setPinning] = useState(false)
  const does = (act: () => unknown) => () => {
    onClose()
    act()
  }
  const movable = item.state === 'QUEUED' && partOf(item) !== 'held'
  if (pinning) {
    return (
      <Dialog key="pin" title={name} onClose={onClose}>
        <PinForm item={item} place={place} last={last} pin={(...pin) => does(() => actions.pin(...pin))()} />
      </Dialog>
    )
  }
  return (
    <Dialog title={name} onClose={onClose}>
      {entry && <Standing item={item} place={place} entry={entry} />}
      <ul className="choices">
        {movable && <Way name={own.pinTop} hint={own.pinTopHint} go={does(() => actions.pin(1, 'PLAYED', null))} />}
        {movable && <Way name={own.pin} hint={own.pinHint} go={() => setPinning(true)} />}
        {item.pin && <Way name={own.unpin} hint={own.unpinHint} go={does(actions.unpin)} />}
        <Way name={own.remove} hint={own.removeHint} go={does(onRemove)} />
        <Way name={own.block(name)} hint={own.blockSong} go={does(() => actions.block(uri, name))} />
        {artists.map((artist, i) => {
          const uri = artistUris[i]
          return (
            uri && <Way key={uri} name={own.block(artist)} hint={own.blockArtist} go={does(() => actions.block(uri, artist))} />
          )
        })}
      </ul>
    </Dialog>
  )
}

function Standing({ item, place, entry }: { item: Item; place: number; entry: Entry }) {
  const own = useHostText().queue
  const language = useLanguage()
  const { likely, earliest, reason, message } = entry
  const { pin } = item
  const why = item.refusal ? (own.why[item.refusal.reason] ?? item.refusal.message) : ''
  return (
    <p className="quiet">
      {reason !== 'HELD' && `${own.standing(place, timeOfDay(likely, language), timeOfDay(earliest, language))} `}
      {why} {own.reasons[reason] ?? message}{' '}
      {pin && (reason === 'PINNED' ? own.holds(pin.likes) : pin.likes !== null && reason !== 'HELD' && own.overtaken(pin.likes))}
    </p>
  )
}

function Way({ name, hint, go }: { name: string; hint: string; go: () => void }) {
  return (
    <li>
      <button type="button" className="choice" onClick={go}>
        <span>
          <strong>{name}</strong>
          <span className="hint">{hint}</span>
        </span>
      </button>
    </li>
  )
}

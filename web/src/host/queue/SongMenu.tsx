import { useState } from 'react'
import type { ScheduleChangesSubscription } from '../../api/generated'
import type { Item } from '../../api/queue'
import { timeOfDay } from '../../text/format'
import { useLanguage } from '../../text/text'
import { useHostText } from '../text/text'
import { Dialog } from '../ui/Dialog'
import type { HoldReason } from './messages'
import { PinForm } from './PinForm'
import { songStateOf } from './songState'
import type { SongActions } from './useSongActions'

export type Entry = ScheduleChangesSubscription['roomSchedule']['entries'][number]

interface Props {
  item: Item
  place: number // the song's place in the queue, from 1
  last: number // the last place in the queue
  entry: Entry | undefined
  actions: SongActions
  onRemove: () => void
  onClose: () => void
}

/** The menu of a song: when it plays and why then, and what a host can do with it. */
export function SongMenu({ item, place, last, entry, actions, onRemove, onClose }: Props) {
  const own = useHostText().queue
  const { uri, name, artists, artistUris } = item.song
  const [pinning, setPinning] = useState(false)
  const closeAnd = (action: () => unknown) => () => {
    onClose()
    action()
  }
  const movable = item.state === 'QUEUED' && songStateOf(item) !== 'held'
  if (pinning) {
    return (
      <Dialog key="pin" title={name} onClose={onClose}>
        <PinForm item={item} place={place} last={last} pin={(...pin) => closeAnd(() => actions.pin(...pin))()} />
      </Dialog>
    )
  }
  return (
    <Dialog title={name} onClose={onClose}>
      {entry && <ScheduleText item={item} place={place} entry={entry} />}
      <ul className="choices">
        {movable && (
          <MenuItem name={own.pinTop} hint={own.pinTopHint} onChoose={closeAnd(() => actions.pin(1, 'PLAYED', null))} />
        )}
        {movable && <MenuItem name={own.pin} hint={own.pinHint} onChoose={() => setPinning(true)} />}
        {item.pin && <MenuItem name={own.unpin} hint={own.unpinHint} onChoose={closeAnd(actions.unpin)} />}
        <MenuItem name={own.remove} hint={own.removeHint} onChoose={closeAnd(onRemove)} />
        <MenuItem name={own.block(name)} hint={own.blockSong} onChoose={closeAnd(() => actions.block(uri, name))} />
        {artists.map((artist, i) => {
          const uri = artistUris[i]
          return (
            uri && (
              <MenuItem
                key={uri}
                name={own.block(artist)}
                hint={own.blockArtist}
                onChoose={closeAnd(() => actions.block(uri, artist))}
              />
            )
          )
        })}
      </ul>
    </Dialog>
  )
}

function ScheduleText({ item, place, entry }: { item: Item; place: number; entry: Entry }) {
  const own = useHostText().queue
  const language = useLanguage()
  const { likely, earliest, reason, message } = entry
  const { pin } = item
  const refusal = item.refusal ? (own.refusals[item.refusal.reason as HoldReason] ?? item.refusal.message) : ''
  return (
    <p className="quiet">
      {reason !== 'HELD' && `${own.schedule(place, timeOfDay(likely, language), timeOfDay(earliest, language))} `}
      {refusal} {own.reasons[reason] ?? message}{' '}
      {pin &&
        (reason === 'PINNED' ? own.pinHolds(pin.likes) : pin.likes !== null && reason !== 'HELD' && own.pinOvertaken(pin.likes))}
    </p>
  )
}

function MenuItem({ name, hint, onChoose }: { name: string; hint: string; onChoose: () => void }) {
  return (
    <li>
      <button type="button" className="choice" onClick={onChoose}>
        <span>
          <strong>{name}</strong>
          <span className="hint">{hint}</span>
        </span>
      </button>
    </li>
  )
}

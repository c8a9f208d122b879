import type { Item } from '../api/queue'
import { length, timeOfDay } from '../text/format'
import { useLanguage, useText } from '../text/text'
import { itemKind } from './itemKind'
import { canPlaySooner, reasonText } from './reason'
import { usePhoneText } from './text'
import type { Entry } from './useSchedule'

interface Props {
  item: Item
  entry: Entry | undefined // undefined: not loaded yet, or the song waits for approval
  fair: boolean // whether the room's order mode is FAIR
  isMine: boolean
}

/** When a song plays and who added it. Opening it shows the reason. */
export function PlayTime({ item, entry, fair, isMine }: Props) {
  const text = useText()
  const own = usePhoneText()
  const language = useLanguage()
  const addedBy = <span className="added-by">{isMine ? own.mine : text.addedBy(item.addedBy?.displayName)}</span>
  if (!entry || itemKind(item) === 'held') {
    return (
      <p className="song-line">
        {addedBy}
        <Badge item={item} />
      </p>
    )
  }
  return (
    <details className="play-time">
      <summary className="song-line">
        <span aria-hidden="true">≈ {timeOfDay(entry.likely, language)} ·</span>
        <span className="visually-hidden">{own.playsAt(timeOfDay(entry.likely, language))},</span>
        {addedBy}
        <Badge item={item} />
      </summary>
      <p>
        {reasonText(text, own, item, entry, fair)} {canPlaySooner(entry) && own.earliest(timeOfDay(entry.earliest, language))}{' '}
        {own.lasts(length(item.song.durationMs))}
      </p>
    </details>
  )
}

function Badge({ item }: { item: Item }) {
  const own = usePhoneText()
  const kind = itemKind(item)
  const label = own.kinds[kind]
  return label ? <span className={`badge ${kind}`}>{label}</span> : null
}

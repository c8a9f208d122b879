import type { Item } from '../api/queue'
import { length, timeOfDay } from '../text/format'
import { useLanguage, useText } from '../text/text'
import { canComeSooner, kindOf, why } from './reason'
import { usePhoneText } from './text'
import type { Entry } from './useSchedule'

interface Props {
  item: Item
  entry: Entry | undefined // unknown as yet, or never where it waits for the host
  fair: boolean // the room's order shares likes
  isMine: boolean
}

/** When a song plays and from whom it is; a tap tells why. */
export function When({ item, entry, fair, isMine }: Props) {
  const text = useText()
  const own = usePhoneText()
  const language = useLanguage()
  const from = <span className="from">{isMine ? own.mine : text.addedBy(item.addedBy?.displayName)}</span>
  if (!entry || kindOf(item) === 'held') {
    return (
      <p className="song-line">
        {from}
        <Badge item={item} />
      </p>
    )
  }
  return (
    <details className="when">
      <summary className="song-line">
        <span aria-hidden="true">≈ {timeOfDay(entry.likely, language)} ·</span>
        <span className="spoken">{own.playsAt(timeOfDay(entry.likely, language))}</span>
        {from}
        <Badge item={item} />
      </summary>
      <p>
        {why(text, own, item, entry, fair)} {canComeSooner(entry) && own.earliest(timeOfDay(entry.earliest, language))}{' '}
        {own.lasts(length(item.song.durationMs))}
      </p>
    </details>
  )
}

function Badge({ item }: { item: Item }) {
  const own = usePhoneText()
  const kind = kindOf(item)
  const words = own.kinds[kind]
  return words ? <span className={`badge ${kind}`}>{words}</span> : null
}

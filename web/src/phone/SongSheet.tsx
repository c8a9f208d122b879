import type { RefusalReason } from '../api/generated'
import type { Item } from '../api/queue'
import { length, timeOfDay } from '../text/format'
import { useLanguage, useText } from '../text/text'
import { Avatar } from '../ui/Avatar'
import { Cover, type Song } from '../ui/SongLine'
import { SpotifyMark } from '../ui/SpotifyMark'
import { itemKind } from './itemKind'
import { Heart } from './LikeButton'
import { canPlaySooner, reasonText } from './reason'
import { Sheet } from './Sheet'
import { usePhoneText } from './text'
import type { Actions } from './useActions'
import type { Entry } from './useSchedule'

interface Props {
  item: Item
  entry: Entry | undefined
  fair: boolean // whether the room's order mode is FAIR
  actions: Actions
  onClose: () => void
}

/** The sheet of a song of the queue: its details, and what the user can do with it. */
export function SongSheet({ item, entry, fair, actions, onClose }: Props) {
  const own = usePhoneText()
  const kind = itemKind(item)
  const canLike = actions.canLike && kind !== 'awaiting' && kind !== 'committed'
  const canWithdraw = actions.canLike && actions.isMine(item) && kind !== 'committed'
  return (
    <Sheet label={own.details(item.song.name)} onClose={onClose}>
      <SongHead song={item.song} />
      <AddedBy item={item} isMine={actions.isMine(item)} />
      <Why {...{ item, entry, fair }} />
      {canLike && (
        <button type="button" className="button main" aria-pressed={actions.isLiked(item)} onClick={() => actions.like(item)}>
          <Heart filled={actions.isLiked(item)} /> {actions.isLiked(item) ? own.takeLikeBack : own.likeIt}
        </button>
      )}
      {canWithdraw && (
        <button
          type="button"
          className="button"
          onClick={() => {
            actions.remove(item)
            onClose()
          }}
        >
          {own.withdraw}
        </button>
      )}
      <OpenInSpotify song={item.song} />
    </Sheet>
  )
}

/** A song's cover, name and artists, large. */
export function SongHead({ song }: { song: Song }) {
  const text = useText()
  return (
    <>
      <Cover song={song} size={256} />
      <div className="sheet-title">
        <h2>
          <bdi>{song.name}</bdi>
        </h2>
        <p className="quiet">
          <bdi>{text.by(song.artists)}</bdi> · {length(song.durationMs)}
        </p>
      </div>
    </>
  )
}

export function AddedBy({ item, isMine = false }: { item: Pick<Item, 'addedBy'>; isMine?: boolean }) {
  const text = useText()
  const own = usePhoneText()
  const by = item.addedBy
  return (
    <p className="added-by">
      {by && <Avatar id={by.id} name={by.displayName} size={28} />}
      <bdi>{isMine ? own.mine : text.addedBy(by?.displayName)}</bdi>
    </p>
  )
}

export function OpenInSpotify({ song }: { song: Song }) {
  const text = useText()
  const own = usePhoneText()
  return (
    <a className="button" href={song.spotifyUrl} target="_blank" rel="noreferrer" aria-label={text.openInSpotify(song.name)}>
      <SpotifyMark size={24} /> {own.openInSpotify}
    </a>
  )
}

/** When a song plays and why then, or why it is held back. */
function Why({ item, entry, fair }: Pick<Props, 'item' | 'entry' | 'fair'>) {
  const text = useText()
  const own = usePhoneText()
  const language = useLanguage()
  if (itemKind(item) === 'held' && item.refusal)
    return <p className="notice">{text.refusal[item.refusal.reason as RefusalReason] ?? item.refusal.message}</p>
  if (!entry) return null
  return (
    <p className="why quiet">
      {own.playsAt(timeOfDay(entry.likely, language))}. {reasonText(text, own, item, entry, fair)}{' '}
      {canPlaySooner(entry) && own.earliest(timeOfDay(entry.earliest, language))}
    </p>
  )
}

import { timeOfDay } from '../text/format'
import { sentence, useLanguage, useText } from '../text/text'
import { SongLine } from '../ui/SongLine'
import type { Edge } from './historyPages'
import { Likes } from './Likes'
import { usePhoneText } from './text'
import { usePlayed } from './useHistory'

/** What the room played, the latest first, and more of it as far as one likes. */
export function Played({ roomId, playingId }: { roomId: string; playingId?: string | undefined }) {
  const text = useText()
  const own = usePhoneText()
  const { page, busy, failure, more } = usePlayed(roomId, playingId)
  const isEmpty = page?.edges.length === 0
  return (
    <div className="stack">
      <h2>{own.played}</h2>
      <p className={failure ? 'bad' : 'quiet'} role="status">
        {failure ? sentence(text, failure) : page ? isEmpty && own.nonePlayed : text.loading}
      </p>
      <ol className="lines">
        {page?.edges.map(({ node }) => (
          <PlayedLine key={node.item.id} played={node} />
        ))}
      </ol>
      {(page?.hasMore || failure) && (
        <button type="button" className="button" disabled={busy} onClick={more}>
          {own.morePlayed}
        </button>
      )}
    </div>
  )
}

function PlayedLine({ played: { item, startedAt, endedAt, skipped, skippedBy } }: { played: Edge['node'] }) {
  const text = useText()
  const own = usePhoneText()
  const at = timeOfDay(startedAt, useLanguage())
  const more = (
    <span>
      {endedAt ? at : own.nowPlaying} · {text.addedBy(item.addedBy?.displayName)}
    </span>
  )
  const end = skipped && (
    <p className="song-line">
      <span className="badge">{own.skipped(skippedBy)}</span>
    </p>
  )
  return (
    <li>
      <SongLine song={item.song} more={more} below={end}>
        <Likes count={item.likeCount} />
      </SongLine>
    </li>
  )
}

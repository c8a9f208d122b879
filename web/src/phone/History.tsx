import { timeOfDay } from '../text/format'
import { failureSentence, useLanguage, useText } from '../text/text'
import { SongLine } from '../ui/SongLine'
import type { Edge } from './historyPages'
import { Likes } from './Likes'
import { usePhoneText } from './text'
import { useHistory } from './useHistory'

/** The songs that the room played, the latest first, with a button to load earlier ones. */
export function History({ roomId, playingId }: { roomId: string; playingId?: string | undefined }) {
  const text = useText()
  const own = usePhoneText()
  const { page, busy, failure, more } = useHistory(roomId, playingId)
  const isEmpty = page?.edges.length === 0
  return (
    <div className="stack">
      <h2>{own.history}</h2>
      <p className={failure ? 'error' : 'quiet'} role="status">
        {failure ? failureSentence(text, failure) : page ? isEmpty && own.emptyHistory : text.loading}
      </p>
      <ol className="lines">
        {page?.edges.map(({ node }) => (
          <HistoryLine key={node.item.id} played={node} />
        ))}
      </ol>
      {(page?.hasMore || failure) && (
        <button type="button" className="button" disabled={busy} onClick={more}>
          {own.moreHistory}
        </button>
      )}
    </div>
  )
}

function HistoryLine({ played: { item, startedAt, endedAt, skipped, skippedBy } }: { played: Edge['node'] }) {
  const text = useText()
  const own = usePhoneText()
  const at = timeOfDay(startedAt, useLanguage())
  const more = (
    <span>
      {endedAt ? at : own.nowPlaying} · {text.addedBy(item.addedBy?.displayName)}
    </span>
  )
  const badge = skipped && (
    <p className="song-line">
      <span className="badge">{own.skipped[skippedBy ?? 'ELSEWHERE']}</span>
    </p>
  )
  return (
    <li>
      <SongLine song={item.song} more={more} below={badge}>
        <Likes count={item.likeCount} />
      </SongLine>
    </li>
  )
}

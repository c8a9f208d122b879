import { useRef } from 'react'
import type { RefusalReason, RoomFieldsFragment } from '../api/generated'
import type { QueueState } from '../api/queue'
import { failureSentence, useText } from '../text/text'
import type { Notify } from '../ui/Toasts'
import { useAdding } from './AddFor'
import { CollectionHead } from './CollectionHead'
import { queryOf } from './collection'
import { Limits } from './Limits'
import { linkIn } from './link'
import { SearchResult } from './SearchResult'
import { Suggestions } from './Suggestions'
import { usePhoneText } from './text'
import type { Actions, Viewer } from './useActions'
import { type SearchHit, useSearch } from './useSearch'
import type { Navigation } from './useView'

interface Props {
  roomId: string
  playingId: string | undefined
  view: Navigation
  queue: QueueState
  actions: Actions
  viewer: Viewer | undefined
  settings: RoomFieldsFragment['settings'] | undefined
  limit: RefusalReason | null
  notify: Notify
}

/** Searches Spotify while the user types, and adds songs. A Spotify link can be added without a search. */
export function Search({ roomId, playingId, view, queue, actions, viewer, settings, limit, notify }: Props) {
  const text = useText()
  const own = usePhoneText()
  const input = useRef<HTMLInputElement>(null)
  const isGuest = viewer?.role === 'GUEST' || viewer?.role === 'TABLET'
  const adding = useAdding(roomId, viewer, actions, notify)
  const playlist = (isGuest && settings?.guestPlaylistUri) || null
  const { query, of } = view
  const { hits, hasMore, degraded, answered, busy, failure, more } = useSearch(
    roomId,
    of ? queryOf(of, playlist) : query,
    playlist,
  )
  const link = of ? null : linkIn(query)
  const isLinkDisabled = link !== null && (actions.isAdding(link) || limit !== null)
  const searched = (of !== null || query.trim() !== '' || playlist !== null) && !link
  const nothing = of ? own.nothingFound(of.album ?? of.artist) : query.trim() === '' ? own.emptyPlaylist : own.nothingFound(query)
  const isUnreadable = playlist !== null && (failure?.code === 'NOT_FOUND' || failure?.code === 'UPSTREAM_UNAVAILABLE')
  const problem = failure && (isUnreadable ? text.refusal.PLAYLIST_UNREADABLE : failureSentence(text, failure))
  const awaiting = viewer?.awaitingApproval ?? []
  const result = (hit: SearchHit) => (
    <SearchResult key={hit.song.uri} {...{ hit, queue, awaiting, actions: adding.actions, limit, view }} />
  )
  return (
    <div className="stack">
      {of && <CollectionHead of={of} onBack={view.leave} />}
      <search className="search-field" style={of ? { display: 'none' } : undefined}>
        <label className="field">
          <span className="visually-hidden">{own.searchLabel}</span>
          <input
            ref={input}
            className="input"
            type="search"
            enterKeyHint="search"
            // biome-ignore lint/a11y/noAutofocus: the guest has just opened the search
            autoFocus
            autoComplete="off"
            maxLength={200}
            placeholder={playlist ? own.searchPlaylist : own.searchPlaceholder}
            value={query}
            onChange={(event) => view.search(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && input.current?.blur()} // hides the on-screen keyboard
          />
        </label>
      </search>
      {adding.field}
      <Limits viewer={viewer} settings={settings} limit={limit} />
      {playlist && limit !== 'ONLY_LIKES' && <p className="notice">{own.playlistOnly}</p>}
      {link && (
        <button
          type="button"
          className="button main"
          aria-disabled={isLinkDisabled}
          onClick={() => isLinkDisabled || adding.actions.add({ uri: link, name: query.trim() })}
        >
          {own.addLink}
        </button>
      )}
      <p className={failure ? 'error' : 'quiet'} role="status">
        {failure
          ? problem
          : searched && (busy ? own.searching : hits.length > 0 ? own.resultCount(hits.length) : answered && nothing)}
      </p>
      {degraded && !playlist && <p className="notice">{own.degraded}</p>}
      {!link && (
        <ul className="lines" aria-busy={busy}>
          {hits.map(result)}
        </ul>
      )}
      {hasMore && !link && (
        <button type="button" className="button" disabled={busy} onClick={more}>
          {own.moreResults}
        </button>
      )}
      {query.trim() === '' && !of && !playlist && (
        <Suggestions roomId={roomId} playingId={playingId}>
          {result}
        </Suggestions>
      )}
    </div>
  )
}

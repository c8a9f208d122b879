import { useRef } from 'react'
import type { RefusalReason, RoomFieldsFragment } from '../api/generated'
import type { QueueState } from '../api/queue'
import { failureSentence, useText } from '../text/text'
import { Limits } from './Limits'
import { linkIn } from './link'
import { SearchResult } from './SearchResult'
import { usePhoneText } from './text'
import type { Actions, Viewer } from './useActions'
import { useSearch } from './useSearch'

interface Props {
  roomId: string
  query: string
  onQuery: (query: string) => void
  queue: QueueState
  actions: Actions
  viewer: Viewer | undefined
  settings: RoomFieldsFragment['settings'] | undefined
  limit: RefusalReason | null
}

/** Searches Spotify while the user types, and adds songs. A Spotify link can be added without a search. */
export function Search({ roomId, query, onQuery, queue, actions, viewer, settings, limit }: Props) {
  const text = useText()
  const own = usePhoneText()
  const input = useRef<HTMLInputElement>(null)
  const { hits, hasMore, degraded, busy, failure, more } = useSearch(roomId, query)
  const link = linkIn(query)
  const isLinkDisabled = link !== null && (actions.isAdding(link) || limit !== null)
  const searched = query.trim() !== '' && !link
  return (
    <div className="stack">
      <Limits viewer={viewer} settings={settings} limit={limit} />
      <search>
        <label className="field">
          <span className="visually-hidden">{own.searchLabel}</span>
          <input
            ref={input}
            className="input"
            type="search"
            enterKeyHint="search"
            autoComplete="off"
            maxLength={200}
            placeholder={own.searchPlaceholder}
            value={query}
            onChange={(event) => onQuery(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && input.current?.blur()} // hides the on-screen keyboard
          />
        </label>
      </search>
      {link && (
        <button
          type="button"
          className="button main"
          aria-disabled={isLinkDisabled}
          onClick={() => isLinkDisabled || actions.add({ uri: link, name: query.trim() })}
        >
          {own.addLink}
        </button>
      )}
      <p className={failure ? 'error' : 'quiet'} role="status">
        {failure
          ? failureSentence(text, failure)
          : searched && (busy ? own.searching : hits.length > 0 ? own.resultCount(hits.length) : own.nothingFound(query))}
      </p>
      {degraded && <p className="notice">{own.degraded}</p>}
      {!link && (
        <ul className="lines" aria-busy={busy}>
          {hits.map((hit) => (
            <SearchResult
              key={hit.song.uri}
              hit={hit}
              queue={queue}
              awaiting={viewer?.awaitingApproval ?? []}
              actions={actions}
              limit={limit}
            />
          ))}
        </ul>
      )}
      {hasMore && !link && (
        <button type="button" className="button" disabled={busy} onClick={more}>
          {own.moreResults}
        </button>
      )}
    </div>
  )
}

import { useRef } from 'react'
import type { QueueState } from '../api/queue'
import { sentence, useText } from '../text/text'
import { Hit } from './Hit'
import { linkIn } from './link'
import { QuotaLine } from './Mine'
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
  open: boolean
}

/** Searches as one types, and adds what was found. */
export function Search({ roomId, query, onQuery, queue, actions, viewer, open }: Props) {
  const text = useText()
  const own = usePhoneText()
  const input = useRef<HTMLInputElement>(null)
  const { hits, hasMore, degraded, busy, failure, more } = useSearch(roomId, query)
  const link = linkIn(query)
  const searched = query.trim() !== '' && !link
  return (
    <div className="stack">
      {!open && viewer?.role === 'GUEST' && <p className="notice">{text.refusal.REQUESTS_CLOSED}</p>}
      <search>
        <label className="field">
          <span className="spoken">{own.searchLabel}</span>
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
            onKeyDown={(event) => event.key === 'Enter' && input.current?.blur()} // the phone's keyboard gives way to the songs
          />
        </label>
      </search>
      <QuotaLine viewer={viewer} />
      {link && (
        <button
          type="button"
          className="button main"
          disabled={actions.isAdding(link)}
          onClick={() => actions.add({ uri: link, name: query.trim() })}
        >
          {own.addLink}
        </button>
      )}
      <p className={failure ? 'bad' : 'quiet'} role="status">
        {failure
          ? sentence(text, failure)
          : searched && (busy ? own.searching : hits.length > 0 ? own.hits(hits.length) : own.nothingFound(query))}
      </p>
      {degraded && <p className="notice">{own.degraded}</p>}
      {!link && (
        <ul className="lines" aria-busy={busy}>
          {hits.map((hit) => (
            <Hit key={hit.song.uri} hit={hit} queue={queue} actions={actions} />
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

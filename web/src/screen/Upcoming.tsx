import type { Store } from '@antwon/client'
import { useStore } from '@antwon/client/react'
import { type CSSProperties, memo, type RefObject, useEffect, useRef, useState } from 'react'
import type { Item, QueueState } from '../api/queue'
import { usePageText, useText } from '../text/text'
import { Avatar } from '../ui/Avatar'
import { SpotifyMark } from '../ui/SpotifyMark'
import { de } from './de'
import { en } from './en'
import { Likes } from './Likes'
import { placed, rowsThatFit } from './layout'

/** The next songs, as many as fit at a readable size. They move to their places as likes come in. */
export const Upcoming = memo(function Upcoming({ queue, open }: { queue: Store<QueueState>; open: boolean }) {
  const own = usePageText({ en, de })
  const { items } = useStore(queue)
  const list = useRef<HTMLOListElement>(null)
  const rows = useRows(list)
  const hidden = items.length - rows
  return (
    <section className="upcoming">
      <h2 className="heading">
        <span>{own.next}</span>
        {hidden > 0 && <span className="quiet">{own.more(hidden)}</span>}
      </h2>
      <ol ref={list} className="rows" style={{ '--rows': rows } as CSSProperties}>
        {/* One more than fits, so that a song that drops out fades away instead of vanishing. */}
        {placed(items, rows + 1).map(({ item, place }) => (
          <Row key={item.id} item={item} place={place} isHidden={place >= rows} />
        ))}
      </ol>
      {items.length === 0 && open && <p className="empty-queue">{own.emptyQueue}</p>}
    </section>
  )
})

const Row = memo(function Row({ item, place, isHidden }: { item: Item; place: number; isHidden: boolean }) {
  const text = useText()
  const own = usePageText({ en, de })
  const { song } = item
  const committed = item.state === 'COMMITTED'
  const badge = item.refusal && !committed ? own.held : item.pin && own.pinned
  return (
    <li className="row" data-hidden={isHidden} aria-hidden={isHidden} style={{ transform: `translateY(${place * 100}%)` }}>
      <span className="place">{place + 1}</span>
      {song.imageUrl ? <img className="cover" src={song.imageUrl} alt="" decoding="async" /> : <div className="cover" />}
      <div className="row-details">
        <a
          className="row-title"
          href={song.spotifyUrl}
          target="_blank"
          rel="noreferrer"
          title={text.openInSpotify(song.name)}
          tabIndex={isHidden ? -1 : undefined}
        >
          {song.name}
        </a>
        <p className="row-line">
          <SpotifyMark />
          <span className="row-artists">{text.by(song.artists)}</span>
          <span className="row-by">{committed ? own.committed : text.addedBy(item.addedBy?.displayName)}</span>
          {badge && <span className="row-badge">{badge}</span>}
        </p>
      </div>
      {item.addedBy && <Avatar id={item.addedBy.id} name={item.addedBy.displayName} />}
      <Likes count={item.likeCount} />
    </li>
  )
})

/** How many rows fit into the list, updated when its size changes. */
function useRows(list: RefObject<HTMLElement | null>): number {
  const [rows, setRows] = useState(6)
  useEffect(() => {
    if (!list.current) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRows(rowsThatFit(entry.contentRect.height, Math.min(innerWidth, innerHeight) / 100))
    })
    observer.observe(list.current)
    return () => observer.disconnect()
  }, [list])
  return rows
}

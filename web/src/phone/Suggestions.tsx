import type { ReactNode } from 'react'
import { suggestionsOf } from './suggestions'
import { usePhoneText } from './text'
import { useHistory } from './useHistory'
import type { SearchHit } from './useSearch'

interface Props {
  roomId: string
  playingId: string | undefined
  children: (hit: SearchHit) => ReactNode
}

/** Songs that a guest can add without a search: those of this evening, the best liked first. */
export function Suggestions({ roomId, playingId, children }: Props) {
  const own = usePhoneText()
  const { page } = useHistory(roomId, playingId)
  const { liked, played } = suggestionsOf(page?.edges.map(({ node }) => node.item) ?? [])
  return (
    <>
      {liked.length > 0 && <h2>{own.likedTonight}</h2>}
      <ul className="lines">{liked.map(children)}</ul>
      {played.length > 0 && <h2>{own.playedTonight}</h2>}
      <ul className="lines">{played.map(children)}</ul>
    </>
  )
}

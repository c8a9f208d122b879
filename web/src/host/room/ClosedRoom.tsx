import { useCallback, useState } from 'react'
import { browserStorage } from '../../api/storage'
import { Evening } from '../recap/Recap'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'

export interface EndedRoom {
  id: string
  name: string
}

/** The room that this host closed last, until they are done with it: also when the page is opened again. */
export function useEnded(userId: string): [EndedRoom | undefined, (room: EndedRoom | undefined) => void] {
  const kept = `antwon.ended.${userId}`
  const [ended, setEnded] = useState(() => endedOf(browserStorage.getItem(kept)))
  const keep = useCallback(
    (room: EndedRoom | undefined) => {
      setEnded(room)
      if (room) browserStorage.setItem(kept, `${room.id} ${room.name}`)
      else browserStorage.removeItem(kept)
    },
    [kept],
  )
  return [ended, keep]
}

function endedOf(text: string | null): EndedRoom | undefined {
  const [id, ...words] = text?.split(' ') ?? []
  return id ? { id, name: words.join(' ') } : undefined
}

/** A room that is over, as long as its host has not gone on. */
export function Ended({ room, onDone }: { room: EndedRoom; onDone: () => void }) {
  const own = useHostText().evening
  return (
    <div className="stack">
      <p>
        <strong>{own.over(room.name)}.</strong> {own.overHint}
      </p>
      <Evening roomId={room.id} isMine />
      <div className="buttons end">
        <Button onClick={onDone}>{own.done}</Button>
      </div>
    </div>
  )
}

import { Button } from './Button'
import { Evening } from './Evening'
import { useHostText } from './text'

export interface EndedRoom {
  id: string
  name: string
}

/** A room that is over, as long as its host has not gone on. */
export function Ended({ room, onDone }: { room: EndedRoom; onDone: () => void }) {
  const own = useHostText().evening
  return (
    <div className="stack">
      <div className="title">
        <p>
          <strong>{own.over(room.name)}.</strong> {own.overHint}
        </p>
        <Button onClick={onDone}>{own.done}</Button>
      </div>
      <Evening roomId={room.id} isMine />
    </div>
  )
}

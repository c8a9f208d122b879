import { useState } from 'react'
import { CloseRoomDocument } from '../api/generated'
import type { Tell } from '../ui/Outcomes'
import { Button } from './Button'
import { Confirm } from './Dialog'
import { useHostText } from './text'
import { useDoing } from './useDoing'

/** Closes the room. */
export function End({ roomId, tell }: { roomId: string; tell: Tell }) {
  const own = useHostText().end
  const { busy, act } = useDoing(tell)
  const [asking, setAsking] = useState(false)
  return (
    <div className="buttons end">
      <Button look="danger" busy={busy} onClick={() => setAsking(true)}>
        {own.button}
      </Button>
      {asking && (
        <Confirm
          title={own.title}
          explanation={own.explanation}
          action={own.confirm}
          onConfirm={() => void act(CloseRoomDocument, { roomId }, { done: own.done })}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}

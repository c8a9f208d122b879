import { useState } from 'react'
import { CloseRoomDocument } from '../../api/generated'
import type { Tell } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { Confirm } from '../ui/Dialog'
import { useDoing } from '../ui/useMutate'

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

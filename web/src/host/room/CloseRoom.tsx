import { useState } from 'react'
import { CloseRoomDocument } from '../../api/generated'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { Confirm } from '../ui/Dialog'
import { useMutate } from '../ui/useMutate'

/** The button that closes the room, after a confirmation. */
export function CloseRoom({ roomId, notify }: { roomId: string; notify: Notify }) {
  const own = useHostText().end
  const { busy, mutate } = useMutate(notify)
  const [confirming, setConfirming] = useState(false)
  return (
    <div className="buttons end">
      <Button variant="danger" busy={busy} onClick={() => setConfirming(true)}>
        {own.button}
      </Button>
      {confirming && (
        <Confirm
          title={own.title}
          explanation={own.explanation}
          action={own.confirm}
          onConfirm={() => void mutate(CloseRoomDocument, { roomId }, { done: own.done })}
          onClose={() => setConfirming(false)}
        />
      )}
    </div>
  )
}

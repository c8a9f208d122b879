import { browserStorage } from '@antwon/client'
import { useCallback, useState } from 'react'
import { Recap } from '../recap/Recap'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'

export interface ClosedRoomInfo {
  id: string
  name: string
}

/** Remembers the room that this host closed last, across reloads, until they dismiss it. */
export function useClosedRoom(userId: string): [ClosedRoomInfo | undefined, (room: ClosedRoomInfo | undefined) => void] {
  const storageKey = `antwon.ended.${userId}`
  const [closed, setClosed] = useState(() => parse(browserStorage.getItem(storageKey)))
  const save = useCallback(
    (room: ClosedRoomInfo | undefined) => {
      setClosed(room)
      if (room) browserStorage.setItem(storageKey, `${room.id} ${room.name}`)
      else browserStorage.removeItem(storageKey)
    },
    [storageKey],
  )
  return [closed, save]
}

function parse(text: string | null): ClosedRoomInfo | undefined {
  const [id, ...nameParts] = text?.split(' ') ?? []
  return id ? { id, name: nameParts.join(' ') } : undefined
}

/** The recap of a closed room, until its host dismisses it. */
export function ClosedRoom({ room, onDone }: { room: ClosedRoomInfo; onDone: () => void }) {
  const own = useHostText().recap
  return (
    <div className="stack">
      <p>
        <strong>{own.over(room.name)}</strong> {own.overHint}
      </p>
      <Recap roomId={room.id} isMine />
      <div className="buttons end">
        <Button onClick={onDone}>{own.done}</Button>
      </div>
    </div>
  )
}

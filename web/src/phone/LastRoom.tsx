import { useEffect } from 'react'
import { RoomByIdDocument } from '../api/generated'
import { browserStorage } from '../api/storage'
import { useAsking } from '../api/useRetriedQuery'
import { sentence, useText } from '../text/text'
import { Message } from '../ui/Message'
import { Closed } from './Closed'

const kept = (userId: string) => `antwon.room.${userId}`

/** The id of the room that somebody was in last, for when it is found by its code no more. */
export const lastRoom = (userId: string): string | null => browserStorage.getItem(kept(userId))

export function useKeepingRoom(roomId: string, userId: string): void {
  useEffect(() => browserStorage.setItem(kept(userId), roomId), [roomId, userId])
}

/** No open room has the code. Who was in the one that had it still has their evening. */
export function Past({ code, roomId, onOpen }: { code: string; roomId: string; onOpen: () => void }) {
  const text = useText()
  const { data, failure } = useAsking(RoomByIdDocument, { roomId }, ({ room }) => room !== undefined)
  if (failure) return <Message title={text.appName}>{sentence(text, failure)}</Message>
  if (!data) return <Message title={text.appName}>{text.loading}</Message>
  const room = data.room
  return room?.joinUrl && room.code === code ? <Closed room={room} onOpen={onOpen} /> : <NoRoom code={code} />
}

export function NoRoom({ code }: { code: string }) {
  const text = useText()
  return (
    <Message title={text.appName} toStart>
      {text.noRoom(code)}
    </Message>
  )
}

import { browserStorage } from '@antwon/client'
import { useEffect } from 'react'
import { RoomByIdDocument } from '../api/generated'
import { useRetriedQuery } from '../api/useRetriedQuery'
import { failureSentence, useText } from '../text/text'
import { Message } from '../ui/Message'
import { Closed } from './Closed'

const storageKey = (userId: string) => `antwon.room.${userId}`

/** The id of the room that a user was in last. A closed room can no longer be found by its code. */
export const lastRoomId = (userId: string): string | null => browserStorage.getItem(storageKey(userId))

export function useRememberRoom(roomId: string, userId: string): void {
  useEffect(() => browserStorage.setItem(storageKey(userId), roomId), [roomId, userId])
}

/** The user's last room, if it had this code and is closed now: they can still see its recap. */
export function LastRoom({ code, roomId, onOpen }: { code: string; roomId: string; onOpen: () => void }) {
  const text = useText()
  const { data, failure } = useRetriedQuery(RoomByIdDocument, { roomId }, ({ room }) => room !== undefined)
  if (failure) return <Message title={text.appName}>{failureSentence(text, failure)}</Message>
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

import type { RoomFieldsFragment } from '../api/generated'
import { useHasPassed } from '../api/useHasPassed'
import { usePhoneText } from './text'

interface Props {
  room: RoomFieldsFragment | undefined // undefined: not loaded yet
  participantId: string | undefined // of the user, in this room
}

/** Tells a co-host that the room is offered to them. They answer in the host console. */
export function RoomOffer({ room, participantId }: Props) {
  const own = usePhoneText()
  const offer = room?.offer
  const expired = useHasPassed(offer?.expiresAt)
  if (!room || !offer || offer.accepted || expired || offer.to?.id !== participantId) return null
  return (
    <p className="notice" role="status">
      {own.roomOffered(room.host?.displayName ?? '')} <a href={`/host?room=${room.code}`}>{own.answerOffer}</a>
    </p>
  )
}

import { AnswerRoomOfferDocument } from '../../api/generated'
import { useHasPassed } from '../../api/useHasPassed'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import type { LiveRoom, Me } from '../types'
import { Button } from '../ui/Button'
import { useMutate } from '../ui/useMutate'

/** The offer of the room to a co-host: the co-host answers it, and the host can take it back. Others see nothing. */
export function Offer({ room, me, notify }: { room: LiveRoom; me: Me; notify: Notify }) {
  const own = useHostText().offer
  const { busy, mutate } = useMutate(notify)
  const { offer } = room
  const expired = useHasPassed(offer?.accepted ? null : offer?.expiresAt)
  if (!offer?.to || expired) return null
  const isToMe = offer.to.user.id === me.id
  if (!isToMe && me.role !== 'HOST') return null
  const name = offer.to.displayName
  const answer = (how: keyof typeof own.done) =>
    void mutate(
      AnswerRoomOfferDocument,
      { roomId: room.id, accept: how === 'accept' },
      { done: own.done[how], failure: own.failure },
    )
  const sentence = isToMe ? own.toYou(room.host?.displayName ?? '') : own.made(name)
  const soon = isToMe ? own.soonYou : own.soon(name)
  return (
    <section className="notice stack" role="status">
      <p>{offer.accepted ? soon : sentence}</p>
      {isToMe && !offer.accepted && <p>{own.hint}</p>}
      <div className="buttons">
        {isToMe && !offer.accepted && (
          <Button variant="main" busy={busy} onClick={() => answer('accept')}>
            {own.accept}
          </Button>
        )}
        <Button busy={busy} onClick={() => answer(isToMe ? 'decline' : 'withdraw')}>
          {isToMe ? own.decline : own.withdraw}
        </Button>
        {isToMe && !offer.accepted && (
          <a className="button plain" href="/host">
            {own.spotify}
          </a>
        )}
      </div>
    </section>
  )
}

import { newIdempotencyKey } from '@antwon/client'
import { useState } from 'react'
import { useClient } from '../../api/client'
import {
  OfferRoomDocument,
  RemoveGuestDocument,
  RemoveGuestSongsDocument,
  SetRoleDocument,
  WaitingSongsDocument,
} from '../../api/generated'
import type { Item } from '../../api/queue'
import type { Notify } from '../../ui/Toasts'
import type { Undo } from '../queue/Undo'
import { useFailureText, useHostText } from '../text/text'
import { Confirm, Dialog } from '../ui/Dialog'
import type { Member, MemberAction } from './memberActions'

interface Props {
  roomId: string
  member: Member
  actions: MemberAction[]
  awaiting: readonly Item[] // the room's songs that wait for approval
  notify: Notify
  undo: Undo
  onDone: () => void
  onClose: () => void
}

/** What the host can do with a member. A ban cannot be undone, so it asks for confirmation. */
export function GuestDialog({ roomId, member, actions, awaiting, notify, undo, onDone, onClose }: Props) {
  const own = useHostText().guests
  const failureText = useFailureText()
  const client = useClient()
  const [banning, setBanning] = useState(false)
  const name = member.participant.displayName

  async function run(action: MemberAction) {
    onClose()
    const variables = { roomId, userId: member.participant.user.id }
    if (action === 'SONGS') return removeSongs(variables)
    const { failure } = await send(action, variables)
    notify(failure ? failureText(failure) : own.done[action](name), failure !== undefined)
    onDone()
  }

  function send(action: Exclude<MemberAction, 'SONGS'>, variables: { roomId: string; userId: string }) {
    if (action === 'OFFER') return client.request(OfferRoomDocument, variables)
    if (action === 'COHOST' || action === 'GUEST' || action === 'TABLET')
      return client.request(SetRoleDocument, { ...variables, role: action })
    return client.request(RemoveGuestDocument, { ...variables, ban: action === 'BANNED' })
  }

  async function removeSongs(variables: { roomId: string; userId: string }) {
    const key = newIdempotencyKey()
    const before = await client.request(WaitingSongsDocument, { roomId })
    const { failure } = before.failure ? before : await client.request(RemoveGuestSongsDocument, { ...variables, key })
    const items = [...(before.data?.room?.queue?.items ?? []), ...awaiting]
    const hadSongs = items.some(({ state, addedBy }) => state !== 'COMMITTED' && addedBy?.id === member.participant.id)
    if (failure) notify(failureText(failure), true)
    else if (hadSongs) undo.offer(own.done.SONGS(name), key)
    else notify(own.noSongs(name))
  }

  if (banning) {
    return (
      <Confirm
        title={own.banTitle(name)}
        explanation={own.banHint}
        action={own.ban}
        onConfirm={() => void run('BANNED')}
        onClose={onClose}
      />
    )
  }
  const labels: Record<MemberAction, { action: string; hint: string }> = {
    OFFER: { action: own.offerRoom, hint: own.offerRoomHint },
    COHOST: { action: own.makeCohost, hint: own.makeCohostHint },
    GUEST: { action: own.makeGuest, hint: own.makeGuestHint },
    TABLET: { action: own.makeTablet, hint: own.makeTabletHint },
    SONGS: { action: own.removeSongs, hint: own.removeSongsHint },
    REMOVED: { action: own.remove, hint: own.removeHint },
    BANNED: { action: own.ban, hint: own.banHint },
  }
  return (
    <Dialog title={name} onClose={onClose}>
      <ul className="choices">
        {actions.map((action) => (
          <li key={action}>
            <button type="button" className="choice" onClick={() => (action === 'BANNED' ? setBanning(true) : void run(action))}>
              <span>
                <strong className={action === 'BANNED' ? 'error' : undefined}>{labels[action].action}</strong>
                <span className="hint">{labels[action].hint}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

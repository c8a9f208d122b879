import { newIdempotencyKey } from '@antwon/client'
import { useState } from 'react'
import { useClient } from 'urql'
import { failureOfUrql } from '../../api/failureOfUrql'
import { RemoveGuestDocument, RemoveGuestSongsDocument, SetRoleDocument, WaitingSongsDocument } from '../../api/generated'
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
  const urql = useClient()
  const [banning, setBanning] = useState(false)
  const name = member.participant.displayName

  async function run(action: MemberAction) {
    onClose()
    const variables = { roomId, userId: member.participant.user.id }
    if (action === 'SONGS') return removeSongs(variables)
    const { error } =
      action === 'COHOST' || action === 'GUEST' || action === 'TABLET'
        ? await urql.mutation(SetRoleDocument, { ...variables, role: action })
        : await urql.mutation(RemoveGuestDocument, { ...variables, ban: action === 'BANNED' })
    const failure = failureOfUrql(error)
    notify(failure ? failureText(failure) : own.done[action](name), failure !== undefined)
    onDone()
  }

  async function removeSongs(variables: { roomId: string; userId: string }) {
    const key = newIdempotencyKey()
    const before = await urql.query(WaitingSongsDocument, { roomId })
    const { error } = before.error ? before : await urql.mutation(RemoveGuestSongsDocument, { ...variables, key })
    const failure = failureOfUrql(error)
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

import { useState } from 'react'
import { useClient } from 'urql'
import { failureOfUrql } from '../../api/errors'
import { RemoveGuestDocument, SetRoleDocument } from '../../api/generated'
import type { Tell } from '../../ui/Toasts'
import { useHostText, useSentence } from '../text/text'
import { Confirm, Dialog } from '../ui/Dialog'
import type { Member, Step } from './memberActions'

interface Props {
  roomId: string
  member: Member
  steps: Step[]
  tell: Tell
  onDone: () => void
  onClose: () => void
}

/** What can be done with somebody, and what each of it means. What cannot be undone is asked once more. */
export function GuestDialog({ roomId, member, steps, tell, onDone, onClose }: Props) {
  const own = useHostText().guests
  const say = useSentence()
  const urql = useClient()
  const [banning, setBanning] = useState(false)
  const name = member.displayName

  async function take(step: Step) {
    onClose()
    const who = { roomId, userId: member.user.id }
    const { error } =
      step === 'COHOST' || step === 'GUEST'
        ? await urql.mutation(SetRoleDocument, { ...who, role: step })
        : await urql.mutation(RemoveGuestDocument, { ...who, ban: step === 'BANNED' })
    const failure = failureOfUrql(error)
    tell(failure ? say(failure) : own.done[step](name), failure !== undefined)
    onDone()
  }

  if (banning) {
    return (
      <Confirm
        title={own.banTitle(name)}
        explanation={own.banHint}
        action={own.ban}
        onConfirm={() => void take('BANNED')}
        onClose={onClose}
      />
    )
  }
  const words: Record<Step, { action: string; hint: string }> = {
    COHOST: { action: own.makeCohost, hint: own.makeCohostHint },
    GUEST: { action: own.makeGuest, hint: own.makeGuestHint },
    REMOVED: { action: own.remove, hint: own.removeHint },
    BANNED: { action: own.ban, hint: own.banHint },
  }
  return (
    <Dialog title={name} onClose={onClose}>
      <ul className="choices">
        {steps.map((step) => (
          <li key={step}>
            <button type="button" className="choice" onClick={() => (step === 'BANNED' ? setBanning(true) : void take(step))}>
              <span>
                <strong className={step === 'BANNED' ? 'bad' : undefined}>{words[step].action}</strong>
                <span className="hint">{words[step].hint}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

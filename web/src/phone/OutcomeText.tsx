import type { Outcome } from '@antwon/client'
import { failureSentence, useText } from '../text/text'
import { usePhoneText } from './text'

/** The outcome of an action, in a sentence. */
export function OutcomeText({ outcome: { action, name, failure, alreadyQueued, awaitsApproval } }: { outcome: Outcome }) {
  const text = useText()
  const own = usePhoneText()
  if (action.kind === 'undo' && failure?.code === 'CONFLICT') return own.undoLate(name)
  if (failure) return own.failed(name, failureSentence(text, failure))
  const added = alreadyQueued ? own.becameLike : awaitsApproval ? own.addedAwaiting : own.added
  const messages = { add: added, like: own.liked, unlike: own.unliked, remove: own.withdrawn, undo: own.undone }
  return messages[action.kind](name)
}

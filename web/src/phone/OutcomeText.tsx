import type { Outcome } from '../api/sender'
import { sentence, useText } from '../text/text'
import { usePhoneText } from './text'

/** What became of what somebody did, in a sentence. */
export function Told({ outcome: { action, name, failure, alreadyQueued, awaitsApproval } }: { outcome: Outcome }) {
  const text = useText()
  const own = usePhoneText()
  if (action.kind === 'undo' && failure?.code === 'CONFLICT') return own.undoLate(name)
  if (failure) return own.failed(name, sentence(text, failure))
  const added = alreadyQueued ? own.becameLike : awaitsApproval ? own.addedAwaiting : own.added
  const say = { add: added, like: own.liked, unlike: own.unliked, remove: own.removed, undo: own.undone }
  return say[action.kind](name)
}

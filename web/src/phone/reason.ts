import type { OrderReason } from '../api/generated'
import type { Item } from '../api/queue'
import type { Messages } from '../text/messages'
import type { PhoneMessages } from './messages'
import type { Entry } from './useSchedule'

/** What sets a song apart from those that wait for their turn. */
export type Kind = 'awaiting' | 'committed' | 'held' | 'pinned' | 'fallback' | 'usual'

type Standing = Pick<Item, 'state' | 'refusal' | 'pin' | 'addedBy' | 'likeCount'>

export function kindOf({ state, refusal, pin, addedBy, likeCount }: Standing): Kind {
  if (state === 'AWAITING_APPROVAL') return 'awaiting'
  if (state === 'COMMITTED') return 'committed'
  if (refusal) return 'held'
  if (pin) return 'pinned'
  return addedBy || likeCount > 0 ? 'usual' : 'fallback'
}

/** Why a song stands where it stands. Of a reason that is newer than this page the server's own sentence tells. */
export function why(text: Messages, own: PhoneMessages, item: Standing, { reason, message }: Entry, fair: boolean): string {
  const known: string | undefined = own.reasons(text.likes(item.likeCount), fair)[reason as Exclude<OrderReason, 'HELD'>]
  const until = reason === 'PINNED' && item.pin?.likes ? own.pinnedUntil(item.pin.likes) : ''
  return `${known ?? message} ${until}`.trim()
}

const minute = 60_000

/** Whether likes could bring a song sooner than it looks now, by so much that it is worth a word. */
export const canComeSooner = ({ earliest, likely }: Entry): boolean => Date.parse(likely) - Date.parse(earliest) >= minute

import type { OrderReason } from '../api/generated'
import type { Item } from '../api/queue'
import type { Messages } from '../text/messages'
import type { PhoneMessages } from './messages'
import type { Entry } from './useSchedule'

/** Says why a song plays when it does. For a reason that is newer than this page, it returns the server's message. */
export function reasonText(
  text: Messages,
  own: PhoneMessages,
  item: Pick<Item, 'likeCount' | 'pin' | 'addedBy'>,
  { reason, message }: Entry,
  fair: boolean,
): string {
  if (reason === 'AWAY' && item.addedBy) return own.waitsFor(item.addedBy.displayName)
  const known: string | undefined = own.reasons(text.likes(item.likeCount), fair)[reason as Exclude<OrderReason, 'HELD' | 'AWAY'>]
  const until = reason === 'PINNED' && item.pin?.likes ? own.pinnedUntil(item.pin.likes) : ''
  return `${known ?? message} ${until}`.trim()
}

const minute = 60_000

/** Whether likes could make a song play at least a minute sooner than expected. Less is not worth showing. */
export const canPlaySooner = ({ earliest, likely }: Entry): boolean => Date.parse(likely) - Date.parse(earliest) >= minute

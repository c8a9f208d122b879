import type { RoomHealthReason, RoomHealthState } from '../../api/generated'
import type { HostMessages } from '../text/messages'

interface Shown {
  status: string
  health: { state: string; reason: string | null; hostMessage: string }
}

/** Returns what the host reads about the player's health; the server's own sentence if the state is newer than this page. */
export function healthSentence(own: HostMessages, { status, health }: Shown): string {
  if (status === 'PAUSED' && health.state === 'DEVICE_LOST' && !health.reason) return own.pausedWithoutDevice
  const reason = health.reason && own.reason[health.reason as RoomHealthReason]
  return reason || (own.health[health.state as RoomHealthState] ?? health.hostMessage)
}

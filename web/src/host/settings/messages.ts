import type { OrderMode } from '../../api/generated'

/** The texts of the rules in the settings. */
export interface RulesMessages {
  bounds: (least: number, most: number) => string
  boundsOrNone: (least: number, most: number) => string
  any: string // placeholder of an empty field: no limit
  never: string
  minutes: string
  off: string

  adding: string
  everybody: string
  withApproval: string
  nobody: string
  requests: string
  requestsHint: string
  approval: string
  approvalHint: string
  trusted: string
  trustedHint: string
  likesAfter: string
  likesAfterHint: string
  lastCall: string
  lastCallHint: string
  lastCallOver: string

  order: string
  orderLegend: string
  orders: Record<OrderMode, { name: string; hint: string }>

  limits: string
  limitCount: (n: number) => string
  perGuest: string
  perGuestHint: string
  perHour: string
  perHourHint: string
  length: string
  lengthHint: string
  cooldown: string
  cooldownHint: string
  queueLength: string
  queueLengthHint: string
  explicit: string
  explicitHint: string

  votes: string
  vote: string
  voteHint: string
  share: string
  shareHint: string

  blocked: string
  blockedCount: (n: number) => string
  song: string
  artist: string
  allow: (name: string) => string
  block: string
  blockLink: string
  blockHint: string
  blockField: string
}

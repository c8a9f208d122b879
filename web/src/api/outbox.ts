/** What somebody did, and the server may not know yet. Each carries a key, so that sending it twice does nothing twice. */
export interface Entry {
  key: string // idempotency key
  action: Action
  at: number // when, in milliseconds since 1970
  sent: boolean // it may have reached the server
  done?: boolean // the server has done it, and what is subscribed to may not show it yet
}

export type Action =
  | { kind: 'add'; songUri: string; name: string }
  | { kind: 'remove'; itemId: string; name: string }
  | { kind: 'undo'; of: string; name: string } // takes back what was done with this key
  | { kind: 'like' | 'unlike'; itemId: string; name: string; before: number; shown: number } // likes, as received and as shown

/** The server forgets keys after a day; what is older could be done twice. */
export const keepFor = 20 * 60 * 60 * 1000

/** Adds what was done last. What only takes back a like that was not sent yet leaves nothing to send. */
export function enqueue(entries: readonly Entry[], action: Action, key: string, at: number): Entry[] {
  const contrary = entries.find((entry) => !entry.sent && undoes(action, entry.action))
  if (contrary) return entries.filter((entry) => entry !== contrary)
  if (entries.some((entry) => !entry.sent && same(action, entry.action))) return [...entries]
  return [...entries, { key, action, at, sent: false }]
}

const same = (a: Action, b: Action) => a.kind === b.kind && targetOf(a) === targetOf(b)

function targetOf(action: Action): string {
  if (action.kind === 'add') return action.songUri
  return action.kind === 'undo' ? action.of : action.itemId
}

function undoes(a: Action, b: Action): boolean {
  const likes = (a.kind === 'like' && b.kind === 'unlike') || (a.kind === 'unlike' && b.kind === 'like')
  return likes && targetOf(a) === targetOf(b)
}

/** Whether somebody likes an item, by what the server said and what they did since. */
export function likes(entries: readonly Entry[], itemId: string, likedByServer: boolean): boolean {
  const last = entries.findLast(({ action }) => 'shown' in action && action.itemId === itemId)
  return last ? last.action.kind === 'like' : likedByServer
}

/** How many likes an item shows: what was received or, until that has changed, what a tap made of it. */
export function likeCount(entries: readonly Entry[], itemId: string, received: number): number {
  const last = entries.findLast(({ action }) => 'shown' in action && action.itemId === itemId)?.action
  return last && 'shown' in last && last.before === received ? last.shown : received
}

export const isRemoving = (entries: readonly Entry[], itemId: string): boolean =>
  entries.some(({ action }) => action.kind === 'remove' && action.itemId === itemId)

export const isAdding = (entries: readonly Entry[], songUri: string): boolean =>
  entries.some(({ action }) => action.kind === 'add' && action.songUri === songUri)

/** What was kept from before: only what is ours and young enough to be sent. */
export function restore(text: string | null, now: number): Entry[] {
  try {
    const entries: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(entries) ? entries.filter((entry): entry is Entry => isEntry(entry) && now - entry.at < keepFor) : []
  } catch {
    return []
  }
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Entry | null
  return typeof entry?.key === 'string' && typeof entry.at === 'number' && typeof entry.action?.kind === 'string'
}

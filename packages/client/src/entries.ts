/** An action that the server may not have received yet. Its idempotency key makes it safe to send twice. */
export interface Entry {
  key: string // idempotency key
  action: Action
  at: number // time of the action, in milliseconds since 1970
  sent: boolean // it may have reached the server
  done?: boolean // the server has confirmed it, but the subscriptions may not show it yet
}

export type Action =
  | { kind: 'add'; songUri: string; name: string } // name: of the song
  | { kind: 'remove'; itemId: string; name: string }
  | { kind: 'undo'; of: string; name: string } // of: the key of the action to undo
  | { kind: 'like' | 'unlike'; itemId: string; name: string; before?: number; shown?: number } // likes, as received and as shown

/** The server deletes idempotency keys after a day. An older action could be done twice, so it is dropped. */
export const maxAge = 20 * 60 * 60 * 1000

/** Adds an action. A like and an unlike that were both not sent yet cancel each other out. */
export function enqueue(entries: readonly Entry[], action: Action, key: string, at: number): Entry[] {
  const opposite = entries.find((entry) => !entry.sent && undoes(action, entry.action))
  if (opposite) return entries.filter((entry) => entry !== opposite)
  if (entries.some((entry) => !entry.sent && same(action, entry.action))) return [...entries]
  return [...entries, { key, action, at, sent: false }]
}

const same = (a: Action, b: Action) => a.kind === b.kind && targetOf(a) === targetOf(b)

function targetOf(action: Action): string {
  if (action.kind === 'add') return action.songUri
  return action.kind === 'undo' ? action.of : action.itemId
}

const undoes = (a: Action, b: Action) => isLike(a) && isLike(b) && a.kind !== b.kind && a.itemId === b.itemId

type Like = Extract<Action, { kind: 'like' | 'unlike' }>

const isLike = (action: Action): action is Like => action.kind === 'like' || action.kind === 'unlike'

const lastLike = (entries: readonly Entry[], itemId: string): Like | undefined =>
  entries
    .map(({ action }) => action)
    .filter((action): action is Like => isLike(action) && action.itemId === itemId)
    .pop()

/** Whether the user likes an item, by the server's data and their actions since then. */
export function likes(entries: readonly Entry[], itemId: string, likedByServer: boolean): boolean {
  const last = lastLike(entries, itemId)
  return last ? last.kind === 'like' : likedByServer
}

/** How many likes an item shows: the received number or, until it changes, the number after the user's last tap. */
export function likeCount(entries: readonly Entry[], itemId: string, received: number): number {
  const last = lastLike(entries, itemId)
  return last?.shown !== undefined && last.before === received ? last.shown : received
}

export const isRemoving = (entries: readonly Entry[], itemId: string): boolean =>
  entries.some(({ action }) => action.kind === 'remove' && action.itemId === itemId)

export const isAdding = (entries: readonly Entry[], songUri: string): boolean =>
  entries.some(({ action }) => action.kind === 'add' && action.songUri === songUri)

/** Parses stored entries, without those that are invalid or too old. */
export function restore(text: string | null, now: number): Entry[] {
  try {
    const entries: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(entries) ? entries.filter((entry): entry is Entry => isEntry(entry) && now - entry.at < maxAge) : []
  } catch {
    return []
  }
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Entry | null
  return typeof entry?.key === 'string' && typeof entry.at === 'number' && typeof entry.action?.kind === 'string'
}

import type { Client } from './client.ts'
import { type Action, type Entry, enqueue, restore } from './entries.ts'
import type { Failure } from './errors.ts'
import { newIdempotencyKey } from './idempotencyKey.ts'
import { addSong, likeItem, removeItem, undo, unlikeItem } from './operations.ts'
import { browserStorage, type TextStorage } from './storage.ts'
import { Store } from './store.ts'

/** The outcome of an action that the server has answered. */
export interface Outcome {
  key: string // of the action
  action: Action
  failure?: Failure | undefined // set if the action was refused
  name: string // of the song
  alreadyQueued?: boolean | undefined // the song to add was in the queue already, so it got a like
  awaitsApproval?: boolean | undefined // the added song needs a host's approval
  undoable?: boolean // this is the last action, and the server can undo it
}

/** The user and the room of an outbox, the callback for outcomes, and the storage. */
export interface OutboxOptions {
  roomId: string
  userId: string
  onOutcome?: (outcome: Outcome) => void
  storage?: TextStorage // by default the browser's
}

/**
 * Sends a user's actions in a room, one after the other, each exactly once. It stores them until the server has answered, so
 * that they survive lost connections, restarts of the server, and reloads of the page.
 */
export class Outbox {
  readonly entries: Store<readonly Entry[]>
  /** The last action, for as long as it can be undone. */
  readonly undoable = new Store<Outcome | null>(null)
  readonly #roomId: string
  readonly #onOutcome: (outcome: Outcome) => void
  readonly #storage: TextStorage
  readonly #storageKey: string // of the unsent entries
  #sending = false
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #undoTimer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #stopped = false
  #unsubscribe = () => {}

  constructor(
    private readonly client: Pick<Client, 'request' | 'connection'>,
    { roomId, userId, onOutcome = () => {}, storage = browserStorage }: OutboxOptions,
  ) {
    this.#roomId = roomId
    this.#onOutcome = onOutcome
    this.#storage = storage
    this.#storageKey = `antwon.unsent.${roomId}.${userId}`
    this.entries = new Store<readonly Entry[]>(restore(storage.getItem(this.#storageKey), Date.now()))
  }

  /** Sends the stored actions now, and whenever the connection is back. */
  start(): void {
    this.#stopped = false
    const { connection } = this.client
    this.#unsubscribe()
    this.#unsubscribe = connection.subscribe(() => connection.get() === 'online' && void this.flush())
    void this.flush()
  }

  /** Stops sending. The stored actions are sent when the same user comes back. */
  stop(): void {
    this.#stopped = true
    this.#unsubscribe()
    clearTimeout(this.#retryTimer)
  }

  /** Stores an action, and sends it now or once the server is reachable. */
  do(action: Action): void {
    this.undoable.set(null)
    this.#save(enqueue(this.entries.get(), action, newIdempotencyKey(), Date.now()))
    void this.flush()
  }

  /** Undoes the last action. An undo is an action too: it is stored, and safe to repeat. */
  undo(): void {
    const last = this.undoable.get()
    if (last) this.do({ kind: 'undo', of: last.key, name: last.name })
  }

  /** Sends all waiting actions. Call it whenever the server may be reachable again. */
  async flush(): Promise<void> {
    if (this.#sending) return
    this.#sending = true
    clearTimeout(this.#retryTimer)
    try {
      for (let entry = this.#next(); entry; entry = this.#next()) {
        this.#mark(entry.key, { sent: true })
        const outcome = await this.#send(entry)
        if (outcome.failure && isRetryable(outcome.failure)) return this.#retryLater(outcome.failure)
        this.#failures = 0
        this.#finish(outcome)
      }
    } finally {
      this.#sending = false
    }
  }

  #next = (): Entry | undefined => (this.#stopped ? undefined : this.entries.get().find((entry) => !entry.done))

  #mark(key: string, change: Partial<Entry>): void {
    this.#save(this.entries.get().map((entry) => (entry.key === key ? { ...entry, ...change } : entry)))
  }

  /** Removes a refused or undone action at once, and a confirmed one after the subscriptions have had time to show it. */
  #finish(outcome: Outcome): void {
    const { key, action, failure } = outcome
    if (failure) this.#remove(key)
    else if (action.kind === 'undo') this.#remove(key, action.of)
    else {
      this.#mark(key, { done: true })
      setTimeout(() => this.#remove(key), displayDelay)
    }
    const undoable = !failure && action.kind !== 'undo' && !this.#next()
    if (undoable) this.#offerUndo(outcome)
    this.#onOutcome({ ...outcome, undoable })
  }

  #remove(...keys: string[]): void {
    this.#save(this.entries.get().filter(({ key }) => !keys.includes(key)))
  }

  #offerUndo(outcome: Outcome): void {
    this.undoable.set(outcome)
    clearTimeout(this.#undoTimer)
    this.#undoTimer = setTimeout(() => this.undoable.set(null), undoWindow)
  }

  #retryLater(failure: Failure): void {
    if (this.#stopped) return
    const wait = failure.retryAfterMs ?? Math.min(1000 * 2 ** this.#failures++, 15_000)
    this.#retryTimer = setTimeout(() => void this.flush(), wait)
  }

  /** Stores the entries, without losing those that other tabs of this browser have stored. */
  #save(entries: readonly Entry[]): void {
    const ours = new Set([...this.entries.get(), ...entries].map(({ key }) => key))
    const others = restore(this.#storage.getItem(this.#storageKey), Date.now()).filter(({ key }) => !ours.has(key))
    const stored = [...others, ...entries.filter(({ done }) => !done)]
    this.entries.set(entries)
    if (stored.length === 0) this.#storage.removeItem(this.#storageKey)
    else this.#storage.setItem(this.#storageKey, JSON.stringify(stored))
  }

  async #send({ action, key }: Entry): Promise<Outcome> {
    const { kind, name } = action
    if (kind === 'add') {
      const { songUri } = action
      const { data, failure } = await this.client.request(addSong, { roomId: this.#roomId, songUri, key })
      const { item, alreadyQueued } = data?.addSong ?? {}
      const awaitsApproval = item?.state === 'AWAITING_APPROVAL'
      return { key, action, failure, name: item?.song.name ?? name, alreadyQueued, awaitsApproval }
    }
    if (kind === 'undo') {
      const { failure } = await this.client.request(undo, { roomId: this.#roomId, of: action.of })
      return { key, action, failure, name }
    }
    const operation = { like: likeItem, unlike: unlikeItem, remove: removeItem }[kind]
    const { failure } = await this.client.request<unknown, { itemId: string; key: string }>(operation, {
      itemId: action.itemId,
      key,
    })
    return { key, action, failure, name }
  }
}

const displayDelay = 2_000 // milliseconds until the subscriptions show a confirmed action
const undoWindow = 28_000 // milliseconds: a little less than the thirty seconds that the server allows

/** Retries only actions that the server has not decided on. All other failures are shown to the user. */
const isRetryable = ({ code }: Failure) => code === 'OFFLINE' || code === 'RATE_LIMITED'

import type { TypedDocumentNode } from '@urql/core'
import type { AnyVariables, Client } from 'urql'
import { type Failure, failureOfUrql } from './errors'
import { AddSongDocument, LikeItemDocument, RemoveItemDocument, UndoDocument, UnlikeItemDocument } from './generated'
import { newIdempotencyKey } from './idempotencyKey'
import { type Action, type Entry, enqueue, restore } from './outbox'
import { browserStorage, type TextStorage } from './storage'
import { Store } from './store'

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

/**
 * Sends a user's actions in a room, one after the other. It stores them until the server has answered, so that they survive
 * lost connections, restarts of the server, and reloads of the page.
 */
export class Sender {
  readonly entries: Store<readonly Entry[]>
  /** The last action, for as long as it can be undone. */
  readonly undoable = new Store<Outcome | null>(null)
  readonly #storageKey: string // of the unsent entries in the browser's storage
  #sending = false
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #undoTimer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #stopped = false

  constructor(
    private readonly urql: Pick<Client, 'mutation'>,
    private readonly roomId: string,
    userId: string,
    private readonly onOutcome: (outcome: Outcome) => void,
    private readonly storage: TextStorage = browserStorage,
  ) {
    this.#storageKey = `antwon.unsent.${roomId}.${userId}`
    this.entries = new Store<readonly Entry[]>(restore(storage.getItem(this.#storageKey), Date.now()))
  }

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

  /** Stops sending. The stored actions are sent when the same user comes back. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#retryTimer)
  }

  /** Starts sending again after stop. */
  start(): void {
    this.#stopped = false
    void this.flush()
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
    this.onOutcome({ ...outcome, undoable })
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
    const others = restore(this.storage.getItem(this.#storageKey), Date.now()).filter(({ key }) => !ours.has(key))
    const stored = [...others, ...entries.filter(({ done }) => !done)]
    this.entries.set(entries)
    if (stored.length === 0) this.storage.removeItem(this.#storageKey)
    else this.storage.setItem(this.#storageKey, JSON.stringify(stored))
  }

  async #send({ action, key }: Entry): Promise<Outcome> {
    if (action.kind === 'add') {
      const { data, failure } = await this.#mutate(AddSongDocument, { roomId: this.roomId, songUri: action.songUri, key })
      const { item, alreadyQueued } = data?.addSong ?? {}
      const awaitsApproval = item?.state === 'AWAITING_APPROVAL'
      return { key, action, failure, name: item?.song.name ?? action.name, alreadyQueued, awaitsApproval }
    }
    if (action.kind === 'undo') {
      const { failure } = await this.#mutate(UndoDocument, { roomId: this.roomId, of: action.of })
      return { key, action, failure, name: action.name }
    }
    const document = { like: LikeItemDocument, unlike: UnlikeItemDocument, remove: RemoveItemDocument }[action.kind]
    const { failure } = await this.#mutate<unknown, { itemId: string; key: string }>(document, { itemId: action.itemId, key })
    return { key, action, failure, name: action.name }
  }

  async #mutate<Data, Variables extends AnyVariables>(document: TypedDocumentNode<Data, Variables>, variables: Variables) {
    const { data, error } = await this.urql.mutation(document, variables)
    return { data, failure: failureOfUrql(error) }
  }
}

const displayDelay = 2_000 // milliseconds until the subscriptions show a confirmed action
const undoWindow = 28_000 // milliseconds: a little less than the thirty seconds that the server allows

/** Retries only actions that the server has not decided on. All other failures are shown to the user. */
const isRetryable = ({ code }: Failure) => code === 'OFFLINE' || code === 'RATE_LIMITED'
